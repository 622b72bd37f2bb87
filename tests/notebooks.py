"""The notebooks, as the tests read them."""

import re

import nbformat

from tools.contents import BOOK, on_page, pages

PATHS = [BOOK / f"{name}.ipynb" for name in pages()]
FILES = sorted(BOOK.glob("*.ipynb"))  # with the chapters that an edition leaves out
DEFINED = re.compile(r"\$\$ \(eq:([\w-]+)\)|^:label: eq:([\w-]+)", re.M)


def cells(path, kind):
    """Return the cells of a kind, "code" or "markdown", that the page shows; slides have tests of their own."""
    return [cell for cell in on_page(nbformat.read(path, as_version=4).cells) if cell.cell_type == kind]


def prose(path):
    """Return the Markdown of a notebook."""
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def labels(paths):
    """Return the labels of equations that notebooks define, each as often as they do."""
    return ["".join(pair) for path in paths for pair in DEFINED.findall(prose(path))]
