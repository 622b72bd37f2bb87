"""A book of two small notebooks, which Sphinx builds without executing them."""

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from sphinx.cmd import build

CONFIGURATION = """
extensions = ["myst_nb", {extensions}]
exclude_patterns = {absent!r}
html_theme = "basic"
myst_enable_extensions = ["dollarmath"]
nb_execution_mode = "off"
numfig = True
"""


def write(folder, name, *sources):
    """Write a notebook; a source that begins with `>>>` is code."""
    cells = [
        new_code_cell(source.removeprefix(">>> ")) if source.startswith(">>> ") else new_markdown_cell(source)
        for source in sources
    ]
    language = {"name": "python", "pygments_lexer": "ipython3"}
    nbformat.write(new_notebook(cells=cells, metadata={"language_info": language}), folder / f"{name}.ipynb")


def built(folder, *extensions, absent=(), strict=False):
    """Build the book into `html`, and return Sphinx's exit status."""
    names = ", ".join(repr(f"tools.book_ext.{name}") for name in extensions)
    configuration = CONFIGURATION.format(extensions=names, absent=[f"{name}.ipynb" for name in absent])
    (folder / "conf.py").write_text(configuration, "utf-8")
    options = ["-W", "--keep-going"] if strict else []
    return build.main(["-qEn", *options, str(folder), str(folder / "html")])
