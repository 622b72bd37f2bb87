"""The fit: from data to the mixture that explains them best, and what was proved of it."""

import warnings
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from gmm import check, information
from gmm import start as starts
from gmm.em import check_mixture
from gmm.engine import Certificate, Engine
from gmm.iteration import Iteration, pooled
from gmm.mixture import Mixture
from gmm.nodes import distinct, in_order
from gmm.sources import Memory
from gmm.streams import is_stream, open_stream
from gmm.unit import Unit, counted, standardise

__all__ = ["ConvergenceWarning", "Fit", "fit"]

# A standard deviation below this share of the data's own counts as collapsed:
# the component sits on one value, where the likelihood has no maximum.
COLLAPSE = 1e-8
# Proper maxima have standard deviations down to about half the resolution of the data.
SHARE_OF_RESOLUTION = 0.25
# The least floor under standard deviations, in smallest gaps between observations, and
# the widest range of the data, in standard deviations on the floor.
LEAST, WIDEST = 1e-8, 1e50
RANDOM_STARTS = 10
# How far an exact EM step may move what counts as converged, if `tol` asks for less.
CERTAIN = 1e-9


class ConvergenceWarning(UserWarning):
    """A fit ended without converging: it ran out of iterations, or a component collapsed."""


@dataclass(frozen=True, repr=False, eq=False)
class Fit:
    """What :func:`fit` found.

    Attributes
    ----------
    mixture : Mixture
        The fitted density.
    log_likelihood : float
        Of all the data, in nats.
    log_likelihoods : ndarray, shape (P,)
        The log-likelihood along :attr:`path`. It falls only where an empty
        component begins anew.
    n_iter : int
        With ``method="em"``, iterations from the start; else evaluations of
        the log-likelihood in all, those of the starts among them.
    converged : bool
        Whether the end is a maximum: an EM step moves nothing by more than
        ``tol`` and, but for ``method="em"``, the Hessian is negative definite.
    message : str
        How the fit ended, in one sentence.
    n_observations : float
        The number of observations, or the sum of their weights.
    n_parameters : int
        Free parameters: 3K − 1, or 2K with equal variances.
    certificate : Certificate or None
        What was proved of the end; None with ``method="em"``.
    path : tuple of Mixture, length P
        The start, then the mixture after each accepted step. With
        ``method="em"`` each is an E-step and an M-step from the one before.
    steps, unit
        What `path` is made from.
    aic, bic : float
        Akaike's and Schwarz's criterion. Smaller is better.
    covariance : ndarray, shape (3K, 3K)
        Of the K weights, the K means and the K variances.
    standard_errors : StandardErrors
        ``weights``, ``means``, ``variances`` and ``sigmas``, each of shape (K,).
    """

    mixture: Mixture
    log_likelihood: float
    log_likelihoods: np.ndarray
    n_iter: int
    converged: bool
    message: str
    n_observations: float
    n_parameters: int
    certificate: Certificate | None
    steps: list = field(repr=False)
    unit: Unit = field(repr=False)

    @cached_property
    def path(self):
        """The mixtures on the way, from the start to the end."""
        between = (Mixture(*self.unit.outward(theta)) for theta in self.steps[1:-1])
        return (self.steps[0], *between, self.mixture)[: len(self.steps)]

    @property
    def aic(self):
        """Akaike's criterion, −2 log L + 2p. Smaller is better (Akaike 1974, page 719)."""
        return -2 * self.log_likelihood + 2 * self.n_parameters

    @property
    def bic(self):
        """Schwarz's criterion, −2 log L + p log N. Smaller is better (Schwarz 1978, page 461)."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log(self.n_observations))

    @cached_property
    def covariance(self):
        """The covariance matrix of the parameters, the inverse of the observed information (``eq:delta-method``).

        It is right for many observations, at a maximum that they hold firmly.
        A ValueError says where there is none: off a maximum, on the floor
        under the variances, and without a certificate.
        """
        if self.certificate is None:
            raise ValueError(
                "method='em' computes no Hessian, so there are no standard errors. "
                "Fit again without method, from start=fit.mixture."
            )
        if not self.converged:
            raise ValueError(f"there are no standard errors but at a maximum. This fit: {self.message}.")
        if self.certificate.held:
            raise ValueError(
                f"there are no standard errors where min_variance={self.certificate.min_variance:.6g} "
                f"holds {_listed(self.certificate.held)}. Lower min_variance, or use fewer components."
            )
        proved = self.certificate
        return information.covariance(self.mixture, proved.eigenvalues, proved.eigenvectors, self.n_observations)

    @property
    def standard_errors(self):
        """The standard errors of the parameters, from :attr:`covariance`."""
        return information.standard_errors(self.mixture, self.covariance)

    def __repr__(self):
        return f"Fit({self.mixture}, log_likelihood={self.log_likelihood:.4f}, {self.message})"


def fit(
    x,
    n_components=2,
    *,
    start=None,
    method="newton",
    equal_variances=False,
    sample_weight=None,
    min_variance=None,
    n_starts=None,
    tol=1e-8,
    max_iter=10_000,
    rng=None,
    progress=False,
):
    """Fit a mixture of normals by maximum likelihood.

    Parameters
    ----------
    x : array_like, dask.array.Array or callable, shape (N,)
        Observations, in any unit. A Dask array stays where it is, and a
        function returns a fresh iterator of blocks for each pass, each an
        array or a pair (x, sample_weight): after a first look at some 100 000
        observations no more is held than one block.
    n_components : int
        The number of components, K. It may be left out when `start` is given.
    start : Mixture, optional
        Where to begin. Without it, cuts of the data and what smaller mixtures
        grow to are tried, a short run each, and the best go on.
    method : {"newton", "em"}
        ``"newton"`` climbs on a few hundred weighted values that stand for
        the data, by EM and then Newton's method, and certifies the end by an
        exact step over all the data. ``"em"`` is the plain iteration of the
        chapters.
    equal_variances : bool
        Whether the components share one variance. A start whose variances
        differ then begins with their weighted mean.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts: counts of equal values, for
        instance. 1 each when left out. A Dask array, in the same chunks, when
        `x` is one.
    min_variance : float, optional
        A floor under the variances, in the unit of the data squared; 0 is
        allowed. When left out it is the square of a quarter of the smallest
        gap between two different observations, or of half the standard
        deviation of the data where that is less. With ``method="em"`` a
        component that would fall below it ends the iteration.
    n_starts : int, optional
        Random starts to add to the deterministic ones; 0 when left out, or 10
        when `rng` is given.
    tol : float
        The fit has converged when an EM step moves no mean and no standard
        deviation by more than `tol` standard deviations of its component, and
        no weight by more than `tol`. The engine goes on to 1e-9 in any case;
        with ``method="em"``, 0 runs exactly `max_iter` iterations.
    max_iter : int
        The largest number of iterations, or of evaluations in one climb.
    rng : numpy.random.Generator or int, optional
        The source of the random starts.
    progress : bool
        Whether to show a bar for each pass over the data (needs ``tqdm``).

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
        of data or collapsed: it stands on the floor that nobody set, where the
        likelihood would go on rising.

    Notes
    -----
    Equations ``eq:e-step`` and ``eq:m-step`` of the book; Dempster, Laird &
    Rubin (1977), section 4.3, page 15; Bishop (2006), section 9.2.2, page 438.
    A maximum that a few observations make is recognised and not preferred: one
    with a component that has fewer than 2.5 observations, or fewer than ten
    and a standard deviation below a thirtieth of the data's, or on the floor.

    Examples
    --------
    >>> result = fit([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    >>> result.mixture
    Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.666667, 0.666667])
    >>> result.converged
    True
    """
    if method not in ("newton", "em"):
        raise ValueError(f"method must be 'newton' or 'em', but is {method!r:.60}. Leave it out for the faster one.")
    max_iter = check.whole_number(max_iter, "max_iter", 0)
    tol = check.tolerance(tol, "tol")
    min_variance = None if min_variance is None else check.tolerance(min_variance, "min_variance")
    n_starts = _n_starts(n_starts, rng)
    rng = check.generator(rng)
    if is_stream(x):
        if method == "em":
            raise ValueError("method='em' goes through x too often when x is a stream. Leave method out.")
        n_components = _n_components(n_components, start)
        source = open_stream(x, sample_weight, n_components, progress)
        low, high = (source.unit.centre + source.unit.scale * end for end in (source.low, source.high))
        _check_enough(source.count, low, high, n_components)
    else:
        x, sample_weight = check.data(x, sample_weight, ones=False)
        x, sample_weight = counted(sample_weight, x, sample_weight)
        n_components = _n_components(n_components, start)
        _check_enough(x.size, x.min(), x.max(), n_components)
        source = Memory(x, sample_weight, progress) if method == "newton" else (x, sample_weight)
    if start is not None and equal_variances:
        start = pooled(start)
    run = _fit_by_em if method == "em" else _fit_by_engine
    result = run(source, n_components, start, equal_variances, min_variance, n_starts, tol, max_iter, rng)
    if not result.converged and not (method == "em" and tol == 0 and "max_iter" in result.message):
        warnings.warn(result.message, ConvergenceWarning, stacklevel=2)
    return result


def _fit_by_em(data, n_components, start, equal_variances, min_variance, n_starts, tol, max_iter, rng):
    """Fit by the plain iteration."""
    x, sample_weight = data
    z, unit = standardise(x)
    sample_weight = np.ones_like(z) if sample_weight is None else sample_weight
    floor = max(COLLAPSE**2 * _variance(z, sample_weight), (min_variance or 0.0) / unit.scale**2)
    iteration = Iteration(z, sample_weight, equal_variances, tol, floor)
    if start is None:
        groups = starts.thinned(*distinct(*in_order(z, sample_weight)))
        found = starts.candidates(*groups, n_components, rng=rng, n_random=n_starts)
        end = iteration.best([Mixture(*theta) for theta in found], max_iter)
        start = Mixture(*unit.outward(end.steps[0]))
    else:
        end = iteration.run(Mixture(*unit.inward(start)), max_iter)
    total = float(sample_weight.sum())
    log_likelihoods = _read_only(np.array(end.log_likelihoods) - total * np.log(unit.scale))
    return Fit(
        mixture=Mixture(*unit.outward(end.steps[-1])) if len(end.steps) > 1 else start,
        log_likelihood=float(log_likelihoods[-1]),
        log_likelihoods=log_likelihoods,
        n_iter=len(end.steps) - 1,
        converged=end.converged,
        message=end.message,
        n_observations=total,
        n_parameters=_n_parameters(n_components, equal_variances),
        certificate=None,
        steps=[start, *end.steps[1:]],
        unit=unit,
    )


def _fit_by_engine(source, n_components, start, equal_variances, min_variance, n_starts, tol, max_iter, rng):
    """Fit by nodes and Newton's method."""
    unit = source.unit
    _check_different(source, n_components)
    engine = Engine(source, equal_variances, lambda source: _floor(source, min_variance)[0], max_iter)
    inner = None if start is None else unit.inward(start)
    theta, end, certificate = engine.run(n_components, inner, rng, n_starts)
    shift = source.total * np.log(unit.scale)
    certificate = replace(
        certificate,
        log_likelihood=float(certificate.log_likelihood - shift),
        min_variance=certificate.min_variance * unit.scale**2,
    )
    steps, log_likelihoods = map(list, zip(*end.path))
    if steps[-1] is not theta:
        steps.append(theta)
        log_likelihoods.append(certificate.log_likelihood + shift)
    steps[0] = start = Mixture(*unit.outward(steps[0])) if start is None else start
    converged, message = _verdict(certificate, end, _floor(source, min_variance)[1], tol, max_iter)
    return Fit(
        mixture=start if len(steps) == 1 else Mixture(*unit.outward(theta)),
        log_likelihood=float(certificate.log_likelihood),
        log_likelihoods=_read_only(np.array(log_likelihoods) - shift),
        n_iter=certificate.evaluations,
        converged=converged,
        message=message,
        n_observations=source.total,
        n_parameters=_n_parameters(n_components, equal_variances),
        certificate=certificate,
        steps=steps,
        unit=unit,
    )


