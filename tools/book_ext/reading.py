"""Tell apart, for a reader who wants no code, what of each cell is the lesson, and fit printed text to its place.

With the switch of the header on "Reading", the code of a cell is hidden, and
its output stays if it is a picture, a live figure, a formula or a table. A
cell that only defines functions is a method in code: it stays as it is, and
so does one with the tag `lesson`. All is decided here by classes; `reading.js`
only remembers the switch, so a page without scripts shows everything.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

RESULT, ASIDE = "reading-result", "reading-aside"  # a cell whose output stays, and one that is hidden as a whole
KEPT = {"tag_lesson", "tag_hide-cell", "tag_hide-input"}  # these are shown, or have a fold of their own
METHOD = re.compile(r"(?:@\w|def |class )")
ROWS = 3  # a printed text of so many lines is a table
BUTTON = '<button type="button" class="gmm-code" aria-expanded="false">Code</button>'
STEP = 10  # columns, in which the width of a printed text is told to the style sheet


class Reading(SphinxPostTransform):
    """Give the cells their classes, and each that reading hides a button that opens it."""

    default_priority = 300  # after MyST-NB has chosen the outputs and folded what is folded
    formats = ("html",)

    def run(self, **kwargs):
        """Go through the cells of a page."""
        for cell in list(self.document.findall(is_cell)):
            output = next(cell.findall(lambda node: part(node) == "cell_code_output"), None)
            fit(output)
            kind = reading(cell, output)
            if kind:
                cell["classes"].append(kind)
                cell.insert(0, nodes.raw("", BUTTON, format="html"))


def part(node):
    """Return what MyST-NB calls a part of a cell, if the node is one."""
    return node.get("nb_element") if isinstance(node, nodes.container) else None


def is_cell(node):
    """Tell whether a node is a cell of code."""
    return part(node) == "cell_code"


def reading(cell, output):
    """Return the class of a cell that reading hides, at least in part."""
    code = cell.children[0] if cell.children and part(cell.children[0]) == "cell_code_source" else None
    if code is None or KEPT & set(cell["classes"]) or (output is None and METHOD.match(code.astext())):
        return None
    return RESULT if output is not None and any(map(matters, output.children)) else ASIDE


def matters(output):
    """Tell whether an output is a picture, a figure, a formula or a table, not a line that was printed."""
    return not isinstance(output, nodes.literal_block) or len(output.astext().strip().splitlines()) >= ROWS


def fit(output):
    """Tell the style sheet how wide the texts of an output are, so that it can make them fit."""
    for text in output.findall(nodes.literal_block) if output is not None else ():
        widest = max(map(len, text.astext().splitlines()), default=0)
        text["classes"].append(f"columns-{-(-widest // STEP) * STEP}")


def setup(app):
    """Register with Sphinx."""
    app.add_js_file("reading.js", loading_method=None)
    app.add_post_transform(Reading)
