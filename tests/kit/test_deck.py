"""What the slides of a chapter are, by Jupyter's own metadata."""

import re

import nbformat
import pytest
from nbconvert import SlidesExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from kit import deck, minutes
from tools.contents import BOOK, chapters

TAG = re.compile(r"\$\$(?P<body>[^$]*?)\\tag\{(?P<label>eq:[\w-]+)\}\s*\$\$")
OWN = [name for name in chapters() if deck.is_ready(nbformat.read(BOOK / f"{name}.ipynb", 4))]
every_own = pytest.mark.parametrize("name", OWN)


def cell(text, how=None):
    return new_markdown_cell(text, metadata={"slideshow": {"slide_type": how}} if how else {})


def printing(text):
    outputs = [new_output("stream", name="stdout", text=text)] if text else []
    return new_code_cell("print()", outputs=outputs)


def notebook(name):
    return nbformat.read(BOOK / f"{name}.ipynb", 4)


def same(formula):
    """Return a formula without spaces, commas and full stops, which a slide may set otherwise."""
    return re.sub(r"\\[,;]|[\s.,]", "", formula)


def test_cells_go_where_their_types_say():
    made = deck.slides(
        new_notebook(
            cells=[
                cell("before", "-"),
                cell("one", "slide"),
                cell("more", "fragment"),
                cell("said", "notes"),
                cell("left out", "skip"),
                cell("two", "subslide"),
                cell("goes on", "-"),
            ]
        )
    )
    assert [[(how, part.source) for how, part in slide.parts] for slide in made] == [
        [("", "one"), ("fragment", "more")],
        [("", "two"), ("", "goes on")],
    ]
    assert [slide.notes for slide in made] == [["said"], []]


def test_there_are_decks_with_words_of_their_own():
    assert {"em", "normal"} <= set(OWN)


@every_own
def test_nbconvert_finds_the_same_slides(name):
    html, _ = SlidesExporter().from_notebook_node(notebook(name))
    assert html.count("<section><section>") == len(deck.slides(notebook(name)))


@every_own
def test_a_deck_has_twenty_to_thirty_slides_each_with_notes(name):
    made = deck.slides(notebook(name))
    assert 20 <= len(made) <= 30
    assert [i for i, slide in enumerate(made) if not slide.notes] == []


@every_own
def test_what_stands_on_slides_alone_is_hidden_from_the_page(name):
    for each in notebook(name).cells:
        if deck.kind(each) == "notes" or TAG.search(each.source):
            assert deck.ONLY_SLIDES in each.metadata.tags


@every_own
def test_a_formula_on_a_slide_is_the_one_of_the_chapter(name):
    cells = [each for each in notebook(name).cells if each.cell_type == "markdown"]
    chapter = "\n\n".join(each.source for each in cells if deck.ONLY_SLIDES not in each.metadata.get("tags", []))
    known = {label: same(body) for body, label in re.findall(r"\$\$([^$]*)\$\$ \((eq:[\w-]+)\)", chapter)}
    shown = [found for each in cells for found in TAG.finditer(each.source)]
    assert len(shown) >= 4
    for found in shown:
        assert same(found["body"]) == known[found["label"]], found["label"]


def test_the_lecture_on_em_takes_three_quarters_of_an_hour_to_one_hour():
    one = minutes.lecture("em")
    assert 45 <= one.minutes <= 60
    assert one.minutes == pytest.approx(one.words / 120 + one.gestures * 0.75)


def test_a_gesture_counts_by_the_clock_and_not_by_its_words(tmp_path, monkeypatch):
    made = new_notebook(cells=[cell("# Title", "slide"), cell("One two three.\n▶ Drag the ring to the left.", "notes")])
    nbformat.write(made, tmp_path / "one.ipynb")
    monkeypatch.setattr(minutes, "BOOK", tmp_path)
    assert minutes.lecture("one") == (1, 3, 1)


def test_a_chapter_that_does_not_say_it_gets_slides_by_rule():
    figure = new_code_cell("draw()", metadata={"mystnb": {"figure": {"name": "fig-x", "caption": "c"}}})
    made = deck.slides(
        new_notebook(
            cells=[
                cell("# Title\n\n**Why?**\n\nAfter this chapter you can\n\n- do it.\n"),
                new_code_cell("import numpy"),
                cell("## Part\n\nIt is so.\n\n$$\na = b .\n$$ (eq:x)\n\nMore words."),
                figure,
                cell("**What to notice.**\nIt is high.\nIt is wide.\n"),
                cell("## Summary\n\n- It was so.\n\n## Questions\n\nnone"),
                cell("## Exercises\n\n$$\nc = d\n$$ (eq:y)"),
            ]
        )
    )
    texts = ["\n".join(part.source for _, part in slide.parts) for slide in made]
    assert texts[0] == "# Title\n\n**Why?**" and "- do it." in texts[1]
    assert r"\tag{eq:x}" in texts[2] and texts[3] == "## Part\ndraw()"
    assert texts[4] == "## What to notice\n\n- It is high.\n- It is wide." and "- It was so." in texts[5]
    assert len(texts) == 6
    assert any("More words." in note for slide in made for note in slide.notes)


def test_a_remark_stands_under_what_is_printed_and_not_under_the_code():
    said = cell("Words.\n\n**What to notice.**\nIt is one.\n")
    (slide,) = deck.gathered(deck.automatic(new_notebook(cells=[printing("1\n"), said])))
    (_, title), (_, output), (_, remark) = slide.parts
    assert title.source == "## What to notice" and deck.ONLY_OUTPUT in output.metadata.tags
    assert remark.source == "- It is one." and slide.notes == ["Words.\n\nIt is one."]


def test_a_short_chapter_shows_the_cells_that_print_too():
    made = deck.slides(new_notebook(cells=[cell("## Part\n\nWords."), printing("1\n"), printing("")]))
    assert [[part.source for _, part in slide.parts] for slide in made] == [["## Part", "print()"]]


@pytest.mark.parametrize("text", ["", "1\n" * (deck.HIGHEST + 1), "1" * (deck.WIDEST + 1)])
def test_what_does_not_fit_a_slide_is_left_to_the_page(text):
    assert deck.output(printing(text)) is None


def test_what_stands_between_two_formulas_is_said_once():
    text = "One.\n\n$$\na\n$$ (eq:a)\n\nTwo.\n\n$$\nb\n$$ (eq:b)\n\nThree.\n"
    made = deck.slides(new_notebook(cells=[cell(text)]))
    assert [slide.notes for slide in made] == [["One."], ["Two.\nThree."]]


@pytest.mark.parametrize("name", chapters())
def test_every_chapter_has_a_deck_for_a_lecture(name):
    assert deck.FEWEST <= len(deck.slides(notebook(name))) <= deck.MOST
