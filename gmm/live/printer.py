"""From a SymPy expression to the JavaScript that a page runs."""

import sympy as sp
from sympy.printing.jscode import JavascriptCodePrinter

from gmm import formulas

__all__ = ["arguments", "evaluate", "identifier", "javascript"]


def identifier(symbol):
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
    >>> [identifier(s) for s in formulas.parameters(1)]
    ['pi1', 'mu1', 'var1']
    """
    name = str(symbol)
    if name.endswith("^2"):
        name = name[:-2].replace("sigma", "var")
    name = name.replace("_", "") + ("s" if isinstance(symbol, sp.IndexedBase) else "")
    return "variance" if name == "var" else name


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
        If the expression has a symbol that is no argument, or two arguments
        have one name.

    Examples
    --------
    >>> javascript([formulas.x], formulas.x**2 / 2)
    {'args': ['x'], 'body': 'return (1/2)*Math.pow(x, 2);'}
    """
    names = [identifier(argument) for argument in arguments]
    if len(set(names)) < len(names):
        raise ValueError(f"arguments have one name twice: {', '.join(names)}. Give each its own.")
    missing = sorted({identifier(symbol) for symbol in _needed(expression)} - set(names))
    if missing:
        raise ValueError(f"expression has {', '.join(missing)}, which is no argument. Add it to arguments.")
    fresh = sp.numbered_symbols("t", exclude=map(sp.Symbol, names))
    lines, value = _statements(formulas.zero_based(expression), fresh)
    return {"args": names, "body": " ".join([*lines, f"return {value};"])}


def arguments(expression):
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
    return sorted(_needed(expression), key=identifier)


def evaluate(expression, scope):
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
    needed = arguments(expression)
    return formulas.numpy_function(needed, expression)(*[scope[identifier(argument)] for argument in needed])


def _needed(expression):
    """Return the symbols and the arrays whose values the expression needs."""
    # The label of an array is a symbol, too, which counts only where it stands alone.
    without_arrays = expression.replace(sp.Indexed, lambda base, *indices: sp.Function("element")(*indices))
    return without_arrays.free_symbols | expression.atoms(sp.IndexedBase)


class _Printer(JavascriptCodePrinter):
    """SymPy's printer with the book's names; arrays of arrays for two indices."""

    def _print_Symbol(self, expr):
        return identifier(expr)

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
