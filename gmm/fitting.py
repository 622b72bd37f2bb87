"""The fit: from data to the mixture that explains them best, and what was proved of it."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.em import ConvergenceWarning, pooled
from gmm.engine import information, settings
from gmm.engine.climb import Point
from gmm.engine.floor import floor
from gmm.engine.profile import profile_intervals
from gmm.engine.recorded import as_recorded
from gmm.engine.search import Certificate, Problem, Search
from gmm.engine.sources import in_memory
from gmm.engine.streams import is_stream, open_stream
from gmm.mixture import Mixture, check_mixture
from gmm.table import Table
from gmm.unit import counted

__all__ = ["Fit", "fit", "listed"]

INTERVALS = ("wald", "profile")
# How far the log-likelihood of data may be from that of a fit, as a share, if they are the same.
SAME_DATA = 1e-6


@dataclass(frozen=True, repr=False, eq=False)
class Fit:
    """What :func:`fit` found.

    Attributes
    ----------
    mixture : Mixture
        The fitted density. Without a start its means rise.
    log_likelihood : float
        Of all the data, in nats. With a width or edges it is that of the
        classes, which is not comparable with one of a density.
    path : tuple of Mixture, length P
        The start, its variances raised to the floor, then the mixture after
        each accepted step of the last climb.
    log_likelihoods : ndarray, shape (P,)
        The log-likelihood along :attr:`path`, on the values or nodes that the
        climb went on; the last is that of all the data. It falls only where an
        empty component begins anew.
    n_iter : int
        Evaluations of the log-likelihood in all, those of the starts among
        them.
    converged : bool
        Whether the end is a maximum: the Hessian is negative definite, and an
        EM step moves nothing by more than ``tol``.
    message : str
        How the fit ended, in one sentence.
    n_observations : float
        The number of observations, or the sum of their weights.
    n_parameters : int
        Free parameters: 3K − 1, or 2K with equal variances.
    certificate : Certificate
        What was found out about the end.
    width : float or None
        To what the observations were rounded, if that was told.
    edges : tuple of float, or None
        In what classes they were counted, if that was told.
    aic, bic : float
        Akaike's and Schwarz's criterion. Smaller is better.
    covariance : ndarray, shape (3K, 3K)
        Of the K weights, the K means and the K variances.
    standard_errors : StandardErrors
        ``weights``, ``means``, ``variances`` and ``sigmas``, each of shape (K,).
    """

    mixture: Mixture
    log_likelihood: float
    path: tuple[Mixture, ...]
    log_likelihoods: np.ndarray
    n_iter: int
    converged: bool
    message: str
    n_observations: float
    n_parameters: int
    certificate: Certificate
    width: float | None = None
    edges: tuple[float, ...] | None = None

    @property
    def aic(self) -> float:
        """Akaike's criterion, −2 log L + 2p. Smaller is better (Akaike 1974, page 719)."""
        return -2 * self.log_likelihood + 2 * self.n_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, −2 log L + p log N. Smaller is better (Schwarz 1978, page 461)."""
        return -2 * self.log_likelihood + self.n_parameters * float(np.log(self.n_observations))

    @cached_property
    def covariance(self) -> np.ndarray:
        """The covariance matrix of the parameters, the inverse of the observed information (``eq:delta-method``).

        It is right for many independent observations of the model, at a
        maximum that they hold firmly.
        A ValueError says where there is none: off a maximum, and on the floor
        under the variances.
        """
        proved = self.certificate
        if not self.converged:
            raise ValueError(f"there are no standard errors but at a maximum. This fit: {self.message}.")
        if proved.on_floor:
            raise ValueError(
                f"there are no standard errors where min_variance={proved.min_variance:.6g} "
                f"holds {listed(proved.on_floor)}. Lower min_variance, or use fewer components."
            )
        return information.covariance(self.mixture, proved.eigenvalues, proved.eigenvectors, self.n_observations)

    @property
    def standard_errors(self) -> information.StandardErrors:
        """The standard errors of the parameters, from :attr:`covariance`."""
        return information.standard_errors(self.mixture, self.covariance)

    def to_json(self) -> str:
        """Return the whole result as JSON, from which :meth:`from_json` makes an equal one.

        Returns
        -------
        str
        """
        return json.dumps({"gmm": "Fit", **_plain(self)})

    @classmethod
    def from_json(cls, text: str) -> Fit:
        """Return the fit that :meth:`to_json` has written.

        Parameters
        ----------
        text : str
            What it returned.

        Returns
        -------
        Fit

        Raises
        ------
        ValueError
            If the text holds something else.

        Examples
        --------
        >>> result = fit([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
        >>> Fit.from_json(result.to_json()).mixture == result.mixture
        True
        """
        try:
            stored = json.loads(text)
            if stored.pop("gmm") != "Fit":
                raise KeyError
            mixture, path, certificate = stored["mixture"], stored["path"], stored["certificate"]
            for name in ("eigenvalues", "eigenvectors"):
                certificate[name] = np.array(certificate[name])
            for name in ("on_floor", "spurious", "unresolved"):
                certificate[name] = tuple(certificate[name])
            return cls(
                **stored
                | {
                    "mixture": Mixture(**mixture),
                    "path": tuple(Mixture(**step) for step in path),
                    "log_likelihoods": _read_only(np.array(stored["log_likelihoods"])),
                    "edges": None if stored["edges"] is None else tuple(stored["edges"]),
                    "certificate": Certificate(**certificate),
                }
            )
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError(f"text is no fit: {text!r:.60}. Pass what Fit.to_json returned.") from None

    def summary(self) -> Table:
        """Return a table of the estimates with their standard errors, under a line on the whole fit.

        Returns
        -------
        Table
            It prints as text, and shows as a table in a notebook. Standard
            errors are left out where there are none; a line says why.

        Examples
        --------
        >>> from gmm import datasets
        >>> summary = fit(datasets.faithful().waiting).summary()
        >>> print(summary.notes[0])
        272 observations, K = 2, log-likelihood -1034.0017, AIC 2078.003, BIC 2096.033
        >>> summary._replace(notes=())
        k    weight     s.e.     mean    s.e.  variance   s.e.        σ    s.e.
        0  0.360886  0.03116  54.6149  0.6997   34.4712  6.309  5.87122  0.5373
        1  0.639114  0.03116  80.0911  0.5046   34.4303  4.705  5.86773   0.401
        """
        notes = [
            f"{self.n_observations:g} observations, K = {self.mixture.n_components}, "
            f"log-likelihood {self.log_likelihood:.4f}, AIC {self.aic:.3f}, BIC {self.bic:.3f}",
            self.message,
        ]
        columns = [*self.mixture, np.sqrt(self.mixture.variances)]
        try:
            errors: tuple = self.standard_errors
        except ValueError as reason:
            notes.append(str(reason))
            errors = (None,) * 4
        headings, cells = ["k"], [[str(k) for k in range(self.mixture.n_components)]]
        for name, values, error in zip(("weight", "mean", "variance", "σ"), columns, errors):
            headings.append(name)
            cells.append([f"{value:.6g}" for value in values])
            if error is not None:
                headings.append("s.e.")
                cells.append([f"{value:.4g}" for value in error])
        return Table(tuple(headings), list(zip(*cells)), tuple(notes))

    def confidence_intervals(
        self,
        level: float = 0.95,
        method: Literal["wald", "profile"] = "wald",
        *,
        x: ArrayLike | Callable[[], Iterable] | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> information.ConfidenceIntervals:
        """Return an interval for each parameter.

        Parameters
        ----------
        level : float
            How often such intervals are to cover what they estimate, between 0
            and 1.
        method : {"wald", "profile"}
            ``"wald"`` takes a multiple of the standard error to either side.
            ``"profile"`` moves one parameter until the log-likelihood, at the
            best values of all the others, has fallen too far: it knows no
            wrong side of a border, and needs the data again.
        x : array_like or stream, shape (N,), optional
            The observations that were fitted, for ``"profile"``.
        sample_weight : array_like, shape (N,), optional
            Their weights, if they had any.

        Returns
        -------
        ConfidenceIntervals
            ``weights``, ``means``, ``variances`` and ``sigmas``, each of shape
            (K, 2): the lower and the upper end for each component.

        Raises
        ------
        TypeError, ValueError
            If an argument is out of its range, if `x` is missing or holds
            other data than were fitted, or where there is no
            :attr:`covariance`.

        Notes
        -----
        The first is ``eq:wald`` of the book, the second ``eq:profile``; Venzon
        & Moolgavkar (1988), *Applied Statistics* 37(1), 87–94. Both take the
        model as right and the observations as many and independent.

        Examples
        --------
        >>> from gmm import datasets
        >>> crabs = datasets.crabs()
        >>> pair = fit(crabs.ratio, sample_weight=crabs.count)
        >>> print(pair.confidence_intervals().weights.round(2)[0])
        [0.14 0.73]
        >>> profile = pair.confidence_intervals(method="profile", x=crabs.ratio, sample_weight=crabs.count)
        >>> print(profile.weights.round(2)[0])
        [0.17 0.67]
        """
        level = check.level(level, "level")
        if method not in INTERVALS:
            raise ValueError(f"method must be 'wald' or 'profile', but is {method!r:.60}. Choose one of them.")
        errors = self.standard_errors
        if method == "wald":
            return information.wald_intervals(self.mixture, errors, level)
        if x is None:
            raise ValueError("method='profile' needs the data, which a Fit does not hold. Pass x, and sample_weight.")
        k = self.mixture.n_components
        x, sample_weight, recorded = _observations(x, sample_weight, self.width, self.edges)
        source = _source(x, sample_weight, k, progress=False, recorded=recorded)
        unit, scale = source.unit, source.unit.scale
        theta, inward = unit.inward(self.mixture), (errors.weights, errors.means / scale, errors.variances / scale**2)
        values = source.few()
        if values is None:
            guides = [theta, _narrower(theta, inward)]
            if not source.serves(guides):
                source.look(guides)
            x, w = source.nodes(guides).weighted()
            values = source.classes(x), w
        _check_same_data(values, theta, self.log_likelihood + source.shift)
        equal = self.n_parameters == 2 * k
        weights, means, variances = profile_intervals(values[0], values[1], theta, inward, level, equal)
        variances = variances * scale**2
        return information.ConfidenceIntervals(
            weights, unit.centre + scale * means, variances, np.sqrt(variances), level, method
        )

    def __repr__(self) -> str:
        return f"Fit({self.mixture}, log_likelihood={self.log_likelihood:.4f}, {self.message})"


def fit(
    x: ArrayLike | Callable[[], Iterable],
    n_components: int | None = None,
    *,
    start: Mixture | None = None,
    equal_variances: bool = False,
    sample_weight: ArrayLike | None = None,
    width: float | None = None,
    edges: ArrayLike | None = None,
    min_variance: float | None = None,
    n_starts: int | None = None,
    tol: float = 1e-10,
    max_iter: int = 10_000,
    exact_hessian: bool = False,
    accidents: bool = False,
    rng: np.random.Generator | int | None = None,
    progress: bool = False,
) -> Fit:
    """Fit a mixture of normals by maximum likelihood.

    Parameters
    ----------
    x : array_like, dask.array.Array or callable, shape (N,)
        Observations, in any unit. A Dask array stays where it is, and a
        function returns a fresh iterator of blocks for each pass, each an
        array or a pair (x, sample_weight): after a first look at some 100 000
        observations no more is held than one block.
    n_components : int, optional
        The number of components, K. Left out, it is that of `start`, or 2.
    start : Mixture, optional
        Where to begin. Without it, cuts of the data and what smaller mixtures
        grow to are tried, a short run each, and the best go on.
    equal_variances : bool
        Whether the components share one variance. A start whose variances
        differ then begins with their weighted mean.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts: counts of equal values, for
        instance. 1 each when left out. A Dask array, in the same chunks, when
        `x` is one.
    width : float, optional
        To what the observations were rounded: a value x then stands for the
        class [x − width/2, x + width/2), of which the likelihood takes the
        probability. It has a bound, unlike that of a density.
    edges : array_like, shape (C + 1,), optional
        The ends of classes in which the observations were counted, rising; the
        outermost may be infinite. Of a value in `x` only the class that it
        lies in is used.
    min_variance : float, optional
        A floor under the variances, in the unit of the data squared; 0 is
        allowed. When left out it is the square of a quarter of the smallest
        gap between two different observations (of many, in a sample), or of
        half the standard deviation of the data where that is less; with
        `width` or `edges`, of a tenth of the narrowest class, below which next
        to nothing is gained.
    n_starts : int, optional
        Random starts to add to the deterministic ones; 0 when left out, or 10
        when `rng` is given. Each is climbed from, and none makes the result worse.
    tol : float
        A climb ends where Newton's step moves no mean and no standard
        deviation by more than `tol` standard deviations of its component, and
        no weight by more than `tol` of itself; and the fit has converged if an
        exact EM step moves nothing by more. Rounding sets limits of 1e-10 and 1e-9.
    max_iter : int
        The largest number of evaluations of the log-likelihood in one climb.
        One that runs out of them stays where it is.
    exact_hessian : bool
        Whether the curvature of the certificate, and with it the standard
        errors, comes from all the data, by one more pass, and not from the
        nodes that stand for them. The two agree to some 1e-10.
    accidents : bool
        Whether an end with a narrow component that chance may explain, or that
        is narrower than the data were recorded, is as good as another, and the
        higher one is taken. It is passed over when left out. The certificate
        names such components in any case.
    rng : numpy.random.Generator or int, optional
        The source of the random starts.
    progress : bool
        Whether to show a bar for each pass over the data (needs ``tqdm``).

    Returns
    -------
    Fit
        The mixture, its log-likelihood, how it got there and how it ended.
        Without a start the components stand in the order of their means; from
        a start each keeps its place.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong kind or out of its range, if there are
        fewer observations than components, if all observations are equal, or
        if their spread is beyond the range of a float.

    Warns
    -----
    ConvergenceWarning
        If `max_iter` ran out, if the end is no maximum, or if a component
        collapsed: it stands on the floor that nobody set, where the likelihood
        would go on rising.

    Notes
    -----
    Equations ``eq:e-step`` and ``eq:m-step`` of the book; Dempster, Laird &
    Rubin (1977), section 4.3, page 15; Bishop (2006), section 9.2.2, page 438.
    The climb goes on a few hundred weighted values that stand for the data, by
    EM and then Newton's method; an exact EM step over all the data certifies
    its end (:mod:`gmm.engine`). The plain iteration is :func:`gmm.iterate`.
    A maximum that a few observations make is recognised and not preferred: one
    with a component on the floor, or with a narrow one that gains no more than
    the best of all windows of its width gains by chance.

    Examples
    --------
    >>> result = fit([1.0, 2.0, 3.0, 11.0, 12.0, 13.0])
    >>> print(result.mixture)
    Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.666667, 0.666667])
    >>> result.converged
    True
    """
    max_iter = check.whole_number(max_iter, "max_iter", 0)
    tol = check.tolerance(tol, "tol")
    min_variance = None if min_variance is None else check.tolerance(min_variance, "min_variance")
    n_starts = _n_starts(n_starts, rng)
    x, sample_weight, recorded = _observations(x, sample_weight, width, edges)
    k = _n_components(n_components, start)
    if start is not None and equal_variances:
        start = pooled(start)
    source = _source(x, sample_weight, k, progress, recorded, start)
    problem = Problem(
        n_components=k,
        start=None if start is None else source.unit.inward(start),
        equal_variances=equal_variances,
        min_variance=min_variance,
        n_random=n_starts,
        rng=check.generator(rng),
        tol=tol,
        max_eval=max_iter,
        exact_hessian=exact_hessian,
        accidents=accidents,
    )
    theta, end, certificate = Search(source, problem).run()
    result = _fit(source, problem, start, theta, end, certificate, tol, recorded)
    if not result.converged:
        warnings.warn(result.message, ConvergenceWarning, stacklevel=2)
    return result


def _observations(x, sample_weight, width=None, edges=None):
    """Return arrays without observations of weight 0, and how they were recorded; a stream as it is."""
    if is_stream(x):
        if width is not None or edges is not None:
            raise ValueError(
                "width and edges need x in memory. Count the classes first, and pass the counts as weights."
            )
        return x, sample_weight, None
    x, sample_weight = check.data(x, sample_weight, ones=False, own=False)
    x, sample_weight = counted(sample_weight, x, sample_weight)
    x, recorded = as_recorded(x, width, edges)
    return x, sample_weight, recorded


def _source(x, sample_weight, n_components, progress, recorded=None, guide=None):
    """Return where the observations come from, or raise unless they can bear so many components."""
    if is_stream(x):
        source = open_stream(x, sample_weight, progress, guide)
        low, high = (source.unit.centre + source.unit.scale * end for end in (source.low, source.high))
        _check_enough(source.count, low, high, n_components)
    else:
        _check_enough(x.size, x.min(), x.max(), n_components)
        source = in_memory(x, sample_weight, progress, recorded, guide)
    if source.different < n_components:
        raise ValueError(
            f"n_components={n_components} needs at least {n_components} different values, "
            f"but x has {source.different}. Use fewer components."
        )
    return source


def _fit(source, problem, start, theta, end, certificate, tol, recorded):
    """Return what was found, in the unit of the data."""
    steps, heights = map(list, zip(*end.path))
    shift = source.shift
    if steps[-1] is not theta:
        steps.append(theta)
        heights.append(certificate.log_likelihood + shift)
    path = [Mixture(*source.unit.outward(step)) for step in steps]
    if start is not None and all(map(np.array_equal, steps[0], problem.start)):
        path[0] = start  # as it was given, to the last digit
    chosen = floor(source, problem.min_variance).chosen
    converged, message = _verdict(certificate, end.replaced, chosen, tol, problem.max_eval, recorded is not None)
    return Fit(
        mixture=path[-1],
        log_likelihood=certificate.log_likelihood,
        path=tuple(path),
        log_likelihoods=_read_only(np.array(heights) - shift),
        n_iter=certificate.evaluations,
        converged=converged,
        message=message,
        n_observations=source.total,
        n_parameters=(2 if problem.equal_variances else 3) * problem.n_components - (not problem.equal_variances),
        certificate=certificate,
        width=None if recorded is None else recorded.width,
        edges=None if recorded is None or recorded.edges is None else tuple(recorded.edges.tolist()),
    )


def _plain(value):
    """Return dataclasses, arrays and tuples as what JSON can hold."""
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


def _read_only(array):
    array.setflags(write=False)
    return array


def _narrower(theta, errors):
    """Return the mixture with variances as small as their intervals may reach, for which nodes are to serve, too."""
    pi, mu, var = theta
    return pi, mu, var * np.exp(-4 * errors[2] / var)


def _check_same_data(values, theta, log_likelihood):
    """Raise unless the log-likelihood of the values is that of the fit."""
    x, w = values
    here = Point(x, w, theta).log_likelihood
    if abs(here - log_likelihood) > SAME_DATA * max(abs(log_likelihood), w.sum()):
        raise ValueError(
            f"x is not what was fitted: its log-likelihood differs by {here - log_likelihood:.4g} nats. "
            "Pass the observations of the fit, and their sample_weight."
        )


def _verdict(certificate, replaced, chosen, tol, max_iter, in_classes=False):
    """Return whether the end is a maximum, and how the fit ended, in one sentence."""
    told = f"converged after {certificate.evaluations} evaluations"
    if replaced:
        told += f"; {listed(replaced)} had run out of data and began anew"
    if certificate.kind == "unfinished":
        return False, f"stopped at max_iter={max_iter} without converging: raise max_iter or start elsewhere"
    if certificate.kind == "saddle":
        return False, "stopped at a saddle of the likelihood, which is no maximum: start elsewhere"
    if certificate.on_floor and not chosen:
        return False, (
            f"{listed(certificate.on_floor)} collapsed onto one value, where the likelihood has no maximum: "
            "only the floor under the variances stops it. Start elsewhere, use fewer components, set min_variance, "
            "or set equal_variances=True"
        )
    if certificate.kind == "ridge":
        return False, (
            "stopped where the likelihood is flat along a direction, to second order, as where components coincide: "
            "use fewer components"
        )
    if certificate.move > max(tol, settings.CERTAIN):
        return False, (
            f"stopped where an exact EM step still moves a parameter by {certificate.move:.1e} standard deviations: "
            "rounding in x allows no more. Shift x towards 0"
        )
    if certificate.on_floor and in_classes:
        told += f"; {listed(certificate.on_floor)} inside one class, which cannot tell how narrow"
    elif certificate.on_floor:
        told += f"; min_variance holds {listed(certificate.on_floor)}"
    if accidents := set(certificate.spurious) - set(certificate.on_floor):
        told += f"; {listed(accidents)} may be an accident, since chance gains as much by a few close observations"
    if narrow := set(certificate.unresolved) - set(certificate.on_floor):
        told += f"; {listed(narrow)} narrower than the smallest gap between the data: if they are rounded, pass width"
    return True, told


def listed(components: Iterable[int]) -> str:
    """Return how a sentence names components.

    Parameters
    ----------
    components : iterable of int
        Their numbers, from 0.

    Returns
    -------
    str
        "component 0", or "components 0 and 1".
    """
    numbers = sorted(set(components))
    return f"component{'s' * (len(numbers) > 1)} " + " and ".join(map(str, numbers))


def _n_starts(n_starts, rng):
    """Return the number of random starts, or raise if they have no source."""
    if n_starts is None:
        return 0 if rng is None else settings.RANDOM_STARTS
    n_starts = check.whole_number(n_starts, "n_starts", 0)
    if n_starts and rng is None:
        raise ValueError(f"n_starts is {n_starts}, but rng is None. Pass rng=0, or any seed, to draw the starts from.")
    return n_starts


def _n_components(n_components, start):
    """Return K, or raise unless the start has as many components."""
    if n_components is not None:
        n_components = check.whole_number(n_components, "n_components", 1)
    if start is None:
        return n_components or 2
    check_mixture(start, "start")
    if n_components not in (None, start.n_components):
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
    check.varies(low, high)
