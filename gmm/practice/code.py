"""Code that a reader writes, checked by properties and against the solution on seeded data."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import Any

import numpy as np

from gmm.practice.question import Code
from gmm.practice.words import plain

__all__ = ["verdict"]


class Missing(KeyError):
    """A source does not define the function that was asked for."""


def verdict(question: Code, source: str) -> str:
    """Return what is to be said of the source of a function.

    Parameters
    ----------
    question : Code
    source : str
        Python, in which `np` is NumPy.

    Returns
    -------
    str
        JSON with ``result`` (right, slip, wrong or unread) and ``text``, or ``say``, the name of a slip's sentence.
    """
    return json.dumps(_judged(question, source))


def _judged(question, source):
    if _is_empty(source, question):
        return {"result": "unread", "text": f"There is nothing to run yet. {plain(question.hints[0])}"}
    try:
        results = _results(defined(question.function, source), question)
    except SyntaxError as error:
        return {"result": "unread", "text": f"Python cannot read line {error.lineno}: {error.msg}."}
    except Missing:
        return {"result": "unread", "text": f"Define a function {question.function}."}
    except (Exception, SystemExit) as error:  # whatever the reader's code raises is theirs to see
        return {"result": "wrong", "text": f"It stops with {type(error).__name__}: {error}."}
    if all(result is None for result in results):
        return {"result": "wrong", "text": f"{question.function} returns nothing: end it with return."}
    right = _results(defined(question.function, question.solution), question)
    if _alike(results, right):
        return {"result": "right"}
    for i, slip in enumerate(question.slips):
        if _alike(results, _results(defined(question.function, planted(question, slip)), question)):
            return {"result": "slip", "say": f"slip{i}", "text": plain(slip.because)}
    for holds, sentence in question.properties:
        if not all(_true(holds, arguments, result) for arguments, result in zip(question.cases(), results)):
            return {"result": "wrong", "text": sentence}
    return {"result": "wrong", "text": _difference(question, results, right)}


def defined(name: str, source: str) -> Callable:
    """Return the function with the name that a source defines.

    Raises
    ------
    Missing
        If it defines none.
    """
    scope: dict[str, Any] = {"np": np}
    exec(compile(source, "<answer>", "exec"), scope)
    if not callable(scope.get(name)):
        raise Missing(f"the source defines no {name!r}. Define a function of that name.")
    return scope[name]


def planted(question: Code, slip: Any) -> str:
    """Return the solution with a slip in it.

    Raises
    ------
    ValueError
        If the solution does not hold what the slip replaces.
    """
    if slip.old not in question.solution:
        raise ValueError(f"the solution of {question.name} has no {slip.old!r}. Name a part of it in the slip.")
    return question.solution.replace(slip.old, slip.new)


def _is_empty(source, question):
    """Tell whether nothing was written: no statement, or the starter as it was."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return False
    return not tree.body or ast.dump(tree) == ast.dump(ast.parse(question.starter))


def _results(function, question):
    with np.errstate(all="ignore"):
        return [function(*(np.copy(a) if isinstance(a, np.ndarray) else a for a in case)) for case in question.cases()]


def _alike(one, other):
    return all(_same(a, b) for a, b in zip(one, other))


def _same(a, b):
    """Tell whether two results are the same numbers; a tuple is as good as a list or an array."""
    try:
        a, b = (np.concatenate([np.ravel(np.asarray(part)) for part in _parts(value)]) for value in (a, b))
    except (TypeError, ValueError):
        return False
    if a.dtype.kind not in "fiub":
        return False
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-9, atol=1e-12, equal_nan=True)


def _parts(value):
    return value if isinstance(value, tuple) else (value,)


def _true(holds, arguments, result):
    try:
        return bool(holds(*arguments, result))
    except Exception:  # a result of the wrong kind or shape has no property
        return False


def _difference(question, results, right):
    i = next(i for i, (a, b) in enumerate(zip(results, right)) if not _same(a, b))
    case = ", ".join(_brief(argument) for argument in question.cases()[i])
    return f"{question.function}({case}) gives {_brief(results[i])}, and should give {_brief(right[i])}."


def _brief(value):
    """Return a value in a few digits."""
    with np.printoptions(precision=4, suppress=True, threshold=12):
        parts = [
            f"{part:.6g}" if isinstance(part, float) else str(np.asarray(part)).replace("\n", "")
            for part in _parts(value)
        ]
    return ", ".join(part if len(part) < 90 else f"{part[:80]} …" for part in parts)
