"""Judge an answer in Python, as `practice.js` does in the page: for class notebooks, which a program grades."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.formulas.names import identifier
from gmm.practice import code
from gmm.practice.question import Choice, Code, Formula, Number, Question, points
from gmm.practice.words import plain

__all__ = ["LETTERS", "judged", "typed"]

LETTERS = "ABCDEFGH"  # of the options of a choice
_CLOSE = {"rtol": 1e-9, "atol": 1e-14}  # how near a formula must be to the key, at every point
_X, _MEAN, _VAR = sp.symbols("x mean var", real=True)
_N = sp.Lambda((_X, _MEAN, _VAR), F.normal.subs({F.x: _X, F.mu: _MEAN, F.var: _VAR}, simultaneous=True))


def judged(question: Question, answer: Any) -> str:
    """Return what is wrong with an answer, in a sentence; nothing if it is right.

    Parameters
    ----------
    question : Question
    answer : object
        A number; a formula as a string or of SymPy; the letter of a choice; a function.

    Raises
    ------
    ValueError
        If the question is of a kind that only a page or a person can judge.
    """
    if answer is None or answer is Ellipsis:
        return "There is no answer yet."
    for kind, judge in _JUDGES.items():
        if isinstance(question, kind):
            return judge(question, answer)
    raise _elsewhere(question)


def _elsewhere(question):
    """Return the error for a question that only a page or a person can judge."""
    here = ", ".join(kind.__name__ for kind in _JUDGES)
    return ValueError(f"question is {question!r}, of the kind {question.kind!r}. Only {here} are judged here.")


def _number(question, answer):
    try:
        value = float(answer)
    except (TypeError, ValueError):
        return f"The answer is {answer!r}, and a number is asked for."
    if _near(value, question.key, question.tolerance):
        return ""
    slips = (slip for slip in question.slips if _near(value, slip.value, question.tolerance))
    return _named(slips) or f"{value:g} is not it."


def _near(value, goal, tolerance):
    return abs(value - float(goal)) <= tolerance * abs(float(goal)) + 1e-12


def _formula(question, answer):
    letters = {typed_letter(symbol): symbol for symbol in question.symbols}
    try:
        given = sp.sympify(answer.replace("^", "**") if isinstance(answer, str) else answer, {"N": _N, **letters})
    except (sp.SympifyError, SyntaxError, TypeError, AttributeError):
        return f"{answer!r} cannot be read as a formula: close brackets, and write * between factors."
    if strange := given.free_symbols - set(question.symbols):
        return f"There is no letter {', '.join(map(str, strange))} here. There are {', '.join(letters)}."
    if _same(question, given, question.key):
        return ""
    return _named(slip for slip in question.slips if _same(question, given, slip.value)) or f"{answer} is not it."


def _same(question, one, other):
    """Tell whether two expressions have the same values at the points of the page."""
    symbols = question.symbols
    at = points(tuple(map(identifier, symbols)))
    places = [np.asarray(at[identifier(symbol)], float) for symbol in symbols]
    with np.errstate(all="ignore"):
        a, b = (
            np.broadcast_to(np.asarray(sp.lambdify(symbols, sp.sympify(each), "numpy")(*places), complex), (24,))
            for each in (one, other)
        )
    return bool(np.allclose(a, b, **_CLOSE, equal_nan=True))


def _choice(question, answer):
    place = LETTERS.find(str(answer).strip().upper()[:1] or " ")
    if not 0 <= place < len(question.shown):
        return f"The answer is {answer!r}. Give a letter from A to {LETTERS[len(question.shown) - 1]}."
    option = question.shown[place]
    return "" if option.right else plain(option.because)


def _code(question, answer):
    try:
        source = answer if isinstance(answer, str) else inspect.getsource(answer)
    except (OSError, TypeError):
        return f"The answer is {answer!r}, and a function {question.function} is asked for, written in a cell."
    found = json.loads(code.verdict(question, source))
    return "" if found["result"] == "right" else found["text"]


def _named(slips):
    """Return the sentence of the first slip."""
    return next((plain(slip.because) for slip in slips), "")


_JUDGES = {Number: _number, Formula: _formula, Choice: _choice, Code: _code}


def typed(question: Question, value: Any = None) -> str:
    """Return the right answer, or another value in its place, as it is typed into a notebook.

    Parameters
    ----------
    question : Question
    value : object, optional
        Of the kind of the key, such as the value of a slip.

    Raises
    ------
    ValueError
        If the question is of a kind that only a page or a person can judge.
    """
    if isinstance(question, Code):
        return (question.solution if value is None else value).strip()
    if isinstance(question, Choice):
        right = [option.right for option in question.shown].index(True)
        return repr(LETTERS[right if value is None else value])
    if not isinstance(question, Number | Formula):
        raise _elsewhere(question)
    key = question.key if value is None else value
    if isinstance(question, Formula):
        letters = {symbol: sp.Symbol(typed_letter(symbol)) for symbol in sp.sympify(key).free_symbols}
        return repr(str(sp.sympify(key).xreplace(letters)))
    return f"{float(key):.10g}"


def typed_letter(symbol: sp.Symbol) -> str:
    """Return the name of a letter as a page takes it."""
    return "var" if symbol == F.var else identifier(symbol)
