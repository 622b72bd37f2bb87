"""Questions on the number of components."""

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.fitting import fit
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Hints, Number, Option, Slip

__all__ = ["QUESTIONS"]

_logL = F.maximum
_three, _four = (fit(datasets.galaxies().velocity, k).log_likelihood for k in (3, 4))
_gamma = np.array([[0.9, 0.1], [0.5, 0.5]])
_entropy = float(-np.sum(_gamma * np.log(_gamma)))

QUESTIONS = [
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
        "In a table of fits the sixth row has the smallest AIC and BIC. Two of its six components own two observations each, with σ of 0.02 where the data spread over 20. What do you do?",
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
        "Eleven of 99 samples, drawn from the fit with three components, gain as much by a fourth as the data did. What is said?",
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
        hints=["`select.fit_range(waiting, 4)` makes the table.", "Look at the narrowest component of each row."],
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
            "`bootstrap_ratio` draws from the fit; round what you draw yourself.",
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
