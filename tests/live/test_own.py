"""The Python half of the page for a reader's own data; tests/pages uses it in a browser."""

import json
import re

import numpy as np
import pytest

from gmm import datasets, formulas, live
from gmm.formulas.names import identifier
from gmm.live.own import OwnData, data_sets, picture

SCRIPT = OwnData._esm


def test_the_stored_form_is_the_same_at_every_run():
    first, second = (live.your_data()._repr_mimebundle_() for _ in range(2))
    for kind in ("text/html", "text/plain", "image/png"):
        assert first[kind] == second[kind]
    assert not re.search(r"[0-9a-f]{32}", first["text/html"])
    assert 'data-live="own"' in first["text/html"]


def test_the_state_that_the_page_embeds_is_plain_json():
    state = live.your_data().get_state(["functions", "datasets", "name"])
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


def test_every_function_that_the_script_calls_is_printed():
    printed = set(live.your_data().functions)
    called = set(re.findall(r"this\.call\.(\w+)\(", SCRIPT))
    called |= set(re.findall(r'named\(printed, "(\w+)"\)', SCRIPT)) | {"term", "posterior", "component"}
    called |= {f"{name}{k}" for name in ("total", "mixture") for k in range(1, 6)}
    called |= set(re.findall(r'"(\w+)"', re.search(r"for \(const name of (\[.*?\])", SCRIPT)[1]))
    assert called == printed


def test_no_density_is_written_by_hand_in_the_script():
    assert "Math.PI" not in SCRIPT
    assert identifier(formulas.log_terms) == "ells" and identifier(formulas.counts) == "ws"


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
