"""Questions on the normal density."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.practice import shown
from gmm.practice.question import (
    Choice,
    Code,
    CodeSlip,
    Formula,
    Goal,
    Guess,
    Hints,
    Number,
    Option,
    Slip,
)

__all__ = ["QUESTIONS"]

_peak = F.normal.subs(F.x, F.mu)
_sigma = sp.sqrt(F.var)
_radius = sp.Symbol("r", nonnegative=True)
_cdf = (1 + sp.erf((F.x - F.mu) / sp.sqrt(2 * F.var))) / 2


def _share(low, high, mu=0, var=1):
    """Return the area under a normal curve between two places."""
    area = _cdf.subs({F.mu: mu, F.var: var})
    return float(area.subs(F.x, high) - area.subs(F.x, low))


def _long_waits():
    waiting = shown.waiting()
    return waiting[waiting > 68]


QUESTIONS = [
    Guess(
        "normal-guess-peak",
        "Before you move it: $\\sigma^2$ goes from 1 to 4. How high is the peak of {numref}`fig-normal` then?",
        options=[
            Option(
                "A quarter as high", "The variance is four times as large, but the height has its root: $1/\\sigma$."
            ),
            Option(
                "Half as high", "The curve is twice as wide, for $\\sigma$ is 2, and the area stays one.", right=True
            ),
            Option("As high as before", "Then the area would be twice as large, and it must stay one."),
        ],
        proof=lambda: (_peak.subs(F.var, 4) / _peak.subs(F.var, 1)).equals(sp.Rational(1, 2)),
        figure=shown.normal,
        state={"mu": 0, "variance": 4},
        hints=["What does the area have to be?", "Twice as wide and the same area: what is left for the height?"],
        goal=1,
    ),
    Goal(
        "normal-goal-half",
        "Bring the peak of {numref}`fig-normal` to a density of 0.3, to two digits, with the mean to the right of 2.",
        figure=shown.normal,
        predicate=sp.And(sp.Abs(_peak - 0.3) < 0.005, F.mu > 2),
        state={"mu": 3, "variance": 1.75},
        hints=[
            "The mean moves the peak along the axis and does nothing to its height.",
            "The peak is $1/\\sqrt{2\\pi\\sigma^2}$: solve $0.3 = 1/\\sqrt{2\\pi\\sigma^2}$ for $\\sigma^2$.",
        ],
        answer="The height asks for $\\sigma^2 = 1/(2\\pi \\cdot 0.3^2) \\approx 1.77$, and the mean is free.",
        goal=1,
    ),
    Formula(
        "normal-peak",
        "How high is the normal density at its mean? Give the formula.",
        key=_peak,
        slips=[
            Slip(
                1 / sp.sqrt(2 * sp.pi * _sigma),
                "You took the root twice: the standard deviation stands where the variance belongs.",
                "eq:normal",
            ),
            Slip(1 / sp.sqrt(2 * F.var), "The number π is left out.", "eq:normal"),
            Slip(
                1 / (2 * sp.pi * F.var), "The root is missing: the factor is $1/\\sqrt{2\\pi\\sigma^2}$.", "eq:normal"
            ),
            Slip(sp.Integer(1), "The exponential is 1 there, but a factor stands before it.", "eq:normal"),
        ],
        hints=["What is the exponential in {eq}`eq:normal` at $x = \\mu$?", "Only the factor before it is left."],
        goal=1,
    ),
    Number(
        "normal-68",
        "The heights of some plants are normal with mean 30 cm and variance 16 square centimetres. Which share is taller than 34 cm?",
        key=_share(34, sp.oo, 30, 16),
        slips=[
            Slip(
                _share(34, sp.oo, 30, 256),
                "You divided by the variance: 4 cm are one standard deviation, not a quarter of one.",
                "eq:standardise",
            ),
            Slip(
                _share(26, 34, 30, 16),
                "This is the share within one standard deviation; asked is what lies beyond it on one side.",
            ),
            Slip(1 - _share(26, 34, 30, 16), "This counts both sides; the curve is symmetric, so halve it."),
            Slip(
                float(F.normal.subs({F.x: 34, F.mu: 30, F.var: 16})),
                "This is the density at 34 cm. A share is an area.",
                "eq:normal-integral",
            ),
        ],
        hints=[
            "How many standard deviations above the mean is 34 cm?",
            "Within one standard deviation lie about 68 %. Half of the rest is above.",
        ],
        answer="34 cm are one standard deviation above the mean, and the share beyond is $(1 - 0.683)/2$.",
        goal=2,
    ),
    Formula(
        "normal-back",
        "A standard normal value $z$ is given. Which value $x$ of the curve with mean $\\mu$ and variance $\\sigma^2$ does it belong to?",
        key=F.mu + _sigma * sp.Symbol("z", real=True),
        slips=[
            Slip(
                F.mu + F.var * sp.Symbol("z", real=True),
                "You multiplied by the variance. A step of one in $z$ is a step of $\\sigma$.",
                "eq:standardise",
            ),
            Slip(
                (sp.Symbol("z", real=True) - F.mu) / _sigma,
                "That goes the other way, from $x$ to $z$.",
                "eq:standardise",
            ),
        ],
        hints=["Solve {eq}`eq:standardise` for $x$.", "First multiply by $\\sigma$, then add $\\mu$."],
        goal=2,
    ),
    Choice(
        "normal-density-above-one",
        "A computed normal density is 4.3 at its peak. What follows?",
        options=[
            Option(
                "The code is wrong, for nothing probable exceeds one",
                "A probability never exceeds one. A density counts per unit, and 4.3 per hour is 0.07 per minute.",
            ),
            Option(
                "The variance is small in the unit that was chosen",
                "The peak is $1/\\sqrt{2\\pi\\sigma^2}$, so it exceeds one as soon as $\\sigma$ is below 0.4 units.",
                right=True,
            ),
            Option("The area under the curve exceeds one", "A narrow curve may be high and still have the area one."),
        ],
        proof=lambda: bool(
            (_peak.subs(F.var, sp.Rational(16, 100)) < 1) and (_peak.subs(F.var, sp.Rational(15, 100)) > 1)
        ),
        hints=["Is a density a probability?", "Put the waits of this chapter into hours."],
        goal=1,
    ),
    Choice(
        "normal-why-square",
        "Why does the proof of {eq}`eq:normal-integral` square the integral?",
        options=[
            Option(
                "So that the result is positive", "It is positive without that. The square is there for another reason."
            ),
            Option(
                "So that the height depends on the distance from the middle only, and polar coordinates bring a factor $r$",
                "With that factor, which is the derivative of the exponent but for its sign, there is an antiderivative.",
                right=True,
            ),
            Option(
                "Because the variance is a square",
                "The letter $\\sigma^2$ has nothing to do with it: it is gone after the first step.",
            ),
        ],
        hints=[
            "Which function has no antiderivative, and which has one?",
            "Compare $e^{-r^2/2}$ with $r \\, e^{-r^2/2}$.",
        ],
        level="thought",
        goal=3,
    ),
    Number(
        "normal-half-integral",
        "What is $\\int_0^\\infty e^{-z^2/2} \\, dz$? Three digits, or a formula of numbers.",
        key=float(sp.integrate(sp.exp(-(F.x**2) / 2), (F.x, 0, sp.oo))),
        slips=[
            Slip(float(sp.sqrt(2 * sp.pi)), "This is the whole axis. From 0 on it is half.", "eq:normal-integral"),
            Slip(float(sp.pi), "This is half of $I^2$: take the root first."),
            Slip(
                0.5,
                "This is the share of the area; the factor $1/\\sqrt{2\\pi}$ is not in this integral.",
                "eq:standard-normal",
            ),
        ],
        hints=["What is it over the whole axis?", "The function is the same on both sides of 0."],
        answer="It is half of $\\sqrt{2\\pi}$.",
        goal=3,
    ),
    Guess(
        "normal-guess-z",
        "Before you move it: in {numref}`fig-standardise` the variance grows, and $x$ and $\\mu$ stay. Where does $z$ go?",
        options=[
            Option("Towards 0", "The same distance is now fewer standard deviations.", right=True),
            Option("Away from 0", "The distance is divided by a larger $\\sigma$, not multiplied by it."),
            Option("It stays", "It would if $z$ were the distance itself. It is the distance in standard deviations."),
        ],
        proof=lambda: sp.diff((F.x - F.mu) / _sigma, F.var).subs({F.x: 5, F.mu: 2}).is_negative,
        figure=shown.standardise,
        state={"mu": 2, "variance": 6, "x": 5},
        hints=[
            "What stands below the line in {eq}`eq:standardise`?",
            "A larger number below the line makes a smaller quotient.",
        ],
        goal=2,
    ),
    Goal(
        "normal-goal-z",
        "In {numref}`fig-standardise`, find a curve on which $x$ lies exactly 2 standard deviations below the mean.",
        figure=shown.standardise,
        predicate=sp.Abs((F.x - F.mu) / _sigma + 2) < 0.005,
        state={"mu": 3, "variance": 4, "x": -1},
        hints=["Choose a variance whose root you know.", "With $\\sigma^2 = 4$ the point belongs 4 below the mean."],
        goal=2,
    ),
    Guess(
        "normal-guess-ring",
        "Before you move it: the curve has 95 per cent of its area between $-2$ and 2. How much of its volume has the hill of {numref}`fig-polar` within $r = 2$?",
        options=[
            Option("95 per cent, as the curve has", "The hill has two directions in which to be far from the middle."),
            Option(
                "Less, 86 per cent",
                "A point is further out than 2 if either direction takes it there, or both together do.",
                right=True,
            ),
            Option("More, 98 per cent", "The rings grow longer outwards, so more of the hill lies far out, not less."),
        ],
        proof=lambda: abs(1 - np.exp(-2) - 0.86) < 0.005 < abs(_share(-2, 2) - 0.86),
        figure=shown.polar,
        state={"r": 2},
        hints=["Is a place at distance 2 from the middle within 2 in both directions?", r"It is $1 - e^{-r^2/2}$."],
        goal=3,
    ),
    Goal(
        "normal-goal-ring",
        "In {numref}`fig-polar`, find the radius within which half of the hill lies, to two per cent of the hill.",
        figure=shown.polar,
        predicate=sp.Abs(1 - sp.exp(-(_radius**2) / 2) - sp.Rational(1, 2)) < sp.Rational(1, 50),
        state={"r": 1.2},
        hints=["The readout has the volume within $r$, and the whole one.", r"Half of $2\pi$ is 3.14."],
        goal=3,
    ),
    Code(
        "normal-code-density",
        "Write `density(x, mu, var)`, the normal density at each value of the array `x`.",
        function="density",
        starter="def density(x, mu, var):\n    ...\n",
        solution="def density(x, mu, var):\n    return np.exp(-((x - mu) ** 2) / (2 * var)) / np.sqrt(2 * np.pi * var)\n",
        cases=lambda: [
            (np.linspace(-3, 5, 9), 1.0, 2.0),
            (np.array([79.0, 88.0]), *map(float, (_long_waits().mean(), _long_waits().var()))),
        ],
        properties=[
            (
                lambda x, mu, var, f: np.shape(f) == np.shape(x),
                "The result has not the shape of x: give a density for each value.",
            ),
            (
                lambda x, mu, var, f: np.all(np.asarray(f) > 0),
                "A density of this kind is positive everywhere, and yours is not.",
            ),
            (
                lambda x, mu, var, f: np.argmax(f) == np.argmin(np.abs(x - mu)),
                "Yours is not highest at the value nearest to the mean.",
            ),
        ],
        slips=[
            CodeSlip(
                "np.sqrt(2 * np.pi * var)", "(2 * np.pi * var)", "The root of the factor is missing.", "eq:normal"
            ),
            CodeSlip(
                "(2 * var)",
                "(2 * var**2)",
                "The variance is squared: `var` is a variance already, and no standard deviation.",
                "eq:normal",
            ),
            CodeSlip(
                "np.sqrt(2 * np.pi * var)",
                "np.sqrt(2 * np.pi) / var",
                "Divide by $\\sigma$, which is the root of `var`, and not multiply by the variance.",
                "eq:normal",
            ),
            CodeSlip("(2 * var)", "var", "The 2 in the exponent is missing.", "eq:normal"),
        ],
        hints=[
            "Write {eq}`eq:normal` with `np.exp` and `np.sqrt`.",
            "Mind what stands under the root: 2, π and the variance.",
        ],
        goal=1,
    ),
    Formula(
        "normal-exercise-1",
        key=1 / sp.sqrt(2),
        slips=[
            Slip(sp.Rational(1, 2), "The variance doubles, but the height has its root.", "eq:normal"),
            Slip(sp.sqrt(2), "The other way: a wider curve is lower.", "eq:normal"),
        ],
        hints=[
            "Only the factor before the exponential matters at the peak.",
            "By which factor does $1/\\sqrt{2\\pi\\sigma^2}$ change?",
        ],
    ),
    Number(
        "normal-exercise-2",
        key=float(F.normal.subs(F.x, F.mu + _sigma) / _peak),
        slips=[
            Slip(float(sp.exp(-1)), "The exponent has a 2 below the line.", "eq:normal"),
            Slip(_share(-1, 1), "That is the share of the area within one standard deviation, not a height."),
        ],
        hints=[
            "Put $x = \\mu + \\sigma$ into {eq}`eq:normal`.",
            "The factor cancels from the quotient; what is the exponent?",
        ],
    ),
    Number(
        "normal-exercise-3",
        unit="within two",
        key=_share(-2, 2),
        slips=[
            Slip(_share(-1, 1), "That is within one standard deviation."),
            Slip(_share(-2, sp.oo), "That is everything above −2: leave out the right tail."),
        ],
        hints=[
            "Which curve is enough, by {eq}`eq:normal-scaled`?",
            "Sum the densities of many strips from −2 to 2, times their width.",
        ],
    ),
    Number(
        "normal-exercise-4",
        unit="times as high",
        key=float(
            F.normal.subs({F.x: 0, F.mu: 0, F.var: 1 / sp.Integer(3600)}) / F.normal.subs({F.x: 0, F.mu: 0, F.var: 1})
        ),
        slips=[
            Slip(1 / 60, "That is what happens to the mean. The curve is narrower, so it is higher."),
            Slip(3600, "That is by how much the variance falls; the height has its root.", "eq:normal"),
        ],
        hints=[
            "How many hours are 60 minutes, and how many square hours 3600 square minutes?",
            "The area is one in both units.",
        ],
    ),
    Hints(
        "normal-exercise-5",
        hints=[
            "Write both means as integrals over $z$, with $x = \\mu + \\sigma z$.",
            "$z \\, \\mathcal{N}(z \\mid 0, 1)$ is minus the derivative of $\\mathcal{N}(z \\mid 0, 1)$: integrate by parts.",
        ],
        level="thought",
    ),
]
