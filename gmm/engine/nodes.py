"""A few hundred weighted values that stand for any number of observations."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from gmm.engine import settings

__all__ = ["Nodes", "cells", "chebyshev_nodes", "distinct", "in_order", "sorted_in_place", "width_at"]


@dataclass(frozen=True, eq=False)
class Nodes:
    """Observations, compressed to weighted values that give the same sums.

    EM takes nothing from the data but sums of smooth functions of x. Within a
    cell that is narrow against every component, such a function is a
    polynomial of degree 15 up to rounding, and 16 weighted values can have
    the same sums of all these polynomials as the cell's observations. A cell
    with no more than 16 observations keeps them. Two such objects on the same
    cells add: what several machines make of their shares of the data is what
    one makes of all.

    Attributes
    ----------
    edges : ndarray, shape (C + 1,)
        Where the cells begin and end, rising.
    moments : ndarray, shape (C, 16)
        Σ w T_m(t) over the observations of each full cell, where t runs from
        −1 to 1 across it and T_m is the Chebyshev polynomial of degree m.
        Zero in the other cells.
    points, point_weights : ndarray, shape (P,)
        The observations of the other cells, and those outside all cells, each
        value once and rising.

    Notes
    -----
    Equations ``eq:chebyshev-moments`` and ``eq:node-weights`` of the book;
    Trefethen (2013), chapters 3, 4 and 8, for how fast interpolation in
    Chebyshev points converges.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> one, other = rng.normal(size=(2, 50_000))
    >>> edges = np.linspace(-5, 5, 21)
    >>> nodes = Nodes.of(one, edges) + Nodes.of(other, edges)
    >>> x, w = nodes.weighted()
    >>> x.size < 400, bool(np.isclose(w @ np.cos(x), np.cos(one).sum() + np.cos(other).sum(), rtol=1e-13))
    (True, True)
    """

    edges: np.ndarray
    moments: np.ndarray
    points: np.ndarray
    point_weights: np.ndarray

    @classmethod
    def of(
        cls,
        x: np.ndarray,
        edges: np.ndarray,
        sample_weight: np.ndarray | None = None,
        *,
        is_sorted: bool = False,
        watch: Callable[[int], object] | None = None,
    ) -> Nodes:
        """Compress observations.

        Parameters
        ----------
        x : ndarray of float64, shape (N,)
            Observations, finite.
        edges : ndarray, shape (C + 1,)
            Where the cells begin and end, rising.
        sample_weight : ndarray, shape (N,), optional
            How often each observation counts; 1 each when left out.
        is_sorted : bool
            Whether `x` is known to rise.
        watch : callable, optional
            Told after each block how many observations it had.

        Returns
        -------
        Nodes
        """
        if not is_sorted:
            x, sample_weight = in_order(x, sample_weight)
        cuts = np.searchsorted(x, edges)
        counts = np.diff(cuts)
        full = counts > settings.ORDER
        moments = _moments(x, sample_weight, edges, cuts, full, watch)
        kept = _outside(cuts, full, x.size)
        return cls(edges, moments, *distinct(x[kept], None if sample_weight is None else sample_weight[kept]))

    def __add__(self, other: Nodes) -> Nodes:
        if not isinstance(other, Nodes):
            return NotImplemented
        if not np.array_equal(self.edges, other.edges):
            raise ValueError("the two sets of nodes stand on different cells. Make both with the same edges.")
        points = np.concatenate([self.points, other.points])
        x, w = distinct(*in_order(points, np.concatenate([self.point_weights, other.point_weights])))
        moments = self.moments + other.moments
        # A cell that is full on either side, or has become so, takes in its points.
        cuts = np.searchsorted(x, self.edges)
        full = (moments[:, 0] != 0) | (np.diff(cuts) > settings.ORDER)
        kept = _outside(cuts, full, x.size)
        return Nodes(self.edges, moments + _moments(x, w, self.edges, cuts, full), x[kept], w[kept])

    def weighted(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the nodes and their weights.

        Returns
        -------
        x, w : ndarray, shape (M,)
            Values and weights, with the sums of the observations. A few
            weights may be negative.
        """
        full = self.moments[:, 0] != 0
        x, w = _expand(self.edges, self.moments)
        x, w = x[full], w[full]
        return np.concatenate([self.points, x.ravel()]), np.concatenate([self.point_weights, w.ravel()])

    def fit_for(self, mixtures: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> bool:
        """Tell whether the full cells are narrow enough for each of the mixtures."""
        left, right = self.edges[:-1], self.edges[1:]
        allowed = np.maximum(width_at(left, mixtures), width_at(right, mixtures))
        full = self.moments[:, 0] != 0
        return bool((right - left <= settings.SLACK * allowed)[full].all())


def cells(low, high, mixtures):
    """Return edges from low to high, each cell narrow against what is near it.

    Parameters
    ----------
    low, high : float
        The range of the observations.
    mixtures : sequence of (weights, means, variances)
        The densities that the nodes are to serve.

    Returns
    -------
    ndarray, shape (C + 1,)
        Three quarters of a standard deviation apart within eight of a
        component's mean, and ever wider away from all: wherever a component
        has any share, it is smooth on that scale.
    """
    edges = [low]
    while edges[-1] <= high and len(edges) <= settings.MOST_CELLS:
        step = width_at(np.array(edges[-1:]), mixtures)[0]
        # On the way to a narrow component the cell must end where that one begins to count.
        step = min(step, max(width_at(np.array([edges[-1] + step]), mixtures)[0], step / 2))
        edges.append(max(edges[-1] + step, np.nextafter(edges[-1], np.inf)))
    return np.array(edges)


def width_at(x, mixtures):
    """Return the width that a cell at each x may have."""
    widths = np.full(x.size, np.inf)
    for _, mu, var in mixtures:
        sigma = np.sqrt(var)
        beyond = np.abs(x[:, np.newaxis] - mu) - settings.REACH * sigma
        widths = np.minimum(widths, settings.CELL_WIDTH * np.maximum(sigma, beyond).min(axis=1))
    return widths


def in_order(x, sample_weight=None):
    """Return the observations rising, and their weights with them."""
    return sorted_in_place(x.copy() if sample_weight is None else x, sample_weight)


def sorted_in_place(x, sample_weight=None):
    """Return the same, of an array of one's own, which is sorted in place where it has no weights."""
    if sample_weight is None:
        x.sort()
        return x, None
    order = np.argsort(x)
    return x[order], sample_weight[order]


def distinct(x, sample_weight=None):
    """Return each value of rising observations once, and its weight."""
    if x.size == 0:
        return x, np.zeros(0)
    blocks = range(0, x.size - 1, settings.SUMS_BLOCK)
    changes = [n + 1 + np.flatnonzero(np.diff(x[n : n + settings.SUMS_BLOCK + 1])) for n in blocks]
    starts = np.concatenate([[0], *changes]).astype(int)
    if sample_weight is None:
        return x[starts], np.diff(starts, append=x.size).astype(float)
    return x[starts], np.add.reduceat(sample_weight, starts)


def _outside(cuts, full, n):
    """Return the indices of the observations, of n, that lie in no full cell."""
    sparse = np.concatenate([[True], ~full, [True]])
    starts = np.concatenate([[0], cuts])[sparse]
    lengths = np.diff(np.concatenate([[0], cuts, [n]]))[sparse]
    return np.repeat(starts - np.cumsum(lengths) + lengths, lengths) + np.arange(lengths.sum())


def _middles(edges):
    return (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2


def _moments(x, sample_weight, edges, cuts, full, watch=None):
    """Return Σ w T_m(t) for each full cell; x rises, and cell j holds x[cuts[j]:cuts[j + 1]]."""
    moments = _sums(x, sample_weight, edges, cuts, settings.ORDER, watch)
    moments[~full] = 0
    return moments


def _sums(x, sample_weight, edges, cuts, order, watch=None):
    """Return Σ w T_m(t), m < order, for each cell."""
    moments = np.zeros((edges.size - 1, order))
    middle, half = _middles(edges)
    for first in range(cuts[0], cuts[-1], settings.SUMS_BLOCK):
        last = min(first + settings.SUMS_BLOCK, cuts[-1])
        near = slice(np.searchsorted(cuts, first, "right") - 1, np.searchsorted(cuts, last))
        counts = np.diff(np.clip(cuts[near.start : near.stop + 1], first, last))
        inside = near.start + np.flatnonzero(counts)
        counts = counts[counts > 0]
        starts = np.cumsum(counts) - counts
        t = x[first:last] - np.repeat(middle[inside], counts)
        t *= np.repeat(1 / half[inside], counts)
        before = np.ones_like(t) if sample_weight is None else sample_weight[first:last]
        now = t * before
        moments[inside, 0] += counts if sample_weight is None else np.add.reduceat(before, starts)
        moments[inside, 1] += np.add.reduceat(now, starts)
        t *= 2
        # T_m = 2t T_{m−1} − T_{m−2}
        for m in range(2, order):
            before, now = now, t * now - before
            moments[inside, m] += np.add.reduceat(now, starts)
        if watch is not None:
            watch(last - first)
    return moments


def chebyshev_nodes(order):
    """Return the nodes of a cell from −1 to 1, and what its moments are multiplied by to give their weights.

    Equation ``eq:node-weights`` of the book.
    """
    m, angles = np.arange(order), (2 * np.arange(order) + 1) * np.pi / (2 * order)
    return np.cos(angles), np.where(m == 0, 1, 2)[:, np.newaxis] / order * np.cos(np.outer(m, angles))


def _expand(edges, moments):
    """Return Chebyshev nodes in each cell, and the weights that give them its sums, both (C, order)."""
    places, to_weights = chebyshev_nodes(moments.shape[1])
    middle, half = _middles(edges)
    return middle[:, np.newaxis] + half[:, np.newaxis] * places, moments @ to_weights
