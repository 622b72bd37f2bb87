"""The floors of the house: who may import whom.

A room is a module or a folder of `gmm`. An import goes down to a lower floor,
never up or across, and inside a folder the same holds of its modules. The
same list stands in CONTRIBUTING.md.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the ground up; modules side by side know nothing of each other.
FLOORS = {
    "gmm": [
        ["check", "datasets", "erf", "table", "unit"],
        ["engine", "formulas", "mixture"],
        ["em"],
        ["bounding", "fitting", "plot"],
        ["live", "select", "sklearn"],
        ["practice"],
    ],
    "gmm.formulas": [["names", "sums"], ["numeric"], ["__init__", "javascript"], ["latex"]],
    "gmm.engine": [
        ["__init__", "information", "settings"],
        ["floor", "nodes", "recorded", "scan"],
        ["exact", "graded", "mixing"],
        ["sources", "starts"],
        ["climb", "streams"],
        ["profile", "search"],
    ],
    "gmm.live": [["formula", "layers", "modules"], ["spec", "still"], ["gallery"], ["figure"], ["own"], ["__init__"]],
    "gmm.practice": [["question", "shown", "words"], ["bank", "code", "form"], ["judge", "widget"], ["__init__"]],
    "gmm.live.gallery": [
        ["sliders"],
        ["climbs", "clusters", "computing", "density", "learning", "trusting"],
        ["__init__"],
    ],
}


def files(room):
    """Return the files of a room by their dotted names; a folder stands for all that it holds."""
    folder = ROOT.joinpath(*room.split("."))
    paths = folder.rglob("*.py") if folder.is_dir() else [folder.with_suffix(".py")]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


EVERY = files("gmm")


@cache
def imports(name):
    """Return the dotted names of the files of `gmm` that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(EVERY[name].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    # `from gmm.check import finite` names a function of a module, `from gmm import check` a module.
    files = (next((path for path in candidates(name) if path in EVERY), None) for name in found)
    return {path for path in files if path}


def candidates(name):
    """Yield the files that a dotted name may mean, the longest first."""
    parts = name.split(".")
    while parts:
        yield ".".join(parts)
        yield ".".join([*parts, "__init__"])
        parts.pop()


def inside(name, room):
    return name == room or name.startswith(room + ".")


def arrows(parent):
    """Return the pairs of rooms of a folder of which one imports the other."""
    rooms = {room: f"{parent}.{room}" for floor in FLOORS[parent] for room in floor}
    pairs = set()
    for one, path in rooms.items():
        used = {target for name in files(path) for target in imports(name)}
        pairs |= {
            (one, other) for other, target in rooms.items() if other != one and any(inside(u, target) for u in used)
        }
    return pairs


@pytest.mark.parametrize("parent", FLOORS)
def test_every_room_has_a_floor(parent):
    folder = ROOT.joinpath(*parent.split("."))
    there = {path.stem for path in folder.glob("*.py")} | {path.parent.name for path in folder.glob("*/__init__.py")}
    # The roof of the house is its own __init__, which offers what the chapters use.
    assert {room for floor in FLOORS[parent] for room in floor} == there - ({"__init__"} if parent == "gmm" else set())


@pytest.mark.parametrize("parent", FLOORS)
def test_every_import_goes_down(parent):
    height = {room: number for number, floor in enumerate(FLOORS[parent]) for room in floor}
    up = [f"{one} -> {other}" for one, other in arrows(parent) if height[other] >= height[one]]
    assert up == []


def test_nothing_in_the_house_imports_its_roof():
    assert [name for name in EVERY if name != "gmm.__init__" and "gmm.__init__" in imports(name)] == []


def test_few_files_lie_flat():
    flat = [path for path in (ROOT / "gmm").iterdir() if path.is_file()]
    assert len(flat) <= 14 and len([path for path in flat if path.suffix == ".py"]) <= 12


def row(parent, number, floor):
    return f"| `{parent}` | {number} | {', '.join(f'`{room}`' for room in floor)} |"


def test_contributing_shows_the_same_floors():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for parent, floors in FLOORS.items():
        for number, floor in enumerate(floors):
            assert row(parent, number, floor) in text


def test_the_house_is_printed(capsys):
    with capsys.disabled():
        for parent, floors in FLOORS.items():
            rooms = sum(map(len, floors))
            print(f"\n{parent}: {rooms} rooms, {len(arrows(parent))} arrows, {len(floors)} floors", end="")
    # With recorded data the likelihood (em) knows of classes (engine), and these of the error function (erf).
    # The questions ask about all that the chapters teach: seven arrows from the top floor down.
    assert len(arrows("gmm")) < 50
