import numpy as np
import pytest

import gmm
from gmm import Mixture, datasets

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
VELOCITY = datasets.galaxies().velocity
CRABS = datasets.crabs()
OVERLAPPING = Mixture([0.3, 0.7], [0.0, 2.5], [1.0, 0.5])


def free_parameters(mixture, equal_variances):
    """Return the weights but the last, the means and the variances, or the one variance."""
    pi, mu, var = mixture
    return np.concatenate([pi[:-1], mu, var[:1] if equal_variances else var])


def log_likelihood(theta, k, x, w):
    """Return Σ w log f(x) as it is written on paper, for complex parameters too."""
    pi, mu, var = np.append(theta[: k - 1], 1 - theta[: k - 1].sum()), theta[k - 1 : 2 * k - 1], theta[2 * k - 1 :]
    density = pi / np.sqrt(2 * np.pi * var) * np.exp(-((x[:, np.newaxis] - mu) ** 2) / (2 * var))
    return w @ np.log(density.sum(axis=1))


def numerical_covariance(fit, x, w, equal_variances):
    """Return the inverse of −H in the free parameters, H by a complex step and then a difference."""
    k = fit.mixture.n_components
    theta = free_parameters(fit.mixture, equal_variances)
    scale = 3e-4 * np.where(np.arange(theta.size) < k - 1, 1, np.sqrt(fit.mixture.variances.min()))
    scale[2 * k - 1 :] *= np.sqrt(fit.mixture.variances.min())
    hessian = np.empty((theta.size, theta.size))
    for i, j in np.ndindex(hessian.shape):
        across, along = np.zeros((2, theta.size))
        across[i], along[j] = 1e-20 * scale[i], scale[j]
        slopes = [log_likelihood(theta + h * along + 1j * across, k, x, w).imag for h in (-2, -1, 1, 2)]
        hessian[i, j] = (slopes[0] - 8 * slopes[1] + 8 * slopes[2] - slopes[3]) / (12 * scale[j] * across[i])
    return np.linalg.inv(-hessian)


CASES = {
    "waits in one": (WAITING, None, 1, False),
    "waits in two": (WAITING, None, 2, False),
    "waits in two of one width": (WAITING, None, 2, True),
    "galaxies in three": (VELOCITY, None, 3, False),
    "galaxies in four of one width": (VELOCITY, None, 4, True),
    "crabs in classes": (CRABS.ratio, CRABS.count, 2, False),
    "many, by nodes": (OVERLAPPING.sample(20_000, 1)[0], None, 2, False),
}


