"""The climb to a maximum of the likelihood: EM finds the hill, Newton's method goes up it."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise

import numpy as np

from gmm.engine import settings
from gmm.engine.exact import share_out, update
from gmm.engine.recorded import Classes
from gmm.engine.scan import gains
from gmm.engine.starts import short_runs, split
from gmm.unit import move

__all__ = ["Climb", "Point", "climb", "free_directions", "moved", "newton_step", "within_reach"]


LOG_ROOT = 0.5 * np.log(2 * np.pi)
# The block of a component (``eq:hessian``), entry by entry, from Σ γ, Σ γu, … Σ γu⁴.
BLOCK = np.array(
    [
        *([1, 0, 0, 0, 0], [0, 1, 0, 0, 0], [-1 / 2, 0, 1 / 2, 0, 0]),
        *([0, 1, 0, 0, 0], [-1, 0, 1, 0, 0], [0, -3 / 2, 0, 1 / 2, 0]),
        *([-1 / 2, 0, 1 / 2, 0, 0], [0, -3 / 2, 0, 1 / 2, 0], [1 / 4, 0, -1, 0, 1 / 4]),
    ]
)


class Point:
    """The log-likelihood of weighted values at one mixture, and its derivatives.

    The coordinates are log π_k, μ_k / σ_k and log σ_k², so that a step is in
    shares and in standard deviations whatever the scale of a component. Of
    classes in the place of values u, u², … are expected values (``eq:truncated``).
    """

    def __init__(self, x, w, theta):
        pi, mu, var = self.theta = theta
        self.sigma, self.w, self.total = np.sqrt(var), w, w.sum()
        # γ, γu, γu², γu³ and γu⁴, and their sums.
        self.powers = powers = np.empty((5, pi.size, w.size))
        with np.errstate(divide="ignore"):
            log_pi = np.log(pi)
        if isinstance(x, Classes):
            powers[0], moments = x.truncated(theta)
            powers[0] += log_pi[:, np.newaxis]
            self.log_likelihood = float(w @ share_out(powers[0]))
            np.multiply(powers[0], moments, out=powers[1:])
        else:
            u = x - mu[:, np.newaxis]
            u /= self.sigma[:, np.newaxis]
            np.multiply(u, u, out=powers[0])
            powers[0] *= -0.5
            powers[0] += (log_pi - np.log(self.sigma) - LOG_ROOT)[:, np.newaxis]
            self.log_likelihood = float(w @ share_out(powers[0]))
            for before, after in pairwise(powers):
                np.multiply(before, u, out=after)
        self.sums = powers @ w
        self.nk, self.first, self.second = self.sums[:3]

    @cached_property
    def gradient(self):
        """Σ s less N π, with the scores s = [γ, γu, γ(u² − 1)/2] (``eq:score``)."""
        return _gradient(self.theta[0], self.nk, self.first, self.second)

    @cached_property
    def hessian(self):
        """The second derivatives (``eq:hessian``), shape (3K, 3K)."""
        k, pi = self.nk.size, self.theta[0]
        scores = self.powers[:3]
        scores[2] -= scores[0]
        scores[2] *= 0.5
        scores = scores.reshape(3 * k, -1)
        hessian = (scores * self.w) @ scores.T
        np.negative(hessian, out=hessian)
        # What a component's parameters do to one another stands on the diagonals of nine blocks.
        np.einsum("ikjk->ijk", hessian.reshape(3, k, 3, k))[:] += (BLOCK @ self.sums).reshape(3, 3, k)
        shares = self.total * pi
        hessian[:k, :k] += shares[:, np.newaxis] * pi
        hessian.reshape(-1)[: 3 * k * k : 3 * k + 1] -= shares
        return hessian

    @cached_property
    def gains(self):
        """By how many nats each component raises the log-likelihood above that of the others."""
        return gains(self.theta, self.powers[0], self.w)

    def em_step(self, equal_variances, min_variance):
        """Return the mixture after one EM step."""
        sums = (self.nk, self.sigma * self.first, self.sigma**2 * self.second)
        return update(self.theta, *sums, equal_variances, min_variance)


def moved(theta, step, min_variance):
    """Return the mixture after a step in log π_k, μ_k/σ_k and log σ_k²."""
    pi, mu, var = theta
    log_pi, means, log_var = step.reshape(3, -1)
    pi = pi * np.exp(log_pi)
    return pi / pi.sum(), mu + np.sqrt(var) * means, np.maximum(var * np.exp(log_var), min_variance)


def within_reach(theta, min_variance):
    """Return the mixture with no mean beyond all arithmetic, and no variance below the floor."""
    pi, mu, var = theta
    return pi, np.clip(mu, -settings.FARTHEST, settings.FARTHEST), np.maximum(var, min_variance)


def _gradient(pi, nk, first, second):
    return np.concatenate([nk - nk.sum() * pi, first, (second - nk) / 2])


def newton_step(eigenvalues, eigenvectors, slopes):
    """Return the sum of the slopes along the eigenvectors, each over its eigenvalue's size: uphill, at a saddle too."""
    return eigenvectors @ (slopes / np.maximum(np.abs(eigenvalues), settings.FLAT))


