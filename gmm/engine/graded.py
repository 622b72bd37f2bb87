"""Many observations as five sums in each of some thousand narrow cells, taken in one pass and in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gmm.engine import settings
from gmm.engine.nodes import chebyshev_nodes, width_at

__all__ = ["Graded", "Patch", "crowds", "grid_for"]

# A float is 52 bits of a mantissa, and the exponent with this bias before them.
MANTISSA, BIAS = 52, 1023


class Patch(NamedTuple):
    """An interval whose cells are graded about a centre: uniform near it, and ever wider away from it.

    The number of a cell is read off the float 1 + |u|, where u is the distance
    from the centre in a unit: its exponent and the leading bits of its
    mantissa. So it costs no search, and any range has few cells.
    """

    low: float
    high: float
    centre: float
    unit: float
    bits: int

    def edges(self, numbers):
        """Return where cells begin and end, on the side of the centre that the last bit of the number tells."""
        shift = MANTISSA - self.bits
        # Indices are of 32 bits where Python runs in a page.
        steps = (numbers.astype(np.int64) >> 1) + (BIAS << self.bits)
        inner, outer = ((step << shift).view(float) - 1 for step in (steps, steps + 1))
        side = np.where(numbers & 1, -self.unit, self.unit)
        return self.centre + side * inner, self.centre + side * outer


NO_CELLS = np.zeros((settings.GRADED_ORDER, 0))
EVERYWHERE = Patch(-np.inf, np.inf, 0.0, 1.0, settings.GRADED_BITS)


@dataclass(frozen=True, eq=False)
class Graded:
    """Sums of Chebyshev polynomials over the observations of each cell. Two of them on the same cells add.

    Attributes
    ----------
    patches : tuple of Patch
        An observation counts in the first that it lies in; the last is everywhere.
    sums : tuple of ndarray, shape (5, C)
        Σ w T_m(t) for each cell of each patch, and of the far cells, which are
        wider: t runs from −1 to 1 across a cell, away from the centre.
    count : int
        The number of observations.
    low, high : float
        Their range.

    Notes
    -----
    Equation ``eq:chebyshev-moments`` of the book. Five sums in a cell of an
    eightieth of a standard deviation are as good as sixteen in one of three
    quarters (``eq:node-error``).
    """

    patches: tuple[Patch, ...]
    sums: tuple[np.ndarray, ...]
    count: int
    low: float
    high: float

    @classmethod
    def of(cls, x, sample_weight=None, patches=(EVERYWHERE,)):
        """Take the sums over observations."""
        count, low, high = x.size, float(x.min()), float(x.max())
        if not np.isfinite(high - low):
            raise ValueError("x ranges beyond what a float can hold beside most of its values. Remove the outliers.")
        *about, everywhere = patches
        found = []
        for patch in about:
            inside = (x >= patch.low) & (x < patch.high)
            found.append(_sums_in(patch, *_parted(x, sample_weight, inside), patch.bits))
            x, sample_weight = _parted(x, sample_weight, ~inside)
        far = np.abs(x) >= settings.FAR_OUT if max(-low, high) >= settings.FAR_OUT else np.zeros(x.size, dtype=bool)
        if not far.any():
            return cls(
                patches, (*found, _sums_in(everywhere, x, sample_weight, everywhere.bits), NO_CELLS), count, low, high
            )
        found.append(_sums_in(everywhere, *_parted(x, sample_weight, ~far), everywhere.bits))
        found.append(_sums_in(everywhere, *_parted(x, sample_weight, far), _far_bits(everywhere.bits)))
        return cls(patches, tuple(found), count, low, high)

    def __add__(self, other):
        if not isinstance(other, Graded):
            return NotImplemented
        sums = tuple(_added(one.copy(), two.copy()) for one, two in zip(self.sums, other.sums))
        low, high = min(self.low, other.low), max(self.high, other.high)
        return replace(self, sums=sums, count=self.count + other.count, low=low, high=high)

    @cached_property
    def occupied(self):
        """Begin and end of the cells that hold observations, towards and away from the centre, and their sums.

        They come in the order of their means.
        """
        far = self.patches[-1]._replace(bits=_far_bits(self.patches[-1].bits))
        inner, outer, sums = [], [], []
        for patch, table in zip((*self.patches, far), self.sums):
            numbers = np.flatnonzero(table[0])
            ends = patch.edges(numbers)
            inner.append(ends[0])
            outer.append(ends[1])
            sums.append(table[:, numbers])
        inner, outer, sums = np.concatenate(inner), np.concatenate(outer), np.concatenate(sums, axis=1)
        # Not of their middles: where a patch begins, a cell has only what lies outside it.
        order = np.argsort(_means(inner, outer, sums), kind="stable")
        return inner[order], outer[order], sums[:, order]

    @cached_property
    def entries(self):
        """The mean and the weight of each cell, rising, and the standard deviation within."""
        inner, outer, sums = self.occupied
        mean = np.clip(sums[1] / sums[0], -1, 1)
        # T_2 = 2t² − 1
        variance = np.maximum((sums[2] / sums[0] + 1) / 2 - mean**2, 0)
        variance[variance < settings.ONE_VALUE] = 0
        return _means(inner, outer, sums), sums[0], np.abs(outer - inner) / 2 * np.sqrt(variance)

    def values(self):
        """Return five values for each cell, or one where all its observations agree, and weights; they rise."""
        inner, outer, sums = self.occupied
        places, to_weights = chebyshev_nodes(settings.GRADED_ORDER)
        middle, half = (inner + outer)[:, np.newaxis] / 2, (outer - inner)[:, np.newaxis] / 2
        x, w = middle + half * places, sums.T @ to_weights
        means, weights, within = self.entries
        one = within == 0
        x[one, 0], w[one, 0] = means[one], weights[one]
        kept = np.ones(x.shape, dtype=bool)
        kept[one, 1:] = False
        x, w = x[kept], w[kept]
        order = np.argsort(x, kind="stable")
        return x[order], w[order]

    def serves(self, mixtures):
        """Tell whether the cells are narrow enough for each of the mixtures."""
        inner, outer, _ = self.occupied
        allowed = np.maximum(width_at(inner, mixtures), width_at(outer, mixtures))
        return bool((np.abs(outer - inner) <= settings.SLACK * settings.GRADED_WIDTH * allowed).all())


def _means(inner, outer, sums):
    """Return the mean of each cell's observations."""
    return (inner + outer) / 2 + (outer - inner) / 2 * np.clip(sums[1] / sums[0], -1, 1)


