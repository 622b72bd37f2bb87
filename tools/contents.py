"""The pages of the book, as the table of contents names them."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
BOOK = ROOT / "book"
TOC = ROOT / "_toc.yml"
# A question in a source, by its name.
ASKED = re.compile(r"^```\{question\} ([\w-]+)\n```$", re.M)
# The tag of a cell that stands on slides alone.
ONLY_SLIDES = "remove-cell"


def pages(toc=TOC):
    """Return the names of the pages in their order, the front page first."""
    return list(_named(yaml.safe_load(Path(toc).read_text("utf-8"))))


def chapters(toc=TOC):
    """Return the names of the pages in the numbered parts, which teach."""
    parts = yaml.safe_load(Path(toc).read_text("utf-8")).get("parts", [])
    return [name for part in parts if part.get("numbered") for name in _named(part)]


def on_page(cells):
    """Return the cells of a notebook that its page shows; the others stand on slides alone."""
    return [cell for cell in cells if ONLY_SLIDES not in cell.metadata.get("tags", [])]


def _named(entry):
    """Yield the name of an entry, then those of the entries below it."""
    yield from (entry[key] for key in ("root", "file") if key in entry)
    for key in ("parts", "subtrees", "chapters", "entries", "sections"):
        for below in entry.get(key, []):
            yield from _named(below)
