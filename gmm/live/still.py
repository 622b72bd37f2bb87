"""The still picture of a live figure: its starting state, drawn by matplotlib.

Readers without JavaScript see it, and so do print, PDF and GitHub.
"""

import base64
import io
import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

import numpy as np
from matplotlib import rc_context
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch

from gmm import plot
from gmm.formulas.numeric import evaluate
from gmm.live.formula import filled, markup

__all__ = ["Picture", "still", "with_still"]

COLOURS = {
    "mixture": plot.INK,
    "ghost": plot.DATA,
    "data": plot.DATA,
    **{f"component{j}": colour for j, colour in enumerate(plot.COMPONENTS, start=1)},
}
DASHES = {"ghost": (0, (2, 2)), **{f"component{j}": dash for j, dash in enumerate(plot.DASHES, start=1)}}
PAPER = "#ffffff"
# In the page the still follows the theme, light or dark, through the variables of figure.css.
VARIABLES = {
    **{colour: f"var(--gmm-{j}, {colour})" for j, colour in enumerate(plot.COMPONENTS, start=1)},
    plot.INK: f"var(--gmm-ink, {plot.INK})",
    plot.DATA: f"var(--gmm-data, {plot.DATA})",
    plot.AXIS: f"var(--gmm-axis, {plot.AXIS})",
    plot.TEXT: f"var(--gmm-text, {plot.TEXT})",
    PAPER: f"var(--gmm-paper, {PAPER})",
}


class Picture(NamedTuple):
    """What a still picture is drawn from."""

    name: str  # unique on its page
    alt: str  # what it shows, for those who cannot see it
    panels: list  # from gmm.live.gallery.panel
    functions: dict  # the expressions that the panels name
    scope: dict  # the values that these ask for, by name in code
    formula: Sequence = ()  # the terms above it, from gmm.live.spec

    def value(self, name, **more):
        """Return a number as it is, and else what has the name: a function's value or one of the scope's."""
        if not isinstance(name, str):
            return name
        scope = {**self.scope, **more}
        return evaluate(self.functions[name], scope) if name in self.functions else scope[name]


def still(picture):
    """Draw the starting state of a live figure.

    Parameters
    ----------
    picture : Picture
        What to draw.

    Returns
    -------
    svg : str
        An ``<svg>`` element, the same at every run.
    png : str
        The same picture in base64, for viewers that strip SVG.
    """
    heights = [1.8 if spec["square"] else spec["height"] for spec in picture.panels]
    # No pyplot: it would tie this picture to the notebook's own, and to its backend.
    with rc_context({**plot.STYLE, "svg.hashsalt": picture.name, "svg.fonttype": "none"}):
        canvas = Figure(figsize=(7, 3.1 * sum(heights)))
        axes = canvas.subplots(len(heights), 1, height_ratios=heights, squeeze=False)
        for ax, spec in zip(axes[:, 0], picture.panels):
            _draw(ax, spec, picture)
        svg, png = io.StringIO(), io.BytesIO()
        canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        canvas.savefig(png, format="png", dpi=100, metadata={"Software": None})
    return _tidy(svg.getvalue(), picture.alt), base64.b64encode(png.getvalue()).decode()


def with_still(bundle, picture, text, sentence, printed=None):
    """Add the still picture to what a widget shows.

    Parameters
    ----------
    bundle : dict or tuple
        The widget's own mime bundle.
    picture : Picture
        What to draw.
    text : str
        The widget as plain text.
    sentence : str
        What readers without JavaScript are told.
    printed : (Picture, str), optional
        What stands in its place on paper, and the line below that says which state it is.

    Returns
    -------
    dict
        The bundle with ``text/html``, ``image/png`` and ``text/plain``.
    """
    bundle = dict(bundle[0] if isinstance(bundle, tuple) else bundle)
    svg, png = still(picture)
    told = f'<noscript><p class="gmm-noscript">{sentence}</p></noscript>'
    formula = markup(picture.formula, picture.value)
    # page.js finds the widget by data-live and puts it in the place of the
    # picture. The name is the same at every run, a model's id is not.
    paper = _paper(*printed) if printed else ""
    html = f'<div class="gmm-live" data-live="{escape(picture.name)}">{formula}{svg}{paper}{told}</div>'
    return {**bundle, "text/html": html, "image/png": png, "text/plain": text}


