from functools import cache
from itertools import combinations, pairwise
from statistics import NormalDist

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from gmm import Statistics, datasets, formulas
from gmm.engine import settings, starts
from gmm.engine.climb import Climb, Point, _Climber, climb, moved
from gmm.engine.sources import Few
from gmm.unit import move
from tests.strategies import samples, seeds

pytestmark = pytest.mark.filterwarnings("error")
SAMPLES = {
    "waiting": datasets.faithful().waiting,
    "eruptions": datasets.faithful().eruptions,
    "galaxies": datasets.galaxies().velocity,
    "skewed": np.random.default_rng(7).gamma(2.0, 1.0, 200),
    "overlapping": np.random.default_rng(8).normal([-1.5, 0.0, 1.5], [1.0, 0.7, 1.0], (60, 3)).ravel(),
}


def few(x):
    """Return standardised values and weights, and a quarter of their resolution, squared."""
    source = Few(np.array(x, dtype=float))
    return *source.few(), (source.resolution / 4) ** 2


def random_start(rng, x, k):
    return rng.dirichlet(np.full(k, 3.0)), rng.choice(x, k), x.var() * rng.uniform(0.02, 1.0, k)


def plain_em(x, w, theta, floor=0.0, most=30_000, **options):
    """Return where EM ends, and its log-likelihood."""
    for _ in range(most):
        before, theta = theta, Statistics.of(x, theta, w).updated(min_variance=floor, **options)
        if move(before, theta) < 1e-10:
            break
    return theta, Statistics.of(x, theta, w).log_likelihood


# --- the derivatives -------------------------------------------------------


@cache
def symbolic_derivatives(k):
    """Return functions for log f at one x, its gradient and its Hessian in log π_k, μ_k/σ_k and log σ_k²."""
    a, t, level = (sp.symbols(f"{letter}:{k}", real=True) for letter in "atl")
    x, pi, mu, var = sp.Symbol("x", real=True), sp.symbols(f"p:{k}"), sp.symbols(f"m:{k}"), sp.symbols(f"v:{k}")
    shares = [pi[j] * sp.exp(a[j]) for j in range(k)]
    log_f = formulas.log_mixture(k).subs(formulas.x, x)
    for j in range(k):
        log_f = log_f.subs(formulas.weight(j + 1), shares[j] / sum(shares))
        log_f = log_f.subs(formulas.mean(j + 1), mu[j] + sp.sqrt(var[j]) * t[j])
        log_f = log_f.subs(formulas.variance(j + 1), var[j] * sp.exp(level[j]))
    step = [*a, *t, *level]
    gradient = [sp.diff(log_f, s) for s in step]
    hessian = [[sp.diff(g, s) for s in step] for g in gradient]
    return sp.lambdify((x, *step, *pi, *mu, *var), [log_f, gradient, hessian], cse=True)


@given(samples(n_components=2, min_size=3, max_size=6), seeds)
def test_the_gradient_and_the_hessian_are_those_that_sympy_derives(made, seed):
    x, mixture = made
    theta, w = tuple(mixture), np.random.default_rng(seed).uniform(0.5, 3, x.size)
    at = symbolic_derivatives(2)
    terms = [at(value, *np.zeros(6), *np.concatenate(theta)) for value in x]
    log_likelihood, gradient, hessian = (sum(v * np.array(t[i]) for v, t in zip(w, terms)) for i in range(3))
    point = Point(x, w, theta)
    assert point.log_likelihood == pytest.approx(log_likelihood, rel=1e-10)
    np.testing.assert_allclose(point.gradient, gradient, atol=1e-9 * w.sum(), rtol=1e-9)
    np.testing.assert_allclose(point.hessian, hessian, atol=1e-8 * w.sum(), rtol=1e-8)


