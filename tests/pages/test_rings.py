"""Every ring of every figure, dragged by mouse and touch or moved by keys: it stays by the hand, axes stand still."""

import json

import numpy as np
import pytest

from gmm import Mixture
from tests.pages.conftest import CHOSEN, each_and, live_pages, sampled

PAGES = [name for name in live_pages() if name != "yours"]
WAYS = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1), "up right": (1, -1), "down left": (-1, 1)}
# Each ring of some pages by mouse one way, which moves all that it sets, and of the first by touch, in `make test`;
# each ring of every page two ways by mouse, and of some pages by touch, in `make sweep`.
GESTURES = [(name, "mouse", ("down left",)) for name in CHOSEN if name in PAGES]
GESTURES += [("index", "touch", ("up right",))]
GESTURES += [
    pytest.param(name, hand, ways, marks=pytest.mark.sweep)
    for name, (hand, ways) in each_and(PAGES, [("touch", ("left", "up"))], ("mouse", ("up right", "down left")))
]
FAR, STEP, DEAD = 40, 2, 3

# What the tests ask of a figure, found from its specification and its functions alone.
TOOLS = """
window.rings = () => [...document.querySelectorAll(".gmm-figure .gmm-handle")];
window.figureOf = (ring) => ring.closest(".gmm-figure").gmm;
window.ringOf = (ring) => {
  const gmm = figureOf(ring), all = [...ring.closest(".gmm-figure").querySelectorAll(".gmm-handle")];
  const found = gmm.panels.flatMap((panel) =>
    panel.spec.layers.filter(({ kind }) => kind === "handle").map((layer) => ({ gmm, panel, layer })));
  const one = found[all.indexOf(ring)], { layer } = one;
  return { ...one, params: layer.sets ?? (layer.map ? [layer.x, layer.y] : [layer.x]) };
};
/** Where the ring is drawn, and where its picture begins in the window. */
window.seen = (ring) => {
  const [box, svg] = [ring.querySelector(".gmm-grip"), ring.closest("svg")].map((node) => node.getBoundingClientRect());
  const middle = [box.left + box.width / 2, box.top + box.height / 2], corner = [svg.left, svg.top];
  return { corner, place: middle.map((place, i) => place - corner[i]) };
};
/** Every place that the ring can have: for each value of its sliders, and for where they are. */
window.reachable = (ring) => {
  const { gmm, panel, layer, params } = ringOf(ring), now = gmm.scope(), scope = layer.start ? now.values : now;
  const value = (name, at) => (typeof name === "number" ? name : gmm.call[name] ? gmm.call[name](at) : at[name]);
  const grids = params.map((name) => {
    const { min, max, step } = gmm.spec.bounds[name];
    const count = Math.floor((max - min) / step + 1e-9) + 1;
    return [scope[name], ...Array.from({ length: count }, (_, i) => min + i * step)];
  });
  const clip = (v, [low, high]) => Math.min(high, Math.max(low, v)), places = [];
  const add = () => {
    const at = layer.start ? gmm.started(scope) : scope, x = value(layer.x, at);
    const { variable } = panel.spec, kept = at[variable];
    if (!layer.map) at[variable] = x;
    places.push(panel.px(clip(x, panel.domain)), panel.py(clip(value(layer.y, at), panel.range)));
    if (!layer.map && !params.includes(variable)) at[variable] = kept;
  };
  for (scope[params[0]] of grids[0]) {
    if (params.length === 1) add();
    else for (scope[params[1]] of grids[1]) add();
  }
  window.places = new Float64Array(places);
  return places.length / 2;
};
window.nearest = ([x, y]) => {
  let least = Infinity, best;
  for (let i = 0; i < places.length; i += 2) {
    const way = Math.hypot(places[i] - x, places[i + 1] - y);
    if (way < least) [least, best] = [way, [places[i], places[i + 1]]];
  }
  return best;
};
/** Where the ring is now, and the nearest place to the pointer that it could have. */
window.answer = (ring, pointer) => [seen(ring).place, nearest(pointer)];
window.axesOf = () => JSON.stringify([...document.querySelectorAll(".gmm-figure")].map((figure) => [
  figure.gmm.panels.map(({ domain, range }) => [...domain, ...range].map((end) => end.toPrecision(9))),
  [...figure.querySelectorAll(".gmm-axes")].map((axes) => axes.textContent),
]));
// The axes when a hand comes down and when it is lifted: between two gestures one may follow the data.
window.held = {};
for (const [type, when] of [["pointerdown", "down"], ["keydown", "down"], ["pointerup", "up"]])
  addEventListener(type, () => (held[when] = axesOf()), true);
addEventListener("keydown", () => (held.up = axesOf()));
window.stood = () => {
  const { down, up } = held;
  held = {};
  return down !== undefined && down === up;
};
window.reset = (ring) => {
  const buttons = [...ring.closest(".gmm-alive").querySelectorAll("button")];
  buttons.find((button) => button.textContent === "Reset").click();
};
"""


