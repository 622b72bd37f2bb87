"""The book's pictures. Each takes data and an `ax`, draws on it and returns it.

Component k has the same colour in the whole book, static and live; the
mixture is dark, data are grey. :func:`use` sets the style of the book, and lets
notebooks show pictures as SVG, which is sharp on every screen and on paper.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.em import log_likelihood
from gmm.mixture import Mixture

with check.extra("gmm.plot", "plot", "matplotlib"):
    import matplotlib.pyplot as plt
    from matplotlib import rc_params_from_file
    from matplotlib.axes import Axes
    from matplotlib.colors import LinearSegmentedColormap, to_rgb, to_rgba

__all__ = [
    "COMPONENTS",
    "DATA",
    "INK",
    "LEVELS",
    "curve",
    "fit",
    "histogram",
    "memberships",
    "mixture",
    "surface",
    "trace",
    "use",
]

DASHES = ("-", (0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)))  # so that colour is not the only sign
#: The colour of a mixture, dark.
INK = "#1f2937"
#: The colour of data, grey.
DATA = "#9ca3af"
#: The colours of contours, the stronger the higher.
LEVELS = LinearSegmentedColormap.from_list("levels", [to_rgba(INK, 0.3), to_rgba(INK)])
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

STYLE = rc_params_from_file(str(files("gmm").joinpath("book.mplstyle")), use_default_template=False)
#: The colours of the components, in their order.
COMPONENTS = tuple(STYLE["axes.prop_cycle"].by_key()["color"])
AXIS, TEXT = STYLE["axes.edgecolor"], STYLE["axes.labelcolor"]


class _HasMixture(Protocol):
    """A result of :func:`gmm.fit` or of :func:`gmm.iterate`."""

    @property
    def mixture(self) -> Mixture: ...


def use() -> None:
    """Draw in the style of the book from here on, and show pictures in a notebook as SVG."""
    plt.rcParams.update(STYLE)
    # Where this runs in a notebook, IPython is loaded; elsewhere it need not be installed.
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if shell is None:
        return
    from matplotlib_inline.config import InlineBackend

    inline: Any = InlineBackend.instance(parent=shell)
    inline.figure_formats = {"svg"}
    inline.print_figure_kwargs = {"bbox_inches": "tight", "metadata": {"Date": None, "Creator": None}}


def curve(
    f: Callable[[np.ndarray], ArrayLike],
    low: float,
    high: float,
    *,
    ax: Axes | None = None,
    xlabel: str = "x",
    ylabel: str = "density",
    **style: Any,
) -> Axes:
    """Draw y = f(x) from `low` to `high`.

    Parameters
    ----------
    f : callable
        A function of an array of points.
    low, high : float
        Where the axis begins and ends.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes when left out.
    xlabel, ylabel : str
        What the axes show, with units.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    points = np.linspace(low, high, 600)
    ax.plot(points, f(points), **{"color": INK, **style})
    ax.set(xlim=(low, high), xlabel=xlabel, ylabel=ylabel)
    return ax


def histogram(
    x: ArrayLike,
    *,
    bins: int | Sequence[float] | np.ndarray = 30,
    weights: ArrayLike | None = None,
    ax: Axes | None = None,
    xlabel: str = "x",
    **style: Any,
) -> Axes:
    """Draw the data as a histogram whose area is one.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    bins : int or sequence
        How many bars, or their edges.
    weights : array_like, shape (N,), optional
        How often each observation counts.
    ax, xlabel, **style
        As for :func:`curve`; the style goes to ``ax.hist``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    look = {"histtype": "stepfilled", "color": DATA, "alpha": 0.6, "label": "data"}  # single bars would show seams
    options: dict[str, Any] = {"bins": bins, **look, **style}
    ax.hist(x, weights=weights, density=True, **options)
    ax.set(xlabel=xlabel, ylabel="density")
    return ax


def mixture(
    mixture: Mixture, low: float, high: float, *, ax: Axes | None = None, xlabel: str = "x", label: str = "f(x)"
) -> Axes:
    """Draw a mixture and its weighted components.

    Parameters
    ----------
    mixture : Mixture
        What to draw.
    low, high : float
        Where the axis begins and ends.
    ax, xlabel
        As for :func:`curve`.
    label : str
        The name of the mixture in the legend.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    points = np.linspace(low, high, 600)
    for j, density in enumerate(mixture.component_pdf(points).T, start=1):
        name = f"π{j} N(x | μ{j}, σ{j}²)".translate(SUBSCRIPTS)
        look = {"color": COMPONENTS[(j - 1) % len(COMPONENTS)], "linestyle": DASHES[(j - 1) % len(DASHES)]}
        ax.plot(points, density, label=name, **look)
    curve(mixture.pdf, low, high, ax=ax, xlabel=xlabel, label=label)
    ax.set_ylim(bottom=0)
    ax.legend()
    return ax


