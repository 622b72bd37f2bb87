import pickle
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import norm
from sklearn.mixture import GaussianMixture

import gmm
from gmm import ConvergenceWarning, Mixture, datasets, iterate
from gmm.em import coincide
from gmm.engine import starts
from tests.strategies import mixtures, samples, seeds

pytestmark = pytest.mark.filterwarnings("error")

WAITING = datasets.faithful().waiting
ERUPTIONS = datasets.faithful().eruptions
VELOCITY = datasets.galaxies().velocity
RATIO, COUNT = datasets.crabs()
HALVES = Mixture([0.5, 0.5], [55.0, 80.0], [36.0, 36.0])

# Maximum likelihood, variances with divisor N_k. Computed by two independent
# programs that agree to better than 1e-7 in log-likelihood.
REFERENCE = {
    "waiting, 1": (
        {"x": WAITING, "n_components": 1},
        -1095.2888005007,
        ([1], [70.89705882], [13.56996002]),
    ),
    "waiting, 2, equal": (
        {"x": WAITING, "equal_variances": True},
        -1034.0017603578,
        ([0.3608494427, 0.6391505573], [54.61362634, 80.09030362], [5.869091398, 5.869091398]),
    ),
    "waiting, 2": (
        {"x": WAITING},
        -1034.0017498316,
        ([0.3608860738, 0.6391139262], [54.61485614, 80.09106940], [5.871219412, 5.867734424]),
    ),
    "galaxies, 1": (
        {"x": VELOCITY, "n_components": 1},
        -240.416493171,
        ([1], [np.mean(VELOCITY)], [np.std(VELOCITY)]),
    ),
    "galaxies, 3": (
        {"x": VELOCITY, "n_components": 3},
        -203.4819801482,
        (
            [0.08536528673, 0.8780513457, 0.03658336752],
            [9.71013924, 21.4038506, 33.04438209],
            [0.4225090544, 2.203800235, 0.9217170886],
        ),
    ),
    "crabs, 2": (
        {"x": RATIO, "sample_weight": COUNT},
        2567.5788989871,
        ([0.4327439957, 0.5672560043], [0.6317407668, 0.6545791909], [0.01831118075, 0.01261888791]),
    ),
}


def from_cut(arguments):
    """Return the arguments of a fit as those of :func:`em`."""
    return {"k" if name == "n_components" else name: value for name, value in arguments.items()}


def sorted_by_mean(mixture):
    """Return the weights, means and standard deviations in the order of the means."""
    order = np.argsort(mixture.means)
    return mixture.weights[order], mixture.means[order], np.sqrt(mixture.variances[order])


def em_step(x, mixture, **options):
    """Return the mixture after one step; where a component is left on one value, Hypothesis makes other data."""
    gamma = gmm.e_step(x, mixture)
    try:
        return gmm.m_step(x, gamma, **options)
    except ValueError:
        assume(False)


def cut(x, k, sample_weight=None):
    """Return the mixture of the k groups that k-means finds: a start that knows no answer."""
    values, inverse = np.unique(x, return_inverse=True)
    weight = np.bincount(inverse, sample_weight)
    return Mixture(*starts.candidates(values, weight, k)[1])


def em(x, k=2, sample_weight=None, **options):
    """Return the path of EM from that start."""
    return iterate(x, cut(x, k, sample_weight), sample_weight=sample_weight, **options)


def climb(x, start, n, **options):
    """Return the path after n iterations; where a component collapses on the way, Hypothesis makes other data."""
    try:
        return iterate(x, start, tol=0, max_iter=n, **options)
    except ConvergenceWarning:
        assume(False)


def assert_same(one, other, rtol=1e-9):
    """Assert that two mixtures agree to `rtol` standard deviations, component by component."""
    sigma = np.sqrt(other.variances)
    np.testing.assert_allclose(one.weights, other.weights, rtol=rtol, atol=1e-300)
    np.testing.assert_allclose((one.means - other.means) / sigma, 0, atol=rtol)
    np.testing.assert_allclose(one.variances, other.variances, rtol=rtol)


# --- the log-likelihood ---------------------------------------------------


@given(samples())
def test_log_likelihood_is_the_sum_of_scipys_log_densities(made):
    x, (pi, mu, var) = made
    expected = np.log(norm.pdf(x[:, np.newaxis], mu, np.sqrt(var)) @ pi).sum()
    got = gmm.log_likelihood(x, made[1])
    assert isinstance(got, float)
    assert got == pytest.approx(expected, rel=1e-11)


