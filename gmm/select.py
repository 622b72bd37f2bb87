"""How many components: fits side by side, and a test of one component more."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from math import erfc, exp, lgamma, log, sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.em import ConvergenceWarning
from gmm.engine.exact import share_out
from gmm.engine.recorded import as_recorded
from gmm.engine.streams import add_over_blocks, is_stream
from gmm.fitting import Fit, fit, listed
from gmm.mixture import Mixture, check_mixture
from gmm.table import Table

__all__ = ["GoodnessOfFit", "RatioTest", "Selection", "bootstrap_ratio", "entropy", "fit_range", "goodness_of_fit"]

CRITERIA = ("aic", "bic", "icl")
HEADINGS = ("K", "log L", "AIC", "BIC", "ICL", "smallest σ", "smallest N_k", "end")
# Observations times components in one block of responsibilities.
BLOCK = 65_536
# As many observations Pearson's X² wants in a class, on average.
EXPECTED = 5.0
# Steps to which data may be rounded are looked for down to this share of their smallest gap, and
# a value is a multiple of one if it is so near to it, in steps.
FINEST_STEP, ON_GRID = 1e-3, 1e-6


def entropy(
    x: ArrayLike | Callable[[], Iterable],
    mixture: Mixture,
    *,
    sample_weight: ArrayLike | None = None,
    width: float | None = None,
    edges: ArrayLike | None = None,
) -> float:
    """Return how undecided the responsibilities are, −Σ_n Σ_k γ(n, k) log γ(n, k).

    Parameters
    ----------
    x : array_like or stream, shape (N,)
        Observations, as in :func:`gmm.fit`.
    mixture : Mixture
        Whose responsibilities.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.
    width, edges : optional
        How the observations were recorded, as in :func:`gmm.fit`.

    Returns
    -------
    float
        In nats: 0 where each observation belongs to one component, and
        N log K where each belongs to all alike.

    Raises
    ------
    TypeError, ValueError
        If the data are not finite, real, one-dimensional and non-empty, or
        `mixture` is no Mixture.

    Notes
    -----
    Equation ``eq:icl`` of the book.

    Examples
    --------
    >>> from gmm import Mixture
    >>> print(round(entropy([0.0, 99.0], Mixture([0.5, 0.5], [-1.0, 1.0], [1.0, 1.0])), 4))
    0.6931
    """
    check_mixture(mixture, "mixture")
    if is_stream(x):
        return add_over_blocks(x, sample_weight, _entropy, mixture)
    x, sample_weight = check.data(x, sample_weight, ones=False)
    x, recorded = as_recorded(x, width, edges)
    return _entropy(x, sample_weight, mixture, recorded)


def _entropy(x, sample_weight, mixture, recorded=None):
    """Return the sum for observations in memory, in blocks of their own."""
    total, size = 0.0, max(1, BLOCK // mixture.n_components)
    for n in range(0, x.size, size):
        gamma = _responsibilities(x[n : n + size], mixture, recorded)
        # A responsibility of 0 adds nothing, as t log t does in the limit.
        each = -(gamma * np.log(np.where(gamma > 0, gamma, 1))).sum(axis=1)
        total += each.sum() if sample_weight is None else sample_weight[n : n + size] @ each
    return float(total)


def _responsibilities(x, mixture, recorded):
    """Return γ(n, k) of values, or of the classes that they stand for."""
    if recorded is None:
        return mixture.responsibilities(x)
    gamma, _ = recorded.classes(x).truncated(mixture)
    with np.errstate(divide="ignore"):
        gamma += np.log(mixture.weights)[:, np.newaxis]
    share_out(gamma)
    return gamma.T


@dataclass(frozen=True, repr=False, eq=False)
class Selection:
    """Fits of the same data with different numbers of components.

    It prints as a table, and runs through the fits. Beside the criteria stand
    the smallest standard deviation and the smallest N_k, and how the fit
    ended: ``maximum``, or what stands in the way of believing it.

    Attributes
    ----------
    fits : tuple of Fit
        One for each number of components.
    entropies : ndarray
        Of the responsibilities of each, in nats.
    aic, bic, icl : ndarray
        The criteria of each. Smaller is better.
    """

    fits: tuple[Fit, ...]
    entropies: np.ndarray

    @property
    def aic(self) -> np.ndarray:
        """Akaike's criterion of each fit."""
        return np.array([end.aic for end in self])

    @property
    def bic(self) -> np.ndarray:
        """Schwarz's criterion of each fit."""
        return np.array([end.bic for end in self])

    @property
    def icl(self) -> np.ndarray:
        """The integrated completed likelihood of each fit, which is BIC and twice the entropy of the responsibilities.

        Biernacki, Celeux & Govaert (2000) complete the data with the most
        probable labels; with expected labels the entropy takes their place
        (McLachlan & Peel 2000, chapter 6).
        """
        return self.bic + 2 * self.entropies

    def best(self, criterion: Literal["aic", "bic", "icl"] = "bic") -> Fit:
        """Return the fit with the smallest criterion among those that ended at a proper maximum.

        Parameters
        ----------
        criterion : {"aic", "bic", "icl"}
            Which.

        Returns
        -------
        Fit
            A fit that did not converge, or with a component that may be an
            accident, is passed over: its likelihood says nothing about K.

        Raises
        ------
        ValueError
            If the criterion is another, or if no fit is proper.
        """
        if criterion not in CRITERIA:
            raise ValueError(f"criterion must be 'aic', 'bic' or 'icl', but is {criterion!r:.60}. Choose one of them.")
        values = getattr(self, criterion)
        proper = [i for i, end in enumerate(self) if _is_proper(end)]
        if not proper:
            raise ValueError("none of the fits ended at a proper maximum. Try fewer components.")
        return self.fits[min(proper, key=lambda i: values[i])]

    def __iter__(self) -> Iterator[Fit]:
        return iter(self.fits)

    def __len__(self) -> int:
        return len(self.fits)

    def _rows(self):
        """Return the table, a row of text for each fit."""
        for end, icl in zip(self, self.icl):
            pi, _, var = end.mixture
            criteria = (f"{value:.3f}" for value in (end.log_likelihood, end.aic, end.bic, icl))
            smallest = f"{np.sqrt(var.min()):.4g}", f"{pi.min() * end.n_observations:.1f}"
            yield (str(pi.size), *criteria, *smallest, _ending(end))

    def __repr__(self) -> str:
        return repr(Table(HEADINGS, list(self._rows())))

    def _repr_html_(self):
        return Table(HEADINGS, list(self._rows()))._repr_html_()


