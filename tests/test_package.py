import doctest
import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gmm

pytestmark = pytest.mark.filterwarnings("error")

MODULES = sorted(["gmm", *(module.name for module in pkgutil.walk_packages(gmm.__path__, "gmm."))])
HEAVY = {"anywidget", "ipywidgets", "IPython", "matplotlib", "pandas", "scipy", "sklearn", "sympy", "traitlets"}
MATHEMATICS = [
    "gmm",
    *(f"gmm.{name}" for name in ("bounding", "check", "datasets", "em", "fitting", "mixture", "select", "unit")),
    *(name for name in MODULES if name.startswith("gmm.engine.")),
]


def public():
    """Yield the name and the object of each function, class and method that a caller may use."""
    for module_name in MODULES:
        module = importlib.import_module(module_name)
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if not (inspect.isfunction(thing) or inspect.isclass(thing)) or thing.__module__ != module_name:
                continue
            yield f"{module_name}.{name}", thing
            if inspect.isclass(thing) and module_name in MATHEMATICS:
                for method_name, method in vars(thing).items():
                    if inspect.isfunction(method) and not method_name.startswith("_") and method.__doc__ is not None:
                        yield f"{module_name}.{name}.{method_name}", method


# What a reader calls; the rest of the engine and the units explain themselves to who opens them.
CALLED = [
    "gmm.bounding",
    "gmm.datasets",
    "gmm.em",
    "gmm.engine.information",
    "gmm.engine.profile",
    "gmm.engine.starts",
    "gmm.fitting",
    "gmm.mixture",
    "gmm.select",
]
PUBLIC = dict(public())
FUNCTIONS = [name for name, thing in PUBLIC.items() if inspect.isfunction(thing) and name.startswith(tuple(CALLED))]


def loaded(statement):
    """Return the top-level modules that a fresh interpreter has after a statement."""
    code = f"import sys; {statement}; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


@pytest.mark.parametrize("name", MATHEMATICS)
def test_the_mathematics_loads_numpy_only(name):
    found = loaded(f"import {name}")
    assert "numpy" in found
    assert not found & HEAVY


def test_a_fit_loads_numpy_only():
    assert not loaded("import gmm; gmm.fit(gmm.datasets.galaxies().velocity, 3, rng=1)") & HEAVY


def test_what_draws_and_what_derives_loads_what_it_needs_and_no_more():
    assert "sympy" in loaded("import gmm.formulas") and not loaded("import gmm.formulas") & (HEAVY - {"sympy"})
    assert not loaded("import gmm.plot") & {"anywidget", "ipywidgets", "scipy", "sklearn", "sympy"}
    assert not loaded("import gmm.formulas.latex, gmm.formulas") & {"anywidget", "ipywidgets", "matplotlib", "scipy"}


# The engine's own page is its docstring, and its settings are all there is in theirs.
@pytest.mark.parametrize("name", [name for name in MODULES if name not in ("gmm.engine", "gmm.engine.settings")])
def test_all_names_what_is_public(name):
    module = importlib.import_module(name)
    listed = module.__all__
    assert sorted(set(listed)) == sorted(listed)
    assert all(hasattr(module, entry) and not entry.startswith("_") for entry in listed)


@pytest.mark.parametrize("name", [*CALLED, "gmm.check", "gmm.formulas.javascript", "gmm.live.spec", "gmm.plot"])
def test_all_leaves_no_function_out(name):
    module = importlib.import_module(name)
    own = {
        key
        for key, thing in vars(module).items()
        if (inspect.isfunction(thing) or inspect.isclass(thing)) and thing.__module__ == name and key[0] != "_"
    }
    assert own <= set(module.__all__)


def test_the_package_offers_what_the_book_uses():
    expected = {"Mixture", "normal_pdf", "normal_log_pdf", "e_step", "m_step", "log_likelihood", "fit", "Fit"}
    engine = {"Nodes", "Path", "Statistics", "bound", "iterate"}
    assert expected | engine | {"ConvergenceWarning", "datasets", "select"} == set(gmm.__all__)
    assert issubclass(gmm.ConvergenceWarning, UserWarning)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_there_are_examples_to_run():
    runs = {name: doctest.testmod(importlib.import_module(name)).attempted for name in MODULES}
    assert all(
        runs[name] for name in ("gmm.mixture", "gmm.em", "gmm.fitting", "gmm.formulas.numeric", "gmm.formulas.latex")
    )


@pytest.mark.parametrize("name", PUBLIC)
def test_every_docstring_begins_with_a_sentence(name):
    first = inspect.getdoc(PUBLIC[name]).splitlines()[0]
    assert first.endswith(".") and (first[0].isupper() or first[0].isdigit())


