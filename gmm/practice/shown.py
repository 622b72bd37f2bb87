"""The data and the live figures that questions ask about, as the chapters show them."""

from functools import cache

import numpy as np

from gmm import datasets
from gmm.fitting import Fit, fit
from gmm.live import gallery
from gmm.live.spec import FigureSpec
from gmm.mixture import Mixture

__all__ = [
    "EM_START",
    "FIVE",
    "MINUTES",
    "accidents",
    "balance",
    "basins",
    "bound",
    "cancellation",
    "cell",
    "collapse",
    "coverage",
    "distribution",
    "em",
    "em_five",
    "fitted",
    "free_weights",
    "front",
    "likelihood",
    "memberships",
    "mixture",
    "moments",
    "nearest",
    "nodes",
    "normal",
    "pair",
    "parts",
    "polar",
    "race",
    "recorded",
    "responsibility",
    "sampling",
    "shift",
    "standardise",
    "two_bumps",
    "waiting",
]

MINUTES = "wait (minutes)"
FIVE = np.array([1.0, 2.0, 4.0, 7.0, 9.0])
EM_START = Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0])

normal, standardise, polar = cache(gallery.normal), cache(gallery.standardise), cache(gallery.polar)
mixture, free_weights, two_bumps = cache(gallery.mixture), cache(gallery.free_weights), cache(gallery.two_bumps)
balance, cancellation = cache(gallery.balance), cache(gallery.cancellation)
nearest, accidents = cache(gallery.nearest), cache(gallery.accidents)


@cache
def waiting() -> np.ndarray:
    """Return the waits of Old Faithful, of shape (272,), in minutes."""
    return datasets.faithful().waiting


@cache
def pair() -> Fit:
    """Return their fit with two components."""
    return fit(waiting(), 2)


def fitted() -> Mixture:
    """Return the mixture of that fit."""
    return pair().mixture


@cache
def sampling() -> FigureSpec:
    """Return draws from the mixture that is read off the histogram of the waits."""
    groups = waiting()[waiting() <= 68], waiting()[waiting() > 68]
    shares = [group.size / waiting().size for group in groups]
    mixture = Mixture(shares, [group.mean() for group in groups], [group.var() for group in groups])
    return gallery.sampling(mixture, xlabel=MINUTES)


@cache
def responsibility() -> FigureSpec:
    """Return a wait between the two groups, and its responsibilities."""
    waits = Mixture([0.36, 0.64], [55, 80], [36, 36])
    return gallery.responsibility(waiting(), waits, at=67.0, xlabel=MINUTES)


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
def bound() -> FigureSpec:
    """Return the bound that EM climbs on, over the mean of the short waits."""
    start = Mixture([0.36, 0.64], [64.0, 80.0], [60.0, 34.0])
    return gallery.em_bound(waiting(), start, 70.0, name="bound", xlabel=MINUTES, between=(44, 76))


@cache
def basins() -> FigureSpec:
    """Return the ways of EM and of Newton's method over both means."""
    return gallery.basins(waiting(), fitted(), xlabel=MINUTES)


@cache
def parts() -> FigureSpec:
    """Return values cut in two, and what each part adds to the sums of an EM step."""
    x, _ = Mixture([0.5, 0.3, 0.2], [0, 2, 5], [1, 0.3, 2]).sample(200_000, np.random.default_rng(8))
    return gallery.parts(x[::500], Mixture([0.4, 0.3, 0.3], [-1, 2, 4], [1, 1, 1]), name="parts")


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


@cache
def distribution() -> FigureSpec:
    """Return the waits and a mixture, as a density and as what lies below."""
    return gallery.distribution(waiting(), Mixture([0.5, 0.5], [58, 78], [49, 49]), xlabel=MINUTES)


@cache
def recorded() -> FigureSpec:
    """Return the component that narrows, by exact values and by classes."""
    return gallery.recorded(waiting(), fitted(), xlabel=MINUTES)


@cache
def coverage() -> FigureSpec:
    """Return sixty Wald intervals for a weight, as :mod:`sure` draws them."""
    truth, rng = Mixture([0.5, 0.5], [-1, 1], [1, 1]), np.random.default_rng(4)
    ends: list[tuple[float, float]] = []
    while len(ends) < 60:
        sample, _ = truth.sample(500, rng)
        end = fit(sample, start=truth)
        if end.converged and end.certificate.kind == "maximum":
            weight, error = end.mixture.weights[0], end.standard_errors.weights[0]
            ends.append((weight - 1.96 * error, weight + 1.96 * error))
    low, high = np.transpose(ends)
    return gallery.coverage(low, high, 0.5, x=(-0.2, 1.2), xlabel="weight π₁")


@cache
def race() -> FigureSpec:
    """Return the climbs by the gradient and by EM over both means."""
    return gallery.race(waiting(), fitted(), xlabel=MINUTES)


@cache
def moments() -> FigureSpec:
    """Return the mixtures with four moments of the crabs."""
    return gallery.moments(*datasets.crabs(), xlabel="forehead / body length")
