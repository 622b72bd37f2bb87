"""The sliders of the rendered page, moved in a real browser with every outside request refused."""

import json
import re
from urllib.parse import parse_qsl

import ipywidgets
import ipywidgets.embed
import numpy as np
import pytest

from gmm import Mixture, datasets, e_step, fit, iterate, log_likelihood, m_step
from tests.pages.conftest import BOTH_WAYS, EACH_WAY, RESET, each_and, live_pages, sampled
from tests.pages.test_access import UNFOLD
from tools.contents import BOOK

# Moves each slider of a figure across its range and returns what was drawn at each place.
SWEEP = """
(alive) => [...alive.querySelectorAll("input[type=range]")].map((input) => {
  const seen = [0, 0.3, 0.62, 1].map((share) => {
    input.value = Number(input.min) + share * (input.max - input.min);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return alive.querySelector(".gmm-figure").innerHTML;
  });
  input.value = input.defaultValue;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return { name: input.labels[0].textContent, seen };
})
"""
FIGURE = "document.querySelector('[data-figure=\"{}\"]').gmm"


# The pages that are looked at while they are still being read, over http and from a folder.
AT_FIRST = [("index", "http"), ("em", "http"), ("yours", "http"), ("em", "file")]
# As soon as the page is parsed, whatever else it still waits for, moves each slider once
# and notes which of them change their drawing.
# The pages that are looked at while they are still being read, over http and from a folder.
AT_FIRST = {("index", "http"), ("em", "http"), ("yours", "http"), ("em", "file")}
AT_ONCE = """
addEventListener("DOMContentLoaded", () => {
  window.answers = [...document.querySelectorAll(".gmm-alive:has(.gmm-figure) input[type=range]")].map((input) => {
    const figure = input.closest(".gmm-alive").querySelector(".gmm-figure"), before = figure.innerHTML;
    const { min, max, defaultValue } = input;
    input.value = Number(defaultValue) < (Number(min) + Number(max)) / 2 ? max : min;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return figure.innerHTML !== before;
  });
});
"""


def figures(visit):
    return visit.page.query_selector_all(".gmm-alive:has(.gmm-figure)")


@pytest.mark.parametrize(("name", "scheme"), BOTH_WAYS)
def test_each_slider_moved_across_its_range_changes_the_drawing(visit, moved, name, scheme):
    opened = moved(name) if scheme == "http" else visit(name, scheme)
    count = opened.live()
    assert count == len(figures(opened)) > 0
    for alive in figures(opened):
        sliders = alive.evaluate(SWEEP)
        assert sliders
        for slider in sliders:
            for one, other in zip(slider["seen"], slider["seen"][1:]):
                assert one != other, f"{slider['name']} changes nothing"
            for drawing in slider["seen"]:
                assert not re.search(r"NaN|Infinity|undefined", drawing), f"{slider['name']} draws no number"
    opened.check()


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
  .observe({ type: "layout-shift", buffered: true });
