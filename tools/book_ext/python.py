"""Let a reader run the cells of a page in the page: put the parts of Python into the site, and a button on each page.

A page that lies in a folder may load scripts, and nothing else. So each file
that the interpreter needs becomes a script that holds it in base64. None is
loaded before the button is pressed. Where the parts are not at hand
(`tools/parts.py`), the pages have no button.
"""

import ast
import base64
import gzip
import io
import json
import os
import subprocess
import zipfile
from importlib import import_module
from inspect import ismodule
from pathlib import Path
from urllib.parse import quote

from docutils import nodes
from sphinx import addnodes
from sphinxcontrib import katex

from tools import parts
from tools.contents import ROOT

from .reading import is_cell, part

IMPORTS = (ast.Import, ast.ImportFrom)
FOLDER = "_static/python"
RUNTIME = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
SHELL = ("shell.py", "widgets.py", "pictures.py")
FIRST = (
    *RUNTIME,
    "pyodide-lock.json",
    "numpy",
    "gmm.zip",
    "worker.js",
    "editor.js",
    "cells.js",
)  # before a cell can run
OURS = {".py", ".csv", ".js", ".css", ".mplstyle"}
BAR = """<div class="gmm-run" data-early>
<button type="button" class="gmm-button">Run the cells here</button>
<span class="gmm-run-told">Loads Python into this page, {size:.0f} MB, once. Nothing leaves it.</span>
</div>"""
PLAYGROUND = "playground"
TRY = '<p class="gmm-try"><a href="{page}.html?code={code}">Try it in the playground</a></p>'


def packed(name, data):
    """Return the script that holds a file: in base64, and before by gzip if that is not in it yet."""
    small = name.endswith((".wasm", ".mjs"))  # wheels are packed, and what is short need not be
    text = base64.b64encode(gzip.compress(data, 9, mtime=0) if small else data).decode()
    found = json.dumps({"packed": small})[:-1]
    return f'(globalThis.gmmFiles ??= {{}})["{name}"] = {found}, "text": "{text}"}};\n'


def library():
    """Return gmm, and what runs the cells, as an archive."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((ROOT / "gmm").rglob("*")):
            if path.suffix in OURS:
                archive.write(path, path.relative_to(ROOT))
        for name in SHELL:
            archive.write(parts.SOURCE / name, name)
    return room.getvalue()


def bundled(folder):
    """Return the editor and what it is made of as one script."""
    command = [parts.NODE, folder / "node_modules/esbuild/bin/esbuild", parts.SOURCE / "editor.js"]
    options = ["--bundle", "--minify", "--format=iife", "--target=es2022", "--log-level=error"]
    found = {"NODE_PATH": str(folder / "node_modules")}
    return subprocess.run([*command, *options], check=True, capture_output=True, env={**os.environ, **found}).stdout


def files(folder):
    """Yield the name and the text of each script that the pages load when they are asked to."""
    for name in RUNTIME:
        yield name, packed(name, (parts.runtime(folder) / name).read_bytes())
    for name in parts.wheels(folder):
        yield name, packed(name, (folder / "wheels" / name).read_bytes())
    yield "pyodide-lock.json", packed("pyodide-lock.json", json.dumps(parts.locked(folder)).encode())
    yield "gmm.zip", packed("gmm.zip", library())
    yield "worker.js", packed("worker.js", (parts.SOURCE / "worker.js").read_bytes())
    yield "editor", bundled(folder).decode()
    yield "katex", Path(katex.SRC_DIR, "katex.min.js").read_text("utf-8")
    yield "cells", (parts.SOURCE / "cells.js").read_text("utf-8")


def licences(folder):
    """Return the licences of what the editor is made of."""
    modules = sorted((folder / "node_modules").glob("**/package.json"))
    texts = [(path.parent, next(path.parent.glob("LICENSE*"), None)) for path in modules]
    return "\n\n".join(f"{place.name}\n\n{text.read_text('utf-8')}" for place, text in texts if text)


def write(app, exception):
    """Write the scripts into the site."""
    if exception or app.builder.name != "html" or not app.config.python_parts:
        return
    parts_folder, folder = Path(app.config.python_parts), Path(app.outdir, FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files(parts_folder):
        (folder / f"{name}.js").write_text(text, "utf-8")
    (folder / "cells.css").write_bytes((parts.SOURCE / "cells.css").read_bytes())
    (folder / "licences.txt").write_text(licences(parts_folder), "utf-8")


def size(folder):
    """Return how many megabytes are loaded before a cell can run."""
    runtime = sum(len(gzip.compress((parts.runtime(folder) / name).read_bytes(), 1)) for name in RUNTIME)
    numpy = next((folder / "wheels").glob("numpy-*")).stat().st_size
    return (runtime + numpy) * 4 / 3 / 1e6


def has_code(doctree):
    """Tell whether a page shows code that can be run, or a place for it."""
    cells = any(part(child) == "cell_code_source" for cell in doctree.findall(is_cell) for child in cell.findall())
    return cells or any("gmm-empty" in raw.astext() for raw in doctree.findall(nodes.raw))


def offer(app, doctree):
    """Put the button below the title of a page with code, and below each example of the reference a way to try it."""
    if not app.config.python_parts:
        return
    title = next(doctree.findall(nodes.title), None)
    if title is not None and has_code(doctree):
        html = BAR.format(size=app.python_size)
        title.parent.insert(title.parent.index(title) + 1, nodes.raw("", html, format="html"))
    if PLAYGROUND in app.env.found_docs:
        for example in list(doctree.findall(nodes.doctest_block)):
            html = TRY.format(page=PLAYGROUND, code=quote(entered(example.astext(), module_of(example))))
            example.parent.insert(example.parent.index(example) + 1, nodes.raw("", html, format="html"))


def module_of(node):
    """Return the name of the module in whose reference a node stands."""
    while node is not None and not isinstance(node, addnodes.desc):
        node = node.parent
    return node[0]["module"] if node else "gmm"


def entered(example, module):
    """Return what is typed in an example that shows a session, and before it the import of what its module has."""
    typed = "\n".join(line[4:] for line in example.splitlines() if line.startswith((">>>", "...")))
    names = [node for node in ast.walk(ast.parse(typed)) if isinstance(node, ast.Name)]
    used, made = ({node.id for node in names if isinstance(node.ctx, kind)} for kind in (ast.Load, ast.Store))
    made |= {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(typed))
        if isinstance(node, IMPORTS)
        for alias in node.names
    }
    home = import_module(module)
    missing = sorted(name for name in used - made if hasattr(home, name) and not ismodule(getattr(home, name)))
    return f"from {module} import {', '.join(missing)}\n{typed}" if missing else typed


def measure(app):
    """Note the size, once."""
    if app.config.python_parts:
        app.python_size = size(Path(app.config.python_parts))


def load(app, name, template, context, doctree):
    """Have a page with the button load its script."""
    if (
        app.config.python_parts
        and doctree is not None
        and any("gmm-run" in raw for raw in map(str, doctree.findall(nodes.raw)))
    ):
        app.add_js_file("run.js", defer="defer")


def setup(app):
    """Register with Sphinx."""
    app.add_config_value("python_parts", "", "html")
    app.connect("builder-inited", measure)
    app.connect("doctree-read", offer)
    app.connect("html-page-context", load)
    app.connect("build-finished", write)
