"""The names that the symbols of the formulas have in code, in Python and in JavaScript."""

from __future__ import annotations

from functools import lru_cache

import sympy as sp

__all__ = ["arguments", "identifier", "needed"]


def identifier(symbol: sp.Symbol | sp.IndexedBase) -> str:
    """Return the name that a symbol has in code: ``pi_1`` is pi1, ``sigma_1^2`` is var1.

    σ² alone is ``variance``, for ``var`` is a word of JavaScript's own. An
    indexed base is an array, and its name a plural: the data x_n are xs.

    Parameters
    ----------
    symbol : sympy.Symbol or sympy.IndexedBase
        A symbol of :mod:`gmm.formulas`.

    Returns
    -------
    str
        A name that is good in JavaScript and in Python.

    Examples
    --------
    >>> from gmm import formulas
    >>> [identifier(s) for s in formulas.parameters(1)]
    ['pi1', 'mu1', 'var1']
    """
    name = str(symbol)
    if name.endswith("^2"):
        name = name[:-2].replace("sigma", "var")
    name = name.replace("_", "") + ("s" if isinstance(symbol, sp.IndexedBase) else "")
    return "variance" if name == "var" else name


def arguments(expression: sp.Expr) -> list[sp.Symbol | sp.IndexedBase]:
    """Return what a function needs to be given.

    Parameters
    ----------
    expression : sympy.Expr
        A formula, usually of :mod:`gmm.formulas`.

    Returns
    -------
    list of Symbol or IndexedBase
        Its free symbols and its arrays, in the order of their names in code.
    """
    return sorted(needed(expression), key=identifier)


@lru_cache(maxsize=256)  # a figure asks it of each formula several times
def needed(expression: sp.Expr) -> frozenset[sp.Symbol | sp.IndexedBase]:
    """Return the symbols and the arrays whose values the expression needs."""
    # The label of an array is a symbol, too, which counts only where it stands alone.
    without_arrays = expression.replace(sp.Indexed, lambda base, *indices: sp.Function("element")(*indices))
    return frozenset(without_arrays.free_symbols | expression.atoms(sp.IndexedBase))
