r"""LaTeX as a textbook sets it.

SymPy orders terms by a rule of its own: it prints the normal density as
√2 e^(−(−μ+x)²/2σ²) / 2√π√σ². This printer changes no value. It writes
differences with the positive term first, gathers square roots under one root,
and writes x_n and γ(n, k) as the book does.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter

from gmm import formulas

__all__ = ["latex", "use"]


class TextbookPrinter(LatexPrinter):
    """SymPy's LaTeX printer with the conventions of the book."""

    def _print_Add(self, expr, order=None):
        ordered = self._as_ordered_terms(expr, order=order)
        terms = sorted([part for term in ordered for part in sp.Add.make_args(_bare(term))], key=_is_negative)
        return super()._print_Add(sp.Add(*terms, evaluate=False), order="none")

    def _print_Mul(self, expr):
        if any(_is_root(f) for f in expr.args):
            return self._print_rooted(expr)
        leaders = sorted((f for f in expr.args if _leads(f)), key=_is_count)
        if not leaders or len(leaders) == len(expr.args):
            return super()._print_Mul(expr)
        # γ(n, k), π_k and then w_n lead what they weight, after the number.
        sign, rest = "", sp.Mul(*[f for f in expr.args if not _leads(f)])
        if _is_negative(rest) and not rest.is_Add:
            sign, rest = "- ", -rest
        above, below = sp.fraction(rest)
        number, above = above.as_coeff_Mul()
        numbers = [self._print(number)] if number != 1 else []
        text = " ".join([*numbers, *map(self._print, leaders), *([self._print_factor(above)] if above != 1 else [])])
        return sign + self._over(text, self._print(below) if below != 1 else "")

    def _print_rooted(self, expr):
        """Print a product with square roots as (symbols / one root) · (exponentials and sums)."""
        sums = [f for f in expr.args if f.is_Pow and f.base.is_Add and f.exp.is_Integer and f.exp < 0]
        if sums:
            return self._over(self._print(expr / sp.Mul(*sums)), self._print(1 / sp.Mul(*sums)))
        sign, inside, outside, tail = "", sp.S.One, [], []
        for factor in expr.args:
            if factor.is_Rational:
                sign, inside = ("- " if factor < 0 else sign), inside * factor**2
            elif _is_root(factor):
                # (σ²)^(−3/2) is σ² in the denominator and one root.
                whole = sp.Integer(int(factor.exp))
                inside, outside = inside * factor.base ** (2 * (factor.exp - whole)), [*outside, factor.base**whole]
            elif isinstance(factor, sp.exp) or factor.is_Add or (factor.is_Pow and factor.base.is_Add):
                tail.append(factor)
            else:
                outside.append(factor)
        (over, under), (above, below) = sp.fraction(sp.Mul(*outside)), sp.fraction(inside)
        text = self._over(self._rooted(over, above), self._rooted(under, below))
        return sign + " ".join([text, *(self._print_factor(f) for f in tail)])

    def _rooted(self, outside, inside):
        r"""Return ``outside \sqrt{inside}``, without what is 1; √18 leaves 3 outside."""
        number, symbols = inside.primitive()
        whole, root = sp.sqrt(number).as_coeff_Mul()
        outside, inside = whole * outside, root**2 * symbols
        parts = [] if outside == 1 else [self._print_factor(outside) if inside != 1 else self._print(outside)]
        return " ".join(parts if inside == 1 else [*parts, rf"\sqrt{{{self._print(inside)}}}"])

    @staticmethod
    def _over(above, below):
        return rf"\frac{{{above or '1'}}}{{{below}}}" if below else above

    def _print_factor(self, factor):
        text = self._print(factor)
        return rf"\left({text}\right)" if factor.is_Add else text

    def _print_Max(self, expr):
        return rf"\max\left({', '.join(self._print(_bare(term)) for term in expr.args)}\right)"

    def _print_ExpBase(self, expr, exp=None):
        # A fraction with a bracket over it is too small to read as an exponent.
        if exp is None and any(power.base.is_Add for power in expr.args[0].atoms(sp.Pow)):
            return rf"\exp\left({self._print(expr.args[0])}\right)"
        return super()._print_ExpBase(expr, exp)

    def _print_Sum(self, expr):
        signs = "".join(
            rf"\sum_{{{self._print(index)}={self._print(low)}}}^{{{self._print(high)}}} "
            for index, low, high in reversed(expr.limits)
        )
        text = self._print(expr.function)
        return signs + (rf"\left({text}\right)" if expr.function.is_Add or text.startswith("-") else text)

    def _print_Symbol(self, expr, style="plain"):
        return r"\log L" if expr.name == "log_L" else super()._print_Symbol(expr, style)

    def _print_Indexed(self, expr):
        indices = ", ".join(self._print(index) for index in expr.indices)
        name = str(expr.base.label)
        if name == "gamma":
            return rf"\gamma({indices})"
        if name == "log_f":
            return rf"\log f(x_{{{indices}}})"
        letter, _, power = name.partition("^")
        letter = self._print(sp.Symbol(letter))
        return f"{letter}_{{{indices}}}^{{{power}}}" if power else f"{letter}_{{{indices}}}"

    def _print_Pow(self, expr):
        # x_n squared, and σ_k² squared, which is σ_k⁴: the base carries an index, and perhaps a superscript.
        if expr.base.is_Indexed and expr.exp.is_Integer and expr.exp > 1 and "^" not in str(expr.base.base.label):
            return f"{self._print(expr.base)}^{{{self._print(expr.exp)}}}"
        if expr.base.is_Indexed and expr.exp.is_Integer and expr.exp > 1:
            letter, _, power = str(expr.base.base.label).partition("^")
            plain = sp.IndexedBase(letter)[expr.base.indices]
            return f"{self._print(plain)}^{{{int(power) * expr.exp}}}"
        return super()._print_Pow(expr)


def _is_negative(term):
    """Tell whether a term starts with a minus, so that x − μ leads with x."""
    return term.could_extract_minus_sign()


def _bare(expr):
    """Return what is kept in one piece, where no parentheses are needed around it."""
    return expr.args[0] if isinstance(expr, formulas.Whole) else expr


def _is_root(factor):
    """Tell whether a factor is a half-integer power."""
    return factor.is_Pow and factor.exp.is_Rational and factor.exp.q == 2


def _is_count(factor):
    """Tell whether a factor is a count w_n."""
    return isinstance(factor, sp.Indexed) and str(factor.base.label) == "w"


def _leads(factor):
    """Tell whether a factor stands before what it weights: γ(n, k), the weight π_k, and the count w_n."""
    if isinstance(factor, sp.Indexed):
        return str(factor.base.label) in ("gamma", "pi") or _is_count(factor)
    return isinstance(factor, sp.Symbol) and factor.name.startswith("pi_")


def latex(expr: sp.Basic, **settings: Any) -> str:
    r"""Return the LaTeX of an expression in the form of a textbook.

    Parameters
    ----------
    expr : sympy.Basic
        What to print.
    **settings
        Those of :func:`sympy.latex`.

    Returns
    -------
    str

    Examples
    --------
    >>> print(latex(formulas.normal))
    \frac{1}{\sqrt{2 \pi \sigma^{2}}} \exp\left(- \frac{\left(x - \mu\right)^{2}}{2 \sigma^{2}}\right)
    """
    known = LatexPrinter._default_settings
    return TextbookPrinter({name: value for name, value in settings.items() if name in known}).doprint(expr)


def use() -> None:
    """Make a notebook show every SymPy expression in this form."""
    sp.init_printing(use_latex="mathjax", latex_printer=latex)
