"""What each part of the climb and of the search is worth: fits without it, beside fits with it.

`python -m benchmarks.ablations` prints, for each part that is left out or
changed, how many fits from given starts end lower than plain EM from there,
how many on another hill, lower or higher, how many at no maximum, how many
evaluations they take, and by how much default fits end lower. All rows are of
the same data and the same starts: most are random; some are such as people
give, which plain EM does not leave or empties: two components that are one, or
all, all means in one place, and a narrow component where there are no data. An
end is proper by the whole rule.
"""

import sys
import warnings
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np

from benchmarks.starts import LOWER, data_set, data_sets, plain_em, random_start
from gmm import Mixture, fit
from gmm.engine import climb, settings
from gmm.engine.scan import beyond_chance, gains
from gmm.engine.settings import SHARE_OF_RESOLUTION
from gmm.engine.sources import in_memory, standardised

__all__ = ["PARTS", "without"]

# So many data sets of other kinds, for the default calls.
KINDS = 60


def _plain_step(self, *_):
    return self._em_step()


def _sign_kept(eigenvalues, eigenvectors, slopes):
    size = np.maximum(np.abs(eigenvalues), settings.FLAT)
    return eigenvectors @ (slopes / np.where(eigenvalues < 0, -size, size))


def _stay(self):
    return False


def _nowhere(*_, **__):
    return []


def _certain(theta, gained, *_):
    return np.full(np.shape(gained), np.inf)


# What is changed: a name, where it stands, and what stands there instead.
PARTS = {
    "Newton's method takes over later": [(settings, "HILL", 0.01)],
    "Newton's method takes over sooner": [(settings, "HILL", 3.0)],
    "EM's path is followed step by step": [(climb._Climber, "_along_em", _plain_step)],
    "EM's path is followed by longer strides": [(settings, "STRIDE", 0.5)],
    "no patience: few steps of EM": [(settings, "PATIENCE", 5)],
    "the sign of an eigenvalue is kept": [(climb, "newton_step", _sign_kept)],
    "no saddle is left": [(climb._Climber, "_leave", _stay)],
    "an empty component stays empty": [(settings, "EMPTY", -1.0)],
    "a Newton step is never shortened": [(settings, "SHORTENED", 1)],
    "no scan for what is missed": [("gmm.engine.search", "hot_windows", _nowhere)],
    "no accident is told": [("gmm.engine.search", "beyond_chance", _certain)],
    "fewer climbs": [(settings, "CLIMBED", 2)],
    "one end is followed on all the data": [(settings, "FOLLOWED", 1)],
    "climbing stops while all ends are improper": [(settings, "MOST_CLIMBED", 8)],
    "short runs of five steps": [(settings, "SHORT", 5)],
}


@contextmanager
def without(name):
    """Leave a part out while the block runs; None leaves out nothing."""
    kept = []
    for place, attribute, value in PARTS.get(name, []):
        place = sys.modules[place] if isinstance(place, str) else place
        kept.append((place, attribute, getattr(place, attribute)))
        setattr(place, attribute, value)
    try:
        yield
    finally:
        for place, attribute, value in reversed(kept):
            setattr(place, attribute, value)


class Case(NamedTuple):
    """Values and their weights, a floor, the number of components, and starts with the height that plain EM reaches."""

    x: np.ndarray
    w: np.ndarray
    floor: float
    k: int
    starts: list


def cases(n_starts, seed=3):
    """Return every case, of 2 to 4 components each."""
    rng, found = np.random.default_rng(seed), []
    for x, count in (data_sets() | planted()).values():
        source = in_memory(np.array(x, dtype=float), None if count is None else np.array(count, dtype=float))
        x, w = source.few() or (standardised(source.x, source.unit), np.ones(source.x.size))
        floor = (SHARE_OF_RESOLUTION * source.resolution) ** 2
        for k in (2, 3, 4):
            thetas = [random_start(rng, x, w, k) for _ in range(n_starts)] + awkward_starts(x, w, k)
            starts = [(theta, plain_em(x, w, theta, floor, 3000)[1]) for theta in thetas]
            found.append(Case(x, w, floor, k, starts))
    return found


