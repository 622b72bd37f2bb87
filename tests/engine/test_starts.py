import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from gmm import Mixture, Statistics, datasets
from gmm.engine import starts
from gmm.engine.climb import Point
from gmm.engine.recorded import Classes
from tests.strategies import samples, seeds

pytestmark = pytest.mark.filterwarnings("error")

VELOCITY = np.sort(datasets.galaxies().velocity)
WAYS = {"equal shares": 0, "k-means": 1, "widest gaps": 2}


def candidates(x, k, w=None, **options):
    x = np.asarray(x, dtype=float)
    found = starts.candidates(x, np.ones_like(x) if w is None else np.asarray(w, dtype=float), k, **options)
    return [Mixture(*theta) for theta in found]


def grouped(*groups):
    """Return the mixture of the groups' shares, means and variances, at least a hundredth of the whole's."""
    whole = np.concatenate(groups)
    sizes = np.array([len(group) for group in groups])
    variances = np.maximum([np.var(group) for group in groups], whole.var() / 100)
    return Mixture(sizes / sizes.sum(), [np.mean(group) for group in groups], variances)


def assert_same(one, other):
    np.testing.assert_allclose([*one], [*other], rtol=1e-12, atol=1e-12)


@given(samples(), st.integers(1, 5))
def test_every_cut_gives_as_many_components_and_the_mean_of_the_data(made, k):
    x = np.sort(made[0])
    found = candidates(x, k)
    assert len(found) == 3
    for mixture in found:
        assert mixture.n_components == k
        assert (np.diff(mixture.means) >= 0).all()
        assert mixture.mean == pytest.approx(x.mean(), abs=1e-10)
        assert (mixture.variances >= x.var() / 100 * (1 - 1e-12)).all()


def test_equal_shares_cut_the_data_into_groups_of_equal_size():
    x = [1, 2, 8, 9, 30, 40]
    assert_same(candidates(x, 3)[WAYS["equal shares"]], grouped([1, 2], [8, 9], [30, 40]))
    assert_same(candidates(x, 2)[WAYS["equal shares"]], grouped([1, 2, 8], [9, 30, 40]))


def test_equal_shares_count_half_a_weight_on_either_side():
    x, w = np.array([0.0, 1.0, 10.0]), np.array([2.0, 6.0, 3.0])
    first = starts.candidates(x, w, 2)[WAYS["equal shares"]]
    assert first[0].tolist() == pytest.approx([8 / 11, 3 / 11]) and first[1][1] == 10


def test_groups_of_many_are_means_of_neighbours():
    x, w = np.sort(np.random.default_rng(5).normal(size=1000)), np.random.default_rng(6).uniform(1, 2, 1000)
    means, weights = starts.thinned(x, w, most=100)
    assert weights.tolist() == pytest.approx(w.reshape(100, 10).sum(axis=1).tolist())
    assert means.tolist() == pytest.approx(((w * x).reshape(100, 10).sum(axis=1) / weights).tolist())
    closely, _ = starts.thinned(x, w, most=100, singly=[(500, 560)])
    assert np.abs(x[500:560, np.newaxis] - closely).min(axis=1).max() < 1e-14 and closely.size > 140
    assert starts.thinned(means, weights, most=100)[0] is means


def test_widest_gaps_cut_where_the_data_are_furthest_apart():
    x = [1, 2, 30, 31, 32, 90]
    assert_same(candidates(x, 3)[WAYS["widest gaps"]], grouped([1, 2], [30, 31, 32], [90]))
    assert_same(candidates(x, 2)[WAYS["widest gaps"]], grouped([1, 2, 30, 31, 32], [90]))
    assert_same(candidates(x, 1)[WAYS["widest gaps"]], grouped(x))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_k_means_ends_where_scikit_learns_best_does(k):
    mixture = candidates(VELOCITY, k)[WAYS["k-means"]]
    theirs = KMeans(k, n_init=50, random_state=0, tol=0, max_iter=500).fit(VELOCITY[:, np.newaxis])
    order = np.argsort(theirs.cluster_centers_[:, 0])
    np.testing.assert_allclose(mixture.means, theirs.cluster_centers_[order, 0], rtol=1e-12)
    np.testing.assert_allclose(mixture.weights, np.bincount(theirs.labels_)[order] / 82, rtol=1e-12)


@given(seeds)
def test_counts_give_the_cuts_of_repeated_data(seed):
    rng = np.random.default_rng(seed)
    x, count = np.arange(8) + rng.uniform(-0.4, 0.4, 8), rng.integers(1, 4, 8)
    counted, repeated = candidates(x, 2, count), candidates(np.repeat(x, count), 2)
    for way in ("k-means", "widest gaps"):
        assert_same(counted[WAYS[way]], repeated[WAYS[way]])


