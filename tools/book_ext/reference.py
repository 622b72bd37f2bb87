"""Make the reference of the package from its docstrings, and link the chapters to it.

Sphinx reads the docstrings (`autodoc`, `napoleon`). A label of an equation in
one of them becomes a link to it, and so does the name of a chapter's file; a
formula is shown as it is printed. Where a chapter names what the reference
describes, the name leads there: the first time in each section, and nowhere if
the edition leaves the reference out.
"""

import re
from pydoc import locate

import sympy as sp
from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode

from gmm.formulas.latex import latex

PACKAGE = "gmm"
NAMED = re.compile(r"(?<![:`\w])`([^`]+)`(?!`)")  # a parameter, in a docstring
EQUATION = re.compile(r"\(``(eq:[\w-]+)``\)|``(eq:[\w-]+)``")  # its number has brackets of its own
CHAPTER = re.compile(r"``([\w-]+)\.ipynb``")
CLASS = re.compile(r"(?<![\w.])[A-Z]\w+")
SETTINGS = {
    "autodoc_member_order": "bysource",
    "autodoc_typehints": "none",  # the docstrings have them
    "napoleon_custom_sections": [("Attributes", "params_style")],  # as the parameters, which several may share
    "napoleon_use_param": False,  # types are words, such as “array_like, shape (N,)”
    "napoleon_use_rtype": False,
    "toc_object_entries_show_parents": "hide",
}


def prepare(app, what, name, thing, options, lines):
    """Turn a docstring into what Sphinx reads; a formula has no docstring of its own, but can be shown."""
    if isinstance(thing, (sp.Basic, sp.MatrixBase)):
        lines[:] = [".. math::", "", f"   {latex(thing)}", ""]
        return
    text = NAMED.sub(r"``\1``", "\n".join(lines))
    text = EQUATION.sub(lambda found: f":eq:`{found[1] or found[2]}`", text)
    lines[:] = CHAPTER.sub(r":doc:`\1`", text).split("\n")


class Names:
    """The names that the reference describes, as a text may write them: `gmm.plot.curve` or `plot.curve`."""

    def __init__(self, env):
        self.env = env
        self.entries = env.domains["py"].objects
        classes = (full for full, entry in self.entries.items() if entry.objtype == "class")
        self.classes = {full.rpartition(".")[2]: full for full in classes}

    def entry(self, name):
        """Return the full name that a name leads to, or None. A field leads to its class."""
        for full in (name, f"{PACKAGE}.{name}"):
            if full in self.entries and full != PACKAGE:
                return full
            owner, _, field = full.rpartition(".")
            if owner in self.entries and field in fields(locate(owner)):
                return owner
        return None

    def link(self, builder, page, full, content):
        """Return a link from a page to an entry."""
        entry = self.entries[full]
        link = make_refnode(builder, page, entry.docname, entry.node_id, content)
        link["classes"].append("api")
        return link


def fields(thing):
    """Return the names of the fields of a dataclass or a named tuple."""
    return (*getattr(thing, "__dataclass_fields__", ()), *getattr(thing, "_fields", ()))


def elsewhere(app, env, reference, content):
    """Leave what a docstring refers to as it is where it exists and the reference does not describe it."""
    if reference.get("refdomain") != "py":
        return None
    target, module = reference["reftarget"], reference.get("py:module")
    owner = f"{module}.{reference.get('py:class')}"
    exists = locate(target) or locate(f"{module}.{target}") or target in fields(locate(owner))
    return content if exists else None


class Linked(SphinxPostTransform):
    """Link the names of the package in a page's text, and the classes among the types of its docstrings."""

    default_priority = 500
    formats = ("html",)

    def run(self, **kwargs):
        """Go through the code in the text of a page, section by section."""
        self.names = Names(self.env)
        if not self.names.entries:
            return
        seen = set()
        for literal in list(self.document.findall(nodes.literal)):
            name = literal.astext().removesuffix("()")
            full = self.names.entry(name) if re.fullmatch(r"[\w.]+", name) and may_lead_on(literal) else None
            place = (id(parent(literal, nodes.section, addnodes.desc)), full)
            if full and place not in seen:
                seen.add(place)
                literal.replace_self(self.names.link(self.app.builder, self.env.docname, full, literal.deepcopy()))
        for kind in list(self.document.findall(nodes.emphasis)):
            if parent(kind, addnodes.desc_content):
                kind[:] = list(self.typed(kind.astext()))

    def typed(self, text):
        """Yield the text of a type, each class of the package in it as a link."""
        place = 0
        for found in CLASS.finditer(text):
            if full := self.names.classes.get(found[0]):
                yield nodes.Text(text[place : found.start()])
                yield self.names.link(self.app.builder, self.env.docname, full, nodes.Text(found[0]))
                place = found.end()
        yield nodes.Text(text[place:])


def parent(node, *kinds):
    """Return the nearest node of these kinds that holds a node, or None."""
    while node is not None and not isinstance(node, kinds):
        node = node.parent
    return node


def may_lead_on(node):
    """Tell whether a node may become a link: in no heading, no term, no signature and no other link."""
    return not parent(node, nodes.title, nodes.term, nodes.reference, addnodes.desc_signature)


def configure(app, config):
    """Set what the form of the docstrings asks for."""
    for name, value in SETTINGS.items():
        setattr(config, name, value)


def setup(app):
    """Register with Sphinx, so that a docstring is prepared before Napoleon reads it."""
    app.setup_extension("sphinx.ext.autodoc")
    app.setup_extension("sphinx.ext.napoleon")
    app.connect("config-inited", configure)
    app.connect("autodoc-process-docstring", prepare, priority=400)
    app.connect("missing-reference", elsewhere)
    app.add_post_transform(Linked)
