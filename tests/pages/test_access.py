"""Every page is for everyone: axe-core finds nothing, all is named and large enough, nothing is cut or overlaps."""

import re
from importlib.resources import files

import pytest

from tests.pages.conftest import CHOSEN, live_pages, sampled
from tools.contents import pages

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
PAGES = [*pages(), "search"]
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
OTHERS = {"rules": {"color-contrast": {"enabled": False}, "link-in-text-block": {"enabled": False}}}
# On a phone the menus fold away and tables and formulas scroll; these have all of it.
NARROW = ["index", "mixture", "em", "yours", "api"]
# The themes differ in their colours only, and those are the same on all pages.
DARK = ["mixture", "yours", "glossary"]
# Contrast is what takes long: three texts of each look are looked at, every text of these only.
EVERY_TEXT = ["mixture", "em"]
LOOKS = """
() => {
  const grounds = new Map(), looks = new Map();
  const ground = (node) => {
    if (!node) return "";
    if (!grounds.has(node)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(node);
      const plain = backgroundColor === "rgba(0, 0, 0, 0)" && backgroundImage === "none" && opacity === "1";
      const own = `${backgroundColor} ${backgroundImage} ${opacity}`;
      grounds.set(node, plain ? ground(node.parentElement) : `${ground(node.parentElement)} / ${own}`);
    }
    return grounds.get(node);
  };
  for (const node of document.body.querySelectorAll("*")) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim())) continue;
    const { width, height } = node.getBoundingClientRect();
    if (width < 2 || height < 2) continue;
    const { color, fontSize, fontWeight, textDecorationLine } = getComputedStyle(node);
    const look = [ground(node), color, fontSize, fontWeight, textDecorationLine, node.localName].join();
    looks.set(look, [...(looks.get(look) ?? []), node]);
  }
  return [...looks.values()].flatMap((alike) => alike.slice(0, 3));
}
"""
UNFOLD = "document.querySelectorAll('.gmm-fold').forEach((fold) => { fold.open = true; })"
every_live_page = pytest.mark.parametrize("name", sampled(live_pages()))


def violations(page, rules, chosen="() => document"):
    """Return what axe-core finds on a page or in the nodes that a function chooses, a line for each element."""
    # A button that still fades into its colours has neither the old ones nor the new.
    page.evaluate(
        "document.getAnimations().forEach((one) => isFinite(one.effect.getComputedTiming().endTime) && one.finish())"
    )
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "preload": False, **rules}
    found = page.evaluate(f"(options) => axe.run(({chosen})(), options).then((result) => result.violations)", options)
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for violation in found
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", sampled(PAGES, [*CHOSEN, "api", "search"]))
def test_axe_finds_no_violation_in_names_roles_and_order(look, name):
    assert violations(look(name).page, OTHERS) == []


@pytest.mark.parametrize("name", NARROW)
def test_axe_finds_no_violation_on_a_phone(look, name):
    assert violations(look(name, 360).page, OTHERS) == []


@pytest.mark.parametrize(
    ("name", "theme"),
    sampled(
        [*((name, "light") for name in PAGES), *((name, "dark") for name in DARK)],
        [*((name, "light") for name in (*NARROW, "search")), *((name, "dark") for name in DARK)],
    ),
)
def test_the_colours_of_every_look_have_contrast(look, name, theme):
    assert violations(look(name, 1280, theme).page, COLOURS, LOOKS) == []


