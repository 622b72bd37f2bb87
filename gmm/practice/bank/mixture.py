"""Questions on the mixture."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_two = {F.weight(1): 0.25, F.weight(2): 0.75, F.mean(1): 0, F.mean(2): 4, F.variance(1): 1, F.variance(2): 4}
_mean, _variance = F.mixture_mean(), F.mixture_variance()
_within = sum(F.weight(j) * F.variance(j) for j in (1, 2))
_means = {F.mean(j): 0 for j in (1, 2)}
_alike = {F.mean(1): 0, F.mean(2): 3, F.variance(1): 1, F.variance(2): 1}
_below_zero = float(F.mixture().subs({F.x: 6, F.weight(1): 1.2, F.weight(2): -0.2, **_alike}))


def _bumps(pi, mu, var):
    """Return how many bumps a mixture has, counted on a fine grid."""
    grid = np.linspace(min(mu) - 1, max(mu) + 1, 20001)
    rising = np.diff(Mixture(pi, mu, var).pdf(grid)) > 0
    return int(np.sum(rising[:-1] & ~rising[1:]))


def _drawn_first():
    """Return how many of all the values that the figure draws have the label 1."""
    figure = shown.sampling()
    return int(figure.call("first", figure.scope({"half": 600})))


def _hills(density, low, high, strips):
    """Return the number of strips whose middle is higher than both neighbours, as an expression."""
    i, width = sp.Symbol("i", integer=True), sp.Rational(high - low, strips)

    def at(step):
        return density.subs(F.x, low + width * (i + step))

    higher = at(0) > sp.Max(at(-1), at(1), evaluate=False)
    return sp.Sum(sp.Piecewise((1, higher), (0, True)), (i, 0, strips))


_figure = {F.weight(2): 1 - F.weight(1)}
_hill_count = _hills(F.mixture().subs(_figure), -7, 8, 300)
_d = sp.Symbol("d", positive=True)
_pair = {F.mean(1): -_d / 2, F.mean(2): _d / 2, F.variance(1): 1, F.variance(2): 1, **_figure}

QUESTIONS = [
    Guess(
        "mixture-guess-one-bump",
        r"Before you move it: the two means of {numref}`fig-mixture` come to the same place, and the variances stay 1 and 1.5. What is $f$ then?",
        options=[
            Option(
                "A normal density",
                "Two bells of different width about one centre add up to a higher peak and longer tails than a normal curve has.",
            ),
            Option(
                "A density with one bump that is not normal",
                "One bump, but a higher peak and longer tails than the normal density of the same variance.",
                right=True,
            ),
            Option(
                "A density with two bumps of different height",
                "Both bells are highest at the same place, and fall on either side.",
            ),
        ],
        proof=lambda: _bumps([0.4, 0.6], [0.5, 0.5], [1, 1.5]) == 1,
        figure=shown.mixture,
        state={"pi1": 0.4, "mu1": 0.5, "var1": 1, "mu2": 0.5, "var2": 1.5},
        hints=[
            "Where does each of the two curves fall?",
            "Is the sum of two exponentials with different exponents one exponential?",
        ],
        goal=4,
    ),
    Goal(
        "mixture-goal-one-bump",
        r"Make two components with one bump: in {numref}`fig-mixture`, hold the means at least 1.5 apart and both weights above 0.2, and let $f$ have a single bump.",
        figure=shown.mixture,
        predicate=sp.And(
            sp.Abs(F.mean(1) - F.mean(2)) > sp.Rational(149, 100),
            F.weight(1) > sp.Rational(1, 5),
            F.weight(1) < sp.Rational(4, 5),
            sp.Rational(3, 2) > _hill_count,
        ),
        state={"pi1": 0.4, "mu1": -1, "var1": 2, "mu2": 1, "var2": 2},
        hints=[
            "What fills the valley between two bumps?",
            r"With equal variances there is one bump while the distance is at most $2\sigma$: make the variances large.",
        ],
        answer="Two wide bells fill the valley between them, so one bump may hide two components.",
        level="thought",
        goal=4,
    ),
    Guess(
        "mixture-guess-area",
        r"Before you move them: the weights of {numref}`fig-free-weights` are 0.7 and 0.5. What changes the area under the sum?",
        options=[
            Option(
                "Only the weights",
                "Each curve has area one by itself, so the area is the sum of the weights.",
                right=True,
            ),
            Option("The weights and the variances", "A variance makes a curve wide and low, with the same area."),
            Option(
                "The weights and the distance of the means", "A mean moves a curve along and takes its area with it."
            ),
        ],
        figure=shown.free_weights,
        state={"pi1": 0.7, "pi2": 0.3},
        hints=[
            "What is the area under each component without its weight?",
            "Linearity: the integral of a sum, and a factor taken out.",
        ],
        goal=1,
    ),
    Goal(
        "mixture-goal-area",
        r"In {numref}`fig-free-weights`, make the sum a density, with the second component three times as heavy as the first.",
        figure=shown.free_weights,
        predicate=sp.And(sp.Abs(F.weight(1) + F.weight(2) - 1) < 0.001, sp.Abs(F.weight(2) - 3 * F.weight(1)) < 0.001),
        state={"pi1": 0.25, "pi2": 0.75},
        hints=["Which two equations do the two weights have to satisfy?", r"$\pi_1 + \pi_2 = 1$ and $\pi_2 = 3\pi_1$."],
        goal=1,
    ),
    Guess(
        "mixture-guess-two",
        r"Before you move it: in {numref}`fig-two-bumps` both components have variance 1 and weight one half. At which distance $d$ do two bumps become one?",
        options=[
            Option(
                r"At $d = 1$",
                "Then each mean is half a standard deviation from the middle, and the two bells have long been one.",
            ),
            Option(r"At $d = 2$", r"At $2\sigma$ the valley in the middle is just filled.", right=True),
            Option(r"At $d = 3$", "A valley is still to be seen there: move the slider to 3 and look at the slope."),
            Option("Only when both means are the same", "Two bells that overlap fill the valley long before that."),
        ],
        proof=lambda: _bumps([0.5, 0.5], [0, 1.99], [1, 1]) == 1 and _bumps([0.5, 0.5], [0, 2.01], [1, 1]) == 2,
        figure=shown.two_bumps,
        state={"d": 2, "pi1": 0.5},
        hints=[
            "Look at the slope of $f$ in the middle.",
            r"Where does the line $x$ start as steep as the curve in {eq}`eq:bumps`?",
        ],
        goal=4,
    ),
    Goal(
        "mixture-goal-hidden",
        r"In {numref}`fig-two-bumps`, hide a component: leave the means more than $2.5\sigma$ apart, so that equal weights would show two bumps, and let there be one.",
        figure=shown.two_bumps,
        predicate=sp.And(_d > sp.Rational(5, 2), sp.Rational(3, 2) > _hills(F.mixture().subs(_pair), -6, 6, 240)),
        state={"d": 2.7, "pi1": 0.95},
        hints=[
            "The distance is not the only slider.",
            "A small bell on the slope of a large one need not make a bump.",
        ],
        level="thought",
        goal=4,
    ),
    Guess(
        "mixture-guess-labels",
        r"Before you press: in {numref}`fig-sampling` 300 values are drawn, with $\pi_1 = 0.37$. How many of them get the label 1?",
        options=[
            Option(
                "111 of them, for that is $300 \\cdot 0.37$", "That many on average: each label is drawn by itself."
            ),
            Option(
                "Some number near 111, and another one in another 300",
                "Here it comes to 114; 95 times in 100 it lies within 17 of 111.",
                right=True,
            ),
            Option(
                "About half, since there are two labels",
                "The labels are not equally probable: that is what $\\pi_1$ says.",
            ),
        ],
        proof=lambda: _drawn_first() == 114 and round(1.96 * np.sqrt(300 * 0.37 * 0.63)) in (16, 17),
        figure=shown.sampling,
        state={"half": 600, "pi1": float(shown.sampling().sliders["pi1"].value)},
        hints=["Is a label drawn with a look at the others?", "Toss a coin ten times: are there always five heads?"],
        goal=3,
    ),
    Goal(
        "mixture-goal-labels",
        r"In {numref}`fig-sampling`, draw at least a hundred values, of which as many have the label 1 as the label 2, or one more or less.",
        figure=shown.sampling,
        predicate=sp.And(
            sp.Symbol("half", nonnegative=True) > 199,
            sp.Abs(2 * named("first") - named("drawn")) < sp.Rational(3, 2),
        ),
        state={"half": 260, "pi1": 0.5},
        hints=[
            "Which weight makes both labels equally probable?",
            "The draws scatter: move the weight a little, or draw some more.",
        ],
        goal=3,
    ),
    Formula(
        "mixture-density",
        r"Write the mixture density of two components at $x$. `N(x, mu1, var1)` is a normal density.",
        key=F.mixture(),
        slips=[
            Slip(
                F.mixture().subs({F.weight(1): 1, F.weight(2): 1}),
                "The weights are missing: this has area 2.",
                "eq:mixture-integral",
            ),
            Slip(
                F.mixture().subs({F.weight(1): sp.Rational(1, 2), F.weight(2): sp.Rational(1, 2)}),
                "Halving repairs the area and not the curve: each component has its own weight.",
                "eq:mixture",
            ),
            Slip(
                F.normal.subs({F.mu: _mean, F.var: _within}),
                "You averaged the parameters. That is one normal curve, with one bump.",
                "eq:mixture",
            ),
            Slip(
                F.normal.subs({F.mu: _mean, F.var: _variance}),
                "This normal curve has the mean and the variance of the mixture, but only one bump.",
                "eq:mixture",
            ),
        ],
        hints=["A sum of two normal densities, each with a factor.", r"{eq}`eq:mixture`, with `pi1` and `pi2`."],
        goal=1,
    ),
    Formula(
        "mixture-mean",
        "Give the mean of a mixture of two components.",
        key=_mean,
        letters=[F.weight(1), F.weight(2)],
        slips=[
            Slip(
                (F.mean(1) + F.mean(2)) / 2,
                "This is the middle between the means. The heavier component has more to say.",
                "eq:mixture-mean",
            ),
            Slip(F.mean(1) + F.mean(2), "A sum is no mean: each mean counts by its weight.", "eq:mixture-mean"),
        ],
        hints=["Integrate $x f(x)$ term by term.", "Each component contributes its mean, times its weight."],
        goal=2,
    ),
    Formula(
        "mixture-between",
        r"Which part of the variance of the mixture is left when both component variances go to 0? Use the weights and the means.",
        key=_variance.subs({F.variance(j): 0 for j in (1, 2)}),
        slips=[
            Slip(
                (F.mean(1) - F.mean(2)) ** 2,
                "That is the squared distance of the means. The weights say how often it is travelled.",
                "eq:mixture-variance",
            ),
            Slip(
                sum(F.weight(j) * F.mean(j) ** 2 for j in (1, 2)),
                "This is the mean of the squares; the square of the mean is still to be taken away.",
                "eq:mixture-variance",
            ),
            Slip((F.mean(1) - F.mean(2)) ** 2 / 4, "That holds for equal weights only.", "eq:mixture-variance"),
        ],
        hints=[
            "Take the part *between* of {eq}`eq:mixture-variance`.",
            r"$\sum_k \pi_k (\mu_k - \bar\mu)^2$ with $\bar\mu = \pi_1\mu_1 + \pi_2\mu_2$.",
        ],
        level="thought",
        goal=2,
    ),
    Number(
        "mixture-variance-number",
        "Half of the values come from a component with mean 0 and variance 1, half from one with mean 6 and variance 1. What is the variance of the mixture?",
        key=Mixture([0.5, 0.5], [0, 6], [1, 1]).variance,
        slips=[
            Slip(
                1,
                "That is the part *within* alone. The means differ, and that scatters the values, too.",
                "eq:mixture-variance",
            ),
            Slip(
                0.5,
                "That is the variance of the mean of one value of each, not of a value that comes from one of them.",
                "eq:mixture-variance",
            ),
            Slip(9, "That is the part *between* alone.", "eq:mixture-variance"),
            Slip(
                37,
                "You measured from 0 or added the whole squared distance: measure from the mean of the mixture, 3.",
                "eq:mixture-variance",
            ),
        ],
        hints=["Two parts: within and between.", "Each mean lies 3 from the mean of the mixture."],
        goal=2,
    ),
    Choice(
        "mixture-recipe",
        r"Which recipe draws a value from {eq}`eq:mixture`?",
        options=[
            Option(
                r"Draw one value from each component and add $\pi_1 x_1 + \pi_2 x_2$",
                "That averages values, and gives one bump in the valley, where the mixture has few values.",
            ),
            Option(
                r"Draw a label with the probabilities $\pi_1$ and $\pi_2$, then a value from that component",
                "Label first, then the value; then the label is forgotten.",
                right=True,
            ),
            Option(
                r"Draw from the normal density with the mean and the variance of the mixture",
                "Two numbers agree, and the shape does not: it has one bump.",
            ),
        ],
        hints=["How often does a value come from component 1?", "A value comes from one of them, not from both."],
        goal=3,
    ),
    Choice(
        "mixture-count-bumps",
        "A histogram of 10 000 values shows a single bump. How many components has the mixture that they come from?",
        options=[
            Option(
                "One, for each component makes a bump", "Two components that overlap enough make one bump together."
            ),
            Option("That cannot be said from the bumps", "One bump may hide two components or more.", right=True),
            Option("At most two", "Any number can lie under one bump."),
        ],
        proof=lambda: _bumps([0.5, 0.5], [0, 1.5], [1, 1]) == 1,
        hints=[
            r"What do two components show that are less than $2\sigma$ apart?",
            "Does that depend on how many values there are?",
        ],
        goal=4,
    ),
    Choice(
        "mixture-identifiable",
        "Two programs report different weights, means and variances for one and the same density $f$, exactly the same at every $x$. What do you conclude?",
        options=[
            Option(
                "One curve can be split in many ways, and both may be right",
                "With constant heights that happens. With normal components the density has one set of components only.",
            ),
            Option(
                "They are the same components in another order, or one of the programs has split a component in two",
                "A mixture of normal densities gives its components away, up to their numbers.",
                right=True,
            ),
            Option(
                "More data would tell which is right",
                "The densities are the same everywhere, so no data could tell them apart.",
            ),
        ],
        hints=[
            "Is a mixture of normal densities identifiable?",
            "Divide $f$ by the widest component and go far out {eq}`eq:peel`.",
        ],
        level="thought",
        goal=5,
    ),
    Number(
        "mixture-peel",
        r"A mixture has the components $\mathcal{N}(0, 1)$, $\mathcal{N}(1, 4)$ and $\mathcal{N}(3, 4)$ with the weights 0.2, 0.5 and 0.3. To what does $f(x) / \mathcal{N}(x \mid 1, 4)$ go as $x \to -\infty$?",
        key=float(
            np.round(
                np.exp(
                    Mixture([0.2, 0.5, 0.3], [0, 1, 3], [1, 4, 4]).log_pdf(-80) - Mixture(1.0, 1.0, 4.0).log_pdf(-80)
                ),
                6,
            )
        ),
        slips=[
            Slip(
                0.3,
                "That is the limit for $x \\to +\\infty$ and the component at 3. To the left the smaller mean wins.",
                "eq:peel",
            ),
            Slip(0.2, "The narrow component dies out first.", "eq:peel"),
        ],
        hints=[
            "Which of the three is the largest far out to the left?",
            "Among those of the largest variance the one with the smallest mean wins on the left.",
        ],
        level="challenge",
        goal=5,
    ),
    Code(
        "mixture-code-sample",
        "Write `draw(u, z, pi, mu, var)`: for each uniform number in `u` a label (0 where `u < pi[0]`, else 1), and with the standard normal numbers `z` the values. Return the values.",
        function="draw",
        starter="def draw(u, z, pi, mu, var):\n    ...\n",
        solution="def draw(u, z, pi, mu, var):\n    labels = np.where(u < pi[0], 0, 1)\n    return mu[labels] + np.sqrt(var[labels]) * z\n",
        cases=lambda: [
            (
                np.random.default_rng(s).uniform(size=200),
                np.random.default_rng(s + 9).normal(size=200),
                np.array([0.3, 0.7]),
                np.array([-2.0, 5.0]),
                np.array([1.0, 9.0]),
            )
            for s in (1, 2)
        ],
        properties=[
            (lambda u, z, pi, mu, var, x: np.shape(x) == np.shape(u), "Return one value for each number in u."),
            (
                lambda u, z, pi, mu, var, x: np.allclose(
                    np.asarray(x)[np.abs(z) < 1e-1], mu[np.where(u[np.abs(z) < 1e-1] < pi[0], 0, 1)], atol=0.4
                ),
                "Where z is near 0, a value lies near the mean of its component. Yours does not.",
            ),
        ],
        slips=[
            CodeSlip(
                "np.sqrt(var[labels])",
                "var[labels]",
                "NumPy's normal numbers are multiplied by a standard deviation; you multiplied by the variance.",
                "eq:standardise",
            ),
            CodeSlip(
                "    return mu[labels] + np.sqrt(var[labels]) * z\n",
                "    return pi[0] * (mu[0] + np.sqrt(var[0]) * z) + pi[1] * (mu[1] + np.sqrt(var[1]) * z)\n",
                "You averaged the values of both components. A value comes from one of them.",
                "eq:mixture",
            ),
            CodeSlip(
                "np.where(u < pi[0], 0, 1)",
                "np.where(u < pi[0], 1, 0)",
                "The labels are exchanged: component 1 has the weight `pi[0]`.",
            ),
        ],
        hints=["`np.where(condition, 0, 1)` makes labels.", "`mu[labels]` has the mean of each value's component."],
        goal=3,
    ),
    Number(
        "mixture-exercise-1",
        unit="(the variance)",
        key=_variance.subs(_two),
        slips=[
            Slip(_within.subs(_two), "That is the part *within*. The means differ as well.", "eq:mixture-variance"),
            Slip(_mean.subs(_two), "That is the mean. The box asks for the variance."),
            Slip(
                sum((F.weight(j) * (F.variance(j) + F.mean(j) ** 2)).subs(_two) for j in (1, 2)),
                "This is the mean of the squares. Measure from the mean, 3, or take its square away.",
                "eq:mixture-variance",
            ),
        ],
        hints=[
            "First the mean, by {eq}`eq:mixture-mean`.",
            "Then each variance plus the squared distance of its mean, weighted.",
        ],
    ),
    Number(
        "mixture-exercise-2",
        unit="(the value at 6)",
        tolerance=0.02,
        key=_below_zero,
        slips=[
            Slip(
                -_below_zero,
                "Mind the sign: the second weight is negative, and far out its curve is the larger.",
            )
        ],
        hints=[
            "Area one is one of two things that a density needs.",
            "Put in a large $x$: which of the two curves is larger there?",
        ],
        level="thought",
    ),
    Number(
        "mixture-exercise-3",
        unit="bumps",
        key=_bumps([0.5, 0.5], [165, 178], [49, 49]),
        slips=[Slip(2, r"Compare the distance of the means with $2\sigma$.", "eq:bumps")],
        hints=[r"How far apart are the means, in standard deviations?", r"13 cm against $2 \cdot 7$ cm."],
    ),
    Number(
        "mixture-exercise-4",
        unit="(the variance)",
        key=Mixture([0.5, 0.5], [0, 0], [1, 9]).variance,
        slips=[
            Slip(
                4,
                "You averaged the standard deviations, and squared the mean. Average the variances.",
                "eq:mixture-variance",
            ),
            Slip(10, "You added the variances: each counts by its weight.", "eq:mixture-variance"),
        ],
        hints=[
            "What is the part *between* where both means are the same?",
            "A normal density of that variance has a lower peak: compare.",
        ],
        level="thought",
    ),
    Hints(
        "mixture-exercise-5",
        hints=[
            r"Write both distances $\mu_k - \bar\mu$ as multiples of $\mu_1 - \mu_2$.",
            r"$\mu_1 - \bar\mu = \pi_2 (\mu_1 - \mu_2)$: square, weight and add.",
        ],
        level="thought",
    ),
]
