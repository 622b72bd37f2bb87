import ast
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

import gmm
from gmm import Mixture, Nodes, formulas
from gmm.engine.climb import Point
from gmm.engine.recorded import truncated
from tests.strategies import mixtures, points, samples

pytestmark = pytest.mark.filterwarnings("error")

few = mixtures(max_components=3)
few_and_full = mixtures(max_components=3, empty=False)


@cache
def compiled(arguments, expression):
    return formulas.numpy_function(arguments, expression)


def value(expression, numbers):
    """Return the value of an expression, by the NumPy that SymPy prints, from numbers by symbol."""
    with np.errstate(divide="ignore"):  # log 0 = −inf, for a weight of 0
        return compiled(tuple(numbers), expression)(*numbers.values())


def numbers(mixture, **more):
    """Return the parameters of a mixture by symbol, and more by name in `formulas`."""
    parameters = dict(zip(formulas.parameters(mixture.n_components), np.concatenate([*mixture])))
    return parameters | {getattr(formulas, name): number for name, number in more.items()}


def arrays(x, gamma, mixture):
    """Return data, responsibilities and parameters by indexed symbol."""
    pi, mu, var = mixture
    bases = {formulas.weights: pi, formulas.means: mu, formulas.variances: var}
    return bases | {formulas.xs: x, formulas.gamma: gamma, formulas.N: len(x), formulas.K: len(pi)}


def assert_close(got, expected, rtol=1e-11, atol=1e-290):
    np.testing.assert_allclose(np.broadcast_to(got, np.shape(expected)), expected, rtol=rtol, atol=atol)


def test_every_name_is_held_here():
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "formulas"}
    assert set(formulas.__all__) - used == set()


# --- one point ------------------------------------------------------------


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0.5, 20))
def test_normal_formulas_are_the_functions(x, mean, sigma):
    at = {formulas.x: x, formulas.mu: mean, formulas.var: sigma**2}
    assert_close(value(formulas.normal, at), gmm.normal_pdf(x, mean, sigma**2))
    assert_close(value(formulas.log_normal, at), gmm.normal_log_pdf(x, mean, sigma**2))
    a, b, c = sp.symbols("a b c", positive=True)
    given_names = {a: x, b: mean, c: sigma**2}
    assert_close(value(formulas.normal_density(a, b, c), given_names), norm.pdf(x, mean, sigma))
    assert_close(value(formulas.log_normal_density(a, b, c), given_names), norm.logpdf(x, mean, sigma))


@given(few)
def test_distribution_formulas_are_the_functions(mixture):
    x = points(mixture)
    at = numbers(mixture, x=x)
    assert_close(value(formulas.distribution(mixture.n_components), at), mixture.cdf(x), rtol=1e-9, atol=1e-14)
    one = Mixture(1.0, mixture.means[0], mixture.variances[0])
    a, b, c = sp.symbols("a b c", positive=True)
    given_names = {a: x, b: mixture.means[0], c: mixture.variances[0]}
    assert_close(value(formulas.normal_distribution(a, b, c), given_names), one.cdf(x), rtol=1e-9, atol=1e-14)


def test_the_steps_of_the_data_and_their_distance_are_counted():
    x, mixture = np.array([1.0, 2.0, 2.0, 5.0]), Mixture([0.4, 0.6], [1.0, 4.0], [1.0, 2.0])
    at = {formulas.xs: x, formulas.N: 4}
    for point, share in ((0.5, 0), (1.0, 0.25), (2.0, 0.75), (4.9, 0.75), (5.0, 1)):
        assert value(formulas.empirical, {**at, formulas.x: point}) == share
    gaps = np.array([0.125, 0.375, 0.625, 0.875]) - mixture.cdf(x)
    assert_close(value(formulas.distance(), {**numbers(mixture), **at}), np.sqrt((gaps**2).mean()))


@given(few)
def test_component_formulas_are_the_functions(mixture):
    x = points(mixture)
    at = numbers(mixture, x=x)
    for j, density in enumerate(mixture.component_pdf(x).T, start=1):
        assert_close(value(formulas.component(j), at), density, rtol=1e-10)
        with np.errstate(divide="ignore"):
            log_weight = np.log(mixture.weights[j - 1])
        mean, variance = mixture.means[j - 1], mixture.variances[j - 1]
        expected = log_weight + gmm.normal_log_pdf(x, mean, variance)
        assert_close(value(formulas.log_component(j), at), expected, atol=1e-12)


