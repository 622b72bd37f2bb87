import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

import gmm
from benchmarks.starts import compare, data_sets
from gmm import Mixture, Statistics, datasets, fit
from gmm.engine import settings
from gmm.engine.climb import moved
from gmm.engine.search import _as_high_as_the_highest
from gmm.engine.settings import FEW_VALUES as FEW
from gmm.engine.sources import Few, Memory, in_memory, unit_of

pytestmark = pytest.mark.filterwarnings("error")
TRUTH = Mixture([0.2, 0.5, 0.3], [-3.0, 0.0, 2.5], [0.5, 1.0, 2.25])
MANY, _ = TRUTH.sample(200_000, 1)


@pytest.fixture(scope="module")
def many():
    return fit(MANY, 3)


# --- the fit of many, against all of them ----------------------------------


def test_the_certified_log_likelihood_is_that_of_all_the_data(many):
    assert many.log_likelihood == pytest.approx(gmm.log_likelihood(MANY, many.mixture), rel=1e-13)
    assert many.certificate.log_likelihood == many.log_likelihood


def test_the_certified_move_is_that_of_an_em_step_over_all_the_data(many):
    after = gmm.m_step(MANY, gmm.e_step(MANY, many.mixture))
    sigma = np.sqrt(many.mixture.variances)
    moves = (
        after.weights - many.mixture.weights,
        (after.means - many.mixture.means) / sigma,
        (np.sqrt(after.variances) - sigma) / sigma,
    )
    # The plain step knows the means to a rounding error, too.
    assert np.abs(moves).max() == pytest.approx(many.certificate.move, abs=1e-12)
    assert many.certificate.move < 1e-10


def test_the_certified_eigenvalues_are_those_of_a_hessian_of_all_the_data(many):
    theta, h, size = tuple(many.mixture), 1e-3, 9
    heights = {}

    def height(step):
        key = tuple(np.round(step / h).astype(int))
        if key not in heights:
            heights[key] = Statistics.of(MANY, moved(theta, step, 0.0)).log_likelihood / MANY.size
        return heights[key]

    hessian, unit = np.empty((size, size)), h * np.eye(size)
    for i in range(size):
        for j in range(i + 1):
            corners = [a * b * height(a * unit[i] + b * unit[j]) for a in (1, -1) for b in (1, -1)]
            hessian[i, j] = hessian[j, i] = sum(corners) / (4 * h * h)
    every = np.linalg.eigvalsh(hessian)
    # All log weights raised alike change nothing: that direction is not free.
    np.testing.assert_allclose(
        np.sort(many.certificate.eigenvalues), np.delete(every, np.abs(every).argmin()), atol=1e-5
    )
    assert (many.certificate.eigenvalues < 0).all()


def test_nodes_lead_where_the_data_themselves_lead(many):
    plain = gmm.iterate(MANY, many.mixture, max_iter=5, tol=1e-8)
    np.testing.assert_allclose(many.mixture.means, plain.mixture.means, atol=1e-9)
    np.testing.assert_allclose(many.mixture.variances, plain.mixture.variances, rtol=1e-9)


@pytest.mark.parametrize("n", [FEW - 1, FEW, FEW + 1, FEW + 2])
def test_where_nodes_begin_makes_no_seam(n):
    x = MANY[:n]
    ours = fit(x, 3, rng=0)
    plain = gmm.iterate(x, ours.mixture, tol=1e-9)
    assert ours.converged and plain.n_iter <= 2
    assert ours.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
    assert (ours.certificate.nodes == n) == (n <= FEW)


def test_the_certificate_counts_what_was_done(many):
    certificate = many.certificate
    assert certificate.kind == "maximum" and certificate.on_floor == () and certificate.spurious == ()
    assert 2 <= certificate.passes <= 4
    assert 50 < certificate.nodes < 2000
    assert certificate.evaluations >= many.n_iter > 0
    assert certificate.eigenvalues.shape == (8,)


# --- the source ------------------------------------------------------------


def test_the_source_knows_the_spread_and_the_resolution_of_the_data():
    x = np.array([1.0, 4.0, 4.5, 9.0, 4.0])
    source = Few(x.copy(), np.array([1.0, 2, 1, 1, 1]))
    z = source.unit.scale
    assert source.resolution * z == pytest.approx(0.5)
    assert source.spread * z == pytest.approx(np.sqrt(np.cov(x, aweights=[1, 2, 1, 1, 1], ddof=0)))
    assert (source.total, source.count, source.different) == (6, 5, 4)
    assert ((source.low, source.high) * np.array(z) + source.unit.centre).tolist() == [1, 9]


def test_values_that_differ_by_rounding_do_not_make_the_resolution():
    x = np.array([1.1, 2.2, 3.3, 1.1 + 2.2])
    assert 0 < x[3] - x[2] < 1e-15
    source = Few(x.copy())
    assert source.resolution * source.unit.scale == pytest.approx(1.1)


def test_exact_steps_go_on_until_one_moves_no_less(monkeypatch):
    whole = fit(MANY, 2)
    monkeypatch.setattr(settings, "EXACT", 0.0)
    polished = fit(MANY, 2, tol=0)
    assert polished.certificate.passes > whole.certificate.passes
    assert polished.certificate.move <= whole.certificate.move


def test_ends_as_high_as_the_highest_are_counted():
    def at(height):
        return SimpleNamespace(point=SimpleNamespace(log_likelihood=height))

    ends = [at(-1000.0), at(-1000.0 + 1e-8), at(-1001.0), at(-1000.0), at(-1500.0)]
    assert _as_high_as_the_highest(ends) == 3


