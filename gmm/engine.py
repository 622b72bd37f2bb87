"""The engine behind :func:`gmm.fit`: starts, nodes, climb and certificate, on standardised data."""

import sys
from dataclasses import dataclass

import numpy as np

from gmm import start as starts
from gmm.climb import PATIENCE, Point, climb, within_reach
from gmm.exact import move
from gmm.nodes import cells
from gmm.sources import progress_bar

__all__ = ["Certificate", "Engine"]

# EM steps spent on each candidate, how many of the best are climbed from, and how many ends
# as high as the highest are enough. More are climbed from only while all end at a maximum
# that a few observations make.
SHORT, CLIMBED, AGREED, MOST_CLIMBED = 15, 8, 4, 16
# With fewer components than wanted, the best end only shows where the next one may go.
CLIMBED_ON_THE_WAY = 2
# So many different ends are followed on all the data.
FOLLOWED = 4
# Two ends as high as one another, to this share, are one.
SAME = 1e-9
# What makes a maximum spurious: so few observations, or so few within this share of the spread.
PAIR, FEW, CLOSE = 2.5, 10, 1 / 30
ON_FLOOR = 1 + 1e-6
# How far an exact EM step may move the end, in standard deviations, before the end is mended.
EXACT = 1e-10
MOST_CUTS, MOST_REPAIRS = 6, 4
# The first cells reach so many times a sample's range beyond it. They widen
# geometrically, so that this costs about a hundred.
BEYOND = 2.0**40