@given(samples(), seeds)
def test_log_likelihood_with_counts_is_that_of_repeated_data(made, seed):
    x, mixture = made
    count = np.random.default_rng(seed).integers(0, 4, x.size)
    assume(count.any())
    repeated = gmm.log_likelihood(np.repeat(x, count), mixture)
    assert gmm.log_likelihood(x, mixture, sample_weight=count) == pytest.approx(repeated, rel=1e-12)


def test_an_observation_of_weight_zero_has_no_say_however_far_out():
    assert gmm.log_likelihood([0, 1e200], HALVES, sample_weight=[1, 0]) == gmm.log_likelihood([0], HALVES)
    far = gmm.m_step([1, 3, 7, 9, 1e300], np.repeat([[1, 0], [0, 1]], [2, 3], axis=0), sample_weight=[1, 1, 1, 1, 0])
    assert far == Mixture([0.5, 0.5], [2, 8], [1, 1])
    outlier = iterate([*WAITING, 1e300], HALVES, sample_weight=[1] * WAITING.size + [0])
    assert outlier.mixture == iterate(WAITING, HALVES).mixture


def test_a_scalar_counts_as_one_observation():
    assert gmm.log_likelihood(3, HALVES) == HALVES.log_pdf(3)
    np.testing.assert_array_equal(gmm.e_step(3, HALVES), [HALVES.responsibilities(3)])


# --- one step -------------------------------------------------------------


@given(mixtures(empty=False), st.lists(st.floats(-150, 150), min_size=1))
def test_e_step_is_bayes_rule(mixture, x):
    pi, mu, var = mixture
    gamma = gmm.e_step(x, mixture)
    terms = np.log(pi) + norm.logpdf(np.reshape(x, (-1, 1)), mu, np.sqrt(var))
    np.testing.assert_allclose(gamma, softmax(terms, axis=1), rtol=1e-9, atol=1e-290)
    np.testing.assert_allclose(gamma.sum(axis=1), 1, rtol=1e-14)


@given(samples(), st.booleans())
def test_m_step_is_a_weighted_mean_and_variance(made, equal_variances):
    x, mixture = made
    gamma = gmm.e_step(x, mixture)
    got = gmm.m_step(x, gamma, equal_variances=equal_variances)
    variances = [np.cov(x, aweights=column, ddof=0) for column in gamma.T]
    if equal_variances:
        variances = np.full(mixture.n_components, gamma.mean(axis=0) @ variances)
    np.testing.assert_allclose(got.weights, gamma.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(got.means, [np.average(x, weights=column) for column in gamma.T], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got.variances, variances, rtol=1e-10)


def test_m_step_of_hard_assignments_is_each_groups_mean_and_variance():
    x, gamma = [1, 3, 7, 9, 8], np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]])
    assert_same(gmm.m_step(x, gamma), Mixture([0.4, 0.6], [2, 8], [1, 2 / 3]), 1e-14)
    assert_same(gmm.m_step(x, gamma, equal_variances=True), Mixture([0.4, 0.6], [2, 8], [0.8, 0.8]), 1e-14)
    assert_same(
        gmm.m_step(x, gamma, sample_weight=[1, 3, 2, 2, 0]), Mixture([0.5, 0.5], [2.5, 8], [0.75, 1]), rtol=1e-14
    )


@given(samples(), st.booleans())
def test_log_likelihood_never_falls_over_an_em_step(made, equal_variances):
    x, mixture = made
    if equal_variances:
        mixture = Mixture(mixture.weights, mixture.means, np.full(mixture.n_components, mixture.variances.mean()))
    for _ in range(10):
        before, mixture = gmm.log_likelihood(x, mixture), em_step(x, mixture, equal_variances=equal_variances)
        assert gmm.log_likelihood(x, mixture) >= before - 1e-12 * abs(before)


@given(samples(), st.booleans())
def test_an_em_step_gives_the_mixture_the_mean_and_variance_of_the_data(made, equal_variances):
    x, mixture = made
    after = em_step(x, mixture, equal_variances=equal_variances)
    assert after.mean == pytest.approx(x.mean(), rel=1e-10, abs=1e-10)
    assert after.variance == pytest.approx(x.var(), rel=1e-10)


@given(samples(), seeds)
def test_the_updates_maximise_what_the_e_step_expects(made, seed):
    x, mixture = made
    gamma = gmm.e_step(x, mixture)

    def expected(pi, mu, var):
        return (gamma * (np.log(pi) + norm.logpdf(x[:, np.newaxis], mu, np.sqrt(var)))).sum()

    pi, mu, var = gmm.m_step(x, gamma)
    rng = np.random.default_rng(seed)
    for step in (1e-3, 1e-1):
        other = pi * np.exp(rng.normal(0, step, pi.size))
        rival = other / other.sum(), mu + rng.normal(0, step, mu.size), var * np.exp(rng.normal(0, step, var.size))
        assert expected(pi, mu, var) >= expected(*rival)


