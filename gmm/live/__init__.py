"""Live figures: sliders and drawings that work with a kernel and without one.

:mod:`gmm.live.gallery` says what each figure of the book is; here the same
names give the widgets. Only those need ipywidgets, and load it when they are
asked for.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from gmm import check

with check.extra("gmm.live", "live", "SymPy"):
    import sympy  # noqa: F401

from gmm.live import gallery
from gmm.live.spec import FigureSpec, Slider

if TYPE_CHECKING:
    from gmm.live.figure import LiveFigure
    from gmm.live.own import OwnData, your_data

Options = ParamSpec("Options")

__all__ = [
    "FigureSpec",
    "LiveFigure",
    "OwnData",
    "Slider",
    "accidents",
    "balance",
    "basins",
    "by_hand",
    "cancellation",
    "collapse",
    "coverage",
    "distribution",
    "em",
    "em_bound",
    "free_weights",
    "likelihood",
    "memberships",
    "mixture",
    "moments",
    "nearest",
    "nodes",
    "normal",
    "parts",
    "polar",
    "race",
    "recorded",
    "responsibility",
    "sampling",
    "shift",
    "standardise",
    "two_bumps",
    "your_data",
]


def __getattr__(name: str) -> Any:
    """Load a widget when it is asked for."""
    if name == "LiveFigure":
        from gmm.live.figure import LiveFigure

        return LiveFigure
    if name in ("OwnData", "your_data"):
        from gmm.live import own

        return getattr(own, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _widget(specify: Callable[Options, FigureSpec]) -> Callable[Options, LiveFigure]:
    """Return the function that makes the widget of a specification."""

    @wraps(specify)
    def make(*arguments: Options.args, **options: Options.kwargs) -> LiveFigure:
        from gmm.live.figure import LiveFigure

        return LiveFigure(specify(*arguments, **options))

    make.__doc__ = str(specify.__doc__).replace("FigureSpec", "LiveFigure")
    make.__signature__ = inspect.signature(specify).replace(return_annotation="LiveFigure")  # type: ignore[attr-defined]
    return make


accidents = _widget(gallery.accidents)
balance = _widget(gallery.balance)
basins = _widget(gallery.basins)
by_hand = _widget(gallery.by_hand)
cancellation = _widget(gallery.cancellation)
collapse = _widget(gallery.collapse)
coverage = _widget(gallery.coverage)
distribution = _widget(gallery.distribution)
em = _widget(gallery.em)
em_bound = _widget(gallery.em_bound)
free_weights = _widget(gallery.free_weights)
likelihood = _widget(gallery.likelihood)
memberships = _widget(gallery.memberships)
mixture = _widget(gallery.mixture)
moments = _widget(gallery.moments)
nearest = _widget(gallery.nearest)
nodes = _widget(gallery.nodes)
normal = _widget(gallery.normal)
parts = _widget(gallery.parts)
polar = _widget(gallery.polar)
race = _widget(gallery.race)
recorded = _widget(gallery.recorded)
responsibility = _widget(gallery.responsibility)
sampling = _widget(gallery.sampling)
shift = _widget(gallery.shift)
standardise = _widget(gallery.standardise)
two_bumps = _widget(gallery.two_bumps)
