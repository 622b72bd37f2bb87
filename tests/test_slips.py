"""Would the tests notice? The slips of the field, made on purpose, and the tests that must then fail.

Each slip is patched in, and the tests named beside it are called as they
stand. The same tests pass where nothing is patched: see their own files, and
the control below.
"""

import numpy as np
import pytest
import sympy as sp

import gmm
from gmm import Mixture, em, formulas, mixture
from gmm.engine import climb, graded, recorded, search, settings
from gmm.engine.recorded import Classes
from gmm.engine.search import Search
from gmm.formulas import javascript
from gmm.unit import Unit
from tests import test_em, test_mixture
from tests.engine import test_climb, test_ends, test_graded, test_recorded, test_scan
from tests.formulas import test_formulas, test_javascript, test_latex

density = mixture._normal_log_pdf
posterior = Mixture._posterior
maximise = em.maximise


def no_weights_in_the_e_step(patch):
    """γ_k = 𝒩_k / Σ 𝒩_j, as in the post that the lecture notes cite; the density keeps its weights."""

    def careless(self, x):
        even = Mixture(np.full(self.n_components, 1 / self.n_components), self.means, self.variances)
        return posterior(self, x)[0], posterior(even, x)[1]

    patch.setattr(Mixture, "_posterior", careless)


def unweighted_densities(patch):
    """f = Σ 𝒩_k, whose area is K."""

    def careless(self, x):
        return density(x[..., np.newaxis], self.means, self.variances)

    patch.setattr(Mixture, "_log_terms", careless)


def sigma_for_the_variance_in_the_density(patch):
    """𝒩(x | μ, σ) where 𝒩(x | μ, σ²) belongs."""
    patch.setattr(mixture, "_normal_log_pdf", lambda x, mean, variance: density(x, mean, np.sqrt(variance)))


def sigma_for_the_variance_in_the_m_step(patch):
    """The M-step returns the standard deviation."""

    def careless(*arguments):
        nk, means, variances = maximise(*arguments)
        return nk, means, np.sqrt(variances)

    patch.setattr(em, "maximise", careless)


def variance_about_the_mean_of_all(patch):
    """The variance of the M-step is summed about the mean of the whole, not of the component."""

    def careless(z, gamma, sample_weight, equal_variances):
        nk, means, variances = maximise(z, gamma, sample_weight, equal_variances)
        return nk, means, variances + (means - np.average(z, weights=sample_weight)) ** 2

    patch.setattr(em, "maximise", careless)


def variance_as_a_difference_of_squares(patch):
    """E[x²] − mean² on the data as they are, with no centring."""

    def careless(z, gamma, sample_weight, equal_variances):
        shares = gamma * sample_weight[:, np.newaxis]
        nk = shares.sum(axis=0)
        means = z @ shares / nk
        return nk, means, np.abs(z**2 @ shares / nk - means**2)

    patch.setattr(em, "maximise", careless)
    patch.setattr(em, "standardise", lambda x: (x, Unit(0.0, 1.0)))


def a_saddle_taken_for_a_maximum(patch):
    """A step that hardly moves counts as convergence even where two components are one."""
    patch.setattr(em, "coincide", lambda mixture: False)


def no_largest_term_taken_out(patch):
    """γ as it stands in the formula: 0/0 far out."""

    def careless(self, x):
        with np.errstate(invalid="ignore", divide="ignore"):
            parts = np.exp(self._log_terms(x))
            total = parts.sum(axis=-1, keepdims=True)
            return np.log(total)[..., 0], parts / total

    patch.setattr(Mixture, "_posterior", careless)


def formula_without_weights(patch):
    """π_k is missing in the formula that the page is printed from."""
    patch.setattr(formulas, "component", lambda j, x=formulas.x: bare(j, x))
    patch.setattr(formulas, "log_component", lambda j, x=formulas.x: sp.log(bare(j, x)))


def bare(j, x):
    return formulas.normal_density(x, formulas.mean(j), formulas.variance(j))


def formula_with_sigma_for_the_variance(patch):
    """√σ² where σ² belongs."""
    normal, log_normal = formulas.normal_density, formulas.log_normal_density
    patch.setattr(formulas, "normal_density", lambda x, mu, var: normal(x, mu, sp.sqrt(var)))
    patch.setattr(formulas, "log_normal_density", lambda x, mu, var: log_normal(x, mu, sp.sqrt(var)))
    patch.setattr(formulas, "normal", formulas.normal_density(formulas.x, formulas.mu, formulas.var))
    patch.setattr(formulas, "log_normal", formulas.log_normal_density(formulas.x, formulas.mu, formulas.var))


def update_with_the_first_mean(patch):
    """The variance of every component is taken about μ_1."""
    n, k = formulas.n, formulas.k
    squares = formulas.gamma[n, k] * (formulas.xs[n] - formulas.means[1]) ** 2
    patch.setattr(formulas, "update_variance", sp.Sum(squares, (n, 1, formulas.N)) / formulas.nk)


