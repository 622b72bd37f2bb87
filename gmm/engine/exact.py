"""One exact EM step over all the data, in blocks that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gmm.engine import settings
from gmm.engine.recorded import Classes

__all__ = ["Statistics", "share_out", "update"]


@dataclass(frozen=True, eq=False)
class Statistics:
    """What an EM step takes from data: the sufficient statistics at a mixture.

    Two of them, made of two shares of the data at the same mixture, add.

    Attributes
    ----------
    mixture : tuple of ndarray
        The weights, means and variances at which they were taken.
    log_likelihood : float
        Σ w_n log f(x_n), in nats.
    nk, first, second : ndarray, shape (K,)
        Σ w_n γ(n, k), the same with x_n − μ_k, and with its square.

    Notes
    -----
    Equation ``eq:residual-step`` of the book. Squares are taken about the old
    mean, never about 0: that form would lose every digit under a large offset.

    Examples
    --------
    >>> from gmm import Mixture, e_step, m_step
    >>> mixture = Mixture([0.5, 0.5], [2.0, 8.0], [1.0, 1.0])
    >>> left, right = Statistics.of([1.0, 3.0], mixture), Statistics.of([7.0, 9.0], mixture)
    >>> pi, mu, var = (left + right).updated()
    >>> print(pi.round(4), mu.round(4), var.round(4))
    [0.5 0.5] [2. 8.] [1.0001 1.0001]
    """

    mixture: tuple[np.ndarray, np.ndarray, np.ndarray]
    log_likelihood: float
    nk: np.ndarray
    first: np.ndarray
    second: np.ndarray

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        mixture: Iterable[np.ndarray],
        sample_weight: ArrayLike | None = None,
        *,
        watch: Callable[[int], object] | None = None,
    ) -> Statistics:
        """Take the statistics of observations.

        Parameters
        ----------
        x : array_like, shape (N,), or Classes
            Observations, finite, or the classes that are known of them.
        mixture : Mixture or tuple of ndarray
            The current weights, means and variances.
        sample_weight : array_like, shape (N,), optional
            How often each observation counts; 1 each when left out.
        watch : callable, optional
            Told after each block how many observations it had.

        Returns
        -------
        Statistics
        """
        sample_weight = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
        pi, mu, var = mixture
        if isinstance(x, Classes):
            return cls._of_classes(x, (pi, mu, var), sample_weight, watch)
        x = np.asarray(x, dtype=float)
        with np.errstate(divide="ignore"):  # log 0 = −inf is right for an empty component
            constant = (np.log(pi) - 0.5 * np.log(2 * np.pi * var))[:, np.newaxis]
        per_variance = (-0.5 / var)[:, np.newaxis]
        log_likelihood, sums = 0.0, np.zeros((3, pi.size))
        size = max(1, min(x.size, settings.EXACT_BLOCK // pi.size))
        room = np.empty((3, pi.size, size))
        for n in range(0, x.size, size):
            block = x[n : n + size]
            deviation, square, gamma = room[:, :, : block.size]
            np.subtract(block, mu[:, np.newaxis], out=deviation)
            np.multiply(deviation, deviation, out=square)
            np.multiply(square, per_variance, out=gamma)
            gamma += constant
            log_f = share_out(gamma)
            if sample_weight is None:
                log_likelihood += log_f.sum()
            else:
                weight = sample_weight[n : n + size]
                gamma *= weight
                log_likelihood += weight @ log_f
            sums[0] += gamma.sum(axis=1)
            sums[1] += np.einsum("kn,kn->k", gamma, deviation)
            sums[2] += np.einsum("kn,kn->k", gamma, square)
            if watch is not None:
                watch(block.size)
        return cls((pi, mu, var), float(log_likelihood), *sums)

    @classmethod
    def _of_classes(cls, x, mixture, sample_weight, watch):
        """Take the statistics of classes: x − μ_k and its square are expected values (``eq:truncated``)."""
        pi, _, var = mixture
        log_likelihood, sums = 0.0, np.zeros((3, pi.size))
        size = max(1, settings.EXACT_BLOCK // pi.size)
        for n in range(0, x.size, size):
            block = x[n : n + size]
            gamma, moments = block.truncated(mixture)
            with np.errstate(divide="ignore"):
                gamma += np.log(pi)[:, np.newaxis]
            log_f = share_out(gamma)
            w = np.ones(block.size) if sample_weight is None else sample_weight[n : n + size]
            log_likelihood += w @ log_f
            sums += gamma @ w, (gamma * moments[0]) @ w * np.sqrt(var), (gamma * moments[1]) @ w * var
            if watch is not None:
                watch(block.size)
        return cls(mixture, float(log_likelihood), *sums)

    def __add__(self, other: Statistics) -> Statistics:
        if not isinstance(other, Statistics):
            return NotImplemented
        if not all(np.array_equal(a, b) for a, b in zip(self.mixture, other.mixture)):
            raise ValueError("the two statistics were taken at different mixtures. Take both at the same one.")
        return Statistics(
            self.mixture,
            self.log_likelihood + other.log_likelihood,
            self.nk + other.nk,
            self.first + other.first,
            self.second + other.second,
        )

    def updated(
        self, equal_variances: bool = False, min_variance: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the weights, means and variances after the step."""
        return update(self.mixture, self.nk, self.first, self.second, equal_variances, min_variance)


def share_out(log_terms):
    """Turn log π_k + log N(x_n | μ_k, σ_k²) into γ(n, k), in place, and return log f(x_n).

    Parameters
    ----------
    log_terms : ndarray, shape (..., K, N)
        On return the responsibilities, which sum to 1 along K.

    Returns
    -------
    ndarray, shape (..., N)
        The log-densities (``eq:log-sum-exp``).
    """
    largest = log_terms.max(axis=-2, keepdims=True)
    log_terms -= largest
    np.maximum(log_terms, settings.LOWEST_EXPONENT, out=log_terms)
    np.exp(log_terms, out=log_terms)
    total = log_terms.sum(axis=-2, keepdims=True)
    log_terms /= total
    return (largest + np.log(total))[..., 0, :]


def update(mixture, nk, first, second, equal_variances=False, min_variance=0.0):
    """Return the M-step from the sums about the old means (``eq:residual-step``), all of shape (..., K)."""
    _, mu, _ = mixture
    filled = np.maximum(nk, settings.NOTHING)
    total = nk.sum(axis=-1, keepdims=True)
    shift = first / filled
    var = second / filled - shift**2
    if equal_variances:
        var = np.broadcast_to((nk * var).sum(axis=-1, keepdims=True) / total, var.shape)
    return nk / total, mu + shift, np.maximum(var, min_variance)
