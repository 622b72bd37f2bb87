"""The search: from starts to the best maximum, certified by exact steps over all the data."""

import sys
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from gmm.engine import settings, starts
from gmm.engine.climb import Point, climb, within_reach
from gmm.engine.floor import floor
from gmm.engine.recorded import Classes
from gmm.engine.scan import beyond_chance, hot_windows
from gmm.engine.sources import progress_bar
from gmm.unit import move

__all__ = ["Certificate", "Problem", "Search"]


@dataclass(frozen=True, repr=False)
class Certificate:
    """What was found out about the end of a fit.

    The log-likelihood, the move and the gradient come from one exact pass over
    all the data; the kind and the eigenvalues from what `curvature` says.

    Attributes
    ----------
    log_likelihood : float
        Of all the data at the fitted mixture, in nats, without nodes.
    move : float
        How far one exact EM step still moves a parameter: a weight, or a mean
        or standard deviation in standard deviations of its component. Where EM
        is slow that is far less than the distance to the maximum.
    distance : float
        How far Newton's step, with the gradient of all the data, would go, in
        standard errors: no parameter, nor any sum of them, moves by more of
        its own. Infinite unless the Hessian is negative definite.
    gain : float
        What that step would gain, in nats: half the square of the distance.
    kind : {"maximum", "ridge", "saddle", "unfinished"}
        What the Hessian says: negative definite at a maximum; with an
        eigenvalue of 0 on a ridge, as where components coincide, which is flat
        to second order only, and may rise or fall beyond; rising at a saddle.
    curvature : {"data", "nodes"}
        Where the Hessian comes from: all the data, or the nodes that stand for them.
    eigenvalues : ndarray
        Of the Hessian per observation, falling, in the free parameters among
        log π_k, μ_k/σ_k and log σ_k².
    eigenvectors : ndarray, shape (3K, F)
        Their directions in these coordinates, one column each.
    on_floor : tuple of int
        Components whose variance stands on the floor ``min_variance``.
    spurious : tuple of int
        Components on the floor, and narrow ones that gain no more than chance
        does somewhere in as many observations.
    unresolved : tuple of int
        Components whose standard deviation is less than the smallest gap
        between two different observations, where ties show that the data were
        rounded: narrower than they were recorded.
    min_variance : float
        The floor under the variances, in the unit of the data squared.
    evaluations : int
        Evaluations of the log-likelihood on the nodes, those of the starts and
        of the short runs among them.
    nodes : int
        Weighted values that stood for the data.
    passes : int
        Passes over the data: for nodes, exact steps and the Hessian.
    """

    log_likelihood: float
    move: float
    distance: float
    gain: float
    kind: Literal["maximum", "ridge", "saddle", "unfinished"]
    curvature: Literal["data", "nodes"]
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    on_floor: tuple[int, ...]
    spurious: tuple[int, ...]
    unresolved: tuple[int, ...]
    min_variance: float
    evaluations: int
    nodes: int
    passes: int

    def __repr__(self):
        return (
            f"Certificate({self.kind}, log_likelihood={self.log_likelihood:.4f}, move={self.move:.1e}, "
            f"distance={self.distance:.1e} standard errors)"
        )


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
    tol : float
        Where a climb may end, in standard deviations.
    max_eval : int
        Evaluations of the log-likelihood in one climb, at most.
    exact_hessian : bool
        Whether the Hessian at the end is that of all the data.
    accidents : bool
        Whether what may be an accident is as good as another end.
    """

    n_components: int
    start: tuple | None = None
    equal_variances: bool = False
    min_variance: float | None = None
    n_random: int = 0
    rng: np.random.Generator | None = None
    tol: float = 0.0
    max_eval: int = 10_000
    exact_hessian: bool = False
    accidents: bool = False


class Search:
    """Maximise the likelihood of what a source holds.

    Parameters
    ----------
    source : Few or Many
        Where the observations come from.
    problem : Problem
        What is wanted.
    """

    def __init__(self, source, problem):
        self.source, self.problem = source, problem
        self.evaluations = 0

    def run(self):
        """Return the best mixture found, the climb that led there, and its certificate."""
        end = self.best_end()
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
        problem = self.problem
        end = climb(x, w, theta, **self.constraints, tol=problem.tol, max_eval=problem.max_eval, patience=patience)
        self.evaluations += end.evaluations
        return end

    def climb_start(self, x, w):
        """Climb from the start that was given, up the hill where EM would go from there."""
        return self.climb(x, w, self.start, settings.PATIENCE)

    # --- which end is preferred ----------------------------------------------------

    def is_spurious(self, theta, gained):
        """Tell which components stand on the floor, or may well be accidents.

        One component alone, or one variance for all, can only be on the floor.
        """
        pi, _, _ = theta
        on_floor = self.is_on_floor(theta)
        if pi.shape[-1] == 1 or self.problem.equal_variances:
            return on_floor
        return on_floor | (self.certainty(theta, gained) < 0)

    def is_on_floor(self, theta):
        """Tell which components stand on the floor under the variances."""
        return theta[2] <= settings.ON_FLOOR * self.constraints["min_variance"]

    @property
    def count(self):
        """The number of observations. Where the weights are shares of one, each counts as one."""
        return max(self.source.total, self.source.count)

    def certainty(self, theta, gained):
        """Return by how much the gain of each component exceeds what chance does; of a wide one it is infinite."""
        return beyond_chance(theta, gained * (self.count / self.source.total), self.count, self.source.resolution)

    def is_unresolved(self, theta):
        """Tell which components are narrower than the data were recorded, if ties show that they were."""
        tied = settings.TIED * self.source.different <= self.count and self.source.recorded is None
        return tied & (np.sqrt(theta[2]) < self.source.resolution)

    def is_passed_over(self, theta, gained):
        """Tell of each mixture whether another is preferred, as it has what counts as spurious, or as unresolved."""
        if self.problem.accidents:
            return self.is_on_floor(theta).any(axis=-1)
        return (self.is_spurious(theta, gained) | self.is_unresolved(theta)).any(axis=-1)

    def is_improper(self, end):
        """Tell whether an end is no maximum, or one that is passed over."""
        return end.kind != "maximum" or bool(self.is_passed_over(end.point.theta, end.point.gains))

    def preference(self, end):
        """Return what is smaller for the better end: proper ones come first, and then the higher.

        Of those that may be accidents the one is better whose worst component is the least likely to be one.
        """
        if not self.is_improper(end):
            return 0, 0.0, -end.point.log_likelihood
        if end.kind != "maximum" or self.is_on_floor(end.point.theta).any() or self.problem.equal_variances:
            return 2, 0.0, -end.point.log_likelihood
        return 1, -self.certainty(end.point.theta, end.point.gains).min(), -end.point.log_likelihood

    def unique_ends(self, ends):
        """Return the ends in the order of preference, each height once."""
        kept = []
        for end in sorted(ends, key=self.preference):
            height = end.point.log_likelihood
            if all(abs(height - other.point.log_likelihood) > settings.SAME * abs(height) for other in kept):
                kept.append(end)
        return kept

    # --- from starts to ends ---------------------------------------------------------

    @cached_property
    def few(self):
        """The values, or classes, and their weights, where they are few; else None."""
        return self.source.few()

    def sketch(self, closely=()):
        """Return some hundred weighted values that show the data, with more of them in some intervals."""
        if self.few is None:
            return self.source.groups(closely)
        x, w = self.few
        values = _values(x)
        return starts.thinned(x, w, singly=[np.searchsorted(values, ends) for ends in closely])

    def sketched(self, closely):
        """Return a sketch, and where k-means cuts it."""
        x, w = self.sketch(closely)
        return x, w, starts.Cuts(_values(x), w)

    def ends(self):
        """Return the best ends on a sketch: from the start that was given, or of a search from one component on.

        Without a start the means rise from component to component.
        """
        if self.start is not None:
            # From a start that was given EM's own hill is wanted, and a sketch may have another.
            return [self.climb_start(*(self.few or self.sketch(_about_narrow(self.start))))]
        wanted, fewer, closely = self.problem.n_components, [], []
        x, w, cuts = self.sketched(closely)
        for k in range(1, wanted + 1):
            hot, places = self.missed(fewer)
            if places:
                closely += places
                x, w, cuts = self.sketched(closely)
            runs = self._ranked(x, w, starts.candidates(_values(x), w, k, fewer, hot, cuts))
            found = self._climb_the_best(x, w, runs, last=k == wanted)
            fewer = [end.point.theta for end in found[:1]]
        found = found[: settings.FOLLOWED] + self._added(x, w)[: settings.FOLLOWED]
        return [self.sort_by_mean(x, w, end) for end in found]

    def missed(self, fewer):
        """Return a component for each window that holds more than a smaller mixture expects, and where they lie."""
        if not fewer:
            return [], []
        x, w = self.few or self.source.scanned()
        x = _values(x)
        windows = hot_windows(x, w, fewer[0])
        for _ in range(settings.MOST_CUTS if self.few is None else 0):
            close = _in_few_cells(x, w, windows)
            if not close:
                break
            self.source.look([fewer[0], *close])
            x, w = self.source.scanned()
            windows = hot_windows(x, w, fewer[0])
        places = [(x[first], x[last - 1]) for first, last, *_ in windows]
        return starts.in_windows(x, w, windows, self.constraints["min_variance"]), places

    def _ranked(self, x, w, found):
        """Return short runs of EM from all starts, the preferred first."""
        self.evaluations += (settings.SHORT + 1) * len(found)
        heights, thetas, gained = starts.short_runs(x, w, found, settings.SHORT, **self.constraints)
        order = np.lexsort((-heights, self.is_passed_over(thetas, gained)))
        return [tuple(array[i] for array in thetas) for i in order]

    def _climb_the_best(self, x, w, runs, last):
        """Climb from the best runs until enough agree, and from more while every end is improper."""
        ends, proper, most = [], [], settings.CLIMBED if last else settings.CLIMBED_ON_THE_WAY
        for theta in runs[: settings.MOST_CLIMBED]:
            ends.append(self.climb(x, w, theta))
            proper += [] if self.is_improper(ends[-1]) else ends[-1:]
            if proper and (len(ends) >= most or _as_high_as_the_highest(proper) >= settings.AGREED):
                break
        return self.unique_ends(ends)

    def _added(self, x, w):
        """Return the ends of the climbs from the random starts: each is climbed from."""
        problem = self.problem
        if not problem.n_random:
            return []
        found = starts.random_starts(_values(x), w, problem.n_components, problem.rng, problem.n_random)
        if problem.equal_variances:
            found = [(pi, mu, np.full_like(var, pi @ var)) for pi, mu, var in found]
        return self.unique_ends([self.climb(x, w, theta, settings.PATIENCE) for theta in found])

    def sort_by_mean(self, x, w, end):
        """Return the end with rising means: without a start, rounding must not choose the labels."""
        order = np.argsort(end.point.theta[1], kind="stable")
        if (np.diff(order) > 0).all():
            return end
        return self.climb(x, w, tuple(array[order] for array in end.point.theta))

    # --- on the values, or on nodes -----------------------------------------------------

    def best_end(self):
        """Return the best end on the values themselves, or on nodes."""
        ends = self.ends()
        if self.few is not None and (self.start is not None or self.few[0].size <= settings.MOST_START_GROUPS):
            return self.unique_ends(ends)[0]
        found = []
        for mixtures in self.apart(ends):
            # What was proper on the sketch may not be so here: then it stands against the others.
            if mixtures and all(map(self.is_improper, found)):
                found.append(self.on_nodes(mixtures) if self.few is None else self.follow(*self.few, mixtures))
        return self.unique_ends(found)[0]

    def apart(self, ends):
        """Return the mixtures of the ends that are proper, and those of the others."""
        found = [], []
        for end in ends:
            found[self.is_improper(end)].append(end.point.theta)
        return found

    def on_nodes(self, mixtures):
        """Return the best end on nodes, cut anew while a component is too narrow for them.

        The cells serve the start, too, so that the path begins where it is said to.
        """
        source = self.source
        begin = [] if self.start is None else [self.start]
        for _ in range(settings.MOST_CUTS):
            if not source.serves(begin + mixtures):
                source.look(begin + mixtures)
            nodes = source.nodes(begin + mixtures)
            x, w = nodes.weighted()
            end = self.follow(source.classes(x), w, mixtures)
            mixtures = [end.point.theta]
            if nodes.fit_for(mixtures) and source.serves(mixtures):
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
        """Take exact steps from the end until it is the data's own; return it, its statistics, and how far it moves.

        A climb that was not finished stays where it stopped.
        """
        theta, closest = end.point.theta, np.inf
        for _ in range(settings.MOST_POLISHED):
            exact = self.source.statistics(theta)
            moves = move(theta, exact.updated(**self.constraints))
            if moves < closest:
                closest, best = moves, (theta, exact)
            if moves <= max(self.problem.tol, settings.EXACT) or moves > closest or end.kind == "unfinished":
                break
            theta = end.polished(theta, exact, self.constraints["min_variance"])
        return *best, closest

    def certify(self, theta, exact, left, end):
        """Say what was found, in the unit of the data."""
        unit, source = self.source.unit, self.source
        if self.problem.exact_hessian and self.few is None:
            end.reclassify(source.hessian(_hessian, theta))
        decrement = end.decrement(theta, exact)
        gains = end.point.gains
        return Certificate(
            log_likelihood=float(exact.log_likelihood - source.shift),
            move=left,
            distance=float(np.sqrt(decrement)),
            gain=float(decrement / 2),
            kind=end.kind,
            curvature="data" if self.few is not None or self.problem.exact_hessian else "nodes",
            eigenvalues=end.eigenvalues,
            eigenvectors=end.eigenvectors,
            on_floor=_numbers(end.on_floor),
            spurious=_numbers(self.is_spurious(theta, gains)),
            unresolved=_numbers(self.is_unresolved(theta)),
            min_variance=self.constraints["min_variance"] * unit.scale**2,
            evaluations=self.evaluations,
            nodes=end.point.w.size,
            passes=source.passes,
        )


def _values(x):
    """Return values, or one in each class."""
    return x.middles if isinstance(x, Classes) else x


def _in_few_cells(x, w, windows):
    """Return mixtures that are as narrow as what may be in windows of few cells, if those gain much."""
    found = []
    for first, last, _, beyond in windows:
        if last - first < settings.HOT_CELLS and beyond > settings.HOT_AGAIN:
            width = settings.CLOSER_LOOK * (x[min(last, x.size - 1)] - x[max(first - 1, 0)])
            fullest = first + int(w[first:last].argmax())
            found.append((np.ones(1), x[fullest : fullest + 1], np.full(1, width**2)))
    return found


def _about_narrow(theta):
    """Return intervals about the narrow components of a mixture."""
    _, mu, var = theta
    reach = settings.ABOUT * np.sqrt(var)
    return [(m - r, m + r) for m, r in zip(mu, reach) if r < settings.NARROW_START]


def _hessian(x, w, theta):
    return Point(x, w, theta).hessian


def _numbers(chosen):
    return tuple(np.flatnonzero(chosen).tolist())


def _as_high_as_the_highest(ends):
    """Return how many ends are as high as the highest."""
    heights = np.array([end.point.log_likelihood for end in ends])
    return np.count_nonzero(heights >= heights.max() - settings.SAME * abs(heights.max()))
