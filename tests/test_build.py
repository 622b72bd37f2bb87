"""The site is replaced when a new one is good, and a draft stands beside it."""

import pytest

from tools import build, contents


@pytest.fixture
def site(tmp_path, monkeypatch):
    """Replace the making of pages, and return a function that builds and one that reads what a reader would find."""
    monkeypatch.setattr(build, "BUILD", tmp_path)
    monkeypatch.setattr(build, "execute", lambda names: None)

    def run(text, *options, good=True):
        def make(folder, *, strict):
            (folder / "html").mkdir(parents=True, exist_ok=True)
            (folder / "html" / "index.html").write_text(text, "utf-8")
            return good

        monkeypatch.setattr(build, "make", make)
        build.main(*options)

    return run, lambda name="html": (tmp_path / name / "index.html").read_text("utf-8")


def test_a_good_site_replaces_the_last(site):
    run, read = site
    run("one")
    run("two")
    assert read() == "two"


def test_a_failure_leaves_the_last_good_site(site):
    run, read = site
    run("one")
    with pytest.raises(SystemExit, match="the last good one"):
        run("two", good=False)
    assert read() == "one"


def test_a_draft_stands_beside_the_site(site):
    run, read = site
    run("one")
    run("draft", "--draft")
    assert (read(), read("draft/html")) == ("one", "draft")


def test_the_contents_name_pages_in_order_and_chapters_by_their_numbers(tmp_path):
    toc = tmp_path / "_toc.yml"
    parts = "[{chapters: [{file: words}]}, {numbered: 1, chapters: [{file: a, sections: [{file: b}]}]}]"
    toc.write_text(f"root: index\nparts: {parts}\n", "utf-8")
    assert contents.pages(toc) == ["index", "words", "a", "b"]
    assert contents.chapters(toc) == ["a", "b"]