def sections(thing):
    """Return the sections of a numpydoc docstring, by their titles."""
    parts = re.split(r"\n\n(\w+)\n-+\n", "\n\n" + inspect.getdoc(thing))
    return dict(zip(parts[1::2], parts[2::2]))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_parameter_is_documented(name):
    parameters = set(inspect.signature(PUBLIC[name]).parameters) - {"self"}
    lines = sections(PUBLIC[name]).get("Parameters", "").splitlines()
    heads = [line.split(" : ")[0] for line in lines if line and not line.startswith(" ")]
    assert {part.strip(" *") for head in heads for part in head.split(",")} == parameters


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_result_is_documented(name):
    gives = "Yields" if inspect.isgeneratorfunction(PUBLIC[name]) else "Returns"
    assert sections(PUBLIC[name])[gives]


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.startswith("gmm.check.")])
def test_every_guard_says_what_it_refuses(name):
    assert "Raises" in sections(PUBLIC[name]) or inspect.getdoc(PUBLIC[name]).startswith("Raise ")


# The package says that it is typed. What is inside the engine and the live figures is nobody's to call.
TYPED = [
    *(
        f"gmm.{name}"
        for name in ("bounding", "check", "datasets", "em", "erf", "fitting", "mixture", "plot", "select", "sklearn")
    ),
    *(f"gmm.{name}" for name in ("formulas", "live", "live.figure", "live.gallery", "live.own", "live.spec", "table")),
    *(f"gmm.formulas.{name}" for name in ("javascript", "latex", "names", "numeric", "sums")),
    *("gmm", "gmm.unit"),
]


def callables():
    """Yield the name and the function of each function, method and property that the package offers."""
    for module in map(importlib.import_module, TYPED):
        for name in module.__all__:
            thing = getattr(module, name)
            if inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing
            for key, part in vars(thing).items() if inspect.isclass(thing) and thing.__module__[:3] == "gmm" else ():
                method = getattr(part, "fget", None) or getattr(part, "func", None) or getattr(part, "__func__", part)
                # What Python or SymPy writes into a class has its code elsewhere.
                own = inspect.isfunction(method) and method.__code__.co_filename == inspect.getfile(thing)
                if own and (key[0] != "_" or key in SPECIAL):
                    yield f"{thing.__module__}.{name}.{key}", method


SPECIAL = ("__init__", "__iter__", "__len__", "__add__", "__eq__", "__hash__", "__repr__", "__str__")
CALLABLES = dict(callables())


@pytest.mark.parametrize("name", CALLABLES)
def test_what_is_offered_is_annotated(name):
    signature = inspect.signature(CALLABLES[name])
    bare = [part.name for part in signature.parameters.values() if part.annotation is part.empty]
    assert [part for part in bare if part not in ("self", "cls")] == []
    assert signature.return_annotation is not signature.empty


def test_help_shows_annotations_as_they_are_written():
    assert str(inspect.signature(gmm.e_step)) == "(x: 'ArrayLike', mixture: 'Mixture') -> 'np.ndarray'"
    assert str(inspect.signature(gmm.Mixture.pdf)) == "(self, x: 'ArrayLike') -> 'float | np.ndarray'"
    assert "weights: 'ArrayLike'" in str(inspect.signature(gmm.Mixture))
    live = importlib.import_module("gmm.live")
    assert str(inspect.signature(live.normal)) == "(name: 'str' = 'normal') -> 'LiveFigure'"


@pytest.mark.parametrize(
    "name", ["normal_pdf", "normal_log_pdf", "Mixture", "e_step", "m_step", "log_likelihood", "fit", "bound"]
)
def test_what_can_fail_says_so_and_names_its_equation(name):
    found = sections(getattr(gmm, name))
    assert {"Parameters", "Raises", "Notes", "Examples"} <= set(found)
    assert "``eq:" in found["Notes"] and ">>> " in found["Examples"]


def test_the_fields_of_a_fit_are_documented():
    text = sections(gmm.Fit)["Attributes"]
    fields = [*gmm.Fit.__dataclass_fields__, *(k for k, v in vars(gmm.Fit).items() if isinstance(v, property))]
    assert all(field in text for field in fields)


def test_the_repository_speaks_for_itself():
    root = Path(gmm.__file__).parents[1]
    for path in [*root.glob("gmm/**/*.py"), *root.glob("tests/*.py")]:
        text = path.read_text("utf-8")
        assert "../" + "shared" not in text and "/" + "work/" not in text, path
