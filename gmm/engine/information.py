"""How firmly the data hold a fit: covariances and standard errors from the curvature at its end."""

from statistics import NormalDist
from typing import NamedTuple

import numpy as np

__all__ = ["ConfidenceIntervals", "StandardErrors", "covariance", "standard_errors", "wald_intervals"]


class StandardErrors(NamedTuple):
    """How far chance moves each fitted parameter, as a standard deviation.

    Attributes
    ----------
    weights, means, variances : ndarray, shape (K,)
        Without a unit, in the unit of the data, and in that unit squared.
    sigmas : ndarray, shape (K,)
        Of the standard deviations, in the unit of the data.
    """

    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    sigmas: np.ndarray

    def __repr__(self):
        parts = (f"{name}=[{', '.join(f'{value:.4g}' for value in array)}]" for name, array in self._asdict().items())
        return f"StandardErrors({', '.join(parts)})"


class ConfidenceIntervals(NamedTuple):
    """The two ends of an interval for each fitted parameter.

    Attributes
    ----------
    weights, means, variances : ndarray, shape (K, 2)
        Without a unit, in the unit of the data, and in that unit squared.
    sigmas : ndarray, shape (K, 2)
        Of the standard deviations, in the unit of the data.
    level : float
        How often such intervals cover what they estimate, if the model is
        right and the data many.
    method : {"wald", "profile"}
        How they were found.
    """

    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    sigmas: np.ndarray
    level: float
    method: str

    def __repr__(self):
        parts = (
            f"{name}=[{', '.join(f'({low:.4g}, {high:.4g})' for low, high in array)}]"
            for name, array in list(self._asdict().items())[:4]
        )
        return f"ConfidenceIntervals({', '.join(parts)}, level={self.level:g}, method={self.method!r})"


def covariance(mixture, eigenvalues, eigenvectors, n_observations):
    """Return the covariance matrix of fitted weights, means and variances.

    Parameters
    ----------
    mixture : Mixture
        A maximum of the log-likelihood.
    eigenvalues, eigenvectors : ndarray, shapes (F,) and (3K, F)
        Of the Hessian per observation in the F free directions among log π_k,
        μ_k/σ_k and log σ_k²; all eigenvalues are negative.
    n_observations : float
        The number of observations, N.

    Returns
    -------
    ndarray, shape (3K, 3K)
        For the K weights, then the K means, then the K variances.

    Notes
    -----
    Equations ``eq:observed-information`` and ``eq:delta-method`` of the book;
    Efron & Hinkley (1978); McLachlan & Peel (2000), chapter 2.

    Examples
    --------
    For one normal the Hessian per observation is −1 in μ/σ and −1/2 in log σ².

    >>> from gmm import Mixture
    >>> vectors = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    >>> print(covariance(Mixture(1.0, 5.0, 4.0), np.array([-0.5, -1.0]), vectors, 100))
    [[0.   0.   0.  ]
     [0.   0.04 0.  ]
     [0.   0.   0.32]]
    """
    pi, _, var = mixture
    of_coordinates = eigenvectors / (-n_observations * eigenvalues) @ eigenvectors.T
    k = pi.size
    slopes = np.zeros((3 * k, 3 * k))
    # Of each parameter in the coordinates: a step in log π_k is divided among all by their sum being 1.
    slopes[:k, :k] = np.diag(pi) - np.outer(pi, pi)
    slopes[k:, k:] = np.diag(np.concatenate([np.sqrt(var), var]))
    return slopes @ of_coordinates @ slopes.T


def standard_errors(mixture, covariance):
    """Return the standard errors of weights, means, variances and standard deviations.

    Parameters
    ----------
    mixture : Mixture
        The fitted mixture.
    covariance : ndarray, shape (3K, 3K)
        Of its weights, means and variances.

    Returns
    -------
    StandardErrors
        Roots of the diagonal; for σ_k that of σ_k², over its slope 2σ_k.

    Examples
    --------
    >>> from gmm import Mixture
    >>> standard_errors(Mixture(1.0, 5.0, 4.0), np.diag([0.0, 0.04, 0.32]))
    StandardErrors(weights=[0], means=[0.2], variances=[0.5657], sigmas=[0.1414])
    """
    weights, means, variances = np.sqrt(np.diag(covariance)).reshape(3, -1)
    return StandardErrors(weights, means, variances, variances / (2 * np.sqrt(mixture.variances)))


def wald_intervals(mixture, errors, level):
    """Return each estimate, less and plus a quantile of the normal density times its standard error.

    Parameters
    ----------
    mixture : Mixture
        The fitted mixture.
    errors : StandardErrors
        Of its parameters.
    level : float
        Between 0 and 1.

    Returns
    -------
    ConfidenceIntervals

    Notes
    -----
    Equation ``eq:wald`` of the book.

    Examples
    --------
    >>> from gmm import Mixture
    >>> errors = standard_errors(Mixture(1.0, 5.0, 4.0), np.diag([0.0, 0.04, 0.32]))
    >>> print(wald_intervals(Mixture(1.0, 5.0, 4.0), errors, 0.95).means.round(3))
    [[4.608 5.392]]
    """
    reach = NormalDist().inv_cdf(0.5 + level / 2)
    estimates = (*mixture, np.sqrt(mixture.variances))
    ends = (np.stack([value - reach * error, value + reach * error], axis=1) for value, error in zip(estimates, errors))
    return ConfidenceIntervals(*ends, level, "wald")
