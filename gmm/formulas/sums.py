"""Sums with a general upper end, taken apart so that SymPy can solve for what stands in front of them."""

from __future__ import annotations

import sympy as sp

__all__ = ["split_sums"]


def split_sums(expr: sp.Expr) -> sp.Expr:
    """Write every sum as sums of (factor free of the index) × Σ (the rest).

    Summing is linear: Σ (a x_n + b) = a Σ x_n + b Σ 1. SymPy does not apply
    this before it solves an equation, and then finds no solution. Powers such
    as (x_n − μ)² stay in one piece, and a sum of ones is counted.

    Parameters
    ----------
    expr : sympy.Expr
        An expression with :class:`sympy.Sum` in it.

    Returns
    -------
    sympy.Expr
        Equal to `expr`.

    Examples
    --------
    >>> from gmm.formulas import N, n, xs
    >>> a = sp.Symbol("a")
    >>> total = sp.Sum(a * xs[n] - 1, (n, 1, N))
    >>> split_sums(total)
    -N + a*Sum(x[n], (n, 1, N))
    >>> sp.solve(total, a), sp.solve(split_sums(total), a)
    ([], [N/Sum(x[n], (n, 1, N))])
    """
    return sp.expand_mul(expr.replace(sp.Sum, _split))


def _split(function, *limits):
    """Return one sum in this form, the innermost index first."""
    for limit in limits:
        terms = [term.as_independent(limit[0], as_Add=False) for term in sp.Add.make_args(sp.expand_mul(function))]
        function = sp.Add(*[free * _sum(rest, limit) for free, rest in terms])
    return function


def _sum(rest, limit):
    """Return Σ rest, counted where it is a sum of ones."""
    return sp.Sum(rest, limit).doit() if rest == 1 else sp.Sum(rest, limit)