def planted():
    """Return a wide crowd with a few close together in it, and a crowd with none."""
    rng = np.random.default_rng(2)
    few = rng.normal(0.7, 1e-4, 60)
    return {"planted": (np.append(rng.normal(size=5000), few), None), "one crowd": (rng.normal(size=1000), None)}


def awkward_starts(x, w, k):
    """Return starts with components that are one, with all means in one place, and with one where no data are."""
    share = w / w.sum()
    mean, low, high = share @ x, x.min(), x.max()
    variance, places = share @ (x - mean) ** 2, np.linspace(low, high, k + 2)[1:-1]
    equal, wide = np.full(k, 1 / k), np.full(k, variance / k**2)
    return [
        (equal, np.append(places[:-1], places[-2]), wide),
        (equal, np.full(k, mean), np.full(k, variance)),
        (equal, np.full(k, mean), variance * 2.0 ** -np.arange(k)),
        (equal, np.append(places[:-1], high + 10 * (high - low)), np.append(wide[:-1], 1e-4 * variance)),
    ]


def from_starts(found):
    """Return how many fits end lower than EM, on another hill and at no maximum, and what evaluations they take."""
    lower, other, no_maximum, evaluations = 0, 0, 0, 0
    for case in found:
        for theta, height in case.starts:
            try:
                result = fit(case.x, start=Mixture(*theta), sample_weight=case.w, min_variance=case.floor)
            except np.linalg.LinAlgError:
                no_maximum += 1
                continue
            lower += result.log_likelihood < height - LOWER
            other += abs(result.log_likelihood - height) > LOWER
            no_maximum += result.certificate.kind != "maximum"
            evaluations += result.n_iter
    return lower, other, no_maximum, evaluations


def by_default(found):
    """Return of each default call whether its end is proper, how high it is, and what evaluations it takes."""
    calls = [(case.x, case.w, case.k) for case in found]
    calls += [(data_set(seed), None, k) for seed in range(KINDS) for k in (2, 3, 4)]
    return [_by_default(*call) for call in calls]


def _by_default(x, w, k):
    result = fit(x, k, sample_weight=w)
    weights, theta = np.ones(x.size) if w is None else w, tuple(result.mixture)
    gained = gains(theta, result.mixture.responsibilities(x).T, weights)
    likely = (beyond_chance(theta, gained, weights.sum(), np.diff(np.unique(x)).min()) >= 0).all()
    proper = result.converged and likely and not result.certificate.on_floor
    return int(proper), result.log_likelihood, result.n_iter


def row(found):
    """Return the numbers of the first columns, and what the default calls end at."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return from_starts(found), by_default(found)


def main(n_starts=10):
    """Print the table."""
    found = cases(n_starts)
    counts, whole = row(found)
    print(f"{sum(len(case.starts) for case in found)} fits from a start, and {len(whole)} default calls")
    columns = (
        "lower than EM",
        "another hill",
        "no maximum",
        "evaluations",
        "default: worse",
        "by at most",
        "evaluations",
    )
    print("left out, or changed".ljust(40), *(f"{column:>14s}" for column in columns))
    told("nothing", *counts, "", "", sum(steps for *_, steps in whole))
    for name in PARTS:
        with without(name):
            counts, heights = row(found)
        # Proper first, then higher: a proper end is worse only than a proper one that is higher.
        falls = [a[1] - b[1] if a[0] == b[0] else np.inf * (a[0] - b[0]) for a, b in zip(whole, heights)]
        worse = [fall for fall in falls if fall > LOWER]
        steps = sum(steps for *_, steps in heights)
        told(name, *counts, len(worse), f"{max(worse, default=0):.3g}", steps)


def told(name, *values):
    """Print a row as soon as it is there."""
    print(name.ljust(40), *(f"{value!s:>14s}" for value in values), flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
