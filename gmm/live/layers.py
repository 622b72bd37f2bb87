"""What a figure is made of: axes, and the layers that are drawn on them."""

import numpy as np
import sympy as sp

from gmm import formulas as F

__all__ = [
    "FORMULA",
    "MIX",
    "N1",
    "N2",
    "ONE_WEIGHT",
    "POINTED",
    "bricks",
    "ceiling",
    "curve",
    "edges",
    "grip_functions",
    "grips",
    "layer",
    "mixture_functions",
    "mixture_layers",
    "panel",
    "responsibilities",
]

# With two components the second weight is what the first one leaves.
ONE_WEIGHT = {F.weight(2): 1 - F.weight(1)}
N1, N2, MIX = "π₁ N(x | μ₁, σ₁²)", "π₂ N(x | μ₂, σ₂²)", "f(x)"
POINTED = "n = {n:0}, x = {x:1}: γ(n, 1) = π₁N₁ / f = {c1:4e} / {f:4e} = {gamma1:3}, γ(n, 2) = {gamma2:3}"
FORMULA = [
    ("mixture", "f(x) = "),
    ("component1", "{pi1:2} N(x | {mu1:2}, {var1:2})"),
    ("mixture", " + "),
    ("component2", "{pi2:2} N(x | {mu2:2}, {var2:2})"),
]


def panel(
    layers,
    *,
    x=None,
    y=None,
    xlabel="x",
    ylabel="density",
    height=1.0,
    variable="x",
    square=False,
    trace=False,
    scale=None,
    below=False,
):
    """Return a pair of axes and what is drawn on them.

    Parameters
    ----------
    layers : list of dict
        From :func:`layer`, the lowest first.
    x, y : tuple of float, optional
        A live figure needs both: where the axes begin and end. They stand still under the reader's
        hand: a curve that leaves them is cut, and a mark says how far it goes.
    xlabel, ylabel : str
        What the axes show, with units.
    height : float
        In units that a narrow screen makes smaller.
    variable : str
        The name, in the functions, of what the horizontal axis shows.
    square : bool
        Whether the axes have one scale and length.
    trace : bool
        Whether the horizontal axis counts the iterations of EM. Its `y` is
        that of the start, and follows another start once the hand is at rest.
    scale : tuple of float, optional
        The part of `y` that has numbers; without it, all of it.
    below : bool
        Whether it stands below the panel before it though it has another axis.

    Returns
    -------
    dict
    """
    return {
        "layers": layers,
        "x": x,
        "y": y,
        "xlabel": xlabel,
        "ylabel": ylabel,
        "height": height,
        "variable": variable,
        "square": square,
        "trace": trace,
        "scale": scale or y,
        "below": below,
    }


def layer(kind, role, **options):
    """Return one layer of a panel.

    Parameters
    ----------
    kind : str
        One of :data:`gmm.live.still.LAYERS`, which js/layers.js has under the same names.
    role : str
        Whose colour it has: ``component1``, ``mixture``, ``data``, ``ghost``.
    **options
        What the kind needs. A number may be given as such, or by the name of
        a parameter or a function; ``legend`` and ``label`` are texts.

    Returns
    -------
    dict
    """
    return {"kind": kind, "role": role, **options}


def curve(fn, role, legend=None, **options):
    """Return the layer of a curve y = fn(x).

    Parameters
    ----------
    fn : str
        The function.
    role, **options
        As for :func:`layer`. ``fill`` shades the area; ``near`` lists the mean
        and variance of each bell in the curve, which are drawn in full
        however narrow they become; ``start`` says that it is where EM began.
    legend : str, optional
        What the legend says.

    Returns
    -------
    dict
    """
    return layer("curve", role, fn=fn, legend=legend, **options)


def bricks(x, n_bins, role="data", legend="data", gamma=None):
    """Return the layer of a histogram with one brick for each observation, its area one in all.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    n_bins : int
        How many bars.
    role, legend
        As for :func:`curve`.
    gamma : list of str, optional
        The functions of x whose shares colour a brick.

    Returns
    -------
    dict
    """
    x = np.asarray(x, dtype=float)
    edges = np.histogram_bin_edges(x, n_bins)
    bins = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, n_bins - 1)
    row = np.zeros(x.size, dtype=int)
    for j in range(n_bins):
        member = np.flatnonzero(bins == j)
        row[member[np.argsort(x[member], kind="stable")]] = np.arange(member.size)
    width = edges[1] - edges[0]
    return layer(
        "bricks",
        role,
        legend=legend,
        x=x.tolist(),
        left=edges[bins].tolist(),
        row=row.tolist(),
        width=float(width),
        height=float(1 / (x.size * width)),
        gamma=gamma,
    )


def ceiling(wall, start):
    """Return the range of an axis that holds a histogram and a mixture.

    Parameters
    ----------
    wall : dict
        From :func:`bricks`.
    start : Mixture
        Where the figure begins.

    Returns
    -------
    tuple of float
        From 0 to a round number that is a little above both, or above twice
        the histogram where the mixture has a needle.
    """
    pi, _, var = start
    wall, peak = wall["height"] * (max(wall["row"]) + 1), np.max(pi / np.sqrt(2 * np.pi * var))
    most = 1.1 * np.clip(peak, wall, 2 * wall)
    power = 10 ** np.floor(np.log10(most))
    return 0, float(next(m * power for m in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if m * power >= most))


def mixture_layers(*, handles=True, near=(("mu1", "var1"), ("mu2", "var2"))):
    """Return the two weighted components and their sum, with a handle on each mean."""
    layers = [
        curve("c1", "component1", N1, fill=True, near=near[:1]),
        curve("c2", "component2", N2, fill=True, near=near[1:]),
        curve("f", "mixture", MIX, near=near),
    ]
    if handles:
        layers += [layer("handle", f"component{j}", x=f"mu{j}", y=f"c{j}") for j in (1, 2)]
    return layers


def grips():
    """Return the rings of both components: a mean along the axis, a weight as the height, a variance as the width."""
    rings = [layer("handle", f"component{j}", x=f"mu{j}", y=f"c{j}", sets=[f"mu{j}", "pi1"]) for j in (1, 2)]
    edges = [layer("handle", f"component{j}", x=f"edge{j}", y=f"c{j}", small=True, sets=[f"var{j}"]) for j in (1, 2)]
    return edges + rings


def edges():
    """Return where the rings of the variances stand."""
    return {f"edge{j}": F.mean(j) + sp.sqrt(F.variance(j)) for j in (1, 2)}


def grip_functions():
    """Return π₂, and where the rings of the variances stand."""
    return {"pi2": F.weight(2).subs(ONE_WEIGHT), **edges()}


def mixture_functions(replace=ONE_WEIGHT):
    """Return the expressions of the two weighted components and their sum."""
    return {
        "c1": F.component(1).subs(replace),
        "c2": F.component(2).subs(replace),
        "f": F.mixture().subs(replace),
    }


def responsibilities(replace=ONE_WEIGHT):
    """Return the expressions of γ₁(x) and γ₂(x), in the form that never is 0/0."""
    return {f"gamma{j}": F.stable_responsibility(j).subs(replace) for j in (1, 2)}