@dataclass
class Climb:
    """Where a climb ended, and how.

    Attributes
    ----------
    point : Point
        The end.
    kind : {"maximum", "ridge", "saddle", "unfinished"}
        What the eigenvalues say that it is.
    eigenvalues : ndarray, shape (F,)
        Of the Hessian in the free coordinates, divided by N, falling.
    eigenvectors : ndarray, shape (3K, F)
        Their directions, one column each.
    on_floor : ndarray of bool, shape (K,)
        Which variances the floor holds.
    ways : ndarray, shape (3K, F + 1)
        The directions that it leaves.
    path : list of (theta, float)
        The start and each accepted step: the parameters and their log-likelihood.
    evaluations : int
        How often the log-likelihood was evaluated.
    replaced : list of int
        Components that ran out of data and began anew.
    """

    point: Point
    kind: str = "unfinished"
    eigenvalues: np.ndarray | None = None
    eigenvectors: np.ndarray | None = None
    on_floor: np.ndarray | None = None
    ways: np.ndarray | None = None
    path: list = field(default_factory=list)
    evaluations: int = 0
    replaced: list = field(default_factory=list)

    def polished(self, theta, exact, min_variance):
        """Return theta after a Newton step, by the gradient of exact statistics and the Hessian of the end."""
        slopes = self._slopes(theta, exact) / exact.nk.sum()
        return moved(theta, newton_step(self.eigenvalues, self.eigenvectors, slopes), min_variance)

    def decrement(self, theta, exact):
        """Return gᵀ(−H)⁻¹g, with the gradient g of exact statistics: infinite unless H is negative definite."""
        if not (self.eigenvalues < -settings.FLAT).all():
            return np.inf
        return float((self._slopes(theta, exact) ** 2 / -self.eigenvalues).sum() / exact.nk.sum())

    def reclassify(self, hessian):
        """Take over a Hessian in the coordinates of the end, of other values than those of the climb."""
        finished = self.kind != "unfinished"
        kind, self.eigenvalues, self.eigenvectors = classified(hessian, self.point, self.ways)
        self.kind = kind if finished else self.kind

    def _slopes(self, theta, exact):
        """Return the gradient of exact statistics along the eigenvectors."""
        sigma = np.sqrt(theta[2])
        return self.eigenvectors.T @ _gradient(theta[0], exact.nk, exact.first / sigma, exact.second / sigma**2)


def classified(hessian, point, ways):
    """Say what an end is, by the eigenvalues of the Hessian per observation in the free coordinates.

    Parameters
    ----------
    hessian : ndarray, shape (3K, 3K)
        In the coordinates of the end.
    point : Point
        The end.
    ways : ndarray, shape (3K, F)
        The directions that the floor leaves.

    Returns
    -------
    kind : {"maximum", "ridge", "saddle"}
    eigenvalues : ndarray, falling
    eigenvectors : ndarray
    """
    k = point.nk.size
    free = np.hstack([_ratios(k), ways[:, k:]])
    values, vectors = np.linalg.eigh(-free.T @ hessian @ free / point.total)
    highest = -values[0]
    kind = "maximum" if highest < -settings.FLAT else "ridge" if highest < settings.FLAT else "saddle"
    return kind, -values, free @ vectors


def climb(x, w, theta, *, equal_variances=False, min_variance=0.0, tol=0.0, max_eval=1000, patience=settings.PATIENCE):
    """Climb from a mixture to a maximum of the likelihood of weighted values.

    EM goes first: from anywhere it moves to a neighbouring hill. Where it is
    slow, its path is followed by longer steps. Once the Hessian is negative
    definite and a Newton step stays within a third of a standard deviation,
    that hill is found, and Newton's method takes over. Its step takes the
    absolute value of each eigenvalue, so that it leaves a saddle, and only a
    step that does not lower the likelihood is taken. The eigenvalues are those
    of C⁻¹H, where C is what −H would be if the labels were known.

    Parameters
    ----------
    x, w : ndarray, shape (M,)
        Values and their weights.
    theta : tuple of ndarray
        Weights, means and variances of the start.
    equal_variances : bool
        Whether the components share one variance, as they do in the start.
    min_variance : float
        The floor under the variances.
    tol : float
        The climb ends where Newton's step moves nothing by more than this
        many standard deviations, or than rounding allows.
    max_eval : int
        Evaluations at most.
    patience : int
        After so many steps Newton's method takes over in any case; with 0 it goes first.

    Returns
    -------
    Climb
    """
    return _Climber(x, w, equal_variances, min_variance, tol, max_eval, patience).run(theta)


