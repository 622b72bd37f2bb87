import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import KMeans

from gmm import Mixture, datasets, start
from tests.strategies import samples, seeds

pytestmark = pytest.mark.filterwarnings("error")

VELOCITY = datasets.galaxies().velocity
WAYS = {"equal shares": 0, "k-means": 1, "widest gaps": 2}


def candidates(x, k, sample_weight=None, **options):
    x = np.asarray(x, dtype=float)
    weight = np.ones_like(x) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    return list(start.candidates(x, weight, k, **options))


def grouped(*groups):
    """Return the mixture of the groups' shares, means and variances, at least a hundredth of the whole's."""
    whole = np.concatenate(groups)
    sizes = np.array([len(group) for group in groups])
    variances = np.maximum([np.var(group) for group in groups], whole.var() / 100)
    return Mixture(sizes / sizes.sum(), [np.mean(group) for group in groups], variances)


def assert_same(one, other):
    np.testing.assert_allclose([*one], [*other], rtol=1e-12, atol=1e-12)


@given(samples(), st.integers(1, 5))
def test_every_candidate_is_a_mixture_of_as_many_components(made, k):
    x, _ = made
    found = candidates(x, k)
    assert len(found) == 3
    for mixture in found:
        assert mixture.n_components == k
        assert (mixture.variances >= x.var() / 100 * (1 - 1e-12)).all()
        assert (mixture.weights > 0).all()


@given(samples(), st.integers(1, 5), seeds)
def test_the_order_of_the_data_changes_no_candidate(made, k, seed):
    x, _ = made
    for one, other in zip(candidates(x, k), candidates(np.random.default_rng(seed).permutation(x), k)):
        assert one == other


@given(samples(), st.integers(1, 5))
def test_candidates_have_the_mean_of_the_data(made, k):
    x, _ = made
    for mixture in candidates(x, k):
        assert mixture.mean == pytest.approx(x.mean(), abs=1e-10)


def test_equal_shares_cut_the_sorted_data_into_groups_of_equal_size():
    x = np.array([9.0, 1, 8, 2, 30, 40])
    assert_same(candidates(x, 3)[WAYS["equal shares"]], grouped([1, 2], [8, 9], [30, 40]))
    assert_same(candidates(x, 2)[WAYS["equal shares"]], grouped([1, 2, 8], [9, 30, 40]))


def test_widest_gaps_cut_where_the_sorted_data_are_furthest_apart():
    x = np.array([1.0, 2, 30, 31, 32, 90])
    assert_same(candidates(x, 3)[WAYS["widest gaps"]], grouped([1, 2], [30, 31, 32], [90]))
    assert_same(candidates(x, 2)[WAYS["widest gaps"]], grouped([1, 2, 30, 31, 32], [90]))
    assert_same(candidates(x, 1)[WAYS["widest gaps"]], grouped(x))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_k_means_ends_where_scikit_learns_does(k):
    mixture = candidates(VELOCITY, k)[WAYS["k-means"]]
    order = np.sort(VELOCITY)
    middles = order[np.searchsorted(np.arange(1, 83), (np.arange(k) + 0.5) / k * 82)]
    theirs = KMeans(k, init=middles[:, np.newaxis], n_init=1, tol=0, max_iter=500).fit(VELOCITY[:, np.newaxis])
    np.testing.assert_allclose(mixture.means, theirs.cluster_centers_[:, 0], rtol=1e-12)
    np.testing.assert_allclose(mixture.weights, np.bincount(theirs.labels_) / 82, rtol=1e-12)


@given(samples(), seeds)
def test_counts_give_the_k_means_and_gaps_of_repeated_data(made, seed):
    x, _ = made
    count = np.random.default_rng(seed).integers(1, 4, x.size)
    counted, repeated = candidates(x, 2, count), candidates(np.repeat(x, count), 2)
    assert_same(counted[WAYS["widest gaps"]], repeated[WAYS["widest gaps"]])
    assert_same(counted[WAYS["k-means"]], repeated[WAYS["k-means"]])


@pytest.mark.parametrize("unit", [2.0**-500, 0.3, 2.0**500])
def test_the_unit_of_the_weights_changes_no_candidate(unit):
    # The last start of tied data has an empty group.
    x = [1, 1, 1, 1, 1, 1, 5, 9]
    for k in (2, 3):
        for one, other in zip(candidates(x, k), candidates(x, k, np.full(8, unit))):
            assert_same(one, other)


def test_an_empty_group_starts_as_the_whole_with_half_an_observation():
    # Two of the three middles are the same value, so k-means leaves one group empty.
    mixture = candidates([1, 1, 1, 1, 1, 1, 5, 9], 3)[WAYS["k-means"]]
    x = np.array([1, 1, 1, 1, 1, 1, 5, 9.0])
    empty = np.argmin(mixture.weights)
    assert mixture.weights[empty] == pytest.approx(0.5 / 8.5)
    assert mixture.means[empty] == pytest.approx(x.mean())
    assert mixture.variances[empty] == pytest.approx(x.var())


@pytest.mark.parametrize("x", [[1, 2], [1, 1, 2], [1, 2, 3], [0, 0, 0, 0, 7], [1, 1, 1, 2, 2, 2]])
def test_few_and_tied_values_make_proper_candidates(x):
    for k in range(1, len(x) + 1):
        for mixture in candidates(x, k, rng=1, n_random=3):
            assert mixture.n_components == k


def test_random_candidates_come_after_the_others_and_from_rng_alone():
    plain = candidates(VELOCITY, 3, n_random=4)
    drawn, again = (candidates(VELOCITY, 3, rng=5, n_random=4) for _ in range(2))
    other = candidates(VELOCITY, 3, rng=np.random.default_rng(6), n_random=4)
    assert len(plain) == 3 and len(drawn) == 7
    assert drawn[:3] == plain and drawn == again
    assert drawn[3:] != other[3:]
    assert len({*drawn[3:]}) > 1


def test_random_candidates_are_the_groups_nearest_to_drawn_observations():
    rng = np.random.default_rng(2)
    drawn = np.sort(rng.choice(np.sort(VELOCITY), 3, replace=False))
    groups = np.abs(np.subtract.outer(VELOCITY, drawn)).argmin(axis=1)
    expected = grouped(*(VELOCITY[groups == k] for k in range(3)))
    assert_same(candidates(VELOCITY, 3, rng=2, n_random=1)[3], expected)