def fit_range(
    x: ArrayLike | Callable[[], Iterable],
    n_components: int | Iterable[int],
    *,
    sample_weight: ArrayLike | None = None,
    **options: Any,
) -> Selection:
    """Fit mixtures with different numbers of components, to compare them.

    Parameters
    ----------
    x : array_like or stream, shape (N,)
        Observations, as in :func:`gmm.fit`. For each number of components a
        stream is gone through once more, for the entropy of ICL.
    n_components : int or iterable of int
        The numbers of components: K stands for 1, 2, … K.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.
    **options
        Those of :func:`gmm.fit`, but for ``start``.

    Returns
    -------
    Selection
        The fits, which prints as a table.

    Raises
    ------
    TypeError, ValueError
        If `n_components` holds no number, if ``start`` is given, or whatever
        :func:`gmm.fit` raises.

    Warns
    -----
    ConvergenceWarning
        For each number of components whose fit did not converge.

    Notes
    -----
    Equations ``eq:aic-bic`` and ``eq:icl`` of the book.

    Examples
    --------
    >>> from gmm import datasets
    >>> waits = fit_range(datasets.faithful().waiting, 3)
    >>> waits
    K      log L       AIC       BIC       ICL  smallest σ  smallest N_k  end
    1  -1095.289  2194.578  2201.789  2201.789       13.57         272.0  maximum
    2  -1034.002  2078.003  2096.033  2118.375       5.868          98.2  maximum
    3  -1031.635  2079.269  2108.116  2187.908       3.752          41.8  maximum
    >>> waits.best("bic").mixture.n_components
    2
    """
    if "start" in options:
        raise ValueError("start has one number of components, and fit_range tries several. Pass start to gmm.fit.")
    if not isinstance(n_components, Iterable):
        n_components = range(1, check.whole_number(n_components, "n_components", 1) + 1)
    numbers = tuple(n_components)
    if not numbers:
        raise ValueError("n_components is empty. Give at least one number of components, for instance range(1, 4).")
    fits = tuple(_fit_and_name(x, k, sample_weight, options) for k in numbers)
    recorded = {name: options[name] for name in ("width", "edges") if name in options}
    entropies = [entropy(x, end.mixture, sample_weight=sample_weight, **recorded) for end in fits]
    return Selection(fits, np.array(entropies))


