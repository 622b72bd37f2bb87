"""How the tests are shared out among the cores, and the browser that they share."""

import re

import pytest
from playwright.sync_api import sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tests.pages.browser import ARGUMENTS, executable

LOOKING = tuple(f"tests/pages/test_{name}.py" for name in ("rings", "live", "access", "site", "reading"))
PAGE = re.compile(r"\[(?:\d+-)?([a-z][a-z-]*?)(?:-(?:\d|light|dark|http|file|mouse|touch).*)?\]")
# In these one browser serves all tests.
TOGETHER = ("tests/pages/test_firefox.py", "tests/pages/test_python.py")
# What takes longest begins first, so that no core waits for it at the end.
LONGEST = (
    "tests/pages/test_python.py",
    "tests/pages/test_lab.py",
    "tests/pages/test_firefox.py",
    "tests/pages/test_pdf.py",
    *LOOKING,
)


class Sharing(LoadScopeScheduling):
    """What shares something that takes long to make stays together: the tests of a file, the looks at a page."""

    def _split_scope(self, nodeid):
        path, _, test = nodeid.partition("::")
        if path in LOOKING and (page := PAGE.search(test)):
            return page[1]
        together = not path.startswith("tests/pages/") or path in TOGETHER
        return path if together else nodeid


def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False
    return Sharing(config, log)


def pytest_collection_modifyitems(items):
    """Put first what takes longest, and together what looks at the same page."""

    def place(item):
        path, _, test = item.nodeid.partition("::")
        page = PAGE.search(test) if path in LOOKING else None
        rank = LONGEST.index(path) if path in LONGEST else len(LONGEST)
        return min(rank, LONGEST.index(LOOKING[0])) if page else rank, page[1] if page else ""

    items.sort(key=place)


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()
