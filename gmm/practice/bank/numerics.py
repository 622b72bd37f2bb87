"""Questions on numbers in a computer."""

import math

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_m, _x = sp.Symbol("m", real=True), F.x
_a, _b = sp.Symbol("a", real=True), sp.Symbol("b", real=True)
_shift = sp.Symbol("s", real=True)
_edge = math.sqrt(2 * (745.133 - math.log(math.sqrt(2 * math.pi))))
_data = np.array([-2.5, -2.25, -1.25, -1.0, -0.75, -0.5, 0.0, 0.75])


def _lost(mu, sigma):
    return math.log10(1 + mu**2 / sigma**2)


QUESTIONS = [
    Guess(
        "numerics-guess-shift",
        r"Before you move it: at which shift $c$ does the blue curve of {numref}`fig-cancellation` first leave the grey one visibly?",
        options=[
            Option(r"Near $10^4$", "There eight of the sixteen digits are lost, and eight are left."),
            Option(
                r"Near $10^7$",
                r"The loss is $\log_{10}(1 + \mu^2/\sigma^2) \approx 14$ digits: two are left, then none.",
                right=True,
            ),
            Option(r"Near $10^{15}$", "There not even the data would keep their quarters."),
        ],
        proof=lambda: 13 < _lost(1e7, 1.0) < 15,
        figure=shown.cancellation,
        state={"s": 7.7},
        hints=["How many digits has a float?", r"The loss in digits is twice the power of ten in the shift."],
        goal=1,
    ),
    Goal(
        "numerics-goal-negative",
        r"In {numref}`fig-cancellation`, find a shift below $10^9$ at which the computer says that the variance is negative.",
        figure=shown.cancellation,
        predicate=sp.And(
            sp.Rational(0)
            > (sp.Sum((F.xs[F.n] + 10**_shift) ** 2, (F.n, 1, F.N)) / F.N)
            - (sp.Sum(F.xs[F.n] + 10**_shift, (F.n, 1, F.N)) / F.N) ** 2,
            _shift < 9,
        ),
        state={"s": 8.5},
        hints=[
            "Around $10^8$ the squares are rounded to even numbers.",
            "Move slowly between 8 and 9 and read the line of the variances.",
        ],
        goal=1,
    ),
    Guess(
        "numerics-guess-window",
        r"Before you move it: in {numref}`fig-shift` $m$ is 0 and $x$ goes to 39. What happens to the blue dot?",
        options=[
            Option("It stays on the curve", "The exponents fall below −745, and both exponentials become 0."),
            Option(
                "It disappears, for 0/0 is no number", "The exponent has left the window at the bottom.", right=True
            ),
            Option("It goes to one half", "That would be a patch, and a wrong one: the right share is 0.83."),
        ],
        proof=lambda: math.exp(-0.5 * 39**2) == 0.0,
        figure=shown.shift,
        state={"x": 39, "m": 0},
        hints=[r"How large is $x^2/2$ at 39?", "`exp` of anything below −745 is 0."],
        goal=2,
    ),
    Goal(
        "numerics-goal-window",
        r"In {numref}`fig-shift`, take $x$ beyond 55 and find an $m$ with which the share of the dot is right (to a millionth).",
        figure=shown.shift,
        predicate=lambda: sp.And(F.x > 55, sp.Abs(named("shifted") - named("gamma2")) < 1e-6),
        state={"x": 56, "m": -1568},
        hints=["The window must hold the exponent at your $x$.", r"The exponent is about $-x^2/2$: put $m$ near it."],
        goal=3,
    ),
    Number(
        "numerics-digits",
        "A column of numbers has the mean 1000 and the standard deviation 1. How many decimal digits does the difference of squares lose?",
        key=_lost(1000, 1),
        unit="digits",
        tolerance=0.02,
        slips=[
            Slip(_lost(1000, 1) / 2, "The quotient is squared: twice as many.", "eq:cancellation"),
            Slip(16 - _lost(1000, 1), "Those are the digits that are left."),
            Slip(
                _lost(1000, 1) * math.log(10), "That is the natural logarithm. Digits are decimal.", "eq:cancellation"
            ),
        ],
        hints=["How many standard deviations is the mean?", r"$\log_{10}(1 + \mu^2/\sigma^2)$."],
        goal=1,
    ),
    Formula(
        "numerics-log-sum",
        r"Write $\log(e^a + e^b)$ as $a$ plus something that never overflows where $a > b$. (Type `a` and `b`.)",
        key=_a + sp.log(1 + sp.exp(_b - _a)),
        slips=[
            Slip(
                _a + sp.log(1 + sp.exp(_a - _b)),
                "The sign of the difference is turned: take the *larger* off both.",
                "eq:log-sum-exp",
            ),
            Slip(_a + _b, "The logarithm of a product is a sum; that of a sum is not."),
            Slip(
                _a + sp.exp(_b - _a),
                "The logarithm is missing. For a small second term it is nearly that.",
                "eq:log-sum-exp",
            ),
        ],
        hints=["Take $e^a$ out of the bracket.", r"$\log(e^a (1 + e^{b - a}))$."],
        goal=3,
    ),
    Number(
        "numerics-edge",
        "How many standard deviations out is the standard normal density 0 in a computer?",
        key=_edge,
        slips=[
            Slip(745.133, "That is the exponent. It is half the square of the distance.", "eq:standard-normal"),
            Slip(math.sqrt(745.133), "The exponent is *half* the square.", "eq:standard-normal"),
        ],
        hints=["`exp` is 0 below −745.13.", r"Solve $z^2/2 + \log\sqrt{2\pi} = 745.13$."],
        goal=2,
    ),
    Choice(
        "numerics-product",
        "The product of 272 densities is 0 in a computer. Why?",
        options=[
            Option("One of the densities is 0", "All are ordinary numbers, near 0.02."),
            Option(
                "A product of so many numbers below one leaves the range of a float",
                r"It is $e^{-1034}$, and the smallest float is about $e^{-744}$.",
                right=True,
            ),
            Option("Rounding makes it smaller and smaller", "Each rounding changes it by one part in $10^{16}$ only."),
        ],
        proof=lambda: (
            float(np.prod(shown.fitted().pdf(shown.waiting()))) == 0.0
            and bool(np.all(shown.fitted().pdf(shown.waiting()) > 1e-6))
        ),
        hints=["What is the logarithm of the product?", "Compare it with the logarithm of the smallest float."],
        goal=2,
    ),
    Choice(
        "numerics-patch",
        r"Someone adds $10^{-300}$ below the line of an E-step, against 0/0. Which test exposes it?",
        options=[
            Option("That no responsibility is `nan`", "The patch was made for just that test."),
            Option(
                "That each row sums to one", "Far out the shares become 0 and 0, and the row sums to 0.", right=True
            ),
            Option("That the responsibilities lie between 0 and 1", "They do: they are all too small."),
        ],
        hints=["What are the shares of a wait of 500 minutes?", "To whom does it belong?"],
        goal=3,
    ),
    Choice(
        "numerics-largest",
        "Which number is taken off the exponents before `exp`?",
        options=[
            Option("Their mean", "The largest could then still overflow, or all small ones vanish together with it."),
            Option(
                "The largest of them, for each observation anew",
                "Then one term is 1, nothing overflows, and the sum is not 0.",
                right=True,
            ),
            Option(
                "The largest of all observations and components",
                "An observation far out would then have both exponentials 0 again.",
            ),
        ],
        hints=["Which number makes one of the terms equal to 1?", "No one $m$ is right for all $x$."],
        goal=3,
    ),
    Code(
        "numerics-code-variance",
        "Write `variance(x)`, the mean square about the mean, so that a shift of the data by $10^8$ costs no digit.",
        function="variance",
        starter="def variance(x):\n    ...\n",
        solution="def variance(x):\n    return np.mean((x - np.mean(x)) ** 2)\n",
        cases=lambda: [(_data,), (_data + 1e8,), (_data + 1e6,)],
        properties=[
            (lambda x, v: np.ndim(v) == 0, "Return one number."),
            (lambda x, v: v > 0, "A variance of data that differ is positive. Yours is not."),
            (lambda x, v: np.isclose(v, 1.02734375), "A shift changes no variance, and yours changes."),
        ],
        slips=[
            CodeSlip(
                "np.mean((x - np.mean(x)) ** 2)",
                "np.mean(x**2) - np.mean(x) ** 2",
                "This is the difference of two rounded numbers that are nearly equal: under the shift no digit is left.",
                "eq:cancellation",
            ),
            CodeSlip(
                "np.mean((x - np.mean(x)) ** 2)",
                "np.sum((x - np.mean(x)) ** 2) / (len(x) - 1)",
                "That is the unbiased variance, with the divisor $N - 1$.",
                "eq:one-normal-solution",
            ),
            CodeSlip(
                "np.mean((x - np.mean(x)) ** 2)",
                "np.sqrt(np.mean((x - np.mean(x)) ** 2))",
                "That is the standard deviation.",
                "eq:one-normal-solution",
            ),
        ],
        hints=["Which form of the variance is safe?", "Subtract the mean first, then square."],
        goal=1,
    ),
    Number(
        "numerics-exercise-1",
        unit="digits for the temperatures",
        tolerance=0.03,
        key=_lost(310, 0.4),
        slips=[
            Slip(_lost(310, 0.4) / 2, "The quotient is squared."),
            Slip(_lost(1990, 15), "Those are the years of birth."),
        ],
        hints=[
            r"$\log_{10}(1 + \mu^2/\sigma^2)$ for each.",
            "How many of sixteen digits are left, and how many do you need?",
        ],
    ),
    Choice(
        "numerics-exercise-2",
        options=[
            Option("Yes: in hours nothing underflows", "With ten times as many waits it would overflow."),
            Option(
                "No: with more waits the product leaves the range again",
                "No unit is right for every $N$; the logarithm is.",
                right=True,
            ),
        ],
        hints=["By how much does the logarithm of the product change?", "And with ten times as many waits?"],
        level="thought",
    ),
    Number(
        "numerics-exercise-3",
        unit="(the larger share)",
        tolerance=1e-5,
        key=1 / (1 + math.exp(-0.5 * 1e-8 * (2e9 - 1e-8))),
        slips=[Slip(0.5, "That is what the rounded squares give. Write their difference as a product.")],
        hints=[
            "How large are the exponents, and how large is the gap between floats there?",
            "A difference of two squares is a product.",
        ],
        level="challenge",
    ),
    Hints(
        "numerics-exercise-4",
        hints=["Is $1 + e^{-40}$ a float other than 1?", "What else is added to this logarithm, and how large is it?"],
        level="thought",
    ),
]
