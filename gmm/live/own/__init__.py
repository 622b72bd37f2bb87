"""Your own data: a page that fits a reader's numbers, with a kernel and without one."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import sympy as sp

from gmm import check, datasets, formulas
from gmm.engine import settings
from gmm.fitting import fit
from gmm.formulas.javascript import javascript
from gmm.formulas.names import identifier
from gmm.live.layers import bricks, curve, panel
from gmm.live.modules import expression, module
from gmm.live.still import Picture, with_still

with check.extra("the page for own data", "live", "anywidget"):
    import anywidget
    import traitlets

__all__ = ["OwnData", "your_data"]

MOST_COMPONENTS = 5
# log π 𝒩 at the mean of a component, where it is largest.
PEAK = sp.Symbol("peak", real=True)
HERE = files("gmm.live")
OWN = files("gmm.live.own")
SCRIPTLESS = (
    "Reading and fitting your own numbers needs JavaScript. The picture shows what it makes of the first data set."
)


@cache
def script() -> str:
    """Return the module of the page: what figures share, what a worker runs too, and what a reader sees."""
    return module("own/showing.js", made())


def worker() -> str:
    """Return the script of a worker, for a site that may run files of its own only."""
    return f"{core()}.serve();\n"


def core() -> str:
    """Return what reads and fits, without a document, as one expression."""
    return expression("own/working.js", {"own/printed.js": numbers()})


def made() -> dict[str, str]:
    """Return the modules that are in no file, by their paths: the printed formulas, and the text that a worker runs."""
    text = f"export const core = () => {core()};\nexport const offered = core();\n"
    return {"own/printed.js": numbers(), "own/core.js": text}


@cache
def numbers() -> str:
    """Return the module of the engine's thresholds and of the formulas: all numbers and all mathematics."""
    functions = {name: f"({', '.join(text['args'])}) => {{ {text['body']} }}" for name, text in printed().items()}
    for name in ("total", "mixture"):
        many = [functions.pop(f"{name}{j}") for j in range(1, MOST_COMPONENTS + 1)]
        functions[f"{name}s"] = f"[null, {', '.join(many)}]"
    lines = [f"export const {name} = {text};\n" for name, text in functions.items()]
    return "".join([f"export const settings = {json.dumps(thresholds())};\n", *lines])


def thresholds() -> dict[str, Any]:
    """Return the settings of the engine that fitting.js asks for, by their names."""
    wanted = sorted(set(re.findall(r"\bsettings\.([A-Z_]+)", OWN.joinpath("fitting.js").read_text("utf-8"))))
    given = {name: getattr(settings, name) for name in wanted if name != "MAX_ITER"}
    plain = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in given.items()}
    return plain | {"MAX_ITER": inspect.signature(fit).parameters["max_iter"].default}


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
    datasets : list of dict
        The book's data sets: ``name``, ``label`` of the button, ``text`` as a
        reader would paste it, and the ``column`` to begin with.

    Examples
    --------
    >>> from gmm import live
    >>> live.your_data()
    OwnData('own')
    """

    _css = HERE.joinpath("figure.css").read_text("utf-8") + OWN.joinpath("own.css").read_text("utf-8")
    name = traitlets.Unicode().tag(sync=True)
    datasets: traitlets.List = traitlets.List().tag(sync=True)

    def __init__(self, name: str = "own") -> None:
        self._esm = script()  # made when it is wanted, for printing takes a moment
        super().__init__(name=name, datasets=data_sets())

    def _repr_mimebundle_(self, **kwargs):
        return with_still(super()._repr_mimebundle_(**kwargs), picture(self.name), repr(self), SCRIPTLESS)

    def __repr__(self) -> str:
        return f"OwnData({self.name!r})"


def your_data(name: str = "own") -> OwnData:
    """Return the place for a reader's own numbers."""
    return OwnData(name)


def printed() -> dict[str, dict]:
    """Return what the page computes, printed as JavaScript, by the names that fitting.js and showing.js call."""
    at, pair = [formulas.x, *formulas.parameters(1)], [formulas.share, formulas.u]
    every_k = range(1, MOST_COMPONENTS + 1)
    score, block, t = formulas.score, formulas.block, sp.Symbol("t", real=True)
    moments = sp.IndexedBase("moment", real=True)
    node_weight = formulas.node_weight.xreplace({formulas.moment: moments[formulas.m]})
    terms = [formulas.log_terms, formulas.k, formulas.log_densities, formulas.n]
    functions = {
        "term": (at, formulas.log_component(1)),
        "fallen": ([PEAK, formulas.u], PEAK + fall()),
        "posterior": (terms, formulas.posterior),
        **{f"score{i + 1}": (pair, score[i]) for i in range(3)},
        "block22": (pair, block[1, 1]),
        "block23": (pair, block[1, 2]),
        "block33": (pair, block[2, 2]),
        **steps(),
        "chebyshev": ([formulas.m, t], formulas.chebyshev(formulas.m, t)),
        "node": ([formulas.j, formulas.p], formulas.node),
        "nodeWeight": ([formulas.N, moments, formulas.j, formulas.p], node_weight),
        "component": (at, formulas.component(1)),
        "aic": ([formulas.K, formulas.maximum], formulas.aic),
        "bic": ([formulas.K, formulas.N, formulas.maximum], formulas.bic),
        **{f"total{j}": ([formulas.log_terms], formulas.log_sum_exp(j)) for j in every_k},
        **{f"mixture{j}": ([formulas.x, *formulas.parameters(j)], formulas.mixture(j)) for j in every_k},
    }
    return {name: javascript(*what) for name, what in functions.items()}


def fall() -> sp.Expr:
    """Return how far log π 𝒩 lies below its peak, u standard deviations away from the mean."""
    _, mu, var = formulas.parameters(1)
    there = formulas.log_component(1, mu + sp.sqrt(var) * formulas.u) - formulas.log_component(1, mu)
    return sp.expand(there)


def steps() -> dict[str, tuple]:
    """Return the step of EM, from the sums of the scores at the old mixture (``eq:residual-step``).

    With x_n = μ + σ u_n the new mean is μ + σ Σ γ u / N_k, and Σ γ u² is
    N_k plus twice the sum of the third score, γ (u² − 1) / 2.
    """
    first, nk, second = sp.symbols("first nk second", real=True)
    mu, var, total = formulas.mu, formulas.var, formulas.N
    shift = first / nk
    return {
        "stepWeight": ([total, nk], nk / total),
        "stepMean": ([first, mu, nk, var], mu + sp.sqrt(var) * shift),
        "stepVariance": ([first, nk, second, var], var * (1 + 2 * second / nk - shift**2)),
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
