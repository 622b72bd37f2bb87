"""The bank: keys are proved or computed, slips are other things, figures can be brought where they are asked to be."""

import ast
import dataclasses
import importlib
import json
import re
import warnings
from collections import Counter
from pathlib import Path

import nbformat
import numpy as np
import pytest

from gmm import Mixture, formulas, iterate, practice
from gmm.formulas.numeric import evaluate
from gmm.practice.code import _is_empty, planted
from gmm.practice.form import Text, answer, pieces
from gmm.practice.question import Choice, Code, Formula, Goal, Guess, Number, margin, unlike
from gmm.practice.words import plain
from tests.practice.test_judge import results, typed
from tools.contents import BOOK, chapters

SAMPLED = ("normal", "em")
ASKED = re.compile(r"```\{question\} ([\w-]+)\n```")
PAGES = [*chapters(), "index", "final"]
each_page = pytest.mark.parametrize(
    "page", [page if page in SAMPLED else pytest.param(page, marks=pytest.mark.sweep) for page in PAGES]
)
each_chapter = pytest.mark.parametrize("chapter", chapters())


def bank(page, kind=object):
    """Return the questions of a page of some kind."""
    return [question for question in practice.questions(page).values() if isinstance(question, kind)]


def text_of(page):
    notebook = nbformat.read(BOOK / f"{page}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


# --- what a chapter has ---------------------------------------------------------


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_each_of_its_questions_once(page):
    assert sorted(ASKED.findall(text_of(page))) == sorted(practice.questions(page))


@each_chapter
def test_a_chapter_has_enough_of_each_kind(chapter):
    count = Counter(question.kind for question in bank(chapter) if "-exercise-" not in question.name)
    assert count["choice"] >= 2
    assert count["number"] + count["formula"] >= 3
    assert count["code"] >= 1


@pytest.mark.parametrize("page", PAGES)
def test_each_live_figure_has_a_guess_and_a_goal(page):
    outputs = (BOOK / f"{page}.ipynb").read_text("utf-8")
    figures = set(re.findall(r'data-live=\\"([\w-]+)\\"', outputs)) - {"own"}
    for kind in (Guess, Goal):
        assert {question.figure().name for question in bank(page, kind)} == figures


@each_chapter
def test_each_goal_of_a_chapter_is_practised(chapter):
    promises = text_of(chapter).partition("After this chapter you can")[2].partition("\n| word")[0].count("\n- ")
    assert {question.goal for question in bank(chapter)} - {0} == set(range(1, promises + 1))


@each_chapter
def test_each_exercise_has_two_hints(chapter):
    exercises = len(re.findall(r"^\*\*\d\.\*\*", text_of(chapter), re.M))
    hints = [question for question in bank(chapter) if "-exercise-" in question.name]
    assert [question.name for question in hints] == [f"{chapter}-exercise-{n}" for n in range(1, exercises + 1)]
    assert all(len(question.hints) == 2 for question in bank(chapter))


def test_a_question_that_breaks_a_rule_is_refused():
    with pytest.raises(ValueError, match=r"has 1 hints\. Give two"):
        Number("normal-x", "?", key=1, hints=["one"])
    with pytest.raises(ValueError, match="level of normal-x is 'easy'"):
        Number("normal-x", "?", key=1, level="easy")
    with pytest.raises(ValueError, match="has not one right option"):
        Choice("normal-x", "?", options=[])
    with pytest.raises(KeyError, match=r"name is .normal-x., and no question has it\. There are normal-"):
        practice.find("normal-x")
    with pytest.raises(ValueError, match="Only code is run"):
        practice.verdict("normal-peak", "")


# --- keys and slips -------------------------------------------------------------


@each_page
def test_a_slip_is_proved_to_be_another_thing_than_the_key_and_than_the_other_slips(page):
    for question in bank(page, Formula):
        values = [question.key, *(slip.value for slip in question.slips)]
        for i, one in enumerate(values):
            for other in values[:i]:
                assert unlike(one, other), (question.name, one, other)
    for question in bank(page, Number):
        values = [float(question.key), *(float(slip.value) for slip in question.slips)]
        for i, one in enumerate(values):
            for other in values[:i]:
                assert abs(one - other) > 2 * question.tolerance * max(abs(one), abs(other)), (question.name, one)


def test_an_em_step_by_hand_has_the_keys_that_paper_gives():
    gamma = 1 / (1 + np.exp(-2))  # the points 0 and 2, as the text says: e^0 against e^(-2²/2)
    keys = [
        float(practice.find(f"em-{name}").key) for name in ("e-step", "by-hand-nk", "by-hand-mean", "by-hand-variance")
    ]
    assert keys == pytest.approx([gamma, 1, 2 * (1 - gamma), 4 * gamma * (1 - gamma)], rel=1e-12)


def test_no_key_is_typed():
    for path in Path(practice.bank.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "key":
                assert not isinstance(node.value, ast.Constant), f"{path.name}, line {node.value.lineno}"


def test_an_equal_form_is_no_slip():
    x = formulas.x
    assert not unlike((x + 1) ** 2, x**2 + 2 * x + 1)
    assert unlike((x + 1) ** 2, x**2 + 1)


@each_page
def test_what_the_right_choice_claims_is_so(page):
    for question in bank(page, Choice):
        assert question.proof is None or question.proof(), question.name


def test_a_changed_formula_changes_the_keys_and_the_verdicts(monkeypatch):
    right = typed(practice.find("normal-peak").key)
    assert results(practice.find("normal-peak"), [right]) == ["right"]
    wrong = formulas.normal_density(formulas.x, formulas.mu, 2 * formulas.var)
    monkeypatch.setattr(formulas, "normal", wrong)
    module = importlib.reload(importlib.import_module("gmm.practice.bank.normal"))
    try:
        (changed,) = [question for question in module.QUESTIONS if question.name == "normal-peak"]
        assert unlike(changed.key, practice.find("normal-peak").key)
        assert results(changed, [right, typed(changed.key)]) == ["wrong", "right"]
    finally:
        monkeypatch.undo()
        importlib.reload(module)


def test_an_edit_voids_the_answers_to_its_own_question_only():
    one = practice.find("normal-68")
    same, edited = (Number(one.name, text, key=one.key) for text in (one.text, one.text + " Round it."))
    assert same.version == one.version != edited.version
    assert Number(one.name, one.text, key=one.key + 0.1).version != one.version


@each_page
def test_in_jupyterlab_no_sentence_is_left_in_latex(page):
    for question in bank(page):
        texts = [part.source for part in pieces(question) if isinstance(part, Text)]
        for text in [*texts, answer(question) if question.kind else ""]:
            assert not re.search(r"[\\${}]|\]\(", plain(re.sub(r"```.*?```", "", text, flags=re.S))), (
                question.name,
                text,
            )


# --- figures ----------------------------------------------------------------------


def scope_at(spec, state):
    """Return what a predicate may ask for, where the figure is in a state."""
    values = {key: slider.value for key, slider in spec.sliders.items()} | state
    values = {key: int(value) if float(value).is_integer() else float(value) for key, value in values.items()}
    if spec.data is not None:
        values |= {"xs": spec.data, "N": spec.data.size}
    if spec.stepping:
        pi, mu, var = [values["pi1"], 1 - values["pi1"]], *([values[f"{n}{j}"] for j in (1, 2)] for n in ("mu", "var"))
        with warnings.catch_warnings(action="ignore"):
            path = iterate(spec.data, Mixture(pi, mu, var), tol=0, max_iter=max(1, int(values["step"]) // 2))
        now = path.mixtures[min(int(values["step"]) // 2, len(path.mixtures) - 1)]
        for j in (1, 2):
            values |= {f"pi{j}": now.weights[j - 1], f"mu{j}": now.means[j - 1], f"var{j}": now.variances[j - 1]}
    return values


def margin_at(question, state):
    """Return by how much a state meets a goal."""
    spec, predicate = question.figure(), margin(question.condition)
    scope = scope_at(spec, state)
    for name in {symbol.name for symbol in predicate.free_symbols} & spec.functions.keys():
        scope[name] = float(spec.call(name, spec.scope({key: scope[key] for key in state})))
    return float(evaluate(predicate, scope))


@each_page
def test_a_goal_has_a_state_that_meets_it_and_its_start_does_not(page):
    for question in bank(page, Goal):
        assert margin_at(question, question.state) > 0, question.name
        assert margin_at(question, {}) <= 0, question.name


@each_page
def test_what_a_guess_shows_meets_no_goal(page):
    for question in bank(page, Goal):
        for guess in bank(page, Guess):
            if guess.figure() is question.figure():
                assert not margin_at(question, guess.state) > 0, (question.name, guess.name)  # nor where it is 0/0


@each_page
def test_the_states_of_questions_lie_on_the_sliders(page):
    for question in bank(page, Goal | Guess):
        sliders = question.figure().sliders
        for key, value in question.state.items():
            assert sliders[key].low <= value <= sliders[key].high, (question.name, key)


@pytest.mark.sweep
@pytest.mark.parametrize("page", PAGES)
def test_a_search_finds_a_state_for_each_goal(page):
    for question in bank(page, Goal):
        sliders = question.figure().sliders
        low, high, step = (np.array([getattr(s, part) for s in sliders.values()]) for part in ("low", "high", "step"))
        rng = np.random.default_rng(3)

        def height(at):
            place = dict(zip(sliders, np.clip(low + np.round((at - low) / step) * step, low, high)))  # noqa: B023
            try:
                return margin_at(question, place)  # noqa: B023
            except (ValueError, ZeroDivisionError):
                return -np.inf

        best = max((rng.uniform(low, high) for _ in range(60)), key=height)
        found, width = height(best), (high - low) / 3
        for _ in range(1500):
            if found > 0:
                break
            # One slider at a time, or all, in ever smaller steps.
            move = rng.normal(size=low.size) * width * (rng.uniform(size=low.size) < 0.5)
            there = np.clip(best + move, low, high)
            if (value := height(there)) >= found:
                best, found = there, value
            width = np.maximum(width * 0.996, step)
        assert found > 0, question.name


# --- code -------------------------------------------------------------------------


@each_page
def test_the_solution_passes_and_each_planted_slip_gets_its_own_sentence(page):
    for question in bank(page, Code):
        assert told(question, question.solution)["result"] == "right"
        for i, slip in enumerate(question.slips):
            verdict = told(question, planted(question, slip))
            assert (verdict["result"], verdict["say"]) == ("slip", f"slip{i}"), (question.name, slip.old)


@each_page
def test_an_empty_answer_in_code_gets_the_first_hint_and_a_broken_one_a_sentence(page):
    for question in bank(page, Code):
        for source in ("", question.starter, "# nothing yet"):
            assert told(question, source) == {
                "result": "unread",
                "text": f"There is nothing to run yet. {plain(question.hints[0])}",
            }
        assert "cannot read line 1" in told(question, "def (")["text"]
        assert "Define a function" in told(question, "y = 1")["text"]
        stops = told(question, f"def {question.function}(*arguments):\n    return 1 / 0\n")
        assert stops["result"] == "wrong"
        assert "ZeroDivisionError" in stops["text"]


def test_code_that_is_wrong_in_its_own_way_fails_by_a_property_or_gets_a_counterexample():
    question = practice.find("em-code-e-step")
    rows = "def e_step(x, pi, mu, var):\n    return np.full((len(x), len(pi)), 0.4)\n"
    assert "Each row has to sum to one" in told(question, rows)["text"]
    even = "def e_step(x, pi, mu, var):\n    return np.full((len(x), len(pi)), 0.5)\n"
    assert "and should give" in told(question, even)["text"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("    print(x)", "log_likelihood returns nothing: end it with return."),
        ("    raise SystemExit(3)", "It stops with SystemExit: 3."),
        ("    return {}['key']", "It stops with KeyError: 'key'."),
        ("    return str(right(x, pi, mu, var))", "and should give"),
        ("    return right(x, pi, mu, var) + 1 / 3", "gives -12.2701, and should give -12.6035."),
    ],
)
def test_code_that_ends_in_an_odd_way_is_told_so(body, sentence):
    question = practice.find("likelihood-code")
    right = question.solution.replace("def log_likelihood", "def right")
    assert sentence in told(question, f"{right}\ndef log_likelihood(x, pi, mu, var):\n{body}\n")["text"]


def told(question, source):
    return json.loads(practice.verdict(question.name, source))


# --- the bug lab --------------------------------------------------------------------

SLIPS = {
    "weights left out": "weights",
    "variance for σ": "sigma",
    "densities added": "unweighted",
    "squares": "squares",
    "samples mixed": "samples",
    "old means": "old-means",
    "stop on the gain": "gain",
    "product": "product",
    "N for N_k": "by-n",
    "verdicts": "verdicts",
}


def matrix():
    """Return which invariants catch each slip, as the chapter prints it."""
    notebook = nbformat.read(BOOK / "failures.ipynb", as_version=4)
    outputs = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    found = re.findall(r"^(.+): caught by (.+)$", outputs, re.M)
    return {name: set(names.split(", ")) for name, names in found if name in SLIPS}


def test_each_slip_of_the_lab_is_caught_and_each_invariant_catches_one_that_no_other_does():
    caught = matrix()
    assert caught.keys() == SLIPS.keys()
    invariants = set().union(*caught.values())
    assert len(invariants) == 7
    for one in invariants:
        assert {one} in caught.values(), one


def test_the_questions_of_the_lab_agree_with_its_matrix():
    for name, caught in matrix().items():
        for option in practice.find(f"failures-{SLIPS[name]}").options:
            assert (option.text in caught) == option.right, (name, option.text)


def test_the_slip_of_the_question_on_cross_validated_is_computed_as_it_was_asked():
    notebook = nbformat.read(BOOK / "failures.ipynb", as_version=4)
    (printed,) = [c.outputs[0].text for c in notebook.cells if c.cell_type == "code" and "told" in c.source]
    slip, right = ([float(value) for value in line.split()] for line in printed.splitlines())
    three, start = np.array([1.0, 2.0, 3.0]), Mixture([0.5, 0.5], [1, 3], [1, 1])
    path = iterate(three, start, tol=0, max_iter=2)
    np.testing.assert_allclose(right, path.log_likelihoods, atol=6e-5)
    np.testing.assert_allclose(slip, [-4.3893, -3.6766, -6.2123], atol=0.02)  # rounded by hand there
    assert slip[2] < slip[1]


def printed(chapter):
    """Return all that the cells of a chapter print."""
    notebook = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4)
    return "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))


def test_what_questions_take_from_a_chapter_is_what_it_prints():
    (lost,) = re.findall(r"^\[.*\]$", printed("failures"), re.M)
    assert lost == "[]"  # which of the ten slips the eighth invariant catches
    unit = practice.find("engine-exercise-3").unit
    assert unit.removeprefix("observations, for ") in printed("engine")
    assert practice.find("engine-exercise-3").key == pytest.approx(1277, abs=1)


def test_a_matrix_is_read_in_a_line():
    assert plain(r"$\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$") == "[ 1, 2; 3, 4 ]"


def test_a_box_for_code_has_room_for_the_solution_and_a_question_reads_in_a_word():
    for question in practice.questions().values():
        assert question.name in repr(question) and len(repr(question)) < 80
        if isinstance(question, Code):
            shown = "".join(piece for piece in pieces(question) if isinstance(piece, str))
            rows = int(re.search(r'rows="(\d+)"', shown)[1])
            assert rows > question.solution.strip().count("\n") + 1 and rows >= 5


def test_what_follows_the_text_of_a_question_is_named():
    for kind in (Number, Formula, Choice, Goal, Guess, Code):
        for field in dataclasses.fields(kind):
            assert field.kw_only is (field.name not in ("name", "text")), (kind, field.name)


def test_only_nothing_and_the_starter_are_no_answer():
    question = next(question for question in practice.questions().values() if isinstance(question, Code))
    for nothing in ("", "# to do", question.starter, question.starter + "\n\n"):
        assert _is_empty(nothing, question)
    for something in ("a = 1", "zzz = 1", question.solution, "for ("):
        assert not _is_empty(something, question)