"""
HEIGHTS = "(nodes) => nodes.map((node) => node.getBoundingClientRect().height)"


EACH_WIDTH = each_and(live_pages(), [1100], 360, ["index", "em", "yours"])


@pytest.mark.parametrize(
    ("name", "width"), sampled(EACH_WIDTH, [way for way in EACH_WIDTH if way[0] in ("index", "em", "yours")])
)
def test_nothing_jumps_when_a_figure_comes_alive_after_the_first_paint(visit, name, width):
    opened = visit("search", viewport={"width": width, "height": 900}, has_touch=width < 500)
    page, held = opened.page, []
    page.add_init_script(SHIFTS)
    page.route("**/page.js*", lambda route: held.append(route))
    page.goto(page.url.replace("search", name), wait_until="commit")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    while not held:
        page.wait_for_timeout(20)  # Playwright hears of requests while it waits
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    opened.at_rest("shifts.length")
    page.evaluate("shifts.splice(0)")  # those of the fonts
    still = page.locator("[data-live]").evaluate_all(HEIGHTS)
    held[0].continue_()
    opened.live()
    opened.at_rest("shifts.length")
    live = page.locator(".gmm-alive").evaluate_all(HEIGHTS)
    if name != "yours":  # whose room is the whole screen
        np.testing.assert_allclose(still, live, atol=1)
    assert sum(page.evaluate("shifts")) <= 0.001
    opened.check()


@pytest.mark.parametrize(("name", "scheme"), sampled(EACH_WAY, AT_FIRST))
def test_each_slider_answers_as_soon_as_the_page_is_parsed(visit, name, scheme):
    opened = visit("search", scheme)
    opened.page.add_init_script(AT_ONCE)
    opened.page.goto(opened.page.url.replace("search", name))
    answers = opened.page.evaluate("answers")
    assert answers == [True] * opened.page.locator(".gmm-alive:has(.gmm-figure) input[type=range]").count()
    assert answers or name == "yours"
    opened.check()


@pytest.mark.parametrize("name", sampled(live_pages()))
def test_arrow_keys_move_a_slider_and_its_value_in_words(moved, name):
    opened = moved(name)
    opened.live()
    opened.page.evaluate(UNFOLD)
    slider = opened.page.locator(".gmm-alive input[type=range]").first
    before = slider.get_attribute("aria-valuetext")
    slider.focus()
    opened.page.keyboard.press("ArrowRight")
    after = slider.get_attribute("aria-valuetext")
    opened.page.keyboard.press("End")
    assert len({before, after, slider.get_attribute("aria-valuetext")}) == 3
    opened.check()


@pytest.mark.parametrize("touch", [False, True])
def test_dragging_the_ring_moves_the_mean_and_its_slider(visit, touch):
    opened = visit("normal", has_touch=touch)
    opened.live()
    ring = opened.page.locator('[data-param="mu"]').first
    ring.scroll_into_view_if_needed()
    box = ring.locator(".gmm-grip").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if touch:
        client = opened.page.context.new_cdp_session(opened.page)
        for kind, place in (("touchStart", x), ("touchMove", x + 40), ("touchMove", x + 80), ("touchEnd", None)):
            points = [] if place is None else [{"x": place, "y": y}]
            client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    else:
        opened.page.mouse.move(x, y)
        opened.page.mouse.down()
        opened.page.mouse.move(x + 80, y, steps=4)
        opened.page.mouse.up()
    moved = opened.page.evaluate(f"{FIGURE.format('normal')}.scope().mu")
    slider = opened.page.locator(".gmm-alive input[type=range]").first
    assert moved > 0.5
    assert float(slider.input_value()) == pytest.approx(moved)
    opened.check()


def calls(opened, figure, name, scopes):
    """Return what a function of the page gives for each scope."""
    script = f"(scopes) => scopes.map((scope) => String({FIGURE.format(figure)}.call.{name}(scope)))"
    return np.array([float(value) for value in opened.page.evaluate(script, scopes)])


MIXTURES = [
    (0.4, -1.0, 1.0, 2.0, 1.5),
    (0.01, 3.0, 0.2, -4.0, 4.0),
    (0.5, 0.0, 1.0, 0.0, 1.0),
    (1.0, 50.0, 1.0, 50.0, 2.0),
    (0.0, 1.0, 2.0, 3.0, 4.0),
]
POINTS = [*np.linspace(-10, 10, 81), -1e3, 1e3, 96.0, 1e6, -1e100, 1e-300]


def hold_to_gmm(opened, figure="responsibility"):
    """Insist that what the page computes at a point is what gmm computes."""
    for pi1, mu1, var1, mu2, var2 in MIXTURES:
        mixture = Mixture([pi1, 1 - pi1], [mu1, mu2], [var1, var2])
        scopes = [{"x": x, "pi1": pi1, "mu1": mu1, "var1": var1, "mu2": mu2, "var2": var2} for x in POINTS]
        for k in (1, 2):
            page = calls(opened, figure, f"gamma{k}", scopes)
            np.testing.assert_allclose(page, mixture.responsibilities(POINTS)[:, k - 1], rtol=1e-12, atol=1e-300)
            page = calls(opened, figure, f"c{k}", scopes)
            np.testing.assert_allclose(page, mixture.component_pdf(POINTS)[:, k - 1], rtol=1e-12, atol=1e-300)
        page = calls(opened, figure, "f", scopes)
        np.testing.assert_allclose(page, mixture.pdf(POINTS), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_page_computes_what_gmm_computes_far_tails_included(visit, scheme):
    opened = visit("responsibilities", scheme)
    opened.live()
    hold_to_gmm(opened)
    opened.check()


@pytest.mark.parametrize("slip", ["pi left out", "sigma for its square", "unweighted density"])
def test_a_slip_in_what_the_page_computes_is_caught(visit, slip):
    opened = visit("responsibilities")
    opened.live()
    call = f"{FIGURE.format('responsibility')}.call"
    wrong = {
        "pi left out": "gamma1 = (old => s => old({...s, pi1: 0.5}))(call.gamma1)",
        "sigma for its square": "c1 = (old => s => old({...s, var1: Math.sqrt(s.var1)}))(call.c1)",
        "unweighted density": "f = (old => s => old({...s, pi1: 1}) + call.c2({...s, pi1: 0}))(call.f)",
    }[slip]
    opened.page.evaluate(f"(() => {{ const call = {call}; call.{wrong}; }})()")
    with pytest.raises(AssertionError):
        hold_to_gmm(opened)


def test_the_page_reads_off_the_mean_and_variance_of_the_mixture(visit):
    opened = visit("mixture")
    opened.live()
    for pi1, mu1, var1, mu2, var2 in MIXTURES:
        mixture = Mixture([pi1, 1 - pi1], [mu1, mu2], [var1, var2])
        scope = [{"pi1": pi1, "mu1": mu1, "var1": var1, "mu2": mu2, "var2": var2}]
        assert calls(opened, "mixture", "mean", scope)[0] == pytest.approx(mixture.mean, rel=1e-12, abs=1e-12)
        assert calls(opened, "mixture", "variance", scope)[0] == pytest.approx(mixture.variance, rel=1e-12)


def test_the_area_that_the_page_counts_is_the_sum_of_the_free_weights(visit):
    opened = visit("mixture")
    opened.live()
    scopes = [{"pi1": a, "pi2": b} for a in (0, 0.3, 1.5) for b in (0, 0.7, 1.5)]
    counted = calls(opened, "free-weights", "strips", scopes)
    np.testing.assert_allclose(counted, [s["pi1"] + s["pi2"] for s in scopes], atol=1e-6)


def test_the_page_computes_the_log_likelihood_of_the_data(visit):
    opened = visit("likelihood")
    opened.live()
    waiting = datasets.faithful().waiting
    weights, variances = [0.5, 0.5], [34.45, 34.45]  # those of the chapter's figure
    scope = json.loads(opened.page.evaluate(f"JSON.stringify({FIGURE.format('likelihood')}.scope())"))
    for means in ([50.0, 60.0], [54.6, 80.1], [96.0, 43.0]):
        mixture = Mixture(weights, means, variances)
        page = calls(opened, "likelihood", "logL", [{**scope, "mu1": means[0], "mu2": means[1]}])
        assert page[0] == pytest.approx(log_likelihood(waiting, mixture), rel=1e-12)


def test_the_page_rounds_as_the_chapter_on_rounding_says(visit):
    opened = visit("numerics")
    opened.live()
    x = json.loads(opened.page.evaluate(f"JSON.stringify({FIGURE.format('cancellation')}.spec.data)"))
    scopes = [{"s": power, "xs": x, "N": len(x)} for power in (0, 8, 9)]
    shifted = [np.array(x) + 10.0**power for power in (0, 8, 9)]
    # Each sum of these eight has the same rounding in any order, so that no tolerance is needed.
    expected = [(y * y).mean() - y.mean() ** 2 for y in shifted]
    np.testing.assert_array_equal(calls(opened, "cancellation", "shortcut", scopes), expected)
    np.testing.assert_allclose(calls(opened, "cancellation", "about", scopes), np.var(x), rtol=1e-12)
    mixture = Mixture([0.5, 0.5], [-0.02, 0.02], [1.0, 1.0])
    scopes = [{"x": point, "m": mixture.log_pdf(point)} for point in (-60, -39, 0, 39, 60)]
    shares = [mixture.responsibilities(scope["x"])[1] for scope in scopes]
    np.testing.assert_allclose(calls(opened, "shift", "shifted", scopes), shares, rtol=1e-9)
    assert np.isnan(calls(opened, "shift", "shifted", [{"x": 39, "m": 0}, {"x": 0, "m": -1000}])).all()
    opened.check()


STARTS = [(0.5, 50.0, 100.0, 60.0, 100.0), (0.3, 45.0, 20.0, 90.0, 180.0), (0.9, 80.0, 30.0, 52.0, 40.0)]


def set_slider(opened, alive, label, value):
    """Put a slider of a figure on a value."""
    slider = alive.get_by_label(label, exact=True)
    slider.evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input', { bubbles: true })); }", value
    )
    return float(slider.input_value())


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("scheme", sampled(["http", "file"], ["http"]))
def test_em_stepped_in_the_page_follows_fit(visit, scheme, start):
    opened = visit("em", scheme)
    opened.live()
    waiting = datasets.faithful().waiting
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    labels = ["start π₁", "start μ₁", "start σ₁²", "start μ₂", "start σ₂²"]
    pi1, mu1, var1, mu2, var2 = (set_slider(opened, alive, label, value) for label, value in zip(labels, start))
    start = Mixture([pi1, 1 - pi1], [mu1, mu2], [var1, var2])
    path = iterate(waiting, start, max_iter=40, tol=0).mixtures
    for n in (0, 1, 2, 5, 20, 40):
        set_slider(opened, alive, "step", 2 * n)
        scope = opened.page.evaluate(f"{FIGURE.format('em')}.scope()")
        theta = [scope[name] for name in ("pi1", "pi2", "mu1", "mu2", "var1", "var2")]
        np.testing.assert_allclose(theta, np.concatenate(list(path[n])), rtol=1e-9)
        assert scope["trace"][-1] == pytest.approx(log_likelihood(waiting, path[n]), rel=1e-12)
        assert (np.diff(scope["trace"]) >= -1e-9).all()
        if n < 40:
            set_slider(opened, alive, "step", 2 * n + 1)
            gamma = opened.page.evaluate(f"{FIGURE.format('em')}.scope().gamma")
            np.testing.assert_allclose(gamma, e_step(waiting, path[n]), rtol=1e-9, atol=1e-300)
    opened.check()


def test_the_buttons_step_e_and_m_and_back(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    step = alive.get_by_label("step", exact=True)
    steps = []
    for button in (
        "E-step: colour the data",
        "M-step: move the curves",
        "E-step: colour the data",
        "Back",
        "Start again",
    ):
        alive.get_by_role("button", name=button).click()
        steps.append(int(step.input_value()))
    assert steps == [1, 2, 3, 2, 0]
    opened.check()


SEEN = """
(figure) => new Promise((done) => {
  const seen = [], frame = () => {
    seen.push(figure.gmm.seen.mu1);
    seen.length < 60 ? requestAnimationFrame(frame) : done(seen);
  };
  const next = () => figure.querySelectorAll(".gmm-steppers button")[2].click();
  next();
  next();
  frame();
})
"""


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_curves_glide_to_an_m_step_unless_the_reader_prefers_no_motion(visit, motion):
    opened = visit("em", reduced_motion=motion)
    opened.live()
    figure = opened.page.locator("[data-figure=em]")
    before = figure.evaluate("(figure) => figure.gmm.scope().mu1")
    seen = figure.evaluate(SEEN)
    after = figure.evaluate("(figure) => figure.gmm.scope().mu1")
    assert before != after == seen[-1]
    if motion == "reduce":
        assert set(seen) == {after}
    else:
        steps = np.diff(seen) * np.sign(after - before)
        assert (steps >= 0).all()
        assert len(set(seen)) > 2
    opened.check()


def test_under_a_slider_the_curves_do_not_glide_and_what_is_said_is_exact_at_once(visit):
    opened = visit("em")
    opened.live()
    shown = """
    (alive, move) => {
      const figure = alive.querySelector(".gmm-figure");
      if (move === "buttons") for (let i = 0; i < 2; i++) figure.querySelectorAll(".gmm-steppers button")[2].click();
      else {
        const steps = [...alive.querySelectorAll("input[type=range]")].find(({ max }) => max === "80");
        steps.value = 2;
        steps.dispatchEvent(new Event("input", { bubbles: true }));
      }
      return [figure.gmm.seen.mu1, figure.gmm.scope().mu1, figure.querySelector(".gmm-readout").textContent];
    }
    """
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    start = opened.page.evaluate(f"{FIGURE.format('em')}.scope().mu1")
    gliding, exact, said = alive.evaluate(shown, "buttons")
    assert abs(gliding - start) < abs(exact - start)  # they are on their way, and what is said is there
    alive.get_by_role("button", name="Reset").click()
    assert alive.evaluate(shown, "slider") == [exact, exact, said]
    opened.check()


def test_play_runs_em_in_the_page(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    opened.page.clock.install()
    alive.get_by_role("button", name="Play").click()
    opened.page.clock.run_for(5000)
    alive.get_by_role("button", name="Pause").click()
    stopped = opened.page.evaluate(f"{FIGURE.format('em')}.scope().step")
    assert stopped >= 3
    opened.page.clock.run_for(5000)
    assert opened.page.evaluate(f"{FIGURE.format('em')}.scope().step") == stopped
    opened.check()


@pytest.mark.parametrize(("presses", "share"), [(0, 1), (1, 3), (2, 0.5)])
def test_the_speed_of_playing_is_set_by_a_button(visit, presses, share):
    opened = visit("em", reduced_motion="reduce")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    for _ in range(presses):
        alive.get_by_role("button", name="Speed").click()
    opened.page.clock.install()
    alive.get_by_role("button", name="Play").click()
    opened.page.clock.run_for(2100)
    steps = opened.page.evaluate(f"{FIGURE.format('em')}.scope().step")
    # Beside the time that the clock is given some passes by itself.
    least, most = (1 + int(after * share / 500) for after in (2100, 2700))
    assert least <= (steps if steps <= 8 else 8 + (steps - 8) / 2) <= most
    opened.check()


def test_two_bells_laid_over_the_data_by_hand_come_close_and_em_finishes(visit):
    opened = visit("index")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=front])")
    status, readout = alive.locator(".gmm-status"), alive.locator(".gmm-readout")
    assert status.text_content().startswith("Drag the rings")
    waiting = datasets.faithful().waiting
    best = fit(waiting, 2)
    for label, value in (("π₁", 0.36), ("μ₁", 57), ("σ₁²", 35), ("μ₂", 80), ("σ₂²", 34)):
        set_slider(opened, alive, f"start {label}", value)
    # Nearly, by 7 nats.
    assert 5 < best.log_likelihood - log_likelihood(waiting, Mixture([0.36, 0.64], [57, 80], [35, 34])) < 10
    assert status.text_content().startswith("Drag the rings")
    set_slider(opened, alive, "start μ₁", 55)
    assert status.text_content() == "Within 5 nats, by hand. Now let EM finish."
    by_hand = Mixture([0.36, 0.64], [55, 80], [35, 34])
    gap = best.log_likelihood - log_likelihood(waiting, by_hand)
    assert readout.text_content() == f"{gap:.1f} nats below the best fit"
    opened.page.clock.install()
    alive.get_by_role("button", name="Let EM finish").click()
    opened.page.clock.run_for(20_000)
    assert readout.text_content() == "0.0 nats below the best fit"
    assert "EM has converged" in status.text_content()
    opened.check()


WORDS = ".gmm-word-acts:not(.gmm-said *)"  # but for those that a question presses
ACTING = [name for name in live_pages() if "#live=" in (BOOK / f"{name}.ipynb").read_text("utf-8")]


@pytest.mark.parametrize("name", sampled(ACTING, ["mixture", "em"]))
def test_words_of_the_text_set_their_figure_and_a_copy_of_it_stays_in_view(moved, name):
    opened = moved(name)
    page = opened.page
    words, held = page.locator(WORDS), page.locator(".gmm-held")
    assert words.count() > 0
    for i, word in enumerate(words.all()):
        wanted = dict(parse_qsl(word.get_attribute("data-sets").removeprefix("#")))
        figured = wanted.pop("live")
        figure = FIGURE.format(figured)
        word.scroll_into_view_if_needed()
        before, address = page.evaluate("scrollY"), page.url
        word.focus()
        page.keyboard.press(("Enter", "Space")[i % 2])
        values = page.evaluate(f"({{ ...{figure}.scope(), ...{figure}.scope().values }})")
        assert {key: values[key] for key in wanted} == {key: float(value) for key, value in wanted.items()}
        assert (page.evaluate("scrollY"), page.url) == (before, address)
        # Where the figure is out of sight its copy is there, the same picture without what hands can take.
        page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
        held.wait_for()
        drawn = []
        for change in ("() => {}", RESET):  # the copy follows the figure, too
            page.evaluate(change)
            # An axis that follows the data begins a third of a second after the change.
            opened.at_rest(f"document.querySelector('[data-figure={figured}]').innerHTML", 40)
            places = (".gmm-held > div", f"[data-figure={figured}]")
            drawn.append([page.locator(f"{place} > svg > g").first.inner_html() for place in places])
            assert drawn[-1][0] == drawn[-1][1]
        assert drawn[0] != drawn[1]
        page.locator(f"[data-figure={figured}]").scroll_into_view_if_needed()
        held.wait_for(state="hidden")
        page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
        held.wait_for()
        if i % 2:
            word.blur()  # wherever the focus is
            page.keyboard.press("Escape")
        else:
            held.get_by_role("button", name="Close the copy").click()
        assert held.count() == 0


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize(
    "name", sampled([name for name in live_pages() if name != "yours"], ["index", "mixture", "responsibilities", "em"])
)
def test_what_one_moves_and_what_answers_is_on_one_screen(look, name, width):
    page = look(name, width).page
    tall = page.evaluate(
        """() => [...document.querySelectorAll(".gmm-alive:has(.gmm-figure)")].flatMap((alive) => {
          const parts = [...alive.querySelectorAll(".gmm-figure > :not(.gmm-spoken), .gmm-alive > .gmm-vbox > *")];
          const boxes = parts.map((part) => part.getBoundingClientRect()).filter(({ height }) => height);
          const high = Math.max(...boxes.map(({ bottom }) => bottom)) - Math.min(...boxes.map(({ top }) => top));
          return [[alive.querySelector(".gmm-figure").dataset.figure, high]];
        })"""
    )
    assert tall
    assert [(figure, high) for figure, high in tall if high > (664 if width < 600 else 600)] == []


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_e_step_lets_the_bound_touch_and_the_m_step_rolls_to_its_top(visit, motion):
    opened = visit("em", reduced_motion=motion)
    opened.live()
    page, alive = opened.page, opened.page.locator(".gmm-alive:has([data-figure=bound])")
    figure, waiting = FIGURE.format("bound"), datasets.faithful().waiting
    e, m = (alive.get_by_role("button", name=f"{letter}-step") for letter in "EM")

    def press(button):
        seen = button.evaluate(
            """(button) => new Promise((done) => {
              const { gmm } = button.closest(".gmm-figure"), seen = [];
              const look = () => {
                const { mu1, touch } = gmm.scope();
                seen.push([mu1, touch, gmm.call.gap(gmm.scope())]);
                seen.length < 60 ? requestAnimationFrame(look) : done(seen);
              };
              button.click();
              look();
            })"""
        )
        opened.at_rest(f"JSON.stringify({figure}.values())")
        return np.array(seen)

    def off():
        return [button.get_attribute("aria-disabled") for button in (e, m)]

    assert off() == ["false", "false"]
    gaps = press(e)[:, 2]
    assert (np.diff(gaps) <= 1e-9).all()  # the bound rises
    assert page.evaluate(f"{figure}.values()") == {"mu1": 64, "touch": 64}
    assert alive.locator(".gmm-readout").text_content().count("gap = 0.00 nats") == 1
    assert off() == ["true", "false"]
    moved = press(m)
    assert (np.diff(moved[:, 0]) <= 0).all() and (moved[:, 1] == 64).all()
    assert (len(set(moved[:, 0])) > 3) == (motion != "reduce")
    pi, mu, var = [0.36, 0.64], [64.0, 80.0], [60.0, 34.0]
    top = m_step(waiting, e_step(waiting, Mixture(pi, mu, var))).means[0]
    assert page.evaluate(f"{figure}.values().mu1") == pytest.approx(top, abs=0.026)  # half a step of the slider
    assert page.evaluate(f"{figure}.call.gap({figure}.scope())") > 5
    assert off() == ["false", "true"]
    opened.check()


def test_both_moves_taken_again_and_again_end_on_the_hill_and_are_off_there(visit):
    opened = visit("em", reduced_motion="reduce")
    opened.live()
    alive, waiting = opened.page.locator(".gmm-alive:has([data-figure=bound])"), datasets.faithful().waiting
    moves = alive.get_by_role("group", name="Moves").get_by_role("button")
    for _ in range(13):
        moves.evaluate_all("(buttons) => buttons.forEach((button) => button.click())")
    assert [button.get_attribute("aria-disabled") for button in moves.all()] == ["true", "true"]
    places = np.arange(44, 76, 0.05)
    heights = [log_likelihood(waiting, Mixture([0.36, 0.64], [place, 80.0], [60.0, 34.0])) for place in places]
    found = opened.page.evaluate(f"{FIGURE.format('bound')}.values().mu1")
    assert found == pytest.approx(places[np.argmax(heights)], abs=0.2)
    opened.check()


@pytest.mark.parametrize("button", ["Start again", "Back", "M-step: move the curves"])
def test_a_step_by_hand_stops_the_playing(visit, button):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    opened.page.clock.install()
    # Play, with which EM takes its first step, and the other button, before playing goes on.
    alive.evaluate(
        """(root, name) => {
          const buttons = [...root.querySelectorAll("button")];
          const press = (text) => buttons.find((button) => button.textContent.endsWith(text)).click();
          press("Play");
          press(name);
        }""",
        button,
    )
    step = opened.page.evaluate(f"{FIGURE.format('em')}.scope().step")
    assert step == {"Start again": 0, "Back": 0}.get(button, 2)
    opened.page.clock.run_for(5000)
    assert opened.page.evaluate(f"{FIGURE.format('em')}.scope().step") == step
    assert alive.get_by_role("button", name="Play").is_visible()
    opened.check()


def test_playing_ends_where_em_has_converged_within_fifteen_seconds_and_begins_again_from_the_first_step(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    path = iterate(datasets.faithful().waiting, Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0]), tol=1e-6)
    opened.page.clock.install()
    alive.get_by_role("button", name="Play").click()
    opened.page.clock.run_for(15_000)
    assert alive.get_by_label("step", exact=True).input_value() == str(2 * path.n_iter)
    said = f"M-step {path.n_iter} moved nothing by more than a millionth of σ: EM has converged."
    assert alive.locator(".gmm-status").text_content() == said
    alive.get_by_role("button", name="Play").click()
    assert alive.get_by_label("step", exact=True).input_value() == "1"
    opened.check()


def test_playing_ends_at_the_last_step_where_em_has_not_converged_before(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em-five])")
    last = int(alive.get_by_label("step", exact=True).get_attribute("max"))
    opened.page.clock.install()
    alive.get_by_role("button", name="Play").click()
    opened.page.clock.run_for(15_000)
    reached = int(alive.get_by_label("step", exact=True).input_value())
    assert reached == last or "converged" in alive.locator(".gmm-status").text_content()
    assert alive.get_by_role("button", name="Play").is_visible()
    opened.check()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_another_start_goes_to_step_0_and_the_axis_follows_when_the_hand_is_at_rest(visit, motion):
    opened = visit("em", reduced_motion=motion)
    opened.live()
    alive, figure = opened.page.locator(".gmm-alive:has([data-figure=em])"), FIGURE.format("em")
    set_slider(opened, alive, "step", 80)
    axis = opened.page.evaluate(f"{figure}.panels[1].range")
    path = iterate(datasets.faithful().waiting, Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0]), tol=0, max_iter=40)
    low, high = path.log_likelihoods[1], path.log_likelihoods[-1]
    np.testing.assert_allclose(axis, [low - (high - low) / 4, high + (high - low) / 10], rtol=1e-9)
    assert alive.locator(".gmm-cut").all_text_contents() == ["▼ −1387"]
    for mean in (45, 55, 70):
        before, after = alive.get_by_label("start μ₁", exact=True).evaluate(
            f"""(input, value) => {{
              const range = () => {figure}.panels[1].range.join(), before = range();
              input.value = value;
              input.dispatchEvent(new Event("input", {{ bubbles: true }}));
              return [before, range()];
            }}""",
            mean,
        )
        assert before == after
        assert opened.page.evaluate(f"{figure}.scope()")["mu1"] == mean
        assert alive.get_by_label("step", exact=True).input_value() == "0"
        set_slider(opened, alive, "step", 2)
    opened.page.wait_for_timeout(1000)
    path = iterate(datasets.faithful().waiting, Mixture([0.5, 0.5], [70.0, 60.0], [100.0, 100.0]), tol=0, max_iter=40)
    low, high = path.log_likelihoods[1], path.log_likelihoods[-1]
    moved = opened.page.evaluate(f"{figure}.panels[1].range")
    np.testing.assert_allclose(moved, [low - (high - low) / 4, high + (high - low) / 10], rtol=1e-9)
    opened.check()


def test_the_start_of_em_stays_as_a_ghost(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    ghost = alive.locator(".gmm-curve.gmm-ghost").first
    assert ghost.get_attribute("visibility") == "hidden"
    curve = alive.locator(".gmm-curve.gmm-component1").first
    start = curve.get_attribute("d")
    set_slider(opened, alive, "step", 4)
    assert ghost.get_attribute("visibility") == "visible"
    places = "(node) => node.getAttribute('d').match(/[^ML]+/g).map((place) => place.split(',').map(Number))"
    ghostly = np.array(ghost.evaluate(places))
    began = np.array([place.split(",") for place in re.findall(r"[^ML]+", start)], dtype=float)
    assert np.abs(np.interp(ghostly[:, 0], *began.T) - ghostly[:, 1]).max() < 0.5
    opened.check()


def test_what_is_spoken_after_an_m_step_is_the_change(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    opened.page.clock.install()
    spoken = []
    for button in ("E-step: colour the data", "M-step: move the curves"):
        alive.get_by_role("button", name=button).click()
        opened.page.clock.run_for(1000)
        spoken.append(alive.locator("[aria-live]").text_content())
    assert spoken == [
        "E-step 1 done: each observation has its responsibilities.",
        "M-step 1: up 297 nats, means 58.5 and 74.8",
    ]
    opened.check()


def test_the_name_of_a_picture_says_its_state_once_the_hand_is_at_rest(visit):
    opened = visit("normal")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=normal])")
    picture = alive.get_by_role("img")
    first = picture.get_attribute("aria-label")
    assert first.startswith("A bell curve.")
    assert "N(x | 0.00, 1.00)" in first
    opened.page.clock.install()
    set_slider(opened, alive, "σ²", 4)
    assert picture.get_attribute("aria-label") == first
    opened.page.clock.run_for(1000)
    assert "N(x | 0.00, 4.00)" in picture.get_attribute("aria-label")
    assert alive.locator(".gmm-readout-line").text_content() in picture.get_attribute("aria-label")
    opened.check()


def test_a_button_that_has_nothing_left_to_do_keeps_the_focus(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    set_slider(opened, alive, "step", 1)
    back = alive.get_by_role("button", name="Back")
    back.focus()
    opened.page.keyboard.press("Enter")
    assert back.get_attribute("aria-disabled") == "true"
    assert opened.page.evaluate("document.activeElement.ariaLabel") == "Back"
    opened.page.keyboard.press("Enter")
    assert alive.get_by_label("step", exact=True).input_value() == "0"
    opened.check()


def test_a_collapse_is_told_stops_the_playing_and_can_be_stepped_back(visit):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em-five])")
    for label, value in (("start μ₁", 2), ("start σ₁²", 0), ("start μ₂", 7), ("start σ₂²", 100)):
        set_slider(opened, alive, label, value)
    step = alive.get_by_label("step", exact=True)
    set_slider(opened, alive, "step", int(step.get_attribute("max")))
    assert "has collapsed" in alive.locator(".gmm-status").text_content()
    reached = opened.page.evaluate(f"{FIGURE.format('em-five')}.scope().reached")
    assert alive.get_by_role("button", name="-step").get_attribute("aria-disabled") == "true"
    set_slider(opened, alive, "step", reached)
    alive.get_by_role("button", name="Play").click()
    assert alive.get_by_role("button", name="Play").is_visible()
    alive.get_by_role("button", name="Back").click()
    assert int(step.input_value()) == reached - 1
    opened.check()


def test_a_component_narrower_than_a_pixel_is_still_drawn(visit):
    opened = visit("likelihood")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=collapse])")
    for exponent in (-1, -6, -12):
        set_slider(opened, alive, "log₁₀ σ₁", exponent)
        for curve in (".gmm-curve.gmm-component1", ".gmm-curve.gmm-mixture"):
            box = alive.locator(curve).first.bounding_box()
            assert box["height"] > 150, f"no needle at {exponent}"
    opened.check()


def test_what_changes_is_spoken_once_the_hand_is_at_rest(visit):
    opened = visit("normal")
    opened.live()
    opened.page.evaluate(
        """() => {
          window.said = [];
          const region = document.querySelector("[data-figure=normal] [aria-live]");
          new MutationObserver(() => said.push(region.textContent)).observe(region, { childList: true });
        }"""
    )
    assert opened.page.locator("[data-figure=normal] [aria-live], .gmm-alive output").count() == 1
    opened.page.clock.install()
    slider = opened.page.get_by_label("σ²", exact=True).first
    slider.focus()
    for _ in range(10):
        opened.page.keyboard.press("ArrowRight")
        opened.page.clock.run_for(20)
    assert opened.page.evaluate("said") == []
    opened.page.clock.run_for(5000)
    assert opened.page.evaluate("said") == [opened.page.locator(".gmm-readout").first.text_content()]
    assert slider.get_attribute("aria-valuetext") == "1.50"
    opened.check()


def test_a_mark_beyond_the_axis_says_where_it_is(visit):
    opened = visit("normal")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=standardise])")
    mark = alive.locator(".gmm-panel").nth(1).locator(".gmm-mark")
    assert mark.text_content() == "z"
    set_slider(opened, alive, "σ²", 0.2)
    assert mark.text_content() == "z →"
    set_slider(opened, alive, "x", -6)
    assert mark.text_content() == "← z"


def test_the_band_joins_the_mean_and_the_point_of_both_pictures_and_the_dots_the_zeros(visit):
    opened = visit("normal")
    opened.live()
    ends = opened.page.evaluate(f"""(() => {{
      const figure = {FIGURE.format("standardise")}, {{ mu, x, variance }} = figure.scope();
      const [upper, lower] = figure.panels;
      const d = figure.svg.querySelectorAll(".gmm-panel")[1].querySelector(":scope > g > .gmm-area").getAttribute("d");
      const [M, L, , H, , B] = d.match(/[A-Z][^A-Z]*/g).map((part) => Number(part.slice(1).split(",")[0]));
      return [[M, upper.px(mu)], [B, upper.px(x)], [L, lower.px(0)], [H, lower.px((x - mu) / Math.sqrt(variance))]];
    }})()""")
    for drawn, expected in ends:
        assert drawn == pytest.approx(expected, abs=1e-6)
    opened.check()
    opened = visit("mixture")
    opened.live()
    alive, figure = opened.page.locator(".gmm-alive:has([data-figure=two-bumps])"), FIGURE.format("two-bumps")
    for d, zeros, bumps in ((3, 3, 2), (1.5, 1, 1)):
        set_slider(opened, alive, "d", d)
        assert f"{zeros} zeros: bumps of f = {bumps}" in alive.locator(".gmm-readout").text_content()
        places = opened.page.evaluate(
            f"{figure}.panels.map((panel) => [...panel.root.querySelectorAll('.gmm-dot')]"
            ".map((dot) => panel.at([+dot.getAttribute('cx'), +dot.getAttribute('cy')])))"
        )
        assert [len(places[0]), len(places[1])] == [zeros, zeros]
        mixture = Mixture([0.5, 0.5], [-d / 2, d / 2], [1.0, 1.0])
        for (x, top), (below, zero) in zip(*places):
            assert x == pytest.approx(below) and zero == pytest.approx(0, abs=1e-9)
            assert top == pytest.approx(mixture.pdf(x), rel=1e-6)
            slope = (mixture.pdf(x + 1e-5) - mixture.pdf(x - 1e-5)) / 2e-5
            assert slope == pytest.approx(0, abs=1e-3)
    opened.check()


def test_a_label_comes_first_and_then_its_value_falls_onto_the_pile(visit):
    opened = visit("mixture", reduced_motion="reduce")
    opened.live()
    page, alive = opened.page, opened.page.locator(".gmm-alive:has([data-figure=sampling])")
    figure, falling = FIGURE.format("sampling"), alive.locator(".gmm-panel circle")
    drops = page.evaluate(f"{figure}.spec.panels[0].layers.find(({{ kind }}) => kind === 'drops')")
    piled = "(paths) => paths.map((path) => (path.getAttribute('d').match(/M/g) ?? []).length)"
    for n in (0, 1, 2):
        k = int(drops["labels"][n] >= 0.36)
        alive.get_by_role("button", name="Next").click()
        assert falling.get_attribute("class") == f"gmm-dot gmm-component{k + 1}"
        x = page.evaluate(f"{figure}.panels[0].at([{falling.get_attribute('cx')}, 0])[0]")
        assert x == pytest.approx(drops["means"][k])
        alive.get_by_role("button", name="Next").click()
        assert falling.get_attribute("visibility") == "hidden"
        assert sum(alive.locator(".gmm-pile").evaluate_all(piled)) == n + 1
    alive.get_by_role("button", name="50 more").click()
    ones = sum(label < 0.36 for label in drops["labels"][:53])
    assert alive.locator(".gmm-pile").evaluate_all(piled) == [ones, 53 - ones]
    assert alive.locator(".gmm-readout").text_content() == f"53 values, {ones} of them with the label 1"
    opened.check()


def test_the_ways_of_em_and_newton_are_drawn_from_the_ring(visit):
    opened = visit("engine")
    opened.live()
    figure = FIGURE.format("basins")
    drawn = opened.page.evaluate(f"""(() => {{
      const figure = {figure}, [panel] = figure.panels;
      const ends = () => [...panel.root.querySelectorAll(".gmm-curve")].slice(1).map((line) => {{
        const pairs = line.getAttribute("d").match(/[\\d.-]+,[\\d.-]+/g);
        const points = pairs.map((pair) => panel.at(pair.split(",").map(Number)));
        return [points[0], points.at(-1)];
      }});
      return [[75, 77], [50, 75]].map(([mu1, mu2]) => (figure.put({{ mu1, mu2 }}), ends()));
    }})()""")
    top, saddle = fit(datasets.faithful().waiting).mixture.means, [70.9, 70.9]
    for start, ways in zip(([75, 77], [50, 75]), drawn):
        for begin, _ in ways:
            np.testing.assert_allclose(begin, start, atol=0.2)
    (newton, em), (near, _) = ([end for _, end in ways] for ways in drawn)
    np.testing.assert_allclose(newton, saddle, atol=0.3)
    np.testing.assert_allclose(em, top, atol=0.3)
    np.testing.assert_allclose(near, top, atol=0.3)
    opened.check()


def test_densities_far_out_are_written_as_powers_of_ten(visit):
    opened = visit("responsibilities")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=responsibility])")
    for label, value in (("x", 102), ("μ₁", 45), ("σ₁²", 20), ("μ₂", 46), ("σ₂²", 20), ("π₁", 0.5)):
        set_slider(opened, alive, label, value)
    mixture = Mixture([0.5, 0.5], [45, 46], [20, 20])
    digits = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
    first, whole = [f"{value:.1e}".split("e") for value in (mixture.component_pdf(102)[0], mixture.pdf(102))]
    first, whole = [f"{factor}·10{exponent.translate(digits)}" for factor, exponent in (first, whole)]
    assert alive.locator(".gmm-readout-line").first.text_content().startswith(f"γ₁ = π₁N₁ / f = {first} / {whole} = ")


def test_a_ring_held_at_its_rim_does_not_jump(visit):
    opened = visit("normal")
    opened.live()
    ring = opened.page.locator('[data-param="mu"]').first
    ring.scroll_into_view_if_needed()
    box = ring.locator(".gmm-hit").bounding_box()
    x, y = box["x"] + box["width"] - 6, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + 0.5, y)
    assert opened.page.evaluate(f"{FIGURE.format('normal')}.scope().mu") == 0
    opened.page.mouse.up()
    opened.check()


@pytest.mark.parametrize("width", [360, 1100])
@pytest.mark.parametrize("name", ["em", "mixture"])
def test_a_link_into_a_page_leads_to_its_place_below_the_figures(visit, name, width):
    opened = visit("notation", viewport={"width": width, "height": 900})
    opened.page.goto(f"{opened.page.url.replace('notation', name)}#summary")
    opened.live()
    opened.at_rest("document.querySelector('#summary').getBoundingClientRect().y")  # the theme scrolls smoothly
    assert 0 <= opened.page.locator("#summary").bounding_box()["y"] < 150
    opened.check()


@pytest.mark.parametrize("name", sampled(live_pages()))
def test_without_javascript_each_figure_is_a_still_picture(visit, name):
    opened = visit(name, java_script_enabled=False)
    stills = opened.page.locator("[data-live] > svg")
    assert stills.count() > 0
    for still in stills.all():
        assert still.bounding_box()["height"] > 100
        assert len(still.get_attribute("aria-label")) > 20


def test_a_widget_that_the_page_does_not_know_leaves_its_picture_and_a_sentence(visit):
    opened = visit("notation")
    page = opened.page

    def changed(route):
        response = route.fetch()
        route.fulfill(response=response, body=response.text().replace('"FloatSliderModel"', '"KnobModel"'))

    page.route("**/normal.html", changed)
    page.goto(page.url.replace("notation", "normal"))
    opened.live()
    assert page.locator(".gmm-failed").first.text_content().endswith("The page cannot show the widget KnobModel.")
    assert page.locator("[data-live] svg").first.is_visible()


def test_the_page_shows_the_other_kinds_of_widgets_and_ties_them_as_links_do(browser, site, tmp_path):
    menu = ipywidgets.Dropdown(options=["one", "two", "three"], description="which")
    steps = ipywidgets.IntSlider(value=0, max=2, description="index")
    tick, other = ipywidgets.Checkbox(description="shown"), ipywidgets.Checkbox(description="too")
    words = [ipywidgets.HTML("<b>bold</b>"), ipywidgets.Label("<plain>"), ipywidgets.Button(description="Fit")]
    box = ipywidgets.VBox([menu, steps, tick, other, *words])
    links = [
        ipywidgets.jslink((menu, "index"), (steps, "value")),
        ipywidgets.jsdlink((tick, "value"), (other, "value")),
    ]
    data = ipywidgets.embed.embed_data(views=[box], state=ipywidgets.embed.dependency_state([box, *links]))
    tags = {"state": data["manager_state"], "view": data["view_specs"][0]}
    path = tmp_path / "kinds.html"
    path.write_text(
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>kinds</title><body>'
        + "".join(
            f'<script type="application/vnd.jupyter.widget-{kind}+json">{json.dumps(value)}</script>'
            for kind, value in tags.items()
        )
        + f"<script>{(site / '_static' / 'page.js').read_text('utf-8')}</script></html>",
        "utf-8",
    )
    page = browser.new_page()
    page.goto(path.as_uri())
    page.wait_for_function("document.documentElement.dataset.gmmLive === '1'")
    page.get_by_label("which").select_option("three")
    assert page.get_by_label("index").input_value() == "2"
    page.get_by_label("index").fill("1")
    assert page.get_by_label("which").input_value() == "two"
    page.get_by_label("shown").check()
    assert page.get_by_label("too").is_checked()
    page.get_by_label("too").uncheck()  # this link goes one way
    assert page.get_by_label("shown").is_checked()
    assert page.locator("b").text_content() == "bold"
    assert page.get_by_text("<plain>").is_visible()
    assert page.get_by_role("button", name="Fit").is_disabled()
    page.close()


def test_two_figures_of_one_name_leave_their_pictures_and_a_sentence(visit):
    opened = visit("notation")
    page = opened.page

    def changed(route):
        response = route.fetch()
        body = response.text().replace('data-live="standardise"', 'data-live="normal"')
        route.fulfill(response=response, body=body.replace('"name":"standardise"', '"name":"normal"'))

    page.route("**/normal.html", changed)
    page.goto(page.url.replace("notation", "normal"))
    opened.live()
    assert (
        page.locator(".gmm-failed").all_text_contents()
        == ["This figure stands still here. 2 widgets of the page have the name normal."] * 2
    )
    assert page.locator('[data-live="normal"] > svg').count() == 2


def drag(opened, locator, dx, dy):
    """Drag something by so many pixels."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    opened.page.mouse.move(x, y)
    opened.page.mouse.down()
    opened.page.mouse.move(x + dx, y + dy, steps=8)
    opened.page.mouse.up()


