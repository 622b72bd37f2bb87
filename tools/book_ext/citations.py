"""Cite as a textbook does: Pearson (1894), and (Pearson, 1894) in brackets."""

import re
from dataclasses import dataclass, field

from sphinxcontrib.bibtex.plugin import register_plugin
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


def round_brackets():
    """Return the brackets around a year or a citation."""
    return BracketStyle(left="(", right=")")


@dataclass
class RoundAuthorYear(AuthorYearReferenceStyle):
    """The author-year style with round brackets."""

    bracket_parenthetical: BracketStyle = field(default_factory=round_brackets)
    bracket_textual: BracketStyle = field(default_factory=round_brackets)
    bracket_author: BracketStyle = field(default_factory=round_brackets)
    bracket_label: BracketStyle = field(default_factory=round_brackets)
    bracket_year: BracketStyle = field(default_factory=round_brackets)


def plain_roles(app, pagename, templatename, context, doctree):
    """Leave out the roles of a list of sources: one is deprecated, the other promises list items."""
    for role in ("doc-biblioentry", "list"):
        context["body"] = re.sub(rf'(<div[^>]*class="citation[^>]*) role="{role}"', r"\1", context.get("body", ""))
        context["body"] = re.sub(rf'<div role="{role}" (class="citation)', r"<div \1", context["body"])


def setup(app):
    """Register with Sphinx, under the name that `bibtex_reference_style` takes."""
    app.connect("html-page-context", plain_roles)
    register_plugin("sphinxcontrib.bibtex.style.referencing", "author_year_round", RoundAuthorYear)