@pytest.mark.parametrize(("x", "median"), [([1.0, 2.0, 4.0, 7.0], 3.0), ([1.0, 3.0, 8.0], 3.0), ([5.0, 9.0], 7.0)])
def test_the_origin_is_the_median(x, median):
    assert Few(np.array(x)).unit.centre == median


def test_gaps_that_are_rounding_beside_the_origin_are_none_in_memory():
    x = 1000 + 1e-3 * np.random.default_rng(2).permutation(np.repeat(np.arange(3000.0), 4)) / 3000
    x += np.random.default_rng(3).choice([0.0, np.spacing(1000.0)], x.size)
    source = in_memory(x)
    assert isinstance(source, Memory)
    assert source.resolution * source.unit.scale == pytest.approx(1e-3 / 3000, rel=1e-2)


def test_few_values_are_merged_where_each_comes_four_times():
    for repeated, kept in ((2, 12), (3, 12), (4, 3), (6, 2)):
        x = np.repeat(np.arange(12.0 / repeated), repeated)
        source = Few(x.copy())
        assert (source.x.size, source.total, source.different) == (kept, 12, 12 / repeated)


def test_the_unit_of_a_sample_whose_middle_half_is_one_value_is_its_deviation():
    for far in (-40.0, 40.0):
        sample = np.sort(np.concatenate([np.zeros(80), np.full(8, far), np.full(8, far / 2)]))
        deviation = np.sqrt(np.mean(sample**2))
        unit = unit_of(sample)
        assert unit.centre == 0 and deviation / 2 < unit.scale <= 2 * deviation


def test_the_hessian_of_all_the_data_is_added_up_in_parts_that_a_cache_holds():
    source, sizes = in_memory(MANY[:100_000]), []

    def count(x, w, theta):
        sizes.append(x.size)
        return np.full((1, 1), w.sum())

    theta = np.full(4, 1 / 4), np.arange(4.0), np.ones(4)
    assert source.hessian(count, theta) == 100_000
    assert sum(sizes) == 100_000 and max(sizes) <= settings.EXACT_BLOCK // 4


def test_few_and_many_tell_the_same():
    x, w = MANY[:5000], np.random.default_rng(3).integers(1, 4, 5000).astype(float)
    few, many = Few(x.copy(), w.copy()), in_memory(x, w)
    assert isinstance(many, Memory) and many.x is x
    for name in ("low", "high", "spread"):
        there = [getattr(source, name) * source.unit.scale for source in (few, many)]
        shift = [source.unit.centre if name != "spread" else 0 for source in (few, many)]
        assert there[0] + shift[0] == pytest.approx(there[1] + shift[1], rel=1e-12)
    assert (few.total, few.count) == (many.total, many.count)
    gap = few.resolution * few.unit.scale
    assert many.resolution * many.unit.scale == pytest.approx(gap, rel=1e-6)


def test_many_rounded_values_are_few_and_their_gap_is_exact():
    x = np.round(MANY[:50_000], 2)
    source = in_memory(x)
    values, w = source.few()
    expected, counts = np.unique(x, return_counts=True)
    np.testing.assert_allclose(values * source.unit.scale + source.unit.centre, expected, atol=1e-12)
    np.testing.assert_array_equal(w, counts)
    assert source.resolution * source.unit.scale == pytest.approx(0.01, rel=1e-9)
    assert source.different == expected.size


def test_a_fit_leaves_the_data_as_they_are():
    x = MANY[:5000].copy()
    x.setflags(write=False)
    assert fit(x, 2).converged


def test_groups_have_the_sum_and_the_mean_of_the_data():
    source = Memory(MANY)
    x, w = source.groups()
    assert x.size <= 512 and w.sum() == MANY.size
    assert w @ x / w.sum() * source.unit.scale + source.unit.centre == pytest.approx(MANY.mean(), abs=1e-12)


# --- room ------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", [np.float64, *(pytest.param(kind, marks=pytest.mark.sweep) for kind in (np.float32, np.int64, "rounded"))]
)
def test_a_fit_needs_a_few_mebibytes_beside_the_data_and_a_copy_only_of_what_are_no_floats(kind):
    x = TRUTH.sample(2_000_000, 2)[0]
    x = x.round(1) if kind == "rounded" else (x * 2**20).astype(kind)
    fit(x[:5000], 5)
    tracemalloc.start()
    result = fit(x, 5, max_iter=200)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    copy = 0 if x.dtype == np.float64 else 8 * x.size
    assert peak - copy < 10 * 2**20
    assert np.isfinite(result.log_likelihood)


# --- starts ----------------------------------------------------------------


def test_a_fit_from_a_start_seldom_ends_lower_than_plain_em_from_there_and_never_on_a_saddle():
    cases, rng = data_sets(), np.random.default_rng(1)
    counts = [
        compare(*cases[name], 2, 5, rng, most=1000) for name in ("easy", "spiked", "skewed", "eruptions", "crabs")
    ]
    counted = sum(counts[1:], counts[0])
    assert counted.starts == 25
    assert counted.lower <= 1 and counted.saddles == counted.unfinished == 0


def test_more_components_fit_no_worse():
    x = datasets.faithful().eruptions
    heights = [fit(x, k).log_likelihood for k in (1, 2, 3, 4)]
    assert (np.diff(heights) > 0).all()
