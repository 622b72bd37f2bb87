import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import logsumexp, softmax
from scipy.stats import kstest, norm

import gmm
from gmm import Mixture
from tests.strategies import integral, mixtures, points, seeds

pytestmark = pytest.mark.filterwarnings("error")

TWO = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
EPS = np.finfo(float).eps
finite = st.floats(allow_nan=False, allow_infinity=False)


# --- one normal curve -----------------------------------------------------


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(0.01, 1e3))
def test_normal_density_matches_scipy(x, mean, sigma):
    np.testing.assert_allclose(gmm.normal_log_pdf(x, mean, sigma**2), norm.logpdf(x, mean, sigma), rtol=1e-12)
    # Where the density is tiny, its relative error is the absolute one of its logarithm.
    rtol = 1e-13 * max(10, -norm.logpdf(x, mean, sigma))
    np.testing.assert_allclose(gmm.normal_pdf(x, mean, sigma**2), norm.pdf(x, mean, sigma), rtol=rtol, atol=1e-320)


@given(st.floats(-100, 100), st.floats(0.05, 20))
def test_normal_density_integrates_to_one(mean, sigma):
    one = Mixture(1.0, mean, sigma**2)
    assert integral(lambda x: gmm.normal_pdf(x, mean, sigma**2), one) == pytest.approx(1, abs=1e-13)


def test_the_third_argument_of_the_normal_density_is_a_variance():
    assert gmm.normal_pdf(0.0, 0.0, 9.0) == pytest.approx(norm.pdf(0, 0, 3), rel=1e-15)
    assert gmm.normal_pdf(0.0, 0.0, 9.0) != pytest.approx(norm.pdf(0, 0, 9), rel=0.1)


def test_normal_arguments_broadcast():
    x, mean, variance = np.arange(4.0), np.array([[0.0], [1.0]]), [1, 2, 3, 4]
    np.testing.assert_allclose(gmm.normal_pdf(x, mean, variance), norm.pdf(x, mean, np.sqrt(variance)), rtol=1e-14)
    with pytest.raises(ValueError, match=r"x \(4,\), mean \(3,\), variance \(\)\. Give equal shapes"):
        gmm.normal_pdf(x, [1, 2, 3], 1)


@pytest.mark.parametrize("scale", [1e-150, 1.0, 1e150])
def test_normal_log_density_is_right_however_far_out(scale):
    for z in (1e3, 1e10, 1e100, 1e150):
        got = gmm.normal_log_pdf(z * scale, 0.0, scale**2)
        assert got == pytest.approx(-0.5 * (z**2 + np.log(2 * np.pi)) - np.log(scale), rel=1e-14)
    assert gmm.normal_log_pdf(1e200, 0.0, 1.0) == -np.inf
    assert gmm.normal_pdf(1e200, 0.0, 1.0) == 0


@pytest.mark.parametrize("variance", [0, -1.0, [1.0, -0.5]])
def test_normal_density_refuses_a_variance_that_is_not_positive(variance):
    worst = np.min(variance).astype(float)
    with pytest.raises(ValueError, match=f"variance must be positive, but holds {worst}. Pass σ²"):
        gmm.normal_log_pdf(0.0, 0.0, variance)


# --- the density ----------------------------------------------------------


@given(mixtures())
def test_density_integrates_to_one(mixture):
    assert integral(mixture.pdf, mixture) == pytest.approx(1, abs=1e-12)


@given(mixtures())
def test_mean_and_variance_are_the_integrals(mixture):
    mean = integral(lambda x: x * mixture.pdf(x), mixture)
    assert mixture.mean == pytest.approx(mean, rel=1e-11, abs=1e-11)
    assert mixture.variance == pytest.approx(integral(lambda x: (x - mean) ** 2 * mixture.pdf(x), mixture), rel=1e-11)


@given(mixtures())
def test_density_is_the_weighted_sum_of_scipys_normals(mixture):
    pi, mu, var = mixture
    x = points(mixture)[:, np.newaxis]
    expected = pi * norm.pdf(x, mu, np.sqrt(var))
    np.testing.assert_allclose(mixture.component_pdf(x[:, 0]), expected, rtol=1e-9, atol=1e-300)
    np.testing.assert_allclose(mixture.pdf(x[:, 0]), expected.sum(axis=1), rtol=1e-11, atol=1e-300)


