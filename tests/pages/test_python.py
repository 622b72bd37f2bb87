"""Python in the pages: the cells run where they are read, in two browsers, served and from a folder."""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
import pytest

from gmm import practice
from tests.pages.browser import firefoxes
from tests.pages.conftest import Visit, sampled
from tests.pages.firefox import Firefox
from tests.pages.test_access import violations
from tools import parts
from tools.contents import BOOK, chapters, pages

LONG = 600  # seconds, for a machine with much else to do
PRESS = "document.querySelector('.gmm-run button').click()"
READY = "document.querySelector('.gmm-run').dataset.ready === 'yes'"
ALL = "[...document.querySelectorAll('.gmm-run button')].find((one) => one.textContent === 'Run all').click()"
IDLE = "!document.querySelector('.gmm-run').hasAttribute('data-busy')"
TOLD = "document.querySelector('.gmm-run-told').textContent"
# Of each cell its state, and what is stored and what came out, as a reader sees it.
SEEN = """(() => {
  const what = (node) => {
    if (node.matches("img")) return "picture";
    if (node.matches(".gmm-alive")) return "figure";
    return node.textContent.replace(/^\\\\displaystyle\\s*/, "").trimEnd();
  };
  const shown = (box) => [...(box?.querySelectorAll("pre, annotation, table, img, .gmm-alive") ?? [])]
    .filter((node) => !node.parentElement.closest("table, .gmm-alive, figcaption")).map(what);
  return [...document.querySelectorAll(".cell[data-state]")].map((cell) => ({
    state: cell.dataset.state,
    stored: shown(cell.querySelector(".cell_output:not(.gmm-ran)")),
    ran: shown(cell.querySelector(".gmm-ran")),
  }));
})()"""
# Cells that need the notebook, by their number on the page: for other processes, for files beside the book, for
# versions of the build.
KERNEL = {"colophon": [1, 2, 3, 4], "engine": [43, 44, 45, 46], "gradient": [26, 27, 30, 34], "sums": [18, 19, 20]}
# Cells that print something else with the page's NumPy: a pattern, and what was seen when they were looked at.
DIFFERENT: dict[tuple[str, int], tuple[str, str]] = {}
RUN = [
    name for name in pages() if any(cell.cell_type == "code" for cell in nbformat.read(BOOK / f"{name}.ipynb", 4).cells)
]
# One chapter in each of the four ways in `make test`, and every chapter in one of them in `make sweep`.
QUICK = [
    ("chromium", "http", "notation"),
    ("chromium", "file", "clustering"),
    ("firefox", "http", "notation"),
    ("firefox", "file", "normal"),
]
EVERY = [*QUICK, *(("chromium", "file", name) for name in RUN if name != "clustering"), ("firefox", "http", "em")]


class Chromium:
    """A page in Chromium, asked as Firefox is."""

    def __init__(self, context, base, address):
        self.visit = Visit(context, base)
        self.page = self.visit.page
        self.page.goto(address)

    def evaluate(self, expression):
        return self.page.evaluate(expression)

    def wait(self, expression, seconds):
        self.page.wait_for_function(expression, timeout=1000 * seconds)

    def asked(self):
        """Return what the page has asked of other hosts."""
        return [url for url in self.visit.requests if not url.startswith(self.visit.own)]


@pytest.fixture(scope="module")
def firefox(site):
    with TemporaryDirectory(dir=site.parent, prefix="firefox-", ignore_cleanup_errors=True) as profile:
        firefox = Firefox(firefoxes()[0], Path(profile))
        yield firefox
        firefox.close()


@pytest.fixture
def opened(browser, request, served, site):
    """A function that opens a page in one of the four ways."""
    contexts = []

    def open_page(kind, scheme, name):
        base = served if scheme == "http" else site.as_uri()
        if kind == "chromium":
            contexts.append(context := browser.new_context(viewport={"width": 1280, "height": 900}))
            return Chromium(context, base, f"{base}/{name}.html")
        firefox = request.getfixturevalue("firefox")
        firefox.open(f"{base}/{name}.html")
        firefox.asked = lambda: [url for url in firefox.requests() if not url.startswith((base, "data:", "blob:"))]
        return firefox

    yield open_page
    for context in contexts:
        context.close()


