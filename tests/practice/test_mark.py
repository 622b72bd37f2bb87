"""The judge of class notebooks: every key passes, and every slip stops with its own sentence."""

import json

import pytest

from gmm import practice
from gmm.practice import code
from gmm.practice.judge import judged, typed
from gmm.practice.question import Choice, Code, Formula, Number
from gmm.practice.words import plain

GRADED = [q for q in practice.questions().values() if isinstance(q, Number | Formula | Choice | Code)]
every_question = pytest.mark.parametrize("question", GRADED, ids=lambda question: question.name)


def given(question, text):
    """Return what a notebook passes on where this was typed."""
    return text if isinstance(question, Code) else eval(text, {})


@every_question
def test_the_right_answer_passes(question):
    assert judged(question, given(question, typed(question))) == ""


@every_question
def test_no_answer_does_not_pass(question):
    assert judged(question, ...) and judged(question, None)


@every_question
def test_a_slip_stops_with_its_sentence(question):
    if isinstance(question, Choice):
        for place, option in enumerate(question.shown):
            if not option.right:
                assert judged(question, "ABCDEFGH"[place]) == plain(option.because)
        return
    for slip in question.slips:
        value = code.planted(question, slip) if isinstance(question, Code) else slip.value
        said = judged(question, given(question, typed(question, value)))
        assert said == plain(slip.because)


def test_what_is_said_of_other_answers_names_them():
    assert "'ten'" in judged(practice.find("em-by-hand-nk"), "ten")
    assert "'Z'" in judged(practice.find("em-never-falls"), "Z")
    assert "no letter q" in judged(practice.find("em-e-step"), "q + 1")


def test_mark_raises_what_is_said():
    practice.mark("em-by-hand-nk", float(practice.find("em-by-hand-nk").key))
    with pytest.raises(AssertionError, match="no answer yet"):
        practice.mark("em-by-hand-nk", ...)


def test_a_figure_is_judged_in_the_page_only():
    with pytest.raises(ValueError, match="of the kind 'goal'"):
        judged(practice.find("em-goal-five"), 3)
    with pytest.raises(ValueError, match="of the kind 'goal'"):
        typed(practice.find("em-goal-five"))


def test_code_is_judged_as_in_the_page():
    question = practice.find("em-code-e-step")
    assert json.loads(practice.verdict(question.name, question.solution))["result"] == "right"
