"""What runs Python in the pages is fetched once, from the first place that has it, and refused with another hash."""

import hashlib
import json

import pytest

from tools import build, parts

DATA = b"a package"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A cache with Pyodide in it, whose lock file wants one package, and without that package."""
    home = tmp_path / "node_modules" / "pyodide"
    home.mkdir(parents=True)
    entry = {"file_name": "one.whl", "sha256": hashlib.sha256(DATA).hexdigest(), "depends": [], "imports": ["one"]}
    (home / "pyodide-lock.json").write_text(json.dumps({"packages": {"one": entry, "other": entry}}))
    (home / "package.json").write_text('{"version": "1.2"}')
    (home / "pyodide.mjs").write_text("const at = `https://127.0.0.1:9/v${U}/full/`;")
    monkeypatch.setattr(parts, "PACKAGES", ("one",))
    monkeypatch.setattr(parts, "cache", lambda: tmp_path)
    return tmp_path


def put(data):
    """Return a source that has these bytes for every file."""

    def source(folder, wanted):
        for name, sha256 in wanted.items():
            parts.keep(folder / "wheels", name, data, sha256)

    return source


def refuse(folder, wanted):
    raise parts.MissingError("nobody answers")


def test_where_one_source_fails_the_next_is_asked(folder, monkeypatch):
    monkeypatch.setattr(parts, "from_carrier", put(DATA))
    assert parts.fetch() == folder
    assert (folder / "wheels" / "one.whl").read_bytes() == DATA
    monkeypatch.setattr(parts, "from_home", refuse)
    monkeypatch.setattr(parts, "from_carrier", refuse)
    assert parts.fetch() == folder  # it is there now


def test_a_file_with_another_hash_is_refused_wherever_it_comes_from(folder, monkeypatch):
    monkeypatch.setattr(parts, "from_carrier", put(b"something else"))
    with pytest.raises(parts.MissingError, match="another sha256"):
        parts.fetch()
    assert list(folder.rglob("*.whl")) == []


def test_a_file_that_was_damaged_in_the_cache_is_fetched_anew(folder, monkeypatch):
    (folder / "wheels").mkdir()
    (folder / "wheels" / "one.whl").write_bytes(b"damaged")
    monkeypatch.setattr(parts, "from_home", put(DATA))
    parts.fetch()
    assert (folder / "wheels" / "one.whl").read_bytes() == DATA


def test_the_address_is_the_one_that_pyodide_names(folder):
    with pytest.raises(parts.MissingError, match=r"one\.whl cannot be fetched"):
        parts.from_home(folder, {"one.whl": "0" * 64})


def test_without_the_parts_the_book_is_built_and_says_so_in_a_line(folder, monkeypatch, capsys):
    monkeypatch.setattr(parts, "from_home", refuse)
    monkeypatch.setattr(parts, "from_carrier", refuse)
    assert build.python_parts() == ""
    told = capsys.readouterr().out.splitlines()
    assert told[-1] == "The pages get no button that runs their cells: nobody answers. With a network: make parts"
