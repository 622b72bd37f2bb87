import numpy as np
import pytest
from hypothesis import given

from gmm import Mixture, Statistics
from gmm.engine import settings
from gmm.engine.climb import Point
from gmm.engine.graded import EVERYWHERE, Graded, Patch, crowds, grid_for
from gmm.engine.nodes import Nodes, cells
from tests.strategies import seeds

pytestmark = pytest.mark.filterwarnings("error")
WIDE = Mixture([0.3, 0.7], [-1.0, 1.0], [1.0, 0.5])
NARROW = Mixture([0.5, 0.3, 0.2], [-1.0, 0.5, 0.5002], [1.0, 1e-8, 1e-10])
FAIRLY = Mixture([0.6, 0.4], [-1.0, 0.5], [1.0, 1e-5])
MIXTURES = {"wide": WIDE, "fairly narrow": FAIRLY, "narrow": NARROW}
DRAWS = {name: (mixture, mixture.sample(60_000, 2)[0]) for name, mixture in MIXTURES.items()}


def of(x, mixture, w=None):
    return Graded.of(x, w, grid_for([tuple(mixture)]))


def as_nodes(graded, mixture):
    x, w = graded.values()
    return Nodes.of(x, cells(x[0], x[-1], [tuple(mixture)]), w, is_sorted=True).weighted()


@pytest.mark.parametrize("name", DRAWS)
@pytest.mark.parametrize("weighted", [False, True])
def test_em_cannot_tell_the_values_of_cells_from_the_data(name, weighted):
    mixture, x = DRAWS[name]
    w = np.random.default_rng(3).uniform(0.5, 3, x.size) if weighted else None
    graded = of(x, mixture, w)
    assert graded.serves([tuple(mixture)])
    exact = Statistics.of(x, mixture, w)
    for values, weights in (graded.values(), as_nodes(graded, mixture)):
        point = Point(values, weights, tuple(mixture))
        assert point.log_likelihood == pytest.approx(exact.log_likelihood, rel=1e-13)
        np.testing.assert_allclose(point.nk, exact.nk, rtol=1e-10)
        np.testing.assert_allclose(point.second * mixture.variances, exact.second, rtol=1e-9)
        every = Point(x, np.ones(x.size) if w is None else w, tuple(mixture))
        np.testing.assert_allclose(point.hessian, every.hessian, atol=1e-8 * x.size)


def test_values_rise_and_keep_the_number_and_the_sum_of_the_data():
    for mixture, x in DRAWS.values():
        graded = of(x, mixture)
        for values, weights in (graded.values(), graded.entries[:2]):
            assert (np.diff(values) >= 0).all()
            assert weights.sum() == pytest.approx(x.size, abs=1e-8)
            assert weights @ values == pytest.approx(x.sum(), abs=1e-8)


@given(seeds)
def test_an_observation_lies_in_the_cell_whose_number_it_has(seed):
    rng = np.random.default_rng(seed)
    patch = Patch(-np.inf, np.inf, rng.normal(), 10.0 ** rng.integers(-6, 3), 6)
    x = patch.centre + patch.unit * rng.normal(size=50) * 10.0 ** rng.integers(-3, 6, 50)
    for value in x:
        graded = Graded.of(np.array([value]), None, (patch,))
        inner, outer, sums = graded.occupied
        low, high = sorted((inner[0], outer[0]))
        room = 1e-12 * (abs(value) + patch.unit)
        assert inner.size == 1 and low - room <= value <= high + room and sums[0, 0] == 1
        assert graded.entries[0][0] == pytest.approx(value, abs=1e-10 * patch.unit + 1e-13 * abs(value))


@given(seeds)
def test_two_on_the_same_cells_add_whichever_reaches_farther(seed):
    rng = np.random.default_rng(seed)
    x = [rng.normal(size=300) * scale for scale in (1.0, 30.0, 0.01)]
    for one, other in ((x[0], x[1]), (x[1], x[0]), (x[2], x[1])):
        whole, summed = Graded.of(np.concatenate([one, other])), Graded.of(one) + Graded.of(other)
        assert (summed.count, summed.low, summed.high) == (whole.count, whole.low, whole.high)
        for a, b in zip(summed.sums, whole.sums):
            np.testing.assert_allclose(a, b, atol=1e-12)
    with pytest.raises(TypeError):
        Graded.of(x[0]) + 1


def test_addition_leaves_what_is_added_as_it_is():
    one, other = Graded.of(np.array([0.5])), Graded.of(np.array([0.5, 3.0]))
    total = one + other
    assert [g.sums[0][0].sum() for g in (one, other, total)] == [1, 2, 3]
    assert (one + other).sums[0][0].sum() == 3


def test_any_range_has_few_cells():
    x = np.concatenate([np.random.default_rng(1).normal(size=1000), [1e5, -1e30, 1e300, -1e300]])
    graded = Graded.of(x)
    assert sum(table.shape[1] for table in graded.sums) < 400_000
    means, weights, _ = graded.entries
    assert weights.sum() == x.size
    np.testing.assert_allclose(means[[0, 1, -1]], [-1e300, -1e30, 1e300], rtol=1e-12)


def test_equal_values_are_one_value_whatever_their_number():
    x = np.repeat([0.1, 0.1 + 2e-4, -7.7], [40_000, 3, 100_001])
    graded = Graded.of(x)
    means, weights, within = graded.entries
    if means.size == 2:  # two in one cell are told apart by what is left within
        assert within[1] > 0
    else:
        np.testing.assert_allclose(means, [-7.7, 0.1, 0.1002], rtol=1e-12)
        np.testing.assert_array_equal(weights, [100_001, 40_000, 3])
        assert (within == 0).all() and graded.values()[0].size == 3


