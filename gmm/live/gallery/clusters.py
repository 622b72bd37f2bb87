"""Responsibilities, and the clusters that they make."""

from __future__ import annotations

import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.live.gallery.sliders import around, axis, unit_of
from gmm.live.layers import (
    FORMULA,
    ONE_WEIGHT,
    POINTED,
    bricks,
    ceiling,
    curve,
    grip_functions,
    grips,
    layer,
    mixture_functions,
    mixture_layers,
    panel,
    responsibilities,
)
from gmm.live.spec import FigureSpec
from gmm.mixture import Mixture

__all__ = ["memberships", "responsibility"]


def responsibility(
    x: ArrayLike,
    start: Mixture,
    at: float,
    name: str = "responsibility",
    *,
    xlabel: str = "x",
    n_bins: int = 27,
) -> FigureSpec:
    """Return a mixture before its data, a point x and the responsibilities there (``eq:responsibility``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations, which stand behind the curves.
    start : Mixture
        Two components, where the sliders begin.
    at : float
        Where the point begins.
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
    functions = {**mixture_functions(), **responsibilities()}
    functions["total"] = functions["gamma1"] + functions["gamma2"]
    point = [layer("vline", "mixture", x="x", label="x")]
    wall, (low, high), sliders = bricks(x, n_bins), axis(x), around(x, start, unit_of(xlabel))
    place = sliders["mu1"]._replace(label="x", value=at, low=low, high=high, role="")
    return FigureSpec(
        name,
        sliders={"x": place, **sliders, "pi1": sliders["pi1"]._replace(low=0.0, high=1.0)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [
                    wall,
                    *mixture_layers(handles=False),
                    *point,
                    *[layer("dot", role, x="x", y=fn) for role, fn in (("component1", "c1"), ("component2", "c2"))],
                    layer("dot", "mixture", x="x", y="f"),
                    layer("handle", "mixture", x="x", y=0),
                ],
                x=(low, high),
                y=ceiling(wall, start),
                xlabel=xlabel,
            ),
            panel(
                [
                    curve("gamma1", "component1", "γ₁(x)"),
                    curve("gamma2", "component2", "γ₂(x)"),
                    *point,
                    *[layer("dot", f"component{j}", x="x", y=f"gamma{j}") for j in (1, 2)],
                ],
                x=(low, high),
                y=(0, 1),
                xlabel=xlabel,
                ylabel="responsibility",
                height=0.75,
            ),
        ],
        readouts=[
            "γ₁ = π₁N₁ / f = {c1:4e} / {f:4e} = {gamma1:3}",
            "γ₂ = π₂N₂ / f = {c2:4e} / {f:4e} = {gamma2:3}, and γ₁ + γ₂ = {total:3}",
        ],
        alt="Above, a histogram, a mixture before it and a point x. "
        "Below, the responsibilities of the two components, which sum to one at every x.",
    )


def memberships(
    x: ArrayLike, start: Mixture, name: str = "memberships", *, xlabel: str = "x", n_bins: int = 27
) -> FigureSpec:
    """Return data coloured by their responsibilities under a mixture that the reader moves.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    start : Mixture
        Two components, where the sliders begin.
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
    sliders = around(x, start, unit_of(xlabel))
    wall = bricks(x, n_bins, legend="one observation each", gamma=["gamma1", "gamma2"])
    share = F.stable_responsibility(1, x=F.xs[F.n]).subs(ONE_WEIGHT)
    n_1, cut = sp.Sum(share, (F.n, 1, F.N)), sp.Symbol("cut", real=True)
    left = sp.Piecewise((1, F.xs[F.n] <= cut), (0, True))
    low, high = sliders["mu1"].low, sliders["mu1"].high
    return FigureSpec(
        name,
        sliders={**sliders, "cut": sliders["mu1"]._replace(label="cut", value=round((low + high) / 2), role="")},
        folded={"Parameters": list(sliders)},
        functions={
            **mixture_functions(),
            **responsibilities(),
            "n1": n_1,
            "n2": F.N - n_1,
            "left": sp.Sum(left, (F.n, 1, F.N)),
            "wrong": sp.Sum(left * (1 - share) + (1 - left) * share, (F.n, 1, F.N)),
            **grip_functions(),
        },
        formula=FORMULA,
        data=x,
        panels=[
            panel(
                [
                    wall,
                    *mixture_layers(handles=False),
                    layer("vline", "mixture", x="cut", label="cut"),
                    layer("handle", "mixture", x="cut", y=0),
                    *grips(),
                ],
                x=axis(x),
                y=ceiling(wall, start),
                xlabel=xlabel,
            )
        ],
        pointed=POINTED,
        readouts=[
            "N₁ = Σ γ(n, 1) = {n1:1}, N₂ = Σ γ(n, 2) = {n2:1}",
            "up to the cut {left:0}, and {wrong:2} mistakes to expect",
        ],
        alt="A histogram of bricks, each coloured by its responsibilities, under a mixture of two components, "
        "and a cut between them.",
    )
