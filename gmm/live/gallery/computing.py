"""What a computer makes of the formulas."""

from __future__ import annotations

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.live.layers import bricks, curve, layer, panel
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["cancellation", "nodes", "shift"]


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
    given = dict(zip(F.parameters(), np.concatenate([*mixture]).tolist()))
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
    gamma = F.stable_responsibility(1, x=t).subs(given)
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
        alt="Above, the observations of one cell and a curve that falls across it. "
        "Below, the weights of a few nodes that give the same sum of that curve.",
    )
