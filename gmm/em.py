"""The E-step, the M-step and the fit that alternates them, as the chapters derive them."""

import warnings
from dataclasses import dataclass

import numpy as np

from gmm import check
from gmm import start as starts
from gmm.mixture import Mixture

__all__ = ["ConvergenceWarning", "Fit", "e_step", "fit", "log_likelihood", "m_step"]

# A standard deviation below this share of the data's own counts as collapsed:
# the component sits on one value, where the likelihood has no maximum.
COLLAPSE = 1e-8
# Two components closer than this, in standard deviations, count as one. EM
# crawls away from such a saddle, so a small move there is no convergence.
COINCIDE = 1e-6
# Iterations spent on each candidate start before the best goes on.
TRIAL_ITERATIONS = 30
RANDOM_STARTS = 10


class ConvergenceWarning(UserWarning):
    """A fit ended without converging: it ran out of iterations or a component collapsed."""


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
    _check_mixture(mixture, "mixture")
    x, sample_weight = _counted(sample_weight, x, sample_weight)
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
    _check_mixture(mixture, "mixture")
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
    x, gamma, sample_weight = _counted(sample_weight, x, gamma, sample_weight)
    z, unit = _standardise(x)
    nk, means, variances = _maximise(z, gamma, sample_weight, equal_variances)
    _refuse_degenerate(nk, unit.centre + unit.scale * means, variances, rounding=8 * np.finfo(float).eps * np.ptp(z))
    return unit.outward(Mixture(nk / nk.sum(), means, variances))


