"""Make the reader's notebooks: the chapters as they are read in any notebook program, on their own.

The sources are written for the book, and refer to equations, figures, words
and sources by names that only the build resolves. Here a name becomes the
number, the title or the author and year that the built page shows, a solution
is folded, each exercise has an empty cell for an answer, a question has a cell
that asks it, with its hints and its answer folded, and the first cell installs
`gmm` where it is missing. Nobody edits them: they are made anew with
the site, into its folder `_sources`, which the pages' download buttons lead to.

    python -m tools.readers FOLDER    copy them there, but none over one that is there
"""

import base64
import datetime
import inspect
import os
import pydoc
import re
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from html import unescape
from pathlib import Path

import nbformat
from docutils.nodes import make_id
from pybtex.database import parse_file
from pybtex.richtext import Text
from sympy import Basic

from gmm import practice
from gmm.practice.form import answer
from tools import teaching
from tools.contents import ASKED, BOOK, ROOT, on_page

EXERCISE = re.compile(r"^\*\*\d+\.\*\*")
BEGINS = re.compile(r"(?=^\*\*(?:\d+\.|Question \d+)\*\*)", re.M)  # an exercise, or a question of the bank
FENCE = re.compile(
    r"^(?P<fence>:{3,}|`{3,})\{(?P<name>[\w-]+)\}(?P<argument>[^\n]*)\n(?P<body>.*?)^(?P=fence)$\n?", re.M | re.S
)
ASK = re.compile(r"^<!-- ask ([\w-]+) -->\n?", re.M)  # where a cell will ask
OPTION = re.compile(r"^:([\w-]+): *(.*)\n", re.M)
INSTALL = """# Installs gmm where it is missing, and does nothing where it is there.
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("gmm") is None:
    wheel = next(Path().glob("gaussian_mixture_book-*.whl"), None)
    source = f"gaussian-mixture-book[{extras}] @ " + (wheel.resolve().as_uri() if wheel else "git+{address}")
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""
NOWHERE = "the address of the book's repository"  # where the book was built without one
EXTRAS = "dask,live,sklearn"
BESIDE = ("benchmark.json", "python/package-lock.json")  # files that some cells read
PACKAGE = ("gmm", "pyproject.toml", "README.md", "LICENSE")  # what a wheel is made of


class Book:
    """What the built pages say of the names that the chapters use."""

    def __init__(self, site):
        self.numbers, self.places, self.titles = {}, {}, {}
        self.references, self.questions = [], []
        for path in sorted(BOOK.glob("*.ipynb")):
            source = "".join(cell.source for cell in nbformat.read(path, 4).cells[:1])
            self.titles[path.stem] = source.partition("\n")[0].removeprefix("# ")
            page = site / f"{path.stem}.html"
            if page.exists():
                self._read(path.stem, page.read_text("utf-8"))

    def _read(self, name, html):
        """Note the numbers of a page's equations and figures."""
        found = re.findall(r'id="(equation-[\w-]+)">.*?class="eqno">\(([\d.]+)\)', html, re.S)
        found += re.findall(r'<figure [^>]*id="(fig-[\w-]+)".*?caption-number">([^<]*?)\s*</span>', html, re.S)
        for anchor, number in found:
            self.numbers[anchor], self.places[anchor] = number, name
        if name == "references":
            entries = re.findall(r'<div class="citation".*?<p>(.*?)</p>\s*</div>', html, re.S)
            self.references = [unescape(re.sub(r"<[^>]+>", "", entry)).strip() for entry in entries]

    def link(self, anchor, text, here):
        """Return a text as a link to the notebook that something stands in, if that is another one."""
        name = self.places.get(anchor, here)
        return text if name == here else f"[{text}]({name}.ipynb)"

    def equation(self, label, here):
        """Return the number of an equation in brackets."""
        anchor = f"equation-{make_id(label)}"
        return (
            self.link(anchor, f"({self.numbers[anchor]})", here) if anchor in self.numbers else "(not in this edition)"
        )

    def figure(self, label, here):
        """Return the name and number of a figure."""
        return (
            self.link(label, self.numbers[label], here) if label in self.numbers else "a figure (not in this edition)"
        )


@cache
def sources():
    """Return the entries of the list of sources, by key."""
    return parse_file(BOOK / "references.bib").entries


def authors(key):
    """Return the authors of a source and its year, as a line of text names them."""
    entry = sources()[key]
    people = entry.persons.get("author") or entry.persons["editor"]
    names = [str(Text.from_latex(" ".join([*one.prelast_names, *one.last_names]))) for one in people]
    who = f"{names[0]} *et al.*" if len(names) > 2 else " and ".join(names)
    return who, entry.fields["year"]


def cited(kind, keys):
    """Return citations: (Pearson, 1894) in brackets, or Pearson (1894) as a part of the sentence."""
    found = [authors(key.strip()) for key in keys.split(",")]
    if kind == "p":
        return f"({'; '.join(f'{who}, {year}' for who, year in found)})"
    return ", ".join(f"{who} ({year})" for who, year in found)


