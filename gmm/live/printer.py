"""From a SymPy expression to the JavaScript that a page runs."""

from itertools import count

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

from gmm import formulas

__all__ = ["identifier", "javascript"]


def identifier(symbol):
    """Return the name that a symbol has in code: ``pi_1`` is pi1, ``sigma_1^2`` is var1.

    σ² alone is ``variance``.
    An indexed base is an array, and its name a plural: the data x_n are xs.

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
    >>> [identifier(s) for s in formulas.parameters(1)]
    ['pi1', 'mu1', 'var1']
    """
    name = str(symbol)
    if name.endswith("^2"):
        name = name[:-2].replace("sigma", "var")
    name = name.replace("_", "") + ("s" if isinstance(symbol, sp.IndexedBase) else "")
    return "variance" if name == "var" else name  # var is a word of JavaScript's own


def javascript(arguments, expression):
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
        If the expression has a symbol that is no argument.

    Examples
    --------
    >>> javascript([formulas.x], formulas.x**2 / 2)
    {'args': ['x'], 'body': 'return (1/2)*Math.pow(x, 2);'}
    """
    given = {str(argument) for argument in arguments}
    missing = sorted({str(symbol) for symbol in expression.free_symbols if not symbol.is_Indexed} - given)
    if missing:
        raise ValueError(f"expression has {', '.join(missing)}, which is no argument. Add it to arguments.")
    lines, result = _statements(formulas.zero_based(expression), _Names())
    return {"args": [identifier(argument) for argument in arguments], "body": " ".join([*lines, f"return {result};"])}


class _Names:
    """Fresh names for what a function computes on the way."""

    def __init__(self):
        self._numbers = count()

    def __call__(self):
        return f"t{next(self._numbers)}"


class _Printer(JavascriptCodePrinter):
    """SymPy's printer with the book's names; arrays of arrays for two indices."""

    def _print_Symbol(self, expr):
        return identifier(expr)

    def _print_Indexed(self, expr):
        return identifier(expr.base) + "".join(f"[{self._print(index)}]" for index in expr.indices)


def _statements(expression, fresh):
    """Return the lines that come first, and the text of the value."""
    lines = []

    def loop(total):
        name, first = fresh(), len(lines)
        (index, low, high), *outer = total.limits
        inner, value = _statements(sp.Sum(total.function, *outer) if outer else total.function, fresh)
        start, stop, i = _code(low), _code(high), identifier(index)
        lines[first:] = [
            f"let {name} = 0;",
            f"for (let {i} = {start}; {i} <= {stop}; {i}++) {{ {' '.join([*inner, f'{name} += {value};'])} }}",
        ]
        return sp.Symbol(name)

    # A sum is a loop of its own, so that nothing that depends on its index is taken out of it.
    outermost = {}
    for part in sp.preorder_traversal(expression):
        if isinstance(part, sp.Sum) and not any(part in other.atoms(sp.Sum) - {other} for other in expression.atoms(sp.Sum)):
            outermost.setdefault(part, None)
    for total in outermost:
        outermost[total] = loop(total)
    shared, (value,) = sp.cse(expression.xreplace(outermost), symbols=(sp.Symbol(fresh()) for _ in count()))
    lines += [f"const {name} = {_code(part)};" for name, part in shared]
    return lines, _code(value)


def _code(expression):
    return _Printer().doprint(expression)
