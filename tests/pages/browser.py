"""Find a browser for the page tests, and get one when there is none.

    python -m tests.pages.browser

A Chromium or Chrome of the system is preferred, first the one without windows,
which is the quickest, then the one that Playwright downloads. A browser counts
as found when it has started. The live pages are tested in Firefox, too, where
the system has it or packages it.
"""

import functools
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FIREFOXES = ("firefox", "firefox-esr", "/Applications/Firefox.app/Contents/MacOS/firefox")
# It runs as root in a container, asks no host for anything by itself, and finds none but the one that serves the site.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def candidates():
    """Return the paths of browsers that the system may have; None stands for Playwright's own."""
    found = [shutil.which(name) for name in NAMES] + [path for path in APPLICATIONS if Path(path).exists()]
    return [*filter(None, found), None]


def firefoxes():
    """Return the paths of the Firefoxes that the system has."""
    return [*filter(None, map(shutil.which, FIREFOXES))]


def starts(path):
    """Return whether the browser starts and shows a page, also while another is in use."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(launch, path).result()


def launch(path):
    """Return whether the browser starts; Playwright allows one use of it in a thread."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
            browser.new_page().goto("data:text/html,ready")
            browser.close()
    except Error:
        return False
    return True


class NoBrowserError(RuntimeError):
    """No browser starts on this system."""


@functools.cache
def executable():
    """Return the path of a browser that starts, or None for Playwright's own.

    Raises
    ------
    NoBrowserError
        If none starts; the message says what to do.
    """
    for path in candidates():
        if starts(path):
            return path
    raise NoBrowserError("no browser starts: install Chromium or Chrome, or run `python -m tests.pages.browser`")


def run(*command):
    """Run a command and show it; return whether it succeeded."""
    print("$", *command, flush=True)
    return subprocess.run(command, check=False).returncode == 0


def administers():
    """Return whether packages of Debian can be installed."""
    return shutil.which("apt-get") and os.geteuid() == 0


def install_package(name):
    """Get a package of Debian."""
    run("apt-get", "update")
    run("apt-get", "install", "--yes", "--no-install-recommends", name)


def install():
    """Get a browser: Playwright's, else the one that Debian packages."""
    playwright = sys.executable, "-m", "playwright"
    downloaded = run(*playwright, "install", "chromium")
    if not administers() or any(map(starts, candidates())):
        return
    if downloaded:
        run(*playwright, "install-deps", "chromium")
    else:
        install_package("chromium-headless-shell")


def main():
    """Make sure that there is a browser."""
    try:
        path = executable()
    except NoBrowserError:
        install()
        path = executable()
    if not firefoxes() and administers():
        install_package("firefox-esr")
    print(f"Browser: {path or 'Chromium of Playwright'}")
    print(f"Firefox: {next(iter(firefoxes()), 'none here, so its tests are left out; install it to run them')}")


if __name__ == "__main__":
    sys.exit(main())
