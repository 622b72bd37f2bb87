"""Where a fit may begin."""

from functools import cached_property
from itertools import pairwise

import numpy as np

from gmm.engine import settings
from gmm.engine.exact import share_out, update
from gmm.engine.recorded import Classes
from gmm.engine.scan import closer, gains

__all__ = ["Cuts", "candidates", "groups", "in_windows", "random_starts", "short_runs", "split", "thinned"]


def thinned(x, w, most=settings.MOST_START_GROUPS, singly=()):
    """Return groups of neighbours, on which the short runs go.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values, or classes, and their positive weights.
    most : int
        How many groups at most, beside the next.
    singly : sequence of (first, last)
        Windows whose values are kept, if they are not too many, each by itself.

    Returns
    -------
    x, w : ndarray
        Means, or what the classes make together, and weights of the groups.
    """
    if x.size <= most:
        return x, w
    starts = np.unique(np.concatenate([np.arange(most) * x.size // most, *(closer(*window) for window in singly)]))
    starts = starts[starts < x.size]
    sums = np.add.reduceat(w, starts)
    if isinstance(x, Classes):
        return x.joined(starts), sums
    return np.add.reduceat(w * x, starts) / sums, sums


class Cuts:
    """Where to cut rising weighted values into K groups of least squared distance to their means.

    Exact, by dynamic programming: the best K groups of the first j values are
    the best K − 1 groups of the first i, and one more group. What was found
    for fewer groups is kept.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and positive weights; the work grows with K M².

    Notes
    -----
    Wang & Song (2011), *The R Journal* 3(2), page 29.

    Examples
    --------
    >>> print(Cuts(np.array([1.0, 2.0, 8.0, 9.0, 20.0]), np.ones(5)).into(3))
    [0 2 4 5]
    """

    def __init__(self, x, w):
        self.x, self.w, self.before = x, w, []

    @cached_property
    def cost(self):
        """The squared distance of the group from i to j, in row j and column i; infinite where it is empty."""
        x, share = self.x, self.w / self.w.sum()
        sums = [np.concatenate([[0.0], np.cumsum(share * x**power)]) for power in range(3)]
        # Σ (x − mean)² of the group from i to j, where i < j: in place, since M² values fill some MiB.
        cost = np.subtract.outer(sums[1], sums[1])
        cost *= cost
        with np.errstate(invalid="ignore", divide="ignore"):
            cost /= np.subtract.outer(sums[0], sums[0])
        cost -= np.subtract.outer(sums[2], sums[2])
        np.maximum(cost, 0, out=cost)
        cost[np.tri(x.size + 1, dtype=bool)] = np.inf
        # Transposed, so that what is compared lies side by side.
        return np.ascontiguousarray(cost.T)

    @cached_property
    def best(self):
        """For one group, two and so on, the least cost of the first j values; `before` says where the last begins."""
        return [self.cost[:, 0]]

    def into(self, n_components):
        """Return where to cut into K groups.

        Parameters
        ----------
        n_components : int
            The number of groups, K, at most M.

        Returns
        -------
        ndarray of int, shape (K + 1,)
            Group k is x[edges[k]:edges[k + 1]].
        """
        if n_components == 1:
            return np.array([0, self.x.size])
        while len(self.best) < n_components - 1:
            paths = self.cost + self.best[-1]
            before = paths.argmin(axis=1)
            self.before.append(before)
            self.best.append(np.take_along_axis(paths, before[:, np.newaxis], 1)[:, 0])
        # The last group ends with the last value.
        edges = [self.x.size, int((self.cost[-1] + self.best[n_components - 2]).argmin())]
        for before in reversed(self.before[: n_components - 2]):
            edges.append(int(before[edges[-1]]))
        return np.array([0, *reversed(edges)])


def groups(x, w, cuts):
    """Return the weights, means and variances of groups.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and their positive weights.
    cuts : ndarray of int, shape (K + 1,)
        Group k is x[cuts[k]:cuts[k + 1]].

    Returns
    -------
    weights, means, variances : ndarray, shape (K,)
        No variance is below a hundredth of the whole's. An empty group gets
        the whole's mean and variance, and half a value's weight.
    """
    mean, variance = _mean_and_variance(x, w)
    share = w.mean() / 2
    pi, mu, var = (np.full(len(cuts) - 1, value) for value in (share, mean, variance))
    for k, (first, last) in enumerate(pairwise(cuts)):
        if first < last:
            pi[k] = w[first:last].sum()
            mu[k], own = _mean_and_variance(x[first:last], w[first:last])
            var[k] = max(own, settings.LEAST_START_VARIANCE * variance)
    return pi / pi.sum(), mu, var


def _mean_and_variance(x, w):
    share = w / w.sum()
    mean = share @ x
    return mean, share @ (x - mean) ** 2


def candidates(x, w, n_components, fewer=(), hot=(), k_means=None):
    """Return starts: cuts of the data, and what smaller mixtures grow to.

    The cuts are at equal shares, where k-means cuts, and at the widest gaps.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and their positive weights.
    n_components : int
        The number of components, K, at most M.
    fewer : sequence of (weights, means, variances)
        Mixtures of K − 1 components. Each of their components is cut in two,
        and a new one, narrow or wide, is put at each of nine quantiles.
    hot : sequence of (weight, mean, variance)
        What a new component is to be where the first of them expects too little.
    k_means : Cuts, optional
        Of these values, where it has been made.

    Returns
    -------
    list of (weights, means, variances)
        Each with rising means.
    """
    total, rising = w.sum(), np.cumsum(w)
    equal = np.searchsorted(rising - w / 2, np.arange(1, n_components) / n_components * total)
    widest = np.sort(np.argsort(-np.diff(x), kind="stable")[: n_components - 1]) + 1
    cuts = [[0, *equal, x.size], (k_means or Cuts(x, w)).into(n_components), [0, *widest, x.size]]
    found = [groups(x, w, cut) for cut in cuts]
    mean, variance = _mean_and_variance(x, w)
    for theta in fewer:
        found += [split(theta, k) for k in range(n_components - 1)]
        places = x[np.searchsorted(rising, settings.QUANTILES * total)]
        found += [_with(theta, place, width**2 * variance) for place in places for width in settings.NEW_WIDTHS]
        found.append(_with(theta, mean, settings.COVERING**2 * variance))
    found += [_with(fewer[0], place, own, share) for share, place, own in hot]
    # In the order of the means, so that of two ends that are mirror images the same one is found whatever rounds.
    return [tuple(array[np.argsort(theta[1])] for array in theta) for theta in found]


def random_starts(x, w, n_components, rng, n_random):
    """Return random starts: values of the data as means, and any weights and variances.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Values and their positive weights.
    n_components : int
        The number of components, K.
    rng : numpy.random.Generator
        Their source.
    n_random : int
        How many.

    Returns
    -------
    list of (weights, means, variances)
        Each with rising means.
    """
    _, variance = _mean_and_variance(x, w)
    found = []
    for _ in range(n_random):
        means = rng.choice(x, n_components, replace=x.size < n_components, p=w / w.sum())
        weights = rng.dirichlet(np.full(n_components, settings.DIRICHLET))
        widths = rng.uniform(settings.LEAST_RANDOM_VARIANCE, 1, n_components)
        order = np.argsort(means)
        found.append((weights[order], means[order], variance * widths[order]))
    return found


def in_windows(x, w, windows, least):
    """Return the weight, mean and variance of a component for each window.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and their positive weights.
    windows : sequence of (first, last, excess, …)
        As :func:`gmm.engine.scan.hot_windows` returns them.
    least : float
        No variance is below this.

    Returns
    -------
    list of (weight, mean, variance)
    """
    moments = [_mean_and_variance(x[first:last], w[first:last]) for first, last, *_ in windows]
    return [(excess, mean, max(own, least)) for (_, _, excess, *_), (mean, own) in zip(windows, moments)]


def split(theta, k, into=None):
    """Cut a component in two halves, 1.4 standard deviations apart.

    Parameters
    ----------
    theta : (weights, means, variances)
        The mixture.
    k : int
        The component to cut.
    into : int, optional
        The component whose place the second half takes; without it, the half
        is appended.

    Returns
    -------
    weights, means, variances : ndarray
        The mixture as a whole keeps its mean and its variance.
    """
    pi, mu, var = (np.append(array, 0.0) if into is None else array.copy() for array in theta)
    into = pi.size - 1 if into is None else into
    half = settings.HALF * np.sqrt(var[k])
    pi[k] = pi[into] = pi[k] / 2
    mu[into], mu[k] = mu[k] + half, mu[k] - half
    var[k] = var[into] = var[k] - half**2
    return pi / pi.sum(), mu, var


def _with(theta, mean, variance, weight=settings.NEW_WEIGHT):
    """Return the mixture with one component more."""
    pi, mu, var = theta
    return np.append((1 - weight) * pi, weight), np.append(mu, mean), np.append(var, variance)


def short_runs(x, w, thetas, n_steps, equal_variances=False, min_variance=0.0):
    """Run EM from many starts at once.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Values and their weights.
    thetas : sequence of (weights, means, variances)
        S starts with K components each.
    n_steps : int
        How many steps.
    equal_variances, min_variance
        As in :func:`gmm.fit`.

    Returns
    -------
    heights : ndarray, shape (S,)
        The log-likelihood at which each ended.
    theta : (weights, means, variances), each of shape (S, K)
        Where.
    gains : ndarray, shape (S, K)
        What each component gains there.
    """
    theta = tuple(np.array(arrays) for arrays in zip(*thetas))
    if isinstance(x, Classes):
        return _short_runs_on_classes(x, w, theta, n_steps, equal_variances, min_variance)
    # Room of one's own: arrays of this size are slow to come by.
    deviation, square, gamma = np.empty((3, *theta[0].shape, x.size))
    for step in range(n_steps + 1):
        pi, mu, var = (array[..., np.newaxis] for array in theta)
        np.subtract(x, mu, out=deviation)
        np.multiply(deviation, deviation, out=square)
        np.multiply(square, -0.5 / var, out=gamma)
        with np.errstate(divide="ignore"):
            gamma += np.log(pi / np.sqrt(2 * np.pi * var))
        log_f = share_out(gamma)
        if step == n_steps:
            break
        gamma *= w
        first, second = (np.einsum("skn,skn->sk", gamma, array) for array in (deviation, square))
        theta = update(theta, gamma.sum(axis=-1), first, second, equal_variances, min_variance)
    return _ended(log_f, theta, gamma, w)


def _short_runs_on_classes(x, w, theta, n_steps, equal_variances, min_variance):
    """Run EM from many starts at once on classes (``eq:truncated``)."""
    for step in range(n_steps + 1):
        gamma, moments = x.truncated(theta)
        with np.errstate(divide="ignore"):
            gamma += np.log(theta[0])[..., np.newaxis]
        log_f = share_out(gamma)
        if step == n_steps:
            break
        gamma *= w
        first, second = (np.einsum("skn,skn->sk", gamma, moment) for moment in moments[:2])
        sums = gamma.sum(axis=-1), first * np.sqrt(theta[2]), second * theta[2]
        theta = update(theta, *sums, equal_variances, min_variance)
    return _ended(log_f, theta, gamma, w)


def _ended(log_f, theta, gamma, w):
    return log_f @ w, theta, gains(theta, gamma, w)
