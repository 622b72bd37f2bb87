"""Profile likelihood: how far one parameter can go while all the others make the best of it."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from gmm.engine import settings
from gmm.engine.climb import Point, free_directions, moved, newton_step

__all__ = ["MEAN", "VARIANCE", "WEIGHT", "Kind", "Profile", "profile_intervals"]


class Kind(NamedTuple):
    """A kind of parameter: where it stands in theta, and a coordinate in which no step leaves its range."""

    row: int
    coordinate: Callable
    slope: Callable  # of the coordinate
    value: Callable
    limits: tuple
    farthest: float  # a coordinate this far from that of the top is as good as the limit


WEIGHT = Kind(
    0,
    lambda pi: np.log(pi / (1 - pi)),
    lambda pi: 1 / (pi * (1 - pi)),
    lambda c: 1 / (1 + np.exp(-c)),
    limits=(0.0, 1.0),
    farthest=30.0,
)
MEAN = Kind(1, lambda mu: mu, lambda mu: 1.0, lambda c: c, limits=(-np.inf, np.inf), farthest=np.inf)
VARIANCE = Kind(2, np.log, lambda var: 1 / var, np.exp, limits=(0.0, np.inf), farthest=30.0)


@dataclass(frozen=True, eq=False)
class Profile:
    """The log-likelihood as a function of one parameter, at the best values of all the others.

    Attributes
    ----------
    x, w : ndarray, shape (M,)
        Values, or classes, and their weights.
    top : tuple of ndarray
        Weights, means and variances where their likelihood has its maximum.
    kind : {WEIGHT, MEAN, VARIANCE}
        What the parameter is.
    k : int
        Of which component.
    equal_variances : bool
        Whether the components share one variance.

    Notes
    -----
    Equation ``eq:profile`` of the book; Venzon & Moolgavkar (1988), *Applied Statistics* 37(1), 87–94.
    """

    x: np.ndarray
    w: np.ndarray
    top: tuple
    kind: Kind
    k: int
    equal_variances: bool = False

    def interval(self, level, error):
        """Return the two places where the log-likelihood has fallen too far for the level.

        Twice the fall is compared with the quantile of χ² with one degree of
        freedom, the square of a quantile of the normal density.

        Parameters
        ----------
        level : float
            Between 0 and 1.
        error : float
            The standard error of the parameter, for the first guess.

        Returns
        -------
        low, high : float
            Where the likelihood never falls so far, the limit of the range: 0
            or 1 for a weight, 0 or infinity for a variance, an infinity for a
            mean.
        """
        depth = NormalDist().inv_cdf(0.5 + level / 2)
        value = float(self.top[self.kind.row][self.k])
        begin = float(self.kind.coordinate(value))
        step = min(depth * error * self.kind.slope(value), self.kind.farthest / 2)
        return tuple(self._end(begin, side * step, depth, limit) for side, limit in zip((-1, 1), self.kind.limits))

    def _end(self, begin, step, depth, limit):
        """Go away from the top until the fall is deep enough, then between the last two places by secants."""
        inside, shallow, theta = begin, 0.0, self.top
        height = Point(self.x, self.w, self.top).log_likelihood

        def fall(place):
            end = self._best(theta, float(self.kind.value(place)))
            return np.sqrt(2 * max(0.0, height - end.log_likelihood)), end.theta

        for _ in range(settings.MOST_STRIDES):
            outside = inside + step
            if abs(outside - begin) > self.kind.farthest:
                return limit
            deep, found = fall(outside)
            if deep >= depth:
                break
            inside, shallow, theta, step = outside, deep, found, settings.LONGER * step
        else:
            return limit
        for _ in range(settings.MOST_SECANTS):
            between = inside + (depth - shallow) / (deep - shallow) * (outside - inside)
            here, found = fall(between)
            if abs(here - depth) < settings.DEEP_ENOUGH:
                break
            if here < depth:
                inside, shallow, theta = between, here, found
            else:
                outside, deep = between, here
        return float(self.kind.value(between))

    def _best(self, theta, value):
        """Return the highest point with the parameter at a value, by Newton's method in all other directions."""
        point = Point(self.x, self.w, self._set(theta, value))
        for _ in range(settings.MOST_NEWTON):
            ways = self._other_directions(point.theta)
            rates, vectors = np.linalg.eigh(-ways.T @ point.hessian @ ways / point.total)
            directions = ways @ vectors
            step = newton_step(rates, directions, point.gradient @ directions / point.total)
            size = np.abs(step).max()
            if size < settings.PROFILED:
                break
            point = self._raised(point, step * min(1.0, settings.RADIUS / size), value)
        return point

    def _raised(self, point, step, value):
        """Return the point after the step, halved until the likelihood does not fall."""
        for _ in range(settings.MOST_HALVED):
            trial = Point(self.x, self.w, self._set(moved(point.theta, step, 0.0), value))
            if trial.log_likelihood >= point.log_likelihood:
                return trial
            step = step / 2
        return point

    def _set(self, theta, value):
        """Return theta with the parameter at a value; the other weights keep their ratios."""
        pi, mu, var = (array.copy() for array in theta)
        if self.kind is WEIGHT:
            pi *= (1 - value) / (1 - pi[self.k])
            pi[self.k] = value
        elif self.kind is MEAN:
            mu[self.k] = value
        else:
            var[slice(None) if self.equal_variances else self.k] = value
        return pi, mu, var

    def _other_directions(self, theta):
        """Return the directions in which the parameter stands still, as columns."""
        pi, k = theta[0], theta[0].size
        slopes = np.zeros((3, k))
        slopes[self.kind.row, self.k] = 1.0
        if self.kind is WEIGHT:
            slopes[0] -= pi
        ways = free_directions(k, self.equal_variances)
        still = np.linalg.qr((slopes.ravel() @ ways)[:, np.newaxis], mode="complete")[0][:, 1:]
        return ways @ still


def profile_intervals(x, w, theta, errors, level, equal_variances):
    """Return the intervals of all parameters, in the unit of the values.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Values, or classes, and their weights.
    theta : tuple of ndarray
        Weights, means and variances where their likelihood has its maximum.
    errors : (weights, means, variances)
        Their standard errors.
    level : float
        Between 0 and 1.
    equal_variances : bool
        Whether the components share one variance.

    Returns
    -------
    weights, means, variances : ndarray, shape (K, 2)
    """
    intervals = []
    for kind in (WEIGHT, MEAN, VARIANCE):
        several = kind is not WEIGHT or theta[0].size > 1  # a single weight is 1, whatever the data say
        intervals.append(
            np.array(
                [
                    Profile(x, w, theta, kind, k, equal_variances).interval(level, error) if several else (1.0, 1.0)
                    for k, error in enumerate(errors[kind.row])
                ]
            )
        )
    return tuple(intervals)
