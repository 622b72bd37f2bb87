"""The reference describes every public name, and docstrings and chapters are linked with it."""

import ast
import importlib
import re

import pytest

from tests.book_ext import small
from tests.notebooks import PATHS, cells, prose
from tools.contents import BOOK

API = BOOK / "api.ipynb"
MODULES = [
    "gmm",
    *(f"gmm.{name}" for name in ("datasets", "formulas", "live", "plot", "select", "sklearn")),
    *(f"gmm.formulas.{name}" for name in ("javascript", "latex", "numeric", "sums")),
]
CHAPTER = """# Front

See {eq}`eq:normal`, {eq}`eq:em-chain`, `normal_pdf` and `gmm.normal_pdf()`, again `normal_pdf`, and `normal_pdfs`.

$$ 1 $$ (eq:normal)

$$ 2 $$ (eq:em-chain)

$$ 3 $$ (eq:e-step)

$$ 4 $$ (eq:m-step)

## About `normal_pdf`

Here `normal_pdf` is new, and `Path.mixtures` is a field, which `Path.nothing` is not.
"""
NAMES = """# Names

```{eval-rst}
.. autofunction:: gmm.normal_pdf
.. autofunction:: gmm.normal_log_pdf
.. autofunction:: gmm.iterate
.. autoclass:: gmm.Path
.. autodata:: gmm.formulas.normal
```
"""


def described():
    """Return the names that the page of the reference describes, with their modules."""
    found = set(re.findall(r"^\.\. auto\w+:: ([\w.]+)", prose(API), re.M))
    for group, module in re.findall(r"^\.\. py:data:: ((?:\w+\s+)+):module: ([\w.]+)", prose(API), re.M):
        found |= {f"{module}.{name}" for name in group.split()}
    return found


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_described(module):
    public = {f"{module}.{name}" for name in importlib.import_module(module).__all__}
    assert public - described() <= {"gmm.formulas.numpy_function", "gmm.formulas.zero_based"}  # in their own module


def test_every_name_that_a_chapter_imports_is_described():
    known = described() | set(MODULES)
    for path in PATHS:
        for cell in cells(path, "code"):
            for node in ast.walk(ast.parse(cell.source)):
                if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "gmm":
                    assert {f"{node.module}.{name.name}" for name in node.names} <= known, path.stem


def test_every_chapter_that_the_package_names_is_in_the_book():
    package = "\n".join(path.read_text("utf-8") for path in (BOOK.parent / "gmm").rglob("*.py"))
    named = set(re.findall(r"``([\w-]+)\.ipynb``", package))
    assert named
    assert all((BOOK / f"{name}.ipynb").exists() for name in named)


@pytest.fixture
def book(tmp_path):
    small.write(tmp_path, "index", CHAPTER, "```{toctree}\n:hidden:\n\napi\nem\n```")
    small.write(tmp_path, "api", NAMES)
    small.write(tmp_path, "em", "# The chapter on EM")
    return tmp_path


def html(book, name):
    return (book / "html" / f"{name}.html").read_text("utf-8")


def links(text):
    """Return where the links of a page lead, with their texts."""
    found = re.findall(r'<a class="(?:\w+ )?reference internal" href="([^"]*)"[^>]*>(.*?)</a>', text)
    return [(address, re.sub(r"<[^>]+>", "", content)) for address, content in found]


def test_a_docstring_is_linked_with_equations_chapters_and_other_names(book):
    assert small.built(book, "reference", strict=True) == 0
    found = links(html(book, "api"))
    assert ("index.html#equation-eq-normal", "(1)") in found
    assert ("em.html", "The chapter on EM") in found
    assert ("#gmm.normal_pdf", "normal_pdf()") in found
    assert ("#gmm.Path", "Path") in found
    text = re.sub(r"<[^>]+>", "", html(book, "api"))
    assert "It never falls\n(2)." in text, "a number has its own brackets, and needs no more"
    assert "eq:normal" not in text
    assert r"\frac{1}{\sqrt{2 \pi \sigma^{2}}}" in text, "a formula is shown as the book prints it"


def test_a_name_in_a_chapter_leads_to_its_entry_once_in_a_section_and_not_from_a_heading(book):
    assert small.built(book, "reference", strict=True) == 0
    found = [(address, text) for address, text in links(html(book, "index")) if address.startswith("api.html#")]
    entry = "api.html#gmm.normal_pdf"
    assert found == [(entry, "normal_pdf"), (entry, "normal_pdf"), ("api.html#gmm.Path", "Path.mixtures")]


def test_an_edition_without_the_reference_links_no_names(book):
    small.write(book, "index", CHAPTER, "```{toctree}\n:hidden:\n\nem\n```")
    assert small.built(book, "reference", "editions", absent=["api"], strict=True) == 0
    assert "normal_pdf</span></code>" in html(book, "index")
    assert "api.html" not in html(book, "index")


def test_a_docstring_refers_in_words_to_what_an_edition_leaves_out(book):
    small.write(book, "index", "# Front\n\n```{toctree}\n:hidden:\n\napi\n```")
    small.write(book, "steps", CHAPTER)
    assert small.built(book, "reference", "editions", absent=["steps", "em"], strict=True) == 0
    text = re.sub(r"<[^>]+>", "", html(book, "api"))
    assert "Equation (not in this edition) of the book" in text
    assert "The chapter em (not in this edition)" in text


def test_a_label_that_does_not_exist_fails_the_build(book, capsys):
    small.write(book, "index", CHAPTER.replace("(eq:normal)", "(eq:curve)").replace("`eq:normal`", "`eq:curve`"))
    assert small.built(book, "reference", strict=True) == 1
    assert "eq:normal" in capsys.readouterr().err
