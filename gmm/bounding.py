"""A bound on every mixture: what no fit can exceed, whatever its number of components."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.em import ConvergenceWarning
from gmm.engine import settings
from gmm.engine.mixing import best_mixing, ends_of_chords, places
from gmm.engine.nodes import distinct, in_order
from gmm.engine.streams import is_stream

__all__ = ["bound"]

# By how much the bound may exceed what can be reached, in nats, before that is told.
TIGHT = 0.01


def bound(x: ArrayLike, smallest_sigma: float, sample_weight: ArrayLike | None = None) -> float:
    """Return a log-likelihood that no mixture exceeds whose standard deviations are all at least `smallest_sigma`.

    It holds for any number of components, and is at most 0.01 nats above what
    such a mixture reaches. So a fit this close to it cannot be bettered, and
    what lies between is the most that more components could gain.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    smallest_sigma : float
        The smallest standard deviation that is allowed, in the unit of the
        data. Without such a limit the likelihood has no bound.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.

    Returns
    -------
    float
        In nats, as ``Fit.log_likelihood``.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range, if `x` is a
        stream, or if `smallest_sigma` is so small that the data fill more than
        375 standard deviations.

    Warns
    -----
    ConvergenceWarning
        If the bound may be more than 0.01 nats too high; it holds all the same.

    Notes
    -----
    A normal with σ ≥ σ₀ is a normal with σ₀, blurred by one of variance
    σ² − σ₀². So every such mixture is a mixture, over means only, of normals
    with σ₀, and the best of these is a convex problem: Lindsay (1983), *The
    Annals of Statistics* 11(1), 86–94. At any density f that is positive at
    the observations log t ≤ t − 1 says that no mixture is higher by more than
    N log max_μ (1/N) Σ w_n N(x_n | μ, σ₀²) / f(x_n), the inequality behind
    ``eq:em-chain`` of the book. The maximum over all means is proved, not
    looked up on a grid: that sum, times exp(μ²/2σ₀²), is log-convex in μ, and
    so lies below its chords. More than 20 000 different values are shared out
    among the edges of narrow cells, by the same argument in x, with an
    allowance for what that may change.

    Examples
    --------
    How much could any number of components gain over two, none narrower?

    >>> from gmm import datasets, fit
    >>> waiting = datasets.faithful().waiting
    >>> pair = fit(waiting, 2)
    >>> print(round(bound(waiting, 5.8) - pair.log_likelihood, 1))
    0.3
    """
    if is_stream(x):
        raise TypeError("x must be an array: bound goes through it many times. Pass the observations themselves.")
    sigma = check.tolerance(smallest_sigma, "smallest_sigma")
    if sigma == 0:
        raise ValueError("smallest_sigma must be positive, but is 0. Pass the narrowest width to allow.")
    u, w = _in_widths(*check.data(x, sample_weight), sigma)
    ends, shares, allowance = ends_of_chords(u, w)
    best = best_mixing(ends, shares)
    shift = w.sum() * (np.log(sigma) + 0.5 * np.log(2 * np.pi))
    rounding = settings.NOISE * (w.sum() + abs(best.log_likelihood))
    highest = best.log_likelihood + best.gap + allowance + rounding
    excess = highest - w @ np.log(best.density(u))
    if not excess <= TIGHT:
        warnings.warn(
            f"the bound holds, but may be {excess:.2g} nats above what can be reached. Raise smallest_sigma",
            ConvergenceWarning,
            stacklevel=2,
        )
    return float(highest - shift)


def _in_widths(x, sample_weight, sigma):
    """Return each different value once, in widths of the kernel from the median, and its weight, or raise."""
    counts = sample_weight > 0
    x, w = distinct(*in_order(x[counts], sample_weight[counts]))
    with np.errstate(over="ignore"):
        u = (x - x[x.size // 2]) / sigma
        widths = u[-1] - u[0]
    if not widths < settings.MOST_WIDTHS:
        raise ValueError(
            f"smallest_sigma is {sigma:.6g}, but x ranges from {x[0]:.6g} to {x[-1]:.6g}, too far for such a width. "
            f"Pass {(x[-1] / 2 - x[0] / 2) / (settings.MOST_WIDTHS / 4):.3g} or more, or remove the outliers."
        )
    if (filled := places(u).size) > settings.MOST_PLACES:
        wider = next(wide for wide in 1.1 ** np.arange(1, 1000) if places(u / wide).size <= settings.MOST_PLACES)
        raise ValueError(
            f"smallest_sigma is {sigma:.6g}, and x fills {filled} places of that width; {settings.MOST_PLACES} "
            f"can be solved for. Pass {sigma * wider:.3g} or more."
        )
    return u, w
