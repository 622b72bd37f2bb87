"""Runs the cells of a page in its worker: what the kernel of a notebook does, as far as a page needs it."""

import ast
import builtins
import importlib.util
import json
import linecache
import os
import pprint
import sys
import time
import traceback
import types
import warnings
from collections import defaultdict
from importlib.machinery import ModuleSpec
from pathlib import Path

import gmm
from page import post as send
from pyodide_js import lockfile

import widgets

MOST_LINES, MOST_LETTERS, MOST_SHOWN = (
    1000,
    200_000,
    50,
)  # of what a cell prints, and what it shows
WIDTH = 79
OFTEN = 0.1  # seconds between two messages to the page, at least
PACKAGES = {name: package for package, entry in lockfile.packages.to_py().items() for name in entry["imports"]}
AT_HAND = "NumPy, SymPy, Matplotlib and gmm"
# What the playground has without an import.
OFFERED = {
    "gmm": "import gmm",
    "np": "import numpy as np",
    "plt": "import matplotlib.pyplot as plt",
    "sp": "import sympy as sp",
    **{name: f"from gmm import {name}" for name in ("datasets", "formulas", "live", "plot", "select")},
}
STILL = "gmm.live.still"  # which draws what a page has no use for: what its figures look like without a script


def post(**message):
    """Send a message to the page."""
    send(json.dumps(message))


# --- what a cell needs -------------------------------------------------------------


def imported(tree, room=""):
    """Yield the dotted names of what a program may import; `room` is the package that it is a part of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or room
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def source(name):
    """Return the path of a module of gmm, or None."""
    if name.split(".")[0] != "gmm":
        return None
    stem = Path(gmm.__file__).parent.parent.joinpath(*name.split("."))
    return next(
        (path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.exists()),
        None,
    )


def prelude(code):
    """Return the imports of the names that a cell uses and that the playground offers."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    return "\n".join(line for name, line in OFFERED.items() if name in used and name not in namespace)


def needed(code, offers):
    """Return the packages that a cell imports, itself or by way of gmm, and that are not loaded yet."""
    try:
        waiting = list(imported(ast.parse(f"{prelude(code) if offers else ''}\n{code}")))
    except SyntaxError:
        return []
    seen, packages = {STILL}, set()
    while waiting:
        name = waiting.pop()
        if name in seen or (name in sys.modules and not name.startswith("gmm")):
            continue
        seen.add(name)
        if path := source(name):
            waiting += imported(ast.parse(path.read_text("utf-8")))
        packages.add(PACKAGES.get(name.split(".")[0]))
    return sorted(package for package in packages - {None} if not importlib.util.find_spec(module_of(package)))


def module_of(package):
    """Return a module by which one knows whether a package is loaded."""
    return next(name for name, owner in PACKAGES.items() if owner == package)


# --- what a cell prints and shows ----------------------------------------------------


class Stream:
    """What a cell prints, sent to the page in pieces that come no oftener than a page can show them."""

    encoding = "utf-8"

    def __init__(self, name):
        self.name = name
        self.clear()

    def clear(self):
        """Begin a new cell."""
        self.pieces, self.lines, self.letters, self.left, self.sent = (
            [],
            0,
            0,
            0,
            0.0,
        )

    def write(self, text):
        """Take a text, and leave it out once there is more than anyone would read."""
        if self.lines >= MOST_LINES or self.letters >= MOST_LETTERS:
            self.left += text.count("\n")
            return len(text)
        self.pieces.append(text)
        self.lines += text.count("\n")
        self.letters += len(text)
        if time.monotonic() > self.sent + OFTEN:
            self.flush()
        return len(text)

    def flush(self):
        """Send what there is."""
        if self.pieces:
            post(stream=self.name, text="".join(self.pieces))
        self.pieces, self.sent = [], time.monotonic()

    def close(self):
        """End a cell, and say what was left out."""
        self.flush()
        if self.left:
            post(note=f"{self.left} more lines were printed, and are not shown.")

    def isatty(self):
        """Tell that there is no terminal."""
        return False


class Shell:
    """What `get_ipython` gives where SymPy asks for it: a place for the printers of types."""

    colors = "nocolor"

    def __init__(self):
        self.display_formatter = types.SimpleNamespace(formatters=defaultdict(Printers))


class Printers:
    """The printers of one kind of output, by type."""

    def __init__(self):
        self.type_printers = {}

    def for_type(self, kind, printer):
        """Use a printer for a type and what is made from it."""
        self.type_printers[kind] = printer

    def __call__(self, value):
        """Return what the printer of the value's type makes of it, or None."""
        found = (self.type_printers[kind] for kind in type(value).__mro__ if kind in self.type_printers)
        return next((printer(value) for printer in found), None)


