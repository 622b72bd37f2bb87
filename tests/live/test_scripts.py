"""The parts of the figures' scripts that know no document, in Node."""

import re
from pathlib import Path

import numpy as np
import pytest

import gmm
from gmm import Mixture, datasets, e_step, log_likelihood, m_step
from gmm.live import gallery
from tests.live.scripts import run
from tools.contents import BOOK

WAITING = datasets.faithful().waiting
START = Mixture([0.5, 0.5], [50.0, 60.0], [100.0, 100.0])


# rjsmin, which packs the scripts of the site, would take the spaces out of the inner one.
NESTED = re.compile(r"`[^`]*\$\{[^}`]*`")


def test_no_template_stands_in_another():
    for path in [*Path(gmm.__file__).parent.rglob("*.js"), *BOOK.rglob("*.js")]:
        assert NESTED.findall(path.read_text("utf-8")) == [], path.name
    assert NESTED.search("`a${b ? ` (c; d)` : 0}`")


def test_numbers_are_written_for_readers():
    program = """[
      [shown(-0.04, 1), shown(-1.25, 2), shown(NaN, 2)],
      [power(1.2e-9), power(-3.04e12)],
      [brief(0), brief(12.345), brief(-0.5), brief(123456), brief(0.00012), brief(1999.6)],
    ]"""
    assert run("js/numbers.js", program) == [
        ["0.0", "−1.25", "–"],
        ["1.2·10⁻⁹", "−3.0·10¹²"],
        ["0.00", "12.3", "−0.500", "1.2·10⁵", "1.2·10⁻⁴", "2000"],
    ]


def test_a_sentence_is_filled_with_values_of_functions_and_parameters():
    program = """["{a}", "{a:1} and {twice:0}", "{small:2e}", "{small:2}", "{none:2e}"].map(
      (text) => filled(text, { twice: ({ a }) => 2 * a }, { a: 1.23456, small: 1e-7, none: 0 }))"""
    assert run("js/numbers.js", program) == ["1.235", "1.2 and 2", "1.0·10⁻⁷", "0.00", "0.00"]


def test_a_value_goes_to_the_nearest_that_a_slider_can_be_set_to():
    program = "[-9, 0.123, 0.126, 0.99, 7].map((value) => stepped({ min: 0.01, max: 0.985, step: 0.05 }, value))"
    assert run("js/numbers.js", program) == [0.01, 0.11, 0.11, 0.985, 0.985]


@pytest.mark.parametrize(("low", "high", "most"), [(0, 0.4, 8), (-7, 8, 12), (-1387, -1034, 5), (1e9, 1e9 + 4, 9)])
def test_ticks_are_few_even_and_round(low, high, most):
    found = run("js/numbers.js", f"ticks({low}, {high}, {most})")
    values, step = np.array(found["values"]), found["step"]
    assert 1 <= len(values) <= most + 1
    np.testing.assert_allclose(np.diff(values), step, rtol=1e-6)
    assert values[0] >= low - 1e-9 * abs(step) and values[-1] <= high + 1e-9 * abs(step)
    assert f"{step:.0e}"[0] in "125" and float(f"{step:.{found['digits']}f}") == step


def test_the_zeros_of_a_curve_are_found_once_each_though_a_point_lies_on_one():
    curves = [
        [[0, -2], [1, 2], [2, 1], [3, -1]],
        [[0, 1], [1, 0], [2, -1]],
        [[0, -1], [1, 0], [2, 1]],
        [[0, 1], [1, 2]],
    ]
    assert run("js/numbers.js", "curves.map(zeros)", curves=curves) == [[0.5, 2.5], [1], [1], []]


def test_three_panels_of_different_axes_stand_side_by_side_and_one_that_belongs_below_does_not():
    specs = [{"x": [0, k], "square": False, "height": 1} for k in (1, 2, 3)]
    program = "[boxes(specs, 810), boxes(specs, 320), boxes([specs[0], { ...specs[1], below: true }], 810)]"
    beside, narrow, below = run("js/plot.js", program, specs=specs)
    assert beside == [[0, 0, 270, 280], [270, 0, 270, 280], [540, 0, 270, 280]]
    assert [left for left, *_ in narrow] == [0, 0, 0] and sum(high for *_, high in narrow) == 402
    assert [left for left, *_ in below] == [0, 0]


def test_ticks_end_where_a_step_is_lost_in_rounding():
    assert len(run("js/numbers.js", "ticks(1e16, 1e16 + 4, 9).values")) <= 50


