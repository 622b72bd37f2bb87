"""The best mixing distribution of normals of one width: a convex problem, and a bound on all that it can reach.

Lengths are in that width, which is 1 here, and φ(u) stands for exp(−u²/2): its constant is left to the caller.
With f(x) = Σ_j q_j φ(x − m_j) the log-likelihood is concave in q, and

    D(μ) = Σ_n w_n φ(x_n − μ) / f(x_n) / N

is its slope towards a normal at μ. By log t ≤ t − 1 no other f is higher by more than N log max D.
"""

from math import factorial

import numpy as np

from gmm.engine import settings
from gmm.engine.nodes import Nodes

__all__ = ["Best", "best_mixing", "ends_of_chords", "highest_slope", "occupied", "places", "sums_at"]


class Best:
    """A mixing distribution: atoms q_j at m_j, and how far its likelihood can be from the highest.

    Attributes
    ----------
    means, weights : ndarray, shape (J,)
        The atoms; the weights sum to 1.
    log_likelihood : float
        Of the values that it was made for, in nats.
    gap : float
        By no more than this another one exceeds it.
    steepest : ndarray, shape (1,)
        Where an atom more would raise it most.
    """

    def __init__(self, x, w, means, weights):
        self.means, self.weights = means, weights / weights.sum()
        f = self.density(x)
        self.log_likelihood = float(w @ np.log(f))
        log_slope, self.steepest = highest_slope(x, w / (w.sum() * f), settings.SLOPE_GAP / w.sum())
        self.gap = float(w.sum() * max(log_slope, 0.0))

    def density(self, x):
        """Return f(x)."""
        return sums_at(x, self.means, self.weights)


def best_mixing(x, w):
    """Return the best mixing distribution of positive weighted values, to a duality gap if rounding allows it.

    Atoms stand in every place where there are data, and where D exceeds 1
    one more is added: a vertex exchange (Böhning 1985; Wang 2007).

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Values, rising, in the width of the kernel; positive weights.

    Returns
    -------
    Best
    """
    edges, total = occupied(x, settings.CELL_WIDTH), w.sum()
    near_x, near_w = Nodes.of(x, edges, w).weighted()
    scan, grid, added = _scan(x), places(x), np.empty(0)
    ends: list[Best] = []
    accuracy = settings.INTERIOR_FIRST
    for _ in range(settings.MOST_EXCHANGES):
        means = np.concatenate([grid, added])
        kernel = _kernel(near_x, means)
        q, slack = _weights(kernel, near_w, accuracy)
        added = added[(q > slack / total)[grid.size :]]
        rising, gain = _peaks(near_x, near_w / (kernel @ q) / total, scan, settings.EXCHANGE_GAP / total)
        if rising.size == 0 and accuracy > settings.INTERIOR_GAP:
            accuracy = settings.INTERIOR_GAP
            continue
        accuracy = np.clip(settings.INTERIOR_SHARE * gain * total, settings.INTERIOR_GAP, accuracy)
        if rising.size == 0:
            ends.append(Best(x, w, means, q))
            if ends[-1].gap <= settings.DUALITY_GAP:
                break
            rising = ends[-1].steepest
        added = np.union1d(added, rising)
    return min(ends or [Best(x, w, means, q)], key=lambda end: end.gap)


def places(x):
    """Return the middles of the cells that hold values: one atom stands in each."""
    return (np.unique(np.floor(x / settings.CELL_WIDTH)) + 0.5) * settings.CELL_WIDTH


def occupied(x, width):
    """Return the edges of those cells of a width that hold values, rising."""
    numbers = np.unique(np.floor(x / width))
    return np.union1d(numbers, numbers + 1) * width


def _kernel(x, means):
    """Return φ(x − m), shape (M, J)."""
    with np.errstate(under="ignore"):
        return np.exp(-0.5 * (x[:, np.newaxis] - means) ** 2)


def sums_at(points, x, weights):
    """Return Σ_n weights_n φ(x_n − p) at each point p, in blocks."""
    size = settings.MIXING_BLOCK // x.size
    return np.concatenate([_kernel(points[n : n + size], x) @ weights for n in range(0, points.size, size)])


# --- the weights of given atoms ---------------------------------------------------


