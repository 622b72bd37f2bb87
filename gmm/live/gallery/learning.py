"""The likelihood, and how EM climbs it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm import formulas as F
from gmm.em import ConvergenceWarning, iterate, log_likelihood
from gmm.fitting import fit
from gmm.live.gallery.sliders import around, axis, by_symbol, unit_of, with_unit
from gmm.live.layers import (
    POINTED,
    bricks,
    ceiling,
    curve,
    edges,
    grips,
    layer,
    mixture_functions,
    mixture_layers,
    panel,
    responsibilities,
)
from gmm.live.spec import FigureSpec, Slider
from gmm.mixture import Mixture

__all__ = ["balance", "basins", "by_hand", "collapse", "em", "likelihood", "race"]

NEWTON_STEPS = 40
HILLS = ["data", "component1", "component3"]  # the colours of no hill, of the mixture's own and of the other


def likelihood(
    x: ArrayLike, at: Mixture, name: str = "likelihood", *, xlabel: str = "x", n_bins: int = 27, depth: float = 250.0
) -> FigureSpec:
    """Return data, a mixture whose means move, and the surface of the log-likelihood over them.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    at : Mixture
        Two components; their weights and variances stay as they are.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.
    n_bins : int
        How many bars the histogram has.
    depth : float
        How many nats below the highest point the lowest level line lies.

    Returns
    -------
    FigureSpec
    """
    x = np.asarray(x, dtype=float)
    fixed = by_symbol(at, F.mean(1), F.mean(2))
    near = [(f"mu{j}", float(at.variances[j - 1])) for j in (1, 2)]
    wall = bricks(x, n_bins)
    low, high, unit = float(x.min()), float(x.max()), unit_of(xlabel)
    return FigureSpec(
        name,
        sliders={
            "mu1": Slider("μ₁", 62.0, low, high, 0.1, unit, "component1"),
            "mu2": Slider("μ₂", 74.0, low, high, 0.1, unit, "component2"),
        },
        functions={
            **mixture_functions(fixed),
            "logL": F.stable_log_likelihood().subs(fixed),
            "same": F.mean(1),
        },
        data=x,
        panels=[
            panel([wall, *mixture_layers(near=near)], x=axis(x), y=ceiling(wall, at), xlabel=xlabel, height=0.8),
            _map(x, at, depth, unit),
        ],
        readouts=["log-likelihood = {logL:2} nats"],
        alt="Data and a mixture, and level lines of the log-likelihood over the two means: two equal hills.",
    )


def race(x: ArrayLike, at: Mixture, name: str = "race", *, xlabel: str = "x", depth: float = 250.0) -> FigureSpec:
    """Return two climbs over the means from one place: by the gradient, with a step size to set, and by EM.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    at : Mixture
        Two components; their weights and variances stay as they are.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.
    depth : float
        How many nats below the highest point the lowest level line lies.

    Returns
    -------
    FigureSpec
    """
    x = np.asarray(x, dtype=float)
    fixed, eta = by_symbol(at, F.mean(1), F.mean(2)), sp.Symbol("eta", positive=True)
    functions = {"logL": F.stable_log_likelihood().subs(fixed), "same": F.mean(1)}
    for j, gamma in _shares(fixed):
        functions[f"em{j}"] = _over(gamma * F.xs[F.n]) / _over(gamma)
        pull = _over(gamma * (F.xs[F.n] - F.mean(j))) / fixed[F.variance(j)]
        functions[f"up{j}"] = F.mean(j) + eta * pull / F.N
    low, high, unit = float(x.min()), float(x.max()), unit_of(xlabel)
    climb = {"of": ["mu1", "mu2"], "steps": "steps", "height": "logL"}
    return FigureSpec(
        name,
        sliders={
            "steps": Slider("steps", 6, 0, 40, 1),
            "eta": Slider("step size η", 20.0, 1, 200, 1, unit and f"square {unit}"),
            "mu1": Slider("start μ₁", 64.0, low, high, 0.1, unit),
            "mu2": Slider("start μ₂", 69.0, low, high, 0.1, unit),
        },
        functions=functions,
        data=x,
        panels=[
            _map(
                x,
                at,
                depth,
                unit,
                above=[
                    layer("orbit", "component2", next=["up1", "up2"], label="gradient", legend="gradient", **climb),
                    layer("orbit", "component1", next=["em1", "em2"], label="EM", legend="EM", **climb),
                ],
            ),
        ],
        readouts=["at the start log L = {logL:1} nats; the numbers in the picture are log L after {steps:0} steps"],
        alt="Level lines of the log-likelihood over the two means, and two climbs from one start: "
        "by the gradient, whose steps depend on a step size, and by EM, which has none.",
    )


def basins(
    x: ArrayLike, at: Mixture, name: str = "basins", *, xlabel: str = "x", depth: float = 450.0, cells: int = 40
) -> FigureSpec:
    """Return EM's and Newton's way over two means from any start, and where Newton's ways end (``eq:newton-step``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    at : Mixture
        Two components whose means are a maximum; their weights and variances stay as they are.
    name : str
        Unlike that of any other figure of the page.
    xlabel : str
        What the data are, with their unit.
    depth : float
        How many nats below the highest point the lowest level line lies.
    cells : int
        How many starts are tried along each axis.

    Returns
    -------
    FigureSpec
    """
    x = np.asarray(x, dtype=float)
    fixed = by_symbol(at, F.mean(1), F.mean(2))
    functions = {"logL": F.log_likelihood().subs(fixed), "same": F.mean(1), **_steps(fixed)}
    low, high, unit = float(x.min()), float(x.max()), unit_of(xlabel)
    climb = {"of": ["mu1", "mu2"], "steps": NEWTON_STEPS, "height": "logL"}
    rows = _ends(x, at, np.linspace(low, high, 2 * cells + 1)[1::2])
    return FigureSpec(
        name,
        sliders={
            "mu1": Slider("start μ₁", 75.0, low, high, 0.1, unit, "component1"),
            "mu2": Slider("start μ₂", 77.0, low, high, 0.1, unit, "component2"),
        },
        functions=functions,
        data=x,
        panels=[
            _map(
                x,
                at,
                depth,
                unit,
                below=[layer("tint", "data", x=(low, high), y=(low, high), rows=rows, roles=HILLS)],
                above=[
                    layer("orbit", "component2", next=["newton1", "newton2"], label="Newton", legend="Newton", **climb),
                    layer("orbit", "component1", next=["em1", "em2"], label="EM", legend="EM", **climb),
                ],
            ),
        ],
        readouts=["at the start log L = {logL:1} nats; the numbers in the picture are log L after 40 steps"],
        alt="Level lines of the log-likelihood over the two means, and the ways of EM and of Newton from one start. "
        "The colours tell to which of the two hills Newton’s method comes, or that it comes to none.",
    )


def _steps(fixed):
    """Return the two means after a step of EM, and after one of Newton's method of at most a standard deviation."""
    pull, bend, functions = [], [], {}
    for j, gamma in _shares(fixed):
        functions[f"em{j}"] = _over(gamma * F.xs[F.n]) / _over(gamma)
        own = {F.share: gamma, F.u: (F.xs[F.n] - F.mean(j)) / sp.sqrt(fixed[F.variance(j)])}
        pull.append(F.score[1].subs(own))
        bend.append(F.block[1, 1].subs(own))
    a, b, d, g, h, s, t = sp.symbols("a b d g h s t", real=True)
    far = (sp.Abs(s) + sp.Abs(t) + sp.Abs(sp.Abs(s) - sp.Abs(t))) / 2  # the longer of the two
    shorter = 2 / (1 + far + sp.Abs(far - 1))
    sums = {
        a: _over(pull[0] ** 2 - bend[0]),
        b: _over(pull[0] * pull[1]),
        d: _over(pull[1] ** 2 - bend[1]),
        g: _over(pull[0]),
        h: _over(pull[1]),
    }
    ways = {s: (d * g - b * h) / (a * d - b**2), t: (a * h - b * g) / (a * d - b**2)}
    for j, way in ((1, s), (2, t)):
        step = (way * shorter).xreplace(ways).xreplace(sums)
        functions[f"newton{j}"] = F.mean(j) + sp.sqrt(fixed[F.variance(j)]) * step
    return functions


