"""What the tests in a browser share: the built site, a server, and pages that ask no outside host."""

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.pages.browser import firefoxes
from tools.contents import BOOK, ROOT, pages

# What a system does not have cannot fail on it; `python -m tests.pages.browser` says so.
collect_ignore = [] if firefoxes() else ["test_firefox.py"]

SITE = ROOT / "_build" / "html"
# What universities and learning systems allow a page.
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self'"


@functools.cache
def live_pages():
    """Return the names of the pages whose notebooks show a live figure."""
    return [name for name in pages() if "data-live=" in (BOOK / f"{name}.ipynb").read_text("utf-8")]


# The live pages on which `make test` asks what is so on all: the first, a map, EM, a reader's own.
CHOSEN = ("index", "likelihood", "em", "yours")


def sampled(rows, kept=CHOSEN):
    """Return names, or tuples, as parameters: `make test` takes those that are kept, `make sweep` the others."""
    later = [row if isinstance(row, tuple) else (row,) for row in rows]
    return [row if row in kept else pytest.param(*each, marks=pytest.mark.sweep) for row, each in zip(rows, later)]


def each_and(names, rest, first, kept=CHOSEN):
    """Return each name with the first of some ways, and those that are kept with the rest, too."""
    return [*((name, first) for name in names), *((name, way) for name in names if name in kept for way in rest)]


EACH_WAY = each_and(live_pages(), ["file"], "http")
# Some pages over http, two of them from the file system too, and `make sweep` the others.
BOTH_WAYS = sampled(EACH_WAY, [*((name, "http") for name in CHOSEN), ("em", "file"), ("yours", "file")])


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Stay quiet."""


@pytest.fixture(scope="session")
def site():
    """The built site's folder; without it the tests fail and say how to make it."""
    assert (SITE / "index.html").exists(), "the site is not built: run `make book` first"
    return SITE


def serving(folder, handler):
    """Serve a folder, and yield its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def served(site):
    """The address at which the site is served."""
    yield from serving(site, Handler)


class Strict(Handler):
    """A server that allows files of its own only."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()


@pytest.fixture(scope="session")
def strict(site):
    """The address of a server that sends the policy."""
    yield from serving(site, Strict)


class Visit:
    """A page in the browser, and what went wrong on it."""

    def __init__(self, context, base):
        self.page = context.new_page()
        self.errors, self.requests, self.own = [], [], (base, "data:", "blob:")
        self.page.on("console", lambda m: self.errors.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))

    def live(self):
        """Wait until the widgets are alive, and return how many there are."""
        self.page.locator("html[data-gmm-live]").wait_for(state="attached")
        return int(self.page.evaluate("document.documentElement.dataset.gmmLive"))

    def dress(self, theme):
        """Have the reader's system ask for light or dark, and wait until the page has followed."""
        self.page.emulate_media(color_scheme=theme)
        self.page.wait_for_function("(theme) => document.documentElement.dataset.theme === theme", arg=theme)

    def at_rest(self, expression, frames=12):
        """Wait until what an expression gives has been the same for so many frames."""
        self.page.evaluate(
            """([expression, frames]) => new Promise((done) => {
              let last, same = 0;
              const look = () => {
                const now = eval(expression);
                same = now === last ? same + 1 : 0;
                last = now;
                same < frames ? requestAnimationFrame(look) : done();
              };
              look();
            })""",
            [expression, frames],
        )

    def check(self):
        """Insist that the page logged no error and asked no outside host, which would not have answered."""
        assert [url for url in self.requests if not url.startswith(self.own)] == []
        assert self.errors == []


@pytest.fixture(scope="session")
def contexts(browser):
    """The browser's contexts by their options, so that what one page has fetched the next need not fetch again."""
    made = {}
    yield made
    for context in made.values():
        context.close()


@pytest.fixture
def visit(browser, contexts, site, served):
    """A function that opens a page by name, over http or from the file system; `fresh` is a reader's first visit."""
    visits, strangers = [], []

    def open_page(name, scheme="http", *, fresh=False, **options):
        options = {"viewport": {"width": 1100, "height": 900}, **options}
        key = repr(sorted(options.items()))
        if fresh:
            strangers.append(context := browser.new_context(**options))
        else:
            context = contexts[key] = contexts.get(key) or browser.new_context(**options)
        base = served if scheme == "http" else site.as_uri()
        visits.append(visit := Visit(context, base))
        visit.page.goto(f"{base}/{name}.html")
        return visit

    yield open_page
    for visit in visits:
        visit.page.evaluate("localStorage.clear()")
        visit.page.close()
    for context in strangers:
        context.close()


@pytest.fixture(scope="session")
def kept():
    """The pages that tests only look at, still open, the latest last."""
    return {}


@pytest.fixture
def look(browser, kept, site, served):
    """A function that shows a page which the test does not change: the next that asks for it finds it open.

    The size of the window and the theme may change. `live` is the number of its live figures.
    """

    def show(name, width=1280, theme="light", **options):
        options = {"has_touch": True, "is_mobile": True, **options} if width < 500 else options
        key = (name, width, repr(sorted(options.items())))
        visit = kept.pop(key, None)
        if visit is None:
            if len(kept) > 3:
                kept.pop(next(iter(kept))).page.context.close()
            context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", **options)
            visit = Visit(context, served)
            visit.page.goto(f"{served}/{name}.html", wait_until="networkidle")
            if name in live_pages():
                assert visit.live() > 0
        kept[key] = visit
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.dress(theme)
        return visit

    return show


# Presses every Reset of the figures.
RESET = """
() => document.querySelectorAll(".gmm-alive:has(.gmm-figure) button").forEach((button) => {
  if (button.textContent === "Reset") button.click();
})
"""


@pytest.fixture
def moved(look):
    """A function that shows a page whose figures are at their starts, to be moved: afterwards they are there again."""
    shown = []

    def show(name, width=1280):
        shown.append(visit := look(name, width))
        return visit

    yield show
    for visit in shown:
        visit.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
        visit.page.evaluate(RESET)
        visit.page.evaluate("document.activeElement.blur()")
        visit.page.mouse.move(1, 1)
        visit.check()
