"""A page's script of figures holds what its figures ask for, and nothing of the rest."""

import pytest
from rjsmin import jsmin

from gmm.live.modules import module
from tests.live.scripts import run
from tools.book_ext.widgets import PARTS, script

# A line that stands in one part alone.
MARKS = {
    "drops": "gmm-pile",
    "formula": "gmm-typed",
    "maps": "gmm-contour",
    "moves": '"Moves"',
    "stepper": "gmm-transport",
}


def spec(*asked):
    layers = [{"kind": kind} for kind in asked]
    return {"panels": [{"layers": layers}], **{name: ["one"] for name in asked if name in PARTS or name == "stepping"}}


def test_figures_that_ask_for_everything_have_the_whole_module():
    asked = set.union(*(asked for _, asked in PARTS.values()))
    assert jsmin(script([spec(*asked)])) == jsmin(module("js/figure.js"))


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_there_for_any_figure_that_asks_for_it(part):
    for asked in PARTS[part][1]:
        text = script([spec("curve"), spec(asked)])
        assert {name for name, mark in MARKS.items() if mark in text} == {part}


@pytest.mark.parametrize("part", ["drops", "maps"])
def test_each_kind_of_layer_of_a_part_asks_for_it(part):
    name, asked = PARTS[part]
    assert set(run(f"js/{part}.js", f"Object.keys({name})")) == asked
