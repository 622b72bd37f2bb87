"""The still picture of a live figure: its starting state, drawn by matplotlib.

Readers without JavaScript see it, and so do print, PDF and GitHub.
"""

import base64
import io
import re
from html import escape

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from gmm import plot

__all__ = ["still"]

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


def still(figure):
    """Draw the starting state of a live figure.

    Parameters
    ----------
    figure : LiveFigure
        What to draw.

    Returns
    -------
    svg : str
        An ``<svg>`` element, the same at every run.
    png : str
        The same picture in base64, for viewers that strip SVG.
    """
    specs = figure.drawing.spec["panels"]
    heights = [1.8 if spec["square"] else spec["height"] for spec in specs]
    # No pyplot: it would tie this picture to the notebook's own, and to its backend.
    with rc_context({"svg.hashsalt": figure.figure_name}):
        canvas = Figure(figsize=(7, 3.1 * sum(heights)))
        axes = canvas.subplots(len(specs), 1, height_ratios=heights, squeeze=False)
        for ax, spec in zip(axes[:, 0], specs):
            _draw(ax, spec, figure)
        svg, png = io.StringIO(), io.BytesIO()
        canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
        canvas.savefig(png, format="png", dpi=100, metadata={"Software": None})
    return _tidy(svg.getvalue(), figure.alt), base64.b64encode(png.getvalue()).decode()


def _draw(ax, spec, figure):
    scope = figure.scope()
    low, high = spec["x"] or (0, 10)
    for layer in spec["layers"]:
        LAYERS[layer["kind"]](ax, layer, figure, scope, spec)
    ax.set(xlabel=spec["xlabel"], ylabel=spec["ylabel"], xlim=(low, high))
    if spec["y"]:
        ax.set_ylim(spec["y"][0], spec["y"][1])
    if spec["square"]:
        ax.set_aspect("equal")
    if ax.get_legend_handles_labels()[1]:
        ax.legend(loc="lower left", bbox_to_anchor=(0, 1.04), ncols=3, borderaxespad=0)


def _style(layer):
    return {"color": COLOURS[layer["role"]], "label": layer.get("legend")}


def _number(value, figure, scope):
    if isinstance(value, str):
        return figure.call(value, scope) if value in figure._functions else scope[value]
    return value


def _points(layer, figure, scope, spec, between=None):
    points = np.linspace(*(between or spec["x"]), 241)
    return points, np.broadcast_to(figure.call(layer["fn"], {**scope, spec["variable"]: points}), points.shape)


def _curve(ax, layer, figure, scope, spec):
    points, heights = _points(layer, figure, scope, spec)
    ax.plot(points, heights, linestyle=DASHES.get(layer["role"], "-"), **_style(layer))
    if layer.get("fill"):
        ax.fill_between(points, heights, color=COLOURS[layer["role"]], alpha=0.16, linewidth=0)


def _shade(ax, layer, figure, scope, spec):
    between = [_number(layer[end], figure, scope) for end in ("from", "to")]
    points, heights = _points(layer, figure, scope, spec, between)
    ax.fill_between(points, heights, alpha=0.2, linewidth=0, **_style(layer))


def _bricks(ax, layer, figure, scope, spec):
    left, counts = np.unique(layer["left"], return_counts=True)
    ax.bar(left, counts * layer["height"], layer["width"], align="edge", alpha=0.6, **_style(layer))


def _dots(ax, layer, figure, scope, spec):
    shares = [_number(share, figure, scope) for share in layer.get("share") or [1] * len(layer["x"])]
    sizes = (6 + 18 * np.sqrt(shares)) ** 2 / 4
    height = _number(layer["y"], figure, scope)
    ax.scatter(layer["x"], np.full(len(sizes), height), s=sizes, alpha=0.75, **_style(layer))


def _vline(ax, layer, figure, scope, spec):
    at = _number(layer["x"], figure, scope)
    ax.axvline(at, linestyle=DASHES["ghost"], linewidth=1.5, **_style(layer))
    if layer.get("label"):
        ax.annotate(layer["label"], (at, 1), xycoords=("data", "axes fraction"), ha="center", va="bottom")


def _hline(ax, layer, figure, scope, spec):
    ax.axhline(_number(layer["y"], figure, scope), linestyle=DASHES["ghost"], linewidth=1.5, **_style(layer))


def _dot(ax, layer, figure, scope, spec):
    at = _number(layer["x"], figure, scope)
    height = _number(layer["y"], figure, {**scope, spec["variable"]: at})
    hollow = {"markerfacecolor": PAPER, "markersize": 9, "markeredgewidth": 2} if layer["kind"] == "handle" else {}
    ax.plot([at], [height], "o", color=COLOURS[layer["role"]], **hollow)


def _contours(ax, layer, figure, scope, spec):
    for line, height in zip(layer["lines"], layer["heights"]):
        ax.plot(*np.transpose(line), color=plot.INK, linewidth=1, alpha=min(1, 0.25 + (0.7 * height) ** 1.5))


def _trace(ax, layer, figure, scope, spec):
    ax.plot([0], [figure.call("logL", scope)], "o", color=plot.INK)


LAYERS = {
    "curve": _curve,
    "shade": _shade,
    "bricks": _bricks,
    "points": _dots,
    "vline": _vline,
    "hline": _hline,
    "dot": _dot,
    "handle": _dot,
    "contours": _contours,
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
