"""Make class notebooks: `python -m kit.classes student` → _build/student, `… key` → _build/key.

They are the reader's notebooks without solutions and answers. Each question that a program can judge has a cell for
the answer and a locked one with the check, marked as nbgrader marks them, so that nbgrader validates and grades them;
the work of an exercise has a cell that counts nothing. The key is what nbgrader calls the source of an assignment:
the same cells with the answers in them, and the solutions. It lies apart.
"""

import re
import shutil
import sys

import nbformat
from nbformat.v4 import new_code_cell

from gmm import practice
from gmm.practice.judge import LETTERS, typed, typed_letter
from gmm.practice.question import Choice, Code, Formula, Goal, Number
from tools import readers
from tools.contents import BOOK, ROOT

SITE = ROOT / "_build" / "html"
STUDENT, KEY = ROOT / "_build" / "student", ROOT / "_build" / "key" / "source"
ASKS = re.compile(r'practice\.ask\("([\w-]+)"\)')
TEACHERS = "teach"  # the page that tells what is right
POINTS = {Number: 1, Formula: 1, Choice: 1, Code: 2}
REGION = "### BEGIN SOLUTION\n{}\n### END SOLUTION"  # as nbgrader knows it


def points(question):
    """Return what a right answer counts; nothing if only a page can judge it."""
    return next((count for kind, count in POINTS.items() if isinstance(question, kind)), 0)


def variable(question):
    """Return the name of an answer in a notebook."""
    return question.function if isinstance(question, Code) else question.name.replace("-", "_")


def wanted(question):
    """Return a comment that says what is to be typed."""
    if isinstance(question, Number):
        return f"# a number{f': … {question.unit}' if question.unit else ''}"
    if isinstance(question, Choice):
        return f"# a letter between quotes, A to {LETTERS[len(question.shown) - 1]}"
    letters = ", ".join(typed_letter(symbol) for symbol in question.symbols)
    return f"# a formula between quotes{f', in {letters}' if letters else ''}"


def answer_cell(question, value=None):
    """Return the cell for an answer, with an answer in it if one is given."""
    if isinstance(question, Code):
        source = question.starter.strip() if value is None else value
    else:
        source = f"{variable(question)} = {'...' if value is None else value}  {wanted(question)}"
    return new_code_cell(source, metadata=marked(question.name, solution=True))


def check_cell(question):
    """Return the cell that checks the answer, and stops where it is not right."""
    source = f'from gmm import practice\n\npractice.mark("{question.name}", {variable(question)})'
    return new_code_cell(source, metadata=marked(f"{question.name}-check", grade=True, points=points(question)))


def marked(name, *, grade=False, solution=False, points=None):
    """Return nbgrader's metadata of a cell."""
    count = {} if points is None else {"points": points}
    kinds = {"grade": grade, "solution": solution, "locked": not solution, "task": False}
    return {"nbgrader": {"schema_version": 3, "grade_id": name, "cell_type": "code", **kinds, **count}}


def asked(argument, options, body, book):
    """Ask a question in words, with its hints, letters for what may be chosen, and no answer."""
    question = practice.find(argument)
    number = f"**Question {1 + book.questions.index(argument)}** " if question.text else ""
    parts = [f"{number}({question.level}). {question.text}"] if question.text else []
    if isinstance(question, Choice):
        parts.append("\n".join(f"- **{letter}.** {each.text}" for letter, each in zip(LETTERS, question.shown)))
    if isinstance(question, Goal):
        parts.append("*The page judges this one.*")
    parts += [readers.admonition(f"Hint {i}", {}, hint, book) for i, hint in enumerate(question.hints, start=1)]
    parts += [f"<!-- ask {argument} -->"] if points(question) else []
    return "\n\n".join(parts)


def solution(argument, options, body, book):
    """Show a solution, in the key."""
    return f"**{argument}.**\n\n{body}"


def notebook(name, book, answers=None):
    """Return a class notebook.

    Parameters
    ----------
    name : str
        Of a page.
    book : tools.readers.Book
    answers : callable, optional
        Returns what is typed for a question, None for nothing; with it comes the key, without it the students' own.
    """
    frames = {**readers.FRAMES, "question": asked, "admonition": solution if answers else lambda *parts: ""}
    made = readers.reader(BOOK / f"{name}.ipynb", book, frames)
    made.cells = [part for cell in made.cells for part in parts(cell, answers)]
    for i, cell in enumerate(made.cells):
        cell.id = f"{name}-{i}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return made


def parts(cell, answers):
    """Yield what a class notebook has in the place of a cell of the reader's."""
    tags = cell.metadata.get("tags", [])
    if found := ASKS.search(cell.source):
        question = practice.find(found[1])
        yield answer_cell(question, answers and answers(question))
        yield check_cell(question)
    elif "hide-cell" not in tags or answers:
        yield cell


def key_notebook(name, book):
    """Return the source of an assignment: nbgrader takes out what stands between its marks."""
    made = notebook(name, book, answers=typed)
    for cell in made.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            cell.source = REGION.format(cell.source)
    return made


def is_graded(made):
    """Tell whether a notebook has something that counts."""
    return any(cell.metadata.get("nbgrader", {}).get("grade") for cell in made.cells)


def names():
    """Return the pages of the site that students get."""
    stems = (path.stem for path in sorted(BOOK.glob("*.ipynb")))
    return [stem for stem in stems if stem != TEACHERS and (SITE / f"{stem}.html").exists()]


def students():
    """Write the class notebooks, with what they need beside them."""
    book = readers.Book(SITE)
    shutil.rmtree(STUDENT, ignore_errors=True)
    shutil.copytree(SITE / "_sources", STUDENT, ignore=lambda folder, files: [f for f in files if f.endswith(".ipynb")])
    for name in names():
        nbformat.write(notebook(name, book), STUDENT / f"{name}.ipynb")
    return STUDENT


def key():
    """Write the key, a folder for each assignment."""
    book = readers.Book(SITE)
    shutil.rmtree(KEY, ignore_errors=True)
    for name in names():
        if is_graded(made := key_notebook(name, book)):
            (KEY / name).mkdir(parents=True)
            nbformat.write(made, KEY / name / f"{name}.ipynb")
    return KEY


def main(kind):
    """Write one of the two, and say where it is."""
    writers = {"student": students, "key": key}
    if kind not in writers:
        sys.exit(f"kind is {kind!r}. Give one of {', '.join(writers)}.")
    folder = writers[kind]()
    print(f"{len(list(folder.rglob('*.ipynb')))} notebooks are in {folder.relative_to(ROOT)}.")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