def loops_that_miss_the_last_observation(patch):
    """The printed loop ends one too early."""
    loop = javascript._loop
    patch.setattr(javascript, "_loop", lambda *arguments: [line.replace("<=", "<") for line in loop(*arguments)])


def a_root_lost_in_the_latex(patch):
    """The page shows 2πσ² without its root."""
    rooted = gmm.formulas.latex.TextbookPrinter._rooted
    patch.setattr(
        gmm.formulas.latex.TextbookPrinter, "_rooted", lambda *arguments: rooted(*arguments).replace(r"\sqrt", "")
    )


# --- slips of the engine ---------------------------------------------------------------


def cells_that_do_not_serve_the_start(patch):
    """The path's beginning is evaluated on nodes that are too coarse for it."""

    def careless(self, mixtures):
        x, w = self.source.nodes(mixtures).weighted()
        return self.follow(x, w, mixtures)

    patch.setattr(Search, "on_nodes", careless)


def cells_too_wide_for_a_narrow_component(patch):
    """Five moments in a cell as wide as those that take sixteen."""
    patch.setattr(settings, "GRADED_WIDTH", 1.0)


def moments_of_the_wrong_polynomials(patch):
    """T_2 = 2t² − 1 taken for t² on the way from sums to a spread."""
    entries = graded.Graded.entries.func

    def careless(self):
        means, weights, within = entries(self)
        return means, weights, within * np.sqrt(2)

    patch.setattr(graded.Graded, "entries", property(careless))


def a_class_taken_for_its_middle(patch):
    """The density at the middle, times the width, in the place of the probability."""

    def careless(self, theta):
        _, mu, var = (array[..., np.newaxis] for array in theta)
        u = (self.middles - mu) / np.sqrt(var)
        width = (self.high - self.low) / np.sqrt(var)
        return np.log(width) - u**2 / 2 - np.log(2 * np.pi) / 2, np.stack([u, u**2, u**3, u**4])

    patch.setattr(Classes, "truncated", careless)


def a_tail_that_underflows(patch):
    """Φ(β) − Φ(α) as it stands: 0 far out."""

    def careless(low, high):
        areas = (gmm.erf.erf(high / np.sqrt(2)) - gmm.erf.erf(low / np.sqrt(2))) / 2
        _, moments = truncated(low, high)
        with np.errstate(divide="ignore"):
            return np.log(areas), moments

    truncated = recorded.truncated
    patch.setattr(test_recorded, "truncated", careless)


def a_hessian_of_complete_data(patch):
    """What the components' parameters do to themselves is left out."""
    patch.setattr(climb, "BLOCK", np.zeros_like(climb.BLOCK))


def a_distance_by_the_move_of_em(patch):
    """The gradient is taken for the step: without the inverse of the Hessian."""

    def careless(self, theta, exact):
        return float((self._slopes(theta, exact) ** 2).sum() / exact.nk.sum())

    patch.setattr(climb.Climb, "decrement", careless)


def a_maximum_on_a_few_observations_taken_for_any_other(patch):
    """No accident is told."""
    patch.setattr(search, "beyond_chance", lambda theta, gained, *_: np.full(np.shape(gained), np.inf))


def windows_never_looked_at(patch):
    """Nine quantiles and two widths are all the new components."""
    patch.setattr(search, "hot_windows", lambda *_: [])


def added_starts_that_are_not_climbed_from(patch):
    """What a user adds is drawn and dropped."""
    patch.setattr(Search, "_added", lambda self, x, w: [])


def polish_of_what_was_stopped(patch):
    """`max_iter` ends the climb, and exact Newton steps go on."""
    polish = Search.polish

    def careless(self, end):
        kind, end.kind = end.kind, "maximum"
        found = polish(self, end)
        end.kind = kind
        return found

    patch.setattr(Search, "polish", careless)


def a_start_that_is_narrower_than_the_end():
    start = Mixture([0.5, 0.5], [-1.0, 1.0], [0.04, 0.04])
    test_ends.test_the_path_begins_right_where_the_start_is_narrower_than_the_data(start)


def wide_cells():
    test_graded.test_em_cannot_tell_the_values_of_cells_from_the_data("fairly narrow", False)


def class_moments():
    test_recorded.test_an_open_class_is_a_tail((50.0, np.inf))


def reference():
    test_em.test_em_finds_the_reference_maximum("waiting, 2")


def shifted():
    test_em.test_variance_survives_a_large_shift(1e8)


def saddle():
    test_em.test_a_saddle_is_left_behind(1e-9)


def printed_responsibilities():
    test_javascript.test_printed_stable_responsibilities_are_the_function("first")


def latex_of_the_density():
    test_latex.test_the_printed_formula_says_what_the_expression_means(formulas.normal)


