"""Questions on clustering."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Number, Option, Slip

__all__ = ["QUESTIONS"]


def _gamma():
    return shown.fitted().responsibilities(shown.waiting())


_certain = _gamma().max(axis=1)
_shares = np.array([[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]])
_first = F.stable_responsibility(1).subs(F.weight(2), 1 - F.weight(1))
_unlike = dict(zip(F.parameters(), [0.5, 0.5, 0, 4, 1, 16]))
_ends = np.sort(
    np.roots(
        [
            float(c)
            for c in sp.Poly(sp.expand((F.log_component(1) - F.log_component(2)).subs(_unlike)), F.x).all_coeffs()
        ]
    )
)

QUESTIONS = [
    Guess(
        "clustering-guess-zone",
        r"Before you move them: both variances of {numref}`fig-memberships` grow from 34 to 100. What happens to the zone of mixed bricks?",
        options=[
            Option("It becomes narrower", "Wide bells overlap more, so more waits could belong to either."),
            Option(
                "It becomes wider",
                r"The log odds have the slope $(\mu_1 - \mu_2)/\sigma^2$: a larger variance makes the passage slower.",
                right=True,
            ),
            Option("It stays, for the means stay", "The means say where the passage is, the variance how slow."),
        ],
        figure=shown.memberships,
        state={"pi1": 0.36, "mu1": 54.6, "var1": 100, "mu2": 80.1, "var2": 100},
        hints=["How steep is the logistic curve?", r"Its slope has $\sigma^2$ below the line {eq}`eq:logistic`."],
        goal=3,
    ),
    Goal(
        "clustering-goal-67",
        r"In {numref}`fig-memberships`, let the first curve own the wait of 67 minutes: raise its responsibility there above 0.9, with $\mu_1$ below 60.",
        figure=shown.memberships,
        predicate=sp.And(_first.subs(F.x, 67) > sp.Rational(9, 10), F.mean(1) < 60),
        state={"pi1": 0.6, "mu1": 59, "var1": 36, "mu2": 82, "var2": 34},
        hints=[
            "The mean is not the only thing that helps.",
            "A larger weight, a wider first curve, a second mean further off.",
        ],
        goal=1,
    ),
    Number(
        "clustering-expected",
        r"Three values have the memberships (0.9, 0.1), (0.6, 0.4) and (0.2, 0.8). Each goes to its larger share. How many mistakes are to be expected?",
        key=float(np.sum(1 - _shares.max(axis=1))),
        slips=[
            Slip(0, "A verdict may be wrong: each with the probability of the smaller share.", "eq:expected-mistakes"),
            Slip(
                float(_shares.max(axis=1).sum()), "That is the expected number of right ones.", "eq:expected-mistakes"
            ),
            Slip(
                float(np.mean(1 - _shares.max(axis=1))),
                "That is the share of mistakes. Asked is their number: a sum, not a mean.",
                "eq:expected-mistakes",
            ),
        ],
        hints=["How probable is a mistake at each of the three?", r"Sum $1 - \max_k \gamma(n, k)$."],
        goal=2,
    ),
    Number(
        "clustering-nk",
        r"The same three memberships: how many observations does the first cluster own, counted by shares?",
        key=float(_shares[:, 0].sum()),
        slips=[
            Slip(2, "That counts verdicts. A share of 0.6 counts 0.6.", "eq:membership"),
            Slip(float(_shares[:, 0].mean()), "That is the mean share, the weight. Asked is the sum."),
            Slip(float(_shares[:, 1].sum()), "That is what the second cluster owns."),
        ],
        hints=["Verdicts are for one observation; what is added up keeps its shares.", "Add the first column."],
        goal=2,
    ),
    Formula(
        "clustering-limit",
        r"Both components have the variance $\sigma^2$, which shrinks to 0. To which cut does the boundary between them go?",
        key=(F.mean(1) + F.mean(2)) / 2,
        letters=[F.weight(1), F.weight(2)],
        slips=[
            Slip(
                F.mixture_mean(), "That is the mean of the mixture. The weights are heard less and less.", "eq:boundary"
            ),
            Slip((F.mean(2) - F.mean(1)) / 2, "That is half the distance. The middle is half the sum."),
        ],
        hints=[
            "Which term of {eq}`eq:boundary` has the variance?",
            "It goes to 0. What is left is where k-means cuts.",
        ],
        goal=3,
    ),
    Choice(
        "clustering-tie",
        "An observation has the shares 0.5 and 0.5. What does the verdict 1 of the rule {eq}`eq:assignment` say about it?",
        options=[
            Option("That component 1 is a little more probable", "The shares are exactly equal."),
            Option(
                "Nothing: the lowest number is taken so that the rule can be repeated",
                "A rule must say what it does in a tie, and this one takes the lowest $k$.",
                right=True,
            ),
            Option("That it belongs to both clusters", "Its membership says so, and its verdict does not."),
        ],
        proof=lambda: int(Mixture([0.5, 0.5], [-1, 1], [1, 1]).assign(0)) == 0,
        hints=["Which shares are compared?", "What else could the rule do?"],
        goal=1,
    ),
    Choice(
        "clustering-rare",
        "A tenth of the values come from a narrow component inside a wide one, and not one value is assigned to it. What follows?",
        options=[
            Option(
                "The mixture is wrong: it must give a tenth of the values to the component",
                "Each verdict is the best there is. Only counting them is wrong.",
            ),
            Option(
                "The verdicts are the best possible, and must not be counted to find the weight",
                "For what is added up, keep the shares: their sum is about a tenth.",
                right=True,
            ),
            Option("The component does not exist", "A thousand of ten thousand values came from it."),
        ],
        proof=lambda: bool(np.all(Mixture([0.1, 0.9], [0, 1], [1, 9]).assign(np.linspace(-9, 9, 999)) == 1)),
        hints=[
            "What is the largest responsibility that the narrow component reaches?",
            "Add shares instead of verdicts.",
        ],
        goal=2,
    ),
    Choice(
        "clustering-kmeans",
        "Where do k-means and the mixture disagree most?",
        options=[
            Option("Where both groups have the same small variance", "There k-means is the limit of the mixture."),
            Option(
                "Where one group is wide and common and the other narrow and rare",
                "K-means cuts midway between its centres, through the wide group.",
                right=True,
            ),
            Option("Where the groups are far apart", "Far apart, nearly every rule makes the same verdicts."),
        ],
        hints=[
            "What does k-means assume of the groups without saying so?",
            "Groups of one width, narrow beside their distance.",
        ],
        goal=3,
    ),
    Code(
        "clustering-code-mistakes",
        r"Write `expected_mistakes(gamma)`: the number of mistakes to expect when each row of `gamma` goes to its largest share.",
        function="expected_mistakes",
        starter="def expected_mistakes(gamma):\n    ...\n",
        solution="def expected_mistakes(gamma):\n    return np.sum(1 - gamma.max(axis=1))\n",
        cases=lambda: [(_shares,), (np.random.default_rng(4).dirichlet(np.ones(3), 50),)],
        properties=[
            (lambda gamma, value: np.ndim(value) == 0, "Return one number."),
            (
                lambda gamma, value: 0 <= value <= len(gamma),
                "The number of mistakes lies between 0 and the number of rows.",
            ),
        ],
        slips=[
            CodeSlip(
                "gamma.max(axis=1)",
                "gamma.max(axis=0)",
                "`axis=0` goes down the columns. The largest share is wanted in each row.",
                "eq:assignment",
            ),
            CodeSlip(
                "np.sum(1 - gamma.max(axis=1))",
                "np.mean(1 - gamma.max(axis=1))",
                "That is the share of mistakes, not their number.",
                "eq:expected-mistakes",
            ),
            CodeSlip(
                "1 - gamma.max(axis=1)",
                "gamma.max(axis=1)",
                "That is the expected number of right verdicts.",
                "eq:expected-mistakes",
            ),
            CodeSlip(
                "1 - gamma.max(axis=1)",
                "gamma.min(axis=1)",
                "With two clusters the smallest share is what is left, with three it is not.",
            ),
        ],
        hints=["`gamma.max(axis=1)` has the largest share of each row.", "Sum {eq}`eq:expected-mistakes`."],
        goal=2,
    ),
    Number(
        "clustering-exercise-1",
        unit="= N₁ + N₂",
        tolerance=1e-6,
        key=float(_gamma().sum()),
        slips=[Slip(float(_gamma()[:, 0].sum()), "That is N₁ alone.")],
        hints=["Add the rows first, then the results.", "What does each row of $\\gamma$ sum to?"],
    ),
    Number(
        "clustering-exercise-2",
        unit="without a verdict",
        tolerance=1e-6,
        key=int(np.sum(_certain < 0.9)),
        slips=[Slip(int(np.sum(_certain >= 0.9)), "Those are the waits with a verdict.")],
        hints=["`gamma.max(axis=1)` is the certainty of each verdict.", "Count where it is below 0.9."],
        level="thought",
    ),
    Number(
        "clustering-exercise-3",
        unit="nats at most",
        key=float(np.log(2)),
        slips=[
            Slip(1, "That is one bit. The logarithm here is the natural one."),
            Slip(0.5, "That is the share at which it is largest, or half the logarithm's argument: put it in."),
        ],
        hints=[
            r"Put the shares $p$ and $1 - p$ in, and differentiate.",
            r"The slope is $\log \frac{1 - p}{p}$: where is it 0?",
        ],
        level="thought",
    ),
    Number(
        "clustering-exercise-4",
        key=float(sp.sqrt(2 / (sp.pi * sp.E)) + sp.erf(1 / sp.sqrt(2))),
        slips=[
            Slip(1, "That is the mean of the component. The hard cluster has lost a tail and got another."),
            Slip(float(sp.sqrt(2 / (sp.pi * sp.E))), "The distances are there, the means are missing."),
            Slip(
                float((sp.sqrt(2 / (sp.pi * sp.E)) + sp.erf(1 / sp.sqrt(2))) / 2),
                "Divide by the area of the cluster, which is one half.",
            ),
        ],
        hints=[
            "The cluster holds half of the mixture: its mean is twice an integral over $x > 0$.",
            "In each of the two densities write $x$ as the distance from the mean, plus the mean.",
        ],
        level="challenge",
    ),
    Number(
        "clustering-exercise-5",
        unit="(on the right)",
        key=float(_ends[1]),
        slips=[
            Slip(2, "That is where the nearest mean ends it, midway.", "eq:boundary-quadratic"),
            Slip(float(_ends[0]), "That is the other end, on the left."),
        ],
        hints=[
            "Two boundaries: solve {eq}`eq:boundary-quadratic`.",
            r"$A = 1/32 - 1/2$, $B = -1/4$ and $C = 1/2 + \log 4$.",
        ],
        level="thought",
    ),
]
