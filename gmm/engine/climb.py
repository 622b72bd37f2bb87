"""The climb to a maximum of the likelihood: EM finds the hill, Newton's method goes up it."""

from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from gmm.engine import settings
from gmm.engine.exact import share_out, update
from gmm.engine.starts import short_runs, split
from gmm.unit import move

__all__ = ["Climb", "Point", "climb", "free_directions", "moved", "newton_step", "within_reach"]


class Point:
    """The log-likelihood of weighted values at one mixture, and its derivatives.

    The coordinates are log π_k, μ_k / σ_k and log σ_k², so that a step is in
    shares and in standard deviations whatever the scale of a component.
    """

    def __init__(self, x, w, theta):
        pi, mu, var = self.theta = theta
        sigma = np.sqrt(var)
        with np.errstate(divide="ignore"):
            constant = np.log(pi / sigma) - 0.5 * np.log(2 * np.pi)
        u = (x - mu[:, np.newaxis]) / sigma[:, np.newaxis]
        gamma = u * u
        gamma *= -0.5
        gamma += constant[:, np.newaxis]
        self.log_likelihood = float(w @ share_out(gamma))
        self.sigma, self.u, self.gamma, self.w = sigma, u, gamma, w
        self.total = w.sum()
        self.nk = gamma @ w
        moment = gamma * u
        self.first = moment @ w
        moment *= u
        self.second = moment @ w

    @cached_property
    def gradient(self):
        """Σ s less N π, with the scores s = [γ, γu, γ(u² − 1)/2] (``eq:score``)."""
        return _gradient(self.theta[0], self.nk, self.first, self.second)

    @cached_property
    def hessian(self):
        """The second derivatives (``eq:hessian``), shape (3K, 3K)."""
        k, (pi, _, _) = self.nk.size, self.theta
        scores = np.empty((3, k, self.w.size))
        scores[0] = self.gamma
        np.multiply(self.gamma, self.u, out=scores[1])
        np.multiply(scores[1], self.u, out=scores[2])
        cubes = scores[2] * self.u
        nk, first, second, third = self.nk, self.first, self.second, cubes @ self.w
        cubes *= self.u
        fourth = cubes @ self.w
        scores[2] -= self.gamma
        scores[2] *= 0.5
        scores = scores.reshape(3 * k, -1)
        hessian = -(scores * self.w) @ scores.T
        within = np.empty((3, 3, k))
        within[0] = nk, first, (second - nk) / 2
        within[1] = first, second - nk, (third - 3 * first) / 2
        within[2] = within[0, 2], within[1, 2], (fourth - 4 * second + nk) / 4
        # What a component's parameters do to one another stands on the diagonals of nine blocks.
        np.einsum("ikjk->ijk", hessian.reshape(3, k, 3, k))[:] += within
        hessian[:k, :k] += self.total * np.outer(pi, pi)
        hessian[np.arange(k), np.arange(k)] -= self.total * pi
        return hessian

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
    path: list = field(default_factory=list)
    evaluations: int = 0
    replaced: list = field(default_factory=list)

    def polished(self, theta, exact, min_variance):
        """Return theta after a Newton step, by the gradient of exact statistics and the Hessian of the end."""
        sigma = np.sqrt(theta[2])
        gradient = _gradient(theta[0], exact.nk, exact.first / sigma, exact.second / sigma**2)
        slopes = self.eigenvectors.T @ (gradient / exact.nk.sum())
        return moved(theta, newton_step(self.eigenvalues, self.eigenvectors, slopes), min_variance)


