import builtins
import inspect
import pickle
import re
import warnings
from dataclasses import FrozenInstanceError
from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.mixture import GaussianMixture

import gmm
from gmm import ConvergenceWarning, Fit, Mixture, datasets, fit
from gmm.fitting import _narrower
from tests.strategies import samples, seeds
from tests.test_em import CASES, REFERENCE, assert_same, sorted_by_mean

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
ERUPTIONS = datasets.faithful().eruptions
VELOCITY = datasets.galaxies().velocity
RATIO, COUNT = datasets.crabs()
HALVES = Mixture([0.5, 0.5], [55.0, 80.0], [36.0, 36.0])
TWO = -1034.0017498316
LARGE = np.concatenate([np.random.default_rng(0).normal(0, 1, 3000), np.random.default_rng(1).normal(5, 2, 2000)])

# The highest maxima known that rest on more than a few close observations.
BEST = {
    ("waiting", 3): -1031.540187,
    ("waiting", 4): -1029.359962,
    ("eruptions", 3): -263.918737,
    ("eruptions", 4): -257.458489,
    ("galaxies", 4): -197.710311,
    ("galaxies", 5): -196.130634,
    ("galaxies", 6): -194.961220,
    ("crabs", 3): 2570.444975,
    ("crabs", 4): 2572.550528,
}
DATA = {
    "waiting": {"x": WAITING},
    "eruptions": {"x": ERUPTIONS},
    "galaxies": {"x": VELOCITY},
    "crabs": {"x": RATIO, "sample_weight": COUNT},
}


