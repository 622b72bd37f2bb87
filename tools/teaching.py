"""What a teacher wants to know of each chapter, made from the chapters and the bank: `{teaching}` of book/teach.ipynb.

Each function returns MyST. Nothing of it is written twice, so that it holds when a chapter or a question changes.
"""

import re
from functools import cache

import nbformat

from gmm import practice
from gmm.practice.question import Choice, Code, Formula, Guess, Number
from tools.contents import ASKED, BOOK, chapters, on_page

SAID_A_MINUTE = 120  # words
MINUTES = {"formula": 2, "figure": 3, "code": 1}
PROMISE = re.compile(r"After this chapter you can\s+((?:- .*\n?)+)")
HEADING = re.compile(r"^## (.+)$", re.M)
LABEL = re.compile(r"\$\$ \((eq:[\w-]+)\)")
APART = ("Questions", "Exercises", "Summary")


@cache
def cells(name):
    """Return the cells of a chapter that its page shows."""
    return on_page(nbformat.read(BOOK / f"{name}.ipynb", 4).cells)


@cache
def sections(name):
    """Return the sections of a chapter: (title, texts, cells of code) for each."""
    found = [("The opening", [], [])]
    for cell in cells(name):
        if cell.cell_type == "code":
            found[-1][2].append(cell)
            continue
        for part in re.split(r"(?=^## )", cell.source, flags=re.M):
            if heading := HEADING.match(part):
                found.append((heading[1], [], []))
            found[-1][1].append(part)
    return found


def by_chapter(lines):
    """Return the lines that a function has for each chapter, under its title."""
    parts = []
    for name in chapters():
        if made := lines(name):
            parts.append("\n".join([f"**[]({name}.ipynb)**", "", *made]))
    return "\n\n".join(parts)


def goals():
    """Return what a reader can do after each chapter."""
    return by_chapter(lambda name: [found[1].strip()] if (found := PROMISE.search(cells(name)[0].source)) else [])


def minutes_of(texts, code):
    """Return the minutes that a section takes on a board: its words, its formulas, its figures, its other code."""
    text = "\n".join(texts)
    words = len(re.findall(r"[A-Za-z’'-]+", re.sub(r"\$\$.*?\$\$|```.*?```|^\|.*$", "", text, flags=re.S | re.M)))
    figures = sum("figure" in cell.metadata.get("mystnb", {}) for cell in code)
    counts = {"formula": len(LABEL.findall(text)), "figure": figures, "code": len(code) - figures}
    return words / SAID_A_MINUTE + sum(MINUTES[kind] * count for kind, count in counts.items())


def minutes():
    """Return a table of the sections of each chapter with their minutes."""
    lines = ["| chapter | section | minutes |", "|---|---|---|"]
    for name in chapters():
        rows = [(title, minutes_of(texts, code)) for title, texts, code in sections(name) if title not in APART]
        total = sum(count for _, count in rows)
        lines.append(f"| **[]({name}.ipynb)** | | **{total:.0f}** |")
        lines += [f"| | {title} | {count:.0f} |" for title, count in rows if count >= 0.5]
    return "\n".join(lines)


def bank(name):
    """Return the questions that a chapter asks."""
    return [practice.find(each) for cell in cells(name) for each in ASKED.findall(cell.source)]


def mistakes():
    """Return what students get wrong: each named slip of the bank, with its sentence."""

    def lines(name):
        slips = [slip for question in bank(name) for slip in getattr(question, "slips", ())]
        return [f"- {' '.join(slip.because.split())}{place(slip)}" for slip in slips]

    return by_chapter(lines)


def place(slip):
    """Return where the book says it right."""
    return f" {{eq}}`{slip.place}`" if slip.place.startswith("eq:") else ""


def guesses():
    """Return what to ask before each figure, with the answers that will come."""

    def lines(name):
        asked = [question for question in bank(name) if isinstance(question, Guess)]
        return [f"- {question.text} {options(question)}" for question in asked]

    return by_chapter(lines)


def options(question):
    """Return what may be chosen, the right one in bold."""
    told = (f"**{option.text}**" if option.right else option.text for option in question.shown)
    return f"({' / '.join(told)})"


def section_of(question, name):
    """Return the section that a question belongs to: where it stands, or where the equation is that it is about."""
    for title, texts, _ in sections(name):
        if title not in APART and any(question.name in ASKED.findall(text) for text in texts):
            return title
    places = [slip.place for slip in getattr(question, "slips", ())]
    places += re.findall(r"\{eq\}`(eq:[\w-]+)`", " ".join([question.text, *question.hints, question.answer]))
    for title, texts, _ in sections(name):
        if any(label in places for label in LABEL.findall("\n".join(texts))):
            return title
    return "The whole chapter"


def questions():
    """Return a table of the questions that go with each section, by kind."""
    kinds = {Number: "number", Formula: "formula", Guess: "guess", Choice: "choice", Code: "code"}
    lines = ["| chapter | section | questions |", "|---|---|---|"]
    for name in chapters():
        found = {}
        for number, question in enumerate((each for each in bank(name) if each.kind), start=1):
            kind = next((word for each, word in kinds.items() if isinstance(question, each)), question.kind)
            found.setdefault(section_of(question, name), []).append(f"{number} ({kind})")
        lines += [f"| []({name}.ipynb) | {title} | {', '.join(asked)} |" for title, asked in found.items()]
    return "\n".join(lines)


PARTS = {made.__name__: made for made in (goals, minutes, mistakes, guesses, questions)}


def part(name):
    """Return a part of the page by its name.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    if name not in PARTS:
        raise KeyError(f"name is {name!r}, and {{teaching}} has no such part. There are {', '.join(PARTS)}.")
    return PARTS[name]()
