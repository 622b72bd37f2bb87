"""The test at the end: a question for each chapter, and none that a chapter has asked."""

import math

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.em import e_step, log_likelihood, m_step
from gmm.mixture import Mixture
from gmm.practice.question import Choice, Formula, Number, Option, Slip

__all__ = ["QUESTIONS"]

_x = np.array([-1.0, 1.0])
_start = Mixture([0.25, 0.75], [-1.0, 1.0], [1.0, 1.0])
_after = m_step(_x, e_step(_x, _start))
_equal = m_step(_x, e_step(_x, Mixture([0.5, 0.5], [-1.0, 1.0], [1.0, 1.0])))
_mixed = Mixture([0.2, 0.8], [0, 5], [1, 4])
_pair = np.array([0.0, 3.0])
_fit = Mixture(1.0, 1.5, 2.25)
_gamma, _nk = sp.Symbol("gamma1", positive=True), sp.Symbol("N_1", positive=True)

QUESTIONS = [
    Number(
        "final-normal",
        "A normal density with standard deviation 2 has which height at its mean?",
        key=float(F.normal.subs({F.x: 0, F.mu: 0, F.var: 4})),
        slips=[
            Slip(
                float(F.normal.subs({F.x: 0, F.mu: 0, F.var: 2})),
                "You put 2, a standard deviation, in the place of the variance.",
                "eq:normal",
            ),
            Slip(
                float(F.normal.subs({F.x: 0, F.mu: 0, F.var: 16})),
                "You squared twice: the root of the variance, 2, stands below the line.",
                "eq:normal",
            ),
            Slip(1.0, "A factor stands before the exponential.", "eq:normal"),
        ],
        hints=["The exponential is 1.", r"$1/\sqrt{2\pi \cdot 4}$."],
    ),
    Number(
        "final-mixture",
        "A fifth of the values have mean 0 and variance 1, the rest mean 5 and variance 4. What is the variance of all?",
        key=_mixed.variance,
        slips=[
            Slip(float(_mixed.weights @ _mixed.variances), "That is the part *within* alone.", "eq:mixture-variance"),
            Slip(
                float(_mixed.weights @ (_mixed.means - _mixed.mean) ** 2),
                "That is the part *between* alone.",
                "eq:mixture-variance",
            ),
            Slip(
                float(_mixed.weights**2 @ _mixed.variances),
                "That is the variance of a weighted sum of two values.",
                "eq:mixture-variance",
            ),
        ],
        hints=["Within and between.", "The mean of all is 4."],
    ),
    Choice(
        "final-responsibilities",
        "Two components have equal variances, and the weight of the first grows. Where does the boundary go?",
        options=[
            Option("Towards the mean of the first", "That would take a part of the axis from it."),
            Option("Away from the mean of the first", "The heavier component gets more of the axis.", right=True),
            Option("It stays midway", "Midway holds for equal weights."),
        ],
        hints=["Which component gets more of the axis?", "{eq}`eq:boundary`."],
    ),
    Choice(
        "final-clustering",
        "You want to know how large each group is. What do you add up?",
        options=[
            Option("Verdicts", "A share of 0.3 would count 0 each time, and the error has always the same direction."),
            Option("Shares", "Their sums are the effective numbers.", right=True),
            Option("The larger of verdict and share", "That adds up to more than there is."),
        ],
        hints=["What happens to a rare narrow group under verdicts?", "{eq}`eq:membership`."],
    ),
    Number(
        "final-likelihood",
        "The observations are 0 and 3. What is the largest log-likelihood of one normal?",
        key=log_likelihood(_pair, _fit),
        unit="nats",
        slips=[
            Slip(
                log_likelihood(_pair, Mixture(1.0, 1.5, 4.5)),
                "You used the unbiased variance.",
                "eq:one-normal-solution",
            ),
            Slip(log_likelihood(_pair, Mixture(1.0, 1.5, 1.5)), "You passed the standard deviation.", "eq:normal"),
            Slip(math.exp(log_likelihood(_pair, _fit)), "That is the likelihood.", "eq:log-likelihood"),
        ],
        hints=["Mean 1.5, variance 2.25.", r"$-\frac{N}{2} (\log(2\pi\sigma^2) + 1)$."],
    ),
    Formula(
        "final-updates",
        r"Component 1 owns $N_1$ of $N$ observations (type `N1` and `N`). What is its new weight?",
        key=_nk / F.N,
        slips=[
            Slip(_nk, "A weight is a share.", "eq:update-weight"),
            Slip(F.N / _nk, "The quotient is upside down.", "eq:update-weight"),
        ],
        hints=["A weight is a share.", "{eq}`eq:update-weight`."],
    ),
    Number(
        "final-em",
        r"The data are $-1$ and $1$. The start has the weights $\frac14$ and $\frac34$, the means $-1$ and $1$ and the variances 1. What is $\pi_1$ after one iteration?",
        key=float(_after.weights[0]),
        slips=[
            Slip(float(_equal.weights[0]), "You left the weights out of the E-step.", "eq:e-step"),
            Slip(0.25, "The weights move as well.", "eq:update-weight"),
            Slip(
                2 * float(_after.weights[0]), "That is $N_1$. Divide by the number of observations.", "eq:update-weight"
            ),
        ],
        hints=[r"The odds of component 1 at $x$ are $\frac13 e^{-2x}$.", "Add its two shares, and halve."],
    ),
    Formula(
        "final-how-many",
        "How many free parameters has a mixture of $K$ components that all share one variance?",
        key=2 * F.K,
        slips=[
            Slip(3 * F.K - 1, "That is with a variance for each.", "eq:aic-bic"),
            Slip(2 * F.K + 1, "One weight is not free.", "eq:mixture-integral"),
            Slip(2 * F.K - 1, "The shared variance counts, too."),
        ],
        hints=["Means, one variance, and the weights.", r"$K + 1 + (K - 1)$."],
    ),
    Number(
        "final-sure",
        "A fit to 300 observations has a standard error of 0.6. About which error would one expect with 1200?",
        key=0.6 * math.sqrt(300 / 1200),
        slips=[
            Slip(0.15, "Errors fall like one over the *root* of the number.", "eq:score-scatter"),
            Slip(1.2, "More data, smaller errors."),
        ],
        hints=["Four times as many observations.", "Half the error."],
    ),
    Choice(
        "final-numerics",
        "Which of these sums up observations safely, whatever the mean is?",
        options=[
            Option(
                "The mean of the squares less the square of the mean", "It loses all digits when the mean is large."
            ),
            Option(
                "The mean square about any number near the mean, corrected by the squared distance",
                "An error of that number enters as its square.",
                right=True,
            ),
            Option(
                "The variance in units so large that the mean is small",
                "The quotient of mean and standard deviation does not change with the unit.",
            ),
        ],
        hints=["What matters is mean over standard deviation.", "{eq}`eq:old-mean`."],
    ),
    Number(
        "final-sums",
        "Part A has 10 values with mean 2, part B has 30 with mean 6. What is the mean of all?",
        key=(10 * 2 + 30 * 6) / (10 + 30),
        slips=[
            Slip(4, "Each part counts by its size.", "eq:sum-of-parts"),
            Slip(3, "You gave each part the size of the other.", "eq:sum-of-parts"),
        ],
        hints=["Sums add, means do not.", "$(20 + 180) / 40$."],
    ),
    Choice(
        "final-engine",
        "A climb ends where the gradient is zero. What else must be looked at before it is called a maximum?",
        options=[
            Option("Whether the log-likelihood is negative", "Its sign depends on the unit."),
            Option(
                "Whether all eigenvalues of the Hessian are negative",
                "One positive eigenvalue makes it a saddle.",
                right=True,
            ),
            Option("Whether the weights are all above zero", "They may be, at a saddle as well."),
        ],
        hints=["Which places are flat?", "Which way does the surface bend?"],
    ),
    Choice(
        "final-failures",
        "Which test exposes an E-step without weights, on any data?",
        options=[
            Option("That the rows of the responsibilities sum to one", "They do."),
            Option(
                "That the log-likelihood never falls",
                "The theorem holds for the right responsibilities only.",
                right=True,
            ),
            Option("That the fit finds the truth where both groups are equal", "There the slip is none."),
        ],
        hints=["Which property uses the weights?", "Look at the first row of the matrix in [](failures.ipynb)."],
    ),
]
