"""Live figures: sliders and drawings that work with a kernel and without one."""

from gmm.live.figure import LiveFigure, Slider
from gmm.live.gallery import (
    balance,
    cancellation,
    collapse,
    em,
    free_weights,
    likelihood,
    memberships,
    mixture,
    nodes,
    normal,
    responsibility,
    shift,
    standardise,
    two_bumps,
)
from gmm.live.own import OwnData, your_data

__all__ = [
    "LiveFigure",
    "OwnData",
    "Slider",
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
    "your_data",
]
