"""Questions on the likelihood."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.em import log_likelihood
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Number, Option, Slip

__all__ = ["QUESTIONS"]

_apart, _close = 9.746, 6.175
_m, _d = sp.Symbol("m", real=True), sp.Symbol("d", real=True)
_slope = sp.diff(F.log_mixture(), F.mean(1))
_gamma = sp.Symbol("gamma1", positive=True)
_three = np.array([1.0, 2.0, 6.0])
_one = Mixture(1.0, _three.mean(), _three.var())
_logL = F.stable_log_likelihood().subs({F.weight(1): 0.5, F.weight(2): 0.5, F.variance(1): 34.45, F.variance(2): 34.45})


_s = sp.Symbol("s", real=True)


def _spiked(s):
    """Return the log-likelihood of the figure's mixture, whose first component has the standard deviation 10^s."""
    wide = {F.mean(2): float(shown.fitted().mean), F.variance(2): float(shown.fitted().variance)}
    spike = {F.weight(1): 0.05, F.weight(2): 0.95, F.mean(1): 48, F.variance(1): 10 ** (2 * s)}
    return F.stable_log_likelihood().subs(wide | spike)


QUESTIONS = [
    Guess(
        "likelihood-guess-exchange",
        r"Before you move it: the two means of {numref}`fig-likelihood` are exchanged. What happens to the log-likelihood?",
        options=[
            Option(
                "It falls, for the first component belongs to the short waits",
                "The numbers of the components are names, and here weights and variances are equal.",
            ),
            Option(
                "It stays the same",
                "The density is the same sum in another order, for weights and variances are equal here. Every hill has a twin beyond the diagonal.",
                right=True,
            ),
            Option(
                "It rises by the logarithm of 2",
                "There are two ways to write the density, and the density is what counts.",
            ),
        ],
        proof=lambda: (
            np.ptp([log_likelihood(shown.waiting(), Mixture([0.5, 0.5], m, [34.45] * 2)) for m in ([55, 80], [80, 55])])
            < 1e-9
        ),
        figure=shown.likelihood,
        state={"mu1": 80, "mu2": 54.6},
        hints=["What does $f$ look like with the two terms in another order?", "Look for the second hill of the map."],
        goal=3,
    ),
    Goal(
        "likelihood-goal-pass",
        r"In {numref}`fig-likelihood`, stand on the pass: on the diagonal, as high as the diagonal goes (to within a tenth of a nat).",
        figure=shown.likelihood,
        predicate=lambda: sp.And(
            sp.Abs(F.mean(1) - F.mean(2)) < 0.05,
            _logL > float(log_likelihood(shown.waiting(), Mixture(1.0, shown.waiting().mean(), 34.45))) - 0.1,
        ),
        state={"mu1": 70.9, "mu2": 70.9},
        hints=["On the diagonal both components are one normal curve.", "Which mean is the best for a single normal?"],
        answer="Both means at the mean of the waits, 70.9 minutes: along the diagonal this is the top, and across it the lowest place.",
        level="thought",
        goal=3,
    ),
    Guess(
        "likelihood-guess-spike",
        r"Before you move it: in {numref}`fig-collapse` the first component stands on a wait and becomes narrower, $\sigma_1 \to 0$. What does the log-likelihood do in the end?",
        options=[
            Option(
                "It falls to minus infinity",
                "The other component still covers all other waits, so none of their densities goes to 0.",
            ),
            Option(
                "It reaches a highest value and then falls",
                "First it falls and then it turns; from there on nothing stops it.",
            ),
            Option("It rises without end", r"The density at the pinned wait grows like $1/\sigma_1$.", right=True),
        ],
        figure=shown.collapse,
        state={"s": -9},
        hints=["How high is a normal density at its mean?", "What covers the other waits?"],
        goal=3,
    ),
    Goal(
        "likelihood-goal-spike",
        r"In {numref}`fig-collapse`, find the largest $\log_{10} \sigma_1$ below $-5$, to a tenth, at which the worthless mixture is better than the fitted one, whose log-likelihood is −1034.",
        figure=shown.collapse,
        predicate=lambda: sp.And(
            _s < -5,
            _spiked(_s) > float(shown.pair().log_likelihood),
            float(shown.pair().log_likelihood) > _spiked(_s + 0.1),
        ),
        state={"s": -10.5},
        hints=[
            "Which line of the readout has to be compared with −1034? Look at {eq}`eq:collapse`.",
            r"Three waits of 48 minutes bring almost seven nats for each tenth part of $\sigma_1$: go left until they are enough, and back.",
        ],
        goal=3,
    ),
    Formula(
        "likelihood-variance",
        r"One normal is fitted to the two observations $x_1$ and $x_2$. Which variance is best?",
        key=((sp.Symbol("x1", real=True) - sp.Symbol("x2", real=True)) / 2) ** 2,
        slips=[
            Slip(
                (sp.Symbol("x1", real=True) - sp.Symbol("x2", real=True)) ** 2 / 2,
                "That is the unbiased variance, with the divisor $N - 1 = 1$. The likelihood divides by $N$.",
                "eq:one-normal-solution",
            ),
            Slip(
                sp.Abs(sp.Symbol("x1", real=True) - sp.Symbol("x2", real=True)) / 2,
                "That is the standard deviation.",
                "eq:one-normal-solution",
            ),
            Slip(
                (sp.Symbol("x1", real=True) - sp.Symbol("x2", real=True)) ** 2,
                "That is the squared distance. Each value lies half of it from the mean.",
                "eq:one-normal-solution",
            ),
        ],
        hints=["What is the mean, and how far from it is each of the two?", "The mean of the two squared distances."],
        goal=2,
    ),
    Number(
        "likelihood-three",
        "The observations are 1, 2 and 6. What is the largest log-likelihood that one normal can have?",
        key=log_likelihood(_three, _one),
        unit="nats",
        slips=[
            Slip(
                log_likelihood(_three, Mixture(1.0, 3.0, 7.0)),
                "You used the unbiased variance, 7. The best one divides by $N$.",
                "eq:one-normal-solution",
            ),
            Slip(-log_likelihood(_three, _one), "The sign is turned: these densities are below one.", "eq:normal"),
            Slip(
                log_likelihood(_three, _one) + 1.5,
                "The exponents are left out: at the best variance they sum to $-N/2$.",
                "eq:one-normal-solution",
            ),
            Slip(
                log_likelihood(_three, _one) / 3,
                "That is the mean of the three logarithms. A log-likelihood is their sum.",
                "eq:log-likelihood",
            ),
            Slip(
                float(np.exp(log_likelihood(_three, _one))),
                "That is the likelihood. Take its logarithm.",
                "eq:log-likelihood",
            ),
            Slip(
                log_likelihood(_three, Mixture(1.0, 3.0, float(np.sqrt(_three.var())))),
                "You passed the standard deviation where the variance belongs.",
                "eq:normal",
            ),
        ],
        hints=[
            "First the best mean and variance: 3 and 14/3.",
            r"At the best variance the exponents sum to $-N/2$: $\log L = -\frac{N}{2} (\log(2\pi\sigma^2) + 1)$.",
        ],
        goal=2,
    ),
    Formula(
        "likelihood-slope",
        r"An observation $x$ has the responsibility $\gamma_1$ (type `gamma1`) under component 1. Give the slope of $\log f(x)$ in $\mu_1$.",
        key=_gamma * (F.x - F.mean(1)) / F.variance(1),
        slips=[
            Slip(
                (F.x - F.mean(1)) / F.variance(1),
                "That is the slope for one normal alone. Component 1 has only its share of the observation.",
                "eq:slope-mean",
            ),
            Slip(_gamma * (F.x - F.mean(1)), "The variance below the line is missing.", "eq:slope-mean"),
            Slip(
                _gamma * (F.mean(1) - F.x) / F.variance(1),
                "The sign is turned: moving towards the observation is uphill.",
                "eq:slope-mean",
            ),
            Slip(
                _gamma * (F.x - F.mean(1)) / sp.sqrt(F.variance(1)),
                "Divide by the variance, not by its root.",
                "eq:slope-mean",
            ),
        ],
        hints=["The derivative of a logarithm is a quotient.", "The weighted density over $f$ is the responsibility."],
        goal=2,
    ),
    Number(
        "likelihood-lead",
        "Mixture A has a log-likelihood of −1034 on the 272 waits, and mixture B one of −1039. By which factor does A make the data more probable?",
        key=float(np.exp(5)),
        slips=[
            Slip(5, "That is the lead in nats. The factor is its exponential.", "eq:log-likelihood"),
            Slip(float(np.exp(-5)), "That is B against A."),
            Slip(1039 / 1034, "A quotient of two logarithms means nothing; their difference does."),
            Slip(float(np.exp(5 / 272)), "That is the factor for each wait, on average."),
            Slip(1e5, "A nat is a factor of $e$, not of ten."),
        ],
        hints=["What is the difference of two logarithms?", "Take $e$ to the power of the difference."],
        goal=1,
    ),
    Choice(
        "likelihood-units",
        "One paper fits the waits in minutes with log-likelihood −1034, another fits them in hours with +80. Which model is better?",
        options=[
            Option(
                "The second, by 1114 nats",
                "Per hour a density is 60 times as high: $272 \\log 60 = 1114$ nats come from the unit alone.",
            ),
            Option(
                "Neither: the 1114 nats between them come from the unit",
                "They are one and the same model. Only differences in one unit mean anything.",
                right=True,
            ),
            Option(
                "That cannot be said, for a unit is missing",
                "Both units are known, so it can: add $272 \\log 60$ to the first.",
            ),
            Option(
                "The first, for a log-likelihood cannot be positive", "It can, as soon as enough densities exceed one."
            ),
        ],
        proof=lambda: bool(abs(272 * np.log(60) - 1114) < 1),
        hints=["What happens to a density when the unit changes?", "By how much do 272 logarithms grow?"],
        goal=1,
    ),
    Choice(
        "likelihood-maximum",
        r"Why is a mixture with free variances never fitted to the *largest* likelihood?",
        options=[
            Option("Because computers cannot find it", "There is nothing to find: it is unbounded, on paper as well."),
            Option(
                "Because there is none: a component on one observation makes it as large as one likes",
                'So "the maximum" means a hill with a top.',
                right=True,
            ),
            Option(
                "Because it overfits when there are few data",
                "It is unbounded with a million observations as with ten.",
            ),
        ],
        hints=["What happens in {numref}`fig-collapse`?", "Does more data stop a component from choosing one of them?"],
        goal=4,
    ),
    Choice(
        "likelihood-consistent",
        "On average nothing beats the truth {eq}`eq:divergence`. Why may a spike still have a higher likelihood than the truth?",
        options=[
            Option("Because the theorem holds for large samples only", "The spike wins in samples of any size."),
            Option(
                "Because the theorem is about a fixed density, and a spike chooses its place when the data are there",
                "It is not one density but a different one for every sample.",
                right=True,
            ),
            Option("Because the truth is not a mixture", "Even where it is, the spike wins."),
        ],
        hints=[
            "Which density is compared with the truth in {eq}`eq:divergence`?",
            "When is the place of a spike chosen?",
        ],
        level="thought",
        goal=4,
    ),
    Code(
        "likelihood-code",
        "Write `log_likelihood(x, pi, mu, var)` for an array `x` of observations.",
        function="log_likelihood",
        starter="def log_likelihood(x, pi, mu, var):\n    ...\n",
        solution=(
            "def log_likelihood(x, pi, mu, var):\n"
            "    squares = (x[:, np.newaxis] - mu) ** 2 / var\n"
            "    density = np.exp(-squares / 2) / np.sqrt(2 * np.pi * var)\n"
            "    return np.log((pi * density).sum(axis=1)).sum()\n"
        ),
        cases=lambda: [
            (shown.FIVE, np.array([0.4, 0.6]), np.array([2.0, 7.0]), np.array([4.0, 1.5])),
            (shown.waiting(), *map(np.array, ([0.3, 0.7], [55.0, 80.0], [30.0, 36.0]))),
            (shown.FIVE, *map(np.array, ([0.2, 0.3, 0.5], [1.0, 4.0, 8.0], [1.0, 2.0, 3.0]))),
        ],
        properties=[
            (lambda x, pi, mu, var, value: np.ndim(value) == 0, "Return one number: the sum over all observations.")
        ],
        slips=[
            CodeSlip("(pi * density)", "density", "The weights are left out.", "eq:log-likelihood"),
            CodeSlip(
                "np.log((pi * density).sum(axis=1)).sum()",
                "np.log(pi * density).sum()",
                "You took the logarithm before the sum over the components: a sum stands inside each logarithm.",
                "eq:log-likelihood",
            ),
            CodeSlip(
                ".sum(axis=1)).sum()",
                ".sum(axis=1).prod())",
                "Multiplied out, many densities underflow to 0: take each logarithm first, and then add.",
                "eq:log-likelihood",
            ),
            CodeSlip(
                ".sum(axis=1)).sum()",
                ".sum(axis=1)).mean()",
                "That is the mean of the logarithms, and the log-likelihood is their sum.",
                "eq:log-likelihood",
            ),
            CodeSlip(
                "np.sqrt(2 * np.pi * var)",
                "np.sqrt(2 * np.pi) / var",
                "The factor of the normal density is wrong: a variance stands under the root.",
                "eq:normal",
            ),
        ],
        hints=[
            "For each observation the mixture density, then its logarithm, then the sum.",
            "`x[:, np.newaxis] - mu` has a row for each observation and a column for each component.",
        ],
        goal=1,
    ),
    Number(
        "likelihood-exercise-1",
        unit="nats (the lead after five waits)",
        key=float(np.log(_apart / _close)),
        tolerance=0.02,
        slips=[
            Slip(float(np.log(_apart / _close)) / 5, "That is the lead per wait."),
            Slip(_apart / _close, "That is the factor. Take its logarithm."),
            Slip(float(np.log10(_apart / _close)), "A nat belongs to the natural logarithm."),
        ],
        hints=["A factor becomes a difference of logarithms.", r"$\log 1.578$."],
    ),
    Formula(
        "likelihood-exercise-2",
        key=_gamma / F.weight(1) - (1 - _gamma) / (1 - F.weight(1)),
        letters=[F.weight(2), sp.Symbol("gamma2", positive=True)],
        slips=[
            Slip(_gamma / F.weight(1), "The second weight is $1 - \\pi_1$, so it moves, too."),
            Slip(
                _gamma / F.weight(1) + (1 - _gamma) / (1 - F.weight(1)),
                "The second weight falls when the first grows: a minus sign.",
            ),
        ],
        hints=[
            r"The box takes the slope for one observation. Type its responsibilities as `gamma1` and `gamma2`.",
            "Differentiate both terms; the second has a minus sign.",
        ],
        level="thought",
    ),
    Choice(
        "likelihood-exercise-3",
        options=[
            Option(
                "It grows without end",
                "The other observation is covered by nobody, and its density goes to 0 faster than the first grows.",
            ),
            Option(
                "No: in the end it falls without end", "The term $-1/(2\\sigma^2)$ wins over the logarithm.", right=True
            ),
        ],
        proof=lambda: sp.limit(-sp.log(2 * sp.pi * F.var) - 1 / (2 * F.var), F.var, 0, "+") == -sp.oo,
        hints=["Write down both terms of the log-likelihood.", "A logarithm against a power."],
        level="thought",
    ),
    Choice(
        "likelihood-exercise-4",
        options=[
            Option(
                "It rises at every step",
                "No accident: each step is an EM iteration that updates the means only.",
                right=True,
            ),
            Option("It falls at first and then rises", "Compute it after each step: it never falls."),
            Option("It jumps up and down", "Compute it after each step: it never falls."),
        ],
        hints=[
            "Compute the responsibilities with the present means, then the weighted means.",
            "Print the log-likelihood after each step.",
        ],
        level="thought",
    ),
    Number(
        "likelihood-exercise-5",
        unit="draws",
        key=3 / (0.2**2 / 2),
        slips=[
            Slip(3 / 0.2**2, "The divergence is $d^2/2$."),
            Slip(3 / 0.2, "The divergence grows with the square of the distance."),
        ],
        hints=[
            r"The mean of $\log(f_0/f)$ under $f_0$: which terms vanish?",
            r"$d^2/2$ nats for each draw; how many make 3?",
        ],
        level="challenge",
    ),
]
