from itertools import pairwise

import numpy as np
import pytest

from benchmarks.accidents import found, kept
from benchmarks.starts import data_set
from gmm import Mixture, datasets, fit
from gmm.engine import settings
from gmm.engine.climb import Point
from gmm.engine.scan import beyond_chance, gains, hot_windows, surplus

pytestmark = pytest.mark.filterwarnings("error")
PAIR = Mixture([0.9, 0.1], [0.0, 0.5], [1.0, 0.01])
X, _ = PAIR.sample(2000, np.random.default_rng(1))


def test_a_gain_is_the_fall_of_the_likelihood_without_the_component():
    gained = gains(tuple(PAIR), PAIR.responsibilities(X).T, np.ones(X.size))
    for k in (0, 1):
        pi, mu, var = (np.delete(array, k) for array in PAIR)
        without = Mixture(pi / pi.sum(), mu, var)
        # Far from all others a share of a component is as good as all.
        if k == 1:
            assert gained[k] == pytest.approx(PAIR.log_pdf(X).sum() - without.log_pdf(X).sum(), rel=1e-10)
        assert gained[k] > 10
    np.testing.assert_allclose(gained, Point(np.sort(X), np.ones(X.size), tuple(PAIR)).gains, rtol=1e-10)


def test_a_window_expects_what_the_others_have_there():
    windows, beyond = surplus(tuple(PAIR), np.array([50.0, 50.0]), 2000.0)
    # The wide one is alone in the window of the narrow one, where it is nearly level.
    width = 2 * np.sqrt(np.pi * 0.01)
    level = Mixture(1.0, 0.0, 1.01).pdf(0.5)
    assert windows[1] == pytest.approx(1 / (width * level), rel=1e-12)
    assert beyond[1] == pytest.approx(50 - np.log(windows[1]), rel=1e-12)
    wider, _ = surplus(tuple(PAIR), np.array([50.0, 50.0]), 2000.0, resolution=3 * width)
    assert wider[1] == pytest.approx(windows[1] / 3, rel=1e-12)


def test_one_observation_alone_is_an_accident_however_far_and_two_are_none():
    for n, is_one in ((1, True), (2, False)):
        x = np.append(np.linspace(-1, 1, 101), 1e6 + np.arange(n))
        theta = np.array([101, n]) / x.size, np.array([0.0, 1e6 + (n - 1) / 2]), np.array([0.34, 0.25])
        point = Point(x, np.ones(x.size), theta)
        assert (beyond_chance(theta, point.gains, x.size)[1] < 0) == is_one


def test_a_wide_component_is_no_accident_whatever_it_gains():
    theta = np.array([0.5, 0.5]), np.array([-0.1, 0.1]), np.array([1.0, 1.0])
    assert (beyond_chance(theta, np.zeros(2), 100.0) == np.inf).all()


def test_the_level_grows_as_log_log_n():
    theta = tuple(PAIR)
    low, high = (beyond_chance(theta, np.full(2, 9.0), n)[1] for n in (100.0, 1e8))
    assert low - high == pytest.approx(np.log(np.log(1e8) / np.log(100.0)))


# --- windows --------------------------------------------------------------------------


def test_a_planted_window_is_the_first_and_holds_what_was_planted():
    x = np.sort(np.concatenate([np.random.default_rng(3).normal(size=20_000), np.linspace(0.3, 0.30002, 60)]))
    first, last, excess, _ = hot_windows(x, np.ones(x.size), tuple(Mixture(1.0, 0.0, 1.0)))[0]
    assert x[first] == pytest.approx(0.3, abs=1e-4) and x[last - 1] == pytest.approx(0.3, abs=1e-4)
    assert 40 <= last - first <= 64 and excess == pytest.approx((last - first) / x.size, rel=0.05)


def test_what_a_window_gains_is_told_and_a_wide_one_is_none():
    x, w = np.linspace(-3, 3, 300), np.full(300, 30.0)
    w[120:130] += 50.0
    theta = np.ones(1), np.zeros(1), np.full(1, 3.0)
    windows = hot_windows(x, w, theta, most=50)
    cdf = Mixture(*theta).cdf
    assert (120, 128) in [window[:2] for window in windows]
    edges = np.concatenate([x[:1], (x[1:] + x[:-1]) / 2, x[-1:]])
    for first, last, excess, beyond in windows:
        n, total = w[first:last].sum(), w.sum()
        e = total * (cdf(edges[last]) - cdf(edges[first]))
        assert e < total / settings.NARROW_WINDOWS
        assert excess == pytest.approx((n - e) / total, rel=0.01)
        assert beyond == pytest.approx(n * np.log(n / e) - (n - e) - np.log(total / e), rel=0.01)
    # All that is wide is expected too little of, but no window.
    wide = hot_windows(x, np.where(np.abs(x) < 1.0, 100.0, 30.0), theta, most=50)
    assert all(cdf(x[last - 1]) - cdf(x[first]) < 1 / settings.NARROW_WINDOWS for first, last, *_ in wide)
    assert wide