def test_a_ring_moves_a_mean_along_the_axis_and_a_weight_as_its_height(visit):
    opened = visit("mixture")
    opened.live()
    figure = FIGURE.format("mixture")
    ring = opened.page.locator('[data-figure=mixture] [data-param="mu1"] .gmm-grip')
    drag(opened, ring, 60, 3)
    along = opened.page.evaluate(f"{figure}.scope()")
    assert along["mu1"] > -0.5
    assert along["pi1"] == 0.4
    drag(opened, ring, 2, -40)
    up = opened.page.evaluate(f"{figure}.scope()")
    assert up["mu1"] == along["mu1"]
    assert up["pi1"] > 0.45
    drag(opened, opened.page.locator('[data-figure=mixture] [data-param="mu2"] .gmm-grip'), 0, 40)
    assert opened.page.evaluate(f"{figure}.scope().pi1") > up["pi1"]
    opened.check()


def test_the_small_ring_moves_a_variance_as_the_width(visit):
    opened = visit("mixture")
    opened.live()
    figure = FIGURE.format("mixture")
    before = opened.page.evaluate(f"{figure}.scope()")
    drag(opened, opened.page.locator('[data-figure=mixture] [data-param="edge2"] .gmm-grip'), 30, 0)
    after = opened.page.evaluate(f"{figure}.scope()")
    assert after["var2"] > before["var2"] + 0.3
    assert {**before, "var2": 0} == {**after, "var2": 0}
    opened.check()