class Hand:
    """A mouse or a finger in the page."""

    def __init__(self, page, touch):
        self.page, self.mouse = page, None if touch else page.mouse
        self.client = page.context.new_cdp_session(page) if touch else None

    def down(self, x, y):
        if self.mouse:
            self.mouse.move(x, y)
            self.mouse.down()
        else:
            self._touch("touchStart", [{"x": x, "y": y}])

    def move(self, x, y):
        if self.mouse:
            self.mouse.move(x, y)
        else:
            self._touch("touchMove", [{"x": x, "y": y}])

    def up(self):
        if self.mouse:
            self.mouse.up()
        else:
            self._touch("touchEnd", [])

    def _touch(self, kind, points):
        self.client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        # The browser tells a page of touches before it draws.
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def opened_rings(show, name, **options):
    opened = show(name, **options)
    opened.live()
    opened.page.evaluate(f"() => {{{TOOLS}}}")
    opened.at_rest("axesOf()", 30)  # an axis may still glide back to the start
    return opened, opened.page.evaluate_handle("rings()").get_properties().values()


def drag(ring, hand, way, step):
    """Drag a ring 40 px along a way; return, for each move, where it should be, where it is, and what is nearest."""
    seen = ring.evaluate("seen")
    (left, top), start = seen["corner"], np.array(seen["place"], dtype=float)
    hand.down(float(left + start[0]), float(top + start[1]))
    moves = []
    for far in range(step, FAR + 1, step):
        target = start + far * np.array(way, dtype=float)
        hand.move(float(left + target[0]), float(top + target[1]))
        moves.append((target, *map(np.array, ring.evaluate("answer", target.tolist()))))
    hand.up()
    return start, moves, ring.evaluate("(ring) => figureOf(ring).scope()")


def faults(start, moves):
    """Return what is wrong with a drag: a ring that is far from where it should be, or that jumps."""
    found, before = [], start
    for target, place, nearest in moves:
        reached, possible = (np.hypot(*(there - target)) for there in (place, nearest))
        if reached > possible + DEAD:
            found.append(f"{reached:.1f} px from the pointer, where {possible:.1f} can be")
        if len(moves) > 1 and (way := np.hypot(*(place - before))) > 12:
            found.append(f"a jump of {way:.1f} px")
        before = place
    target, place, nearest = moves[-1]
    if np.hypot(*(place - nearest)) > 2 and np.hypot(*(place - target)) > np.hypot(*(nearest - target)) + 0.01:
        found.append(f"ends {np.hypot(*(place - nearest)):.1f} px from the nearest place")
    return found


@pytest.mark.parametrize(("name", "hand", "ways"), GESTURES)
def test_a_dragged_ring_stays_by_the_pointer_and_the_axes_stand_still(visit, moved, name, hand, ways):
    opened, rings = opened_rings(visit, name, has_touch=True) if hand == "touch" else opened_rings(moved, name)
    page, hand, found = opened.page, Hand(opened.page, hand == "touch"), []
    for ring in rings:
        called = ring.evaluate("(ring) => `${ring.closest('.gmm-figure').dataset.figure}, ${ring.ariaLabel}`")
        ring.evaluate("(ring) => ring.scrollIntoView({ behavior: 'instant', block: 'center' })")
        ring.evaluate("reachable")
        for way in ways:
            ends = []
            for step in (STEP, FAR):
                start, moves, end = drag(ring, hand, WAYS[way], step)
                found += [f"{called}, {way} by {step}: {fault}" for fault in faults(start, moves)]
                ends.append(json.dumps(end))
                if not page.evaluate("stood()"):
                    found.append(f"{called}, {way} by {step}: an axis moved")
                ring.evaluate("reset")
            if ends[0] != ends[1]:
                found.append(f"{called}, {way}: many small steps end elsewhere than a long one")
    assert not found, "\n".join(found)
    opened.check()


