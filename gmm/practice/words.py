"""The sentences of a question as plain text, for where nobody typesets them: JupyterLab's widgets, and lists."""

import re

__all__ = ["plain"]

GREEK = {
    "mu": "μ",
    "sigma": "σ",
    "pi": "π",
    "gamma": "γ",
    "nu": "ν",
    "rho": "ρ",
    "lambda": "λ",
    "kappa": "κ",
    "varepsilon": "ε",
    "alpha": "α",
    "beta": "β",
    "varphi": "φ",
    "eta": "η",
    "ell": "ℓ",
}
SIGNS = {
    **GREEK,
    **{"cdot": "·", "le": "≤", "ge": "≥", "ne": "≠", "approx": "≈", "infty": "∞", "mid": " | ", "dots": "…", "pm": "±"},
    **{"times": "×", "to": "→", "sum": "Σ", "int": "∫", "bar": "mean ", "hat": "best ", "mathrm": "", "text": ""},
    **{
        "log": "log",
        "exp": "exp",
        "sqrt": "√",
        "max": "max",
        "min": "min",
        "cos": "cos",
        "arccos": "arccos",
        "tanh": "tanh",
        "mathcal": "",
        "quad": " ",
    },
    **{"left": "", "right": "", "bigl": "", "bigr": "", "tfrac": "frac", "prod": "Π", "partial": "∂"},
}
LOW = str.maketrans("0123456789nkj+-", "₀₁₂₃₄₅₆₇₈₉ₙₖⱼ₊₋")
HIGH = str.maketrans("0123456789n+-", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ⁺⁻")
INSIDE = r"[^{}]*"
for _ in range(4):  # braces in braces
    INSIDE = rf"(?:[^{{}}]|\{{{INSIDE}\}})*"
GROUP = rf"\{{({INSIDE})\}}"


def plain(text: str) -> str:
    r"""Return a sentence without LaTeX, roles and emphasis.

    Examples
    --------
    >>> plain(r"Its height is $\frac{1}{\sqrt{2 \pi \sigma^2}}$, see {eq}`eq:normal`.")
    'Its height is 1/(√(2 π σ²)), see equation normal.'
    """
    text = re.sub(r"\$+([^$]+)\$+", lambda found: _formula(found[1]), text)
    text = re.sub(r"\{eq\}`eq:([^`]+)`", r"equation \1", text)
    text = re.sub(r"\{numref\}`[^`]+`", "the figure", text)
    text = re.sub(r"\{[\w:]+\}`([^`<]+?)(?: <[^>]*>)?`", r"\1", text)
    text = re.sub(r"\[\]\(([\w-]+)\.ipynb\)", r"the chapter \1", text)
    text = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", text)
    return re.sub(r"[*`]+", "", text)


def _formula(latex):
    """Return a formula as a line of text."""
    latex = re.sub(r"\\[,;!]", " ", latex)
    latex = re.sub(r"\\(begin|end)\{bmatrix\}", lambda found: "[]"[found[1] == "end"], latex)
    latex = latex.replace(r" \\", ";").replace(" &", ",")
    latex = re.sub(r"\\t?frac(\d)(\d)", r"\1/\2", latex)
    for _ in range(3):  # fractions and roots stand in each other
        latex = re.sub(rf"\\t?frac{GROUP}{GROUP}", lambda found: f"{_bracket(found[1])}/{_bracket(found[2])}", latex)
        latex = re.sub(rf"\\sqrt{GROUP}", r"√(\1)", latex)
    latex = re.sub(r"\\([a-zA-Z]+)", lambda found: SIGNS.get(found[1], found[0]), latex)
    latex = re.sub(r"_(\w)", lambda found: found[1].translate(LOW), latex)
    latex = re.sub(r"\^(\w)", lambda found: _power(found[1]), latex)
    latex = re.sub(rf"_{GROUP}", lambda found: found[1].translate(LOW), latex)
    latex = re.sub(rf"\^{GROUP}", lambda found: _power(found[1]), latex)
    return re.sub(r"\s+", " ", latex.replace("{", "").replace("}", "")).strip()


def _bracket(part):
    """Return a part of a fraction, in a bracket where it is more than one thing."""
    return part if re.fullmatch(r"\\?\w+", part.strip()) else f"({part})"


def _power(exponent):
    """Return an exponent, raised where there are signs for it."""
    return exponent.translate(HIGH) if re.fullmatch(r"[0-9n+-]+", exponent) else f"^({exponent})"
