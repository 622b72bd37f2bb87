"""How often the fit of two components to a sample of one normal keeps an accident, and how often a real one is lost.

`python -m benchmarks.accidents` prints, for samples of one normal, the share of
fits with two components that end on one with a standard deviation below a
tenth of the spread: those that are told to be spurious, and those that are not.
Then, for normals in which a narrow component was planted, how often it is
found, and how often it is called an accident although it is none.
"""

import sys
import warnings

import numpy as np

from gmm import ConvergenceWarning, Mixture, fit

SIZES = (100, 272, 1000, 10_000, 100_000)
NARROW = 0.1
# Of 20 000 observations so many are planted, with this standard deviation.
PLANTED = [(60, 1e-5), (60, 1e-3), (100, 1e-3), (200, 1e-2), (1000, 0.05)]


def quietly(x, n_components):
    """Fit without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit(x, n_components)


def kept(n, seed):
    """Return whether the fit with two ends on a narrow component, and whether one is not told."""
    x = np.random.default_rng([n, seed]).normal(size=n)
    result = quietly(x, 2)
    narrow = np.flatnonzero(np.sqrt(result.mixture.variances) < NARROW * x.std())
    return narrow.size > 0, bool(set(narrow.tolist()) - set(result.certificate.spurious))


def found(n_planted, sigma, seed, n=20_000):
    """Return whether the fit reaches the likelihood of the planted mixture, and whether it calls that an accident."""
    truth = Mixture([1 - n_planted / n, n_planted / n], [0.0, 0.3], [1.0, sigma**2])
    x, _ = truth.sample(n, np.random.default_rng([n_planted, seed]))
    result = quietly(x, 2)
    return result.log_likelihood >= truth.log_pdf(x).sum(), bool(result.certificate.spurious)


def main(n_samples=200):
    """Print both tables."""
    print("one normal, K = 2\n      N  samples  narrow ends  not told")
    for n in SIZES:
        many = n_samples if n <= 1000 else max(1, n_samples // 4)
        narrow, missed = np.sum([kept(n, seed) for seed in range(many)], axis=0)
        print(f"{n:7d} {many:8d} {100 * narrow / many:10.1f} % {100 * missed / many:7.1f} %", flush=True)
    print("planted in 20 000\nplanted  sigma  samples  found  called an accident")
    for n_planted, sigma in PLANTED:
        many = max(1, n_samples // 10)
        reached, accident = np.sum([found(n_planted, sigma, seed) for seed in range(many)], axis=0)
        print(f"{n_planted:7d} {sigma:6g} {many:8d} {reached:6d} {accident:10d}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
