"""Questions on how the fit climbs."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_g1, _g2 = sp.Symbol("gamma1", positive=True), sp.Symbol("gamma2", positive=True)
_s, _l = sp.Symbol("s", positive=True), sp.Symbol("lambda", real=True)
_H = np.array([[-4.0, 0.0], [0.0, 1.0]])
_slope = np.array([2.0, 1.0])
_step = _slope / np.abs(np.diag(_H))


def _nodes(h):
    """Return how many nodes a cell of h standard deviations takes for an error of 1e-15."""
    y = np.pi / h
    return 15 / np.log10(y + np.sqrt(1 + y**2))


def _end(way, *means):
    """Return where sixty steps from two means end: of EM, or of Newton's method."""
    for _ in range(60):
        scope = shown.basins().scope(dict(zip(("mu1", "mu2"), means)))
        means = [float(shown.basins().call(f"{way}{j}", scope)) for j in (1, 2)]
    return means


def _height(means):
    """Return the log-likelihood at two means."""
    return float(shown.basins().call("logL", shown.basins().scope(dict(zip(("mu1", "mu2"), means)))))


QUESTIONS = [
    Guess(
        "engine-guess-names",
        r"Before you move it: in {numref}`fig-basins` the start goes to $\mu_1 = 90$ and $\mu_2 = 50$, so that the component with the smaller weight begins at the long waits. Where do EM and Newton's method end?",
        options=[
            Option(
                "On the same top as from everywhere",
                "There are two hills, and no step crosses the valley between them here.",
            ),
            Option(
                "On another top, which is lower",
                "Weights and variances stay as they are, and do not suit these means.",
                right=True,
            ),
            Option(
                "EM on a top and Newton's method nowhere",
                "Near enough to a top Newton's method finds it, whichever top it is.",
            ),
        ],
        proof=lambda: (
            _height(_end("em", 90, 50)) < _height(_end("em", 50, 80)) - 10
            and np.allclose(_end("em", 90, 50), _end("newton", 90, 50), atol=1e-6)
        ),
        figure=shown.basins,
        state={"mu1": 90, "mu2": 50},
        hints=["How many hills are on the map?", "On which side of the diagonal is the start?"],
        goal=3,
    ),
    Goal(
        "engine-goal-apart",
        r"In {numref}`fig-basins`, find a start from which the first step of EM moves $\mu_1$ to the left by more than a minute, and Newton's to the right by more than a minute.",
        figure=shown.basins,
        predicate=sp.And(F.mean(1) - 1 > named("em1"), named("newton1") > F.mean(1) + 1),
        state={"mu1": 92, "mu2": 70},
        hints=[
            "EM goes uphill. Newton's method goes to the flat place of a parabola: which way is that where the surface bends up?",
            "Try the part of the map without a colour, far to the right.",
        ],
        goal=3,
    ),
    Number(
        "engine-step",
        r"In one direction the slope is 2 and the second derivative is $-4$. How long is Newton's step?",
        key=float(_step[0]),
        slips=[
            Slip(-0.5, "Uphill: the step has the sign of the slope where the surface bends down.", "eq:newton-step"),
            Slip(2, "That is the slope over half the curvature, or the quotient upside down.", "eq:newton-step"),
            Slip(8, "Divide the slope by the curvature.", "eq:newton-step"),
        ],
        hints=[
            "The parabola with this slope and curvature: where is its top?",
            "Slope over the size of the second derivative.",
        ],
        goal=3,
    ),
    Number(
        "engine-saddle",
        r"In another direction the slope is 1 and the second derivative is $+1$: the surface bends up. Which step does the climb of this chapter take?",
        key=float(_step[1]),
        slips=[
            Slip(-1, "That is the plain step, which goes down to the bottom of the parabola.", "eq:newton-step"),
            Slip(0, "The slope is not zero: it climbs.", "eq:newton-step"),
        ],
        hints=[
            "The plain Newton step goes to where the slope is zero. Is that up?",
            r"Use $|\lambda|$ in the place of $-\lambda$.",
        ],
        goal=3,
    ),
    Formula(
        "engine-residual",
        r"The mean of the step before is off by $d$, and the standard deviation is $\sigma$ (type `d` and `sigma`). The variance of the residual form is a difference of two rounded numbers: by which factor is its relative error larger than that of one rounding? (Give $1 + \dots$, as in {eq}`eq:cancellation`.)",
        key=1 + sp.Symbol("d", positive=True) ** 2 / F.var,
        slips=[
            Slip(
                1 + sp.Symbol("d", positive=True) / sp.sqrt(F.var),
                "The mean of the squares is compared with the variance: both are squares.",
                "eq:residual-error",
            ),
            Slip(
                sp.Symbol("d", positive=True) ** 2 / F.var,
                "Even with $d = 0$ there is one rounding.",
                "eq:residual-error",
            ),
        ],
        hints=["What stands for the mean in {eq}`eq:cancellation`?", "The residuals have the mean $d$."],
        goal=1,
    ),
    Formula(
        "engine-score",
        r"What does an observation $x$ with the responsibility $\gamma_1$ (type `gamma1`) add to the slope in $\mu_1$?",
        key=_g1 * (F.x - F.mean(1)) / F.variance(1),
        slips=[
            Slip((F.x - F.mean(1)) / F.variance(1), "The component has only its share of the observation.", "eq:score"),
            Slip(_g1 * (F.x - F.mean(1)) / sp.sqrt(F.variance(1)), "Divide by the variance.", "eq:score"),
            Slip(_g1 * (F.mean(1) - F.x) / F.variance(1), "The sign is turned.", "eq:score"),
        ],
        hints=["The same as in the chapter on the likelihood.", "{eq}`eq:slope-mean`, for one observation."],
        goal=3,
    ),
    Choice(
        "engine-floor",
        r"Why does a fit put a floor under the exponents?",
        options=[
            Option(
                "So that no exponential is a subnormal number",
                "Arithmetic with those is slow. A share of $e^{-700}$ is as good as none.",
                right=True,
            ),
            Option("So that far observations count more", "A share of $e^{-700}$ counts for nothing."),
            Option(
                "So that the likelihood has a maximum",
                "The floor under *variances* would do that, not the one under exponents.",
            ),
        ],
        hints=["What happens between −708 and −745?", "Is it digits or time that the floor saves?"],
        goal=1,
    ),
    Choice(
        "engine-cells",
        r"A component is narrow, $\sigma = 0.02$, and the cells are 0.4 wide. What must a fit do?",
        options=[
            Option(
                "Nothing: sixteen nodes are enough for every cell",
                "They are enough for cells of three quarters of a standard deviation.",
            ),
            Option(
                "Cut the cells anew, in one more reading of the data",
                "The width is to be measured by the narrowest component.",
                right=True,
            ),
            Option("Give up the component", "It may be real."),
        ],
        hints=[r"How wide is the cell in units of $\sigma$?", "Is the share smooth across it?"],
        goal=2,
    ),
    Choice(
        "engine-certificate",
        "A certificate says: the gradient is zero to rounding, and the largest eigenvalue of the Hessian is $+0.3$. What is the place?",
        options=[
            Option("A maximum", "In one direction the surface bends up."),
            Option("A saddle", "Flat, and upwards in one direction: a small step that way climbs.", right=True),
            Option("A ridge", "On a ridge the largest eigenvalue would be zero."),
        ],
        hints=[
            "What do all eigenvalues have to be at a maximum?",
            "Which way does the surface bend where one is positive?",
        ],
        goal=4,
    ),
    Choice(
        "engine-zero-eigenvalue",
        "An eigenvalue of the Hessian is printed as $-10^{-14}$, where the largest has the size of $10^3$. May one say that the maximum is a ridge?",
        options=[
            Option(
                "Yes, for it is zero to rounding",
                "Zero to rounding says that it cannot be told from zero, not that it is zero.",
            ),
            Option(
                "No: rounding alone makes eigenvalues of that size, so it can be said neither way",
                "Take another unit, or another route, before you say anything.",
                right=True,
            ),
            Option("No: it is negative, so it is a proper maximum", "Its sign is the accident of a rounding."),
        ],
        hints=[r"How large is one rounding of a number of the size of $10^3$?", "What can a number of that size tell?"],
        level="thought",
        goal=4,
    ),
    Number(
        "engine-wide-cells",
        r"How many nodes does a cell of width $h = 0.75\,\sigma$ take for an error of $10^{-15}$, by {eq}`eq:node-error`?",
        key=float(np.ceil(_nodes(0.75))),
        tolerance=0.04,
        unit="nodes",
        slips=[
            Slip(float(np.ceil(_nodes(1.5))), "That is for cells twice as wide."),
            Slip(15, "Fifteen digits, but each node wins a little less than one.", "eq:node-error"),
        ],
        hints=[r"How many digits does each node win?", r"$15 / \log_{10} \rho$, rounded up."],
        goal=2,
    ),
    Code(
        "engine-code-step",
        "Write `newton_step(gradient, hessian)` with the size of each eigenvalue, so that it never goes down: along each eigenvector, the slope over $|\\lambda|$.",
        function="newton_step",
        starter="def newton_step(gradient, hessian):\n    ...\n",
        solution=(
            "def newton_step(gradient, hessian):\n"
            "    values, vectors = np.linalg.eigh(hessian)\n"
            "    return vectors @ (vectors.T @ gradient / np.abs(values))\n"
        ),
        cases=lambda: [
            (_slope, _H),
            (np.array([1.0, -2.0, 0.5]), np.array([[-3.0, 1.0, 0.0], [1.0, 2.0, 0.5], [0.0, 0.5, -1.0]])),
        ],
        properties=[
            (lambda g, H, step: np.shape(step) == np.shape(g), "Return a step with an entry for each parameter."),
            (lambda g, H, step: g @ step > 0, "Your step goes down: its product with the gradient has to be positive."),
        ],
        slips=[
            CodeSlip(
                "np.abs(values)",
                "(-values)",
                "That is the plain Newton step: where the surface bends up it goes down, to a saddle.",
                "eq:newton-step",
            ),
            CodeSlip(
                "    return vectors @ (vectors.T @ gradient / np.abs(values))\n",
                "    return gradient / np.abs(values)\n",
                "The slopes have to be taken along the eigenvectors, and the step turned back.",
                "eq:newton-step",
            ),
            CodeSlip(
                "/ np.abs(values)",
                "* np.abs(values)",
                "Divide by the curvature: where it is strong, the top is near.",
                "eq:newton-step",
            ),
        ],
        hints=[
            "`np.linalg.eigh` gives eigenvalues, and eigenvectors as columns.",
            "Into the eigenvectors, divide, and back.",
        ],
        level="thought",
        goal=3,
    ),
    Number(
        "engine-exercise-1",
        unit="nodes",
        tolerance=0.03,
        key=float(np.ceil(_nodes(1.5))),
        slips=[
            Slip(float(np.ceil(_nodes(0.75))), "That is for the narrower cells."),
            Slip(2 * float(np.ceil(_nodes(0.75))), "Not twice as many: look at $\\log_{10} \\rho$."),
        ],
        hints=["How many digits does a node win in the wider cell?", r"$15 / \log_{10} \rho$ with the new $\rho$."],
        level="thought",
    ),
    Hints(
        "engine-exercise-2",
        hints=["Which way does the surface bend out there?", "Print the eigenvalues at the start."],
        level="challenge",
    ),
    Number(
        "engine-exercise-3",
        unit="observations, for 34 evaluations on 338 nodes",
        tolerance=0.02,
        key=34 * 338 / 9,
        slips=[
            Slip(34 * 338, "Ten plain steps stand against the fit: $EM + N < 10 N$."),
            Slip(34 * 338 / 10, "The fit reads the data once as well, which leaves nine steps."),
        ],
        hints=[
            "Count the exponentials of both, for one component.",
            "Solve $EM + N < 10 N$ with the numbers of the chapter.",
        ],
        level="thought",
    ),
    Hints(
        "engine-exercise-4",
        hints=["How large is $d$ in the first step, and in the second?", "Use {eq}`eq:residual-error`."],
        level="challenge",
    ),
    Hints(
        "engine-exercise-5",
        hints=["What is a share at the floor?", "Add up 272 of them."],
        level="research",
    ),
]
