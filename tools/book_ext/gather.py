"""Gather the warnings of a build by chapter and cell, in the file `warnings.txt` beside the site.

MyST-NB counts lines from 10 000 times the number of the cell plus 2. The list
says which cell and line that is, and shows the line.
"""

import json
import logging
import re
from pathlib import Path

from sphinx.util.logging import WarningStreamHandler, is_suppressed_warning

STEP = 10_000  # of MyST-NB's count of lines
PLACE = re.compile(r"(?P<name>[^/\\]+)\.ipynb(?::(?P<line>\d*))?$")
PAGE = re.compile(r"(?P<name>[\w-]+)\.html: (?P<sentence>.*)", re.S)
COLOUR = re.compile(r"\x1b\[[\d;]*m")
KIND = re.compile(r" \[[\w.-]+\]$")  # how Sphinx calls a kind of warning, which helps nobody to find it
FAILED = re.compile(
    r"while executing the following cell:\n-+\n(?P<source>.*?)\n-{18,}\n.*\n(?P<error>\w+: .*?)\n*$", re.S
)
WIDTH = 100


class Gatherer(WarningStreamHandler):
    """A handler that keeps what Sphinx warns of, when it has been told the place as a path and a line."""

    def __init__(self, app):
        super().__init__()
        self.setLevel(logging.WARNING)
        self.config = app.config
        self.found = {}  # the warnings of each chapter, by its name; each once

    def emit(self, record):
        """Keep a warning, unless the configuration silences its kind."""
        kind = getattr(record, "type", ""), getattr(record, "subtype", "")
        if is_suppressed_warning(*kind, self.config.suppress_warnings):
            return
        text = KIND.sub("", COLOUR.sub("", str(record.msg % record.args if record.args else record.msg)).strip())
        place = PLACE.search(getattr(record, "location", None) or "")
        page = PAGE.match(text)
        name = place["name"] if place else page["name"] if page else ""
        warning = (int(place["line"] or 0) if place else 0, page["sentence"] if page else text)
        self.found.setdefault(name, {})[warning] = None


def where(line, cells):
    """Return the cell that a line of MyST-NB's belongs to, in words, and the text of that line."""
    cell, row = divmod(line, STEP)
    if not 1 <= cell <= len(cells):
        return "on the page", ""
    rows = "".join(cells[cell - 1]["source"]).splitlines() or [""]
    if cells[cell - 1]["cell_type"] == "code":
        return f"cell {cell}", rows[0]
    row = min(max(row - 1, 1), len(rows))
    return f"cell {cell}, line {row}", rows[row - 1]


def placed(line, text, cells):
    """Return the line and the sentence of a warning; of a traceback, the cell that failed and its last sentence."""
    if not (failure := FAILED.search(text)):
        return line, text
    sources = ["".join(cell["source"]).strip() for cell in cells]
    number = sources.index(failure["source"].strip()) + 1 if failure["source"].strip() in sources else 0
    return number * STEP, failure["error"]


def told(found, folder):
    """Return the warnings as a list that can be read, each chapter under its name."""
    lines = []
    for name in sorted(found):
        path = Path(folder, f"{name}.ipynb")
        cells = json.loads(path.read_text("utf-8"))["cells"] if path.exists() else []
        lines.append(name or "the whole book")
        for line, text in sorted(placed(*warning, cells) for warning in found[name]):
            place, source = where(line, cells)
            lines.append(f"  {place}: {text}".replace("\n", "\n    "))
            lines += [f"    > {source[:WIDTH]}"] if source else []
    return "\n".join(lines)


def setup(app):
    """Register with Sphinx, after the last part that warns."""
    gatherer = Gatherer(app)
    logging.getLogger("sphinx").addHandler(gatherer)
    path = Path(app.outdir).parent / "warnings.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    app.connect("build-finished", lambda app, _: path.write_text(told(gatherer.found, app.srcdir), "utf-8"), 1000)
