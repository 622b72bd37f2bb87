"""Change the package on purpose, in many small ways, and see whether a test fails each time.

`make mutants` takes some hundred mutants of cosmic-ray, by a seed, from all
that it can make of `gmm/` without figures and questions, and runs the tests of the module
that each is in. It writes the survivors to `_build/mutants.txt`. Those that
are known to be equivalent stand, with the reason, in `tests/equivalent.txt`.
"""

import ast
import os
import queue
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
BUILD = HOME / "_build" / "mutants"
# Copies are mutated, one for each core, so that a run that is broken off leaves nothing behind.
COPIES = [BUILD / f"copy{number}" for number in range(os.cpu_count() or 1)]
ROOT = COPIES[0]
COPIED = ("gmm", "tests", "benchmarks", "book", "exam", "tools", "conftest.py", "pyproject.toml", "_toc.yml")
KNOWN = HOME / "tests" / "equivalent.txt"
SEED, SAMPLE, HOUR = 1, 300, 3600.0
# So many mutants of one module go to a core at a time.
PART = 6
# A module's own tests; the others have one of their own name.
TESTS = {
    "check": ["tests/test_check.py", "tests/engine/test_recorded.py"],
    "engine/settings": ["tests/engine"],
    "engine/exact": ["tests/engine/test_exact.py", "tests/engine/test_recorded.py"],
    "engine/search": ["tests/engine/test_ends.py", "tests/engine/test_search.py", "tests/engine/test_scan.py"],
    "engine/climb": ["tests/engine/test_climb.py", "tests/engine/test_ends.py", "tests/engine/test_recorded.py"],
    "engine/sources": ["tests/engine/test_search.py", "tests/engine/test_streams.py"],
    "engine/starts": ["tests/engine/test_starts.py", "tests/engine/test_climb.py"],
    "engine/streams": ["tests/engine/test_streams.py", "tests/test_select.py"],
    "fitting": ["tests/test_fitting.py", "tests/engine/test_information.py", "tests/engine/test_profile.py"],
    "bounding": ["tests/test_bounding.py"],
    "unit": ["tests/test_em.py", "tests/test_fitting.py"],
    "plot": ["tests/test_plot.py"],
    "formulas/names": ["tests/formulas/test_formulas.py"],
    "formulas/numeric": ["tests/formulas/test_formulas.py", "tests/formulas/test_sums.py"],
    "practice/code": ["tests/practice/test_judge.py"],
    "practice/judge": ["tests/practice/test_mark.py"],
    "practice/form": ["tests/practice/test_judge.py", "tests/practice/test_bank.py"],
    "practice/question": ["tests/practice/test_judge.py", "tests/practice/test_bank.py"],
    "practice/words": ["tests/practice/test_bank.py"],
}
# Figures, and questions, which are data: `tests/practice` proves each key.
LEFT_OUT = {"live", "bank", "shown.py", "__init__.py"}
CONFIG = """
[cosmic-ray]
module-path = "{module}"
timeout = 600.0
excluded-modules = []
test-command = "{python} -m pytest -x -q -n 0 -m 'not sweep' -p no:cacheprovider {tests}"
[cosmic-ray.distributor]
name = "local"
"""


def modules():
    """Return the files that are mutated."""
    files = sorted((ROOT / "gmm").rglob("*.py"))
    return [path for path in files if LEFT_OUT.isdisjoint(path.parts)]


def tests_of(path):
    """Return the tests of a module."""
    name = path.relative_to(ROOT / "gmm").with_suffix("").as_posix()
    own = name.rpartition("/")
    return TESTS.get(name) or [f"tests/{own[0]}{own[1]}test_{own[2]}.py"]


def session(path):
    """Return the database of all mutants of a module."""
    name = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "-")
    config, database = BUILD / f"{name}.toml", BUILD / f"{name}.sqlite"
    tests = " ".join(test for test in tests_of(path) if (ROOT / test).exists())
    config.write_text(CONFIG.format(module=path.relative_to(ROOT), python=sys.executable, tests=tests), "utf-8")
    database.unlink(missing_ok=True)
    cosmic_ray("init", config, database)
    return config, database


