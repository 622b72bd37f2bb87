"""Practice: one bank of questions, whose keys are proved or computed, for the page, the notebook and the exam.

:mod:`gmm.practice.question` says what a question is, :mod:`gmm.practice.bank` has those of the book, a module for
each chapter, and :mod:`gmm.practice.form` makes a form of one. The script is ``practice.js``.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from gmm import check

with check.extra("gmm.practice", "live", "SymPy"):
    import sympy  # noqa: F401

from gmm.practice import bank, code
from gmm.practice.form import script
from gmm.practice.question import (
    Choice,
    Code,
    Formula,
    Goal,
    Guess,
    Hints,
    Number,
    Question,
)

if TYPE_CHECKING:
    from gmm.practice.widget import Asked

__all__ = [
    "Choice",
    "Code",
    "Formula",
    "Goal",
    "Guess",
    "Hints",
    "Number",
    "Question",
    "ask",
    "find",
    "questions",
    "script",
    "verdict",
]


@cache
def questions() -> dict[str, Question]:
    """Return every question of the book by its name, in the order of the chapters' files.

    Raises
    ------
    ValueError
        If two have one name.
    """
    found: dict[str, Question] = {}
    for module in pkgutil.iter_modules(bank.__path__):
        for question in importlib.import_module(f"{bank.__name__}.{module.name}").QUESTIONS:
            if question.name in found:
                raise ValueError(f"two questions are called {question.name}. Rename one.")
            found[question.name] = question
    return found


def find(name: str) -> Question:
    """Return the question with a name.

    Raises
    ------
    KeyError
        If there is none; the message names those of the same chapter.
    """
    known = questions()
    if name not in known:
        near = [other for other in known if other.split("-")[0] == name.split("-")[0]]
        raise KeyError(f"name is {name!r}, and no question has it. There are {', '.join(near or known)}.")
    return known[name]


def verdict(name: str, source: str) -> str:
    """Return what is to be said of a reader's code, as JSON: this is what the page's Python calls.

    Parameters
    ----------
    name : str
        Of a question of the kind code.
    source : str
        What stands in its box.

    Returns
    -------
    str
        From :func:`gmm.practice.code.verdict`.
    """
    question = find(name)
    if not isinstance(question, Code):
        raise ValueError(f"name is {name!r}, a question of the kind {question.kind}. Only code is run.")
    return code.verdict(question, source)


def ask(name: str) -> Asked:
    """Return a question as a widget, the same that the page shows.

    Parameters
    ----------
    name : str

    Returns
    -------
    Asked
    """
    from gmm.practice.widget import Asked

    return Asked(find(name))

