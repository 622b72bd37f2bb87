"""Questions on rounded values and counts in classes."""

from functools import cache

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.fitting import fit
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_h, _s, _width = sp.Symbol("h", real=True), sp.Symbol("s", real=True), sp.Symbol("h", positive=True)
_P = sp.Symbol("P", positive=True)
_half = sp.limit(F.truncated_mean.subs(F.alpha, 0), F.beta, sp.oo)
_middle = {F.alpha: -1, F.beta: 1}
_bell = F.normal_density(sp.Integer(1), 0, 1)
_square, _inside = F.truncated_square.subs(_middle), F.class_probability.subs(_middle)
_counts, _shares = np.array([2, 5, 3]), np.array([0.2, 0.5, 0.3])
_by_classes = float(_counts @ np.log(_shares))
_alpha, _beta = np.array([-1.0, -0.5, 0.3, 1.5]), np.array([1.0, 0.2, 2.0, 1.6])
_area = np.diff(Mixture(1.0, 0.0, 1.0).cdf(np.array([_alpha, _beta])), axis=0)[0]
_edges = np.arange(40.5, 101, 10)
_tens = fit(shown.waiting(), edges=_edges).standard_errors.means
_smallest = float(np.sqrt(fit(datasets.galaxies().velocity, 3).mixture.variances.min()))


def _height(curve, s, h):
    """Return the height of a curve of the figure."""
    return float(shown.recorded().call(curve, shown.recorded().scope({"s": s, "h": h})))


@cache
def _middles():
    """Return the fit of the waits where each stands at the middle of its class of ten minutes."""
    counts = np.histogram(shown.waiting(), _edges)[0]
    return fit((_edges[:-1] + _edges[1:]) / 2, 2, sample_weight=counts, start=shown.fitted()).mixture


