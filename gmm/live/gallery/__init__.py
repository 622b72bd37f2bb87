"""The live figures of the book, as specifications. Each is made of formulas that a chapter derives."""

from gmm.live.gallery.climbs import em_bound
from gmm.live.gallery.clusters import memberships, responsibility
from gmm.live.gallery.computing import cancellation, nodes, parts, shift
from gmm.live.gallery.density import free_weights, mixture, normal, polar, sampling, standardise, two_bumps
from gmm.live.gallery.learning import balance, basins, by_hand, collapse, em, likelihood, race
from gmm.live.gallery.trusting import accidents, coverage, distribution, moments, nearest, recorded

__all__ = [
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
]
