"""What the annotations of the package promise: mypy reads them, and a run shows that they are kept."""

import subprocess
import sys
import types
import typing
from pathlib import Path

import pytest

from tests.style import uses

ROOT = Path(__file__).resolve().parents[2]
RUN = [
    use for name, use in vars(uses).items() if isinstance(use, types.FunctionType) and use.__module__ == uses.__name__
]
RUN = [use for use in RUN if use.__name__ not in ("blocks", "slips")]


def test_mypy_finds_no_contradiction():
    command = [sys.executable, "-m", "mypy"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, (
        "the package says that it is typed, so its annotations must fit its code and its use:\n"
        + told.stdout
        + told.stderr
    )


def holds(value, kind):
    """Tell whether a value is what an annotation says, and so is what a tuple or a list holds."""
    parts = [part for part in typing.get_args(kind) if part is not ...]
    if not parts:
        return isinstance(value, kind)
    return isinstance(value, typing.get_origin(kind)) and all(isinstance(part, tuple(parts)) for part in value)


@pytest.mark.parametrize("use", RUN, ids=lambda use: use.__name__)
def test_what_comes_back_is_what_was_promised(use, monkeypatch):
    def assert_type(value, kind):
        assert holds(value, kind), f"promised was {kind}, but what came back is {type(value)}"

    monkeypatch.setattr(uses, "assert_type", assert_type)
    use()