def test_the_formula_above_a_figure_has_the_numbers_of_its_sliders(visit):
    opened = visit("mixture")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=mixture])")
    set_slider(opened, alive, "π₁", 0.25)
    set_slider(opened, alive, "μ₂", -3)
    assert alive.locator(".gmm-formula").text_content() == "f(x) = 0.25 N(x | −1.00, 1.00) + 0.75 N(x | −3.00, 1.50)"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_link_carries_the_state_of_a_figure_and_reset_takes_it_back(visit, scheme):
    opened = visit("mixture", scheme)
    opened.live()
    figure = FIGURE.format("two-bumps")
    alive = opened.page.locator(".gmm-alive:has([data-figure=two-bumps])")
    start = opened.page.evaluate(f"{figure}.scope()")
    set_slider(opened, alive, "d", 1.25)
    set_slider(opened, alive, "π₁", 0.3)
    alive.get_by_role("button", name="Link to this state").click()
    address = opened.page.url
    opened.page.goto("about:blank")
    opened.page.goto(address)
    opened.live()
    assert opened.page.evaluate(f"{figure}.scope()") == {**start, "d": 1.25, "pi1": 0.3}
    assert (
        opened.page.locator("[data-figure=two-bumps]").evaluate("(el) => Math.abs(el.getBoundingClientRect().top)")
        < 900
    )
    assert alive.get_by_label("d", exact=True).input_value() == "1.25"
    alive.get_by_role("button", name="Reset").click()
    assert opened.page.evaluate(f"{figure}.scope()") == start
    opened.check()


