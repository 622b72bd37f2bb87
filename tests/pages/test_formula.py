"""The formula above a figure: numbers that are dragged, stepped and typed, and terms that light up what they mean."""

import re

import pytest

from tests.pages.conftest import live_pages
from tests.pages.test_rings import Hand
from tools.contents import BOOK

NUMBER = '[data-figure={}] .gmm-number[data-number="{}"]'
WITH_FORMULA = {"mixture": ["mixture"], "normal": ["normal"], "clustering": ["memberships"]}
# Their sliders that are no number of the formula.
BESIDE = {"memberships": {"cut"}}
SCOPE = "document.querySelector('[data-figure={}]').gmm.scope()"


def number(opened, name, param):
    found = opened.page.locator(NUMBER.format(name, param))
    found.scroll_into_view_if_needed()
    return found


def value(opened, name, param):
    return opened.page.evaluate(SCOPE.format(name))[param]


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("page", WITH_FORMULA)
def test_each_number_of_a_parameter_is_a_slider_with_its_name_and_value(look, page):
    opened = look(page)
    for name in WITH_FORMULA[page]:
        bounds = opened.page.evaluate(f"document.querySelector('[data-figure={name}]').gmm.spec.bounds")
        there = opened.page.locator(f"[data-figure={name}] .gmm-formula [role=slider]")
        assert {node.get_attribute("data-number") for node in there.all()} == set(bounds) - BESIDE.get(name, set())
        for node in there.all():
            slider = bounds[node.get_attribute("data-number")]
            text = node.text_content()
            said = [node.get_attribute(f"aria-{part}") for part in ("label", "valuetext", "valuemin", "valuemax")]
            assert said[:2] == [f"Formula: {slider['label']}", f"{text} {slider['unit']}".strip()]
            assert list(map(float, said[2:])) == [slider["min"], slider["max"]]
            assert float(node.get_attribute("aria-valuenow")) == pytest.approx(
                float(text.replace("−", "-")), abs=0.0051
            )
            assert opened.page.get_by_label(slider["label"], exact=True).count() > 0  # the other one has the name


def test_no_other_page_has_a_formula_with_numbers(site):
    found = {page for page in live_pages() if '["number",' in (site / f"{page}.html").read_text("utf-8")}
    assert found == {*WITH_FORMULA}


@pytest.mark.parametrize("touch", [False, True], ids=["mouse", "finger"])
def test_a_number_is_dragged_sideways_and_comes_back(visit, touch):
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 664}} if touch else {}
    opened = visit("mixture", **options)
    opened.live()
    node, hand = number(opened, "mixture", "mu2"), Hand(opened.page, touch)
    (x, y), before = middle(node), value(opened, "mixture", "mu2")
    others = {**opened.page.evaluate(SCOPE.format("mixture")), "mu2": 0}
    hand.down(x, y)
    for by in (10, 30, 60):
        hand.move(x + by, y)
        assert value(opened, "mixture", "mu2") == pytest.approx(before + by / 300 * 9, abs=0.026)
        assert node.text_content() == f"{value(opened, 'mixture', 'mu2'):.2f}"
    hand.move(x - 200, y)
    assert value(opened, "mixture", "mu2") == -4  # its slider ends there
    hand.move(x, y)
    assert value(opened, "mixture", "mu2") == pytest.approx(before)
    hand.move(x + 40, y)
    hand.up()
    hand.move(x + 80, y) if not touch else None
    assert value(opened, "mixture", "mu2") == pytest.approx(before + 1.2, abs=0.026)
    assert {**opened.page.evaluate(SCOPE.format("mixture")), "mu2": 0} == others
    opened.check()


