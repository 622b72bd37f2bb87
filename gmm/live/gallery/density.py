"""The normal density and the mixture."""

from __future__ import annotations

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.live.gallery.sliders import by_symbol, five_sliders
from gmm.live.layers import (
    FORMULA,
    N1,
    N2,
    ONE_WEIGHT,
    curve,
    grip_functions,
    grips,
    layer,
    mixture_functions,
    mixture_layers,
    panel,
)
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["free_weights", "mixture", "normal", "polar", "sampling", "standardise", "two_bumps"]


def normal(name: str = "normal") -> FigureSpec:
    """Return the normal density with sliders for its mean and variance (``eq:normal``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    return FigureSpec(
        name,
        sliders={
            "mu": Slider("μ", 0.0, -4, 4, role="component1"),
            "variance": Slider("σ²", 1.0, 0.2, 6, role="component1"),
        },
        functions={
            "f": F.normal,
            "standard": F.normal.subs({F.mu: 0, F.var: 1}),
            "low": F.mu - sp.sqrt(F.var),
            "high": F.mu + sp.sqrt(F.var),
            "sigma": sp.sqrt(F.var),
            "peak": F.normal.subs(F.x, F.mu),
        },
        panels=[
            panel(
                [
                    curve("standard", "ghost", "N(x | 0, 1)"),
                    layer("shade", "component1", fn="f", legend="within one σ of μ", **{"from": "low", "to": "high"}),
                    curve("f", "component1", "N(x | μ, σ²)", near=[("mu", "variance")]),
                    layer("vline", "component1", x="mu", label="μ"),
                    layer("handle", "component1", x="high", y="f", small=True, sets=["variance"]),
                    layer("handle", "component1", x="mu", y="f"),
                ],
                x=(-8, 8),
                y=(0, 0.95),
                ylabel="density N(x | μ, σ²)",
            )
        ],
        formula=[("component1", "N(x | {mu:2}, {variance:2})")],
        readouts=["standard deviation σ = √σ² = {sigma:2}, height of the peak 1/√(2πσ²) = {peak:3}"],
        still={"mu": 2.0, "variance": 4.0},
        alt="A bell curve. Its mean sets where it stands, its variance how wide and how low it is.",
    )


def polar(name: str = "polar") -> FigureSpec:
    """Return the area under e^(−z²/2), the hill whose volume is its square, and the rings that make up the hill.

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    z, rho, r = sp.Symbol("z", real=True), sp.Symbol("rho", real=True), sp.Symbol("r", nonnegative=True)
    ring = 2 * sp.pi * rho * sp.exp(-(rho**2) / 2)
    angle = np.linspace(0, 2 * np.pi, 91)
    heights = np.linspace(0.1, 0.95, 8)
    circles = [np.sqrt(-2 * np.log(h)) * np.array([np.cos(angle), np.sin(angle)]).T for h in heights]
    return FigureSpec(
        name,
        sliders={"r": Slider("r", 1.0, 0, 3.5)},
        functions={
            "bell": sp.exp(-(z**2) / 2),
            "ring": ring,
            "inner": sp.integrate(ring, (rho, 0, r)),
            "whole": sp.integrate(ring, (rho, 0, sp.oo)),
        },
        panels=[
            panel(
                [curve("bell", "component1", "the area I", fill=True)],
                x=(-3.5, 3.5),
                y=(0, 1.1),
                xlabel="z",
                ylabel="height",
                variable="z",
            ),
            panel(
                [
                    layer("contours", "ghost", lines=[c.round(3).tolist() for c in circles], heights=heights.tolist()),
                    layer("disc", "component2", r="r", legend="a ring"),
                    layer("handle", "component2", x="r", y=0),
                ],
                x=(-3.5, 3.5),
                y=(-3.5, 3.5),
                xlabel="u",
                ylabel="w",
                square=True,
                variable="u",
            ),
            panel(
                [
                    curve("ring", "component2", "2πr × height"),
                    layer("shade", "component2", fn="ring", **{"from": 0, "to": "r"}),
                    layer("dot", "component2", x="r", y="ring"),
                ],
                x=(0, 3.5),
                y=(0, 4.2),
                xlabel="r",
                ylabel="of a ring",
                variable="rho",
            ),
        ],
        readouts=["within r: {inner:4}, the whole hill: I² = 2π = {whole:4}"],
        still={"r": 1.5},
        alt="A bell curve, whose area is I; level lines of the round hill whose volume is I², with a ring; "
        "and the volume of the rings by their radius, shaded up to that ring.",
    )


