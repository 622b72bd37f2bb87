"""Whether a fit can be believed: against the data's steps, and against densities that are no mixtures."""

from __future__ import annotations

from collections.abc import Sequence
from math import lgamma

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.fitting import fit
from gmm.live.gallery.sliders import around, axis, unit_of
from gmm.live.layers import (
    MIX,
    N1,
    N2,
    ONE_WEIGHT,
    bricks,
    ceiling,
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

__all__ = ["accidents", "coverage", "distribution", "moments", "nearest", "recorded"]


def accidents(seed: int = 3, name: str = "accidents", *, n_samples: int = 24, size: int = 100) -> FigureSpec:
    """Return samples of one normal, drawn one after the other, each with the best mixture of two (``eq:ratio``).

    Parameters
    ----------
    seed : int
        Of the samples, which are drawn and fitted beforehand.
    name : str
        Unlike that of any other figure of the page.
    n_samples : int
        How many the reader can draw.
    size : int
        How many values each has.

    Returns
    -------
    FigureSpec
    """
    samples = np.random.default_rng(seed).normal(size=(n_samples, size)).round(5)  # without ties
    pairs = [fit(x, 2, accidents=True) for x in samples]
    gains = np.array([pair.log_likelihood - fit(x, 1).log_likelihood for x, pair in zip(samples, pairs)])
    draw, n, width = sp.Symbol("draw", positive=True), F.n, sp.Rational(1, 4)
    of_draw = (n, (draw - 1) * size + 1, draw * size)

    def of_each(values):
        return _looked_up(draw, np.arange(1, n_samples + 1), values)

    pair = _parameters([each.mixture for each in pairs], of_each)
    here = sp.Piecewise((1, sp.Eq(sp.floor(F.x / width), sp.floor(F.xs[n] / width))), (0, True))
    narrow = [int(np.argmin(each.mixture.variances)) for each in pairs]
    functions = {
        "bars": sp.Sum(here, of_draw) / (size * width),
        "one": F.normal.subs({F.mu: 0, F.var: 1}),
        **{label: expression.subs(pair) for label, expression in mixture_functions({}).items()},
        **{f"{name}{j}": pair[letter(j)] for name, letter in (("mu", F.mean), ("var", F.variance)) for j in (1, 2)},
        "gain": of_each(gains),
        "narrow": of_each([np.sqrt(each.mixture.variances[k]) for each, k in zip(pairs, narrow)]),
        "owned": of_each([size * each.mixture.weights[k] for each, k in zip(pairs, narrow)]),
        "taken": of_each(np.cumsum(gains > 3)),
    }
    near = [("mu1", "var1"), ("mu2", "var2")]
    return FigureSpec(
        name,
        sliders={"draw": Slider("sample", 1, 1, n_samples, 1)},
        functions=functions,
        data=samples.ravel(),
        panels=[
            panel(
                [
                    curve("bars", "data", f"{size} values of one normal", fill=True),
                    curve("one", "ghost", "the truth"),
                    curve("c1", "component1", N1, near=near[:1]),
                    curve("c2", "component2", N2, near=near[1:]),
                    curve("f", "mixture", "best mixture of two", near=near),
                    layer("button", "mixture", of="draw", label="Draw again"),
                ],
                x=(-3.5, 3.5),
                y=(0, 0.9),
            )
        ],
        readouts=[
            "the second component gains {gain:2} nats; the narrower σ is {narrow:3} and owns {owned:1} values",
            "AIC, which asks for 3 nats, has taken two components in {taken:0} of {draw:0} samples so far",
        ],
        alt="A histogram of a sample of one normal, and the best mixture of two for it, "
        "whose second component often stands on a few values that lie close together.",
    )


def coverage(
    low: ArrayLike,
    high: ArrayLike,
    truth: float,
    name: str = "coverage",
    *,
    x: tuple[float, float] | None = None,
    xlabel: str = "x",
) -> FigureSpec:
    """Return intervals that the reader draws one after the other, and how many hold the truth (``eq:wald``).

    Parameters
    ----------
    low, high : array_like, shape (M,)
        The ends of the intervals, each from a sample of its own.
    truth : float
        What they should hold.
    name : str
        Unlike that of any other figure of the page.
    x : tuple of float, optional
        Where the axis begins and ends; it holds all intervals when left out.
    xlabel : str
        What the intervals are for, with its unit.

    Returns
    -------
    FigureSpec
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    draw, n, most = sp.Symbol("draw", positive=True), F.n, low.size
    hit = sp.Piecewise((1, (F.xs[n] <= truth) & (F.xs[n + most] >= truth)), (0, True))
    room = 0.05 * float(high.max() - low.min())
    ends = x or (float(low.min()) - room, float(high.max()) + 3 * room)
    shown = {"low": np.clip(low, *ends).tolist(), "high": np.clip(high, *ends).tolist()}
    return FigureSpec(
        name,
        sliders={"draw": Slider("samples", 2 * most // 3, 1, most, 1)},
        functions={
            "hits": sp.Sum(hit, (n, 1, draw)),
            "share": 100 * sp.Sum(hit, (n, 1, draw)) / draw,
            "truth": sp.Float(float(truth)),
        },
        data=np.concatenate([low, high]),
        panels=[
            panel(
                [
                    layer("intervals", "data", **shown, truth="truth", upto="draw"),
                    layer("vline", "mixture", x="truth", label="truth"),
                    layer("button", "mixture", of="draw", label="Draw again"),
                ],
                x=ends,
                y=(0, float(most + 1)),
                xlabel=xlabel,
                ylabel="sample",
            )
        ],
        readouts=["{hits:0} of {draw:0} intervals hold the truth: {share:0} per cent; they promise 95"],
        alt="Intervals, one above the other, each from a sample of its own, "
        "and a line at the true value, which most of them cross.",
    )


def _looked_up(letter, places, values):
    """Return the value that belongs to a number, of values that belong to numbers in equal steps."""
    middles = np.add(places[:-1], places[1:]) / 2
    steps = [(float(value), letter < float(middle)) for value, middle in zip(values, middles)]
    return sp.Piecewise(*steps, (float(values[-1]), True))


def _parameters(mixtures, looked_up):
    """Return each parameter of two components as what is looked up among those of several mixtures."""
    return {
        letter(j): looked_up([getattr(mixture, part)[j - 1] for mixture in mixtures])
        for letter, part in ((F.weight, "weights"), (F.mean, "means"), (F.variance, "variances"))
        for j in (1, 2)
    }


def distribution(
    x: ArrayLike, start: Mixture, name: str = "distribution", *, xlabel: str = "x", n_bins: int = 27
) -> FigureSpec:
    """Return data and a mixture that the reader moves, as a density and as what lies below (``eq:distribution``).

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
    x = np.sort(np.asarray(x, dtype=float))
    unit = unit_of(xlabel)
    wall, sliders = bricks(x, n_bins), around(x, start, unit)
    middle, (low, high) = float(np.median(x)), axis(x)
    functions = {
        **mixture_functions(),
        **grip_functions(),
        "F": F.distribution().subs(ONE_WEIGHT),
        "steps": F.empirical,
        "distance": F.distance().subs(ONE_WEIGHT),
    }
    point = [layer("vline", "mixture", x="x", label="x")]
    return FigureSpec(
        name,
        sliders={"x": Slider("x", middle, low, high, sliders["mu1"].step, unit), **sliders},
        functions=functions,
        data=x,
        panels=[
            panel(
                [wall, *mixture_layers(handles=False), *point, *grips()],
                x=axis(x),
                y=ceiling(wall, start),
                xlabel=xlabel,
            ),
            panel(
                [
                    curve("steps", "data", "share of the data up to x"),
                    curve("F", "mixture", "F(x)"),
                    *point,
                    layer("dot", "data", x="x", y="steps"),
                    layer("dot", "mixture", x="x", y="F"),
                    layer("handle", "mixture", x="x", y=0),
                ],
                x=axis(x),
                y=(0, 1),
                xlabel=xlabel,
                ylabel="share up to x",
            ),
        ],
        readouts=[
            "up to x = {x:1}: {steps:3} of the data, F(x) = {F:3}; root of the mean squared gap: {distance:4}",
        ],
        alt="Above, data and a mixture. Below, the share of the data up to each x, as steps, "
        "and F of the mixture, a smooth curve that follows them as well as the mixture fits.",
    )


def moments(values: ArrayLike, counts: ArrayLike, name: str = "moments", *, xlabel: str = "x") -> FigureSpec:
    """Return the mixtures that have the first four moments of counts, and how far their fifth is off (``eq:nonic``).

    Parameters
    ----------
    values : array_like, shape (C,)
        The middles of classes of equal width.
    counts : array_like, shape (C,)
        How many observations each has.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.

    Returns
    -------
    FigureSpec
    """
    values, counts = np.asarray(values, dtype=float), np.asarray(counts, dtype=float)
    h, size, total = float(values[1] - values[0]), values.size, counts.sum()
    centre = float(counts @ values / total)
    away = (values - centre) / h  # in widths of a class
    m2, m3, m4, m5 = (float(counts @ away**power / total) for power in (2, 3, 4, 5))
    p, n = sp.Symbol("p", negative=True), F.n
    # The sum s of the deviations by their product p, so that the fourth moment agrees: one of two roots.
    w = -m3 - sp.sqrt((3 * m3**2 + 3 * m4 * p + 6 * p**3 - 9 * m2**2 * p) / 2)
    s, v = w / p, -(m3 + w) / (3 * p)
    half = sp.sqrt(s**2 - 4 * p) / 2
    b = {1: s / 2 - half, 2: s / 2 + half}
    scaled = {F.mean(j): centre + h * b[j] for j in (1, 2)}
    scaled |= {F.variance(j): h**2 * (m2 + p + v * b[j]) for j in (1, 2)}
    scaled |= {F.weight(1): b[2] / (b[2] - b[1]), F.weight(2): -b[1] / (b[2] - b[1])}
    seen = sp.Piecewise((F.xs[n + size], sp.Abs(F.x - F.xs[n]) < h / 2), (0, True))
    functions = {label: expression.subs(scaled) for label, expression in mixture_functions({}).items()}
    functions |= {
        "bars": sp.Sum(seen, (n, 1, size)) / (total * h),
        "logL": sp.Sum(F.xs[n + size] * sp.log(functions["f"].subs(F.x, F.xs[n])), (n, 1, size)),
        "gap": -30 * (m2 + p) * v * p
        - 15 * v**2 * w
        - 10 * (m2 + p) * w
        + 10 * v * (p**2 - w * s)
        + 2 * p * w
        - w * s**2
        - m5,
        "pi1": scaled[F.weight(1)],
        **{f"mu{j}": scaled[F.mean(j)] for j in (1, 2)},
        **{f"sigma{j}": sp.sqrt(scaled[F.variance(j)]) for j in (1, 2)},
    }
    return FigureSpec(
        name,
        sliders={"p": Slider("p", -5.5, -10, -5.3, 0.01)},
        functions=functions,
        data=np.concatenate([values, counts]),
        panels=[
            panel(
                [
                    curve("bars", "data", "the counts", fill=True),
                    curve("c1", "component1", N1),
                    curve("c2", "component2", N2),
                    curve("f", "mixture", MIX),
                ],
                x=(float(values[0] - 2 * h), float(values[-1] + 2 * h)),
                y=(0, float(np.ceil(1.15 * counts.max() / (total * h)))),
                xlabel=xlabel,
            ),
            panel(
                [
                    layer("hline", "ghost", y=0),
                    curve("gap", "mixture"),
                    layer("vline", "component1", x="p", label="p"),
                    layer("dot", "component1", x="p", y="gap"),
                    layer("handle", "component1", x="p", y=0),
                ],
                x=(-10, -5.3),
                y=(-80, 400),
                xlabel="p, the product of the means' deviations",
                ylabel="m₅ too large by",
                variable="p",
                height=0.8,
            ),
        ],
        readouts=[
            "π₁ = {pi1:3}, μ₁ = {mu1:4}, μ₂ = {mu2:4}, σ₁ = {sigma1:4}, σ₂ = {sigma2:4}",
            "fifth moment too large by {gap:1}; log-likelihood {logL:2} nats",
        ],
        alt="Above, counts in classes and a mixture that has their first four moments. "
        "Below, by how much its fifth moment is off: a curve that is zero at two places.",
    )


def nearest(
    name: str = "nearest", skewnesses: Sequence[float] = tuple(np.round(np.arange(0.1, 1.61, 0.1), 1))
) -> FigureSpec:
    """Return a gamma density that the reader bends, and the mixture of two that is nearest to it (``eq:divergence``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.
    skewnesses : sequence of float
        How skewed the density can be made, in equal steps. For each the
        nearest normal and the nearest mixture are found beforehand.

    Returns
    -------
    FigureSpec
    """
    s, logn, x = sp.Symbol("s", positive=True), sp.Symbol("logn", positive=True), F.x
    ends = [_projections(skew) for skew in skewnesses]

    def looked_up(values):
        return _looked_up(s, skewnesses, values)

    pair = _parameters([two for _, two, *_ in ends], looked_up)
    shape = 4 / s**2
    t = sp.sqrt(shape) * (sp.sqrt(shape) + x)
    # Where t is not positive there is no density: the logarithm is then so low that its exponential is 0.
    log_t = sp.log(sp.Max(t, 1e-300, evaluate=False))
    log_gamma = sp.log(shape) / 2 + (shape - 1) * log_t - t - looked_up([lgamma(4 / skew**2) for skew in skewnesses])
    functions = {
        "gamma": sp.exp(log_gamma),
        "one": F.normal.subs({F.mu: 0, F.var: 1}),
        **{label: expression.subs(pair) for label, expression in mixture_functions({}).items()},
        "far1": looked_up([far for *_, far, _ in ends]),
        "far2": looked_up([far for *_, far in ends]),
    }
    functions |= {"N": 10**logn, "gain": 10**logn * (functions["far1"] - functions["far2"])}
    functions["price"] = sp.Rational(3, 2) * sp.log(10**logn)
    low, high, step = float(skewnesses[0]), float(skewnesses[-1]), float(skewnesses[1] - skewnesses[0])
    return FigureSpec(
        name,
        sliders={
            "s": Slider("skewness", float(skewnesses[len(skewnesses) // 2 + 1]), low, high, round(step, 10)),
            "logn": Slider("log₁₀ N", 2.4, 1, 5, 0.1),
        },
        functions=functions,
        panels=[
            panel(
                [
                    curve("c1", "component1", N1),
                    curve("c2", "component2", N2),
                    curve("one", "ghost", "nearest normal"),
                    curve("f", "mixture", MIX),
                    curve("gamma", "data", "the truth, a gamma density", fill=True),
                ],
                x=(-4, 6),
                y=(0, 0.65),
                xlabel="x, in standard deviations from the mean",
            )
        ],
        readouts=[
            "away from the truth, in nats for each observation: one normal {far1:4}, two {far2:4}",
            "with N = {N:0} observations the second component gains {gain:1} nats; AIC asks for 3, BIC for {price:1}",
        ],
        alt="A skewed density, filled, and a mixture of two normal curves that follows it closely, "
        "though it was not made of two.",
    )


def recorded(x: ArrayLike, at: Mixture, name: str = "recorded", *, xlabel: str = "x") -> FigureSpec:
    """Return the log-likelihood of a component that narrows, by exact values and by classes (``eq:class-likelihood``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Rounded observations.
    at : Mixture
        Its mean and variance are those of the second, wide component.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.

    Returns
    -------
    FigureSpec
    """
    x, unit = np.asarray(x, dtype=float), unit_of(xlabel)
    values, counts = np.unique(x, return_counts=True)
    s, h, n, size = sp.Symbol("s", real=True), sp.Symbol("h", positive=True), F.n, values.size
    pinned = float(np.sort(x)[x.size // 20])
    fixed = {F.weight(1): sp.Rational(1, 20), F.weight(2): sp.Rational(19, 20), F.mean(1): pinned}
    fixed |= {F.mean(2): float(at.mean), F.variance(2): float(at.variance), F.variance(1): 10 ** (2 * s)}
    # Each value once, and behind all of them how often it was observed: a fifth of the terms.
    value, count = F.xs[n], F.xs[n + size]
    share = F.distribution(x=value + h / 2) - F.distribution(x=value - h / 2)
    exact, classes = (
        sp.Sum(count * sp.log(term.subs(fixed)), (n, 1, size)) for term in (F.mixture(x=value), share / h)
    )
    low, high = -1120, -1020
    return FigureSpec(
        name,
        sliders={
            "s": Slider("log₁₀ σ₁", -1.0, -8, 1, 0.1),
            "h": Slider("width h", 1.0, 0.05, 10, 0.05, unit),
        },
        functions={"exact": exact, "classes": classes, "loss": exact - classes},
        data=np.concatenate([values, counts]),
        panels=[
            panel(
                [
                    curve("exact", "component2", "as if the values were exact"),
                    curve("classes", "component1", "by classes, less N log h"),
                    layer("vline", "mixture", x="s"),
                    layer("dot", "component2", x="s", y="exact"),
                    layer("dot", "component1", x="s", y="classes"),
                    layer("handle", "mixture", x="s", y=low),
                ],
                x=(-8, 1),
                y=(low, high),
                xlabel="log₁₀ σ₁",
                ylabel="log-likelihood",
                variable="s",
            ),
        ],
        readouts=["exact {exact:2}, by classes {classes:2} nats"],
        alt="The log-likelihood over the width of a component on one value. Taken for exact, the data let it "
        "climb without end as the component narrows; by classes it levels off.",
    )


def _projections(skew, size=3001):
    """Return the nearest normal and mixture of two to a standardised gamma density, and how far each is, in nats."""
    shape = 4 / skew**2
    x = np.linspace(max(-np.sqrt(shape), -5) + 1e-9, 9, size)
    t = np.sqrt(shape) * (np.sqrt(shape) + x)
    log_density = np.log(shape) / 2 + (shape - 1) * np.log(t) - t - lgamma(shape)
    share = np.exp(log_density) / np.exp(log_density).sum()
    one, two = (fit(x, k, sample_weight=1e6 * share).mixture for k in (1, 2))
    return one, two, *(float(share @ (log_density - each.log_pdf(x))) for each in (one, two))