SLIDERS = """
(alive) => Object.fromEntries(
  [...alive.querySelectorAll("input[type=range]")].map((input) => [input.labels[0].textContent, Number(input.value)])
)
"""


@pytest.mark.parametrize(
    ("state", "changed"),
    [
        ("step=3.7&mu1=61", {"step": 4, "start μ₁": 61}),  # there is no half of a half step
        ("mu1=&var1=abc&pi1", {}),
        ("pi1=1e9&var2=-5&nobody=1", {"start π₁": 0.99, "start σ₂²": 1}),  # the ends of their sliders
    ],
)
def test_a_link_with_odd_values_sets_what_a_slider_could(visit, state, changed):
    opened = visit("em")
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=em])")
    start = alive.evaluate(SLIDERS)
    opened.page.goto(opened.page.url.replace("em.html", "search.html"))
    opened.page.goto(opened.page.url.replace("search.html", f"em.html#live=em&{state}"))
    opened.live()
    assert alive.evaluate(SLIDERS) == {**start, **changed}
    assert "collapsed" not in alive.locator(".gmm-status").text_content()
    opened.check()


@pytest.mark.parametrize(
    ("name", "fragment"), [("yours", "live=own&K=3"), ("normal", "%E0%A4%A"), ("normal", 'live="]')]
)
def test_an_address_that_means_nothing_does_no_harm(visit, name, fragment):
    opened = visit("notation")
    opened.page.goto(f"{opened.page.url.replace('notation', name)}#{fragment}")
    assert opened.live() > 0
    opened.check()


