"""Pointing at a link to an equation, a word or a source, or focusing it, shows in place what it leads to."""

import gzip
import re

import pytest

from tests.pages.conftest import SITE, sampled
from tests.pages.test_access import AXE
from tools.contents import pages

LINK = "article a.reference.internal"
KINDS = {  # of each a page, a link on it, and what is shown
    "an equation of another page": ("em", f"{LINK}[href='updates.html#equation-eq-update-mean']", ".formula .katex"),
    "an equation of this page": ("em", f"{LINK}[href='#equation-eq-e-step']", ".formula .katex"),
    "a word": ("mixture", f"{LINK}[href='glossary.html#term-component']", "p"),
    "a source": ("em", f"{LINK}[href^='references.html#']", "p"),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def opened(visit, kind, *arguments, **options):
    """Return the visit of a page, a link of the kind in the middle of the window, its preview, and what that shows."""
    name, link, content = KINDS[kind]
    opened = visit(name, *arguments, reduced_motion="reduce", **options)
    link, preview = opened.page.locator(link).first, opened.page.locator("#preview")
    link.evaluate("(node) => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
    return opened, link, preview, content


def focus(page, link):
    """Give a link the focus, as the keyboard does."""
    page.keyboard.press("Shift")
    link.evaluate("(node) => node.focus({ focusVisible: true, preventScroll: true })")


@pytest.mark.parametrize("name", pages())
def test_a_page_holds_what_its_links_to_equations_words_and_sources_lead_to(site, name):
    html = (site / f"{name}.html").read_text("utf-8")
    held = re.findall(r'<div data-at="([^"]*)">(?=\s*\S)', html)
    body = html.partition('<template class="previews">')[0]
    wanted = re.findall(r'<a class="reference internal" href="([\w-]+\.html#(?:equation-|term-|id\d)[^"]*)"', body)
    assert held == list(dict.fromkeys(wanted))


@every_kind
@pytest.mark.parametrize("scheme", sampled(["http", "file"], ["file"]))
def test_pointing_shows_the_definition_which_stays_while_the_pointer_is_on_it(visit, kind, scheme):
    tab, link, preview, content = opened(visit, kind, scheme)
    assert not preview.is_visible()
    before = tab.page.evaluate("[scrollY, document.documentElement.scrollHeight]")
    link.hover()
    preview.locator(content).first.wait_for()
    assert len(preview.inner_text().strip()) > 3
    tab.page.clock.install()
    preview.hover()
    tab.page.clock.run_for(600)
    assert preview.is_visible()
    assert tab.page.evaluate("[scrollY, document.documentElement.scrollHeight]") == before
    tab.page.mouse.move(2, 2)
    tab.page.clock.run_for(600)
    assert not preview.is_visible()
    tab.check()


@every_kind
def test_focus_shows_the_definition_at_once_and_escape_hides_it_until_the_link_is_left(visit, kind):
    tab, link, preview, content = opened(visit, kind)
    focus(tab.page, link)
    assert preview.locator(content).first.is_visible()
    assert link.get_attribute("aria-describedby") == preview.get_attribute("id")
    tab.page.keyboard.press("Escape")
    assert not preview.is_visible()
    assert link.get_attribute("aria-describedby") is None
    assert link.evaluate("(node) => node === document.activeElement")
    link.evaluate("(node) => node.blur()")
    focus(tab.page, link)
    assert preview.is_visible()
    link.evaluate("(node) => node.blur()")
    assert not preview.is_visible()


def test_escape_hides_what_the_pointer_shows(visit):
    tab, link, preview, _ = opened(visit, "a word")
    link.hover()
    preview.wait_for()
    tab.page.keyboard.press("Escape")
    assert not preview.is_visible()
    box = link.bounding_box()
    tab.page.clock.install()
    tab.page.mouse.move(box["x"] + 3, box["y"] + box["height"] / 2)
    tab.page.clock.run_for(500)
    assert not preview.is_visible()


def test_a_tap_follows_the_link_and_shows_nothing(visit):
    tab, link, *_ = opened(visit, "a word", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    link.tap()
    tab.page.wait_for_url("**/glossary.html#term-component")


@every_kind
@pytest.mark.parametrize("width", sampled([360, 1280], [360]))
def test_the_definition_lies_within_the_window_beside_its_link(visit, kind, width):
    tab, link, preview, _ = opened(visit, kind, viewport={"width": width, "height": 800})
    focus(tab.page, link)
    box, at = preview.bounding_box(), link.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    assert box["y"] >= at["y"] + at["height"] / 2 or box["y"] + box["height"] <= at["y"] + at["height"] / 2
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= width
    for formula in preview.locator(".formula").all():
        assert formula.evaluate("(node) => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("kind", sampled(KINDS, ["an equation of another page"]))
def test_axe_finds_no_violation_while_a_definition_is_shown(visit, kind):
    tab, link, preview, _ = opened(visit, kind, viewport={"width": 360, "height": 800})
    focus(tab.page, link)
    tab.page.evaluate(AXE)
    assert preview.is_visible()
    for theme in ("light", "dark"):
        tab.dress(theme)
        found = tab.page.evaluate(
            "axe.run('#preview', {resultTypes: ['violations'], preload: false}).then((r) => r.violations)"
        )
        assert [f"{theme}, {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found] == []


def test_no_id_is_given_twice_while_a_definition_is_shown(visit):
    for kind in KINDS:
        tab, link, preview, _ = opened(visit, kind)
        focus(tab.page, link)
        assert preview.is_visible()
        assert preview.locator("[id], a").count() == 0
        ids = tab.page.evaluate("Array.from(document.querySelectorAll('[id]'), (node) => node.id)")
        assert len(ids) == len(set(ids))


def test_where_the_system_sets_the_colours_a_definition_has_a_border(visit):
    tab, link, preview, _ = opened(visit, "a word", forced_colors="active")
    focus(tab.page, link)
    style = preview.evaluate("(node) => [getComputedStyle(node).borderTopWidth, getComputedStyle(node).borderTopColor]")
    paper = preview.evaluate("(node) => getComputedStyle(node).backgroundColor")
    assert style[0] == "1px"
    assert style[1] != paper


def test_a_definition_is_not_printed(visit):
    tab, link, preview, _ = opened(visit, "a word")
    focus(tab.page, link)
    assert preview.is_visible()
    tab.page.emulate_media(media="print")
    assert not preview.is_visible()


def test_the_script_is_small():
    assert len(gzip.compress((SITE / "_static" / "previews.js").read_bytes(), 9)) <= 2048