def resolved(text, book, here):
    """Return a text with every reference replaced by what it shows."""
    text = re.sub(r"\{cite:([pt])\}`([^`]+)`", lambda m: cited(*m.groups()), text)
    text = re.sub(r"\{eq\}`([^`]+)`", lambda m: book.equation(m[1], here), text)
    text = re.sub(r"\{numref\}`([^`]+)`", lambda m: book.figure(m[1], here), text)
    text = re.sub(r"\{term\}`(?:([^`<]*?) *<[^`>]*>|([^`]*))`", r"[\1\2](glossary.ipynb)", text)
    text = text.replace("{sub-ref}`today`", datetime.date.today().isoformat())
    text = re.sub(r"\[\]\(([\w-]+)\.ipynb\)", lambda m: f"[{book.titles[m[1]]}]({m[1]}.ipynb)", text)
    text = re.sub(r"\[\]\(#([\w-]+)\)", lambda m: m[1].replace("-", " "), text)
    text = re.sub(r'<a href="#live=[^"]*">(.*?)</a>', r"\1", text, flags=re.S)
    text = re.sub(r"^\([\w-]+\)=\n", "", text, flags=re.M)
    return re.sub(r"\$\$(.*?)\$\$ \(([^)\s]+)\)", lambda m: numbered(m, book), text, flags=re.S)


def numbered(found, book):
    """Return an equation with its number."""
    number = book.numbers.get(f"equation-{make_id(found[2])}")
    return f"$${found[1].rstrip()}\n\\tag{{{number}}}\n$$" if number else f"$${found[1]}$$"


# --- what stands in a frame ------------------------------------------------------


def unframed(text, book, frames=None):
    """Return a text with its directives in the forms that every notebook program shows."""
    while found := FENCE.search(text):
        body = found["body"]
        options = dict(OPTION.findall(body))
        inner = OPTION.sub("", body).strip("\n")
        made = (frames or FRAMES).get(found["name"], lambda argument, options, body, book: body)
        shown = made(found["argument"].strip(), options, inner, book)
        text = f"{text[: found.start()]}{shown.rstrip()}\n{text[found.end() :]}"
    return text


def admonition(argument, options, body, book):
    """Fold a solution."""
    return f"<details>\n<summary>{argument}</summary>\n\n{body}\n\n</details>"


def question(argument, options, body, book):
    """Ask a question in words, with its hints and its answer folded; a cell will ask it too, where it can be judged."""
    asked = practice.find(argument)
    parts = [f"**Question {1 + book.questions.index(argument)}** ({asked.level}). {asked.text}"] if asked.text else []
    if isinstance(asked, practice.Choice) and asked.text:
        parts.append("\n".join(f"- {option.text}" for option in asked.shown))
    parts += [admonition(f"Hint {i}", {}, hint, book) for i, hint in enumerate(asked.hints, start=1)]
    parts += [admonition("Answer", {}, answer(asked).strip(), book)] if asked.text else []
    parts += [f"<!-- ask {argument} -->"] if asked.kind else []
    return "\n\n".join(parts)


def note(argument, options, body, book):
    """Set a note apart."""
    return "\n".join(f"> {line}".rstrip() for line in body.splitlines())


def card(argument, options, body, book):
    """Make an entry of a list from a card."""
    return f"- **{argument}.** {' '.join(body.split())}"


def figure(argument, options, body, book):
    """Show a picture that lies beside the book, with its caption."""
    return f"![{options.get('alt', '')}](attachment:{argument})\n\n*{' '.join(body.split())}*"


def glossary(argument, options, body, book):
    """Make a list of words: those that share an explanation stand together."""
    entries = [entry.split("\n") for entry in re.split(r"\n\n", body)]
    words = [", ".join(f"**{line}**" for line in entry if not line.startswith(" ")) for entry in entries]
    return "\n".join(
        f"- {word}: {' '.join(line.strip() for line in entry if line.startswith(' '))}"
        for word, entry in zip(words, entries)
    )


def bibliography(argument, options, body, book):
    """List the sources as the built page does."""
    return "\n".join(f"- {entry}" for entry in book.references)


def reference(argument, options, body, book):
    """List names of the package, each with its first sentence."""
    names = re.findall(r"^\.\. auto(?:function|class|exception|data):: (\S+)", body, re.M)
    return "\n".join(f"- `{name}`{first(name)}" for name in names)


def first(name):
    """Return the first line of a docstring; a formula has none of its own."""
    found = pydoc.locate(name)
    if not callable(found) or isinstance(found, Basic):
        return ""
    line = (inspect.getdoc(found) or "").partition("\n")[0]
    line = re.sub(r"``(eq:[\w-]+)``", r"{eq}`\1`", re.sub(r":\w+:`~?([^`]+)`", r"`\1`", line))
    return f": {line}".replace("({eq}", "{eq}").replace("`)", "`")


FRAMES = {
    "admonition": admonition,
    "note": note,
    "question": question,
    "teaching": lambda argument, options, body, book: teaching.part(argument),
    "review": lambda argument, options, body, book: "The list of all questions is in [the page](../review.html).",
    "grid-item-card": card,
    "figure": figure,
    "glossary": glossary,
    "bibliography": bibliography,
    "eval-rst": reference,
    "nb-exec-table": lambda argument, options, body, book: "",
}


