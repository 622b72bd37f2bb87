"""Observations that no machine holds: a Dask array, or a function that gives its blocks anew each time."""

import inspect
import operator
from collections.abc import Iterable
from functools import reduce

import numpy as np

from gmm import check
from gmm.engine import settings
from gmm.engine.sources import Many, in_memory, standardised
from gmm.unit import counted

__all__ = ["Blocks", "Partitions", "add_over_blocks", "is_stream", "open_stream"]


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


def open_stream(x, sample_weight=None, progress=False, guide=None):
    """Take the first look and return the source of the observations.

    Parameters
    ----------
    x : dask.array.Array, shape (N,), or callable
        Observations; or a function without arguments that returns a fresh
        iterator of blocks, each an array or a pair (x, sample_weight).
    sample_weight : dask.array.Array, shape (N,), optional
        How often each observation counts, in the chunks of `x`.
    progress : bool
        Whether each pass shows a bar.
    guide : Mixture, optional
        What the first cells are to serve.

    Returns
    -------
    Few or Memory or Blocks or Partitions
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
        return in_memory(*_joined(blocks), progress, guide=guide)
    source.open(source.sample(), progress, None, guide)
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
    (total,) = _stream(x, sample_weight).reduced(None, _applied, function, arguments)
    return total


def _stream(x, sample_weight):
    return Partitions(x, sample_weight) if hasattr(x, "dask") else Blocks(x, sample_weight)


class _Stream(Many):
    """A source whose observations are gone through block by block, each checked on its way."""

    def statistics(self, theta):
        """Return the sums that one exact EM step takes, by one pass."""
        statistics = super().statistics(theta)
        total = statistics.nk.sum()
        if abs(total - self.total) > settings.SAME_TOTAL * self.total:
            raise ValueError(
                f"x has changed between two passes: its weights summed to {self.total:.12g}, now to {total:.12g}. "
                "Give the same observations in every pass."
            )
        return statistics

    def _added(self, watch, function, *arguments):
        results = self.reduced(watch, _in_unit, self.unit, function, arguments)
        if not results:
            raise ValueError(self.nothing)
        return results[0]


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
        self.seen, count = [], 0
        for block in self._blocks():
            self.seen.append(_block(*block))
            count += self.seen[-1][0].size
            if count > settings.SAMPLE:
                return None
        return self.seen

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

    def sample(self):
        """Return some of what the first look has seen."""
        seen, self.seen = np.concatenate([x for x, _ in self.seen]), []
        return _thin(seen)

    def reduced(self, watch, function, *arguments):
        """Apply a function to all blocks and add what it returns."""
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

        return [_block(*block) for block in dask.compute(self._blocks())[0]]

    def _blocks(self):
        """Return the number, the observations and the weights of each chunk, for Dask to compute."""
        parts = list(self.x.to_delayed())
        weights = [None] * len(parts) if self.sample_weight is None else self.sample_weight.to_delayed()
        return list(zip(range(len(parts)), parts, weights))

    def sample(self):
        """Return some of the observations of some of the chunks, or of all where those are empty."""
        blocks = self._blocks()
        chosen = np.linspace(0, len(blocks) - 1, min(len(blocks), settings.SAMPLED_PARTITIONS)).round().astype(int)
        results = self._computed([blocks[number] for number in chosen], _some) or self._computed(blocks, _some)
        if not results:
            raise ValueError(self.nothing)
        return _thin(np.concatenate(results[0]))

    def reduced(self, watch, function, *arguments):
        """Apply a function to all chunks and add what it returns."""
        results = self._computed(self._blocks(), function, *arguments)
        if watch:  # how far the workers are, Dask's own dashboard tells
            watch(self.count or 0)
        return results

    def _computed(self, blocks, function, *arguments):
        import dask

        arguments = [dask.delayed(argument) for argument in arguments]  # sent once, not with each task
        results = [dask.delayed(function)(*block, *arguments) for block in blocks]
        while len(results) > 1:
            results = [dask.delayed(_sum)(results[n : n + settings.FAN]) for n in range(0, len(results), settings.FAN)]
        return dask.compute(results[0])[0]


# --- what is done to one block, wherever it is -------------------------------


def _some(number, x, sample_weight):
    """Return some observations of a block, in a list of their own."""
    x, _ = _block(number, x, sample_weight)
    return ([_thin(x)],) if x.size else ()


def _in_unit(number, x, sample_weight, unit, function, arguments):
    """Apply a function to a block in this unit."""
    x, sample_weight = _block(number, x, sample_weight)
    return (function(standardised(x, unit), sample_weight, *arguments),) if x.size else ()


def _thin(x):
    """Return some observations, rising."""
    return np.sort(x[:: -(-x.size // settings.SAMPLE_SIZE)])


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


def _joined(blocks):
    """Return all blocks as one, or raise if they hold nothing."""
    blocks = [(x, weight) for x, weight in blocks if x.size]
    if not blocks:
        raise ValueError("x is empty. Pass at least one observation with a positive weight.")
    weights = None
    if any(weight is not None for _, weight in blocks):
        weights = np.concatenate([np.ones_like(x) if weight is None else weight for x, weight in blocks])
    return np.concatenate([x for x, _ in blocks]), weights


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
