"""A release: the same files make the same bytes, and what it says of itself is what the schemas ask for."""

import hashlib
import json
import re
import subprocess
import sys
import zipfile

import pytest
import yaml

import gmm
from kit import release
from tools.contents import ROOT


@pytest.fixture
def build(tmp_path, monkeypatch):
    """A folder of a build with a page in each part."""
    for name in (*release.MADE, *release.TEACHERS):
        (tmp_path / name).mkdir()
        (tmp_path / name / "page.html").write_text(f"the {name}")
    (tmp_path / "html" / "_sources").mkdir()
    (tmp_path / "html" / "_sources" / "book-1-py3-none-any.whl").write_bytes(b"wheel")
    monkeypatch.setattr(release, "BUILD", tmp_path)
    monkeypatch.setattr(release, "RELEASE", tmp_path / "release")
    return tmp_path


def held(path):
    with zipfile.ZipFile(path) as archive:
        return set(archive.namelist())


def test_a_release_has_every_part_and_right_checksums(build):
    folder = release.release()
    names = {path.name for path in folder.iterdir()}
    parts = {
        f"gaussian-mixture-{part}-{gmm.__version__}.zip"
        for part in ("html", "slides", "student", "offline", "teachers")
    }
    assert parts | {"book-1-py3-none-any.whl", "CHANGES.md", "SHA256SUMS"} == names
    for line in (folder / "SHA256SUMS").read_text().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256
        names.remove(name)
    assert names == {"SHA256SUMS"}


def test_what_is_for_teachers_is_in_their_zip_alone(build):
    folder = release.release()
    for path in folder.glob("*.zip"):
        has = {name.split("/")[0] for name in held(path)} & set(release.TEACHERS)
        assert has == (set(release.TEACHERS) if "teachers" in path.name else set())


def test_the_same_files_make_the_same_bytes(build):
    first = release.site(build / "one.zip").read_bytes()
    (build / "html" / "page.html").touch()
    assert release.site(build / "two.zip").read_bytes() == first


def test_the_zip_for_a_learning_system_leads_to_both_parts_by_relative_links(build):
    names = held(release.site(build / "one.zip"))
    links = re.findall(r'href="([^"]+)"', release.FRONT)
    assert {link.split("/")[0] for link in links} == {"html", "slides"} and "index.html" in names


def test_a_part_that_is_not_built_is_named_with_its_command(build):
    (build / "slides" / "page.html").unlink()
    (build / "slides").rmdir()
    with pytest.raises(FileNotFoundError, match=r"slides is not built\. Make it first: make slides"):
        release.release()


def test_changes_are_told_by_cells():
    def page(**cells):
        return json.dumps({"cells": [{"id": key, "source": [text]} for key, text in cells.items()]})

    assert release.difference("", page(a="x")) == "new"
    assert release.difference(page(a="x"), page(a="x")) == ""
    assert (
        release.difference(page(a="x", b="y"), page(a="z", c="w", d="v"))
        == "1 cells changed, 2 cells added, 1 cells removed"
    )


def test_what_changed_since_a_commit_names_its_pages():
    told = release.changes("HEAD")
    assert told.startswith("# What changed, page by page, since HEAD")
    assert "- em: new" in release.changes("")


def valid(schema, *paths):
    """Validate files against a schema that the checker brings along."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_the_workflows_are_what_the_schema_asks_for(tmp_path):
    told = valid("github-workflows", *sorted((ROOT / ".github" / "workflows").glob("*.yml")))
    assert told.returncode == 0, told.stdout
    (tmp_path / "wrong.yml").write_text("on: push\njobs: {one: {runs-on: x, stops: []}}")
    assert valid("github-workflows", tmp_path / "wrong.yml").returncode


def test_the_weekly_workflow_opens_an_issue_when_something_fails():
    made = yaml.safe_load((ROOT / ".github" / "workflows" / "newest.yml").read_text("utf-8"))
    assert made[True]["schedule"][0]["cron"].split()[2:4] == ["*", "*"] and made[True]["schedule"][0]["cron"][-1] != "*"
    (failing,) = [step for step in made["jobs"]["newest"]["steps"] if step.get("if") == "failure()"]
    assert "gh issue create" in failing["run"] and made["permissions"]["issues"] == "write"


def test_citation_and_deposit_say_the_same():
    told = valid("citation-file-format", ROOT / "CITATION.cff")
    assert told.returncode == 0, told.stdout
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    deposit = json.loads((ROOT / ".zenodo.json").read_text("utf-8"))
    assert cited["title"] == deposit["title"] and cited["keywords"] == deposit["keywords"]
    assert [one["name"] for one in cited["authors"]] == [one["name"] for one in deposit["creators"]]
    assert deposit["license"] in cited["license"] and cited["version"] == gmm.__version__
    assert {"abstract", "date-released", "preferred-citation", "license"} <= cited.keys()