@given(samples(n_components=2))
def test_an_em_step_forgets_the_labels(made):
    x, mixture = made
    swapped = Mixture(*(array[::-1] for array in mixture))
    assert_same(Mixture(*(array[::-1] for array in em_step(x, swapped))), em_step(x, mixture), 1e-12)


@pytest.mark.parametrize("shift", [1e4, -1e6, 1e8])
def test_variance_survives_a_large_shift(shift):
    # Eighths stay eighths at 1e8, so that the shifted data are exact.
    x = np.round(ERUPTIONS * 8) / 8
    start = Mixture([0.5, 0.5], [2.0, 4.5], [0.25, 0.5])
    moved = Mixture(start.weights, start.means + shift, start.variances)
    np.testing.assert_array_equal(gmm.e_step(x + shift, moved), gmm.e_step(x, start))
    here, there = em_step(x, start), em_step(x + shift, moved)
    np.testing.assert_allclose(there.variances, here.variances, rtol=1e-13)
    np.testing.assert_allclose(there.means - shift, here.means, atol=2e-16 * abs(shift))


@pytest.mark.parametrize(
    ("x", "gamma", "words"),
    [
        ([1, 2], [[1], [1], [1]], "gamma has shape (3, 1), but x has 2 values. Give one row per observation"),
        ([1, 2], [1, 1], "gamma has shape (2,), but x has 2 values. Give one row per observation"),
        ([1, 2], [[0.5, 0.6], [0.5, 0.5]], "that sum to 1, but gamma[0] is [0.5, 0.6]. Divide each row by its sum."),
        ([1, 2], [[0.5, 0.5], [-0.5, 1.5]], "non-negative numbers that sum to 1, but gamma[1] is [-0.5, 1.5]. Divide"),
        ([1, 2], [[0.0, 0.0], [0.5, 0.5]], "that sum to 1, but gamma[0] is [0.0, 0.0]. Divide"),
        ([1, 2], np.ones((2, 0)), "that sum to 1, but gamma[0] is []. Divide"),
        ([1, 2], [[1e308, 1e308], [0.5, 0.5]], "that sum to 1, but gamma[0] is [1e+308, 1e+308]. Divide"),
        ([1, 2], [[1, 0], [1, 0]], "gamma gives component 1 no data: its column is zero. Drop it"),
        ([1, 2], [[1, 0], [0, 1]], "gamma gives component 0 data of one value only, 1, so its variance would be 0."),
        ([5, 5], [[1], [1]], "gamma gives component 0 data of one value only, 5, so its variance would be 0. Use"),
        ([0.1] * 7 + [5.3, 9], [[1, 0]] * 7 + [[0, 1]] * 2, "gamma gives component 0 data of one value only, 0.1,"),
        ([1e200, -1e200], [[1], [1]], "x ranges from -1e+200 to 1e+200: its variance is beyond the range of a float."),
        ([1.7e308, -1.7e308, 1e308], [[1], [1], [1]], "its variance is beyond the range of a float. Rescale x"),
        ([1e-200, 2e-200], [[1], [1]], "x ranges from 1e-200 to 2e-200: its variance is beyond the range of a float."),
    ],
)
def test_m_step_refuses_what_makes_no_mixture(x, gamma, words):
    with pytest.raises(ValueError) as told:
        gmm.m_step(x, gamma)
    assert words in str(told.value)


def test_m_step_is_not_deceived_by_rounding_where_a_component_has_one_value():
    for seed in range(200):
        rng = np.random.default_rng(seed)
        shares = np.append(rng.uniform(0.1, 1, 5), np.zeros(9))
        x = np.append(np.full(5, rng.normal(0, 10)), rng.normal(0, 10, 9))
        with pytest.raises(ValueError, match="gamma gives component 0 data of one value only"):
            gmm.m_step(x, np.transpose([shares, 1 - shares]))


@pytest.mark.parametrize("mixture", [None, tuple(HALVES), "mixture", Mixture])
def test_what_is_no_mixture_is_refused(mixture):
    for call in (gmm.e_step, gmm.log_likelihood):
        with pytest.raises(TypeError, match=r"mixture must be a Mixture, but is .*\. Build one with gmm\.Mixture"):
            call([1, 2], mixture)


# --- the fit, against what is known ---------------------------------------


