"""The data sets of the benchmark, each from a seed of its own."""

from typing import NamedTuple

import numpy as np

from gmm import Mixture

__all__ = ["CASES", "QUICK", "TUNED", "Case"]

OVERLAPPING = {
    2: Mixture([0.4, 0.6], [-1.0, 1.0], [1.0, 1.5]),
    3: Mixture([0.3, 0.45, 0.25], [-2.0, 0.5, 2.5], [1.0, 0.8, 1.5]),
}
EASY = {k: Mixture(np.full(k, 1 / k), 10.0 * np.arange(k), np.ones(k)) for k in (2, 3, 5, 10)}
CHAIN = {k: Mixture(np.full(k, 1 / k), 2.5 * np.arange(k), np.ones(k)) for k in (5, 10)}
SPIKED = Mixture([0.7, 0.3], [0.0, 1.0], [1.0, 0.03**2])


class Case(NamedTuple):
    """One data set, and how many components are fitted to it."""

    kind: str
    n: int
    n_components: int

    def sample(self):
        """Return the observations, float64 of shape (N,)."""
        rng = np.random.default_rng([self.n, self.n_components, *self.kind.encode()])
        return KINDS[self.kind](self.n, self.n_components, rng)

    def start(self, x):
        """Return the given start: equal weights, quantiles, the variance of all data."""
        k = self.n_components
        means = np.quantile(x, (np.arange(k) + 0.5) / k)
        if np.unique(means).size < k:  # rounded data
            means = means + 0.1 * np.arange(k)
        return Mixture(np.full(k, 1 / k), means, np.full(k, x.var()))


KINDS = {
    "easy": lambda n, k, rng: EASY[k].sample(n, rng)[0],
    "overlapping": lambda n, k, rng: OVERLAPPING[k].sample(n, rng)[0],
    "chained": lambda n, k, rng: CHAIN[k].sample(n, rng)[0],
    "spiked": lambda n, k, rng: SPIKED.sample(n, rng)[0],
    "skewed": lambda n, k, rng: rng.gamma(2.0, size=n),
    "heavy-tailed": lambda n, k, rng: rng.standard_t(5, size=n),
    "rounded": lambda n, k, rng: np.round(4 * OVERLAPPING[k].sample(n, rng)[0]),
}
# The engine's constants were chosen on this one and on the package's small
# real data sets, those of the climb also on the small samples of `starts.py`,
# which are of the same kinds as most others here. So these are a test of the
# speed, and no independent one of where a climb ends.
TUNED = Case("overlapping", 1_000_000, 3)
CASES = [
    TUNED,
    Case("overlapping", 1_000, 2),
    Case("overlapping", 1_000, 3),
    Case("overlapping", 10_000, 3),
    Case("overlapping", 100_000, 3),
    Case("overlapping", 10_000_000, 3),
    Case("easy", 1_000, 2),
    Case("easy", 1_000, 5),
    Case("easy", 1_000_000, 2),
    Case("easy", 1_000_000, 10),
    Case("chained", 100_000, 5),
    Case("chained", 1_000_000, 10),
    Case("spiked", 1_000_000, 2),
    Case("skewed", 1_000_000, 3),
    Case("heavy-tailed", 1_000_000, 3),
    Case("rounded", 1_000_000, 3),
]
QUICK = [Case(kind, min(n, 100_000), k) for kind, n, k in CASES[:4] + CASES[6:7] + CASES[9:10]]