def cosmic_ray(*arguments, root=ROOT):
    """Run the program in a copy, which its tests import."""
    program = Path(sys.executable).with_name("cosmic-ray")
    alone = {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run([program, *arguments], cwd=root, check=True, env=os.environ | alone)


def copied():
    """Make the copies anew."""
    shutil.rmtree(BUILD, ignore_errors=True)
    for root in COPIES:
        for name in COPIED:
            if (HOME / name).is_dir():
                shutil.copytree(HOME / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(HOME / name, root / name)


def jobs(database):
    """Return the mutants of a session, but for those of what is not computed."""
    with sqlite3.connect(database) as connection:
        specs = connection.execute(
            "select job_id, module_path, start_pos_row, start_pos_col from mutation_specs "
            "order by module_path, start_pos_row, start_pos_col, operator_name, occurrence"
        ).fetchall()
    said = {path: list(signatures((ROOT / path).read_text("utf-8"))) for path in {path for _, path, *_ in specs}}
    return [job for job, path, *place in specs if not any(low <= tuple(place) < high for low, high in said[path])]


def signatures(source):
    """Yield where the parts of signatures and the annotations lie that are no code: all but the defaults."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign):
            yield place(node.annotation)
        elif isinstance(node, ast.FunctionDef):
            begin = (node.lineno, node.col_offset)
            defaults = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default is not None]
            for default in sorted(map(place, defaults)):
                yield begin, default[0]
                begin = default[1]
            yield begin, place(node.body[0])[0]


def place(node):
    """Return the begin and the end of a node."""
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)


def keep(database, chosen):
    """Take all other mutants out of a session."""
    with sqlite3.connect(database) as connection:
        marks = ",".join("?" * len(chosen))
        for table in ("mutation_specs", "work_items"):
            connection.execute(f"delete from {table} where job_id not in ({marks})", chosen)


def outcomes(database):
    """Yield module, line, operator, whether the mutant survived, and its difference."""
    with sqlite3.connect(database) as connection:
        yield from connection.execute(
            "select s.module_path, s.start_pos_row, s.operator_name, r.test_outcome = 'SURVIVED', r.diff "
            "from mutation_specs s join work_results r on s.job_id = r.job_id"
        )


def known():
    """Return the survivors that are known to be equivalent, by file and changed line."""
    return set(KNOWN.read_text("utf-8").splitlines()) if KNOWN.exists() else set()


def changed(path, diff):
    """Return a survivor in one line: the file and the line as the mutant has it."""
    lines = [line[1:].strip() for line in (diff or "").splitlines() if line.startswith("+") and line[:3] != "+++"]
    return f"{path}: {' | '.join(lines)}"


def parts(sessions, chosen):
    """Yield a session's configuration and a copy of its database with a few of the mutants chosen, each once."""
    for number, (config, database) in enumerate(sessions):
        own = [job for other, job in chosen if other == number]
        for first in range(0, len(own), PART):
            part = database.with_suffix(f".{first}.sqlite")
            shutil.copy(database, part)
            keep(part, own[first : first + PART])
            yield config, part


def main(sample=SAMPLE, seed=SEED):
    """Run a sample of the mutants and tell how many were killed."""
    copied()
    sessions = [session(path) for path in modules()]
    every = [(number, job) for number, (_, database) in enumerate(sessions) for job in jobs(database)]
    chosen = random.Random(seed).sample(every, min(sample, len(every)))
    print(f"{len(every)} mutants; {len(chosen)} of them, by seed {seed}", flush=True)
    began, free, killed, survivors = time.monotonic(), queue.SimpleQueue(), 0, []
    for root in COPIES:
        free.put(root)

    def run(config, part):
        root = free.get()
        try:
            if time.monotonic() - began < HOUR:
                if part.suffixes[0] == ".0":  # tests that fail without a mutant would kill every one
                    cosmic_ray("baseline", config, root=root)
                cosmic_ray("exec", config, part, root=root)
        finally:
            free.put(root)
        return config.stem, list(outcomes(part))

    with ThreadPoolExecutor(len(COPIES)) as pool:
        for name, found in pool.map(lambda pair: run(*pair), list(parts(sessions, chosen))):
            killed += sum(not survived for *_, survived, _ in found)
            survivors += [(changed(path, diff), operator) for path, _, operator, survived, diff in found if survived]
            print(f"{name}: {killed} killed so far, {len(survivors)} survive", flush=True)
    equivalent = known()
    open_ones = [line for line, _ in survivors if line not in equivalent]
    (HOME / "_build" / "mutants.txt").write_text("\n".join(open_ones) + "\n", "utf-8")
    counted, alike = killed + len(open_ones), len(survivors) - len(open_ones)
    print(f"ran {killed + len(survivors)} of {len(chosen)} in {(time.monotonic() - began) / 60:.0f} minutes")
    print(f"killed {killed} of {counted}, {100 * killed / max(counted, 1):.1f} %; {alike} more are equivalent")
    print("\n".join(open_ones))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