@pytest.mark.sweep
@pytest.mark.parametrize("way", [(1280, "light"), (360, "dark")])
@pytest.mark.parametrize("name", EVERY_TEXT)
def test_the_colours_of_every_text_have_contrast(look, name, way):
    assert violations(look(name, *way).page, COLOURS) == []


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ("document.querySelector('main p').style.color = '#aaa'", "color-contrast"),
        ("document.querySelector('main input[type=range]').labels[0].remove()", "label"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        ("document.querySelector('main img').removeAttribute('alt')", "image-alt"),
    ],
    ids=["contrast", "label", "language", "picture"],
)
def test_a_planted_fault_is_found(visit, fault, rule):
    opened = visit("normal", viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    opened.live()
    opened.page.evaluate(fault)
    chosen = LOOKS if rule == "color-contrast" else "() => document"
    assert any(line.startswith(f"{rule}:") for line in violations(opened.page, {"runOnly": [rule]}, chosen))


@every_live_page
def test_sliders_and_buttons_are_large_enough_for_a_finger(look, name):
    page = look(name, 360).page
    page.evaluate(UNFOLD)
    for control in page.locator(".gmm-alive :is(button:not(.gmm-fill), select, input[type=range])").all():
        assert control.bounding_box()["height"] >= 43.9


@every_live_page
def test_nothing_scrolls_sideways_on_the_narrowest_phone(look, name):
    page = look(name, 360).page
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@every_live_page
def test_a_screen_reader_hears_a_live_figure_as_one_group_of_pictures_with_names(look, name):
    page = look(name).page
    assert page.locator(".gmm-alive").count() == page.get_by_role("group", name="Live figure").count()
    for figure in page.locator(".gmm-figure[data-figure]").all():
        told = [picture.get_attribute("aria-label") for picture in figure.get_by_role("img").all()]
        assert told
        assert all(told)


@every_live_page
def test_a_live_figure_stands_above_its_caption_in_one_frame(look, name):
    for alive in look(name).page.locator(".gmm-alive:has(.gmm-figure[data-figure]:not([data-figure=own]))").all():
        caption = alive.locator("xpath=ancestor::figure").locator("figcaption")
        assert re.match(r"\s*Fig\. [\d.]+ \w", caption.text_content())
        bottom = alive.evaluate("(alive) => alive.getBoundingClientRect().bottom")
        assert 0 <= caption.evaluate("(caption) => caption.getBoundingClientRect().top") - bottom < 20


@every_live_page
def test_every_slider_has_a_name_and_a_value_in_words(look, name):
    for slider in look(name).page.locator(".gmm-alive input[type=range]").all():
        assert slider.evaluate("(input) => input.labels[0].textContent.trim()")
        assert any(digit in slider.get_attribute("aria-valuetext") for digit in "0123456789")


OVERLAPS = """
() => [...document.querySelectorAll(".gmm-panel")].flatMap((panel) => {
  const texts = [...panel.querySelectorAll("text")].filter((text) => text.textContent);
  const boxes = texts.map((text) => text.getBoundingClientRect());
  const meet = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  return texts.flatMap((text, i) =>
    texts.filter((_, j) => i < j && meet(boxes[i], boxes[j])).map((other) => [text.textContent, other.textContent]));
})
"""


@every_live_page
def test_no_two_labels_of_a_picture_overlap(look, name):
    for start, width in ((1280, 1280), (1280, 700), (360, 320), (360, 700)):
        opened = look(name, start)
        opened.page.set_viewport_size({"width": width, "height": 900})
        opened.at_rest("[...document.querySelectorAll('.gmm-panel')].map((panel) => panel.innerHTML).join()")
        assert opened.page.evaluate(OVERLAPS) == [], width


@every_live_page
def test_a_drawing_has_no_id_that_another_could_have_too(look, name):
    page = look(name).page
    assert page.locator(".gmm-figure [id]").count() == 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


BRICKS = (
    "(figure) => [...figure.querySelectorAll('.gmm-brick')].map((path) => path.getAttribute('d').split('M').length - 1)"
)


@pytest.mark.parametrize("name", ["clustering", "likelihood", "em"])
def test_a_histogram_has_a_brick_for_each_observation(look, name):
    for figure in look(name).page.query_selector_all(".gmm-figure:has(.gmm-brick)"):
        layers = figure.evaluate("(figure) => figure.gmm.panels.flatMap((panel) => panel.spec.layers)")
        (wall,) = [layer for layer in layers if layer["kind"] == "bricks"]
        assert sum(figure.evaluate(BRICKS)) == len(wall["x"])


def test_a_slider_says_the_unit_of_what_it_moves_where_the_data_have_one(look):
    alive = look("clustering").page.locator(".gmm-alive:has([data-figure=memberships])")
    said = {}
    for slider in alive.locator("input[type=range]").all():
        label = slider.evaluate("(input) => input.labels[0].textContent")
        said[label] = slider.get_attribute("aria-valuetext").lstrip("0123456789.−")
    square = " square minutes"
    assert said == {"cut": " minutes", "π₁": "", "μ₁": " minutes", "σ₁²": square, "μ₂": " minutes", "σ₂²": square}


def test_where_the_system_sets_the_colours_the_legend_keeps_those_of_the_curves(visit):
    opened = visit("mixture", forced_colors="active")
    opened.live()
    figure = opened.page.locator("[data-figure=mixture]")
    for k in (1, 2):
        stroke = figure.locator(f".gmm-curve.gmm-component{k}").evaluate("(node) => getComputedStyle(node).stroke")
        key = figure.locator(f".gmm-component{k} > .gmm-swatch").evaluate("(node) => getComputedStyle(node).background")
        assert stroke in key


@pytest.mark.parametrize(("width", "columns"), [(360, 1), (1280, 2)])
def test_the_values_of_the_sliders_of_a_component_stand_below_each_other(look, width, columns):
    rows = look("mixture", width).page.locator(".gmm-alive:has([data-figure=mixture]) .gmm-row")
    edges = set()
    for component in ("component1", "component2"):
        values = rows.and_(rows.page.locator(f".gmm-{component}")).locator(".gmm-value").all()
        boxes = [value.bounding_box() for value in values]
        assert len(boxes) == (3 if component == "component1" else 2)
        (edge,) = {round(box["x"] + box["width"]) for box in boxes}
        edges.add(edge)
    assert len(edges) == columns


def test_each_fold_of_a_solution_has_a_name_of_its_own_and_shows_the_focus(visit):
    opened = visit("em")
    folds = opened.page.locator(".admonition.dropdown .toggle-button")
    names = [fold.get_attribute("aria-label") for fold in folds.all()]
    assert len(set(names)) == len(names) > 1
    assert [name.rpartition(" ")[2] for name in names] == [str(1 + n) for n in range(len(names))]
    title = opened.page.locator(".admonition.dropdown > .admonition-title").first
    outline = "(node) => getComputedStyle(node).outlineStyle"
    assert title.evaluate(outline) == "none"
    opened.page.keyboard.press("Shift")
    folds.first.evaluate("(node) => node.focus({ focusVisible: true })")
    assert title.evaluate(outline) == "solid"
    opened.page.keyboard.press("Enter")
    assert folds.first.get_attribute("aria-expanded") == "true"