@given(samples())
def test_the_gradient_and_the_hessian_are_those_of_finite_differences(made):
    x, mixture = made
    theta, w = tuple(mixture), np.ones(x.size)
    h, size = 1e-5, 3 * mixture.n_components
    point = Point(x, w, theta)

    def at(step):
        # The coordinates of the start: a mean moves in the old standard deviation.
        return Point(x, w, moved(theta, step, 0.0))

    slopes = [(at(h * e).log_likelihood - at(-h * e).log_likelihood) / (2 * h) for e in np.eye(size)]
    scale = np.abs(point.hessian).max() + np.abs(point.gradient).max()
    np.testing.assert_allclose(point.gradient, slopes, atol=1e-6 * scale)
    h = 1e-3
    for e in np.eye(size):
        for d in np.eye(size):
            signs = [at(h * (i * e + j * d)).log_likelihood * i * j for i in (1, -1) for j in (1, -1)]
            assert e @ point.hessian @ d == pytest.approx(sum(signs) / (4 * h * h), abs=1e-4 * scale)


@given(samples(), st.booleans())
def test_the_em_step_of_a_point_is_that_of_the_exact_statistics(made, equal_variances):
    x, mixture = made
    got = Point(x, np.ones(x.size), tuple(mixture)).em_step(equal_variances, 0.0)
    for one, other in zip(got, Statistics.of(x, mixture).updated(equal_variances)):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9)


# --- where it ends ---------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_a_climb_ends_no_lower_than_plain_em_and_never_on_a_saddle(name):
    x, w, floor = few(SAMPLES[name])
    rng = np.random.default_rng(3)
    lower = 0
    for _ in range(3):
        for k in (2, 3):
            theta = random_start(rng, x, k)
            end = climb(x, w, theta, min_variance=floor)
            assert end.kind == "maximum"
            lower += end.point.log_likelihood < plain_em(x, w, theta, floor, 1_000)[1] - 1e-6
    assert lower == 0


@given(samples(), st.booleans())
def test_a_climb_ends_where_an_em_step_moves_nothing(made, equal_variances):
    x, w, floor = few(made[0])
    theta = random_start(np.random.default_rng(1), x, 2)
    if equal_variances:
        theta = (*theta[:2], np.full(2, theta[0] @ theta[2]))
    end = climb(x, w, theta, equal_variances=equal_variances, min_variance=floor)
    after = Statistics.of(x, end.point.theta, w).updated(equal_variances, floor)
    assert end.kind == "maximum"
    assert move(end.point.theta, after) < 1e-9


@pytest.mark.parametrize("name", SAMPLES)
def test_a_climb_never_falls_on_its_way_but_for_rounding(name):
    x, w, floor = few(SAMPLES[name])
    rng = np.random.default_rng(4)
    for k in (1, 2, 3, 4):
        heights = [height for _, height in climb(x, w, random_start(rng, x, k), min_variance=floor).path]
        assert (np.diff(heights) > -1e-12 * np.abs(heights[1:]) - 1e-12 * w.sum()).all()


def numerical_hessian(x, w, theta, h=1e-4):
    """Return the second differences of the log-likelihood in log π_k, μ_k/σ_k and log σ_k²."""
    size = 3 * theta[0].size

    def at(step):
        return Statistics.of(x, moved(theta, step, 0.0), w).log_likelihood

    hessian = np.empty((size, size))
    for i, e in enumerate(np.eye(size)):
        for j, d in enumerate(np.eye(size)):
            hessian[i, j] = sum(a * b * at(h * (a * e + b * d)) for a in (1, -1) for b in (1, -1)) / (4 * h * h)
    return hessian


@pytest.mark.parametrize("name", SAMPLES)
def test_the_eigenvalues_are_those_of_a_numerical_hessian_without_the_direction_of_equal_log_weights(name):
    x, w, floor = few(SAMPLES[name])
    end = climb(x, w, random_start(np.random.default_rng(6), x, 2), min_variance=floor)
    every = np.linalg.eigvalsh(numerical_hessian(x, w, end.point.theta)) / w.sum()
    # All log weights raised alike change nothing: one eigenvalue of the six is 0.
    nothing = np.abs(every).argmin()
    assert abs(every[nothing]) < 1e-5
    np.testing.assert_allclose(np.sort(end.eigenvalues), np.sort(np.delete(every, nothing)), atol=1e-5)
    assert (np.diff(end.eigenvalues) <= 0).all() and (end.eigenvalues < 0).all()


