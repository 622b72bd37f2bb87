import mpmath
import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

import gmm
from gmm import Mixture, Statistics, datasets, fit
from gmm.engine.climb import Point, moved
from gmm.engine.recorded import Classes, as_recorded, truncated
from gmm.engine.starts import short_runs, thinned

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
RATIO, COUNT = datasets.crabs()
PAIR = Mixture([0.4, 0.6], [55.0, 80.0], [36.0, 30.0])


# --- probabilities and moments of a class -----------------------------------


def exact(low, high):
    """Return log P and four moments by arithmetic of eighty digits."""
    with mpmath.workdps(80):
        low, high = (mpmath.mpf(end) if np.isfinite(end) else end * mpmath.inf for end in (low, high))
        side = -1 if low + high < 0 else 1
        tails = [mpmath.erfc(side * end / mpmath.sqrt(2)) / 2 for end in (low, high)]
        p = abs(tails[0] - tails[1])

        def at(end, power):
            return mpmath.mpf(0) if mpmath.isinf(end) else end**power * mpmath.npdf(end)

        lost = [(at(low, power) - at(high, power)) / p for power in range(4)]
        second = 1 + lost[1]
        return [float(v) for v in (mpmath.log(p), lost[0], second, lost[2] + 2 * lost[0], lost[3] + 3 * second)]


