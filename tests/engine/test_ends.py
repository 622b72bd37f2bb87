"""Where a fit ends: never below its start, never lower for more starts, and as near as it says."""

import json
import warnings

import numpy as np
import pytest

import gmm
from gmm import ConvergenceWarning, Fit, Mixture, datasets, fit
from gmm.engine.climb import Point

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
VELOCITY = datasets.galaxies().velocity
OVERLAPPING, _ = Mixture([0.3, 0.45, 0.25], [-2.0, 0.5, 2.5], [1.0, 0.8, 1.5]).sample(30_000, np.random.default_rng(2))
HALVES = Mixture([0.5, 0.5], [60.0, 80.0], [90.0, 90.0])


def planted(weight, variance):
    """Return draws with a spike, and the mixture that they are drawn from."""
    truth = Mixture([1 - weight, weight], [0.0, 0.3], [1.0, variance])
    return truth.sample(20_000, np.random.default_rng(7))[0], truth


def quietly(x, *arguments, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return fit(x, *arguments, **options)


# --- from a start ---------------------------------------------------------------


@pytest.mark.parametrize(("weight", "variance"), [(0.001, 1e-10), (0.005, 1e-6), (0.01, 1e-3), (0.3, 0.5)])
def test_the_path_begins_at_the_start_and_ends_no_lower(weight, variance):
    x, truth = planted(weight, variance)
    result = fit(x, start=truth)
    assert result.path[0] == truth
    assert result.log_likelihoods[0] == pytest.approx(gmm.log_likelihood(x, truth), rel=1e-9)
    assert result.log_likelihood >= gmm.log_likelihood(x, truth)
    plain = gmm.iterate(x, truth, max_iter=50, tol=0)
    assert result.log_likelihood >= plain.log_likelihood - 1e-6


@pytest.mark.parametrize(
    "start",
    [
        Mixture([0.95, 0.05], [0.0, 0.3], [1.0, 1e-8]),
        Mixture([0.5, 0.5], [-1.0, 1.0], [0.04, 0.04]),
    ],
    ids=["a spike", "narrower than the end"],
)
def test_the_path_begins_right_where_the_start_is_narrower_than_the_data(start):
    x = np.random.default_rng(3).normal(size=20_000)
    result = quietly(x, start=start)
    assert result.path[0] == start
    assert result.log_likelihoods[0] == pytest.approx(gmm.log_likelihood(x, start), rel=1e-9)


def test_a_start_below_the_floor_is_raised_to_it_and_the_path_says_so():
    start = Mixture([0.1, 0.9], [43.0, 71.0], [1e-300, 180.0])
    result = quietly(WAITING, start=start, min_variance=0.5)
    assert result.path[0].variances.tolist() == [0.5, 180.0]
    assert result.log_likelihoods[0] == pytest.approx(gmm.log_likelihood(WAITING, result.path[0]), rel=1e-12)


@pytest.mark.parametrize("x", [WAITING, VELOCITY, OVERLAPPING[:3000]], ids=["waiting", "galaxies", "on nodes"])
def test_random_starts_of_a_user_never_lead_lower(x):
    rng = np.random.default_rng(5)
    for _ in range(6):
        start = Mixture(rng.dirichlet(np.ones(3)), rng.choice(x, 3), x.var() * rng.uniform(0.01, 1, 3))
        result = quietly(x, start=start)
        if "began anew" not in result.message:
            assert result.log_likelihood >= gmm.log_likelihood(x, start) - 1e-9 * abs(result.log_likelihood)


# --- more starts --------------------------------------------------------------------


def rank(result):
    """Return the order of preference: proper first, then higher."""
    return not (result.converged and not result.certificate.spurious), -result.log_likelihood


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", ["waiting", "galaxies", "petals", "planted"])
def test_more_starts_never_make_the_result_worse(name, seed):
    petals = np.random.default_rng(1).normal([1.5, 4.3, 5.6], [0.17, 0.5, 0.5], (50, 3)).round(1).ravel()
    x = {"waiting": WAITING, "galaxies": VELOCITY, "petals": petals, "planted": planted(0.005, 1e-6)[0][:6000]}[name]
    k = 2 if name == "planted" else 4
    default = quietly(x, k)
    previous = rank(default)
    for n in (3, 12):
        more = rank(quietly(x, k, rng=seed, n_starts=n))
        assert more[0] <= previous[0]
        if more[0] == previous[0]:
            assert more[1] <= previous[1] + 1e-9 * abs(previous[1])


def test_each_added_start_is_climbed_from():
    few, many = (quietly(VELOCITY, 4, rng=1, n_starts=n).n_iter for n in (1, 30))
    assert many - few > 29 * 5


def test_a_spike_of_a_hundred_in_twenty_thousand_is_found():
    x, truth = planted(0.005, 1e-6)
    result = fit(x)
    assert result.log_likelihood > gmm.log_likelihood(x, truth)
    assert result.log_likelihood == pytest.approx(-28199.94, abs=0.01)


@pytest.mark.parametrize("seed", range(3))
def test_a_crowd_in_a_single_cell_is_found(seed):
    rng = np.random.default_rng(seed)
    x = rng.permutation(np.concatenate([rng.normal(size=100_000), 0.3 + 1e-8 * rng.normal(size=500)]))
    truth = Mixture([100_000 / 100_500, 500 / 100_500], [0, 0.3], [1, 1e-16])
    for data in (x, lambda: np.array_split(x, 10)):
        result = fit(data, 2)
        assert result.converged and result.log_likelihood > gmm.log_likelihood(x, truth)


@pytest.mark.parametrize("width", [1e5, 1e6, 3e6, 1e8, 1e15])
def test_what_is_spread_ever_so_wide_hides_nothing_of_the_middle(width):
    rng = np.random.default_rng(1)
    x = rng.permutation(np.concatenate([rng.normal(size=24_000), width * rng.normal(size=300)]))
    truth = Mixture([240 / 243, 3 / 243], [0, 0], [1, width**2])
    for data in (x, lambda: np.array_split(x, 10)):
        result = fit(data, 2)
        assert result.converged and result.log_likelihood > gmm.log_likelihood(x, truth)


# --- how far ------------------------------------------------------------------------------


def test_max_iter_ends_a_climb_where_it_is():
    heights = []
    for most in (1, 4, 8):
        with pytest.warns(ConvergenceWarning, match=f"stopped at max_iter={most} without converging"):
            result = fit(WAITING, start=HALVES, max_iter=most)
        assert not result.converged and result.n_iter == most
        assert result.certificate.move > 1e-8
        heights.append(result.log_likelihood)
    assert heights[0] == pytest.approx(gmm.log_likelihood(WAITING, HALVES))
    assert heights[0] < heights[1] < heights[2] < fit(WAITING).log_likelihood
    # Near the top, too, where an exact Newton step would reach it.
    pi, mu, var = fit(WAITING).mixture
    near = Mixture(pi, mu + 0.01, var)
    with pytest.warns(ConvergenceWarning, match="stopped at max_iter=1 "):
        result = fit(WAITING, start=near, max_iter=1)
    assert result.mixture == near


def test_tol_ends_a_climb_early_and_the_certificate_says_how_far_it_is():
    exact = fit(WAITING, start=HALVES)
    steps, distances = [], []
    for tol in (0.1, 1e-3, 0):
        result = fit(WAITING, start=HALVES, tol=tol)
        assert result.converged and result.certificate.move <= max(tol, 1e-9)
        distance = np.abs((result.mixture.means - exact.mixture.means) / exact.standard_errors.means).max()
        assert distance <= 1.1 * result.certificate.distance + 1e-8
        steps.append(result.n_iter)
        distances.append(result.certificate.distance)
    assert steps[0] < steps[1] < steps[2] and distances[0] > distances[1] > distances[2]


def test_the_gain_is_what_is_left_to_the_maximum():
    exact = fit(WAITING, start=HALVES)
    for tol in (0.1, 0.02):
        result = fit(WAITING, start=HALVES, tol=tol)
        left = exact.log_likelihood - result.log_likelihood
        assert left > 1e-9 and result.certificate.gain == pytest.approx(left, rel=0.2)
        assert result.certificate.distance == pytest.approx(np.sqrt(2 * result.certificate.gain), rel=1e-12)


def test_distance_and_gain_are_those_of_the_inverse_hessian():
    result = fit(WAITING, start=HALVES, tol=0.1)
    theta = tuple(result.mixture)
    point = Point(WAITING, np.ones(WAITING.size), theta)
    decrement = point.gradient @ np.linalg.pinv(-point.hessian, rcond=1e-10) @ point.gradient
    assert result.certificate.gain == pytest.approx(decrement / 2, rel=0.05)


def test_where_the_hessian_is_not_negative_definite_nothing_is_said_of_a_distance():
    alike = Mixture(np.full(4, 1 / 4), np.full(4, 70.0), np.full(4, 100.0))
    result = quietly(WAITING, start=alike, equal_variances=True)
    assert result.certificate.kind == "ridge" and result.certificate.distance == result.certificate.gain == np.inf
    assert Fit.from_json(result.to_json()).certificate.gain == np.inf and json.loads(result.to_json())


# --- the curvature ----------------------------------------------------------------------------


def test_the_curvature_of_the_nodes_is_that_of_all_the_data_and_each_says_what_it_is():
    start = Mixture([0.3, 0.45, 0.25], [-2.0, 0.5, 2.5], [1.0, 0.8, 1.5])
    nodes, data = (fit(OVERLAPPING, start=start, exact_hessian=exact) for exact in (False, True))
    assert (nodes.certificate.curvature, data.certificate.curvature) == ("nodes", "data")
    assert data.certificate.passes == nodes.certificate.passes + 1
    np.testing.assert_allclose(nodes.certificate.eigenvalues, data.certificate.eigenvalues, rtol=1e-8)
    H = Point(OVERLAPPING, np.ones(OVERLAPPING.size), tuple(data.mixture)).hessian / OVERLAPPING.size
    every = np.linalg.eigvalsh(H)
    # The direction of weights growing alike is not free.
    np.testing.assert_allclose(
        np.sort(data.certificate.eigenvalues), np.delete(every, np.abs(every).argmin()), rtol=1e-9
    )
    assert fit(WAITING).certificate.curvature == "data"


def test_a_stream_takes_its_curvature_from_all_the_data_too():
    whole = np.resize(OVERLAPPING, 150_000)
    start = Mixture([0.3, 0.45, 0.25], [-2.0, 0.5, 2.5], [1.0, 0.8, 1.5])
    blocks = fit(lambda: iter(np.array_split(whole, 5)), start=start, exact_hessian=True)
    memory = fit(whole, start=start, exact_hessian=True)
    assert blocks.certificate.curvature == "data"
    np.testing.assert_allclose(blocks.certificate.eigenvalues, memory.certificate.eigenvalues, rtol=1e-7)
