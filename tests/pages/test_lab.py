"""A reader's notebook in JupyterLab itself, as `make lab` opens it: look at it, run it, and move a slider there."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from urllib.error import URLError

import pytest

from tools import readers


@pytest.fixture
def lab(site, tmp_path):
    """JupyterLab on the reader's notebooks, of which one is trusted; its address."""
    folder = tmp_path / "notebooks"
    readers.lay_out(site, folder)
    log = tmp_path / "lab.log"
    settings = {
        "notebook-extension/tracker": {"windowingMode": "none"},  # keep every cell in the document
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},  # ask no outside host
    }
    for name, values in settings.items():
        path = tmp_path / "jupyterlab_settings_dir" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    home = {
        name: str(tmp_path / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR")
    }
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += ["--ServerApp.port=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}"]
    trusts = [sys.executable, "-m", "jupyter", "trust", folder / "normal.ipynb"]
    subprocess.run(trusts, env={**os.environ, **home}, check=True, capture_output=True)
    with log.open("w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **home})
    try:
        yield address(log, server)
    finally:
        server.terminate()
        server.wait(20)


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


def test_a_readers_notebook_can_be_read_before_it_is_run_and_its_figures_move_then(browser, lab):
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.goto(f"{lab}lab/tree/normal.ipynb?reset", timeout=180_000)
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=180_000)
    page.locator(".jp-KernelName", has_text="Python 3").wait_for(timeout=180_000)
    page.locator(".jp-RenderedHTMLCommon .gmm-live svg").first.wait_for(timeout=180_000)
    page.locator("mjx-container").first.wait_for(timeout=180_000)
    read = page.locator(".jp-Notebook").inner_text()
    assert not re.search(r"\{[a-z:]+\}`|:::|Undefined control sequence", read)
    assert page.locator("mjx-merror").count() == 0
    assert page.locator(".jp-RenderedSVG").count() > 0
    assert page.locator("details").count() >= 3 and page.locator("details[open]").count() == 0
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