def _shares(fixed):
    """Yield each of two components with its responsibility for an observation."""
    for j in (1, 2):
        # Without a largest exponent, which takes SymPy long: e^(a - b) may overflow to a share of 0.
        ratio = F.log_component(3 - j, F.xs[F.n]) - F.log_component(j, F.xs[F.n])
        yield j, 1 / (1 + sp.exp(ratio.subs(fixed)))


def _over(term):
    """Return the sum of a term over the data."""
    return sp.Sum(term, (F.n, 1, F.N))


def _ends(x, at, places):
    """Return rows of digits, for each start on a grid: the hill of Newton's end, 1 the mixture's, 2 another, 0 none."""
    sigma = np.sqrt(at.variances).reshape(2, 1)
    means = np.array(np.meshgrid(places, places)).reshape(2, -1)
    for _ in range(NEWTON_STEPS):
        g, h, a, b, d = _slopes(x, at.weights.reshape(2, 1), sigma, means)
        way = np.array([d * g - b * h, a * h - b * g]) / (a * d - b**2)
        means = means + sigma * way / np.maximum(1, np.abs(way).max(axis=0))
    _, _, a, b, d = _slopes(x, at.weights.reshape(2, 1), sigma, means)
    top = (a > 0) & (a * d > b**2) & (np.abs(way).max(axis=0) < 1e-6)
    near = np.abs(means - at.means.reshape(2, 1)).max(axis=0) < sigma.min() / 2
    digits = np.where(top, np.where(near, 1, 2), 0).reshape(places.size, -1)
    return ["".join(map(str, row)) for row in digits]


