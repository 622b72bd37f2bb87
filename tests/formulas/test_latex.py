import re

import numpy as np
import pytest
import sympy as sp
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from gmm import Mixture, formulas
from gmm.formulas.latex import latex

pytestmark = pytest.mark.filterwarnings("error")

x, mu, var = formulas.x, formulas.mu, formulas.var
n, k, N, K, xs, gamma = formulas.n, formulas.k, formulas.N, formulas.K, formulas.xs, formulas.gamma
means, variances, weights = formulas.means, formulas.variances, formulas.weights
pi1, mu1, var1 = formulas.parameters(1)


# --- the book's form ------------------------------------------------------

FORMS = [
    (
        formulas.normal,
        r"\frac{1}{\sqrt{2 \pi \sigma^{2}}} \exp\left(- \frac{\left(x - \mu\right)^{2}}{2 \sigma^{2}}\right)",
    ),
    (formulas.normal.subs({mu: 0, var: 1}), r"\frac{1}{\sqrt{2 \pi}} e^{- \frac{x^{2}}{2}}"),
    (
        formulas.component(1),
        r"\frac{\pi_{1}}{\sqrt{2 \pi \sigma^{2}_{1}}} "
        r"\exp\left(- \frac{\left(x - \mu_{1}\right)^{2}}{2 \sigma^{2}_{1}}\right)",
    ),
    (formulas.nk, r"\sum_{n=1}^{N} \gamma(n, k)"),
    (formulas.update_mean, r"\frac{\sum_{n=1}^{N} \gamma(n, k) x_{n}}{\sum_{n=1}^{N} \gamma(n, k)}"),
    (
        formulas.update_variance,
        r"\frac{\sum_{n=1}^{N} \gamma(n, k) \left(x_{n} - \mu_{k}\right)^{2}}{\sum_{n=1}^{N} \gamma(n, k)}",
    ),
    (formulas.update_weight, r"\frac{\sum_{n=1}^{N} \gamma(n, k)}{N}"),
    (x - mu, r"x - \mu"),
    ((x - mu) / var, r"\frac{x - \mu}{\sigma^{2}}"),
    (-x - mu, r"- \mu - x"),
    (sp.Rational(1, 2) - x, r"\frac{1}{2} - x"),
    (formulas.Whole(x - mu) - 2, r"x - \mu - 2"),
    (2 - formulas.Whole(x - mu), r"2 - \left(x - \mu\right)"),
    (2 * gamma[n, k], r"2 \gamma(n, k)"),
    (-gamma[n, k], r"- \gamma(n, k)"),
    (gamma[n, k] * (1 - gamma[n, k]), r"\gamma(n, k) \left(1 - \gamma(n, k)\right)"),
    (gamma[n, k] ** 2 * xs[n], r"\gamma(n, k)^{2} x_{n}"),
    (
        -gamma[n, k] * (xs[n] - means[k]) ** 2 / (2 * variances[k]),
        r"- \frac{\gamma(n, k) \left(x_{n} - \mu_{k}\right)^{2}}{2 \sigma_{k}^{2}}",
    ),
    (variances[k] ** 2, r"\sigma_{k}^{4}"),
    (xs[n] ** 2, r"x_{n}^{2}"),
    (sp.Sum(-gamma[n, k], (n, 1, N)), r"\sum_{n=1}^{N} \left(- \gamma(n, k)\right)"),
    (sp.Sum(xs[n] - mu, (n, 1, N)), r"\sum_{n=1}^{N} \left(x_{n} - \mu\right)"),
    (sp.Sum(gamma[n, k], (k, 1, K), (n, 1, N)), r"\sum_{n=1}^{N} \sum_{k=1}^{K} \gamma(n, k)"),
    (sp.Sum(xs[n], (n, 1, N)) ** 2, r"\left(\sum_{n=1}^{N} x_{n}\right)^{2}"),
    (sp.sqrt(var), r"\sqrt{\sigma^{2}}"),
    (3 * sp.sqrt(2), r"3 \sqrt{2}"),
    (sp.sqrt(3) / 2, r"\frac{\sqrt{3}}{2}"),
    (-sp.sqrt(2) * x / 3, r"- \frac{x \sqrt{2}}{3}"),
    (x / sp.sqrt(2), r"\frac{x}{\sqrt{2}}"),
    (2 * sp.sqrt(x**2 + 1), r"2 \sqrt{x^{2} + 1}"),
    (sp.sqrt(2) / (x + 1), r"\frac{\sqrt{2}}{x + 1}"),
    (
        sp.diff(formulas.normal, x).subs(mu, 0),
        r"- \frac{x}{\sigma^{2} \sqrt{2 \pi \sigma^{2}}} e^{- \frac{x^{2}}{2 \sigma^{2}}}",
    ),
]


