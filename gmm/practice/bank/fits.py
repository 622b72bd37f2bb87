"""Questions on whether a fit describes its data."""

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.fitting import fit
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_n, _p, _z = sp.Symbol("N", positive=True), sp.Symbol("p", positive=True), sp.Symbol("z", real=True)
_standard = Mixture(1.0, 0.0, 1.0)
_two = Mixture([0.5, 0.5], [0.0, 3.0], [1.0, 1.0])
_beyond = 272 * shown.fitted().sf(90.5)
_skew, _log_n = sp.Symbol("s", positive=True), sp.Symbol("logn", positive=True)
_gain = named("far1") - named("far2")  # nats for each observation
_u = sp.Symbol("u", real=True)
_nats = sp.log(2 * sp.pi * sp.E / 12) / 2  # from the even density between 0 and 1 to the nearest normal
_velocity = np.sort(datasets.galaxies().velocity)
_at, _rank = fit(_velocity, 1).mixture.cdf(_velocity), np.arange(1, _velocity.size + 1)
_after, _before = (np.max(_rank / _rank.size - _at), np.max(_at - (_rank - 1) / _rank.size))
_shares = np.array([0.52, 0.11, 0.93, 0.34, 0.68, 0.07, 0.81, 0.45])


def _tail(t, free):
    """Return how often chi-squared with an even number of degrees of freedom exceeds t (``eq:chi-squared-tail``)."""
    return sp.exp(-sp.Rational(t) / 2) * sum(
        (sp.Rational(t) / 2) ** each / sp.factorial(each) for each in range(free // 2)
    )


def _gap_of_weight(x):
    """Return how far F lies above the steps of the waits, at x, if all but the weight is as fitted."""
    wrong = Mixture([0.5, 0.5], shown.fitted().means, shown.fitted().variances)
    return wrong.cdf(x) - np.mean(shown.waiting() <= x)


def _gains_at(skew, log_n):
    """Return what a second component gains in the figure, in nats."""
    spec = shown.nearest()
    return float(spec.call("gain", spec.scope({"s": skew, "logn": log_n})))


def _price_at(log_n):
    """Return what BIC asks for there."""
    return 1.5 * np.log(10) * log_n


def _ends_of_plot(draws):
    """Return the values at both ends, in order, less the quantiles of the nearest normal."""
    x = np.sort(draws)
    away = x - Mixture(1.0, x.mean(), x.var()).quantile((2 * np.arange(1, x.size + 1) - 1) / (2 * x.size))
    return away[:5].mean(), away[-5:].mean()


QUESTIONS = [
    Guess(
        "fits-guess-weight",
        r"Before you move it: in {numref}`fig-distribution` all is as fitted, but the weight $\pi_1$ is 0.50 where it should be 0.36. Where does $F$ leave the steps the farthest?",
        options=[
            Option(
                "Between the groups, by 0.14",
                "There all of the first component lies below and nothing of the second: the gap is the error of the weight.",
                right=True,
            ),
            Option(
                "At the mean of the first group, by 0.14",
                "Only half of the first component lies below its mean, so the gap is half as large there.",
            ),
            Option(
                "Everywhere alike, by 0.07",
                "Far to the left and far to the right $F$ is 0 and 1, whatever the weights are.",
            ),
        ],
        proof=lambda: _gap_of_weight(67.0) > 0.12 and abs(_gap_of_weight(54.6)) < 0.08,
        figure=shown.distribution,
        state={"x": 67, "pi1": 0.5, "mu1": 54.6, "var1": 34.5, "mu2": 80.1, "var2": 34.5},
        hints=["How much of each component lies below 67 minutes?", r"There $F$ is nearly $\pi_1$."],
        goal=2,
    ),
    Goal(
        "fits-goal-steps",
        r"In {numref}`fig-distribution`, bring $F$ so close to the steps that the root of the mean squared gap is below 0.02.",
        figure=shown.distribution,
        predicate=named("distance") < sp.Rational(1, 50),
        state={"x": 76, "pi1": 0.36, "mu1": 54.6, "var1": 34.5, "mu2": 80.1, "var2": 34.5},
        hints=[
            "Level part first: the weight sets its height. Then shift the steep parts by the means.",
            "Read the weight off the steps at 67 minutes, and the means where the steps are steepest.",
        ],
        goal=2,
    ),
    Guess(
        "fits-guess-nearest",
        r"Before you move it: the truth in {numref}`fig-nearest` has a skewness of 0.5 and one hump. With 250 observations BIC keeps one component. What does it do with 100 000?",
        options=[
            Option("It keeps one, and more firmly, for there is one hump", "BIC never asks for humps."),
            Option(
                "It takes two",
                r"The gain grows like $N$, the price only like $\log N$.",
                right=True,
            ),
            Option(
                "It keeps one: gain and price grow alike",
                r"The gain is so many nats for each observation, the price $\tfrac32 \log N$ for all.",
            ),
        ],
        proof=lambda: _gains_at(0.5, 5.0) > _price_at(5.0) and _gains_at(0.5, 2.4) < _price_at(2.4),
        figure=shown.nearest,
        state={"s": 0.5, "logn": 5},
        hints=["How does the gain depend on $N$?", r"Compare $N$ times a small number with $\tfrac32 \log N$."],
        goal=4,
    ),
    Goal(
        "fits-goal-nearest",
        r"In {numref}`fig-nearest`, set the skewness to 0.4 and find the smallest $N$ on the slider from which BIC takes two components.",
        figure=shown.nearest,
        predicate=sp.And(
            sp.Abs(_skew - 0.4) < 0.01,
            10**_log_n * _gain > sp.Rational(3, 2) * sp.log(10) * _log_n,
            sp.Rational(3, 2) * sp.log(10) * (_log_n - 0.1) > 10 ** (_log_n - 0.1) * _gain,
        ),
        state={"s": 0.4, "logn": 3},
        hints=["The second sentence below the picture has both numbers.", "Raise $N$ until the gain passes the price."],
        goal=4,
    ),
    Number(
        "fits-interval",
        "A mixture has the weights ½ and ½, the means 0 and 3, and both variances 1. Which share lies between −1 and 1?",
        key=float(_two.cdf(1.0) - _two.cdf(-1.0)),
        slips=[
            Slip(float(_two.cdf(1.0)), "That is all below 1. Take off what lies below −1.", "eq:distribution"),
            Slip(
                float(_standard.cdf(1.0) - _standard.cdf(-1.0)),
                "That is the first component with a weight of 1.",
                "eq:distribution",
            ),
            Slip(
                float(_standard.cdf(1.0) - _standard.cdf(-1.0)) / 2,
                "The second component has a tail there, too.",
                "eq:distribution",
            ),
        ],
        hints=[
            "The probability of an interval is a difference of two values of $F$.",
            "`Mixture([0.5, 0.5], [0, 3], [1, 1]).cdf([-1, 1])`, or `distribution` of this page.",
        ],
        goal=1,
    ),
    Number(
        "fits-quantile",
        "Which wait do nine of ten waits not exceed, by the fit with two components?",
        key=float(shown.fitted().quantile(0.9)),
        unit="minutes",
        tolerance=1e-3,
        slips=[
            Slip(float(shown.fitted().quantile(0.1)), "That is exceeded by nine of ten.", "eq:quantile"),
            Slip(
                float(Mixture(1.0, shown.fitted().means[1], shown.fitted().variances[1]).quantile(0.9)),
                "That is the quantile of the long waits alone.",
                "eq:quantile",
            ),
            Slip(
                float(Mixture(1.0, shown.fitted().mean, shown.fitted().variance).quantile(0.9)),
                "That is the quantile of a single normal with the mean and the variance of the mixture.",
                "eq:quantile",
            ),
        ],
        hints=["Which share lies below it?", "`quantile(0.9, two)`."],
        goal=1,
    ),
    Formula(
        "fits-one-quantile",
        r"Below $z$ lies the share $p$ of a standard normal density. Below which value lies the share $p$ of $\mathcal{N}(\mu, \sigma^2)$? (Type `z`, `mu` and `var`.)",
        key=F.mu + _z * sp.sqrt(F.var),
        slips=[
            Slip(F.mu + _z * F.var, "$z$ counts standard deviations, not variances.", "eq:normal-distribution"),
            Slip(
                (_z - F.mu) / sp.sqrt(F.var),
                "That is the way from a value to its $z$. You are asked for the way back.",
                "eq:normal-distribution",
            ),
            Slip(F.mu - _z * sp.sqrt(F.var), "The sign is turned: a positive $z$ lies to the right of the mean."),
        ],
        hints=["How many standard deviations from the mean does it lie?", r"Start at $\mu$ and go $z$ of them."],
        goal=1,
    ),
    Formula(
        "fits-scatter",
        r"At $x$ the truth has $F(x) = p$. Which standard deviation has $F_N(x)$, the share of $N$ independent draws that fell below? (Type `p` and `N`.)",
        key=sp.sqrt(_p * (1 - _p) / _n),
        slips=[
            Slip(_p * (1 - _p) / _n, "That is the variance. Take the root.", "eq:empirical-scatter"),
            Slip(sp.sqrt(_p * (1 - _p) * _n), "That is for the count, not for the share.", "eq:empirical-scatter"),
            Slip(1 / (2 * sp.sqrt(_n)), r"That is the largest it can be, at $p = \tfrac12$.", "eq:empirical-scatter"),
            Slip(sp.sqrt(_p / _n), "The other share, $1 - p$, is left out.", "eq:empirical-scatter"),
        ],
        hints=["$N F_N$ is a count of heads in $N$ throws.", r"Its variance is $N p (1 - p)$."],
        goal=3,
    ),
    Choice(
        "fits-tails",
        "In a picture like {numref}`fig-qq` the points lie well *below* the line at the left end and well *above* it at the right end. What do the data have, compared with the fit?",
        options=[
            Option(
                "Heavier tails",
                "The smallest values are smaller and the largest are larger than the fit expects.",
                right=True,
            ),
            Option("Lighter tails", "Then the smallest would lie above the line: they would not be as small."),
            Option("A larger mean", "Then all points would lie above the line."),
        ],
        proof=lambda: (
            (ends := _ends_of_plot(np.random.default_rng(6).standard_t(3, size=500)))[0] < -0.5 and ends[1] > 0.5
        ),
        hints=["The picture has the wait less the quantile.", "What is it to be below the line for the smallest wait?"],
        level="thought",
        goal=2,
    ),
    Choice(
        "fits-shares",
        r"The shares $u_n$ of some data under a fit crowd about one half, and few lie near 0 or 1. What is wrong with the fit?",
        options=[
            Option("It is too narrow", "Then many values would be extreme for it: shares near 0 and near 1."),
            Option("It is too wide", "For it the data all lie in the middle.", right=True),
            Option("It lies too far to the left", "Then most values would be large for it: shares near 1."),
        ],
        proof=lambda: np.abs(Mixture(1.0, 0.0, 9.0).cdf(_standard.quantile(_shares)) - 0.5).max() < 0.25,
        hints=["Which values get a share near 0 or 1?", "What does a wide fit think of data close to its mean?"],
        goal=2,
    ),
    Choice(
        "fits-refit",
        "Why does the bootstrap of the largest gap fit each sample anew?",
        options=[
            Option(
                "Because the gap of the waits is one from a mixture that was fitted to them",
                "Each sample has to be treated as the data were, or its gaps are larger.",
                right=True,
            ),
            Option("Because the fit to the waits is wrong", "The samples are drawn from it: for them it is the truth."),
            Option("To make the samples more like the waits", "They are drawn beforehand, and stay as they are."),
        ],
        hints=["What happened to the waits before their gap was taken?", "A fit bends towards its data."],
        goal=3,
    ),
    Number(
        "fits-degrees",
        "Counts in 20 classes, after pooling, are compared with a mixture of two components that was fitted to them. How many degrees of freedom has $X^2$?",
        key=20 - 1 - int((3 * F.K - 1).subs(F.K, 2)),
        tolerance=1e-6,
        slips=[
            Slip(20 - 1, "That is for a mixture that was fixed beforehand.", "eq:chi-squared"),
            Slip(20 - int((3 * F.K - 1).subs(F.K, 2)), "The counts add up to $N$: one class is not free."),
            Slip(20 - 1 - 6, "One of the weights is not free: five parameters.", "eq:mixture-integral"),
        ],
        hints=["Classes, less 1, less the fitted parameters.", "How many parameters have two components?"],
        goal=3,
    ),
    Number(
        "fits-tail",
        "With 4 degrees of freedom $X^2$ came out as 6. How probable is that much or more by chance?",
        key=float(_tail(6, 4)),
        slips=[
            Slip(float(_tail(6, 2)), "That is the first term alone: the sum has two.", "eq:chi-squared-tail"),
            Slip(float(_tail(6, 6)), "One term too many: $j$ ends at $\\nu/2 - 1$.", "eq:chi-squared-tail"),
            Slip(float(1 - _tail(6, 4)), "That is the probability of less.", "eq:chi-squared-tail"),
        ],
        hints=["A short sum gives it, for $\\nu$ is even.", "$e^{-3} (1 + 3)$."],
        goal=3,
    ),
    Choice(
        "fits-held",
        "A third component gains 2.4 nats on the data it was fitted to and loses 0.9 on data held out. What has it learned?",
        options=[
            Option("A small group", "A group would be met again in data that were held out."),
            Option(
                "Accidents of the data it saw",
                "What it follows is not there in the others, and it pays for it.",
                right=True,
            ),
            Option("Nothing at all, for 0.9 is less than 2.4", "The two are of different data and not to be set off."),
        ],
        hints=["Which data did the fit not see?", "Would a real group be missing there?"],
        goal=3,
    ),
    Number(
        "fits-even",
        "The truth is spread evenly between 0 and 1. How many nats does the nearest single normal lose with each observation {eq}`eq:projection`?",
        key=float(_nats),
        unit="nats",
        slips=[
            Slip(-float(_nats), "The sign is turned: a divergence is never negative.", "eq:divergence"),
            Slip(
                float(sp.log(2 * sp.pi / 12) / 2),
                r"The exponent is left out: the mean of $(x - \mu)^2 / 2\sigma^2$ is one half.",
                "eq:projection",
            ),
            Slip(
                float(sp.log(2 * sp.pi) / 2 + sp.Rational(1, 24)),
                "That is for a normal with variance 1. The nearest has the variance of the truth, 1/12.",
                "eq:projection",
            ),
        ],
        hints=[
            "The nearest normal has the mean ½ and the variance 1/12, and $\\log f_0$ is 0.",
            r"Minus the mean of $\log f$ is $\tfrac12 \log (2\pi/12) + \tfrac12$.",
        ],
        level="challenge",
        goal=4,
    ),
    Choice(
        "fits-groups",
        "BIC takes three components for the incomes of a town. What may be said?",
        options=[
            Option("The town has three classes of people", "A single skewed density asks for three as well."),
            Option(
                "Three bells describe the density of the incomes well",
                "Whether they are groups takes knowledge of the town.",
                right=True,
            ),
            Option(
                "The fit is wrong, since incomes are skewed",
                "It has the shape of the density, and probabilities of intervals may well be read off.",
            ),
        ],
        hints=["What did BIC say of 500 draws from one gamma density?", "Where do incomes have a long tail?"],
        goal=4,
    ),
    Code(
        "fits-code-gap",
        "Write `largest_gap(u)`: the largest distance between $F$ and the steps of the data, from the shares $u_n = F(x_n)$, in any order. The steps jump *at* the data: look just before and just after each.",
        function="largest_gap",
        starter="def largest_gap(u):\n    ...\n",
        solution=(
            "def largest_gap(u):\n"
            "    u = np.sort(u)\n"
            "    n = np.arange(1, u.size + 1)\n"
            "    return max(np.max(n / u.size - u), np.max(u - (n - 1) / u.size))\n"
        ),
        cases=lambda: [(_shares,), (_shares**2,), (np.sqrt(_shares),), (np.array([0.9, 0.5]),)],
        properties=[
            (lambda u, gap: np.ndim(gap) == 0, "Return one number."),
            (lambda u, gap: gap <= 1, "Both are shares, so the gap is at most 1."),
            (
                lambda u, gap: gap >= 1 / (2 * len(u)) - 1e-12,
                "At each observation the steps jump by $1/N$, so before or after it the gap is at least half of that.",
            ),
        ],
        slips=[
            CodeSlip(
                "np.sort(u)", "np.asarray(u)", "The $n$th step belongs to the $n$th value *in order*.", "eq:empirical"
            ),
            CodeSlip(
                "max(np.max(n / u.size - u), np.max(u - (n - 1) / u.size))",
                "np.max(np.abs(n / u.size - u))",
                "You looked just after each jump only. Just before it the steps are lower by $1/N$.",
                "eq:empirical",
            ),
            CodeSlip(
                "max(np.max(n / u.size - u), np.max(u - (n - 1) / u.size))",
                "np.max(np.abs((2 * n - 1) / (2 * u.size) - u))",
                "You took the middle of each jump, as the distance does. The largest gap is at an end of it.",
                "eq:distance",
            ),
            CodeSlip(
                "max(np.max(n / u.size - u), np.max(u - (n - 1) / u.size))",
                "np.sqrt(np.mean(((2 * n - 1) / (2 * u.size) - u) ** 2))",
                "That is the root of the mean squared gap. The largest is asked for.",
                "eq:distance",
            ),
        ],
        hints=[
            "Sort first: just after the $n$th value the steps have the height $n/N$.",
            r"The larger of $\max (n/N - u_{(n)})$ and $\max (u_{(n)} - (n - 1)/N)$.",
        ],
        level="thought",
        goal=2,
    ),
    Number(
        "fits-exercise-1",
        unit="(the variance)",
        key=float(sp.integrate((_u - sp.Rational(1, 2)) ** 2, (_u, 0, 1))),
        slips=[
            Slip(0.5, "That is the mean."),
            Slip(float(sp.integrate(_u**2, (_u, 0, 1))), "That is the mean of the square: take off that of the mean."),
            Slip(float(1 / np.sqrt(12)), "That is the standard deviation."),
        ],
        hints=["Which density has $u_n$?", r"$\int_0^1 (u - \tfrac12)^2 \, du$."],
    ),
    Number(
        "fits-exercise-2",
        unit="waits expected",
        key=_beyond,
        slips=[
            Slip(272 * shown.fitted().sf(90.0), "A recorded wait of more than 90 minutes is one above 90.5."),
            Slip(_beyond / 272, "That is the share. There are 272 waits."),
            Slip(
                float(np.sqrt(_beyond * (1 - _beyond / 272))),
                "That is how far the number scatters.",
                "eq:empirical-scatter",
            ),
        ],
        hints=["From where on is a wait written down as 91?", "$272 (1 - F(90.5))$, and the root of $N F (1 - F)$."],
    ),
    Number(
        "fits-exercise-3",
        unit="(the largest gap, for one component)",
        key=float(max(_after, _before)),
        slips=[
            Slip(float(_after), "That is the largest just after a jump. Look just before each as well."),
        ],
        hints=[
            "The steps have two heights at each velocity.",
            "Refit in each sample; a component may collapse there, so keep warnings still.",
        ],
        level="thought",
    ),
    Choice(
        "fits-exercise-4",
        options=[
            Option(
                "It comes out too large, so that a bad fit passes",
                "Gaps from the true $F$ are larger than those from an $F$ that was bent to the sample.",
                right=True,
            ),
            Option(
                "It comes out too small, so that a good fit is refuted",
                "For that the gaps of the samples would have to be too small.",
            ),
            Option("It is right, for the samples come from the fit", "The waits' gap is from a fit to themselves."),
        ],
        hints=[
            "Which is smaller: the gap of a sample from its true $F$, or from its own fit?",
            "Compare the two means.",
        ],
        level="thought",
    ),
    Choice(
        "fits-exercise-5",
        options=[
            Option(
                "The one with the mean and the variance of the truth",
                "Means under the truth stand where one normal has means over the data.",
                right=True,
            ),
            Option(
                "The one with the same top and the same curvature there",
                "That makes the two agree at one place only; here the tails count, too.",
            ),
            Option(
                "There is none unless the truth is normal",
                "The mean of $\\log f$ under the truth has a largest value all the same.",
            ),
        ],
        hints=[
            r"Write the mean of $\log \mathcal{N}(x \mid \mu, \sigma^2)$ under the truth, with $m$ and $s^2$.",
            "First the best $\\mu$, then the best $\\sigma^2$.",
        ],
        level="challenge",
    ),
]