def test_a_number_is_stepped_by_keys_as_a_slider_is(moved):
    opened = moved("mixture")
    node, at = number(opened, "mixture", "pi1"), []
    node.focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "Shift+ArrowDown", "PageUp", "PageDown", "Home", "End", "a"):
        opened.page.keyboard.press(key)
        at.append(value(opened, "mixture", "pi1"))
    assert at == pytest.approx([0.41, 0.42, 0.41, 0.31, 0.41, 0.31, 0, 1, 1])
    assert node.text_content() == "1.00" and node.get_attribute("aria-valuetext") == "1.00"
    assert opened.page.evaluate("document.activeElement.dataset.number") == "pi1"


@pytest.mark.parametrize("way", ["Enter", "double click"])
def test_a_number_is_typed(moved, way):
    opened = moved("mixture")
    node, field = number(opened, "mixture", "mu1"), opened.page.locator(".gmm-typed")

    def begin():
        if way == "Enter":
            node.focus()
            opened.page.keyboard.press("Enter")
        else:
            node.dblclick()
        assert field.input_value() == node.text_content().replace("−", "-")
        assert field.evaluate("(field) => field === document.activeElement") and not node.is_visible()

    for text, expected in (("2.5", 2.5), ("−3", -3), ("0,75", 0.75), (" 1e0 ", 1)):
        begin()
        opened.page.keyboard.type(text)
        opened.page.keyboard.press("Enter")
        assert value(opened, "mixture", "mu1") == expected
        assert field.count() == 0 and node.is_visible()
        assert opened.page.evaluate("document.activeElement.dataset.number") == "mu1"
    begin()
    opened.page.keyboard.type("4")
    opened.page.keyboard.press("Escape")
    assert (value(opened, "mixture", "mu1"), field.count()) == (1, 0)
    begin()
    opened.page.keyboard.type("3")
    opened.page.locator("[data-figure=mixture] .gmm-readout").click()  # a field that is left is read
    assert (value(opened, "mixture", "mu1"), field.count()) == (3, 0)
    assert lit(opened) == []  # the term goes out with its field
    begin()
    opened.page.keyboard.type("three")
    opened.page.locator("[data-figure=mixture] .gmm-readout").click()
    assert (value(opened, "mixture", "mu1"), field.count()) == (3, 0)


def test_what_is_no_number_or_beyond_the_slider_is_refused_with_a_sentence(moved):
    opened = moved("mixture")
    node, page = number(opened, "mixture", "var1"), opened.page
    figure = page.locator(".gmm-alive:has([data-figure=mixture])")
    node.focus()
    page.keyboard.press("Enter")
    high = figure.bounding_box()["height"]
    for text, sentence in (
        ("one", "“one” is not a number. Type one from 0.20 to 4.00."),
        ("", "“” is not a number. Type one from 0.20 to 4.00."),
        ("4.5", "σ₁² goes from 0.20 to 4.00. Type a number between them."),
        ("Infinity", "“Infinity” is not a number. Type one from 0.20 to 4.00."),
    ):
        page.locator(".gmm-typed").fill(text)
        page.keyboard.press("Enter")
        assert figure.get_by_role("alert").text_content() == sentence
        assert page.locator(".gmm-typed").get_attribute("aria-invalid") == "true"
        assert value(opened, "mixture", "var1") == 1
    assert figure.bounding_box()["height"] == high  # nothing moved to make room for it
    page.locator(".gmm-typed").fill("2")
    page.keyboard.press("Enter")
    assert value(opened, "mixture", "var1") == 2
    assert figure.get_by_role("alert").count() == 0


def test_a_formula_is_typeset_in_the_fonts_of_the_page(look):
    page = look("mixture").page
    for kind, family, style in (("letter", "KaTeX_Math", "italic"), ("script", "KaTeX_Caligraphic", "normal")):
        node = page.locator(f"[data-figure=mixture] .gmm-{kind}").first
        first, styled = node.evaluate("(n) => [getComputedStyle(n).fontFamily, getComputedStyle(n).fontStyle]")
        assert first.startswith(family) and styled == style
        assert page.evaluate(f"document.fonts.check('17px {family}')")


