"""The site behind a server that allows files of its own only, and in a frame that may keep nothing."""

import pytest

from tests.pages.conftest import Visit, live_pages, sampled

FRAME = (
    '<!doctype html><title>frame</title><iframe sandbox="allow-scripts" src="{}" width="1100" height="900"></iframe>'
)


@pytest.fixture
def guest(browser, strict):
    """A function that opens a page of that server."""
    context, visits = browser.new_context(viewport={"width": 1280, "height": 900}), []

    def open_page(address):
        visits.append(visit := Visit(context, strict))
        visit.page.goto(f"{strict}/{address}")
        return visit

    yield open_page
    context.close()


def refused(visit):
    """Return what the policy has refused, but for pictures in the style sheets."""
    return [error for error in visit.errors if "data:image" not in error]


MOVE = """
(alive) => {
  const figure = alive.querySelector(".gmm-figure"), input = alive.querySelector("input[type=range]");
  const before = figure.innerHTML;
  input.value = Number(input.value) < (Number(input.min) + Number(input.max)) / 2 ? input.max : input.min;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  return figure.innerHTML !== before;
}
"""


@pytest.mark.parametrize("name", sampled(live_pages(), ["index", "mixture", "em", "yours"]))
def test_every_figure_is_alive_where_only_files_of_the_server_may_run(guest, name):
    opened = guest(f"{name}.html")
    assert opened.live() > 0
    assert opened.page.locator(".gmm-failed").count() == 0
    figures = opened.page.query_selector_all(".gmm-alive:has(.gmm-figure):has(input[type=range])")
    assert all(figure.evaluate(MOVE) for figure in figures)
    assert refused(opened) == []


def test_numbers_are_fitted_there(guest):
    opened = guest("yours.html")
    opened.live()
    # Playwright waits for a function by evaluating text, which is refused here.
    while not opened.page.evaluate("document.querySelector('[data-figure=own]').gmm.done"):
        opened.page.wait_for_timeout(100)
    assert opened.page.locator(".gmm-own-table tbody tr").count() > 0
    # In a worker, which is a file of the site.
    assert opened.page.evaluate("document.querySelector('[data-figure=own]').gmm.work.worker !== null")
    assert any(url.endswith("/own-worker.js") for url in opened.requests)
    assert refused(opened) == []


def test_a_solution_unfolds_and_the_buttons_of_the_theme_work_there(guest):
    opened = guest("normal.html")
    page = opened.page
    page.evaluate("window.print = () => (window.printed = true)")
    page.locator("[data-handler-1], [data-handler-2]").first.evaluate("(node) => node.click()")
    solution = page.locator(".admonition.dropdown").first
    inner = solution.locator("p:not(.admonition-title)").first
    assert not inner.is_visible()
    solution.locator(".admonition-title").click()
    assert inner.is_visible()
    assert page.evaluate("window.printed === true || document.fullscreenElement !== null")
    assert refused(opened) == []


def test_the_search_finds_there(guest):
    opened = guest("search.html?q=responsibility")
    opened.page.locator("#search-results li a").first.wait_for(timeout=20_000)
    assert refused(opened) == []


def test_the_policy_would_refuse_code_in_a_page(guest):
    opened = guest("normal.html")
    opened.page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'ran = 1' }))")
    assert opened.page.evaluate("typeof ran") == "undefined"
    assert refused(opened) != []


@pytest.mark.parametrize("name", ["index", "em", "yours"])
def test_in_a_frame_that_may_keep_nothing_figures_live_and_nothing_throws(browser, served, site, tmp_path, name):
    page, thrown = browser.new_page(viewport={"width": 1280, "height": 1000}), []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    path = tmp_path / "frame.html"
    path.write_text(FRAME.format(f"{served}/{name}.html"), "utf-8")
    page.goto(path.as_uri())
    frame = next(frame for frame in page.frames if frame.url.startswith(served))
    frame.locator("html[data-gmm-live]").wait_for(state="attached")
    figures = frame.query_selector_all(".gmm-alive:has(.gmm-figure):has(input[type=range])")
    assert figures or name == "yours"
    assert all(figure.evaluate(MOVE) for figure in figures)
    assert thrown == []
    page.close()
