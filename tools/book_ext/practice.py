"""Put the questions of the bank into the pages: as forms, with a folded answer where no script runs.

On paper the answers stand at the end of the page.

A cell of text asks with ``{question} name``. The texts of the question are read as if they stood in that
place, so their formulas are typeset and their references lead somewhere. What judges the answers is a
script: `practice.js`, and for each page its keys and slips as the functions that SymPy printed.
``{review}`` lists every question of the book.
"""

import json
import re
from html import escape
from pathlib import Path

from docutils import nodes
from rjsmin import jsmin
from sphinx.util.docutils import SphinxDirective

from gmm import practice
from gmm.practice.form import NORMAL, joined, pieces, script
from gmm.practice.question import Hints
from gmm.practice.words import plain

from .widgets import callable_of

EXPORT = re.compile(r"^export (?!default)", re.M)
PROMISE = "After this chapter you can"
TOOLS = """<p class="gmm-review-count" role="status">Every question of the book.</p>
<div class="gmm-review-tools" hidden>
<button type="button" class="gmm-button gmm-review-missed" aria-pressed="false">Only what was missed</button>
<button type="button" class="gmm-button gmm-review-save">Save as a file</button>
<label class="gmm-button gmm-review-file">Read a file
<input type="file" class="gmm-review-read" accept=".json,application/json"></label>
<button type="button" class="gmm-button gmm-review-over">Start over</button>
<p class="gmm-review-told" role="status"></p>
</div>"""


class Asked(nodes.container):
    """A question, or what else of the practice stands on a page; the search leaves it out."""


def raw(html):
    """Return HTML as it is."""
    return nodes.raw("", html, format="html")


class QuestionDirective(SphinxDirective):
    """The form of a question of the bank."""

    required_arguments = 1

    def run(self):
        """Return the form, and note the question for the lists."""
        try:
            question = practice.find(self.arguments[0])
        except KeyError as error:
            raise self.error(error.args[0]) from error
        asked = questions(self.env)
        number = 1 + len(asked)
        if not isinstance(question, Hints):
            asked.append(question.name)
        return [self.form(pieces(question, f"Question {number}"))]

    def form(self, parts):
        """Return HTML and texts as one node."""
        node = Asked(classes=["practice"])
        for part in parts:
            node += [raw(part)] if isinstance(part, str) else self.typeset(part)
        return node

    def typeset(self, text):
        """Return the nodes of a text; without its paragraph where it stands in a line."""
        read = self.parse_text_to_nodes(text.source)
        return [nodes.inline("", "", *read[0].children)] if text.inline else read


class ReviewDirective(SphinxDirective):
    """The place for the list of all questions, which is made when every page is read."""

    def run(self):
        """Return the place."""
        return [ReviewPlace()]


class ReviewPlace(nodes.General, nodes.Element):
    """Where the list will be."""


def questions(env, name=None):
    """Return the names of the questions that a page asks, in their order."""
    return env.metadata.setdefault(name or env.docname, {}).setdefault("questions", [])


def finish_page(app, doctree):
    """Put the answers at the end of a page, for print, and say of each promise which questions practise it."""
    names = [name for name in questions(app.env) if practice.find(name).text]
    if names:
        places = {name: number for number, name in enumerate(questions(app.env), start=1)}
        node = Asked(classes=["practice"])
        node += raw('<div class="gmm-answers"><p class="rubric">Answers to the questions</p>')
        for name in names:
            fold = next(part for part in doctree.findall(Asked) if f'id="question-{name}"' in part.astext())
            node += [raw(f"<div><p><strong>Question {places[name]}</strong></p>"), *solved(fold), raw("</div>")]
        node += raw("</div>")
        next(doctree.findall(nodes.section)).append(node)
    promise(app.env, doctree)


def solved(form):
    """Return copies of what stands in the fold of an answer."""
    begin = next(i for i, node in enumerate(form.children) if 'class="gmm-solved"' in node.astext())
    end = next(i for i in range(begin, len(form.children)) if form.children[i].astext() == "</details>")
    return [node.deepcopy() for node in form.children[begin + 1 : end]]


