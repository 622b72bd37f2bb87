"""The fits of the page for own data, in Node, held to those of the package."""

import warnings

import numpy as np
import pytest

import gmm
from benchmarks.starts import data_set
from gmm import Mixture, datasets, formulas
from gmm.engine import starts
from gmm.engine.climb import Point
from gmm.formulas.numeric import evaluate
from gmm.live import own
from tests.live.scripts import run

FITTING = "own/reading.js own/fitting.js"
FITS = """texts.map(({ text, most }) => {
  const { data } = read(text);
  return [...fits(data, most)].filter((told) => told?.fit).map(({ fit }) => fit);
})"""
SAMPLED, EVERY = 20, 120


def page_fits(sets, most):
    """Return the page's fits of K = 1 … most components to each of the data sets."""
    texts = [{"text": "\n".join(map(repr, x.tolist())), "most": most} for x in sets]
    return run(FITTING, FITS, texts=texts)


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


def test_the_step_from_the_sums_of_scores_is_the_m_step():
    x, w = np.array([-1.0, 0.5, 2.0, 7.0]), np.array([2.0, 1.0, 1.0, 3.0])
    gamma, old = np.array([0.9, 0.6, 0.4, 0.2]), (1.5, 4.0)
    u = (x - old[0]) / np.sqrt(old[1])
    sums = [
        w @ [float(entry.subs({formulas.share: g, formulas.u: v})) for g, v in zip(gamma, u)]
        for entry in formulas.score
    ]
    scope = dict(zip(("nk", "first", "second"), sums)) | {"mu": old[0], "variance": old[1], "N": w.sum()}
    weight, mean, variance = (evaluate(expression, scope) for _, expression in own.steps().values())
    share = w * gamma
    expected = share.sum() / w.sum(), share @ x / share.sum()
    np.testing.assert_allclose([weight, mean], expected, rtol=1e-14)
    assert variance == pytest.approx(share @ (x - mean) ** 2 / share.sum(), rel=1e-14)


def test_log_likelihood_gradient_and_hessian_are_those_of_the_engine():
    rng = np.random.default_rng(6)
    x, w = np.sort(rng.normal(size=300)), rng.integers(1, 5, 300).astype(float)
    theta = np.array([0.2, 0.5, 0.3]), np.array([-1.0, 0.1, 1.2]), np.array([0.3, 1.1, 0.4])
    given = {"xs": x.tolist(), "ws": w.tolist()}
    found = run(
        FITTING,
        "ended(measure(data, theta, true))",
        data=given,
        theta=dict(zip(("pi", "mu", "va"), map(np.ndarray.tolist, theta))),
    )
    point = Point(x, w, theta)
    assert found["logL"] == pytest.approx(point.log_likelihood, rel=1e-13)
    np.testing.assert_allclose(found["gradient"], point.gradient, atol=1e-10)
    np.testing.assert_allclose(found["hessian"], point.hessian, atol=1e-9)


def test_starts_are_those_of_the_engine():
    rng = np.random.default_rng(7)
    x, w = np.sort(rng.gamma(2, size=180)), rng.integers(1, 5, 180).astype(float)
    fewer = byname(np.array([0.4, 0.6]), np.array([1.0, 3.0]), np.array([0.5, 2.0]))
    found = run(FITTING, "candidates(data, 3, fewer)", data={"xs": x.tolist(), "ws": w.tolist()}, fewer=fewer)
    ours = starts.candidates(x, w, 3, [tuple(map(np.array, fewer.values()))])
    assert len(found) == len(ours)
    for theta, expected in zip(found, ours):
        np.testing.assert_allclose(list(theta.values()), np.array(expected), rtol=1e-12)


def byname(*theta):
    return dict(zip(("pi", "mu", "va"), (array.tolist() for array in theta)))


def test_nodes_have_the_sums_of_the_data():
    rng = np.random.default_rng(8)
    x = np.sort(rng.normal(size=20_000))
    theta = np.array([0.3, 0.7]), np.array([-0.5, 0.4]), np.array([0.3, 1.0])
    program = "ended(nodes(data, [theta]))"
    found = run(FITTING, program, data={"xs": x.tolist(), "ws": [1.0] * x.size}, theta=byname(*theta))
    assert len(found["xs"]) < 500
    here, all_of = Point(np.array(found["xs"]), np.array(found["ws"]), theta), Point(x, np.ones(x.size), theta)
    assert here.log_likelihood == pytest.approx(all_of.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(here.hessian, all_of.hessian, atol=1e-6)


@pytest.mark.parametrize("size", [2_500, 30_000])
def test_where_there_are_many_values_the_page_ends_no_lower_either(size):
    x, _ = Mixture([0.4, 0.6], [0.0, 4.0], [1.0, 2.0]).sample(size, np.random.default_rng(5))
    assert [*lower(x, page_fits([x], 3)[0])] == []


def test_counts_count_as_so_many_observations():
    crabs = datasets.crabs()
    program = "(() => { const { data } = read(text); return [...fits(data, 2)].filter((told) => told?.fit)[1].fit; })()"
    text = next(entry["text"] for entry in own.data_sets() if entry["name"] == "crabs")
    found = run(FITTING, program, text=text)
    ours = gmm.fit(crabs.ratio, 2, sample_weight=crabs.count)
    assert found["logL"] == pytest.approx(ours.log_likelihood, abs=1e-6)
    np.testing.assert_allclose(found["mu"], ours.mixture.means, rtol=1e-7)
    assert found["converged"]
