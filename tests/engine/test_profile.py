"""Profile intervals, against direct maximisation by another program and against what must be so."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.stats import norm

import gmm
from gmm import Mixture, datasets
from gmm.engine.profile import MEAN, VARIANCE, WEIGHT, Profile

pytestmark = pytest.mark.filterwarnings("error")
CRABS, WAITING, VELOCITY = datasets.crabs(), datasets.faithful().waiting, datasets.galaxies().velocity
PAIR = gmm.fit(CRABS.ratio, sample_weight=CRABS.count)
WAITS = gmm.fit(WAITING)


def direct(x, w, mixture, kind, k, value):
    """Return the highest log-likelihood with one parameter fixed, by SciPy's optimiser in coordinates of its own."""
    count = mixture.n_components

    def unpack(free):
        logits, mu, log_var = free.reshape(3, -1)
        pi = np.exp(logits - logits.max())
        mu, var = mu.copy(), np.exp(log_var)
        if kind is WEIGHT:
            others = np.delete(pi, k)
            pi = np.insert(others / others.sum() * (1 - value), k, value)
        elif kind is MEAN:
            mu[k] = value
        else:
            var[k] = value
        return pi / pi.sum(), mu, var

    def loss(free):
        pi, mu, var = unpack(free)
        return -(w @ np.log(norm.pdf(x[:, np.newaxis], mu, np.sqrt(var)) @ pi))

    start = np.concatenate([np.log(mixture.weights), mixture.means, np.log(mixture.variances)])
    options = {"xatol": 1e-10, "fatol": 1e-10, "maxiter": 20_000, "maxfev": 20_000, "adaptive": True}
    end = minimize(loss, start, method="Nelder-Mead", options=options)
    return -minimize(loss, end.x, method="Nelder-Mead", options=options).fun if count > 2 else -end.fun


@pytest.mark.parametrize("kind", [WEIGHT, MEAN, VARIANCE], ids=["weight", "mean", "variance"])
def test_the_ends_lie_where_another_optimiser_finds_the_fall(kind):
    x, w, error = WAITING, np.ones_like(WAITING), WAITS.standard_errors[kind.row][0]
    for value in Profile(x, w, tuple(WAITS.mixture), kind, 0).interval(0.95, error):
        fall = 2 * (WAITS.log_likelihood - direct(x, w, WAITS.mixture, kind, 0, value))
        assert fall == pytest.approx(norm.ppf(0.975) ** 2, abs=1e-3)


def test_the_crabs_have_the_interval_that_was_found_by_direct_maximisation():
    profile = PAIR.confidence_intervals(method="profile", x=CRABS.ratio, sample_weight=CRABS.count)
    np.testing.assert_allclose(profile.weights[0], [0.17, 0.67], atol=0.005)
    np.testing.assert_allclose(PAIR.confidence_intervals().weights[0], [0.14, 0.73], atol=0.005)


def test_for_one_normal_the_profile_of_the_mean_has_its_closed_form():
    one = gmm.fit(WAITING, 1)
    n, var, q = WAITING.size, one.mixture.variances[0], norm.ppf(0.975) ** 2
    # −2 log of the ratio is N log(1 + (μ − x̄)²/σ²).
    reach = np.sqrt(var * np.expm1(q / n))
    profile = one.confidence_intervals(method="profile", x=WAITING)
    np.testing.assert_allclose(profile.means[0], one.mixture.means[0] + np.array([-reach, reach]), rtol=1e-8)
    np.testing.assert_array_equal(profile.weights, [[1, 1]])
    # And that of σ² solves N (r − 1 − log r) = q, with r = s²/σ².
    ends = [var / brentq(lambda r: n * (r - 1 - np.log(r)) - q, *bracket) for bracket in ((1, 9), (0.01, 1))]
    np.testing.assert_allclose(profile.variances[0], ends, rtol=1e-6)
    np.testing.assert_allclose(profile.sigmas, np.sqrt(profile.variances), rtol=1e-15)


def test_the_two_weights_of_a_pair_mirror_each_other():
    profile = WAITS.confidence_intervals(method="profile", x=WAITING)
    np.testing.assert_allclose(profile.weights[0], 1 - profile.weights[1][::-1], rtol=1e-6)


