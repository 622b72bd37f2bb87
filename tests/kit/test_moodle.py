"""The bank as Moodle XML, read back by another parser than the one that wrote it."""

import subprocess
import sys

import pytest
from bs4 import BeautifulSoup

from gmm import practice
from gmm.practice.question import Choice, Code, Formula, Number
from kit import moodle
from tests.pages.conftest import SITE
from tools import readers


@pytest.fixture(scope="module")
def quiz():
    """The questions as an HTML parser, which is no relative of the writer, reads them: by name."""
    root, _ = moodle.bank(readers.Book(SITE))
    soup = BeautifulSoup(moodle.ET.tostring(root, encoding="unicode"), "html.parser")
    return {node.find("name").get_text(): node for node in soup.find_all("question") if node.find("name")}


def test_every_question_that_needs_no_figure_is_there(quiz):
    for question in practice.questions().values():
        can = isinstance(question, Number | Choice | Code) or (isinstance(question, Formula) and question.slips)
        assert (question.name in quiz) == bool(can and question.text and question.kind), question.name


def test_a_number_has_its_key_its_tolerance_and_its_slips(quiz):
    for name, node in quiz.items():
        question = practice.find(name)
        if not isinstance(question, Number):
            continue
        answers = node.find_all("answer")
        right, *slips = [(float(each.find("text").get_text()), each["fraction"]) for each in answers]
        assert right == (pytest.approx(float(question.key), rel=1e-9), "100")
        assert [value for value, _ in slips] == pytest.approx([float(slip.value) for slip in question.slips], rel=1e-8)
        assert {fraction for _, fraction in slips} <= {"0"}
        near = float(answers[0].find("tolerance").get_text())
        assert near == pytest.approx(question.tolerance * abs(float(question.key)), rel=1e-4, abs=1e-11)


def test_a_choice_has_one_right_answer_and_a_sentence_for_each(quiz):
    for name, node in quiz.items():
        question = practice.find(name)
        if node["type"] == "multichoice":
            fractions = [each["fraction"] for each in node.find_all("answer")]
            assert fractions.count("100") == 1 and len(fractions) >= 2
        if isinstance(question, Choice):
            assert all(each.find("feedback").get_text(strip=True) for each in node.find_all("answer"))


def test_texts_are_html_with_formulas_for_mathjax_and_no_names_of_the_build(quiz):
    every = " ".join(node.get_text() for node in quiz.values())
    assert r"\(" in every and "{eq}" not in every and "{numref}" not in every and ".ipynb" not in every
    text = BeautifulSoup(quiz["em-e-step"].find("questiontext").get_text(), "html.parser").get_text()
    assert r"\(\gamma_1\)" in text


def test_xmllint_or_expat_finds_it_well_formed(tmp_path):
    root, _ = moodle.bank(readers.Book(SITE))
    moodle.ET.ElementTree(root).write(tmp_path / "bank.xml", encoding="utf-8", xml_declaration=True)
    code = "import sys, xml.sax; xml.sax.parse(sys.argv[1], xml.sax.ContentHandler())"
    assert subprocess.run([sys.executable, "-c", code, tmp_path / "bank.xml"]).returncode == 0