LIT = """
(alive) => [...alive.querySelectorAll(".gmm-lit")].flatMap((node) => {
  const [part, role] = [/gmm-(term|curve|row|key|handle)\\b/, /gmm-(component\\d|mixture)/].map(
    (kind) => kind.exec(node.getAttribute("class"))?.[1]);
  return part ? [`${part} ${role}`] : [];
})
"""


def lit(opened, name="mixture"):
    alive = opened.page.locator(f".gmm-alive:has([data-figure={name}])")
    return sorted(set(alive.evaluate(LIT)))


def whole(role):
    return sorted(f"{part} {role}" for part in ("term", "curve", "row", "key", "handle"))


def words(opened, name="mixture"):
    found = opened.page.locator(f"[data-of={name}][data-term]")
    assert found.count() >= 2, "no words of the text stand for the terms of the figure"
    return found


def places(opened, role):
    """Return what stands for a term in the figure: the term, a slider, the legend and a place on its curve."""
    alive = opened.page.locator(".gmm-alive:has([data-figure=mixture])")
    term = alive.locator(f".gmm-term.gmm-{role}").last
    slider = alive.locator(f".gmm-row.gmm-{role} input").first
    return alive, term, slider, alive.locator(f".gmm-key.gmm-{role}")


CURVE = """
(figure, k) => {
  const { call, panels: [panel] } = figure.gmm, at = figure.gmm.scope();
  const box = figure.querySelector("svg").getBoundingClientRect();
  const x = { 1: -2.4, 2: 3.8 }[k], y = call[`c${k}`]({ ...at, x });
  return [box.left + panel.px(x), box.top + panel.py(y)];
}
"""


# A place in the first line of words that may go over two.
FIRST_LINE = "(word) => (({ left, top, height }) => [left + 5, top + height / 2])(word.getClientRects()[0])"


@pytest.mark.parametrize("k", [1, 2])
def test_a_term_its_curve_its_sliders_and_its_words_light_up_together(moved, k):
    opened = moved("mixture")
    page, role = opened.page, f"component{k}"
    alive, term, slider, key = places(opened, role)
    found = words(opened)
    alive.scroll_into_view_if_needed()
    for target in (term, slider, key, alive.locator(f".gmm-handle.gmm-{role}").first):
        page.mouse.move(1, 1)
        assert lit(opened) == []
        target.hover()
        assert lit(opened) == whole(role)
        for word in found.all():
            assert ("gmm-lit" in word.get_attribute("class")) == (word.get_attribute("data-term") == role)
    page.mouse.move(1, 1)
    x, y = alive.locator("[data-figure=mixture]").evaluate(CURVE, k)
    page.mouse.move(x, y - 40)
    assert lit(opened) == []
    page.mouse.move(x, y + 3)  # below it, for the sum is close above
    assert lit(opened) == whole(role)
    page.mouse.move(1, 1)
    word = page.locator(f"[data-of=mixture][data-term={role}]").first
    word.scroll_into_view_if_needed()
    word.hover()
    assert lit(opened) == whole(role)
    page.mouse.move(1, 1)
    assert lit(opened) == []


def with_words():
    """The chapters in whose text words stand for terms."""
    return [name for name in live_pages() if re.search(r"#live=\w+&term=", (BOOK / f"{name}.ipynb").read_text("utf-8"))]


@pytest.mark.parametrize("name", with_words())
def test_all_words_for_a_term_have_something_to_light(look, name):
    page = look(name).page
    assert page.locator("[data-term]").count() >= 2
    for word in page.locator("[data-term]").all():
        of, term = (word.get_attribute(f"data-{part}") for part in ("of", "term"))
        parts = page.locator(f".gmm-alive:has([data-figure={of}]) .gmm-{term}")
        assert parts.and_(page.locator(".gmm-curve")).count() > 0 and parts.count() > 1