def grid_for(mixtures):
    """Return patches that serve mixtures: about each component that is too narrow for the cells everywhere.

    Parameters
    ----------
    mixtures : sequence of (weights, means, variances)
        In the unit of the observations.

    Returns
    -------
    tuple of Patch
    """
    mu, sigma = (np.concatenate([theta[i] for theta in mixtures]) for i in (1, 2)) if mixtures else (np.zeros(0),) * 2
    sigma = np.sqrt(sigma)
    width = _width_about(mu, sigma)
    finer = np.ceil(np.log2(np.maximum(width / _allowed(sigma), 1))).astype(int)
    bits = settings.GRADED_BITS + int(finer[finer <= settings.FINER_BITS].max(initial=0))
    narrow = finer > settings.FINER_BITS
    return (*_patches(mu[narrow], sigma[narrow], width[narrow], bits), EVERYWHERE._replace(bits=bits))


def crowds(sample):
    """Return a component for each cell in which much of a sample lies, close together but not on one value.

    Where groups are as far apart as 1e9 of their own widths, a cell of the
    unit that all of them share takes a group for one value.
    """
    many, values = max(int(settings.CROWDED * sample.size), 2), np.unique(sample)
    crowded = np.flatnonzero(values[many:] - values[:-many] < _cell_width(values[many:]))
    found = []
    for run in np.split(crowded, np.flatnonzero(np.diff(crowded) > many) + 1):
        if run.size:
            crowd = values[run[0] : run[-1] + many + 1]
            found.append((np.ones(1), np.array([crowd.mean()]), np.array([crowd.var()])))
    return found


def _far_bits(bits):
    """Return the bits of the far cells: where those in the middle are finer, these are, too."""
    return settings.FAR_BITS + bits - settings.GRADED_BITS


def _cell_width(x):
    """Return how wide the cell at each x is, in the cells everywhere."""
    x = 1 + np.abs(x)
    return 2.0 ** (np.floor(np.log2(x)) - np.where(x < settings.FAR_OUT, settings.GRADED_BITS, settings.FAR_BITS))


