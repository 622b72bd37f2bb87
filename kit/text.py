"""A text of the bank as HTML that needs no script: Markdown, with formulas typeset as on the pages."""

import re

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from tools.book_ext import typeset

LINK = re.compile(r"\[([^\]]+)\]\([\w./-]+\.(?:ipynb|html)\)")


def unlinked(source):
    """Return a text without the links to other pages, which are not there."""
    return LINK.sub(r"\1", source)


def typeset_formula(latex, options):
    """Return the HTML of a formula."""
    made = typeset.answered(latex.strip(), options["display_mode"])
    if "error" in made:
        raise ValueError(f"KaTeX refuses the formula {latex!r}: {made['error']}. Mend it where it stands.")
    return made["html"]


def markdown(formula=typeset_formula):
    """Return what makes HTML of a text; formulas are made by a function of their LaTeX and their options."""
    made = MarkdownIt("commonmark", {"html": True, "typographer": True})
    made.enable(["table", "replacements", "smartquotes"])
    return made.use(dollarmath_plugin, renderer=formula, allow_labels=False)
