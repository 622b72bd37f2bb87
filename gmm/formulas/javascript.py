"""From a SymPy expression to the JavaScript that a page runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

from gmm import erf
from gmm.formulas.names import identifier, needed
from gmm.formulas.numeric import zero_based

__all__ = ["javascript"]

# The error function and its complement, which JavaScript does not have, from the very numbers of :mod:`gmm.erf`.
ERROR_FUNCTION = (
    f"const near = {erf.NEAR}, tail = {erf.TAIL}, root = {erf.ROOT}, "
    f"centre = {list(erf.CENTRE)}, middle = {list(erf.MIDDLE)}, far = {list(erf.FAR)};"
    """
const ratio = ([above, below], x) => {
  const value = (powers) => powers.reduce((sum, factor) => sum * x + factor, 0);
  return value(above) / value(below);
};
const upper = (x) => {
  if (x > 30) return 0;
  const cut = Math.floor(x * 16) / 16, inverse = 1 / (x * x);
  const scaled = x <= tail ? ratio(middle, x) : (root - inverse * ratio(far, inverse)) / x;
  return Math.exp(-cut * cut) * Math.exp(-(x - cut) * (x + cut)) * scaled;
};
const erf = (x) => Math.abs(x) <= near ? x * ratio(centre, x * x) : Math.sign(x) * (1 - upper(Math.abs(x)));
const erfc = (x) => Math.abs(x) <= near ? 1 - erf(x) : x < 0 ? 2 - upper(-x) : upper(x);
"""
)


def javascript(arguments: Sequence[sp.Symbol | sp.IndexedBase], expression: sp.Expr) -> dict[str, Any]:
    """Return the expression as the parts of a JavaScript function.

    Sums over data become loops, and parts that occur more than once are
    computed once.

    Parameters
    ----------
    arguments : sequence of Symbol or IndexedBase
        The arguments in order. An indexed base is an array (of arrays, where
        it has two indices); a free index such as k counts from 1.
    expression : sympy.Expr
        A formula, usually of :mod:`gmm.formulas`.

    Returns
    -------
    dict
        ``args``, a list of names, and ``body``, the text of the function: what
        JavaScript's ``new Function(...args, body)`` takes.

    Raises
    ------
    ValueError
        If the expression has a symbol that is no argument, or two arguments
        have one name.

    Examples
    --------
    >>> from gmm import formulas
    >>> javascript([formulas.x], formulas.x**2 / 2)
    {'args': ['x'], 'body': 'return (1/2)*Math.pow(x, 2);'}
    """
    names = [identifier(argument) for argument in arguments]
    if len(set(names)) < len(names):
        raise ValueError(f"arguments have one name twice: {', '.join(names)}. Give each its own.")
    missing = sorted({identifier(symbol) for symbol in needed(expression)} - set(names))
    if missing:
        raise ValueError(f"expression has {', '.join(missing)}, which is no argument. Add it to arguments.")
    fresh = sp.numbered_symbols("t", exclude=map(sp.Symbol, names))
    lines, value = _statements(zero_based(expression), fresh)
    first = [ERROR_FUNCTION] if expression.has(sp.erf, sp.erfc) else []
    return {"args": names, "body": " ".join([*first, *lines, f"return {value};"])}


class _Printer(JavascriptCodePrinter):
    """SymPy's printer with the book's names; arrays of arrays for two indices."""

    def _print_Symbol(self, expr):
        return identifier(expr)

    def _print_erf(self, expr):
        return f"{expr.func.__name__}({self._print(expr.args[0])})"

    _print_erfc = _print_erf

    def _print_Indexed(self, expr):
        return identifier(expr.base) + "".join(f"[{self._print(index)}]" for index in expr.indices)


def _statements(expression, fresh):
    """Return the lines that come first, and the text of the value."""
    # A sum is a loop of its own, so that nothing that depends on its index is taken out of it.
    totals = {total: next(fresh) for total in _outermost_sums(expression)}
    lines = [line for total, name in totals.items() for line in _loop(total, name, fresh)]
    shared, (value,) = sp.cse(expression.xreplace(totals), symbols=fresh)
    lines += [f"const {name} = {_code(part)};" for name, part in shared]
    return lines, _code(value)


def _outermost_sums(expression):
    """Return the sums of an expression that no other sum contains, each once."""
    if isinstance(expression, sp.Sum):
        return [expression]
    return list(dict.fromkeys(total for part in expression.args for total in _outermost_sums(part)))


def _loop(total, name, fresh):
    """Return the lines that add up a sum under the given name."""
    *inner, (index, low, high) = total.limits
    lines, value = _statements(sp.Sum(total.function, *inner) if inner else total.function, fresh)
    i, body = identifier(index), " ".join([*lines, f"{name} += {value};"])
    return [f"let {name} = 0;", f"for (let {i} = {_code(low)}; {i} <= {_code(high)}; {i}++) {{ {body} }}"]


def _code(expression):
    return _Printer().doprint(expression)
