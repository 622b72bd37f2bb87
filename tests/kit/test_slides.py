"""The decks in a browser: opened from the disk, at both shapes of a beamer, by the keyboard alone."""

import io
import re
from itertools import cycle

import pytest
from pypdf import PdfReader

from kit import slides
from tests.pages.conftest import SITE, Handler, serving
from tools import parts, readers
from tools.contents import chapters

SHAPES = {"wide": (1280, 720), "old": (1024, 768)}
OTHERS = [name for name in chapters() if name not in ("em", "normal")]
OVER = """() => {
  const slide = Reveal.getCurrentSlide(), edge = slide.getBoundingClientRect(), over = [];
  const unseen = "svg *, .katex-mathml, .gmm-spoken, aside.notes, .gmm-replaced, details:not([open]) > :not(summary)";
  for (const node of slide.querySelectorAll("*")) {
    if (node.closest(unseen)) continue;
    const { left, top, right, bottom, width, height } = node.getBoundingClientRect();
    const within = left > edge.left - 2 && right < edge.right + 2 && top > edge.top - 2 && bottom < edge.bottom + 2;
    if (width && height && !within)
      over.push(`${node.tagName} ${node.className.baseVal ?? node.className}`);
  }
  return over;
}"""
SWEEP = """() => {
  const slide = Reveal.getCurrentSlide();
  for (const input of slide.querySelectorAll(".stage input[type=range]"))
    for (const value of [input.min, input.max, (Number(input.min) + Number(input.max)) / 2]) {
      input.value = value;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    }
  const drawn = [...slide.querySelectorAll(".stage svg path")].map((path) => path.getAttribute("d") ?? "").join();
  return { sliders: slide.querySelectorAll(".stage input[type=range]").length, broken: /NaN|undefined/.test(drawn) };
}"""
SMALLEST = """() => Math.min(...[...Reveal.getCurrentSlide().querySelectorAll(".stage .gmm-axes text")]
  .map((text) => text.getBoundingClientRect().height / innerHeight))"""


def written(home, names):
    """Write decks into a folder: those for the room, and beside them those for the speaker."""
    try:
        library = slides.reveal()
    except parts.MissingError as error:
        pytest.fail(f"reveal.js can neither be found nor fetched: {error}")
    slides.write(names, library, room=home / "slides", speaker=home / "speaker")
    return home


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """A folder with the decks that have words of their own."""
    return written(tmp_path_factory.mktemp("decks"), ["em", "normal"])


@pytest.fixture(scope="module")
def address(decks):
    """Where these are served."""
    yield from serving(decks, Handler)


@pytest.fixture(scope="module")
def others(tmp_path_factory):
    """A folder with the decks that are made by rule."""
    return written(tmp_path_factory.mktemp("others"), OTHERS)


@pytest.fixture
def visit(browser, decks):
    """Open a deck and wait for its figures; at the end nothing may have gone wrong in it."""
    pages, wrong = [], []

    def opened(name, shape="wide", folder="slides", after="", home=decks):
        width, height = SHAPES[shape]
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
        page.goto((home / folder / f"{name}.html").as_uri() + after)
        page.wait_for_function("window.Reveal?.isReady()")
        if page.locator("[data-live]").count():
            page.wait_for_selector("html[data-gmm-live]", state="attached")
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert wrong == []


def looked_at(page):
    """Go through a deck, and return what overflows on which slide."""
    found = {}
    for i in range(page.evaluate("Reveal.getTotalSlides()")):
        page.evaluate(f"Reveal.slide({i}, 0, 99)")
        page.wait_for_timeout(80)
        if page.locator(".stage").count() and page.evaluate("!!Reveal.getCurrentSlide().querySelector('.stage')"):
            swept = page.evaluate(SWEEP)
            assert swept["sliders"] >= 1 and not swept["broken"], i + 1
            page.wait_for_timeout(250)
            assert page.evaluate(SMALLEST) > 0.016, f"the numbers at the axes of slide {i + 1} are too small"
        if over := page.evaluate(OVER):
            found[i + 1] = over[:3]
    return found


@pytest.mark.parametrize("shape", ["wide", pytest.param("old", marks=pytest.mark.sweep)])
@pytest.mark.parametrize("name", ["em", pytest.param("normal", marks=pytest.mark.sweep)])
def test_nothing_overflows_and_every_slider_can_be_swept(visit, name, shape):
    assert looked_at(visit(name, shape)) == {}