@pytest.mark.parametrize("name", CASES)
def test_the_covariance_is_the_inverse_of_the_numerical_information(name):
    x, w, k, equal_variances = CASES[name]
    fit = gmm.fit(x, k, sample_weight=w, equal_variances=equal_variances)
    expected = numerical_covariance(fit, x, np.ones_like(x) if w is None else w, equal_variances)
    # All but the last weight, which follows from the others, and one variance if there is but one.
    free = np.r_[: k - 1, k : 2 * k + 1 if equal_variances else 3 * k]
    scale = np.sqrt(np.diag(expected))
    found = fit.covariance[np.ix_(free, free)]
    assert np.allclose(found / np.outer(scale, scale), expected / np.outer(scale, scale), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_the_weights_sum_to_one_without_error(name):
    x, w, k, equal_variances = CASES[name]
    fit = gmm.fit(x, k, sample_weight=w, equal_variances=equal_variances)
    sums = fit.covariance[:k].sum(axis=0)
    assert np.allclose(sums / np.sqrt(np.diag(fit.covariance)).max(), 0, atol=1e-12)
    assert np.allclose(fit.covariance, fit.covariance.T, rtol=1e-10)


def test_the_errors_of_one_normal_have_a_closed_form():
    found = gmm.fit(WAITING, 1).standard_errors
    sigma, n = WAITING.std(), WAITING.size
    assert found.weights == 0
    assert np.isclose(found.means[0], sigma / np.sqrt(n), rtol=1e-9)
    assert np.isclose(found.variances[0], sigma**2 * np.sqrt(2 / n), rtol=1e-9)
    assert np.isclose(found.sigmas[0], sigma / np.sqrt(2 * n), rtol=1e-9)


def test_a_wald_interval_reaches_as_far_to_either_side():
    fit = gmm.fit(WAITING)
    found, errors = fit.confidence_intervals(0.95), fit.standard_errors
    for name in ("weights", "means", "variances"):
        reach = 1.959964 * getattr(errors, name)
        estimate = getattr(fit.mixture, name)
        np.testing.assert_allclose(
            getattr(found, name), np.stack([estimate - reach, estimate + reach], axis=1), rtol=1e-6
        )


def test_components_far_apart_have_the_errors_of_labelled_groups():
    left, right = np.random.default_rng(1).normal(size=(2, 300))
    groups = [left[:100], 1000 + 2 * right]
    found = gmm.fit(np.concatenate(groups), 2).standard_errors
    assert np.allclose(found.weights, np.sqrt(0.25 * 0.75 / 400), rtol=1e-9)
    assert np.allclose(found.means, [group.std() / np.sqrt(group.size) for group in groups], rtol=1e-9)
    assert np.allclose(found.variances, [group.var() * np.sqrt(2 / group.size) for group in groups], rtol=1e-9)


def test_the_errors_are_what_repeated_samples_show():
    n, repetitions = 4000, 400
    rng = np.random.default_rng(7)
    fits = [gmm.fit(OVERLAPPING.sample(n, rng)[0], start=OVERLAPPING) for _ in range(repetitions)]
    spread = np.std([np.concatenate([*fit.mixture]) for fit in fits], axis=0, ddof=1)
    claimed = np.sqrt(np.mean([np.diag(fit.covariance) for fit in fits], axis=0))
    # The spread of 400 fits is itself uncertain by 1/√(2·399) = 3.5 %: four times that.
    assert np.allclose(spread / claimed, 1, rtol=0, atol=4 / np.sqrt(2 * (repetitions - 1)))


def test_equal_variances_have_one_error():
    found = gmm.fit(VELOCITY, 3, equal_variances=True)
    assert np.ptp(found.standard_errors.variances) < 1e-9 * found.standard_errors.variances[0]
    block = found.covariance[6:, 6:]
    assert np.allclose(block, block[0, 0], rtol=1e-9)


def test_errors_go_with_the_unit_and_stay_under_a_shift():
    here, there = (gmm.fit(x, 2).standard_errors for x in (WAITING, 60 * WAITING + 1e6))
    for name, power in (("weights", 0), ("means", 1), ("variances", 2), ("sigmas", 1)):
        assert np.allclose(getattr(there, name), 60.0**power * getattr(here, name), rtol=1e-6)


def test_counted_observations_have_the_errors_of_repeated_ones():
    counted = gmm.fit(CRABS.ratio, 2, sample_weight=CRABS.count)
    repeated = gmm.fit(np.repeat(CRABS.ratio, CRABS.count.astype(int)), 2)
    assert np.allclose(counted.standard_errors.means, repeated.standard_errors.means, rtol=1e-6)


def test_the_error_of_a_standard_deviation_is_that_of_the_variance_through_its_slope():
    fit = gmm.fit(WAITING, 2)
    sigma, h = np.sqrt(fit.mixture.variances), 1e-4
    slope = (np.sqrt(sigma**2 + h) - np.sqrt(sigma**2 - h)) / (2 * h)
    assert np.allclose(fit.standard_errors.sigmas, slope * fit.standard_errors.variances, rtol=1e-8)


def test_there_are_no_errors_off_a_maximum():
    with pytest.warns(gmm.ConvergenceWarning):
        stopped = gmm.fit(WAITING, start=Mixture([0.5, 0.5], [50, 60], [100, 100]), max_iter=2)
    with pytest.raises(ValueError, match=r"no standard errors but at a maximum.*max_iter=2"):
        _ = stopped.covariance


@pytest.mark.parametrize("equal_variances", [False, True])
def test_there_are_no_errors_on_the_floor(equal_variances):
    held = gmm.fit(WAITING, 2, min_variance=35.0, equal_variances=equal_variances)
    assert held.converged and held.certificate.on_floor
    assert held.certificate.min_variance == pytest.approx(35.0, rel=1e-12)
    with pytest.raises(ValueError, match="min_variance=35 holds"):
        _ = held.standard_errors


def test_errors_print_in_a_line():
    text = repr(gmm.fit(WAITING, 2).standard_errors)
    assert text.startswith("StandardErrors(weights=[0.03116, 0.03116], means=[0.6997, 0.5046]")