def begin(page):
    """Press the button, and wait until Python is there."""
    page.evaluate(PRESS)
    page.wait(f"{READY} || /cannot|forbids/.test({TOLD})", LONG)
    assert page.evaluate(READY), page.evaluate(TOLD)


def same(name, number, stored, ran):
    """Tell whether a cell shows what is stored, but for what is known to differ."""
    pattern, _ = DIFFERENT.get((name, number), ("$^", ""))
    return [re.sub(pattern, "", text) for text in stored] == [re.sub(pattern, "", text) for text in ran]


@pytest.mark.parametrize(
    ("kind", "scheme", "name"), sampled([way for way in EVERY if way[0] == "chromium" or firefoxes()], QUICK)
)
def test_the_cells_of_a_page_run_in_it_and_show_what_is_stored(opened, kind, scheme, name):
    page = opened(kind, scheme, name)
    begin(page)
    page.evaluate(ALL)
    page.wait(IDLE, LONG)
    seen = page.evaluate(SEEN)
    kernel = [number for number, cell in enumerate(seen, 1) if cell["state"] == "kernel"]
    assert kernel == KERNEL.get(name, [])
    if not set(range(1, len(seen) + 1)) - set(kernel):
        return
    assert {cell["state"] for cell in seen} - {"kernel"} == {"done"}, page.evaluate(TOLD)
    assert [
        (number, cell["stored"], cell["ran"])
        for number, cell in enumerate(seen, 1)
        if cell["state"] == "done" and not same(name, number, cell["stored"], cell["ran"])
    ] == []
    assert page.asked() == []


@pytest.mark.sweep
def test_two_pages_run_side_by_side(opened):
    both = [opened("chromium", scheme, "notation") for scheme in ("http", "file")]
    for page in both:
        page.evaluate(PRESS)
    for page in both:
        page.wait(READY, LONG)
        page.evaluate(ALL)
    for page in both:
        page.wait(IDLE, LONG)
        assert {cell["state"] for cell in page.evaluate(SEEN)} == {"done"}, page.evaluate(TOLD)
        assert page.asked() == []


def test_the_cells_that_need_a_kernel_are_few_and_say_so():
    tagged = {}
    for name in RUN:
        shown = [cell for cell in nbformat.read(BOOK / f"{name}.ipynb", 4).cells if cell.cell_type == "code"]
        shown = [cell for cell in shown if "remove-input" not in cell.metadata.get("tags", [])]
        tagged[name] = [number for number, cell in enumerate(shown, 1) if "kernel" in cell.metadata.get("tags", [])]
    assert {name: numbers for name, numbers in tagged.items() if numbers} == KERNEL


def test_every_chapter_has_the_button_and_loads_nothing_before_it_is_pressed(visit):
    for name in [*chapters(), "playground"]:
        text = (BOOK.parent / "_build/html" / f"{name}.html").read_text("utf-8")
        assert text.count("Run the cells here") == 1, name
    opened = visit("em", fresh=True)
    opened.page.wait_for_load_state("load")
    opened.page.wait_for_timeout(1000)  # what begins later than that, a reader has begun
    assert [url for url in opened.requests if "/python/" in url] == []
    told = opened.page.locator(".gmm-run-told").inner_text()
    assert re.search(r"\d+ MB", told)


# --- one page of a reader's own ------------------------------------------------------


class Playground:
    """The playground, ready."""

    def __init__(self, page):
        self.page = page
        self.cell = page.locator(".gmm-empty")

    def write(self, code, cell=None):
        """Put lines into a cell, by the keyboard."""
        editor = (cell or self.cell).locator(".cm-content")
        editor.click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)

    def run(self, code, ends=("done", "error")):
        """Run lines, and return what they show."""
        self.write(code)
        self.page.keyboard.press("Shift+Enter")
        self.page.wait_for_function(
            f"{json.dumps(ends)}.includes(document.querySelector('.gmm-empty').dataset.state) && " + IDLE,
            timeout=1000 * LONG,
        )
        out = self.cell.locator(".gmm-ran")
        return out.inner_text().strip() if out.count() else ""

    @property
    def state(self):
        return self.cell.get_attribute("data-state")