def test_long_strides_save_most_of_the_steps():
    # Step by step they are 1305 and 2262.
    for name, most in (("waiting", 450), ("overlapping", 850)):
        (x, w, floor), rng = few(SAMPLES[name]), np.random.default_rng(5)
        ends = [climb(x, w, random_start(rng, x, 3), min_variance=floor, patience=200) for _ in range(10)]
        assert all(end.kind == "maximum" for end in ends)
        assert sum(end.evaluations for end in ends) < most


# Seeds of starts from which another hill is reached where Newton's method takes over at 3 standard deviations
# instead of a third (the first three), or after five steps of EM.
@pytest.mark.parametrize(
    ("name", "k", "seed"),
    [
        *(("waiting", 4, 40), ("skewed", 3, 13), ("galaxies", 4, 50)),
        *(("waiting", 3, 37), ("eruptions", 3, 6), ("galaxies", 4, 28), ("overlapping", 3, 4), ("overlapping", 3, 5)),
    ],
)
def test_the_hill_is_the_one_that_em_goes_up(name, k, seed):
    x, w, floor = few(SAMPLES[name])
    theta = random_start(np.random.default_rng([seed, k]), x, k)
    end = climb(x, w, theta, min_variance=floor)
    assert end.point.log_likelihood == pytest.approx(plain_em(x, w, theta, floor)[1], abs=1e-8)


def test_no_step_lowers_the_likelihood_by_more_than_rounding():
    x, w, floor = few(SAMPLES["waiting"])
    top = climb(x, w, (np.array([0.4, 0.6]), np.array([-1.0, 1.0]), np.array([0.5, 0.5])), min_variance=floor)
    for size in (1e-3, 1e-4, 1e-5):
        climber = _Climber(x, w, False, floor, 0.0, 100, 0)
        climber.end = Climb(top.point, path=[(top.point.theta, top.point.log_likelihood)])
        climber._advance(np.full(6, size), size, 1.0)
        assert climber.end.point.log_likelihood >= top.point.log_likelihood - 2e-12 * abs(top.point.log_likelihood)


def test_the_radius_grows_where_it_held_a_step_back_and_shrinks_where_a_step_falls():
    x, w, floor = few(SAMPLES["waiting"])
    far = Point(x, w, (np.ones(1), np.array([60.0]), np.ones(1)))
    climber = _Climber(x, w, False, floor, 0.0, 100, 0)
    left = np.array([0.0, -1.0, 0.0])
    for size, radius, after, moves in ((0.5, 1.0, 1.0, 0.5), (8.0, 1.0, 2.0, 1.0), (8.0, 3.0, 4.0, 3.0)):
        climber.end = Climb(far)
        assert climber._advance(size * left, size, radius) == after
        assert climber.end.point.theta[1][0] == pytest.approx(60 - moves)
    # The first two shares of the step lead too far, the third is taken, and then the radius is what it held.
    near = Point(x, w, (np.ones(1), np.array([0.3]), np.ones(1)))
    climber.end = Climb(near)
    assert climber._advance(8 * left, 8.0, 16.0) == 1.0
    assert climber.end.point.theta[1][0] == pytest.approx(0.3 - 0.5)
    # No share of a step downhill is taken: a step of EM is, and the radius begins anew.
    climber.end = Climb(near)
    assert climber._advance(-8 * left, 8.0, 2.0) == settings.RADIUS
    assert climber.end.evaluations == settings.SHORTENED + 1
    assert climber.end.point.theta[1][0] == pytest.approx(x @ w / w.sum(), abs=1e-12)


