import numpy as np
import pytest
from numpy.testing import assert_allclose

from gmm.engine import settings
from gmm.engine.mixing import (
    _intervals,
    _peaks,
    _scan,
    _Slope,
    best_mixing,
    ends_of_chords,
    highest_slope,
    places,
    sums_at,
)


def weighted(seed, size=60, spread=3.0):
    rng = np.random.default_rng(seed)
    return np.sort(rng.normal(0, spread, size)), rng.exponential(size=size) + 0.01


def slope(mu, x, shares):
    return np.exp(-0.5 * (x - np.reshape(mu, (-1, 1))) ** 2) @ shares


@pytest.mark.parametrize("seed", range(5))
def test_the_highest_slope_is_bounded_between_the_places_of_any_grid(seed):
    x, shares = weighted(seed)
    grid = np.log(slope(np.linspace(x[0] - 1, x[-1] + 1, 200_001), x, shares))
    for tolerance in (1e-2, 1e-6, 1e-10):
        bound, place = highest_slope(x, shares, tolerance)
        assert grid.max() <= bound <= grid.max() + tolerance + 1e-9
        assert np.log(slope(place, x, shares))[0] >= bound - tolerance - 1e-12


def test_the_highest_slope_of_values_far_apart_is_the_heaviest():
    x, shares = np.array([-300.0, 0.0, 1e6]), np.array([1.0, 3.0, 2.0])
    bound, place = highest_slope(x, shares, 1e-9)
    assert_allclose([bound, place[0]], [np.log(3), 0], atol=1e-8)


def test_a_slope_too_small_for_a_float_is_not_taken_for_nothing():
    assert highest_slope(np.array([0.0]), np.array([1e-300]), 1e-3)[0] == np.log(settings.LEAST_SLOPE)


@pytest.mark.parametrize("seed", range(5))
def test_the_gap_holds_what_a_fine_grid_of_atoms_reaches(seed):
    x, w = weighted(seed)
    best = best_mixing(x, w)
    assert 0 <= best.gap <= settings.DUALITY_GAP
    # EM for the weights of many fixed atoms: slow, simple, and independent.
    means = np.linspace(x[0], x[-1], 400)
    kernel, q = np.exp(-0.5 * (x[:, np.newaxis] - means) ** 2), np.full(400, 1 / 400)
    for _ in range(20_000):
        q *= (w / (kernel @ q)) @ kernel / w.sum()
    height = w @ np.log(kernel @ q)
    assert height - 1e-9 <= best.log_likelihood + best.gap
    assert best.log_likelihood >= height - best.gap - 0.01


def test_the_gap_counts_weights_of_any_size():
    x, w = weighted(0)
    small = best_mixing(x, 1e-6 * w)
    assert small.gap <= settings.DUALITY_GAP
    assert best_mixing(x, 1e4 * w).gap <= settings.DUALITY_GAP


@pytest.mark.parametrize("seed", range(5))
def test_the_peaks_of_the_slope_are_where_it_turns(seed):
    x, shares = weighted(seed, 12)
    grid = np.linspace(x[0], x[-1], 100_001)
    heights = slope(grid, x, shares)
    shares /= heights.max()
    peaks, highest = _peaks(x, shares, _scan(x), -0.1)
    assert np.abs(peaks - grid[heights.argmax()]).min() < 1e-3
    assert highest == pytest.approx(0, abs=1e-6)
    for peak in peaks:
        assert abs(((x - peak) * np.exp(-0.5 * (x - peak) ** 2)) @ shares) < 1e-9
        assert -0.1 < np.log(slope(peak, x, shares))[0] <= highest + 1e-12


def test_the_scan_is_close_wherever_a_value_is_near():
    x = np.array([-40.0, 0.3, 2.0])
    scan = _scan(x)
    for value in x:
        near = scan[np.abs(scan - value) <= 1]
        assert near[0] <= value - 0.89 and near[-1] >= value + 0.89
        assert np.diff(near).max() <= 2 / settings.SCANNED + 1e-9


