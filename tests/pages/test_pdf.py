"""The book as a PDF, and what a browser prints of a page."""

import io
import re
import unicodedata

import pytest
from pypdf import PdfReader

from tests.pages.conftest import SITE
from tools import contents, pdf

PAGES = ["index", "normal"]  # the front page and a chapter with exercises and live figures
CHAPTER = "numerics"


def squeezed(text):
    """Return a text without blanks, which a PDF has where letters stand apart, and without ligatures."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def texts(data):
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


@pytest.fixture(scope="module")
def book(site, browser):
    """The pages of a short book, as texts."""
    return texts(pdf.printed(browser, PAGES))


@pytest.fixture(scope="module")
def chapter(site, browser):
    return texts(pdf.printed(browser, [CHAPTER]))


def prompts():
    """Return what the site writes on its folds."""
    return {fold.get_text().strip() for fold in pdf.soup_of(CHAPTER).select("details.hide > summary p")}


def headings_of(name):
    return [pdf.heading_text(heading) for heading in pdf.soup_of(name).select("article :is(h1, h2)")]


def test_the_cover_has_the_title_the_licence_and_the_date(book):
    front = pdf.soup_of("index")
    for told in (pdf.heading_text(front.h1), front.select_one(".extra_footer").get_text(), pdf.date()):
        assert squeezed(told) in squeezed(book[0])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", pdf.date())


def test_the_table_of_contents_tells_the_pages(book):
    listed = {squeezed(title): int(page) for title, page in re.findall(r"^(.{3,}?)\s*(\d+)$", book[1], re.M)}
    for heading in headings_of("normal"):
        assert squeezed(heading) in squeezed(book[listed[squeezed(heading)] - 1])


def test_chapters_have_their_numbers_and_running_heads(book):
    title = headings_of("normal")[0]
    assert re.match(r"1\. ", title)
    pages = [page for page in book[2:] if squeezed(page).startswith(squeezed(title))]
    assert len(pages) > 5


def test_solutions_stand_at_the_end_and_nowhere_else(book):
    word = pdf.Book(PAGES).words[1]
    start = next(place for place, text in enumerate(book) if re.match(rf"{word}\n\d+\n{word}", text))
    soup = pdf.soup_of("normal")
    boxes = soup.select(".admonition.dropdown")
    assert len(boxes) == 5
    for box in boxes:
        piece = squeezed(
            max((text for p in box.select("p") for text in p.find_all(string=True, recursive=False)), key=len)
        )
        assert piece[:25] in squeezed("".join(book[start:]))
        assert piece[:25] not in squeezed("".join(book[:start]))


def test_nothing_on_paper_speaks_of_folds_switches_or_scripts(book, chapter):
    assert len(prompts()) == 2
    stills = {told.get_text() for told in pdf.soup_of("normal").select(".gmm-noscript")}
    assert stills
    everything = squeezed("".join([*book, *chapter]))
    for told in prompts() | stills | {"▸", "Link to this"}:
        assert squeezed(told) not in everything


def test_one_chapter_is_printed_alone_with_the_licence(chapter):
    assert squeezed(headings_of(CHAPTER)[0]) in squeezed(chapter[0])
    assert squeezed(pdf.soup_of("index").select_one(".extra_footer").get_text()) in squeezed(chapter[-1])
    other = squeezed(headings_of("normal")[0])
    assert not any(squeezed(page).startswith(other) for page in chapter)


def test_a_page_that_does_not_exist_is_named():
    with pytest.raises(SystemExit, match="no page nowhere"):
        pdf.main(["nowhere"])


def test_the_whole_book_is_printed_in_its_order():
    assert pdf.names() == contents.pages()
    assert pdf.names()[0] == "index"


def test_a_browser_prints_every_text_output_from_the_dark_as_from_the_light(browser):
    context = browser.new_context(color_scheme="dark")
    tab = context.new_page()
    tab.goto((SITE / f"{CHAPTER}.html").as_uri())
    tab.wait_for_function("document.documentElement.dataset.theme === 'dark'")
    dark = tab.pdf(format="A4")
    assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
    shown = squeezed("".join(texts(dark)))
    outputs = pdf.soup_of(CHAPTER).select(".cell_output pre")
    assert len(outputs) > 5
    for output in outputs:
        for line in output.get_text().splitlines():
            assert squeezed(line) in shown, line
    tab.emulate_media(color_scheme="light")
    tab.wait_for_function("document.documentElement.dataset.theme === 'light'")
    light = tab.pdf(format="A4")
    assert colours(dark) == colours(light)
    context.close()


def colours(data):
    """Return the colours that the pages of a PDF set, in their order."""
    streams = (page.get_contents().get_data() for page in PdfReader(io.BytesIO(data)).pages)
    return [re.findall(rb"[\d.]+ [\d.]+ [\d.]+ (?:rg|RG)", stream) for stream in streams]