def promise(env, doctree):
    """Name the questions that practise each goal at the head of a chapter."""
    lead = next((node for node in doctree.findall(nodes.paragraph) if node.astext().startswith(PROMISE)), None)
    if lead is None or not questions(env):
        return
    goals = lead.parent[lead.parent.index(lead) + 1]
    for place, item in enumerate(goals.children, start=1):
        found = [(i, name) for i, name in enumerate(questions(env), start=1) if practice.find(name).goal == place]
        links = ", ".join(f'<a href="#question-{name}">{i}</a>' for i, name in found)
        if links:
            word = "questions" if len(found) > 1 else "question"
            item[-1] += raw(f' <span class="gmm-level">({word} {links})</span>')


def list_questions(app, doctree, name):
    """Fill the place for the list of all questions."""
    for place in list(doctree.findall(ReviewPlace)):
        place.replace_self(Asked("", raw(listed(app.env))))


def listed(env):
    """Return the list of all questions of the site, by page."""
    parts = [TOOLS]
    for page in order(env):
        names = env.metadata.get(page, {}).get("questions", [])
        if names:
            items = "".join(item(page, number, name) for number, name in enumerate(names, start=1))
            title = escape(env.titles[page].astext())
            parts.append(f'<section class="gmm-review-page"><h2>{title}</h2><ol>{items}</ol></section>')
    return f'<div class="gmm-review">{"".join(parts)}</div>'


def order(env):
    """Return the pages in the order of the table of contents."""
    found = [env.config.root_doc]
    for page in found:
        found += [child for child in env.toctree_includes.get(page, []) if child not in found]
    return found


def item(page, number, name):
    """Return a line of the list."""
    question = practice.find(name)
    text = plain(question.text.partition("\n")[0]) or f"Exercise {name.rpartition('-')[2]}"
    attributes = f'data-name="{name}" data-version="{question.version}" data-kind="{question.kind}"'
    link = f'<a href="{page}.html#question-{name}">{number}. {escape(text)}</a>'
    return f'<li {attributes}>{link} <span class="gmm-state"></span></li>'


def add_scripts(app, page, template, context, doctree):
    """Load the script and the keys on the pages that ask something."""
    names = app.env.metadata.get(page, {}).get("questions", [])
    if names:
        app.add_js_file(None, body=keys(names), defer="defer", priority=600)
        app.add_js_file("practice.js", defer="defer", priority=700)
    for name in ("review", "score"):
        if doctree is not None and any(f"gmm-{name}" in node.astext() for node in doctree.findall(nodes.raw)):
            app.add_js_file(f"{name}.js", defer="defer", priority=800)


def keys(names):
    """Return the script that holds the keys and the slips of a page."""
    functions = {name: printed for name in names if (printed := practice.find(name).functions())}
    entries = {
        name: ",".join(f"{key}:{callable_of(one)}" for key, one in each.items()) for name, each in functions.items()
    }
    parts = [f"N:{callable_of(NORMAL)}", *(f"{json.dumps(name)}:{{{each}}}" for name, each in entries.items())]
    return f'"use strict";\nvar gmmPractice = {{{",".join(parts)}}};'


def write_scripts(app, exception):
    """Write the scripts and the style beside the pages."""
    folder = Path(app.outdir, "_static")
    if exception or app.builder.name != "html" or not folder.exists():
        return
    sources = {
        "practice.js": script("page.js"),
        "review.js": joined("progress.js", "review.js"),
        "score.js": joined("score.js"),
    }
    for name, source in sources.items():
        (folder / name).write_text(f'(() => {{"use strict";{jsmin(EXPORT.sub("", source))}}})();\n', "utf-8")


def setup(app):
    """Register with Sphinx."""
    app.add_node(Asked, html=(visit, depart))
    app.add_node(ReviewPlace)
    app.add_directive("question", QuestionDirective)
    app.add_directive("review", ReviewDirective)
    app.connect("doctree-read", finish_page)
    app.connect("doctree-resolved", list_questions)
    app.connect("html-page-context", add_scripts)
    app.connect("build-finished", write_scripts)


def visit(self, node):
    """Open nothing: the form is in its parts."""


def depart(self, node):
    """Close nothing."""
