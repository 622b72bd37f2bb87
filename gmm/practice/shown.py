"""The data and the live figures that questions ask about, as the chapters show them."""

from functools import cache

import numpy as np

from gmm import datasets
from gmm.fitting import fit
from gmm.live import gallery
from gmm.live.spec import FigureSpec
from gmm.mixture import Mixture

__all__ = [
    "EM_START",
    "FIVE",
    "MINUTES",
    "balance",
    "cancellation",
    "cell",
    "collapse",
    "em",
    "em_five",
    "fitted",
    "free_weights",
    "front",
    "likelihood",
    "memberships",
    "mixture",
    "nodes",
    "normal",
    "responsibility",
    "shift",
    "standardise",
    "two_bumps",
    "waiting",
]

MINUTES = "wait (minutes)"
FIVE = np.array([1.0, 2.0, 4.0, 7.0, 9.0])
EM_START = Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0])

normal, standardise = cache(gallery.normal), cache(gallery.standardise)
mixture, free_weights, two_bumps = cache(gallery.mixture), cache(gallery.free_weights), cache(gallery.two_bumps)
responsibility, balance, cancellation = (
    cache(gallery.responsibility),
    cache(gallery.balance),
    cache(gallery.cancellation),
)


@cache
def waiting() -> np.ndarray:
    """Return the waits of Old Faithful, of shape (272,), in minutes."""
    return datasets.faithful().waiting


@cache
def fitted() -> Mixture:
    """Return their mixture of two components."""
    return fit(waiting(), 2).mixture


@cache
def cell() -> np.ndarray:
    """Return the sixty observations of a cell, of shape (60,)."""
    return np.sort(np.random.default_rng(3).uniform(-1, 1, 60))


@cache
def memberships() -> FigureSpec:
    """Return the bricks of :mod:`clustering`."""
    return gallery.memberships(waiting(), fitted(), xlabel=MINUTES)


@cache
def likelihood() -> FigureSpec:
    """Return the surface over both means."""
    alike = Mixture([0.5, 0.5], fitted().means, [34.45, 34.45])
    return gallery.likelihood(waiting(), alike, xlabel=MINUTES, depth=430)


@cache
def collapse() -> FigureSpec:
    """Return the component that narrows on one wait."""
    return gallery.collapse(waiting(), fitted(), xlabel=MINUTES)


@cache
def em_five() -> FigureSpec:
    """Return EM on five points."""
    return gallery.em(FIVE, Mixture([0.5, 0.5], [2.0, 7.0], [4.0, 4.0]), name="em-five", n_bins=8, most_steps=24)


@cache
def em() -> FigureSpec:
    """Return EM on the waits."""
    return gallery.em(waiting(), EM_START, xlabel=MINUTES)


@cache
def front() -> FigureSpec:
    """Return the two bells of the first page."""
    return gallery.by_hand(waiting(), Mixture([0.5, 0.5], [48, 90], [36, 36]), name="front", xlabel=MINUTES)


@cache
def shift() -> FigureSpec:
    """Return the exponents that are shifted."""
    return gallery.shift(Mixture([0.5, 0.5], [-0.02, 0.02], [1.0, 1.0]))


@cache
def nodes() -> FigureSpec:
    """Return the nodes of a cell."""
    return gallery.nodes(cell())
