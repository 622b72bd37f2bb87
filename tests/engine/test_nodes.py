import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmm import Mixture, Nodes, Statistics
from gmm.engine import settings
from gmm.engine.nodes import cells, distinct
from gmm.engine.settings import CELL_WIDTH as WIDTH
from gmm.engine.settings import ORDER
from tests.strategies import seeds

pytestmark = pytest.mark.filterwarnings("error")
WIDE = Mixture([0.5, 0.5], [-0.5, 0.5], [1.0, 1.0])
PAIR = Mixture([0.3, 0.7], [-2.0, 1.5], [1.0, 0.25])


def assert_same_sums(nodes, x, sample_weight=None, mixture=PAIR, rtol=1e-12):
    """Assert that EM takes the same from the nodes as from the data."""
    values, weights = nodes.weighted()
    got, expected = Statistics.of(values, mixture, weights), Statistics.of(x, mixture, sample_weight)
    assert got.log_likelihood == pytest.approx(expected.log_likelihood, rel=rtol)
    np.testing.assert_allclose(got.nk, expected.nk, rtol=rtol)
    np.testing.assert_allclose(got.first / got.nk, expected.first / expected.nk, atol=rtol)
    np.testing.assert_allclose(got.second, expected.second, rtol=rtol)


@pytest.mark.parametrize("n", [3_000, 50_000, 2_500_000], ids=["sparse", "full", "in two stages"])
def test_em_takes_the_same_sums_from_the_nodes_as_from_the_data(n):
    x, _ = PAIR.sample(n, 1)
    nodes = Nodes.of(x, cells(x.min(), x.max(), [PAIR]))
    values, _ = nodes.weighted()
    assert values.size < 1000
    assert_same_sums(nodes, x)


@given(seeds, st.integers(0, ORDER - 1))
def test_the_sums_of_every_polynomial_of_degree_below_the_order_are_kept(seed, degree):
    rng = np.random.default_rng(seed)
    x, w = rng.uniform(-1, 1, 500), rng.uniform(0.5, 2, 500)
    values, weights = Nodes.of(x, np.array([-1.0, 1.0 + 1e-9]), w).weighted()
    assert values.size == ORDER
    assert weights @ values**degree == pytest.approx(w @ x**degree, abs=1e-12 * w.sum())
    # The next degree is lost: the nodes are no Gauss rule of these data.
    assert abs(weights @ values**ORDER - w @ x**ORDER) > 1e-9 * w.sum()


@given(seeds, st.integers(1, 5))
def test_nodes_of_shares_of_the_data_add(seed, n_shares):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, rng.integers(1, 3000))
    edges = np.linspace(-2, 2, 12)
    parts = [Nodes.of(share, edges) for share in np.array_split(x, n_shares)]
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    assert_same_sums(total, x, mixture=WIDE, rtol=1e-11)
    assert total.weighted()[1].sum() == pytest.approx(x.size, rel=1e-13)


@given(seeds)
def test_the_order_of_addition_changes_nothing(seed):
    x = np.random.default_rng(seed).normal(0, 1, (3, 200))
    a, b, c = (Nodes.of(share, np.linspace(-3, 3, 13)) for share in x)
    for one, other in ((a + b, b + a), ((a + b) + c, a + (b + c))):
        np.testing.assert_array_equal(one.points, other.points)
        np.testing.assert_array_equal(one.point_weights, other.point_weights)
        np.testing.assert_allclose(one.moments, other.moments, atol=1e-12 * x.size)


@given(seeds)
def test_nodes_with_counts_are_those_of_repeated_data(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, 400)
    count = rng.integers(1, 4, x.size)
    edges = np.linspace(-3, 3, 9)
    assert_same_sums(Nodes.of(x, edges, count.astype(float)), np.repeat(x, count), mixture=WIDE, rtol=1e-11)


def test_sparse_cells_keep_their_points_and_those_outside_all_cells_are_kept_too():
    x = np.array([-9.0, 0.1, 0.2, 0.2, 0.7, 33.0])
    nodes = Nodes.of(x, np.array([0.0, 0.5, 1.0]))
    values, weights = nodes.weighted()
    np.testing.assert_array_equal(values, [-9.0, 0.1, 0.2, 0.7, 33.0])
    np.testing.assert_array_equal(weights, [1, 1, 2, 1, 1])


