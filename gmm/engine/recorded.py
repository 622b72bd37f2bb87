"""Recorded data: of each observation only a class is known, an interval [a, b), and not the value.

Rounding to a multiple of h makes classes of width h, and a table of counts
has them from the start. Their likelihood takes the probability of a class in
the place of a density, and has a bound: no class is more than certain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmm import check
from gmm.engine import settings
from gmm.erf import erf, erfcx

__all__ = ["Classes", "Recorded", "as_recorded", "truncated"]

PLACES, SHARES = np.polynomial.legendre.leggauss(settings.CLASS_PLACES)


@dataclass(frozen=True, eq=False)
class Classes:
    """The classes of observations.

    Attributes
    ----------
    low, high : ndarray, shape (M,)
        Where they begin and end; infinite where they are open.
    """

    low: np.ndarray
    high: np.ndarray

    @property
    def size(self):
        """How many there are."""
        return self.low.size

    def __getitem__(self, chosen):
        return Classes(self.low[chosen], self.high[chosen])

    def joined(self, starts):
        """Return groups of neighbours, each as one class."""
        return Classes(self.low[starts], self.high[np.append(starts[1:], self.size) - 1])

    @property
    def middles(self):
        """A value in each; in an open one as far from its end as half the width of its neighbour, or that end."""
        low, high = np.isfinite(self.low), np.isfinite(self.high)
        closed = low & high
        half = np.where(closed, np.where(high, self.high, 0) / 2 - np.where(low, self.low, 0) / 2, 0)
        reach = half[closed].max(initial=0)
        with np.errstate(invalid="ignore"):
            middle = self.low / 2 + self.high / 2
        return np.where(closed, middle, np.where(low, self.low + reach, np.where(high, self.high - reach, 0.0)))

    def truncated(self, theta):
        """Return log P and the moments of each component in each class, of the shapes of :func:`truncated`."""
        _, mu, var = (array[..., np.newaxis] for array in theta)
        sigma = np.sqrt(var)
        return truncated((self.low - mu) / sigma, (self.high - mu) / sigma)


@dataclass(frozen=True, eq=False)
class Recorded:
    """How observations were recorded: rounded to a width, or counted in classes.

    Attributes
    ----------
    width : float or None
        A value x stands for [x − width/2, x + width/2).
    edges : ndarray, shape (C + 1,), or None
        A value stands for the class that it lies in, between two of these.
    """

    width: float | None = None
    edges: np.ndarray | None = None

    def classes(self, x):
        """Return the classes of values."""
        if self.edges is None:
            return Classes(x - self.width / 2, x + self.width / 2)
        number = self.numbers(x)
        return Classes(self.edges[number], self.edges[number + 1])

    def numbers(self, x):
        """Return in which class each value lies; the last one holds its upper end, too."""
        return np.clip(np.searchsorted(self.edges, x, "right") - 1, 0, self.edges.size - 2)

    def inward(self, unit):
        """Return the same in another unit."""
        if self.edges is None:
            return Recorded(self.width / unit.scale)
        return Recorded(edges=(self.edges - unit.centre) / unit.scale)

    @property
    def narrowest(self):
        """The width of the narrowest class."""
        if self.edges is None:
            return self.width
        widths = np.diff(self.edges)
        return float(widths[np.isfinite(widths)].min(initial=np.inf))


def as_recorded(x, width=None, edges=None):
    """Return values that stand for their classes, and how they were recorded: None where the values are known.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Observations.
    width : float, optional
        To what they were rounded.
    edges : array_like, shape (C + 1,), optional
        In what classes they were counted.

    Returns
    -------
    x : ndarray, shape (N,)
        With `edges` the middles of the classes.
    recorded : Recorded or None

    Raises
    ------
    TypeError, ValueError
        If both are given, if one is out of its range, or if an observation
        lies in no class.
    """
    if width is None and edges is None:
        return x, None
    if width is not None and edges is not None:
        raise ValueError("width and edges both say how x was recorded. Pass one of them.")
    if edges is None:
        width = check.tolerance(width, "width")
        if width == 0:
            raise ValueError("width must be positive, but is 0. Pass to what x was rounded, or leave width out.")
        return x, Recorded(width)
    edges = check.edges(edges)
    outside = (x < edges[0]) | (x > edges[-1])
    if outside.any():
        n = int(outside.argmax())
        raise ValueError(
            f"x[{n}] is {x[n]}, which lies in no class: edges run from {edges[0]} to {edges[-1]}. "
            "Add an edge, or make the outer classes open with -inf and inf."
        )
    recorded = Recorded(edges=edges)
    return Classes(edges[:-1], edges[1:]).middles[recorded.numbers(x)], recorded


def truncated(low, high):
    """Return the logarithm of the probability of an interval under the standard normal, and the moments within.

    Parameters
    ----------
    low, high : ndarray, shape (...)
        The ends, in standard deviations from the mean; infinities are allowed.

    Returns
    -------
    log_p : ndarray, shape (...)
        log(Φ(high) − Φ(low)).
    moments : ndarray, shape (4, ...)
        E[u], …, E[u⁴] of a standard normal value u, given that it lies there.

    Notes
    -----
    Equations ``eq:class-probability`` and ``eq:truncated`` of the book. A difference of two nearly equal
    numbers loses their digits, so in a narrow interval φ(u), φ(u)u, … are
    summed at Gauss's places instead. In a tail all is taken relative to φ
    at the nearer end, as in exp(x²) erfc(x), so that nothing vanishes.
    """
    flipped = low + high < 0
    low, high = np.where(flipped, -high, low), np.where(flipped, -low, high)
    nearest = np.maximum(low, 0)
    half = (high - low) / 2
    with np.errstate(invalid="ignore"):
        narrow = (half <= settings.NARROW_CLASS) & (nearest * half <= 1)
    sums = np.empty((5, *low.shape))
    sums[:, narrow] = _by_places(low[narrow], half[narrow], nearest[narrow])
    sums[:, ~narrow] = _by_ends(low[~narrow], high[~narrow], nearest[~narrow])
    moments = sums[1:]
    moments[::2] *= np.where(flipped, -1, 1)
    with np.errstate(divide="ignore"):
        return np.log(sums[0]) - nearest**2 / 2, moments


def _by_places(low, half, nearest):
    """Return P / exp(−nearest²/2) and the moments, by Gauss's quadrature."""
    u = (low + half)[:, np.newaxis] + half[:, np.newaxis] * PLACES
    nearest = nearest[:, np.newaxis]
    terms = np.exp(-(u - nearest) * (u + nearest) / 2) * SHARES
    total, sums = terms.sum(axis=1), []
    for _ in range(4):
        terms = terms * u
        sums.append(terms.sum(axis=1) / total)
    return total * half / np.sqrt(2 * np.pi), *sums


def _by_ends(low, high, nearest):
    """Return P / exp(−nearest²/2) and the moments, by the density at the ends."""
    with np.errstate(invalid="ignore", under="ignore", over="ignore"):
        ends = [np.exp(-(u - nearest) * (u + nearest) / 2) for u in (low, high)]
        ends[1] = np.where(np.isinf(high), 0.0, ends[1])
        ends[0] = np.where(np.isinf(low), 0.0, ends[0])
        upper = erfcx(nearest / np.sqrt(2)) - erfcx(np.maximum(high, 0) / np.sqrt(2)) * ends[1]
        about = erf(high / np.sqrt(2)) - erf(np.minimum(low, 0) / np.sqrt(2))
    p = np.where(low > 0, upper, about) / 2
    low, high = np.where(np.isinf(low), 0.0, low), np.where(np.isinf(high), 0.0, high)
    # What u^j φ(u) has lost from end to end, over P.
    first, second, third, fourth = ((low**j * ends[0] - high**j * ends[1]) / np.sqrt(2 * np.pi) / p for j in range(4))
    second = second + 1
    return p, first, second, third + 2 * first, fourth + 3 * second