def _maximise(z, gamma, sample_weight, equal_variances):
    """Return N_k, the means and the variances; NaN where N_k is 0."""
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
class Fit:
    """What :func:`fit` found.

    Attributes
    ----------
    path : tuple of Mixture, length n_iter + 1
        The start, then the mixture after each iteration: an E-step and an
        M-step from the one before.
    log_likelihoods : ndarray, shape (n_iter + 1,)
        The log-likelihood of each, in nats. It never falls.
    mixture, log_likelihood
        The last of each: the fitted density and its log-likelihood.
    n_iter : int
        Iterations from the start.
    converged : bool
        Whether the last iteration moved nothing by more than ``tol``.
    message : str
        How the fit ended, in one sentence.
    n_observations : float
        The number of observations, or the sum of their weights.
    n_parameters : int
        Free parameters: 3K − 1, or 2K with equal variances.
    aic, bic : float
        Akaike's and Schwarz's criterion. Smaller is better.
    """

    path: tuple[Mixture, ...]
    log_likelihoods: np.ndarray
    converged: bool
    message: str
    n_observations: float
    n_parameters: int

    @property
    def mixture(self):
        """The fitted density."""
        return self.path[-1]

    @property
    def log_likelihood(self):
        """The log-likelihood of the fitted mixture, in nats."""
        return float(self.log_likelihoods[-1])

    @property
    def n_iter(self):
        """The number of iterations from the start."""
        return len(self.path) - 1

    @property
    def aic(self):
        """Akaike's criterion, −2 log L + 2p. Smaller is better (Akaike 1974, page 719)."""
        return -2 * self.log_likelihood + 2 * self.n_parameters

    @property
    def bic(self):
        """Schwarz's criterion, −2 log L + p log N. Smaller is better (Schwarz 1978, page 461)."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log(self.n_observations))

    def __repr__(self):
        return f"Fit({self.mixture}, log_likelihood={self.log_likelihood:.4f}, {self.message})"


def fit(
    x,
    n_components=2,
    *,
    start=None,
    equal_variances=False,
    sample_weight=None,
    tol=1e-8,
    max_iter=10_000,
    rng=None,
):
    """Fit a mixture of normals by expectation–maximisation.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations, in any unit.
    n_components : int
        The number of components, K. It may be left out when `start` is given.
    start : Mixture, optional
        Where to begin. Without it, a few deterministic starts are tried for
        30 iterations each and the best goes on.
    equal_variances : bool
        Whether the components share one variance. A start whose variances
        differ then begins with their weighted mean.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts: counts of equal values, for
        instance. 1 each when left out.
    tol : float
        The fit has converged when one iteration moves no mean and no standard
        deviation by more than `tol` standard deviations of its component, and
        no weight by more than `tol`. With 0 it runs `max_iter` iterations.
    max_iter : int
        The largest number of iterations.
    rng : numpy.random.Generator or int, optional
        Adds ten random starts, drawn from it, to the deterministic ones.

    Returns
    -------
    Fit
        The mixture, its log-likelihood, how it got there and how it ended.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range, if there are
        fewer observations than components, if all observations are equal, or
        if their spread is beyond the range of a float.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` ran out (with `tol` above 0), or if a component ran out
        of data or collapsed onto one value: its standard deviation fell below
        1e-8 of the data's. The result is then the last proper mixture.

    Notes
    -----
    Equations ``eq:e-step`` and ``eq:m-step`` of the book; Dempster, Laird &
    Rubin (1977), section 4.3, page 15; Bishop (2006), section 9.2.2, page 438.

    Examples
    --------
    >>> result = fit([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    >>> result.mixture
    Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.666667, 0.666667])
    >>> result.converged
    True
    """
    x, sample_weight = check.data(x, sample_weight)
    x, sample_weight = _counted(sample_weight, x, sample_weight)
    n_components = _check_components(n_components, start, x)
    max_iter = check.whole_number(max_iter, "max_iter", 0)
    tol = check.tolerance(tol, "tol")

    z, unit = _standardise(x)
    climb = _Climb(z, sample_weight, equal_variances, tol)
    if start is None:
        end = climb.best(starts.candidates(z, sample_weight, n_components, rng, RANDOM_STARTS), max_iter)
        first = unit.outward(end.steps[0])
    else:
        first = _pooled(start) if equal_variances else start
        end = climb.run(unit.inward(first), max_iter)
    if end.collapsed or (not end.converged and tol > 0):
        warnings.warn(end.message, ConvergenceWarning, stacklevel=2)
    total = float(sample_weight.sum())
    log_likelihoods = np.array(end.log_likelihoods) - total * np.log(unit.scale)
    log_likelihoods.setflags(write=False)
    return Fit(
        path=(first, *map(unit.outward, end.steps[1:])),
        log_likelihoods=log_likelihoods,
        converged=end.converged,
        message=end.message,
        n_observations=total,
        n_parameters=2 * n_components if equal_variances else 3 * n_components - 1,
    )


@dataclass(frozen=True)
class _Unit:
    """The unit in which the data are centred at 0 with a spread of about 1."""

    centre: float
    scale: float

    def inward(self, mixture):
        pi, mu, var = mixture
        return Mixture(pi, (mu - self.centre) / self.scale, var / self.scale**2)

    def outward(self, mixture):
        pi, mu, var = mixture
        return Mixture(pi, self.centre + self.scale * mu, var * self.scale**2)


def _standardise(x):
    """Return the data in that unit, and the unit.

    The centre is the median, which an outlier does not drag along. The scale
    is a power of two, so that dividing by it rounds nothing.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        centre = np.median(x)
        deviations = x - centre
        if not deviations.any():
            return deviations, _Unit(float(centre), 1.0)
        widest = np.abs(deviations).max()
        spread = widest * np.sqrt(np.mean((deviations / widest) ** 2))
        scale = 2.0 ** np.floor(np.log2(spread))
        representable = 1e-305 < scale**2 < 1e305
    if not representable:
        raise ValueError(
            f"x ranges from {x.min():.6g} to {x.max():.6g}: its variance is beyond the range of a float. "
            "Rescale x, or remove the outlier."
        )
    return deviations / scale, _Unit(float(centre), float(scale))


@dataclass
class _End:
    """How one run of the iteration ended."""

    steps: list
    log_likelihoods: list
    converged: bool = False
    collapsed: bool = False
    message: str = ""


class _Climb:
    """The iteration E, M, E, M, … on standardised data."""

    def __init__(self, x, sample_weight, equal_variances, tol):
        self.x, self.sample_weight, self.equal_variances, self.tol = x, sample_weight, equal_variances, tol
        mean = np.average(x, weights=sample_weight)
        self.floor = COLLAPSE**2 * np.average((x - mean) ** 2, weights=sample_weight)

    def best(self, mixtures, max_iter):
        """Try each start a little way, then climb from the best that does not collapse."""
        tries = [self.run(mixture, min(max_iter, TRIAL_ITERATIONS)) for mixture in mixtures]
        tries.sort(key=lambda end: (end.collapsed, -end.log_likelihoods[-1]))
        ends = []
        for end in tries:
            ends.append(self.run(end.steps[0], max_iter))
            if not ends[-1].collapsed:
                return ends[-1]
        return ends[0]

    def run(self, mixture, max_iter):
        """Iterate from `mixture` and return the path and its end."""
        mixture = _pooled(mixture) if self.equal_variances else mixture
        log_f, gamma = mixture._posterior(self.x)
        end = _End([mixture], [float(self.sample_weight @ log_f)])
        while len(end.steps) <= max_iter:
            nk, means, variances = _maximise(self.x, gamma, self.sample_weight, self.equal_variances)
            if not (np.all(nk > 0) and np.all(variances > self.floor)):
                end.collapsed, end.message = True, self._collapse(nk, variances, len(end.steps) - 1)
                return end
            previous, mixture = mixture, Mixture(nk / nk.sum(), means, variances)
            log_f, gamma = mixture._posterior(self.x)
            end.steps.append(mixture)
            end.log_likelihoods.append(float(self.sample_weight @ log_f))
            if self.tol > 0 and _move(previous, mixture) <= self.tol and not _coincide(mixture):
                end.converged, end.message = True, f"converged after {_times(len(end.steps) - 1)}"
                return end
        end.message = f"stopped at max_iter={max_iter} without converging"
        if self.tol > 0:
            end.message += ": raise max_iter or start elsewhere"
        return end

    @staticmethod
    def _collapse(nk, variances, n_iter):
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


def _move(old, new):
    """Return the largest move of a parameter, in standard deviations for means and deviations."""
    sigma, old_sigma = np.sqrt(new.variances), np.sqrt(old.variances)
    moves = (new.weights - old.weights, (new.means - old.means) / sigma, (sigma - old_sigma) / sigma)
    return max(np.abs(move).max() for move in moves)


def _coincide(mixture):
    """Tell whether two components have become one."""
    mu, sigma = mixture.means, np.sqrt(mixture.variances)
    apart = np.abs(np.subtract.outer(mu, mu)) / sigma + np.abs(np.log(np.divide.outer(sigma, sigma)))
    return bool((apart[np.triu_indices(mu.size, 1)] < COINCIDE).any())


def _pooled(mixture):
    """Return the mixture with one variance, the weighted mean of its variances."""
    pi, mu, var = mixture
    return mixture if np.ptp(var) == 0 else Mixture(pi, mu, np.full_like(var, pi @ var))


def _counted(sample_weight, *arrays):
    """Return the arrays without the observations of weight 0."""
    return [array[sample_weight > 0] for array in arrays]


def _check_mixture(value, name):
    if not isinstance(value, Mixture):
        raise TypeError(f"{name} must be a Mixture, but is {value!r:.60}. Build one with gmm.Mixture(...).")


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


def _check_components(n_components, start, x):
    """Return K, or raise unless the start has as many components and the data can bear them."""
    n_components = check.whole_number(n_components, "n_components", 1)
    if start is not None:
        _check_mixture(start, "start")
        # 2 is the default, which cannot be told from a 2 that was passed.
        if n_components not in (2, start.n_components):
            raise ValueError(
                f"n_components is {n_components}, but start has {start.n_components} components. "
                "Leave n_components out."
            )
        n_components = start.n_components
    if x.size < n_components:
        raise ValueError(
            f"n_components={n_components} needs at least {n_components} observations, but x has {x.size}. "
            "Use fewer components."
        )
    if x.min() == x.max():
        raise ValueError(f"x holds one value only, {x[0]}, so no variance can be fitted. Pass data that vary.")
    return n_components
