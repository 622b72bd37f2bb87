"""Questions on the number of components."""

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.engine import settings
from gmm.fitting import fit
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_logL = F.maximum
_three, _four = (fit(datasets.galaxies().velocity, k).log_likelihood for k in (3, 4))
_gamma = np.array([[0.9, 0.1], [0.5, 0.5]])
_entropy = float(-np.sum(_gamma * np.log(_gamma)))
_optimism = 2 * F.N / (F.N - 3)
_windows = float(np.log(200 / 2))
_log_log = float(np.log(np.log(200)))
_level = _windows + settings.CHANCE + _log_log


def _drawn(value):
    """Return a value of the figure for each of its samples."""
    spec = shown.accidents()
    draws = range(1, int(spec.sliders["draw"].high) + 1)
    return np.array([float(spec.call(value, spec.scope({"draw": draw}))) for draw in draws])


QUESTIONS = [
    Guess(
        "how-many-guess-accidents",
        r"Before you draw: the samples of {numref}`fig-accidents` come from *one* normal, and a mixture of two is fitted to each. What will the second component be, in most of them?",
        options=[
            Option(
                "A twin of the first, moved a little",
                "So it would be if nothing could be gained; but somewhere values always lie close together.",
            ),
            Option("Of no weight at all", "A weight of zero gains nothing, and something can always be gained."),
            Option(
                "A needle on a few values that lie close together",
                "It has looked for the place where that pays most.",
                right=True,
            ),
        ],
        proof=lambda: np.mean(_drawn("narrow") < 0.15) > 0.5,
        figure=shown.accidents,
        state={"draw": 24},
        hints=["What can a second component do better than the one that made the data?", "Where is a sample dense?"],
        goal=2,
    ),
    Goal(
        "how-many-goal-accidents",
        r"In {numref}`fig-accidents`, find a sample in which the narrower component is no needle: its $\sigma$ is above 0.1.",
        figure=shown.accidents,
        predicate=named("narrow") > sp.Rational(1, 10),
        state={"draw": int(np.argmax(_drawn("narrow"))) + 1},
        hints=[r"Press the button, and read the narrower $\sigma$.", "There are few: look at the second half, too."],
        goal=2,
    ),
    Formula(
        "how-many-parameters",
        "How many free parameters has a mixture of $K$ components?",
        key=3 * F.K - 1,
        slips=[
            Slip(3 * F.K, "The weights sum to one, so one of them is not free.", "eq:mixture-integral"),
            Slip(2 * F.K, "The weights are parameters, too."),
            Slip(2 * F.K + 1, "There are $K - 1$ free weights, not one."),
        ],
        hints=["Count means, variances and weights.", "One equation binds the weights."],
        goal=1,
    ),
    Formula(
        "how-many-bic-step",
        "By how much does BIC grow if a component more gains nothing? (`N` is the number of observations.)",
        key=3 * sp.log(F.N),
        slips=[
            Slip(sp.Integer(6), "That is the price of AIC.", "eq:aic-bic"),
            Slip(sp.log(F.N), "That is the price of one parameter. A component has three.", "eq:aic-bic"),
            Slip(
                sp.Rational(3, 2) * sp.log(F.N),
                "That is what the log-likelihood would have to gain; BIC counts it twice.",
                "eq:aic-bic",
            ),
        ],
        hints=["How many parameters does a component bring?", r"Each costs $\log N$."],
        goal=1,
    ),
    Number(
        "how-many-gain",
        "With 82 galaxies, how many nats must a fourth component gain before BIC takes it?",
        key=1.5 * np.log(82),
        unit="nats",
        slips=[
            Slip(3 * np.log(82), "BIC counts the log-likelihood twice: half of the price is enough.", "eq:aic-bic"),
            Slip(3, "That is what AIC asks for.", "eq:aic-bic"),
            Slip(0.5 * np.log(82), "A component brings three parameters.", "eq:aic-bic"),
        ],
        hints=[r"The price is $3 \log N$.", "It is set against twice the gain."],
        goal=1,
    ),
    Number(
        "how-many-optimism",
        "One normal is fitted to 13 values. By how many nats does it boast on average?",
        key=_optimism.subs(F.N, 13),
        unit="nats",
        slips=[
            Slip(2, "That is for large $N$; thirteen are few.", "eq:optimism"),
            Slip(13 / 10, "There are two parameters, so twice as much."),
            Slip(2 * 13 / 11, "It is one over a chi-squared with $N - 1$ degrees: its mean has $N - 3$ below."),
        ],
        hints=["The chapter has it in closed form, for each $N$.", "$2N/(N - 3)$."],
        goal=1,
    ),
    Choice(
        "how-many-laplace",
        "What does BIC keep of Laplace's approximation {eq}`eq:laplace`?",
        options=[
            Option(
                r"The height of the hill, and $\log N$ for each parameter",
                "The rest does not grow with $N$, and is dropped.",
                right=True,
            ),
            Option(
                "The height of the hill, and the prior at its top",
                "The prior is dropped: it does not grow with $N$.",
            ),
            Option(
                r"The height of the hill, and $\nu \log 2\pi$",
                "That does not grow with $N$ either, and is dropped.",
            ),
        ],
        hints=[r"Take $-2 \log$ of both sides.", r"Which part grows with $N$? The determinant goes like $N^\nu$."],
        goal=1,
    ),
    Formula(
        "how-many-equal",
        "How many free parameters has a mixture of $K$ components with one common variance?",
        key=2 * F.K,
        slips=[
            Slip(3 * F.K - 1, "That is with a variance for each.", "eq:mixture-integral"),
            Slip(2 * F.K + 1, "One of the weights is not free.", "eq:mixture-integral"),
            Slip(2 * F.K - 1, "The common variance is a parameter, too."),
        ],
        hints=["Means, weights and one variance.", "$K + (K - 1) + 1$."],
        goal=1,
    ),
    Choice(
        "how-many-hard",
        "ICL charges for doubt, by hard labels or by the entropy {eq}`eq:icl`. Which charges more?",
        options=[
            Option(
                "The entropy",
                r"No $\gamma(n, k)$ is above that of the most probable label, so no $-\log \gamma(n, k)$ is below its own.",
                right=True,
            ),
            Option("The hard labels", r"They take the smallest of all $-\log \gamma(n, k)$."),
            Option("Both the same", "So it is only where nothing is in doubt."),
        ],
        proof=lambda: _entropy > -np.log(_gamma.max(axis=1)).sum(),
        hints=["What is charged for one observation, each way?", "An average is above the least of what it averages."],
        goal=1,
    ),
    Number(
        "how-many-chance",
        "A narrow component expects $e_k = 2$ of 200 observations in its window. How many nats has it to gain, at least, to be more than an accident?",
        key=_level,
        unit="nats",
        slips=[
            Slip(_windows, "That is what chance gains in the best of 100 windows. Two more terms follow.", "eq:chance"),
            Slip(
                _windows + settings.CHANCE,
                r"The widths that a window may have, $\log \log N$, are left out.",
                "eq:chance",
            ),
            Slip(
                float(np.log(200)) + settings.CHANCE + _log_log,
                "Two are expected in a window, so there are 100 windows.",
                "eq:chance",
            ),
            Slip(3, "That is what AIC asks for a component that could not choose its place."),
        ],
        hints=["How many windows lie side by side?", r"$\log (200/2) + 4 + \log \log 200$."],
        goal=3,
    ),
    Number(
        "how-many-bound",
        r"For 272 waits and an allowed width $\sigma_0$ the largest $D(\mu)$ is 1.02. How many nats can any mixture gain over the fit, at most?",
        key=272 * np.log(1.02),
        unit="nats",
        slips=[
            Slip(float(np.log(1.02)), "That is for each observation.", "eq:mixture-bound"),
            Slip(272 * 1.02, "Take the logarithm.", "eq:mixture-bound"),
            Slip(2 * 272 * np.log(1.02), "Nothing is counted twice here.", "eq:mixture-bound"),
        ],
        hints=["The bound is in the third step.", r"$N \log \max D$."],
        goal=5,
    ),
    Choice(
        "how-many-needle",
        r"The bound says that no mixture whose $\sigma_k$ are all at least 5.8 minutes gains a nat over the fit of the waits. Somebody's third component has a $\sigma$ of 0.75 and gains 2.5. What of the bound?",
        options=[
            Option("It is refuted", "It is about mixtures that are nowhere so narrow."),
            Option(
                "Nothing: that mixture is narrower than allowed",
                r"What can be gained depends on $\sigma_0$, and without one there is no bound at all.",
                right=True,
            ),
            Option("It holds for two components only", "It knows nothing of $K$."),
        ],
        proof=lambda: fit(shown.waiting(), 3, accidents=True).log_likelihood - shown.pair().log_likelihood > 1,
        hints=["What was agreed on beforehand?", r"Look at step 1: where is $\sigma_k \ge \sigma_0$ used?"],
        goal=5,
    ),
    Choice(
        "how-many-held",
        "Ten parts of the data are held out in turn, cut in three ways. Twice four components are best, and once three. What do you say?",
        options=[
            Option(
                "Four: two of three",
                "The three ways are of the same 82 velocities, and scatter by more than the rows differ.",
            ),
            Option(
                "That the data do not decide between three and four",
                "The answer depends on how they were cut.",
                right=True,
            ),
            Option("Three: the smaller number is safe", "It may miss a group. Nothing was decided by these sums."),
        ],
        hints=["How much do the sums of one row differ?", "And how much do the rows?"],
        level="thought",
        goal=3,
    ),
    Number(
        "how-many-ratio",
        "The fits of the galaxies with three and with four components have the log-likelihoods that the chapter prints. What is the likelihood ratio?",
        key=2 * (_four - _three),
        unit="nats",
        slips=[
            Slip(_four - _three, "The ratio counts the gain twice.", "eq:ratio"),
            Slip(
                _four / _three,
                "It is called a ratio for the likelihoods; of their logarithms it is a difference.",
                "eq:ratio",
            ),
            Slip(2 * (_three - _four), "The larger model comes first: a gain is positive.", "eq:ratio"),
        ],
        hints=["The gain is printed below {numref}`fig-galaxies-four`.", "Twice the difference."],
        goal=4,
    ),
    Number(
        "how-many-icl",
        "Two observations have the memberships (0.9, 0.1) and (0.5, 0.5). What is the entropy of these responsibilities?",
        key=_entropy,
        unit="nats",
        slips=[
            Slip(2 * _entropy, "That is what ICL charges: twice the entropy.", "eq:icl"),
            Slip(-_entropy, "Entropy carries a minus sign, so it is never negative.", "eq:icl"),
            Slip(float(np.log(2)), "That is the second observation alone.", "eq:icl"),
        ],
        hints=[r"$-\gamma \log \gamma$ for each of the four shares.", r"The second row gives $\log 2$."],
        goal=1,
    ),
    Choice(
        "how-many-never-falls",
        "Why can the log-likelihood not choose $K$?",
        options=[
            Option("Because it depends on the unit", "It does, by the same amount for every $K$."),
            Option(
                "Because the best that can be reached never falls when a component is added",
                "A mixture of three is one of four with a weight of zero.",
                right=True,
            ),
            Option("Because it is unbounded", "That is another trouble: each $K$ from 2 on has it."),
        ],
        hints=["Is a mixture of three components also one of four?", "What can one do with a weight of zero?"],
        goal=1,
    ),
    Choice(
        "how-many-regular",
        "Why is a mixture with a component too many no regular model?",
        options=[
            Option("Because its density is not differentiable", "It is, as often as one likes."),
            Option(
                "Because many parameters give one and the same density, so there is no single hilltop",
                "With a weight of zero the other parameters may be anything.",
                right=True,
            ),
            Option(
                "Because the sample is too small", "More data do not help: the parameters are not fixed by the density."
            ),
        ],
        hints=[
            "Write a single normal as a mixture of two. In how many ways?",
            "What does the derivation of AIC and BIC take for granted?",
        ],
        goal=2,
    ),
    Choice(
        "how-many-row",
        "In a table of fits the sixth row has the smallest AIC and BIC. Two of its six components own two observations each, with σ of 0.02 and 0.04 where the data spread over 20. What do you do?",
        options=[
            Option(
                "Take it: both criteria agree",
                "Each of the two spikes is a step towards a place where the likelihood grows without end.",
            ),
            Option(
                "Distrust the row: two components are spikes, and no price for parameters protects against them",
                "Look at the mixture before you believe its AIC.",
                right=True,
            ),
            Option(
                "Remove the four observations as outliers", "They are where many others are; they only happen to agree."
            ),
        ],
        hints=[
            "What does a component on two close observations do to the likelihood?",
            "The columns beside the criteria say it.",
        ],
        goal=3,
    ),
    Choice(
        "how-many-bootstrap",
        "For other data, eleven of 99 samples drawn from the fit with three components gain as much by a fourth as these data did. What is said?",
        options=[
            Option("There are three components with probability 0.88", "A p-value is no probability of a hypothesis."),
            Option(
                "A gain like this comes about by chance about once in eight times, so the data do not insist on a fourth",
                "$p = 12/100$, give or take 0.03.",
                right=True,
            ),
            Option(
                "There are four components, since the gain was above the average",
                "Chance alone gains as much often enough.",
            ),
        ],
        proof=lambda: (11 + 1) / (99 + 1) == 0.12,
        hints=["From which mixture were the samples drawn?", "How often does chance do as well?"],
        goal=4,
    ),
    Code(
        "how-many-code-bic",
        "Write `bic(log_l, n_components, n_observations)` for a mixture of normal densities.",
        function="bic",
        starter="def bic(log_l, n_components, n_observations):\n    ...\n",
        solution="def bic(log_l, n_components, n_observations):\n    return -2 * log_l + (3 * n_components - 1) * np.log(n_observations)\n",
        cases=lambda: [(-1034.0, 2, 272), (-203.2, 3, 82), (-240.4, 1, 82)],
        properties=[
            (lambda log_l, k, n, value: np.ndim(value) == 0, "Return one number."),
            (lambda log_l, k, n, value: value > -2 * log_l, "The price comes on top: BIC is above −2 log L."),
        ],
        slips=[
            CodeSlip("-2 * log_l", "-log_l", "The log-likelihood counts twice.", "eq:aic-bic"),
            CodeSlip("3 * n_components - 1", "3 * n_components", "One weight is not free.", "eq:mixture-integral"),
            CodeSlip("np.log(n_observations)", "2", "That is AIC.", "eq:aic-bic"),
            CodeSlip(
                "-2 * log_l +",
                "2 * log_l +",
                "The sign is turned: a higher log-likelihood has to make BIC smaller.",
                "eq:aic-bic",
            ),
            CodeSlip(
                "np.log(n_observations)", "np.log10(n_observations)", "The logarithm is the natural one.", "eq:aic-bic"
            ),
        ],
        hints=["The number of free parameters first.", r"$-2 \log L + \nu \log N$."],
        goal=1,
    ),
    Code(
        "how-many-code-bound",
        "Write `bound(x, f, places, var)`: how many nats any mixture whose variances are at least `var` can gain over a density that has the values `f` at the data `x`, with the largest $D$ sought among `places`.",
        function="bound",
        starter="def bound(x, f, places, var):\n    ...\n",
        solution=(
            "def bound(x, f, places, var):\n"
            "    heights = np.exp(-((x[:, np.newaxis] - places) ** 2) / (2 * var)) / np.sqrt(2 * np.pi * var)\n"
            "    D = (heights / f[:, np.newaxis]).mean(axis=0)\n"
            "    return x.size * np.log(D.max())\n"
        ),
        cases=lambda: [
            (x, mixture.pdf(x), np.linspace(x.min(), x.max(), 41), var)
            for x, mixture, var in (
                (shown.FIVE, Mixture([0.5, 0.5], [2.0, 7.0], [2.0, 4.0]), 2.0),
                (shown.waiting(), shown.fitted(), 25.0),
            )
        ],
        properties=[
            (lambda x, f, places, var, most: np.ndim(most) == 0, "Return one number."),
            (
                lambda x, f, places, var, most: most > -1e-9,
                "Here $f$ itself is a mixture that is allowed, or nearly, and gains nothing: the bound is not negative.",
            ),
        ],
        slips=[
            CodeSlip("x.size * np.log", "np.log", "That is for each observation.", "eq:mixture-bound"),
            CodeSlip("/ f[:, np.newaxis]", "* f[:, np.newaxis]", "Divide by $f$.", "eq:mixture-bound"),
            CodeSlip(
                ".mean(axis=0)",
                ".sum(axis=0)",
                "$D$ is a mean over the observations: at a place where $g$ is $f$ it is 1.",
                "eq:mixture-bound",
            ),
            CodeSlip("D.max()", "D.mean()", "The largest place counts, for $g$ may stand there.", "eq:mixture-bound"),
            CodeSlip(
                ".mean(axis=0)",
                ".mean(axis=1)",
                "You averaged over the places. The mean is over the observations.",
                "eq:mixture-bound",
            ),
        ],
        hints=["`x[:, np.newaxis] - places` has a row for each observation.", r"$N \log \max_\mu D(\mu)$."],
        level="thought",
        goal=5,
    ),
    Number(
        "how-many-exercise-1",
        unit="nats for BIC with a million",
        key=1.5 * np.log(1e6),
        slips=[Slip(3 * np.log(1e6), "BIC counts the log-likelihood twice.", "eq:aic-bic"), Slip(3, "That is AIC.")],
        hints=["One component more is three parameters.", r"$\frac32 \log N$."],
    ),
    Number(
        "how-many-exercise-2",
        unit="components",
        tolerance=1e-6,
        key=int(np.argmin([fit(shown.waiting(), k).bic for k in (1, 2, 3)])) + 1,
        slips=[Slip(3, "The third gains less than even AIC asks for.")],
        hints=[
            "`select.fit_range(waiting, 3)` makes the table.",
            "How many nats does the third component gain, and how many has it to?",
        ],
    ),
    Hints(
        "how-many-exercise-3",
        hints=[
            r"The charge for an observation is $-2 \log \max_k \gamma(n, k)$.",
            "`gamma.max(axis=1)` for each row of the table.",
        ],
        level="thought",
    ),
    Hints(
        "how-many-exercise-4",
        hints=[
            "`bootstrap_ratio` rounds its samples as the data are; round what you draw yourself.",
            "Count how many of the ratios are at least as large as the observed one.",
        ],
        level="research",
    ),
    Hints(
        "how-many-exercise-5",
        hints=["The counts go in as weights.", "Compare ICL and BIC: their difference is twice the entropy."],
        level="challenge",
    ),
]
