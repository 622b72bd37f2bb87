"""Questions on climbing by the gradient."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.em import e_step, iterate, m_step
from gmm.mixture import Mixture
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_a, _v = sp.symbols("a v", real=True)
_share = sp.exp(_a) / (sp.exp(_a) + 1)  # a_1 = a, and all the others together weigh e^0
_pi = F.weight(1)
_softmax_slope = _pi * sp.simplify(sp.diff(sp.log(_share), _a).subs(_a, sp.log(_pi / (1 - _pi))))
_spread_slope = sp.diff(F.log_normal.subs(F.var, sp.exp(_v)), _v).subs(_v, sp.log(F.var))
_gamma, _weight = np.array([0.9, 0.6, 0.1]), 0.4  # three observations, and one component's share of each
_var, _owned, _slope = 34.0, 85.0, -20.0  # a component that owns 85 of 272 waits
_dual = sp.diff(F.x * sp.exp(F.x), F.x).subs(F.x, 2)
_bowl = F.x**2
_step_in_bowl = -(sp.diff(_bowl, F.x) / sp.diff(_bowl, F.x, 2)).subs(F.x, 1)
_l = sp.symbols("l_1:4", real=True)
_lse = sp.log(sum(map(sp.exp, _l)))
_start, _minutes = Mixture([0.5, 0.5], [60.0, 75.0], [36.0, 36.0]), shown.waiting()


def _gradient_of_means(x, mixture):
    """Return the slopes of the log-likelihood in the means."""
    pull = e_step(x, mixture) * (x[:, np.newaxis] - mixture.means) / mixture.variances
    return pull.sum(axis=0)


def _in_hours(mixture):
    """Return a mixture of minutes as one of hours."""
    return Mixture(mixture.weights, mixture.means / 60, mixture.variances / 3600)


def _em_knows_no_unit():
    """Tell whether EM goes the same way in hours as in minutes, and a step along the gradient does not."""
    minutes, hours = (
        iterate(x, start, tol=0, max_iter=3).mixture.means
        for x, start in ((_minutes, _start), (_minutes / 60, _in_hours(_start)))
    )
    there = _gradient_of_means(_minutes, _start), _gradient_of_means(_minutes / 60, _in_hours(_start))
    return np.allclose(hours * 60, minutes) and not np.allclose(there[1] * 60, there[0])


def _equal_weights_by_the_slip():
    """Tell whether leaving the weights out of the E-step makes another fit than EM, with nearly equal weights."""
    right = shown.fitted()
    slip = right
    for _ in range(60):
        slip = m_step(_minutes, e_step(_minutes, Mixture([0.5, 0.5], slip.means, slip.variances)))
    return bool(np.abs(slip.weights - 0.5).max() < np.abs(right.weights - 0.5).max())


QUESTIONS = [
    Formula(
        "gradient-softmax",
        r"The weights come from free numbers by softmax {eq}`eq:free-coordinates`. What is $\partial \pi_1 / \partial a_1$, written with $\pi_1$ alone?",
        key=_softmax_slope,
        slips=[
            Slip(
                1 - _pi,
                r"That is the slope of $\log \pi_1$. Multiply by $\pi_1$, since $(\log u)' = u'/u$.",
                "eq:free-coordinates",
            ),
            Slip(_pi, "The sum below the line grows with $a_1$, too.", "eq:free-coordinates"),
            Slip(-_pi * (1 - _pi), "The sign is turned: a larger $a_1$ makes a larger weight.", "eq:free-coordinates"),
            Slip(_pi**2, "Only what the weight *lacks* of one can still come to it.", "eq:free-coordinates"),
        ],
        hints=[
            r"The text has the slope of $\log \pi_1$.",
            r"$\partial \pi_1 / \partial a_1 = \pi_1 \cdot \partial \log \pi_1 / \partial a_1$.",
        ],
        goal=1,
    ),
    Formula(
        "gradient-spread",
        r"For one normal density and one value $x$: what is $\partial \log \mathcal{N} / \partial v$, with $v = \log \sigma^2$? Write it with $\sigma^2$ (type `var`).",
        key=_spread_slope,
        slips=[
            Slip(
                sp.diff(F.log_normal, F.var),
                r"That is the slope in $\sigma^2$. Multiply by $\sigma^2$, since $d\sigma^2/dv = \sigma^2$.",
                "eq:free-gradient",
            ),
            Slip(
                sp.expand(2 * _spread_slope),
                "The half is missing: the density has a root of the variance, and half a square.",
                "eq:free-gradient",
            ),
            Slip(
                (F.x - F.mu) ** 2 / (2 * F.var),
                "The factor before the exponential depends on the variance, too.",
                "eq:free-gradient",
            ),
            Slip(
                -_spread_slope,
                "The sign is turned: a value far out asks for a larger variance.",
                "eq:free-gradient",
            ),
        ],
        hints=[
            r"$\log \mathcal{N} = -\tfrac12 \log 2\pi - \tfrac12 v - \tfrac12 (x - \mu)^2 e^{-v}$.",
            r"Differentiate by $v$, and write $\sigma^2$ for $e^v$.",
        ],
        goal=1,
    ),
    Number(
        "gradient-weight",
        r"Three observations have the responsibilities 0.9, 0.6 and 0.1 for component 1, whose weight is 0.4. What is the slope of the log-likelihood in $a_1$?",
        key=float(np.sum(_gamma - _weight)),
        slips=[
            Slip(
                float(_gamma.sum()),
                r"That is $N_1$. What the weight promises, $N \pi_1$, goes off.",
                "eq:free-gradient",
            ),
            Slip(
                float(_gamma.sum() / _weight),
                r"That is the slope in $\pi_1$, as if the weights owed nothing to each other.",
                "eq:free-gradient",
            ),
            Slip(
                float(np.mean(_gamma - _weight)),
                "That is one observation's part: how far EM moves the weight.",
                "eq:em-gradient-rest",
            ),
            Slip(-float(np.sum(_gamma - _weight)), "The sign is turned.", "eq:free-gradient"),
        ],
        hints=["The first line of {eq}`eq:free-gradient`.", r"$N_1 = 1.6$, and $N \pi_1 = 1.2$."],
        goal=1,
    ),
    Code(
        "gradient-code",
        "Write `gradient(x, a, mu, v)`: the slopes in the free numbers, those in `a` first, then those in `mu`, then those in `v`, one row of numbers.",
        function="gradient",
        starter="def gradient(x, a, mu, v):\n    ...\n",
        solution=(
            "def gradient(x, a, mu, v):\n"
            "    pi, var = np.exp(a) / np.exp(a).sum(), np.exp(v)\n"
            "    d = x[:, np.newaxis] - mu\n"
            "    joint = pi * np.exp(-(d**2) / (2 * var)) / np.sqrt(var)\n"
            "    gamma = joint / joint.sum(axis=1, keepdims=True)\n"
            "    slopes = [gamma - pi, gamma * d / var, gamma * (d**2 / var - 1) / 2]\n"
            "    return np.concatenate([part.sum(axis=0) for part in slopes])\n"
        ),
        cases=lambda: [
            (shown.FIVE, np.array([0.3, -0.4]), np.array([2.0, 7.0]), np.log([4.0, 2.0])),
            (_minutes, np.array([0.0, 0.0]), np.array([60.0, 75.0]), np.log([36.0, 36.0])),
            (shown.FIVE, np.array([0.0, 0.5, 1.0]), np.array([1.0, 4.0, 8.0]), np.zeros(3)),
        ],
        properties=[
            (lambda x, a, mu, v, g: np.shape(g) == (3 * len(a),), "Return one slope for each of the free numbers."),
            (
                lambda x, a, mu, v, g: np.isclose(np.sum(g[: len(a)]), 0, atol=1e-9),
                "The slopes in `a` have to sum to zero: adding the same to all of them changes no weight.",
            ),
        ],
        slips=[
            CodeSlip("joint = pi * np.exp", "joint = np.exp", "The weights are left out of the E-step.", "eq:e-step"),
            CodeSlip(
                "gamma - pi",
                "gamma",
                "Softmax makes the weights pay for each other: $\\pi_k$ goes off.",
                "eq:free-gradient",
            ),
            CodeSlip("gamma - pi", "gamma / pi", "That is the slope in $\\pi_k$, not in $a_k$.", "eq:free-gradient"),
            CodeSlip("d / var", "d", "The slope in a mean is divided by the variance.", "eq:free-gradient"),
            CodeSlip(
                "(d**2 / var - 1) / 2",
                "(d**2 / var - 1)",
                "The half is missing in the slope in $v$.",
                "eq:free-gradient",
            ),
            CodeSlip(
                "(d**2 / var - 1) / 2",
                "(d**2 / var - 1) / (2 * var)",
                "That is the slope in $\\sigma^2$, not in its logarithm.",
                "eq:free-gradient",
            ),
            CodeSlip(
                "part.sum(",
                "part.mean(",
                "That is a mean over the observations; the slopes add up.",
                "eq:free-gradient",
            ),
        ],
        hints=[
            "The responsibilities first: each line of {eq}`eq:free-gradient` needs them.",
            "Three arrays of shape (N, K), each summed over its rows, put behind each other.",
        ],
        level="thought",
        goal=1,
    ),
    Number(
        "gradient-hours",
        r"For the *means* alone, $\eta = 60$ square minutes is a good step size for the waits. Which number is as good if the waits are written in hours?",
        key=60 / 60**2,
        unit="square hours",
        slips=[
            Slip(
                1,
                "A step size has the unit of a *squared* wait: the slope in a mean grows by 60, and the way to go shrinks by 60.",
                "eq:gradient-step",
            ),
            Slip(
                60 * 60**2, "The other way: in hours all ways are shorter, and all slopes steeper.", "eq:gradient-step"
            ),
            Slip(60, "The number depends on the unit.", "eq:gradient-step"),
            Slip(
                60 * 60,
                "The other way, and by one factor of 60 only: ways are shorter in hours, *and* slopes steeper.",
                "eq:gradient-step",
            ),
        ],
        hints=[
            "Which unit has a slope in a mean, and which has the step?",
            "One square minute is $1/3600$ of a square hour.",
        ],
        goal=2,
    ),
    Guess(
        "gradient-guess-large",
        r"Before you move it: in {numref}`fig-race` the step size is raised from 20 to 200, and twelve steps are made. Where does the gradient come to?",
        options=[
            Option(
                "To the top, in a tenth of the steps", "That holds only as long as no step goes beyond the other side."
            ),
            Option(
                "It does not come to rest: each step goes too far",
                "Beyond the ridge the slope points back, and is as steep or steeper, so the next step is as long or longer.",
                right=True,
            ),
            Option(
                "To the other hill, where it stays",
                "On that hill the same step size is too long, too.",
            ),
        ],
        figure=shown.race,
        state={"eta": 200, "steps": 12, "mu1": 64, "mu2": 69},
        hints=[
            "Think of a parabola: how long may a step be, before it ends higher up on the other side?",
            "Compare η with the step that EM takes, some 50 to 100 here.",
        ],
        goal=2,
    ),
    Goal(
        "gradient-goal-length",
        r"In {numref}`fig-race`, choose $\eta$ so that the first step of the gradient takes $\mu_2$ exactly as far as EM does (to half a minute, in a step of more than four).",
        figure=shown.race,
        predicate=sp.And(
            sp.Abs(named("up2") - named("em2")) < sp.Rational(1, 2),
            sp.Abs(named("em2") - F.mean(2)) > 4,
        ),
        state={"eta": 51, "steps": 1, "mu1": 64, "mu2": 69},
        hints=[
            "Show one step only, and leave the ring where it is.",
            r"EM takes $\eta = \sigma_2^2 / \pi_2$, with the share that the component owns at present: about $34.4 / 0.68$.",
        ],
        goal=3,
    ),
    Goal(
        "gradient-goal-both",
        r"In {numref}`fig-race`, find a start and an $\eta$ such that one step of the gradient and one of EM end at the same place: both means to within half a minute, and each moved by more than three.",
        figure=shown.race,
        predicate=sp.And(
            sp.Abs(named("up1") - named("em1")) < sp.Rational(1, 2),
            sp.Abs(named("up2") - named("em2")) < sp.Rational(1, 2),
            sp.Abs(named("em1") - F.mean(1)) > 3,
            sp.Abs(named("em2") - F.mean(2)) > 3,
        ),
        state={"eta": 69, "steps": 1, "mu1": 66, "mu2": 86},
        hints=[
            r"EM's step sizes are $\sigma_k^2 / \pi_k$, and both variances are about 34.4. When are they equal?",
            "Move the ring until each component owns half of the waits: put the second mean higher. Then one η suits both.",
        ],
        answer="Where each component owns half of the waits, EM's two step sizes are both $34.4 / 0.5 = 69$, and a single $\\eta$ can be right for both means.",
        level="challenge",
        goal=3,
    ),
    Number(
        "gradient-em-step",
        r"A component owns $N_k = 85$ of 272 waits and has $\sigma_k^2 = 34$ square minutes. The log-likelihood has the slope −20 nats per minute in its mean. How far does EM move the mean?",
        key=_var / _owned * _slope,
        unit="minutes",
        slips=[
            Slip(
                _var / 272 * _slope,
                "You divided by $N$; each component has a divisor of its own, $N_k$.",
                "eq:em-gradient-mean",
            ),
            Slip(
                float(np.sqrt(_var)) / _owned * _slope,
                "The variance belongs there, not its root. Look at the units.",
                "eq:em-gradient-mean",
            ),
            Slip(_slope / _owned, "The variance is missing. Look at the units.", "eq:em-gradient-mean"),
            Slip(
                -_var / _owned * _slope,
                "The step goes uphill: a negative slope takes the mean down.",
                "eq:em-gradient-mean",
            ),
        ],
        hints=["By {eq}`eq:em-gradient-mean` the step size is a variance over a count.", r"$34 / 85 \cdot (-20)$."],
        goal=3,
    ),
    Choice(
        "gradient-unit",
        "The waits are written in hours, and the start is the same. Which climb goes another way than before?",
        options=[
            Option(
                "EM, because the densities are 60 times as high",
                "All densities grow by the same factor, and it cancels in the responsibilities.",
            ),
            Option(
                "The gradient with the same step size",
                "Its slopes in the means grow by 60, where the way to go shrinks by 60. EM's step size has the unit that is needed.",
                right=True,
            ),
            Option("Both", "EM's step size holds a variance, which changes with the unit just so."),
            Option("Neither, for a mixture knows no units", "The mixture does not, but a fixed number $\\eta$ does."),
        ],
        proof=_em_knows_no_unit,
        hints=["Which unit has EM's step size?", "And which one has η, in the hands of somebody who keeps the number?"],
        goal=3,
    ),
    Choice(
        "gradient-newton",
        "Newton's step goes by slope over curvature. At a place where the log-likelihood bends *upwards* along some direction, what does the step do along it?",
        options=[
            Option("It goes up, only too far", "Slope over curvature turns its sign with the curvature."),
            Option(
                "It goes down, to where the parabola is lowest",
                "The parabola that touches there has a bottom and no top, and the step leads to it.",
                right=True,
            ),
            Option("Nothing, for there is no top", "The equation has a solution; it is only no top."),
        ],
        proof=lambda: bool(_bowl.subs(F.x, 1 + _step_in_bowl) < _bowl.subs(F.x, 1)),
        hints=["Take $f(t) = t^2$ at $t = 1$.", "The step is $-f'/f'' = -1$. How high is it there?"],
        goal=2,
    ),
    Number(
        "gradient-dual",
        "A dual number `u = Dual(2.0, 1.0)` has the value 2 and the slope 1. Which slope has `u * u.exp()`?",
        key=float(_dual),
        slips=[
            Slip(float(sp.exp(2)), "That is the product of the slopes for the first factor alone, $u' e^u$."),
            Slip(
                float(2 * sp.exp(2)),
                "That is the value, which is also $u\\,(e^u)'$: the other half of the product rule is missing.",
            ),
            Slip(
                float(2 * sp.exp(2) * sp.exp(2)),
                "A product has two terms, each with one factor differentiated.",
            ),
        ],
        hints=["The slope of a product has two terms.", r"$u' e^u + u \, (e^u)' u'$ at $u = 2$."],
        goal=4,
    ),
    Choice(
        "gradient-backwards",
        r"A program computes $\log \sum_k e^{\ell_k}$ and goes backwards through it. Which slopes does it find for the $\ell_k$?",
        options=[
            Option(
                "The responsibilities $\\gamma_k$",
                r"$e^{\ell_k}$ over the sum of all: an E-step, under no name.",
                right=True,
            ),
            Option(
                "One for the largest, zero for the others",
                "That would be the slope of the maximum, of which this is a smooth form.",
            ),
            Option("The joint densities $e^{\\ell_k}$", "The logarithm divides by the sum."),
            Option("The weights $\\pi_k$", "What belongs to the observation, its place, is in $\\ell_k$, too."),
        ],
        proof=lambda: all(sp.simplify(sp.diff(_lse, part) - sp.exp(part) / sum(map(sp.exp, _l))) == 0 for part in _l),
        hints=["Differentiate the logarithm, and then the sum.", "{eq}`eq:chain-backwards`."],
        goal=4,
    ),
    Choice(
        "gradient-runs",
        "A mixture has a hundred components, so some three hundred parameters. How often does the program of its log-likelihood run for one gradient?",
        options=[
            Option(
                "Forwards about three hundred times, backwards once there and once back",
                "Forwards, each run carries one slope; backwards, each number learns how much the end depends on it.",
                right=True,
            ),
            Option("Once in either order", "A dual number carries one slope only."),
            Option(
                "Backwards three hundred times, forwards once",
                "It is the other way round: there are many parameters, and one result.",
            ),
            Option("Three hundred times in either order", "Going back needs one run, since there is one result."),
        ],
        hints=["How many slopes does a dual number carry?", "How many results has the log-likelihood?"],
        goal=4,
    ),
    Code(
        "gradient-code-lse",
        "Write `log_sum(ell)`: the log-sum-exp of the numbers `ell`, followed by its slope in each of them. It has to stand numbers like 1000 and −1000.",
        function="log_sum",
        starter="def log_sum(ell):\n    ...\n    return value, slopes\n",
        solution=(
            "def log_sum(ell):\n"
            "    top = ell.max()\n"
            "    share = np.exp(ell - top)\n"
            "    return top + np.log(share.sum()), share / share.sum()\n"
        ),
        cases=lambda: [
            (np.array([0.0, 1.0, -2.0]),),
            (np.array([1000.0, 1001.0]),),
            (np.array([-1000.0, -999.0, -1003.0]),),
        ],
        properties=[
            (
                lambda ell, both: len(both) == 2 and np.shape(both[1]) == np.shape(ell),
                "Return the value, and one slope for each number.",
            ),
            (
                lambda ell, both: np.all(np.isfinite(np.hstack(both))),
                "Far from zero it is infinite, or no number at all: take the largest out first.",
            ),
            (
                lambda ell, both: np.isclose(np.sum(both[1]), 1),
                "The slopes have to sum to one: if all numbers grow by one, so does the result.",
            ),
        ],
        slips=[
            CodeSlip(
                "ell.max()",
                "0.0",
                "Far from zero the exponentials overflow or vanish: take the largest out first.",
                "eq:log-sum-exp",
            ),
            CodeSlip("top + np.log", "np.log", "The largest was taken out, and has to come back.", "eq:log-sum-exp"),
            CodeSlip(
                "share / share.sum()",
                "share",
                "Divide by their sum: the slopes are the responsibilities.",
                "eq:chain-backwards",
            ),
            CodeSlip(
                "share / share.sum()",
                "(ell == top) * 1.0",
                "Those are the slopes of the maximum, of which this is a smooth form.",
                "eq:chain-backwards",
            ),
        ],
        hints=[
            "Take the largest number out, and give it back at the end.",
            "What is left over of the exponentials, divided by its sum, are the slopes.",
        ],
        goal=4,
    ),
    Choice(
        "gradient-slip-prior",
        "A program computes `joint` from the log densities alone, without `log_pi`, takes `gamma = softmax(joint)`, and sets the weights to the shares that come out. What does it fit?",
        options=[
            Option(
                "A mixture of equal weights, whatever weights it prints",
                "No step uses the printed weights, so means and variances are fitted as if all were equal.",
                right=True,
            ),
            Option(
                "The same mixture, since the weights are estimated afterwards",
                "The responsibilities decide the means, and they were computed without the weights.",
            ),
            Option("Nothing: the responsibilities no longer sum to one", "Softmax makes them sum to one in any case."),
        ],
        proof=_equal_weights_by_the_slip,
        hints=["Which later step uses the weights?", "On three clouds that hardly touch the two cannot be told apart."],
        level="thought",
        goal=5,
    ),
    Choice(
        "gradient-slip-axis",
        r"In the program above `joint` has a row for each component and a column for each observation. Somebody writes `gamma = torch.softmax(joint, dim=1)`. What is wrong?",
        options=[
            Option("Nothing: softmax gives responsibilities", "That depends on what is summed over."),
            Option(
                "It divides by the sum over the observations; each *column* has to sum to one",
                "An observation's responsibilities are shared among the components, which lie along `dim=0`.",
                right=True,
            ),
            Option("`softmax` would need `exp` before it", "It takes logarithms and makes the exponentials itself."),
        ],
        proof=lambda: np.allclose(e_step(_minutes, _start).T.sum(axis=0), 1),
        hints=["What sums to one, and over what?", "`logsumexp` in the program goes along `dim=0`."],
        goal=5,
    ),
    Choice(
        "gradient-slip-end",
        r'A post says that its loop has converged when the likelihood "stops decreasing". What would such a loop do, if it were taken at its word?',
        options=[
            Option("Stop at the maximum", "It climbs all the way, and would never find a decrease to wait for."),
            Option(
                "Stop after the first iteration",
                "A step of EM never lowers the likelihood, so it has stopped decreasing from the first.",
                right=True,
            ),
            Option("Run for ever", "It would run as long as the likelihood decreases, and it never does."),
        ],
        proof=lambda: bool(np.all(np.diff(iterate(_minutes, _start).log_likelihoods) >= -1e-9)),
        hints=[
            "When does EM's likelihood decrease? Look at {eq}`eq:em-chain`.",
            'The author means "increasing", and even that is too early.',
        ],
        goal=5,
    ),
    Choice(
        "gradient-owe-nothing",
        "Somebody's program climbs to a log-likelihood that is 200 nats above the best that EM finds from a thousand starts. No variance is small. Which number do you ask for first?",
        options=[
            Option("The step size", "A wrong step size ends lower, not higher."),
            Option(
                "The sum of the weights",
                "If it is not one, the function is no density, and its logarithm can be raised at will.",
                right=True,
            ),
            Option("The number of iterations", "More iterations bring a climb to the top, not above it."),
        ],
        hints=["Among which functions does a log-likelihood count?", "What is the area under a sum of weighted bells?"],
        level="thought",
        goal=1,
    ),
    Hints(
        "gradient-exercise-1",
        hints=[
            "Which responsibilities has an observation, if all components have the same density?",
            r"Put $\gamma(n, k) = \pi_k$ into {eq}`eq:free-gradient`, and into {eq}`eq:m-step`.",
        ],
        level="thought",
    ),
    Hints(
        "gradient-exercise-2",
        hints=[
            "Keep the place and the step size, and try.",
            "One loop: a trial, a comparison of heights, and either way a new η.",
        ],
    ),
    Hints(
        "gradient-exercise-3",
        hints=[
            "The first derivatives are the $\\gamma_k$; differentiate $e^{\\ell_k}$ over the sum.",
            "What is the variance of a number $c_k$ that is drawn with the probability $\\gamma_k$? Write it as a sum over $k$ and $j$.",
        ],
        level="challenge",
    ),
    Hints(
        "gradient-exercise-4",
        hints=[
            r"$v_{\text{new}} - v \approx (\sigma^2_{\text{new}} - \sigma^2) / \sigma^2$, if the step is small.",
            r"Leave the squared step out, and write the slope in $\sigma^2$ as that in $v$ over $\sigma^2$.",
        ],
        level="thought",
    ),
    Hints(
        "gradient-exercise-5",
        hints=[
            r"`eta` may be an array of six: for the $a_k$, the means and the $v_k$.",
            r"What is $\eta$ for $a_k$, so that a small step changes $\pi_k$ as EM does? Begin with $d\pi_k \approx \pi_k \, da_k$.",
        ],
        level="challenge",
    ),
]
