"""What chance can do: how much a narrow component gains by it, and where a mixture misses more than that.

Any few observations that happen to lie close together make a maximum of their
own. Say that in the window of a component the rest of the mixture expects e of
the N observations. There are about N/e such windows. A gain of t nats has a
probability of some exp(−t) in each, so that the best of all gains log(N/e)
and a few nats more, by chance alone.
"""

import numpy as np

from gmm.engine import settings

__all__ = ["beyond_chance", "closer", "gains", "hot_windows", "surplus"]


def gains(theta, gamma, w):
    """Return by how many nats each component raises the log-likelihood above that of the others.

    Parameters
    ----------
    theta : tuple of ndarray, shape (..., K)
        Weights, means and variances.
    gamma : ndarray, shape (..., K, M)
        Responsibilities.
    w : ndarray, shape (M,)
        The weights of the values.

    Returns
    -------
    ndarray, shape (..., K)
        Σ w (log f − log f₋ₖ), where f₋ₖ is the mixture without component k. It is
        N log(1 − π_k) − Σ w log(1 − γ_k).
    """
    without = 1 - gamma
    np.maximum(without, settings.LEAST_WITHOUT, out=without)
    np.log(without, out=without)
    return w.sum() * np.log1p(-np.minimum(theta[0], 1 - settings.LEAST_WITHOUT)) - without @ w


def surplus(theta, gained, total, resolution=0.0):
    """Return how many windows like that of each component there are, and its gain beyond their logarithm.

    Parameters
    ----------
    theta : tuple of ndarray, shape (..., K)
        Weights, means and variances.
    gained : ndarray, shape (..., K)
        What :func:`gains` returned.
    total : float
        The number of observations, N.
    resolution : float
        No window is narrower.

    Returns
    -------
    windows, surplus : ndarray, shape (..., K)
        N / e, where e is what the others expect in a window of the width
        2√π σ_k, the inverse of ∫ N(x | μ_k, σ_k²)² dx, on the average over the component.
    """
    pi, mu, var = theta
    between = var[..., :, np.newaxis] + var[..., np.newaxis, :]
    apart = mu[..., :, np.newaxis] - mu[..., np.newaxis, :]
    with np.errstate(under="ignore", over="ignore"):
        seen = np.exp(-0.5 * apart**2 / between) / np.sqrt(2 * np.pi * between) * pi[..., np.newaxis, :]
    k = np.arange(pi.shape[-1])
    seen[..., k, k] = 0
    width = np.maximum(2 * np.sqrt(np.pi * var), resolution)
    share = width * seen.sum(axis=-1) / np.maximum(1 - pi, settings.LEAST_WITHOUT)
    windows = 1 / np.maximum(share, settings.LEAST_WITHOUT * np.maximum(pi, 1 / total))
    return windows, gained - np.log(windows)


def beyond_chance(theta, gained, total, resolution=0.0):
    """Return by how much each component's gain exceeds what the best window of its width gains by chance.

    Parameters
    ----------
    theta, gained, total, resolution
        As in :func:`surplus`.

    Returns
    -------
    ndarray, shape (..., K)
        In nats. Below 0 the component may well be an accident; of one that is
        not narrow it is infinite.

    Notes
    -----
    The level was chosen by simulation: ``python -m benchmarks.accidents``.
    """
    windows, beyond = surplus(theta, gained, total, resolution)
    level = settings.CHANCE + np.log(max(np.log(max(total, 2.0)), 1.0))
    return np.where(windows > settings.NARROW_WINDOWS, beyond - level, np.inf)


def hot_windows(x, w, theta, most=None):
    """Return windows in which there are more observations than a mixture expects, beyond what chance does.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Rising values and their positive weights.
    theta : (weights, means, variances)
        The mixture.
    most : int, optional
        How many windows at most.

    Returns
    -------
    list of (first, last, excess, beyond)
        Each holds x[first:last]; the one that gains most beyond the logarithm
        of the number of such windows is the first, and by how much is told
        last. The excess is the share of the observations that was not expected.
    """
    most = settings.HOT_WINDOWS if most is None else most
    pi, mu, var = (array[:, np.newaxis] for array in theta)
    with np.errstate(under="ignore"):
        density = (pi / np.sqrt(2 * np.pi * var) * np.exp(-0.5 * (x - mu) ** 2 / var)).sum(axis=0)
    edges = np.concatenate([x[:1], (x[1:] + x[:-1]) / 2, x[-1:]])
    total = w.sum()
    expected = np.concatenate([[0.0], np.cumsum(total * density * np.diff(edges))])
    counted = np.concatenate([[0.0], np.cumsum(w)])
    best = []
    for size in settings.WINDOW_SIZES[x.size // 3 >= settings.WINDOW_SIZES]:
        n = counted[size:] - counted[:-size]
        e = np.maximum(expected[size:] - expected[:-size], settings.LEAST_EXPECTED)
        beyond = n * np.log(n / e) - (n - e) - np.log(total / e)
        beyond[(n <= e) | (e * settings.NARROW_WINDOWS > total)] = -np.inf
        first = int(beyond.argmax())
        best.append((beyond[first], first, first + int(size), (n[first] - e[first]) / total))
    found = []
    for beyond, first, last, excess in sorted(best, reverse=True):
        if len(found) == most or not beyond > settings.HOT:
            break
        if all(last <= begin or first >= end for begin, end, *_ in found):
            found.append((first, last, excess, beyond))
    return found


def closer(first, last):
    """Return where groups begin that show the values of a window singly, or in many groups."""
    return first + np.arange(settings.IN_WINDOW + 1) * (last - first) // settings.IN_WINDOW