@pytest.mark.parametrize("unit", [2.0**-500, 0.3, 2.0**500])
def test_the_unit_of_the_weights_changes_no_candidate(unit):
    for k in (2, 3):
        for one, other in zip(candidates(VELOCITY, k), candidates(VELOCITY, k, np.full(82, unit))):
            assert_same(one, other)


def test_an_empty_group_starts_as_the_whole_with_half_an_observation():
    # Both cuts fall into the first value, so no value is left between them.
    x, w = np.array([1.0, 5.0, 9.0]), np.array([8.0, 1.0, 1.0])
    mixture = candidates(x, 3, w)[WAYS["equal shares"]]
    empty = mixture.weights.argmin()
    mean = np.average(x, weights=w)
    assert mixture.weights[empty] == pytest.approx((10 / 6) / (10 + 10 / 6))
    assert mixture.means[empty] == pytest.approx(mean)
    assert mixture.variances[empty] == pytest.approx(np.average((x - mean) ** 2, weights=w))


@pytest.mark.parametrize("x", [[1, 2], [1, 1, 2], [1, 2, 3], [0, 0, 0, 0, 7], [1, 1, 1, 2, 2, 2]])
def test_few_and_tied_values_make_proper_candidates(x):
    for k in range(1, len(x) + 1):
        found = candidates(x, k) + drawn_at_random(x, k, 1, 3)
        assert len(found) == 6
        assert {mixture.n_components for mixture in found} == {k}


def drawn_at_random(x, k, seed, n_random):
    x = np.asarray(x, dtype=float)
    rng = np.random.default_rng(seed)
    return [Mixture(*theta) for theta in starts.random_starts(x, np.ones_like(x), k, rng, n_random)]


def test_random_starts_come_from_rng_alone_and_stand_on_values_of_the_data():
    drawn, again, other = (drawn_at_random(VELOCITY, 3, seed, 4) for seed in (5, 5, 6))
    assert drawn == again and drawn != other and len({*drawn}) == 4
    for mixture in drawn:
        assert set(mixture.means) <= set(VELOCITY) and (np.diff(mixture.means) >= 0).all()
        assert (mixture.variances >= 0.01 * VELOCITY.var()).all() and (mixture.variances <= VELOCITY.var()).all()


def test_a_window_that_holds_too_much_gets_a_component_of_its_own():
    two = tuple(grouped(VELOCITY[:7], VELOCITY[7:]))
    x = np.append(VELOCITY, np.full(5, 30.0) + 0.001 * np.arange(5))
    x.sort()
    first = int(np.searchsorted(x, 30.0))
    (share, mean, variance), *_ = starts.in_windows(x, np.ones(x.size), [(first, first + 5, 0.05)], 1e-9)
    assert (share, mean) == (0.05, pytest.approx(30.002)) and variance == pytest.approx(2e-6)
    last = candidates(x, 3, fewer=[two], hot=[(share, mean, variance)])[-1]
    assert mean in last.means and last.weights[last.means.argmax()] == pytest.approx(0.05)


def test_a_smaller_mixture_grows_by_each_of_its_components_cut_and_by_a_new_one():
    two = tuple(grouped(VELOCITY[:7], VELOCITY[7:]))
    grown = candidates(VELOCITY, 3, fewer=[two])[3:]
    for mixture, k in zip(grown, range(2)):
        # A cut keeps the mean and the variance of the whole, and the other component.
        assert (mixture.mean, mixture.variance) == pytest.approx((Mixture(*two).mean, Mixture(*two).variance))
        assert two[1][1 - k] in mixture.means
    for mixture in grown[2:]:
        np.testing.assert_allclose(np.sort(mixture.weights), np.sort([*(0.9 * two[0]), 0.1]))
        assert set(two[1]) < set(mixture.means)
    assert len(grown) == 2 + 18 + 1


@pytest.mark.parametrize("equal", [False, True])
def test_short_runs_are_steps_of_em_on_values_and_on_classes(equal):
    rng = np.random.default_rng(4)
    x, w = np.sort(rng.normal(size=60)), rng.integers(1, 4, 60).astype(float)
    theta = np.array([0.3, 0.7]), np.array([-1.0, 0.5]), np.array([0.6, 0.6])
    other = np.array([0.5, 0.5]), np.array([-0.5, 1.5]), np.array([1.2, 1.2])
    for data in (x, Classes(x - 0.1, x + 0.1)):
        heights, found, gained = starts.short_runs(data, w, [theta, other], 3, equal, 0.01)
        for s, at in enumerate((theta, other)):
            for _ in range(3):
                at = Statistics.of(data, at, w).updated(equal_variances=equal, min_variance=0.01)
            point = Point(data, w, at)
            np.testing.assert_allclose([array[s] for array in found], at, rtol=1e-10)
            assert heights[s] == pytest.approx(point.log_likelihood, rel=1e-12)
            np.testing.assert_allclose(gained[s], point.gains, rtol=1e-8)
