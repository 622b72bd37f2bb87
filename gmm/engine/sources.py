"""Where observations come from: here memory; :mod:`gmm.engine.streams` has what is too large for it."""

from contextlib import contextmanager

import numpy as np

from gmm import check
from gmm.engine import settings
from gmm.engine.exact import Statistics
from gmm.engine.nodes import Nodes, distinct, sorted_in_place
from gmm.unit import standardised_in_place

__all__ = ["Memory", "bar", "gaps", "progress_bar"]


def progress_bar():
    """Return the class that draws bars.

    Raises
    ------
    ImportError
        If it is not installed.
    """
    with check.extra("progress=True", "progress", "tqdm"):
        from tqdm import tqdm
    return tqdm


@contextmanager
def bar(progress, what, total):
    """Yield a function that takes how many more are done and moves a bar, or None without `progress`."""
    if not progress:
        yield None
        return
    with progress_bar()(total=total, desc=what, unit=" observations", unit_scale=True) as shown:
        yield shown.update


class Memory:
    """Observations in memory: standardised, rising, each weight beside its value.

    Attributes
    ----------
    x : ndarray, shape (N,)
        Observations in `unit`, rising.
    sample_weight : ndarray, shape (N,), or None
        How often each counts.
    unit : Unit
        The unit of `x`.
    total : float
        The sum of the weights.
    count : int
        The number of observations.
    spread, resolution : float
        The standard deviation, and the smallest gap between two different
        values, in `unit`.
    different : int
        How many different values there are.
    passes : int
        How often all the data have been gone through since.
    progress : bool
        Whether each pass shows a bar.
    sampled : bool
        Whether all this is told from a sample only; here never.
    """

    sampled = False

    def __init__(self, x, sample_weight=None, progress=False):
        """Take over arrays of one's own: `x` is sorted and standardised in place."""
        self.progress = progress
        x, sample_weight = sorted_in_place(x, sample_weight)
        middle = x[(x.size - 1) // 2] / 2 + x[x.size // 2] / 2
        self.count = x.size
        x, self.unit = standardised_in_place(x, middle)
        self.different, self.resolution = gaps(x, abs(self.unit.centre) / self.unit.scale)
        if self.different * settings.TIES <= x.size:
            x, sample_weight = distinct(x, sample_weight)
        self.x, self.sample_weight = x, sample_weight
        self.low, self.high = float(x[0]), float(x[-1])
        self.total = float(x.size if sample_weight is None else sample_weight.sum())
        self.spread = self._spread()
        self.passes = 0

    def few(self):
        """Return the values and weights themselves where they are few, and else None."""
        if self.x.size > settings.FEW_VALUES:
            return None
        return self.x, np.ones_like(self.x) if self.sample_weight is None else self.sample_weight

    def groups(self):
        """Return some hundred weighted values: means of groups, cut at equal numbers and at equal widths."""
        by_number = np.linspace(0, self.x.size, settings.GROUPS // 2 + 1).astype(int)
        by_width = np.searchsorted(self.x, np.linspace(self.low, self.high, settings.GROUPS // 2 + 1))
        starts = np.union1d(by_number, by_width)
        starts = starts[starts < self.x.size]
        if self.sample_weight is None:
            w = np.diff(np.append(starts, self.x.size)).astype(float)
            return np.add.reduceat(self.x, starts) / w, w
        w = np.add.reduceat(self.sample_weight, starts)
        return np.add.reduceat(self.x * self.sample_weight, starts) / w, w

    def nodes(self, edges):
        """Return the observations, compressed."""
        self.passes += 1
        with bar(self.progress, "nodes", self.x.size) as watch:
            return Nodes.of(self.x, edges, self.sample_weight, is_sorted=True, watch=watch)

    def statistics(self, theta):
        """Return the sums that one exact EM step takes."""
        self.passes += 1
        with bar(self.progress, "exact step", self.x.size) as watch:
            return Statistics.of(self.x, theta, self.sample_weight, watch=watch)

    def _spread(self):
        sums = np.zeros(2)
        for n in range(0, self.x.size, settings.BLOCK):
            block = self.x[n : n + settings.BLOCK]
            weighted = block if self.sample_weight is None else block * self.sample_weight[n : n + settings.BLOCK]
            sums += weighted.sum(), weighted @ block
        # Centred and scaled as the data are, this difference costs no digits that matter here.
        mean, square = sums / self.total
        return float(np.sqrt(square - mean**2))


def gaps(x, offset, apart=settings.APART):
    """Return how many different values there are among rising ones, and the smallest gap beyond rounding."""
    different, smallest = 1, np.inf
    for n in range(0, x.size - 1, settings.BLOCK):
        block = x[n : n + settings.BLOCK + 1]
        gaps = np.diff(block)
        least = gaps.min()
        if least > settings.ROUNDING * (offset + max(-block[0], block[-1])):
            different += gaps.size
            smallest = min(smallest, least)
            continue
        different += np.count_nonzero(gaps)
        gaps = gaps[gaps > np.minimum(settings.ROUNDING * (offset + np.abs(block[1:])), apart)]
        smallest = min(smallest, gaps.min(initial=np.inf))
    return different, float(smallest) if np.isfinite(smallest) else apart