@pytest.mark.sweep
@pytest.mark.parametrize(("name", "shape"), list(zip(OTHERS, cycle(SHAPES))))
def test_nothing_overflows_in_any_deck(visit, others, name, shape):
    assert looked_at(visit(name, shape, home=others)) == {}


def test_the_keyboard_alone_leads_through_a_deck_and_into_a_figure(visit):
    page = visit("normal")
    seen = set()
    for _ in range(80):
        seen.add(page.evaluate("Reveal.getIndices().h"))
        page.keyboard.press("ArrowRight")
    assert seen == set(range(page.evaluate("Reveal.getTotalSlides()")))
    here = page.evaluate("Reveal.getSlides().findIndex((slide) => slide.querySelector('[data-live=normal]'))")
    page.evaluate(f"Reveal.slide({here})")
    page.wait_for_timeout(200)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.present input[type=range]')"):
            break
    before = page.evaluate("document.activeElement.value")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.value") != before
    assert page.evaluate("Reveal.getIndices().h") == here
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == here + 1


def test_a_clicker_turns_the_slide_while_a_slider_has_the_focus(visit):
    page = visit("em")
    here = page.evaluate("Reveal.getSlides().findIndex((slide) => slide.querySelector('.stage'))")
    page.evaluate(f"Reveal.slide({here})")
    page.locator(".present .stage input[type=range]").first.focus()
    page.keyboard.press("PageDown")
    assert page.evaluate("Reveal.getIndices().h") == here + 1


def test_numbers_are_those_of_the_book(visit):
    book, page = readers.Book(SITE), visit("em")
    tags = page.eval_on_selector_all(
        ".katex-display .katex-html .tag", "nodes => nodes.map((node) => node.textContent.trim())"
    )
    wanted = [book.numbers[f"equation-{label}"] for label in ("eq-e-step", "eq-m-step", "eq-em-bound", "eq-em-gap")]
    assert [tag.strip("()") for tag in tags][:4] == wanted


def test_notes_are_in_the_speakers_folder_alone(visit, decks):
    for path in (decks / "slides").rglob("*"):
        if path.is_file() and path.suffix in (".html", ".js"):
            assert 'class="notes"' not in path.read_text("utf-8") and path.name != "notes.js"
    page = visit("em", folder="speaker")
    assert page.locator("aside.notes").count() == page.evaluate("Reveal.getTotalSlides()")
    assert "▶" in page.locator("aside.notes").nth(1).text_content()


def test_the_presenters_view_opens_from_the_disk(visit):
    page = visit("em", folder="speaker")
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    view = opened.value
    view.wait_for_function(
        "document.querySelector('.speaker-controls-notes .value')?.textContent.length > 50", timeout=15000
    )
    page.keyboard.press("ArrowRight")
    view.wait_for_function(
        "/circle/.test(document.querySelector('.speaker-controls-notes .value').textContent)", timeout=15000
    )
    view.close()


def test_a_deck_prints_one_page_a_slide(visit, tmp_path):
    page = visit("em", after="?print-pdf")
    page.wait_for_selector(".pdf-page")
    made = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))
    assert len(made.pages) == page.locator(".pdf-page").count() == len(slides.Deck("em", readers.Book(SITE)).slides)
    assert "7.1" in re.sub(r"\s+", " ", "".join(one.extract_text() for one in made.pages))


def test_a_deck_works_from_a_subfolder_in_a_frame_that_keeps_nothing(browser, decks, address):
    (decks / "frame.html").write_text('<iframe sandbox="allow-scripts" width="1000" height="600" src="slides/em.html">')
    page, wrong = browser.new_page(), []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}/frame.html")
    inside = page.frames[1]
    inside.wait_for_selector("html[data-gmm-live]", state="attached")
    inside.evaluate("Reveal.slide(9)")
    assert inside.evaluate("Reveal.getIndices().h") == 9 and wrong == []
    page.close()


def test_without_a_network_the_command_says_so(monkeypatch):
    def refuse(folder, source):
        raise parts.MissingError("npm could not install reveal.js (nobody answers)")

    monkeypatch.setattr(parts, "cache", lambda source: SITE / "nowhere")
    monkeypatch.setattr(parts, "install", refuse)
    with pytest.raises(SystemExit, match=r"no decks without reveal\.js: npm could not install"):
        slides.main(["em"])


def test_a_chapter_that_is_not_there_is_named():
    with pytest.raises(SystemExit, match="There is no chapter poetry"):
        slides.main(["poetry"])
