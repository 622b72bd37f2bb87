"""What a line of a page must not tear apart."""

import pytest
from docutils import nodes

from tools.book_ext.unbroken import together


def shown(parts):
    """Return the parts as text, a box as [ ] and a formula as ∑."""
    texts = []
    for part in parts:
        box = isinstance(part, nodes.inline) and part["classes"] == ["unbroken"]
        inner = "∑" if isinstance(part, nodes.math) else shown(part.children) if box else part.astext()
        texts.append(f"[{inner}]" if box else inner)
    return "".join(texts)


def formula():
    return nodes.math("", nodes.Text("x"))


def line(text):
    """Return the parts of a line in which ∑ stands for a formula."""
    parts = []
    for place, piece in enumerate(text.split("∑")):
        parts += [formula()] if place else []
        parts += [nodes.Text(piece)] if piece else []
    return parts


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("So ∑.", "So [∑.]"),
        ("of ∑, and (∑) or “∑”", "of [∑,] and [(∑)] or [“∑”]"),
        ("∑ and ∑", "∑ and ∑"),
        ("the ∑-th, ∑", "the [∑-th,] ∑"),
        ("f(∑)", "[f(∑)]"),
        ("∑ cm long, ∑ %.", "[∑\N{NO-BREAK SPACE}cm] long, [∑\N{NO-BREAK SPACE}%.]"),
        ("41 % of 3 nats, in 5 lines", "41\N{NO-BREAK SPACE}% of 3\N{NO-BREAK SPACE}nats, in 5 lines"),
        ("4 natural numbers", "4 natural numbers"),
    ],
)
def test_a_formula_keeps_its_punctuation_and_a_number_its_unit(written, kept):
    assert shown(together(line(written))) == kept


def test_a_line_that_is_put_together_twice_stays_as_it_is():
    once = together(line("So (∑), 3 %."))
    assert shown(together(once)) == shown(once)