@pytest.fixture(scope="module")
def playground(browser, site):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    base = site.as_uri()
    page = Chromium(context, base, f"{base}/playground.html")
    begin(page)
    yield Playground(page.page)
    assert page.asked() == []
    context.close()


def test_names_are_at_hand_in_the_playground(playground):
    assert playground.run("gmm.fit(datasets.faithful().waiting, 2).mixture.means.round(2)") == "array([54.61, 80.09])"
    assert playground.state == "done"


def test_an_error_is_told_by_the_readers_own_lines_and_ends_nothing(playground):
    told = playground.run("def f(x):\n    return gmm.fit(x, 2)\n\nf([1.0, float('nan')])")
    assert playground.state == "error"
    assert 'File "cell 1", line 4' in told and 'File "cell 1", line 2' in told
    assert "gmm/" not in told and told.splitlines()[-1].startswith("ValueError: ")
    assert playground.run("print(1 + 1)") == "2"
    assert playground.run("1 +") and playground.state == "error"


def test_what_a_page_cannot_do_gets_a_sentence(playground):
    assert "not at hand in the page" in playground.run("import pandas")
    for way in (
        "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9/')",
        "open('mine.csv')",
        "input('?')",
    ):
        told = playground.run(way)
        assert playground.state == "error", told
        assert re.search("asks no other host|sees none of your files|nobody to ask", told), told


def test_ten_thousand_lines_are_cut_with_a_sentence(playground):
    told = playground.run("for i in range(10_000):\n    print(i)")
    assert "9000 more lines were printed, and are not shown." in told
    assert len(told.splitlines()) < 1100


def test_warnings_stand_apart_from_what_is_printed(playground):
    playground.run("import warnings\nprint('before')\nwarnings.warn('look', stacklevel=2)\nprint('after')")
    assert "UserWarning: look" in playground.cell.locator(".gmm-warned").inner_text()
    printed = playground.cell.locator(".output.stream").all_inner_texts()
    assert [text.strip() for text in printed] == ["before", "after"]


def test_a_formula_is_typeset_and_a_picture_follows_the_theme(playground):
    playground.run("sp.integrate(formulas.normal, (formulas.x, 0, sp.oo)).simplify()")
    assert playground.cell.locator(".gmm-ran .katex").count() == 1
    playground.run("plt.plot([1, 2, 4])\nplt.show()\nprint('below')")
    picture = playground.cell.locator(".gmm-ran img")
    assert picture.evaluate("(one) => one.complete && one.naturalWidth > 100")
    playground.page.emulate_media(color_scheme="dark")
    playground.page.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    assert "invert" in picture.evaluate("(one) => getComputedStyle(one).filter")
    playground.page.emulate_media(color_scheme="light")


def test_a_live_figure_of_the_readers_own_is_alive(playground):
    playground.run(
        "live.em(np.array([1.0, 2.0, 7.0, 8.0, 9.0]), gmm.Mixture([0.5, 0.5], [2.0, 6.0], [1.0, 1.0]), name='mine')"
    )
    assert playground.state == "done", playground.cell.inner_text()
    figure = playground.cell.locator(".gmm-ran .gmm-figure")
    assert figure.evaluate("(one) => one.gmm.spec.data") == [1, 2, 7, 8, 9]
    playground.cell.get_by_role("button", name="Reset", exact=True).wait_for()
    before = figure.inner_html()
    playground.cell.locator(".gmm-next").click()
    playground.page.wait_for_function(
        "(before) => document.querySelector('.gmm-ran .gmm-figure').innerHTML !== before", arg=before
    )
    assert playground.cell.locator(".gmm-failed").count() == 0


