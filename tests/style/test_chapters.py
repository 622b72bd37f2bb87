"""How the chapters of this book are written: rules of the house, each with its reason.

`make lint` insists on them. `make test` does not, for a page that breaks one
is not wrong: whoever teaches from the book may want it otherwise.
"""

import re
import statistics

import nbformat
import pytest

from tests.notebooks import FILES, PATHS, cells, prose
from tools.contents import BOOK, chapters, pages

CHAPTERS = chapters()
PAGES = pages()
EXERCISE = re.compile(r"^\*\*\d+\.\*\*", re.M)
every_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("name", CHAPTERS)


def folded(cell):
    """Tell whether an exercise hides a cell until it is opened."""
    return "hide-cell" in cell.metadata.get("tags", [])


def section(text, title):
    """Return a section of a chapter, without its heading."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    assert found, f"a chapter has a section “{title}”, so that a reader finds it in each at the same place"
    return found[1]


def test_every_notebook_is_in_the_table_of_contents():
    lost = [path.stem for path in FILES if path.stem not in PAGES]
    assert not lost, f"a notebook that _toc.yml does not name is neither shown nor tested: {', '.join(lost)}"


@every_notebook
def test_code_cells_are_short(path):
    lengths = [len(cell.source.splitlines()) for cell in cells(path, "code") if not folded(cell)]
    assert statistics.median(lengths or [0]) <= 5, "most cells have a few lines, so that each can be read as a sentence"
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 15, (
            f"a long cell is two steps, or a part of the package:\n{cell.source}"
        )


@every_notebook
def test_lines_of_code_are_no_wider_than_a_page(path):
    for cell in cells(path, "code"):
        wide = [line for line in cell.source.splitlines() if len(line) > 88]
        assert not wide, f"a page shows 88 characters, and code should not need scrolling: {wide[0]}"


@every_notebook
def test_code_is_plain_python(path):
    for cell in cells(path, "code"):
        magic = re.search(r"^\s*[%!].*", cell.source, re.M)
        assert not magic, f"a magic runs in notebooks only, and what a reader copies should run anywhere: {magic[0]}"


@every_notebook
def test_code_never_runs_on_for_three_cells_without_a_sentence(path):
    kinds = "".join(cell.cell_type[0] for cell in nbformat.read(path, as_version=4).cells)
    assert "ccc" not in kinds, "prose leads and code follows: say between three cells of code what they are for"


@every_notebook
def test_prose_has_one_sentence_on_a_line(path):
    for line in re.sub(r"```.*?```|\$\$.*?\$\$", "", prose(path), flags=re.S).splitlines():
        if line.startswith(("|", "**", "#", ":", "-", "1.")):
            continue
        plain = re.sub(r"\$[^$]*\$|`[^`]*`|\{[^}]*\}|\([^)]*\)|\[[^\]]*\]|\*\*[^*]+\*\*", "X", line)
        two = re.search(r"[a-z]{3}[.?!] [A-Z][a-z]", plain)
        assert not two, f"a line has one sentence, so that a change shows the sentence that it changes: {line}"


@every_notebook
def test_pictures_have_captions_names_and_alternative_text(path):
    for cell in cells(path, "code"):
        kinds = [set(output.get("data", {})) for output in cell.outputs]
        if any("image/png" in kind and "text/html" not in kind for kind in kinds):
            options = cell.metadata.get("mystnb", {})
            figure, alternative = options.get("figure", {}), options.get("image", {}).get("alt", "")
            assert figure.get("caption", "").strip(), f"a figure without a caption has no number:\n{cell.source}"
            assert figure.get("name", "").startswith("fig-"), f"without a name no text can refer to it:\n{cell.source}"
            assert len(alternative) > 20, f"who does not see the figure needs words for it:\n{cell.source}"


@every_notebook
def test_live_figures_have_captions_and_names(path):
    for cell in cells(path, "code"):
        html = "".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)
        if "data-live=" in html and 'data-live="own"' not in html:  # the page for own data has nothing else to show
            figure = cell.metadata.get("mystnb", {}).get("figure", {})
            assert figure.get("caption", "").strip(), f"a live figure without a caption has no number:\n{cell.source}"
            assert figure.get("name", "").startswith("fig-"), f"without a name no text can refer to it:\n{cell.source}"


@every_chapter
def test_chapter_opens_with_its_question_and_its_promise(name):
    text = prose(BOOK / f"{name}.ipynb")
    assert re.match(r"# .+\n+\*\*.+\?\*\*\n", text), "a title, then the question: a reader asks before being told"
    assert "After this chapter you can" in text, "a reader wants to know what the work is for"


@every_chapter
def test_chapter_says_what_to_notice_and_teaches_a_wrong_answer(name):
    text = prose(BOOK / f"{name}.ipynb")
    assert "**What to notice.**" in text, "a figure is looked at longer by who knows what to look for"
    assert re.search(r"^## .*wrong answer", text, re.M), "one learns to tell right from wrong by seeing the wrong"


@every_chapter
def test_summary_names_the_next_chapter(name):
    following = PAGES[PAGES.index(name) + 1 :]
    following = next((page for page in following if page in CHAPTERS), "notation")
    summary = section(prose(BOOK / f"{name}.ipynb"), "Summary")
    assert f"]({following}.ipynb)" in summary, f"the last word leads on, to {following}.ipynb"


@every_chapter
def test_chapter_has_three_to_five_exercises_with_solutions(name):
    exercises = section(prose(BOOK / f"{name}.ipynb"), "Exercises")
    asked = len(EXERCISE.findall(exercises))
    assert 3 <= asked <= 5, f"three to five exercises can be done in one sitting, and {name} has {asked}"
    solved = exercises.count("{admonition} Solution")
    assert solved == asked, f"who works alone needs a solution to each: {asked} exercises, {solved} solutions"
    assert sum(map(folded, cells(BOOK / f"{name}.ipynb", "code"))) >= 3, "solutions in code are run, not only told"