# With counts, and with symbols such as log f(x_n), which the reader below does not know.
NAMED = [
    (formulas.counted_log_likelihood, r"\sum_{n=1}^{N} w_{n} \log f(x_{n})"),
    (formulas.posterior, r"e^{\ell_{k} - \log f(x_{n})}"),
    (
        formulas.counted_variance,
        r"\frac{\sum_{n=1}^{N} \gamma(n, k) w_{n} \left(x_{n} - \mu_{k}\right)^{2}}"
        r"{\sum_{n=1}^{N} \gamma(n, k) w_{n}}",
    ),
    (formulas.aic, r"6 K - 2 \log L - 2"),
    (0.25 * formulas.weight(1) * x**2, r"0.25 \pi_{1} x^{2}"),
]


@pytest.mark.parametrize(("expression", "expected"), [*FORMS, *NAMED], ids=lambda part: str(part)[:40])
def test_formulas_print_as_a_textbook_sets_them(expression, expected):
    assert latex(expression) == expected


def test_the_settings_of_sympy_are_taken_and_those_of_ipython_passed_over():
    assert latex(formulas.x * mu, mul_symbol="dot") == r"\mu \cdot x"
    assert latex(x, mode="inline") == "$x$"
    assert latex(x**2, forecolor="Black", scale=1.0) == "x^{2}"