@pytest.mark.parametrize("method", ["wald", "profile"])
def test_a_higher_level_gives_a_wider_interval_about_the_estimate(method):
    narrow, wide = (WAITS.confidence_intervals(level, method, x=WAITING) for level in (0.5, 0.99))
    for name in ("weights", "means", "variances", "sigmas"):
        (low, high), (lower, higher) = np.transpose(getattr(narrow, name)), np.transpose(getattr(wide, name))
        estimate = np.sqrt(WAITS.mixture.variances) if name == "sigmas" else getattr(WAITS.mixture, name)
        assert (lower < low).all() and (low < estimate).all() and (estimate < high).all() and (high < higher).all()


def test_with_many_observations_both_agree():
    x, _ = Mixture([0.3, 0.7], [0.0, 4.0], [1.0, 2.0]).sample(200_000, 1)
    result = gmm.fit(x)
    wald, profile = result.confidence_intervals(), result.confidence_intervals(method="profile", x=x)
    errors = result.standard_errors
    for name in ("weights", "means", "variances", "sigmas"):
        scale = getattr(errors, name)[:, np.newaxis]
        np.testing.assert_allclose(getattr(profile, name) / scale, getattr(wald, name) / scale, atol=0.03)


@pytest.mark.parametrize("shift", [0.0, 1e6])
def test_the_interval_moves_with_the_data(shift):
    x = WAITING * 0.25 + shift
    here, there = (gmm.fit(data).confidence_intervals(method="profile", x=data).means for data in (WAITING, x))
    np.testing.assert_allclose(there, here * 0.25 + shift, atol=1e-6)


def test_with_equal_variances_there_is_one_interval_for_all():
    result = gmm.fit(WAITING, equal_variances=True)
    profile = result.confidence_intervals(method="profile", x=WAITING)
    np.testing.assert_allclose(profile.variances[0], profile.variances[1], rtol=1e-8)


def test_a_component_that_the_data_do_not_need_has_a_weight_that_can_be_nothing():
    x = np.random.default_rng(3).normal(size=200)
    result = gmm.fit(x, start=Mixture([0.5, 0.5], [-0.5, 0.5], [1.0, 1.0]))
    assert result.converged
    profile = result.confidence_intervals(0.999, "profile", x=x)
    assert profile.weights.min() == 0.0 and profile.weights.max() == 1.0
    assert np.isinf(profile.means).any()


def test_a_stream_has_the_interval_of_its_observations_in_memory():
    x, _ = Mixture([0.3, 0.7], [0.0, 4.0], [1.0, 2.0]).sample(150_000, 2)
    result = gmm.fit(x)
    streamed = result.confidence_intervals(method="profile", x=lambda: iter(np.array_split(x, 9)))
    whole = result.confidence_intervals(method="profile", x=x)
    np.testing.assert_allclose(streamed.means, whole.means, atol=1e-6)


def test_intervals_read_in_a_line_and_say_how_they_were_made():
    text = repr(WAITS.confidence_intervals())
    assert text.startswith("ConfidenceIntervals(weights=[(0.2998, 0.422), (0.578, 0.7002)], means=[(53.24, 55.99)")
    assert text.endswith("level=0.95, method='wald')")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"level": 95}, r"level must be between 0 and 1, but is 95\.0\. Pass for instance 0\.95"),
        ({"level": 0}, r"level must be between 0 and 1, but is 0\.0"),
        ({"method": "bayes"}, "method must be 'wald' or 'profile', but is 'bayes'"),
        ({"method": "profile"}, "method='profile' needs the data, which a Fit does not hold. Pass x, and sample_we"),
        ({"method": "profile", "x": WAITING + 1}, "x is not what was fitted: its log-likelihood differs by"),
        ({"method": "profile", "x": WAITING[1:]}, "x is not what was fitted"),
    ],
)
def test_what_has_no_interval_is_refused_with_the_remedy(options, words):
    with pytest.raises(ValueError, match=words):
        WAITS.confidence_intervals(**options)