def test_panels_stand_side_by_side_where_they_share_no_axis_and_there_is_room():
    specs = [
        {"x": [40, 100], "square": False, "height": 1},
        {"x": [40, 100], "square": False, "height": 0.5},
        {"x": [0, 9], "square": False, "height": 1},
        {"x": [0, 9], "square": True, "height": 1},
    ]
    program = """[[0], [3], [0, 1], [0, 2], [0, 3]].map((some) => [320, 800].map(
      (width) => boxes(some.map((i) => specs[i]), width)))"""
    one, alone, stacked, beside, squared = run("js/plot.js", program, specs=specs)
    assert one == [[[0, 0, 320, 220]], [[0, 0, 800, 280]]]
    assert alone == [[[0, 0, 320, 298]], [[0, 0, 800, 380]]]
    for narrow, _ in (stacked, squared, beside):
        assert [left for left, *_ in narrow] == [0, 0]
        assert narrow[1][1] == narrow[0][3]  # the second begins where the first ends
        assert all(width == 320 for *_, width, _ in narrow)
    assert [left for left, *_ in stacked[1]] == [0, 0]
    assert beside[1] == [[0, 0, 400, 280], [400, 0, 400, 280]]
    first, second = squared[1]
    assert first[2] + second[2] == 800 and second[0] == first[2] and first[3] == second[3] == 280


def test_a_ring_goes_to_the_nearest_place_that_its_parameters_reach():
    program = """(() => {
      const where = ({ a, b }) => [10 * a, 5 * a + 100 * b], sets = ["a", "b"], start = { a: 2, b: 0.5, other: 1 };
      const choices = [choicesOf({ min: 0, max: 4, step: 0.5 }, 2), choicesOf({ min: 0, max: 1, step: 0.1 }, 0.5)];
      const targets = [[20, 60], [24, 60], [-99, -99], [33, 101]];
      return [choices, targets.map((target) => nearest(where, target, start, sets, choices))];
    })()"""
    choices, found = run("js/ring.js", program)
    assert choices[0] == [2, 2, 1.5, 2.5, 1, 3, 0.5, 3.5, 0, 4]
    assert sorted(set(choices[1])) == pytest.approx([i / 10 for i in range(11)])
    assert found[0] == {"a": 2, "b": 0.5}
    assert found[1] == {"a": 2.5, "b": 0.5}
    assert found[2] == {"a": 0, "b": 0}
    assert found[3]["a"] == pytest.approx(3.5, abs=0.5)
    assert np.hypot(10 * found[3]["a"] - 33, 5 * found[3]["a"] + 100 * found[3]["b"] - 101) <= 6


def path(start, program):
    """Return what a program makes of EM's path on the waits, by the functions of the figure."""
    figure = gallery.em(WAITING, start)
    pi, mu, var = start
    theta = {f"{name}{k + 1}": float(row[k]) for name, row in zip(("pi", "mu", "var"), (pi, mu, var)) for k in (0, 1)}
    given = {"functions": figure.printed(), "xs": WAITING.tolist(), "theta": theta}
    return run("js/printed.js js/em.js", f"((path) => {program})(new Path(compile(functions), xs, 2, theta))", **given)


def test_the_steps_of_em_are_those_of_the_package():
    expected, heights = START, []
    for _ in range(6):
        heights.append(log_likelihood(WAITING, expected))
        expected = m_step(WAITING, e_step(WAITING, expected))
    found = path(START, "path.seen(12)")
    for name, row in zip(("pi", "mu", "var"), expected):
        np.testing.assert_allclose([found[f"{name}1"], found[f"{name}2"]], row, rtol=1e-10)
    np.testing.assert_allclose(found["trace"][:6], heights, rtol=1e-12)
    assert found["iteration"] == 6 and found["reached"] == 12


def test_between_two_m_steps_the_data_have_their_responsibilities():
    start, coloured = path(START, "[path.seen(0), path.seen(1)]")
    assert start["gamma"] is None and start["shares"][0] == [1, 0, 0]
    np.testing.assert_allclose(coloured["gamma"], START.responsibilities(WAITING), rtol=1e-10)
    assert coloured["shares"][0] == [0, *coloured["gamma"][0]]
    assert coloured["iteration"] == 0 and coloured["mu1"] == 50


def test_playing_takes_longer_strides_and_stops_where_em_has_converged():
    strides = path(START, "[0, 7, 8, 23, 24].map((s) => path.after(s, 400) - s)")
    converged = path(START, "(path.at(400), path.converged)")
    assert strides == [1, 1, 2, 2, 4]
    assert path(START, f"(path.at(400), path.after({2 * converged - 1}, 400))") == 2 * converged
    assert path(START, "path.after(30, 31)") == 31


def test_a_component_on_one_value_ends_the_path_and_equal_ones_are_no_end():
    needle = Mixture([0.5, 0.5], [43.0, 70.0], [1e-9, 100.0])
    collapsed, last = path(needle, "(path.at(60), [path.collapsed, path.seen(60).reached])")
    assert collapsed == 1 and last < 60
    equal = Mixture([0.5, 0.5], [70.0, 70.0], [100.0, 100.0])
    assert path(equal, "(path.at(40), path.converged ?? null)") is None