CAUGHT = {
    no_weights_in_the_e_step: [
        test_mixture.test_responsibilities_average_to_the_weights,
        test_em.test_log_likelihood_never_falls_over_an_em_step,
        test_em.test_e_step_is_bayes_rule,
        reference,
    ],
    unweighted_densities: [
        test_mixture.test_density_integrates_to_one,
        test_em.test_log_likelihood_is_the_sum_of_scipys_log_densities,
        reference,
    ],
    sigma_for_the_variance_in_the_density: [
        test_mixture.test_the_third_argument_of_the_normal_density_is_a_variance,
        test_mixture.test_mean_and_variance_are_the_integrals,
        reference,
    ],
    sigma_for_the_variance_in_the_m_step: [
        test_em.test_an_em_step_gives_the_mixture_the_mean_and_variance_of_the_data,
        test_em.test_one_component_is_the_sample_mean_and_variance,
        test_formulas.test_update_formulas_are_the_m_step,
        reference,
    ],
    variance_about_the_mean_of_all: [
        test_em.test_m_step_is_a_weighted_mean_and_variance,
        test_em.test_the_updates_maximise_what_the_e_step_expects,
    ],
    variance_as_a_difference_of_squares: [shifted],
    a_saddle_taken_for_a_maximum: [saddle],
    no_largest_term_taken_out: [
        test_mixture.test_responsibilities_sum_to_one,
        test_mixture.test_log_density_is_finite_where_the_density_underflows,
    ],
    formula_without_weights: [
        test_formulas.test_mixture_formulas_are_the_functions,
        test_formulas.test_log_likelihood_formulas_are_the_function,
        printed_responsibilities,
    ],
    formula_with_sigma_for_the_variance: [
        test_formulas.test_normal_formulas_are_the_functions,
        test_javascript.test_printed_normal_density_is_the_function,
    ],
    update_with_the_first_mean: [
        test_formulas.test_update_formulas_are_the_m_step,
        test_javascript.test_printed_sums_over_data_are_the_m_step,
    ],
    loops_that_miss_the_last_observation: [test_javascript.test_printed_sums_over_data_are_the_m_step],
    a_root_lost_in_the_latex: [latex_of_the_density],
    cells_that_do_not_serve_the_start: [a_start_that_is_narrower_than_the_end],
    cells_too_wide_for_a_narrow_component: [wide_cells],
    moments_of_the_wrong_polynomials: [test_graded.test_the_spread_within_a_cell_is_that_of_its_observations],
    a_class_taken_for_its_middle: [
        test_recorded.test_sheppards_correction_is_what_rounding_adds_to_a_variance,
        test_recorded.test_an_em_step_is_the_same_by_every_road,
    ],
    a_tail_that_underflows: [class_moments],
    a_hessian_of_complete_data: [
        test_climb.test_the_gradient_and_the_hessian_are_those_of_finite_differences,
        test_recorded.test_the_derivatives_of_a_point_are_those_of_finite_differences,
    ],
    a_distance_by_the_move_of_em: [test_ends.test_the_gain_is_what_is_left_to_the_maximum],
    a_maximum_on_a_few_observations_taken_for_any_other: [
        test_scan.test_an_accident_is_told_and_a_lower_end_without_one_preferred
    ],
    windows_never_looked_at: [test_ends.test_a_spike_of_a_hundred_in_twenty_thousand_is_found],
    added_starts_that_are_not_climbed_from: [test_ends.test_each_added_start_is_climbed_from],
    polish_of_what_was_stopped: [test_ends.test_max_iter_ends_a_climb_where_it_is],
}
PAIRS = [(slip, check) for slip, checks in CAUGHT.items() for check in checks]


def name(function):
    return function.__name__.removeprefix("test_")


@pytest.mark.parametrize(("slip", "check"), PAIRS, ids=name)
def test_a_slip_is_caught(slip, check, monkeypatch):
    slip(monkeypatch)
    with pytest.raises(AssertionError):
        check()


@pytest.mark.parametrize("check", dict.fromkeys(check for _, check in PAIRS), ids=name)
def test_without_a_slip_the_same_test_passes(check):
    check()


def test_the_slips_are_the_published_ones():
    # Without π in the E-step, true weights of 0.8 and 0.2 come out as halves, and the means are wrong.
    x, _ = Mixture([0.8, 0.2], [0, 2.5], [1, 1]).sample(2000, 1)
    right = gmm.fit(x, start=Mixture([0.5, 0.5], [-1, 3], [1, 1]))
    np.testing.assert_allclose(right.mixture.weights, [0.8, 0.2], atol=0.05)
    with pytest.MonkeyPatch.context() as patch:
        no_weights_in_the_e_step(patch)
        wrong = gmm.iterate(x, Mixture([0.5, 0.5], [-1, 3], [1, 1]), tol=0, max_iter=1000)
    np.testing.assert_allclose(wrong.mixture.weights, [0.5, 0.5], atol=0.05)
    np.testing.assert_allclose(wrong.mixture.means, [-0.23, 1.23], atol=0.15)
