"""The Python half of the live figures; tests/pages moves them in a browser."""

import base64
import functools
import json
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy.stats import gamma

from gmm import Mixture, Nodes, datasets, e_step, fit, formulas, iterate, live, log_likelihood, m_step, plot
from gmm.engine.climb import Point
from gmm.formulas.names import arguments
from gmm.live import gallery
from gmm.live.formula import markup, pieces
from gmm.live.layers import bricks, curve, panel
from tests.pages.conftest import sampled

WAITING = datasets.faithful().waiting
FITTED = fit(WAITING).mixture
CELL = np.sort(np.random.default_rng(3).uniform(-1, 1, 60))


def at(mean):
    """The mixture of the figure of the bound with this μ₁."""
    return Mixture([0.36, 0.64], [mean, 80.0], [60.0, 34.0])


GALLERY = {
    "normal": live.normal,
    "standardise": live.standardise,
    "mixture": live.mixture,
    "free_weights": live.free_weights,
    "two_bumps": live.two_bumps,
    "responsibility": lambda: live.responsibility(WAITING, Mixture([0.36, 0.64], [55.0, 80.0], [36.0, 36.0]), 67.0),
    "memberships": lambda: live.memberships(WAITING, FITTED),
    "likelihood": lambda: live.likelihood(WAITING, FITTED),
    "by_hand": lambda: live.by_hand(WAITING, Mixture([0.5, 0.5], [50.0, 90.0], [36.0, 36.0])),
    "accidents": lambda: live.accidents(n_samples=4),
    "coverage": lambda: live.coverage(
        [0.1, 0.3, 0.2, 0.2, 0.1, 0.2], [0.4, 0.5, 0.3, 0.4, 0.2, 0.5], 0.25, xlabel="weight"
    ),
    "distribution": lambda: live.distribution(WAITING, FITTED),
    "nearest": live.nearest,
    "moments": lambda: live.moments(*datasets.crabs()),
    "recorded": lambda: live.recorded(WAITING, FITTED),
    "race": lambda: live.race(WAITING, FITTED),
    "collapse": lambda: live.collapse(WAITING, FITTED),
    "balance": live.balance,
    "em": lambda: live.em(WAITING, Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0])),
    "em_bound": lambda: live.em_bound(WAITING, at(64.0), 70.0, between=(44, 76)),
    "parts": lambda: live.parts(WAITING, Mixture([0.5, 0.5], [60.0, 75.0], [80.0, 80.0])),
    "polar": live.polar,
    "sampling": lambda: live.sampling(Mixture([0.36, 0.64], [55.0, 80.0], [36.0, 36.0])),
    "basins": lambda: live.basins(WAITING, FITTED),
    "cancellation": live.cancellation,
    "nodes": lambda: live.nodes(CELL),
    "shift": lambda: live.shift(Mixture([0.5, 0.5], [-0.02, 0.02], [1.0, 1.0])),
}
every_figure = pytest.mark.parametrize("name", GALLERY)


@functools.cache
def made(name):
    """A figure that tests only look at, with what a notebook stores of it."""
    figure = GALLERY[name]()
    return figure, figure._repr_mimebundle_()


def test_the_gallery_is_tested_whole():
    figures = {
        name for name in live.__all__ if name not in ("FigureSpec", "LiveFigure", "OwnData", "Slider", "your_data")
    }
    assert figures == set(GALLERY)


@every_figure
def test_each_parameter_has_a_slider_linked_to_the_drawing(name):
    figure, _ = made(name)
    assert [link.source[0] for link in figure.links][: len(figure.controls)] == figure.controls
    for key, control, link in zip(figure.spec.sliders, figure.controls, figure.links):
        assert link.target == (figure.drawing, key)
        assert getattr(figure.drawing, key) == pytest.approx(control.value)
        assert control.min <= control.value <= control.max


@pytest.mark.parametrize("name", sampled(GALLERY, ["normal", "em"]))  # the chapters' own outputs are held to the others
def test_the_stored_form_is_the_same_at_every_run_and_names_no_model(name):
    first, second = made(name)[1], GALLERY[name]()._repr_mimebundle_()
    for kind in ("text/html", "text/plain", "image/png"):
        assert first[kind] == second[kind]
    assert not re.search(r"[0-9a-f]{32}", first["text/html"])


