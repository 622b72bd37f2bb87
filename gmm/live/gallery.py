"""The live figures of the book. Each is made of formulas that a chapter derives."""

import numpy as np
import sympy as sp

from gmm import formulas as F
from gmm.live.figure import LiveFigure, Slider

__all__ = [
    "balance",
    "cancellation",
    "collapse",
    "em",
    "free_weights",
    "likelihood",
    "memberships",
    "mixture",
    "nodes",
    "normal",
    "responsibility",
    "shift",
    "standardise",
    "two_bumps",
]

# With two components the second weight is what the first one leaves.
ONE_WEIGHT = {F.weight(2): 1 - F.weight(1)}
N1, N2, MIX = "π₁ N(x | μ₁, σ₁²)", "π₂ N(x | μ₂, σ₂²)", "f(x)"


def panel(
    layers,
    *,
    x=None,
    y=(0, None),
    xlabel="x",
    ylabel="density",
    height=1.0,
    variable="x",
    square=False,
    trace=False,
):
    """Return a pair of axes and what is drawn on them.

    Parameters
    ----------
    layers : list of dict
        From :func:`layer`, the lowest first.
    x, y : tuple of float, optional
        Where the axes begin and end. A `y` that ends with None grows with the
        curves; without `x` and `y` a trace finds its own.
    xlabel, ylabel : str
        What the axes show, with units.
    height : float
        In units that a narrow screen makes smaller.
    variable : str
        The name, in the functions, of what the horizontal axis shows.
    square : bool
        Whether the axes have one scale and length.
    trace : bool
        Whether the horizontal axis counts the iterations of EM.

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
    }


def layer(kind, role, **options):
    """Return one layer of a panel.

    Parameters
    ----------
    kind : str
        One of ``still.LAYERS``, which figure.js has under the same names.
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
        however narrow they become.
    legend : str, optional
        What the legend says.

    Returns
    -------
    dict
    """
    return layer("curve", role, fn=fn, legend=legend, **options)


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
    rings = [
        layer("handle", f"component{j}", x=f"mu{j}", y=f"c{j}", drag={"x": [f"mu{j}"], "y": ["pi1", f"weight{j}"]})
        for j in (1, 2)
    ]
    edges = [
        layer("handle", f"component{j}", x=f"edge{j}", y=f"c{j}", small=True, drag={"x": [f"var{j}", f"width{j}"]})
        for j in (1, 2)
    ]
    return edges + rings


def grip_functions():
    """Return π₂, where the rings stand, and what a height and a place say about π₁ and σ², solved by SymPy."""
    height = sp.Symbol("y", positive=True)
    functions = {"pi2": F.weight(2).subs(ONE_WEIGHT)}
    for j in (1, 2):
        top = F.component(j).subs(F.x, F.mean(j)).subs(ONE_WEIGHT)
        (functions[f"weight{j}"],) = sp.solve(sp.Eq(height, top), F.weight(1))
        functions[f"edge{j}"] = F.mean(j) + sp.sqrt(F.variance(j))
        (functions[f"width{j}"],) = sp.solve(sp.Eq((F.x - F.mean(j)) ** 2, F.variance(j)), F.variance(j))
    return functions


POINTED = "n = {n:0}, x = {x:1}: γ(n, 1) = π₁N₁ / f = {c1:4e} / {f:4e} = {gamma1:3}, γ(n, 2) = {gamma2:3}"
FORMULA = [
    ("mixture", "f(x) = "),
    ("component1", "{pi1:2} N(x | {mu1:2}, {var1:2})"),
    ("mixture", " + "),
    ("component2", "{pi2:2} N(x | {mu2:2}, {var2:2})"),
]


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


def five_sliders(pi1=0.4, mu1=-1.0, var1=1.0, mu2=2.0, var2=1.5, *, means=(-4, 5), most=4.0):
    """Return sliders for π₁, the two means and the two variances."""
    return {
        "pi1": Slider("π₁", pi1, 0.0, 1.0, 0.01),
        "mu1": Slider("μ₁", mu1, *means),
        "var1": Slider("σ₁²", var1, 0.2, most),
        "mu2": Slider("μ₂", mu2, *means),
        "var2": Slider("σ₂²", var2, 0.2, most),
    }


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


# --- the figures, in the order of the chapters ----------------------------


def normal(name="normal"):
    """Return the normal density with sliders for its mean and variance (``eq:normal``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    return LiveFigure(
        name,
        sliders={"mu": Slider("μ", 0.0, -4, 4), "variance": Slider("σ²", 1.0, 0.2, 6)},
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
                    curve("f", "component1", "N(x | μ, σ²)"),
                    layer("vline", "component1", x="mu", label="μ"),
                    layer("handle", "component1", x="mu", y="f"),
                ],
                x=(-8, 8),
                y=(0, 0.95),
                ylabel="density N(x | μ, σ²)",
            )
        ],
        formula=[("component1", "N(x | {mu:2}, {variance:2})")],
        readouts=["standard deviation σ = √σ² = {sigma:2}, height of the peak 1/√(2πσ²) = {peak:3}"],
        alt="A bell curve. Its mean sets where it stands, its variance how wide and how low it is.",
    )