def _floor(source, min_variance):
    """Return the floor under the variances, and whether it is the one that was asked for."""
    least = (LEAST * source.resolution) ** 2
    if min_variance is None:
        # Where nearly all data are equal, even their own variance is less than that of the smallest gap.
        floor, chosen = min(SHARE_OF_RESOLUTION * source.resolution, source.spread / 2) ** 2, False
    else:
        floor = max(min_variance / source.unit.scale**2, least)
        chosen = floor > least
    if source.high - source.low > WIDEST * np.sqrt(floor):
        low, high = (source.unit.centre + source.unit.scale * z for z in (source.low, source.high))
        gap = source.unit.scale * source.resolution
        raise ValueError(
            f"x ranges from {low:.6g} to {high:.6g}, but some values are only {gap:.6g} apart: a float cannot hold "
            "both scales. Remove the outliers, set min_variance, or fit the logarithms."
        )
    return floor, chosen


def _verdict(certificate, end, chosen, tol, max_iter):
    """Return whether the end is a maximum, and how the fit ended, in one sentence."""
    told = f"converged after {certificate.evaluations} evaluations"
    if end.replaced:
        told += f"; {_listed(end.replaced)} had run out of data and began anew"
    if certificate.kind == "unfinished":
        return False, f"stopped at max_iter={max_iter} without converging: raise max_iter or start elsewhere"
    if certificate.kind == "saddle":
        return False, "stopped at a saddle of the likelihood, which is no maximum: start elsewhere"
    if certificate.held and not chosen:
        return False, (
            f"{_listed(certificate.held)} collapsed onto one value, where the likelihood has no maximum: "
            "only the floor under the variances stops it. Start elsewhere, use fewer components, set min_variance, "
            "or set equal_variances=True"
        )
    if certificate.kind == "ridge":
        return False, (
            "stopped on a ridge, where the likelihood is the same along a direction, as where components coincide: "
            "use fewer components"
        )
    if certificate.move > max(tol, CERTAIN):
        return False, (
            f"stopped where an exact EM step still moves a parameter by {certificate.move:.1e} standard deviations: "
            "rounding in x allows no more. Shift x towards 0"
        )
    if certificate.held:
        told += f"; min_variance holds {_listed(certificate.held)}"
    if set(certificate.spurious) - set(certificate.held):
        told += f"; a few close observations alone make {_listed(certificate.spurious)}"
    return True, told


