"""Every notebook of the book is complete, and stores what it computes.

What the table of contents leaves out is not tested, and how a chapter is
written is `make lint`'s matter.
"""

import json
import re
from collections import Counter

import nbformat
import pytest
from jupyter_cache import get_cache
from nbval.plugin import get_sanitize_patterns

from tests.notebooks import FILES, PATHS, cells, labels, prose
from tools.build import CACHE
from tools.contents import ROOT

LABELS = labels(PATHS)
UNCOMPARED = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}  # as nbval has it
PATTERNS = get_sanitize_patterns((ROOT / "tests" / "nbval.cfg").read_text("utf-8"))
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def computed(path):
    """Return the notebook with the outputs that the build has computed."""
    try:
        return get_cache(CACHE).merge_match_into_notebook(nbformat.read(path, as_version=4))[1]
    except KeyError:
        pytest.fail(f"{path.name} has not been executed as it stands: run `make book` first")


def sanitised(text):
    """Return a text without what may differ between two runs."""
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


def shown(cell):
    """Return what a cell shows, so that it can be compared: its printed texts, and its other outputs in order."""
    printed, others = Counter(), []
    for output in cell.get("outputs", []):
        if output.output_type == "stream":
            printed[output.name] = (printed[output.name] or "") + output.text
        elif output.output_type != "error":
            kinds = sorted(output.data.keys() - UNCOMPARED)
            others.append({kind: sanitised(str(output.data[kind])) for kind in kinds})
    return {name: sanitised(text) for name, text in printed.items()}, others


@every_notebook
def test_notebook_is_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in cells(path, "code") if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1)), f"execute it again: make notebooks ONLY={path.stem}"


@every_notebook
def test_notebook_stores_what_it_computes(path):
    stored = nbformat.read(path, as_version=4).cells
    for old, new in zip(stored, computed(path).cells, strict=True):
        assert shown(old) == shown(new), f"execute it again: make notebooks ONLY={path.stem}\n\n{old.source}"


@every_notebook
def test_notebook_stores_no_error_no_warning_and_no_widget_state(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata, f"widget state differs at every run: make notebooks ONLY={path.stem}"
    for cell in cells(path, "code"):
        for output in cell.outputs:
            assert output.output_type != "error", cell.source
            assert output.get("name") != "stderr", cell.source


@every_notebook
def test_notebook_is_below_one_megabyte_and_names_no_path_of_a_machine(path):
    raw = path.read_text("utf-8")
    assert len(raw) < 1_000_000
    assert not re.search(r"/(home|root|tmp|Users)/\w", raw)
    assert not re.search(r"0x[0-9a-f]{8,}", json.dumps([c.outputs for c in cells(path, "code")]))


@every_notebook
def test_notebook_draws_nothing_that_is_dead_without_a_kernel(path):
    for cell in cells(path, "code"):
        assert not re.search(r"\binteract(ive)?\b", cell.source), cell.source


def test_each_label_is_defined_once_and_referred_to():
    defined = Counter(labels(FILES))
    assert [label for label, times in defined.items() if times > 1] == []
    referred = set(re.findall(r"\{eq\}`(?:[^`<]*<)?eq:([\w-]+)>?`", "\n".join(map(prose, FILES))))
    assert referred == set(defined)


def test_each_label_that_the_package_cites_is_defined_in_the_book():
    package = "\n".join(path.read_text("utf-8") for path in (ROOT / "gmm").rglob("*.py"))
    cited = set(re.findall(r"\beq:([\w-]+)", package))
    assert cited and cited <= set(labels(FILES))
