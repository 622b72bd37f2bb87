"""From a SymPy expression to numbers, by the NumPy that SymPy prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from gmm.erf import erf, erfc
from gmm.formulas.names import arguments, identifier

__all__ = ["evaluate", "numpy_function", "zero_based"]


def zero_based(expression: sp.Expr) -> sp.Expr:
    """Return the expression with every index one lower, as arrays count from 0."""
    return expression.replace(
        lambda part: isinstance(part, sp.Indexed),
        lambda part: part.base[tuple(index - 1 for index in part.indices)],
    )


def numpy_function(arguments: Sequence[sp.Symbol | sp.IndexedBase], expression: sp.Expr) -> Callable:
    """Return a NumPy function of the expression, for the tests to compare with.

    Parameters
    ----------
    arguments : sequence of Symbol or IndexedBase
        The arguments in order. An indexed base takes an array (of shape (N, K)
        where it has two indices), and a free index such as `k` counts from 1.
    expression : sympy.Expr
        One of the formulas above.

    Returns
    -------
    callable

    Examples
    --------
    >>> from gmm.formulas import K, k, weights
    >>> total = numpy_function([weights, K], sp.Sum(weights[k], (k, 1, K)))
    >>> print(total([0.25, 0.75], 2))
    1.0
    """
    # As a name in code, an array called π would stand for 3.14… too, and x_n for x.
    renamed = {
        base: sp.IndexedBase(f"array_{i}") for i, base in enumerate(arguments) if isinstance(base, sp.IndexedBase)
    }
    body = zero_based(expression).replace(
        lambda part: isinstance(part, sp.Indexed) and part.base in renamed,
        lambda part: renamed[part.base][part.indices],
    )
    ours = {"erf": erf, "erfc": erfc}  # which NumPy does not have
    return sp.lambdify([renamed.get(argument, argument) for argument in arguments], body, modules=[ours, "numpy"])


def evaluate(expression: sp.Expr, scope: dict[str, Any]) -> float | np.ndarray:
    """Return the value of a formula, by the NumPy that SymPy prints.

    Parameters
    ----------
    expression : sympy.Expr
        A formula, usually of :mod:`gmm.formulas`.
    scope : dict
        Its arguments by name in code; more than it needs is no harm.

    Returns
    -------
    float or ndarray
    """
    needed, function = _compiled(expression)
    return function(*[scope[identifier(argument)] for argument in needed])


@lru_cache(maxsize=256)  # a picture asks the same formula again and again, and printing it takes longer than its value
def _compiled(expression):
    """Return the arguments of a formula, and its NumPy function."""
    needed = arguments(expression)
    return needed, numpy_function(needed, expression)