def test_windows_do_not_overlap_and_are_no_more_than_asked_for():
    x = np.sort(
        np.concatenate(
            [np.random.default_rng(4).normal(size=3000), *np.linspace(-1, 1, 5)[:, None] + [[0, 1e-6]] * 5] * 12
        )
    )
    for most in (1, 3):
        windows = hot_windows(x, np.ones(x.size), (np.ones(1), np.zeros(1), np.ones(1)), most)
        assert len(windows) <= most
        for (a, b, *_), (c, d, *_) in pairwise(windows):
            assert b <= c or d <= a


def test_where_nothing_is_missed_there_is_no_window():
    p = (np.arange(500) + 0.5) / 500
    x = Mixture(1.0, 0.0, 1.0).quantile(p)
    assert hot_windows(x, np.ones(500), (np.ones(1), np.zeros(1), np.ones(1))) == []


# --- fits ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "samples"), [(100, 40), (272, 40), (1000, 20), (10_000, 4)])
def test_samples_of_one_normal_end_on_no_accident_that_is_not_told(n, samples):
    # One in twenty at most: of so few samples none to two.
    missed = sum(kept(n, seed)[1] for seed in range(samples))
    assert missed <= samples // 20


@pytest.mark.parametrize(("planted", "sigma"), [(60, 1e-5), (60, 1e-3), (100, 1e-3)])
def test_planted_components_are_found_and_called_none(planted, sigma):
    assert found(planted, sigma, seed=1) == (True, False)


def test_the_galaxies_keep_their_three_with_and_without_outliers():
    velocity = datasets.galaxies().velocity
    for x, k in ((velocity, 3), (np.append(velocity, [500, 510, 520]), 4)):
        result = fit(x, k)
        assert result.converged and result.certificate.spurious == ()
        np.testing.assert_allclose(x.size * result.mixture.weights[:3], [7, 72, 3], atol=0.1)
        assert np.sqrt(result.mixture.variances[2]) == pytest.approx(0.92, abs=0.01)


def test_an_accident_is_told_and_a_lower_end_without_one_preferred():
    x = np.random.default_rng([1000, 4]).normal(size=1000)
    result = fit(x, 2)
    assert np.sqrt(result.mixture.variances.min()) > 0.1 and result.certificate.spurious == ()
    narrow = fit(x, start=Mixture([0.985, 0.015], [x.mean(), x[0]], [1.0, 1e-4]))
    accidental = [k for k in (0, 1) if narrow.mixture.variances[k] < 0.01]
    assert narrow.certificate.spurious == tuple(accidental) != ()
    assert "may be an accident" in narrow.message


def test_of_accidents_the_least_likely_wins_though_another_end_was_proper_on_the_groups():
    x = data_set(42)
    start = Mixture([0.06, 0.92, 0.02], [49.9936, 49.9965, 49.9984], [1.6e-7, 1.4e-6, 2.5e-10])
    result, narrow = fit(x, 3), fit(x, start=start)
    assert result.certificate.spurious and narrow.certificate.spurious
    assert result.log_likelihood < narrow.log_likelihood

    def certainty(result):
        theta, gap = tuple(result.mixture), np.diff(np.sort(x)).min()
        gained = gains(theta, result.mixture.responsibilities(x).T, np.ones(x.size))
        return beyond_chance(theta, gained, x.size, gap).min()

    assert certainty(result) > certainty(narrow)


def test_who_asks_for_accidents_gets_the_higher_end_and_is_told():
    higher = 0
    for seed in range(6):
        x = np.random.default_rng([100, seed]).normal(size=100)
        shy, bold = fit(x, 2), fit(x, 2, accidents=True)
        assert bold.log_likelihood >= shy.log_likelihood - 1e-9
        if bold.log_likelihood > shy.log_likelihood + 1e-6:
            higher += 1
            assert bold.certificate.spurious != () and shy.certificate.spurious == ()
    assert higher > 0


def test_a_component_narrower_than_the_rounding_of_the_data_is_told():
    waiting = datasets.faithful().waiting
    start = Mixture([0.026, 0.334, 0.64], [46.0, 55.2, 80.1], [0.5, 30.0, 34.0])
    result = fit(waiting, start=start)
    assert result.certificate.unresolved == (0,) and np.sqrt(result.mixture.variances[0]) < 1
    assert "component 0 narrower than the smallest gap between the data" in result.message
    assert fit(waiting).certificate.unresolved == ()