# --- a notebook --------------------------------------------------------------------


def reader(path, book, frames=None):
    """Return a chapter as a reader's notebook, with its frames in these forms."""
    name, notebook = path.stem, nbformat.read(path, 4)
    notebook.cells = on_page(notebook.cells)
    asked = [name for cell in notebook.cells for name in ASKED.findall(cell.source)]
    book.questions = [name for name in asked if practice.find(name).kind]
    for cell in notebook.cells:
        cell.metadata.pop("slideshow", None)
        if cell.cell_type == "markdown":
            cell.source = resolved(unframed(cell.source, book, frames), book, name)
            attach(cell)
    cells = [
        part
        for cell in notebook.cells
        for part in (asking(cell) if cell.cell_type == "markdown" else shown(cell, book, name))
    ]
    title, *rest = cells
    title.source += f"\n\n[The page of this notebook](../{name}.html) has links, pop-ups and a search."
    if any(cell.cell_type == "code" for cell in rest):
        rest.insert(0, installing(name))
    notebook.cells = [title, *rest]
    for i, cell in enumerate(notebook.cells):
        cell.id = f"{name}-{i}"
    return notebook


def attach(cell):
    """Carry the pictures that a text shows with it."""
    for file in re.findall(r"\(attachment:([^)]+)\)", cell.source):
        data = base64.b64encode((BOOK / file).read_bytes()).decode()
        cell.setdefault("attachments", {})[file] = {"image/svg+xml": data}


def installing(name):
    """Return the first cell."""
    address = os.environ.get("BOOK_REPOSITORY", "").strip().rstrip("/") or NOWHERE
    source = INSTALL.replace("{extras}", EXTRAS).replace("{address}", address)
    return nbformat.v4.new_code_cell(source, metadata={"tags": ["install"]})


def asking(cell):
    """Yield a text, and a cell of code for each question of the bank in it."""
    parts = ASK.split(cell.source)  # texts, and between them names
    for i, part in enumerate(parts):
        if i % 2:
            source = f'from gmm import practice\n\npractice.ask("{part}")'
            yield nbformat.v4.new_code_cell(source, metadata={"tags": ["question"]})
        else:
            yield from exercises(part, cell.get("attachments", {}))


def exercises(text, attachments):
    """Yield a text, and each exercise of it with an empty cell below it for an answer; what is folded is apart."""
    for part in BEGINS.split(text):
        if part.startswith("**Question"):
            yield nbformat.v4.new_markdown_cell(part.strip())
            continue
        question, fold, solution = part.partition("<details>")
        if question.strip():
            yield nbformat.v4.new_markdown_cell(question.strip(), attachments=attachments)
        if EXERCISE.match(part):
            yield nbformat.v4.new_code_cell("", metadata={"tags": ["answer"]})
        if fold:
            yield nbformat.v4.new_markdown_cell((fold + solution).strip())


def shown(cell, book, here):
    """Yield a cell of code, folded where it is a solution, and its caption."""
    cell.metadata.setdefault("jupyter", {})
    if {"hide-cell", "remove-input"} & set(cell.metadata.get("tags", [])):
        hides_all = "hide-cell" in cell.metadata.tags
        cell.metadata.jupyter |= {"source_hidden": True} | ({"outputs_hidden": True} if hides_all else {})
    else:
        del cell.metadata["jupyter"]
    options = cell.metadata.pop("mystnb", {})
    yield cell
    if caption := options.get("figure"):
        number = book.numbers.get(caption.get("name"), "Figure")
        yield nbformat.v4.new_markdown_cell(f"*{number}.* {resolved(caption['caption'].strip(), book, here)}")


def write(site):
    """Write the reader's notebooks of a built site into its folder of sources, with all that they need beside them."""
    book, folder = Book(site), site / "_sources"
    for path in sorted(BOOK.glob("*.ipynb")):
        if (site / f"{path.stem}.html").exists():
            nbformat.write(reader(path, book), folder / path.name)
    for name in BESIDE:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(BOOK / name, folder / name)
    wheel(folder)
    (name,) = (path.name for path in folder.glob("*.whl"))
    (folder / "requirements.txt").write_text(f"./{name}[{EXTRAS}]\n", "utf-8")


def wheel(folder):
    """Put a wheel of gmm into a folder, made from a copy, for setuptools leaves things lying about."""
    with tempfile.TemporaryDirectory() as room:
        for name in PACKAGE:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, Path(room, name))
        command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, room]
        subprocess.run(command, check=True, capture_output=True)


def lay_out(site, folder):
    """Copy the notebooks of a site to a reader's folder, where what she has changed stays."""
    there = site / "_sources"
    for path in sorted(path for path in there.rglob("*") if path.is_file()):
        target = folder / path.relative_to(there)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


if __name__ == "__main__":
    lay_out(ROOT / "_build" / "html", Path(sys.argv[1]))
