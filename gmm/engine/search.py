"""The search: from starts to the best maximum, certified by exact steps over all the data."""

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from gmm.engine import settings, starts
from gmm.engine.climb import Point, climb, within_reach
from gmm.engine.floor import floor
from gmm.engine.nodes import cells
from gmm.engine.sources import progress_bar
from gmm.unit import move

__all__ = ["Certificate", "Problem", "Search"]


@dataclass(frozen=True, repr=False)
class Certificate:
    """What was found out about the end of a fit.

    The log-likelihood and the move come from one exact pass over all the data;
    the kind and the eigenvalues from the nodes that stand for them.

    Attributes
    ----------
    log_likelihood : float
        Of all the data at the fitted mixture, in nats, without nodes.
    move : float
        How far one exact EM step still moves a parameter: a weight, or a mean
        or standard deviation in standard deviations of its component.
    kind : {"maximum", "ridge", "saddle", "unfinished"}
        What the Hessian says: negative definite at a maximum; with an
        eigenvalue of 0 on a ridge, as where components coincide, which is flat
        to second order only; rising at a saddle.
    eigenvalues : ndarray
        Of the Hessian per observation, falling, in the free parameters among
        log π_k, μ_k/σ_k and log σ_k².
    eigenvectors : ndarray, shape (3K, F)
        Their directions in these coordinates, one column each.
    on_floor : tuple of int
        Components whose variance stands on the floor ``min_variance``.
    spurious : tuple of int
        Components that rest on a few close observations.
    min_variance : float
        The floor under the variances, in the unit of the data squared.
    evaluations : int
        Evaluations of the log-likelihood on the nodes, those of the starts and
        of the short runs among them.
    nodes : int
        Weighted values that stood for the data.
    passes : int
        Passes over the data: for nodes, and exact steps.
    """

    log_likelihood: float
    move: float
    kind: Literal["maximum", "ridge", "saddle", "unfinished"]
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    on_floor: tuple[int, ...]
    spurious: tuple[int, ...]
    min_variance: float
    evaluations: int
    nodes: int
    passes: int

    def __repr__(self):
        return f"Certificate({self.kind}, log_likelihood={self.log_likelihood:.4f}, move={self.move:.1e})"


@dataclass(frozen=True, eq=False)
class Problem:
    """What a caller wants fitted to the observations of a source.

    Attributes
    ----------
    n_components : int
        The number of components, K.
    start : (weights, means, variances) or None
        Where to begin, in the unit of the source; None to search.
    equal_variances : bool
        Whether the components share one variance, as they do in the start.
    min_variance : float or None
        The caller's floor under the variances, in the unit of the data squared.
    n_random : int
        Random starts, beside the others.
    rng : numpy.random.Generator or None
        Their source.
    max_eval : int
        Evaluations of the log-likelihood in one climb, at most.
    """

    n_components: int
    start: tuple | None = None
    equal_variances: bool = False
    min_variance: float | None = None
    n_random: int = 0
    rng: np.random.Generator | None = None
    max_eval: int = 10_000


