"""The wheel, installed with NumPy alone in an empty environment."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
# For each Python the oldest NumPy that has a wheel for it and that the package allows, and the newest there is.
OLDEST = {"3.11": "numpy==1.26.0", "3.12": "numpy==1.26.0", "3.13": "numpy==2.1.0"}
NEWEST = "numpy"
MISSING = {
    "gmm.plot": "gmm.plot needs matplotlib",
    "gmm.formulas": "gmm.formulas needs SymPy",
    "gmm.formulas.javascript": "gmm.formulas needs SymPy",
    "gmm.live": "gmm.live needs SymPy",
    "gmm.practice": "gmm.practice needs SymPy",
    "gmm.sklearn": "gmm.sklearn needs scikit-learn 1.6 or later",
}
CHECK = f"""
import doctest, importlib.util, pkgutil, warnings
warnings.simplefilter("error")
import numpy, gmm
assert [m for m in ("matplotlib", "sympy", "anywidget", "sklearn", "scipy") if importlib.util.find_spec(m)] == []
result = gmm.fit(gmm.datasets.galaxies().velocity, 3, rng=1)
assert result.converged and abs(result.log_likelihood + 203.4819801) < 1e-6, result
assert gmm.Mixture.from_json(result.mixture.to_json()) == result.mixture
for name, words in {MISSING!r}.items():
    try:
        importlib.import_module(name)
    except ImportError as error:
        assert str(error).startswith(words), error
        assert "pip install 'gaussian-mixture-book[" in str(error), error
    else:
        raise AssertionError(name)
ran = 0
for module in pkgutil.walk_packages(gmm.__path__, "gmm.", onerror=lambda name: None):
    if module.name.startswith(("gmm.plot", "gmm.formulas", "gmm.live", "gmm.practice", "gmm.sklearn")):
        continue
    outcome = doctest.testmod(importlib.import_module(module.name))
    assert outcome.failed == 0, module.name
    ran += outcome.attempted
assert ran > 40
print(gmm.__version__, numpy.__version__)
"""


def interpreters():
    """Return the Pythons of this machine that the package is meant for, by version."""
    found = {HERE: sys.executable}
    for version in OLDEST:
        candidates = [shutil.which(f"python{version}"), *Path.home().glob(f".pyenv/versions/{version}.*/bin/python")]
        found.setdefault(version, next((str(path) for path in candidates if path and works(path, version)), None))
    return {version: path for version, path in found.items() if path}


def works(path, version):
    told = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    return told.returncode == 0 and f"Python {version}." in told.stdout


PYTHONS = interpreters()
SWEEP = [(version, numpy) for version in PYTHONS for numpy in (OLDEST.get(version, NEWEST), NEWEST)]
SWEEP = [pair for pair in dict.fromkeys(SWEEP) if pair != (HERE, NEWEST)]


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The source archive, and the wheel made from it."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def check(built, folder, version, numpy):
    """Install the wheel beside NumPy alone, and use it."""
    _, wheel = built
    environment = folder / "environment"
    subprocess.run([PYTHONS[version], "-m", "venv", environment], check=True)
    python = environment / "bin" / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
    subprocess.run([*install, numpy, wheel], check=True)
    # In a folder of its own, so that it is not the checkout that is imported.
    told = subprocess.run([python, "-c", CHECK], cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(version_of_the_package())


def version_of_the_package():
    return re.search(r'^__version__ = "(.+)"$', (ROOT / "gmm" / "__init__.py").read_text("utf-8"), re.M)[1]


def test_the_wheel_works_with_numpy_alone(built, tmp_path):
    check(built, tmp_path, HERE, NEWEST)


@pytest.mark.sweep
@pytest.mark.parametrize(("version", "numpy"), SWEEP)
def test_the_wheel_works_on_every_python_with_its_oldest_numpy_and_the_newest(built, tmp_path, version, numpy):
    check(built, tmp_path, version, numpy)


def test_the_wheel_holds_the_package_and_nothing_else(built):
    archive, wheel = built
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    there = subprocess.run(["git", "ls-files", "gmm"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert held == set(there.split())
    assert "gmm/py.typed" in held and "gmm/live/js/figure.js" in held and "gmm/datasets/faithful.csv" in held
    with tarfile.open(archive) as source:
        inside = {name.partition("/")[2] for name in source.getnames()}
    assert held <= inside


def test_what_the_wheel_says_of_itself_works_outside_the_repository(built):
    with zipfile.ZipFile(built[1]) as wheel:
        (name,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        text = wheel.read(name).decode()
    assert "Name: gaussian-mixture-book" in text and f"Version: {version_of_the_package()}" in text
    # The picture at the top is the only thing that a reader elsewhere does not get.
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", text)
    assert [link for link in links if not link.startswith("https://")] == []
