"""What the tests in a browser share: the built site, a server, and pages that ask no outside host."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.pages.browser import ARGUMENTS, executable

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"


def chapters():
    """Return the names of the pages that the notebooks make."""
    return sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))


def live_pages():
    """Return the names of the pages whose notebooks show a live figure."""
    return [name for name in chapters() if "data-live=" in (ROOT / "book" / f"{name}.ipynb").read_text("utf-8")]


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Stay quiet."""


@pytest.fixture(scope="session")
def site():
    """The built site's folder; without it the tests fail and say how to make it."""
    assert (SITE / "index.html").exists(), "the site is not built: run `make book` first"
    return SITE


@pytest.fixture(scope="session")
def served(site):
    """The address at which the site is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="session")
def browser():
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        yield browser
        browser.close()


class Visit:
    """A page in the browser, and what went wrong on it."""

    def __init__(self, context, allowed):
        self.page = context.new_page()
        self.errors, self.outside, self.scripts = [], [], []
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.route("**/*", lambda route: self._let(route, allowed))

    def _let(self, route, allowed):
        if route.request.url.startswith((*allowed, "data:", "blob:")):
            return route.continue_()
        self.outside.append(route.request.url)
        return route.abort()

    def live(self):
        """Wait until the widgets are alive, and return how many there are."""
        self.page.wait_for_function("document.documentElement.dataset.gmmLive !== undefined")
        return int(self.page.evaluate("document.documentElement.dataset.gmmLive"))

    def check(self):
        """Insist that the page logged no error and asked no outside host."""
        assert self.outside == []
        assert self.errors == []


@pytest.fixture
def visit(browser, site, served):
    """A function that opens a page by name, over http or from the file system."""
    contexts = []

    def open_page(name, scheme="http", **options):
        context = browser.new_context(**{"viewport": {"width": 1100, "height": 900}, **options})
        contexts.append(context)
        base = served if scheme == "http" else site.as_uri()
        visit = Visit(context, [base])
        visit.page.goto(f"{base}/{name}.html")
        return visit

    yield open_page
    for context in contexts:
        context.close()
