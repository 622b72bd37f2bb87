"""Make the decks: `python -m kit.slides [CHAPTER …]` → _build/slides for the room, _build/speaker with the notes.

The slides are the cells of a chapter (`kit.deck`). Numbers and titles come from the built site, and so do the live
figures with their scripts: what stands on a page stands on a slide, and is tested there. reveal.js shows the slides.
It comes from npm, pinned with its hash in `kit/reveal`, into the cache of `tools/parts.py`; a deck is then a folder
that needs no network.
"""

import base64
import json
import re
import shutil
import sys
from functools import cached_property
from html import escape
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup
from docutils.nodes import make_id
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from gmm import practice
from gmm.practice.form import answer
from gmm.practice.judge import LETTERS
from kit import deck, text
from tools import parts, readers
from tools.contents import ASKED, BOOK, ROOT, chapters

SITE = ROOT / "_build" / "html"
HERE = Path(__file__).parent
REVEAL = HERE / "reveal"
ROOM, SPEAKER = ROOT / "_build" / "slides", ROOT / "_build" / "speaker"
TAG = re.compile(r"\\tag\{(eq:[\w-]+)\}")
ACTS = re.compile(r'href="#live=')  # words that set a figure
SHARED = ("figure.css", "stage.css", "pygments.css", "page.js", "stage.js", "katex")  # of the site
OWN = ("deck.css", "deck.js")
PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
{styles}
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
{state}
{scripts}
</body>
</html>
"""


class Deck:
    """The slides of a chapter as HTML."""

    def __init__(self, name, book):
        self.name, self.book = name, book
        self.notebook = nbformat.read(BOOK / f"{name}.ipynb", 4)
        self.page = BeautifulSoup((SITE / f"{name}.html").read_text("utf-8"), "html.parser")
        self.slides = deck.slides(self.notebook)
        self.markdown = text.markdown(self.formula)

    def formula(self, latex, options):
        """Return a typeset formula, with the number that the book gives it."""
        latex = TAG.sub(lambda found: f"\\tag{{{self.number(found[1])}}}", latex.strip())
        return text.typeset_formula(latex, options)

    def number(self, label):
        """Return the number of an equation."""
        anchor = f"equation-{make_id(label)}"
        if anchor not in self.book.numbers:
            raise ValueError(f"a slide of {self.name} shows {label}, which the site does not have. Build the site.")
        return self.book.numbers[anchor]

    def words(self, source):
        """Return a text as HTML, with numbers in the place of names, and without links to other pages."""
        if ASKED.fullmatch(source.strip()):
            source = f"## First a guess\n\n{source}"
        source = ACTS.sub('href="#state=', source)
        source = readers.resolved(ASKED.sub(self.question, source), self.book, self.name)
        return self.markdown.render(text.unlinked(source).replace('href="#state=', 'href="#live='))

    def question(self, found):
        """Return a question in words, with what may be chosen."""
        asked = practice.find(found[1])
        options = [f"{letter}. {option.text}" for letter, option in zip(LETTERS, getattr(asked, "shown", []))]
        return "\n".join([asked.text, "", *(f"- **{option[:2]}**{option[2:]}" for option in options)])

    def key(self, source):
        """Return the answers of the questions in a text, for the notes."""
        return "".join(f"\n\n*Answer:* {answer(practice.find(name))}" for name in ASKED.findall(source))

    def code(self, cell):
        """Return a cell of code: its picture, or the code and what it prints."""
        outputs = [self.output(output, cell) for output in cell.outputs]
        if caption := cell.metadata.get("mystnb", {}).get("figure"):
            number = self.book.numbers.get(caption.get("name"), "")
            return "".join(outputs) + (f'<div class="caption">{number}</div>' if number else "")
        is_hidden = deck.ONLY_OUTPUT in cell.metadata.get("tags", [])
        code = "" if is_hidden else highlight(cell.source, PythonLexer(), HtmlFormatter())
        return code + "".join(outputs)

    def output(self, output, cell):
        """Return what a cell has put out."""
        if output.output_type == "stream":
            return f'<pre class="output">{escape(output.text)}</pre>'
        data = output.get("data", {})
        if live := re.search(r'data-live="([^"]+)"', data.get("text/html", "")):
            return f'<div class="stage">{self.live(live[1])}</div>'
        if "image/svg+xml" in data:
            return picture(data["image/svg+xml"], cell)
        if "text/latex" in data:
            return self.markdown.render(f"$${data['text/latex'].strip('$')}$$")
        return data.get("text/html") or f'<pre class="output">{escape(data.get("text/plain", ""))}</pre>'

    def live(self, name):
        """Return a live figure as its page has it."""
        found = self.page.find(attrs={"data-live": name})
        if found is None:
            raise ValueError(f"a slide of {self.name} shows the figure {name!r}, and its page does not. Build it anew.")
        for node in found.select(".gmm-room"):
            node.decompose()
        return str(found)

    @cached_property
    def sections(self):
        """For each slide its class, what is shown, and what is said, in Markdown."""
        return [self.section(slide) for slide in self.slides]

    def section(self, slide):
        """Return one of them."""
        shown, said = [], list(slide.notes)
        for how, cell in slide.parts:
            html = self.code(cell) if cell.cell_type == "code" else self.words(cell.source)
            said.append(self.key(cell.source) if cell.cell_type == "markdown" else "")
            shown.append(f'<div class="fragment">{html}</div>' if how else html)
        classes = ' class="title"' if slide.parts and slide.parts[0][1].source.startswith("# ") else ""
        return classes, "".join(shown), "\n\n".join(filter(None, said))

    @cached_property
    def scripts(self):
        """The scripts of the page that hold what its figures compute."""
        return [f"scripts/{Path(node['src']).name}" for node in self.page.select("script[src]") if is_code(node["src"])]

    def aside(self, said):
        """Return what is said, as the presenter's view finds it."""
        notes = self.words(said)
        return f'<aside class="notes">{notes}</aside>' if notes else ""

    def html(self, *, is_speaker):
        """Return the deck for the room or for the speaker."""
        state = self.page.select_one('script[type="application/vnd.jupyter.widget-state+json"]')
        plugins = ["notes.js"] if is_speaker else []
        scripts = ["reveal.js", *plugins, *self.scripts, *(["page.js"] if state else []), "stage.js", "deck.js"]
        return PAGE.format(
            language=self.page.html["lang"],
            title=escape(self.book.titles[self.name]),
            styles="\n".join(
                f'<link rel="stylesheet" href="parts/{name}">'
                for name in ("reveal.css", "katex/katex.css", "pygments.css", "figure.css", "stage.css", "deck.css")
            ),
            slides="\n".join(
                f"<section{classes}>\n{shown}\n{self.aside(said) if is_speaker else ''}</section>"
                for classes, shown, said in self.sections
            ),
            state=state or "",
            scripts="\n".join(f'<script defer src="parts/{name}"></script>' for name in scripts),
        )


