"""Class notebooks: nothing of the answers is in them, and a real nbgrader gives what is deserved."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from gmm import practice
from gmm.practice import code
from gmm.practice.judge import typed
from gmm.practice.question import Choice, Code
from kit import classes
from tests.pages.conftest import SITE
from tools import readers
from tools.contents import chapters

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "gmm"
c.ExecutePreprocessor.timeout = 300
c.Exchange.path_includes_course = True
"""
every_chapter = pytest.mark.parametrize("name", chapters())


@pytest.fixture(scope="module")
def book():
    return readers.Book(SITE)


def slip(question):
    """Return what is typed by who makes the first slip; nothing where a question knows none."""
    if isinstance(question, Choice):
        return typed(question, next(i for i, option in enumerate(question.shown) if not option.right))
    if not question.slips:
        return None
    first = question.slips[0]
    return typed(question, code.planted(question, first) if isinstance(question, Code) else first.value)


def submitted(name, book, answers):
    """Return a class notebook with these answers in it."""
    made = classes.notebook(name, book)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            question = practice.find(cell.metadata.nbgrader.grade_id)
            if value := answers(question):
                cell.source = classes.answer_cell(question, value).source
    return made


def asked(made):
    """Return the questions that count."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in made.cells]
    return [practice.find(mark["grade_id"]) for mark in marks if mark.get("solution")]


@every_chapter
def test_no_answer_and_no_solution_is_in_a_class_notebook(name, book):
    made = classes.notebook(name, book)
    nbformat.validate(made)
    text = "\n".join(cell.source for cell in made.cells)
    for word in ("Solution", "<summary>Answer", "practice.ask", "BEGIN SOLUTION"):
        assert word not in text
    for question in asked(made):
        assert not isinstance(question, Code) or question.starter.strip() in text
    assert not any("hide-cell" in cell.metadata.get("tags", []) for cell in made.cells)


@every_chapter
def test_the_key_has_every_solution_and_every_answer(name, book):
    made, own = classes.key_notebook(name, book), classes.notebook(name, book)
    text = "\n".join(cell.source for cell in made.cells)
    assert text.count("**Solution.**") >= 3
    assert asked(made) == asked(own) and len(asked(own)) >= 4
    for question in asked(made):
        assert typed(question) in text


@every_chapter
def test_each_answer_has_one_locked_check_after_it(name, book):
    marks = [cell.metadata["nbgrader"] for cell in classes.notebook(name, book).cells if "nbgrader" in cell.metadata]
    answers, checks = marks[::2], marks[1::2]
    assert len({mark["grade_id"] for mark in marks}) == len(marks)
    for answer, check in zip(answers, checks, strict=True):
        assert answer["solution"] and not answer["locked"] and not answer["grade"]
        assert check["grade"] and check["locked"] and check["points"] >= 1
        assert check["grade_id"] == f"{answer['grade_id']}-check"


def test_the_page_for_teachers_is_not_for_students():
    assert set(chapters()) < set(classes.names()) and "teach" not in classes.names()


def test_a_cell_for_a_number_tells_its_unit():
    assert classes.wanted(practice.find("normal-exercise-4")) == "# a number: … times as high"


def nbgrader(folder, *command):
    """Run a command of nbgrader in a course, and return what it says; it calls alembic by its name."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    told = subprocess.run(
        [sys.executable, "-m", "nbgrader", *command],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=500,
    )
    return told.stdout + told.stderr


def put(made, *path):
    path[0].joinpath(*path[1:-1]).mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path[0].joinpath(*path[1:]))


@pytest.mark.sweep
def test_nbgrader_grades_what_is_deserved(tmp_path, book, name="em"):
    from nbgrader.api import Gradebook

    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    put(classes.key_notebook(name, book), tmp_path, "source", name, f"{name}.ipynb")
    assert "ERROR" not in nbgrader(tmp_path, "generate_assignment", name, "--force")
    hands = {"solved": typed, "empty": lambda question: None, "slips": slip}
    for student, answers in hands.items():
        put(submitted(name, book, answers), tmp_path, "submitted", student, name, f"{name}.ipynb")
    told = nbgrader(tmp_path, "validate", f"submitted/solved/{name}/{name}.ipynb")
    assert "Success! Your notebook passes all the tests." in told
    assert "failed" in nbgrader(tmp_path, "validate", f"submitted/empty/{name}/{name}.ipynb")
    told = nbgrader(tmp_path, "autograde", name)
    with Gradebook(f"sqlite:///{tmp_path}/gradebook.db") as grades:
        scores = {student: grades.find_submission(name, student) for student in hands}
        got = {student: (one.score, one.max_score) for student, one in scores.items()}
    full = sum(classes.points(question) for question in asked(classes.notebook(name, book)))
    assert got == {"solved": (full, full), "empty": (0, full), "slips": (0, full)}, told


@pytest.mark.sweep
def test_nbgrader_makes_the_students_version_with_the_same_cells(tmp_path, book, name="normal"):
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    put(classes.key_notebook(name, book), tmp_path, "source", name, f"{name}.ipynb")
    nbgrader(tmp_path, "generate_assignment", name)
    released = nbformat.read(tmp_path / "release" / name / f"{name}.ipynb", 4)
    assert asked(released) == asked(classes.notebook(name, book))
    text = "\n".join(cell.source for cell in released.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    assert "BEGIN SOLUTION" not in text
    for question in asked(released):
        assert len(typed(question)) < 6 or typed(question) not in text
