"""The built site, page by page: complete, typeset, linked, and asking nobody outside."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from fontTools.ttLib import TTFont

from tests.pages.conftest import CHOSEN, SITE, each_and, live_pages, sampled
from tests.test_notebooks import LABELS
from tools.book_ext import icons
from tools.contents import pages

PAGES = pages()
every_page = pytest.mark.parametrize("name", PAGES)


class Page(HTMLParser):
    """The ids, classes and sources of a page."""

    def __init__(self, name):
        super().__init__()
        self.ids, self.sources, self.classes = [], [], set()
        self.text = (SITE / f"{name}.html").read_text("utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.classes |= set((attributes.get("class") or "").split())
        if "id" in attributes:
            self.ids.append(attributes["id"])
        for key in ("src", "href"):
            if key in attributes and tag in ("script", "link", "img"):
                self.sources.append(attributes[key])


def test_every_notebook_is_a_page(site):
    assert len(PAGES) >= 10
    for name in PAGES:
        assert (site / f"{name}.html").exists()


def test_every_label_of_the_course_is_in_the_site(site):
    anchors = {anchor for name in PAGES for anchor in Page(name).ids}
    for label in LABELS:
        assert f"equation-eq-{label}" in anchors, label


@every_page
def test_formulas_are_typeset_in_the_page_itself(site, name):
    page = Page(name)
    assert "katex-error" not in page.classes
    visible = re.sub(r"<(script|style|annotation|pre|code)\b.*?</\1>", "", page.text, flags=re.S)
    assert not re.search(r"\\(frac|sum|mu|sigma|mathcal)\b|\$\$", visible)


@every_page
def test_every_equation_reference_has_its_number(site, name):
    references = re.findall(r'<a class="reference internal" href="[^"]*#equation-[^"]*">(.*?)</a>', Page(name).text)
    for reference in references:
        assert re.search(r"\d", reference), reference


@every_page
def test_a_page_asks_no_outside_host_and_logs_no_error(look, name):
    opened = look(name)
    assert opened.page.locator(".gmm-failed").count() == 0
    opened.check()


@pytest.mark.parametrize("name", sampled(PAGES, ["index", "mixture", "yours"]))
def test_a_page_opened_from_a_folder_asks_no_outside_host_either(visit, name):
    opened = visit(name, "file")
    if name in live_pages():
        assert opened.live() > 0
    opened.page.wait_for_function("document.fonts.status === 'loaded'")
    assert opened.page.locator(".gmm-failed").count() == 0
    opened.check()


@every_page
def test_sources_of_a_page_lie_in_the_site(site, name):
    for source in Page(name).sources:
        assert not urlsplit(source).netloc, source


WIDE = [*CHOSEN, "how-many", "glossary", "api", "engine"]
EACH_WIDTH = each_and(PAGES, [1280], 360, WIDE)


@pytest.mark.parametrize(("name", "width"), sampled(EACH_WIDTH, [way for way in EACH_WIDTH if way[0] in WIDE]))
def test_nothing_scrolls_the_page_sideways_and_no_figure_is_cut(look, name, width):
    for theme in ("light", "dark"):
        page = look(name, width, theme).page
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for figure in page.query_selector_all(".gmm-figure svg"):
            box = figure.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        ink, paper = page.evaluate(
            """() => {
              const style = getComputedStyle(document.body);
              const light = (rgb) =>
                rgb.match(/[\\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 765;
              return [light(style.color), light(getComputedStyle(document.documentElement).backgroundColor)];
            }"""
        )
        assert (ink > paper) == (theme == "dark")


def test_no_value_of_a_slider_is_cut_whatever_the_width(look):
    page = look("mixture", 1280, "light").page
    for width in (1280, 1200, 1100, 992, 760, 620):
        page.set_viewport_size({"width": width, "height": 900})
        cut = "nodes => nodes.filter((node) => node.scrollWidth > node.clientWidth).length"
        assert page.eval_on_selector_all(".gmm-alive .gmm-vbox", cut) == 0, width
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("name", live_pages())
def test_a_page_carries_the_module_of_its_figures_once_and_their_style_as_a_file(site, name):
    page = Page(name)
    # A page has figures, or the place for a reader's own data, which has a module of its own.
    scripts = [
        (site / source).read_text("utf-8") for source in page.sources if re.match(r"_static/scripts/\w+\.js$", source)
    ]
    modules = ("class Figure{", "class Own{")  # packed
    assert sum(script.count(module) for script in scripts for module in modules) == 1
    assert not any(module in page.text for module in modules)
    assert "The look of a live figure" not in page.text
    assert any(source.startswith("_static/figure.css") for source in page.sources)
    assert "LayoutModel" not in page.text


def test_the_icon_font_holds_every_icon_that_is_shown_and_is_small(site):
    path = site / icons.FONT
    held = set(TTFont(path).getBestCmap())
    assert path.stat().st_size < 20_000
    rules = icons.RULE.findall(sheets(site))
    for name in ("magnifying-glass", "bars", "download", "circle-half-stroke", "sun", "moon"):
        (rule,) = [code for selectors, code in rules if f".fa-{name}:before" in selectors]
        assert int(rule, 16) in held, name


def sheets(site):
    """Return the text of the site's style sheets."""
    return "\n".join(path.read_text("utf-8") for path in site.glob("_static/**/*.css"))