@given(few)
def test_mixture_formulas_are_the_functions(mixture):
    x, k = points(mixture, reach=4), mixture.n_components
    at = numbers(mixture, x=x)
    assert_close(value(formulas.mixture(k), at), mixture.pdf(x), rtol=1e-10)
    density = mixture.pdf(x)
    inside = density > 1e-250
    assert_close(value(formulas.log_mixture(k), numbers(mixture, x=x[inside])), mixture.log_pdf(x[inside]), atol=1e-10)


@given(few)
def test_moment_formulas_are_the_functions(mixture):
    k, at = mixture.n_components, numbers(mixture)
    assert_close(value(formulas.mixture_mean(k), at), mixture.mean, atol=1e-12)
    assert_close(value(formulas.mixture_variance(k), at), mixture.variance)


@given(few)
def test_responsibility_formula_is_the_function_where_the_density_is_no_zero(mixture):
    x = points(mixture)
    x = x[mixture.pdf(x) > 1e-250]
    for j, gamma in enumerate(mixture.responsibilities(x).T, start=1):
        formula = formulas.responsibility(j, mixture.n_components)
        assert_close(value(formula, numbers(mixture, x=x)), gamma, rtol=1e-9, atol=1e-40)


@given(few)
def test_stable_formulas_are_the_functions_far_out_too(mixture):
    k = mixture.n_components
    tails = mixture.mean + np.sqrt(mixture.variance) * np.array([-1e5, -1e3, -60, 60, 1e3, 1e5])
    for x in (points(mixture), tails):
        at = numbers(mixture, x=x)
        log_f = mixture.log_pdf(x)
        assert_close(value(formulas.stable_log_mixture(k), at), log_f, rtol=1e-12, atol=1e-12)
        for j, gamma in enumerate(mixture.responsibilities(x).T, start=1):
            got = value(formulas.stable_responsibility(j, k), at)
            # Rounding the logarithms costs γ as many digits as they have before the point.
            assert (np.abs(got - gamma) <= 1e-12 + 1e-15 * np.abs(log_f)).all()
            assert np.min(got) >= 0 and np.max(got) <= 1


def test_the_plain_responsibility_is_no_number_far_out_and_the_stable_one_is():
    at = numbers(Mixture([0.4, 0.6], [50, 50], [1, 1]), x=96.0)
    with np.errstate(invalid="ignore"):
        assert np.isnan(value(formulas.responsibility(1), at))
    assert value(formulas.stable_responsibility(1), at) == pytest.approx(0.4, rel=1e-12)
    with np.errstate(divide="ignore"):
        assert value(formulas.log_mixture(), at) == -np.inf
    assert value(formulas.stable_log_mixture(), at) == pytest.approx(norm.logpdf(96, 50, 1), rel=1e-14)


# --- N observations -------------------------------------------------------


@given(samples())
def test_log_likelihood_formulas_are_the_function(made):
    x, mixture = made
    at, k = numbers(mixture, xs=x, N=x.size), mixture.n_components
    expected = gmm.log_likelihood(x, mixture)
    assert_close(value(formulas.log_likelihood(k), at), expected, rtol=1e-11)
    assert_close(value(formulas.stable_log_likelihood(k), at), expected, rtol=1e-12)


def test_stable_log_likelihood_is_finite_where_the_densities_underflow():
    x, mixture = np.array([1e3, -1e5, 2e6]), Mixture([0.3, 0.7], [0.0, 1.0], [1.0, 4.0])
    at = numbers(mixture, xs=x, N=3)
    assert value(formulas.stable_log_likelihood(), at) == pytest.approx(gmm.log_likelihood(x, mixture), rel=1e-14)
    assert value(formulas.log_likelihood(), at) == -np.inf


@given(samples())
def test_update_formulas_are_the_m_step(made):
    x, mixture = made
    gamma = gmm.e_step(x, mixture)
    after = gmm.m_step(x, gamma)
    at = arrays(x, gamma, after)
    for j in range(mixture.n_components):
        at[formulas.k] = j + 1
        assert_close(value(formulas.nk, at), gamma.sum(axis=0)[j])
        assert_close(value(formulas.update_weight, at), after.weights[j])
        assert_close(value(formulas.update_mean, at), after.means[j], atol=1e-11)
        # μ_k in the update of the variance is the new mean.
        assert_close(value(formulas.update_variance, at), after.variances[j])


@given(samples())
def test_expected_log_likelihood_is_the_double_sum(made):
    x, mixture = made
    pi, mu, var = mixture
    gamma = gmm.e_step(x, mixture)
    terms = np.log(pi) + norm.logpdf(x[:, np.newaxis], mu, np.sqrt(var))
    assert_close(value(formulas.expected_log_likelihood, arrays(x, gamma, mixture)), (gamma * terms).sum(), rtol=1e-10)


