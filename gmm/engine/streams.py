"""Observations that no machine holds: a Dask array, or a function that gives its blocks anew each time."""

import inspect
import operator
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce

import numpy as np

from gmm import check
from gmm.engine import settings
from gmm.engine.exact import Statistics
from gmm.engine.nodes import Nodes, distinct, sorted_in_place
from gmm.engine.sources import Memory, bar, gaps
from gmm.unit import Unit, counted, power_of_two

__all__ = ["Blocks", "Partitions", "Summary", "add_over_blocks", "is_stream", "open_stream"]


def is_stream(x):
    """Tell whether `x` is a Dask array, or a function without arguments."""
    if not callable(x):
        return hasattr(x, "dask")
    try:
        inspect.signature(x).bind()
    except TypeError:
        return False
    except ValueError:  # some functions in C do not tell
        return True
    return True


def open_stream(x, sample_weight=None, n_components=2, progress=False):
    """Take the first look and return the source of the observations.

    Parameters
    ----------
    x : dask.array.Array, shape (N,), or callable
        Observations; or a function without arguments that returns a fresh
        iterator of blocks, each an array or a pair (x, sample_weight).
    sample_weight : dask.array.Array, shape (N,), optional
        How often each observation counts, in the chunks of `x`.
    n_components : int
        How many different values the first look must see, at least.
    progress : bool
        Whether each pass shows a bar.

    Returns
    -------
    Memory or Blocks or Partitions
        What the first look has seen to its end is in memory.

    Raises
    ------
    ImportError
        If `x` needs Dask, which is not installed.
    TypeError, ValueError
        As :func:`gmm.fit`, with the block that is to blame, counted from 0.
    """
    source = _stream(x, sample_weight)
    blocks = source.all_of_it()
    if blocks is not None:
        return Memory(*_joined(blocks), progress)
    source.open(n_components, progress)
    return source


def add_over_blocks(x, sample_weight, function, *arguments):
    """Return the sum of what a function gives for each block, by one pass.

    Parameters
    ----------
    x, sample_weight
        As in :func:`open_stream`.
    function : callable
        Takes the observations and the weights of a block, checked, and the
        arguments, and returns what can be added.
    *arguments
        What else the function takes.

    Returns
    -------
    What the function returns, added over the blocks.
    """
    (total,) = _stream(x, sample_weight)._added(None, _applied, function, arguments)
    return total


def _stream(x, sample_weight):
    return Partitions(x, sample_weight) if hasattr(x, "dask") else Blocks(x, sample_weight)


@dataclass(frozen=True, eq=False)
class Summary:
    """What can be seen of observations in passing. Two of them add.

    Attributes
    ----------
    count : int
        The number of observations.
    low, high, gap : float
        The range, and the smallest gap within a block between two different
        values, infinite where there is none.
    x, w : ndarray
        Values and weights, rising: all different values where they are few,
        and else the means of some thousand groups of neighbours.
    """

    count: int
    low: float
    high: float
    gap: float
    x: np.ndarray
    w: np.ndarray

    @classmethod
    def of(cls, x, sample_weight=None):
        """Summary at rising observations."""
        w = np.ones_like(x) if sample_weight is None else sample_weight
        different, gap = gaps(x, 0.0, np.inf)
        low, high, count = float(x[0]), float(x[-1]), x.size
        if different <= settings.GROUPS:
            x, w = distinct(x, w)
        return cls(count, low, high, gap, *_grouped(x, w, settings.GROUPS))

    def __add__(self, other):
        if not isinstance(other, Summary):
            return NotImplemented
        x = np.concatenate([self.x, other.x])
        order = np.argsort(x, kind="stable")
        x, w = distinct(x[order], np.concatenate([self.w, other.w])[order])
        return Summary(
            self.count + other.count,
            min(self.low, other.low),
            max(self.high, other.high),
            min(self.gap, other.gap),
            *(_grouped(x, w, settings.KEPT_GROUPS) if x.size > settings.MOST_GROUPS else (x, w)),
        )

    def unit(self):
        """Return the unit in which these observations are centred at 0 with a spread of about 1."""
        centre = float(self.x[np.searchsorted(np.cumsum(self.w), self.w.sum() / 2)])
        return Unit(centre, power_of_two(self.spread(), self.low, self.high))

    def spread(self):
        """Return the standard deviation, about."""
        if self.low == self.high:
            return 0.0
        widest = self.high / 2 - self.low / 2
        x = self.x / widest
        mean = np.average(x, weights=self.w)
        return float(widest * np.sqrt(np.average((x - mean) ** 2, weights=self.w)))