def test_a_loop_without_end_stops_within_a_second(playground):
    page = playground.page
    playground.write("while True:\n    print('x')")
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("document.querySelector('.gmm-empty').dataset.state === 'running'")
    took = page.evaluate(
        """async () => {
          const cell = document.querySelector(".gmm-empty"), begin = performance.now();
          [...cell.querySelectorAll("button")].find((one) => one.textContent === "Stop").click();
          while (cell.dataset.state === "running") await new Promise((done) => setTimeout(done));
          return performance.now() - begin;
        }"""
    )
    assert took < 1000
    assert playground.run("print('again')") == "again"


def test_the_editor_is_left_by_the_keyboard_and_changes_are_kept_marked_and_put_back(playground):
    page = playground.page
    playground.write("for k in range(3):")
    page.keyboard.press("Enter")
    page.keyboard.type("print(k)")
    assert playground.cell.locator(".cm-content").inner_text().splitlines()[1] == "    print(k)"
    assert page.evaluate("document.activeElement.matches('.cm-content')")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.matches('.cm-content')")
    assert playground.state == "edited" and playground.cell.get_attribute("data-edited") is not None
    other = page.context.new_page()
    other.goto(page.url)
    assert other.locator(".gmm-empty").get_attribute("data-state") == "edited"
    assert "your changes" in other.locator(".gmm-run-told").inner_text()
    other.close()
    playground.cell.get_by_role("button", name="Reset cell 1").click()
    assert playground.state == "stored"
    assert page.evaluate("Object.keys(JSON.parse(localStorage.getItem('gmm-cells:playground.html'))).length") == 0


def test_an_example_of_the_reference_leads_to_the_playground_with_its_lines(visit):
    opened = visit("api", "file")
    link = opened.page.locator(".gmm-try a").first
    link.click()
    opened.page.wait_for_url("**/playground.html?code=*")
    typed = opened.page.locator(".gmm-empty pre").inner_text()
    assert "gmm" in typed and ">>>" not in typed


def test_own_numbers_give_an_own_fit_and_an_own_figure(opened):
    page = opened("chromium", "file", "em")
    begin(page)
    reader, cells = Playground(page.page), page.page.locator(".cell[data-state]")
    page.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    waits, figure = cells.nth(9), cells.nth(14)
    waits.scroll_into_view_if_needed()
    waits.locator(".cm-content").wait_for()
    text = waits.locator(".cm-content").inner_text()
    reader.write(text.replace("datasets.faithful().waiting", "np.array([51.0, 53, 54, 58, 79, 80, 82, 85, 88])"), waits)
    waits.get_by_role("button", name="Run cell 10").click()
    page.wait(IDLE, LONG)
    assert waits.get_attribute("data-state") == "error"  # np is not there yet
    waits.get_by_role("button", name="Run the cells above").click()
    page.wait(IDLE, LONG)
    assert waits.get_attribute("data-state") == "done", waits.inner_text()
    assert "54" in waits.locator(".gmm-ran").inner_text()
    figure.scroll_into_view_if_needed()
    figure.get_by_role("button", name="Run cell 15").click()
    page.wait(IDLE, LONG)
    assert figure.locator(".gmm-ran .gmm-figure").evaluate("(one) => one.gmm.spec.data.length") == 9
    assert figure.locator(".gmm-ran figcaption").inner_text().startswith("Fig. 7.")
    waits.get_by_role("button", name="Stored output").click()
    assert "Mixture(weights=[0.36" in waits.locator(".cell_output:not(.gmm-ran)").inner_text()
    page.page.emulate_media(media="print")
    assert waits.locator(".gmm-ran").is_hidden() and waits.locator(".cell_output:not(.gmm-ran)").is_visible()
    assert figure.locator(".gmm-ran").is_hidden()
    page.page.emulate_media(media="screen")
    assert page.asked() == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_fault_in_a_cell_that_has_run(playground, theme):
    playground.page.emulate_media(color_scheme=theme)
    playground.page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)
    playground.run(f"print('{theme}')\nimport warnings\nwarnings.warn('look')\n1 / 0")
    assert violations(playground.page, {}) == []
    playground.page.emulate_media(color_scheme="light")