def test_intervals_have_all_that_is_not_far_from_every_value():
    x = np.array([0.0, 1000.0, 1001.5, 3000.0, 3050.0, 5000.0])
    left, right = _intervals(x)
    assert (left <= right).all()
    grid = np.linspace(0, 5000, 50_001)
    inside = ((left <= grid[:, np.newaxis]) & (grid[:, np.newaxis] <= right)).any(axis=1)
    distance = np.abs(grid[:, np.newaxis] - x).min(axis=1)
    assert inside[distance <= settings.FAR].all() and not inside[distance > settings.FAR + 1].any()


def test_a_peak_amid_two_places_of_the_scan_is_seen():
    peaks, highest = _peaks(np.array([0.0625]), np.ones(1), np.array([-0.125, 0.0, 0.125, 0.25]), -1.0)
    assert_allclose([*peaks, highest], [0.0625, 0.0], atol=1e-12)


def test_a_short_series_is_never_below_the_slope(monkeypatch):
    monkeypatch.setattr(settings, "TAYLOR", 4)
    x, shares = weighted(1)
    grid = np.linspace(x[0], x[-1], 1001)
    above = _Slope(x, shares).log(grid) - np.log(slope(grid, x, shares))
    assert (above >= 0).all() and above.max() < 0.05


def test_an_atom_stands_near_every_value():
    x, _ = weighted(1, 500, 50.0)
    assert np.abs(x[:, np.newaxis] - places(x)).min(axis=1).max() <= settings.CELL_WIDTH / 2 + 1e-12


def test_few_values_stay_as_they_are():
    x, w = weighted(2)
    ends, shares, allowance = ends_of_chords(x, w)
    assert np.array_equal(ends, x) and np.array_equal(shares, w) and allowance == 0


@pytest.mark.parametrize("draw", ["normal", "standard_cauchy", "exponential"])
def test_chords_keep_the_sums_and_never_lie_below(draw, monkeypatch):
    monkeypatch.setattr(settings, "ENDS", 3_000)
    rng = np.random.default_rng(3)
    x, w = np.sort(getattr(rng, draw)(size=30_000)), rng.exponential(size=30_000)
    ends, shares, allowance = ends_of_chords(x, w)
    assert ends.size < 6_000 and (shares > 0).all()
    # The least that so many cells allow, if each value had the others' weight: the cube of ∫ f^(1/3) in all.
    if draw != "standard_cauchy":
        assert allowance < 1.2 * np.cbrt(np.diff(x) ** 2).sum() ** 3 / 12 / 3_000**2
    assert_allclose([shares.sum(), shares @ ends], [w.sum(), w @ x], rtol=1e-9)
    # The squares differ by what is allowed for, exactly.
    assert_allclose(shares @ ends**2 - w @ x**2, 2 * allowance, rtol=1e-6, atol=1e-6 * (w @ x**2) * 1e-6)
    for means in (np.array([0.0]), np.array([-1.0, 4.0]), np.linspace(-5, 5, 30)):
        near = np.abs(x) < 30  # where the density is a float
        q = rng.dirichlet(np.ones(means.size))
        here = np.abs(ends) < 30
        exact, chords = (
            w[near] @ np.log(sums_at(x[near], means, q)),
            shares[here] @ np.log(sums_at(ends[here], means, q)),
        )
        if near.all():
            assert exact <= chords + allowance + 1e-9 * abs(exact)
            assert chords + allowance - exact < 100 * allowance


def test_weights_that_rounding_ends_early_have_a_gap_all_the_same(monkeypatch):
    def singular(*_):
        raise np.linalg.LinAlgError

    monkeypatch.setattr(np.linalg, "solve", singular)
    x, w = weighted(4)
    early = best_mixing(x, w)
    monkeypatch.undo()
    assert early.gap > 1 and early.log_likelihood + early.gap > best_mixing(x, w).log_likelihood
