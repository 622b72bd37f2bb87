"""Serve the icons that the site shows, and no more of the theme's icon font.

The font has some 1400 icons. A page names its icons by class, and the style
sheets draw a few by themselves; the others are taken out of the font's file.
"""

import re
from pathlib import Path

from fontTools import subset

FONT = "_static/vendor/fontawesome/webfonts/fa-solid-900.woff2"
CLASS = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(r"([^{}]+)\{[^{}]*?(?:--fa|content):\s*[\"']\\([0-9a-f]+)[\"']")


def shown(site):
    """Return the characters of the icons that pages and style sheets show."""
    sheets = "\n".join(path.read_text("utf-8") for path in site.glob("_static/**/*.css"))
    classes = {name for path in site.rglob("*.html") for name in CLASS.findall(path.read_text("utf-8"))}
    found = {ord(letter) for letter in sheets if "\ue000" <= letter <= "\uf8ff"}
    for selectors, code in RULE.findall(sheets):
        icons = set(CLASS.findall(selectors))
        if not icons or icons & classes:
            found.add(int(code, 16))
    return found


def shrink(app, exception):
    """Write the font again with these icons only."""
    path = Path(app.outdir, FONT)
    if exception or app.builder.name != "html" or not path.exists():
        return
    options = subset.Options(flavor="woff2")
    font = subset.load_font(str(path), options)
    chosen = subset.Subsetter(options)
    chosen.populate(unicodes=shown(Path(app.outdir)))
    chosen.subset(font)
    subset.save_font(font, str(path), options)


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", shrink)
