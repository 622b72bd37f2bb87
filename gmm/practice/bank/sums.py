"""Questions on sums in the place of data."""

from dataclasses import astuple

import numpy as np
import sympy as sp

from gmm.engine.exact import Statistics
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_halves = (np.array([0.0, 1.0, 2.0]), np.array([4.0, 8.0]))
_d, _m = sp.Symbol("d", real=True), sp.Symbol("m", real=True)
_sq, _nk = sp.Symbol("S_1", positive=True), sp.Symbol("N_1", positive=True)
_t = np.random.default_rng(8).uniform(-1, 1, 30)


def _sent(n_components):
    """Return how many numbers the statistics of a part hold, beside the mixture that all workers know."""
    alike = Mixture(np.full(n_components, 1 / n_components), np.arange(n_components), np.ones(n_components))
    _, *sums = astuple(Statistics.of(_t, alike))
    return sum(np.size(each) for each in sums)


def _part(part, power):
    """Return a sum of the figure, with the cut far to the left."""
    return float(shown.parts().call(f"{part}{power}", shown.parts().scope({"cut": -2.4})))


QUESTIONS = [
    Guess(
        "sums-guess-width",
        r"Before you move it: in {numref}`fig-nodes` the cell becomes 16 standard deviations wide. How many nodes are then enough?",
        options=[
            Option("Six, as before", "The share becomes a cliff, and no polynomial of degree five follows a cliff."),
            Option("Sixteen, the most that the slider has", "Even these do not follow it."),
            Option(
                "More than the slider has",
                "A polynomial follows what is smooth *across the cell*: make the cell narrow instead.",
                right=True,
            ),
        ],
        figure=shown.nodes,
        state={"p": 16, "h": 16},
        hints=[r"What does $\gamma(t)$ look like in a wide cell?", "What do polynomials follow well?"],
        goal=2,
    ),
    Goal(
        "sums-goal-few",
        r"In {numref}`fig-nodes`, come within a millionth of the sum with at most five nodes.",
        figure=shown.nodes,
        predicate=sp.And(
            sp.Symbol("p", integer=True, positive=True) < sp.Rational(11, 2),
            sp.Rational(1, 10**6) > named("error"),
        ),
        state={"p": 5, "h": 0.25},
        hints=["The number of nodes is one slider. What is the other?", "Make the cell narrow."],
        goal=2,
    ),
    Guess(
        "sums-guess-cut",
        "Before you move it: in {numref}`fig-parts` the cut goes to the left, until the first part holds next to nothing. What becomes of the three sums of the whole?",
        options=[
            Option("They fall, for a part is lost", "No value is lost: what leaves one part enters the other."),
            Option(
                "They stay as they are", "A sum does not ask in which order or in which parts one adds.", right=True
            ),
            Option(
                "They turn to those of the larger part, which differ a little", "They are the sums of both, always."
            ),
        ],
        proof=lambda: all(abs(_part("whole", power) / _part("other", power) - 1) < 0.05 for power in (0, 1, 2)),
        figure=shown.parts,
        state={"cut": -2.4},
        hints=["Which values are in neither part?", "Does a sum depend on the order?"],
        goal=1,
    ),
    Goal(
        "sums-goal-cut",
        r"In {numref}`fig-parts`, cut so that both parts own as much of the first component: their $\sum \gamma$ differ by less than 4.",
        figure=shown.parts,
        predicate=sp.Abs(named("one0") - named("other0")) < 4,
        state={"cut": -0.3},
        hints=[
            r"The readout has both terms of $\sum \gamma$.",
            "Cut further to the left, where the first component lies.",
        ],
        goal=1,
    ),
    Number(
        "sums-parts",
        "Part A holds 0, 1 and 2, part B holds 4 and 8. Each sends how many values it has and their sum. What is the mean of all?",
        key=float(np.concatenate(_halves).mean()),
        slips=[
            Slip(
                float(np.mean([part.mean() for part in _halves])),
                "That is the mean of the two means. The parts differ in size: add the sums and the counts.",
                "eq:sum-of-parts",
            ),
            Slip(15, "That is the sum. Divide by the count."),
        ],
        hints=["Which sums add?", "$(3 + 12) / (3 + 2)$."],
        goal=1,
    ),
    Formula(
        "sums-residual-variance",
        r"A component owns $N_1$, and about the number $m$ of the step before its residuals have the weighted average $d$ and the weighted sum of squares $S_1$. Give the new variance (type `N1`, `S1`, `d`).",
        key=_sq / _nk - _d**2,
        slips=[
            Slip(_sq / _nk, "That is the mean square about $m$. The mean has moved by $d$.", "eq:residual-step"),
            Slip(_sq / _nk + _d**2, "The squared step comes off, not on top.", "eq:residual-step"),
            Slip(_sq - _d**2, "Divide the sum of squares by $N_1$ first.", "eq:residual-step"),
            Slip(_sq / _nk - _d, "The step is squared.", "eq:residual-step"),
        ],
        hints=[
            "{eq}`eq:old-mean`, solved for the variance.",
            "The mean of the squares less the square of the mean, of the *residuals*.",
        ],
        goal=1,
    ),
    Number(
        "sums-numbers",
        "How many sums does a worker send for one EM step with five components, if the log-likelihood is wanted, too?",
        key=_sent(5),
        tolerance=1e-6,
        slips=[
            Slip(15, "And the log-likelihood."),
            Slip(5, "Each component asks for three sums."),
            Slip(10, "Count, sum and sum of squares: three for each component."),
        ],
        hints=[r"Of $\gamma$, of $\gamma D$ and of $\gamma D^2$.", "$3K + 1$."],
        goal=1,
    ),
    Number(
        "sums-chebyshev",
        r"What is $T_3(0.5)$?",
        key=float(np.cos(3 * np.arccos(0.5))),
        slips=[
            Slip(float(np.cos(3 * np.arccos(0.5))) * -0.5, "That is $T_2(0.5)$: once more.", "eq:chebyshev-moments"),
            Slip(0.125, "That is the power $t^3$.", "eq:chebyshev-moments"),
            Slip(1, "Check the sign: $\\arccos 0.5$ is a sixth of the circle.", "eq:chebyshev-moments"),
        ],
        hints=[r"$T_m(t) = \cos(m \arccos t)$.", r"$\arccos 0.5 = \pi/3$."],
        goal=2,
    ),
    Choice(
        "sums-adds",
        "Which of these can be had from parts that never meet, each sending a few numbers?",
        options=[
            Option("The median", "It is no sum of something over the observations."),
            Option("The variance", "Counts, sums and sums of squares add.", right=True),
            Option("The median of the medians, which is the median", "It is not the median."),
        ],
        hints=["Is it made of sums over the observations?", "{eq}`eq:sum-of-parts` is about sums."],
        goal=1,
    ),
    Choice(
        "sums-negative",
        "One of the weights of the nodes is negative. What does it mean?",
        options=[
            Option("A slip: no value can be observed a negative number of times", "Nodes are no observations."),
            Option(
                "Nothing bad: the weights are numbers that make sums come out right",
                "The sums of all polynomials of low degree are those of the data.",
                right=True,
            ),
            Option("That too few nodes were used", "It happens with any number of them."),
        ],
        hints=["Are the nodes observations?", "Which sums do the weights have to give?"],
        goal=2,
    ),
    Choice(
        "sums-average",
        "When may the fits of the parts be averaged?",
        options=[
            Option(
                "Always, for the law of large numbers holds in each",
                "Parts that differ have different fits, and the average fits none of them.",
            ),
            Option(
                "When each part is a large random sample of the whole, and the components are put in one order",
                "Then the fits differ by chance only. Sums need no such luck.",
                right=True,
            ),
            Option("Never", "With random parts it is nearly as good; what is exact are sums."),
        ],
        hints=["What if the large values came late?", "Are the components numbered alike in each part?"],
        level="thought",
        goal=3,
    ),
    Choice(
        "sums-two-readings",
        "Why does a fit by nodes read the data twice?",
        options=[
            Option(
                "Because the first reading is only for counting",
                "It makes the nodes; the blocks to choose the unit from are read before.",
            ),
            Option(
                "To make the nodes, and then to compute the exact sums at the end point",
                "So that what it says of the end is true whatever the cells were.",
                right=True,
            ),
            Option(
                "Once for the E-step and once for the M-step",
                "On the nodes it takes as many steps as it likes, without the data.",
            ),
        ],
        hints=[
            "What is done on one machine in between?",
            "What proves that the end point is an end point of the data?",
        ],
        goal=3,
    ),
    Code(
        "sums-code-moments",
        r"Write `moments(t, p)`: the sums over the values `t` of the first `p` Chebyshev polynomials, $M_0$ to $M_{p-1}$.",
        function="moments",
        starter="def moments(t, p):\n    ...\n",
        solution="def moments(t, p):\n    return np.array([np.cos(m * np.arccos(t)).sum() for m in range(p)])\n",
        cases=lambda: [(_t, 5), (shown.cell(), 8)],
        properties=[
            (lambda t, p, M: np.shape(M) == (p,), "Return an array of p moments."),
            (
                lambda t, p, M: np.isclose(M[0], len(t)),
                "The first polynomial is 1, so the first moment counts the values.",
            ),
            (lambda t, p, M: np.isclose(M[1], t.sum()), "The second polynomial is t itself."),
        ],
        slips=[
            CodeSlip("range(p)", "range(1, p + 1)", "The moments begin with $M_0$.", "eq:chebyshev-moments"),
            CodeSlip(".sum()", ".mean()", "Moments are sums, so that those of parts add.", "eq:chebyshev-moments"),
            CodeSlip(
                "np.cos(m * np.arccos(t))",
                "(t**m)",
                "Those are powers, which are almost alike when they are high.",
                "eq:chebyshev-moments",
            ),
        ],
        hints=[r"$T_m(t) = \cos(m \arccos t)$.", "`np.cos(m * np.arccos(t)).sum()` for each m."],
        goal=2,
    ),
    Number(
        "sums-exercise-1",
        unit="numbers",
        tolerance=1e-6,
        key=_sent(3),
        slips=[Slip(9, "And the log-likelihood."), Slip(3, "That many for each component.")],
        hints=["Three sums for each component.", "And the log-likelihood."],
    ),
    Choice(
        "sums-exercise-2",
        options=[
            Option("The median of the medians", "Try three parts of unequal shape: it is not."),
            Option("The mean of the medians", "The median is no sum."),
            Option(
                "Neither",
                "But what counts the values below a place adds, and a search over places finds the median.",
                right=True,
            ),
        ],
        proof=lambda: float(np.median([np.median(p) for p in _halves])) != float(np.median(np.concatenate(_halves))),
        hints=["Is the median a sum over the observations?", "Is there something that adds and leads to it?"],
        level="thought",
    ),
    Hints(
        "sums-exercise-3",
        hints=[r"From where to where does $t$ run?", "Are terms of different functions $g$ added?"],
        level="thought",
    ),
    Number(
        "sums-exercise-4",
        unit="standard errors",
        tolerance=0.03,
        key=float(np.sqrt(200_000 / 561)),
        slips=[Slip(200_000 / 561, "Errors fall like one over the root of $N$.")],
        hints=["Errors fall like $1/\\sqrt{N}$.", r"$\sqrt{200\,000 / 561}$."],
        level="challenge",
    ),
    Hints(
        "sums-exercise-5",
        hints=["A block may be a pair of values and weights.", "Weights of 2 for the first part, 1 for the others."],
    ),
]