METHODS = {
    "text/html": "_repr_html_",
    "text/latex": "_repr_latex_",
    "image/svg+xml": "_repr_svg_",
}


def plain(value):
    """Return a value as text; a long collection has a line for each part."""
    text = repr(value)
    short = len(text) <= WIDTH or type(value) not in (
        list,
        tuple,
        dict,
        set,
        frozenset,
    )
    return text if short else pprint.pformat(value, width=WIDTH, sort_dicts=False)


def bundle(value):
    """Return what there is to show of a value, by kind."""
    if whole := getattr(value, "_repr_mimebundle_", None):
        return {"text/plain": repr(value), **whole()}
    shown = {}
    for kind, name in METHODS.items():
        printers = shell.display_formatter.formatters[kind]
        made = getattr(value, name, lambda value=value, printers=printers: printers(value))()
        if made:
            shown[kind] = made
    return shown if shown else {"text/plain": plain(value)}


def display(*values):
    """Show values, as a notebook does."""
    for value in values:
        for stream in streams:
            stream.flush()
        display.shown += 1
        if display.shown <= MOST_SHOWN:
            post(show=bundle(value))


def pictures():
    """Show the pictures that are open, and close them."""
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.show()


# --- running one ---------------------------------------------------------------------


def evaluate(code, name, offers):
    """Run a cell, and show the value of its last line if that is an expression."""
    tree = ast.parse(code, name)
    if offers:
        exec(prelude(code), namespace)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), namespace)
    if last is None:
        return
    value = eval(compile(ast.Expression(last.value), name, "eval"), namespace)
    if value is not None and not code.rstrip().endswith(";"):
        namespace["_"] = value
        display(value)


def own(told):
    """Keep, of what is told of an error, the lines of the reader's cells."""
    told.stack = traceback.StackSummary.from_list([frame for frame in told.stack if frame.filename.startswith("cell ")])
    for other in (told.__cause__, told.__context__):
        if other is not None:
            own(other)
    return told


def advice(error):
    """Return a sentence on what an error means in a page, where it means something else than elsewhere."""
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not at hand in the page, which has {AT_HAND}. The notebook has everything."
    if isinstance(error, FileNotFoundError):
        return "The page sees none of your files. Paste the numbers into the cell."
    if isinstance(error, OSError):
        return "The page asks no other host for anything. Paste the numbers into the cell."
    return ""


def ask(prompt=""):
    """Stand in the place of `input`."""
    raise RuntimeError("input() has nobody to ask here: write the value into the cell")


def warn(message, category, filename, lineno, file=None, line=None):
    """Tell a warning apart from what is printed."""
    for stream in streams:
        stream.flush()
    where = f"{filename}, line {lineno}: " if filename.startswith("cell ") else ""
    post(warning=f"{where}{category.__name__}: {message}")


def run(code, number, offers):
    """Run a cell, and return how it ended: done, or error."""
    name = f"cell {number}"
    linecache.cache[name] = len(code), None, code.splitlines(keepends=True), name
    namespace.pop("__warningregistry__", None)
    display.shown = 0
    for stream in streams:
        stream.clear()
    how = "done"
    try:
        evaluate(code, name, offers)
        pictures()
    except BaseException as error:  # whatever it is, the page goes on
        how = "error"
        told = "".join(own(traceback.TracebackException.from_exception(error)).format())
        for stream in streams:
            stream.flush()
        post(
            error=told,
            name=type(error).__name__,
            text=str(error),
            advice=advice(error),
        )
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")
    for stream in streams:
        stream.close()
    if display.shown > MOST_SHOWN:
        post(note=f"{display.shown - MOST_SHOWN} more outputs are not shown.")
    return how


shell = Shell()
builtins.get_ipython = lambda: shell
builtins.input = ask
os.environ["MPLBACKEND"] = "module://pictures"
warnings.showwarning = warn
sys.stdout, sys.stderr = streams = Stream("stdout"), Stream("stderr")
main = types.ModuleType("__main__")
main.__spec__ = ModuleSpec("__main__", None)
sys.modules["__main__"] = main
namespace = main.__dict__
namespace |= {"display": display, "__builtins__": builtins}
for name in ("ipywidgets", "anywidget", "traitlets"):
    sys.modules[name] = widgets
sys.modules[STILL] = widgets.still
