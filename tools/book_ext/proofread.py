"""Read the finished pages, and warn of what a reader would stumble over.

That is a link or an address of the site that leads nowhere, a picture without
a text that stands for it, an id that a page gives twice, and the label of an
equation, a figure or a table that nothing refers to. In the chapters it looks
for formulas that only some typesetters take. A warning fails the build.
"""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from docutils import nodes
from sphinx.util import logging

from .editions import Edition

LOGGER = logging.getLogger(__name__)
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LABEL = re.compile(r"equation-|fig-|table-")
ENVIRONMENT = re.compile(r"\\begin\{(\w+\*?)\}(?:(?!\\begin\{).)*?\\end\{\1\}", re.S)  # an innermost one
LINE_OR_COLUMN = re.compile(r"\\\\|(?<!\\)&")
TELLING = 20  # characters that a text needs to say what a figure shows


class Page(HTMLParser):
    """The ids, addresses and references of a page, and its pictures that no text stands for."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.addresses, self.references, self.mute = [], [], set(), []
        self.figures = set()  # the names of its live figures
        self.open = []  # the tags that are open, and whether each hides what it holds from screen readers
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        """Note what an element is, points to and shows."""
        values = {name: value or "" for name, value in attributes}
        hidden = values.get("aria-hidden") == "true" or any(hides for _, hides in self.open)
        if tag not in VOID:
            self.open.append((tag, hidden))
        if "id" in values:
            self.ids.append(values["id"])
        if "data-live" in values:
            self.figures.add(values["data-live"])
        for name in {"href", "src"} & values.keys():
            self.addresses.append(values[name])
            if "headerlink" not in values.get("class", ""):
                self.references.add(values[name])
        if not hidden and is_mute(tag, values):
            self.mute.append(values.get("src") or values.get("class") or tag)

    def handle_endtag(self, tag):
        """Close an element, and those in it that were left open."""
        while any(name == tag for name, _ in self.open) and self.open.pop()[0] != tag:
            pass


def is_mute(tag, values):
    """Tell whether an element is a picture without a text; one that only adorns has an empty text, a figure has not."""
    if tag == "img":
        figure = "_images/" in values.get("src", "")
        return "alt" not in values or (figure and len(values["alt"]) < TELLING)
    return tag == "svg" and values.get("role") != "presentation" and len(values.get("aria-label", "")) < TELLING


def resolved(name, address):
    """Return the file, as a path from the site's root, and the id that an address on a page leads to."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    folder = Path(name).parent
    path = (folder / unquote(parts.path)).as_posix() if parts.path else name
    return path, unquote(parts.fragment)


def faults(pages, exists, elsewhere=frozenset()):
    """Yield the name of a page and a sentence for each fault.

    Parameters
    ----------
    pages : dict of str to str
        The HTML of each page, by its path in the site.
    exists : callable
        Tells whether the site has a file, by its path.
    elsewhere : set of str
        The ids that chapters refer to which this edition leaves out.
    """
    read = {name: Page(html) for name, html in pages.items()}
    ids = {name: set(page.ids) for name, page in read.items()}
    referred = {resolved(name, address) for name, page in read.items() for address in page.references}
    for name, page in read.items():
        for address in dict.fromkeys(page.addresses):
            goal = resolved(name, address)
            if goal is None:
                continue
            path, anchor = goal
            if path not in read and not exists(path):
                yield name, f"the link to {address} leads to no file"
            elif path in read and anchor.startswith("live="):  # words that set a live figure
                if parse_qs(anchor)["live"][0] not in read[path].figures:
                    yield name, f"the words for {address} set a figure that is not on that page"
            elif path in read and anchor and anchor not in ids[path]:
                yield name, f"the link to {address} leads to no place on that page"
        for picture in page.mute:
            yield name, f"the picture {picture} has no alternative text of {TELLING} characters or more"
        for anchor, times in Counter(page.ids).items():
            if times > 1:
                yield name, f"the id {anchor} is given {times} times"
            if LABEL.match(anchor) and (name, anchor) not in referred and anchor not in elsewhere:
                yield name, f"nothing refers to {anchor}"


def astray(latex):
    """Return the first mark of a line or a column that no environment of a formula holds, and how far down it is."""

    def blank(found):
        return "\n" * found[0].count("\n")

    bare, more = re.sub(r"\\substack\{[^}]*\}", blank, latex), 1
    while more:
        bare, more = ENVIRONMENT.subn(blank, bare)
    mark = LINE_OR_COLUMN.search(bare)
    return (mark[0], bare[: mark.start()].count("\n")) if mark else None


def read_formulas(app, document):
    """Warn of every display formula of a page in which a line or a column ends where none can."""
    for formula in document.findall(nodes.math_block):
        if found := astray(formula.astext()):
            place = (app.env.docname, (formula.line or 0) + found[1])
            sentence = "a formula has %s outside an environment: put \\begin{aligned} … \\end{aligned} around it"
            LOGGER.warning(sentence, found[0], location=place, type="proofread")


def proofread(app, exception):
    """Warn of every fault in the site that was built."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    pages = {path.relative_to(site).as_posix(): path.read_text("utf-8") for path in sorted(site.glob("*.html"))}
    elsewhere = Edition(app.srcdir, app.env.found_docs).anchors
    for name, fault in faults(pages, lambda path: (site / path).exists(), elsewhere):
        LOGGER.warning("%s: %s", name, fault, type="proofread")


def setup(app):
    """Register with Sphinx, as the last that touches the pages."""
    app.connect("doctree-read", read_formulas)
    app.connect("build-finished", proofread, priority=900)
