"""The E-step and the M-step, as the chapters derive them."""

import numpy as np

from gmm import check
from gmm.mixture import Mixture
from gmm.unit import counted, standardise

__all__ = ["check_mixture", "e_step", "log_likelihood", "m_step", "maximise"]


def log_likelihood(x, mixture, *, sample_weight=None):
    """Return the log-likelihood of data, Σ_n log f(x_n).

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    mixture : Mixture
        The density f.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.

    Returns
    -------
    float
        The sum, in nats.

    Raises
    ------
    TypeError, ValueError
        If the data are not finite, real, one-dimensional and non-empty, or
        `mixture` is no Mixture.

    Notes
    -----
    Equation ``eq:log-likelihood`` of the book; Bishop (2006), equation 9.14,
    page 433.

    Examples
    --------
    >>> print(round(log_likelihood([-1.0, 1.0], Mixture(1.0, 0.0, 1.0)), 4))
    -2.8379
    """
    x, sample_weight = check.data(x, sample_weight)
    check_mixture(mixture, "mixture")
    x, sample_weight = counted(sample_weight, x, sample_weight)
    return float(sample_weight @ mixture.log_pdf(x))


def e_step(x, mixture):
    """Return the responsibilities γ(n, k) of the components for the data.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    mixture : Mixture
        The current parameters.

    Returns
    -------
    ndarray, shape (N, K)
        γ(n, k); each row sums to 1.

    Raises
    ------
    TypeError, ValueError
        If the data are not finite, real, one-dimensional and non-empty, or
        `mixture` is no Mixture.

    Notes
    -----
    Equation ``eq:e-step`` of the book; Bishop (2006), equation 9.23, page 438.

    Examples
    --------
    >>> mixture = Mixture([0.5, 0.5], [-1.0, 1.0], [1.0, 1.0])
    >>> print(e_step([0.0, 9.0], mixture).round(4))
    [[0.5 0.5]
     [0.  1. ]]
    """
    x, _ = check.data(x)
    check_mixture(mixture, "mixture")
    return mixture.responsibilities(x)


def m_step(x, gamma, *, equal_variances=False, sample_weight=None):
    """Return the mixture that the responsibilities ask for.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    gamma : array_like, shape (N, K)
        Responsibilities γ(n, k); each row sums to 1.
    equal_variances : bool
        Whether the components share one variance.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.

    Returns
    -------
    Mixture
        Weights N_k / N, and the mean and variance of each component's share
        of the data.

    Raises
    ------
    TypeError, ValueError
        If the data or the responsibilities are not finite and real, if their
        lengths differ, if a row does not sum to 1, if a component is left with
        no data or with no variance, or if the spread of the data is beyond the
        range of a float.

    Notes
    -----
    Equations ``eq:nk``, ``eq:update-mean``, ``eq:update-variance`` and
    ``eq:update-weight`` of the book; Bishop (2006), equations 9.24 to 9.27,
    page 439. Variances are summed about the new mean, never as
    E[x²] − mean²: that form loses every digit under a large offset.

    Examples
    --------
    >>> m_step([1.0, 3.0, 7.0, 9.0], [[1, 0], [1, 0], [0, 1], [0, 1]])
    Mixture(weights=[0.5, 0.5], means=[2, 8], variances=[1, 1])
    """
    x, sample_weight = check.data(x, sample_weight)
    gamma = check.responsibilities(gamma, x)
    x, gamma, sample_weight = counted(sample_weight, x, gamma, sample_weight)
    z, unit = standardise(x)
    nk, means, variances = maximise(z, gamma, sample_weight, equal_variances)
    _refuse_degenerate(nk, unit.centre + unit.scale * means, variances, rounding=8 * np.finfo(float).eps * np.ptp(z))
    return Mixture(*unit.outward((nk / nk.sum(), means, variances)))


def maximise(z, gamma, sample_weight, equal_variances):
    """Return the sums of the M-step, of data that have been checked.

    Parameters
    ----------
    z, sample_weight : ndarray, shape (N,)
        Standardised observations and their positive weights.
    gamma : ndarray, shape (N, K)
        Responsibilities.
    equal_variances : bool
        Whether the components share one variance.

    Returns
    -------
    nk, means, variances : ndarray, shape (K,)
        N_k, and the mean and variance of each share; NaN where N_k is 0.
    """
    shares = gamma * sample_weight[:, np.newaxis]
    nk = shares.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = z @ shares / nk
        squares = (shares * (z[:, np.newaxis] - means) ** 2).sum(axis=0)
        variances = squares / nk
    if equal_variances:
        variances = np.full_like(nk, squares.sum() / nk.sum())
    return nk, means, variances


def check_mixture(value, name):
    """Return `value`, which has to be a mixture.

    Parameters
    ----------
    value : object
        What was passed.
    name : str
        The argument's name, for the message.

    Returns
    -------
    Mixture
        The same.

    Raises
    ------
    TypeError
        If it is another object.
    """
    if not isinstance(value, Mixture):
        raise TypeError(f"{name} must be a Mixture, but is {value!r:.60}. Build one with gmm.Mixture(...).")
    return value


def _refuse_degenerate(nk, means, variances, rounding):
    """Raise if a component has no data, or no variance beyond what rounding makes."""
    for k in range(nk.size):
        if nk[k] == 0:
            raise ValueError(f"gamma gives component {k} no data: its column is zero. Drop it or start elsewhere.")
        if variances[k] <= rounding**2:
            raise ValueError(
                f"gamma gives component {k} data of one value only, {means[k]:.6g}, so its variance would be 0. "
                "Use fewer components or start elsewhere."
            )
