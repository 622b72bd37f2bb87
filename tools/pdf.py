"""Print the built book into one PDF, with a cover, a table of contents, running heads and the solutions at the end.

    python tools/pdf.py             _build/html → _build/gaussian-mixture.pdf
    python tools/pdf.py NAME …      these chapters → _build/gaussian-mixture-NAME-….pdf

The pages' articles become one document, in their order; a browser prints it.
Scripts stay off, so the figures are the still ones. It is printed twice: the
first time tells on which page each heading falls, the second says so.
"""

import datetime
import io
import json
import re
import subprocess
import sys
import tempfile
from html import escape
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
# What the PDF says by itself, in the language of the book.
WORDS = {"en": ("Contents", "Solutions"), "de": ("Inhalt", "Lösungen")}
# What a page needs and paper does not: scripts, switches, folds, and what stands in for what is live.
IDLE = "script, nav, noscript, .prev-next-area, .headerlink, .gmm-code, .gmm-room, details.hide > summary"
# Of a question paper keeps what is asked; its answer stands with the solutions.
IDLE += ", .gmm-hint, .gmm-hints, .gmm-solved, .gmm-verdict, .gmm-said, .gmm-question button, .gmm-review-tools"
STYLE = """
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page); font-size: 8pt; } }
@page cover { @bottom-center { content: none; } }
html, body { background: white; font-size: 10.5pt; }
article { break-before: page; max-width: none; padding: 0; }
.contents { break-before: page; }
.contents ol { list-style: none; padding: 0; }
.contents a { display: flex; gap: 0.5em; color: inherit; text-decoration: none; }
.contents a::after { content: attr(data-page); order: 3; }
.contents a span { flex: 1; border-bottom: 1px dotted #999; margin-bottom: 0.3em; }
.contents li.section { padding-left: 1.5em; font-size: 0.9em; }
.cover { page: cover; height: 90vh; display: grid; place-content: center; text-align: center; }
.cover img { width: 40mm; margin: 0 auto; }
.cover h1 { text-wrap: balance; }
.cover p { margin: 0.3em; }
.solution > p:first-child { margin-bottom: 0; }
.imprint { margin-top: 3em; font-size: 0.9em; break-inside: avoid; }
.headerlink, .copybtn { display: none !important; }
figure, .cell_output, .katex-display, .gmm-live svg { break-inside: avoid; }
h1, h2, h3 { break-after: avoid; }
pre { white-space: pre-wrap !important; }
"""


def soup_of(name):
    """Return a page of the site."""
    return BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "html.parser")


def article(name, book):
    """Return a page's article and its solutions, with ids and links that are unique in the whole book."""
    soup = soup_of(name).find("article")
    for node in soup.select(IDLE):
        node.decompose()
    for fold in soup.find_all("details"):
        fold.unwrap()
    for node in soup.find_all(id=True):
        node["id"] = f"{name}--{node['id']}"
    for link in soup.find_all("a", href=True):
        page, _, anchor = link["href"].partition("#")
        goal = Path(page).stem or name
        if goal in book:
            link["href"] = f"#{goal}--{anchor}" if anchor else f"#{goal}"
        elif (SITE / page).exists():
            del link["href"]  # it leads to a page that is not printed
    solved = solutions(name, soup)
    # Ids inside a picture are referred to by url(#…) and href as well.
    return [re.sub(r'(url\(#|xlink:href="#)', rf"\g<1>{name}--", text) for text in (str(soup), solved)]


def solutions(name, soup):
    """Take the solutions out of an article, and return them as a section with its title."""
    found = []
    for box in soup.select(".admonition.dropdown"):
        exercise, code = box.find_previous("strong", string=re.compile(r"^\d+\.$")), []
        while (cell := (code or [box])[-1].find_next_sibling()) and "tag_hide-cell" in cell.get("class", []):
            code.append(cell)
        box.find(class_="admonition-title").decompose()
        inside = "".join(map(str, (*box.contents, *code)))
        found.append(f'<div class="solution"><p><strong>{exercise.get_text()}</strong></p>{inside}</div>')
        for node in (box, *code):
            node.extract()
    if answers := soup.select_one(".gmm-answers"):
        found.append(str(answers.extract()))
    if not found:
        return ""
    return f'<section id="{name}--solved"><h2>{heading_text(soup.find("h1"))}</h2>{"".join(found)}</section>'


def heading_text(heading):
    """Return a heading as plain text, each formula once."""
    copy = BeautifulSoup(str(heading), "html.parser")
    for node in copy.select(".headerlink, annotation, .katex-html"):
        node.decompose()
    return copy.get_text().strip()


