"""One switch hides the code that is not the lesson, and what is printed is never cut off."""

import pytest

from tests.pages.conftest import SITE, each_and, sampled
from tools.contents import BOOK, pages

PAGES = [name for name in pages() if '"outputs": [\n    {' in (BOOK / f"{name}.ipynb").read_text("utf-8")]
FORBIDDEN = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })"
)
OURS = "[data-reading]"


def seen(page, selector):
    """Return how many elements a reader sees."""
    return page.evaluate("(s) => [...document.querySelectorAll(s)].filter((e) => e.offsetHeight).length", selector)


@pytest.mark.parametrize("scheme", sampled(["http", "file"], ["file"]))
def test_the_switch_hides_code_keeps_figures_and_is_remembered_on_the_next_page(visit, scheme):
    opened = visit("em", scheme, fresh=True)
    page, switch = opened.page, opened.page.get_by_role("button", name="Reading")
    opened.live()
    code, pictures = seen(page, ".cell_input"), seen(page, ".cell_output :is(img, .gmm-alive)")
    assert switch.get_attribute("aria-pressed") == "false"
    switch.focus()
    page.keyboard.press("Enter")
    assert switch.get_attribute("aria-pressed") == "true"
    assert page.get_by_text("The code is hidden").get_attribute("role") == "status"
    assert seen(page, ":is(.reading-result, .reading-aside) > .cell_input") == 0
    assert "def m_step" in page.locator(".cell_input:visible").all_inner_texts()[1]
    assert seen(page, ".cell_output :is(img, .gmm-alive)") == pictures
    page.goto(page.url.replace("em.html", "updates.html"))
    assert page.locator(f"html{OURS}").count() == 1
    page.get_by_role("button", name="Reading").click()
    page.goto(page.url.replace("updates.html", "em.html"))
    assert seen(page, ".cell_input") == code
    opened.check()


def test_the_page_knows_before_it_is_painted(visit):
    opened = visit("em", fresh=True)
    opened.page.evaluate("localStorage.setItem('gmm-reading', 'true')")
    opened.page.add_init_script(
        """new MutationObserver(() => {
          if (document.body) window.first ??= String(document.documentElement.hasAttribute("data-reading"));
        }).observe(document, { childList: true, subtree: true })"""
    )
    opened.page.reload()
    assert opened.page.evaluate("window.first") == "true"


def test_the_code_of_a_figure_opens_in_its_place_by_keyboard(visit):
    page = visit("em", fresh=True).page
    page.get_by_role("button", name="Reading").click()
    cell = page.locator(".reading-result:has(img)").first
    button = cell.get_by_role("button", name="Code")
    button.focus()
    page.keyboard.press("Space")
    assert button.get_attribute("aria-expanded") == "true"
    assert cell.locator(".cell_input").is_visible()
    page.keyboard.press("Space")
    assert button.get_attribute("aria-expanded") == "false"
    assert not cell.locator(".cell_input").is_visible()


def test_the_place_on_the_screen_stays_when_code_goes(visit):
    opened = visit("em", fresh=True)
    opened.live()
    where = "document.querySelector('#where-it-ends > h2').getBoundingClientRect().top"
    opened.page.evaluate(f"scrollBy({{ top: {where} - 100, behavior: 'instant' }})")
    opened.at_rest(where)
    before = opened.page.evaluate(where)
    opened.page.locator(".gmm-reading").evaluate("(button) => button.click()")  # a click of Playwright's may scroll
    opened.at_rest(where)
    assert abs(opened.page.evaluate(where) - before) < 2


def test_where_storage_is_forbidden_the_switch_works_on_its_page(browser, served):
    context = browser.new_context()
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route("**/em.html", lambda route: route.fulfill(body=without_theme_storage(), content_type="text/html"))
    page.add_init_script(FORBIDDEN)
    page.goto(f"{served}/em.html")
    switch = page.get_by_role("button", name="Reading")
    switch.click()
    assert page.locator(f"html{OURS}").count() == 1
    switch.click()
    assert page.locator(f"html{OURS}").count() == 0
    assert not [error for error in errors if "reading.js" in error]
    context.close()


def without_theme_storage():
    """Return a page on which only our script asks for storage, since the theme's throw where it is forbidden."""
    return (SITE / "em.html").read_text("utf-8").replace("localStorage.getItem", "String")


@pytest.mark.parametrize("name", ["em", "updates"])
def test_without_scripts_everything_is_shown_and_no_switch(browser, site, name):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / f"{name}.html").as_uri())
    assert page.locator(".gmm-reading:visible, .gmm-code:visible").count() == 0
    assert page.locator(":is(.reading-result, .reading-aside) > .cell_input:not(:visible)").count() == 0
    context.close()


PRINTED = ["mixture", "em", "how-many", "engine", "api"]


@pytest.mark.parametrize(
    ("name", "width"), sampled(each_and(PAGES, [1280], 360, PRINTED), [(name, 360) for name in PRINTED])
)
def test_no_printed_text_is_cut_off(look, name, width):
    page = look(name, width).page
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        cut = page.evaluate(
            "[...document.querySelectorAll('.cell_output pre')]"
            ".filter((box) => box.scrollWidth > box.clientWidth).map((box) => box.textContent)"
        )
        page.emulate_media(media="screen")
        assert cut == [], media
