"""Print an exam: `python -m kit.paper SEED` → _build/exam, variants A to D of a paper and their keys, as HTML and PDF.

The questions are those of the graded pool (`exam`). All variants ask the same in the same order, with other numbers.
A right number gets all marks. A named slip gets half: the way was right, and one thing was not.
"""

import argparse
import base64
import re
from html import escape

from playwright.sync_api import sync_playwright

from exam.paper import paper
from kit.text import markdown
from tests.pages.browser import ARGUMENTS, executable
from tools.contents import BOOK, ROOT

FOLDER = ROOT / "_build" / "exam"
MARKS = 4
LETTERS = "ABCDEFGH"
KATEX = BOOK / "page" / "katex"
STYLE = """
@page { size: A4; margin: 20mm 18mm; @bottom-right { content: counter(page) " / " counter(pages); font-size: 9pt; } }
body { max-width: 46em; margin: 2em auto; padding: 0 1em; font: 11pt/1.45 system-ui, sans-serif; }
h1 { font-size: 17pt; } .fields { display: flex; gap: 2em; margin: 1.5em 0; }
.fields span { flex: 1; border-bottom: 1px solid #555; padding-bottom: 0.3em; }
ol { padding-left: 1.6em; } li { break-inside: avoid; margin-bottom: 1em; } li > p { margin: 0 0 0.3em; }
.marks { float: right; margin-left: 1em; color: #555; } .work { height: 26mm; border-bottom: 1px dotted #777; }
table { border-collapse: collapse; font-size: 10pt; } td { padding: 0.15em 0.8em 0.15em 0; vertical-align: top; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
"""


def katex():
    """Return the style of formulas with the fonts in it, so that a paper is one file."""
    style = (KATEX / "katex.css").read_text("utf-8")

    def held(found):
        path = KATEX / found[1].strip("\"'")
        return f"url(data:font/woff2;base64,{base64.b64encode(path.read_bytes()).decode()})"

    return re.sub(r"url\(([^)]+\.woff2)\)", held, style)


def shown(value):
    """Return a number in four digits, as one writes it."""
    return f"{float(value):.4g}".replace("-", "−")


def asked(question):
    """Return a question with room for the work."""
    unit = f" {escape(question.unit)}" if question.unit else ""
    room = f'<div class="work"></div><p>Answer: …………………{unit}</p>'
    return f'<li><span class="marks">{MARKS} marks</span>{words(question)}{room}</li>'


def solved(question):
    """Return a question with its key and what each slip gets."""
    rows = [(shown(question.key), MARKS, question.unit or "right")]
    rows += [(shown(slip.value), MARKS // 2, slip.because) for slip in question.slips]
    row = "<tr><td><b>{}</b></td><td>{}</td><td>{}</td></tr>"
    cells = "".join(row.format(value, marks, escape(why)) for value, marks, why in rows)
    near = f"within {100 * question.tolerance:g} % of it"
    return f"<li>{words(question)}<table><tr><td>answer</td><td>marks</td><td>({near})</td></tr>{cells}</table></li>"


def words(question):
    """Return the text of a question."""
    return markdown().render(question.text)


def sheet(seed, letter, questions, *, is_key):
    """Return a paper or its key as a page."""
    title = f"The Gaussian Mixture: paper {seed}{letter}" + (", key" if is_key else "")
    head = "" if is_key else '<div class="fields"><span>Name</span><span>Number</span><span>Date</span></div>'
    total = f"<p>{len(questions)} questions, {MARKS * len(questions)} marks. A named slip gets half.</p>"
    items = "".join(map(solved if is_key else asked, questions))
    style = f"<style>{katex()}{STYLE}</style>"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{style}</head>'
        f"<body><h1>{title}</h1>{head}{total}<ol>{items}</ol></body></html>"
    )


def sheets(seed, n=12, variants=4, of=()):
    """Return the pages of all variants and keys, by the names of their files."""
    if not 1 <= variants <= len(LETTERS):
        raise ValueError(f"variants is {variants}. Give a number from 1 to {len(LETTERS)}.")
    found = {}
    for place, letter in enumerate(LETTERS[:variants]):
        questions = paper(seed, n, tuple(of), variant=place)
        found[f"{seed}{letter}"] = sheet(seed, letter, questions, is_key=False)
        found[f"{seed}{letter}-key"] = sheet(seed, letter, questions, is_key=True)
    return found


def write(pages, folder=FOLDER):
    """Write pages as HTML, and print each to PDF."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        tab = browser.new_page(java_script_enabled=False)
        for name, html in pages.items():
            path = folder / f"{name}.html"
            path.write_text(html, "utf-8")
            tab.goto(path.as_uri())
            tab.pdf(path=folder / f"{name}.pdf", prefer_css_page_size=True, print_background=True, tagged=True)
        browser.close()


def main():
    """Read the arguments, print, and say where it is."""
    parser = argparse.ArgumentParser(prog="python -m kit.paper", description="Print a paper's variants and keys.")
    parser.add_argument("seed", type=int, help="the same seed gives the same paper")
    parser.add_argument("--n", type=int, default=12, help="how many questions")
    parser.add_argument("--variants", type=int, default=4, help="how many papers")
    parser.add_argument("--of", nargs="*", default=(), help="only templates whose names begin so")
    options = parser.parse_args()
    pages = sheets(options.seed, options.n, options.variants, options.of)
    write(pages)
    print(f"{len(pages) // 2} papers and their keys are in {FOLDER.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