def test_a_link_to_a_state_works_on_a_page_that_is_open_too(visit):
    opened = visit("mixture")
    opened.live()
    figure = FIGURE.format("mixture")
    for mean in (3, -2.5):
        opened.page.evaluate(f"location.hash = 'live=mixture&mu1={mean}'")
        opened.page.wait_for_function(f"{figure}.scope().mu1 === {mean}")
    opened.page.go_back()
    opened.page.wait_for_function(f"{figure}.scope().mu1 === 3")
    opened.check()


def test_a_reader_who_comes_back_finds_sliders_and_drawing_in_one_state(visit):
    opened = visit("em")
    opened.live()
    slider = opened.page.locator(".gmm-alive:has([data-figure=em])").get_by_label("start μ₁", exact=True)
    opened.page.evaluate(UNFOLD)
    slider.fill("70")
    opened.page.goto(opened.page.url.replace("em.html", "normal.html"))
    opened.page.go_back()
    opened.live()
    opened.page.wait_for_load_state()
    assert float(slider.input_value()) == opened.page.evaluate(f"{FIGURE.format('em')}.scope().mu1")
    opened.check()


# Brings brick i into view and returns the middle of it.
BRICK = """
(figure, i) => {
  const svg = figure.querySelector("svg"), [panel] = figure.gmm.panels;
  svg.scrollIntoView({ behavior: "instant", block: "center" });
  const layer = panel.spec.layers.find(({ kind }) => kind === "bricks"), box = svg.getBoundingClientRect();
  return [
    box.left + panel.px(layer.left[i] + layer.width / 2),
    box.top + panel.py(layer.height * (layer.row[i] + 0.5)),
  ];
}
"""