@given(mixtures(empty=False), st.floats(-1e6, 1e6))
def test_log_density_matches_scipys_logsumexp(mixture, x):
    pi, mu, var = mixture
    terms = np.log(pi) + norm.logpdf(x, mu, np.sqrt(var))
    np.testing.assert_allclose(mixture.log_pdf(x), logsumexp(terms), rtol=1e-12, atol=1e-12)


@given(mixtures(), finite)
def test_density_is_never_nan_nor_negative(mixture, x):
    assert mixture.pdf(x) >= 0
    assert mixture.log_pdf(x) < np.inf
    assert (mixture.component_pdf(x) >= 0).all()


def test_log_density_is_finite_where_the_density_underflows():
    for z in (1e3, 1e10, 1e150):
        assert TWO.pdf(2 * z) == 0
        assert TWO.log_pdf(2 * z) == pytest.approx(-0.5 * (z - 2 if z < 1e9 else z) ** 2, rel=1e-4)
    assert TWO.log_pdf(1e200) == -np.inf


# --- responsibilities -----------------------------------------------------


@given(mixtures(), st.lists(finite, min_size=1))
def test_responsibilities_sum_to_one(mixture, x):
    gamma = mixture.responsibilities(x)
    assert gamma.shape == (len(x), mixture.n_components)
    assert ((gamma >= 0) & (gamma <= 1)).all()
    np.testing.assert_allclose(gamma.sum(axis=-1), 1, rtol=1e-14)


@given(mixtures(empty=False))
def test_responsibilities_are_bayes_rule(mixture):
    pi, mu, var = mixture
    x = points(mixture)[:, np.newaxis]
    terms = np.log(pi) + norm.logpdf(x, mu, np.sqrt(var))
    # A rounding error in the logarithms is a relative error in γ.
    error = 1e-12 + 8 * EPS * np.abs(terms).max()
    np.testing.assert_allclose(mixture.responsibilities(x[:, 0]), softmax(terms, axis=1), rtol=error, atol=1e-290)


@given(mixtures())
def test_responsibilities_are_the_components_shares_of_the_density(mixture):
    x = points(mixture, reach=3)
    x = x[mixture.pdf(x) > 1e-200]
    shares = mixture.component_pdf(x) / mixture.pdf(x)[:, np.newaxis]
    np.testing.assert_allclose(mixture.responsibilities(x), shares, rtol=1e-9, atol=1e-100)


@given(mixtures())
def test_responsibilities_average_to_the_weights(mixture):
    for k, weight in enumerate(mixture.weights):
        share = integral(lambda x, k=k: mixture.pdf(x) * mixture.responsibilities(x)[..., k], mixture)
        assert share == pytest.approx(weight, abs=1e-12)


@pytest.mark.parametrize("x", [1e3, 1e10, 1e100, 1e154, 1e200, 1.7e308])
@pytest.mark.parametrize("side", [-1, 1])
def test_far_out_the_widest_component_takes_all(x, side):
    mixture = Mixture([0.4, 0.5, 0.1], [0, 30, -30], [1.0, 1.0, 4.0])
    np.testing.assert_array_equal(mixture.responsibilities(side * x), [0, 0, 1])


@pytest.mark.parametrize("x", [1e3, 1e10, 1e17, 1e100, 1e154, 1e200, 1.7e308])
def test_far_out_among_equally_wide_components_the_one_on_that_side_takes_all(x):
    mixture = Mixture([0.2, 0.4, 0.4], [-1.0, 0.0, 2.0], [1.0, 1.0, 1.0])
    np.testing.assert_array_equal(mixture.responsibilities([-x, x]), [[1, 0, 0], [0, 0, 1]])


@pytest.mark.parametrize("x", [1e10, 1e100, 1e200, 1.7e308])
def test_far_out_equal_components_share_by_weight(x):
    np.testing.assert_allclose(Mixture([0.3, 0.7], [5, 5], [2, 2]).responsibilities([-x, x]), [[0.3, 0.7]] * 2)


