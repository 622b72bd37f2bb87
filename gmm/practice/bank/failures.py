"""Questions of the bug lab: which invariant exposes a slip, and what tests are worth."""

import numpy as np

from gmm import formulas as F
from gmm.em import e_step, log_likelihood, m_step
from gmm.mixture import Mixture
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Hints, Number, Option, Slip

__all__ = ["QUESTIONS"]

_three, _guess = np.array([1.0, 2.0, 3.0]), Mixture([0.5, 0.5], [1, 3], [1, 1])
_first = m_step(_three, e_step(_three, _guess))
_about = 2.5 + np.sqrt(3) * np.array([-1, 1])  # their mean is 2.5 and their variance 3


def expose(name, right, because, others, goal=2):
    """Return the question which invariant exposes a slip; the others hold for it."""
    options = [Option(right, because, right=True), *(Option(*other) for other in others)]
    return Choice(
        name,
        "Which of these invariants will expose it?",
        options=options,
        hints=[
            "Which part of the program is wrong, and who uses it?",
            "What does the invariant compute with that part?",
        ],
        goal=goal,
    )


QUESTIONS = [
    expose(
        "failures-weights",
        "never falls",
        "The M-step climbs for the right responsibilities only.",
        [
            ("moments stay", "Any responsibilities whose rows sum to one keep them."),
            ("area is one", "The density is not touched."),
        ],
    ),
    expose(
        "failures-sigma",
        "never falls",
        "The E-step and the M-step disagree about what the third number is.",
        [
            ("area is one", "With a standard deviation it is a density as well, only another."),
            ("moments stay", "The M-step is right, and any responsibilities keep the moments."),
        ],
    ),
    expose(
        "failures-unweighted",
        "area is one",
        "Weights of 1 and 1 give an area of 2.",
        [("moments stay", "EM never asks for this density."), ("halves add up", "The log-likelihood is not touched.")],
    ),
    expose(
        "failures-squares",
        "shift is harmless",
        "Far from the origin the squares have no room for the digits of the variance.",
        [
            ("never falls", "Near the origin the variance is right to fifteen digits."),
            ("moments stay", "Near the origin it is the same variance."),
        ],
    ),
    expose(
        "failures-samples",
        "halves add up",
        "A mixture of whole samples does not factor into the halves.",
        [
            ("many are no trouble", "Logarithms are added, so nothing underflows."),
            ("area is one", "The density is not touched."),
        ],
    ),
    expose(
        "failures-old-means",
        "moments stay",
        "The variance is too large by the squared step.",
        [
            ("the end is an end", "Where nothing moves old and new means agree."),
            ("shift is harmless", "Squares about any number near the mean are safe."),
        ],
    ),
    expose(
        "failures-gain",
        "the end is an end",
        "A small gain is no small distance where convergence is slow.",
        [("never falls", "Every step is right."), ("moments stay", "Every step is right, the last one too.")],
    ),
    expose(
        "failures-product",
        "many are no trouble",
        "The product of 4000 densities is 0 to a computer.",
        [
            ("halves add up", "On twenty observations the product is a number, and its logarithm adds."),
            ("never falls", "On 400 draws the product is still a number."),
        ],
    ),
    expose(
        "failures-by-n",
        "moments stay",
        "The means come out too small, and with them everything.",
        [
            ("area is one", "The weights sum to one, so the area is one."),
            ("many are no trouble", "Nothing underflows."),
        ],
    ),
    expose(
        "failures-verdicts",
        "never falls",
        "0 and 1 are not the expected labels.",
        [
            ("moments stay", "Rows of 0 and 1 sum to one, so they stay."),
            ("shift is harmless", "The M-step is the right one."),
        ],
    ),
    Choice(
        "failures-property",
        "Which of these is *no* invariant of EM?",
        options=[
            Option("The log-likelihood never falls", "It holds from every start, on all data."),
            Option(
                "The weights move towards the truth", "From a bad start, or with few data, they need not.", right=True
            ),
            Option(
                "After a step the mean of the mixture is the mean of the data",
                "It holds for any responsibilities whose rows sum to one.",
            ),
            Option("Each row of the responsibilities sums to one", "Some component has made the observation."),
        ],
        hints=[
            "For which of them does one have to know the truth?",
            "An invariant holds from every start and on all data.",
        ],
        goal=1,
    ),
    Number(
        "failures-first-right",
        r"The points are 1, 2 and 3, the means 1 and 3, the weights one half, the variances 1. What is the right log-likelihood after one iteration?",
        key=log_likelihood(_three, _first),
        unit="nats",
        slips=[
            Slip(
                log_likelihood(_three, Mixture(_first.weights, _first.means, _first.variances**2)),
                "That is what the slip prints: the new variance was taken for a standard deviation.",
                "eq:normal",
            ),
            Slip(log_likelihood(_three, _guess), "That is the log-likelihood of the start.", "eq:log-likelihood"),
        ],
        tolerance=2e-3,
        hints=[
            "One E-step, one M-step, then the log-likelihood.",
            "The chapter prints it, in the row of the right program.",
        ],
        goal=1,
    ),
    Number(
        "failures-old-excess",
        "In an M-step the mean of a component goes from 4 to 2.5, and its right variance is 3. Which variance does a program print that takes the squares about the old mean?",
        key=float(np.mean((_about - 4) ** 2)),
        slips=[
            Slip(3 + 1.5, "The step is squared.", "eq:old-mean"),
            Slip(3 - 1.5**2, "It comes out too large, not too small.", "eq:old-mean"),
            Slip(3, "Only where the mean stands still.", "eq:old-mean"),
        ],
        hints=["How far is the old mean from the new one?", "{eq}`eq:old-mean`."],
        goal=2,
    ),
    Formula(
        "failures-area",
        r"Somebody adds $K$ normal densities without weights. Which area has the sum? (Type `K`.)",
        key=F.K + 0,
        slips=[
            Slip(1 / F.K, "That is what a weight would have to be, if all were alike.", "eq:mixture-integral"),
            Slip(F.K**2, "Each density has the area one.", "eq:normal-integral"),
        ],
        hints=["What is the area of each?", "Areas add."],
        goal=2,
    ),
    Choice(
        "failures-suite",
        "A set of three tests passes. What do you know?",
        options=[
            Option("The program is right", "Seven of the ten slips of this chapter are caught by one invariant only."),
            Option(
                "It has none of the slips that one of the three would catch",
                "So plant some slips on purpose, and see which are caught.",
                right=True,
            ),
            Option("Nothing at all", "What the tests would have caught is excluded."),
        ],
        hints=["Look at the matrix.", "Which rows have their cross in another column?"],
        goal=3,
    ),
    Choice(
        "failures-balanced",
        "A test fits data from two groups of equal size and compares with the truth. Which slip does it let through?",
        options=[
            Option(
                "The weights left out of the E-step", "They are equal anyway: the slip assumes just that.", right=True
            ),
            Option("The means divided by $N$", "The means come out at half their size."),
            Option(
                "Densities added without weights",
                "A comparison of the density would show it; a comparison of parameters would not, with groups of any size.",
            ),
        ],
        hints=["For which data is a slip no slip?", "What does an E-step without weights assume?"],
        goal=3,
    ),
    Code(
        "failures-code-invariant",
        "Write `never_falls(values)`: whether a list of log-likelihoods never falls by more than rounding, `1e-9`.",
        function="never_falls",
        starter="def never_falls(values):\n    ...\n",
        solution="def never_falls(values):\n    return bool(np.all(np.diff(values) > -1e-9))\n",
        cases=lambda: [
            ([-5.0, -4.0, -4.0, -3.9],),
            ([-5.0, -4.0, -4.1, -3.0],),
            ([-5.0, -4.0, -4.0 - 1e-12],),
            ([-3.0, -4.0],),
            ([-4.0],),
            ([-5.0, -3.0, -4.0],),
        ],
        properties=[(lambda values, holds: holds in (True, False), "Return whether it holds: True or False.")],
        slips=[
            CodeSlip(
                "np.all(np.diff(values) > -1e-9)",
                "values[-1] >= values[0]",
                "You compared the end with the start. A fall in between goes unnoticed.",
                "eq:em-chain",
            ),
            CodeSlip("> -1e-9", "> 0", "Rounding, or a step that changes nothing, is no fall.", "eq:em-chain"),
            CodeSlip("np.all", "np.any", "`np.any` asks for one step that rises. Every step has to.", "eq:em-chain"),
        ],
        hints=["`np.diff` has the gains.", "All of them must be above `-1e-9`."],
        goal=1,
    ),
    Choice(
        "failures-exercise-1",
        options=[
            Option(
                "The moments stay, and the log-likelihood falls",
                "The variance of the mixture is no longer that of the data.",
            ),
            Option(
                "The moments do not stay, and the log-likelihood falls",
                "Both steps then speak of different things.",
                right=True,
            ),
            Option("Only the area is not one", "The density is not touched."),
        ],
        hints=["What is the variance of the new mixture?", "Run `report`."],
        level="thought",
    ),
    Hints(
        "failures-exercise-2",
        hints=["When do the factors cancel?", "Which of the invariants start with unequal variances, or come to them?"],
        level="challenge",
    ),
    Choice(
        "failures-exercise-3",
        options=[
            Option("None of the ten", "All ten treat the components alike.", right=True),
            Option(
                "The weights left out, for these tell the components apart",
                "They are left out of both components alike.",
            ),
            Option("All ten", "It holds for all of them: it is a weak invariant."),
        ],
        hints=["Which of the ten treat the components differently?", "Run it on all of them."],
        level="research",
    ),
]
