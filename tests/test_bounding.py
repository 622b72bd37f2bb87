import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize
from scipy.special import logsumexp, softmax

import gmm
from gmm import ConvergenceWarning, Mixture, bound, datasets, fit, log_likelihood
from gmm.engine import settings

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
RATIO, COUNT = datasets.crabs()


def sample(seed):
    """Return data of up to four groups, the sizes and widths by the seed."""
    rng = np.random.default_rng(seed)
    k = rng.integers(1, 5)
    mixture = Mixture(rng.dirichlet(np.full(k, 3.0)), rng.normal(0, 4, k), rng.uniform(0.2, 2, k) ** 2)
    return mixture.sample(int(rng.integers(20, 300)), rng)[0]


def assert_above(x, n_components, n_starts, seed):
    """Assert that the bound at its own narrowest component, and at all broader fits', is not below a fit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        result = fit(x, n_components, rng=seed, n_starts=n_starts)
    narrowest = np.sqrt(result.mixture.variances.min())
    assert bound(x, narrowest) >= result.log_likelihood - 1e-9
    # A floor that was chosen holds some components: the bound at the floor is above these, too.
    sigma = max(2 * narrowest, 0.2 * np.std(x))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        floored = fit(x, n_components, rng=seed, n_starts=n_starts, min_variance=sigma**2)
    assert bound(x, sigma * (1 - 1e-12)) >= floored.log_likelihood - 1e-9


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_components", [1, 2, 4])
def test_no_fit_is_above(seed, n_components):
    assert_above(sample(seed), n_components, 10, seed)


@pytest.mark.sweep
@pytest.mark.parametrize("seed", range(50))
def test_no_fit_with_up_to_six_components_is_above(seed):
    for n_components in range(1, 7):
        assert_above(sample(seed), n_components, 50, seed)


@pytest.mark.parametrize("seed", range(20))
def test_no_mixture_is_above(seed):
    x, rng = sample(seed), np.random.default_rng(seed)
    sigma = 0.3 * np.std(x)
    highest = bound(x, sigma)
    for k in (1, 3, 10, 40):
        for _ in range(20):
            var = sigma**2 * (1 + rng.exponential(size=k) * rng.integers(0, 2, k))
            assert log_likelihood(x, Mixture(rng.dirichlet(np.ones(k)), rng.choice(x, k), var)) <= highest


@pytest.mark.parametrize("spread", [0.0, 0.5, 1.0])
def test_one_wide_component_is_the_best_of_all(spread):
    # All data within two standard deviations: the likelihood of the mean has one top, wherever the data are.
    x = 50 + spread * np.random.default_rng(1).uniform(-1, 1, 200)
    height = log_likelihood(x, Mixture(1.0, x.mean(), 1.0))
    assert height - 1e-8 <= bound(x, 1.0) <= height + 0.01


def test_two_groups_far_apart_are_best_as_two():
    rng = np.random.default_rng(2)
    x = np.concatenate([rng.uniform(-1, 1, 30), 1000 + rng.uniform(-1, 1, 70)])
    pair = Mixture([0.3, 0.7], [x[:30].mean(), x[30:].mean()], [1.0, 1.0])
    assert log_likelihood(x, pair) - 1e-8 <= bound(x, 1.0) <= log_likelihood(x, pair) + 0.01


def best_by_scipy(x, w, sigma, k, seed):
    """Return the highest log-likelihood of k normals of one width that SciPy finds from random starts."""

    def height(theta):
        terms = -0.5 * ((x[:, np.newaxis] - theta[k:]) / sigma) ** 2 + np.log(softmax(theta[:k]) + 1e-300)
        return -w @ logsumexp(terms, axis=1)

    rng = np.random.default_rng(seed)
    starts = (np.concatenate([rng.normal(size=k), rng.choice(x, k)]) for _ in range(8))
    ends = [
        minimize(height, start, method="L-BFGS-B", options={"maxiter": 2000, "maxfun": 100_000}) for start in starts
    ]
    return -min(end.fun for end in ends) - w.sum() * np.log(sigma * np.sqrt(2 * np.pi))


@pytest.mark.parametrize("seed", range(4))
def test_the_bound_is_what_scipy_reaches(seed):
    rng = np.random.default_rng(seed)
    x, w = rng.normal(0, 2, 12), rng.integers(1, 5, 12).astype(float)
    reached = best_by_scipy(x, w, 1.0, 6, seed)
    assert reached - 1e-6 <= bound(x, 1.0, w) <= reached + 0.02


def test_the_bound_falls_as_the_width_grows():
    heights = [bound(WAITING, sigma) for sigma in (0.5, 1, 2, 4, 5, 5.8, 8, 13.6)]
    assert np.diff(heights).max() < 0


def test_what_more_components_could_gain_on_the_book_s_data():
    waits, crabs = fit(WAITING), fit(RATIO, sample_weight=COUNT)
    gains = [bound(WAITING, sigma) - waits.log_likelihood for sigma in (5.8, 5, 4)]
    assert_allclose(gains, [0.26, 1.64, 2.91], atol=0.02)
    gains = [bound(RATIO, sigma, COUNT) - crabs.log_likelihood for sigma in (0.0125, 0.004)]
    assert_allclose(gains, [0.84, 8.9], atol=0.05)


def test_weights_count_as_repeated_observations():
    assert bound(RATIO, 0.005, COUNT) == pytest.approx(bound(np.repeat(RATIO, COUNT.astype(int)), 0.005), abs=1e-8)
    x = sample(3)
    assert bound(x, 0.5, np.full(x.size, 3.0)) == pytest.approx(3 * bound(x, 0.5), abs=0.03)
    assert bound(np.append(x, 1e6), 0.5, np.append(np.ones(x.size), 0)) == pytest.approx(bound(x, 0.5), abs=1e-8)


@pytest.mark.parametrize("factor, shift", [(1e-100, 0), (1e100, 0), (1, 1e6), (-2, 3)])
def test_the_unit_of_the_data_does_not_matter(factor, shift):
    x = sample(4)
    moved = bound(factor * x + shift, abs(factor) * 0.7)
    assert moved == pytest.approx(bound(x, 0.7) - x.size * np.log(abs(factor)), abs=0.01)


def test_a_single_value_has_a_bound():
    assert 0 <= bound([3.0, 3.0], 0.1) + 2 * np.log(0.1 * np.sqrt(2 * np.pi)) < 0.01


def test_many_observations_are_bounded_as_few_are(monkeypatch):
    x = np.random.default_rng(5).normal(size=20_000)
    exact = bound(x, 0.5)
    monkeypatch.setattr(settings, "FEW_ENDS", 1_000)
    assert exact - 0.01 <= bound(x, 0.5) <= exact + 0.01


@pytest.mark.sweep
def test_a_million_observations_have_a_bound():
    x, _ = Mixture([0.6, 0.4], [0.0, 3.0], [1.0, 2.25]).sample(1_000_000, np.random.default_rng(6))
    pair = fit(x, 2)
    gain = bound(x, np.sqrt(pair.mixture.variances.min())) - pair.log_likelihood
    assert 0 <= gain < 10


def test_a_bound_that_is_not_tight_says_so_and_holds(monkeypatch):
    x = np.random.default_rng(7).normal(size=5_000)
    exact = bound(x, 0.5)
    monkeypatch.setattr(settings, "FEW_ENDS", 100)
    monkeypatch.setattr(settings, "ENDS", 200)
    with pytest.warns(ConvergenceWarning, match="the bound holds, but may be .* Raise smallest_sigma"):
        loose = bound(x, 0.5)
    assert loose > exact
    monkeypatch.undo()
    monkeypatch.setattr(settings, "MOST_EXCHANGES", 1)
    with pytest.warns(ConvergenceWarning, match="the bound holds"):
        assert bound(x, 0.1) > bound(x, 0.2)


@pytest.mark.parametrize(
    "arguments, kind, sentence",
    [
        (([1.0, 2.0], 0), ValueError, "smallest_sigma must be positive, but is 0"),
        (([1.0, 2.0], -1.0), ValueError, "smallest_sigma must not be negative, but is -1"),
        (([1.0, 2.0], [1.0, 2.0]), ValueError, "smallest_sigma must be one number"),
        (([1.0, 2.0], np.nan), ValueError, "smallest_sigma must be finite"),
        (([1.0, 2.0], "wide"), TypeError, "smallest_sigma must hold numbers"),
        (([], 1.0), ValueError, "x is empty"),
        (([1.0, np.inf], 1.0), ValueError, r"x must be finite, but x\[1\] is inf"),
        (([1.0, 2.0], 1.0, [1.0]), ValueError, "sample_weight has shape"),
        ((lambda: [[1.0]], 1.0), TypeError, "x must be an array"),
        (
            (np.linspace(0, 1, 1000), 1e-3),
            ValueError,
            r"smallest_sigma is 0\.001, and x fills .* Pass 0\.00285 or more",
        ),
        (([4.0, 5.0], 1e-12), ValueError, "smallest_sigma is 1e-12, but x ranges from 4 to 5, .* Pass 2e-09 or more"),
        (([0.0, 1e300], 1e-300), ValueError, "too far for such a width"),
    ],
)
def test_bad_input_gets_one_sentence(arguments, kind, sentence):
    with pytest.raises(kind, match=sentence) as told:
        gmm.bound(*arguments)
    assert str(told.value).endswith(".") or "x must" in str(told.value)


@pytest.mark.sweep  # it fills nearly as many places as can be solved for
def test_the_remedy_for_a_narrow_width_helps():
    assert np.isfinite(bound(np.linspace(0, 1, 1000), 0.00285))


def test_the_remedy_for_a_far_range_helps():
    assert bound([0.0, 1.0], 2e-9) == pytest.approx(-2 * np.log(2 * 2e-9 * np.sqrt(2 * np.pi)), abs=0.01)