@pytest.mark.parametrize("name", REFERENCE)
def test_em_finds_the_reference_maximum(name):
    arguments, log_likelihood, parameters = REFERENCE[name]
    result = em(**from_cut(arguments), tol=1e-10)
    assert result.converged
    assert result.log_likelihood == pytest.approx(log_likelihood, abs=1e-7)
    for got, expected in zip(sorted_by_mean(result.mixture), parameters):
        np.testing.assert_allclose(got, expected, rtol=1e-6)


@pytest.mark.parametrize("name", REFERENCE)
def test_the_default_tolerance_is_enough_for_the_log_likelihood(name):
    arguments, log_likelihood, _ = REFERENCE[name]
    assert em(**from_cut(arguments)).log_likelihood == pytest.approx(log_likelihood, abs=1e-7)


@pytest.mark.parametrize("name", REFERENCE)
def test_the_reference_maximum_stays_where_it_is(name):
    arguments, log_likelihood, (weights, means, sigmas) = REFERENCE[name]
    at = Mixture(np.divide(weights, np.sum(weights)), means, np.square(sigmas))
    counts = {"sample_weight": arguments.get("sample_weight")}
    assert gmm.log_likelihood(arguments["x"], at, **counts) == pytest.approx(log_likelihood, abs=1e-7)
    equal = arguments.get("equal_variances", False)
    after = em_step(arguments["x"], at, equal_variances=equal, **counts)
    assert_same(after, at, rtol=1e-6)


def test_em_agrees_with_the_published_result():
    # Benaglia, Chauveau, Hunter & Young (2009), J. Stat. Softw. 32(6): waiting times, equal variances.
    result = em(WAITING, equal_variances=True)
    weights, means, sigmas = sorted_by_mean(result.mixture)
    np.testing.assert_allclose(weights, [0.3608, 0.6392], atol=1e-4)
    np.testing.assert_allclose(means, [54.614, 80.090], atol=1e-3)
    np.testing.assert_allclose(sigmas, [5.869, 5.869], atol=1e-3)
    assert result.log_likelihood == pytest.approx(-1034.002, abs=1e-3)


CASES = {
    "waiting": (WAITING, Mixture([0.5, 0.5], [55, 80], [36, 36]), False),
    "waiting, equal": (WAITING, Mixture([0.5, 0.5], [55, 80], [36, 36]), True),
    "eruptions": (ERUPTIONS, Mixture([0.3, 0.7], [2, 4], [0.2, 0.3]), False),
    "galaxies": (VELOCITY, Mixture([0.1, 0.8, 0.1], [10, 21, 33], [1, 4, 1]), False),
    "galaxies, equal": (VELOCITY, Mixture([0.1, 0.8, 0.1], [10, 21, 33], [4, 4, 4]), True),
    "synthetic": (HALVES.sample(500, 4)[0], Mixture([0.4, 0.6], [50, 90], [50, 50]), False),
}


@pytest.mark.parametrize("name", CASES)
def test_em_agrees_with_scikit_learn_from_the_same_start(name):
    x, start, equal = CASES[name]
    ours = iterate(x, start, equal_variances=equal, tol=1e-11)
    column = x[:, np.newaxis]
    theirs = GaussianMixture(
        start.n_components,
        covariance_type="tied" if equal else "full",
        weights_init=start.weights,
        means_init=start.means[:, np.newaxis],
        precisions_init=1 / start.variances[:1, np.newaxis]
        if equal
        else 1 / start.variances[:, np.newaxis, np.newaxis],
        tol=1e-15,
        reg_covar=0,
        max_iter=20_000,
    ).fit(column)
    sigma = np.sqrt(np.broadcast_to(theirs.covariances_.ravel(), start.n_components))
    np.testing.assert_allclose(ours.mixture.weights, theirs.weights_, rtol=1e-6)
    np.testing.assert_allclose(ours.mixture.means, theirs.means_[:, 0], rtol=1e-6)
    np.testing.assert_allclose(np.sqrt(ours.mixture.variances), sigma, rtol=1e-6)
    assert ours.log_likelihood == pytest.approx(theirs.score(column) * x.size, abs=1e-7)
    np.testing.assert_allclose(gmm.e_step(x, ours.mixture), theirs.predict_proba(column), atol=1e-6)


@given(samples(n_components=1))
def test_one_component_is_the_sample_mean_and_variance(made):
    x, start = made
    for result in (iterate(x, start), iterate(x, start, equal_variances=True)):
        assert result.converged
        assert_same(result.mixture, Mixture(1, x.mean(), x.var()), 1e-12)
        expected = norm.logpdf(x, x.mean(), x.std()).sum()
        assert result.log_likelihood == pytest.approx(expected, rel=1e-12)