QUESTIONS = [
    Guess(
        "recorded-guess-narrow",
        r"Before you move it: in {numref}`fig-recorded` the component on 48 minutes becomes narrower and narrower, in classes of one minute. What does the log-likelihood *by classes* do?",
        options=[
            Option(
                "It climbs without end, as that of the exact values does",
                "The logarithm of a probability is never above 0.",
            ),
            Option(
                "It turns level",
                "As soon as all of the component lies in its class, making it narrower changes no probability.",
                right=True,
            ),
            Option(
                "It falls without end",
                "The class keeps all of the component, and the wide one still covers the other classes.",
            ),
        ],
        proof=lambda: abs(_height("classes", -4, 1) - _height("classes", -8, 1)) < 1e-3,
        figure=shown.recorded,
        state={"s": -6, "h": 1},
        hints=["Which share of the component lies between 47.5 and 48.5?", "How large can a probability become?"],
        goal=1,
    ),
    Goal(
        "recorded-goal-agree",
        r"In {numref}`fig-recorded`, leave the component a tenth of a minute wide ($\log_{10} \sigma_1 = -1$), and find a width $h$ below a minute at which both lines agree to 0.15 nats.",
        figure=shown.recorded,
        predicate=sp.And(sp.Abs(_s + 1) < sp.Rational(1, 20), _width < 1, sp.Abs(named("loss")) < sp.Rational(3, 20)),
        state={"s": -1, "h": 0.1},
        hints=[
            "The lines are one as long as the component is wider than a class.",
            "Make the classes no wider than a tenth of a minute.",
        ],
        goal=1,
    ),
    Number(
        "recorded-by-hand",
        "Ten observations fell into three classes, 2, 5 and 3 of them. A mixture gives the classes the probabilities 0.2, 0.5 and 0.3. What is its log-likelihood?",
        key=_by_classes,
        unit="nats",
        slips=[
            Slip(
                float(np.log(_shares).sum()),
                "Each class counts once for each of its observations.",
                "eq:class-likelihood",
            ),
            Slip(_by_classes / 10, "That is the mean of ten logarithms. Take the sum.", "eq:class-likelihood"),
            Slip(-_by_classes, "A probability is below 1, so its logarithm is negative.", "eq:class-likelihood"),
            Slip(float(_counts @ _shares), "Take the logarithms of the probabilities.", "eq:class-likelihood"),
        ],
        hints=["One logarithm for each class.", r"$2 \log 0.2 + 5 \log 0.5 + 3 \log 0.3$."],
        goal=1,
    ),
    Choice(
        "recorded-bound",
        "Why has the likelihood of classes a bound, and that of exact values none?",
        options=[
            Option(
                "A probability is at most 1, and a density may be as high as one likes",
                r"So $\sum_c w_c \log P_c$ is at most 0, for every mixture there is.",
                right=True,
            ),
            Option("Rounded data have no ties", "They have more of them: three waits of 48 minutes."),
            Option(
                "In classes no component can be narrow",
                "It can; it only gains nothing by it once it lies inside its class.",
            ),
        ],
        hints=["What is the largest value of a probability?", r"And of a density, as $\sigma \to 0$?"],
        goal=1,
    ),
    Choice(
        "recorded-tall-bar",
        r"A fit to counts in classes 0.004 wide, taken for exact values, has a component with a $\sigma$ of 0.002. What do you say?",
        options=[
            Option(
                "There is a narrow group",
                "The counts cannot tell: what is narrower than a class looks like one tall bar, whatever it is.",
            ),
            Option(
                "It may be one tall bar, taken for crabs that all share its middle: fit by classes",
                "Where a component is narrower than a class, records are no values.",
                right=True,
            ),
            Option(
                "Take off $h^2/12$ from its variance",
                "That is a correction for classes narrower than the component.",
            ),
        ],
        hints=["How wide is the component, in classes?", "What does the likelihood of classes do there?"],
        goal=1,
    ),
    Choice(
        "recorded-hidden",
        "In EM for classes, what does the E-step put in the place of an observation of which only the class is known?",
        options=[
            Option(
                "Its label, its value and the value's square, each as expected under the present mixture",
                "Whatever the M-step asks for is replaced by its expected value.",
                right=True,
            ),
            Option("The middle of its class", "That is the wrong answer at the end of this chapter."),
            Option(
                "Its label as expected, and the mean of its component",
                "The value lies in its class, wherever the mean is.",
            ),
        ],
        hints=["What does the M-step ask for?", "Which two moments has {eq}`eq:truncated`?"],
        goal=2,
    ),
    Number(
        "recorded-half",
        "Of a standard normal value only this is known: it is positive. What is its mean?",
        key=float(_half),
        slips=[
            Slip(float(_half / 2), r"Divide by the probability of the class, $\tfrac12$.", "eq:truncated"),
            Slip(float(Mixture(1.0, 0.0, 1.0).quantile(0.75)), "That is its median."),
            Slip(1, "That is the mean of its square.", "eq:truncated"),
        ],
        hints=[r"The class runs from $\alpha = 0$ to $\beta = \infty$.", r"$\varphi(0) / \tfrac12$."],
        goal=2,
    ),
    Number(
        "recorded-square",
        r"A class reaches from one standard deviation left of a component's mean to one right of it. What is the mean of $u^2$ within it?",
        key=float(_square),
        slips=[
            Slip(1, "That is without any cut.", "eq:truncated"),
            Slip(float(1 - 2 * _bell), "Divide by the probability of the class, 0.683.", "eq:truncated"),
            Slip(float(1 - _bell / _inside), "Both ends take off, each $\\varphi(1)$.", "eq:truncated"),
            Slip(
                float(sp.Rational(1, 3)), "That is for values spread evenly over the class. They crowd in the middle."
            ),
        ],
        hints=[
            r"$\alpha = -1$ and $\beta = 1$, so both terms above the line are $-\varphi(1)$.",
            r"$1 - 2 \cdot 0.242 / 0.683$.",
        ],
        goal=2,
    ),
    Formula(
        "recorded-sheppard",
        r"Values are rounded to multiples of $h$, and a fit that takes them for exact has the variance $\sigma^2$. Which variance have the values themselves, nearly? (Type `var` and `h`.)",
        key=F.var - _h**2 / 12,
        slips=[
            Slip(F.var + _h**2 / 12, "Rounding adds to the variance, so take it off.", "eq:sheppard"),
            Slip(F.var - _h**2 / 24, r"That is the factor of $f''$; the variance has twice that.", "eq:class-expanded"),
            Slip(
                F.var - _h**2, "The error of rounding is spread over a class: its variance is $h^2/12$.", "eq:sheppard"
            ),
            Slip(
                (sp.sqrt(F.var) - _h / sp.sqrt(12)) ** 2,
                "Variances add, standard deviations do not.",
                "eq:sheppard",
            ),
        ],
        hints=["Which variance has an error that is spread evenly over a class?", "Take it off."],
        goal=3,
    ),
    Number(
        "recorded-percent",
        r"Values are rounded to whole minutes. How large has $\sigma$ to be, at least, for rounding to add no more than one per cent to the variance?",
        key=float(sp.sqrt(sp.Rational(100, 12))),
        unit="minutes",
        slips=[
            Slip(float(sp.Rational(100, 12)), "That is the variance. Take the root.", "eq:sheppard"),
            Slip(float(sp.sqrt(sp.Rational(100, 24))), "Rounding adds $h^2/12$, not $h^2/24$.", "eq:sheppard"),
            Slip(10, "An error of up to half a minute has the variance $1/12$, not 1.", "eq:sheppard"),
        ],
        hints=["How much does rounding add?", r"$\tfrac1{12} = \sigma^2 / 100$."],
        goal=3,
    ),
    Choice(
        "recorded-wide",
        "Draws with a variance of 1 are rounded to multiples of 4, and the corrected variance is −0.62. What has happened?",
        options=[
            Option(
                "The correction came from an expansion for narrow classes, and these are four standard deviations wide",
                "The likelihood of classes needs no expansion, and finds 0.99.",
                right=True,
            ),
            Option("The program has a slip, for a variance is positive", "0.712 less 16/12 is negative."),
            Option("There were too few draws", "With more draws the same comes out: it is no accident."),
        ],
        proof=lambda: np.var(4 * np.round(np.random.default_rng(1).normal(size=20_000) / 4)) - 4**2 / 12 < -0.6,
        hints=["Where did $h^2/24$ come from?", "How does the density bend inside such a class?"],
        goal=3,
    ),
    Choice(
        "recorded-middles",
        "Counts in wide classes are fitted as if each observation stood at the middle of its class. What is wrong with the fit?",
        options=[
            Option(
                "Its variances are too large, its means hardly off",
                "Each class adds the scatter within it to the scatter of the middles.",
                right=True,
            ),
            Option("Its variances are too small", "Values at one place seem to scatter less; but rounding adds."),
            Option("Its means are off by half a class", "Roundings to both sides cancel, nearly."),
        ],
        proof=lambda: (
            np.all(_middles().variances > shown.fitted().variances + 6)
            and np.abs(_middles().means - shown.fitted().means).max() < 0.3
        ),
        hints=["What does rounding do to a variance?", "And what to a mean?"],
        goal=4,
    ),
    Number(
        "recorded-classes",
        "How many classes, at least, does it take to fit a mixture of three components to counts?",
        key=int((3 * F.K - 1).subs(F.K, 3)) + 1,
        tolerance=1e-6,
        unit="classes",
        slips=[
            Slip(8, "So many parameters it has; but the counts add up to a known number, so one of them says nothing."),
            Slip(10, "One of the weights is not free.", "eq:mixture-integral"),
            Slip(6, "That is for two components."),
        ],
        hints=["How many parameters are free?", "How many of the counts are free, if $N$ is known?"],
        goal=4,
    ),
    Code(
        "recorded-code-likelihood",
        "Write `log_likelihood(counts, at)`: that of counts in neighbouring classes, where `at` has the values of $F$ at their edges, one more than there are classes.",
        function="log_likelihood",
        starter="def log_likelihood(counts, at):\n    ...\n",
        solution=(
            "def log_likelihood(counts, at):\n"
            "    probability = np.diff(at)\n"
            "    return np.sum(counts * np.log(probability))\n"
        ),
        cases=lambda: [
            (_counts, np.array([0.0, 0.2, 0.7, 1.0])),
            (np.array([26, 57, 24, 81, 78, 6]), shown.fitted().cdf(_edges)),
        ],
        properties=[
            (lambda counts, at, value: np.ndim(value) == 0, "Return one number."),
            (lambda counts, at, value: value <= 0, "No probability is above 1, so the sum is at most 0."),
        ],
        slips=[
            CodeSlip("counts * np.log", "np.log", "Each class counts as often as it was met.", "eq:class-likelihood"),
            CodeSlip(
                "np.diff(at)",
                "at[1:]",
                "That is the area up to the right edge. A class has the difference of two.",
                "eq:class-probability",
            ),
            CodeSlip(
                "np.sum(counts * np.log(probability))",
                "np.log(np.sum(counts * probability))",
                "The logarithm goes inside the sum.",
                "eq:class-likelihood",
            ),
            CodeSlip(
                "np.sum(counts * np.log(probability))",
                "np.mean(counts * np.log(probability))",
                "Add up; the number of classes has nothing to do with it.",
                "eq:class-likelihood",
            ),
        ],
        hints=["`np.diff` gives the probabilities of the classes.", r"$\sum_c w_c \log (F(b_c) - F(a_c))$."],
        goal=4,
    ),
    Code(
        "recorded-code-inside",
        r"Write `inside(alpha, beta, P)`: the means of $u$ and of $u^2$ inside classes that run from `alpha` to `beta`, in standard deviations from a component's mean, with the probabilities `P`.",
        function="inside",
        starter="def inside(alpha, beta, P):\n    ...\n    return u, u2\n",
        solution=(
            "def inside(alpha, beta, P):\n"
            "    low, high = (np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) for z in (alpha, beta))\n"
            "    u = (low - high) / P\n"
            "    return u, 1 + (alpha * low - beta * high) / P\n"
        ),
        cases=lambda: [(_alpha, _beta, _area)],
        properties=[
            (
                lambda alpha, beta, P, found: np.all((alpha <= found[0]) & (found[0] <= beta)),
                "The mean of $u$ lies inside its class.",
            ),
            (
                lambda alpha, beta, P, found: np.all(np.asarray(found[1]) >= np.asarray(found[0]) ** 2),
                "The mean of a square is at least the square of the mean.",
            ),
        ],
        slips=[
            CodeSlip("(low - high) / P", "(high - low) / P", "The sign of the mean is turned.", "eq:truncated"),
            CodeSlip("(low - high) / P", "(low - high)", "Divide by the probability of the class.", "eq:truncated"),
            CodeSlip("1 + (alpha", "(alpha", "The 1 is left out: without a cut $u^2$ has the mean 1.", "eq:truncated"),
            CodeSlip(
                "alpha * low - beta * high",
                "low - high",
                "In the square each height is multiplied by its place.",
                "eq:truncated",
            ),
        ],
        hints=[r"First $\varphi(\alpha)$ and $\varphi(\beta)$.", "Then the two lines of {eq}`eq:truncated`."],
        level="thought",
        goal=2,
    ),
    Choice(
        "recorded-exercise-1",
        options=[
            Option(
                "Every mixture inside the class and narrow enough comes as close to 0 as one likes: nothing else is learned",
                "All that the data say is that the waits lie there.",
                right=True,
            ),
            Option(
                "The one with its mean in the middle of the class",
                "Anywhere else inside the class it has the same probability, if it is narrow enough.",
            ),
            Option("There is none, for the likelihood has no bound", "It is at most 0."),
        ],
        hints=[r"The log-likelihood is $272 \log P$.", "Which mixtures have $P = 1$, nearly?"],
        level="thought",
    ),
    Hints(
        "recorded-exercise-2",
        hints=[
            r"Write $P$ with the ends $(a - \mu)/\sigma$ and $(b - \mu)/\sigma$: both move with $\mu$.",
            "`formulas.class_probability` and `formulas.truncated_mean` have the letters; substitute the ends.",
        ],
        level="challenge",
    ),
    Number(
        "recorded-exercise-3",
        unit="minutes (the error of the first mean, in classes of 10)",
        key=float(_tens[0]),
        slips=[
            Slip(float(_tens[1]), "That is the error of the second mean."),
            Slip(float(shown.pair().standard_errors.means[0]), "That is the error with exact values."),
        ],
        hints=[
            "`fit(waiting, edges=...)` takes the values and counts them in classes.",
            "`standard_errors.means` of the fit with edges at 40.5, 50.5 and so on.",
        ],
        level="thought",
    ),
    Formula(
        "recorded-exercise-4",
        key=F.weight(1) + F.weight(2) * _P,
        slips=[
            Slip(F.weight(1), "The wide component has a share in this class, too."),
            Slip(F.weight(2) * _P, "That is the probability of each other class."),
            Slip(F.weight(1) + _P, "The wide component has only its weight."),
        ],
        letters=[F.weight(2), _P],
        hints=["How much of the narrow component lies in the class?", "And how much of the wide one?"],
        level="thought",
    ),
    Number(
        "recorded-exercise-5",
        unit="classes (the smallest σ of three components)",
        key=_smallest / 0.001,
        slips=[
            Slip(_smallest, "That is in thousands of kilometres per second. A class is 0.001 wide."),
            Slip(_smallest**2 / 0.001, "That is a variance. Compare widths with widths."),
        ],
        hints=["Fit with `width=0.001` and without.", r"Compare the smallest $\sigma$ with $h$."],
    ),
]
