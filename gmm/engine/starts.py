"""Where a fit may begin."""

from itertools import pairwise

import numpy as np

from gmm.engine import settings
from gmm.engine.exact import share_out, update

__all__ = ["candidates", "groups", "k_means", "short_runs", "split", "thinned"]


def thinned(x, w, most=settings.MOST_START_GROUPS):
    """Return groups of neighbours, on which the short runs go.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and their positive weights.
    most : int
        How many groups at most.

    Returns
    -------
    x, w : ndarray
        Means and weights of the groups.
    """
    if x.size <= most:
        return x, w
    starts = np.arange(most) * x.size // most
    sums = np.add.reduceat(w, starts)
    return np.add.reduceat(w * x, starts) / sums, sums


def k_means(x, w, n_components):
    """Return where to cut rising weighted values into K groups of least squared distance to their means.

    Exact, by dynamic programming: the best K groups of the first j values are
    the best K − 1 groups of the first i, and one more group.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and positive weights; the work grows with K M².
    n_components : int
        The number of groups, K, at most M.

    Returns
    -------
    ndarray of int, shape (K + 1,)
        Group k is x[cuts[k]:cuts[k + 1]].

    Notes
    -----
    Wang & Song (2011), *The R Journal* 3(2), page 29.

    Examples
    --------
    >>> print(k_means(np.array([1.0, 2.0, 8.0, 9.0, 20.0]), np.ones(5), 3))
    [0 2 4 5]
    """
    if n_components == 1:
        return np.array([0, x.size])
    share = w / w.sum()
    sums = [np.concatenate([[0.0], np.cumsum(share * x**power)]) for power in range(3)]
    # Σ (x − mean)² of the group from i to j, where i < j: in place, since M² values fill some MiB.
    cost = np.subtract.outer(sums[1], sums[1])
    cost *= cost
    with np.errstate(invalid="ignore", divide="ignore"):
        cost /= np.subtract.outer(sums[0], sums[0])
    cost -= np.subtract.outer(sums[2], sums[2])
    np.maximum(cost, 0, out=cost)
    cost[np.tri(x.size + 1, dtype=bool)] = np.inf
    best, cut = cost[0], []
    for k in range(2, n_components + 1):
        # The last group ends with the last value.
        paths = best[:, np.newaxis] + (cost if k < n_components else cost[:, -1:])
        cut.append(paths.argmin(axis=0))
        best = paths.min(axis=0)
    cuts = [-1]
    for before in reversed(cut):
        cuts.append(before[cuts[-1]])
    return np.array([0, *reversed(cuts[1:]), x.size])


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


def candidates(x, w, n_components, fewer=(), rng=None, n_random=0):
    """Return starts: cuts of the data, what smaller mixtures grow to, and random ones.

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
    rng : numpy.random.Generator, optional
        The source of random starts.
    n_random : int
        How many of them.

    Returns
    -------
    list of (weights, means, variances)
        Each with rising means.
    """
    total, rising = w.sum(), np.cumsum(w)
    equal = np.searchsorted(rising - w / 2, np.arange(1, n_components) / n_components * total)
    widest = np.sort(np.argsort(-np.diff(x), kind="stable")[: n_components - 1]) + 1
    cuts = [[0, *equal, x.size], k_means(x, w, n_components), [0, *widest, x.size]]
    found = [groups(x, w, cut) for cut in cuts]
    mean, variance = _mean_and_variance(x, w)
    for theta in fewer:
        found += [split(theta, k) for k in range(n_components - 1)]
        places = x[np.searchsorted(rising, settings.QUANTILES * total)]
        found += [_with(theta, place, width**2 * variance) for place in places for width in settings.NEW_WIDTHS]
        found.append(_with(theta, mean, settings.COVERING**2 * variance))
    for _ in range(n_random):
        drawn = rng.choice(x, n_components, replace=x.size < n_components, p=w / total)
        weights = rng.dirichlet(np.full(n_components, settings.DIRICHLET))
        widths = rng.uniform(settings.LEAST_RANDOM_VARIANCE, 1, n_components)
        found.append((weights, drawn, variance * widths))
    # In the order of the means, so that of two ends that are mirror images the same one is found whatever rounds.
    return [tuple(array[np.argsort(theta[1])] for array in theta) for theta in found]


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


def _with(theta, mean, variance):
    """Return the mixture with one component more."""
    pi, mu, var = theta
    weight = settings.NEW_WEIGHT
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
    list of (log_likelihood, theta)
        Where each ended.
    """
    theta = tuple(np.array(arrays) for arrays in zip(*thetas))
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
    return [(float(height), tuple(ends)) for height, *ends in zip(log_f @ w, *theta)]
