"""A page holds what its links to equations, words and sources on other pages lead to."""

import re

from tests.book_ext import small
from tools.book_ext import previews

OTHER = """
<div class="math" id="equation-eq-a"><div class="formula"><span id="x">a<annotation>\\a</annotation></span></div><span
class="eqno">(1)</span></div>
<div class="math" id="equation-eq-b"><div class="formula"><span>b</span></div><span class="eqno">(2)</span></div>
<dl><dt id="term-mode">mode<a class="headerlink" href="#term-mode">#</a></dt><dt id="term-bump">bump</dt>
<dd><p>A place that is high <a class="reference internal" href="one.html#equation-eq-c">(3)</a>.</p></dd>
<dt id="term-cell">cell</dt><dd><p>An interval.</p></dd></dl>
<div class="citation" id="id3" role="doc-biblioentry"><span class="label">[1]</span><p>A <em>book</em>, 1977.</p></div>
"""


def test_equations_words_and_sources_are_found_without_ids_and_links():
    assert previews.definitions("other.html", OTHER.replace("<span\nclass", "<span class")) == {
        "other.html#equation-eq-a": '<div class="formula"><span>a</span></div>',
        "other.html#equation-eq-b": '<div class="formula"><span>b</span></div>',
        "other.html#term-mode": "<p>A place that is high (3).</p>",
        "other.html#term-bump": "<p>A place that is high (3).</p>",
        "other.html#term-cell": "<p>An interval.</p>",
        "other.html#id3": "<p>A <em>book</em>, 1977.</p>",
    }


def test_a_page_holds_each_definition_that_it_refers_to_once():
    link = '<a class="reference internal" href="{}">…</a>'
    addresses = ["other.html#b", "other.html#a", "other.html#b", "#a", "other.html#unknown", "other.html"]
    held = previews.template("".join(map(link.format, addresses)), {"other.html#a": "A", "other.html#b": "B"})
    assert re.findall(r'<div data-at="([^"]*)">(.*?)</div>', held) == [("other.html#b", "B"), ("other.html#a", "A")]
    assert previews.template(link.format("#a"), {"other.html#a": "A"}) == ""


def test_the_pages_of_a_site_hold_them_and_load_the_script(tmp_path):
    glossary = "# Words\n\n```{glossary}\nmode\n  A place that is *high*.\n```"
    small.write(tmp_path, "index", "# Front\n\nSee {term}`mode`.\n\n```{toctree}\n:hidden:\n\nwords\n```")
    small.write(tmp_path, "words", glossary)
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / previews.SCRIPT).write_text("// the script", "utf-8")
    assert small.built(tmp_path, "previews") == 0
    html = (tmp_path / "html" / "index.html").read_text("utf-8")
    assert '<div data-at="words.html#term-mode"><p>A place that is <em>high</em>.</p></div>' in html
    assert html.index("</template>") < html.index("</body>")
    assert f"_static/{previews.SCRIPT}" in html
    assert "<template" not in (tmp_path / "html" / "words.html").read_text("utf-8")