def fit(
    result: _HasMixture,
    x: ArrayLike,
    *,
    bins: int | Sequence[float] | np.ndarray = 30,
    weights: ArrayLike | None = None,
    ax: Axes | None = None,
    xlabel: str = "x",
) -> Axes:
    """Draw data and the mixture that was fitted to them.

    Parameters
    ----------
    result : Fit or Path
        From :func:`gmm.fit` or :func:`gmm.iterate`: what has a ``mixture``.
    x : array_like, shape (N,)
        The observations.
    bins, weights, ax, xlabel
        As for :func:`histogram`.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = histogram(x, bins=bins, weights=weights, ax=ax)
    low, high = ax.get_xlim()
    return mixture(result.mixture, low, high, ax=ax, xlabel=xlabel)


def memberships(
    x: ArrayLike,
    gamma: ArrayLike,
    *,
    ax: Axes | None = None,
    height: ArrayLike = 0.0,
    xlabel: str = "x",
    **style: Any,
) -> Axes:
    """Draw the data as points coloured by their responsibilities.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    gamma : array_like, shape (N, K)
        Responsibilities. A point's colour is the mix of the components'
        colours in these shares.
    height : float or array_like, shape (N,)
        Where the points stand on the vertical axis.
    ax, xlabel, **style
        As for :func:`curve`; the style goes to ``ax.scatter``.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    gamma = np.asarray(gamma)
    colours = gamma @ np.array([to_rgb(COMPONENTS[k % len(COMPONENTS)]) for k in range(gamma.shape[1])])
    ax.scatter(x, np.broadcast_to(height, np.shape(x)), c=colours.clip(0, 1), **{"s": 22, "zorder": 3, **style})
    ax.set_xlabel(xlabel)
    return ax


def trace(log_likelihoods: ArrayLike, *, ax: Axes | None = None, **style: Any) -> Axes:
    """Draw the log-likelihood after each iteration.

    Parameters
    ----------
    log_likelihoods : array_like, shape (n_iter + 1,)
        The start's, then one after each iteration, in nats.
    ax, **style
        As for :func:`curve`.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    log_likelihoods = np.asarray(log_likelihoods)
    ax.plot(range(len(log_likelihoods)), log_likelihoods, **{"color": INK, "marker": "o", "markersize": 4, **style})
    ax.set(xlabel="iteration", ylabel="log-likelihood (nats)")
    ax.locator_params("x", integer=True)
    return ax


def surface(
    x: ArrayLike,
    at: Mixture,
    first: ArrayLike,
    second: ArrayLike,
    *,
    depth: float = 200.0,
    levels: int = 16,
    ax: Axes | None = None,
    units: str = "",
) -> Axes:
    """Draw the log-likelihood of two means as contours.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    at : Mixture
        Two components; their weights and variances stay as they are.
    first, second : array_like
        The values of μ₁ and of μ₂ to try, in the unit of the data.
    depth : float
        How many nats below the highest point the lowest contour lies.
    levels : int
        How many contours.
    ax : matplotlib.axes.Axes, optional
        Where to draw; the current axes when left out.
    units : str
        The unit of the data, for the labels.

    Returns
    -------
    matplotlib.axes.Axes
    """
    ax = ax or plt.gca()
    first, second = np.asarray(first), np.asarray(second)
    heights = np.array([[log_likelihood(x, Mixture(at.weights, [a, b], at.variances)) for a in first] for b in second])
    top = heights.max()
    ax.contour(first, second, heights, np.linspace(top - depth, top, levels), cmap=LEVELS, linewidths=1.2)
    unit = f" ({units})" if units else ""
    ax.set(xlabel=f"μ₁{unit}", ylabel=f"μ₂{unit}", aspect="equal")
    return ax
