"""What the slides of a chapter are: its cells, by the slideshow metadata that Jupyter, RISE and nbconvert know.

A cell of the type ``slide`` or ``subslide`` begins a slide, ``fragment`` comes with the next press of a key,
``notes`` is the speaker's, ``skip`` is left out, and without a type a cell goes on with the slide. Slides follow one
another in one line, subslides too, since a clicker has one direction. What stands on slides alone has the tag
``remove-cell``, so that neither the page nor the reader's notebook shows it.

A chapter without such metadata gets it from `automatic`: a slide for each formula with a number, each picture, each
guess, and each "What to notice" with the numbers that it is about, and the prose around it as notes. Short functions
share a slide. Where this makes too few slides, cells that print have theirs, and where it makes too many, a lecture
does without the last remarks, which are said instead.
"""

import re
from dataclasses import dataclass, field

from nbformat import from_dict
from nbformat.v4 import new_markdown_cell

from tools.contents import ASKED, ONLY_SLIDES
from tools.teaching import PROMISE

BEGINS = ("slide", "subslide")
FORMULA = re.compile(r"(?:(?P<lead>[^\n]*)\n\n)?\$\$(?P<body>[^$]*)\$\$ \((?P<label>eq:[\w-]+)\)")
END = re.compile(r"^## (Questions|Exercises)$", re.M)
SUMMARY = re.compile(r"^## Summary\n+((?:- .*\n?)+)", re.M)
HEADING = re.compile(r"^#{2,3} (.+)$", re.M)
GUESS = "-guess-"
REMARK, NOTICE = "**What to notice.**", "What to notice"
ONLY_OUTPUT = "remove-input"
LONGEST = 9  # lines of code that a slide holds
TALLEST = 12  # lines of several short functions that it holds together
HIGHEST, WIDEST = 10, 88  # lines of what a cell prints, and letters in each, that it holds with a remark
FEWEST, MOST = 20, 30  # slides of a lecture
SPARED = (f"## {NOTICE}", "def ")  # what goes first where there are more: it is said instead


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
    if is_ready(notebook):
        return gathered(notebook.cells)
    found = gathered(automatic(notebook))
    return shortened(found) if len(found) >= FEWEST else gathered(automatic(notebook, prints))


def gathered(cells):
    """Return the slides that the types of the cells make."""
    found = []
    for cell in cells:
        how = kind(cell)
        if how in BEGINS:
            found.append(Slide())
        if how == "skip" or not found:
            continue
        if how == "notes":
            found[-1].notes.append(cell.source)
        else:
            found[-1].parts.append(("fragment" if how == "fragment" else "", cell))
    return found


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


def automatic(notebook, shown=None):
    """Yield the cells of a slideshow, made from a chapter by rule; `shown` tells which cells of code get a slide."""
    shown = shown or shows
    title, heading, said, printed, room = "", "", [], None, 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            printed = None if shown(cell) else output(cell)
            if shown(cell):
                if height(cell) > room:
                    yield made(f"## {heading}")
                    room = TALLEST
                room -= height(cell)
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
                heading, room = found[1], 0
            if found := SUMMARY.match(part):
                yield made(f"## {title}: summary\n\n{found[1]}")
                return
            for each in pieces(part, heading, said, printed):
                room = 0
                yield each
        printed = None
        if rest or END.search(cell.source):
            return


def height(cell):
    """Return the lines that a cell of code takes on a slide; a picture takes all."""
    if cell.metadata.get("mystnb", {}).get("figure"):
        return TALLEST
    printed = "".join(each.get("text", "") for each in cell.outputs)
    return len(cell.source.splitlines()) + len(printed.splitlines())


def opening(text):
    """Yield the slides of a title, with its question, and of what one will be able to do."""
    goals = PROMISE.search(text)
    head = text[: goals.start()] if goals else text
    yield made("\n\n".join(head.strip().split("\n\n")[:2]))
    if goals:
        yield made(f"## After this you can\n\n{goals[1]}")


def pieces(text, heading, said, printed=None):
    """Yield a slide for each formula, guess and remark in a text, and keep what else it says for the notes.

    Under a remark stands what a cell has printed, since it is about that.
    """
    text, _, remark = text.partition(REMARK)
    formulas = list(FORMULA.finditer(text))
    ends = [each.start() for each in formulas[1:]] + [len(text)]
    for begin, end, label in zip([0, *ends], ends, formulas):
        formula = f"$${label['body'].rstrip()}\n\\tag{{{label['label']}}}\n$$"
        yield made(f"## {heading}\n\n{lead(label['lead'])}\n\n{formula}")
        yield from notes([*said, prose(text[begin:end])])
        said.clear()
    for name in ASKED.findall(text):
        if GUESS in name:
            yield made(f"## First a guess\n\n```{{question}} {name}\n```")
    if not formulas and (plain := prose(text)):
        said.append(plain)
    if remark:
        lines = prose(remark.partition("\n\n")[0]).splitlines()
        yield made(f"## {NOTICE}" if printed else f"## {NOTICE}\n\n{listed(lines)}")
        if printed:
            yield printed
            yield made(listed(lines), "-")
        yield from notes([*said, prose(remark)])
        said.clear()


def listed(lines):
    """Return the first sentences of a remark as a list."""
    return "\n".join(f"- {line}" for line in lines[:4])


def output(cell):
    """Return what a cell has printed as a cell without its code, where that fits a slide; else nothing."""
    texts = [each.get("text") or each.get("data", {}).get("text/plain", "") for each in cell.outputs]
    lines = "\n".join(texts).strip().splitlines()
    if not 0 < len(lines) <= HIGHEST or max(map(len, lines)) > WIDEST:
        return None
    return from_dict({**cell, "metadata": {"tags": [*cell.metadata.get("tags", []), ONLY_OUTPUT]}})


def lead(line):
    """Return the words before a formula, where they are a sentence of their own."""
    return line if line and line[:1].isupper() and not line.startswith(("**", "|", "-")) else ""


def prose(text):
    """Return the sentences of a text, without headings, tables, fences and formulas."""
    text = re.sub(r"^(`{3,}|:{3,}).*?^\1$|\$\$.*?\$\$( \(eq:[\w-]+\))?", "", text, flags=re.M | re.S)
    return "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith(("#", "|", "(")))


def notes(said):
    """Yield a cell of notes, and forget what was said."""
    if text := "\n\n".join(filter(None, said)):
        yield made(text, "notes")
    said.clear()


def prints(cell):
    """Tell whether a cell belongs on a slide where there are few: a short one that prints something short, too."""
    return shows(cell) or (len(cell.source.splitlines()) <= LONGEST and output(cell) is not None)


def shows(cell):
    """Tell whether a cell of code belongs on a slide: a picture, or a short function."""
    if cell.metadata.get("mystnb", {}).get("figure"):
        return True
    lines = cell.source.splitlines()
    return "hide-cell" not in cell.metadata.get("tags", []) and cell.source.startswith("def ") and len(lines) <= LONGEST