def test_the_probability_and_the_moments_of_a_class_have_all_their_digits():
    rng = np.random.default_rng(1)
    low = rng.choice([0.0, 1.0, 5.0, 30.0, 200.0], 200) * rng.normal(size=200)
    high = low + 10.0 ** rng.uniform(-8, 1.5, 200)
    log_p, moments = truncated(low, high)
    expected = np.array([exact(*ends) for ends in zip(low, high)]).T
    np.testing.assert_allclose(log_p, expected[0], rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(moments, expected[1:], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("ends", [(3.0, np.inf), (-np.inf, -2.0), (-np.inf, 40.0), (50.0, np.inf), (-1.0, np.inf)])
def test_an_open_class_is_a_tail(ends):
    log_p, moments = truncated(*np.array(ends)[:, np.newaxis])
    np.testing.assert_allclose([log_p[0], *moments[:, 0]], exact(*ends), rtol=1e-12, atol=1e-14)


# --- the likelihood of classes ------------------------------------------------


def in_classes(x, h):
    return Classes(np.asarray(x) - h / 2, np.asarray(x) + h / 2)


def test_the_log_likelihood_is_that_of_the_probabilities():
    edges = np.append(RATIO - 0.002, RATIO[-1] + 0.002)
    pair = Mixture([0.4, 0.6], [0.63, 0.66], [3e-4, 2e-4])
    expected = COUNT @ np.log(pair.probability(edges[:-1], edges[1:]))
    assert gmm.log_likelihood(RATIO, pair, sample_weight=COUNT, width=0.004) == pytest.approx(expected, rel=1e-12)
    assert gmm.log_likelihood(RATIO, pair, sample_weight=COUNT, edges=edges) == pytest.approx(expected, rel=1e-12)


def test_the_derivatives_of_a_point_are_those_of_finite_differences():
    x, w, theta = in_classes(WAITING, 9.0), np.ones(WAITING.size), tuple(PAIR)
    point = Point(x, w, theta)

    def at(step):
        return Point(x, w, moved(theta, step, 0.0))

    unit = np.eye(6)
    slopes = [(at(1e-5 * e).log_likelihood - at(-1e-5 * e).log_likelihood) / 2e-5 for e in unit]
    np.testing.assert_allclose(point.gradient, slopes, atol=1e-5)
    d = 1e-3 * unit
    signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
    second = [[sum(i * j * at(i * a + j * b).log_likelihood for i, j in signs) / 4e-6 for a in d] for b in d]
    np.testing.assert_allclose(point.hessian, second, atol=2e-3)


def test_an_em_step_is_the_same_by_every_road():
    x, w = in_classes(WAITING, 5.0), np.random.default_rng(1).uniform(1, 2, WAITING.size)
    by_point = Point(x, w, tuple(PAIR)).em_step(False, 0.0)
    _, runs, _ = short_runs(x, w, [tuple(PAIR)], 1)
    by_run = tuple(array[0] for array in runs)
    for other in (Statistics.of(x, PAIR, w).updated(), by_run):
        np.testing.assert_allclose(other, by_point, rtol=1e-13)
    # By hand: the expected values of each class are sums over a fine grid in it.
    grid = WAITING[:, np.newaxis] + 5 * (np.arange(400) + 0.5) / 400 - 2.5
    joint = PAIR.weights * norm.pdf(grid[..., np.newaxis], PAIR.means, np.sqrt(PAIR.variances))
    share = joint / joint.sum(axis=(1, 2), keepdims=True) * w[:, np.newaxis, np.newaxis]
    nk = share.sum(axis=(0, 1))
    mean = (share * grid[..., np.newaxis]).sum(axis=(0, 1)) / nk
    var = (share * (grid[..., np.newaxis] - mean) ** 2).sum(axis=(0, 1)) / nk
    np.testing.assert_allclose(by_point, [nk / w.sum(), mean, var], rtol=1e-5)


def test_em_never_lowers_the_likelihood_of_classes():
    x, theta = in_classes(WAITING, 12.0), tuple(PAIR)
    heights = []
    for _ in range(50):
        statistics = Statistics.of(x, theta)
        heights.append(statistics.log_likelihood)
        theta = statistics.updated()
    assert (np.diff(heights) > -1e-11).all() and heights[-1] > heights[0] + 1


def test_neighbours_join_to_one_class():
    x, w = thinned(in_classes(np.arange(10.0), 1.0), np.ones(10), 5)
    assert x.low.tolist() == [-0.5, 1.5, 3.5, 5.5, 7.5] and x.high.tolist() == [1.5, 3.5, 5.5, 7.5, 9.5]
    assert w.tolist() == [2] * 5


# --- the fit --------------------------------------------------------------------


def direct(low, high, w, start):
    """Maximise by SciPy, over log-ratios of weights, means and log-variances."""
    k = start.n_components

    def mixture(p):
        pi = np.exp(np.append(p[: k - 1], 0.0))
        return Mixture(pi / pi.sum(), p[k - 1 : 2 * k - 1], np.exp(p[2 * k - 1 :]))

    def fallen(p):
        return -w @ np.log(mixture(p).probability(low, high))

    pi, mu, var = start
    best = np.concatenate([np.log(pi[:-1] / pi[-1]), mu, np.log(var)])
    for _ in range(3):
        options = {"xatol": 1e-10, "fatol": 1e-11, "maxiter": 20_000, "maxfev": 20_000}
        best = minimize(fallen, best, method="Nelder-Mead", options=options).x
    return mixture(best), -fallen(best)


def test_a_fit_is_where_a_direct_maximisation_ends():
    result = fit(WAITING, width=1.0)
    x, w = np.unique(WAITING, return_counts=True)
    expected, height = direct(x - 0.5, x + 0.5, w, PAIR)
    assert result.converged and result.log_likelihood == pytest.approx(height, abs=1e-7)
    np.testing.assert_allclose(result.mixture.means, expected.means, rtol=1e-5)
    np.testing.assert_allclose(np.sqrt(result.mixture.variances), np.sqrt(expected.variances), rtol=1e-5)
    assert np.sqrt(result.mixture.variances[0]) == pytest.approx(5.864, abs=5e-4)


def test_open_classes_are_fitted_as_a_direct_maximisation_does():
    edges = np.array([-np.inf, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, np.inf])
    counts = np.histogram(WAITING, [-1e9, *edges[1:-1], 1e9])[0]
    result = fit(WAITING, edges=edges)
    expected, height = direct(edges[:-1], edges[1:], counts, PAIR)
    assert result.log_likelihood == pytest.approx(height, abs=1e-7)
    np.testing.assert_allclose(np.concatenate([*result.mixture]), np.concatenate([*expected]), rtol=1e-4)
    # What stands for a class does not matter.
    middles = np.append(edges[1:-1], 99) - 2.5
    assert fit(middles, edges=edges, sample_weight=counts).log_likelihood == pytest.approx(height, abs=1e-7)


def test_sheppards_correction_is_what_rounding_adds_to_a_variance():
    for k, h in ((1, 0.004), (2, 0.004)):
        plain, recorded = fit(RATIO, k, sample_weight=COUNT), fit(RATIO, k, sample_weight=COUNT, width=h)
        difference = plain.mixture.variances - recorded.mixture.variances
        np.testing.assert_allclose(difference, h**2 / 12, rtol=0.05)
    assert np.sqrt(recorded.mixture.variances.min()) == pytest.approx(0.01257, abs=5e-6)


def test_the_log_likelihood_of_narrow_classes_is_that_of_the_density_and_their_width():
    h = 1e-4
    density, classes = fit(WAITING), fit(WAITING, width=h)
    shift = WAITING.size * np.log(h)
    assert classes.log_likelihood == pytest.approx(density.log_likelihood + shift, abs=1e-6)
    np.testing.assert_allclose(classes.standard_errors.means, density.standard_errors.means, rtol=1e-6)
    np.testing.assert_allclose(classes.certificate.eigenvalues, density.certificate.eigenvalues, rtol=1e-6)


def test_many_recorded_values_go_over_nodes():
    x, _ = PAIR.sample(20_000, np.random.default_rng(3))
    x = np.round(x, 2)
    result = fit(x, width=0.01)
    assert result.certificate.nodes < 2000 < np.unique(x).size
    expected = np.log(PAIR.probability(x - 0.005, x + 0.005)).sum()
    assert result.log_likelihood > expected and result.certificate.move < 1e-9
    again = Statistics.of(in_classes(x, 0.01), result.mixture)
    assert again.log_likelihood == pytest.approx(result.log_likelihood, rel=1e-12)


def test_the_unit_of_the_data_changes_nothing():
    one, other = fit(WAITING, width=1.0), fit(WAITING * 60 + 1e4, width=60.0)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(other.mixture.variances, 3600 * one.mixture.variances, rtol=1e-7)


def test_where_a_density_has_no_maximum_classes_have_one():
    x = np.repeat([0.0, 10.0, 11.0, 12.0, 13.0], [6, 2, 4, 4, 2])
    result = fit(x, width=1.0)
    assert result.converged and result.certificate.on_floor == (0,)
    assert "component 0 inside one class, which cannot tell how narrow" in result.message
    assert result.mixture.variances[0] == pytest.approx(0.01) and result.log_likelihood < 0
    with pytest.raises(ValueError, match="there are no standard errors where min_variance"):
        result.covariance  # noqa: B018


def test_profile_intervals_of_recorded_data_use_the_classes():
    result = fit(WAITING, width=1.0)
    wald, profile = (result.confidence_intervals(method=m, x=WAITING) for m in ("wald", "profile"))
    np.testing.assert_allclose(profile.means, wald.means, atol=0.2)
    edges = profile.means[1]
    falls = [result.log_likelihood - best_with_mean(end) for end in edges]
    np.testing.assert_allclose(2 * np.array(falls), norm.ppf(0.975) ** 2, rtol=2e-3)


def best_with_mean(mean):
    """Return the highest likelihood of the waits' classes with the second mean at a value."""
    x, w = np.unique(WAITING, return_counts=True)

    def fallen(p):
        pi = 1 / (1 + np.exp(-p[0]))
        mixture = Mixture([pi, 1 - pi], [p[1], mean], np.exp(p[2:]))
        return -w @ np.log(mixture.probability(x - 0.5, x + 0.5))

    options = {"xatol": 1e-8, "fatol": 1e-10, "maxiter": 20_000, "maxfev": 20_000}
    return -minimize(fallen, [-0.57, 54.6, 3.5, 3.5], method="Nelder-Mead", options=options).fun


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"width": 0}, "width must be positive, but is 0. Pass to what x was rounded"),
        ({"width": -1}, "width must not be negative, but is -1"),
        ({"width": 1, "edges": [0, 50, 100]}, "width and edges both say how x was recorded. Pass one of them"),
        ({"edges": [0, 100]}, "edges must be at least three numbers, but have shape"),
        ({"edges": [0, 50, 50, 100]}, "edges must rise, but edges[1] is 50.0 and edges[2] is 50.0. Sort them"),
        ({"edges": [-np.inf, 50, np.inf]}, "edges must be finite but for the first and the last, and two of them"),
        ({"edges": [0, 50, 60]}, "which lies in no class: edges run from 0.0 to 60.0. Add an edge, or make"),
    ],
)
def test_what_cannot_be_a_record_is_refused(options, words):
    with pytest.raises(ValueError) as told:
        fit(WAITING, **options)
    assert words in str(told.value)


def test_a_stream_has_no_classes_yet_and_says_so():
    with pytest.raises(ValueError, match=r"width and edges need x in memory\. Count the classes first"):
        fit(lambda: iter([WAITING]), width=1.0)


def test_values_without_a_record_stay_values():
    same, recorded = as_recorded(WAITING)
    assert same is WAITING and recorded is None
    closed, recorded = as_recorded(np.array([0.0, 1.0, 2.0]), edges=[0, 1, 2])
    assert closed.tolist() == [0.5, 1.5, 1.5] and recorded.narrowest == 1.0