def _fit_and_name(x, k, sample_weight, options):
    """Fit, and let a warning say with how many components."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        end = fit(x, k, sample_weight=sample_weight, **options)
    if not end.converged:
        warnings.warn(f"n_components={k}: {end.message}", ConvergenceWarning, stacklevel=4)
    return end


def _is_proper(end):
    """Tell whether a fit ended at a maximum without a component that may be an accident."""
    return end.converged and not end.certificate.spurious


def _ending(end):
    """Return how a fit ended, in a few words."""
    proved = end.certificate
    if proved.kind != "maximum":
        return f"no maximum: {proved.kind}"
    if proved.on_floor:
        return f"{listed(proved.on_floor)} on the floor"
    if proved.spurious:
        return f"spurious: {listed(proved.spurious)}"
    return "maximum" if end.converged else "not exact"


@dataclass(frozen=True, repr=False, eq=False)
class RatioTest:
    """The likelihood ratio of K + 1 components against K, and what it would be by chance.

    Attributes
    ----------
    smaller, larger : Fit
        The fits of the data with K and with K + 1 components.
    simulated : ndarray, shape (n_samples,)
        The ratio for each sample of the smaller mixture.
    n_unsettled : int
        How many of the samples had a fit that did not converge.
    ratio : float
        2 (log L of the larger − log L of the smaller).
    p_value : float
        How often chance alone gives a ratio as large, counting the data as a
        sample of their own: (1 + number of simulated ≥ ratio) / (n_samples + 1).
    """

    smaller: Fit
    larger: Fit
    simulated: np.ndarray
    n_unsettled: int = 0

    @property
    def ratio(self) -> float:
        """Twice the gain in log-likelihood by the component more."""
        return 2 * (self.larger.log_likelihood - self.smaller.log_likelihood)

    @property
    def p_value(self) -> float:
        """The share of ratios, the observed one among them, that are as large."""
        return (1 + int(np.count_nonzero(self.simulated >= self.ratio))) / (self.simulated.size + 1)

    def __repr__(self) -> str:
        k, n = self.smaller.mixture.n_components, self.simulated.size
        unsettled = f", {self.n_unsettled} of them unsettled" if self.n_unsettled else ""
        return (
            f"RatioTest({k} against {k + 1}: ratio {self.ratio:.4f}, p = {self.p_value:.4g} by {n} samples{unsettled})"
        )


def bootstrap_ratio(
    x: ArrayLike,
    n_components: int,
    *,
    rng: np.random.Generator | int,
    n_samples: int = 99,
    sample_weight: ArrayLike | None = None,
    equal_variances: bool = False,
    min_variance: float | None = None,
    width: float | None = None,
    edges: ArrayLike | None = None,
) -> RatioTest:
    """Test K components against K + 1 by the parametric bootstrap of the likelihood ratio.

    The ratio has no chi-squared distribution: where the component more is not
    needed, its weight stands on the border, and its mean and variance mean
    nothing. So its distribution is simulated. Samples as large as the data are
    drawn from the fit with K, recorded as the data were, and both are fitted
    to each. Data that are all multiples of one step were rounded to it.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    n_components : int
        The smaller number of components, K.
    rng : numpy.random.Generator or int
        The source of the samples, or a seed for one.
    n_samples : int
        How many. The p-value is a multiple of 1 / (n_samples + 1).
    sample_weight : array_like, shape (N,), optional
        How often each observation counts, in whole numbers: their sum is the
        size of a sample.
    equal_variances, min_variance, width, edges
        As in :func:`gmm.fit`, for all fits. With one of the last two the
        samples are put into the same classes.

    Returns
    -------
    RatioTest
        The observed ratio, the simulated ones and the p-value.

    Raises
    ------
    TypeError, ValueError
        If `sample_weight` holds a number that is not whole, or whatever
        :func:`gmm.fit` raises.

    Warns
    -----
    ConvergenceWarning
        If a fit of the data did not converge.

    Notes
    -----
    McLachlan (1987), *Applied Statistics* 36(3), 318–324. A sample is fitted
    by the search that the data are fitted by, with the same floor under the
    variances. A shorter search for the samples, or one that begins at the
    mixture that they were drawn from, would find less for one of the two
    numbers than for the other, and so shift the ratio.

    Examples
    --------
    >>> x = np.concatenate([np.linspace(-1, 1, 30), np.linspace(9, 11, 30)])
    >>> test = bootstrap_ratio(x, 1, n_samples=19, rng=1)
    >>> print(round(test.ratio, 1), test.p_value)
    172.7 0.05
    """
    n_samples = check.whole_number(n_samples, "n_samples", 1)
    rng = check.generator(rng)
    if is_stream(x):
        raise ValueError(
            "x must be an array: bootstrap_ratio draws samples as large as it. Pass the observations themselves."
        )
    k, n = check.whole_number(n_components, "n_components", 1), _sample_size(x, sample_weight)
    options: dict[str, Any] = {"equal_variances": equal_variances, "min_variance": min_variance}
    options |= {"width": width, "edges": edges}
    record = _recorder(*check.data(x, sample_weight), width, edges)
    observed = tuple(_fit_and_name(x, number, sample_weight, options) for number in (k, k + 1))
    options["min_variance"] = observed[0].certificate.min_variance
    simulated, unsettled = np.empty(n_samples), 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for s in range(n_samples):
            sample = record(observed[0].mixture.sample(n, rng)[0])
            smaller, larger = (fit(sample, number, **options) for number in (k, k + 1))
            simulated[s] = RatioTest(smaller, larger, simulated[:0]).ratio
            unsettled += not (smaller.converged and larger.converged)
    return RatioTest(observed[0], observed[1], simulated, unsettled)


def _sample_size(x, sample_weight):
    """Return the number of observations, or raise if the weights are no counts."""
    x, weight = check.data(x, sample_weight)
    if (weight != np.round(weight)).any():
        n = int((weight != np.round(weight)).argmax())
        raise ValueError(
            f"sample_weight must hold counts, since samples of that size are drawn, but sample_weight[{n}] "
            f"is {weight[n]}. Pass whole numbers."
        )
    return int(weight.sum())


def _recorder(x, sample_weight, width, edges):
    """Return a function that records values as the data were recorded: in classes, or rounded to their step."""
    x = x[sample_weight > 0]
    if edges is not None:
        edges = check.edges(edges)
        return lambda values: np.clip(values, edges[0], edges[-1])
    step = _rounding_step(x) if width is None else check.tolerance(width, "width")
    if step is None:
        return lambda values: values
    return lambda values: x[0] + step * np.round((values - x[0]) / step)


def _rounding_step(x: np.ndarray) -> float | None:
    """Return the step that all differences of observations are multiples of, or None.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Observations.

    Returns
    -------
    float or None
        The smallest gap between two different values, or else the largest
        power of ten below it that fits; None if none does.
    """
    values = np.unique(x)
    gaps = np.diff(values)
    if gaps.size == 0:
        return None
    gap = float(gaps.min())
    tens = 10.0 ** np.arange(np.floor(np.log10(gap)), np.log10(gap * FINEST_STEP), -1)
    for step in (gap, *tens.tolist()):
        steps = (values - values[0]) / step
        if np.abs(steps - np.round(steps)).max() < max(ON_GRID, 4 * np.spacing(np.abs(values).max()) / step):
            return step
    return None


class GoodnessOfFit(NamedTuple):
    """Pearson's X² of a fit to recorded data.

    Attributes
    ----------
    statistic : float
        Σ (observed − expected)² / expected over the pooled classes.
    degrees_of_freedom : int
        Pooled classes, less 1, less the free parameters of the fit.
    p_value : float
        How often chi-squared with so many degrees is as large.
    edges : ndarray, shape (C + 1,)
        Of the pooled classes, the outermost infinite.
    observed, expected : ndarray, shape (C,)
        How many observations lie in each, and how many the fit has there.
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    edges: np.ndarray
    observed: np.ndarray
    expected: np.ndarray

    def __repr__(self) -> str:
        return (
            f"GoodnessOfFit(X² = {self.statistic:.4g} on {self.degrees_of_freedom} degrees of freedom, "
            f"p = {self.p_value:.4g})"
        )