@pytest.mark.parametrize("name", sampled(PAGES))
def test_arrow_keys_move_a_ring_by_a_step_of_its_slider_and_say_its_value(moved, name):
    opened, rings = opened_rings(moved, name)
    page = opened.page
    for ring in rings:
        assert ring.evaluate("(ring) => [ring.role, ring.tabIndex]") == ["slider", 0]
        assert len(ring.get_attribute("aria-label")) > len("Ring: ")
        params = ring.evaluate("(ring) => ringOf(ring).params")
        ring.focus()
        for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "Shift+ArrowLeft"):
            before = ring.evaluate("(ring) => [figureOf(ring).scope(), seen(ring).place, ring.ariaValueText]")
            page.keyboard.press(key)
            after = ring.evaluate("(ring) => [figureOf(ring).scope(), seen(ring).place, ring.ariaValueText]")
            moved = [param for param in params if before[0][param] != after[0][param]]
            assert moved == [params[-1] if key in ("ArrowUp", "ArrowDown") else params[0]]
            step = ring.evaluate("(ring, name) => figureOf(ring).spec.bounds[name].step", moved[0])
            by = abs(after[0][moved[0]] - before[0][moved[0]])
            assert by <= step * (10 if "Shift" in key else 1.5) + 1e-9
            assert after[2] != before[2]
            (x_0, y_0), (x_1, y_1) = before[1], after[1]
            if ring.evaluate("(ring) => typeof ringOf(ring).layer.x === 'number'"):  # it moves up and down alone
                assert x_1 == x_0 and (y_0 - y_1) * (1 if "Right" in key or "Up" in key else -1) > 0
            elif "Left" in key or "Right" in key:
                assert (x_1 - x_0) * (1 if "Right" in key else -1) > 0
            elif len(params) > 1:
                assert (y_0 - y_1) * (1 if "Up" in key else -1) > 0
            assert page.evaluate("stood()")
        now = ring.evaluate("(ring) => Number(ring.ariaValueNow)")
        assert now == ring.evaluate("(ring) => figureOf(ring).scope()[ringOf(ring).params[0]]")
    opened.check()


@pytest.mark.parametrize("colours", ["none", "active"])
def test_a_ring_with_the_focus_shows_it(visit, colours):
    opened, rings = opened_rings(visit, "mixture", forced_colors=colours)
    for ring in rings:
        stroke = "(ring) => getComputedStyle(ring.querySelector('.gmm-hit')).stroke"
        opened.page.keyboard.press("Tab")  # so that the focus counts as one by keys
        ring.focus()
        assert ring.evaluate(stroke) != "none"
        opened.page.evaluate("document.activeElement.blur()")
        assert ring.evaluate(stroke) == "none"


def ring_of(opened, figure, param):
    ring = opened.page.query_selector(f'[data-figure="{figure}"] [data-param="{param}"]')
    ring.evaluate("(ring) => ring.scrollIntoView({ behavior: 'instant', block: 'center' })")
    return ring


@pytest.mark.parametrize(
    ("name", "figure", "least", "most"), [("index", "front", 0.52, 0.54), ("mixture", "mixture", 0.41, 0.44)]
)
def test_the_first_gesture_raises_the_weight_by_what_the_hand_does(visit, name, figure, least, most):
    opened, _ = opened_rings(visit, name)
    ring, ends = ring_of(opened, figure, "mu1"), []
    start = ring.evaluate("(ring) => figureOf(ring).scope().pi1")
    for step in (2, 8):
        seen = ring.evaluate("seen")
        x, y = (corner + place for corner, place in zip(seen["corner"], seen["place"]))
        opened.page.mouse.move(x, y)
        opened.page.mouse.down()
        weights = [start]
        for up in range(step, 9, step):
            opened.page.mouse.move(x, y - up)
            weights.append(ring.evaluate("(ring) => figureOf(ring).scope().pi1"))
        opened.page.mouse.up()
        assert (np.diff(weights) >= 0).all()
        ends.append(weights[-1])
        ring.evaluate("reset")
    assert ends[0] == ends[1]
    assert least <= ends[0] <= most
    opened.check()


def test_an_axis_that_follows_a_new_start_stops_under_a_hand_and_goes_on_when_it_leaves(visit):
    opened, _ = opened_rings(visit, "em")
    page, ring = opened.page, ring_of(opened, "em", "mu1")
    seen = ring.evaluate("seen")
    page.mouse.move(*(corner + place for corner, place in zip(seen["corner"], seen["place"])))
    slider = page.locator(".gmm-alive:has([data-figure=em])").get_by_label("start μ₂", exact=True)
    slider.evaluate("""
      (slider) => new Promise((done) => {
        const before = axesOf(), look = () => (axesOf() === before ? requestAnimationFrame(look) : done());
        slider.value = 95;
        slider.dispatchEvent(new Event("input", { bubbles: true }));
        look();
      })
    """)
    page.mouse.down()
    under = page.evaluate("axesOf()")
    opened.at_rest("axesOf()", 40)
    assert page.evaluate("axesOf()") == under
    page.mouse.up()
    page.wait_for_function("(under) => axesOf() !== under", arg=under)
    opened.check()


