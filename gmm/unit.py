"""Units in which numbers can be compared: data centred at 0 with a spread of about 1, and moves of parameters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

__all__ = ["Unit", "counted", "move", "power_of_two", "standardise", "standardised_in_place"]


@dataclass(frozen=True)
class Unit:
    """A centre and a scale.

    The centre is the median, which an outlier does not drag along. The scale
    is a power of two, so that dividing by it rounds nothing.
    """

    centre: float
    scale: float

    def inward(self, mixture: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weights, means and variances of the standardised data."""
        pi, mu, var = mixture
        return pi, (mu - self.centre) / self.scale, var / self.scale**2

    def outward(self, theta: Iterable[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return weights, means and variances of the data as they came."""
        pi, mu, var = theta
        return pi, self.centre + self.scale * mu, var * self.scale**2


def counted(sample_weight: np.ndarray | None, *arrays: np.ndarray) -> list[np.ndarray]:
    """Return the arrays without the observations of weight 0."""
    if sample_weight is None or sample_weight.min() > 0:
        return list(arrays)
    return [array[sample_weight > 0] for array in arrays]


def move(old: tuple[np.ndarray, np.ndarray, np.ndarray], new: tuple[np.ndarray, np.ndarray, np.ndarray]) -> float:
    """Return the largest move of a parameter: of weights, and in standard deviations of means and deviations."""
    sigma = np.sqrt(new[2])
    return float(np.abs([new[0] - old[0], (new[1] - old[1]) / sigma, 1 - np.sqrt(old[2]) / sigma]).max())


def standardise(x: np.ndarray) -> tuple[np.ndarray, Unit]:
    """Return the data in that unit, and the unit.

    Parameters
    ----------
    x : ndarray of float64, shape (N,)
        Observations, left as they are.

    Returns
    -------
    z : ndarray, shape (N,)
    unit : Unit

    Raises
    ------
    ValueError
        If the variance of the data is beyond the range of a float.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        return standardised_in_place(x.copy(), np.median(x))


def standardised_in_place(x: np.ndarray, centre: float) -> tuple[np.ndarray, Unit]:
    """Return the same array, its values now in the unit with this centre, and the unit."""
    low, high = x.min(), x.max()
    with np.errstate(over="ignore", invalid="ignore"):
        x -= centre
        widest = max(-x.min(), x.max())
        if widest == 0:
            return x, Unit(float(centre), 1.0)
        spread = widest * np.sqrt(_mean_square(x, widest))
        scale = power_of_two(spread, low, high)
    x /= scale
    return x, Unit(float(centre), scale)


def power_of_two(spread: float, low: float, high: float) -> float:
    """Return the largest power of two up to the spread, or raise where its square is beyond the range of a float."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        scale = float(2.0 ** np.floor(np.log2(spread)))
        representable = 1e-305 < np.square(scale) < 1e305
    if not representable:
        raise ValueError(
            f"x ranges from {low:.6g} to {high:.6g}: its variance is beyond the range of a float. "
            "Rescale x, or remove the outlier."
        )
    return scale


def _mean_square(x, widest, block=65_536):
    """Return the mean of (x / widest)², by block, without another array as long as x."""
    total = 0.0
    for n in range(0, x.size, block):
        share = x[n : n + block] / widest
        total += share @ share
    return total / x.size
