"""Take pictures of every page of the built site: light and dark, on a desktop and on a phone.

A page is cut into pieces of a height that can be looked at, and that Chromium can draw.

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
PIECE = 2400


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
                        tab.wait_for_function("document.querySelector('[data-figure=own]')?.gmm.done ?? true")
                    tab.add_style_tag(content="* { transition: none !important; }")
                    tab.evaluate("document.fonts.ready")
                    height = tab.evaluate("document.documentElement.scrollHeight")
                    for number, top in enumerate(range(0, height, PIECE), start=1):
                        piece = {"x": 0, "y": top, "width": width, "height": min(PIECE, height - top)}
                        name = f"{path.stem}-{device}-{theme}-{number}.png"
                        tab.screenshot(path=TARGET / name, full_page=True, clip=piece)
                context.close()
                print(f"{device}, {theme}: {len(pages)} pages", flush=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