class _Stream:
    """A source whose observations are gone through block by block.

    The attributes are those of :class:`gmm.engine.sources.Memory`. Until the first
    pass has seen all the observations, they are those of a sample, and
    `sampled` is true.
    """

    def open(self, n_components, progress):
        """Take the first look; where it has seen too few different values, look at all."""
        self.passes, self.progress, self.sampled = 0, progress, True
        summary = self._sample()
        if summary is None or summary.x.size < max(2, n_components):
            summary = self._pass(_summarised)[0]
        self.unit = summary.unit() if summary.low < summary.high else Unit(summary.low, 1.0)
        self._see(summary)

    def few(self):
        """Return None: what is few is in memory."""
        return None

    def groups(self):
        """Return some hundred weighted values that show the shape of what has been seen."""
        x, w = _grouped(self.summary.x, self.summary.w, settings.GROUPS)
        return (x - self.unit.centre) / self.unit.scale, w

    def nodes(self, edges):
        """Return the observations, compressed, by one pass."""
        summary, nodes = self._pass(_compressed, self.unit, edges)
        power_of_two(summary.spread(), summary.low, summary.high)
        self.sampled = False
        self._see(summary)
        return nodes

    def statistics(self, theta):
        """Return the sums that one exact EM step takes, by one pass."""
        (statistics,) = self._pass(_summed, self.unit, theta)
        total = statistics.nk.sum()
        if abs(total - self.total) > settings.SAME_TOTAL * self.total:
            raise ValueError(
                f"x has changed between two passes: its weights summed to {self.total:.12g}, now to {total:.12g}. "
                "Give the same observations in every pass."
            )
        return statistics

    def _see(self, summary):
        """Take over what a summary tells."""
        centre, scale = self.unit.centre, self.unit.scale
        self.summary, self.count, self.total = summary, summary.count, float(summary.w.sum())
        self.different = summary.x.size
        self.low, self.high = (summary.low - centre) / scale, (summary.high - centre) / scale
        self.spread = summary.spread() / scale
        self.resolution = summary.gap / scale if summary.gap < np.inf else settings.APART

    def _pass(self, function, *arguments):
        """Apply a function to all blocks and add what it returns."""
        self.passes += 1
        with bar(self.progress, f"pass {self.passes}", None if self.sampled else self.count) as watch:
            results = self._added(watch, function, *arguments)
        if not results:
            raise ValueError(self.nothing)
        return results


class Blocks(_Stream):
    """A function that returns a fresh iterator of blocks: files, or what a database sends."""

    nothing = (
        "x() gave no observation in this pass. Return a fresh iterator each time: pass a function that makes one, "
        "not one that hands out the same again."
    )

    def __init__(self, x, sample_weight=None):
        if sample_weight is not None:
            raise ValueError("sample_weight does not go with a function as x. Let it return pairs (x, sample_weight).")
        self.x = x

    def all_of_it(self):
        """Return the blocks, if the first look sees them all, and else None."""
        seen, self.first = [], ()
        for block in self._blocks():
            self.first = _sum([self.first, _summarised(*block)])
            if self.first and self.first[0].count > settings.SAMPLE:
                return None
            seen.append(block)
        return seen

    def _blocks(self):
        """Yield the number, the observations and the weights of each block."""
        blocks = self.x()
        if not isinstance(blocks, Iterable):
            raise TypeError(
                f"x() must return an iterator of blocks, but returns {type(blocks).__name__}. Yield arrays."
            )
        for number, block in enumerate(blocks):
            x, sample_weight = block if isinstance(block, tuple) and len(block) == 2 else (block, None)
            if np.ndim(x) == 0:
                raise TypeError(
                    f"x() must return an iterator of blocks, but block {number} is the single value {x!r:.60}. "
                    "Pass an array as x itself, or a function that yields arrays."
                )
            yield number, x, sample_weight

    def _sample(self):
        return self.first[0]

    def _added(self, watch, function, *arguments):
        results = ()
        for block in self._blocks():
            results = _sum([results, function(*block, *arguments)])
            if watch:
                watch(np.size(block[1]))
        return results


class Partitions(_Stream):
    """A Dask array: each of its chunks is reduced where it is, and the results are added as a tree."""

    nothing = "x is empty. Pass at least one observation with a positive weight."

    def __init__(self, x, sample_weight=None):
        with check.extra("x", "dask", "Dask"):
            import dask  # noqa: F401
        _check_partitioned(x, sample_weight)
        self.x, self.sample_weight = x, sample_weight

    def all_of_it(self):
        """Return all the chunks, if they are small, and else None."""
        if not self.x.size <= settings.SAMPLE:  # the size may be unknown, NaN
            return None
        import dask

        return dask.compute(self._blocks())[0]

    def _blocks(self):
        """Return the number, the observations and the weights of each chunk, for Dask to compute."""
        parts = list(self.x.to_delayed())
        weights = [None] * len(parts) if self.sample_weight is None else self.sample_weight.to_delayed()
        return list(zip(range(len(parts)), parts, weights))

    def _sample(self):
        blocks = self._blocks()
        chosen = np.linspace(0, len(blocks) - 1, min(len(blocks), settings.SAMPLED_PARTITIONS)).round().astype(int)
        results = self._computed([blocks[number] for number in chosen], _summarised)
        return results[0] if results else None

    def _added(self, watch, function, *arguments):
        results = self._computed(self._blocks(), function, *arguments)
        if watch:  # how far the workers are, Dask's own dashboard tells
            watch(self.count)
        return results

    def _computed(self, blocks, function, *arguments):
        import dask

        arguments = [dask.delayed(argument) for argument in arguments]  # sent once, not with each task
        results = [dask.delayed(function)(*block, *arguments) for block in blocks]
        while len(results) > 1:
            results = [dask.delayed(_sum)(results[n : n + settings.FAN]) for n in range(0, len(results), settings.FAN)]
        return dask.compute(results[0])[0]


