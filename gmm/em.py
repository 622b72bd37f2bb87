"""EM as the chapters derive it: the E-step, the M-step, and the two in turn."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.engine.exact import Statistics
from gmm.engine.recorded import as_recorded
from gmm.mixture import Mixture, check_mixture
from gmm.unit import counted, move, standardise

__all__ = [
    "ConvergenceWarning",
    "Path",
    "coincide",
    "e_step",
    "iterate",
    "log_likelihood",
    "m_step",
    "maximise",
    "pooled",
]

# A standard deviation below this share of the data's own counts as collapsed: the
# component sits on one value, where the likelihood has no maximum, and its digits are rounding.
COLLAPSED = 1e-8
# Two components closer than this, in standard deviations, count as one. EM
# crawls away from such a saddle, so a small move there is no convergence.
COINCIDE = 1e-6


class ConvergenceWarning(UserWarning):
    """A fit ended without converging: it ran out of iterations, or a component collapsed."""


def log_likelihood(
    x: ArrayLike,
    mixture: Mixture,
    *,
    sample_weight: ArrayLike | None = None,
    width: float | None = None,
    edges: ArrayLike | None = None,
) -> float:
    """Return the log-likelihood of data, Σ_n log f(x_n), or of the classes that are known of them.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    mixture : Mixture
        The density f.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.
    width, edges : optional
        How the observations were recorded, as in :func:`gmm.fit`. Each then
        adds the logarithm of the probability of its class.

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
    page 433. That of classes is ``eq:class-likelihood``.

    Examples
    --------
    >>> print(round(log_likelihood([-1.0, 1.0], Mixture(1.0, 0.0, 1.0)), 4))
    -2.8379
    """
    x, sample_weight = check.data(x, sample_weight)
    check_mixture(mixture, "mixture")
    x, sample_weight = counted(sample_weight, x, sample_weight)
    x, recorded = as_recorded(x, width, edges)
    if recorded is not None:
        return Statistics.of(recorded.classes(x), mixture, sample_weight).log_likelihood
    return float(sample_weight @ mixture.log_pdf(x))


def e_step(x: ArrayLike, mixture: Mixture) -> np.ndarray:
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


def m_step(
    x: ArrayLike, gamma: ArrayLike, *, equal_variances: bool = False, sample_weight: ArrayLike | None = None
) -> Mixture:
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
    >>> print(m_step([1.0, 3.0, 7.0, 9.0], [[1, 0], [1, 0], [0, 1], [0, 1]]))
    Mixture(weights=[0.5, 0.5], means=[2, 8], variances=[1, 1])
    """
    x, sample_weight = check.data(x, sample_weight)
    gamma = check.responsibilities(gamma, x)
    x, gamma, sample_weight = counted(sample_weight, x, gamma, sample_weight)
    z, unit = standardise(x)
    nk, means, variances = maximise(z, gamma, sample_weight, equal_variances)
    _refuse_degenerate(nk, unit.centre + unit.scale * means, variances, rounding=8 * np.finfo(float).eps * np.ptp(z))
    return Mixture(*unit.outward((nk / nk.sum(), means, variances)))