# --- the fit, as a theorem ------------------------------------------------


@given(samples(), st.booleans())
def test_log_likelihood_never_falls_on_the_way(made, equal_variances):
    x, start = made
    result = climb(x, start, 40, equal_variances=equal_variances)
    climbs = np.diff(result.log_likelihoods)
    assert climbs.size == 40
    assert (climbs >= -1e-12 * np.abs(result.log_likelihoods[1:])).all()


@given(samples(), st.booleans())
def test_each_mixture_on_the_path_is_one_em_step_from_the_one_before(made, equal_variances):
    x, start = made
    result = climb(x, start, 12, equal_variances=equal_variances)
    assert len(result.mixtures) == 13 and result.mixtures[-1] == result.mixture
    for before, after in zip(result.mixtures, result.mixtures[1:]):
        assert_same(after, em_step(x, before, equal_variances=equal_variances), 1e-9)


@given(samples())
def test_log_likelihoods_are_those_of_the_path(made):
    x, start = made
    result = climb(x, start, 12)
    expected = [gmm.log_likelihood(x, mixture) for mixture in result.mixtures]
    np.testing.assert_allclose(result.log_likelihoods, expected, rtol=1e-12)
    assert result.log_likelihood == result.log_likelihoods[-1]


@given(samples())
def test_the_path_begins_with_the_very_start(made):
    x, start = made
    assert climb(x, start, 3).mixtures[0] == start
    result = iterate(x, start, tol=0, max_iter=0)
    assert result.mixture == start and result.n_iter == 0 and not result.converged
    assert result.log_likelihood == pytest.approx(gmm.log_likelihood(x, start), rel=1e-13)


@given(samples(), st.integers(-(10**8), 10**8), st.booleans())
def test_shift_and_scale_move_the_fit_with_the_data(made, shift, flip):
    x, start = made
    # In sixteenths, so that neither the shift nor the scale rounds the data.
    x, (pi, mu, var) = np.round(x * 16) / 16, start
    scale = -0.25 if flip else 4.0
    here = climb(x, Mixture(pi, np.round(mu), var), 12)
    moved = Mixture(pi, np.round(mu) * scale + shift, var * scale**2)
    there = climb(x * scale + shift, moved, 12)
    back = Mixture(there.mixture.weights, (there.mixture.means - shift) / scale, there.mixture.variances / scale**2)
    # At 1e8 a float is a float to 1.5e-8: that much a mean may be off.
    sigma = np.sqrt(here.mixture.variances)
    np.testing.assert_allclose((back.means - here.mixture.means) / sigma, 0, atol=1e-9 + 1e-15 * abs(shift / scale))
    np.testing.assert_allclose(back.variances, here.mixture.variances, rtol=1e-8)
    np.testing.assert_allclose(back.weights, here.mixture.weights, rtol=1e-8)
    expected = here.log_likelihood - x.size * np.log(abs(scale))
    assert there.log_likelihood == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("exponent", [-500, -333, -1, 1, 100, 500])
def test_a_power_of_two_scales_the_whole_path_exactly(exponent):
    scale = 2.0**exponent
    here = iterate(WAITING, HALVES)
    there = iterate(WAITING * scale, Mixture(HALVES.weights, HALVES.means * scale, HALVES.variances * scale**2))
    assert there.n_iter == here.n_iter
    for one, other in zip(here.mixtures, there.mixtures):
        assert other == Mixture(one.weights, one.means * scale, one.variances * scale**2)
    expected = here.log_likelihoods - WAITING.size * np.log(2) * exponent
    np.testing.assert_allclose(there.log_likelihoods, expected, rtol=1e-13)


@pytest.mark.parametrize("shift", [2.0**20, -1e8])
def test_a_whole_shift_moves_the_path_along(shift):
    here = iterate(WAITING, HALVES)
    there = iterate(WAITING + shift, Mixture(HALVES.weights, HALVES.means + shift, HALVES.variances))
    assert there.n_iter == here.n_iter
    np.testing.assert_array_equal(there.log_likelihoods, here.log_likelihoods)
    np.testing.assert_array_equal(there.mixture.variances, here.mixture.variances)
    np.testing.assert_allclose(there.mixture.means - shift, here.mixture.means, atol=2e-8)


@given(samples(), seeds)
def test_relabelling_changes_nothing(made, seed):
    x, start = made
    order = np.random.default_rng(seed).permutation(start.n_components)
    there, here = climb(x, Mixture(*(array[order] for array in start)), 12), climb(x, start, 12)
    assert_same(there.mixture, Mixture(*(array[order] for array in here.mixture)), 1e-9)