@dataclass(frozen=True)
class Certificate:
    """What was proved of a fit, by one exact pass over the data.

    Attributes
    ----------
    log_likelihood : float
        Of all the data at the fitted mixture, in nats, without nodes.
    move : float
        How far one exact EM step still moves a parameter: a weight, or a mean
        or standard deviation in standard deviations of its component.
    kind : {"maximum", "ridge", "saddle", "unfinished"}
        What the Hessian says: negative definite at a maximum; flat along some
        direction on a ridge, where components coincide; rising at a saddle.
    eigenvalues : ndarray
        Of the Hessian per observation, falling, in the free parameters among
        log π_k, μ_k/σ_k and log σ_k².
    eigenvectors : ndarray, shape (3K, F)
        Their directions in these coordinates, one column each.
    held : tuple of int
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
    kind: str
    eigenvalues: np.ndarray
    eigenvectors: np.ndarray
    held: tuple
    spurious: tuple
    min_variance: float
    evaluations: int
    nodes: int
    passes: int


class Engine:
    """Maximise the likelihood of what a source holds."""

    def __init__(self, source, equal_variances, floor, max_eval):
        self.source, self.floor = source, floor
        self.options = {"equal_variances": equal_variances, "min_variance": floor(source)}
        self.max_eval = max_eval
        self.evaluations = 0

    def climb(self, x, w, theta, patience=0):
        """Climb by Newton's method, after so many EM steps at most, within what is left of the evaluations."""
        end = climb(x, w, theta, **self.options, max_eval=self.max_eval, patience=patience)
        self.evaluations += end.evaluations
        return end

    def climb_from(self, x, w, start):
        """Climb from a start that was given, up the hill where EM would go from there."""
        return self.climb(x, w, start, PATIENCE)

    def spurious(self, theta):
        """Tell which components stand on a few close observations, or on the floor.

        Any two observations make a maximum of their own, so fewer than 2.5
        count as none. So do fewer than ten that happen to lie together, within
        a thirtieth of the spread. One component alone, or one variance for
        all, can only be on the floor.
        """
        pi, _, var = theta
        if pi.size == 1 or self.options["equal_variances"]:
            return np.full(pi.size, var[0] <= ON_FLOOR * self.options["min_variance"])
        observations = pi * max(self.source.total, self.source.count)
        close = np.sqrt(var) < CLOSE * self.source.spread
        on_floor = var <= ON_FLOOR * self.options["min_variance"]
        return on_floor | (observations < PAIR) | ((observations < FEW) & close)

    def rank(self, log_likelihood, theta):
        """Return the order of preference: what is proper first, then the higher."""
        return bool(self.spurious(theta).any()), -log_likelihood

    def search(self, x, w, n_components, rng, n_random):
        """Return the best ends on weighted values, growing from one component to K."""
        fewer = []
        for k in range(1, n_components + 1):
            last = k == n_components
            found = starts.candidates(x, w, k, fewer, rng, n_random if last else 0)
            runs = starts.short_runs(x, w, found, SHORT, **self.options)
            self.evaluations += (SHORT + 1) * len(found)
            runs.sort(key=lambda run: self.rank(*run))
            ends, most = [], CLIMBED if last else CLIMBED_ON_THE_WAY
            for _, theta in runs[:MOST_CLIMBED]:
                ends.append(self.climb(x, w, theta))
                enough = len(ends) >= most or _agreed(ends) >= AGREED
                if enough and not all(self.improper(end) for end in ends):
                    break
            ends = self.different(ends)
            fewer = [end.point.theta for end in ends[:1]]
        return [self.rising(x, w, end) for end in ends]

    def rising(self, x, w, end):
        """Return the end with rising means: without a start, rounding must not choose the labels."""
        order = np.argsort(end.point.theta[1], kind="stable")
        if (np.diff(order) > 0).all():
            return end
        return self.climb(x, w, tuple(array[order] for array in end.point.theta))

    def improper(self, end):
        """Tell whether an end is no maximum, or one that a few observations make."""
        return end.kind != "maximum" or bool(self.spurious(end.point.theta).any())

    def different(self, ends):
        """Return the ends in the order of preference, each height once."""
        kept = []
        for end in sorted(ends, key=lambda end: (self.improper(end), -end.point.log_likelihood)):
            height = end.point.log_likelihood
            if all(abs(height - other.point.log_likelihood) > SAME * abs(height) for other in kept):
                kept.append(end)
        return kept

    def run(self, n_components, start, rng, n_random):
        """Return the best end, certified by exact steps over all the data."""
        self.start = None if start is None else within_reach(start, self.options["min_variance"])
        self.wanted = n_components, rng, n_random
        few = self.source.few()
        end = self.on_nodes() if few is None else self.on_values(*few)
        if self.source.progress:
            progress_bar().write(f"climb: {self.evaluations} evaluations on {end.point.w.size} nodes", file=sys.stderr)
        return self.certified(end)

    def begin(self, x, w):
        """Return the best ends on a sketch of the data, of the search or from the start that was given."""
        return self.search(x, w, *self.wanted) if self.start is None else [self.climb_from(x, w, self.start)]

    def on_values(self, x, w):
        """Return the best end on the values themselves."""
        # From a start that was given EM's own hill is wanted, and groups may have another.
        rough = starts.thinned(x, w) if self.start is None else (x, w)
        ends = self.begin(*rough)
        return ends[0] if rough[0] is x else self.refined(x, w, _guides(ends))

    def on_nodes(self):
        """Return the best end on nodes, cut anew while a component is too narrow for them."""
        source = self.source
        guides = _guides(self.begin(*source.sketch()))
        for _ in range(MOST_CUTS):
            sampled = source.sampled
            beyond = BEYOND * (source.high - source.low) if sampled else 0.0
            nodes = source.nodes(cells(source.low - beyond, source.high + beyond, guides))
            if sampled:  # this was the first pass, so that only now all the data show
                self.options["min_variance"] = self.floor(source)
                guides = _guides(self.begin(*source.sketch()))
                if not nodes.fit_for(guides):
                    continue
            end = self.refined(*nodes.weighted(), guides)
            guides = [end.point.theta]
            if nodes.fit_for(guides):
                break
        return end

    def refined(self, x, w, guides):
        """Climb on from each guide and return the best end."""
        end = self.different([self.climb(x, w, theta) for theta in guides])[0]
        if self.start is not None:
            # The way there went over a sketch; the path tells where it began.
            first = Point(x, w, self.start)
            if first.log_likelihood > end.point.log_likelihood:
                end = self.climb_from(x, w, self.start)
            else:
                end.path.insert(0, (self.start, first.log_likelihood))
        return end

    def certified(self, end):
        """Take exact steps at the end until it is the data's own, and say what was found."""
        theta, closest = end.point.theta, np.inf
        for _ in range(MOST_REPAIRS):
            exact = self.source.statistics(theta)
            moves = move(theta, exact.updated(**self.options))
            if moves < closest:
                closest, best = moves, (theta, exact)
            if moves <= EXACT or moves > closest:
                break
            theta = end.mended(theta, exact, self.options["min_variance"])
        theta, exact = best
        certificate = Certificate(
            log_likelihood=exact.log_likelihood,
            move=closest,
            kind=end.kind,
            eigenvalues=end.eigenvalues,
            eigenvectors=end.eigenvectors,
            held=tuple(np.flatnonzero(end.held).tolist()),
            spurious=tuple(np.flatnonzero(self.spurious(theta)).tolist()),
            min_variance=self.options["min_variance"],
            evaluations=self.evaluations,
            nodes=end.point.w.size,
            passes=self.source.passes,
        )
        return theta, end, certificate


def _guides(ends):
    return [end.point.theta for end in ends[:FOLLOWED]]


def _agreed(ends):
    """Return how many ends are as high as the highest."""
    heights = np.array([end.point.log_likelihood for end in ends])
    return np.count_nonzero(heights >= heights.max() - SAME * abs(heights.max()))