def quiet(*arguments, **options):
    """Return the fit and the sentences that it warned with."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        result = fit(*arguments, **options)
    assert all(w.category is ConvergenceWarning for w in told)
    return result, [str(w.message) for w in told]


def assert_sound(result, told):
    """Assert that the result is a mixture without NaN that has converged, or has told why not."""
    assert np.isfinite([*result.mixture]).all() and (result.mixture.variances > 0).all()
    assert np.isfinite(result.log_likelihoods).all()
    assert told == ([] if result.converged else [result.message])


# --- against what is known -------------------------------------------------


@pytest.mark.parametrize("name", REFERENCE)
def test_fit_finds_the_reference_maximum(name):
    arguments, log_likelihood, parameters = REFERENCE[name]
    result = fit(**arguments)
    assert result.converged and result.certificate.kind == "maximum"
    assert result.log_likelihood == pytest.approx(log_likelihood, abs=1e-7)
    for got, expected in zip(sorted_by_mean(result.mixture), parameters):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_fit_agrees_with_scikit_learn_and_with_plain_em_from_the_same_start(name):
    x, start, equal = CASES[name]
    ours = fit(x, start=start, equal_variances=equal, tol=1e-11)
    plain = gmm.iterate(x, start, equal_variances=equal, tol=1e-11)
    theirs = GaussianMixture(
        start.n_components,
        covariance_type="tied" if equal else "full",
        weights_init=start.weights,
        means_init=start.means[:, np.newaxis],
        precisions_init=1 / start.variances[:1, np.newaxis] if equal else 1 / start.variances[:, None, None],
        tol=1e-15,
        reg_covar=0,
        max_iter=20_000,
    ).fit(x[:, np.newaxis])
    assert ours.log_likelihood == pytest.approx(theirs.score(x[:, np.newaxis]) * x.size, abs=1e-7)
    np.testing.assert_allclose(ours.mixture.means, theirs.means_[:, 0], rtol=1e-6)
    np.testing.assert_allclose(ours.mixture.weights, theirs.weights_, rtol=1e-6)
    assert_same(ours.mixture, plain.mixture, 1e-8)
    assert ours.log_likelihood >= plain.log_likelihood - 1e-9


@pytest.mark.parametrize(("name", "k"), BEST)
def test_the_default_starts_reach_the_best_maximum_known(name, k):
    result, _ = quiet(**DATA[name], n_components=k, accidents=True)  # some of these may be accidents
    assert result.certificate.kind == "maximum"
    assert result.log_likelihood >= BEST[name, k] - 1e-5


@pytest.mark.parametrize("name", DATA)
def test_random_starts_find_no_better_proper_maximum(name):
    for k in (2, 3, 4):
        plain, _ = quiet(**DATA[name], n_components=k)
        more, _ = quiet(**DATA[name], n_components=k, n_starts=20, rng=1)
        better = bool(plain.certificate.spurious), -plain.log_likelihood - 1e-6
        assert better <= (bool(more.certificate.spurious), -more.log_likelihood)


def test_the_small_third_group_of_the_galaxies_is_no_spurious_one():
    result = fit(VELOCITY, 3)
    last = result.mixture.means.argmax()
    assert result.mixture.weights[last] * VELOCITY.size == pytest.approx(3.0, abs=0.01)
    assert np.sqrt(result.mixture.variances[last]) == pytest.approx(0.92, abs=0.01)
    assert result.certificate.spurious == ()


def test_a_component_on_a_few_close_observations_is_told_and_not_preferred():
    start = Mixture([0.02, 0.98], [ERUPTIONS[1], 3.5], [1e-6, 1.0])
    result, _ = quiet(ERUPTIONS, start=start)
    if result.certificate.spurious:
        assert "by a few close observations" in result.message or "collapsed" in result.message
    assert fit(ERUPTIONS, 2).certificate.spurious == ()


# --- as theorems -----------------------------------------------------------


def from_start(x, start, **options):
    """Return the fit; where a component collapses, Hypothesis makes other data."""
    result, _ = quiet(x, start=start, **options)
    assume(result.converged and not result.certificate.spurious)
    return result


@given(samples(), st.booleans())
def test_log_likelihood_never_falls_on_the_way(made, equal_variances):
    x, start = made
    result = from_start(x, start, equal_variances=equal_variances)
    assert (np.diff(result.log_likelihoods) >= -1e-11 * np.abs(result.log_likelihoods[1:])).all()
    expected = [gmm.log_likelihood(x, mixture) for mixture in result.path]
    np.testing.assert_allclose(result.log_likelihoods, expected, rtol=1e-11)


@given(samples())
def test_the_end_moves_by_no_em_step_and_the_certificate_says_so(made):
    x, start = made
    result = from_start(x, start)
    assert_same(gmm.m_step(x, gmm.e_step(x, result.mixture)), result.mixture, 1e-8)
    assert result.certificate.move < 1e-9
    assert (result.certificate.eigenvalues < 0).all()
    assert result.log_likelihood == pytest.approx(gmm.log_likelihood(x, result.mixture), rel=1e-12)


@given(samples(), st.integers(-(10**8), 10**8), st.booleans())
def test_shift_and_scale_move_the_fit_with_the_data(made, shift, flip):
    x, (pi, mu, var) = made
    # In sixteenths, so that neither the shift nor the scale rounds the data.
    x, mu, scale = np.round(x * 16) / 16, np.round(mu), -0.25 if flip else 4.0
    here = from_start(x, Mixture(pi, mu, var))
    there = from_start(x * scale + shift, Mixture(pi, mu * scale + shift, var * scale**2))
    assert there.log_likelihood == pytest.approx(here.log_likelihood - x.size * np.log(abs(scale)), rel=1e-8)
    np.testing.assert_allclose(there.mixture.variances, here.mixture.variances * scale**2, rtol=1e-6)


@given(samples(), seeds)
def test_neither_the_order_of_the_data_nor_the_labels_change_the_fit(made, seed):
    x, start = made
    rng = np.random.default_rng(seed)
    here = from_start(x, start)
    order = rng.permutation(start.n_components)
    there = from_start(rng.permutation(x), Mixture(*(array[order] for array in start)))
    np.testing.assert_allclose(sorted_by_mean(there.mixture), sorted_by_mean(here.mixture), rtol=1e-6, atol=1e-6)


@given(samples(), seeds)
def test_counts_are_repetitions(made, seed):
    x, start = made
    count = np.random.default_rng(seed).integers(0, 4, x.size)
    assume((count > 0).sum() > 5)
    here, there = from_start(np.repeat(x, count), start), from_start(x, start, sample_weight=count)
    assert_same(here.mixture, there.mixture, 1e-7)
    assert here.log_likelihood == pytest.approx(there.log_likelihood, rel=1e-10)
    assert here.n_observations == there.n_observations


def test_weighted_crab_classes_are_a_thousand_crabs():
    one, other = fit(RATIO, sample_weight=COUNT), fit(np.repeat(RATIO, COUNT.astype(int)))
    assert one.n_observations == other.n_observations == 1000
    np.testing.assert_allclose(sorted_by_mean(one.mixture), sorted_by_mean(other.mixture), rtol=1e-8)


@pytest.mark.parametrize("exponent", [-500, -1, 100, 500])
@pytest.mark.parametrize("x", [WAITING, LARGE], ids=["few", "on nodes"])
def test_a_power_of_two_scales_the_whole_fit_exactly(x, exponent):
    scale = 2.0**exponent
    here, there = fit(x), fit(x * scale)
    assert there.mixture == Mixture(here.mixture.weights, here.mixture.means * scale, here.mixture.variances * scale**2)
    assert there.log_likelihood == pytest.approx(here.log_likelihood - x.size * np.log(2) * exponent, rel=1e-13)


@given(samples(n_components=2))
def test_equal_variances_are_equal_and_fit_no_better_than_free_ones(made):
    x, start = made
    equal = from_start(x, start, equal_variances=True)
    assert all(np.ptp(mixture.variances) == 0 for mixture in equal.path)
    free, _ = quiet(x, start=equal.mixture)
    assert free.log_likelihood >= equal.log_likelihood - 1e-9


def test_a_fit_survives_pickling():
    result = fit(VELOCITY, 3)
    twin = pickle.loads(pickle.dumps(result))
    assert repr(twin) == repr(result) and twin.path == result.path and twin.bic == result.bic
    assert twin.certificate.on_floor == result.certificate.on_floor


def test_the_fit_is_the_same_at_every_run_and_randomness_comes_from_rng_alone():
    for options in ({}, {"rng": 5}, {"rng": 5, "n_starts": 3}):
        assert fit(VELOCITY, 4, **options).path == fit(VELOCITY, 4, **options).path
    with pytest.raises(ValueError, match=r"n_starts is 3, but rng is None\. Pass rng=0"):
        fit(VELOCITY, n_starts=3)


# --- the floor under the variances -----------------------------------------


def test_the_default_floor_is_the_square_of_a_quarter_of_the_resolution():
    for unit in (1.0, 0.1):
        result, told = quiet(WAITING * unit, start=Mixture([0.1, 0.9], [43 * unit, 71 * unit], [1e-6, 180 * unit**2]))
        assert result.certificate.on_floor == (0,)
        assert result.mixture.variances[0] == pytest.approx((unit / 4) ** 2)
        assert "component 0 collapsed onto one value" in told[0] and "set min_variance" in told[0]


def test_the_default_floor_leaves_a_single_normal_the_variance_of_the_data():
    x = np.repeat([0.0, 1.0], [95, 5])
    result, told = quiet(x, 1)
    assert not told and result.converged
    np.testing.assert_allclose([result.mixture.means[0], result.mixture.variances[0]], [x.mean(), x.var()], rtol=1e-12)
    assert result.log_likelihood == pytest.approx(-50 * np.log(2 * np.pi * np.e * x.var()))


def test_a_floor_that_was_asked_for_is_reported_where_it_binds_and_only_there():
    held = fit(WAITING, min_variance=50.0)
    assert held.converged and set(held.certificate.on_floor) == {0, 1}
    np.testing.assert_allclose(held.mixture.variances, 50.0)
    assert "min_variance holds components 0 and 1" in held.message and "narrower" not in held.message
    free = fit(WAITING, min_variance=1.0)
    assert free.certificate.on_floor == () and "min_variance" not in free.message
    assert free.log_likelihood == pytest.approx(TWO, abs=1e-7)


def test_no_floor_at_all_is_allowed_and_a_collapse_is_told_all_the_same():
    assert fit(WAITING, min_variance=0).log_likelihood == pytest.approx(TWO, abs=1e-7)
    result, told = quiet([0.0, 1.0] * 50, min_variance=0)
    assert not result.converged and "collapsed onto one value" in told[0]


# --- bad and hard input: the right answer, or one sentence with the remedy --


@pytest.mark.parametrize("offset", [1e6, -1e8, 1e10, 1e12, 1e14, 1e15])
@pytest.mark.parametrize("x", [WAITING, np.round(LARGE * 8)], ids=["few", "on nodes"])
def test_an_offset_that_leaves_the_data_exact_leaves_the_fit_exact(x, offset):
    here, there = fit(x), fit(x + offset)
    assert there.log_likelihood == here.log_likelihood
    np.testing.assert_array_equal(np.sort(there.mixture.variances), np.sort(here.mixture.variances))
    np.testing.assert_allclose(there.mixture.means - offset, here.mixture.means, atol=2e-16 * abs(offset))


@pytest.mark.parametrize("offset", [1e6, 1e10, 1e13, 1e15])
def test_an_offset_that_rounds_the_data_is_fitted_as_they_are_then(offset):
    x = ERUPTIONS + offset
    there, told = quiet(x)
    here, _ = quiet(
        x - offset, start=Mixture(there.mixture.weights, there.mixture.means - offset, there.mixture.variances)
    )
    assert told == [] and there.log_likelihood == pytest.approx(here.log_likelihood, rel=1e-6)


@pytest.mark.parametrize("outlier", [1e155, 1e300, -1.7e308])
def test_an_outlier_without_a_representable_variance_is_refused(outlier):
    for x in (WAITING, LARGE):
        with pytest.raises(ValueError, match=r"variance is beyond the range of a float\. Rescale x, or remove the out"):
            fit(np.append(x, outlier))


@pytest.mark.parametrize("outlier", [1e60, 1e100, 1e150])
def test_an_outlier_beside_which_no_other_digit_counts_is_refused(outlier):
    words = f"x ranges from 43 to {outlier:.6g}, but some values are only 1 apart: a float cannot hold both scales."
    with pytest.raises(ValueError, match=re.escape(f"{words} Remove the outliers")):
        fit(np.append(WAITING, outlier))


@pytest.mark.parametrize("outlier", [1e6, 1e20])
def test_an_outlier_costs_the_others_no_digits(outlier):
    result, told = quiet(np.append(LARGE, outlier), 3)
    assert_sound(result, told)
    _, means, sigmas = sorted_by_mean(result.mixture)
    expected = sorted_by_mean(fit(LARGE).mixture)
    np.testing.assert_allclose(means, [*expected[1], outlier], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(sigmas[:2], expected[2], rtol=1e-6)


def test_denormals_are_refused_alone_and_welcome_among_others():
    with pytest.raises(ValueError, match="variance is beyond the range of a float"):
        fit(WAITING * 5e-324)
    x = WAITING - 70
    assert fit(np.append(x, 5e-324)).mixture == fit(np.append(x, 0)).mixture


@pytest.mark.parametrize("n", [2, 5000])
def test_equal_points_are_refused(n):
    with pytest.raises(
        ValueError, match=r"x holds one value only, 0\.1, so no variance can be fitted\. Pass data that"
    ):
        fit(np.full(n, 0.1))


@pytest.mark.parametrize("kind", [float, bool, int])
@pytest.mark.parametrize("n", [4, 3000])
def test_half_zeros_and_half_ones_collapse_with_two_components_and_fit_with_one(kind, n):
    x = np.repeat([0, 1], n).astype(kind)
    assert_same(fit(x, 1).mixture, Mixture(1.0, 0.5, 0.25))
    result, told = quiet(x)
    assert "components 0 and 1 collapsed onto one value" in told[0] and "use fewer components" in told[0]
    np.testing.assert_allclose(np.sort(result.mixture.means), [0, 1], atol=1e-3)
    assert_sound(result, told)


@pytest.mark.parametrize("k", [3, 5])
def test_more_components_than_different_values_are_refused(k):
    for x in ([0.0, 1.0] * 50, [0.0, 1.0] * 3000):
        with pytest.raises(
            ValueError, match=f"n_components={k} needs at least {k} different values, but x has 2. Use f"
        ):
            fit(x, k)


@given(st.lists(st.integers(-3, 3), min_size=2, max_size=12), st.integers(1, 4), st.booleans())
def test_coarse_data_end_with_a_proper_mixture_or_a_reason(x, k, equal_variances):
    assume(len(set(x)) >= k and min(x) < max(x))
    assert_sound(*quiet(x, k, equal_variances=equal_variances))


@pytest.mark.parametrize("x", [WAITING, LARGE], ids=["few", "on nodes"])
@pytest.mark.parametrize(
    "start",
    {
        "a tiny variance on one point": Mixture([0.1, 0.9], [43.0, 71.0], [1e-12, 180.0]),
        "no variance to speak of": Mixture([0.1, 0.9], [43.0, 71.0], [1e-300, 180.0]),
        "identical components": Mixture([0.5, 0.5], [70.0, 70.0], [100.0, 100.0]),
        "means 1e-9 apart": Mixture([0.3, 0.7], [70 - 1e-9, 70 + 1e-9], [100.0, 100.0]),
        "a component far from all data": Mixture([0.5, 0.5], [70.0, 1e6], [100.0, 1.0]),
        "both far": Mixture([0.5, 0.5], [1e6, 1e6], [1.0, 1.0]),
        "far on both sides": Mixture([0.5, 0.5], [-1e200, 1e200], [1.0, 1.0]),
        "no weight": Mixture([0.0, 1.0], [60.0, 70.0], [100.0, 100.0]),
    }.items(),
    ids=lambda item: item[0],
)
def test_a_bad_start_is_left_or_told(x, start):
    result, told = quiet(x, start=start[1])
    assert_sound(result, told)
    best = fit(x).log_likelihood
    assert result.log_likelihood == pytest.approx(best, abs=1e-6) or "collapsed onto one value" in told[0]
    # What lies below the floor is raised to it, and the path begins there.
    raised = np.maximum(start[1].variances, result.certificate.min_variance)
    far = np.abs(start[1].means).max() > 1e100
    assert far or result.path[0] == Mixture(start[1].weights, start[1].means, raised)


def test_a_component_far_from_all_data_is_told_to_have_begun_anew():
    result = fit(WAITING, start=Mixture([0.5, 0.5], [70, 1e6], [100, 1]))
    assert "component 1 had run out of data and began anew" in result.message


def test_identical_components_on_a_ridge_are_told_by_name():
    x, alike = WAITING, Mixture(np.full(4, 1 / 4), np.full(4, 70.0), np.full(4, 100.0))
    with pytest.warns(
        ConvergenceWarning, match="stopped where the likelihood is flat along a direction, to second order"
    ):
        result = fit(x, start=alike, equal_variances=True)
    assert result.certificate.kind == "ridge" and not result.converged


@pytest.mark.parametrize("n", [500, 50_000])
def test_points_45_standard_deviations_out_keep_their_weight(n):
    x = np.append(np.random.default_rng(4).normal(size=n), [45.0, -45.0])
    result, told = quiet(x, start=Mixture([0.5, 0.5], [-0.5, 0.5], [1, 1]))
    assert_sound(result, told)
    weights, _, sigmas = (array[np.argsort(result.mixture.variances)] for array in sorted_by_mean(result.mixture))
    assert sigmas[1] > 40 and weights[1] * x.size == pytest.approx(2, abs=0.5)
    assert result.log_likelihood == pytest.approx(gmm.log_likelihood(x, result.mixture), rel=1e-12)


@pytest.mark.parametrize("distance", [1e9, 1e12])
def test_two_groups_far_apart_have_each_its_own_mean_and_variance(distance):
    one, other = np.random.default_rng(5).normal(size=(2, 1500))
    result = fit(np.concatenate([one, distance + other]))
    order = np.argsort(result.mixture.means)
    expected = [one.var(), (distance + other - distance).var()]
    np.testing.assert_allclose(result.mixture.variances[order], expected, rtol=1e-3)
    np.testing.assert_allclose(result.mixture.weights, 0.5, rtol=1e-12)


KINDS = {
    "list": list,
    "tuple": tuple,
    "int64": lambda x: x.astype(np.int64),
    "uint8": lambda x: x.astype(np.uint8),
    "float32": lambda x: x.astype(np.float32),
    "big endian": lambda x: x.astype(">f8"),
    "objects": lambda x: x.astype(object),
    "masked nowhere": np.ma.array,
    "pandas": lambda x: pd.Series(x, index=np.arange(x.size)[::-1]),
    "pandas Int64": lambda x: pd.Series(x.astype(int), dtype="Int64"),
    "polars": pl.Series,
    "sorted": np.sort,
    "reversed": lambda x: np.sort(x)[::-1],
    "every third": lambda x: np.repeat(x, 3)[::3],
    "a column": lambda x: np.stack([x, x], axis=1)[:, 0],
    "read-only": lambda x: np.broadcast_to(x, x.shape),
}


@pytest.mark.parametrize("kind", KINDS)
def test_any_array_like_can_be_fitted_and_is_left_as_it_was(kind):
    x = KINDS[kind](WAITING)
    before = np.array(x, copy=True)
    assert fit(x).mixture == fit(WAITING).mixture
    np.testing.assert_array_equal(np.asarray(x), before)


@pytest.mark.parametrize("kind", [np.sort, lambda x: np.sort(x)[::-1], lambda x: np.repeat(x, 3)[::3]])
def test_the_order_and_the_stride_of_many_data_change_nothing_but_rounding(kind):
    assert_same(fit(kind(LARGE)).mixture, fit(LARGE).mixture, 1e-11)


def test_whole_numbers_that_a_float_rounds_away_are_refused_and_others_are_not():
    whole = WAITING.astype(np.int64)
    for offset in (2**62, -(2**62)):
        with pytest.raises(ValueError, match=r"where floats are \d+ apart\. Subtract the smallest first: x - x\.min"):
            fit(whole + offset)
    assert fit(whole + 2**50).log_likelihood == fit(WAITING).log_likelihood
    wide = fit(whole * 2**52)
    np.testing.assert_allclose(wide.mixture.means, fit(WAITING).mixture.means * 2.0**52, rtol=1e-12)


def test_masked_and_missing_values_are_refused_with_the_remedy():
    with pytest.raises(ValueError, match=r"x is masked at \d+ places\. Pass x\.compressed\(\) instead"):
        fit(np.ma.array(WAITING, mask=WAITING > 90))
    for x in (pd.Series([1, 2, None], dtype="Int64"), pl.Series([1, 2, None])):
        with pytest.raises(ValueError, match=r"x must be finite, but x\[2\] is nan\. Remove or replace it"):
            fit(x)


def test_a_weight_of_zero_leaves_an_observation_out():
    weight = np.append(np.ones(WAITING.size), 0)
    assert fit(np.append(WAITING, 1e300), sample_weight=weight).mixture == fit(WAITING).mixture


@pytest.mark.parametrize("share", [1e-190, 1 / 272, 1e-12, 1e90])
def test_the_unit_of_the_weights_changes_no_parameter(share):
    result = fit(WAITING, sample_weight=np.full(WAITING.size, share))
    assert result.converged
    np.testing.assert_allclose(sorted_by_mean(result.mixture), sorted_by_mean(fit(WAITING).mixture), rtol=1e-8)
    assert result.log_likelihood == pytest.approx(TWO * share, rel=1e-9)


# --- progress --------------------------------------------------------------


def test_progress_shows_each_pass_and_the_climb_and_changes_nothing(capsys):
    quiet_one = fit(LARGE)
    assert capsys.readouterr().err == ""
    shown = fit(LARGE, progress=True)
    told = capsys.readouterr().err
    assert shown.mixture == quiet_one.mixture and shown.log_likelihood == quiet_one.log_likelihood
    assert "nodes: 100%" in told and "exact step: 100%" in told and "climb: " in told


def test_progress_without_tqdm_names_the_remedy(monkeypatch):
    real = builtins.__import__

    def without(name, *arguments, **options):
        if name.split(".")[0] == "tqdm":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(
        ImportError, match=r"progress=True needs tqdm.*: pip install .gaussian-mixture-book\[progress\]"
    ):
        fit(WAITING, progress=True)


# --- arguments and the result -----------------------------------------------


def test_a_start_brings_its_own_number_of_components():
    three = CASES["galaxies"][1]
    assert fit(VELOCITY, start=three).mixture.n_components == 3
    assert fit(VELOCITY, 3, start=three).mixture.n_components == 3
    assert fit(VELOCITY, start=Mixture(1, 20, 9)).mixture.n_components == 1
    assert fit(VELOCITY).mixture.n_components == 2


@pytest.mark.parametrize("k", [1, 2, 4])
def test_another_number_of_components_than_that_of_the_start_is_refused(k):
    with pytest.raises(ValueError, match=f"n_components is {k}, but start has 3 components. Leave n_components out"):
        fit(VELOCITY, k, start=CASES["galaxies"][1])


@pytest.mark.parametrize(
    ("x", "options", "error", "words"),
    [
        ([1, 2], {"n_components": 3}, ValueError, "n_components=3 needs at least 3 observations, but x has 2. Use few"),
        (
            [1, 2, 3],
            {"n_components": 3, "sample_weight": [1, 0, 1]},
            ValueError,
            "at least 3 observations, but x has 2.",
        ),
        ([1, 2, 3], {"n_components": 0}, ValueError, "n_components must be at least 1, but is 0. Pass 1 or more."),
        ([1, 2, 3], {"n_components": 2.0}, TypeError, "n_components must be a whole number, but is 2.0. Pass an int"),
        ([1, 2, 3], {"n_components": True}, TypeError, "n_components must be a whole number, but is True. Pass an int"),
        ([1, 2, 3], {"rng": "dice"}, TypeError, "rng must be a numpy.random.Generator or a seed, but is 'dice'. Pass"),
        ([4, 4], {"n_components": 1}, ValueError, "x holds one value only, 4.0, so no variance can be fitted."),
        (7, {"n_components": 1}, ValueError, "x holds one value only, 7.0, so no variance can be fitted."),
    ],
)
def test_fit_refuses_what_cannot_be_fitted(x, options, error, words):
    with pytest.raises(error) as told:
        fit(x, **options)
    assert words in str(told.value)


@pytest.mark.parametrize("k", [2, 3, 4])
def test_without_a_start_the_means_rise_and_from_one_each_component_keeps_its_place(k):
    found, _ = quiet(ERUPTIONS, k, rng=1)
    assert (np.diff(found.mixture.means) > 0).all()
    backwards = Mixture(*(array[::-1] for array in found.mixture))
    assert (np.diff(quiet(ERUPTIONS, start=backwards)[0].mixture.means) < 0).all()


def test_randomness_comes_from_rng_alone():
    state, rng = np.random.get_state()[1].copy(), np.random.default_rng(5)
    assert fit(VELOCITY, 4, rng=rng).path == fit(VELOCITY, 4, rng=5).path
    assert rng.bit_generator.state != np.random.default_rng(5).bit_generator.state
    np.testing.assert_array_equal(np.random.get_state()[1], state)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_criteria_count_the_free_parameters(k):
    for equal, p in ((False, 3 * k - 1), (True, 2 * k)):
        result = fit(ERUPTIONS, k, equal_variances=equal)
        assert result.n_parameters == p
        assert result.aic == pytest.approx(-2 * result.log_likelihood + 2 * p)
        assert result.bic == pytest.approx(-2 * result.log_likelihood + p * np.log(ERUPTIONS.size))


def test_running_out_of_evaluations_is_told_to_the_caller():
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=3 without converging: raise max_iter") as told:
        result = fit(WAITING, start=HALVES, max_iter=3)
    assert told[0].filename == __file__ and len(told) == 1
    assert not result.converged and "without converging" in repr(result)


def test_a_fit_and_its_certificate_read_as_a_sentence():
    result = fit([1, 2, 3, 11, 12, 13])
    assert repr(result).startswith("Fit(Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.666")
    assert f"log_likelihood=-11.4561, converged after {result.n_iter} evaluations)" in repr(result)
    assert repr(result.certificate).startswith("Certificate(maximum, log_likelihood=-11.4561, move=")
    assert len(repr(result.certificate)) < 110


def test_a_fit_cannot_be_changed_and_holds_plain_numbers_and_nothing_private():
    result = fit(WAITING)
    with pytest.raises(FrozenInstanceError):
        result.converged = False
    with pytest.raises(ValueError, match="read-only"):
        result.log_likelihoods[-1] = 0
    assert isinstance(result.path, tuple) and result.path[-1] == result.mixture
    for value in (result.log_likelihood, result.aic, result.bic, result.n_observations):
        assert type(value) is float
    assert type(result.n_iter) is int and result.converged is True
    assert set(Fit.__dataclass_fields__) <= {*re.findall(r"^(\w+)(?:, \w+)* :", inspect.getdoc(Fit), re.M)}


@pytest.mark.parametrize("k", [1, 3])
def test_a_fit_comes_back_from_json_as_it_was(k):
    result = fit(VELOCITY, k)
    twin = Fit.from_json(result.to_json())
    assert twin.to_json() == result.to_json()
    assert twin.mixture == result.mixture and twin.path == result.path and twin.bic == result.bic
    np.testing.assert_array_equal(twin.covariance, result.covariance)
    assert twin.certificate.spurious == result.certificate.spurious and repr(twin) == repr(result)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"gmm": "Mixture"}', '{"gmm": "Fit"}', "fit", None])
def test_what_is_no_stored_fit_is_refused(text):
    with pytest.raises(ValueError, match=r"text is no fit: .*\. Pass what Fit\.to_json returned"):
        Fit.from_json(text)


def test_a_summary_shows_estimates_beside_their_standard_errors():
    result = fit(WAITING)
    table = result.summary()
    assert table.notes[0].startswith("272 observations, K = 2, log-likelihood -1034.0017, AIC 2078.003, BIC 2096.033")
    assert table.headings == ("k", "weight", "s.e.", "mean", "s.e.", "variance", "s.e.", "σ", "s.e.")
    numbers = np.array(table.rows, dtype=float)
    np.testing.assert_allclose(numbers[:, 3], result.mixture.means, rtol=1e-5)
    np.testing.assert_allclose(numbers[:, 8], result.standard_errors.sigmas, rtol=1e-3)
    assert [line.split() for line in repr(table).splitlines()[3:]] == [list(row) for row in table.rows]


def test_a_summary_without_standard_errors_says_why():
    table = fit(WAITING, min_variance=50.0).summary()
    assert table.headings == ("k", "weight", "mean", "variance", "σ")
    assert "there are no standard errors where min_variance=50 holds components 0 and 1" in table.notes[2]


@pytest.mark.parametrize("n", [300, 60_000])
def test_the_path_ends_once_with_the_mixture_that_was_found(n):
    x = Mixture([0.4, 0.6], [0.0, 4.0], [1.0, 1.0]).sample(n, np.random.default_rng(2))[0]
    found = fit(x, 2)
    assert found.path[-1] is found.mixture
    assert found.log_likelihoods[-1] == pytest.approx(found.mixture.log_pdf(x).sum(), rel=1e-12)
    assert len(found.path) == len(found.log_likelihoods)
    assert all(one != other for one, other in pairwise(found.path))


def test_nodes_for_profiles_serve_components_as_narrow_as_their_intervals_may_reach():
    variances, errors = np.array([1.0, 4.0]), np.array([0.2, 1.0])
    _, _, narrow = _narrower((np.full(2, 0.5), np.zeros(2), variances), (errors, errors, errors))
    np.testing.assert_allclose(np.log(variances / narrow), 4 * errors / variances)