def _slopes(x, weights, sigma, means):
    """Return the gradient over m = μ / σ and −H at many pairs of means, shape (2, M): g, h and a, b, d."""
    u = (x - means[..., np.newaxis]) / sigma[..., np.newaxis]
    gamma = np.log(weights / sigma)[..., np.newaxis] - u**2 / 2
    gamma = np.exp(gamma - gamma.max(axis=0))
    gamma /= gamma.sum(axis=0)
    pull = gamma * u
    a, d = (gamma + pull**2 - pull * u).sum(axis=-1)
    return *pull.sum(axis=-1), a, (pull[0] * pull[1]).sum(axis=-1), d


def _map(x, at, depth, unit, below=(), above=()):
    """Return level lines over the two means, with a ring on them, and what lies below and above the lines."""
    ends = (float(x.min()), float(x.max()))
    lines = [curve("same", "ghost", "μ₁ = μ₂"), _level_lines(x, at, depth)]
    return panel(
        [*below, *lines, *above, layer("handle", "mixture", x="mu1", y="mu2", map=True)],
        x=ends,
        y=ends,
        xlabel=with_unit("μ₁", unit),
        ylabel=with_unit("μ₂", unit),
        square=True,
        variable="mu1",
    )


def _level_lines(x, at, depth):
    """Return the layer of the log-likelihood's level lines over the two means."""
    import contourpy

    grid = np.linspace(x.min(), x.max(), 54)
    heights = np.array([[log_likelihood(x, Mixture(at.weights, [a, b], at.variances)) for a in grid] for b in grid])
    levels = heights.max() - depth * np.linspace(1, 0.004, 14) ** 1.5
    generator = contourpy.contour_generator(grid, grid, heights)
    lines, shares = [], []
    for rank, level in enumerate(levels):
        for line in generator.lines(level):
            lines.append(np.round(np.asarray(line), 2).tolist())
            shares.append(rank / (len(levels) - 1))
    return layer("contours", "ghost", lines=lines, heights=shares)


