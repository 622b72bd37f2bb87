"""What each part of the climb and of the search is worth: fits without it, beside fits with it.

`python -m benchmarks.ablations` prints, for each part that is left out or
changed, how many fits from random starts end lower than plain EM from there,
how many evaluations they take, and by how much default fits end lower. All
rows are of the same data and the same starts.
"""

import sys
import warnings
from contextlib import contextmanager

import numpy as np

from benchmarks.starts import LOWER, data_sets, plain_em, random_start
from gmm import ConvergenceWarning, Mixture, fit
from gmm.engine import climb, settings
from gmm.engine.settings import SHARE_OF_RESOLUTION
from gmm.engine.sources import in_memory, standardised

__all__ = ["PARTS", "without"]


def _plain_step(self, *_):
    return self._em_step()


def _sign_kept(eigenvalues, eigenvectors, slopes):
    size = np.maximum(np.abs(eigenvalues), settings.FLAT)
    return eigenvectors @ (slopes / np.where(eigenvalues < 0, -size, size))


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
    "no saddle is left": [(settings, "ESCAPES", 0)],
    "components that coincide are not parted": [(settings, "TOGETHER", 0.0)],
    "an empty component begins anew sooner": [(settings, "EMPTY", 1e-3)],
    "a Newton step is never shortened": [(settings, "SHORTENED", 1)],
    "no scan for what is missed": [("gmm.engine.search", "hot_windows", _nowhere)],
    "no accident is told": [("gmm.engine.search", "beyond_chance", _certain)],
    "fewer climbs": [(settings, "CLIMBED", 2)],
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


def cases(n_starts, seed=3):
    """Return observations, weights, a floor, and random starts with where plain EM ends from each."""
    rng, found = np.random.default_rng(seed), []
    for x, count in data_sets().values():
        source = in_memory(np.array(x, dtype=float), None if count is None else np.array(count, dtype=float))
        x, w = source.few() or (standardised(source.x, source.unit), np.ones(source.x.size))
        floor = (SHARE_OF_RESOLUTION * source.resolution) ** 2
        for k in (2, 3, 4):
            thetas = [random_start(rng, x, w, k) for _ in range(n_starts)]
            found.append((x, w, floor, k, [(theta, plain_em(x, w, theta, floor, 3000)[1]) for theta in thetas]))
    return found


def row(found):
    """Return how many fits end lower than EM, the evaluations that all take, and the heights of the default fits."""
    lower, evaluations, heights = 0, 0, []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for x, w, floor, k, starts in found:
            for theta, height in starts:
                result = fit(x, start=Mixture(*theta), sample_weight=w, min_variance=floor)
                lower += result.log_likelihood < height - LOWER
                evaluations += result.n_iter
            result = fit(x, k, sample_weight=w, min_variance=floor)
            proper = result.converged and not result.certificate.spurious
            heights.append((proper, result.log_likelihood, result.n_iter))
    return lower, evaluations, heights


def main(n_starts=10):
    """Print the table."""
    found = cases(n_starts)
    print(f"{'':42s} of {sum(len(c[4]) for c in found)} from a start        of {len(found)} default calls")
    print(f"{'left out, or changed':42s} lower than EM  evaluations  worse  by at most  evaluations")
    lower, evaluations, whole = row(found)
    print(f"{'nothing':42s} {lower:13d} {evaluations:12d} {'':6s} {'':11s} {sum(h[2] for h in whole):12d}", flush=True)
    for name in PARTS:
        with without(name):
            lower, evaluations, heights = row(found)
        # Proper first, then higher: a proper end is worse only than a proper one that is higher.
        falls = [a[1] - b[1] if a[0] == b[0] else np.inf * (a[0] - b[0]) for a, b in zip(whole, heights)]
        worse = [fall for fall in falls if fall > LOWER]
        steps = sum(h[2] for h in heights)
        print(
            f"{name:42s} {lower:13d} {evaluations:12d} {len(worse):6d} {max(worse, default=0):11.3g} {steps:12d}",
            flush=True,
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
