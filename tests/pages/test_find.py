"""The search leads to sections, knows the field's words and letters, and needs no server."""

import re

import pytest

from tests.pages.conftest import SITE, sampled

# What a reader may look for, and the equation whose section is to come first.
FIRST = {
    "γ": "responsibility",
    "gamma": "responsibility",
    "responsibility": "responsibility",
    "posterior": "responsibility",
    "posterior probability": "responsibility",
    "soft assignment": "responsibility",
    "BIC": "aic-bic",
    "AIC": "aic-bic",
    "ICL": "icl",
    "softmax": "log-sum-exp",
    "ELBO": "em-bound",
    "EM algorithm": "em-chain",
    "GMM": "mixture-k",
    "standard error": "observed-information",
    "μ": "normal",
    "sigma": "normal",
    "π": "mixture",
}


def found(visit, query, scheme="file"):
    """Return the addresses, titles and excerpts of what a search finds, the first first."""
    opened = visit("search", scheme)
    opened.page.goto(f"{opened.page.url}?q={query}")
    opened.page.locator(".search-summary:not(:empty)").wait_for()
    items = opened.page.locator("#search-results li").all()[:10]
    opened.check()
    return [
        (item.locator("a").get_attribute("href"), item.locator("a").inner_text(), item.locator("p").inner_text())
        for item in items
    ]


def section_of(anchor):
    """Return the address of the section that has an equation."""
    for path in sorted(SITE.glob("*.html")):
        before, there, _ = path.read_text("utf-8").partition(f'id="{anchor}"')
        if there:
            heads = re.findall(r'<section[^>]* id="([^"]+)"|(</section>)', before)
            depth = [head for head, _ in heads if head]
            return f"{path.name}#{depth[-1]}" if len(depth) > 1 else path.name
    raise AssertionError(f"no page has {anchor}")


@pytest.mark.parametrize("query", sampled(FIRST, list(FIRST)[::4]))
def test_a_word_or_a_letter_leads_first_to_the_section_that_defines_it(visit, query):
    address, _, _ = found(visit, query)[0]
    assert address == section_of(f"equation-eq-{FIRST[query]}")


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_an_excerpt_is_prose_of_its_section(visit, scheme):
    results = found(visit, "responsibility", scheme)
    assert len(results) >= 5
    for address, title, excerpt in results:
        assert 0 < len(excerpt) < 260, title
        assert not re.search(r"\\[a-z]|\$|\{|Contents", excerpt), excerpt
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in (SITE / page).read_text("utf-8") or not anchor
    assert any("responsibilit" in excerpt.lower() for _, _, excerpt in results[:3])


def test_a_title_is_found_and_says_its_chapter(visit):
    address, title, _ = found(visit, "saddle")[0]
    assert "saddle" in title.lower() or "newton" in title.lower()
    assert " › " in title
    assert "#" in address


def test_a_name_in_the_code_leads_to_its_description(visit):
    address, _, excerpt = found(visit, "normal_log_pdf")[0]
    assert address == "api.html#gmm.normal_log_pdf"
    assert ">>>" not in excerpt


def test_what_nobody_wrote_is_not_found(visit):
    assert found(visit, "xylophone") == []
