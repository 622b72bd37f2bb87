"""What a computer makes of the formulas."""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.live.gallery.sliders import axis, by_symbol
from gmm.live.layers import bricks, curve, layer, panel
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["cancellation", "nodes", "parts", "shift"]


def cancellation(
    x: ArrayLike = (-2.5, -2.25, -1.25, -1.0, -0.75, -0.5, 0.0, 0.75), name: str = "cancellation"
) -> FigureSpec:
    """Return shifted data and the curves of two variances: E[x²] − mean², and about the mean (``eq:cancellation``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations with a spread of about 1, before the shift.
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    s, u = sp.symbols("s u", real=True)
    shifted = F.xs[F.n] + 10**s

    def average(term):
        return sp.Sum(term, (F.n, 1, F.N)) / F.N

    mean = average(shifted)
    functions = {"squares": average(shifted**2), "square": mean**2, "about": average((shifted - mean) ** 2)}
    functions["shortcut"] = functions["squares"] - functions["square"]
    for curved, variance in (("wrong", "shortcut"), ("right", "about")):
        functions[curved] = F.normal_density(u, mean - 10**s, functions[variance])
    return FigureSpec(
        name,
        sliders={"s": Slider("log₁₀ c", 0.0, 0, 9, 0.05)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [
                    curve("right", "ghost", "about the mean"),
                    curve("wrong", "component1", "E[x²] − mean²"),
                    layer("points", "data", x=np.asarray(x, dtype=float).tolist(), y=0.03, legend="data"),
                ],
                x=(-4, 4),
                y=(0, 0.9),
                xlabel="x − c",
                variable="u",
            )
        ],
        readouts=[
            "mean of the squares {squares:4}",
            "square of the mean {square:4}",
            "variance: their difference {shortcut:4}, about the mean {about:4}",
        ],
        still={"s": 8.0},
        alt="Eight points and two normal curves, one for each way to compute the variance. "
        "Under a large shift the curve of the difference of squares is too wide, too narrow or gone.",
    )


def shift(mixture: Mixture, name: str = "shift", *, reach: int = 60) -> FigureSpec:
    """Return γ₂ from exponents that are shifted by a number that the reader moves (``eq:log-sum-exp``).

    Parameters
    ----------
    mixture : Mixture
        Two components.
    name : str
        Unlike that of any other figure of the page.
    reach : int
        How far out the point x goes.

    Returns
    -------
    FigureSpec
    """
    m, limits = sp.Symbol("m", real=True), np.finfo(float)
    given = by_symbol(mixture)
    terms = [F.Whole(F.log_component(j).subs(given)) for j in (1, 2)]
    shares = [sp.exp(term - m) for term in terms]
    return FigureSpec(
        name,
        sliders={"x": Slider("x", 10.0, -reach, reach), "m": Slider("m", 0.0, -2000, 800, 1)},
        functions={
            "a1": terms[0],
            "a2": terms[1],
            "a1m": terms[0] - m,
            "a2m": terms[1] - m,
            "shifted": shares[1] / (shares[0] + shares[1]),
            "gamma2": F.stable_responsibility(2).subs(given),
            # Half the smallest float still rounds to it.
            "low": m + float(np.log(limits.smallest_subnormal) - np.log(2)),
            "high": m + float(np.log(limits.max)),
        },
        panels=[
            panel(
                [
                    curve("a2", "mixture", "a₂(x)"),
                    layer("hline", "component1", y="m", legend="m"),
                    layer("hline", "component2", y="high", legend="beyond them exp(a − m) is ∞ or 0"),
                    layer("hline", "component2", y="low"),
                    layer("dot", "mixture", x="x", y="a2"),
                    layer("handle", "mixture", x="x", y="m", sets=["x", "m"]),
                ],
                x=(-reach, reach),
                y=(-2600, 1400),
                ylabel="exponent",
            ),
            panel(
                [
                    curve("gamma2", "mixture", "γ₂(x)"),
                    layer("dot", "component1", x="x", y="shifted", legend="γ₂(x) with your m"),
                ],
                x=(-reach, reach),
                y=(0, 1),
                ylabel="γ₂(x)",
                height=0.75,
            ),
        ],
        readouts=[
            "a₁ − m = {a1m:2}, a₂ − m = {a2m:2}",
            "γ₂ with your m = {shifted:4}, with the largest = {gamma2:4}",
        ],
        alt="Above, the exponents of two components over x and the window around m in which exp gives a number. "
        "Below, the responsibility, with a dot that is there while x lies in the window.",
    )


def nodes(x: ArrayLike, name: str = "nodes", *, most: int = 16) -> FigureSpec:
    """Return the observations of one cell, and the weighted values that stand for them (``eq:node-weights``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations between −1 and 1.
    name : str
        Unlike that of any other figure of the page.
    most : int
        How many values the reader can ask for.

    Returns
    -------
    FigureSpec
    """
    h, t = sp.Symbol("h", positive=True), sp.Symbol("t", real=True)
    # Two components meet in the middle of the cell, which is h of their standard deviations wide.
    sigma = 2 / h
    given = {F.mean(1): -sigma, F.mean(2): sigma, F.variance(1): sigma**2, F.variance(2): sigma**2}
    given |= {F.weight(1): sp.Rational(1, 2), F.weight(2): sp.Rational(1, 2)}
    gamma = F.responsibility(1, x=t).subs(given)  # no exponent is below −41 here, so nothing needs to be made stable
    exact = sp.Sum(gamma.subs(t, F.xs[F.n]), (F.n, 1, F.N))
    # Each term of the sum once: γ at a node, times its weight.
    replaced = sp.Sum(F.node_weight * gamma.subs(t, F.node), (F.j, 1, F.p))
    functions = {"gamma": gamma, "exact": exact, "replaced": replaced, "error": sp.Abs(replaced - exact)}
    for i in range(1, most + 1):
        # A node that is not asked for stands on the last that is.
        functions[f"t{i}"] = F.node.subs(F.j, sp.Min(i, F.p))
        functions[f"w{i}"] = F.node_weight.subs(F.j, sp.Min(i, F.p))
    return FigureSpec(
        name,
        sliders={"p": Slider("p", 6, 1, most, 1), "h": Slider("h / σ", 4.0, 0.25, 16.0, 0.05)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [
                    bricks(x, 15, legend="one observation each"),
                    curve("gamma", "component1", "γ(t)"),
                    *[
                        layer("dot", "component2", x=f"t{i}", y="gamma", legend="the nodes" if i == 1 else None)
                        for i in range(1, most + 1)
                    ],
                ],
                x=(-1.05, 1.05),
                y=(0, 1),
                xlabel="t",
                ylabel="γ(t); density",
                height=0.75,
                variable="t",
            ),
            panel(
                [
                    layer("hline", "ghost", y=0),
                    *[layer("dot", "component2", x=f"t{i}", y=f"w{i}") for i in range(1, most + 1)],
                ],
                x=(-1.05, 1.05),
                y=(-np.size(x) / 12, 5 * np.size(x) / 12),
                xlabel="t",
                ylabel="weight of a node",
                height=0.75,
                variable="t",
            ),
        ],
        readouts=["Σγ over data {exact:4}, nodes {replaced:4}", "difference {error:2e}"],
        alt="Above, the observations of one cell and a curve that falls across it, with the nodes on it. "
        "Below, the weights of a few nodes that give the same sum of that curve.",
    )


def parts(x: ArrayLike, mixture: Mixture, name: str = "parts", *, xlabel: str = "x", n_bins: int = 27) -> FigureSpec:
    """Return data in two parts, and what each adds to the sums of an EM step (``eq:sum-of-parts``).

    The sums are those of the first component, of γ, γD and γD², with the
    residuals D about its mean.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    mixture : Mixture
        The present one.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.
    n_bins : int
        How many bars the histogram has.

    Returns
    -------
    FigureSpec
    """
    x, cut = np.asarray(x, dtype=float), sp.Symbol("cut", real=True)
    (low, high), wall = axis(x), bricks(x, n_bins, legend="one observation each", gamma=["in1", "in2"])
    given = by_symbol(mixture)
    gamma = F.responsibility(1, mixture.n_components, F.xs[F.n]).subs(given)
    residual = F.xs[F.n] - given[F.mean(1)]
    inside, here = (sp.Piecewise((1, at <= cut), (0, True)) for at in (F.xs[F.n], F.x))
    functions, readouts, bars = {"in1": here, "in2": 1 - here}, [], []
    for power, called in enumerate(("Σγ", "ΣγD", "ΣγD²")):
        term = gamma * residual**power
        one, other = (sp.Sum(side * term, (F.n, 1, F.N)) for side in (inside, 1 - inside))
        functions |= {f"one{power}": one, f"other{power}": other, f"whole{power}": sp.Sum(term, (F.n, 1, F.N))}
        functions[f"share{power}"] = one / functions[f"whole{power}"]
        readouts.append(f"{called} = {{one{power}:1}} + {{other{power}:1}} = {{whole{power}:1}}")
        bars.append(layer("bar", "component1", x=power, between=[0, f"share{power}"], wide=True))
        bars.append(layer("bar", "component2", x=power + 0.2, between=[f"share{power}", 1], wide=True))
        bars.append(layer("text", "mixture", x=power, y=1.3, text=called))
    bars[0]["legend"], bars[1]["legend"] = "from the first part", "from the second part"
    return FigureSpec(
        name,
        sliders={"cut": Slider("cut", float(np.median(x)), float(x.min()), float(x.max()), (high - low) / 200)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [wall, layer("vline", "mixture", x="cut", label="cut"), layer("handle", "mixture", x="cut", y=0)],
                x=(low, high),
                y=(0, 1.2 * wall["height"] * (max(wall["row"]) + 1)),
                xlabel=xlabel,
            ),
            panel(
                [layer("hline", "ghost", y=0), layer("hline", "ghost", y=1), *bars],
                x=(-0.6, 2.6),
                y=(-0.6, 1.6),
                xlabel="power of D",
                ylabel="share of the whole sum",
            ),
        ],
        readouts=readouts,
        alt="A histogram in two parts, and for each of three sums what the parts add to it: together always the whole.",
    )