def _patches(mu, sigma, width, bits):
    """Return patches about narrow components, as far as the cells everywhere are too wide for them.

    At a distance d the cells of a patch are as wide as σ + d, up to a factor,
    so where two overlap that sum decides. What it takes from a component still
    counts where no other reaches, and so does one that is nowhere the narrower.
    """
    far, served = np.abs(mu) - settings.NEEDED * sigma, _served(sigma, bits)
    reach = settings.NEEDED * sigma + 2 * width / (settings.GRADED_WIDTH * settings.CELL_WIDTH)
    # One far out leaves the middle, and what is beyond it, to the cells everywhere.
    half = np.where(far > settings.FROM_THE_MIDDLE, far / 2, -np.inf)
    low = np.where(mu > 0, np.maximum(mu - reach, half), mu - reach)
    high = np.where(mu < 0, np.minimum(mu + reach, -half), mu + reach)
    first, then, left = [], [], np.lexsort((sigma, mu))
    while left.size:
        inside = np.array([(sigma[left] + np.abs(mu[k] - mu[left]) < sigma[k]).any() for k in left])
        now, left = left[~inside], left[inside]
        between = (mu[now][1:] + mu[now][:-1] + np.diff(sigma[now])) / 2
        for k, below, above in zip(now, np.append(-np.inf, between), np.append(between, np.inf)):
            about = Patch(low[k], high[k], mu[k], sigma[k], settings.GRADED_BITS)
            first += _without(about._replace(low=max(low[k], below), high=min(high[k], above)), served[k])
            then += _without(about._replace(high=below), served[k]) + _without(about._replace(low=above), served[k])
    return first + then


def _allowed(sigma):
    """Return how wide cells may be near a component."""
    return settings.SLACK * settings.GRADED_WIDTH * settings.CELL_WIDTH * sigma


def _width_about(mu, sigma):
    """Return how wide the cells everywhere are as far out as a component needs narrow ones."""
    far = np.abs(mu) + settings.NEEDED * sigma
    return _cell_width(np.where(far > settings.MINDED * settings.FAR_OUT, np.maximum(far, settings.FAR_OUT), far))


def _served(sigma, bits):
    """Return how far from the middle the cells everywhere are as narrow as a component needs them."""
    with np.errstate(over="ignore"):
        near, far = (2.0 ** (np.floor(np.log2(_allowed(sigma))) + 1 + b) for b in (bits, _far_bits(bits)))
    return np.maximum(np.where(far > settings.FAR_OUT, far, np.minimum(near, settings.FAR_OUT)) - 1, 0)


def _without(patch, middle):
    """Return what is left of a patch where the cells everywhere serve so far from the middle."""
    below, above = patch._replace(high=min(patch.high, -middle)), patch._replace(low=max(patch.low, middle))
    parts = [below, above] if middle > 0 else [patch]
    return [Patch(*map(float, part[:-1]), part.bits) for part in parts if part.low < part.high]


def _parted(x, sample_weight, chosen):
    """Return the chosen observations and their weights."""
    if chosen.all():
        return x, sample_weight
    return x[chosen], None if sample_weight is None else sample_weight[chosen]


def _added(one, two):
    """Return the sum of two tables, of which one may have more cells; the larger is changed."""
    if one.shape[1] < two.shape[1]:
        one, two = two, one
    one[:, : two.shape[1]] += two
    return one


def _sums_in(patch, x, sample_weight, bits):
    """Return Σ w T_m(t) for each cell of a patch."""
    total = NO_CELLS
    for n in range(0, x.size, settings.SUMS_BLOCK):
        u = x[n : n + settings.SUMS_BLOCK] - patch.centre
        u /= patch.unit
        total = _added(total, _of_block(u, None if sample_weight is None else sample_weight[n : n + u.size], bits))
    return total


def _of_block(u, w, bits):
    """Return the same for a block that a cache holds."""
    size = np.abs(u)
    size += 1
    number = size.view(np.int64)
    cell = number >> (MANTISSA - bits)
    cell -= BIAS << bits
    cell <<= 1
    cell += u < 0
    # What is left of the mantissa is the place in the cell: as a float it runs from 1 to 2.
    number <<= bits
    number &= (1 << MANTISSA) - 1
    number |= BIAS << MANTISSA
    t = size
    t *= 2
    t -= 3
    n_cells = int(cell.max()) + 1
    sums = np.empty((settings.GRADED_ORDER, n_cells))
    sums[0] = np.bincount(cell, w, n_cells)
    before, now = (1.0, t) if w is None else (w, w * t)
    sums[1] = np.bincount(cell, now, n_cells)
    t = 2 * t
    # T_m = 2t T_{m−1} − T_{m−2}
    for m in range(2, settings.GRADED_ORDER):
        before, now = now, t * now - before
        sums[m] = np.bincount(cell, now, n_cells)
    return sums