def _weights(kernel, w, accuracy):
    """Return the best weights q of atoms, and N(1 − D) at each: an interior-point method.

    The highest Σ w log(Φq) − N Σ q has Φᵀ(w/Φq) + z = N, with z ≥ 0 and
    z_j q_j = 0; Newton's method goes there along z_j q_j = τ, as τ falls.
    """
    total, n_atoms = w.sum(), kernel.shape[1]
    q, z = np.full(n_atoms, 1 / n_atoms), np.full(n_atoms, total)
    for _ in range(settings.MOST_INTERIOR):
        f = kernel @ q
        rest = kernel.T @ (w / f) - total + z
        tau = q @ z / n_atoms
        if max(tau * n_atoms, np.abs(rest).max()) < accuracy:
            break
        tau *= settings.INTERIOR_FALL
        curvature = (kernel * (w / f**2)[:, np.newaxis]).T @ kernel
        curvature[np.diag_indices(n_atoms)] += z / q
        try:
            step = np.linalg.solve(curvature, rest + tau / q - z)
        except np.linalg.LinAlgError:  # rounding allows no more
            break
        slack = tau / q - z - z / q * step
        q, z = q + _inside(q, step) * step, z + _inside(z, slack) * slack
    return q, z


def _inside(value, step):
    """Return the share of a step, 1 at most, that leaves every value positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return min(1.0, 0.99 * float(np.where(step < 0, -value / step, np.inf).min()))


# --- where the slope is highest ----------------------------------------------------


def _scan(x):
    """Return places close together wherever a maximum of D can be seen."""
    edges = occupied(x, 1.0)
    return np.unique(np.round(edges[:, np.newaxis] + np.linspace(-1, 1, settings.SCANNED + 1), 9))


def _peaks(x, shares, scan, least):
    """Return the maxima of D with log D above `least`, seen on the scan and refined, and the highest log D."""
    seen = sums_at(scan, x, shares)
    inner = seen[1:-1]
    peaks = scan[1:-1][(inner >= seen[:-2]) & (inner > seen[2:]) & (inner > 1 - settings.NEARLY)]
    if peaks.size == 0:
        return peaks, 0.0
    for _ in range(settings.REFINED):
        away = x[:, np.newaxis] - peaks
        terms = _kernel(x, peaks) * shares[:, np.newaxis]
        zeroth, first, second = terms.sum(axis=0), (terms * away).sum(axis=0), (terms * away**2).sum(axis=0)
        bend = np.minimum(second / zeroth - 1, -settings.LEAST_BEND)
        peaks = peaks - first / zeroth / bend
    heights = np.log(sums_at(peaks, x, shares))
    return peaks[heights > least], float(heights.max())


def highest_slope(x, shares, tolerance):
    """Return a bound on log Σ_n shares_n φ(x_n − μ) over all μ, and where it is nearly reached.

    Σ_n a_n exp(x_n μ) is log-convex in μ where all a_n are positive. So
    log D(μ) + μ²/2 lies below its chords, and between two places at a distance
    h the bound is that of the chord, and h²/8 at most above both ends. Where
    that is too much an interval is halved. Beyond the data D falls.

    Parameters
    ----------
    x, shares : ndarray, shape (M,)
        Values, rising, and positive factors.
    tolerance : float
        By how much the bound may exceed the highest value found.

    Returns
    -------
    bound : float
        Never below the maximum.
    places : ndarray, shape (1,)
        Where the highest value was found.
    """
    slope = _Slope(x, shares)
    left, right = _intervals(x)
    low, high = slope.log(left), slope.log(right)
    # What lies between the intervals is so far from all the data.
    bound = max(low.max(), high.max(), np.log(shares.sum()) - settings.FAR**2 / 2)
    place = left[[low.argmax()]] if low.max() >= high.max() else right[[high.argmax()]]
    best = max(low.max(), high.max())
    for _ in range(settings.MOST_HALVINGS):
        above = _above_chord(right - left, low, high)
        open_ = above > best + tolerance
        bound = max(bound, above[~open_].max(initial=-np.inf))
        left, right, low, high = left[open_], right[open_], low[open_], high[open_]
        if left.size == 0:
            return float(bound), place
        middle = (left + right) / 2
        values = slope.log(middle)
        if values.max() > best:
            best, place = values.max(), middle[[values.argmax()]]
        left, right = np.concatenate([left, middle]), np.concatenate([middle, right])
        low, high = np.concatenate([low, values]), np.concatenate([values, high])
    return float(max(bound, _above_chord(right - left, low, high).max())), place


def _intervals(x):
    """Return the ends of intervals from the first value to the last, without what is far from all of them."""
    edges = np.unique(np.clip(occupied(x, 1.0), x[0], x[-1]))
    if edges.size == 1:
        return edges, edges
    gaps = np.flatnonzero(np.diff(edges) > 2 * settings.FAR)
    ends = np.append(edges[1:], edges[gaps + 1])
    ends[gaps] = edges[gaps] + settings.FAR
    return np.append(edges[:-1], edges[gaps + 1] - settings.FAR), ends


class _Slope:
    """D, by its Taylor series about places half a width apart; each is taken when it is first needed.

    φ(u − d) = φ(u) Σ_k He_k(u) d^k / k!, and by Cramér's inequality what
    follows the degree K − 1 is below 1.0865 |d|^K / √K! exp(−v²/4)
    with some v between u and u − d. It is added.
    """

    def __init__(self, x, shares):
        self.x, self.shares, self.series = x, shares, {}

    def log(self, places):
        """Return log D, or a little more."""
        numbers, which = np.unique(np.round(2 * places), return_inverse=True)
        for number in numbers:
            if number not in self.series:
                self.series[number] = self._series(number / 2)
        away, value = places - numbers[which] / 2, 0.0
        for coefficient in np.array([self.series[number] for number in numbers]).T[::-1]:
            value = value * away + coefficient[which]
        return np.log(np.maximum(value, settings.LEAST_SLOPE))

    def _series(self, place):
        """Return the coefficients about a place, the first with what is left out."""
        near = slice(*np.searchsorted(self.x, [place - settings.FAR, place + settings.FAR]))
        u, order = self.x[near] - place, settings.TAYLOR
        below, now = np.zeros_like(u), self.shares[near] * np.exp(-0.5 * u**2)
        coefficients = np.empty(order)
        for k in range(order):
            coefficients[k] = now.sum()
            # He_{k+1} = u He_k − k He_{k−1}, each over its k!
            below, now = now, (u * now - below) / (k + 1)
        nearest = np.maximum(np.abs(u) - 0.25, 0)
        rest = 1.0865 * self.shares[near] @ np.exp(-0.25 * nearest**2)
        coefficients[0] += rest * 0.25**order / np.sqrt(float(factorial(order)))
        return coefficients


def _above_chord(width, low, high):
    """Return the largest value of low + (high − low) t + width² t (1 − t) / 2 for t from 0 to 1."""
    t = np.clip(0.5 + (high - low) / np.maximum(width, 1e-150) ** 2, 0, 1)
    return low + (high - low) * t + width**2 * t * (1 - t) / 2


# --- many observations ---------------------------------------------------------------


def ends_of_chords(x, w):
    """Return fewer weighted values whose log-likelihood, with an allowance, is never below that of the observations.

    log f(x) + x²/2 is convex in x, whatever the mixing distribution. So an
    observation between two edges a and b counts for no more than its two
    shares there, (b − x)/(b − a) and (x − a)/(b − a), and (x − a)(b − x)/2.

    Parameters
    ----------
    x, w : ndarray, shape (N,)
        Observations, rising, in the width of the kernel, and their weights.

    Returns
    -------
    x, w : ndarray, shape (M,)
        The edges that have a share, and their weights.
    allowance : float
        Σ w (x − a)(b − x)/2, in nats.
    """
    if x.size <= settings.FEW_ENDS:
        return x, w, 0.0
    edges = _chord_edges(x)
    cell = np.clip(np.searchsorted(edges, x, "right") - 1, 0, edges.size - 2)
    width = np.diff(edges)[cell]
    t = (x - edges[cell]) / width
    shares = np.bincount(cell, w * (1 - t), edges.size) + np.bincount(cell + 1, w * t, edges.size)
    used = shares > 0
    return edges[used], shares[used], float(w @ (t * (1 - t) * width**2) / 2)


def _chord_edges(x):
    """Return edges for about `ENDS` cells, so many in each group that the allowance is least; few values stay."""
    by_width = np.searchsorted(x, np.linspace(x[0], x[-1], settings.GROUPS + 1))
    cuts = np.union1d(np.linspace(0, x.size - 1, settings.GROUPS + 1).astype(int), np.minimum(by_width, x.size - 1))
    counts, widths = np.diff(cuts), np.diff(x[cuts])
    wanted = np.cbrt(counts * widths**2)
    cells = np.ceil(settings.ENDS * wanted / wanted.sum()).astype(int)
    parts = [
        x[first : first + count] if count <= n else np.linspace(x[first], x[first] + width, n, endpoint=False)
        for first, count, width, n in zip(cuts, counts, widths, cells)
    ]
    return np.unique(np.concatenate([*parts, x[-1:]]))