@every_figure
def test_the_still_picture_says_what_it_shows(name):
    figure, bundle = made(name)
    assert f'aria-label="{figure.spec.alt}"' in bundle["text/html"]
    assert len(figure.spec.alt) > 40
    assert base64.b64decode(bundle["image/png"]).startswith(b"\x89PNG")
    identifiers = re.findall(r' id="([^"]+)"', bundle["text/html"])
    assert len(identifiers) == len(set(identifiers))
    assert "model_id" in bundle["application/vnd.jupyter.widget-view+json"]


@every_figure
def test_every_function_that_a_figure_names_is_there(name):
    figure, _ = made(name)
    spec = figure.drawing.spec
    known = {*figure.drawing.functions, *figure.spec.sliders, "logL", *(spec["stepping"] or {}).get("theta", ())}
    for template in spec["readouts"]:
        assert set(re.findall(r"\{(\w+)", template)) <= known
    assert {text for _, term in spec["formula"] for kind, text, *_ in term if kind == "number"} <= known
    for layer in (layer for axes in spec["panels"] for layer in axes["layers"]):
        for key in ("fn", "x", "y", "from", "to"):
            if isinstance(layer.get(key), str):
                assert layer[key] in known
        assert set(layer.get("gamma") or ()) <= known
        assert {part for bell in layer.get("near", ()) for part in bell if isinstance(part, str)} <= known


@every_figure
def test_the_state_that_a_page_embeds_is_plain_json(name):
    state = made(name)[0].drawing.get_state(["functions", "spec", "name"])
    assert json.loads(json.dumps(state)) == json.loads(json.dumps(state, allow_nan=False))


def test_the_functions_of_a_figure_are_the_formulas():
    figure = made("responsibility")[0].spec
    pi1, mu1, var1, mu2, var2 = (figure.sliders[key].value for key in ("pi1", "mu1", "var1", "mu2", "var2"))
    mixture = Mixture([pi1, 1 - pi1], [mu1, mu2], [var1, var2])
    scope = {**figure.scope(), "x": np.linspace(37, 102, 31)}
    np.testing.assert_allclose(figure.call("f", scope), mixture.pdf(scope["x"]), rtol=1e-12)
    np.testing.assert_allclose(figure.call("gamma1", scope), mixture.responsibilities(scope["x"])[:, 0], rtol=1e-12)


def test_the_log_likelihood_of_a_figure_is_that_of_gmm():
    figure = gallery.likelihood(WAITING, FITTED)
    scope = figure.scope()
    mixture = Mixture(FITTED.weights, [scope["mu1"], scope["mu2"]], FITTED.variances)
    assert figure.call("logL", scope) == pytest.approx(log_likelihood(WAITING, mixture), rel=1e-12)


@pytest.mark.parametrize(("present", "touch"), [(64.0, 70.0), (64.0, 64.0), (50.0, 72.0), (76.0, 44.0)])
def test_the_bound_of_a_figure_is_that_of_the_e_step_and_its_top_that_of_the_m_step(present, touch):
    figure = made("em_bound")[0].spec
    scope = {**figure.scope(), "mu1": present, "touch": touch}
    gamma = e_step(WAITING, at(touch))
    below = (gamma * (np.log(at(present).component_pdf(WAITING)) - np.log(gamma))).sum()
    above = log_likelihood(WAITING, at(present))
    assert figure.call("bound", scope) == pytest.approx(below, rel=1e-12)
    assert figure.call("gap", scope) == pytest.approx(above - below, abs=1e-9)
    assert figure.call("gap", scope) > 1 or present == touch
    assert figure.call("update", scope) == pytest.approx(m_step(WAITING, gamma).means[0], rel=1e-12)


@pytest.mark.parametrize(("mu", "variance", "x"), [(2.0, 4.0, 5.0), (-3.0, 0.2, -6.0), (1.0, 6.0, 1.0)])
def test_the_areas_that_the_band_joins_are_those_of_the_distribution_function(mu, variance, x):
    figure = gallery.standardise()
    area = figure.call("area", {"mu": mu, "variance": variance, "x": x})
    assert area == pytest.approx(abs(Mixture(1.0, mu, variance).cdf(x) - 0.5), abs=1e-15)