def collapse(x: ArrayLike, at: Mixture, name: str = "collapse", *, xlabel: str = "x", n_bins: int = 27) -> FigureSpec:
    """Return a mixture whose first component stands on one observation and narrows without end.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    at : Mixture
        Its mean and variance are those of the second, wide component.
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
    x = np.asarray(x, dtype=float)
    s = sp.Symbol("s", real=True)
    pinned = float(np.sort(x)[x.size // 20])
    fixed = {
        F.weight(1): sp.Rational(1, 20),
        F.weight(2): sp.Rational(19, 20),
        F.mean(1): pinned,
        F.mean(2): float(at.mean),
        F.variance(2): float(at.variance),
        F.variance(1): 10 ** (2 * s),
    }
    functions = {label: expression.subs(fixed) for label, expression in mixture_functions({}).items()}
    functions["logL"] = F.stable_log_likelihood().subs(fixed)
    functions["var1"] = fixed[F.variance(1)]
    near = [(pinned, "var1"), (float(at.mean), float(at.variance))]
    # The same mixture under a lens that is as wide as the narrow component, its height in units of 1/σ₁.
    u, sigma = sp.Symbol("u", real=True), 10**s
    for label in ("c1", "f"):
        functions[f"lens_{label}"] = sigma * functions[label].subs(F.x, pinned + sigma * u)
    functions["sigma1"] = sigma
    return FigureSpec(
        name,
        sliders={"s": Slider("log₁₀ σ₁", 0.5, -12, 1, 0.1, role="component1")},
        functions=functions,
        data=x,
        panels=[
            panel(
                [bricks(x, n_bins), *mixture_layers(handles=False, near=near)],
                x=axis(x),
                y=(0, 0.1),
                xlabel=xlabel,
                height=0.8,
            ),
            panel(
                [
                    curve("lens_c1", "component1", fill=True),
                    curve("lens_f", "mixture"),
                ],
                x=(-4, 4),
                y=(0, 0.03),
                xlabel="(x − μ₁) / σ₁",
                ylabel="f(x) σ₁",
                height=0.8,
                variable="u",
            ),
            panel(
                [
                    curve("logL", "mixture"),
                    layer("vline", "mixture", x="s"),
                    layer("dot", "mixture", x="s", y="logL"),
                    layer("handle", "mixture", x="s", y=-1120),
                ],
                x=(-12, 1),
                y=(-1120, -1020),
                xlabel="log₁₀ σ₁",
                ylabel="log L",
                height=0.8,
                variable="s",
            ),
        ],
        readouts=["log₁₀ σ₁ = {s:1}, log-likelihood = {logL:2} nats"],
        still={"s": -3.0},
        alt="A narrow component on one observation. "
        "As its standard deviation goes to zero the log-likelihood climbs without end.",
    )


def balance(
    name: str = "balance",
    x: Sequence[float] = (1.0, 2.0, 4.0, 7.0, 9.0),
    gamma: Sequence[float] = (0.95, 0.9, 0.6, 0.2, 0.05),
) -> FigureSpec:
    """Return five observations whose shares the reader moves, and where the weighted mean lies (``eq:update-mean``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.
    x : sequence of float
        Observations, between 0 and 10.
    gamma : sequence of float
        The share of each at the start.

    Returns
    -------
    FigureSpec
    """
    shares = [sp.Symbol(f"g_{j}", nonnegative=True) for j in range(1, len(x) + 1)]
    given = {F.gamma[j, 1]: share for j, share in enumerate(shares, start=1)}
    given |= {F.xs[j]: value for j, value in enumerate(x, start=1)}
    m = sp.Symbol("m", real=True)
    here = {F.k: 1, F.N: len(x)}
    update = F.update_mean.subs(here).doit().subs(given)
    nk = F.nk.subs(here).doit().subs(given)
    # What the M-step maximises, as a function of the mean alone, with σ² = 1.
    term = F.expected_log_likelihood.function.subs({F.weights[F.k]: 1, F.means[F.k]: m, F.variances[F.k]: 1})
    quality = sp.Sum(term, (F.n, 1, F.N)).subs(here).doit().subs(given)
    names = [f"g{j}" for j in range(1, len(x) + 1)]
    # A beam that lies on m leans to the side of the balance point.
    beam = -sp.Rational(3, 10) - sp.tanh(2 * (update - m)) * (F.x - m) / 28
    return FigureSpec(
        name,
        sliders={
            "m": Slider("m", 3.0, 0, 10, 0.05),
            **{key: Slider(f"γ({j}, 1)", g, 0, 1, 0.05) for j, (key, g) in enumerate(zip(names, gamma), start=1)},
        },
        functions={"update": update, "nk": nk, "Q": quality, "beam": beam},
        panels=[
            panel(
                [
                    curve("beam", "mixture"),
                    layer("text", "mixture", x="m", y=-0.55, text="▲"),
                    *[layer("dot", "component1", x=value, y="beam", share=key) for value, key in zip(x, names)],
                    layer("vline", "component1", x="update", legend="the update Σγx / Σγ"),
                    layer("vline", "mixture", x="m", label="m"),
                    *[
                        layer("handle", "component1", x=value, y=key, small=True, sets=[key])
                        for value, key in zip(x, names)
                    ],
                ],
                x=(0, 10),
                y=(-0.65, 1.1),
                scale=(0, 1),
                ylabel="share γ(n, 1)",
                height=0.8,
            ),
            panel(
                [
                    curve("Q", "mixture", "Σ γ(n, 1) log N(xₙ | m, 1)"),
                    layer("vline", "component1", x="update"),
                    layer("vline", "mixture", x="m"),
                    layer("dot", "mixture", x="m", y="Q"),
                    layer("handle", "mixture", x="m", y=-90),
                ],
                x=(0, 10),
                y=(-90, 0),
                xlabel="m, a candidate for μ₁",
                ylabel="Σ γ log N",
                height=0.9,
                variable="m",
            ),
        ],
        readouts=["N₁ = Σγ = {nk:2}, the maximum is at Σγx / Σγ = {update:3}"],
        alt="Five observations as high as their responsibilities, and as weights on a beam that leans to their mean. "
        "The parabola below has its top at the same place.",
    )


def em(
    x: ArrayLike,
    start: Mixture,
    name: str = "em",
    *,
    xlabel: str = "x",
    n_bins: int = 27,
    most_steps: int = 80,
    still: int = 8,
) -> FigureSpec:
    """Return EM on data, half a step at a time, from starting values that the reader moves.

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
    most_steps : int
        How many half steps the reader can take.
    still : int
        How many of them a printed page shows.

    Returns
    -------
    FigureSpec
    """
    running = _running(x, start, xlabel, n_bins, most_steps)
    running["panels"].append(
        panel(
            [layer("trace", "mixture")],
            x=(0, most_steps // 2),
            y=_span(x, start, most_steps // 2),
            xlabel="iteration",
            ylabel="log-likelihood",
            height=0.7,
            trace=True,
        )
    )
    return FigureSpec(
        name,
        **running,
        pointed=POINTED,
        readouts=[
            "π₁ = {pi1:4}, μ₁ = {mu1:4}, σ₁² = {var1:4}",
            "π₂ = {pi2:4}, μ₂ = {mu2:4}, σ₂² = {var2:4}",
            "log-likelihood = {logL:4} nats",
        ],
        still={"step": still},
        alt="Data and a mixture that EM moves step by step, and the log-likelihood, which never falls.",
    )


def by_hand(
    x: ArrayLike, start: Mixture, name: str = "by-hand", *, xlabel: str = "x", n_bins: int = 27, most_steps: int = 80
) -> FigureSpec:
    """Return data and two bells to lay over them by hand, how far they are from the best fit, and EM to finish.

    Parameters
    ----------
    x, start, name, xlabel, n_bins, most_steps
        As for :func:`em`.

    Returns
    -------
    FigureSpec
    """
    running = _running(x, start, xlabel, n_bins, most_steps)
    best = fit(x, 2).log_likelihood
    running["folded"] = {"Sliders": list(running["sliders"])}
    running["functions"]["gap"] = best - F.stable_log_likelihood()
    running["stepping"] |= {
        "play": "Let EM finish",
        "begin": "Drag the rings: a large one moves its bell, a small one widens it. Can you come within 5 nats?",
        "goal": {"fn": "gap", "within": 5, "met": "Within 5 nats, by hand. Now let EM finish."},
    }
    return FigureSpec(
        name,
        **running,
        readouts=["{gap:1} nats below the best fit"],
        alt="Data as bricks, and two bells to lay over them.",
    )


def _running(x, start, xlabel, n_bins, most_steps):
    """Return what the figures that run EM share: sliders of the start and of the step, the formulas, data and bells."""
    x = np.asarray(x, dtype=float)
    wall = bricks(x, n_bins, legend="one observation each")
    ghosts = [curve(f"c{j}", "ghost", "the start" if j == 1 else None, start=True) for j in (1, 2)]
    rings = [{**ring, "start": True} for ring in grips()]
    sliders = {
        key: slider._replace(label=f"start {slider.label}") for key, slider in around(x, start, unit_of(xlabel)).items()
    }
    folded = {"Starting values": list(sliders)}  # rings set them
    sliders["step"] = Slider("step", 0, 0, most_steps, 1)
    functions = {
        **mixture_functions({}),
        **responsibilities({}),
        "logL": F.stable_log_likelihood(),
        "weight": F.update_weight,
        "mean": F.update_mean,
        "variance": F.update_variance,
        "start_pi2": 1 - F.weight(1),
        **edges(),
    }
    return {
        "sliders": sliders,
        "folded": folded,
        "functions": functions,
        "data": x,
        "stepping": {
            "K": 2,
            "theta": ["pi1", "pi2", "mu1", "mu2", "var1", "var2"],
            "start": {"pi2": "start_pi2"},
        },
        "panels": [
            panel(
                [wall, *ghosts, *mixture_layers(handles=False), *rings],
                x=axis(x),
                y=ceiling(wall, start),
                xlabel=xlabel,
            )
        ],
    }


def _span(x, start, most):
    """Return the range of the log-likelihood from the first M-step to the last, as js/em.js finds it for other starts.

    The start itself lies far below, and all that follows would look flat beside it.
    """
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        heights = iterate(x, start, tol=0, max_iter=most).log_likelihoods
    low, high = float(heights[min(1, heights.size - 1)]), float(heights[-1])
    room = max(1.0, high - low) / 10
    return low - 2.5 * room, high + room  # below there is room for the mark of the start
