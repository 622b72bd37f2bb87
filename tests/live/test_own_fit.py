"""The fits of the page for own data, in Node, held to those of the package."""

import warnings

import numpy as np
import pytest
import sympy as sp

import gmm
from gmm import Mixture, datasets, formulas
from gmm.engine import settings
from gmm.formulas.numeric import evaluate
from gmm.live import own
from tests.live.scripts import run

FITS = """texts.map(({ text, most }) => {
  const { data } = read(text);
  return [...fits(data, most)].filter((told) => told?.fit).map(({ fit }) => fit);
})"""
SAMPLED, EVERY = 20, 200


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


def page_fits(sets, most):
    """Return the page's fits of K = 1 … most components to each of the data sets."""
    texts = [{"text": "\n".join(map(repr, x.tolist())), "most": most} for x in sets]
    return run(own.core(), FITS, texts=texts)


def quietly(x, k):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gmm.ConvergenceWarning)
        return gmm.fit(x, k)


def lower(x, found):
    """Yield where the page ends lower than the package, or says that there is no maximum where there is one."""
    for fit in found:
        ours = quietly(x, fit["K"])
        if not ours.converged or ours.certificate.on_floor:
            continue
        if "failed" in fit:
            yield fit["K"], fit["failed"]
            continue
        here = gmm.log_likelihood(x, Mixture(fit["pi"], fit["mu"], fit["va"]))
        assert here == pytest.approx(fit["logL"], rel=1e-9, abs=1e-6)
        # What a few close observations make may be higher, and is not preferred.
        if fit["spurious"] > bool(ours.certificate.spurious) or here < ours.log_likelihood - 1e-6 * abs(here):
            yield fit["K"], here - ours.log_likelihood


BATCHES = [range(first, first + 10) for first in range(0, EVERY, 10)]


@pytest.mark.parametrize(
    "seeds",
    [pytest.param(seeds, marks=[pytest.mark.sweep] if seeds.start >= SAMPLED else []) for seeds in BATCHES],
    ids=lambda seeds: f"{seeds.start}-{seeds.stop - 1}",
)
def test_the_page_ends_no_lower_than_the_package(seeds):
    sets = [data_set(seed) for seed in seeds]
    wrong = {seed: found for seed, x, fits in zip(seeds, sets, page_fits(sets, 4)) if (found := [*lower(x, fits)])}
    assert wrong == {}
