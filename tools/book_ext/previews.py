"""Let a page hold what its links to equations, words and sources lead to, for `previews.js` to show in place.

A page from the file system may fetch nothing. So each page gets, in a
`template` at its end, what it refers to on other pages, typeset as it stands
there; what stands on the page itself is copied by the script.
"""

import re
from pathlib import Path

SHOWN = (
    re.compile(r'<div class="math" id="([^"]+)">(<div class="formula">.*?</div>)<span class="eqno">', re.S),
    re.compile(r'<div class="citation" id="([^"]+)".*?(<p>.*?</p>)', re.S),
    re.compile(r'<dt id="(term-[^"]+)">(?=(?:(?!<dd>).)*<dd>(.*?)</dd>)', re.S),  # several words may share one
)
LINK = re.compile(r'<a class="reference internal" href="([^"#]+#[^"]+)"')
# What a copy leaves out: links but for their texts, ids, which must be given once, and the source of a formula.
LEFT_OUT = re.compile(r'<a class="headerlink".*?</a>|</?a\b[^>]*>| id="[^"]*"|<annotation\b.*?</annotation>', re.S)
SCRIPT = "previews.js"


def definitions(name, html):
    """Return what a page defines, by the address that a link on another page has."""
    return {
        f"{name}#{anchor}": LEFT_OUT.sub("", content).strip()
        for pattern in SHOWN
        for anchor, content in pattern.findall(html)
    }


def template(html, defined):
    """Return the template with what a page's links lead to, or nothing."""
    addresses = dict.fromkeys(address for address in LINK.findall(html) if address in defined)
    held = "".join(f'<div data-at="{address}">{defined[address]}</div>\n' for address in addresses)
    return f'<template class="previews">\n{held}</template>\n' if held else ""


def add(app, exception):
    """Write the templates into the pages of the site."""
    if exception or app.builder.name != "html":
        return
    pages = {path: path.read_text("utf-8") for path in Path(app.outdir).glob("*.html")}
    defined = {key: text for path, html in pages.items() for key, text in definitions(path.name, html).items()}
    for path, html in pages.items():
        body, end, rest = html.rpartition("</body>")
        path.write_text(body + template(html, defined) + end + rest, "utf-8")


def setup(app):
    """Register with Sphinx, before the pages are proofread."""
    app.add_js_file(SCRIPT, loading_method="defer")
    app.connect("build-finished", add, priority=600)
