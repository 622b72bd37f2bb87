"""The reader's notebooks: no name of the build remains in them, and each runs on its own."""

import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from gmm import practice
from tests.pages.conftest import SITE, sampled
from tools import readers
from tools.contents import BOOK, pages

FOLDER = SITE / "_sources"
PAGES = pages()
every_page = pytest.mark.parametrize("name", PAGES)
EXERCISE = re.compile(r"^\*\*\d+\.\*\*", re.M)
RAW = re.compile(r"\{[\w:-]+\}`|^:::|^```\{|\(eq:|\[\]\(|not in this edition|^\([\w-]+\)=$", re.M)


def notebook(name):
    """Return a reader's notebook of the built site."""
    return nbformat.read(FOLDER / f"{name}.ipynb", 4)


def text(name):
    """Return its prose."""
    return "\n\n".join(cell.source for cell in notebook(name).cells if cell.cell_type == "markdown")


def tags(cell):
    return cell.metadata.get("tags", [])


@every_page
def test_no_name_that_only_the_build_resolves_is_left(name):
    nbformat.validate(notebook(name))
    assert RAW.findall(text(name)) == []


def test_a_name_that_is_left_would_be_found():
    for raw in ("see {eq}`eq:x`", ":::{admonition} Solution", "```{eval-rst}", "[](em.ipynb)", "(read)="):
        assert RAW.search(f"Text\n{raw}")


@every_page
def test_links_lead_to_notebooks_that_are_beside_it_and_to_its_page(name):
    assert f"](../{name}.html)" in text(name)
    for target in re.findall(r"\]\(([\w-]+\.ipynb)\)", text(name)):
        assert (FOLDER / target).exists(), target


def test_numbers_are_those_of_the_pages():
    em = text("em")
    assert (
        r"\tag{7.1}" in em and "[(3.3)](responsibilities.ipynb)" in em and "[Fig. 7.2]" not in em and "Fig. 7.2" in em
    )
    assert "(Dempster *et al.*, 1977)" in em and "Pearson (1894)" in em
    html = re.sub(r"<[^>]+>", "", (SITE / "em.html").read_text("utf-8"))
    for cited in set(re.findall(r"\(([A-Z][^()$]*?, \d{4})\)", em)):
        assert cited.replace("*", "") in html, cited


@every_page
def test_each_exercise_has_a_cell_for_an_answer_and_its_solution_is_folded(name):
    cells = notebook(name).cells
    asked = [i for i, cell in enumerate(cells) if cell.cell_type == "markdown" and EXERCISE.search(cell.source)]
    for i, end in zip(asked, [*asked[1:], len(cells)]):
        answer = cells[i + 1]
        assert answer.cell_type == "code" and answer.source == "" and tags(answer) == ["answer"]
        (solution,) = [cell.source for cell in cells[i:end] if "<summary>Solution</summary>" in cell.source]
        assert solution.startswith("<details>") and solution.endswith("</details>")
    source = "\n".join(cell.source for cell in nbformat.read(BOOK / f"{name}.ipynb", 4).cells)
    assert len(asked) == source.count("{admonition} Solution")
    assert all(cell.metadata.jupyter.source_hidden for cell in cells if "hide-cell" in tags(cell))


@every_page
def test_a_question_of_the_bank_is_asked_in_words_and_by_a_cell_and_its_answer_is_folded(name):
    source = "\n".join(cell.source for cell in nbformat.read(BOOK / f"{name}.ipynb", 4).cells)
    asked = [practice.find(one) for one in re.findall(r"```\{question\} ([\w-]+)\n", source)]
    judged = [question for question in asked if question.kind]
    cells = notebook(name).cells
    found = [re.findall(r'practice\.ask\("([\w-]+)"\)', cell.source) for cell in cells if "question" in tags(cell)]
    assert found == [[question.name] for question in judged]
    numbers = [i for i, question in enumerate(judged, start=1) if question.text]
    assert [int(number) for number in re.findall(r"^\*\*Question (\d+)\*\*", text(name), re.M)] == numbers
    for summary, count in (("Answer", len(numbers)), ("Hint 1", len(asked)), ("Hint 2", len(asked))):
        assert text(name).count(f"<summary>{summary}</summary>") == (count if judged else 0)


@every_page
def test_code_and_stored_outputs_are_those_of_the_chapter_and_captions_are_kept(name):
    chapter = [cell for cell in nbformat.read(BOOK / f"{name}.ipynb", 4).cells if cell.cell_type == "code"]
    ours = [
        cell
        for cell in notebook(name).cells
        if cell.cell_type == "code" and not {"install", "answer", "question"} & set(tags(cell))
    ]
    assert [(cell.source, cell.outputs) for cell in ours] == [(cell.source, cell.outputs) for cell in chapter]
    captions = [cell.metadata.get("mystnb", {}).get("figure") for cell in chapter]
    assert len(re.findall(r"^\*Fig\. \d", text(name), re.M)) == len([one for one in captions if one])


# The code is that of the chapters, which nbval runs; cells that install and ask are added, and run in some.
RUN = ["notation", "index", "responsibilities", "em", "recorded", "engine", "failures", "final"]


@pytest.mark.parametrize("name", sampled(RUN, ["notation"]))
def test_a_notebook_runs_from_top_to_bottom(name, tmp_path):
    readers.lay_out(SITE, tmp_path)
    NotebookClient(notebook(name), timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_what_a_reader_has_changed_stays(tmp_path):
    readers.lay_out(SITE, tmp_path)
    (tmp_path / "em.ipynb").write_text("mine")
    (tmp_path / "normal.ipynb").unlink()
    readers.lay_out(SITE, tmp_path)
    assert (tmp_path / "em.ipynb").read_text() == "mine" and (tmp_path / "normal.ipynb").exists()
    assert len(list(tmp_path.glob("*.whl"))) == 1


def test_the_first_cell_installs_nothing_here(tmp_path, monkeypatch):
    (install,) = [cell for cell in notebook("em").cells if "install" in tags(cell)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("subprocess.run", lambda *given, **named: pytest.fail("it would install"))
    exec(install.source, {})


def test_the_first_cell_installs_the_wheel_that_lies_beside_it(tmp_path, monkeypatch):
    (install,) = [cell for cell in notebook("em").cells if "install" in tags(cell)]
    (wheel,) = FOLDER.glob("*.whl")
    shutil.copy(wheel, tmp_path)
    ran = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("subprocess.run", lambda command, **named: ran.append(command))
    exec(install.source, {})
    assert ran[0][-1].endswith(wheel.name) and ran[0][-1].startswith("gaussian-mixture-book[")