@pytest.mark.parametrize("cut", [43.0, 55.5, 70.0, 96.0])
def test_the_sums_of_the_parts_add_to_those_of_an_em_step(cut):
    mixture = Mixture([0.5, 0.5], [60.0, 75.0], [80.0, 80.0])
    figure, gamma = gallery.parts(WAITING, mixture), mixture.responsibilities(WAITING)[:, 0]
    scope = {**figure.scope(), "cut": cut}
    whole = [figure.call(f"whole{power}", scope) for power in range(3)]
    for power in range(3):
        terms = gamma * (WAITING - 60) ** power
        one, other = (figure.call(f"{which}{power}", scope) for which in ("one", "other"))
        assert one == pytest.approx(terms[cut >= WAITING].sum(), rel=1e-9, abs=1e-9)
        assert one + other == pytest.approx(whole[power], rel=1e-9)
        assert figure.call(f"share{power}", scope) == pytest.approx(one / whole[power], rel=1e-9)
    step = m_step(WAITING, mixture.responsibilities(WAITING))
    assert 60 + whole[1] / whole[0] == pytest.approx(step.means[0], rel=1e-12)
    assert whole[2] / whole[0] - (whole[1] / whole[0]) ** 2 == pytest.approx(step.variances[0], rel=1e-9)


def test_the_rings_of_the_hill_add_to_the_square_of_the_area():
    figure = gallery.polar()
    r = np.linspace(0, 2.5, 20_001)
    counted = np.trapezoid(figure.call("ring", {"rho": r}), r)
    assert figure.call("inner", {"r": 2.5}) == pytest.approx(counted, rel=1e-7)
    z = np.linspace(-40, 40, 20_001)
    assert figure.call("whole", {}) == pytest.approx(np.trapezoid(figure.call("bell", {"z": z}), z) ** 2, rel=1e-12)


