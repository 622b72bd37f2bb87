"""Questions on standard errors and intervals."""

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Hints, Number, Option, Slip

__all__ = ["QUESTIONS"]

_J = np.array([[5.0, 4.0], [4.0, 5.0]])
_inverse = np.linalg.inv(_J)
_p, _n = sp.Symbol("p", positive=True), sp.Symbol("N", positive=True)
_s, _more = sp.Symbol("s", positive=True), sp.Symbol("r", positive=True)

QUESTIONS = [
    Formula(
        "sure-mean",
        r"One normal with a known variance $\sigma^2$ is fitted to $N$ observations. Which standard error has its mean?",
        key=sp.sqrt(F.var / _n),
        slips=[
            Slip(F.var / _n, "That is the variance of the mean. The standard error is its root.", "eq:score-scatter"),
            Slip(sp.sqrt(F.var), "That is the standard deviation of one observation.", "eq:score-scatter"),
            Slip(_n / F.var, "That is the curvature. The error is one over its root.", "eq:observed-information"),
            Slip(sp.sqrt(F.var) / _n, "Errors fall like one over the *root* of $N$.", "eq:score-scatter"),
        ],
        hints=[r"The curvature of the log-likelihood is $N/\sigma^2$.", "One over its root."],
        goal=1,
    ),
    Formula(
        "sure-odds",
        r"A share $p$ has the standard error $s$ (type `p` and `s`). Which standard error have the odds $p / (1 - p)$?",
        key=_s * sp.diff(_p / (1 - _p), _p),
        slips=[
            Slip(_s * _p / (1 - _p), "An error is carried by the slope, not by the function.", "eq:delta-one"),
            Slip(_s / (1 - _p), "The derivative of $p/(1 - p)$ has the square below the line.", "eq:delta-one"),
            Slip(_s / (_p * (1 - _p)), "That is for the log odds.", "eq:delta-one"),
        ],
        hints=["Differentiate the odds by $p$.", "Multiply the error by the slope."],
        goal=2,
    ),
    Number(
        "sure-known",
        r"The observed information of two parameters is $J = \begin{bmatrix} 5 & 4 \\ 4 & 5 \end{bmatrix}$. What is the standard error of the first, the second being unknown?",
        key=float(np.sqrt(_inverse[0, 0])),
        slips=[
            Slip(
                float(1 / np.sqrt(5)),
                "That takes the second for known. First invert the matrix, then take the entry.",
                "eq:observed-information",
            ),
            Slip(float(_inverse[0, 0]), "That is the variance. Take the root.", "eq:observed-information"),
            Slip(
                float(np.sqrt(5)),
                "That is the root of the curvature; the error is one over it, after the inversion.",
                "eq:observed-information",
            ),
        ],
        hints=["Invert the whole matrix.", r"The first entry of the inverse is $5/9$."],
        goal=1,
    ),
    Number(
        "sure-wald",
        "A mean of 54.6 minutes has the standard error 0.7. Where does Wald's 95 per cent interval end on the right?",
        key=54.6 + 1.96 * 0.7,
        tolerance=5e-4,
        unit="minutes",
        slips=[
            Slip(54.6 + 0.7, "That is one standard error: about 68 per cent.", "eq:wald"),
            Slip(54.6 + 1.96 * 0.7**2, "The square of the error is a variance.", "eq:wald"),
            Slip(54.6 - 1.96 * 0.7, "That is the left end."),
        ],
        hints=["How many standard errors are 95 per cent, for a normal curve?", r"$54.6 + 1.96 \cdot 0.7$."],
        goal=3,
    ),
    Number(
        "sure-more",
        "A standard error is to become a third of what it is. How many times as many observations does that take?",
        key=sp.solve(sp.sqrt(F.var / (_more * _n)) - sp.sqrt(F.var / _n) / 3, _more)[0],
        tolerance=1e-6,
        slips=[
            Slip(3, "Errors fall like one over the root of $N$."),
            Slip(float(np.sqrt(3)), "The other way: the root of the number is what the error falls by."),
        ],
        hints=["Curvatures add up over the observations.", r"$1/\sqrt{N}$."],
        goal=1,
    ),
    Choice(
        "sure-alone",
        "Somebody computes each standard error from its own second derivative alone. What comes out?",
        options=[
            Option(
                "The right errors, if the sample is large",
                "The size of the sample does not matter: the others are treated as known.",
            ),
            Option(
                "Errors that are too small, where parameters depend on each other",
                "One over a diagonal entry is never more than the diagonal entry of the inverse.",
                right=True,
            ),
            Option("Errors that are too large", "Knowing the others can only help."),
        ],
        proof=lambda: bool(1 / _J[0, 0] < _inverse[0, 0]),
        hints=[
            "What is known about the other parameters in that calculation?",
            "Compare $1/J_{11}$ with the entry of the inverse.",
        ],
        goal=1,
    ),
    Choice(
        "sure-profile",
        "A Wald interval for a variance reaches below zero, and the profile interval does not. Which do you trust?",
        options=[
            Option(
                "Wald's, because it is symmetric",
                "The symmetry is that of the parabola that replaces the log-likelihood.",
            ),
            Option(
                "The profile's, because it follows the log-likelihood itself and does not depend on the scale",
                "It would give the same for the variance as for its logarithm.",
                right=True,
            ),
            Option(
                "Neither: the model must be wrong",
                "A log-likelihood is lopsided for a variance even where the model is right.",
            ),
        ],
        hints=[
            "Where does Wald's interval come from?",
            "What happens if the logarithm of the variance is the parameter?",
        ],
        goal=3,
    ),
    Choice(
        "sure-twice",
        r"By mistake every wait stands twice in the file. What happens to the estimates and to their errors?",
        options=[
            Option("Both stay", "The curvature is a sum over the observations, and now it has twice as many terms."),
            Option(
                r"The estimates stay, the errors shrink by $\sqrt 2$",
                "The errors take the copies for independent observations, and they are not.",
                right=True,
            ),
            Option("The estimates become more precise, because there are more data", "A copy tells nothing new."),
        ],
        hints=["What happens to $J$?", "What does $J$ take for granted of the observations?"],
        goal=4,
    ),
    Choice(
        "sure-model",
        "Which of these is *not* taken for granted by the standard errors of this chapter?",
        options=[
            Option(
                "That the data come from the model",
                "The information equality takes the mean with $f$ itself, so it is.",
            ),
            Option("That the observations are independent", "Variances were added, so it is."),
            Option("That the data are normal", "They come from a mixture, and a mixture is not normal.", right=True),
            Option(
                "That the log-likelihood is nearly a parabola at the top",
                "The slope was taken for a straight line, so it is.",
            ),
        ],
        hints=["What went into {eq}`eq:information-equality`?", "Which model is fitted here?"],
        level="thought",
        goal=4,
    ),
    Code(
        "sure-code-errors",
        "Write `standard_errors(J)` from the observed information `J`, a matrix.",
        function="standard_errors",
        starter="def standard_errors(J):\n    ...\n",
        solution="def standard_errors(J):\n    return np.sqrt(np.diag(np.linalg.inv(J)))\n",
        cases=lambda: [(_J,), (np.array([[9.0, 1.0, 0.5], [1.0, 4.0, 0.2], [0.5, 0.2, 2.0]]),)],
        properties=[
            (lambda J, se: np.shape(se) == (len(J),), "Return one error for each parameter."),
            (lambda J, se: np.all(np.asarray(se) > 0), "A standard error is positive."),
            (
                lambda J, se: np.all(np.asarray(se) >= 1 / np.sqrt(np.diag(J)) - 1e-9),
                "An error cannot be smaller than if the other parameters were known.",
            ),
        ],
        slips=[
            CodeSlip(
                "np.sqrt(np.diag(np.linalg.inv(J)))",
                "1 / np.sqrt(np.diag(J))",
                "This takes each parameter alone, as if the others were known.",
                "eq:observed-information",
            ),
            CodeSlip(
                "np.sqrt(np.diag(np.linalg.inv(J)))",
                "np.diag(np.linalg.inv(J))",
                "These are variances: take the root.",
                "eq:observed-information",
            ),
            CodeSlip("np.linalg.inv(J)", "J", "That is the curvature. Invert it first.", "eq:observed-information"),
        ],
        hints=["`np.linalg.inv` inverts, `np.diag` takes the diagonal.", "The root comes last."],
        goal=1,
    ),
    Number(
        "sure-exercise-1",
        unit="(the error of the odds)",
        key=float(np.sqrt(0.36 * 0.64 / 100) / 0.64**2),
        tolerance=0.01,
        slips=[
            Slip(float(np.sqrt(0.36 * 0.64 / 100)), "That is the error of the share."),
            Slip(float(np.sqrt(0.36 * 0.64 / 100) / (0.36 * 0.64)), "That is for the log odds."),
        ],
        hints=[r"The share has the error $\sqrt{\pi (1 - \pi) / N}$.", r"Multiply by the slope, $1 / (1 - \pi)^2$."],
    ),
    Number(
        "sure-exercise-2",
        unit="(the error of the sum)",
        key=float(np.sqrt(_inverse.sum())),
        slips=[
            Slip(
                float(np.sqrt(np.trace(_inverse))),
                "The two are not independent: twice the covariance comes in, and it is negative.",
                "eq:delta-two",
            ),
            Slip(
                float(np.sqrt(_inverse[0, 0] + _inverse[1, 1] - 2 * _inverse[0, 1])),
                "That is the difference.",
                "eq:delta-two",
            ),
            Slip(float(_inverse.sum()), "That is the variance. Take the root."),
        ],
        hints=["Invert the matrix first.", "Add all four entries of the inverse, and take the root."],
        level="thought",
    ),
    Number(
        "sure-exercise-3",
        unit="crabs",
        key=float(datasets.crabs().count.sum()) * (0.15 / 0.05) ** 2,
        tolerance=0.02,
        slips=[
            Slip(3000, "The error falls like one over the root of $N$: three times smaller takes nine times as many.")
        ],
        hints=["From 0.15 to 0.05 is a factor of 3.", "Errors fall like $1/\\sqrt{N}$."],
    ),
    Number(
        "sure-exercise-4",
        unit="times as large",
        key=float(1 / np.sqrt(2)),
        slips=[
            Slip(0.5, "The curvature doubles, the error has its root."),
            Slip(float(np.sqrt(2)), "They come out smaller."),
        ],
        hints=["By which factor does $J$ grow?", "The error is one over the root."],
        level="thought",
    ),
    Hints(
        "sure-exercise-5",
        hints=[
            "Put the best variance into the log-likelihood: the squares add up to $N$.",
            r"How far has it fallen at $t$? Set that to $1.96^2/2$.",
        ],
        level="challenge",
    ),
]