def standardise(name: str = "standardise") -> FigureSpec:
    """Return a point on a normal curve and the same point on the standard one (``eq:standard-normal``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    z = (F.x - F.mu) / sp.sqrt(F.var)
    z_symbol = sp.Symbol("z", real=True)
    return FigureSpec(
        name,
        sliders={
            "mu": Slider("μ", 2.0, -3, 5),
            "variance": Slider("σ²", 4.0, 0.2, 6),
            "x": Slider("x", 5.0, -6, 10),
        },
        functions={
            "f": F.normal,
            "z": z,
            "standard": F.normal.subs({F.mu: 0, F.var: 1, F.x: z_symbol}),
            "area": sp.erf(sp.Abs(z) / sp.sqrt(2)) / 2,
        },
        panels=[
            panel(
                [
                    curve("f", "component1", "N(x | μ, σ²)", near=[("mu", "variance")]),
                    layer("shade", "component1", fn="f", **{"from": "mu", "to": "x"}),
                    layer("vline", "mixture", x="x", label="x"),
                    layer("dot", "mixture", x="x", y="f"),
                    layer("handle", "mixture", x="x", y=0),
                ],
                x=(-6, 10),
                y=(0, 0.45),
                height=0.8,
            ),
            panel(
                [
                    layer("band", "component1", above=["mu", "x"], below=[0, "z"], legend="from the mean to the point"),
                    curve("standard", "component2", "N(z | 0, 1)"),
                    layer("shade", "component1", fn="standard", **{"from": 0, "to": "z"}),
                    layer("vline", "mixture", x="z", label="z"),
                    layer("dot", "mixture", x="z", y="standard"),
                ],
                x=(-6, 6),
                y=(0, 0.5),
                xlabel="z = (x − μ) / σ",
                height=0.8,
                below=True,
                variable="z",
            ),
        ],
        readouts=["z = (x − μ) / σ = {z:2} standard deviations from the mean", "either shaded area is {area:4}"],
        alt="Above, a normal curve with a point x. Below, the standard normal curve with the point z = (x − μ)/σ. "
        "A band leads from the area between the mean and the point to the same area below.",
    )


def mixture(name: str = "mixture") -> FigureSpec:
    """Return a mixture of two components with five sliders (``eq:mixture``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    return FigureSpec(
        name,
        sliders=five_sliders(),
        functions={
            **mixture_functions(),
            "mean": F.mixture_mean().subs(ONE_WEIGHT),
            "variance": F.mixture_variance().subs(ONE_WEIGHT),
            **grip_functions(),
        },
        formula=FORMULA,
        panels=[panel([*mixture_layers(handles=False), *grips()], x=(-7, 8), y=(0, 0.4), ylabel="density f(x)")],
        readouts=["π₂ = 1 − π₁ = {pi2:2}; mean of f = {mean:2}, variance of f = {variance:2}"],
        alt="Two weighted bell curves and their sum. The sum has two bumps where the curves stand well apart.",
    )


def sampling(
    mixture: Mixture, name: str = "sampling", *, xlabel: str = "x", most: int = 300, seed: int = 1
) -> FigureSpec:
    """Return values drawn from a mixture one after the other, each as a label and then a value (``eq:mixture``).

    Parameters
    ----------
    mixture : Mixture
        Two components.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the values are, with their unit.
    most : int
        How many values the reader can draw.
    seed : int
        Of the random numbers behind the draws.

    Returns
    -------
    FigureSpec
    """
    rng = np.random.default_rng(seed)
    labels, values = rng.random(most), rng.standard_normal(most)  # a share between 0 and 1, a distance in σ
    # Without the last digits, in which machines differ: the names in the drawing depend on each.
    low, high = (round(float(mixture.mean + side * 3.5 * mixture.std), 6) for side in (-1, 1))
    half, width = sp.Symbol("half", nonnegative=True), (high - low) / 40
    fixed = by_symbol(mixture, F.weight(1), F.weight(2))
    functions = {label: expression.subs(fixed) for label, expression in mixture_functions().items()}
    drawn = sp.floor(half / 2)
    fell = sp.And(F.xs[F.n] < F.weight(1), F.n <= drawn)
    first = sp.Sum(sp.Piecewise((1, fell), (0, True)), (F.n, 1, F.N))
    return FigureSpec(
        name,
        sliders={
            "half": Slider("steps", 0, 0, 2 * most, 1),
            "pi1": Slider("π₁", float(mixture.weights[0]), 0, 1, 0.01, role="component1"),
        },
        functions={**functions, "drawn": drawn, "first": first, "next": half + 1, "later": half + 100},
        data=labels,
        moves=[("Next: label, value", {"half": "next"}), ("50 more", {"half": "later"})],
        panels=[
            panel(
                [
                    layer(
                        "drops",
                        "data",
                        steps="half",
                        labels=labels.round(6).tolist(),
                        values=values.round(6).tolist(),
                        means=mixture.means.tolist(),
                        sigmas=np.sqrt(mixture.variances).tolist(),
                        width=width,
                        height=1 / (most * width),
                        legend="one value each",
                    ),
                    *mixture_layers(handles=False, near=()),
                ],
                x=(low, high),
                y=(0, round(1.6 * max(mixture.pdf(m) for m in mixture.means), 2)),
                xlabel=xlabel,
            )
        ],
        readouts=["{drawn:0} values, {first:0} of them with the label 1"],
        still={"half": most},
        alt="A mixture, and values drawn from it: a dot with the colour of its label falls onto its pile.",
    )


def free_weights(name: str = "free-weights") -> FigureSpec:
    """Return two components whose weights need not sum to one (``eq:mixture-integral``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    i, low, high, strips = sp.Symbol("i", integer=True), -9, 10, 400
    width = sp.Rational(high - low, strips)
    at = low + width * (i + sp.Rational(1, 2))
    fixed = {F.mean(1): -1, F.variance(1): 1, F.mean(2): 3, F.variance(2): sp.Rational(3, 2)}
    density = F.mixture().subs(fixed)
    one = sp.integrate(F.normal, (F.x, -sp.oo, sp.oo))
    return FigureSpec(
        name,
        sliders={
            "pi1": Slider("π₁", 0.7, 0, 1.5, 0.05, role="component1"),
            "pi2": Slider("π₂", 0.5, 0, 1.5, 0.05, role="component2"),
        },
        functions={
            "c1": F.component(1).subs(fixed),
            "c2": F.component(2).subs(fixed),
            "f": density,
            "strips": width * sp.Sum(density.subs(F.x, at), (i, 0, strips - 1)),
            "area": F.weight(1) * one + F.weight(2) * one,
        },
        panels=[
            panel(
                [
                    curve("c1", "component1", N1),
                    curve("c2", "component2", N2),
                    curve("f", "mixture", "π₁ N₁ + π₂ N₂", fill=True),
                ],
                x=(-6, 8),
                y=(0, 0.65),
                ylabel="π₁ N₁ + π₂ N₂",
            )
        ],
        readouts=[
            "area under the sum, counted in 400 strips: {strips:4}",
            "π₁ + π₂ = {area:4}",
        ],
        alt="Two bell curves whose weights are free, and their sum. The area under the sum is the sum of the weights.",
    )


def two_bumps(name: str = "two-bumps") -> FigureSpec:
    """Return a mixture of two equal variances, and its slope, whose zeros are the bumps.

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    FigureSpec
    """
    d = sp.Symbol("d", positive=True)
    place = {F.mean(1): -d / 2, F.mean(2): d / 2, F.variance(1): 1, F.variance(2): 1, **ONE_WEIGHT}
    functions = mixture_functions(place)
    functions = {label: expression.subs(place) for label, expression in functions.items()}
    functions["slope"] = slope = sp.diff(functions["f"], F.x)
    i, steps, width = sp.Symbol("i", integer=True), 300, sp.Rational(1, 25)
    # The grid leaves out the middle, where a slope of zero would have no sign.
    left, right = (sp.sign(slope.subs(F.x, width * (at - sp.Rational(1, 2)) - 6)) for at in (i, i + 1))
    functions["zeros"] = sp.Sum(sp.Abs(right - left), (i, 0, steps - 1)) / 2  # each zero is a change of sign
    functions["bumps"] = (functions["zeros"] + 1) / 2
    functions["half"] = d / 2
    return FigureSpec(
        name,
        sliders={"d": Slider("d", 3.0, 0, 6), "pi1": Slider("π₁", 0.5, 0.05, 0.95, 0.01, role="component1")},
        functions=functions,
        panels=[
            panel(
                [
                    *mixture_layers(handles=False, near=()),
                    layer("zeros", "component3", fn="slope", y="f"),
                    layer("handle", "component2", x="half", y="c2", sets=["d", "pi1"]),
                ],
                x=(-6, 6),
                y=(0, 0.45),
                ylabel="density f(x)",
                height=0.85,
            ),
            panel(
                [
                    layer("hline", "ghost", y=0),
                    curve("slope", "mixture"),
                    layer("zeros", "component3", fn="slope", y=0, legend="the slope is zero"),
                ],
                x=(-6, 6),
                y=(-0.26, 0.26),
                ylabel="slope f′(x)",
                height=0.75,
            ),
        ],
        readouts=["d = {d:2} standard deviations apart", "the slope has {zeros:0} zeros: bumps of f = {bumps:0}"],
        alt="Above, two equal bell curves and their sum. "
        "Below, the slope of the sum, with its zeros marked on both curves: one zero for one bump, three for two.",
    )
