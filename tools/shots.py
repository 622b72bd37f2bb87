"""Take a picture of every page of the built site: light and dark, on a desktop and on a phone.

python tools/shots.py [NAME …]        _build/html → _build/shots
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.pages.browser import ARGUMENTS, executable  # noqa: E402

SITE, TARGET = ROOT / "_build" / "html", ROOT / "_build" / "shots"
WIDTHS = {"desktop": 1280, "phone": 360}


def main(wanted):
    """Take the pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    pages = [path for path in sorted(SITE.glob("*.html")) if not wanted or path.stem in wanted]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        for theme in ("light", "dark"):
            for device, width in WIDTHS.items():
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme)
                tab = context.new_page()
                for path in pages:
                    tab.goto(path.as_uri())
                    if "data-live=" in path.read_text("utf-8"):
                        tab.wait_for_function("document.documentElement.dataset.gmmLive !== undefined")
                    tab.screenshot(path=TARGET / f"{path.stem}-{device}-{theme}.png", full_page=True)
                context.close()
                print(f"{device}, {theme}: {len(pages)} pages", flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