def test_what_has_the_focus_of_the_keyboard_lights_its_term(moved):
    opened = moved("mixture")
    alive, term, _, _ = places(opened, "component2")
    before = term.evaluate("(node) => getComputedStyle(node).backgroundColor")
    curve = alive.locator(".gmm-curve.gmm-component2").first
    width = curve.evaluate("(node) => parseFloat(getComputedStyle(node).strokeWidth)")
    number(opened, "mixture", "mu1").focus()
    opened.page.keyboard.press("Tab")
    assert lit(opened) == whole("component1")
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.dataset.number") == "mu2"
    assert lit(opened) == whole("component2")
    assert term.evaluate("(node) => getComputedStyle(node).backgroundColor") != before
    assert curve.evaluate("(node) => parseFloat(getComputedStyle(node).strokeWidth)") > width + 1
    word = words(opened).first
    word.focus()
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Shift+Tab")
    assert lit(opened) == whole(word.get_attribute("data-term"))
    opened.page.evaluate("document.activeElement.blur()")
    assert lit(opened) == []


def test_a_tap_on_a_curve_or_a_word_lights_its_term_and_the_next_tap_elsewhere_puts_it_out(visit):
    opened = visit("mixture", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 664})
    opened.live()
    alive = opened.page.locator(".gmm-alive:has([data-figure=mixture])")
    alive.scroll_into_view_if_needed()
    opened.page.touchscreen.tap(*alive.locator("[data-figure=mixture]").evaluate(CURVE, 1))
    assert lit(opened) == whole("component1")
    alive.locator(".gmm-readout").tap()
    assert lit(opened) == []
    word = words(opened).last
    word.scroll_into_view_if_needed()
    opened.page.touchscreen.tap(*word.evaluate(FIRST_LINE))
    assert lit(opened) == whole(word.get_attribute("data-term"))
    opened.check()


def test_where_the_system_sets_the_colours_a_number_has_a_frame_and_a_lit_term_too(visit):
    opened = visit("mixture", forced_colors="active")
    opened.live()
    node = number(opened, "mixture", "mu1")
    term, row = (
        opened.page.locator(f".gmm-alive:has([data-figure=mixture]) .gmm-{part}.gmm-component1").first
        for part in ("term", "row")
    )
    outline = "(node) => getComputedStyle(node).outlineStyle"
    assert node.evaluate("(node) => getComputedStyle(node).borderStyle") == "solid"
    assert (term.evaluate(outline), row.evaluate(outline)) == ("none", "none")
    term.hover(position={"x": 2, "y": 4})
    assert (term.evaluate(outline), row.evaluate(outline)) == ("solid", "solid")
    opened.check()


@pytest.mark.parametrize("page", WITH_FORMULA)
def test_on_the_narrowest_phone_no_term_is_cut(look, page):
    shown = look(page, 360).page
    shown.set_viewport_size({"width": 320, "height": 640})
    for term in shown.locator(".gmm-alive .gmm-term").all():
        box = term.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 320


@pytest.mark.parametrize("page", WITH_FORMULA)
def test_a_printed_figure_and_one_without_javascript_have_the_formula_of_the_start(visit, page):
    opened, still = visit(page), visit(page, java_script_enabled=False)
    opened.live()
    for name in WITH_FORMULA[page]:
        live = opened.page.locator(f"[data-figure={name}] .gmm-formula")
        dead = [shown.page.locator(f"[data-live={name}] > .gmm-formula") for shown in (opened, still)]
        assert live.is_visible() and not dead[0].is_visible() and dead[1].is_visible()
        assert live.text_content() == dead[0].text_content() == dead[1].text_content()
        assert re.search(r"\d\.\d\d N\(x \| ", "0.00 " + live.text_content())
        opened.page.emulate_media(media="print")
        paper = opened.page.locator(f"[data-live={name}] .gmm-formula").filter(visible=True)  # of any state
        assert paper.count() == 1 and not live.is_visible()
        opened.page.emulate_media(media="screen")
    opened.check()