@given(samples())
def test_expected_log_likelihood_and_the_entropy_of_gamma_make_the_log_likelihood(made):
    x, mixture = made
    gamma = gmm.e_step(x, mixture)
    entropy = -np.sum(gamma * np.log(np.where(gamma > 0, gamma, 1)))
    expected = value(formulas.expected_log_likelihood, arrays(x, gamma, mixture))
    assert expected + entropy == pytest.approx(gmm.log_likelihood(x, mixture), rel=1e-10)


@given(samples(), st.floats(0.05, 0.95))
def test_the_lower_bound_is_that_of_the_chapter_and_lies_below_by_the_divergence_of_the_shares(made, mix):
    x, mixture = made
    right = gmm.e_step(x, mixture)
    gamma = mix * right + (1 - mix) / mixture.n_components
    pi, mu, var = mixture
    logs = np.log(pi) + norm.logpdf(x[:, np.newaxis], mu, np.sqrt(var))
    below = value(formulas.lower_bound, arrays(x, gamma, mixture))
    assert below == pytest.approx((gamma * (logs - np.log(gamma))).sum(), rel=1e-10, abs=1e-9)
    gap = (gamma * np.log(gamma / np.maximum(right, 1e-300))).sum()
    if (right > 0).all():
        assert gmm.log_likelihood(x, mixture) - below == pytest.approx(gap, rel=1e-8, abs=1e-8)


@given(samples(), st.integers(0, 2**32 - 1))
def test_counted_formulas_are_the_functions_with_sample_weights(made, seed):
    x, mixture = made
    w = np.random.default_rng(seed).integers(1, 9, x.size).astype(float)
    pi, mu, var = mixture
    logs = np.log(pi) + norm.logpdf(x[:, np.newaxis], mu, np.sqrt(var))
    total = [value(formulas.log_sum_exp(pi.size), {formulas.log_terms: row}) for row in logs]
    assert_close(total, mixture.log_pdf(x), atol=1e-11)
    at = {formulas.counts: w, formulas.log_densities: total, formulas.N: x.size}
    expected = gmm.log_likelihood(x, mixture, sample_weight=w)
    assert_close(value(formulas.counted_log_likelihood, at), expected, atol=1e-10)
    gamma = gmm.e_step(x, mixture)
    for n, k in ((1, 1), (x.size, pi.size)):
        at = {formulas.log_terms: logs[n - 1], formulas.log_densities: total, formulas.n: n, formulas.k: k}
        assert_close(value(formulas.posterior, at), gamma[n - 1, k - 1], atol=1e-12)
    after = gmm.m_step(x, gamma, sample_weight=w)
    at = arrays(x, gamma, after) | {formulas.counts: w}
    for j in range(pi.size):
        at[formulas.k] = j + 1
        assert_close(value(formulas.counted_nk, at), w @ gamma[:, j])
        assert_close(value(formulas.counted_weight, at), after.weights[j])
        assert_close(value(formulas.counted_mean, at), after.means[j], atol=1e-11)
        assert_close(value(formulas.counted_variance, at), after.variances[j])


def test_log_sum_exp_is_finite_where_every_density_underflows():
    got = value(formulas.log_sum_exp(3), {formulas.log_terms: [-2000.0, -2000.0, -1e9]})
    assert got == pytest.approx(-2000 + np.log(2), rel=1e-14)


def test_the_criteria_are_those_of_a_fit():
    result = gmm.fit(gmm.datasets.galaxies().velocity, 3)
    at = {formulas.maximum: result.log_likelihood, formulas.K: 3, formulas.N: 82}
    assert value(formulas.aic, {key: at[key] for key in (formulas.maximum, formulas.K)}) == pytest.approx(result.aic)
    assert value(formulas.bic, at) == pytest.approx(result.bic)


@pytest.mark.parametrize(("low", "high"), [(-0.3, 0.9), (1.0, 1.001), (-2.0, 5.0), (0.5, 3.0)])
def test_the_formulas_of_a_class_are_integrals_and_what_the_engine_computes(low, high):
    log_p, moments = truncated(np.array([low]), np.array([high]))
    at = {formulas.alpha: low, formulas.beta: high}
    p = value(formulas.class_probability, at)
    assert p == pytest.approx(np.exp(log_p[0]), rel=1e-12) == pytest.approx(norm.cdf(high) - norm.cdf(low), rel=1e-12)
    for power, formula in ((1, formulas.truncated_mean), (2, formulas.truncated_square)):
        area, _ = quad(lambda u, power=power: u**power * norm.pdf(u), low, high, epsabs=0, epsrel=1e-11)
        assert value(formula, at) == pytest.approx(area / p, rel=1e-9) == pytest.approx(moments[power - 1, 0], rel=1e-9)


