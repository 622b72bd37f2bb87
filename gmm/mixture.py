"""The density: one normal curve, and a weighted sum of several."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from gmm import check
from gmm.erf import erfc
from gmm.table import Table

__all__ = ["Mixture", "check_mixture", "normal_log_pdf", "normal_pdf"]

PARAMETERS = ("weights", "means", "variances")
# How far the weights may be from summing to one. Published weights are often
# rounded; what EM returns is right to a few units in the last place.
WEIGHT_TOLERANCE = 1e-8
# Where every log π_k 𝒩_k is below this, neighbouring floats are 2 apart: too
# coarse to compare components, so γ follows from the distances themselves.
FAR = -1e16


@overload
def normal_log_pdf(x: float, mean: float, variance: float) -> float: ...


@overload
def normal_log_pdf(x: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> np.ndarray: ...


def normal_log_pdf(x: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> float | np.ndarray:
    """Return the logarithm of the normal density.

    The logarithm of :func:`normal_pdf`. It stays finite where the density
    itself is too small for a float, up to some 1e154 standard deviations out.

    Parameters
    ----------
    x, mean : array_like
        Points and means, in the unit of the data. They broadcast.
    variance : array_like
        Variances, positive, in that unit squared.

    Returns
    -------
    float or ndarray
        log N(x | mean, variance), of the shape that the arguments broadcast to.

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite and real, if a variance is not positive,
        or if the shapes do not broadcast.

    Notes
    -----
    Equation ``eq:normal`` of the book.

    Examples
    --------
    >>> print(round(normal_log_pdf(1000.0, 0.0, 1.0), 3))
    -500000.919
    """
    x, mean, variance = check.finite(x, "x"), check.finite(mean, "mean"), check.finite(variance, "variance")
    check.broadcast(x=x, mean=mean, variance=variance)
    _check_positive(variance, "variance")
    return _normal_log_pdf(x, mean, variance)[()]


@overload
def normal_pdf(x: float, mean: float, variance: float) -> float: ...


@overload
def normal_pdf(x: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> np.ndarray: ...


def normal_pdf(x: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> float | np.ndarray:
    """Return the normal density N(x | mean, variance).

    Parameters
    ----------
    x, mean : array_like
        Points and means, in the unit of the data. They broadcast.
    variance : array_like
        Variances (not standard deviations), positive, in that unit squared.

    Returns
    -------
    float or ndarray
        The density, per unit of the data.

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite and real, if a variance is not positive,
        or if the shapes do not broadcast.

    Notes
    -----
    Equation ``eq:normal`` of the book; Bishop (2006), equation 1.46, page 24.

    Examples
    --------
    >>> print(round(normal_pdf(0.0, 0.0, 1.0), 4))
    0.3989
    """
    return np.exp(normal_log_pdf(x, mean, variance))


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Mixture:
    """A mixture of K normal densities, f(x) = Σ_k π_k N(x | μ_k, σ_k²).

    It cannot be changed once made, and it unpacks into its three arrays:
    ``pi, mu, var = mixture``.

    Parameters
    ----------
    weights : array_like, shape (K,)
        The weights π_k: not negative, summing to 1 (to within 1e-8).
    means : array_like, shape (K,)
        The means μ_k, in the unit of the data.
    variances : array_like, shape (K,)
        The variances σ_k² (not standard deviations): positive, in that unit
        squared.

    Attributes
    ----------
    weights, means, variances : ndarray of float64, shape (K,)
        Read-only.

    Raises
    ------
    TypeError, ValueError
        If an argument is not finite and real, if the lengths differ, if a
        weight is negative, if the weights do not sum to 1, or if a variance
        is not positive.

    Notes
    -----
    Equations ``eq:mixture`` and ``eq:mixture-k`` of the book; Bishop (2006),
    equation 2.188, page 111. ``print`` and notebooks show six digits; ``repr``
    shows them all, and pastes back. A method of x raises what :func:`normal_pdf` does if x is
    not finite and real.

    Examples
    --------
    >>> mixture = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
    >>> mixture
    Mixture(weights=[0.25, 0.75], means=[0.0, 4.0], variances=[1.0, 4.0])
    >>> print(mixture.mean, mixture.variance, mixture.std)
    3.0 6.25 2.5
    >>> print(mixture.assign([0.0, 1.0, 2.0, 3.0]))
    [0 0 1 1]
    """

    weights: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    def __init__(self, weights: ArrayLike, means: ArrayLike, variances: ArrayLike) -> None:
        for name, value in zip(PARAMETERS, (weights, means, variances)):
            array = np.atleast_1d(check.finite(value, name))
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        _check_parameters(*self)

    @property
    def n_components(self) -> int:
        """The number of components, K."""
        return self.weights.size

    @property
    def mean(self) -> float:
        """The mean of the mixture, Σ π_k μ_k (``eq:mixture-mean``)."""
        return self.weights @ self.means

    @property
    def variance(self) -> float:
        """The variance of the mixture, Σ π_k (σ_k² + (μ_k − mean)²) (``eq:mixture-variance``)."""
        # NumPy's own annotations take this product for an array.
        return self.weights @ (self.variances + (self.means - self.mean) ** 2)  # type: ignore[return-value]

    @property
    def std(self) -> float:
        """The standard deviation of the mixture, √variance."""
        return np.sqrt(self.variance)

    def component_pdf(self, x: ArrayLike) -> np.ndarray:
        """Return each weighted component density, π_k N(x | μ_k, σ_k²).

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data.

        Returns
        -------
        ndarray, shape (..., K)
            They sum to :meth:`pdf` over the last axis.
        """
        return np.exp(self._log_terms(check.finite(x, "x")))

    @overload
    def pdf(self, x: float) -> float: ...

    @overload
    def pdf(self, x: ArrayLike) -> np.ndarray: ...

    def pdf(self, x: ArrayLike) -> float | np.ndarray:
        """Return the density f(x).

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data.

        Returns
        -------
        float or ndarray, shape (...)
            The density, per unit of the data (``eq:mixture-k``).
        """
        return np.exp(self.log_pdf(x))

    @overload
    def log_pdf(self, x: float) -> float: ...

    @overload
    def log_pdf(self, x: ArrayLike) -> np.ndarray: ...

    def log_pdf(self, x: ArrayLike) -> float | np.ndarray:
        """Return log f(x), finite where f(x) is too small for a float.

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data.

        Returns
        -------
        float or ndarray, shape (...)
            The logarithm of the density, in nats. It is −inf only where log f
            itself is beyond the range of a float, some 1e154 standard
            deviations out.
        """
        return self._posterior(check.finite(x, "x"))[0][()]

    def responsibilities(self, x: ArrayLike) -> np.ndarray:
        """Return γ_k(x), the probability that x came from component k.

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data.

        Returns
        -------
        ndarray, shape (..., K)
            Numbers in [0, 1] that sum to 1 over the last axis, however far
            out x is (``eq:responsibility``). Bishop (2006) has it as equation
            9.13, page 432.
        """
        return self._posterior(check.finite(x, "x"))[1]

    @overload
    def assign(self, x: float) -> np.intp: ...

    @overload
    def assign(self, x: ArrayLike) -> np.ndarray: ...

    def assign(self, x: ArrayLike) -> np.intp | np.ndarray:
        """Return the component with the largest responsibility.

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data.

        Returns
        -------
        int or ndarray of int, shape (...)
            Indices 0 … K − 1. A tie goes to the lowest index
            (``eq:assignment``).
        """
        return self.responsibilities(x).argmax(axis=-1)

    @overload
    def cdf(self, x: float) -> float: ...

    @overload
    def cdf(self, x: ArrayLike) -> np.ndarray: ...

    def cdf(self, x: ArrayLike) -> float | np.ndarray:
        """Return the distribution function F(x), the probability of a value up to x.

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data; infinities are allowed.

        Returns
        -------
        float or ndarray, shape (...)
            From 0 to 1, with all its digits where it is tiny.

        Notes
        -----
        The area under each component up to x is erfc(−z/√2)/2, with
        z = (x − μ_k)/σ_k; see :mod:`gmm.erf`.

        Examples
        --------
        >>> standard = Mixture(1.0, 0.0, 1.0)
        >>> print(round(standard.cdf(1.0), 6), f"{standard.cdf(-20.0):.6e}")
        0.841345 2.753624e-89
        """
        return self._tail(check.real(x, "x"), -1)

    @overload
    def sf(self, x: float) -> float: ...

    @overload
    def sf(self, x: ArrayLike) -> np.ndarray: ...

    def sf(self, x: ArrayLike) -> float | np.ndarray:
        """Return the survival function 1 − F(x), the probability of a value beyond x.

        Parameters
        ----------
        x : array_like, shape (...)
            Points, in the unit of the data; infinities are allowed.

        Returns
        -------
        float or ndarray, shape (...)
            From 0 to 1, with all its digits where it is tiny.
        """
        return self._tail(check.real(x, "x"), 1)

    @overload
    def probability(self, low: float, high: float) -> float: ...

    @overload
    def probability(self, low: ArrayLike, high: ArrayLike) -> np.ndarray: ...

    def probability(self, low: ArrayLike, high: ArrayLike) -> float | np.ndarray:
        """Return the probability of a value between two points.

        Parameters
        ----------
        low, high : array_like
            The points, in the unit of the data; they broadcast, and infinities
            are allowed.

        Returns
        -------
        float or ndarray
            Negative where `high` is below `low`. Beyond a component's mean
            its upper tail is subtracted, so that no digit is lost there.

        Examples
        --------
        >>> print(f"{Mixture(1.0, 0.0, 1.0).probability(10.0, 11.0):.6e}")
        7.619662e-24
        """
        low, high = check.real(low, "low"), check.real(high, "high")
        check.broadcast(low=low, high=high)
        left, right = ((x[..., np.newaxis] - self.means) / np.sqrt(2 * self.variances) for x in (low, high))
        upper = (left > 0) & (right > 0)
        areas = np.where(upper, erfc(left) - erfc(right), erfc(-right) - erfc(-left)) / 2
        return (areas @ self.weights)[()]

    @overload
    def quantile(self, p: float) -> float: ...

    @overload
    def quantile(self, p: ArrayLike) -> np.ndarray: ...

    def quantile(self, p: ArrayLike) -> float | np.ndarray:
        """Return the point that a share p of the values does not exceed, F⁻¹(p).

        Parameters
        ----------
        p : array_like, shape (...)
            Probabilities, from 0 to 1.

        Returns
        -------
        float or ndarray, shape (...)
            In the unit of the data; −∞ for 0 and ∞ for 1.

        Raises
        ------
        TypeError, ValueError
            If p is no number, or not from 0 to 1.

        Examples
        --------
        >>> mixture = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
        >>> print(round(mixture.cdf(mixture.quantile(0.1)), 12))
        0.1
        """
        p = check.finite(p, "p")
        if ((p < 0) | (p > 1)).any():
            raise ValueError(f"p must be from 0 to 1, but holds {p[(p < 0) | (p > 1)].flat[0]}. Pass probabilities.")
        sigma = np.sqrt(self.variances)
        low = np.full(p.shape, (self.means - 40 * sigma).min())
        high = np.full(p.shape, (self.means + 40 * sigma).max())
        # F rises, so halving finds where it reaches p; from the median on by the other tail.
        beyond = p > 0.5
        for _ in range(2000):
            middle = low / 2 + high / 2
            if ((middle <= low) | (middle >= high)).all():
                break
            short = np.where(beyond, self._tail(middle, 1) > 1 - p, self._tail(middle, -1) < p)
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.where(p == 0, -np.inf, np.where(p == 1, np.inf, high))[()]

    def _tail(self, x, side):
        """Return the area on one side of x: below it for −1, above it for 1."""
        with np.errstate(over="ignore"):
            z = (x[..., np.newaxis] - self.means) / np.sqrt(2 * self.variances)
        return (erfc(side * z) / 2 @ self.weights)[()]

    def to_json(self) -> str:
        """Return the mixture as JSON, from which :meth:`from_json` makes an equal one.

        Returns
        -------
        str
        """
        return json.dumps({"gmm": "Mixture", **{name: array.tolist() for name, array in zip(PARAMETERS, self)}})

    @classmethod
    def from_json(cls, text: str) -> Mixture:
        """Return the mixture that :meth:`to_json` has written.

        Parameters
        ----------
        text : str
            What it returned.

        Returns
        -------
        Mixture

        Raises
        ------
        ValueError
            If the text holds something else.

        Examples
        --------
        >>> mixture = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
        >>> Mixture.from_json(mixture.to_json()) == mixture
        True
        """
        try:
            stored = json.loads(text)
            if stored.pop("gmm") != "Mixture":
                raise KeyError
            return cls(**stored)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise ValueError(f"text is no mixture: {text!r:.60}. Pass what Mixture.to_json returned.") from None

    def sample(self, n: int, rng: np.random.Generator | int) -> tuple[np.ndarray, np.ndarray]:
        """Draw n observations: first a label, then a value.

        Parameters
        ----------
        n : int
            How many.
        rng : numpy.random.Generator or int
            The source of randomness, or a seed for one.

        Returns
        -------
        values : ndarray of float64, shape (n,)
            The observations.
        labels : ndarray of int, shape (n,)
            The component that each came from, 0 … K − 1.

        Raises
        ------
        TypeError, ValueError
            If n is no whole number or negative, or `rng` is neither a
            generator nor a seed.
        """
        n = check.whole_number(n, "n", 0)
        rng = check.generator(rng)
        labels = rng.choice(self.n_components, size=n, p=self.weights / self.weights.sum())
        return rng.normal(self.means[labels], np.sqrt(self.variances[labels])), labels

    def _log_terms(self, x):
        """Return log π_k + log N(x | μ_k, σ_k²), shape (..., K)."""
        with np.errstate(divide="ignore"):  # log 0 = −inf is right for an empty component
            log_pi = np.log(self.weights)
        return log_pi + _normal_log_pdf(x[..., np.newaxis], self.means, self.variances)

    def _posterior(self, x):
        """Return log f(x), shape (...), and γ(x), shape (..., K)."""
        terms = self._log_terms(x)
        # Subtracting the largest term leaves γ as it is and keeps one exp at 1,
        # so the sum is never 0 (eq:log-sum-exp).
        largest = terms.max(axis=-1, keepdims=True)
        with np.errstate(invalid="ignore"):
            shares = np.exp(terms - largest)
        far = largest[..., 0] < FAR
        if far.any():
            shares[far] = self._far_shares(x[far])
        total = shares.sum(axis=-1, keepdims=True)
        return (largest + np.log(total))[..., 0], shares / total

    def _far_shares(self, x):
        """Return γ, not yet divided by its sum, where squared distances have lost the digits that decide it.

        The component that is the fewest of its own standard deviations away
        takes all, but for what it shares with those of its own width.
        """
        sigma, alive = np.sqrt(self.variances), self.weights > 0
        # Halved, and in units of the narrowest, no distance overflows.
        distance = np.abs(x[:, np.newaxis] / 2 - self.means / 2) * (sigma.min() / sigma)
        distance = np.where(alive, distance, np.inf)
        nearest = distance == distance.min(axis=1, keepdims=True)
        # Where rounding makes several alike, the nearest is the one furthest towards x.
        low = np.where(nearest, self.means, np.inf).min(axis=1)
        high = np.where(nearest, self.means, -np.inf).max(axis=1)
        side = np.sign(x - low / 2 - high / 2)[:, np.newaxis]
        best = np.where(nearest, side * self.means, -np.inf).argmax(axis=1)[:, np.newaxis]
        mu, width, x = self.means[best], sigma[best], x[:, np.newaxis]
        # The difference of two squares of equal width, as a product, which cancels no digit.
        with np.errstate(over="ignore", invalid="ignore"):
            odds = (self.means - mu) / width * ((x / 2 - self.means / 2) / width + (x / 2 - mu / 2) / width)
        odds = np.where(self.means == mu, 0, odds)
        return self.weights * np.exp(np.where(alive & (sigma == width), odds, -np.inf))

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.weights, self.means, self.variances))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mixture):
            return NotImplemented
        return all(np.array_equal(a, b) for a, b in zip(self, other))

    def __hash__(self) -> int:
        # Adding 0.0 makes −0.0 and 0.0, which are equal, hash alike.
        return hash(tuple((array + 0.0).tobytes() for array in self))

    def __reduce__(self):
        # Rebuilding through the constructor keeps a copy or an unpickled one read-only.
        return Mixture, tuple(self)

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={(array + 0.0).tolist()}" for name, array in zip(PARAMETERS, self))
        return f"Mixture({values})"

    def __str__(self) -> str:
        # As in the hash, −0.0 is 0.0.
        weights, means, variances = (", ".join(f"{value + 0.0:.6g}" for value in array) for array in self)
        return f"Mixture(weights=[{weights}], means=[{means}], variances=[{variances}])"

    def _repr_pretty_(self, printer, cycle):
        # What a notebook stores is compared with the next execution, and the last digits are a matter of the machine.
        printer.text(str(self))

    def _repr_html_(self):
        columns = (*self, np.sqrt(self.variances))
        rows = [(str(k), *(f"{value + 0.0:.6g}" for value in row)) for k, row in enumerate(zip(*columns))]
        return Table(("component", "weight", "mean", "variance", "standard deviation"), rows)._repr_html_()


def _normal_log_pdf(x, mean, variance):
    """Return log N(x | mean, variance) of arrays that have been checked."""
    # Dividing before squaring, and splitting log(2πσ²), keep huge and tiny scales in range.
    with np.errstate(over="ignore"):
        z = (x - mean) / np.sqrt(variance)
        return -0.5 * (z * z + np.log(variance) + np.log(2 * np.pi))


def _check_positive(variances, name):
    if (variances <= 0).any():
        raise ValueError(
            f"{name} must be positive, but holds {variances[variances <= 0].flat[0]}. "
            "Pass σ², which is never zero or negative."
        )


def _check_parameters(weights, means, variances):
    """Raise unless the three arrays are the parameters of a mixture."""
    for name, array in (("weights", weights), ("means", means), ("variances", variances)):
        if array.ndim != 1:
            raise ValueError(f"{name} must be one-dimensional, but has shape {array.shape}. Give one per component.")
    if not weights.size == means.size == variances.size:
        raise ValueError(
            "weights, means and variances must have the same length, but have "
            f"{weights.size}, {means.size} and {variances.size}. Give one of each per component."
        )
    if weights.size == 0:
        raise ValueError("weights is empty. A mixture has at least one component.")
    if (weights < 0).any():
        raise ValueError(
            f"weights must not be negative, but holds {weights[weights < 0][0]}. Use 0 for an empty component."
        )
    with np.errstate(over="ignore"):
        total = weights.sum()
    if abs(total - 1) > WEIGHT_TOLERANCE:
        raise ValueError(f"weights must sum to 1, but sum to {total:.10g}. Divide each by their sum.")
    _check_positive(variances, "variances")


def check_mixture(value: object, name: str) -> Mixture:
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
