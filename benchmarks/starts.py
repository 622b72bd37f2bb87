"""How often a fit from a given start ends below plain EM from there, and where.

`python -m benchmarks.starts` prints a table: for each data set, from so many
random starts, how many fits end lower than plain EM run to its end, how
many end higher, and how many end on a saddle. EM has the same floor under the
variances, and as many steps as it needs, up to `MOST`.
"""

import sys
import warnings
from dataclasses import dataclass

import numpy as np

from gmm import ConvergenceWarning, Mixture, datasets, fit
from gmm.engine.exact import Statistics
from gmm.engine.settings import SHARE_OF_RESOLUTION
from gmm.engine.sources import in_memory, standardised
from gmm.unit import move

STARTS, MOST, LOWER = 50, 30_000, 1e-6
# EM has ended where a step moves nothing by more than this, in standard deviations.
ENDED = 1e-9


def data_sets():
    """Return the observations of each case, and their counts."""
    rng = np.random.default_rng(1)
    old_faithful, (ratio, count) = datasets.faithful(), datasets.crabs()

    def mixed(pi, mu, sigma, n=300):
        k = rng.choice(len(pi), n, p=pi)
        return rng.normal(np.array(mu)[k], np.array(sigma)[k])

    return {
        "easy": (mixed([0.3, 0.7], [0, 6], [1, 1]), None),
        "overlapping": (mixed([0.3, 0.4, 0.3], [-1.5, 0, 1.5], [1, 0.7, 1]), None),
        "chain of four": (mixed([0.25] * 4, [0, 2, 4, 6], [1, 1, 1, 1]), None),
        "spiked": (mixed([0.9, 0.1], [0, 0.5], [1, 0.05]), None),
        "overlapping, 5000": (mixed([0.3, 0.4, 0.3], [-1.5, 0, 1.5], [1, 0.7, 1], 5000), None),
        "skewed": (rng.gamma(2.0, 1.0, 300), None),
        "heavy tails": (rng.standard_t(3, 300), None),
        "waiting times": (old_faithful.waiting, None),
        "eruptions": (old_faithful.eruptions, None),
        "galaxies": (datasets.galaxies().velocity, None),
        "crabs": (ratio, count),
    }


def data_set(seed):
    """Return observations of one of many kinds: mixtures and others, few and many, rounded and not, in any unit."""
    rng = np.random.default_rng([10, seed])
    size = int(np.exp(rng.uniform(np.log(30), np.log(3000))))
    kind = seed % 5
    if kind == 0:
        x = rng.normal(size=size)
    elif kind == 1:
        x = rng.standard_t(4, size) if seed % 2 else rng.gamma(3, size=size)
    else:
        k = rng.integers(2, 5)
        mixture = Mixture(rng.dirichlet(np.full(k, 3.0)), rng.uniform(-6, 6, k), rng.uniform(0.3, 2, k) ** 2)
        x, _ = mixture.sample(size, rng)
    x = np.round(x, 1) if kind == 4 else x
    return x * 10.0 ** rng.integers(-3, 4) + rng.choice([0.0, 0.0, 50.0, 1e4])


def random_start(rng, x, w, n_components):
    """Return weights, means and variances that know nothing but the range and spread of the data."""
    mean = np.average(x, weights=w)
    variance = np.average((x - mean) ** 2, weights=w)
    pi = rng.dirichlet(np.full(n_components, 3.0))
    return pi, rng.choice(x, n_components, p=w / w.sum()), variance * rng.uniform(0.02, 1.0, n_components)


def plain_em(x, w, theta, floor, most=MOST):
    """Return where EM ends, its log-likelihood and how far its last step moved."""
    for _ in range(most):
        statistics = Statistics.of(x, theta, w)
        after = statistics.updated(min_variance=floor)
        moved = move(theta, after)
        theta = after
        if moved < ENDED:
            break
    return theta, Statistics.of(x, theta, w).log_likelihood, moved


@dataclass
class Count:
    """What became of the fits from the starts of one case."""

    starts: int = 0
    lower: int = 0
    higher: int = 0
    floored: int = 0
    saddles: int = 0
    unfinished: int = 0
    deepest: float = 0.0

    def add(self, result, em_height, em_floored):
        """Count one fit."""
        gain, kind = result.log_likelihood - em_height, result.certificate.kind
        self.starts += 1
        self.floored += em_floored
        self.saddles += kind == "saddle"
        self.unfinished += kind == "unfinished"
        self.higher += gain > LOWER
        if gain < -LOWER:
            self.lower += 1
            self.deepest = max(self.deepest, -gain)

    def __add__(self, other):
        sums = [getattr(self, name) + getattr(other, name) for name in list(vars(self))[:-1]]
        return Count(*sums, max(self.deepest, other.deepest))


def compare(x, count, n_components, n_starts, rng, most=MOST):
    """Fit from random starts, run plain EM from the same, and count."""
    source = in_memory(np.array(x, dtype=float), None if count is None else np.array(count, dtype=float))
    x, w = source.few() or (np.sort(standardised(source.x, source.unit)), np.ones(source.x.size))
    floor = (SHARE_OF_RESOLUTION * source.resolution) ** 2
    result = Count()
    for _ in range(n_starts):
        theta = random_start(rng, x, w, n_components)
        end, height, _ = plain_em(x, w, theta, floor, most)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            ours = fit(x, start=Mixture(*theta), sample_weight=w, min_variance=floor)
        result.add(ours, height, bool((end[2] <= floor * (1 + 1e-9)).any()))
    return result


def main(n_starts=STARTS):
    """Print the table."""
    print("data              K  starts  lower  by at most  higher  EM on floor  saddles  unfinished")
    total, rng = Count(), np.random.default_rng(2)
    for name, (x, count) in data_sets().items():
        for k in (2, 3, 4, 5):
            c = compare(x, count, k, n_starts, rng)
            total += c
            print(row(name, k, c), flush=True)
    print(row("all", "", total))
    print(f"lower: {100 * total.lower / total.starts:.2f} %")


def row(name, k, c):
    """Return one line of the table."""
    return (
        f"{name:17s} {k!s:>1s} {c.starts:7d} {c.lower:6d} {c.deepest:11.2g} {c.higher:7d} "
        f"{c.floored:12d} {c.saddles:8d} {c.unfinished:11d}"
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
