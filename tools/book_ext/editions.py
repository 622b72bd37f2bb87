"""Let an edition leave chapters out.

A chapter that the table of contents does not name is no page. What other
chapters refer to in it (its equations, its figures, the chapter itself) is
then said in words instead of failing the build. A reference that leads
nowhere in the whole folder is a warning, as ever.
"""

import json
import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

ABSENT = "(not in this edition)"
NAMES = {"eq": "", "numref": "a figure "}  # what stands before the words, where the reference has no text of its own
DEFINED = re.compile(r"\$\$ \(([^\s)]+)\)|^:(?:label|name): (\S+)|^\(([^\s)]+)\)=$", re.M)
REFERRED = re.compile(r"\{(?:eq|numref|ref)\}`(?:[^`<]*<)?([^`>]+)>?`")


class Edition:
    """The chapters that an edition leaves out, what they define, and what they refer to."""

    def __init__(self, folder, found):
        paths = {path.stem: path for path in sorted(Path(folder).glob("*.ipynb"))}
        self.absent = [name for name in paths if name not in found]
        self.labels, self.anchors = set(), set()
        for name in self.absent:
            self._read(json.loads(paths[name].read_text("utf-8")))

    def _read(self, notebook):
        """Note the labels and the references of a notebook."""
        for cell in notebook["cells"]:
            text = "".join(cell["source"])
            self.labels |= {"".join(groups) for groups in DEFINED.findall(text)}
            self.labels.add(cell["metadata"].get("mystnb", {}).get("figure", {}).get("name"))
            for label in REFERRED.findall(text):
                self.anchors |= {nodes.make_id(label), f"equation-{nodes.make_id(label)}"}

    def lacks(self, reference):
        """Tell whether a reference leads to a chapter that is left out."""
        target = reference["reftarget"]
        return target in self.absent if is_chapter(reference) else target.removeprefix("#") in self.labels


class Absent(SphinxTransform):
    """Replace each reference to a chapter that is left out by words."""

    default_priority = 900

    def apply(self, **kwargs):
        """Go through the references of a page."""
        edition = Edition(self.env.srcdir, self.env.found_docs)
        for reference in list(self.document.findall(addnodes.pending_xref)):
            if edition.lacks(reference):
                reference.replace_self(words(reference))


def is_chapter(reference):
    """Tell whether a reference leads to a whole page, from a chapter or from a docstring."""
    return "doc" in (reference.get("refdomain"), reference["reftype"])


def words(reference):
    """Return what stands in the place of a reference: its own text, if it has one, and that it leads nowhere here."""
    if reference.get("refexplicit") or is_chapter(reference):
        return nodes.inline("", "", *(child.deepcopy() for child in reference.children), nodes.Text(f" {ABSENT}"))
    return nodes.inline("", NAMES.get(reference["reftype"], "") + ABSENT)


def setup(app):
    """Register with Sphinx."""
    app.add_transform(Absent)
