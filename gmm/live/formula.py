"""The formula above a live figure: typeset in pieces, with places for its values.

A figure's script and its still picture show the same pieces. No library is needed for them, in a page or in
JupyterLab: letters are italic, the normal density has its script N, and a number is a span of its own.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape

__all__ = ["filled", "markup", "pieces"]

VALUE = re.compile(r"\{(\w+)(?::(\d+)e?)?\}")
PIECE = re.compile(r"\{(?P<number>\w+)(?::(?P<digits>\d+))?\}|(?P<script>N)(?=[(₁-₉])|(?P<letter>[^\W\d_])|.", re.S)


def pieces(text: str) -> list[list]:
    """Return the pieces of a formula's text, each as its kind and its text.

    Parameters
    ----------
    text : str
        Letters and signs, with ``{name:digits}`` for a value: ``{pi1:2} N(x | {mu1:2}, {var1:2})``.

    Returns
    -------
    list of list
        ``["letter", "x"]``, ``["script", "N"]``, ``["sign", " | "]``, and ``["number", "mu1", 2]`` with its name and
        digits.

    Examples
    --------
    >>> pieces("{pi1:2} N(x)")
    [['number', 'pi1', 2], ['sign', ' '], ['script', 'N'], ['sign', '('], ['letter', 'x'], ['sign', ')']]
    """
    found: list[list] = []
    for match in PIECE.finditer(text):
        kind = match.lastgroup if match.lastgroup in ("script", "letter") else "sign"
        if match["number"]:
            found.append(["number", match["number"], int(match["digits"] or 3)])
        elif kind == "sign" and found and found[-1][0] == kind:
            found[-1][1] += match[0]
        else:
            found.append([kind, match[0]])
    return found


def filled(template: str, value: Callable[[str], float]) -> str:
    """Return a sentence with its values, as js/numbers.js fills it.

    Parameters
    ----------
    template : str
        Text, with ``{name:digits}`` for a value.
    value : callable
        Gives the value that has a name.

    Returns
    -------
    str

    Examples
    --------
    >>> filled("z = {z:2}, whatever", {"z": -1.0}.get)
    'z = −1.00, whatever'
    """
    return VALUE.sub(lambda found: _number(value(found[1]), int(found[2] or 3)), template)


def markup(terms: Iterable[Sequence], value: Callable[[str], float]) -> str:
    """Return a formula as HTML, as js/formula.js makes it, with the values that the names have.

    Parameters
    ----------
    terms : iterable of (str, list)
        Whose colour each term has, and its pieces.
    value : callable
        Gives the value that has a name.

    Returns
    -------
    str
        A paragraph, or nothing where there is no formula.
    """
    inner = "".join(
        f'<span class="gmm-term gmm-{role}">{"".join(_span(value, *piece) for piece in found)}</span>'
        for role, found in terms
    )
    return f'<p class="gmm-formula">{inner}</p>' if inner else ""


def _span(value, kind, text, digits=0):
    if kind == "number":
        text = _number(value(text), digits)
    return f'<span class="gmm-{kind}">{escape(text)}</span>'


def _number(value, digits):
    return f"{value:z.{digits}f}".replace("-", "−")  # z: no sign before what is rounded to zero
