"""Print the built book into one PDF, with a table of contents and page numbers.

    python tools/pdf.py        _build/html → _build/gaussian-mixture.pdf

The pages' articles become one document, in their order; a browser prints it.
Scripts stay off, so the figures are the still ones. It is printed twice: the
first time tells on which page each heading falls, the second says so.
"""

import io
import re
import sys
from pathlib import Path

from bs4 import BeautifulSoup
from playwright.sync_api import sync_playwright
from pypdf import PdfReader

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.pages.browser import ARGUMENTS, executable  # noqa: E402
from tools.contents import pages as names  # noqa: E402

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "gaussian-mixture.pdf"
FOOTER = '<div style="width:100%;font-size:8px;text-align:center"><span class="pageNumber"></span></div>'
STYLE = """
html, body { background: white; font-size: 10.5pt; }
article { break-before: page; max-width: none; padding: 0; }
.contents { break-before: page; }
.contents ol { list-style: none; padding: 0; }
.contents a { display: flex; gap: 0.5em; color: inherit; text-decoration: none; }
.contents a::after { content: attr(data-page); order: 3; }
.contents a span { flex: 1; border-bottom: 1px dotted #999; margin-bottom: 0.3em; }
.contents li.section { padding-left: 1.5em; font-size: 0.9em; }
.cover { height: 90vh; display: grid; place-content: center; text-align: center; }
.headerlink, .copybtn { display: none !important; }
figure, .cell_output, .katex-display, .gmm-live svg { break-inside: avoid; }
h1, h2, h3 { break-after: avoid; }
pre { white-space: pre-wrap !important; }
"""


def article(name):
    """Return a page's article, with ids and links that are unique in the whole book."""
    soup = BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "html.parser").find("article")
    for node in soup.find_all(["script", "nav"]) + soup.select(".prev-next-area"):
        node.decompose()
    for fold in soup.find_all("details"):
        fold["open"] = ""
    for node in soup.find_all(id=True):
        node["id"] = f"{name}--{node['id']}"
    for link in soup.find_all("a", href=True):
        page, _, anchor = link["href"].partition("#")
        if not page or (page.endswith(".html") and (SITE / page).exists()):
            link["href"] = f"#{Path(page).stem or name}--{anchor}" if anchor else f"#{Path(page).stem}"
    # Ids inside a picture are referred to by url(#…) and href as well.
    text = re.sub(r'(url\(#|xlink:href="#)', rf"\g<1>{name}--", str(soup))
    return f'<div id="{name}">{text}</div>'


def headings(articles):
    """Return (level, anchor, title) of each chapter and section."""
    found = []
    for section in BeautifulSoup(articles, "html.parser").select("section[id]"):
        heading = section.find(["h1", "h2"], recursive=False)
        if heading:
            for link in heading.select(".headerlink, annotation, .katex-html"):
                link.decompose()
            found.append((heading.name, section["id"], heading.get_text()))
    return found


def contents(entries, pages):
    """Return the table of contents, with the page of each entry where it is known."""
    kinds = {"h1": "chapter", "h2": "section"}
    items = [
        f'<li class="{kinds[level]}">'
        f'<a href="#{anchor}" data-page="{pages.get(anchor, "")}">{title}<span></span></a></li>'
        for level, anchor, title in entries
    ]
    return f'<div class="contents"><h1>Contents</h1><ol>{"".join(items)}</ol></div>'


def document(articles, table):
    """Return the whole book as one page."""
    head = BeautifulSoup((SITE / "index.html").read_text("utf-8"), "html.parser")
    sheets = "".join(str(link) for link in head.select('link[rel="stylesheet"]'))
    title = head.find("h1").get_text().removesuffix("#")
    cover = f'<div class="cover"><h1>{title}</h1></div>'
    body = f'<body class="bd-article-container">{cover}{table}{articles}</body>'
    head = f"<head><title>{title}</title>{sheets}<style>{STYLE}</style></head>"
    return f'<!doctype html><html data-theme="light" lang="en">{head}{body}</html>'


def destinations(pdf):
    """Return the page number of each anchor, counted from 1."""
    reader = PdfReader(io.BytesIO(pdf))
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def printed(browser, pages_of_book):
    """Return the PDF of these pages."""
    articles = "".join(map(article, pages_of_book))
    entries, numbers = headings(articles), {}
    page = browser.new_context(java_script_enabled=False).new_page()
    sheet = SITE / "whole-book.html"
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "18mm")
    try:
        for _ in range(2):
            sheet.write_text(document(articles, contents(entries, numbers)), "utf-8")
            page.goto(sheet.as_uri())
            pdf = page.pdf(
                format="A4",
                margin=margins,
                display_header_footer=True,
                header_template="<span></span>",
                footer_template=FOOTER,
                outline=True,
                tagged=True,
                print_background=True,
            )
            numbers = destinations(pdf)
    finally:
        sheet.unlink()
    return pdf


def main():
    """Print the book."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        pdf = printed(browser, names())
        browser.close()
    TARGET.write_bytes(pdf)
    print(f"{TARGET.relative_to(ROOT)}: {len(PdfReader(io.BytesIO(pdf)).pages)} pages, {len(pdf) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