def test_one_value_in_each_cell_leaves_no_spread():
    x = np.repeat([-5.0, 0.25, 3.0], [7, 100, 31])
    means, weights, within = Graded.of(x).entries
    assert means.tolist() == [-5.0, 0.25, 3.0] and weights.tolist() == [7, 100, 31] and not within.any()
    values, counts = Graded.of(x).values()
    assert values.tolist() == [-5.0, 0.25, 3.0] and counts.tolist() == [7, 100, 31]


def test_the_spread_within_a_cell_is_that_of_its_observations():
    x = 0.5 + 1e-4 * np.random.default_rng(2).uniform(size=1000)
    means, weights, within = Graded.of(x).entries
    assert weights.tolist() == [1000]
    assert (means[0], within[0]) == (pytest.approx(x.mean(), rel=1e-12), pytest.approx(x.std(), rel=1e-9))


# --- the grid -------------------------------------------------------------------------


def test_wide_components_need_no_patch_and_narrow_ones_get_one_each():
    assert grid_for([tuple(WIDE)]) == (EVERYWHERE,)
    *about, everywhere = grid_for([tuple(NARROW)])
    assert everywhere == EVERYWHERE and [patch.centre for patch in about] == [0.5, 0.5002, 0.5, 0.5002]
    # Where σ + d is the same for both.
    assert about[0].high == about[1].low == pytest.approx(0.5001 - 4.5e-5)
    assert about[0].unit == pytest.approx(1e-4)
    fairly = Mixture([0.5, 0.5], [-1.0, 1.0], [0.05**2, 1.0])
    (finer,) = grid_for([tuple(fairly)])
    assert EVERYWHERE.bits < finer.bits <= EVERYWHERE.bits + settings.FINER_BITS
    assert grid_for([]) == (EVERYWHERE,)


def test_cells_too_wide_for_a_component_are_told():
    _, x = DRAWS["narrow"]
    assert not Graded.of(x).serves([tuple(NARROW)])
    assert of(x, NARROW).serves([tuple(NARROW), tuple(WIDE)])


@given(seeds)
def test_the_grid_serves_what_it_is_for(seed):
    rng = np.random.default_rng(seed)
    k = rng.integers(1, 5)
    mixture = Mixture(rng.dirichlet(np.ones(k)), rng.uniform(-3, 3, k), 10.0 ** rng.uniform(-8, 1, k))
    x, _ = mixture.sample(3000, rng)
    assert of(x, mixture).serves([tuple(mixture)])


@given(seeds)
def test_the_grid_serves_components_of_any_width_wherever_they_are(seed):
    rng = np.random.default_rng(seed)
    k = rng.integers(2, 5)
    mu = rng.uniform(-3, 3, k) * 10.0 ** rng.uniform(0, 9, k) * rng.integers(0, 2, k)
    mixture = Mixture(rng.dirichlet(np.ones(k)), mu, 10.0 ** rng.uniform(-12, 24, k))
    x, _ = mixture.sample(3000, rng)
    assert of(x, mixture).serves([tuple(mixture)])


def test_a_patch_leaves_the_middle_to_the_cells_everywhere():
    *about, everywhere = grid_for([(np.ones(1), np.array([3e7]), np.array([4e6**2]))])
    assert everywhere == EVERYWHERE
    (left, right), edge = about, 2.0**23 - 1  # up to there they are a 64th of 4e6 wide, or less
    assert left.high == -edge and right.low == edge
    assert left.low < -1e7 and right.high > 6e7


def test_what_no_float_can_hold_is_refused():
    with pytest.raises(ValueError, match="x ranges beyond what a float can hold"):
        Graded.of(np.array([0.0, np.inf]))


def test_indices_of_32_bits_as_a_page_has_them_lead_to_the_same_cells():
    numbers = np.array([0, 1, 5000, 20_001])
    for one, other in zip(EVERYWHERE.edges(numbers), EVERYWHERE.edges(numbers.astype(np.int32))):
        np.testing.assert_array_equal(one, other)


def test_a_crowd_of_a_sample_is_found_and_equal_values_are_none():
    rng = np.random.default_rng(4)
    crowd = 0.5 + 1e-9 * rng.normal(size=300)
    sample = np.sort(np.concatenate([rng.normal(size=5000), crowd, np.full(400, -0.25)]))
    ((_, mean, variance),) = crowds(sample)
    assert mean[0] == pytest.approx(crowd.mean(), abs=1e-3) and np.sqrt(variance[0]) < 1e-2
    assert crowds(np.sort(rng.normal(size=5000))) == []
    for size in (300, 301, 302):
        pair = [place + 1e-9 * rng.normal(size=size) for place in (0.5, 1.5)]
        both = crowds(np.sort(np.concatenate([rng.normal(size=6000), *pair])))
        for (_, mean, variance), place in zip(both, (0.5, 1.5), strict=True):
            assert mean[0] == pytest.approx(place, abs=1e-3) and np.sqrt(variance[0]) < 1e-2
    far = np.sort(np.concatenate([rng.normal(size=900), 3e6 + rng.normal(size=100)]))
    ((_, mean, _),) = crowds(far)
    assert mean[0] == pytest.approx(3e6, abs=1)
