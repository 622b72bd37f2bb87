"""Questions on the three cases."""

from functools import cache

import numpy as np
import sympy as sp

from gmm import datasets
from gmm.em import log_likelihood
from gmm.practice import shown
from gmm.practice.question import Choice, Code, CodeSlip, Formula, Goal, Guess, Hints, Number, Option, Slip, named

__all__ = ["QUESTIONS"]

_s, _p = sp.symbols("s p", real=True)
_power = [sp.S.One, sp.S.Zero]  # E[b^j] by the recurrence
for _ in range(3):
    _power.append(sp.expand(_s * _power[-1] - _p * _power[-2]))
_b, _var = np.array([-2.0, 3.0]), np.array([1.0, 2.0])
_pi = np.array([_b[1], -_b[0]]) / (_b[1] - _b[0])
_m2, _m3 = _pi @ (_var + _b**2), _pi @ (3 * _var * _b + _b**3)
_groups, _free = 24, 3 * 2 - 1
_brief, _short = 0.4, 0.36
_again, _n = 0.07, 400
_t = sp.Symbol("t", positive=True)  # the variance in exercise 1
_side_by_side = sp.expand((3 * _t**2 + 6 * _t + 1) - 3 * (_t + 1) ** 2)
_crabs = datasets.crabs()


@cache
def _likeliest():
    """Return the highest log-likelihood of the figure's mixtures."""
    spec = shown.moments()
    slider = spec.sliders["p"]
    return max(float(spec.call("logL", spec.scope({"p": p}))) for p in np.arange(slider.low, slider.high, 0.05))


def _rise():
    """Return by how much the log-likelihood rises from the figure's first state to the root at −6.72."""
    spec = shown.moments()
    return np.ptp([float(spec.call("logL", spec.scope(state))) for state in ({}, {"p": -6.72})])


def _fits_forget_the_order():
    """Tell whether the waits and the same waits sorted have one log-likelihood and another lag-one correlation."""
    waits, mixture = shown.waiting(), shown.fitted()
    alike = np.isclose(log_likelihood(waits, mixture), log_likelihood(np.sort(waits), mixture))
    return alike and _lag_one(np.sort(waits)) > 0.9 > 0 > _lag_one(waits)


def _lag_one(x):
    return np.corrcoef(x[:-1], x[1:])[0, 1]


