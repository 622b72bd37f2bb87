"""Responsibilities, and the clusters that they make."""

from __future__ import annotations

import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.live.gallery.sliders import around, axis, five_sliders, unit_of
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
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["memberships", "responsibility"]


def responsibility(name: str = "responsibility") -> FigureSpec:
    """Return a mixture, a point x and the responsibilities there (``eq:responsibility``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    functions = {**mixture_functions(), **responsibilities()}
    functions["total"] = functions["gamma1"] + functions["gamma2"]
    point = [layer("vline", "mixture", x="x", label="x")]
    return FigureSpec(
        name,
        sliders={"x": Slider("x", 0.5, -7, 8), **five_sliders()},
        functions=functions,
        panels=[
            panel(
                [
                    *mixture_layers(handles=False),
                    *point,
                    *[layer("dot", role, x="x", y=fn) for role, fn in (("component1", "c1"), ("component2", "c2"))],
                    layer("dot", "mixture", x="x", y="f"),
                    layer("handle", "mixture", x="x", y=0),
                ],
                x=(-7, 8),
                y=(0, 0.4),
                ylabel="density",
            ),
            panel(
                [
                    curve("gamma1", "component1", "γ₁(x)"),
                    curve("gamma2", "component2", "γ₂(x)"),
                    *point,
                    *[layer("dot", f"component{j}", x="x", y=f"gamma{j}") for j in (1, 2)],
                ],
                x=(-7, 8),
                y=(0, 1),
                ylabel="responsibility",
                height=0.75,
            ),
        ],
        readouts=[
            "γ₁ = π₁N₁ / f = {c1:4e} / {f:4e} = {gamma1:3}",
            "γ₂ = π₂N₂ / f = {c2:4e} / {f:4e} = {gamma2:3}, and γ₁ + γ₂ = {total:3}",
        ],
        alt="Above, a mixture and a point x. "
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
    n_1 = sp.Sum(F.stable_responsibility(1, x=F.xs[F.n]).subs(ONE_WEIGHT), (F.n, 1, F.N))
    return FigureSpec(
        name,
        sliders=sliders,
        functions={**mixture_functions(), **responsibilities(), "n1": n_1, "n2": F.N - n_1, **grip_functions()},
        formula=FORMULA,
        data=x,
        panels=[
            panel(
                [wall, *mixture_layers(handles=False), *grips()],
                x=axis(x),
                y=ceiling(wall, start),
                xlabel=xlabel,
            )
        ],
        pointed=POINTED,
        readouts=["N₁ = Σ γ(n, 1) = {n1:1} observations, N₂ = Σ γ(n, 2) = {n2:1}"],
        alt="A histogram of bricks, each coloured by its responsibilities, under a mixture of two components.",
    )
