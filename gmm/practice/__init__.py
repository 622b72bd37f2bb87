"""Practice: one bank of questions, whose keys are proved or computed, for the page, the notebook and the exam.

:mod:`gmm.practice.question` says what a question is, :mod:`gmm.practice.bank` has those of the book, a module for
each chapter, and :mod:`gmm.practice.form` makes a form of one. The script is ``practice.js``.
"""

from __future__ import annotations

import importlib.util
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

from gmm import check

with check.extra("gmm.practice", "live", "SymPy"):
    import sympy  # noqa: F401

from gmm.practice import bank, code
from gmm.practice.form import script
from gmm.practice.judge import judged
from gmm.practice.question import (
    Choice,
    Code,
    Formula,
    Goal,
    Guess,
    Hints,
    Number,
    Question,
    chapter_of,
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
    "mark",
    "questions",
    "script",
    "verdict",
]


@cache
def questions(chapter: str | None = None) -> dict[str, Question]:
    """Return the questions of a chapter, or of the whole book, by their names.

    Parameters
    ----------
    chapter : str, optional
        As its notebook is called; only its module is then loaded.

    Raises
    ------
    ValueError
        If two have one name.
    """
    if chapter is None:
        modules = [module.name for module in pkgutil.iter_modules(bank.__path__)]
        return {name: each for module in modules for name, each in questions(module).items()}
    found = importlib.import_module(_module(chapter)).QUESTIONS
    if len({question.name for question in found}) < len(found):
        raise ValueError(f"two questions of the chapter {chapter} have one name. Rename one.")
    return {question.name: question for question in found}


def find(name: str) -> Question:
    """Return the question with a name.

    Raises
    ------
    KeyError
        If there is none; the message names those of the same chapter.
    """
    chapter = chapter_of(name)
    known = questions(chapter) if importlib.util.find_spec(_module(chapter)) else {}
    if name not in known:
        raise KeyError(f"name is {name!r}, and no question has it. There are {', '.join(known or questions())}.")
    return known[name]


def _module(chapter):
    """Return the name of the module that has a chapter's questions."""
    return f"{bank.__name__}.{chapter.replace('-', '_')}"


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


def mark(name: str, answer: Any) -> None:
    """Let a right answer pass, and stop at any other: the check in a class notebook, which a program grades.

    Parameters
    ----------
    name : str
        Of a question.
    answer : object
        A number; a formula as a string or of SymPy; the letter of a choice; a function.

    Raises
    ------
    AssertionError
        If the answer is not right; the message says what is known of it.
    """
    if said := judged(find(name), answer):
        raise AssertionError(said)


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