def climb(x, w, theta, *, equal_variances=False, min_variance=0.0, max_eval=1000, patience=settings.PATIENCE):
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
    max_eval : int
        Evaluations at most.
    patience : int
        After so many steps Newton's method takes over in any case; with 0 it goes first.

    Returns
    -------
    Climb
    """
    return _Climber(x, w, equal_variances, min_variance, max_eval, patience).run(theta)


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
    def __init__(self, x, w, equal_variances, min_variance, max_eval, patience):
        self.x, self.w, self.patience = x, w, patience
        self.equal_variances, self.min_variance, self.max_eval = equal_variances, min_variance, max_eval

    def run(self, theta):
        pi, _, _ = theta
        point = Point(self.x, self.w, within_reach(theta, self.min_variance))
        end = self.end = Climb(point, path=[(point.theta, point.log_likelihood)], evaluations=1)
        seeking, n_steps, escapes, radius, least = True, 0, 0, settings.RADIUS, np.inf
        while end.evaluations < self.max_eval:
            if self._is_empty().any():
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
            step = newton_step(rates, directions, slopes)
            size = np.abs(step).max()
            seeking = seeking and size > settings.STEP and (rates[0] < 10 * settings.FLAT or size > settings.HILL)
            if seeking:
                self._along_em(rates, directions, slopes)
            elif size > settings.STEP and not self._rounding() > size > 0.9 * least:
                least = min(least, size)
                radius = self._advance(step, size, radius)
            elif self._classified().kind == "maximum" or escapes == settings.ESCAPES or not self._leave():
                return end
            else:
                escapes += 1
                seeking, n_steps, least = True, max(0, self.patience - settings.AFTER_ESCAPE), np.inf
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
        point, (pi, _, _), ways = self.end.point, self.end.point.theta, self._ways()
        # Each way, of zeros and ones, over its length by C, so that in these coordinates C is 1.
        root = ways / np.sqrt(np.concatenate([point.total * pi, point.nk, point.nk / 2]) @ ways)
        curvature = -root.T @ point.hessian @ root
        # Where all log π_k grow alike the likelihood is level: λ is made 1 there, and the slope is 0.
        curvature[: pi.size, : pi.size] += np.sqrt(np.outer(pi, pi))
        rates, vectors = np.linalg.eigh(curvature)
        directions = root @ vectors
        return rates, directions, point.gradient @ directions

    def _classified(self):
        """Say what the end is, by the eigenvalues of the Hessian per observation in the free coordinates."""
        end, point = self.end, self.end.point
        free = np.hstack([_ratios(point.nk.size), self._ways()[:, point.nk.size :]])
        values, vectors = np.linalg.eigh(-free.T @ point.hessian @ free / point.total)
        end.eigenvalues, end.eigenvectors, end.on_floor = -values, free @ vectors, self._on_floor()
        highest = end.eigenvalues[0]
        end.kind = "maximum" if highest < -settings.FLAT else "ridge" if highest < settings.FLAT else "saddle"
        return end

    def _is_empty(self):
        """Tell which components have run out of data."""
        # The weights may be shares of one: then an observation counts for less.
        return self.end.point.nk < settings.EMPTY * min(1.0, self.end.point.total / self.w.size)

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
        steps = [length * way / np.abs(way).max() for way in ways for length in settings.ASIDE]
        beside = [moved(point.theta, step, self.min_variance) for step in steps] + list(self._parted(point.theta))
        runs = short_runs(self.x, self.w, beside, settings.BESIDE, self.equal_variances, self.min_variance)
        self.end.evaluations += (settings.BESIDE + 1) * len(beside)
        height, theta = max(runs, key=lambda run: run[0])
        if height <= point.log_likelihood + 10 * self.noise:
            return False
        self._take(self._evaluate(theta))
        return True

    def _parted(self, theta):
        """Yield the mixture with each two components that coincide moved apart, their mean and variance kept."""
        pi, mu, var = theta
        for k in range(pi.size):
            together = np.abs(mu - mu[k]) + np.abs(np.sqrt(var) - np.sqrt(var[k])) < settings.TOGETHER * np.sqrt(var[k])
            for other in np.flatnonzero(together[k + 1 :])[:1] + k + 1:
                merged = pi.copy()
                merged[k], merged[other] = pi[k] + pi[other], 0
                parted = split((merged, mu, var), k, into=other)
                yield (*parted[:2], np.full_like(var, parted[0] @ parted[2])) if self.equal_variances else parted

    def _replace(self, empty):
        """Let an empty component begin anew as one half of another, after an EM step, where that is best."""
        point = self.end.point
        theta = point.em_step(self.equal_variances, self.min_variance)
        trials = [self._evaluate(split(theta, k, into=empty)) for k in range(point.nk.size) if k != empty]
        self.end.replaced.append(empty)
        self._take(max(trials, key=lambda trial: trial.log_likelihood))