@cache
def _directions(k, equal_variances):
    """Return the directions of a climb as columns, shape (3K, 3K), or (3K, 2K + 1) where one variance serves all."""
    ways = np.eye(3 * k)
    if equal_variances:
        ways[:, 2 * k] = ways[:, 2 * k :].sum(axis=1)
        ways = ways[:, : 2 * k + 1]
    ways.setflags(write=False)
    return ways


@cache
def free_directions(k, equal_variances):
    """Return the directions of the parameters that are free, as columns: all but that of weights growing alike."""
    return np.hstack([_ratios(k), _directions(k, equal_variances)[:, k:]])


@cache
def _ratios(k):
    """Return what changes the weights' ratios as columns, shape (3K, K − 1): all at right angles to (1, …, 1)."""
    return np.vstack([np.linalg.qr(np.eye(k) - 1 / k)[0][:, : k - 1], np.zeros((2 * k, k - 1))])


class _Climber:
    def __init__(self, x, w, equal_variances, min_variance, tol, max_eval, patience):
        self.step = max(tol, settings.STEP)
        self.x, self.w, self.patience = x, w, patience
        self.equal_variances, self.min_variance, self.max_eval = equal_variances, min_variance, max_eval

    def run(self, theta):
        pi, _, _ = theta
        point = Point(self.x, self.w, within_reach(theta, self.min_variance))
        end = self.end = Climb(point, path=[(point.theta, point.log_likelihood)], evaluations=1)
        seeking, n_steps, radius, least = True, 0, settings.RADIUS, np.inf
        while end.evaluations < self.max_eval:
            if end.point.nk.min() < self._nothing():
                if pi.size == 1 or len(end.replaced) > 2 * pi.size:
                    break
                self._replace(int(end.point.nk.argmin()))
                seeking, n_steps = True, 0
                continue
            seeking = seeking and n_steps < self.patience
            if seeking:
                n_steps += 1
                after = self._em()
                if move(end.point.theta, after) > settings.STRIDE / 2:
                    self._take(self._evaluate(after))
                    continue
            rates, directions, slopes = self._curvature()
            if rates[0] < settings.FLAT:
                # Along a ridge nothing is to be gained that rounding would not hide.
                level = (np.abs(rates) < settings.FLAT) & (slopes**2 < 2 * settings.FLAT * self.noise)
                slopes = np.where(level, 0, slopes)
            step = newton_step(rates, directions, slopes)
            size = np.abs(step).max()
            seeking = seeking and size > self.step and (rates[0] < 10 * settings.FLAT or size > settings.HILL)
            if seeking:
                self._along_em(rates, directions, slopes)
            elif size > self.step and not self._rounding() > size > 0.9 * least:
                least = min(least, size)
                radius = self._advance(step, size, radius)
            elif self._classified().kind == "maximum" or not self._leave():
                return end
            else:
                seeking, n_steps, least = True, 0, np.inf
        self._classified().kind = "unfinished"
        return end

    @property
    def noise(self):
        """How uncertain rounding in the sums makes the log-likelihood, about."""
        point = self.end.point
        return settings.NOISE * max(abs(point.log_likelihood), point.total)

    def _rounding(self):
        """Return below what size a step that no longer shrinks is rounding."""
        _, mu, var = self.end.point.theta
        return max(settings.STALLED, 4 * np.finfo(float).eps * np.abs(mu / np.sqrt(var)).max())

    def _evaluate(self, theta):
        self.end.evaluations += 1
        return Point(self.x, self.w, theta)

    def _take(self, point):
        self.end.path.append((point.theta, point.log_likelihood))
        self.end.point = point

    def _em(self):
        return self.end.point.em_step(self.equal_variances, self.min_variance)

    def _em_step(self):
        self._take(self._evaluate(self._em()))

    def _along_em(self, rates, directions, slopes):
        """Go where small EM steps would lead, as far as moves nothing by more than a stride.

        Many of them follow dθ/dt = C⁻¹(g + Hθ), which goes the way
        (1 − e^{−λt}) / λ times the slope along each eigenvector.
        """
        point, least = self.end.point, settings.LEAST_RATE
        rates = np.where(np.abs(rates) < least, least, rates)[:, np.newaxis]
        with np.errstate(over="ignore", invalid="ignore"):
            steps = directions @ (-np.expm1(-rates * settings.TIMES) / rates * slopes[:, np.newaxis])
            near = np.flatnonzero(np.abs(steps).max(axis=0) <= settings.STRIDE)
        if near.size:
            trial = self._evaluate(moved(point.theta, steps[:, near[-1]], self.min_variance))
            if trial.log_likelihood >= point.log_likelihood - self.noise:
                return self._take(trial)
        return self._em_step()

    def _curvature(self):
        """Return the eigenvalues λ of −C⁻¹H, rising, with their directions and the slopes along them.

        C is what −H would be if the labels were known. So an EM step is the
        gradient over C, and leaves 1 − λ of the way along each direction.
        """
        point, pi, ways = self.end.point, self.end.point.theta[0], self._ways()
        # Each way, of zeros and ones, over its length by C, so that in these coordinates C is 1.
        lengths = np.sqrt(np.concatenate([point.total * pi, point.nk, point.nk / 2]) @ ways)
        curvature = -ways.T @ point.hessian @ ways
        curvature /= lengths
        curvature /= lengths[:, np.newaxis]
        # Where all log π_k grow alike the likelihood is level: λ is made 1 there, and the slope is 0.
        root = np.sqrt(pi)
        curvature[: pi.size, : pi.size] += root[:, np.newaxis] * root
        rates, vectors = np.linalg.eigh(curvature)
        vectors /= lengths[:, np.newaxis]
        directions = ways @ vectors
        return rates, directions, point.gradient @ directions

    def _classified(self):
        """Say what the end is."""
        end = self.end
        end.on_floor, end.ways = self._on_floor(), self._ways()
        end.kind, end.eigenvalues, end.eigenvectors = classified(end.point.hessian, end.point, end.ways)
        return end

    def _nothing(self):
        """Return the N_k below which a component has run out of data."""
        # The weights may be shares of one: then an observation counts for less.
        return settings.EMPTY * min(1.0, self.end.point.total / self.w.size)

    def _on_floor(self):
        """Tell which variances the floor holds: they are there, and would go lower."""
        point = self.end.point
        _, _, var = point.theta
        on_floor = var <= settings.ON_FLOOR * self.min_variance
        if not on_floor.any():
            return on_floor
        down = point.gradient.reshape(3, -1)[2]
        return on_floor & ((down.sum() if self.equal_variances else down) <= 0)

    def _ways(self):
        """Return the directions that the floor leaves, as columns."""
        ways, on_floor = _directions(self.end.point.nk.size, self.equal_variances), self._on_floor()
        if not on_floor.any():
            return ways
        return ways[:, :-1] if self.equal_variances else ways[:, np.append(np.ones(2 * on_floor.size, bool), ~on_floor)]

    def _advance(self, step, size, radius):
        """Take the step, shortened until the likelihood does not fall, or else an EM step; return the new radius."""
        point = self.end.point
        for _ in range(settings.SHORTENED):
            share = min(1.0, radius / size)
            trial = self._evaluate(moved(point.theta, share * step, self.min_variance))
            if trial.log_likelihood >= point.log_likelihood - self.noise:
                self._take(trial)
                return min(2 * radius, settings.LARGEST_RADIUS) if share < 1 else radius
            radius = min(radius, size) / 4
        self._em_step()
        return settings.RADIUS

    def _leave(self):
        """Leave a saddle or a ridge by a short run of EM from beside it, if one leads higher."""
        point = self.end.point
        ways = self.end.eigenvectors[:, self.end.eigenvalues >= -settings.FLAT].T
        beside = [moved(point.theta, length * way, self.min_variance) for way in ways for length in settings.ASIDE]
        heights, thetas, _ = short_runs(
            self.x, self.w, beside, settings.BESIDE, self.equal_variances, self.min_variance
        )
        self.end.evaluations += (settings.BESIDE + 1) * len(beside)
        best = heights.argmax()
        if heights[best] <= point.log_likelihood + 10 * self.noise:
            return False
        self._take(self._evaluate(tuple(array[best] for array in thetas)))
        return True

    def _replace(self, empty):
        """Let an empty component begin anew as one half of another, after an EM step, where that is best."""
        point = self.end.point
        theta = point.em_step(self.equal_variances, self.min_variance)
        trials = [self._evaluate(split(theta, k, into=empty)) for k in range(point.nk.size) if k != empty]
        self.end.replaced.append(empty)
        self._take(max(trials, key=lambda trial: trial.log_likelihood))