@given(samples(), seeds)
def test_the_order_of_the_data_changes_nothing(made, seed):
    x, start = made
    there = climb(np.random.default_rng(seed).permutation(x), start, 12)
    assert_same(there.mixture, climb(x, start, 12).mixture, 1e-9)


@given(samples(), seeds, st.booleans())
def test_sample_weight_equals_repetition(made, seed, equal_variances):
    x, start = made
    count = np.random.default_rng(seed).integers(0, 4, x.size)
    counted = climb(x, start, 12, sample_weight=count, equal_variances=equal_variances)
    repeated = climb(np.repeat(x, count), start, 12, equal_variances=equal_variances)
    assert_same(counted.mixture, repeated.mixture, 1e-9)
    np.testing.assert_allclose(counted.log_likelihoods, repeated.log_likelihoods, rtol=1e-11)


@pytest.mark.parametrize("unit", [2.0**-500, 0.1, 3.0, 2.0**500])
def test_the_unit_of_the_sample_weights_changes_no_parameter(unit):
    start = cut(RATIO, 2, COUNT)
    here, there = (iterate(RATIO, start, sample_weight=weight) for weight in (COUNT, COUNT * unit))
    assert there.n_iter == here.n_iter
    assert_same(there.mixture, here.mixture, 1e-9)
    np.testing.assert_allclose(there.log_likelihoods, here.log_likelihoods * unit, rtol=1e-12)


@given(samples(n_components=2))
def test_equal_variances_are_equal_and_fit_no_better_than_free_ones(made):
    x, start = made
    equal = climb(x, start, 100, equal_variances=True)
    assert all(np.ptp(mixture.variances) == 0 for mixture in equal.mixtures)
    free = em_step(x, equal.mixture)
    assert gmm.log_likelihood(x, free) >= equal.log_likelihood - 1e-10


def test_an_equal_variance_fit_pools_the_variances_of_its_start():
    start = Mixture([0.25, 0.75], [55, 80], [20, 60])
    assert iterate(WAITING, start, equal_variances=True).mixtures[0] == Mixture([0.25, 0.75], [55, 80], [50, 50])
    assert iterate(WAITING, HALVES, equal_variances=True).mixtures[0] == HALVES
    assert (np.diff(em(VELOCITY, 3, equal_variances=True).log_likelihoods) > -1e-10).all()


# --- when it stops --------------------------------------------------------


@pytest.mark.parametrize("max_iter", [0, 1, 7, 300])
def test_tolerance_zero_runs_exactly_max_iter_steps(max_iter):
    result = iterate(WAITING, HALVES, tol=0, max_iter=max_iter)
    assert result.n_iter == max_iter
    assert len(result.mixtures) == len(result.log_likelihoods) == max_iter + 1
    assert not result.converged


def move(before, after):
    """Return the largest move: of weights, and of means and standard deviations in standard deviations."""
    sigma, old = np.sqrt(after.variances), np.sqrt(before.variances)
    pieces = (after.weights - before.weights, (after.means - before.means) / sigma, (sigma - old) / sigma)
    return np.abs(pieces).max()


@pytest.mark.parametrize("tol", [1e-2, 1e-5, 1e-8])
@pytest.mark.parametrize("scale", [1, 1e-9, 1e9], ids=["as it is", "small", "large"])
def test_it_stops_at_the_first_step_that_moves_nothing_by_more_than_the_tolerance(scale, tol):
    start = Mixture(HALVES.weights, HALVES.means * scale, HALVES.variances * scale**2)
    result = iterate(WAITING * scale, start, tol=tol)
    moves = [move(before, after) for before, after in zip(result.mixtures, result.mixtures[1:])]
    assert result.converged
    assert moves[-1] <= tol * (1 + 1e-6) and min(moves[:-1]) > tol * (1 - 1e-6)


@pytest.mark.parametrize(
    "start",
    [
        Mixture([0.9, 0.1], [0, 100], [2, 2]),
        Mixture([0.5, 0.5], [0.1, 100], [2, 2]),
        Mixture([0.5, 0.5], [0, 100], [2, 2.2]),
    ],
    ids=["a weight", "a mean", "a variance"],
)
def test_a_step_that_moves_one_parameter_alone_is_not_the_last(start):
    # Two groups so far apart that the first step finds their weights, means and variances, and the second nothing new.
    x = np.array([-2, -1, 0, 1, 2, 98, 99, 100, 101, 102])
    result = iterate(x, start, tol=1e-3)
    assert result.n_iter == 2
    assert_same(result.mixture, Mixture([0.5, 0.5], [0, 100], [2, 2]))