@pytest.mark.parametrize(("half", "pi1"), [(0, 0.36), (7, 0.36), (600, 0.36), (600, 0.9)])
def test_the_labels_of_the_draws_are_counted_as_they_fall(half, pi1):
    figure = made("sampling")[0].spec
    (drops,) = (layer for layer in figure.panels[0]["layers"] if layer["kind"] == "drops")
    scope = {**figure.scope(), "half": half, "pi1": pi1}
    assert figure.call("drawn", scope) == half // 2
    assert figure.call("first", scope) == np.sum(np.array(drops["labels"][: half // 2]) < pi1)
    assert abs(np.mean(drops["values"])) < 0.2 and np.std(drops["values"]) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize(("d", "pi1"), [(0, 0.5), (1.9, 0.5), (2.1, 0.5), (6, 0.5), (2.6, 0.2), (4, 0.2), (6, 0.05)])
def test_the_bumps_that_a_figure_counts_are_those_of_the_density(d, pi1):
    figure = gallery.two_bumps()
    x = np.linspace(-6, 6, 200_001)
    rising = np.diff(Mixture([pi1, 1 - pi1], [-d / 2, d / 2], [1.0, 1.0]).pdf(x)) > 0
    tops = np.count_nonzero(rising[:-1] & ~rising[1:])
    assert figure.call("bumps", {"d": d, "pi1": pi1}) == tops
    assert figure.call("zeros", {"d": d, "pi1": pi1}) == 2 * tops - 1


@pytest.mark.parametrize("cut", [43.0, 60.5, 66.0, 80.0])
def test_the_mistakes_that_a_cut_lets_expect_are_the_shares_of_the_other_side(cut):
    figure = gallery.memberships(WAITING, FITTED)
    scope = {**figure.scope(), "cut": cut}
    mixture = Mixture([scope["pi1"], 1 - scope["pi1"]], [scope["mu1"], scope["mu2"]], [scope["var1"], scope["var2"]])
    gamma, short = mixture.responsibilities(WAITING), cut >= WAITING
    assert figure.call("left", scope) == short.sum()
    assert figure.call("wrong", scope) == pytest.approx(gamma[short, 1].sum() + gamma[~short, 0].sum(), rel=1e-12)


def test_under_the_lens_a_needle_is_the_same_bell_at_every_width():
    figure, u = gallery.collapse(WAITING, FITTED), np.linspace(-4, 4, 9)
    for s in (-12, -6.0, 0.5):
        bell = figure.call("lens_c1", {"s": s, "u": u})
        np.testing.assert_allclose(
            bell, Mixture([0.05, 0.95], [0.0, 1e3], [1.0, 1.0]).component_pdf(u)[:, 0], rtol=1e-9
        )


@pytest.mark.parametrize(("m", "leans"), [(2.0, -1), (3.0, 1)])
def test_the_beam_leans_to_the_side_of_the_weighted_mean_and_is_level_on_it(m, leans):
    figure = gallery.balance()
    scope = figure.scope()
    low, high = (figure.call("beam", {**scope, "m": m, "x": m + way}) for way in (-1, 1))
    assert np.sign(high - low) == leans
    level = {**scope, "m": figure.call("update", scope)}
    assert figure.call("beam", {**level, "x": 0.0}) == pytest.approx(figure.call("beam", {**level, "x": 10.0}))


@pytest.mark.parametrize("means", [(75.0, 77.0), (50.0, 60.0), (90.0, 48.0), (44.0, 44.5)])
def test_the_steps_of_the_map_are_those_of_the_engine(means):
    figure = made("basins")[0].spec
    point = Point(WAITING, np.ones(WAITING.size), (FITTED.weights, np.array(means), FITTED.variances))
    scope, sigma = {**figure.scope(), "mu1": means[0], "mu2": means[1]}, np.sqrt(FITTED.variances)
    em = [figure.call(f"em{j}", scope) for j in (1, 2)]
    np.testing.assert_allclose(em, means + sigma * point.first / point.nk, rtol=1e-9)
    way = np.linalg.solve(-point.hessian[2:4, 2:4], point.gradient[2:4])
    newton = [figure.call(f"newton{j}", scope) for j in (1, 2)]
    np.testing.assert_allclose(newton, means + sigma * way / max(1, np.abs(way).max()), rtol=1e-6)


def test_the_colours_of_the_map_tell_where_newton_ends_and_em_ends_on_the_hill_of_its_side():
    figure = made("basins")[0].spec
    (tint,) = (layer for layer in figure.panels[0]["layers"] if layer["kind"] == "tint")
    places = np.linspace(*tint["x"], 81)[1::2]
    assert 0.25 < "".join(tint["rows"]).count("0") / 1600 < 0.4
    hills = []
    for i, j in ((2, 2), (9, 33), (33, 9), (22, 26)):
        start, ends = np.array([places[i], places[j]]), {}
        for way, steps in (("em", 12), ("newton", 40)):
            mean = start
            for _ in range(steps):
                scope = {"xs": WAITING, "N": WAITING.size, "mu1": mean[0], "mu2": mean[1]}
                mean = np.array([figure.call(f"{way}{k}", scope) for k in (1, 2)])
            ends[way] = mean
        hill = 1 if np.allclose(ends["newton"], FITTED.means, atol=0.1) else 2 if np.ptp(ends["newton"]) > 20 else 0
        hill = hill if (np.abs(ends["newton"] - 70) < 27).all() else 0
        assert int(tint["rows"][j][i]) == hill
        hills.append(hill)
        if abs(start[0] - start[1]) > 2:
            assert (ends["em"][0] < ends["em"][1]) == (start[0] < start[1])
            assert np.ptp(ends["em"]) > 20
    assert {*hills} == {0, 1, 2}


@every_figure
def test_what_a_printed_page_shows_is_told_and_is_another_picture(name):
    figure, bundle = made(name)
    spec, html = figure.spec, bundle["text/html"]
    pictures = re.findall(r"<svg.*?</svg>", html, re.S)
    assert len(pictures) == (2 if spec.still else 1)
    if not spec.still:
        return
    assert re.sub(r"#\w+|id=\S+", "", pictures[0]) != re.sub(r"#\w+|id=\S+", "", pictures[1])
    (line,) = re.findall(r'class="gmm-shown">Shown: (.*?)\.</p>', html)
    for key, value in spec.still.items():
        slider = spec.sliders[key]
        assert slider.low <= value <= slider.high
        assert f"{slider.label} = {value:.{slider.digits}f}".replace("-", "−") in line


def test_a_printed_page_shows_em_after_its_steps():
    start = Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0])
    figure, path = gallery.em(WAITING, start, still=9), iterate(WAITING, start, tol=0, max_iter=4).mixtures
    scope = figure.scope(figure.still)
    np.testing.assert_allclose([scope["mu1"], scope["mu2"]], path[4].means, rtol=1e-12)
    np.testing.assert_allclose(scope["gamma"], e_step(WAITING, path[4]), rtol=1e-9)
    np.testing.assert_allclose(scope["trace"], [log_likelihood(WAITING, mixture) for mixture in path], rtol=1e-12)
    assert scope["start"]["mu1"] == 50
    np.testing.assert_allclose(figure.scope({"step": 8})["gamma"], e_step(WAITING, path[3]), rtol=1e-9)


def test_a_state_for_print_names_sliders():
    with pytest.raises(
        ValueError, match=r"still names sigma, which no slider sets. Name sliders: \['mu', 'variance'\]"
    ):
        live.FigureSpec(**{**vars(gallery.normal()), "still": {"sigma": 2.0}})


@pytest.mark.parametrize("power", [0.0, 4.0, 8.0, 9.0])
def test_the_variance_about_the_mean_survives_the_shift_that_the_difference_of_squares_does_not(power):
    figure = gallery.cancellation()
    scope = {**figure.scope(), "s": power}
    right = np.var(figure.data)
    assert figure.call("about", scope) == pytest.approx(right, rel=1e-12)
    assert (figure.call("shortcut", scope) == pytest.approx(right, rel=1e-6)) == (power < 6)


def test_the_nodes_of_a_figure_are_those_of_gmm():
    figure = gallery.nodes(CELL)
    scope = {**figure.scope(), "p": 16}
    x, w = Nodes.of(CELL, np.array([-1.0, 1.0])).weighted()
    order = np.argsort(x)
    places, weights = ([figure.call(f"{kind}{i}", scope) for i in range(16, 0, -1)] for kind in "tw")
    np.testing.assert_allclose(places, x[order], rtol=1e-12)
    np.testing.assert_allclose(weights, w[order], rtol=1e-10)


@pytest.mark.parametrize(("p", "h"), [(1, 4.0), (6, 0.75), (16, 9.0)])
def test_the_sum_over_the_nodes_of_a_figure_is_the_sum_of_their_weights_times_the_curve(p, h):
    figure = gallery.nodes(CELL)
    scope = {**figure.scope(), "p": p, "h": h}
    gamma = Mixture([0.5, 0.5], [-2 / h, 2 / h], [4 / h**2, 4 / h**2]).responsibilities
    terms = [figure.call(f"w{i}", scope) * gamma(figure.call(f"t{i}", scope))[0] for i in range(1, p + 1)]
    assert figure.call("replaced", scope) == pytest.approx(sum(terms), rel=1e-12)
    assert figure.call("exact", scope) == pytest.approx(gamma(CELL)[:, 0].sum(), rel=1e-12)


@pytest.mark.parametrize("x", [-50.0, -39.0, 0.3, 38.0, 60.0])
def test_a_share_is_that_of_gmm_while_its_exponent_is_in_the_window_and_else_no_number(x):
    mixture = Mixture([0.3, 0.7], [-0.02, 0.02], [1.0, 1.2])
    figure = gallery.shift(mixture)
    right = mixture.responsibilities(x)[1]
    for m in (mixture.log_pdf(x), mixture.log_pdf(x) - 700, mixture.log_pdf(x) + 650):
        assert figure.call("shifted", {**figure.scope(), "x": x, "m": m}) == pytest.approx(right, rel=1e-9)
    assert figure.call("gamma2", {"x": x}) == pytest.approx(right, rel=1e-12)
    with np.errstate(over="ignore", invalid="ignore"):
        for m in (mixture.log_pdf(x) - 760, mixture.log_pdf(x) + 760):
            assert np.isnan(figure.call("shifted", {**figure.scope(), "x": x, "m": m}))


def test_the_formula_of_a_figure_is_typeset_with_its_values():
    html = live.mixture()._repr_mimebundle_()["text/html"]
    (formula,) = re.findall(r'<p class="gmm-formula">.*?</p>', html)
    assert re.sub("<[^>]*>", "", formula) == "f(x) = 0.40 N(x | −1.00, 1.00) + 0.60 N(x | 2.00, 1.50)"
    assert re.findall(r'gmm-letter">([^<]*)', formula) == ["f", "x", "x", "x"]
    assert re.findall(r'gmm-script">([^<]*)', formula) == ["N", "N"]
    assert len(re.findall('"gmm-number"', formula)) == 6
    assert "gmm-formula" not in live.two_bumps()._repr_mimebundle_()["text/html"]


def test_a_value_that_rounds_to_zero_has_no_sign_in_a_formula():
    assert '"gmm-number">0.00<' in markup([["mixture", pieces("{mu:2}")]], lambda name: -0.001)


@pytest.mark.parametrize(("s", "h"), [(-3.0, 1.0), (0.5, 1.0), (-1.0, 0.2)])
def test_the_figure_of_recorded_data_has_the_log_likelihoods_of_gmm(s, h):
    figure = gallery.recorded(WAITING, FITTED)
    scope = {**figure.scope(), "s": s, "h": h}
    mixture = Mixture([0.05, 0.95], [48, FITTED.mean], [10 ** (2 * s), FITTED.variance])
    assert figure.call("exact", scope) == pytest.approx(log_likelihood(WAITING, mixture), rel=1e-12)
    grouped = log_likelihood(WAITING, mixture, width=h) - WAITING.size * np.log(h)
    assert figure.call("classes", scope) == pytest.approx(grouped, rel=1e-9)


def test_a_sample_of_a_figure_is_fitted_and_its_gain_counted():
    figure = gallery.accidents(seed=3, n_samples=5)
    samples, taken = figure.data.reshape(5, 100), 0
    for draw, x in enumerate(samples, start=1):
        scope = {**figure.scope(), "draw": draw}
        pair = fit(x, 2, accidents=True)
        gain = pair.log_likelihood - fit(x, 1).log_likelihood
        taken += gain > 3
        assert figure.call("gain", scope) == pytest.approx(gain, abs=1e-9)
        assert figure.call("taken", scope) == taken
        np.testing.assert_allclose(figure.call("f", {**scope, "x": x}), pair.mixture.pdf(x), rtol=1e-9)
        heights, edges = np.histogram(x, np.arange(-4, 4.1, 0.25), density=True)
        np.testing.assert_allclose(figure.call("bars", {**scope, "x": edges[:-1] + 0.1}), heights, atol=1e-12)


def test_a_figure_counts_the_intervals_that_hold_the_truth():
    figure = GALLERY["coverage"]().spec
    assert [figure.call("hits", {**figure.scope(), "draw": draw}) for draw in (1, 2, 3, 6)] == [1, 1, 2, 4]


@pytest.mark.parametrize("p", [-8.516455, -6.722248, -5.5])
def test_a_mixture_of_moments_has_the_first_four_of_the_data_and_the_fifth_at_a_root(p):
    x, count = datasets.crabs()
    figure = gallery.moments(x, count)
    scope = {**figure.scope(), "p": p}
    grid = np.linspace(0.5, 0.8, 60_001)
    f = figure.call("f", {**scope, "x": grid})
    centre = np.average(x, weights=count)
    for power in range(1, 5):
        seen = np.average(((x - centre) / 0.004) ** power, weights=count)
        assert np.trapezoid(((grid - centre) / 0.004) ** power * f, grid) == pytest.approx(seen, abs=1e-4)
    fifth = np.average(((x - centre) / 0.004) ** 5, weights=count)
    gap = np.trapezoid(((grid - centre) / 0.004) ** 5 * f, grid) - fifth
    assert figure.call("gap", scope) == pytest.approx(gap, abs=0.01)
    assert (abs(gap) < 0.01) == (p != -5.5)


def test_the_nearest_mixture_of_a_figure_is_that_of_gmm():
    figure = gallery.nearest(skewnesses=(0.8, 1.0, 1.2))
    scope = {**figure.scope(), "s": 1.0}
    x = np.linspace(-1.999, 12, 40_001)
    truth = figure.call("gamma", {**scope, "x": x})
    np.testing.assert_allclose(truth, gamma.pdf(2 * (x + 2), 4) * 2, rtol=1e-9)
    assert np.trapezoid(truth, x) == pytest.approx(1, abs=1e-4)
    pair = fit(x, 2, sample_weight=1e6 * truth / truth.sum()).mixture
    at = np.linspace(-2, 4, 9)
    np.testing.assert_allclose(figure.call("f", {**scope, "x": at}), pair.pdf(at), rtol=2e-3)
    lost = np.trapezoid(truth * (np.log(truth) - pair.log_pdf(x)), x)
    assert figure.call("far2", scope) == pytest.approx(lost, rel=0.01)


def test_the_steps_of_em_and_of_the_gradient_in_a_figure_are_those_of_the_formulas():
    figure = gallery.race(WAITING, FITTED)
    scope = {**figure.scope(), "mu1": 60.0, "mu2": 75.0, "eta": 30.0}
    at = Mixture(FITTED.weights, [60.0, 75.0], FITTED.variances)
    shares = e_step(WAITING, at)
    means = shares.T @ WAITING / shares.sum(axis=0)
    slopes = (shares * (WAITING[:, np.newaxis] - at.means) / at.variances).sum(axis=0)
    for j in (0, 1):
        assert figure.call(f"em{j + 1}", scope) == pytest.approx(means[j], rel=1e-12)
        assert figure.call(f"up{j + 1}", scope) == pytest.approx(at.means[j] + 30 * slopes[j] / 272, rel=1e-12)


def test_a_figure_names_what_a_function_lacks():
    with pytest.raises(ValueError, match=r"functions\['f'\] needs mu, variance"):
        live.FigureSpec(
            "broken",
            sliders={},
            functions={"f": formulas.normal},
            panels=[panel([curve("f", "mixture")], x=(-1, 1))],
            alt="A figure that lacks its sliders, made to show the message.",
        )


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, r"panels\[0\] has no range: give y=\(low, high\)"),
        ((0, 1.5), r"panels\[0\] has y=\(0, 1.5\), of which the start fills 26%: choose a range that it fills to 40%"),
    ],
)
def test_a_panel_needs_a_range_that_its_start_fills(y, message):
    with pytest.raises(ValueError, match=message):
        live.FigureSpec(
            "low",
            sliders={"mu": live.Slider("μ", 0, -1, 1), "variance": live.Slider("σ²", 1, 0.2, 2)},
            functions={"f": formulas.normal},
            panels=[panel([curve("f", "mixture")], x=(-3, 3), y=y)],
            alt="A figure whose curve is low, made to show the message.",
        )


