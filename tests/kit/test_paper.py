"""Printed papers: the same questions with other numbers, and a key that says what a slip gets."""

import io
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from pypdf import PdfReader

from exam.paper import paper
from kit import paper as printed


def test_variants_ask_the_same_with_other_numbers():
    one, other = (paper(5, 8, variant=place) for place in (0, 1))
    kinds = [[question.name.split("-", 3)[3] for question in questions] for questions in (one, other)]
    assert kinds[0] == kinds[1]
    assert [a.key for a in one] != [b.key for b in other]


def test_a_key_has_each_slip_with_half_the_marks_and_the_paper_has_none():
    pages = printed.sheets(5, n=6, variants=1)
    questions = paper(5, 6)
    for question in questions:
        assert f"<td><b>{printed.shown(question.key)}</b></td><td>4</td>" in pages["5A-key"]
        for slip in question.slips:
            assert f"<td><b>{printed.shown(slip.value)}</b></td><td>2</td>" in pages["5A-key"]
            assert slip.because not in pages["5A"]
    assert pages["5A"].count("4 marks") == 6 + pages["5A"].count("24 marks")


def test_a_paper_is_one_file():
    (page,) = [html for name, html in printed.sheets(5, n=2, variants=1).items() if "key" not in name]
    assert not re.search(r'(src|href)="(?!#)|url\((?!data:)', page)


def test_too_many_variants_are_refused():
    with pytest.raises(ValueError, match=r"variants is 9\. Give a number from 1 to 8"):
        printed.sheets(5, variants=9)


def test_a_paper_prints(tmp_path):
    # In a thread of its own, for two browsers of Playwright cannot be steered from one.
    with ThreadPoolExecutor(1) as other:
        other.submit(printed.write, {"one": printed.sheets(5, n=6, variants=1)["5A"]}, tmp_path).result()
    made = PdfReader(io.BytesIO((tmp_path / "one.pdf").read_bytes()))
    assert 1 <= len(made.pages) <= 4 and "paper 5A" in made.pages[0].extract_text()