def test_sympy_agrees_to_the_formulas_of_a_class():
    a, b, u = formulas.alpha, formulas.beta, formulas.u
    bell = formulas.normal_density(u, 0, 1)
    for power, formula in ((0, 1), (1, formulas.truncated_mean), (2, formulas.truncated_square)):
        area = sp.integrate(u**power * bell, (u, a, b))
        assert sp.simplify(sp.expand(formula * formulas.class_probability - area)) == 0


# --- the stable forms are the plain ones ----------------------------------


def unshielded(expression):
    """Return the expression with the largest term a mere symbol, and SymPy free to undo logarithms."""
    largest = sp.Symbol("m", real=True)
    return expression.replace(sp.Max, lambda *terms: largest).replace(formulas.Whole, lambda term: term)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_stable_responsibility_is_bayes_rule_whatever_is_taken_as_the_largest_term(k):
    for j in range(1, k + 1):
        stable = unshielded(formulas.stable_responsibility(j, k))
        assert sp.simplify(sp.powsimp(sp.expand(1 / stable - 1 / formulas.responsibility(j, k)))) == 0


@pytest.mark.parametrize("k", [1, 2, 3])
def test_stable_log_mixture_is_the_logarithm_whatever_is_taken_as_the_largest_term(k):
    stable = unshielded(formulas.stable_log_mixture(k))
    ratio = sp.powsimp(sp.expand(sp.exp(stable) / formulas.component(1)))
    assert sp.simplify(ratio - sp.powsimp(sp.expand(formulas.mixture(k) / formulas.component(1)))) == 0


def test_the_logarithm_of_the_normal_density_is_the_log_normal_formula():
    assert sp.expand_log(sp.log(formulas.normal)).equals(formulas.log_normal)
    assert sp.simplify(sp.exp(formulas.log_normal) - formulas.normal) == 0


@pytest.mark.parametrize("k", [1, 2])
def test_the_density_formula_has_the_sum_of_the_weights_as_its_area(k):
    area = sp.integrate(formulas.mixture(k), (formulas.x, -sp.oo, sp.oo))
    assert sp.simplify(area - sum(formulas.weight(j) for j in range(1, k + 1))) == 0


def test_moment_formulas_are_the_moments_by_linearity():
    # Each component has mean μ_j and second moment σ_j² + μ_j²; the weights sum to 1.
    component = formulas.normal_density(formulas.x, formulas.mu, formulas.var)
    second = sp.integrate(formulas.x**2 * component, (formulas.x, -sp.oo, sp.oo))
    assert sp.simplify(second - formulas.var - formulas.mu**2) == 0
    for k in (1, 2, 3):
        parts = range(1, k + 1)
        last = {formulas.weight(k): 1 - sum(formulas.weight(j) for j in parts[:-1])}
        mean = sum(formulas.weight(j) * formulas.mean(j) for j in parts)
        square = sum(formulas.weight(j) * (formulas.variance(j) + formulas.mean(j) ** 2) for j in parts)
        assert sp.expand(formulas.mixture_mean(k) - mean) == 0
        assert sp.expand((formulas.mixture_variance(k) - square + mean**2).subs(last)) == 0


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_responsibility_formulas_sum_to_one(k):
    assert sp.simplify(sum(formulas.responsibility(j, k) for j in range(1, k + 1))) == 1


# --- what the formulas are made of ----------------------------------------


def test_parameters_come_as_weights_means_variances():
    assert [str(s) for s in formulas.parameters(2)] == ["pi_1", "pi_2", "mu_1", "mu_2", "sigma_1^2", "sigma_2^2"]
    assert formulas.parameters(1) == (formulas.weight(1), formulas.mean(1), formulas.variance(1))
    assert formulas.weight(1).is_positive and formulas.variance(1).is_positive and formulas.mean(1).is_real
    assert formulas.weight(1) != sp.pi


def test_formulas_take_any_point():
    y = sp.Symbol("y", real=True)
    for make in (formulas.mixture, formulas.log_mixture, formulas.stable_log_mixture):
        assert make(2, y) == make(2).subs(formulas.x, y)
    for make in (formulas.component, formulas.log_component):
        assert make(1, y) == make(1).subs(formulas.x, y)
    for make in (formulas.responsibility, formulas.stable_responsibility):
        assert make(1, 2, y) == make(1, 2).subs(formulas.x, y)