def goodness_of_fit(result: Fit, x: ArrayLike, *, sample_weight: ArrayLike | None = None) -> GoodnessOfFit:
    """Test a fit to recorded data by Pearson's X².

    Parameters
    ----------
    result : Fit
        Made with ``width`` or ``edges``.
    x : array_like, shape (N,)
        The observations that were fitted.
    sample_weight : array_like, shape (N,), optional
        Their weights, if they had any.

    Returns
    -------
    GoodnessOfFit

    Raises
    ------
    TypeError, ValueError
        If the fit knows of no classes, if the observations are not finite
        numbers in them, or if too few classes are left when they are pooled.

    Notes
    -----
    Classes are pooled from the left until five observations are expected in
    each; what is left over at the end joins the last. The outermost reach to
    infinity. The parameters have the greatest likelihood of the recorded
    classes, before they were pooled, so the p-value is a little too small
    rather than too large (Chernoff & Lehmann 1954, *The Annals of
    Mathematical Statistics* 25(3), 579–586).

    Examples
    --------
    >>> from gmm import datasets
    >>> ratio, count = datasets.crabs()
    >>> for k in (1, 2):
    ...     print(goodness_of_fit(fit(ratio, k, sample_weight=count, width=0.004), ratio, sample_weight=count))
    GoodnessOfFit(X² = 62.86 on 22 degrees of freedom, p = 8.353e-06)
    GoodnessOfFit(X² = 15.55 on 18 degrees of freedom, p = 0.624)
    """
    if result.width is None and result.edges is None:
        raise ValueError("result knows of no classes. Fit with width= or edges=, which say how x was recorded.")
    x, weight = check.data(x, sample_weight)
    x, recorded = as_recorded(x, result.width, result.edges)
    edges, observed = _counts(x, weight, recorded)
    edges = np.concatenate([[-np.inf], edges[1:-1], [np.inf]])
    expected = weight.sum() * result.mixture.probability(edges[:-1], edges[1:])
    starts = _pooled(expected)
    observed, expected = np.add.reduceat(observed, starts), np.add.reduceat(expected, starts)
    degrees = starts.size - 1 - result.n_parameters
    if degrees < 1:
        raise ValueError(
            f"x has {starts.size} classes in which {EXPECTED:g} observations are expected, too few for "
            f"{result.n_parameters} parameters. Use fewer components, or more observations."
        )
    statistic = float(((observed - expected) ** 2 / expected).sum())
    edges = np.append(edges[starts], np.inf)
    return GoodnessOfFit(statistic, degrees, _chi_squared_tail(statistic, degrees), edges, observed, expected)