# --- what is done to one block, wherever it is -------------------------------


def _summarised(number, x, sample_weight):
    """Summary at a block as it came."""
    x, sample_weight = sorted_in_place(*_block(number, x, sample_weight))
    return (Summary.of(x, sample_weight),) if x.size else ()


def _compressed(number, x, sample_weight, unit, edges):
    """Summary at a block and compress it."""
    x, sample_weight = sorted_in_place(*_block(number, x, sample_weight))
    if x.size == 0:
        return ()
    summary = Summary.of(x, sample_weight)
    return summary, Nodes.of(_standardised(x, unit), edges, sample_weight, is_sorted=True)


def _summed(number, x, sample_weight, unit, theta):
    """Take the sums of an EM step over a block."""
    x, sample_weight = _block(number, x, sample_weight)
    return (Statistics.of(_standardised(x, unit), theta, sample_weight),) if x.size else ()


def _applied(number, x, sample_weight, function, arguments):
    """Apply a function to a block."""
    x, sample_weight = _block(number, x, sample_weight)
    return (function(x, sample_weight, *arguments),) if x.size else ()


def _sum(results):
    """Add what blocks gave, each kind to its own."""
    return tuple(reduce(operator.add, column) for column in zip(*(result for result in results if result)))


def _block(number, x, sample_weight):
    """Return arrays of one's own, without observations of weight 0, or raise and name the block."""
    try:
        if np.size(x) == 0 and np.size(sample_weight if sample_weight is not None else x) == 0:
            return np.empty(0), None
        if sample_weight is not None and np.shape(sample_weight) == np.shape(x) and not np.any(sample_weight):
            check.finite(x, "x")
            return np.empty(0), None
        x, sample_weight = check.data(x, sample_weight, ones=False)
    except (TypeError, ValueError) as error:
        raise type(error)(f"in block {number}, {error}") from None
    return counted(sample_weight, x, sample_weight)


def _standardised(x, unit):
    """Return the block in this unit, in its place."""
    x -= unit.centre
    x /= unit.scale
    return x


def _joined(blocks):
    """Return all blocks as one, or raise if they hold nothing."""
    blocks = [_block(*block) for block in blocks]
    blocks = [(x, weight) for x, weight in blocks if x.size]
    if not blocks:
        raise ValueError("x is empty. Pass at least one observation with a positive weight.")
    weights = None
    if any(weight is not None for _, weight in blocks):
        weights = np.concatenate([np.ones_like(x) if weight is None else weight for x, weight in blocks])
    return np.concatenate([x for x, _ in blocks]), weights


def _grouped(x, w, most):
    """Return means and weights of groups of rising values, cut at equal weights and at equal widths."""
    if x.size <= most:
        return x, w
    rising = np.cumsum(w)
    shares, places = np.linspace(0, rising[-1], most // 2 + 1)[:-1], np.linspace(x[0], x[-1], most // 2 + 1)[:-1]
    starts = np.union1d(np.searchsorted(rising, shares, "right"), np.searchsorted(x, places))
    starts = starts[starts < x.size]
    sums = np.add.reduceat(w, starts)
    return np.add.reduceat(w * (x - x[0]), starts) / sums + x[0], sums


def _check_partitioned(x, sample_weight):
    """Raise unless `x`, and the weights with it, are one-dimensional Dask arrays in the same number of chunks."""
    if not hasattr(x, "to_delayed") or not hasattr(x, "numblocks"):
        raise TypeError(
            f"x must be a Dask array, but is of type {type(x).__name__}. Pass for instance x.to_dask_array()."
        )
    if x.ndim != 1:
        raise ValueError(f"x must be one-dimensional, but has shape {x.shape}. Pass one column, for instance x[:, 0].")
    if sample_weight is None:
        return
    if not hasattr(sample_weight, "numblocks"):
        raise TypeError(
            "sample_weight must be a Dask array when x is one. Wrap it: dask.array.from_array(…, x.chunks)."
        )
    if sample_weight.numblocks != x.numblocks:
        raise ValueError(
            f"sample_weight has {sample_weight.numblocks[0]} chunks, but x has {x.numblocks[0]}. "
            "Pass sample_weight.rechunk(x.chunks)."
        )
