import re

import pytest

from gmm.table import Table

ROWS = [("1", "98.2", "maximum"), ("12", "−3", "spurious: component 0 & <b>")]
TABLE = Table(("k", "N_k", "end"), ROWS, ["two fits"])


def test_numbers_stand_at_the_right_and_words_at_the_left():
    assert repr(TABLE).splitlines() == [
        "two fits",
        " k   N_k  end",
        " 1  98.2  maximum",
        "12    −3  spurious: component 0 & <b>",
    ]


def test_a_notebook_shows_the_same_cells_with_headings_that_a_screen_reader_knows():
    html = TABLE._repr_html_()
    assert html.count('<th scope="col">') == 3 and "N<sub>k</sub>" in html
    assert "<caption>two fits</caption>" in html
    assert re.findall(r"<td>(.*?)</td>", html)[-1] == "spurious: component 0 &amp; &lt;b&gt;"


@pytest.mark.parametrize("notes", [(), ["one"], ["one", "two"]])
def test_notes_stand_above(notes):
    html = TABLE._replace(notes=notes)._repr_html_()
    assert html.count("<caption>") == bool(notes) and html.count("<br>") == max(0, len(notes) - 1)
