"""Leave no code in the pages themselves, so that they work where a server allows files of its own only.

Universities and learning systems send a Content-Security-Policy such as
``script-src 'self'``. Under it a browser runs no script that stands in a page,
and no handler in an attribute. So each becomes a file of the site. In a frame that may keep
nothing, `localStorage` throws: the first of the scripts puts a memory for this visit in its place.
"""

import hashlib
import re
from pathlib import Path

FOLDER = "_static/scripts"
SCRIPT = re.compile(r"<script((?:\s[^>]*)?)>(.*?)</script>", re.S)
HANDLER = re.compile(r'(<[a-z][^>]*?)\son(\w+)="([^"]*)"', re.S)
IS_DATA = re.compile(r'\ssrc=|type="(?!text/javascript|module)')
MEMORY = """try {
  localStorage.length;
} catch {
  const kept = new Map();
  const memory = {
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, value) => void kept.set(String(key), String(value)),
    removeItem: (key) => void kept.delete(String(key)),
    clear: () => kept.clear(),
  };
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { value: memory });
}
"""


def outsourced(html):
    """Return a page without code in it, and the files that hold its code, by name."""
    files = {}

    def file(code):
        name = f"{hashlib.sha256(code.encode()).hexdigest()[:12]}.js"
        files[name] = code
        return f"{FOLDER}/{name}"

    def script(found):
        attributes, code = found.groups()
        if IS_DATA.search(attributes) or not code.strip():
            return found[0]
        return f'<script{attributes} src="{file(code)}"></script>'

    handlers = {}

    def handler(found):
        key = handlers.setdefault(found.groups()[1:], f"handler-{len(handlers) + 1}")
        return f'{found[1]} data-{key}=""'

    html = SCRIPT.sub(script, html)
    html = HANDLER.sub(handler, html)
    if handlers:
        code = "".join(
            f'for (const node of document.querySelectorAll("[data-{key}]"))'
            f' node.addEventListener("{event}", () => {{ {call} }});\n'
            for (event, call), key in handlers.items()
        )
        html = html.replace("</body>", f'<script src="{file(code)}"></script>\n</body>', 1)
    return html.replace("<head>", f'<head>\n    <script src="{file(MEMORY)}"></script>', 1), files


def write(app, exception):
    """Write the pages anew, and the files with their code beside them."""
    if exception or app.builder.name != "html":
        return
    folder = Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for path in Path(app.outdir).glob("*.html"):
        html, files = outsourced(path.read_text("utf-8"))
        path.write_text(html, "utf-8")
        for name, code in files.items():
            (folder / name).write_text(code, "utf-8")


def setup(app):
    """Register with Sphinx, after the pages have all that other parts add."""
    app.connect("build-finished", write, priority=700)