def maximise(
    z: np.ndarray, gamma: np.ndarray, sample_weight: np.ndarray, equal_variances: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
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


@dataclass(frozen=True, repr=False, eq=False)
class Path:
    """The mixtures that EM went through, from :func:`iterate`.

    Attributes
    ----------
    mixtures : tuple of Mixture, length n_iter + 1
        The start, then the mixture after each E-step and M-step.
    log_likelihoods : ndarray, shape (n_iter + 1,)
        Of all the data at each of them, in nats. It never falls
        (``eq:em-chain``).
    converged : bool
        Whether the last step moved nothing by more than ``tol``.
    collapsed : bool
        Whether the next step would leave a component without data, or without
        a variance.
    message : str
        How it ended, in one sentence.
    mixture, log_likelihood, n_iter
        The last mixture, its log-likelihood, and how many steps led there.
    """

    mixtures: tuple[Mixture, ...]
    log_likelihoods: np.ndarray
    converged: bool
    collapsed: bool
    message: str

    @property
    def mixture(self) -> Mixture:
        """The last mixture."""
        return self.mixtures[-1]

    @property
    def log_likelihood(self) -> float:
        """The log-likelihood of the last mixture, in nats."""
        return float(self.log_likelihoods[-1])

    @property
    def n_iter(self) -> int:
        """How many steps were taken."""
        return len(self.mixtures) - 1

    def __repr__(self) -> str:
        return f"Path({self.n_iter} steps to {self.mixture}, log_likelihood={self.log_likelihood:.4f}, {self.message})"


def iterate(
    x: ArrayLike,
    start: Mixture,
    *,
    equal_variances: bool = False,
    sample_weight: ArrayLike | None = None,
    tol: float = 1e-8,
    max_iter: int = 10_000,
) -> Path:
    """Take E-steps and M-steps in turn, as the chapters do.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    start : Mixture
        Where to begin.
    equal_variances : bool
        Whether the components share one variance. A start whose variances
        differ then begins with their weighted mean.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.
    tol : float
        The end is reached when a step moves no mean and no standard deviation
        by more than `tol` standard deviations of its component, and no weight
        by more than `tol`. With 0 exactly `max_iter` steps are taken.
    max_iter : int
        The largest number of steps.

    Returns
    -------
    Path
        Each mixture on the way, and how it ended.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range, if all
        observations are equal, or if their spread is beyond the range of a
        float.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` ran out (with `tol` above 0), or if a component ran out
        of data or collapsed onto one value; the path ends before that.

    Notes
    -----
    Equations ``eq:e-step`` and ``eq:m-step`` of the book; Dempster, Laird &
    Rubin (1977), section 4.3, page 15; Bishop (2006), section 9.2.2, page 438.
    The chapter ``em.ipynb`` derives them. :func:`gmm.fit` reaches the same
    maxima in a fraction of the time, and certifies them.

    Examples
    --------
    >>> path = iterate([1.0, 2.0, 3.0, 11.0, 12.0, 13.0], Mixture([0.5, 0.5], [0.0, 9.0], [4.0, 4.0]))
    >>> print(path.mixture.means.round(6), path.converged)
    [ 2. 12.] True
    """
    x, sample_weight = check.data(x, sample_weight)
    x, sample_weight = counted(sample_weight, x, sample_weight)
    check_mixture(start, "start")
    tol, max_iter = check.tolerance(tol, "tol"), check.whole_number(max_iter, "max_iter", 0)
    check.varies(x.min(), x.max())
    start = pooled(start) if equal_variances else start
    z, unit = standardise(x)
    mixtures, heights, ending = _run(z, sample_weight, Mixture(*unit.inward(start)), equal_variances, tol, max_iter)
    log_likelihoods = np.array(heights) - sample_weight.sum() * np.log(unit.scale)
    log_likelihoods.setflags(write=False)
    # The start comes back as it was given, to the last digit.
    outward = (start, *(Mixture(*unit.outward(mixture)) for mixture in mixtures[1:]))
    path = Path(outward, log_likelihoods, *ending)
    if not path.converged and (tol > 0 or path.collapsed):
        warnings.warn(path.message, ConvergenceWarning, stacklevel=2)
    return path


def _run(z, sample_weight, mixture, equal_variances, tol, max_iter):
    """Return the mixtures, their log-likelihoods, and whether EM converged, collapsed, and how it ended in words."""
    least = COLLAPSED**2 * np.average((z - np.average(z, weights=sample_weight)) ** 2, weights=sample_weight)
    log_f, gamma = mixture._posterior(z)
    mixtures, heights = [mixture], [float(sample_weight @ log_f)]
    for n_iter in range(max_iter):
        nk, means, variances = maximise(z, gamma, sample_weight, equal_variances)
        if not (np.all(nk > 0) and np.all(variances > least)):
            return mixtures, heights, (False, True, _collapse(nk, variances, n_iter))
        before, mixture = mixture, Mixture(nk / nk.sum(), means, variances)
        log_f, gamma = mixture._posterior(z)
        mixtures.append(mixture)
        heights.append(float(sample_weight @ log_f))
        if tol > 0 and move(tuple(before), tuple(mixture)) <= tol and not coincide(mixture):
            return mixtures, heights, (True, False, f"converged after {_times(n_iter + 1)}")
    remedy = ": raise max_iter or start elsewhere" if tol > 0 else ""
    return mixtures, heights, (False, False, f"stopped at max_iter={max_iter} without converging{remedy}")


def _collapse(nk, variances, n_iter):
    """Return which component has no data, or no variance, and the remedy."""
    empty = np.flatnonzero(~(nk > 0))
    if empty.size:
        return (
            f"stopped after {_times(n_iter)}: component {empty[0]} ran out of data. "
            "Start elsewhere or use fewer components"
        )
    return (
        f"stopped after {_times(n_iter)}: component {int(variances.argmin())} collapsed onto one value, "
        "where the likelihood has no maximum. Start elsewhere, use fewer components, or set equal_variances=True"
    )


def _times(n_iter):
    return f"{n_iter} iteration" if n_iter == 1 else f"{n_iter} iterations"


def coincide(mixture: Mixture) -> bool:
    """Tell whether two components have become one.

    Parameters
    ----------
    mixture : Mixture
        Any.

    Returns
    -------
    bool
        Whether the means and the standard deviations of two components differ
        by less than a millionth of a standard deviation.
    """
    mu, sigma = mixture.means, np.sqrt(mixture.variances)
    apart = np.abs(np.subtract.outer(mu, mu)) / sigma + np.abs(np.log(np.divide.outer(sigma, sigma)))
    return bool((apart[np.triu_indices(mu.size, 1)] < COINCIDE).any())


def pooled(mixture: Mixture) -> Mixture:
    """Return the mixture with one variance, the weighted mean of its variances.

    Parameters
    ----------
    mixture : Mixture
        Any.

    Returns
    -------
    Mixture
        The same where its variances are equal already.
    """
    pi, mu, var = mixture
    return mixture if np.ptp(var) == 0 else Mixture(pi, mu, np.full_like(var, pi @ var))


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