def standardise(name="standardise"):
    """Return a point on a normal curve and the same point on the standard one (``eq:standard-normal``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    z = (F.x - F.mu) / sp.sqrt(F.var)
    marks = [layer("vline", "mixture", x="x", label="x"), layer("dot", "mixture", x="x", y="f")]
    standard = [layer("vline", "mixture", x="z", label="z"), layer("dot", "mixture", x="z", y="standard")]
    z_symbol = sp.Symbol("z", real=True)
    return LiveFigure(
        name,
        sliders={
            "mu": Slider("μ", 2.0, -3, 5),
            "variance": Slider("σ²", 4.0, 0.2, 6),
            "x": Slider("x", 5.0, -6, 10),
        },
        functions={"f": F.normal, "z": z, "standard": F.normal.subs({F.mu: 0, F.var: 1, F.x: z_symbol})},
        panels=[
            panel([curve("f", "component1", "N(x | μ, σ²)", fill=True), *marks], x=(-6, 10), height=0.8),
            panel(
                [curve("standard", "component2", "N(z | 0, 1)", fill=True), *standard],
                x=(-6, 6),
                y=(0, 0.5),
                xlabel="z = (x − μ) / σ",
                height=0.8,
                variable="z",
            ),
        ],
        readouts=["z = (x − μ) / σ = {z:2} standard deviations from the mean"],
        alt="Above, a normal curve with a point x. Below, the standard normal curve with the point z = (x − μ)/σ.",
    )


def mixture(name="mixture"):
    """Return a mixture of two components with five sliders (``eq:mixture``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    return LiveFigure(
        name,
        sliders=five_sliders(),
        functions={
            **mixture_functions(),
            "mean": F.mixture_mean().subs(ONE_WEIGHT),
            "variance": F.mixture_variance().subs(ONE_WEIGHT),
            **grip_functions(),
        },
        formula=FORMULA,
        panels=[panel([*mixture_layers(handles=False), *grips()], x=(-7, 8), ylabel="density f(x)")],
        readouts=["π₂ = 1 − π₁ = {pi2:2}; mean of f = {mean:2}, variance of f = {variance:2}"],
        alt="Two weighted bell curves and their sum. The sum has two bumps where the curves stand well apart.",
    )


def free_weights(name="free-weights"):
    """Return two components whose weights need not sum to one (``eq:mixture-integral``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    i, low, high, strips = sp.Symbol("i", integer=True), -9, 10, 400
    width = sp.Rational(high - low, strips)
    at = low + width * (i + sp.Rational(1, 2))
    fixed = {F.mean(1): -1, F.variance(1): 1, F.mean(2): 3, F.variance(2): sp.Rational(3, 2)}
    density = F.mixture().subs(fixed)
    one = sp.integrate(F.normal, (F.x, -sp.oo, sp.oo))
    return LiveFigure(
        name,
        sliders={"pi1": Slider("π₁", 0.7, 0, 1.5, 0.05), "pi2": Slider("π₂", 0.5, 0, 1.5, 0.05)},
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


def two_bumps(name="two-bumps"):
    """Return a mixture of two equal variances, and its slope, whose zeros are the bumps.

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    d = sp.Symbol("d", positive=True)
    place = {F.mean(1): -d / 2, F.mean(2): d / 2, F.variance(1): 1, F.variance(2): 1, **ONE_WEIGHT}
    functions = mixture_functions(place)
    functions = {label: expression.subs(place) for label, expression in functions.items()}
    functions["slope"] = sp.diff(functions["f"], F.x)
    return LiveFigure(
        name,
        sliders={"d": Slider("d", 3.0, 0, 6), "pi1": Slider("π₁", 0.5, 0.05, 0.95, 0.01)},
        functions=functions,
        panels=[
            panel(mixture_layers(handles=False, near=()), x=(-6, 6), y=(0, 0.45), ylabel="density f(x)", height=0.85),
            panel(
                [layer("hline", "ghost", y=0), curve("slope", "mixture")],
                x=(-6, 6),
                y=(-0.26, 0.26),
                ylabel="slope f′(x)",
                height=0.75,
            ),
        ],
        readouts=["the means stand d = {d:2} standard deviations apart"],
        alt="Above, two equal bell curves and their sum. "
        "Below, the slope of the sum: one zero for one bump, three for two.",
    )


def responsibility(name="responsibility"):
    """Return a mixture, a point x and the responsibilities there (``eq:responsibility``).

    Parameters
    ----------
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
    """
    functions = {**mixture_functions(), **responsibilities()}
    functions["total"] = functions["gamma1"] + functions["gamma2"]
    point = [layer("vline", "mixture", x="x", label="x")]
    return LiveFigure(
        name,
        sliders={"x": Slider("x", 0.5, -7, 8), **five_sliders()},
        functions=functions,
        panels=[
            panel(
                [
                    *mixture_layers(handles=False),
                    *point,
                    *[layer("dot", role, x="x", y=fn) for role, fn in (("component1", "c1"), ("component2", "c2"))],
                    layer("handle", "mixture", x="x", y="f"),
                ],
                x=(-7, 8),
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


def memberships(x, start, name="memberships", *, xlabel="x", n_bins=27):
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
    LiveFigure
    """
    sliders = _around(x, start, _unit(xlabel))
    n_1 = sp.Sum(F.stable_responsibility(1, x=F.xs[F.n]).subs(ONE_WEIGHT), (F.n, 1, F.N))
    return LiveFigure(
        name,
        sliders=sliders,
        functions={**mixture_functions(), **responsibilities(), "n1": n_1, "n2": F.N - n_1, **grip_functions()},
        formula=FORMULA,
        data=x,
        panels=[
            panel(
                [
                    bricks(x, n_bins, legend="one observation each", gamma=["gamma1", "gamma2"]),
                    *mixture_layers(handles=False),
                    *grips(),
                ],
                x=_axis(x),
                xlabel=xlabel,
            )
        ],
        pointed=POINTED,
        readouts=["N₁ = Σ γ(n, 1) = {n1:1} observations, N₂ = Σ γ(n, 2) = {n2:1}"],
        alt="A histogram of bricks, each coloured by its responsibilities, under a mixture of two components.",
    )


def likelihood(x, at, name="likelihood", *, xlabel="x", n_bins=27, depth=250.0):
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
    LiveFigure
    """
    import contourpy

    from gmm.em import log_likelihood
    from gmm.mixture import Mixture

    x = np.asarray(x, dtype=float)
    fixed = {F.weight(j): float(at.weights[j - 1]) for j in (1, 2)}
    fixed |= {F.variance(j): float(at.variances[j - 1]) for j in (1, 2)}
    near = [(f"mu{j}", float(at.variances[j - 1])) for j in (1, 2)]
    grid = np.linspace(x.min(), x.max(), 54)
    heights = np.array([[log_likelihood(x, Mixture(at.weights, [a, b], at.variances)) for a in grid] for b in grid])
    levels = heights.max() - depth * np.linspace(1, 0.004, 14) ** 1.5
    generator = contourpy.contour_generator(grid, grid, heights)
    lines, shares = [], []
    for rank, level in enumerate(levels):
        for line in generator.lines(level):
            lines.append(np.round(line, 2).tolist())
            shares.append(rank / (len(levels) - 1))
    low, high, unit = float(x.min()), float(x.max()), _unit(xlabel)
    return LiveFigure(
        name,
        sliders={
            "mu1": Slider("μ₁", 62.0, low, high, 0.1, unit),
            "mu2": Slider("μ₂", 74.0, low, high, 0.1, unit),
        },
        functions={
            **mixture_functions(fixed),
            "logL": F.stable_log_likelihood().subs(fixed),
            "same": F.mean(1),
        },
        data=x,
        panels=[
            panel([bricks(x, n_bins), *mixture_layers(near=near)], x=_axis(x), xlabel=xlabel, height=0.8),
            panel(
                [
                    curve("same", "ghost", "μ₁ = μ₂"),
                    layer("contours", "ghost", lines=lines, heights=shares),
                    layer("handle", "mixture", x="mu1", y="mu2", map=True),
                ],
                x=(low, high),
                y=(low, high),
                xlabel=_with_unit("μ₁", unit),
                ylabel=_with_unit("μ₂", unit),
                square=True,
                variable="mu1",
            ),
        ],
        readouts=["log-likelihood = {logL:2} nats"],
        alt="Above, data and a mixture. Below, level lines of the log-likelihood over the two means: two equal hills.",
    )


def collapse(x, at, name="collapse", *, xlabel="x", n_bins=27):
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
    LiveFigure
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
    return LiveFigure(
        name,
        sliders={"s": Slider("log₁₀ σ₁", 0.5, -12, 1, 0.1)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [bricks(x, n_bins), *mixture_layers(handles=False, near=near)],
                x=_axis(x),
                y=(0, 0.1),
                xlabel=xlabel,
                height=0.8,
            ),
            panel(
                [curve("logL", "mixture"), layer("handle", "mixture", x="s", y="logL")],
                x=(-12, 1),
                y=(-1120, -1020),
                xlabel="log₁₀ σ₁",
                ylabel="log L",
                height=0.8,
                variable="s",
            ),
        ],
        readouts=["log₁₀ σ₁ = {s:1}, log-likelihood = {logL:2} nats"],
        alt="A narrow component on one observation. "
        "As its standard deviation goes to zero the log-likelihood climbs without end.",
    )


def balance(name="balance", x=(1.0, 2.0, 4.0, 7.0, 9.0), gamma=(0.95, 0.9, 0.6, 0.2, 0.05)):
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
    LiveFigure
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
    return LiveFigure(
        name,
        sliders={
            "m": Slider("m", 3.0, 0, 10, 0.05),
            **{key: Slider(f"γ({j}, 1)", g, 0, 1, 0.05) for j, (key, g) in enumerate(zip(names, gamma), start=1)},
        },
        functions={"update": update, "nk": nk, "Q": quality},
        panels=[
            panel(
                [
                    *[
                        layer("points", "component1", x=[value], y=key, share=[key], legend=None if j else "xₙ")
                        for j, (value, key) in enumerate(zip(x, names))
                    ],
                    layer("vline", "component1", x="update", legend="the update Σγx / Σγ"),
                    layer("vline", "mixture", x="m", label="m"),
                ],
                x=(0, 10),
                y=(0, 1.15),
                ylabel="share γ(n, 1)",
                height=0.6,
            ),
            panel(
                [
                    curve("Q", "mixture", "Σ γ(n, 1) log N(xₙ | m, 1)"),
                    layer("vline", "component1", x="update"),
                    layer("handle", "mixture", x="m", y="Q"),
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
        alt="Five observations as large as their responsibilities. "
        "The parabola below has its top at their weighted mean.",
    )


def em(x, start, name="em", *, xlabel="x", n_bins=27, most_steps=80):
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

    Returns
    -------
    LiveFigure
    """
    x = np.asarray(x, dtype=float)
    sliders = {
        key: slider._replace(label=f"start {slider.label}") for key, slider in _around(x, start, _unit(xlabel)).items()
    }
    sliders["step"] = Slider("step", 0, 0, most_steps, 1)
    return LiveFigure(
        name,
        sliders=sliders,
        functions={
            **mixture_functions({}),
            **responsibilities({}),
            "logL": F.stable_log_likelihood(),
            "weight": F.update_weight,
            "mean": F.update_mean,
            "variance": F.update_variance,
            "start_pi2": 1 - F.weight(1),
        },
        data=x,
        stepping={
            "K": 2,
            "theta": ["pi1", "pi2", "mu1", "mu2", "var1", "var2"],
            "start": {"pi2": "start_pi2"},
        },
        panels=[
            panel(
                [bricks(x, n_bins, legend="one observation each"), *mixture_layers(handles=False)],
                x=_axis(x),
                xlabel=xlabel,
            ),
            panel(
                [layer("trace", "mixture")],
                y=None,
                xlabel="iteration",
                ylabel="log-likelihood",
                height=0.7,
                trace=True,
            ),
        ],
        pointed=POINTED,
        readouts=[
            "π₁ = {pi1:4}, μ₁ = {mu1:4}, σ₁² = {var1:4}",
            "π₂ = {pi2:4}, μ₂ = {mu2:4}, σ₂² = {var2:4}",
            "log-likelihood = {logL:4} nats",
        ],
        alt="Data and a mixture that EM moves step by step, and the log-likelihood, which never falls.",
    )


def cancellation(x=(-2.5, -2.25, -1.25, -1.0, -0.75, -0.5, 0.0, 0.75), name="cancellation"):
    """Return shifted data and the curves of two variances: E[x²] − mean², and about the mean (``eq:cancellation``).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations with a spread of about 1, before the shift.
    name : str
        Unlike that of any other figure of the page.

    Returns
    -------
    LiveFigure
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
    return LiveFigure(
        name,
        sliders={"s": Slider("log₁₀ c", 0.0, 0, 9, 0.05)},
        functions=functions,
        data=x,
        panels=[
            panel(
                [
                    curve("right", "ghost", "about the mean"),
                    curve("wrong", "component1", "E[x²] − mean²"),
                    layer("points", "data", x=[float(value) for value in x], y=0.03, legend="data"),
                ],
                x=(-4, 4),
                y=(0, 1),
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


def shift(mixture, name="shift", *, reach=60):
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
    LiveFigure
    """
    m, limits = sp.Symbol("m", real=True), np.finfo(float)
    given = dict(zip(F.parameters(), np.concatenate([*mixture]).tolist()))
    terms = [F.Whole(F.log_component(j).subs(given)) for j in (1, 2)]
    shares = [sp.exp(term - m) for term in terms]
    return LiveFigure(
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
                    layer("handle", "mixture", x="x", y="a2"),
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


def nodes(x, name="nodes", *, most=16):
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
    LiveFigure
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
    return LiveFigure(
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
                y=(-5, 25),
                xlabel="t",
                ylabel="weight of a node",
                height=0.75,
                variable="t",
            ),
        ],
        readouts=["Σγ over the data {exact:4}, over the nodes {replaced:4}", "difference {error:2e}"],
        alt="Above, the observations of one cell and a curve that falls across it. "
        "Below, the weights of a few nodes that give the same sum of that curve.",
    )


def _axis(x):
    """Return where the axis begins and ends: a little beyond the data."""
    room = (np.max(x) - np.min(x)) / 10
    return (float(np.floor(np.min(x) - room)), float(np.ceil(np.max(x) + room)))


def _unit(xlabel):
    """Return the unit that an axis is labelled with: ``wait (minutes)`` has minutes, ``x`` has none."""
    return xlabel.partition("(")[2].rstrip(")")


def _with_unit(name, unit):
    return f"{name} ({unit})" if unit else name


def _around(x, start, unit):
    """Return the five sliders for data of any scale, starting at a mixture."""
    pi, mu, var = (array.tolist() for array in start)
    low, high = float(np.floor(np.min(x))), float(np.ceil(np.max(x)))
    most = float(np.ceil(max(*var, np.var(x))))
    least = most / 200
    step = (high - low) / 500
    step = 10 ** np.floor(np.log10(step) + 0.5)
    spread = Slider("", 0, step * np.ceil(least / step), most, step, unit and f"square {unit}")
    return {
        "pi1": Slider("π₁", pi[0], 0.01, 0.99, 0.01),
        "mu1": Slider("μ₁", mu[0], low, high, step, unit),
        "var1": spread._replace(label="σ₁²", value=var[0]),
        "mu2": Slider("μ₂", mu[1], low, high, step, unit),
        "var2": spread._replace(label="σ₂²", value=var[1]),
    }
