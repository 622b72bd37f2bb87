"""The build warns of what a reader would stumble over, and a warning fails it."""

import pytest
from sphinx.cmd import build

from tests.book_ext import small
from tools.book_ext import proofread

SOUND = {
    "index.html": """
        <main id="top">
          <a href="#top">Up</a> <a href="deep.html#equation-eq-nk">(1)</a> <a href="deep.html#fig-a">Fig. 1</a>
          <a href="https://example.org/x#y">out</a>
          <div data-live="em"></div> <a href="#live=em&amp;mu1=70">both at 70</a>
          <img src="logo.svg" alt=""> <img src="_images/a.png" alt="Two hills of waiting times">
          <svg aria-label="The density has two hills"><path d="M0 0"/></svg> <span aria-hidden="true"><svg></svg></span>
          <script src="page.js?v=1"></script>
        </main>""",
    "deep.html": """
        <div id="equation-eq-nk">N <a class="headerlink" href="#equation-eq-nk">#</a></div>
        <figure id="fig-a"></figure>""",
}
FILES = {"logo.svg", "_images/a.png", "page.js"}


def found(pages):
    return list(proofread.faults(pages, FILES.__contains__))


def test_sound_pages_have_no_fault():
    assert found(SOUND) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("#live=em", "#live=me", "the words for #live=me&mu1=70 set a figure that is not on that page"),
        ('"#top">', '"#bottom">', "the link to #bottom leads to no place on that page"),
        ("deep.html#equation", "high.html#equation", "the link to high.html#equation-eq-nk leads to no file"),
        ("page.js", "gone.js", "the link to gone.js?v=1 leads to no file"),
        (' alt=""', "", "the picture logo.svg has no alternative text"),
        ("Two hills of waiting times", "", "the picture _images/a.png has no alternative text"),
        ("Two hills of waiting times", "a figure", "the picture _images/a.png has no alternative text"),
        (' aria-label="The density has two hills"', "", "the picture svg has no alternative text"),
        ("<span aria-hidden", "<span data-hidden", "the picture svg has no alternative text"),
        ('<a href="#top">', '<a id="top" href="#top">', "the id top is given 2 times"),
        ("deep.html#equation-eq-nk", "deep.html#fig-a", "nothing refers to equation-eq-nk"),
        ("deep.html#fig-a", "deep.html#equation-eq-nk", "nothing refers to fig-a"),
    ],
)
def test_each_fault_is_found(old, new, fault):
    assert SOUND["index.html"].count(old) == 1
    faults = [sentence for _, sentence in found({**SOUND, "index.html": SOUND["index.html"].replace(old, new)})]
    assert any(sentence.startswith(fault) for sentence in faults), faults


def test_a_permalink_is_no_reference():
    lonely = {"deep.html": SOUND["deep.html"]}
    assert ("deep.html", "nothing refers to equation-eq-nk") in found(lonely)


@pytest.mark.parametrize(("picture", "status"), [("<img src='gone.png'>", 1), ("", 0)])
def test_a_fault_in_a_finished_page_fails_the_build(tmp_path, capsys, picture, status):
    (tmp_path / "conf.py").write_text("extensions = ['tools.book_ext.proofread']\nhtml_theme = 'basic'\n", "utf-8")
    (tmp_path / "index.rst").write_text(f"Title\n=====\n\n.. raw:: html\n\n   <p>{picture}</p>\n", "utf-8")
    assert build.main(["-q", "-W", "--keep-going", str(tmp_path), str(tmp_path / "html")]) == status
    told = capsys.readouterr().err
    assert ("index.html: the link to gone.png leads to no file" in told) == bool(picture)
    assert ("index.html: the picture gone.png has no alternative text" in told) == bool(picture)


@pytest.mark.parametrize(
    ("latex", "found"),
    [
        ("x = 1", None),
        (r"\begin{aligned} x &= 1 \\ y &= 2 \end{aligned}", None),
        (r"f = \begin{cases} \begin{matrix} 1 & 2 \\ 3 & 4 \end{matrix} & x \\ 0 & y \end{cases}", None),
        (r"\sum_{\substack{i \\ j}} 5\,\%\&", None),
        ("\nx &= 1", ("&", 1)),
        ("x = 1 \\\\\ny = 2", (r"\\", 0)),
        ("\\begin{aligned}\n x &= 1\n\\end{aligned}\n & 2", ("&", 3)),
    ],
)
def test_a_line_or_a_column_ends_in_an_environment_only(latex, found):
    assert proofread.astray(latex) == found


def test_a_formula_with_a_bare_column_fails_the_build_and_is_named_by_cell_and_line(tmp_path):
    small.write(tmp_path, "index", "# Front", "One.\n\n$$\nx = 1\n+ y &= 2\n$$")
    assert small.built(tmp_path, "proofread", "gather", strict=True) == 1
    told = (tmp_path / "warnings.txt").read_text("utf-8").splitlines()
    assert told[1].startswith("  cell 2, line 5: a formula has & outside an environment")
    assert told[2] == "    > + y &= 2"