def test_arrays_count_from_zero_and_formulas_from_one():
    n, k = formulas.n, formulas.k
    assert (
        formulas.zero_based(formulas.gamma[n, k] * formulas.xs[n]) == formulas.gamma[n - 1, k - 1] * formulas.xs[n - 1]
    )
    first = formulas.numpy_function([formulas.xs, n], formulas.xs[n])
    assert first([5.0, 6.0, 7.0], 1) == 5
    total = formulas.numpy_function([formulas.xs, formulas.N], sp.Sum(formulas.xs[n], (n, 1, formulas.N)))
    assert total([5.0, 6.0, 7.0], 3) == 18


def test_a_whole_stays_in_one_piece():
    a, whole = sp.Symbol("a", real=True), formulas.Whole
    kept = sp.exp(whole(sp.log(formulas.x) + a))
    assert kept.has(sp.log) and not sp.exp(sp.log(formulas.x) + a).has(sp.log)
    assert sp.diff(whole(a**2), a) == 2 * a
    assert formulas.numpy_function([a], 1 - whole(a - 3))(2.0) == 2


def test_indexed_symbols_stand_for_whole_arrays():
    assert isinstance(formulas.weights[formulas.k], sp.Indexed)
    density = formulas.normal_density(
        formulas.xs[formulas.n], formulas.means[formulas.k], formulas.variances[formulas.k]
    )
    at = arrays(np.array([1.0, 2.0]), np.ones((2, 1)), Mixture(1, 3, 4)) | {formulas.n: 2, formulas.k: 1}
    assert value(density, at) == pytest.approx(norm.pdf(2, 3, 2))


def test_the_score_and_the_blocks_of_the_hessian_are_those_of_the_engine():
    rng = np.random.default_rng(6)
    x, w, k = rng.normal(size=30), rng.uniform(1, 3, 30), 3
    pi, mu, var = theta = np.array([0.2, 0.5, 0.3]), np.array([-1.0, 0.2, 1.5]), np.array([0.5, 1.0, 2.0])
    gamma = Mixture(*theta).responsibilities(x)
    u = (x[:, np.newaxis] - mu) / np.sqrt(var)
    one = formulas.numpy_function([formulas.share, formulas.u], formulas.score)
    blocks = formulas.numpy_function([formulas.share, formulas.u], formulas.block)
    scores = np.array([[one(g, v)[:, 0] for g, v in zip(*row)] for row in zip(gamma, u)])  # (N, K, 3)
    gradient, hessian = np.einsum("n,nki->ik", w, scores), -np.einsum("n,nki,nlj->ikjl", w, scores, scores)
    gradient[0] -= w.sum() * pi
    for n in range(x.size):
        for c in range(k):
            hessian[:, c, :, c] += w[n] * blocks(gamma[n, c], u[n, c])
    hessian[0, :, 0] -= w.sum() * (np.diag(pi) - np.outer(pi, pi))
    point = Point(x, w, theta)
    np.testing.assert_allclose(point.gradient, gradient.ravel(), atol=1e-12)
    np.testing.assert_allclose(point.hessian, hessian.reshape(3 * k, -1), atol=1e-12)


def test_moments_nodes_and_weights_are_those_of_the_engine():
    x, order = np.random.default_rng(7).uniform(-1, 1, 40), 16
    engine = Nodes.of(x, np.array([-1.0, 1.0]))
    places, weights = engine.weighted()
    moment = formulas.numpy_function([formulas.xs, formulas.N, formulas.m], formulas.moment)
    node = formulas.numpy_function([formulas.p, formulas.j], formulas.node)
    weight = formulas.numpy_function([formulas.xs, formulas.N, formulas.p, formulas.j], formulas.node_weight)
    polynomial = formulas.numpy_function([formulas.m, formulas.x], formulas.chebyshev(formulas.m, formulas.x))
    for m in range(order):
        np.testing.assert_allclose(polynomial(m, x), np.polynomial.chebyshev.chebval(x, np.eye(order)[m]), atol=1e-12)
        assert moment(x, x.size, m) == pytest.approx(engine.moments[0, m], abs=1e-11)
    np.testing.assert_allclose([node(order, j) for j in range(1, order + 1)], places, atol=1e-14)
    np.testing.assert_allclose([weight(x, x.size, order, j) for j in range(1, order + 1)], weights, atol=1e-11)