@pytest.mark.parametrize("z", [2e8, 1e9, 1e12, 1e100])
def test_far_out_components_of_one_width_share_by_the_logistic_curve(z):
    # Log-odds of (μ₂ − μ₁) z / σ, which is 2 here, though the means differ by less than rounding takes from z.
    pair = Mixture([0.5, 0.5], [0.0, 2 / z], [1.0, 1.0])
    assert pair.responsibilities(z)[1] == pytest.approx(1 / (1 + np.exp(-2)), rel=1e-14)
    assert pair.responsibilities(-z)[0] == pytest.approx(1 / (1 + np.exp(-2)), rel=1e-14)


@pytest.mark.parametrize("x", [2e8, 1e10, 1e200])
def test_far_out_a_nearer_component_of_weight_zero_has_no_share(x):
    mixture = Mixture([0.4, 0, 0.6, 0], [0, 17, -5, -30], [1, 1, 1, 100])
    np.testing.assert_array_equal(mixture.responsibilities([x, -x]), [[1, 0, 0, 0], [0, 0, 1, 0]])


def test_between_needles_the_nearer_one_takes_all():
    needles = Mixture([0.5, 0.5], [0.0, 10.0], [1e-320, 1e-320])
    np.testing.assert_array_equal(
        needles.responsibilities([-20, 1, 5, 9, 30]), [[1, 0], [1, 0], [0.5, 0.5], [0, 1], [0, 1]]
    )


def test_responsibilities_of_equally_wide_components_rise_monotonically():
    x = np.concatenate([-np.logspace(300, -3, 400), np.logspace(-3, 300, 400)])
    assert (np.diff(Mixture([0.4, 0.6], [-1, 1], [2, 2]).responsibilities(x)[:, 1]) >= 0).all()


@given(mixtures(empty=False), st.integers(0, 4), st.floats(-100, 100), st.floats(0.05, 400))
def test_a_component_of_weight_zero_changes_nothing(mixture, k, mean, variance):
    pi, mu, var = mixture
    k = min(k, pi.size)
    wider = Mixture(np.insert(pi, k, 0), np.insert(mu, k, mean), np.insert(var, k, variance))
    for x in (points(mixture), np.array([-1e200, -1e10, 1e3, 1e200])):
        np.testing.assert_allclose(wider.log_pdf(x), mixture.log_pdf(x), rtol=1e-15)
        gamma = wider.responsibilities(x)
        np.testing.assert_array_equal(gamma[:, k], 0)
        np.testing.assert_allclose(np.delete(gamma, k, axis=1), mixture.responsibilities(x), rtol=1e-13, atol=1e-300)


# --- symmetries -----------------------------------------------------------