def test_a_step_in_the_last_digits_of_a_mean_is_rounding():
    x, w, floor = few(SAMPLES["waiting"])
    climber = _Climber(x, w, False, floor, 0.0, 100, 0)
    for sigma, expected in ((1.0, settings.STALLED), (1e-11, 8 * np.finfo(float).eps / 1e-11)):
        climber.end = Climb(Point(x, w, (np.ones(1), np.full(1, 2.0), np.full(1, sigma**2))))
        assert climber._rounding() == pytest.approx(expected)


def test_a_climb_whose_components_are_always_empty_ends_and_says_so(monkeypatch):
    monkeypatch.setattr(settings, "EMPTY", 6.0)
    x, w, floor = few(np.array([1.0, 2.0, 4.0, 7.0, 9.0]))
    for k, renewed in ((1, 0), (3, 7)):
        end = climb(x, w, (np.full(k, 1 / k), np.linspace(-1, 1, k), np.ones(k)), min_variance=floor)
        assert end.kind == "unfinished" and len(end.replaced) == renewed


def test_a_component_with_little_is_not_renewed_where_em_would_fill_it():
    x, w, floor = few(SAMPLES["waiting"])
    theta = np.array([1 - 1e-7, 1e-7]), np.array([0.0, 1.0]), np.array([1.0, 0.2])
    start = Point(x, w, theta)
    assert 1e-6 < start.nk[1] < 1e-3
    end = climb(x, w, theta, min_variance=floor)
    assert end.kind == "maximum" and end.replaced == []
    assert end.point.log_likelihood == pytest.approx(plain_em(x, w, theta, floor)[1], abs=1e-8)


@pytest.mark.parametrize("k", [2, 3])
def test_components_that_start_as_one_are_parted(k):
    x, w, floor = few(SAMPLES["waiting"])
    theta = np.full(k, 1 / k), np.full(k, w @ x / w.sum()), np.full(k, 1.0)
    for equal_variances in (False, True) if k == 2 else (False,):
        end = climb(x, w, theta, equal_variances=equal_variances, min_variance=floor)
        assert end.kind == "maximum"
        assert end.point.log_likelihood > climb(x, w, tuple(a[:1] for a in theta)).point.log_likelihood + 60


def test_a_ridge_that_leads_nowhere_is_told_by_its_name():
    # A sharp peak: two components of equal weight, with one variance, are best on one place.
    z = np.array([NormalDist().inv_cdf((n + 0.5) / 15) for n in range(15)])
    x, w, floor = few(np.sign(z) * np.abs(z) ** 1.4)
    alone = climb(x, w, (np.ones(1), np.zeros(1), np.ones(1))).point.log_likelihood
    for apart in (0.3, 1.0, 3.0):
        start = np.full(2, 1 / 2), np.array([-apart, apart]), np.ones(2)
        end = climb(x, w, start, equal_variances=True, min_variance=floor)
        assert end.kind == "ridge"
        assert np.ptp(end.point.theta[1]) < 1e-3
        assert abs(end.eigenvalues[0]) < 1e-6
        assert end.point.log_likelihood == pytest.approx(alone, abs=1e-6)


@pytest.mark.parametrize("far", [1e6, 1e100, 1e200])
def test_a_component_without_data_is_replaced_by_half_of_another(far):
    x, w, floor = few(SAMPLES["waiting"])
    end = climb(x, w, (np.full(2, 0.5), np.array([0.0, far]), np.ones(2)), min_variance=floor)
    assert end.kind == "maximum" and end.replaced[:1] == [1]
    assert end.point.log_likelihood == pytest.approx(
        plain_em(x, w, starts.split((np.ones(1), np.zeros(1), np.ones(1)), 0))[1]
    )