class Search:
    """Maximise the likelihood of what a source holds.

    Parameters
    ----------
    source : Memory or Stream
        Where the observations come from.
    problem : Problem
        What is wanted.
    """

    def __init__(self, source, problem):
        self.source, self.problem = source, problem
        self.evaluations = 0

    def run(self):
        """Return the best mixture found, the climb that led there, and its certificate."""
        few = self.source.few()
        end = self.on_nodes() if few is None else self.on_values(*few)
        if self.source.progress:
            progress_bar().write(f"climb: {self.evaluations} evaluations on {end.point.w.size} nodes", file=sys.stderr)
        theta, exact, left = self.polish(end)
        return theta, end, self.certify(theta, exact, left, end)

    # --- what every climb keeps to ----------------------------------------------

    @property
    def constraints(self):
        """The floor under the variances, for what the source has seen so far, and whether there is one variance."""
        variance, _ = floor(self.source, self.problem.min_variance)
        return {"equal_variances": self.problem.equal_variances, "min_variance": variance}

    @cached_property
    def start(self):
        """The start that was given, within reach of arithmetic; None where there is none."""
        start = self.problem.start
        return None if start is None else within_reach(start, self.constraints["min_variance"])

    def climb(self, x, w, theta, patience=0):
        """Climb by Newton's method, after so many EM steps at most."""
        end = climb(x, w, theta, **self.constraints, max_eval=self.problem.max_eval, patience=patience)
        self.evaluations += end.evaluations
        return end

    def climb_start(self, x, w):
        """Climb from the start that was given, up the hill where EM would go from there."""
        return self.climb(x, w, self.start, settings.PATIENCE)

    # --- which end is preferred ----------------------------------------------------

    def is_spurious(self, theta):
        """Tell which components stand on a few close observations, or on the floor.

        Any two observations make a maximum of their own, so fewer than 2.5
        count as none. So do fewer than ten that happen to lie together, within
        a thirtieth of the spread. One component alone, or one variance for
        all, can only be on the floor.
        """
        pi, _, var = theta
        on_floor = var <= settings.ON_FLOOR * self.constraints["min_variance"]
        if pi.size == 1 or self.problem.equal_variances:
            return on_floor
        observations = pi * max(self.source.total, self.source.count)
        close = np.sqrt(var) < settings.CLOSE * self.source.spread
        return on_floor | (observations < settings.PAIR) | ((observations < settings.FEW_CLOSE) & close)

    def is_improper(self, end):
        """Tell whether an end is no maximum, or one that a few observations make."""
        return end.kind != "maximum" or bool(self.is_spurious(end.point.theta).any())

    def unique_ends(self, ends):
        """Return the ends in the order of preference, proper ones first and then the higher, each height once."""
        kept = []
        for end in sorted(ends, key=lambda end: (self.is_improper(end), -end.point.log_likelihood)):
            height = end.point.log_likelihood
            if all(abs(height - other.point.log_likelihood) > settings.SAME * abs(height) for other in kept):
                kept.append(end)
        return kept

    # --- from starts to ends ---------------------------------------------------------

    def ends(self, x, w):
        """Return the best ends on weighted values: from the start that was given, or of a search from one component on.

        Without a start the means rise from component to component.
        """
        if self.start is not None:
            return [self.climb_start(x, w)]
        wanted, fewer = self.problem.n_components, []
        for k in range(1, wanted + 1):
            found = self._climb_the_best(x, w, self._runs(x, w, k, fewer), last=k == wanted)
            fewer = [end.point.theta for end in found[:1]]
        return [self.sort_by_mean(x, w, end) for end in found]

    def _runs(self, x, w, k, fewer):
        """Return short runs of EM from all starts with K components, the preferred first."""
        n_random = self.problem.n_random if k == self.problem.n_components else 0
        found = starts.candidates(x, w, k, fewer, self.problem.rng, n_random)
        self.evaluations += (settings.SHORT + 1) * len(found)
        runs = starts.short_runs(x, w, found, settings.SHORT, **self.constraints)
        return sorted(runs, key=lambda run: (bool(self.is_spurious(run[1]).any()), -run[0]))

    def _climb_the_best(self, x, w, runs, last):
        """Climb from the best runs until enough agree, and from more while every end is improper."""
        ends, most = [], settings.CLIMBED if last else settings.CLIMBED_ON_THE_WAY
        for _, theta in runs[: settings.MOST_CLIMBED]:
            ends.append(self.climb(x, w, theta))
            enough = len(ends) >= most or _as_high_as_the_highest(ends) >= settings.AGREED
            if enough and not all(map(self.is_improper, ends)):
                break
        return self.unique_ends(ends)

    def sort_by_mean(self, x, w, end):
        """Return the end with rising means: without a start, rounding must not choose the labels."""
        order = np.argsort(end.point.theta[1], kind="stable")
        if (np.diff(order) > 0).all():
            return end
        return self.climb(x, w, tuple(array[order] for array in end.point.theta))

    # --- on the values, or on nodes -----------------------------------------------------

    def on_values(self, x, w):
        """Return the best end on the values themselves."""
        # From a start that was given EM's own hill is wanted, and groups may have another.
        rough = starts.thinned(x, w) if self.start is None else (x, w)
        ends = self.ends(*rough)
        return ends[0] if rough[0] is x else self.follow(x, w, _mixtures(ends))

    def on_nodes(self):
        """Return the best end on nodes, cut anew while a component is too narrow for them."""
        source = self.source
        mixtures = _mixtures(self.ends(*source.groups()))
        for _ in range(settings.MOST_CUTS):
            sampled = source.sampled
            beyond = settings.BEYOND * (source.high - source.low) if sampled else 0.0
            nodes = source.nodes(cells(source.low - beyond, source.high + beyond, mixtures))
            if sampled:  # this was the first pass, so that only now all the data show
                mixtures = _mixtures(self.ends(*source.groups()))
                if not nodes.fit_for(mixtures):
                    continue
            end = self.follow(*nodes.weighted(), mixtures)
            mixtures = [end.point.theta]
            if nodes.fit_for(mixtures):
                break
        return end

    def follow(self, x, w, mixtures):
        """Climb on from each of the mixtures and return the best end."""
        end = self.unique_ends([self.climb(x, w, theta) for theta in mixtures])[0]
        if self.start is None:
            return end
        # The way there went over groups; the path tells where it began.
        first = Point(x, w, self.start)
        if first.log_likelihood > end.point.log_likelihood:
            return self.climb_start(x, w)
        end.path.insert(0, (self.start, first.log_likelihood))
        return end

    # --- over all the data ------------------------------------------------------------------

    def polish(self, end):
        """Take exact steps from the end until it is the data's own; return it, its statistics, and how far it moves."""
        theta, closest = end.point.theta, np.inf
        for _ in range(settings.MOST_POLISHED):
            exact = self.source.statistics(theta)
            moves = move(theta, exact.updated(**self.constraints))
            if moves < closest:
                closest, best = moves, (theta, exact)
            if moves <= settings.EXACT or moves > closest:
                break
            theta = end.polished(theta, exact, self.constraints["min_variance"])
        return *best, closest

    def certify(self, theta, exact, left, end):
        """Say what was found, in the unit of the data."""
        unit = self.source.unit
        return Certificate(
            log_likelihood=float(exact.log_likelihood - self.source.total * np.log(unit.scale)),
            move=left,
            kind=end.kind,
            eigenvalues=end.eigenvalues,
            eigenvectors=end.eigenvectors,
            on_floor=tuple(np.flatnonzero(end.on_floor).tolist()),
            spurious=tuple(np.flatnonzero(self.is_spurious(theta)).tolist()),
            min_variance=self.constraints["min_variance"] * unit.scale**2,
            evaluations=self.evaluations,
            nodes=end.point.w.size,
            passes=self.source.passes,
        )


def _mixtures(ends):
    """Return the mixtures of the best ends, which are followed on all the data."""
    return [end.point.theta for end in ends[: settings.FOLLOWED]]


def _as_high_as_the_highest(ends):
    """Return how many ends are as high as the highest."""
    heights = np.array([end.point.log_likelihood for end in ends])
    return np.count_nonzero(heights >= heights.max() - settings.SAME * abs(heights.max()))