def _paper(picture, line):
    """Return the picture of a telling state, which a page shows in print only."""
    svg, _ = still(picture._replace(name=f"{picture.name}-print"))
    formula = markup(picture.formula, picture.value)
    return f'<div class="gmm-print">{formula}{svg}<p class="gmm-shown">{escape(line)}</p></div>'


def _draw(ax, spec, picture):
    ax.set(xlabel=spec["xlabel"], ylabel=spec["ylabel"], xlim=spec["x"])
    if spec["y"]:
        ax.set_ylim(*spec["y"])
    start = picture.scope.get("start")
    for layer in spec["layers"]:
        if not layer.get("start"):
            LAYERS[layer["kind"]](ax, layer, picture, spec)
        elif start:  # else the curves are still there
            LAYERS[layer["kind"]](ax, layer, picture._replace(scope={**picture.scope, **start}), spec)
    if not spec["y"]:
        ax.set_ylim(0)
    if spec["square"]:
        ax.set_aspect("equal")
    if spec["scale"] != spec["y"]:
        low, high = spec["scale"]
        ax.set_yticks([tick for tick in ax.get_yticks() if low <= tick <= high])
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.04), ncols=3, borderaxespad=0)


def _style(layer):
    return {"color": COLOURS[layer["role"]], "label": layer.get("legend")}


def _cut(ax, x, y, layer):
    """Mark the edge that cuts a value beyond the axis, with the value, as Plot.cut in js/plot.js does."""
    low, high = ax.get_ylim()
    if low <= y <= high:
        return
    sign, edge, below = ("▲", high, "top") if y > high else ("▼", low, "bottom")
    ax.annotate(f"{sign} {y:.4g}".replace("-", "−"), (x, edge), va=below, color=COLOURS[layer["role"]], weight="bold")


def _points(layer, picture, spec, between=None):
    points = np.linspace(*(between or spec["x"]), 241)
    return points, np.broadcast_to(picture.value(layer["fn"], **{spec["variable"]: points}), points.shape)


def _curve(ax, layer, picture, spec):
    points, heights = _points(layer, picture, spec)
    top = np.nanargmax(heights)
    _cut(ax, points[top], heights[top], layer)
    ax.plot(points, heights, linestyle=DASHES.get(layer["role"], "-"), **_style(layer))
    if layer.get("fill"):
        ax.fill_between(points, heights, color=COLOURS[layer["role"]], alpha=0.16, linewidth=0)


def _shade(ax, layer, picture, spec):
    between = [picture.value(layer[end]) for end in ("from", "to")]
    points, heights = _points(layer, picture, spec, between)
    ax.fill_between(points, heights, alpha=0.2, linewidth=0, **_style(layer))


def _bricks(ax, layer, picture, spec):
    left, place, counts = np.unique(layer["left"], return_inverse=True, return_counts=True)
    shares = _shares(layer, picture)
    look = {"width": layer["width"], "align": "edge", "alpha": 0.6}
    if shares is None:
        ax.bar(left, counts * layer["height"], **look, **_style(layer))
        return
    ax.bar(left[:1], 0, **look, **_style(layer))  # for the legend
    bottom = np.zeros(left.size)
    for part, colour in zip(shares, plot.COMPONENTS):  # what each component owns of a bar
        owned = layer["height"] * np.bincount(place, part)
        ax.bar(left, owned, bottom=bottom, color=colour, **look)
        bottom += owned


def _shares(layer, picture):
    """Return the responsibilities of each component for the bricks, or None where they have none."""
    if layer.get("gamma"):
        return [picture.value(name, x=np.array(layer["x"])) for name in layer["gamma"]]
    return np.transpose(picture.scope["gamma"]) if "gamma" in picture.scope else None