def test_a_notebook_shows_expressions_in_this_form_after_use(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    shown = []
    for cell in ("formulas.normal", "latex.use(); formulas.normal", "formulas.xs[formulas.n]"):
        result = shell.run_cell(
            f"from gmm import formulas; from gmm.formulas import latex; {cell}", silent=False
        ).result
        shown.append(shell.display_formatter.format(result)[0]["text/latex"])
    assert latex(formulas.normal) not in shown[0]
    assert latex(formulas.normal) in shown[1]
    assert "x_{n}" in shown[2]


# --- no value is changed --------------------------------------------------


class Reader:
    """Reads the LaTeX of the book and computes its value: what a reader would understand by it."""

    def __init__(self, text):
        self.tokens = re.findall(r"\\left\(|\\right\)|\\[a-zA-Z]+|\d+|[a-zA-Z]|[{}^_()+\-=,]", text)
        assert "".join(self.tokens) == text.replace(" ", ""), text

    def peek(self):
        return self.tokens[0] if self.tokens else ""

    def take(self, *expected):
        token = self.tokens.pop(0)
        assert not expected or token in expected, (token, expected, self.tokens)
        return token

    def braced(self, rule):
        self.take("{")
        result = rule()
        self.take("}")
        return result

    def sum(self):
        terms = [(self.take() if self.peek() == "-" else "+", self.product())]
        while self.peek() in ("+", "-"):
            terms.append((self.take(), self.product()))
        return lambda at: sum(part(at) if sign == "+" else -part(at) for sign, part in terms)

    def product(self):
        factors = [self.factor()]
        while self.peek() not in ("", "+", "-", "}", ")", r"\right)", ","):
            factors.append(self.factor())
        return lambda at: np.prod([part(at) for part in factors])

    def factor(self):
        base = self.atom()
        if self.peek() != "^":
            return base
        self.take("^")
        power = self.braced(self.sum)
        return lambda at: base(at) ** power(at)

    def atom(self):
        token = self.take()
        if token.isdigit():
            return lambda at: float(token)
        if token == r"\left(":
            inside = self.sum()
            self.take(r"\right)")
            return inside
        if token == "e":
            self.take("^")
            power = self.braced(self.sum)
            return lambda at: np.exp(power(at))
        if token == r"\frac":
            above, below = self.braced(self.sum), self.braced(self.sum)
            return lambda at: above(at) / below(at)
        if token == r"\exp":
            power = self.atom()
            return lambda at: np.exp(power(at))
        if token in (r"\sqrt", r"\log"):
            inside, function = self.braced(self.sum), {r"\sqrt": np.sqrt, r"\log": np.log}[token]
            return lambda at: function(inside(at))
        if token == r"\max":
            self.take(r"\left(")
            parts = [self.sum()]
            while self.take(",", r"\right)") == ",":
                parts.append(self.sum())
            return lambda at: max(part(at) for part in parts)
        if token == r"\sum":
            return self.series()
        return self.symbol(token.lstrip("\\"))

    def series(self):
        self.take("_")
        index, low = self.braced(lambda: (self.take(), self.take("="), self.sum())[::2])
        self.take("^")
        high, inside = self.braced(self.sum), self.product()
        return lambda at: sum(inside({**at, index: i}) for i in range(int(low(at)), int(high(at)) + 1))

    def symbol(self, name):
        if self.peek() == "(":
            indices = [self.take(token) and self.take() for token in ("(", ",")]
            self.take(")")
            return lambda at: at[name][tuple(at[i] - 1 for i in indices)]
        index, power = None, 1
        while self.peek() == "_" or (name == "sigma" and self.peek() == "^"):
            if self.take() == "_":
                index = self.braced(self.take)
            else:
                power = int(self.braced(self.take)) // 2
        if index is None:
            return lambda at: at[name] ** power
        if index.isdigit():
            return lambda at: at[f"{name}_{index}"] ** power
        return lambda at: at[f"{name}s"][at[index] - 1] ** power


def read(text, at):
    reader = Reader(text)
    result = reader.sum()
    assert not reader.tokens, reader.tokens
    return result(at)


RNG = np.random.default_rng(5)
THREE = Mixture([0.2, 0.3, 0.5], [-1.0, 0.5, 2.0], [0.5, 1.5, 3.0])
X, GAMMA = RNG.normal(size=7), RNG.dirichlet(np.ones(3), 7)
# What the letters stand for: as the reader sees them, and as SymPy does.
SEEN = {"x": 0.7, "mu": -0.4, "sigma": 1.7, "pi": np.pi, "N": 7, "K": 3, "n": 2, "k": 3}
SEEN |= {"xs": X, "gamma": GAMMA, "pis": THREE.weights, "mus": THREE.means, "sigmas": THREE.variances}
SEEN |= {f"{letter}_{j + 1}": array[j] for letter, array in zip(("pi", "mu", "sigma"), THREE) for j in range(3)}
MEANT = {x: 0.7, mu: -0.4, var: 1.7, N: 7, K: 3, n: 2, k: 3}
MEANT |= {xs: X, gamma: GAMMA, weights: THREE.weights, means: THREE.means, variances: THREE.variances}
MEANT |= dict(zip(formulas.parameters(3), np.concatenate([*THREE])))


def expressions():
    """Yield the formulas of the book, their derivatives, and shapes that trip a printer."""
    for j in (1, 2, 3):
        yield from (
            formulas.mixture(j),
            formulas.log_mixture(j),
            formulas.mixture_mean(j),
            formulas.mixture_variance(j),
        )
        yield from (formulas.responsibility(j, 3), formulas.stable_responsibility(j, 3))
        yield from (formulas.stable_log_mixture(j), formulas.log_likelihood(j), formulas.stable_log_likelihood(j))
        yield from (formulas.component(j), formulas.log_component(j))
    yield from (formulas.normal, formulas.log_normal, formulas.nk, formulas.expected_log_likelihood)
    yield from (formulas.update_mean, formulas.update_variance, formulas.update_weight)
    for symbol in (x, mu, var):
        yield from (formulas.normal.diff(symbol), formulas.log_normal.diff(symbol), formulas.normal.diff(symbol, 2))
    for symbol in (x, pi1, mu1, var1):
        yield from (formulas.mixture().diff(symbol), formulas.log_mixture().diff(symbol))
        yield formulas.responsibility(1).diff(symbol)
    yield formulas.log_likelihood().diff(mu1)
    yield from (form for form, _ in FORMS)
    yield from (sp.sqrt(2) * sp.exp(-x) * (x - mu) / (x + 2) ** 2, sp.sqrt(8) * x / 3, (x + 1) ** sp.Rational(3, 2) * x)
    yield from (x * var ** sp.Rational(-3, 2) * sp.sqrt(sp.pi), var ** sp.Rational(5, 2), -(var ** sp.Rational(-1, 2)))
    yield from (sp.Sum(xs[n] - mu, (n, 1, N)) / 2, x * sp.Sum(xs[n], (n, 1, N)) * mu, sp.Sum(-2 * xs[n], (n, 1, N)) + x)
    yield from (gamma[n, k] * sp.Sum(xs[n], (n, 1, N)), sp.sqrt(formulas.nk) * x, -3 * gamma[n, k] * (x - mu) / (2 * N))
    whole = formulas.Whole(x - mu)
    yield from (2 - whole, -2 * whole, x * whole, whole**2, sp.sqrt(2) * whole, gamma[n, k] * whole, sp.exp(-whole))
    yield from (sp.Sum(formulas.Whole(xs[n] - mu), (n, 1, N)), 1 / whole, whole / 3)
    yield from (variances[k] ** 3 / 2, 1 / variances[k] ** 2, xs[n] ** -2, gamma[n, k] ** 2 / 3, -2 / (x - 3))
    yield from (sp.Sum(gamma[n, k] * (xs[n] - means[k]) / variances[k], (k, 1, K), (n, 1, N)), sp.Rational(-3, 4) * x)


@pytest.mark.parametrize("expression", list(expressions()), ids=lambda part: str(part)[:60])
def test_the_printed_formula_says_what_the_expression_means(expression):
    expected = formulas.numpy_function(list(MEANT), expression)(*MEANT.values())
    assert read(latex(expression), SEEN) == pytest.approx(expected, rel=1e-11)


def test_the_reader_would_notice_a_wrong_formula():
    right = latex(formulas.normal)
    for wrong in (right.replace(r"2 \pi ", ""), right.replace("- ", "", 1), right.replace("x - ", "x + ")):
        assert read(wrong, SEEN) != pytest.approx(read(right, SEEN), rel=1e-3)