def _counts(x, weight, recorded):
    """Return the edges of all classes from the first observation to the last, and the weight in each."""
    if recorded.edges is not None:
        return recorded.edges, np.bincount(recorded.numbers(x), weight, recorded.edges.size - 1)
    numbers = np.round((x - x.min()) / recorded.width).astype(int)
    edges = x.min() + recorded.width * (np.arange(numbers.max() + 2) - 0.5)
    return edges, np.bincount(numbers, weight)


def _pooled(expected):
    """Return where pooled classes begin: from the left, each as soon as enough are expected in the one before."""
    starts, inside = [0], 0.0
    for number, value in enumerate(expected[:-1]):
        inside += value
        if inside >= EXPECTED:
            starts.append(number + 1)
            inside = 0.0
    if expected[starts[-1] :].sum() < EXPECTED and len(starts) > 1:
        starts.pop()
    return np.array(starts)


def _chi_squared_tail(statistic, degrees):
    """Return the probability that chi-squared is as large: a finite sum, for whole degrees of freedom."""
    if statistic <= 0:
        return 1.0
    t, odd = statistic / 2, degrees % 2
    powers = [i + odd / 2 for i in range((degrees - odd) // 2)]
    return (erfc(sqrt(t)) if odd else 0.0) + sum(exp(power * log(t) - t - lgamma(power + 1)) for power in powers)
