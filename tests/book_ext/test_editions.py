"""An edition that leaves a chapter out says so where other chapters refer to it, and builds."""

import re

import pytest

from tests.book_ext import small
from tools.book_ext.editions import ABSENT

STEPS = """# Steps

By {eq}`eq:area`, again.

$$ x = 1 $$ (eq:step)

```{figure} page/hill.svg
:name: fig-hill
:alt: A hill of bricks, and nothing else
A hill
```
"""
TEXT = """# Front

See {eq}`eq:step`, {numref}`fig-hill`, {eq}`text <eq:step>` and [the **steps**](steps.ipynb).

$$ 1 $$ (eq:area)
"""


@pytest.fixture
def book(tmp_path):
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "hill.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>', "utf-8")
    small.write(tmp_path, "index", TEXT)
    small.write(tmp_path, "steps", STEPS)
    return tmp_path


def text_of(book):
    html = (book / "html" / "index.html").read_text("utf-8")
    body = re.search(r'role="main">(.*?)<div class="clearer">', html, re.S)[1]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))


def test_a_whole_book_refers_as_ever(book):
    small.write(book, "index", TEXT, "```{toctree}\n:hidden:\n\nsteps\n```")
    assert small.built(book, "editions", strict=True) == 0
    assert ABSENT not in text_of(book)
    assert "See (2), Fig. 1, (2) and the steps." in text_of(book)


def test_what_refers_to_an_absent_chapter_says_so_and_does_not_fail_the_build(book):
    assert small.built(book, "editions", absent=["steps"], strict=True) == 0
    assert f"See {ABSENT}, a figure {ABSENT}, text {ABSENT} and the steps {ABSENT}." in text_of(book)


def test_a_reference_that_leads_nowhere_at_all_still_fails_the_build(book, capsys):
    small.write(book, "index", TEXT.replace("eq:step", "eq:stpe"))
    assert small.built(book, "editions", absent=["steps"], strict=True) == 1
    assert "eq:stpe" in capsys.readouterr().err


def test_a_label_that_only_absent_chapters_refer_to_is_no_fault(book):
    assert small.built(book, "editions", "proofread", absent=["steps"], strict=True) == 0
    small.write(book, "steps", STEPS.replace("{eq}`eq:area`", "the area"))
    assert small.built(book, "editions", "proofread", absent=["steps"], strict=True) == 1