def _listed(components):
    """Return "component 0", or "components 0 and 1"."""
    numbers = sorted(set(components))
    return f"component{'s' * (len(numbers) > 1)} " + " and ".join(map(str, numbers))


def _variance(z, sample_weight):
    mean = np.average(z, weights=sample_weight)
    return np.average((z - mean) ** 2, weights=sample_weight)


def _n_parameters(n_components, equal_variances):
    return 2 * n_components if equal_variances else 3 * n_components - 1


def _read_only(array):
    array.setflags(write=False)
    return array


def _n_starts(n_starts, rng):
    """Return the number of random starts, or raise if they have no source."""
    if n_starts is None:
        return 0 if rng is None else RANDOM_STARTS
    n_starts = check.whole_number(n_starts, "n_starts", 0)
    if n_starts and rng is None:
        raise ValueError(f"n_starts is {n_starts}, but rng is None. Pass rng=0, or any seed, to draw the starts from.")
    return n_starts


def _check_different(source, n_components):
    """Raise unless the data have as many different values as there are components."""
    if source.different < n_components:
        raise ValueError(
            f"n_components={n_components} needs at least {n_components} different values, "
            f"but x has {source.different}. Use fewer components."
        )


def _n_components(n_components, start):
    """Return K, or raise unless the start has as many components."""
    n_components = check.whole_number(n_components, "n_components", 1)
    if start is None:
        return n_components
    check_mixture(start, "start")
    # 2 is the default, which cannot be told from a 2 that was passed.
    if n_components not in (2, start.n_components):
        raise ValueError(
            f"n_components is {n_components}, but start has {start.n_components} components. Leave n_components out."
        )
    return start.n_components


def _check_enough(count, low, high, n_components):
    """Raise unless the data can bear so many components."""
    if count < n_components:
        raise ValueError(
            f"n_components={n_components} needs at least {n_components} observations, but x has {count}. "
            "Use fewer components."
        )
    if low == high:
        raise ValueError(f"x holds one value only, {low}, so no variance can be fitted. Pass data that vary.")