@given(mixtures(), seeds)
def test_relabelling_changes_nothing(mixture, seed):
    order = np.random.default_rng(seed).permutation(mixture.n_components)
    relabelled = Mixture(*(array[order] for array in mixture))
    x = points(mixture)
    np.testing.assert_allclose(relabelled.log_pdf(x), mixture.log_pdf(x), rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(relabelled.responsibilities(x), mixture.responsibilities(x)[:, order], rtol=1e-13)
    np.testing.assert_allclose([relabelled.mean, relabelled.variance], [mixture.mean, mixture.variance], rtol=1e-12)


@given(mixtures(), st.integers(-500, 500))
def test_scaling_by_a_power_of_two_is_exact(mixture, exponent):
    pi, mu, var = mixture
    x, scale = points(mixture), 2.0**exponent
    scaled = Mixture(pi, mu * scale, var * scale**2)
    np.testing.assert_allclose(scaled.log_pdf(x * scale), mixture.log_pdf(x) - np.log(scale), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(scaled.responsibilities(x * scale), mixture.responsibilities(x), rtol=1e-9, atol=1e-290)
    assert scaled.mean == mixture.mean * scale
    assert scaled.variance == pytest.approx(mixture.variance * scale**2, rel=1e-14)


@given(mixtures(), st.integers(-(10**8), 10**8))
def test_a_shift_moves_the_density_along(mixture, shift):
    pi, mu, var = mixture
    # Whole means stay whole under the shift, so that nothing is rounded away.
    here, there = Mixture(pi, mu.round(), var), Mixture(pi, mu.round() + shift, var)
    x = points(here).round()
    np.testing.assert_array_equal(there.log_pdf(x + shift), here.log_pdf(x))
    np.testing.assert_array_equal(there.responsibilities(x + shift), here.responsibilities(x))
    assert there.variance == pytest.approx(here.variance, rel=1e-7)


# --- assignment -----------------------------------------------------------


@given(mixtures())
def test_assignment_is_the_largest_responsibility(mixture):
    x = points(mixture)
    gamma, label = mixture.responsibilities(x), mixture.assign(x)
    assert (gamma[np.arange(x.size), label] == gamma.max(axis=1)).all()


def test_a_tie_goes_to_the_lowest_index():
    assert Mixture([0.5, 0.5], [-1, 1], [1, 1]).assign(0.0) == 0
    assert Mixture([0.5, 0.5], [1, -1], [1, 1]).assign(0.0) == 0
    assert Mixture([0.2, 0.4, 0.4], [0, 3, 3], [1, 1, 1]).assign(3.0) == 1
    np.testing.assert_array_equal(Mixture([0.25] * 4, [2] * 4, [3] * 4).assign([-5.0, 2.0, 1e200]), 0)


# --- what x may be --------------------------------------------------------


class Column:
    """What a data frame's column is to NumPy: an object that turns into an array."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


@pytest.mark.parametrize("shape", [(), (1,), (7,), (0,), (0, 3), (2, 3), (2, 3, 4)])
def test_results_have_the_shape_of_x(shape):
    x = np.linspace(-3, 9, int(np.prod(shape))).reshape(shape)
    assert np.shape(TWO.pdf(x)) == np.shape(TWO.log_pdf(x)) == np.shape(TWO.assign(x)) == shape
    assert TWO.component_pdf(x).shape == TWO.responsibilities(x).shape == (*shape, 2)
    assert np.shape(gmm.normal_pdf(x, 0, 1)) == shape
    for index in np.ndindex(shape):
        assert TWO.pdf(x)[index] == TWO.pdf(x[index])
        np.testing.assert_array_equal(TWO.responsibilities(x)[index], TWO.responsibilities(x[index]))


@pytest.mark.parametrize(
    "x",
    [
        [0, 1, 3],
        (0, 1, 3),
        np.array([0, 1, 3], dtype=np.int8),
        np.array([0, 1, 3], dtype=np.uint64),
        np.float32([0, 1, 3]),
        np.longdouble([0, 1, 3]),
        np.array([0, 1, 3], dtype=object),
        [Fraction(0), Fraction(1), Decimal(3)],
        Column([0, 1, 3]),
        np.ma.array([0.0, 1.0, 3.0]),
        np.ma.array([0.0, 1.0, 3.0], mask=False),
        np.array([[0.0, 9.0], [1.0, 9.0], [3.0, 9.0]])[:, 0],
        np.array([0.0, 1.0, 3.0]).astype(">f8"),
        memoryview(np.array([0.0, 1.0, 3.0])),
    ],
    ids=lambda x: f"{type(x).__name__}-{getattr(x, 'dtype', '')}",
)
def test_any_array_like_is_taken(x):
    expected = TWO.pdf(np.array([0.0, 1.0, 3.0]))
    assert TWO.pdf(x).dtype == np.float64
    np.testing.assert_array_equal(TWO.pdf(x), expected)


def test_scalars_give_scalars():
    for x in (1, 1.0, True, np.float32(1), np.array(1), Fraction(1)):
        for value in (TWO.pdf(x), TWO.log_pdf(x), gmm.normal_pdf(x, 0, 1), gmm.normal_log_pdf(x, 0, 1)):
            assert isinstance(value, float)
        assert TWO.pdf(x) == TWO.pdf([1.0])[0]
        assert isinstance(TWO.assign(x), np.integer)


def test_arguments_are_not_changed():
    x = np.array([1e200, 0.0, -1e200])
    TWO.responsibilities(x), TWO.assign(x), TWO.pdf(x)
    np.testing.assert_array_equal(x, [1e200, 0.0, -1e200])


# --- sampling -------------------------------------------------------------


@given(mixtures(), seeds)
def test_labels_come_as_often_as_the_weights_say(mixture, seed):
    n = 2000
    values, labels = mixture.sample(n, seed)
    assert values.shape == labels.shape == (n,)
    counts = np.bincount(labels, minlength=mixture.n_components)
    sigma = np.sqrt(n * mixture.weights * (1 - mixture.weights))
    assert (np.abs(counts - n * mixture.weights) <= 5 * sigma + 1e-9).all()


@given(mixtures(), seeds)
def test_values_come_from_the_component_of_their_label(mixture, seed):
    values, labels = mixture.sample(2000, seed)
    z = (values - mixture.means[labels]) / np.sqrt(mixture.variances[labels])
    assert abs(z.mean()) < 5 / np.sqrt(z.size)
    assert kstest(z, "norm").pvalue > 1e-6


def test_sampled_values_follow_the_density():
    values, _ = TWO.sample(20_000, 3)
    assert values.mean() == pytest.approx(TWO.mean, abs=5 * np.sqrt(TWO.variance / 20_000))
    assert values.var() == pytest.approx(TWO.variance, rel=0.05)
    assert kstest(values, lambda x: norm.cdf(np.subtract.outer(x, TWO.means) / [1, 2]) @ TWO.weights).pvalue > 0.01


def test_a_seed_fixes_the_sample_and_nothing_global_is_touched():
    state = np.random.get_state()[1].copy()
    first, again = TWO.sample(50, 8), TWO.sample(50, np.random.default_rng(8))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first[0], TWO.sample(50, 9)[0])
    np.testing.assert_array_equal(np.random.get_state()[1], state)
    rng = np.random.default_rng(8)
    assert not np.array_equal(TWO.sample(50, rng)[0], TWO.sample(50, rng)[0])


def test_an_empty_sample_is_empty():
    values, labels = TWO.sample(0, 1)
    assert values.shape == labels.shape == (0,)
    assert values.dtype == np.float64 and labels.dtype.kind == "i"


def test_a_component_of_weight_zero_is_never_drawn():
    assert set(Mixture([0.5, 0, 0.5], [0, 1, 2], [1, 1, 1]).sample(5000, 1)[1]) == {0, 2}


@pytest.mark.parametrize(
    ("n", "rng", "error", "words"),
    [
        (-1, 1, ValueError, "n must be at least 0, but is -1. Pass 0 or more."),
        (2.0, 1, TypeError, "n must be a whole number, but is 2.0. Pass an int"),
        (True, 1, TypeError, "n must be a whole number, but is True. Pass an int"),
        (3, "seed", TypeError, "rng must be a numpy.random.Generator or a seed, but is 'seed'. Pass"),
        (3, -1, TypeError, "rng must be a numpy.random.Generator or a seed, but is -1. Pass"),
        (3, 1.5, TypeError, "rng must be a numpy.random.Generator or a seed, but is 1.5. Pass"),
    ],
)
def test_sampling_refuses_what_it_cannot_use(n, rng, error, words):
    with pytest.raises(error) as told:
        TWO.sample(n, rng)
    assert words in str(told.value)


# --- the object -----------------------------------------------------------


def test_it_unpacks_into_its_three_arrays():
    pi, mu, var = TWO
    assert pi is TWO.weights and mu is TWO.means and var is TWO.variances
    assert TWO.n_components == 2
    assert all(array.dtype == np.float64 and array.shape == (2,) for array in TWO)


def test_scalars_make_one_component():
    assert Mixture(1, 3, 4) == Mixture([1.0], [3.0], [4.0])
    assert Mixture(True, 3, 4).n_components == 1


def test_it_cannot_be_changed():
    for name in ("weights", "means", "variances", "extra"):
        with pytest.raises(FrozenInstanceError):
            setattr(TWO, name, [1.0, 2.0])
    for array in TWO:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.5
    with pytest.raises(FrozenInstanceError):
        del TWO.means


def test_it_keeps_no_hold_on_what_it_was_made_from():
    means = np.array([0.0, 4.0])
    mixture = Mixture([0.25, 0.75], means, [1.0, 4.0])
    means[0] = 99
    assert mixture == TWO
    assert means.flags.writeable


def test_it_equals_what_has_the_same_numbers():
    same = Mixture([0.25, 0.75], [-0.0, 4.0], [1.0, 4.0])
    assert same == TWO and hash(same) == hash(TWO) and repr(same) == repr(TWO)
    assert len({TWO, same}) == 1
    assert Mixture([0.75, 0.25], [4.0, 0.0], [4.0, 1.0]) != TWO
    assert Mixture([0.25, 0.75], [0.0, np.nextafter(4, 5)], [1.0, 4.0]) != TWO
    assert Mixture([0.25, 0.75, 0.0], [0.0, 4.0, 0.0], [1.0, 4.0, 1.0]) != TWO
    assert TWO not in (tuple(TWO), "mixture", None)


@given(mixtures())
def test_copies_are_equal_and_cannot_be_changed_either(mixture):
    pickled = [pickle.loads(pickle.dumps(mixture, protocol)) for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for twin in (*pickled, copy.copy(mixture), copy.deepcopy(mixture), replace(mixture)):
        assert twin == mixture and hash(twin) == hash(mixture)
        assert not any(array.flags.writeable for array in twin)
    assert replace(mixture, means=mixture.means + 1).means[0] == mixture.means[0] + 1


def test_repr_is_readable_and_stable():
    assert repr(TWO) == "Mixture(weights=[0.25, 0.75], means=[0.0, 4.0], variances=[1.0, 4.0])"
    assert str(TWO) == "Mixture(weights=[0.25, 0.75], means=[0, 4], variances=[1, 4])"
    assert str(Mixture(1, 1 / 3, 1e-9)) == "Mixture(weights=[1], means=[0.333333], variances=[1e-09])"


@given(mixtures(empty=False))
def test_repr_gives_the_parameters_to_six_digits(mixture):
    fields = eval(repr(mixture).replace("Mixture", "dict"))
    for name, values in fields.items():
        np.testing.assert_allclose(values, getattr(mixture, name), rtol=1e-5)


def test_published_weights_that_are_rounded_to_eight_digits_are_taken():
    assert Mixture([0.36088607, 0.63911393], [0, 1], [1, 1]).weights.sum() == pytest.approx(1, abs=1e-15)
    assert Mixture([0.5, 0.5 + 9e-9], [0, 1], [1, 1]).n_components == 2


@pytest.mark.parametrize(
    ("weights", "means", "variances", "error", "words"),
    [
        ([0.5, 0.6], [0, 1], [1, 1], ValueError, "weights must sum to 1, but sum to 1.1. Divide each by their sum."),
        ([0.5, 0.5 + 2e-8], [0, 1], [1, 1], ValueError, "weights must sum to 1, but sum to 1.00000002. Divide"),
        ([-0.5, 1.5], [0, 1], [1, 1], ValueError, "weights must not be negative, but holds -0.5. Use 0"),
        ([0, 0], [0, 1], [1, 1], ValueError, "weights must sum to 1, but sum to 0. Divide"),
        ([1e308, 1e308], [0, 1], [1, 1], ValueError, "weights must sum to 1, but sum to inf. Divide"),
        ([0.5, 0.5], [0, 1], [1, 0], ValueError, "variances must be positive, but holds 0.0. Pass σ²"),
        ([0.5, 0.5], [0, 1], [1, -2], ValueError, "variances must be positive, but holds -2.0. Pass σ²"),
        ([0.5, 0.5], [0], [1, 1], ValueError, "must have the same length, but have 2, 1 and 2. Give one of each"),
        (1, [0, 1], 1, ValueError, "must have the same length, but have 1, 2 and 1. Give one of each"),
        ([], [], [], ValueError, "weights is empty. A mixture has at least one component."),
        ([[0.5, 0.5]], [0, 1], [1, 1], ValueError, "weights must be one-dimensional, but has shape (1, 2). Give one"),
        ([0.5, 0.5], [0, np.nan], [1, 1], ValueError, "means must be finite, but means[1] is nan. Remove or replace"),
        ([0.5, 0.5], [0, 1], [1, np.inf], ValueError, "variances must be finite, but variances[1] is inf. Remove"),
        ([0.5, 0.5], ["a", "b"], [1, 1], TypeError, "means must hold numbers, but holds text: ['a', 'b']. Convert"),
        ([0.5, 0.5], [0, 1j], [1, 1], TypeError, "means must hold real numbers, but is complex: [0j, 1j]. Pass"),
        (None, [0, 1], [1, 1], TypeError, "weights must hold numbers, but holds None: None. Remove"),
    ],
)
def test_a_mixture_that_is_none_is_refused(weights, means, variances, error, words):
    with pytest.raises(error) as told:
        Mixture(weights, means, variances)
    assert words in str(told.value)


# --- areas and quantiles ----------------------------------------------------


@given(mixtures())
def test_areas_are_those_of_scipy_in_both_tails(mixture):
    pi, mu, var = mixture
    x = points(mixture, reach=9.0)[:, np.newaxis]
    sigma = np.sqrt(var)
    np.testing.assert_allclose(mixture.cdf(x[:, 0]), norm.cdf(x, mu, sigma) @ pi, rtol=1e-11)
    np.testing.assert_allclose(mixture.sf(x[:, 0]), norm.sf(x, mu, sigma) @ pi, rtol=1e-11)


@given(mixtures())
def test_the_slope_of_the_distribution_function_is_the_density(mixture):
    x, h = points(mixture, reach=3.0), 1e-5 * np.sqrt(mixture.variances.min())
    np.testing.assert_allclose(mixture.probability(x - h, x + h) / (2 * h), mixture.pdf(x), rtol=1e-6, atol=1e-300)


@given(mixtures(), st.lists(st.floats(1e-12, 1 - 1e-12), min_size=1, max_size=5))
def test_a_quantile_is_where_the_distribution_function_reaches_its_probability(mixture, p):
    x = mixture.quantile(p)
    below = np.nextafter(x, -np.inf)
    slack = 1e-14 + 4 * np.abs(x) * np.finfo(float).eps * mixture.pdf(x)
    assert (mixture.cdf(x) >= np.array(p) - slack).all() and (mixture.cdf(below) <= np.array(p) + slack).all()


def test_quantiles_rise_and_reach_far_into_both_tails():
    p = np.array([0, 1e-300, 1e-100, 1e-9, 0.2, 0.25, 0.5, 0.9, 1 - 1e-12, 1])
    x = TWO.quantile(p)
    assert x[0] == -np.inf and x[-1] == np.inf and (np.diff(x) > 0).all()
    np.testing.assert_allclose(TWO.cdf(x[1:-1]), p[1:-1], rtol=1e-11)
    assert TWO.quantile([[0.5]]).shape == (1, 1) and np.ndim(TWO.quantile(0.5)) == 0


def test_a_probability_far_out_loses_no_digit():
    standard = Mixture(1.0, 0.0, 1.0)
    assert standard.probability(10, 11) == pytest.approx(norm.sf(10) - norm.sf(11), rel=1e-13)
    assert standard.probability(-11, -10) == standard.probability(10, 11)
    assert standard.probability(-np.inf, np.inf) == 1 and standard.probability(1, -1) == -standard.probability(-1, 1)


def test_the_standard_deviation_is_the_root_of_the_variance():
    assert TWO.std == 2.5


@pytest.mark.parametrize("p", [-0.1, 1.5, [0.5, 2.0]])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match=r"p must be from 0 to 1, but holds .*\. Pass probabilities"):
        TWO.quantile(p)


# --- how a mixture reads, and how it is stored --------------------------------


@given(mixtures())
def test_the_repr_pastes_back(mixture):
    assert eval(repr(mixture)) == mixture


@given(mixtures())
def test_a_mixture_comes_back_from_json_as_it_was(mixture):
    assert Mixture.from_json(mixture.to_json()) == mixture


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"gmm": "Fit"}', '{"gmm": "Mixture", "weights": [1]}', None])
def test_what_is_no_stored_mixture_is_refused(text):
    with pytest.raises(ValueError, match=r"text is no mixture: .*\. Pass what Mixture\.to_json returned"):
        Mixture.from_json(text)


def test_a_notebook_shows_a_row_for_each_component():
    html = TWO._repr_html_()
    assert html.count("<tr>") == 3 and "<td>1</td><td>0.75</td><td>4</td><td>4</td><td>2</td>" in html
