"""Which part of a cell stays for a reader who wants no code."""

import pytest
from docutils import nodes

from tools.book_ext import reading

TABLE = "K  log L\n1  -240.4\n2  -220.2"


def cell(source, *outputs, classes=()):
    """Return a cell as MyST-NB makes it."""
    code = nodes.container("", nodes.literal_block(source, source), nb_element="cell_code_source")
    parts = [code, nodes.container("", *outputs, nb_element="cell_code_output")] if outputs else [code]
    return nodes.container("", *parts, nb_element="cell_code", classes=["cell", *classes])


def printed(text):
    return nodes.literal_block(text, text)


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (cell("x = 1"), reading.ASIDE),
        (cell("x == 1", printed("True")), reading.ASIDE),
        (cell("table", printed(TABLE)), reading.RESULT),
        (cell("ax.plot()", nodes.image()), reading.RESULT),
        (cell("formula", nodes.math_block()), reading.RESULT),
        (cell("def f(x):\n    return x"), None),
        (cell("def f(x):\n    return x\nf(1)", printed("1")), reading.ASIDE),
        (cell("x = 1", classes=["tag_lesson"]), None),
        (cell("x = 1", classes=["tag_hide-cell"]), None),
    ],
)
def test_each_kind_of_cell(made, kind):
    output = made.children[1] if len(made.children) > 1 else None
    assert reading.reading(made, output) == kind


def test_a_text_tells_its_width_in_steps():
    texts = [printed("x" * width) for width in (1, 60, 61)]
    reading.fit(nodes.container("", *texts))
    assert [text["classes"] for text in texts] == [["columns-10"], ["columns-60"], ["columns-70"]]
