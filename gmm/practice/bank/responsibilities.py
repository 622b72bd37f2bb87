"""Questions on responsibilities."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip

__all__ = ["QUESTIONS"]

_waits = Mixture([0.36, 0.64], [55, 80], [36, 36])
_even = Mixture([0.5, 0.5], [55, 80], [36, 36])
_one = {F.variance(1): F.var, F.variance(2): F.var}
_log_odds = F.log_component(1) - F.log_component(2)
_boundary = (F.mean(1) + F.mean(2)) / 2 + F.var / (F.mean(2) - F.mean(1)) * sp.log(F.weight(1) / F.weight(2))
_unweighted = F.responsibility(1).subs({F.weight(1): 1, F.weight(2): 1})
_sigma_for_variance = F.responsibility(1).subs(
    {F.variance(j): sp.sqrt(F.variance(j)) for j in (1, 2)}, simultaneous=True
)
_shown = F.stable_responsibility(1).subs(F.weight(2), 1 - F.weight(1))


def _roots(pi, mu, var):
    """Return where the two weighted densities are equal."""
    given = dict(zip(F.parameters(), [*pi, *mu, *var]))
    return sorted(
        float(root)
        for root in np.roots([float(c) for c in sp.Poly(sp.expand(_log_odds.subs(given)), F.x).all_coeffs()]).real
    )


QUESTIONS = [
    Guess(
        "responsibilities-guess-far",
        r"Before you move it: $x$ in {numref}`fig-responsibility` goes far to the right, to 100 minutes, where both curves are almost zero. What does $\gamma_2$ do?",
        options=[
            Option(
                "It goes to 0, as the curve does",
                "Both curves go to 0, but their quotient does not: shares compare them with each other.",
            ),
            Option("It goes to 1", "The second curve is much the larger of two tiny numbers.", right=True),
            Option(
                "It goes to one half, for nothing can be said there",
                "The quotient can be said exactly, however small both are.",
            ),
        ],
        proof=lambda: _waits.responsibilities(100)[1] > 0.99,
        figure=shown.responsibility,
        state={"x": 100, "pi1": 0.36, "mu1": 55, "var1": 36, "mu2": 80, "var2": 36},
        hints=["Which of the two curves is the larger there?", "Divide both by their sum."],
        goal=1,
    ),
    Goal(
        "responsibilities-goal-nine",
        r"In {numref}`fig-responsibility`, move the sliders, with $\pi_1$ below one half, until the *first* component is more than nine tenths responsible for a wait of more than 75 minutes.",
        figure=shown.responsibility,
        predicate=sp.And(F.x > 75, F.weight(1) < sp.Rational(1, 2), _shown > sp.Rational(9, 10)),
        state={"x": 85, "pi1": 0.36, "mu1": 85, "var1": 36, "mu2": 60, "var2": 36},
        hints=["The components may change places.", r"Move $\mu_1$ to the right of $\mu_2$, and $x$ beyond it."],
        goal=1,
    ),
    Formula(
        "responsibilities-bayes",
        r"Write $\gamma_1(x)$ for two components. `N(x, mu1, var1)` is a normal density.",
        key=F.responsibility(1),
        slips=[
            Slip(
                _unweighted,
                "The weights are left out, as in a published program, or the same one stands at both densities: each has to be multiplied by its own.",
                "eq:responsibility",
            ),
            Slip(
                F.component(1) / F.weight(1) * F.component(1) / F.weight(1) + F.component(2),
                "The brackets about the sum below the line are missing.",
                "eq:responsibility",
            ),
            Slip(
                F.component(1),
                "That is the joint density. A probability needs the sum of both below the line.",
                "eq:responsibility",
            ),
            Slip(
                F.normal_density(F.x, F.mean(1), F.variance(1)) / F.mixture(),
                "The weight stands below the line and not above it.",
                "eq:responsibility",
            ),
            Slip(F.component(1) / F.component(2), "These are the odds: one share divided by the other.", "eq:odds"),
            Slip(F.responsibility(2), "That is the share of the second component."),
            Slip(F.weight(1), "That is the probability before the value is seen.", "eq:responsibility"),
            Slip(_sigma_for_variance, "A standard deviation stands where a variance belongs.", "eq:normal"),
        ],
        hints=["Above the line: the joint density of component 1.", "Below it: the sum of both joint densities."],
        goal=1,
    ),
    Number(
        "responsibilities-70",
        "A share of 36 % of the waits is short, with mean 55; the others are long, with mean 80. Both variances are 36. How probable is it that a wait of 66 minutes is short?",
        key=_waits.responsibilities(66)[0],
        tolerance=0.0085,
        slips=[
            Slip(
                _waits.responsibilities(66)[0] / _waits.responsibilities(66)[1],
                "These are the odds, short against long. A probability is their share of the sum.",
                "eq:odds",
            ),
            Slip(
                _even.responsibilities(66)[0],
                "You left the weights out: long waits are more common.",
                "eq:responsibility",
            ),
            Slip(_waits.responsibilities(66)[1], "That is the probability of a long one."),
            Slip(0.36, "That is the weight, before the wait is seen.", "eq:responsibility"),
            Slip(
                Mixture([0.36, 0.64], [55, 80], [6, 6]).responsibilities(66)[0],
                "You used 6, the standard deviation, where 36, the variance, belongs.",
                "eq:normal",
            ),
        ],
        hints=[
            "Compute both joint densities; the factor before the exponentials cancels.",
            r"$0.36 \, e^{-11^2/72}$ against $0.64 \, e^{-14^2/72}$.",
        ],
        goal=1,
    ),
    Formula(
        "responsibilities-slope",
        r"Both variances are $\sigma^2$. Then the log odds of component 1 are a line in $x$: give its slope.",
        key=sp.simplify(sp.diff(_log_odds.subs(_one), F.x)),
        slips=[
            Slip(
                (F.mean(2) - F.mean(1)) / F.var,
                "The sign is turned: with $\\mu_1 < \\mu_2$ the odds of component 1 fall as $x$ grows.",
                "eq:logistic",
            ),
            Slip((F.mean(1) - F.mean(2)) / sp.sqrt(F.var), "Divide by the variance, not by its root.", "eq:logistic"),
            Slip(
                (F.mean(1) - F.mean(2)) / (2 * F.var), "The two halves of the squares bring the 2 back.", "eq:logistic"
            ),
        ],
        hints=[
            "The squares $x^2$ cancel. What is left of $-(x - \\mu_k)^2/2\\sigma^2$?",
            r"The terms $x \mu_k / \sigma^2$.",
        ],
        goal=2,
    ),
    Formula(
        "responsibilities-boundary",
        r"Both variances are $\sigma^2$. Where are both responsibilities one half?",
        key=_boundary,
        slips=[
            Slip((F.mean(1) + F.mean(2)) / 2, "The middle is right for equal weights only.", "eq:boundary"),
            Slip(
                (F.mean(1) + F.mean(2)) / 2 - F.var / (F.mean(2) - F.mean(1)) * sp.log(F.weight(1) / F.weight(2)),
                "The boundary moves *away* from the heavier component, so that it gets more of the axis.",
                "eq:boundary",
            ),
            Slip(
                (F.mean(1) + F.mean(2)) / 2
                + sp.sqrt(F.var) / (F.mean(2) - F.mean(1)) * sp.log(F.weight(1) / F.weight(2)),
                "The variance belongs there, not its root.",
                "eq:boundary",
            ),
        ],
        hints=[
            "There the odds are 1, and their logarithm is 0.",
            r"Solve $a x + b = 0$ with $a$ and $b$ of {eq}`eq:logistic`.",
        ],
        level="thought",
        goal=2,
    ),
    Choice(
        "responsibilities-wide",
        "A narrow component (variance 1) at 0 and a wide one (variance 9) at 1 have equal weights. Which is the likelier for $x = -10$?",
        options=[
            Option(
                "The narrow one, for its mean is nearer",
                "Ten of its standard deviations away it has hardly any density left; the wide one is not four away.",
            ),
            Option(
                "The wide one", "Far out on both sides the wider component wins, whatever the means are.", right=True
            ),
            Option("Neither: both are zero there", "Both are small, and one is very much the larger."),
        ],
        proof=lambda: Mixture([0.5, 0.5], [0, 1], [1, 9]).responsibilities(-10)[1] > 0.99,
        hints=[
            "How many of its own standard deviations is each mean away?",
            "The sign of $A$ in {eq}`eq:boundary-quadratic` decides what happens far out.",
        ],
        goal=2,
    ),
    Choice(
        "responsibilities-none",
        "Can it happen that a component is the likelier one nowhere?",
        options=[
            Option(
                "No: at its own mean each is the likelier",
                "A small weight can keep it below the other curve even there.",
            ),
            Option(
                "Yes, if its weight is small enough and the other is wider",
                "Then the discriminant of {eq}`eq:boundary-quadratic` is negative, and there is no boundary.",
                right=True,
            ),
            Option(
                "Yes, but then its responsibility is 0 everywhere",
                "Its responsibility stays positive, below one half. Averaged over the draws it equals its weight.",
            ),
        ],
        proof=lambda: bool(
            np.all(Mixture([0.1, 0.9], [0, 1], [1, 9]).responsibilities(np.linspace(-9, 9, 999))[:, 0] < 0.5)
        ),
        hints=["How many roots may a quadratic have?", "Look at the dashed curve of {numref}`fig-two-boundaries`."],
        level="thought",
        goal=2,
    ),
    Choice(
        "responsibilities-underflow",
        "Far out, a program computes `joint / joint.sum()` and prints `nan`. Which remedy is right?",
        options=[
            Option(
                "Add a tiny number to the sum",
                "Then the shares are 0 and 0: the value belongs to nobody, and the rows no longer sum to one.",
            ),
            Option(
                "Take the largest exponent off all exponents before `exp`",
                "It cancels on paper, and in the computer one of the terms is 1.",
                right=True,
            ),
            Option(
                "Set the shares to one half, for nothing is known",
                "The exponents are known exactly, and so are the shares.",
            ),
        ],
        proof=lambda: bool(abs(_waits.responsibilities(5000).sum() - 1) < 1e-12),
        hints=[
            "Why is the quotient 0/0?",
            "Take the same number off both exponents; which one keeps one of the terms at 1?",
        ],
        goal=3,
    ),
    Number(
        "responsibilities-shifted",
        r"Two joint densities have the logarithms $-800$ and $-801$. What is the first responsibility?",
        key=1 / (1 + np.exp(-1)),
        slips=[
            Slip(0.5, "They are not equal: one is $e$ times the other.", "eq:log-sum-exp"),
            Slip(1 / (1 + np.exp(1)), "That is the share of the other one."),
        ],
        hints=["Subtract the largest of the two from both.", "The shares of $e^0$ and $e^{-1}$."],
        goal=3,
    ),
    Code(
        "responsibilities-code",
        "Write `responsibilities(x, pi, mu, var)` for one value `x` that may lie far out: where every density is 0 to a computer, the shares must still be right.",
        function="responsibilities",
        starter="def responsibilities(x, pi, mu, var):\n    ...\n",
        solution=(
            "def responsibilities(x, pi, mu, var):\n"
            "    a = np.log(pi) - np.log(2 * np.pi * var) / 2 - (x - mu) ** 2 / (2 * var)\n"
            "    shares = np.exp(a - a.max())\n"
            "    return shares / shares.sum()\n"
        ),
        cases=lambda: (
            [
                (x, np.array([0.36, 0.64]), np.array([55.0, 80.0]), np.array([36.0, 49.0]))
                for x in (67.0, 50.0, 1000.0, -900.0)
            ]
            + [(96.0, np.array([0.5, 0.3, 0.2]), np.array([50.0, 50.01, 50.02]), np.ones(3))]
        ),
        properties=[
            (lambda x, pi, mu, var, g: np.shape(g) == np.shape(pi), "Return one share for each component."),
            (
                lambda x, pi, mu, var, g: np.all(np.isfinite(g)),
                "Far out your quotient is 0/0. Work with the exponents, and take the largest off.",
            ),
            (lambda x, pi, mu, var, g: np.isclose(np.sum(g), 1), "The shares do not sum to one."),
        ],
        slips=[
            CodeSlip(
                "np.log(pi) - ",
                "-",
                "The weights are left out: add `np.log(pi)` to the exponents.",
                "eq:responsibility",
            ),
            CodeSlip(
                "    a = np.log(pi) - np.log(2 * np.pi * var) / 2 - (x - mu) ** 2 / (2 * var)\n    shares = np.exp(a - a.max())\n",
                "    shares = pi * np.exp(-((x - mu) ** 2) / (2 * var)) / np.sqrt(2 * np.pi * var)\n",
                "Near the data this is right, and far out it is 0/0. Take the logarithm, and the largest exponent off.",
                "eq:log-sum-exp",
            ),
            CodeSlip(
                "- np.log(2 * np.pi * var) / 2 ",
                "",
                "The factor $1/\\sqrt{2\\pi\\sigma_k^2}$ does not cancel where the variances differ.",
                "eq:responsibility",
            ),
        ],
        hints=[
            "Compute the logarithms of the joint densities first.",
            "Subtract their maximum, take `np.exp`, divide by the sum.",
        ],
        level="thought",
        goal=3,
    ),
    Formula(
        "responsibilities-exercise-1",
        key=F.responsibility(1)
        .subs(_one)
        .subs(F.x, (F.mean(1) + F.mean(2)) / 2)
        .simplify()
        .subs(F.weight(1) + F.weight(2), 1),
        letters=[F.weight(1), F.weight(2)],
        slips=[
            Slip(sp.Rational(1, 2), "One half holds for equal weights only.", "eq:boundary"),
            Slip(F.weight(2), "That is the share of the other component."),
        ],
        hints=["Which of the factors in {eq}`eq:responsibility` are the same there?", "The densities cancel."],
    ),
    Hints(
        "responsibilities-exercise-2",
        hints=[
            "What happens to a density when the unit changes?",
            "All numerators and the denominator get the same factor.",
        ],
    ),
    Hints(
        "responsibilities-exercise-3",
        hints=["What do the odds {eq}`eq:odds` contain?", "Does the third component occur in them?"],
        level="thought",
    ),
    Number(
        "responsibilities-exercise-4",
        unit="(the positive one)",
        key=_roots([0.5, 0.5], [0, 0], [1, 4])[1],
        slips=[
            Slip(8 / 3 * np.log(2), "That is the square of the boundary."),
            Slip(
                np.sqrt(16 / 3 * np.log(2)), "The ½ before the logarithm is left out: $C = \\log 2$, half of $\\log 4$."
            ),
            Slip(np.sqrt(2 * np.log(2)), "You forgot the second square: $A$ is $1/8 - 1/2$.", "eq:boundary-quadratic"),
        ],
        hints=["$B$ is 0. What are $A$ and $C$?", r"$A = -3/8$ and $C = \log 2$."],
        level="thought",
    ),
    Number(
        "responsibilities-exercise-5",
        unit="(the weight)",
        tolerance=0.0025,
        key=1 / (1 + 3 * np.exp(1 / 16)),
        slips=[
            Slip(
                0.25,
                "There both peaks are equally high, but the wide one has its peak elsewhere, so the narrow one still wins somewhere.",
                "eq:boundary-quadratic",
            ),
            Slip(
                1 / (1 + 3 * np.exp(1 / 18)),
                "You compared them at the narrow mean. The best place for the narrow one lies a little to its left.",
                "eq:boundary-quadratic",
            ),
            Slip(1 / (3 * np.exp(1 / 16)), "That is the quotient of the weights. The weights sum to one."),
        ],
        hints=[
            "When does a quadratic have no root?",
            "Set the discriminant to 0 and solve for $C$, then for the odds of the weights.",
        ],
        level="challenge",
    ),
]
