"""What the slides of a chapter are: its cells, by the slideshow metadata that Jupyter, RISE and nbconvert know.

A cell of the type ``slide`` or ``subslide`` begins a slide, ``fragment`` comes with the next press of a key,
``notes`` is the speaker's, ``skip`` is left out, and without a type a cell goes on with the slide. Slides follow one
another in one line, subslides too, since a clicker has one direction. What stands on slides alone has the tag
``remove-cell``, so that neither the page nor the reader's notebook shows it.

A chapter without such metadata gets it from `automatic`: a slide for each formula with a number, each picture, each
guess and each "What to notice", and the prose around it as notes.
"""

import re
from dataclasses import dataclass, field

from nbformat.v4 import new_markdown_cell

BEGINS = ("slide", "subslide")
FORMULA = re.compile(r"(?:(?P<lead>[^\n]*)\n\n)?\$\$(?P<body>[^$]*)\$\$ \((?P<label>eq:[\w-]+)\)")
ASKED = re.compile(r"^```\{question\} ([\w-]+)\n```$", re.M)
END = re.compile(r"^## (Questions|Exercises)$", re.M)
SUMMARY = re.compile(r"^## Summary\n+((?:- .*\n?)+)", re.M)
HEADING = re.compile(r"^#{2,3} (.+)$", re.M)
GUESS = "-guess-"
ONLY_SLIDES = "remove-cell"
LONGEST = 9  # lines of code that a slide holds
MOST = 30  # slides of a lecture
SPARED = ("## What to notice", "def ")  # what goes first where there are more: it is said instead


@dataclass
class Slide:
    """What is shown together, what comes one by one, and what is said.

    Attributes
    ----------
    parts : list of (str, cell)
        Each with its type: fragment, or nothing.
    notes : list of str
        In Markdown.
    """

    parts: list = field(default_factory=list)
    notes: list = field(default_factory=list)


def kind(cell):
    """Return the type of a cell in a slideshow."""
    return cell.metadata.get("slideshow", {}).get("slide_type", "-")


def is_ready(notebook):
    """Tell whether a notebook says itself what its slides are."""
    return any(kind(cell) in BEGINS for cell in notebook.cells)


def slides(notebook):
    """Return the slides of a notebook."""
    found = []
    for cell in notebook.cells if is_ready(notebook) else automatic(notebook):
        how = kind(cell)
        if how in BEGINS:
            found.append(Slide())
        if how == "skip" or not found:
            continue
        if how == "notes":
            found[-1].notes.append(cell.source)
        else:
            found[-1].parts.append(("fragment" if how == "fragment" else "", cell))
    return found if is_ready(notebook) else shortened(found)


def shortened(found):
    """Return the slides of a deck made by rule without those that a lecture can do without, if there are too many."""
    kept = list(found)
    for word in SPARED:
        for slide in reversed(found):
            if len(kept) > MOST and any(cell.source.startswith(word) for _, cell in slide.parts):
                place = next(i for i, each in enumerate(kept) if each is slide)
                kept[place - 1].notes += slide.notes
                del kept[place]
    return kept


# --- a chapter that does not say it ------------------------------------------------


def made(text, how="slide"):
    """Return a cell of text for a slideshow."""
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": how}, "tags": [ONLY_SLIDES]})


def automatic(notebook):
    """Yield the cells of a slideshow, made from a chapter by rule."""
    title, heading, said = "", "", []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if shows(cell):
                yield made(f"## {heading}")
                yield cell
                yield from notes(said)
            continue
        text, _, rest = cell.source.partition("\n## Questions")
        if text.startswith("# "):
            title, heading = text[2:].partition("\n")[0], text[2:].partition("\n")[0]
            yield from opening(text)
            text = text.partition("\n## ")[2]
        for part in re.split(r"(?=^#{2,3} )", text, flags=re.M):
            if found := HEADING.match(part):
                heading = found[1]
            if found := SUMMARY.match(part):
                yield made(f"## {title}: summary\n\n{found[1]}")
                return
            yield from pieces(part, heading, said)
        if rest or END.search(cell.source):
            return


def opening(text):
    """Yield the slides of a title, with its question, and of what one will be able to do."""
    head, _, promise = text.partition("After this chapter you can")
    yield made("\n\n".join(head.strip().split("\n\n")[:2]))
    if goals := re.match(r"\s*((?:- .*\n?)+)", promise):
        yield made(f"## After this you can\n\n{goals[1]}")


def pieces(text, heading, said):
    """Yield a slide for each formula, guess and remark in a text, and keep what else it says for the notes."""
    for label in FORMULA.finditer(text):
        formula = f"$${label['body'].rstrip()}\n\\tag{{{label['label']}}}\n$$"
        yield made(f"## {heading}\n\n{lead(label['lead'])}\n\n{formula}")
        yield from notes([*said, prose(text)])
        said.clear()
    for name in ASKED.findall(text):
        if GUESS in name:
            yield made(f"## First a guess\n\n```{{question}} {name}\n```")
    remark = text.partition("**What to notice.**")[2]
    if remark:
        lines = [line for line in prose(remark.partition("\n\n")[0]).splitlines() if line.strip()]
        yield made("## What to notice\n\n" + "\n".join(f"- {line}" for line in lines[:4]))
        yield from notes([prose(text)])
    elif plain := prose(text):
        said.append(plain)


def lead(line):
    """Return the words before a formula, where they are a sentence of their own."""
    return line if line and line[:1].isupper() and not line.startswith(("**", "|", "-")) else ""


def prose(text):
    """Return the sentences of a text, without headings, tables, fences and formulas."""
    text = re.sub(r"^(`{3,}|:{3,}).*?^\1$|\$\$.*?\$\$( \(eq:[\w-]+\))?", "", text, flags=re.M | re.S)
    text = text.replace("**What to notice.**", "")
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith(("#", "|", "(")))


def notes(said):
    """Yield a cell of notes, and forget what was said."""
    if text := "\n\n".join(filter(None, said)):
        yield made(text, "notes")
    said.clear()


def shows(cell):
    """Tell whether a cell of code belongs on a slide: a picture, or a short function."""
    if cell.metadata.get("mystnb", {}).get("figure"):
        return True
    lines = cell.source.splitlines()
    return "hide-cell" not in cell.metadata.get("tags", []) and cell.source.startswith("def ") and len(lines) <= LONGEST