def test_a_screen_reader_hears_that_a_cell_is_done_or_ended_with_an_error(playground):
    told = playground.page.locator(".gmm-run-told[role=status]")
    playground.run("x = 1")
    assert told.inner_text() == "Cell 1 is done."
    playground.run("x / 0")
    assert told.inner_text() == "Cell 1 ended with an error: ZeroDivisionError."
    playground.write("import time\ntime.sleep(1)")
    playground.page.keyboard.press("Shift+Enter")
    playground.page.wait_for_function(f"{TOLD} === 'Cell 1 is running.'")
    playground.page.wait_for_function(f"{TOLD} === 'Cell 1 is done.'")


def test_a_cell_with_its_buttons_fits_the_narrowest_phone(playground):
    playground.page.set_viewport_size({"width": 320, "height": 640})
    playground.run("print('wide ' * 60)")
    assert playground.page.evaluate("document.documentElement.scrollWidth") <= 320
    playground.page.set_viewport_size({"width": 1280, "height": 900})


# --- where it cannot be -----------------------------------------------------------------


def test_a_policy_that_forbids_it_is_told_in_a_sentence(browser, strict):
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{strict}/normal.html")
    page.get_by_role("button", name="Run the cells here").click()
    told = page.locator(".gmm-run-told")
    while "Loads Python" in told.inner_text():
        page.wait_for_timeout(50)
    assert "'wasm-unsafe-eval'" in told.inner_text()
    context.close()


def test_every_file_of_the_interpreter_is_what_the_lock_file_says():
    folder = parts.cache()
    assert parts.missing(folder) == {}
    assert len(parts.wheels(folder)) >= 10


def test_the_colophon_names_the_versions_that_are_pinned():
    text = "\n".join(cell.source for cell in nbformat.read(BOOK / "colophon.ipynb", 4).cells)
    for entry in parts.locked(parts.cache())["packages"].values():
        if entry["name"] in (*parts.PACKAGES, "mpmath"):
            assert f"{entry['name']} {entry['version']}" in text.lower() or f" {entry['version']} " in text, entry[
                "name"
            ]
    assert parts.locked(parts.cache())["info"]["python"] in text


DOCTESTS = """
import doctest, importlib, pkgutil
import matplotlib, sympy
failed = attempted = 0
for module in pkgutil.walk_packages(gmm.__path__, "gmm."):
    if module.name not in ("gmm.sklearn", "gmm.live.still"):
        outcome = doctest.testmod(importlib.import_module(module.name))
        failed, attempted = failed + outcome.failed, attempted + outcome.attempted
print(failed, "of", attempted)
"""


@pytest.mark.sweep
def test_the_examples_of_the_docstrings_hold_in_the_page(playground):
    failed, _, attempted = playground.run(DOCTESTS).splitlines()[-1].split()
    assert int(failed) == 0 and int(attempted) > 90


JUDGED = """
import json
from gmm import practice
from gmm.practice.code import planted
told = lambda question, source: json.loads(practice.verdict(question.name, source))
every = [question for question in practice.questions({chapter!r}).values() if question.kind == "code"]
for question in every:
    slips = [told(question, planted(question, slip))["say"] for slip in question.slips]
    right = told(question, question.solution)["result"] == "right"
    empty = told(question, "")["text"] == "There is nothing to run yet. " + practice.code.plain(question.hints[0])
    print(question.name, right and empty and slips == [f"slip{{i}}" for i in range(len(slips))])
"""


@pytest.mark.sweep
@pytest.mark.parametrize("chapter", chapters())
def test_the_python_of_the_page_knows_each_solution_and_each_slip(playground, chapter):
    told = dict(line.split() for line in playground.run(JUDGED.format(chapter=chapter)).splitlines())
    asked = [question.name for question in practice.questions(chapter).values() if question.kind == "code"]
    assert asked
    assert told == dict.fromkeys(asked, "True")