def test_pointing_at_a_brick_links_it_to_its_responsibilities(visit):
    opened = visit("clustering")
    opened.live()
    x, y = opened.page.locator("[data-figure=memberships]").evaluate(BRICK, 8)
    opened.page.mouse.move(x, y)
    waiting = datasets.faithful().waiting
    x = waiting[8]
    one, two = fit(waiting).mixture.responsibilities(x)
    said = opened.page.locator("[data-figure=memberships] .gmm-sentence").text_content()
    assert said.startswith(f"n = 9, x = {x:.1f}: ")
    assert f"= {one:.3f}, γ(n, 2) = {two:.3f}" in said
    shares = opened.page.locator("[data-figure=memberships] .gmm-share")
    grown = [float(share.evaluate("(node) => node.style.flexGrow")) for share in shares.all()]
    np.testing.assert_allclose(grown, [one, two], atol=1e-3)
    assert opened.page.locator("[data-figure=memberships] .gmm-chosen").count() == 1
    opened.page.mouse.move(x, y - 400)
    assert opened.page.locator("[data-figure=memberships] .gmm-chosen").count() == 0
    opened.check()


def test_arrow_keys_walk_through_the_bricks_and_say_each(visit):
    opened = visit("clustering")
    opened.live()
    figure = opened.page.locator("[data-figure=memberships]")
    bricks = figure.get_by_role("slider", name="Observations")
    waiting, seen, said = datasets.faithful().waiting, [], []
    opened.page.keyboard.press("Tab")
    bricks.focus()
    for key in ("Home", "ArrowUp", "ArrowRight", "ArrowRight", "ArrowLeft", "ArrowDown", "End"):
        opened.page.keyboard.press(key)
        seen.append(waiting[int(bricks.get_attribute("aria-valuenow")) - 1])
        said.append(bricks.get_attribute("aria-valuetext"))
        assert said[-1] == figure.locator(".gmm-sentence").text_content()
        assert f"x = {seen[-1]:.1f}" in said[-1]
        assert figure.locator(".gmm-chosen").count() == 1
    assert seen[0] == waiting.min()
    assert seen[-1] == waiting.max()
    assert len(set(said)) == len(said) - 1  # one step to the side and back
    assert seen[1] < seen[2] < seen[3] > seen[4] > seen[5]
    assert bricks.evaluate("(pad) => getComputedStyle(pad).stroke") != "none"
    opened.check()


