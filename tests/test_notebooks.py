"""Every notebook is complete and keeps the form of the book.

nbval compares what a notebook stores with what it computes. A notebook that
stores nothing passes it, so that the stored outputs are there is tested here.
"""

import ast
import json
import re
import statistics
from pathlib import Path

import nbformat
import pytest

BOOK = Path(__file__).resolve().parents[1] / "book"
PATHS = sorted(BOOK.glob("*.ipynb"))
CHAPTERS = [
    "normal",
    "mixture",
    "responsibilities",
    "clustering",
    "likelihood",
    "updates",
    "em",
    "numerics",
    "speed",
    "scale",
]
LABELS = [
    "normal",
    "standard-normal",
    "normal-integral",
    "mixture",
    "mixture-k",
    "mixture-integral",
    "responsibility",
    "responsibility-sum",
    "assignment",
    "membership",
    "log-likelihood",
    "nk",
    "update-mean",
    "update-variance",
    "update-weight",
    "e-step",
    "m-step",
    "rounding",
    "cancellation",
    "residual-step",
    "chebyshev-moments",
    "node-weights",
    "score",
    "hessian",
    "sum-of-parts",
]
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("name", CHAPTERS)


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def text(name):
    """Return the Markdown of a notebook."""
    return "\n\n".join(cell.source for cell in cells(BOOK / f"{name}.ipynb", "markdown"))


def code(path):
    """Return the code cells without those that an exercise folds."""
    return [cell for cell in cells(path, "code") if "hide-cell" not in cell.metadata.get("tags", [])]


def shows(source):
    """Tell whether a cell ends with a value or prints, so that it must have an output."""
    tree = ast.parse(source)
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not source.rstrip().endswith(";") and ast.unparse(last) != "latex.use()":
        return True
    # A print inside a function waits for its call.
    running = [node for node in tree.body if not isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func) == "print" for top in running for node in ast.walk(top)
    )


def test_the_chapters_are_all_there_in_their_order():
    files = re.findall(r"file: (\w+)", (BOOK.parent / "_toc.yml").read_text("utf-8"))
    assert [name for name in files if name in CHAPTERS] == CHAPTERS
    assert {path.stem for path in PATHS} == {*files, "index"}


@every_notebook
def test_notebook_is_executed_from_top_to_bottom(path):
    counts = [cell.execution_count for cell in cells(path, "code") if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))


@every_notebook
def test_notebook_stores_an_output_wherever_it_shows_something(path):
    for cell in cells(path, "code"):
        assert cell.outputs or not shows(cell.source), f"no output is stored for:\n{cell.source}"


@every_notebook
def test_notebook_stores_no_error_no_warning_and_no_widget_state(path):
    notebook = nbformat.read(path, as_version=4)
    assert "widgets" not in notebook.metadata
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
def test_code_cells_are_short_and_plain(path):
    lengths = [len(cell.source.splitlines()) for cell in code(path)]
    if not lengths:
        return
    assert statistics.median(lengths) <= 5
    for cell in cells(path, "code"):
        lines = cell.source.splitlines()
        assert len(lines) <= 15, cell.source
        assert max(map(len, lines)) <= 88, cell.source
        assert not re.search(r"^\s*[%!]", cell.source, re.M), cell.source
        assert "interact" not in cell.source


@every_notebook
def test_code_never_runs_on_for_three_cells_without_a_sentence(path):
    kinds = "".join(cell.cell_type[0] for cell in nbformat.read(path, as_version=4).cells)
    assert "ccc" not in kinds


@every_notebook
def test_prose_has_one_sentence_on_a_line(path):
    for cell in cells(path, "markdown"):
        fenced = re.sub(r"```.*?```|\$\$.*?\$\$", "", cell.source, flags=re.S)
        for line in fenced.splitlines():
            if line.startswith(("|", "**", "#", ":", "-", "1.")):
                continue
            plain = re.sub(r"\$[^$]*\$|`[^`]*`|\{[^}]*\}|\([^)]*\)|\[[^\]]*\]|\*\*[^*]+\*\*", "X", line)
            assert not re.search(r"[a-z]{3}[.?!] [A-Z][a-z]", plain), line


@every_notebook
def test_pictures_have_captions_names_and_alternative_text(path):
    for cell in cells(path, "code"):
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        if any("image/png" in kind and "text/html" not in kind for kind in kinds):
            options = cell.metadata.get("mystnb", {})
            assert options["figure"]["caption"].strip()
            assert options["figure"]["name"].startswith("fig-")
            assert len(options["image"]["alt"]) > 20


@every_chapter
def test_chapter_has_the_form_of_the_book(name):
    prose = text(name)
    assert re.match(r"# .+\n+\*\*.+\?\*\*\n", prose), "a title, then the question"
    assert "After this chapter you can" in prose
    assert "**What to notice.**" in prose
    assert re.search(r"^## .*wrong answer", prose, re.M)
    summary = re.search(r"^## Summary\n(.*?)^## ", prose, re.M | re.S)
    following = [*CHAPTERS, "notation"][CHAPTERS.index(name) + 1]
    assert f"]({following}.ipynb)" in summary[1]
    exercises = prose.split("## Exercises")[1]
    assert 3 <= len(re.findall(r"^\*\*\d\.\*\*", exercises, re.M)) <= 5
    assert exercises.count("{admonition} Solution") == len(re.findall(r"^\*\*\d\.\*\*", exercises, re.M))
    folded = [cell for cell in cells(BOOK / f"{name}.ipynb", "code") if "hide-cell" in cell.metadata.get("tags", [])]
    assert len(folded) >= 3


def test_each_label_is_defined_once_and_referred_to():
    prose = "\n".join(text(path.stem) for path in PATHS)
    defined = re.findall(r"^\$\$ \(eq:([\w-]+)\)|^:label: eq:([\w-]+)", prose, re.M)
    defined = ["".join(pair) for pair in defined]
    assert len(defined) == len(set(defined))
    assert set(LABELS) <= set(defined)
    assert set(re.findall(r"\{eq\}`eq:([\w-]+)`", prose)) == set(defined)


def test_each_label_that_the_package_cites_is_defined_in_the_book():
    prose = "\n".join(text(path.stem) for path in PATHS)
    package = "\n".join(path.read_text("utf-8") for path in (BOOK.parent / "gmm").rglob("*.py"))
    cited = set(re.findall(r"\beq:([\w-]+)", package))
    assert cited
    for label in cited:
        assert f"(eq:{label})" in prose or f":label: eq:{label}" in prose, label
