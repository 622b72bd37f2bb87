"""Questions on the EM algorithm."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.em import e_step, iterate, log_likelihood, m_step
from gmm.fitting import fit
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

# An EM step on two points, by hand: the weights 1/2, the variances 1, the means 0 and 2.
_points, _start = np.array([0.0, 2.0]), Mixture([0.5, 0.5], [0.0, 2.0], [1.0, 1.0])
_gamma = e_step(_points, _start)
_after = m_step(_points, _gamma)
_three = np.array([-1.0, 0.0, 1.0])
_mirror = Mixture([0.5, 0.5], [-np.log(3) / 2, np.log(3) / 2], [1.0, 1.0])
_third = m_step(_three, e_step(_three, _mirror))
_r, _step = sp.Symbol("r", positive=True), sp.Symbol("s", positive=True)
_five_end = fit(shown.FIVE, start=Mixture([0.5, 0.5], [2.0, 7.0], [4.0, 4.0]))
_single = iterate(shown.waiting(), Mixture(1.0, 10.0, 1.0))
_moves = int(np.sum(np.abs(np.diff([mixture.mean for mixture in _single.mixtures])) > 1e-9))
_unweighted = F.responsibility(1).subs({F.weight(1): 1, F.weight(2): 1})
_half_step = sp.Symbol("step", nonnegative=True)

QUESTIONS = [
    Guess(
        "em-guess-half-step",
        r"Before you press the button of {numref}`fig-em-five`: which of the two half steps moves the curves?",
        options=[
            Option("The E-step", "The E-step keeps the mixture and gives each point its shares: the colours change."),
            Option("The M-step", "It takes the shares as given and finds the best mixture for them.", right=True),
            Option("Both, each by half", "Each half step changes one thing and keeps the other."),
        ],
        figure=shown.em_five,
        state={"pi1": 0.5, "mu1": 2, "var1": 4, "mu2": 7, "var2": 4, "step": 2},
        hints=["What does {eq}`eq:e-step` compute?", "And what does {eq}`eq:m-step`?"],
        goal=1,
    ),
    Goal(
        "em-goal-five",
        r"In {numref}`fig-em-five`, let EM run until the log-likelihood is within a hundredth of a nat of its end.",
        figure=shown.em_five,
        predicate=F.stable_log_likelihood() > float(_five_end.log_likelihood) - 0.01,
        state={"pi1": 0.5, "mu1": 2, "var1": 4, "mu2": 7, "var2": 4, "step": 24},
        hints=["The last picture has a dot for each iteration.", "Press Play."],
        goal=3,
    ),
    Guess(
        "em-guess-same-mean",
        r"Before you move it: EM on the waits starts with both means at 70, equal weights and equal variances. Where does it end?",
        options=[
            Option(
                "At the two groups, as from every start",
                "The two components are exactly alike, so each wait is shared half and half, for ever.",
            ),
            Option(
                "On the single normal curve, written twice",
                "Both components get the mean and the variance of all waits, and nothing ever happens again.",
                right=True,
            ),
            Option("One component collapses", "Nothing tells the two apart, so neither can narrow."),
        ],
        proof=lambda: bool(
            np.ptp(m_step(shown.waiting(), e_step(shown.waiting(), Mixture([0.5, 0.5], [70, 70], [100, 100]))).means)
            < 1e-9
        ),
        figure=shown.em,
        state={"pi1": 0.5, "mu1": 70, "var1": 100, "mu2": 70, "var2": 100, "step": 4},
        hints=[
            "What are the responsibilities of any wait?",
            "What are the weighted means, if every share is one half?",
        ],
        goal=3,
    ),
    Goal(
        "em-goal-plain",
        r"In {numref}`fig-em`, find a start from which EM is still on the plain after ten iterations: both components within a tenth of a minute of each other.",
        figure=shown.em,
        predicate=sp.And(_half_step > 19, sp.Abs(F.mean(1) - F.mean(2)) < 0.1),
        state={"pi1": 0.5, "mu1": 71, "var1": 100, "mu2": 71, "var2": 100, "step": 20},
        hints=["Two components that are alike stay alike.", "Set both means to one place, and take twenty half steps."],
        goal=3,
    ),
    Goal(
        "em-goal-exchanged",
        r"In {numref}`fig-em`, let EM end at the same two groups under exchanged names: the first component at the long waits.",
        figure=shown.em,
        predicate=sp.And(F.mean(1) > 79, F.mean(2) < 56),
        state={"pi1": 0.5, "mu1": 80, "var1": 100, "mu2": 55, "var2": 100, "step": 60},
        hints=["A component is a name, and the start gives it.", "Begin with the first mean on the right."],
        goal=3,
    ),
    Guess(
        "em-guess-bound",
        r"Before you press: in {numref}`fig-em-bound` the bound touches the log-likelihood at the present $\mu_1$ of 64, and the M-step goes to the top of the bound. How high is the log-likelihood there?",
        options=[
            Option("As high as the bound", "They touch at 64 only: there the bound had its shares from."),
            Option(
                "Higher than the bound",
                "The bound lies below the log-likelihood everywhere, so at its top the log-likelihood has gained at least as much.",
                right=True,
            ),
            Option("Lower than the bound", "Then it would be no bound."),
        ],
        proof=lambda: float(shown.bound().call("gap", shown.bound().scope({"mu1": 57.75, "touch": 64}))) > 1,
        figure=shown.bound,
        state={"mu1": 57.75, "touch": 64},
        hints=["On which side of the log-likelihood does the bound lie?", "Where do the two touch?"],
        goal=2,
    ),
    Goal(
        "em-goal-bound",
        r"In {numref}`fig-em-bound`, find the $\mu_1$ at which both steps leave all as it is: the bound touches there and has its top there, to a tenth of a minute.",
        figure=shown.bound,
        predicate=sp.And(
            sp.Rational(1, 100) > named("gap"),
            sp.Abs(F.mean(1) - named("update")) < sp.Rational(1, 10),
        ),
        state={"mu1": 55.2, "touch": 55.2},
        hints=["Press the two buttons in turn.", "Six rounds are enough."],
        goal=3,
    ),
    Formula(
        "em-e-step",
        r"By hand, on the two points 0 and 2, with weights $\tfrac12$, variances 1 and means 0 and 2. First the E-step: give $\gamma_1$ of the point 0, as a number in a formula of your own (such as `1/(1 + exp(-3))`).",
        key=1 / (1 + sp.exp(-2)),
        slips=[
            Slip(
                1 / (1 + sp.exp(2)),
                "That is the share of the other component: the point 0 lies on the mean of the first.",
                "eq:e-step",
            ),
            Slip(1 / (1 + sp.exp(-4)), "The exponent is the squared distance over *twice* the variance.", "eq:normal"),
            Slip(sp.Rational(1, 2), "The distances are 0 and 2, so the shares differ.", "eq:e-step"),
            Slip(sp.Integer(1), "The second component has a small share, too.", "eq:e-step"),
        ],
        hints=[
            "Weights and factors cancel: what is left is $e^0$ and $e^{-2^2/2}$.",
            "$1 / (1 + e^{-2})$, or an equal form.",
        ],
        goal=1,
    ),
    Number(
        "em-by-hand-nk",
        "The same two points. By symmetry the point 2 has the shares exchanged. How many observations does component 1 own?",
        key=float(_gamma[:, 0].sum()),
        slips=[
            Slip(float(_gamma[0, 0]), "That is its share of the first point. Add the second.", "eq:nk"),
            Slip(2, "That is what both own together.", "eq:nk-sum"),
            Slip(0.5, "That is the weight, $N_1 / N$.", "eq:update-weight"),
        ],
        hints=["Add the first column.", r"$\gamma + (1 - \gamma)$."],
        goal=1,
    ),
    Number(
        "em-by-hand-mean",
        r"The same two points. Now the M-step: what is the new $\mu_1$?",
        key=float(_after.means[0]),
        slips=[
            Slip(0, "The point 2 has a share, too, and pulls the mean to the right.", "eq:update-mean"),
            Slip(float(_after.means[0]) / 2, "You divided by $N$; divide by $N_1$, which is 1.", "eq:update-mean"),
            Slip(float(_after.means[1]), "That is the mean of component 2.", "eq:update-mean"),
            Slip(1, "That is the mean of all data.", "eq:update-mean"),
        ],
        hints=["Only the point 2 adds to the sum, by its share.", r"$2 (1 - \gamma)$ with $\gamma = 0.881$."],
        goal=1,
    ),
    Number(
        "em-by-hand-variance",
        r"The same two points. And the new $\sigma_1^2$?",
        key=float(_after.variances[0]),
        slips=[
            Slip(
                float(_gamma[:, 0] @ _points**2),
                "You took the squares about the *old* mean, 0. The new one belongs there.",
                "eq:old-mean",
            ),
            Slip(float(np.sqrt(_after.variances[0])), "That is the standard deviation.", "eq:update-variance"),
            Slip(float(_after.variances[0]) / 2, "You divided by $N$; divide by $N_1$.", "eq:update-variance"),
            Slip(1, "That is the old variance, or that of all data.", "eq:update-variance"),
        ],
        hints=[
            "Squares about the new mean, weighted by the shares.",
            r"For two values with the shares $\gamma$ and $1 - \gamma$ it is $\gamma (1 - \gamma) \cdot 2^2$.",
        ],
        goal=1,
    ),
    Choice(
        "em-never-falls",
        "A program prints the log-likelihoods −1051.2, −1047.9, −1048.3, −1046.0 after four iterations. What do you say?",
        options=[
            Option("It has passed a maximum and will come back", "EM never falls, not by a tenth of a nat."),
            Option(
                "It is not EM: there is a slip in a step",
                "The theorem {eq}`eq:em-chain` convicts it, whatever the data are.",
                right=True,
            ),
            Option(
                "It has not converged yet, so the values may jump",
                "Convergence is another matter: no iteration may go down.",
            ),
        ],
        hints=["Which theorem holds for every iteration, from every start?", "Look at the third value."],
        goal=2,
    ),
    Choice(
        "em-bound",
        r"The bound {eq}`eq:em-bound` lies below the log-likelihood. Where do both agree?",
        options=[
            Option("Only at the maximum", "They touch at the present parameters, wherever these are."),
            Option(
                "Where the shares are the responsibilities of the mixture",
                "That is what the E-step makes of them.",
                right=True,
            ),
            Option("Nowhere, it is a strict bound", "Then raising the bound would prove nothing."),
        ],
        hints=[
            r"When is $\log t \le t - 1$ an equality?",
            "Which step of EM makes the shares equal to the responsibilities?",
        ],
        goal=2,
    ),
    Choice(
        "em-stop",
        "A fit stops as soon as an iteration gains less than 0.00001 nats. The last factor was 0.99. What may be wrong?",
        options=[
            Option(
                "Nothing: so small a gain means that the end is reached",
                "Each further step gains 99 % of the last: the way still to go is 99 times the last step.",
            ),
            Option(
                "The parameters may still be far from the end",
                "$r / (1 - r) = 99$ times the last step is left.",
                right=True,
            ),
            Option("The log-likelihood is wrong by 1 %", "The factor is about steps, not about the value."),
        ],
        hints=["What is $r + r^2 + r^3 + \\dots$?", "Slow convergence makes small steps."],
        goal=3,
    ),
    Formula(
        "em-way-to-go",
        r"The last step of a slow EM was $s$ long, and each step is $r$ times the one before. How long is all the way that is left? (Type `r` and `s`.)",
        key=_step * _r / (1 - _r),
        slips=[
            Slip(
                _step / (1 - _r), "This counts the last step once more. Begin with the next one, $r s$.", "eq:em-rate"
            ),
            Slip(_step * _r, "That is the next step alone. There are infinitely many.", "eq:em-rate"),
            Slip(_step * (1 - _r) / _r, "The quotient is turned upside down.", "eq:em-rate"),
        ],
        hints=[r"$rs + r^2 s + r^3 s + \dots$", "The sum of a geometric series."],
        level="thought",
        goal=3,
    ),
    Code(
        "em-code-e-step",
        "Write `e_step(x, pi, mu, var)`: the responsibilities of the observations `x`, a row for each observation, a column for each component.",
        function="e_step",
        starter="def e_step(x, pi, mu, var):\n    ...\n",
        solution=(
            "def e_step(x, pi, mu, var):\n"
            "    squares = (x[:, np.newaxis] - mu) ** 2 / var\n"
            "    joint = pi * np.exp(-squares / 2) / np.sqrt(2 * np.pi * var)\n"
            "    return joint / joint.sum(axis=1, keepdims=True)\n"
        ),
        cases=lambda: [
            (shown.FIVE, np.array([0.3, 0.7]), np.array([2.0, 7.0]), np.array([4.0, 2.0])),
            (shown.waiting()[:9], np.array([0.36, 0.64]), np.array([55.0, 80.0]), np.array([34.0, 36.0])),
        ],
        properties=[
            (
                lambda x, pi, mu, var, g: np.shape(g) == (len(x), len(pi)),
                "Return an array with a row for each observation and a column for each component.",
            ),
            (lambda x, pi, mu, var, g: np.all(np.asarray(g) >= 0), "A responsibility is never negative."),
            (
                lambda x, pi, mu, var, g: np.allclose(np.sum(g, axis=1), 1),
                "Each row has to sum to one: some component made the observation.",
            ),
        ],
        slips=[
            CodeSlip(
                "pi * np.exp",
                "np.exp",
                "The weights are left out, as in a published program. On data with equal groups nobody notices.",
                "eq:e-step",
            ),
            CodeSlip(
                "np.sqrt(2 * np.pi * var)", "np.sqrt(2 * np.pi * np.sqrt(var))", "The root is taken twice.", "eq:normal"
            ),
            CodeSlip(
                "** 2 / var",
                "** 2 / np.sqrt(var)",
                "A standard deviation stands in the exponent where the variance belongs.",
                "eq:normal",
            ),
            CodeSlip(
                "axis=1",
                "axis=0",
                "You divided by the sums of the columns. Each *row* sums to one.",
                "eq:responsibility-sum",
            ),
            CodeSlip(
                "joint / joint.sum(axis=1, keepdims=True)",
                "joint",
                "These are joint densities: divide each row by its sum.",
                "eq:e-step",
            ),
        ],
        hints=[
            "Begin with `x[:, np.newaxis] - mu`, which has the right shape.",
            "The joint densities, then each row divided by its sum.",
        ],
        goal=1,
    ),
    Code(
        "em-code-iteration",
        "Write `em_step(x, pi, mu, var)`: one whole iteration. It returns the new `pi, mu, var`.",
        function="em_step",
        starter="def em_step(x, pi, mu, var):\n    ...\n    return pi, mu, var\n",
        solution=(
            "def em_step(x, pi, mu, var):\n"
            "    squares = (x[:, np.newaxis] - mu) ** 2 / var\n"
            "    gamma = pi * np.exp(-squares / 2) / np.sqrt(2 * np.pi * var)\n"
            "    gamma = gamma / gamma.sum(axis=1, keepdims=True)\n"
            "    nk = gamma.sum(axis=0)\n"
            "    new = gamma.T @ x / nk\n"
            "    var = (gamma * (x[:, np.newaxis] - new) ** 2).sum(axis=0) / nk\n"
            "    return nk / len(x), new, var\n"
        ),
        cases=lambda: [
            (shown.FIVE, np.array([0.5, 0.5]), np.array([2.0, 7.0]), np.array([4.0, 4.0])),
            (shown.waiting(), np.array([0.4, 0.6]), np.array([50.0, 60.0]), np.array([100.0, 90.0])),
        ],
        properties=[
            (lambda x, pi, mu, var, new: np.isclose(np.sum(new[0]), 1), "The new weights do not sum to one."),
            (
                lambda x, pi, mu, var, new: np.isclose(new[0] @ new[1], x.mean()),
                "After any EM step the mean of the mixture is the mean of the data.",
            ),
            (
                lambda x, pi, mu, var, new: log_likelihood(x, Mixture(*new)) >= log_likelihood(x, Mixture(pi, mu, var)),
                "The log-likelihood has fallen. That convicts a slip.",
            ),
        ],
        slips=[
            CodeSlip(
                "x[:, np.newaxis] - new",
                "x[:, np.newaxis] - mu",
                "The squares are taken about the *old* means, as in old versions of mixtools.",
                "eq:old-mean",
            ),
            CodeSlip("gamma = pi * np.exp", "gamma = np.exp", "The weights are left out of the E-step.", "eq:e-step"),
            CodeSlip("nk / len(x), new", "pi, new", "The weights are never updated.", "eq:update-weight"),
            CodeSlip(
                ".sum(axis=0) / nk\n    return",
                ".sum(axis=0) / len(x)\n    return",
                "The variance is divided by $N$ instead of $N_k$.",
                "eq:update-variance",
            ),
        ],
        hints=[
            "The E-step first, then the M-step with its responsibilities.",
            "Keep the old means apart from the new ones until the variances are done.",
        ],
        level="thought",
        goal=1,
    ),
    Number(
        "em-exercise-1",
        unit="(the new variance of component 1)",
        key=float(_third.variances[0]),
        slips=[
            Slip(5 / 6, "That is the weighted sum of squares. Divide by $N_1 = 3/2$.", "eq:update-variance"),
            Slip(5 / 18, "You divided by 3. Divide by $N_1 = 3/2$.", "eq:update-variance"),
            Slip(
                2 / 3, "Squares about 0, or about the mean of all data: the new mean is $-1/3$.", "eq:update-variance"
            ),
            Slip(-1 / 3, "That is the new mean."),
        ],
        hints=[
            "The odds of component 1 at $x$ are $3^{-x}$.",
            r"The shares are $\frac34$, $\frac12$ and $\frac14$, the new mean is $-\frac13$.",
        ],
    ),
    Choice(
        "em-exercise-2",
        options=[
            Option(
                "It gives both components the mean and variance of all data, and keeps the weights",
                "The densities cancel, and every share is the weight.",
                right=True,
            ),
            Option(
                "It makes the weights equal",
                "The shares are 0.3 and 0.7 for every observation, and so are the new weights.",
            ),
            Option("It drives the components apart", "Nothing tells them apart."),
        ],
        hints=["What cancels in {eq}`eq:e-step`?", "Put $\\gamma(n, k) = \\pi_k$ into the M-step."],
        level="thought",
    ),
    Number(
        "em-exercise-3",
        unit="iterations that change something",
        tolerance=1e-6,
        key=_moves,
        slips=[
            Slip(2, "The second one only confirms it."),
            Slip(0, "The start is arbitrary, so the first iteration moves."),
        ],
        hints=["What are all responsibilities?", "What does the M-step give then, whatever the start?"],
    ),
    Hints(
        "em-exercise-4",
        hints=[
            "Look at what happens to the tail of each group beyond the cut.",
            "Compare the log-likelihoods before and after: is a 0/1 label the expected label?",
        ],
        level="thought",
    ),
    Number(
        "em-exercise-5",
        unit="iterations at 0.9936",
        tolerance=0.01,
        key=6 * np.log(10) / -np.log(0.9936),
        slips=[
            Slip(6 * np.log(10) / -np.log(0.658), "That is for the factor 0.658."),
            Slip(6 / -np.log(0.9936), "Six *digits* are a factor of $10^6$."),
            Slip(np.log(10) / -np.log(0.9936), "That is one digit."),
        ],
        hints=["After $t$ iterations the error is $r^t$ times what it was.", r"Solve $r^t = 10^{-6}$."],
    ),
]
