"""The page for teachers is made from the chapters and the bank."""

import re

import pytest

from gmm import practice
from tools import teaching
from tools.contents import chapters


def test_every_part_speaks_of_every_chapter():
    for name in teaching.PARTS:
        told = teaching.part(name)
        assert [chapter for chapter in chapters() if f"[]({chapter}.ipynb)" not in told] in ([], absent(name)), name


def absent(part):
    """Return the chapters that have nothing to say in a part, which are those without a guess."""
    guessing = {
        teaching.bank(name) and name for name in chapters() if any(q.kind == "guess" for q in teaching.bank(name))
    }
    return [name for name in chapters() if part == "guesses" and name not in guessing]


def test_every_slip_of_a_chapter_is_told():
    told = teaching.part("mistakes")
    for question in practice.questions("em").values():
        for slip in getattr(question, "slips", ()):
            assert " ".join(slip.because.split()) in told


def test_the_minutes_of_a_chapter_are_those_of_its_sections():
    lines = teaching.part("minutes").splitlines()
    begin = next(i for i, line in enumerate(lines) if "em.ipynb" in line)
    total = int(re.search(r"\*\*(\d+)\*\*", lines[begin])[1])
    parts = []
    for line in lines[begin + 1 :]:
        if not line.startswith("| | "):
            break
        parts.append(int(line.split("|")[3]))
    assert abs(sum(parts) - total) <= len(parts) and total > 45


def test_words_formulas_figures_and_code_each_take_their_time():
    from nbformat.v4 import new_code_cell

    figure = new_code_cell("x", metadata={"mystnb": {"figure": {}}})
    text = "one two three\n\n$$\na\n$$ (eq:a)\n"
    assert teaching.minutes_of([text], [figure, new_code_cell("y")]) == pytest.approx(5 / 120 + 2 + 3 + 1, abs=0.05)


def test_a_question_goes_with_the_section_where_it_stands_or_where_its_equation_is():
    assert teaching.section_of(practice.find("em-goal-five"), "em") == "By hand, on five points"
    assert teaching.section_of(practice.find("em-e-step"), "em") == "Two steps in a circle"


def test_a_part_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="no such part"):
        teaching.part("poetry")