def test_numbers_of_any_scale_have_words_and_ticks():
    program = """[
      [located(54.614851, 5.871), located(1234567.8, 1e-9), located(0, 1)],
      [digits(1234.5678), digits(-0.00001234), digits(NaN), even(2, 3), fixed(-0.001, 2)],
      across([1e9, 1e9 + 3], 400).map(([, text]) => text), upward([0, 0.04], 240).map(([, text]) => text),
    ]"""
    where, plain, wide, up = run("own/words.js", program)
    assert where == ["54.615", "1234567.8000000000", "0.000"]
    assert plain == ["1234.6", "−0.00001234", "–", "2.00", "0.00"]
    assert len(set(wide)) == len(wide) >= 2
    assert up == ["0.00", "0.01", "0.02", "0.03", "0.04"]


def test_the_bars_of_a_histogram_have_area_one_and_follow_the_steps_of_the_data():
    values, counts = [1, 2, 3, 4, 7], [2, 3, 1, 1, 3]
    data = {"values": values, "ws": counts, "total": 10, "resolution": 1}
    found = run("own/words.js", "histogram(data)", data=data)
    assert found["from"] == 0.5 and found["width"] == 1
    np.testing.assert_allclose(found["bars"], [0.2, 0.3, 0.1, 0.1, 0, 0, 0.3])


def test_what_is_saved_holds_every_observation_and_every_fit():
    data = {"name": "=x", "x": [3, 1, 2], "w": [1, 1, 2], "total": 4, "values": [1, 2, 3], "median": 2, "scale": 1}
    fit = {"K": 1, "pi": [1], "mu": [2], "va": [0.5], "nk": [4], "logL": -4.5, "aic": 13, "bic": 12, "converged": True}
    fit["inner"] = {"pi": [1], "mu": [0], "va": [0.5]}
    json = "JSON.parse(parametersJson(data, [null, fit, { failed: 'no' }], fit))"
    program = f"[membershipsCsv(data, fit), parametersCsv(fit), {json}]"
    members, table, record = run("own/saving.js", program, data=data, fit=fit)
    assert members == "n,'=x,count,gamma_1,component\n1,3,1,1,1\n2,1,1,1,1\n3,2,2,1,1\n"
    assert table.splitlines()[1] == f"1,1,2,{0.5**0.5},0.5,4"
    assert record["n_observations"] == 4 and record["comparison"] == [
        {"K": 1, "log_likelihood": -4.5, "aic": 13, "bic": 12}
    ]


def test_a_typed_text_is_a_number_within_the_slider_or_a_sentence():
    program = "texts.map((text) => typed(text, { min: -4, max: 5, digits: 2, label: 'μ₁' }))"
    texts = ["2.5", " −3 ", "–1", "0,75", "1e0", "-4", "5", "", "a", "1.2.3", "1,000.5", "5.01", "-Infinity", "0x10"]
    found = run("js/formula.js", program, texts=texts)
    assert [told["value"] for told in found[:7]] == [2.5, -3, -1, 0.75, 1, -4, 5]
    assert [told["trouble"] for told in found[7:11]] == [
        f"“{text}” is not a number. Type one from −4.00 to 5.00." for text in ("", "a", "1.2.3", "1,000.5")
    ]
    assert found[11]["trouble"] == "μ₁ goes from −4.00 to 5.00. Type a number between them."
    assert [told["trouble"][:20] for told in found[12:]] == ["“-Infinity” is not a", "“0x10” is not a numb"]


def test_keys_step_a_number_as_they_step_a_slider():
    keys = ["ArrowLeft", "ArrowDown", "ArrowRight", "ArrowUp", "PageDown", "PageUp", "Home", "End", "a", "Tab"]
    program = "keys.map((key) => [false, true].map((shiftKey) => pressed({ key, shiftKey }, bounds, 1) ?? null))"
    found = run("js/formula.js", program, keys=keys, bounds={"min": -9, "max": 9, "step": 0.5})
    assert found[:4] == [[0.5, -4]] * 2 + [[1.5, 6]] * 2
    assert found[4:] == [[-4, -4], [6, 6], [-9, -9], [9, 9], [None, None], [None, None]]


def test_the_nearest_curve_is_meant_if_it_is_near():
    program = """places.map((at) => nearestCurve([(x) => 100, (x) => 20 * (x - 50), (x) => NaN], at))"""
    places = [[10, 95], [10, 105], [10, 80], [52, 45], [53, 20], [54.5, 99], [90, 400]]
    assert run("js/terms.js", program, places=places) == [0, 0, -1, 1, 1, 0, -1]
