"""Where a fit may begin."""

import numpy as np

from gmm import check
from gmm.mixture import Mixture

__all__ = ["candidates"]


def candidates(x, sample_weight, n_components, rng=None, n_random=0):
    """Yield starting mixtures, the deterministic ones first.

    Each cuts the sorted data into K groups: equal shares, k-means, the widest
    gaps, and k-means by one round from means drawn at random.

    Parameters
    ----------
    x, sample_weight : ndarray, shape (N,)
        Observations and their positive weights.
    n_components : int
        The number of components, K.
    rng : numpy.random.Generator or int, optional
        The source of the random starts; without it there are none.
    n_random : int
        How many random starts.

    Yields
    ------
    Mixture
        One for each way to cut: the groups' shares, means and variances.
    """
    order = np.argsort(x, kind="stable")
    x, sample_weight = x[order], sample_weight[order]
    shares = (np.arange(n_components) + 0.5) / n_components
    centres = x[np.searchsorted(np.cumsum(sample_weight), shares * sample_weight.sum())]
    yield _from_groups(x, sample_weight, _equal_groups(sample_weight, n_components), n_components)
    yield _from_groups(x, sample_weight, _k_means_groups(x, sample_weight, centres), n_components)
    yield _from_groups(x, sample_weight, _gap_groups(x, n_components), n_components)
    if rng is not None:
        rng = check.generator(rng)
        for _ in range(n_random):
            drawn = np.sort(rng.choice(x, size=n_components, replace=False))
            yield _from_groups(x, sample_weight, _k_means_groups(x, sample_weight, drawn, n_rounds=1), n_components)


def _equal_groups(sample_weight, n_components):
    """Return a group for each sorted observation: K groups of nearly equal weight."""
    middle = np.cumsum(sample_weight) - sample_weight / 2
    return np.minimum((middle / sample_weight.sum() * n_components).astype(int), n_components - 1)


def _k_means_groups(x, sample_weight, centres, n_rounds=100):
    """Return a group for each sorted observation, by Lloyd's k-means from `centres`."""
    for _ in range(n_rounds):
        groups = np.searchsorted((centres[1:] + centres[:-1]) / 2, x)
        totals = np.bincount(groups, sample_weight, len(centres))
        sums = np.bincount(groups, sample_weight * x, len(centres))
        moved = np.where(totals > 0, sums / np.where(totals > 0, totals, 1), centres)
        if np.array_equal(moved, centres):
            break
        centres = moved
    return groups


def _gap_groups(x, n_components):
    """Return a group for each sorted observation, cut at the K − 1 widest gaps."""
    cuts = np.sort(np.argsort(-np.diff(x), kind="stable")[: n_components - 1])
    return np.searchsorted(cuts, np.arange(x.size) - 0.5)


def _from_groups(x, sample_weight, groups, n_components):
    """Return the mixture of the groups' shares, means and variances.

    No variance is below a hundredth of the whole data's. An empty group gets
    the whole data's mean and variance, and the share of half an observation.
    """
    mean = np.average(x, weights=sample_weight)
    variance = np.average((x - mean) ** 2, weights=sample_weight)
    share = sample_weight.mean() / 2
    pi, mu, var = (np.full(n_components, value) for value in (share, mean, variance))
    for k in range(n_components):
        member = groups == k
        if member.any():
            pi[k] = sample_weight[member].sum()
            mu[k] = np.average(x[member], weights=sample_weight[member])
            var[k] = max(np.average((x[member] - mu[k]) ** 2, weights=sample_weight[member]), variance / 100)
    return Mixture(pi / pi.sum(), mu, var)