HEIGHT = "(node) => node.getBBox().height"


@pytest.mark.parametrize(
    ("name", "figure", "label", "values", "curve"),
    [
        ("mixture", "mixture", "σ₂²", (1.6, 1.65), ".gmm-curve.gmm-component2"),
        ("normal", "normal", "σ²", (4.3, 4.4), ".gmm-curve.gmm-component1"),
        ("normal", "standardise", "σ²", (4.3, 4.4), ".gmm-curve.gmm-component1"),
    ],
)
def test_a_wider_curve_is_a_little_lower_and_never_twice_as_tall(moved, name, figure, label, values, curve):
    opened, _ = opened_rings(moved, name)
    alive = opened.page.locator(f'.gmm-alive:has([data-figure="{figure}"])')
    heights = []
    for value in values:
        alive.get_by_label(label, exact=True).fill(str(value))
        heights.append(alive.locator(curve).first.evaluate(HEIGHT))
    assert heights[1] / heights[0] == pytest.approx((values[0] / values[1]) ** 0.5, abs=0.005)
    opened.check()


@pytest.mark.parametrize("name", sampled(PAGES))
def test_no_slider_moves_the_axis_of_a_panel_under_the_hand(moved, name):
    opened, _ = opened_rings(moved, name)
    axes = opened.page.evaluate("axesOf()")
    after = opened.page.evaluate(
        """() => [...document.querySelectorAll(".gmm-alive:has(.gmm-figure) input[type=range]")].flatMap((input) =>
          [0, 0.37, 0.8, 1].map((share) => {
            input.value = +input.min + share * (input.max - input.min);
            input.dispatchEvent(new Event("input", { bubbles: true }));
            return axesOf();
          }))"""
    )
    assert set(after) == {axes}
    opened.check()


def test_a_curve_that_leaves_the_picture_is_cut_with_a_caret_and_its_height(moved):
    opened, _ = opened_rings(moved, "mixture")
    alive = opened.page.locator(".gmm-alive:has([data-figure=mixture])")
    cuts = alive.locator(".gmm-cut")
    assert cuts.count() == 0
    alive.get_by_label("π₁", exact=True).fill("0.9")
    alive.get_by_label("σ₁²", exact=True).fill("0.2")
    mixture = Mixture([0.9, 0.1], [-1, 2], [0.2, 1.5])
    peaks = [mixture.component_pdf(-1)[0], mixture.pdf(-1)]
    assert cuts.all_text_contents() == [f"▲ {peak:.3f}" for peak in peaks]
    below = cuts.first.evaluate("(mark) => mark.getBBox().y - mark.closest('.gmm-figure').gmm.panels[0].top")
    assert 0 <= below < 20
    alive.get_by_role("button", name="Reset").click()
    assert cuts.count() == 0
    opened.check()


@pytest.mark.parametrize("name", sampled(PAGES))
def test_each_panel_is_filled_by_its_start_to_two_fifths_of_its_height(moved, name):
    opened, _ = opened_rings(moved, name)
    low = opened.page.evaluate(
        """() => [...document.querySelectorAll(".gmm-figure")].flatMap(({ dataset, gmm }) => gmm.panels.flatMap(
          ({ root, hands, height, top, spec }) => {
            const seen = ".gmm-interval, " +
              ".gmm-curve, .gmm-brick, .gmm-dot, .gmm-point, .gmm-contour, .gmm-bar, .gmm-grip";
            const inside = [root, hands].flatMap((part) => [...part.querySelectorAll(seen)])
              .map((node) => node.getBBox()).filter((box) => box.width || box.height)
              .flatMap((box) => [box.y, box.y + box.height])
              .map((y) => Math.min(top + height, Math.max(top, y)));
            const share = (Math.max(...inside) - Math.min(...inside)) / height;
            return spec.trace || share > 0.4 ? [] : [`${dataset.figure}, ${spec.ylabel}: ${share}`];
          }))"""
    )
    assert low == []
    opened.check()


def test_a_ring_of_the_start_takes_em_back_to_its_first_step(moved):
    opened, _ = opened_rings(moved, "em")
    step = opened.page.locator(".gmm-alive:has([data-figure=em])").get_by_label("step", exact=True)
    ring = ring_of(opened, "em", "mu1")
    stands = ring.evaluate("(ring) => seen(ring).place")
    step.fill("20")
    # The curves have moved, and the ring stays where EM began.
    assert ring.evaluate("(ring) => seen(ring).place") == stands
    ring.focus()
    opened.page.keyboard.press("ArrowRight")
    assert step.input_value() == "0"
    assert ring.evaluate("(ring) => figureOf(ring).scope().mu1") > 50
