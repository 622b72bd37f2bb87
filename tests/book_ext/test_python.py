"""The parts of Python that a page loads: what a script holds, and that a book without the parts has no button."""

import base64
import gzip
import json
import re

import pytest

from tests.book_ext import small
from tools.book_ext import python


@pytest.mark.parametrize("name", ["numpy.whl", "pyodide.asm.wasm"])
def test_a_script_holds_the_bytes_of_a_file(name):
    data = bytes(range(256)) * 40
    found = re.fullmatch(r'\(globalThis\.gmmFiles \?\?= \{\}\)\["(.*?)"\] = (\{.*\});\n', python.packed(name, data))
    held = json.loads(found[2])
    raw = base64.b64decode(held["text"])
    assert found[1] == name
    assert (gzip.decompress(raw) if held["packed"] else raw) == data
    assert held["packed"] == name.endswith(".wasm")


def test_the_archive_holds_the_package_and_what_runs_the_cells():
    names = python.zipfile.ZipFile(python.io.BytesIO(python.library())).namelist()
    assert {"gmm/__init__.py", "gmm/live/js/figure.js", "gmm/datasets/faithful.csv", *python.SHELL} <= set(names)
    assert python.library() == python.library()


def test_what_is_typed_is_taken_out_of_an_example():
    assert python.entered(">>> x = [1,\n...      2]\n>>> x\n[1, 2]", "gmm") == "x = [1,\n     2]\nx"


def test_an_example_brings_what_its_own_module_has():
    typed = python.entered(">>> from gmm import fit\n>>> fit(x, 2), np.pi, normal_pdf(0.0, 0.0, 1.0)", "gmm.mixture")
    assert typed.splitlines()[0] == "from gmm.mixture import normal_pdf"


def test_a_book_without_the_parts_has_no_button(tmp_path):
    small.write(tmp_path, "index", "# One", ">>> print(1)")
    assert small.built(tmp_path, "reading", "python") == 0
    html = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert "print" in html and "Run the cells here" not in html
    assert not (tmp_path / "html" / "_static" / "python").exists()