def test_a_looser_tolerance_stops_earlier_on_the_same_path():
    loose, tight = iterate(WAITING, HALVES, tol=1e-3), iterate(WAITING, HALVES, tol=1e-9)
    assert loose.n_iter < tight.n_iter
    assert loose.mixtures == tight.mixtures[: loose.n_iter + 1]


def test_running_out_of_iterations_is_told():
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=3 without converging: raise max_iter") as told:
        result = iterate(WAITING, HALVES, max_iter=3)
    assert told[0].filename == __file__
    assert len(told) == 1
    assert not result.converged and result.n_iter == 3
    assert "without converging" in result.message and "without converging" in repr(result)


@pytest.mark.parametrize("gap", [1e-9, 1e-8, 1e-6])
def test_a_saddle_is_left_behind(gap):
    # Both means at nearly one value: the log-likelihood stays flat for well over a hundred steps, then climbs 61 nats.
    for pi in ([0.5, 0.5], [0.3, 0.7]):
        result = iterate(WAITING, Mixture(pi, [70 - gap, 70 + gap], [100, 100]))
        assert result.converged
        assert result.log_likelihood == pytest.approx(-1034.0017498316, abs=1e-7)
    flat = iterate(WAITING, Mixture([0.5, 0.5], [70 - 1e-9, 70 + 1e-9], [100, 100]), tol=0, max_iter=150)
    assert np.ptp(flat.log_likelihoods[2:80]) < 1e-9
    assert flat.log_likelihoods[100] < -1034.0017498316 - 61


def test_components_that_start_as_one_never_count_as_converged():
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=50 without converging"):
        result = iterate(WAITING, Mixture([0.5, 0.5], [70, 70], [100, 100]), max_iter=50)
    assert not result.converged
    # However loose the tolerance, and with another component between the two.
    start = Mixture([0.3, 0.3, 0.4], [70, 70, 70], [100, 400, 100])
    with pytest.warns(ConvergenceWarning, match="without converging"):
        iterate(WAITING, start, max_iter=5, tol=1e3)
    assert iterate(WAITING, HALVES, tol=1e3).n_iter == 1


def test_a_collapse_is_told_and_the_last_proper_mixture_kept():
    start = Mixture([0.1, 0.9], [43.0, 71.0], [1e-6, 180.0])
    with pytest.warns(
        ConvergenceWarning, match="component 0 collapsed onto one value.* Start elsewhere, use fewer"
    ) as told:
        result = iterate(WAITING, start)
    assert told[0].filename == __file__
    assert result.collapsed and not result.converged
    assert all(np.isfinite(parameter).all() for mixture in result.mixtures for parameter in mixture)
    assert np.isfinite(result.log_likelihoods).all()


def test_a_component_on_two_values_that_differ_by_rounding_has_collapsed():
    x = np.append(WAITING, [150.1, 150.1 + 1e-12])
    with pytest.warns(ConvergenceWarning, match="component 1 collapsed onto one value"):
        result = iterate(x, Mixture([0.99, 0.01], [70, 150], [180, 1]))
    assert result.mixture.variances[1] > 1e-16 * x.var()


def test_a_component_without_data_is_told():
    with pytest.warns(ConvergenceWarning, match="stopped after 0 iterations: component 1 ran out of data"):
        result = iterate(WAITING, Mixture([0.5, 0.5], [70, 1e9], [100, 1]))
    assert result.mixture == Mixture([0.5, 0.5], [70, 1e9], [100, 1])
    with pytest.warns(ConvergenceWarning, match="component 0 ran out of data"):
        iterate(WAITING, Mixture([0, 1], [60, 70], [100, 100]), tol=0, max_iter=5)


# --- starts, randomness, arguments ----------------------------------------


@pytest.mark.parametrize("kind", [list, tuple, np.int64, np.float32, "object"])
def test_any_array_like_can_be_fitted(kind):
    x = kind(WAITING) if kind in (list, tuple) else WAITING.astype(kind)
    assert iterate(x, HALVES).mixtures == iterate(WAITING, HALVES).mixtures


def test_the_data_are_not_changed():
    x, weight = WAITING.copy(), np.ones(272)
    iterate(x, HALVES, sample_weight=weight), gmm.m_step(x, gmm.e_step(x, HALVES), sample_weight=weight)
    np.testing.assert_array_equal(x, WAITING)
    np.testing.assert_array_equal(weight, 1)


