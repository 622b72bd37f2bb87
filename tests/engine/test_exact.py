import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gmm
from gmm import Mixture, Statistics
from gmm.engine import settings
from gmm.engine.recorded import Classes
from gmm.engine.settings import EXACT_BLOCK as BLOCK
from gmm.unit import move
from tests.strategies import samples, seeds

pytestmark = pytest.mark.filterwarnings("error")
HALVES = Mixture([0.5, 0.5], [2.0, 8.0], [1.0, 1.0])


def added(parts):
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def assert_same_sums(one, other, rtol=1e-12):
    scale = other.nk * np.sqrt(other.mixture[2])
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=rtol)
    np.testing.assert_allclose(one.nk, other.nk, rtol=rtol, atol=1e-300)
    np.testing.assert_allclose(one.first / scale, other.first / scale, atol=10 * rtol)
    np.testing.assert_allclose(one.second, other.second, rtol=rtol, atol=1e-300)


@given(samples())
def test_statistics_are_the_sums_that_the_responsibilities_make(made):
    x, mixture = made
    got, gamma = Statistics.of(x, mixture), gmm.e_step(x, mixture)
    deviation = x[:, np.newaxis] - mixture.means
    assert got.log_likelihood == pytest.approx(gmm.log_likelihood(x, mixture), rel=1e-12)
    np.testing.assert_allclose(got.nk, gamma.sum(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.first, (gamma * deviation).sum(axis=0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(got.second, (gamma * deviation**2).sum(axis=0), rtol=1e-11)


@given(samples(), st.booleans())
def test_the_updated_mixture_is_an_m_step_after_an_e_step(made, equal_variances):
    x, mixture = made
    expected = gmm.m_step(x, gmm.e_step(x, mixture), equal_variances=equal_variances)
    got = Statistics.of(x, mixture).updated(equal_variances=equal_variances)
    for one, other in zip(got, expected):
        np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10)


@given(samples(), seeds)
def test_statistics_with_counts_are_those_of_repeated_data(made, seed):
    x, mixture = made
    count = np.random.default_rng(seed).integers(1, 4, x.size)
    counted = Statistics.of(x, mixture, count.astype(float))
    assert_same_sums(counted, Statistics.of(np.repeat(x, count), mixture))


@given(samples(), st.integers(1, 5))
def test_statistics_of_shares_of_the_data_add(made, n_shares):
    x, mixture = made
    parts = [Statistics.of(share, mixture) for share in np.array_split(x, n_shares)]
    assert_same_sums(added(parts), Statistics.of(x, mixture))


@given(samples(), seeds)
def test_the_order_of_the_data_changes_no_sum(made, seed):
    x, mixture = made
    assert_same_sums(Statistics.of(np.random.default_rng(seed).permutation(x), mixture), Statistics.of(x, mixture))


def test_blocks_make_no_seam():
    rng = np.random.default_rng(1)
    for n in (BLOCK // 2 - 1, BLOCK // 2, BLOCK // 2 + 1, 2 * BLOCK + 7):
        x, w = rng.normal(5, 3, n), rng.uniform(0.5, 2, n)
        gamma, deviation = gmm.e_step(x, HALVES) * w[:, np.newaxis], x[:, np.newaxis] - HALVES.means
        got = Statistics.of(x, HALVES, w)
        assert got.log_likelihood == pytest.approx(w @ HALVES.log_pdf(x), rel=1e-12)
        np.testing.assert_allclose(got.nk, gamma.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(got.first, (gamma * deviation).sum(axis=0), rtol=1e-9)
        np.testing.assert_allclose(got.second, (gamma * deviation**2).sum(axis=0), rtol=1e-12)


def test_more_components_than_a_block_has_room_for_are_added_up_one_value_at_a_time(monkeypatch):
    theta, x = (np.full(3, 1 / 3), np.array([-1.0, 0.0, 2.0]), np.ones(3)), np.linspace(-3, 4, 9)
    classes = Classes(x, x + 0.5)
    whole, grouped = Statistics.of(x, theta), Statistics.of(classes, theta)
    monkeypatch.setattr(settings, "EXACT_BLOCK", 2)
    for again, before in ((Statistics.of(x, theta), whole), (Statistics.of(classes, theta), grouped)):
        np.testing.assert_allclose(again.nk, before.nk, rtol=1e-13)
        assert again.log_likelihood == pytest.approx(before.log_likelihood, rel=1e-13)


def test_no_data_have_no_statistics():
    theta = np.full(2, 1 / 2), np.array([-1.0, 1.0]), np.ones(2)
    nothing = Statistics.of(np.zeros(0), theta)
    assert nothing.log_likelihood == 0 and not nothing.nk.any()


def test_statistics_at_different_mixtures_do_not_add():
    one, other = Statistics.of([1.0], HALVES), Statistics.of([1.0], Mixture([0.5, 0.5], [2.0, 8.1], [1.0, 1.0]))
    with pytest.raises(ValueError, match=r"taken at different mixtures\. Take both at the same one"):
        one + other
    with pytest.raises(TypeError):
        one + 1


@pytest.mark.parametrize("far", [45.0, 1e3, 1e6, 1e100])
def test_a_point_far_from_every_component_keeps_its_share_and_its_digits(far):
    x = np.array([2.0, far])
    got = Statistics.of(x, HALVES)
    assert got.nk.sum() == pytest.approx(2, rel=1e-14)
    assert got.log_likelihood == pytest.approx(HALVES.log_pdf(x).sum(), rel=1e-14)


def test_the_variance_survives_a_shift_that_leaves_the_data_exact():
    x = np.round(np.random.default_rng(2).normal(5, 3, 1000) * 8) / 8
    here = Statistics.of(x, HALVES)
    there = Statistics.of(x + 2.0**40, (HALVES.weights, HALVES.means + 2.0**40, HALVES.variances))
    assert there.log_likelihood == here.log_likelihood
    np.testing.assert_array_equal(there.second, here.second)
    np.testing.assert_array_equal(there.updated()[2], here.updated()[2])


def test_a_component_without_data_stays_where_it_is():
    pi, mu, var = Statistics.of([1.0, 2.0, 3.0], Mixture([1.0, 0.0], [2.0, 50.0], [1.0, 1.0])).updated(min_variance=0.1)
    np.testing.assert_allclose((pi, mu, var), ([1, 0], [2, 50], [2 / 3, 0.1]), rtol=1e-14, atol=1e-300)


def test_the_floor_holds_what_would_fall_below_it_and_nothing_else():
    x = np.array([1.0, 1.0, 7.0, 9.0])
    _, _, var = Statistics.of(x, HALVES).updated(min_variance=0.25)
    np.testing.assert_allclose(var, [0.25, 1.0], rtol=1e-6)


def test_what_watches_is_told_of_every_observation_once():
    told = []
    x = np.random.default_rng(1).normal(5, 3, 3 * BLOCK + 5)
    watched = Statistics.of(x, HALVES, watch=told.append)
    assert sum(told) == x.size and len(told) > 3
    assert watched.log_likelihood == Statistics.of(x, HALVES).log_likelihood


def test_a_move_is_in_standard_deviations():
    old = np.array([0.5, 0.5]), np.array([0.0, 10.0]), np.array([1.0, 4.0])
    assert move(old, old) == 0
    assert move(old, (np.array([0.4, 0.6]), *old[1:])) == pytest.approx(0.1)
    assert move(old, (old[0], np.array([0.0, 10.5]), old[2])) == pytest.approx(0.25)
    assert move(old, (*old[:2], np.array([1.0, 4.41]))) == pytest.approx(0.1 / 2.1)


def test_the_floor_under_the_exponents_is_no_share_at_all_and_a_normal_float():
    assert 0 < np.exp(settings.LOWEST_EXPONENT) < 1e-300
    assert np.exp(settings.LOWEST_EXPONENT) > np.finfo(float).tiny
    assert 1 + np.exp(settings.LOWEST_EXPONENT) == 1