def test_rounded_data_are_counted():
    x = np.repeat([1.0, 2.0, 3.0], [4000, 5000, 6000])
    nodes = Nodes.of(x, np.array([0.0, 10.0]))
    assert nodes.weighted()[0].size == ORDER
    mixture = Mixture(1.0, 2.0, 200.0)
    assert_same_sums(nodes, x, mixture=mixture)
    np.testing.assert_array_equal(distinct(x), ([1, 2, 3], [4000, 5000, 6000]))
    np.testing.assert_array_equal(distinct(x, np.full(x.size, 0.5)), ([1, 2, 3], [2000, 2500, 3000]))
    assert [part.size for part in distinct(np.zeros(0))] == [0, 0]


@given(st.lists(st.integers(0, 30), min_size=1, max_size=200), st.booleans())
def test_distinct_counts_as_numpy_does(values, weighted):
    x = np.sort(np.array(values, dtype=float))
    expected, counts = np.unique(x, return_counts=True)
    got, weights = distinct(x, np.full(x.size, 2.0) if weighted else None)
    np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(weights, counts * (2 if weighted else 1))


def test_distinct_values_are_found_across_the_edges_of_blocks(monkeypatch):
    monkeypatch.setattr(settings, "SUMS_BLOCK", 4)
    for x in (np.arange(23.0), np.repeat(np.arange(6.0), 4), np.repeat(np.arange(9.0), 3), np.zeros(9)):
        values, counts = distinct(x)
        expected, times = np.unique(x, return_counts=True)
        assert values.tolist() == expected.tolist() and counts.tolist() == times.tolist()


def test_a_cell_that_has_become_full_by_addition_takes_in_its_points():
    edges, rng = np.linspace(0, 4, 5), np.random.default_rng(3)
    parts = [np.concatenate([rng.uniform(0, 1, ORDER - 1), rng.uniform(2, 3, 3)]) for _ in range(2)]
    added = Nodes.of(parts[0], edges) + Nodes.of(parts[1], edges)
    assert [part.points.size for part in (Nodes.of(parts[0], edges), added)] == [ORDER + 2, 6]
    assert (added.moments[:, 0] != 0).tolist() == [True, False, False, False]


def test_cells_rise_even_where_they_are_narrower_than_a_float_can_tell():
    edges = cells(1.0, 1.0 + 20 * np.finfo(float).eps, [(np.ones(1), np.ones(1), np.full(1, 1e-40))])
    assert (np.diff(edges) > 0).all() and edges[-1] > 1.0 + 20 * np.finfo(float).eps


def test_nodes_on_different_cells_do_not_add():
    one, other = Nodes.of(np.zeros(3), np.array([-1.0, 1.0])), Nodes.of(np.zeros(3), np.array([-1.0, 2.0]))
    with pytest.raises(ValueError, match=r"on different cells\. Make both with the same edges"):
        one + other
    with pytest.raises(TypeError):
        one + 1


@given(seeds)
def test_cells_cover_the_range_and_are_narrow_against_every_component_near_them(seed):
    rng = np.random.default_rng(seed)
    mixture = Mixture([0.5, 0.5], rng.uniform(-5, 5, 2), 10.0 ** rng.uniform(-4, 1, 2))
    low, high = -(10.0 ** rng.uniform(1, 8)), 10.0 ** rng.uniform(1, 8)
    edges = cells(low, high, [mixture])
    assert edges[0] == low and edges[-1] > high and (np.diff(edges) > 0).all()
    assert edges.size < 2000
    for mu, sigma in zip(mixture.means, np.sqrt(mixture.variances)):
        near = (edges[1:] > mu - 5 * sigma) & (edges[:-1] < mu + 5 * sigma)
        assert (np.diff(edges)[near] <= WIDTH * sigma * 1.34).all()


def test_cells_too_wide_for_a_narrow_component_are_told():
    x, _ = PAIR.sample(50_000, 1)
    nodes = Nodes.of(x, cells(x.min(), x.max(), [PAIR]))
    assert nodes.fit_for([PAIR])
    assert not nodes.fit_for([Mixture([0.5, 0.5], [0.0, 1.0], [1.0, 1e-4])])


def test_what_watches_is_told_of_every_observation_in_full_cells_once():
    for n in (50_000, 2_500_000):
        x, told = np.sort(PAIR.sample(n, 1)[0]), []
        edges = cells(x[0], x[-1], [PAIR])
        watched = Nodes.of(x, edges, is_sorted=True, watch=told.append)
        assert sum(told) == n
        np.testing.assert_array_equal(watched.moments, Nodes.of(x, edges, is_sorted=True).moments)