QUESTIONS = [
    Formula(
        "cases-recurrence",
        r"Two deviations have the sum $s$ and the product $p$, and weights that balance: $\mathrm{E}[b] = 0$. What is $\mathrm{E}[b^4]$? (Type `s` and `p`.)",
        key=_power[4],
        slips=[
            Slip(
                -_p * _s**2 - _p**2,
                "A sign: $p$ is taken off, and what it multiplies, $-p$, is negative already.",
                "eq:moment-recurrence",
            ),
            Slip(_power[3], r"That is $\mathrm{E}[b^3]$. One step more.", "eq:moment-recurrence"),
            Slip(_p**2, r"The mean of $b^3$ is not zero, if the two do not mirror each other.", "eq:moment-recurrence"),
            Slip(_p * _s**2 + _p**2, r"$\mathrm{E}[b^2]$ is $-p$, not $p$.", "eq:moment-recurrence"),
        ],
        hints=[
            r"Begin with $\mathrm{E}[b^2] = s \cdot 0 - p \cdot 1$.",
            r"$\mathrm{E}[b^3] = -ps$, and once more.",
        ],
        goal=1,
    ),
    Number(
        "cases-weight",
        "The means of two components deviate from the common mean by −2 and 3. What is the weight of the first?",
        key=float(_pi[0]),
        slips=[
            Slip(
                float(_pi[1]),
                "That is the weight of the second. The *nearer* one is the heavier.",
                "eq:moment-recurrence",
            ),
            Slip(float(_b[1] / -_b[0]), "Those are the odds. Divide by their sum.", "eq:moment-recurrence"),
            Slip(0.5, "With equal weights the common mean would lie halfway.", "eq:moment-recurrence"),
        ],
        hints=[r"The weights balance: $-2 \pi_1 + 3 \pi_2 = 0$.", "Put $\\pi_2 = 1 - \\pi_1$."],
        goal=1,
    ),
    Number(
        "cases-third",
        r"The same two, with the weights 0.6 and 0.4 and with $\sigma_1^2 = 1$ and $\sigma_2^2 = 2$. What is $m_3$ of the mixture?",
        key=float(_m3),
        slips=[
            Slip(
                float(_pi @ _b**3),
                r"The term $3 \sigma^2 b$ is missing. It averages to zero for equal variances only.",
                "eq:mixture-moments",
            ),
            Slip(float(_m2), "That is $m_2$.", "eq:mixture-moments"),
            Slip(
                float(_pi @ (_var * _b + _b**3)),
                "There are three ways to choose the one factor $b$: the 3 is missing.",
                "eq:mixture-moments",
            ),
            Slip(float(_m3 / _m2**1.5), "That is the skewness, $m_3$ without a unit.", "eq:mixture-moments"),
        ],
        hints=[
            "The second line of {eq}`eq:mixture-moments`.",
            r"$0.6 \cdot (-6 - 8) + 0.4 \cdot (18 + 27)$.",
        ],
        goal=1,
    ),
    Code(
        "cases-code-moment",
        "Write `central(values, count, j)`: the central moment $m_j$ of data that are given as `values` and how often each occurs.",
        function="central",
        starter="def central(values, count, j):\n    ...\n",
        solution=(
            "def central(values, count, j):\n"
            "    centre = (count * values).sum() / count.sum()\n"
            "    return (count * (values - centre) ** j).sum() / count.sum()\n"
        ),
        cases=lambda: [
            (_crabs.ratio, _crabs.count, 2),
            (np.array([0.0, 1.0, 5.0]), np.array([3, 2, 1]), 3),
            (np.array([-1.0, 0.0, 4.0]), np.array([1, 5, 2]), 5),
        ],
        properties=[
            (lambda values, count, j, m: np.ndim(m) == 0, "Return one number."),
            (lambda values, count, j, m: j % 2 or m > 0, "A moment of even order is positive."),
        ],
        slips=[
            CodeSlip(
                "(values - centre) ** j",
                "values**j",
                "That is the moment about zero. Take off the mean first.",
                "eq:central-moments",
            ),
            CodeSlip(
                "(count * values).sum() / count.sum()",
                "values.mean()",
                "The centre is that of the values. Each occurs `count` times.",
                "eq:central-moments",
            ),
            CodeSlip(
                "(count * (values - centre) ** j).sum()",
                "((values - centre) ** j).sum()",
                "Each deviation occurs `count` times.",
                "eq:central-moments",
            ),
            CodeSlip(
                ".sum() / count.sum()\n",
                ".sum()\n",
                "That is a sum. Divide it by the number of all data.",
                "eq:central-moments",
            ),
            CodeSlip(
                "** j).sum() / count.sum()",
                "** j).sum() / (count.sum() - 1)",
                "The moments of {eq}`eq:central-moments` divide by $N$.",
                "eq:central-moments",
            ),
        ],
        hints=[
            "The mean is a weighted one, with the counts for weights.",
            "The same weighted mean once more, of the powers of the deviations.",
        ],
        goal=1,
    ),
    Guess(
        "cases-guess-root",
        r"Before you move it: in {numref}`fig-moments` the fifth moment of the mixture is off by 290, and at $p = -6.72$ it is right. By how much does the log-likelihood of the thousand crabs rise on the way there?",
        options=[
            Option("By some hundreds of nats", "The curve hardly changes: fifth moments hang on a few crabs far out."),
            Option(
                "By about two nats",
                "Mean and four moments are right all the way, and what is left is seen in the tails only.",
                right=True,
            ),
            Option("It falls, for one moment is paid for by another", "All four lower moments stay right."),
        ],
        proof=lambda: 1.5 < _rise() < 2.5,
        figure=shown.moments,
        state={"p": -6.72},
        hints=["Which crabs decide a mean of fifth powers?", "How many nats can they bring, of a thousand?"],
        goal=2,
    ),
    Goal(
        "cases-goal-likeliest",
        r"In {numref}`fig-moments`, find the mixture with the largest log-likelihood, to a hundredth of a nat.",
        figure=shown.moments,
        predicate=lambda: named("logL") > round(_likeliest() - 0.01, 4),
        state={"p": -8.4},
        hints=["Read the log-likelihood while you move $p$.", "It is flat there: all between −8.6 and −8.2 will do."],
        answer="It lies close to the root that the sixth moment prefers.",
        level="thought",
        goal=2,
    ),
    Goal(
        "cases-goal-root",
        r"In {numref}`fig-moments`, find the mixture that has all five moments of the crabs (the fifth to within 1), and in which the first component has the *smaller* weight.",
        figure=shown.moments,
        predicate=sp.And(sp.Abs(named("gap")) < 1, named("pi1") < sp.Rational(1, 2)),
        state={"p": -8.52},
        hints=["The curve below has two zeros.", "Of the two take the one where the first weight is 0.42."],
        goal=1,
    ),
    Choice(
        "cases-five-moments",
        "Two mixtures of two components have all five moments of the crabs. What is the lesson?",
        options=[
            Option(
                "One of them was computed wrongly: five equations for five unknowns have one solution",
                "Equations of the first degree have one; this one is of the ninth.",
            ),
            Option("The densities must be the same", "Their sixth moments differ, so they are not."),
            Option(
                "Five moments do not fix a mixture of two, although it has five parameters",
                "An equation of the ninth degree may have several roots that make sense, and here two do.",
                right=True,
            ),
            Option("The crabs are of three races", "The number of roots says nothing of the number of races."),
        ],
        hints=[
            "How many roots may an equation of the ninth degree have?",
            "Which of them make sense: negative, and with positive variances?",
        ],
        goal=1,
    ),
    Number(
        "cases-freedom",
        "Counts are pooled into 24 groups, and a mixture of two normal components is fitted to them. How many degrees of freedom are left for $X^2$?",
        key=_groups - 1 - _free,
        tolerance=1e-6,
        slips=[
            Slip(
                _groups - 1,
                "The five fitted parameters have been turned to the counts, and go off as well.",
                "eq:chi-squared",
            ),
            Slip(_groups - _free, "The total is given, too: one more goes off.", "eq:chi-squared"),
            Slip(_groups - 1 - 6, "Six numbers, but the weights sum to one: five are free.", "eq:chi-squared"),
        ],
        hints=["The total is fixed, and the parameters were fitted.", "A mixture of two has five free parameters."],
        goal=2,
    ),
    Choice(
        "cases-two-pass",
        "A mixture of two passes the test by $X^2$, and so does a single density that leans. What does the test support?",
        options=[
            Option("The mixture, for it has more parameters", "More parameters make it easier to pass, and no truer."),
            Option(
                "Either description, and no statement about two races",
                "What passes is not refuted. Whatever else would pass has to be looked for.",
                right=True,
            ),
            Option(
                "The leaning density, and it refutes the two races",
                "The mixture passes as well, so nothing is refuted.",
            ),
            Option("Neither, since they exclude each other", "Two descriptions may both be good, at a thousand crabs."),
        ],
        hints=["What does it mean to pass?", "What does it take to *exclude* the other?"],
        goal=2,
    ),
    Choice(
        "cases-more-crabs",
        "Which of these could decide whether the crabs are of two races?",
        options=[
            Option(
                "A sharper test on the same counts",
                "The counts cannot tell a mixture from one density that leans as much.",
            ),
            Option(
                "Another measurement on the same crabs",
                "If those whom the first one puts together agree in a second, the groups are something.",
                right=True,
            ),
            Option("A fit with three components", "It fits a little better, and supports as little."),
            Option("A hundred more starts for the fit", "The maximum is not in doubt; what it means is."),
        ],
        hints=[
            "What was it that settled Old Faithful's two kinds?",
            "Which of them adds something that the fit has not seen?",
        ],
        goal=2,
    ),
    Choice(
        "cases-criteria",
        "AIC chooses four components for the galaxies, BIC and ICL three. Which sentence can stand in a report?",
        options=[
            Option(
                "There are four clusters, since AIC has the smallest penalty",
                "A component is no cluster, and a small penalty is no merit.",
            ),
            Option(
                "There are three, by two votes to one",
                "Criteria answer different questions; there is nothing to vote on.",
            ),
            Option(
                "There are three separate groups; how the middle one is best described 82 galaxies do not settle",
                "All criteria agree on the groups far out, and all the quarrel is within the middle.",
                right=True,
            ),
            Option("Nothing can be said", "The two small groups are disputed by no criterion."),
        ],
        hints=["On what do all of them agree?", "Where is the quarrel?"],
        goal=4,
    ),
    Choice(
        "cases-order",
        "The 272 waits are sorted, from the shortest to the longest, and a mixture is fitted. What changes?",
        options=[
            Option(
                "The fit, since neighbours are alike now",
                "The log-likelihood is a sum, and a sum does not know its order.",
            ),
            Option(
                "Nothing of the fit; the lag-one correlation becomes large",
                "So a mixture can neither see the order nor be refuted by it: that takes another judge.",
                right=True,
            ),
            Option("Its standard errors become smaller", "They come from the same log-likelihood."),
        ],
        proof=_fits_forget_the_order,
        hints=["Is the log-likelihood a sum?", "And what would each wait be next to?"],
        goal=3,
    ),
    Number(
        "cases-scatter",
        "A series of 400 values has a lag-one correlation of 0.12. How large is the scatter of that number, if the values are independent draws?",
        key=float(1 / np.sqrt(_n)),
        slips=[
            Slip(1 / _n, "Take the root: a mean of $N$ products scatters like one over the root of $N$.", "sure"),
            Slip(float(np.sqrt(_n)), "One over that."),
            Slip(0.12 / np.sqrt(_n), "The scatter under independence does not depend on what came out."),
        ],
        hints=["With 272 waits it is 0.06.", r"$1/\sqrt{N}$."],
        goal=3,
    ),
    Code(
        "cases-code-lag",
        "Write `lag_one(x)`: the correlation of each value with the next.",
        function="lag_one",
        starter="def lag_one(x):\n    ...\n",
        solution=(
            "def lag_one(x):\n"
            "    now, later = x[:-1], x[1:]\n"
            "    a, b = now - now.mean(), later - later.mean()\n"
            "    return (a * b).mean() / np.sqrt((a**2).mean() * (b**2).mean())\n"
        ),
        cases=lambda: [(shown.waiting(),), (shown.FIVE,), (np.array([3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]),)],
        properties=[
            (lambda x, r: np.ndim(r) == 0, "Return one number."),
            (lambda x, r: -1 - 1e-9 <= r <= 1 + 1e-9, "A correlation lies between −1 and 1."),
        ],
        slips=[
            CodeSlip("x[:-1], x[1:]", "x[:-2], x[2:]", "That is each value with the next but one."),
            CodeSlip("x[:-1], x[1:]", "x, x", "That is each value with itself, which is always 1."),
            CodeSlip(
                " / np.sqrt((a**2).mean() * (b**2).mean())",
                "",
                "That is a covariance. Divide by both standard deviations.",
            ),
            CodeSlip(
                "np.sqrt((a**2).mean() * (b**2).mean())",
                "((a**2).mean() * (b**2).mean())",
                "You divided by the variances. Take the root of their product.",
            ),
            CodeSlip("now - now.mean(), later - later.mean()", "now, later", "The means have to be taken off first."),
        ],
        hints=[
            "`x[:-1]` are all but the last, and `x[1:]` all but the first.",
            "`np.corrcoef` of the two, of which one entry is wanted; or a mean of products over two standard deviations.",
        ],
        goal=3,
    ),
    Number(
        "cases-agree",
        "One fit calls 36 per cent of the eruptions short, another, of a second measurement, calls 40 per cent brief. On which share would they agree, if they had nothing to do with each other?",
        key=_short * _brief + (1 - _short) * (1 - _brief),
        slips=[
            Slip(_short * _brief, "They also agree where neither calls it so."),
            Slip((1 - _short) * (1 - _brief), "They also agree where both call it so."),
            Slip(0.5, "Near it, but the kinds are not equally frequent."),
            Slip(1 - abs(_short - _brief), "That is the most that they could agree on."),
        ],
        hints=["In two ways they can agree.", r"$0.36 \cdot 0.40 + 0.64 \cdot 0.60$."],
        goal=3,
    ),
    Number(
        "cases-forecast",
        "Of all waits 36 per cent are short, and after a short one 7 per cent are. How often is a wait short after a *long* one?",
        key=_short * (1 - _again) / (1 - _short),
        slips=[
            Slip(_short, "That is the share among all waits, which forgets the order."),
            Slip(_short / (1 - _short), "So it would be if two short waits never followed each other."),
            Slip(1 - _again, "That is how often a long one follows a short one."),
        ],
        tolerance=0.01,
        hints=[
            r"The share of short waits among the *next* is 36 per cent, too: $0.36 \cdot 0.07 + 0.64 \cdot q = 0.36$.",
            "Solve for $q$.",
        ],
        level="thought",
        goal=3,
    ),
    Choice(
        "cases-sentence",
        "Which sentence on Old Faithful will stand?",
        options=[
            Option(
                "The next wait is short with probability 0.36",
                "Not for a visitor who knows the last one: 0.07 after a short wait, 0.53 after a long.",
            ),
            Option(
                "Of the waits on record 36 per cent belong to the short component, whose eruptions were brief with few exceptions",
                "It speaks of the record, and has a witness that had no part in the fit.",
                right=True,
            ),
            Option(
                "The weight is 0.36 ± 0.03, by the information",
                "That error takes the waits for independent, and they are not.",
            ),
            Option(
                "Once the kind of the eruption is known, its length tells nothing more",
                "Within each kind a longer eruption is followed by a longer wait.",
            ),
        ],
        hints=["Which of them counts on independence?", "Which says no more than what was counted?"],
        level="thought",
        goal=4,
    ),
    Choice(
        "cases-say-crabs",
        'A report ends: "Two races live at Naples, in the proportion 42 to 58." How would you mend it?',
        options=[
            Option(
                "Give the proportion with its standard error",
                "The proportion is uncertain, but the first half of the sentence is worse.",
            ),
            Option(
                'Write: "The foreheads are not spread normally; two normal components describe them, and so would one density that leans."',
                "It claims what the counts support, and names what else they allow.",
                right=True,
            ),
            Option('Write: "Nothing is known about the crabs."', "That they are not spread normally is beyond doubt."),
            Option("Leave it: the fit passes by $X^2$", "A fit that passes supports a description."),
        ],
        hints=["What is beyond doubt?", "And what has only not been refuted?"],
        goal=4,
    ),
    Number(
        "cases-exercise-1",
        unit="(m₄ − 3 m₂²)",
        key=_side_by_side,
        tolerance=1e-6,
        slips=[
            Slip(2, "The sign: the mixture's $m_4$ is the smaller.", "eq:mixture-moments"),
            Slip(0, "So it is for one normal density.", "eq:mixture-moments"),
            Slip(-3, r"Do not forget $\mathrm{E}[b^4] = 1$.", "eq:mixture-moments"),
        ],
        hints=[
            "$b$ is 1 or −1, so its even powers are 1, and the mean of its odd powers is 0.",
            r"$m_2 = \sigma^2 + 1$, and $m_4 = 3 \sigma^4 + 6 \sigma^2 + 1$.",
        ],
    ),
    Hints(
        "cases-exercise-2",
        hints=[
            "For each sample: moments, coefficients, `np.roots`, and then the variances of each negative root.",
            "`sp.lambdify` makes a function of the coefficients, so that SymPy has to work once only.",
        ],
        level="challenge",
    ),
    Hints(
        "cases-exercise-3",
        hints=[
            "Only four numbers change, `m[2]` to `m[5]`.",
            "Put them into the same coefficients, and compare the negative roots.",
        ],
    ),
    Hints(
        "cases-exercise-4",
        hints=[
            "The variance within the kinds, over that of all waits; {eq}`eq:mixture-variance` has the parts.",
            "`np.polyfit` of the waits on the lengths, once for each kind; then the variance of what is left.",
        ],
        level="thought",
    ),
    Hints(
        "cases-exercise-5",
        hints=[
            "`rng.permutation` shuffles, and keeps the waits as a heap.",
            "Compute the correlation of each shuffled series, and look how far they scatter.",
        ],
    ),
]
