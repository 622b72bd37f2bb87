"""The live pages in Firefox: over http and from the file system, by keyboard, with every outside request refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

import gmm
from tests.pages.browser import firefoxes
from tests.pages.conftest import EACH_WAY, sampled
from tests.pages.firefox import ARROW_RIGHT, Firefox
from tests.pages.test_access import UNFOLD

LIVE = "document.documentElement.dataset.gmmLive !== undefined"
SLIDERS = "[...document.querySelectorAll('.gmm-alive:has(.gmm-figure) input[type=range]')]"
# The pages with the most kinds of figures in `make test`, all in `make sweep`.
QUICK = {("mixture", "http"), ("likelihood", "http"), ("em", "file")}
SLID = sampled(EACH_WAY, QUICK)
OWN = "document.querySelector('[data-figure=own]').gmm"


@pytest.fixture(scope="module")
def firefox(site):
    """One Firefox for all these tests; one that is packed as a snap stores nothing in the system's own folders."""
    with TemporaryDirectory(dir=site.parent, prefix="firefox-", ignore_cleanup_errors=True) as profile:
        firefox = Firefox(firefoxes()[0], Path(profile))
        yield firefox
        firefox.close()


@pytest.fixture(params=["http", "file"])
def base(request, served, site):
    """Where the site is: at a server, or in a folder."""
    return served if request.param == "http" else site.as_uri()


def opened(firefox, base, name):
    firefox.open(f"{base}/{name}.html")
    firefox.wait(LIVE)


def outside(firefox, base):
    """Return what the page has asked of other hosts."""
    return [url for url in firefox.requests() if not url.startswith((base, "data:", "blob:"))]


# Firefox also says this of a formula that it draws before it has read its end. So what stands on the page is counted.
HALF_READ = "Invalid markup: Incorrect number of children"
CHILDREN = """Object.entries({msup: 2, msub: 2, mfrac: 2, mover: 2, munder: 2, mroot: 2, msubsup: 3, munderover: 3})
    .flatMap(([name, n]) => [...document.getElementsByTagName(name)].filter((one) => one.children.length !== n))
    .map((one) => one.outerHTML)"""


def check(firefox, base):
    """Insist that the page logged no error, holds no half a formula and asked no other host."""
    assert [error for error in firefox.errors() if HALF_READ not in error] == []
    assert firefox.evaluate(CHILDREN) == []
    assert outside(firefox, base) == []


@pytest.mark.parametrize(("name", "base"), SLID, indirect=["base"])
def test_every_slider_of_a_page_changes_its_drawing_by_keyboard(firefox, base, name):
    opened(firefox, base, name)
    assert firefox.evaluate("document.querySelectorAll('.gmm-failed').length") == 0
    firefox.evaluate(UNFOLD)
    alive = firefox.evaluate("document.querySelectorAll('.gmm-alive').length")
    assert alive == firefox.evaluate("document.querySelectorAll('[data-live]').length") > 0
    for i in range(firefox.evaluate(f"{SLIDERS}.length")):
        slider = f"{SLIDERS}[{i}]"
        drawing = f"{slider}.closest('.gmm-alive').querySelector('.gmm-figure').innerHTML"
        before, value = firefox.evaluate(f"({slider}.focus(), [{drawing}, Number({slider}.value)])")
        firefox.press(ARROW_RIGHT)
        after, moved = firefox.evaluate(f"[{drawing}, Number({slider}.value)]")
        assert moved > value
        assert before != after, f"slider {i} changes nothing"
        assert "NaN" not in after
    check(firefox, base)


def test_the_page_for_own_numbers_fits_its_first_data_set(firefox, base):
    opened(firefox, base, "yours")
    firefox.wait(f"{OWN}.done")
    ours = gmm.fit(gmm.datasets.faithful().waiting, 2)
    assert firefox.evaluate(f"{OWN}.fits[2].logL") == pytest.approx(ours.log_likelihood, abs=1e-6)
    rows = "[...document.querySelector('.gmm-own-table').tBodies[0].rows]"
    cells = firefox.evaluate(f"{rows}.map((row) => [...row.cells].map((cell) => cell.textContent))")
    np.testing.assert_allclose([float(row[2]) for row in cells], ours.mixture.means, atol=6e-4)
    check(firefox, base)


def test_an_error_and_a_request_to_another_host_would_be_seen(firefox, base):
    opened(firefox, base, "normal")
    firefox.evaluate("fetch('http://elsewhere.invalid/').catch(() => console.error('no answer'))")
    assert outside(firefox, base) == ["http://elsewhere.invalid/"]
    assert "no answer" in firefox.errors()