def _dots(ax, layer, picture, spec):
    shares = [picture.value(share) for share in layer.get("share", ())]
    sizes = (3 + 9 * np.sqrt(shares)) ** 2 if shares else 25
    height = picture.value(layer["y"])
    ax.scatter(layer["x"], np.full(len(layer["x"]), height), s=sizes, alpha=0.75, **_style(layer))


def _vline(ax, layer, picture, spec):
    at = picture.value(layer["x"])
    ax.axvline(at, linestyle=DASHES["ghost"], linewidth=1.5, **_style(layer))
    if layer.get("label"):
        ax.annotate(layer["label"], (at, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom")


def _hline(ax, layer, picture, spec):
    ax.axhline(picture.value(layer["y"]), linestyle=DASHES["ghost"], linewidth=1.5, **_style(layer))


def _dot(ax, layer, picture, spec):
    at = picture.value(layer["x"])
    height = picture.value(layer["y"], **{spec["variable"]: at})
    hollow = {"markerfacecolor": PAPER, "markersize": 9, "markeredgewidth": 2} if layer["kind"] == "handle" else {}
    if height in ax.get_ylim():  # it stands on the edge, and is drawn whole
        hollow |= {"clip_on": False}
    if "share" in layer:
        hollow = {"markersize": 3 + 9 * np.sqrt(picture.value(layer["share"]))}
    ax.plot([at], [height], "o", color=COLOURS[layer["role"]], label=layer.get("legend"), linestyle="", **hollow)


def _text(ax, layer, picture, spec):
    place = [picture.value(layer[way]) for way in "xy"]
    ax.text(*place, filled(layer["text"], picture.value), color=COLOURS[layer["role"]], ha="center", weight="bold")


def _bar(ax, layer, picture, spec):
    at, ends = picture.value(layer["x"]), [picture.value(end) for end in layer["between"]]
    ax.plot([at, at], ends, linewidth=18 if layer.get("wide") else 5, alpha=0.7, solid_capstyle="butt", **_style(layer))
    if layer.get("text"):
        said = filled(layer["text"], picture.value)
        look = {"color": COLOURS[layer["role"]], "va": "center", "weight": "bold"}
        ax.annotate(said, (at, np.mean(ends)), (8, 0), textcoords="offset points", **look)


def _zeros(ax, layer, picture, spec):
    x, heights = _points(layer, picture, spec)
    crossed = np.flatnonzero((heights[:-1] > 0) != (heights[1:] > 0))
    low, high = heights[crossed], heights[crossed + 1]
    at = x[crossed] - low * (x[crossed + 1] - x[crossed]) / (high - low)
    tops = np.broadcast_to(picture.value(layer["y"], **{spec["variable"]: at}), at.shape)
    ax.plot(at, tops, "o", zorder=3, **_style(layer))


def _band(ax, layer, picture, spec):
    """Fill the space between two axes; what is above stands in the figure's own units, as they are drawn later."""
    above, below = ([picture.value(end) for end in layer[side]] for side in ("above", "below"))
    for start, end in zip(above, below):
        ax.add_artist(
            ConnectionPatch(
                (start, 0),
                (end, 1),
                ax.figure.axes[0].get_xaxis_transform(),
                ax.get_xaxis_transform(),
                color=COLOURS[layer["role"]],
                linewidth=1,
                linestyle=DASHES["ghost"],
            )
        )


def _contours(ax, layer, picture, spec):
    for line, height in zip(layer["lines"], layer["heights"]):
        ax.plot(*np.transpose(line), color=plot.INK, linewidth=1, alpha=min(1, 0.25 + (0.7 * height) ** 1.5))


def _orbit(ax, layer, picture, spec):
    places = [[picture.value(name) for name in layer["of"]]]
    for _ in range(int(picture.value(layer["steps"]))):
        at = dict(zip(layer["of"], places[-1]))
        places.append([picture.value(name, **at) for name in layer["next"]])
    height = picture.value(layer["height"], **dict(zip(layer["of"], places[-1])))
    ax.plot(*np.transpose(places), "o-", color=COLOURS[layer["role"]], markersize=4, label=layer.get("legend"))
    ax.annotate(f"{layer['label']} {height:.0f}".replace("-", "−"), places[-1], color=COLOURS[layer["role"]])


def _intervals(ax, layer, picture, spec):
    truth, last = picture.value(layer["truth"]), int(picture.value(layer["upto"]))
    for i, (low, high) in enumerate(zip(layer["low"][:last], layer["high"][:last]), start=1):
        colour = COLOURS["data" if low <= truth <= high else "component2"]
        ax.plot([low, high], [i, i], color=colour, linewidth=1.5)


def _button(ax, layer, picture, spec):
    """Draw nothing: there is nothing to press in a still picture."""


def _tint(ax, layer, picture, spec):
    cells = np.array([[int(digit) for digit in row] for row in layer["rows"]])
    for k, role in enumerate(layer["roles"]):
        shown = np.ma.masked_where(cells != k, cells)
        palette = ListedColormap([COLOURS[role]])
        edges = (np.linspace(*layer[way], n + 1) for way, n in zip("xy", cells.T.shape))
        ax.pcolormesh(*edges, shown, cmap=palette, alpha=0.2, linewidth=0, rasterized=True)


def _disc(ax, layer, picture, spec):
    angle, r = np.linspace(0, 2 * np.pi, 121), picture.value(layer["r"])
    ax.plot(r * np.cos(angle), r * np.sin(angle), linewidth=5, alpha=0.7, **_style(layer))


def _drops(ax, layer, picture, spec):
    n = int(picture.value(layer["steps"])) // 2
    k = (np.array(layer["labels"][:n]) >= picture.value("pi1")).astype(int)
    x = np.take(layer["means"], k) + np.take(layer["sigmas"], k) * layer["values"][:n]
    place, rows = np.floor(x / layer["width"]), {}
    for at, label in zip(place.tolist(), k.tolist()):
        row = rows[at] = rows.get(at, -1) + 1
        look = {"color": plot.COMPONENTS[label], "alpha": 0.6, "linewidth": 0}
        ax.bar(at * layer["width"], layer["height"], layer["width"], row * layer["height"], align="edge", **look)
    ax.bar(spec["x"][:1], 0, alpha=0.6, **_style(layer))  # for the legend


def _trace(ax, layer, picture, spec):
    heights = picture.scope.get("trace") or [picture.value("logL")]
    ax.plot(heights, "o-", color=plot.INK)
    _cut(ax, 0, heights[0], layer)


LAYERS = {
    "curve": _curve,
    "shade": _shade,
    "bricks": _bricks,
    "points": _dots,
    "vline": _vline,
    "hline": _hline,
    "dot": _dot,
    "handle": _dot,
    "bar": _bar,
    "text": _text,
    "band": _band,
    "zeros": _zeros,
    "contours": _contours,
    "orbit": _orbit,
    "intervals": _intervals,
    "button": _button,
    "disc": _disc,
    "drops": _drops,
    "tint": _tint,
    "trace": _trace,
}


def _tidy(svg, alt):
    """Return the picture alone: short, the same at every run, and in the colours of the theme."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->|font-family: [^;\"]*;?|font: (?=[\d.]+px)", "", svg, flags=re.S)
    used = set(re.findall(r"(?:url\(#|href=\"#)([\w-]+)", svg))
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", svg)
    svg = re.sub(r"-?\d+\.\d{3,}", lambda found: f"{float(found[0]):.2f}".rstrip("0").rstrip("."), svg)
    for colour, variable in VARIABLES.items():
        svg = svg.replace(colour, variable)
    svg = re.sub(r"\s*\n\s*", "\n", svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(alt)}" ', 1)
