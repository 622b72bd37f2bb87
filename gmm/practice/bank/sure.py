"""Questions on standard errors and intervals."""

import numpy as np
import sympy as sp

from gmm import datasets
from gmm import formulas as F
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_J = np.array([[5.0, 4.0], [4.0, 5.0]])
_inverse = np.linalg.inv(_J)
_ridge = np.array([[8.0, 4.0], [4.0, 3.0]])
_p, _n = sp.Symbol("p", positive=True), sp.Symbol("N", positive=True)
_s, _more = sp.Symbol("s", positive=True), sp.Symbol("r", positive=True)
_draw = sp.Symbol("draw", positive=True)
_one, _other = sp.Symbol("s1", positive=True), sp.Symbol("s2", positive=True)
_normal_99 = float(Mixture(1.0, 0.0, 1.0).quantile(0.995))
_scores = np.array([[1.0, 0.5], [-2.0, 0.3], [0.4, -1.5], [0.6, 0.7]])


def _widths():
    """Return the median width of the intervals of the figure that hold the truth, and of those that miss it."""
    low, high = np.split(shown.coverage().data, 2)
    hold = (low <= 0.5) & (high >= 0.5)
    return np.median((high - low)[hold]), np.median((high - low)[~hold])


QUESTIONS = [
    Guess(
        "sure-guess-coverage",
        r"Before you draw: some of the intervals of {numref}`fig-coverage` miss the truth. Which will these be?",
        options=[
            Option("The short ones", "Where the fit has gone astray, the hill looks narrow there as well.", right=True),
            Option("The long ones", "A long interval reaches far, and is more likely to hold the truth."),
            Option(
                "Any, without regard to their length", "The length is estimated too, and goes astray with the weight."
            ),
        ],
        proof=lambda: (widths := _widths())[1] < widths[0] / 1.5,
        figure=shown.coverage,
        state={"draw": 60},
        hints=["Where does a fit go that is far off?", "How does the hill look near a weight of 0 or 1?"],
        goal=4,
    ),
    Goal(
        "sure-goal-coverage",
        r"In {numref}`fig-coverage`, be somebody who stops when it suits: find a number of samples above 20 after which more than 90 per cent of the intervals hold the truth.",
        figure=shown.coverage,
        predicate=sp.And(_draw > 20, named("share") > 90 + sp.Rational(1, 10)),
        state={"draw": 33},
        hints=["The share goes up and down as the samples come.", "Stop before a miss, after many hits."],
        answer="After 31 to 33 samples. From few repetitions a coverage is not known, and less so if one may choose when to stop.",
        goal=4,
    ),
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
        r"The observed information of two parameters is $J = \begin{bmatrix} 8 & 4 \\ 4 & 3 \end{bmatrix}$. What is the standard error of the first, the second being unknown?",
        key=float(np.sqrt(np.linalg.inv(_ridge)[0, 0])),
        slips=[
            Slip(
                float(1 / np.sqrt(8)),
                "That takes the second for known. First invert the matrix, then take the entry.",
                "eq:observed-information",
            ),
            Slip(float(np.linalg.inv(_ridge)[0, 0]), "That is the variance. Take the root.", "eq:observed-information"),
            Slip(
                float(np.sqrt(8)),
                "That is the root of the curvature; the error is one over it, after the inversion.",
                "eq:observed-information",
            ),
        ],
        hints=["Invert the whole matrix.", r"The first entry of the inverse is $3/8$."],
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
        "sure-profile-99",
        "A profile interval is to hold the truth in 99 cases of 100, for which a normal curve takes 2.576 standard errors. By how many nats may the profile have fallen at its ends?",
        key=_normal_99**2 / 2,
        unit="nats",
        slips=[
            Slip(1.96**2 / 2, "That is for 95 per cent.", "eq:profile"),
            Slip(_normal_99**2, "A parabola falls by *half* of the squared number of errors.", "eq:profile"),
            Slip(_normal_99, "That is the number of errors. The fall is half its square.", "eq:profile"),
        ],
        hints=["For 95 per cent it is 1.92. Where did that come from?", "$2.576^2 / 2$."],
        goal=3,
    ),
    Choice(
        "sure-flat",
        r"In the coordinates $a_k$ of {eq}`eq:coordinates` the matrix $J$ has no inverse. Why?",
        options=[
            Option(
                "Adding one number to all $a_k$ changes no weight: that way the log-likelihood is flat",
                "So $J$ has the eigenvalue 0, and nobody wants to know how far along it the $a_k$ are.",
                right=True,
            ),
            Option("The components overlap", "Then $J$ has a small eigenvalue, and not zero."),
            Option("There are too few observations", "With more it is as flat."),
        ],
        proof=lambda: np.linalg.matrix_rank(np.array([[1, -1], [-1, 1]])) == 1,
        hints=["Put $a_k + 1$ in the place of each $a_k$.", "What does the quotient do?"],
        goal=2,
    ),
    Number(
        "sure-share",
        "Of 150 intervals 117 held the truth, a share of 0.78. What is the standard error of that share?",
        key=float(np.sqrt(0.78 * 0.22 / 150)),
        tolerance=0.01,
        slips=[
            Slip(0.78 * 0.22 / 150, "That is the variance. Take the root."),
            Slip(float(np.sqrt(0.78 / 150)), "The other share, 0.22, is left out."),
            Slip(float(np.sqrt(0.78 * 0.22)), "That is for one interval."),
        ],
        hints=["Each interval holds or does not: a throw of a coin.", r"$\sqrt{p (1 - p) / 150}$."],
        goal=4,
    ),
    Number(
        "sure-sandwich",
        "For one parameter the curvature is $J = 100$, and the squares of the scores add up to 400. What is the standard error by the sandwich?",
        key=float(np.sqrt(400) / 100),
        slips=[
            Slip(float(1 / np.sqrt(100)), "That is by the curvature alone, as if the model were true.", "eq:sandwich"),
            Slip(400 / 100**2, "That is the variance. Take the root.", "eq:sandwich"),
            Slip(
                float(1 / np.sqrt(400)),
                "The squares stand between two inverses of $J$, not below the line.",
                "eq:sandwich",
            ),
            Slip(float(np.sqrt(400 / 100)), "$J$ stands on both sides: its square is below the line.", "eq:sandwich"),
        ],
        hints=["$J^{-1}$ on both sides of the sum of squares.", r"$\sqrt{400} / 100$."],
        goal=4,
    ),
    Choice(
        "sure-mends",
        "Which of these does the sandwich mend?",
        options=[
            Option(
                "That the model is not true",
                "It takes the scatter of the scores from the data instead of from the model.",
                right=True,
            ),
            Option(
                "That neighbouring observations depend on each other",
                "It adds squares of single scores; blocks mend that.",
            ),
            Option("That one component is too many", "Then there is no inverse that it could stand between."),
            Option("That the observations are few", "It trusts the straight slope as the curvature does."),
        ],
        hints=["What was replaced in {eq}`eq:score-scatter`?", "Which equality needs the model?"],
        goal=4,
    ),
    Choice(
        "sure-blocks",
        "After a long wait a short one is likely. The error of the weight by blocks is smaller than by the information. Why?",
        options=[
            Option("A block bootstrap always gives less", "Where like follows like it gives more."),
            Option(
                "Turns that are taken keep the share of short waits close to its mean",
                "If they were taken strictly, the share would not scatter at all.",
                right=True,
            ),
            Option("There are fewer blocks than waits", "Fewer pieces alone would make it larger."),
        ],
        hints=["How much would the share scatter if short and long took turns strictly?", "What does a block keep?"],
        goal=4,
    ),
    Choice(
        "sure-root",
        "The likelihood of a mixture has no largest value. What is it, then, that scatters like a normal curve about the truth?",
        options=[
            Option(
                "The root of the equations that lies near the truth",
                "That it exists is a theorem; `fit` has to find it among others.",
                right=True,
            ),
            Option("The highest point that a program finds", "It may stand on two close observations, anywhere."),
            Option("The mean of all maxima", "Nothing is known about that."),
        ],
        hints=["Which theorem does [](likelihood.ipynb) quote?", "Is it about the highest point?"],
        goal=4,
    ),
    Formula(
        "sure-boundary",
        r"With equal weights and variances the boundary is $(\mu_1 + \mu_2)/2$. The means are well apart, so their errors $s_1$ and $s_2$ are nearly independent. Which error has the boundary? (Type `s1` and `s2`.)",
        key=sp.sqrt(_one**2 + _other**2) / 2,
        slips=[
            Slip((_one + _other) / 2, "Variances add, standard errors do not.", "eq:delta-two"),
            Slip(sp.sqrt(_one**2 + _other**2), "The slopes are one half.", "eq:delta-two"),
            Slip(
                sp.sqrt((_one**2 + _other**2) / 2), "The slopes are squared: a quarter, under the root.", "eq:delta-two"
            ),
            Slip((_one**2 + _other**2) / 4, "That is the variance. Take the root.", "eq:delta-two"),
        ],
        hints=["Both slopes are one half.", r"The variance is $\tfrac14 s_1^2 + \tfrac14 s_2^2$."],
        goal=5,
    ),
    Choice(
        "sure-percentile",
        "A responsibility of 0.97 has the standard error 0.03. Wald's interval ends at 1.03, the percentile interval at 0.99. Why does the second stay below 1?",
        options=[
            Option("It is cut off there", "Nothing is cut off."),
            Option(
                "Each of the simulated fits has a responsibility below 1, and it is made of these",
                "It takes the middle 95 per cent of them as they are.",
                right=True,
            ),
            Option("It is shorter than it should be", "It is of the same stuff as the scatter itself."),
        ],
        hints=["What is sorted?", "Between which values does any responsibility lie?"],
        goal=5,
    ),
    Number(
        "sure-more",
        "A standard error is to become half of what it is. How many times as many observations does that take?",
        key=sp.solve(sp.sqrt(F.var / (_more * _n)) - sp.sqrt(F.var / _n) / 2, _more)[0],
        tolerance=1e-6,
        slips=[
            Slip(2, "Errors fall like one over the root of $N$."),
            Slip(float(np.sqrt(2)), "The other way: the root of the number is what the error falls by."),
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
    Code(
        "sure-code-sandwich",
        "Write `sandwich(J, scores)`: the standard errors by {eq}`eq:sandwich`, from the curvature `J` and the scores, a row for each observation.",
        function="sandwich",
        starter="def sandwich(J, scores):\n    ...\n",
        solution=(
            "def sandwich(J, scores):\n"
            "    inverse = np.linalg.inv(J)\n"
            "    middle = scores.T @ scores\n"
            "    return np.sqrt(np.diag(inverse @ middle @ inverse))\n"
        ),
        cases=lambda: [(_J, _scores), (np.array([[3.0, 1.0], [1.0, 2.0]]), 2 * _scores)],
        properties=[
            (lambda J, scores, se: np.shape(se) == (len(J),), "Return one error for each parameter."),
            (lambda J, scores, se: np.all(np.asarray(se) > 0), "A standard error is positive."),
        ],
        slips=[
            CodeSlip(
                "inverse @ middle @ inverse",
                "inverse",
                "That is the error if the model is true: the scores are left out.",
                "eq:observed-information",
            ),
            CodeSlip(
                "inverse @ middle @ inverse",
                "inverse @ middle",
                "The inverse stands on both sides.",
                "eq:sandwich",
            ),
            CodeSlip(
                "inverse @ middle @ inverse",
                "np.linalg.inv(middle)",
                "That is right only if the scatter of the scores is the curvature: if the model is true.",
                "eq:information-equality",
            ),
            CodeSlip(
                "scores.T @ scores",
                "np.outer(scores.sum(axis=0), scores.sum(axis=0))",
                "At the top the scores add up to zero. Add their *squares*.",
                "eq:sandwich",
            ),
            CodeSlip(
                "np.sqrt(np.diag(inverse @ middle @ inverse))",
                "np.diag(inverse @ middle @ inverse)",
                "These are variances: take the root.",
                "eq:sandwich",
            ),
        ],
        hints=[
            "`scores.T @ scores` adds up the squares of all scores, as a matrix.",
            "The inverse, the sum, the inverse; then the root of the diagonal.",
        ],
        level="thought",
        goal=4,
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
