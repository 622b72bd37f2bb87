"""A reader's notebook in JupyterLab itself, as `make lab` opens it: look at it, run it, and move a slider there."""

import functools
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from urllib.error import URLError

import nbformat
import pytest

from tests.pages.conftest import SITE, each_and, sampled
from tools import readers
from tools.contents import pages

# The programs that open a notebook, each with the address of one: with the extension that reads MyST and without.
PROGRAMS = {
    "JupyterLab": ("jupyterlab", "lab/tree/{}.ipynb?reset"),
    "JupyterLab without MyST": ("jupyterlab", "lab/tree/{}.ipynb?reset"),
    "Notebook 7": ("notebook", "notebooks/{}.ipynb"),
}
# Every page in JupyterLab, one in the others; `make test` opens one, which has a figure, a formula and a solution.
OPENED = [(program, name) for name, program in each_and(pages(), list(PROGRAMS)[1:], "JupyterLab", ["em"])]
# JupyterLab typesets with MathJax, its extension for MyST with KaTeX.
FORMULAS = "mjx-container, .katex"


@contextmanager
def served(site, room, program):
    """Serve the reader's notebooks, trusted, as `make lab` does, and give the address."""
    folder, log = room / "notebooks", room / "log"
    readers.lay_out(site, folder)
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},  # keep every cell in the document
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},  # ask no outside host
    }
    for name, values in settings.items():
        write(room / "jupyterlab_settings_dir" / "@jupyterlab" / f"{name}.jupyterlab-settings", values)
    off = {"jupyterlab-myst": True} if program.endswith("without MyST") else {}
    write(room / "jupyter_config_dir" / "labconfig" / "page_config.json", {"disabledExtensions": off})
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR")
    home = {**os.environ, **{name: str(room / name.lower()) for name in names}}
    trust = [sys.executable, "-m", "jupyter", "trust", *map(str, folder.glob("*.ipynb"))]
    subprocess.run(trust, env=home, check=True, capture_output=True)
    command = [sys.executable, "-m", PROGRAMS[program][0], "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=home)
    try:
        yield address(log, server)
    finally:
        server.terminate()
        server.wait(20)


def write(path, values):
    """Write a file of settings."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


@pytest.fixture(scope="session")
def jupyter(site, tmp_path_factory):
    """A function that gives the address of a program, which begins when it is first asked for."""
    with ExitStack() as running:

        @functools.cache
        def start(program):
            return running.enter_context(served(site, tmp_path_factory.mktemp("jupyter"), program))

        yield start


def address(log, server):
    """Return where the server listens, once it answers."""
    end = time.monotonic() + 180
    while time.monotonic() < end and server.poll() is None:
        # It tells its address before it listens there.
        if found := re.search(r"http://127\.0\.0\.1:\d+/", log.read_text()):
            with suppress(URLError), urllib.request.urlopen(f"{found[0]}api/status") as answer:
                assert answer.status == 200
                return found[0]
        time.sleep(0.2)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def reader(browser):
    """One reader for all notebooks, whose browser keeps what a program consists of."""
    context = browser.new_context(viewport={"width": 1200, "height": 1000})
    yield context
    context.close()


def opened(reader, jupyter, program, name):
    """Open a notebook, and wait until it can be read."""
    page = reader.new_page()
    page.goto(jupyter(program) + PROGRAMS[program][1].format(name), timeout=180_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=180_000)
    page.locator(".jp-MarkdownCell.jp-mod-rendered").last.wait_for(state="attached", timeout=180_000)
    return page


@pytest.mark.parametrize(("program", "name"), sampled(OPENED, [("JupyterLab", "normal")]))
def test_a_readers_notebook_can_be_read_as_it_is_opened(reader, jupyter, program, name):
    page, notebook = opened(reader, jupyter, program, name), nbformat.read(SITE / "_sources" / f"{name}.ipynb", 4)
    sources = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    folded = sum(source.startswith("<details>") for source in sources)
    page.wait_for_function("(n) => document.querySelectorAll('details').length >= n", arg=folded, timeout=180_000)
    if any("$" in source for source in sources):
        page.locator(FORMULAS).first.wait_for(state="attached", timeout=180_000)
    page.wait_for_function(
        "(formulas) => document.querySelectorAll(formulas).length === window.gmmSeen"
        " || void (window.gmmSeen = document.querySelectorAll(formulas).length)",
        arg=FORMULAS,
        polling=500,
    )
    read = page.locator(".jp-Notebook").inner_text()
    assert re.findall(r"\{[a-z:]+\}`|:::|Undefined control sequence", read) == []
    assert page.locator("mjx-merror, .katex-error").count() == 0
    stored = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "image/svg+xml" in output.get("data", {})
    ]
    assert page.locator(".jp-RenderedSVG").count() == len(stored)
    live = sum("data-live" in str(output) for cell in notebook.cells for output in cell.get("outputs", ()))
    assert page.locator(".jp-RenderedHTMLCommon .gmm-live > svg").count() == live
    assert page.locator("details[open]").count() == 0
    page.close()


def test_a_readers_notebook_runs_in_jupyterlab_and_a_slider_moves_its_drawing(reader, jupyter):
    page = opened(reader, jupyter, "JupyterLab", "normal")
    page.locator(".jp-KernelName", has_text="Python 3").wait_for(timeout=180_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("[data-command='runmenu:run-all']").click()
    drawing = page.locator(".gmm-figure[data-figure=normal]")
    drawing.wait_for(timeout=180_000)
    drawing.scroll_into_view_if_needed()
    before = drawing.inner_html()
    handle = page.locator(".widget-slider .noUi-handle").first
    handle.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('[data-figure=normal]').gmm.scope().mu > 0.9", timeout=180_000)
    assert drawing.inner_html() != before
    assert page.locator(".widget-readout").first.text_content().startswith("1.0")
    page.close()
