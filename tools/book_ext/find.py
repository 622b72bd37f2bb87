"""Search the book by section: prose, with the field's words and letters, and nothing else.

Sphinx's index knows pages. Here each section goes into it as a page of its
own, so that a result leads to the place; code, outputs and display formulas
stay out. A word of the glossary, or a letter of the notation, leads to the
section of the equation that it refers to. `find.js` shows the results; it
quotes from the texts in the index, so it needs no server.
"""

import json
import re
import unicodedata
from pathlib import Path

from docutils import nodes
from docutils.utils import new_document
from sphinx import addnodes
from sphinx.search import IndexBuilder

from .practice import Asked
from .typeset import plain

LETTER = re.compile("[Α-Ωα-ω]")
TARGET = "equation-"
NOTATION = "notation"  # the page whose tables have a letter in the first column and its equations from the third on
# Where Sphinx's index keeps what it is fed with.
STORES = ("_titles", "_filenames", "_mapping", "_title_mapping", "_all_titles", "_index_entries")
# What is no prose, or has an entry of its own.
SILENT = (nodes.FixedTextElement, nodes.raw, nodes.image, addnodes.toctree, addnodes.glossary, addnodes.desc, Asked)
# What the field also calls a word of the glossary.
ALSO = {
    "EM algorithm": ("EM", "expectation-maximization", "expectation maximisation", "expectation maximization"),
    "mixture": ("GMM", "Gaussian mixture", "Gaussian mixture model", "mixture model", "normal mixture"),
    "normal density": ("Gaussian", "normal distribution", "bell curve"),
    "posterior probability": ("posterior", "posterior probabilities"),
    "prior probability": ("prior",),
    "responsibility": ("responsibilities", "soft assignment"),
    "standard error": ("standard errors", "confidence"),
    "weight": ("mixing proportion", "mixing coefficient"),
}


class Index:
    """The sections of the book, and where words and letters lead."""

    def __init__(self):
        self.sections = {}  # (title, where it stands, text, letters), by address
        self.places = {}  # the address of the section that has an equation
        self.words = {}  # where a word leads: the id of an equation

    def read(self, name, document, number=""):
        """Take in a page, which may have a number."""
        for section in document.findall(nodes.section):
            first = isinstance(section.parent, nodes.document)
            address = f"{name}.html" if first else f"{name}.html#{section['ids'][0]}"
            title = line(next(section.findall(nodes.title)))
            path = f"{number}{title}" if first else f"{self.sections[f'{name}.html'][1]} › {title}"
            own = [child for child in section.children if not isinstance(child, nodes.section | nodes.title)]
            text = " ".join(filter(None, map(line, own)))
            self.sections[address] = title, path, text, [letter for child in own for letter in letters(child)]
            self.places |= {math: address for child in own for math in equations(child)}
        for glossary in document.findall(addnodes.glossary):
            for entry in glossary.findall(nodes.definition_list_item):
                self.explain(f"{name}.html", entry)
        for entry in document.findall(addnodes.desc):
            self.describe(f"{name}.html", entry)

    def describe(self, page, entry):
        """Take in what a page says of a name in the code, as a section of its own."""
        signature, content = entry.children[0], entry.children[-1]
        if signature["ids"]:
            title = signature["ids"][0]
            text = " ".join(filter(None, map(line, content.children)))
            self.sections[f"{page}#{title}"] = title, f"{self.sections[page][1]} › {title}", text, []

    def explain(self, page, entry):
        """Take in an entry of the glossary: a section of its own, whose words lead to the equation that it names."""
        terms, goal = list(entry.findall(nodes.term)), leads(entry)
        names = list(map(line, terms))
        path = f"{self.sections[page][1]} › {names[0]}"
        self.sections[f"{page}#{terms[0]['ids'][0]}"] = ", ".join(names), path, line(entry.children[-1]), []
        for name in names if goal else ():
            self.words |= dict.fromkeys((name, *ALSO.get(name, ())), goal)

    def note(self, document):
        """Take in the letters of the notation: its first row says where it is defined, in the third column."""
        for row in document.findall(nodes.row):
            letter, goal = next(letters(row.children[0]), None), next(filter(None, map(leads, row.children[2:])), None)
            if letter and goal and letter not in self.words:
                name = unicodedata.name(letter).rsplit(" ", 1)[-1].lower()
                self.words |= dict.fromkeys((letter, name), goal)

    def frozen(self, env, language):
        """Return Sphinx's index of the sections, with their texts."""
        builder = IndexBuilder(env, language, {}, "")
        for name in STORES:
            setattr(builder, name, {})
        for address, (title, _, text, found) in self.sections.items():
            builder.feed(address, "", title, page(title, f"{text} {' '.join(found)}"))
        index = builder.freeze()
        index["titles"] = [self.sections[address][1] for address in index["docnames"]]
        index["texts"] = [self.sections[address][2] for address in index["docnames"]]
        index["alltitles"] = {}  # of pages; here each title has a page of its own
        for word, goal in self.words.items():
            if goal in self.places:
                number = index["docnames"].index(self.places[goal])
                index["indexentries"].setdefault(word.lower(), []).append((number, "", True))
        return index


def page(title, text):
    """Return a section as a document of its own."""
    document = new_document("")
    document += nodes.section("", nodes.title(title, title), nodes.paragraph(text, text))
    return document


def letters(node):
    """Yield the Greek letters of the formulas in a part of a page."""
    for math in node.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        yield from LETTER.findall(plain(math.astext()))


def equations(node):
    """Yield the ids of the equations in a part of a page."""
    for math in node.findall(nodes.math_block):
        yield from math["ids"]


def leads(node):
    """Return the id of the first equation that a part of a page refers to."""
    for reference in node.findall(nodes.reference):
        address = reference.get("refid") or reference.get("refuri", "").partition("#")[2]
        if address.startswith(TARGET):
            return address
    return None


def line(node):
    """Return the prose of a part of a page as a line: formulas in a sentence as plain text, others as three dots."""
    return re.sub(r"[\s\N{FUNCTION APPLICATION}]+", " ", "".join(pieces(node))).strip()


def pieces(node):
    """Yield the texts of a part of a page."""
    if isinstance(node, nodes.math):
        yield plain(node.astext())
    elif isinstance(node, nodes.Text):
        yield node.astext()
    elif isinstance(node, nodes.math_block):
        yield " … "
    elif not isinstance(node, SILENT):
        for child in node.children:
            yield from pieces(child)
        if not isinstance(node, nodes.Inline):
            yield " "


def setup(app):
    """Register with Sphinx."""
    index = Index()

    def read(app, name, template, context, document):
        if document is not None:
            numbers = app.env.toc_secnumbers.get(name, {}).values()
            index.read(name, document, "".join(f"{number[0]}. " for number in list(numbers)[:1]))
            if name == NOTATION:
                index.note(document)
        if name == "search":
            app.add_js_file("find.js", loading_method="defer")

    def write(app, exception):
        if not exception and app.builder.name == "html" and index.sections:
            text = json.dumps(index.frozen(app.env, app.config.language), ensure_ascii=False, separators=(",", ":"))
            Path(app.outdir, "searchindex.js").write_text(f"Search.setIndex({text})", "utf-8")

    app.connect("html-page-context", read)
    app.connect("build-finished", write)