def test_a_tap_takes_the_nearest_brick_and_its_sentence_follows_a_slider(visit):
    opened = visit("clustering", has_touch=True, viewport={"width": 390, "height": 664})
    opened.live()
    x, y = opened.page.locator("[data-figure=memberships]").evaluate(BRICK, 8)
    figure = opened.page.locator("[data-figure=memberships]")
    opened.page.touchscreen.tap(x, y)
    assert figure.locator(".gmm-sentence").text_content().startswith("n = 9,")
    highest = figure.evaluate(
        """(figure) => {
          const layer = figure.gmm.panels[0].spec.layers[0], row = Math.max(...layer.row);
          return layer.row.indexOf(row);
        }"""
    )
    x, y = figure.evaluate(BRICK, highest)
    opened.page.touchscreen.tap(x, y - 30)  # above the wall
    first = figure.locator(".gmm-sentence").text_content()
    assert first.startswith(f"n = {highest + 1},")
    set_slider(opened, opened.page.locator(".gmm-alive:has([data-figure=memberships])"), "σ₁²", 150)
    assert figure.locator(".gmm-sentence").text_content() != first
    opened.check()


def test_where_the_system_sets_the_colours_the_curve_of_the_mixture_is_that_of_its_text(visit):
    opened = visit("mixture", forced_colors="active", color_scheme="dark")
    opened.live()
    curve = opened.page.locator("[data-figure=mixture] .gmm-curve.gmm-mixture")
    stroke = curve.evaluate("(node) => getComputedStyle(node).stroke")
    system = "document.body.append(Object.assign(document.createElement('i'), { style: 'color: CanvasText' }))"
    opened.page.evaluate(system)
    assert stroke == opened.page.evaluate("getComputedStyle(document.body.lastChild).color")
    opened.check()


def test_in_print_the_still_pictures_stand_in_at_a_telling_state(visit):
    opened = visit("normal")
    opened.live()
    assert not opened.page.locator(".gmm-print").first.is_visible()
    opened.page.emulate_media(media="print")
    normal, standardise = (opened.page.locator(f"[data-live={name}]") for name in ("normal", "standardise"))
    assert [picture.is_visible() for picture in normal.locator("svg").all()] == [False, True]
    assert normal.locator(".gmm-shown").inner_text() == "Shown: μ = 2.00, σ² = 4.00."
    assert [picture.is_visible() for picture in standardise.locator("svg").all()] == [True]
    assert not opened.page.locator(".gmm-alive").first.is_visible()


def test_without_javascript_a_figure_says_that_it_stands_still(visit):
    opened = visit("normal", java_script_enabled=False)
    assert not opened.page.locator(".gmm-room").first.is_visible()
    assert opened.page.locator(".gmm-noscript").first.is_visible()
