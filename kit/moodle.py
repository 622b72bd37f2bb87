"""Write the bank for a learning system: `python -m kit.moodle` → _build/lms/gaussian-mixture.moodle.xml.

Moodle XML is what Moodle imports as it is, and most other systems by a converter. A number stays a number with its
tolerance, and each named slip is an answer of its own with its sentence. A choice stays a choice; a formula, which
Moodle cannot read, becomes the choice between the key and its slips. Code becomes an essay with the solution for who
grades it. What a figure has to judge is left out. (No library for this format is kept: the one on the package
index has not changed since 2020, and does not know numbers.)
"""

import sys
from xml.etree import ElementTree as ET

from gmm import practice
from gmm.formulas.latex import latex
from gmm.practice.form import answer
from gmm.practice.question import Choice, Code, Formula, Number, looked
from kit.text import markdown, unlinked
from tools import readers
from tools.contents import ROOT, pages

SITE = ROOT / "_build" / "html"
TARGET = ROOT / "_build" / "lms" / "gaussian-mixture.moodle.xml"
TOP = "$course$/top/The Gaussian Mixture"
KINDS = {Number: "numerical", Formula: "multichoice", Choice: "multichoice", Code: "essay"}


def mathjax(latex, options):
    """Return a formula as Moodle's filters find it."""
    begin, end = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    escaped = latex.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{begin}{escaped}{end}"


MARKDOWN = markdown(mathjax)


class Bank:
    """The questions of the site as one tree."""

    def __init__(self, book):
        self.book, self.root = book, ET.Element("quiz")

    def html(self, source, page):
        """Return a text of the bank as HTML, with numbers in the place of names."""
        text = readers.resolved(readers.unframed(source, self.book), self.book, page)
        return MARKDOWN.render(unlinked(text)).strip()

    def category(self, page):
        """Begin the questions of a page."""
        node = ET.SubElement(self.root, "question", type="category")
        said(node, "category", f"{TOP}/{self.book.titles[page].replace('/', '//')}")

    def add(self, question, page):
        """Add a question, unless only a figure can judge it, and tell whether it was."""
        kind = next((name for each, name in KINDS.items() if isinstance(question, each)), None)
        if kind is None or not question.text or (isinstance(question, Formula) and not question.slips):
            return False
        node = ET.SubElement(self.root, "question", type=kind)
        said(node, "name", question.name)
        said(node, "questiontext", self.html(question.text, page), format="html")
        said(node, "generalfeedback", self.html(answer(question), page), format="html")
        ET.SubElement(node, "defaultgrade").text = "2" if isinstance(question, Code) else "1"
        ET.SubElement(node, "penalty").text = "0.3333333"
        getattr(self, f"_{kind}")(node, question, page)
        for hint in question.hints if kind != "essay" else ():
            said(node, "hint", self.html(hint, page), format="html")
        ET.SubElement(ET.SubElement(node, "tags"), "tag").append(text_of(question.level))
        return True

    def _numerical(self, node, question, page):
        values = [(question.key, 100, ""), *((slip.value, 0, looked(slip)) for slip in question.slips)]
        for value, fraction, feedback in values:
            each = ET.SubElement(node, "answer", fraction=str(fraction), format="moodle_auto_format")
            each.append(text_of(f"{float(value):.10g}"))
            ET.SubElement(each, "tolerance").text = f"{question.tolerance * abs(float(value)) + 1e-12:.6g}"
            said(each, "feedback", self.html(feedback, page), format="html")

    def _multichoice(self, node, question, page):
        ET.SubElement(node, "single").text = "true"
        ET.SubElement(node, "shuffleanswers").text = "true"
        ET.SubElement(node, "answernumbering").text = "abc"
        for text, is_right, feedback in chosen(question):
            each = ET.SubElement(node, "answer", fraction="100" if is_right else "0", format="html")
            each.append(text_of(self.html(text, page)))
            said(each, "feedback", self.html(feedback, page), format="html")

    def _essay(self, node, question, page):
        ET.SubElement(node, "responseformat").text = "monospaced"
        ET.SubElement(node, "responserequired").text = "1"
        said(node, "responsetemplate", question.starter, format="plain_text")
        said(node, "graderinfo", self.html(answer(question), page), format="html")


def chosen(question):
    """Return what may be chosen: text, whether it is right, and what is said of it."""
    if isinstance(question, Choice):
        return [(option.text, option.right, option.because) for option in question.shown]
    slips = [(f"${latex(slip.value)}$", False, looked(slip)) for slip in question.slips]
    return [(f"${latex(question.key)}$", True, ""), *slips]


def text_of(text):
    """Return a node of text."""
    node = ET.Element("text")
    node.text = text
    return node


def said(parent, name, text, **attributes):
    """Add a node that holds a text."""
    ET.SubElement(parent, name, attributes).append(text_of(text))


def bank(book):
    """Return the tree of all questions, and how many were left out."""
    made, left = Bank(book), 0
    for page in pages():
        found = [each for each in practice.questions().values() if each.chapter == page and each.kind]
        if found:
            made.category(page)
            left += sum(not made.add(question, page) for question in found)
    return made.root, left


def main():
    """Write the file, and say what is in it."""
    if not SITE.exists():
        sys.exit("The numbers of equations come from the built site, and _build/html is not there: make book")
    root, left = bank(readers.Book(SITE))
    ET.indent(root)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    ET.ElementTree(root).write(TARGET, encoding="utf-8", xml_declaration=True)
    count = len(root.findall("question")) - len(root.findall("question[@type='category']"))
    print(f"{TARGET.relative_to(ROOT)}: {count} questions; {left} that need a figure or an exercise are left out.")


if __name__ == "__main__":
    main()