def picture(svg, cell):
    """Return a picture of a cell, whose ids stay its own."""
    data = base64.b64encode("".join(svg).encode()).decode()
    alt = escape(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""))
    return f'<img class="picture" src="data:image/svg+xml;base64,{data}" alt="{alt}">'


def is_code(address):
    """Tell whether a script of a page holds what its figures compute."""
    path = SITE / address.partition("?")[0]
    return "/scripts/" in address and path.exists() and "gmmFunctions" in path.read_text("utf-8")[: 10**7]


def reveal():
    """Return the folder of reveal.js in the cache, and fetch it if it is not there."""
    folder = parts.cache(REVEAL)
    if not (folder / "node_modules").exists():
        parts.install(folder, REVEAL)
    return folder / "node_modules" / "reveal.js" / "dist"


def lay_out(folder, library, *, is_speaker):
    """Put into a folder what all decks load."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "parts").mkdir(parents=True)
    for name in SHARED:
        copy = shutil.copytree if (SITE / "_static" / name).is_dir() else shutil.copy
        copy(SITE / "_static" / name, folder / "parts" / name)
    shutil.copytree(SITE / "_static" / "scripts", folder / "parts" / "scripts")
    plugins = ["plugin/notes.js"] if is_speaker else []
    for path in [*(HERE / name for name in OWN), *(library / name for name in ("reveal.css", "reveal.js", *plugins))]:
        shutil.copy(path, folder / "parts" / path.name)


def prune(folder):
    """Leave out the scripts of the site that no deck loads."""
    wanted = "".join(path.read_text("utf-8") for path in folder.glob("*.html"))
    for path in (folder / "parts" / "scripts").iterdir():
        if path.name not in wanted:
            path.unlink()


def contents(book, names):
    """Return the front page of the decks."""
    items = "".join(f'<li><a href="{name}.html">{escape(book.titles[name])}</a></li>' for name in names)
    style = '<link rel="stylesheet" href="parts/deck.css">'
    head = f'<meta charset="utf-8"><title>Slides</title>{style}'
    body = f'<body class="contents"><h1>Slides</h1><ol>{items}</ol></body>'
    return f'<!doctype html><html lang="en"><head>{head}</head>{body}</html>'


def write(names, library, room=ROOM, speaker=SPEAKER):
    """Write the decks of some chapters for the room and for the speaker, and tell how many slides each has."""
    book, folders = readers.Book(SITE), {room: False, speaker: True}
    for folder, is_speaker in folders.items():
        lay_out(folder, library, is_speaker=is_speaker)
        (folder / "index.html").write_text(contents(book, names), "utf-8")
    counts = {}
    for name in names:
        made = Deck(name, book)
        counts[name] = len(made.slides)
        for folder, is_speaker in folders.items():
            (folder / f"{name}.html").write_text(made.html(is_speaker=is_speaker), "utf-8")
    for folder in folders:
        prune(folder)
    return counts


def main(wanted):
    """Make the decks, and say where they are."""
    unknown = sorted(set(wanted) - set(chapters()))
    if unknown:
        sys.exit(f"There is no chapter {', '.join(unknown)}. There are: {', '.join(chapters())}.")
    try:
        library = reveal()
    except parts.MissingError as error:
        sys.exit(f"There are no decks without reveal.js: {error}. With a network: make slides")
    counts = write(wanted or [name for name in chapters() if (SITE / f"{name}.html").exists()], library)
    print(json.dumps(counts))
    print(f"The decks are in {ROOM.relative_to(ROOT)}; with the speaker's notes, in {SPEAKER.relative_to(ROOT)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
