"""Questions on the updates."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip

__all__ = ["QUESTIONS"]

_x, _g = np.array([0.0, 2.0, 10.0]), np.array([1.0, 0.5, 0.0])
_mean = float(_g @ _x / _g.sum())
_nk, _S, _N = sp.Symbol("N_1", positive=True), sp.Symbol("S_1", positive=True), sp.Symbol("N", positive=True)
_other = sp.Symbol("N_2", positive=True)
_shares = [sp.Symbol(f"g_{j}", nonnegative=True) for j in range(1, 6)]
_balance = sum(share * int(value) for share, value in zip(_shares, shown.FIVE)) / sum(_shares)
_rows = np.random.default_rng(5).dirichlet([1, 2], 12)
_values = np.random.default_rng(6).normal(size=12)
_q = _nk * sp.log(F.weight(1)) - _nk * sp.log(2 * sp.pi * F.var) / 2 - _S / (2 * F.var)

QUESTIONS = [
    Guess(
        "updates-guess-arm",
        r"Before you move it: the point at 9 in {numref}`fig-balance` has the share 0.05, and the balance point lies at 2.59. Its share becomes 1. Where does the balance point go?",
        options=[
            Option(
                "To about 3", "The point hangs at a long arm: a full share there outweighs a small one near the middle."
            ),
            Option("To about 4.3", "The sums become $7.00 + 0.95 \\cdot 9 = 15.55$ and 3.65.", right=True),
            Option("To 9", "The others keep their shares and pull it back."),
        ],
        proof=lambda: bool(abs((7.0 + 0.95 * 9) / (2.7 + 0.95) - 4.26) < 0.01),
        figure=shown.balance,
        state={"m": 4.25, "g1": 0.95, "g2": 0.9, "g3": 0.6, "g4": 0.2, "g5": 1},
        hints=["How far is 9 from the balance point?", "Add to both sums, and divide."],
        goal=2,
    ),
    Goal(
        "updates-goal-five",
        r"In {numref}`fig-balance`, bring the balance point to 5, to two digits, without giving any of the five points a share of 0.",
        figure=shown.balance,
        predicate=sp.And(sp.Abs(_balance - 5) < 0.005, *(share > 0 for share in _shares)),
        state={"m": 5, "g1": 0.5, "g2": 0.5, "g3": 0.5, "g4": 0.5, "g5": 0.75},
        hints=[
            "The pulls to the left and to the right of 5 must cancel.",
            "With shares of one half the pulls are −2, −1.5, −0.5, 1 and 4 times the share of 9.",
        ],
        goal=2,
    ),
    Number(
        "updates-mean",
        "Three observations, 0, 2 and 10, have the shares 1, 0.5 and 0 of component 1. What is its mean after the M-step?",
        key=_mean,
        slips=[
            Slip(float(_g @ _x), "That is the weighted sum. Divide by the sum of the shares.", "eq:update-mean"),
            Slip(
                float(_g @ _x / 3),
                "You divided by the number of observations. The component owns 1.5 of them.",
                "eq:update-mean",
            ),
            Slip(4, "That is the mean of all three."),
        ],
        hints=["How many observations does the component own?", r"$\sum \gamma x / \sum \gamma$."],
        goal=2,
    ),
    Number(
        "updates-variance",
        "The same observations and shares. What is the variance of component 1 after the M-step?",
        key=float(_g @ (_x - _mean) ** 2 / _g.sum()),
        slips=[
            Slip(
                float(_g @ (_x - _mean) ** 2),
                "That is the sum of the weighted squares. Divide by the sum of the shares.",
                "eq:update-variance",
            ),
            Slip(
                float(_g @ (_x - _mean) ** 2 / 3),
                "You divided by the number of observations. The component owns 1.5 of them.",
                "eq:update-variance",
            ),
            Slip(
                float(np.sqrt(_g @ (_x - _mean) ** 2 / _g.sum())),
                "That is the standard deviation.",
                "eq:update-variance",
            ),
            Slip(
                float(_g @ (_x - 4) ** 2 / _g.sum()),
                "The squares are taken about the mean of the component, not about that of all data.",
                "eq:update-variance",
            ),
        ],
        hints=["Squares about the *new* mean, 2/3.", "Weigh them by the shares, and divide by 1.5."],
        goal=2,
    ),
    Formula(
        "updates-weight",
        r"Component 1 owns $N_1$ observations and component 2 owns $N_2$ (type `N1` and `N2`). Which weight $\pi_1$ is best?",
        key=_nk / (_nk + _other),
        slips=[
            Slip(_nk, "A weight is a share: divide by the number of all observations.", "eq:update-weight"),
            Slip(_nk / _other, "Those are the odds. The weights must sum to one.", "eq:update-weight"),
            Slip(sp.Rational(1, 2), "That is best only if both own as many.", "eq:update-weight"),
            Slip(_other / (_nk + _other), "That is the other weight."),
        ],
        hints=[r"The weights are proportional to $N_1$ and $N_2$.", "They sum to one: that fixes the price."],
        goal=3,
    ),
    Formula(
        "updates-slope-variance",
        r"Differentiate $Q_1 = N_1 \log \pi_1 - \frac{N_1}{2} \log(2\pi\sigma^2) - S_1 / (2\sigma^2)$ by the variance $\sigma^2$ (type `N1`, `S1`, `var`).",
        key=sp.diff(_q, F.var),
        slips=[
            Slip(
                -_nk / F.var + _S / (2 * F.var**2), "A factor one half is lost in the first term.", "eq:variance-slope"
            ),
            Slip(
                -_nk / (2 * F.var) - _S / (2 * F.var**2),
                "The derivative of $-1/v$ is plus $1/v^2$.",
                "eq:variance-slope",
            ),
            Slip(
                -_nk / sp.sqrt(F.var) + _S / F.var ** sp.Rational(3, 2),
                "That is the slope in $\\sigma$. Here the variable is $\\sigma^2$.",
                "eq:variance-slope",
            ),
        ],
        hints=[r"$\log v$ has the derivative $1/v$, and $1/v$ has $-1/v^2$.", "Two terms are left."],
        goal=3,
    ),
    Choice(
        "updates-expected",
        r"Why do the labels $z(n, k)$ of {eq}`eq:complete-log-likelihood` become $\gamma(n, k)$ in $Q$?",
        options=[
            Option(
                "Because the most probable label is taken",
                "Then 0 or 1 would stand there, and $Q$ would be that of hard clusters.",
            ),
            Option(
                "Because the expected value of a label that is 1 with probability $\\gamma$ is $\\gamma$, and the labels enter as plain factors",
                "A mean may be taken factor by factor, for the rest is not random.",
                right=True,
            ),
            Option(
                "Because the labels are estimated by the weights", "That is the probability before the value is seen."
            ),
        ],
        hints=[
            "What is $1 \\cdot \\gamma + 0 \\cdot (1 - \\gamma)$?",
            "What else in {eq}`eq:complete-log-likelihood` is random once $x_n$ is known?",
        ],
        goal=1,
    ),
    Choice(
        "updates-old-mean",
        "A program takes the squares of the variance about the *old* mean. What comes out?",
        options=[
            Option("The right variance", "Only where the mean has stopped moving."),
            Option(
                "A variance that is too large, by the squared step of the mean",
                "By {eq}`eq:old-mean`, $(\\mu_k - m)^2$ comes on top.",
                right=True,
            ),
            Option(
                "A variance that is too small",
                "The mean of the component is the point about which squares are smallest.",
            ),
        ],
        proof=lambda: bool(_g @ (_x - 4) ** 2 / _g.sum() > _g @ (_x - _mean) ** 2 / _g.sum()),
        hints=["About which point are the weighted squares smallest?", "Look at {eq}`eq:old-mean`."],
        goal=2,
    ),
    Choice(
        "updates-multiplier",
        r"Why does the weight need a Lagrange multiplier, and the mean does not?",
        options=[
            Option("Because the weights are positive", "So are the variances, and they need none."),
            Option(
                "Because the weights share one pot: without the constraint a larger weight is always better",
                "$N_k \\log \\pi_k$ alone has no maximum.",
                right=True,
            ),
            Option("Because $Q$ is not differentiable in the weights", "It is: the slope is $N_k / \\pi_k$."),
        ],
        hints=[r"What is the maximum of $N_k \log \pi_k$?", "Which parameters have to satisfy an equation together?"],
        goal=3,
    ),
    Code(
        "updates-code-m-step",
        "Write `m_step(x, gamma)`. It returns three arrays, `pi, mu, var`, for the observations `x` and the responsibilities `gamma`, one row for each observation.",
        function="m_step",
        starter="def m_step(x, gamma):\n    ...\n    return pi, mu, var\n",
        solution=(
            "def m_step(x, gamma):\n"
            "    nk = gamma.sum(axis=0)\n"
            "    mu = gamma.T @ x / nk\n"
            "    var = (gamma * (x[:, np.newaxis] - mu) ** 2).sum(axis=0) / nk\n"
            "    pi = nk / len(x)\n"
            "    return pi, mu, var\n"
        ),
        cases=lambda: [
            (_values, _rows),
            (shown.FIVE, np.array([[0.95, 0.05], [0.9, 0.1], [0.6, 0.4], [0.2, 0.8], [0.05, 0.95]])),
        ],
        properties=[
            (
                lambda x, gamma, result: (
                    len(result) == 3 and all(np.shape(part) == (gamma.shape[1],) for part in result)
                ),
                "Return three arrays, each with an entry for each component.",
            ),
            (lambda x, gamma, result: np.isclose(np.sum(result[0]), 1), "The weights do not sum to one."),
            (
                lambda x, gamma, result: np.isclose(result[0] @ result[1], x.mean()),
                "The mean of the new mixture has to be the mean of the data, whatever the responsibilities are.",
            ),
            (
                lambda x, gamma, result: np.isclose(Mixture(*result).variance, x.var()),
                "The variance of the new mixture has to be the variance of the data.",
            ),
        ],
        slips=[
            CodeSlip(
                "gamma.T @ x / nk",
                "gamma.T @ x / len(x)",
                "The mean is divided by $N$. It is divided by $N_k$, which the component owns.",
                "eq:update-mean",
            ),
            CodeSlip(
                ".sum(axis=0) / nk",
                ".sum(axis=0) / len(x)",
                "The variance is divided by $N$ instead of $N_k$.",
                "eq:update-variance",
            ),
            CodeSlip(
                "x[:, np.newaxis] - mu",
                "x[:, np.newaxis] - x.mean()",
                "The squares are taken about the mean of all data, not about that of the component.",
                "eq:update-variance",
            ),
            CodeSlip(
                "    return pi, mu, var",
                "    return pi, mu, np.sqrt(var)",
                "You returned standard deviations.",
                "eq:update-variance",
            ),
            CodeSlip(
                "pi = nk / len(x)",
                "pi = nk",
                "A weight is a share: divide by the number of observations.",
                "eq:update-weight",
            ),
        ],
        hints=[
            "First `nk`, the column sums of `gamma`.",
            "Then the weighted means, then the weighted squares about the *new* means.",
        ],
        goal=2,
    ),
    Choice(
        "updates-exercise-1",
        options=[
            Option(
                "The mean and the variance of all data, with the divisor $N$", "Every responsibility is 1.", right=True
            ),
            Option(
                "The mean and the unbiased variance, with the divisor $N - 1$",
                "The likelihood does not know that the mean was found from the same data.",
            ),
            Option("Nothing: EM needs two components", "The updates hold for every $K$."),
        ],
        hints=[
            "What is the only responsibility of an observation?",
            r"Put $\gamma(n, 1) = 1$ into {eq}`eq:update-mean` and {eq}`eq:update-variance`.",
        ],
    ),
    Hints(
        "updates-exercise-2",
        hints=["What does $N_k$ count then?", "Which observations have a factor of 1 in the sums of component $k$?"],
        level="thought",
    ),
    Formula(
        "updates-exercise-3",
        key=sum(sp.Symbol(f"N_{j}", positive=True) * F.variance(j) for j in (1, 2)) / (_nk + _other),
        slips=[
            Slip((F.variance(1) + F.variance(2)) / 2, "Each variance counts by what its component owns."),
            Slip(
                sum(sp.Symbol(f"N_{j}", positive=True) * F.variance(j) for j in (1, 2)),
                "Divide by the number of all observations.",
            ),
        ],
        hints=[
            r"Type it for two components, in `N1`, `N2`, `var1` and `var2`, the separate updates.",
            "Add all $Q_k$: together they have the form of one component that owns everything.",
        ],
        level="challenge",
    ),
    Hints(
        "updates-exercise-4",
        hints=[r"Maximise $N_1 \log \pi_1 + N_2 \log (1 - \pi_1)$.", "Set the slope to zero and solve for $\\pi_1$."],
        level="thought",
    ),
    Hints(
        "updates-exercise-5",
        hints=[
            r"The mean of the mixture is $\sum_k \pi_k \mu_k$: put the updates in.",
            "For the variance use {eq}`eq:old-mean` with the mean of the data.",
        ],
        level="challenge",
    ),
]
