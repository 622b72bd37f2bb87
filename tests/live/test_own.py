"""The Python half of the page for a reader's own data; tests/pages uses it in a browser."""

import inspect
import json
import re
from importlib.resources import files

import numpy as np
import pytest

from gmm import datasets, formulas, live
from gmm.engine import climb, settings
from gmm.formulas.names import identifier
from gmm.live import own
from gmm.live.own import data_sets, picture

SCRIPT = own.script()
PARTS = {path.name: path.read_text("utf-8") for path in files("gmm.live.own").iterdir() if path.name.endswith(".js")}
BY_HAND = "".join(PARTS.values())


def test_the_stored_form_is_the_same_at_every_run():
    first, second = (live.your_data()._repr_mimebundle_() for _ in range(2))
    for kind in ("text/html", "text/plain", "image/png"):
        assert first[kind] == second[kind]
    assert not re.search(r"[0-9a-f]{32}", first["text/html"])
    assert 'data-live="own"' in first["text/html"]


def test_the_state_that_the_page_embeds_is_plain_json():
    state = live.your_data().get_state(["datasets", "name", "_esm"])
    assert json.loads(json.dumps(state)) == json.loads(json.dumps(state, allow_nan=False))


def test_readers_without_javascript_get_the_picture_and_a_sentence():
    html = live.your_data()._repr_mimebundle_()["text/html"]
    assert 'role="img" aria-label="Histogram of 272 waiting times' in html
    assert "needs JavaScript" in html


def test_the_still_picture_is_the_fit_of_the_first_data_set():
    drawn = picture("own")
    x = np.array([50.0, 67.0, 80.0])
    parts = drawn.value("c1", x=x) + drawn.value("c2", x=x)
    np.testing.assert_allclose(drawn.value("f", x=x), parts, rtol=1e-12)
    assert drawn.value("mu1") == pytest.approx(54.615, abs=1e-3)


def test_every_printed_function_is_called():
    for name in own.printed():
        called = re.sub(r"^(total|mixture)[1-5]$", r"\1s", name)
        assert re.search(rf"\b{called}[(\[]", BY_HAND), name


def test_no_mathematics_and_no_threshold_of_the_engine_is_written_by_hand():
    assert "Math.PI" not in BY_HAND and "Math.exp(-" not in BY_HAND
    assert identifier(formulas.log_terms) == "ells" and identifier(formulas.counts) == "ws"
    fitting = PARTS["fitting.js"]
    asked = set(re.findall(r"\bsettings\.(\w+)", fitting))
    assert asked == set(own.thresholds()) and len(asked) > 40
    for name in asked - {"MAX_ITER"}:
        np.testing.assert_array_equal(own.thresholds()[name], getattr(settings, name))
    # Broken numbers stand in Jacobi's method only, and where climb.py has the same.
    code = re.sub(r"/\*\*(?:.|\n)*?\*/|//.*", "", fitting)
    jacobi = re.search(r"function eigen(?:.|\n)*?\n}\n", code)[0]
    assert re.findall(r"\d\.\d+|\de[-\d]+", code.replace(jacobi, "")) == ["0.9"]
    assert "0.9 * least" in inspect.getsource(climb)


def test_the_module_needs_no_eval():
    assert not re.search(r"\bnew Function\b|\beval\b|\bimport\(", SCRIPT)


def test_the_script_asks_no_host_and_stores_nothing():
    for word in (
        "fetch",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "EventSource",
        "localStorage",
        "indexedDB",
        "cookie",
    ):
        assert not re.search(rf"\b{word}\b", SCRIPT), word
    assert set(re.findall(r"https?://[^\"\s]+", SCRIPT)) == {"http://www.w3.org/2000/svg"}


def test_the_data_sets_are_those_of_the_book():
    columns = {}
    for entry in data_sets():
        _, *lines = entry["text"].splitlines()
        columns[entry["name"]] = np.array([line.split(",") for line in lines], dtype=float)
    np.testing.assert_array_equal(columns["faithful"][:, 1], datasets.faithful().waiting)
    np.testing.assert_array_equal(columns["faithful"][:, 0], datasets.faithful().eruptions)
    np.testing.assert_array_equal(columns["galaxies"][:, 0], datasets.galaxies().velocity)
    np.testing.assert_array_equal(columns["crabs"].T, [datasets.crabs().ratio, datasets.crabs().count])