def headings(articles):
    """Return (level, anchor, title) of each chapter and section."""
    found = []
    for section in BeautifulSoup(articles, "html.parser").select("section[id]"):
        heading = section.find(["h1", "h2"], recursive=False)
        if heading:
            found.append((heading.name, section["id"], heading_text(heading)))
    return found


def contents(entries, pages, title):
    """Return the table of contents, with the page of each entry where it is known."""
    kinds = {"h1": "chapter", "h2": "section"}
    items = [
        f'<li class="{kinds[level]}">'
        f'<a href="#{anchor}" data-page="{pages.get(anchor, "")}">{text}<span></span></a></li>'
        for level, anchor, text in entries
    ]
    return f'<div class="contents"><h1>{title}</h1><ol>{"".join(items)}</ol></div>'


def date():
    """Return the date of the last commit, or of today where there is none."""
    command = ["git", "-C", ROOT, "log", "-1", "--format=%cs"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        told = ""
    return told or datetime.date.today().isoformat()


def imprint(front):
    """Return the licence, as the foot of every page says it, and the date."""
    return f'<div class="imprint">{front.select_one(".extra_footer").decode_contents()}<p>{date()}</p></div>'


def running_heads(entries):
    """Return the style of the pages of each chapter, whose head is the chapter's title."""
    rules = []
    for place, (anchor, title) in enumerate((anchor, title) for level, anchor, title in entries if level == "h1"):
        head = f"@top-center {{ content: {json.dumps(title, ensure_ascii=False)}; font-size: 8pt; }}"
        rules.append(f"@page chapter{place} {{ {head} }} [id='{anchor}'] {{ page: chapter{place}; }}")
    return "\n".join(rules)


class Book:
    """Some pages of the site as one document."""

    def __init__(self, names):
        self.front = soup_of("index")
        self.language = self.front.html["lang"]
        self.title = heading_text(self.front.find("h1"))
        self.words = WORDS.get(self.language, WORDS["en"])
        self.is_whole = "index" in names
        articles, solved = zip(*(article(name, names) for name in names), strict=True)
        self.articles = "".join(f'<div id="{name}">{text}</div>' for name, text in zip(names, articles, strict=True))
        end = "" if self.is_whole else imprint(self.front)
        if any(solved):
            end = f'<section id="solutions"><h1>{self.words[1]}</h1>{"".join(solved)}{end}</section>'
        self.articles += f'<article class="bd-article">{end}</article>' if end else ""
        self.entries = headings(self.articles)

    def document(self, pages):
        """Return the document, given the page of each heading as far as it is known."""
        sheets = "".join(str(link) for link in self.front.select('link[rel="stylesheet"]'))
        logo = '<img src="_static/logo.svg" alt="">'
        cover = f'<div class="cover">{logo}<h1>{escape(self.title)}</h1>{imprint(self.front)}</div>'
        before = cover + contents(self.entries, pages, self.words[0]) if self.is_whole else ""
        body = f'<body class="bd-article-container">{before}{self.articles}</body>'
        style = f"<style>{STYLE}{running_heads(self.entries)}</style>"
        head = f'<head><meta charset="utf-8"><title>{escape(self.title)}</title>{sheets}{style}</head>'
        return f'<!doctype html><html data-theme="light" lang="{self.language}">{head}{body}</html>'


def destinations(pdf):
    """Return the page number of each anchor, counted from 1."""
    reader = PdfReader(io.BytesIO(pdf))
    return {
        name.lstrip("/"): reader.get_destination_page_number(place) + 1
        for name, place in reader.named_destinations.items()
    }


def printed(browser, names):
    """Return the PDF of these pages."""
    book, pages = Book(names), {}
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    # Beside the site's pages, so that pictures and styles are found, and under a name of its own.
    with tempfile.NamedTemporaryFile("w", suffix=".html", dir=SITE, encoding="utf-8") as sheet:
        for _ in range(2 if book.is_whole else 1):
            sheet.seek(0)
            sheet.truncate()
            sheet.write(book.document(pages))
            sheet.flush()
            tab.goto(Path(sheet.name).as_uri())
            pdf = tab.pdf(prefer_css_page_size=True, outline=True, tagged=True, print_background=True)
            pages = destinations(pdf)
    context.close()
    return pdf


def main(wanted):
    """Print the book, or some chapters of it."""
    unknown = sorted(set(wanted) - set(names()))
    if unknown:
        sys.exit(f"There is no page {', '.join(unknown)}. There are: {', '.join(names())}.")
    target = TARGET.with_stem("-".join([TARGET.stem, *wanted]))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        pdf = printed(browser, wanted or names())
        browser.close()
    target.write_bytes(pdf)
    print(f"{target.relative_to(ROOT)}: {len(PdfReader(io.BytesIO(pdf)).pages)} pages, {len(pdf) / 1e6:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
