"""The picture of the benchmark that the chapter on the engine shows."""

import matplotlib.pyplot as plt
from matplotlib import rc_context

from gmm import plot

__all__ = ["write"]

MARKS = {
    "gmm, from a given start": ("o", plot.COMPONENTS[0]),
    "gmm, its default call": ("v", plot.COMPONENTS[0]),
    "plain steps, to the same place": ("D", plot.DATA),
    "scikit-learn, its default call": ("s", plot.COMPONENTS[1]),
    "scikit-learn, to the same height": ("^", plot.COMPONENTS[2]),
}


def write(rows, path):
    """Draw each case as a line of marks, in units of one exact step, and store the picture.

    Parameters
    ----------
    rows : list of dict
        What ``benchmarks.__main__.measure`` returns.
    path : pathlib.Path
        Where the SVG goes.
    """
    grid = {"axes.grid.axis": "x", "axes.grid": True, "grid.color": "#e5e7eb"}
    with rc_context({**plot.STYLE, **grid, "svg.hashsalt": "benchmark"}):
        figure, ax = plt.subplots(figsize=(5.6, 0.36 * len(rows) + 1.4))
        for place, row in enumerate(rows):
            for (marker, colour), value in zip(MARKS.values(), steps(row)):
                if value is not None:
                    ax.plot(value, -place, marker, color=colour, markersize=7)
        for label, (marker, colour) in MARKS.items():
            ax.plot([], [], marker, color=colour, label=label)
        names = [f"{row['kind']}, 1e{len(str(row['n'])) - 1}, K = {row['n_components']}" for row in rows]
        ax.set_yticks([-place for place in range(len(rows))], names)
        ax.set(xscale="log", xlabel="time, in exact EM steps over the same data")
        ax.tick_params(axis="y", length=0)
        figure.legend(loc="outside upper center", ncols=2)
        figure.savefig(path, bbox_inches="tight", metadata={"Date": None, "Creator": None})
        plt.close(figure)


def steps(row):
    """Return the five times of a case in units of one exact step, None where there is none."""
    step, iterations = row["step"], row["iterations"]
    same = None if iterations is None else iterations * row["per_iteration"]["scikit-learn full"] / step
    default = row["sklearn_default"] and row["sklearn_default"] / step
    return row["fit"] / step, row["default"] / step, row["iterations_to_place"], default, same
