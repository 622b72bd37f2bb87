"""A build tells its warnings by chapter and cell."""

from tests.book_ext import small
from tools.book_ext.gather import placed

FAILURE = """Executing notebook failed: CellExecutionError
Traceback (most recent call last):
nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:
------------------
1 / 0
------------------


---------------------------------------------------------------------------
ZeroDivisionError                         Traceback (most recent call last)
Cell In[1], line 1
----> 1 1 / 0

ZeroDivisionError: division by zero

"""


def test_warnings_name_the_chapter_the_cell_and_the_line(tmp_path):
    small.write(tmp_path, "index", "# Front", ">>> 1 + 1", "One.\n\nTwo {eq}`eq:nowhere`.", "![](gone.png)")
    small.write(tmp_path, "steps", "# Steps")
    assert small.built(tmp_path, "proofread", "gather") == 0
    assert (tmp_path / "warnings.txt").read_text("utf-8").splitlines() == [
        "index",
        "  on the page: image file not readable: gone.png",
        "  on the page: the link to gone.png leads to no file",
        "  cell 3, line 3: equation not found: eq:nowhere",
        "    > Two {eq}`eq:nowhere`.",
        "steps",
        "  on the page: document isn't included in any toctree",
    ]


def test_a_build_without_a_warning_tells_nothing(tmp_path):
    small.write(tmp_path, "index", "# Front")
    assert small.built(tmp_path, "gather") == 0
    assert (tmp_path / "warnings.txt").read_text("utf-8") == ""


def test_a_failure_names_the_cell_that_failed_and_its_error_only():
    cells = [{"source": ["x = 1\n"]}, {"source": ["1 / 0"]}]
    assert placed(0, FAILURE, cells) == (20_000, "ZeroDivisionError: division by zero")
    assert placed(7, "A sentence.", cells) == (7, "A sentence.")