@pytest.mark.parametrize("variances", [[100.0, 100.0], [1e-6, 100.0], [1e4, 1e4]])
def test_a_histogram_and_any_start_fill_the_range_that_a_figure_gives_itself(variances):
    start = Mixture([0.5, 0.5], [50.0, 60.0], variances)
    for specify in (gallery.memberships, gallery.em):
        low, high = specify(WAITING, start).panels[0]["y"]
        wall = bricks(WAITING, 27)
        assert low == 0
        assert 0.3 * high < wall["height"] * (max(wall["row"]) + 1) < high


def test_a_still_picture_marks_a_start_that_its_range_cuts():
    bundle = made("em")[1]
    assert "▼ −1387" in bundle["text/html"]
    assert "▲" not in bundle["text/html"]


def test_a_text_with_marks_of_its_own_stays_in_its_attribute():
    figure = live.normal()
    figure.spec.alt = 'Where x < 0 & "low" \\1'
    assert 'aria-label="Where x &lt; 0 &amp; &quot;low&quot; \\1"' in figure._repr_mimebundle_()["text/html"]


def test_live_figures_have_the_colours_of_the_others():
    css = files("gmm.live").joinpath("figure.css").read_text("utf-8")
    light = dict(re.findall(r"--gmm-(\w+): (#\w+);", css.split("}")[0]))
    others = {"ink": plot.INK, "data": plot.DATA, "axis": plot.AXIS, "text": plot.TEXT}
    assert light == {**{str(j): colour for j, colour in enumerate(plot.COMPONENTS, start=1)}, **others}
    dark = dict(re.findall(r"--gmm-(\w+): (#\w+);", css.split("}")[1]))
    assert dark.keys() == light.keys()


@pytest.mark.parametrize("path", sorted(Path(__file__).parents[2].glob("book/*.ipynb")), ids=lambda path: path.stem)
def test_no_two_figures_of_a_page_have_one_name(path):
    names = re.findall(r'data-live=\\"([^"\\]+)', path.read_text("utf-8"))
    assert len(names) == len(set(names))


def test_bricks_stand_in_a_histogram_of_area_one():
    layer = bricks(WAITING, 27)
    assert layer["width"] * layer["height"] * len(layer["x"]) == pytest.approx(1)
    counts, edges = np.histogram(WAITING, 27)
    left, found = np.unique(layer["left"], return_counts=True)
    np.testing.assert_allclose(left, edges[:-1][counts > 0])
    np.testing.assert_array_equal(found, counts[counts > 0])
    assert max(layer["row"]) == counts.max() - 1


def test_arguments_tell_arrays_indices_and_numbers_apart():
    names = [str(argument) for argument in arguments(formulas.update_variance)]
    assert names == ["N", "gamma", "k", "mu", "x"]
    assert [type(argument) for argument in arguments(formulas.nk)] == [sp.Symbol, sp.IndexedBase, sp.Symbol]
