"""Every page is for everyone: axe-core finds nothing, in light and dark, on a desktop and on a phone."""

from importlib.resources import files

import pytest

from tests.pages.conftest import chapters, live_pages

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
PAGES = [*chapters(), "search"]
# The themes differ in their colours only.
RULES = {"light": "{}", "dark": "{runOnly: ['color-contrast', 'link-in-text-block']}"}


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(visit, name, width):
    opened = visit(name, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    if name in live_pages():
        opened.live()
    opened.page.evaluate(AXE)
    for theme, rules in RULES.items():
        opened.dress(theme)
        # A button that still fades into its colours has neither the old ones nor the new.
        opened.page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
        found = opened.page.evaluate(f"axe.run({rules}).then((result) => result.violations)")
        told = [
            f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
            for violation in found
            for node in violation["nodes"]
        ]
        assert told == [], theme


@pytest.mark.parametrize("name", live_pages())
def test_sliders_and_buttons_are_large_enough_for_a_finger(visit, name):
    opened = visit(name, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    opened.live()
    for control in opened.page.locator(".gmm-alive :is(button, select, input[type=range])").all():
        assert control.bounding_box()["height"] >= 43.9


@pytest.mark.parametrize("name", live_pages())
def test_nothing_scrolls_sideways_on_the_narrowest_phone(visit, name):
    opened = visit(name, viewport={"width": 320, "height": 640})
    opened.live()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("name", live_pages())
def test_a_screen_reader_hears_a_live_figure_as_one_group_of_pictures_with_names(visit, name):
    opened = visit(name)
    opened.live()
    assert opened.page.locator(".gmm-alive").count() == opened.page.get_by_role("group", name="Live figure").count()
    for figure in opened.page.locator(".gmm-figure[data-figure]").all():
        told = [picture.get_attribute("aria-label") for picture in figure.get_by_role("img").all()]
        assert told
        assert all(told)


@pytest.mark.parametrize("name", live_pages())
def test_every_slider_has_a_name_and_a_value_in_words(visit, name):
    opened = visit(name)
    opened.live()
    for slider in opened.page.locator(".gmm-alive input[type=range]").all():
        assert slider.evaluate("(input) => input.labels[0].textContent.trim()")
        assert any(digit in slider.get_attribute("aria-valuetext") for digit in "0123456789")


def test_where_the_system_sets_the_colours_the_legend_keeps_those_of_the_curves(visit):
    opened = visit("mixture", forced_colors="active")
    opened.live()
    figure = opened.page.locator("[data-figure=mixture]")
    for k in (1, 2):
        stroke = figure.locator(f".gmm-curve.gmm-component{k}").evaluate("(node) => getComputedStyle(node).stroke")
        key = figure.locator(f".gmm-component{k} > .gmm-swatch").evaluate("(node) => getComputedStyle(node).background")
        assert stroke in key


def test_the_values_of_all_sliders_of_a_figure_stand_below_each_other(visit):
    opened = visit("em")
    opened.live()
    values = opened.page.locator(".gmm-alive:has([data-figure=em]) .gmm-value").all()
    edges = {round(box["x"] + box["width"]) for box in (value.bounding_box() for value in values)}
    assert len(values) == 6
    assert len(edges) == 1
