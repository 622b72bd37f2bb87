"""Keep together, at the end of a line, what a reader reads as one.

A browser may break a line between a formula and the full stop after it, or
between a number and its unit.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

UNIT = r"(?:%|cm|nats?|digits?|ms|KB|MB|GB|MiB|GiB)(?!\w)"
NO_BREAK = "\N{NO-BREAK SPACE}"
NUMBER = re.compile(rf"(?<=\d) (?={UNIT})")
BEFORE, AFTER = re.compile(r"\S*[(\[“‘]$"), re.compile(rf"^(?: {UNIT})?[^\s(]*")
CODE = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.math_block, nodes.raw)


class Unbroken(SphinxPostTransform):
    """Put no-break spaces before units, and a box without breaks around a formula and its punctuation."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs):
        """Go through the lines of text of a page."""
        for line in list(self.document.findall(nodes.TextElement)):
            if not isinstance(line, CODE):
                line[:] = together(line.children)


def together(parts):
    """Return the parts of a line, each formula in one box with what stands at it."""
    parts = [nodes.Text(NUMBER.sub(NO_BREAK, part)) if isinstance(part, nodes.Text) else part for part in parts]
    for place, part in enumerate(parts):
        if isinstance(part, nodes.math):
            opening, closing = _take(parts, place - 1, BEFORE), _take(parts, place + 1, AFTER)
            box = nodes.inline("", "", nodes.Text(opening), part, nodes.Text(closing), classes=["unbroken"])
            parts[place] = box if opening or closing else part
    return parts


def _take(parts, place, pattern):
    """Take the text that has the pattern away from one of the parts, and return it."""
    part = parts[place] if 0 <= place < len(parts) else None
    found = isinstance(part, nodes.Text) and pattern.search(part)
    if not found:
        return ""
    parts[place] = nodes.Text(part[: found.start()] + part[found.end() :])
    return found[0].replace(" ", NO_BREAK)


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(Unbroken)