@pytest.mark.parametrize("share", [1e-190, 1e-3, 1e190])
def test_the_unit_of_the_weights_changes_no_climb(share):
    x, w, floor = few(SAMPLES["galaxies"])
    theta = random_start(np.random.default_rng(2), x, 3)
    here, there = climb(x, w, theta, min_variance=floor), climb(x, w * share, theta, min_variance=floor)
    assert here.kind == there.kind == "maximum"
    np.testing.assert_allclose(there.point.theta, here.point.theta, rtol=1e-8)
    np.testing.assert_allclose(there.eigenvalues, here.eigenvalues, rtol=1e-6)


def test_a_climb_stops_after_as_many_evaluations_as_it_may_take():
    x, w, floor = few(SAMPLES["galaxies"])
    theta = random_start(np.random.default_rng(2), x, 3)
    for most in (1, 3, 7):
        end = climb(x, w, theta, min_variance=floor, max_eval=most)
        assert end.kind == "unfinished"
        assert most <= end.evaluations <= most + 1


def test_the_floor_holds_a_variance_that_would_fall_and_its_direction_is_not_free():
    x, w, floor = few(np.append(SAMPLES["waiting"], [150.0] * 5))
    theta = np.array([0.95, 0.05]), np.array([0.0, x.max()]), np.array([1.0, 0.01])
    end = climb(x, w, theta, min_variance=floor)
    assert end.on_floor.tolist() == [False, True]
    assert end.point.theta[2][1] == floor
    assert end.eigenvalues.size == 4
    free = climb(x, w, theta, min_variance=floor / 100)
    assert free.point.log_likelihood > end.point.log_likelihood + 5


# --- k-means and short runs ------------------------------------------------


@given(st.integers(1, 9), st.integers(1, 4), seeds)
def test_k_means_is_the_best_of_all_cuts(m, k, seed):
    rng = np.random.default_rng(seed)
    k = min(k, m)
    x, w = np.sort(rng.normal(0, 3, m)), rng.uniform(0.5, 2, m)

    def cost(cuts):
        groups = [(x[i:j], w[i:j]) for i, j in pairwise(cuts)]
        return sum(counts @ (values - np.average(values, weights=counts)) ** 2 for values, counts in groups)

    best = min(cost([0, *cuts, m]) for cuts in combinations(range(1, m), k - 1))
    cuts = starts.Cuts(x, w)
    assert cost(cuts.into(k)) == pytest.approx(best, rel=1e-10, abs=1e-12)
    for fewer in range(1, k):  # what was kept on the way there is not in the way
        np.testing.assert_array_equal(cuts.into(fewer), starts.Cuts(x, w).into(fewer))


@given(samples(n_components=2), st.booleans())
def test_short_runs_are_plain_em_from_many_starts(made, equal_variances):
    x, mixture = made
    x, w = np.sort(x), np.ones(x.size)
    thetas = [tuple(mixture), (np.array([0.5, 0.5]), np.quantile(x, [0.2, 0.8]), np.full(2, x.var()))]
    heights, ends, gains = starts.short_runs(x, w, thetas, 7, equal_variances, 1e-4)
    for theta, height, gained, *end in zip(thetas, heights, gains, *ends):
        for _ in range(7):
            theta = Statistics.of(x, theta, w).updated(equal_variances, 1e-4)
        np.testing.assert_allclose(end, theta, rtol=1e-9, atol=1e-9)
        assert height == pytest.approx(Statistics.of(x, theta, w).log_likelihood, rel=1e-11)
        np.testing.assert_allclose(gained, Point(x, w, theta).gains, rtol=1e-6, atol=1e-6)


def test_a_split_keeps_the_mean_and_the_variance_of_the_mixture():
    theta = np.array([0.4, 0.6]), np.array([0.0, 5.0]), np.array([1.0, 4.0])
    pi, mu, var = starts.split(theta, 1)
    assert pi.sum() == pytest.approx(1)
    mean = pi @ mu
    assert mean == pytest.approx(theta[0] @ theta[1])
    assert pi @ (var + (mu - mean) ** 2) == pytest.approx(theta[0] @ (theta[2] + (theta[1] - mean) ** 2))
