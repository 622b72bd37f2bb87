"""Where observations come from: here memory; :mod:`gmm.engine.streams` has what is too large for it."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np

from gmm import check
from gmm.engine import settings
from gmm.engine.exact import Statistics
from gmm.engine.graded import Graded, crowds, grid_for
from gmm.engine.nodes import Nodes, cells, distinct, sorted_in_place
from gmm.engine.scan import closer
from gmm.unit import Unit, power_of_two, standardised_in_place

__all__ = ["Few", "Many", "Memory", "bar", "gaps", "in_memory", "progress_bar", "unit_of"]


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


def in_memory(x, sample_weight=None, progress=False, recorded=None, guide=None):
    """Return the source of observations in memory, which are left as they are.

    Parameters
    ----------
    x : ndarray of float64, shape (N,)
        Observations, finite.
    sample_weight : ndarray, shape (N,), optional
        How often each counts, positive; 1 each when left out.
    progress : bool
        Whether each pass shows a bar.
    recorded : Recorded, optional
        How they were recorded.
    guide : Mixture, optional
        What the first cells are to serve.

    Returns
    -------
    Few or Memory
    """
    if x.size <= settings.FEW_VALUES or (recorded is not None and recorded.edges is not None):
        return Few(x.copy(), sample_weight, progress, recorded)
    return Memory(x, sample_weight, progress, recorded, guide)


class _Source:
    """What every source tells.

    Attributes
    ----------
    unit : Unit
        In which all lengths are.
    total : float
        The sum of the weights.
    count : int
        The number of observations.
    low, high, spread : float
        The range and the standard deviation.
    resolution : float
        The smallest gap between two different values; of many, in a sample,
        or between the cells where each holds one value.
    different : int
        How many different values there are, at least.
    recorded : Recorded or None
        How the observations were recorded.
    passes : int
        How often all the data have been gone through; the ordering of few, and a first look, do not count.
    progress : bool
        Whether each pass shows a bar.
    """

    def classes(self, x):
        """Return the classes of values, or the values where they are known."""
        return x if self.recorded is None else self.recorded.classes(x)

    @property
    def shift(self):
        """How much lower a log-likelihood is in the unit of the data: a probability has no unit."""
        return self.total * np.log(self.unit.scale) if self.recorded is None else 0.0

    def statistics(self, theta):
        """Return the sums that one exact EM step takes, by one pass."""
        return self.added("exact step", _statistics, theta, self.recorded)

    def hessian(self, second_derivatives, theta):
        """Return the Hessian of all the data, by one pass, from a function that gives that of a block."""
        return self.added("Hessian", _hessian, second_derivatives, theta, self.recorded)


class Few(_Source):
    """Observations that are few: in memory, standardised, rising, each weight beside its value.

    Attributes
    ----------
    x : ndarray, shape (N,)
        Observations in `unit`, rising.
    sample_weight : ndarray, shape (N,), or None
        How often each counts.
    """

    def __init__(self, x, sample_weight=None, progress=False, recorded=None):
        """Take over arrays of one's own: `x` is sorted and standardised in place."""
        self.progress, self.passes = progress, 0
        x, sample_weight = sorted_in_place(x, sample_weight)
        middle = x[(x.size - 1) // 2] / 2 + x[x.size // 2] / 2
        self.count = x.size
        x, self.unit = standardised_in_place(x, middle)
        self.different, self.resolution = gaps(x, abs(self.unit.centre) / self.unit.scale)
        if self.different * settings.TIES <= x.size:
            x, sample_weight = distinct(x, sample_weight)
        self.x, self.sample_weight = x, np.ones_like(x) if sample_weight is None else sample_weight
        self.low, self.high = float(x[0]), float(x[-1])
        self.total = float(self.sample_weight.sum())
        mean = self.sample_weight @ x / self.total
        self.spread = float(np.sqrt(self.sample_weight @ (x - mean) ** 2 / self.total))
        self.recorded = None if recorded is None else recorded.inward(self.unit)

    def few(self):
        """Return the values, or their classes, and the weights."""
        return self.classes(self.x), self.sample_weight

    def added(self, what, function, *arguments):
        """Return what a function gives for all the values and weights."""
        self.passes += 1
        with bar(self.progress, what, self.x.size) as watch:
            result = function(self.x, self.sample_weight, *arguments)
            if watch:
                watch(self.x.size)
        return result


class Many(_Source):
    """Observations that are many: gone through block by block, and seen as sums in narrow cells.

    A subclass has a method ``_added(watch, function, *arguments)``, which
    applies a function to all blocks in their unit and adds what it returns.

    Attributes
    ----------
    graded : Graded
        The sums.
    """

    count = None  # until all have been seen

    def open(self, sample, progress, recorded, guide):
        """Choose a unit by a sample, and take the sums in one pass."""
        self.progress, self.passes = progress, 0
        self.unit = unit_of(sample)
        sample = standardised(sample, self.unit)
        _, self.resolution = gaps(sample, abs(self.unit.centre) / self.unit.scale)
        self.recorded = None if recorded is None else recorded.inward(self.unit)
        self.crowds = crowds(sample)
        self.look([] if guide is None else [self.unit.inward(guide)])

    def look(self, mixtures):
        """Take the sums by a pass, in cells that serve mixtures."""
        self.graded = graded = self.added("nodes", _graded, grid_for(self.crowds + mixtures))
        self.count, self.low, self.high = graded.count, graded.low, graded.high
        self.means, self.weights, within = graded.entries
        self.total = float(self.weights.sum())
        self.different = self.means.size + int(np.count_nonzero(within))
        with np.errstate(over="ignore", invalid="ignore"):
            mean = self.weights @ self.means / self.total
            variance = self.weights @ ((self.means - mean) ** 2 + within**2) / self.total
        self.spread = float(np.sqrt(variance))
        centre, scale = self.unit.centre, self.unit.scale
        power_of_two(self.spread * scale or scale, centre + scale * self.low, centre + scale * self.high)
        self.one_value_each = not within.any()
        if self.one_value_each and self.means.size > 1:
            _, self.resolution = gaps(self.means, abs(centre) / scale)

    def few(self):
        """Return the different values, or their classes, and the weights, where they are few, and else None."""
        if not self.one_value_each or self.means.size > settings.FEW_VALUES:
            return None
        return self.classes(self.means), self.weights

    def serves(self, mixtures):
        """Tell whether the cells are narrow enough for mixtures."""
        return self.graded.serves(mixtures)

    def nodes(self, mixtures):
        """Return the observations, compressed to nodes that serve mixtures, without a pass."""
        x, w = self.graded.values()
        return Nodes.of(x, cells(x[0], x[-1], mixtures), w, is_sorted=True)

    def groups(self, closely=()):
        """Return some hundred weighted values: means of groups of cells, cut at equal numbers and at equal widths.

        From low to high of each pair in `closely` there are more of them.
        """
        rising, half = np.cumsum(self.weights), settings.GROUPS // 2
        by_number = np.searchsorted(rising, np.linspace(0, rising[-1], half + 1)[:-1], "right")
        by_width = np.searchsorted(self.means, np.linspace(self.means[0], self.means[-1], half + 1))
        there = [closer(*np.searchsorted(self.means, ends)) for ends in closely]
        starts = np.unique(np.concatenate([by_number, by_width, *there]))
        starts = starts[starts < self.means.size]
        w = np.add.reduceat(self.weights, starts)
        return np.add.reduceat(self.weights * self.means, starts) / w, w

    def scanned(self):
        """Return the means and weights of the cells, in which to look for what a mixture misses."""
        return self.means, self.weights

    def added(self, what, function, *arguments):
        """Return the sum of what a function gives for each block of values and weights, by one pass."""
        self.passes += 1
        with bar(self.progress, what, self.count) as watch:
            return self._added(watch, function, *arguments)


class Memory(Many):
    """Observations in memory, as they came."""

    def __init__(self, x, sample_weight=None, progress=False, recorded=None, guide=None):
        self.x, self.sample_weight, self.count = x, sample_weight, x.size
        self.open(np.sort(x[:: -(-x.size // settings.SAMPLE_SIZE)]), progress, recorded, guide)

    def _added(self, watch, function, *arguments):
        total = None
        for n in range(0, self.x.size, settings.EXACT_BLOCK):
            x = standardised(self.x[n : n + settings.EXACT_BLOCK], self.unit)
            w = None if self.sample_weight is None else self.sample_weight[n : n + settings.EXACT_BLOCK]
            part = function(x, w, *arguments)
            total = part if total is None else total + part
            if watch:
                watch(x.size)
        return total


def unit_of(sample):
    """Return the unit in which most of a rising sample is centred at 0 with a spread of about 1.

    The scale follows the middle half, which no outlier can widen; where that
    is a single value, the standard deviation.
    """
    low, centre, high = (float(sample[min(int(share * sample.size), sample.size - 1)]) for share in (0.25, 0.5, 0.75))
    with np.errstate(over="ignore", under="ignore"):
        robust = (high / 2 - low / 2) * settings.HALF_TO_SIGMA
        if not settings.LEAST_SCALE < robust < np.inf:
            widest = max(sample[-1] / 2 - sample[0] / 2, np.finfo(float).tiny)
            share = (sample - centre) / widest
            robust = float(widest * np.sqrt(np.mean(share**2)))
    return Unit(centre, power_of_two(robust, float(sample[0]), float(sample[-1])) if robust else 1.0)


def standardised(x, unit):
    """Return a block in this unit, an array of one's own."""
    with np.errstate(over="ignore"):
        z = x - unit.centre
        z /= unit.scale
    return z


def _graded(x, sample_weight, patches):
    """Take the sums of a block in its cells."""
    return Graded.of(x, sample_weight, patches)


def _statistics(x, sample_weight, theta, recorded):
    """Take the sums of an EM step over a block."""
    return Statistics.of(x if recorded is None else recorded.classes(x), theta, sample_weight)


def _hessian(x, sample_weight, second_derivatives, theta, recorded):
    """Add up the second derivatives over a block, in parts that a cache holds."""
    w, size = np.ones_like(x) if sample_weight is None else sample_weight, settings.EXACT_BLOCK // theta[0].size
    parts = ((x[n : n + size], w[n : n + size]) for n in range(0, x.size, size))
    return sum(second_derivatives(y if recorded is None else recorded.classes(y), v, theta) for y, v in parts)


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
