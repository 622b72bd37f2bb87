"""Your own data: a page that fits a reader's numbers, with a kernel and without one."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np

from gmm import check, datasets, formulas
from gmm.fitting import fit
from gmm.formulas.javascript import javascript
from gmm.formulas.names import arguments, identifier
from gmm.live.layers import bricks, curve, panel
from gmm.live.still import Picture, with_still

with check.extra("the page for own data", "live", "anywidget"):
    import anywidget
    import traitlets

__all__ = ["OwnData", "your_data"]

MOST_COMPONENTS = 5
HERE = files("gmm.live")
OWN = files("gmm.live.own")
SCRIPTLESS = (
    "Reading and fitting your own numbers needs JavaScript. The picture shows what it makes of the first data set."
)


def module():
    """Return the module of the page: the drawing that all figures share, then reading, fitting and showing."""
    parts = [HERE.joinpath("drawing.js"), *(OWN.joinpath(f"{part}.js") for part in ("reading", "fitting", "showing"))]
    return "".join(part.read_text("utf-8") for part in parts)


class OwnData(anywidget.AnyWidget):
    """A place to paste numbers, and the mixtures that the page fits to them.

    It reads the numbers, runs EM for K = 1 … 5 and shows and saves the results
    in the reader's browser alone. What it computes are the printed formulas.

    Parameters
    ----------
    name : str
        Unique on its page. The page finds the widget's state by it.

    Attributes
    ----------
    functions : dict
        The printed formulas: for each name the arguments and the body of a
        JavaScript function.
    datasets : list of dict
        The book's data sets: ``name``, ``label`` of the button, ``text`` as a
        reader would paste it, and the ``column`` to begin with.

    Examples
    --------
    >>> from gmm import live
    >>> live.your_data()
    OwnData('own')
    """

    _esm = module()
    _css = HERE.joinpath("figure.css").read_text("utf-8") + OWN.joinpath("own.css").read_text("utf-8")
    name = traitlets.Unicode().tag(sync=True)
    functions = traitlets.Dict().tag(sync=True)
    datasets: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(self, name: str = "own") -> None:
        super().__init__(name=name, functions=printed(), datasets=data_sets())

    def _repr_mimebundle_(self, **kwargs):
        return with_still(super()._repr_mimebundle_(**kwargs), picture(self.name), repr(self), SCRIPTLESS)

    def __repr__(self) -> str:
        return f"OwnData({self.name!r})"


def your_data(name: str = "own") -> OwnData:
    """Return the place for a reader's own numbers."""
    return OwnData(name)


def printed() -> dict[str, dict]:
    """Return what the page computes, printed as JavaScript, by the names that own.js calls."""
    at = [formulas.x, *formulas.parameters(1)]
    every_k = range(1, MOST_COMPONENTS + 1)
    sums = {
        "logL": formulas.counted_log_likelihood,
        "nk": formulas.counted_nk,
        "weight": formulas.counted_weight,
        "mean": formulas.counted_mean,
        "variance": formulas.counted_variance,
        "aic": formulas.aic,
        "bic": formulas.bic,
    }
    terms = [formulas.log_terms, formulas.k, formulas.log_densities, formulas.n]
    return {
        "term": javascript(at, formulas.log_component(1)),
        "component": javascript(at, formulas.component(1)),
        "posterior": javascript(terms, formulas.posterior),
        **{f"total{j}": javascript([formulas.log_terms], formulas.log_sum_exp(j)) for j in every_k},
        **{f"mixture{j}": javascript([formulas.x, *formulas.parameters(j)], formulas.mixture(j)) for j in every_k},
        **{label: javascript(arguments(expression), expression) for label, expression in sums.items()},
    }


def data_sets() -> list[dict[str, Any]]:
    """Return the book's data sets in the form in which a reader would paste them."""
    faithful, galaxies, crabs = datasets.faithful(), datasets.galaxies(), datasets.crabs()
    return [
        {
            "name": "faithful",
            "label": "Old Faithful",
            "column": 1,
            "text": _text({"eruption (minutes)": faithful.eruptions, "wait (minutes)": faithful.waiting}),
        },
        {
            "name": "galaxies",
            "label": "Galaxies",
            "column": 0,
            "text": _text({"velocity (1000 km/s)": galaxies.velocity}),
        },
        {
            "name": "crabs",
            "label": "Weldon’s crabs",
            "column": 0,
            "text": _text({"ratio": crabs.ratio, "count": crabs.count}),
        },
    ]


def _text(columns):
    """Return named columns as CSV."""
    lines = [",".join(f"{value:.12g}" for value in row) for row in zip(*columns.values())]
    return "\n".join([",".join(columns), *lines]) + "\n"


def picture(name: str) -> Picture:
    """Return what the still picture is drawn from: the first data set and its two components."""
    x = datasets.faithful().waiting
    layers = [
        bricks(x, 27),
        curve("c1", "component1", "component 1", fill=True),
        curve("c2", "component2", "component 2", fill=True),
        curve("f", "mixture", "f(x)"),
    ]
    return Picture(
        name=name,
        alt="Histogram of 272 waiting times of Old Faithful with the fitted curve of two components, "
        "one about 55 minutes and one about 80.",
        panels=[panel(layers, x=(40, 100), xlabel="wait (minutes)")],
        functions={"c1": formulas.component(1), "c2": formulas.component(2), "f": formulas.mixture()},
        scope=dict(zip(map(identifier, formulas.parameters(2)), np.concatenate([*fit(x).mixture]))),
    )