REFUSED = [
    ([1, 2, 3], {"max_iter": -1}, ValueError, "max_iter must be at least 0, but is -1. Pass 0 or more."),
    ([1, 2, 3], {"max_iter": 1e4}, TypeError, "max_iter must be a whole number, but is 10000.0. Pass an int"),
    ([1, 2, 3], {"tol": -1e-9}, ValueError, "tol must not be negative, but is -1e-09. Pass 0 or more."),
    ([1, 2, 3], {"tol": [1e-3, 1e-3]}, ValueError, "tol must be one number, but has shape (2,). Pass for instance"),
    ([1, 2, 3], {"start": "middle"}, TypeError, "start must be a Mixture, but is 'middle'. Build one with"),
    ([1, 2, 3], {"start": tuple(HALVES)}, TypeError, "start must be a Mixture, but is (array([0.5, 0.5]), array("),
    ([4, 4, 4], {}, ValueError, "x holds one value only, 4.0, so no variance can be fitted. Pass data that vary."),
    ([4, 4, 5], {"sample_weight": [1, 1, 0]}, ValueError, "x holds one value only, 4.0, so no variance"),
    ([7, 7], {}, ValueError, "x holds one value only, 7.0, so no variance can be fitted."),
    ([-1.7e308, 1.7e308], {}, ValueError, "x ranges from -1.7e+308 to 1.7e+308: its variance is beyond the range"),
    ([1.7e308, 1.6e308], {}, ValueError, "its variance is beyond the range of a float. Rescale x, or remove"),
    ([0, 1, 2, 1e160], {}, ValueError, "x ranges from 0 to 1e+160: its variance is beyond the range of a float."),
    ([0, 5e-324, 1e-323], {}, ValueError, "its variance is beyond the range of a float. Rescale x"),
]


# What both have in common is refused by both in the same words.
@pytest.mark.parametrize("run", [iterate, gmm.fit], ids=["iterate", "fit"])
@pytest.mark.parametrize(("x", "options", "error", "words"), REFUSED)
def test_what_cannot_be_fitted_is_refused(run, x, options, error, words):
    with pytest.raises(error) as told:
        run(x, **{"start": HALVES, **options})
    assert words in str(told.value)


def test_only_the_data_and_the_number_of_components_go_without_a_name():
    with pytest.raises(TypeError, match="positional"):
        gmm.fit(WAITING, 2, HALVES)
    with pytest.raises(TypeError, match="positional"):
        iterate(WAITING, HALVES, True)
    with pytest.raises(TypeError, match="positional"):
        gmm.m_step(WAITING, gmm.e_step(WAITING, HALVES), True)


# --- the result -----------------------------------------------------------


def test_a_path_cannot_be_changed():
    result = iterate(WAITING, HALVES)
    with pytest.raises(FrozenInstanceError):
        result.converged = False
    with pytest.raises(ValueError, match="read-only"):
        result.log_likelihoods[-1] = 0
    assert isinstance(result.mixtures, tuple)


def test_a_path_survives_pickling():
    result = iterate(WAITING, HALVES)
    twin = pickle.loads(pickle.dumps(result))
    assert repr(twin) == repr(result) and twin.mixtures == result.mixtures


def test_a_path_reads_as_a_sentence_and_holds_plain_numbers():
    result = iterate([1, 2, 3, 11, 12, 13], Mixture([0.5, 0.5], [2, 12], [2 / 3, 2 / 3]))
    assert repr(result).startswith("Path(1 steps to Mixture(weights=[0.5, 0.5], means=[2, 12], variances=[0.66")
    assert repr(result).endswith("log_likelihood=-11.4561, converged after 1 iteration)")
    result = iterate(WAITING, HALVES)
    assert result.n_iter > 1 and result.message == f"converged after {result.n_iter} iterations"
    assert type(result.log_likelihood) is float and type(result.n_iter) is int and result.converged is True
    assert result.log_likelihoods.shape == (result.n_iter + 1,)


@pytest.mark.parametrize(
    ("means", "sigmas", "together"),
    [
        ([0.0, 2.0], [1.0, 1.0], False),
        ([3.0, 3.0], [1.0, 2.0], False),
        ([5.0, 5.0 + 1e-9], [0.01, 0.01], True),
        ([0.0, 1.0, 1.0], [1.0, 0.5, 0.5], True),
    ],
)
def test_components_coincide_where_mean_and_deviation_agree(means, sigmas, together):
    mixture = Mixture(np.full(len(means), 1 / len(means)), means, np.square(sigmas))
    assert coincide(mixture) is together
