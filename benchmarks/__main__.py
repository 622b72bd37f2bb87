"""Measure every case, print the table, and write what the chapter on the engine shows.

``python -m benchmarks`` takes some ten minutes, ``python -m benchmarks quick``
one, and then writes nothing.
"""

import json
import os
import platform
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks import picture
from benchmarks.data import CASES, QUICK, TUNED
from benchmarks.peers import InR, Sklearn, installed
from gmm import Mixture, Statistics, fit
from gmm.engine.sources import in_memory
from gmm.unit import move

BOOK = Path(__file__).resolve().parents[1] / "book"
# Plain iterations are counted up to here.
MOST = 50_000
# The same height: so many nats an observation. The same place: so many standard deviations.
HEIGHT, PLACE = 1e-8, 1e-6
EQUAL_WORK = 100


def timed(function, *arguments, **options):
    """Return the seconds that a call took, and what it returned."""
    begin = time.perf_counter()
    result = function(*arguments, **options)
    return time.perf_counter() - begin, result


def measure(case, peers):
    """Return one row of the table: times in seconds, and what was found."""
    x = case.sample()
    start = case.start(x)
    n_repeats = 25 if case.n < 10_000 else 7 if case.n < 1_000_000 else 5
    fit(x, start=start)
    times = {name: [] for name in ("step", "sort", "fit", "default")}
    for i in range(n_repeats):  # interleaved, so that a busy machine hits all alike
        times["step"].append(timed(Statistics.of, x, start)[0])
        times["sort"].append(timed(np.sort, x)[0])
        seconds, given = timed(fit, x, start=start)
        times["fit"].append(seconds)
        if i % 5 == 0 or case.n < 1_000_000:
            seconds, free = timed(fit, x, case.n_components)
            times["default"].append(seconds)
    row = {**case._asdict(), "tuned": case == TUNED, **{name: median(values) for name, values in times.items()}}
    certificate = given.certificate
    row |= {name: getattr(certificate, name) for name in ("evaluations", "nodes", "passes", "move")}
    row["end"] = certificate.kind
    row |= counts(x, start, given)
    row["memory"] = memory(x, start)
    row |= peer_times(case, x, start, peers)
    found = [row.pop("theta"), free.mixture, given.mixture]
    heights = [height(x, theta) for theta in found]
    others = [other["log_likelihood"] for other in row["others"].values()]
    best = max(value for value in heights + others if value is not None)
    for other in row["others"].values():
        other["short"] = None if other["log_likelihood"] is None else best - other.pop("log_likelihood")
    names = ("sklearn_short", "default_short", "fit_short")
    return row | {name: None if value is None else best - value for name, value in zip(names, heights)}


def counts(x, start, fitted):
    """Count the plain iterations to the same height and to the same place, on nodes; and compare after equal work."""
    source = in_memory(x)
    begin, target = source.unit.inward(start), source.unit.inward(fitted.mixture)
    if source.few() is None and not source.serves([target]):
        source.look([target])
    values, weights = source.few() or source.nodes([target]).weighted()
    goal = Statistics.of(values, target, weights).log_likelihood - HEIGHT * source.total
    theta, height, place, at_rest = begin, None, None, False
    for n in range(MOST):
        at = Statistics.of(values, theta, weights)
        if height is None and at.log_likelihood >= goal:
            height = n
        if apart(theta, target) <= PLACE:
            place = n
            break
        before, theta = theta, at.updated()
        at_rest = move(before, theta) < 1e-13
        if at_rest:
            break
    on_nodes, on_all = begin, begin
    for _ in range(EQUAL_WORK if x.size <= 1_000_000 else 0):
        on_nodes = Statistics.of(values, on_nodes, weights).updated()
        on_all = source.statistics(on_all).updated()
    equal_work = move(on_nodes, on_all) if x.size <= 1_000_000 else None
    return {"iterations": height, "iterations_to_place": place, "elsewhere": at_rest, "equal_work": equal_work}


def apart(theta, other):
    """Return how far two mixtures are apart, in standard deviations, whatever the order of their components."""
    return move(*(tuple(array[np.argsort(mu)] for array in (pi, mu, var)) for pi, mu, var in (theta, other)))


def memory(x, start):
    """Return the peak of what a fit allocates beside the data, in bytes."""
    tracemalloc.start()
    fit(x, start=start)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def peer_times(case, x, start, peers):
    """Return seconds per iteration of each peer, and the default call of scikit-learn and where it ends."""
    # Every form is measured where that is quick, and on one million points.
    chosen = peers if case.n < 1_000_000 or case == TUNED else peers[:1]
    n_repeats = 9 if case.n < 10_000 else 3 if case.n <= 1_000_000 else 1
    rounds = [{peer.name: peer.seconds_per_iteration(x, start) for peer in chosen} for _ in range(n_repeats)]
    row = {"per_iteration": {peer.name: median(each[peer.name] for each in rounds) for peer in chosen}}
    row["others"] = {}
    if case.n > 1_000_000:
        return row | {"sklearn_default": None, "theta": None}
    runs = [Sklearn("full").default(x, case.n_components) for _ in range(1 if case.n == 1_000_000 else n_repeats)]
    for peer in chosen:
        if isinstance(peer, InR):
            seconds, theta = peer.default(x, case.n_components)
            row["others"][peer.name] = {"seconds": seconds, "log_likelihood": height(x, theta)}
    return row | {"sklearn_default": median(seconds for seconds, _ in runs), "theta": Mixture(*runs[0][1])}


def height(x, theta):
    """Return the log-likelihood at a mixture, None where a program found none."""
    return None if theta is None else float(Statistics.of(x, theta).log_likelihood)


def table(rows):
    """Return the table as text."""
    head = (
        "case",
        "N",
        "K",
        "step ms",
        "sort",
        "fit",
        "short",
        "evals",
        "nodes",
        "moves",
        "plain its",
        "to place",
        "sklearn x",
    )
    head += ("its call", "short", "gmm call", "short", "MiB", "equal work")
    lines = [head]
    for row in rows:
        step = row["step"]
        per_iteration = row["per_iteration"]["scikit-learn full"]
        longer = None if row["iterations"] is None else row["iterations"] * per_iteration / row["fit"]
        lines.append(
            (
                row["kind"] + "*" * row["tuned"],
                f"{row['n']:.0e}",
                str(row["n_components"]),
                f"{1e3 * step:.3g}",
                f"{row['sort'] / step:.2g}",
                f"{row['fit'] / step:.3g}",
                f"{row['fit_short']:.2g}",
                str(row["evaluations"]),
                str(row["nodes"]),
                f"{row['move']:.0e}",
                number(row["iterations"], "d", row),
                number(row["iterations_to_place"], "d", row),
                number(longer, ".3g", row),
                number(row["sklearn_default"] and row["sklearn_default"] / step, ".3g"),
                number(row["sklearn_short"], ".2g"),
                f"{row['default'] / step:.3g}",
                number(row["default_short"], ".2g"),
                f"{row['memory'] / 2**20:.1f}",
                number(row["equal_work"], ".0e"),
            )
        )
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths)) for line in lines)


def number(value, form, row=None):
    """Return a number as text, and what stands where there is none."""
    if value is None:
        return "–" if row is None else "elsewhere" if row["elsewhere"] else f">{MOST}"
    return format(value, form)


def without_avx512():
    """Measure the first case once more in a process in which NumPy leaves AVX-512 alone, and return its row as text."""
    from numpy._core._multiarray_umath import __cpu_features__ as features

    if not any(features.get(name) for name in ("AVX512F", "X86_V4")):
        return "this machine has no AVX-512"
    off = {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"}
    run = [sys.executable, "-W", "ignore", "-m", "benchmarks", "first"]
    return subprocess.run(run, env=os.environ | off, capture_output=True, text=True, check=True).stdout


def main():
    """Measure, print, and write the picture and its numbers unless the run is a quick one."""
    if "first" in sys.argv[1:]:
        return print(table([measure(TUNED, [Sklearn("full")])]))
    quick = "quick" in sys.argv[1:]
    peers, rows = installed(), []
    for case in QUICK if quick else CASES:
        seconds, row = timed(measure, case, peers)
        rows.append(row)
        print(f"{case.kind}, N = {case.n}, K = {case.n_components}: measured in {seconds:.0f} s", flush=True)
    print("\n" + table(rows))
    for row in rows:
        for name, other in row["others"].items():
            print(
                f"{name}, default call on {row['kind']} {row['n']:.0e} {row['n_components']}: "
                f"{other['seconds'] / row['step']:.3g} steps, {number(other['short'], '.2g')} nats short"
            )
    print("\nsort, fit, its call, gmm call: in exact steps. sklearn x: its iterations to the same height times")
    print("the time of one, over the time of the fit. short: nats below the best known. *: settings were chosen here.")
    for name, seconds in next(row for row in rows if row["n"] > 10_000)["per_iteration"].items():
        print(f"{name}: {seconds / next(row for row in rows if row['n'] > 10_000)['step']:.2g} steps an iteration")
    print(
        f"one thread of {os.cpu_count()}, load {os.getloadavg()[0]:.1f}, {platform.machine()}, NumPy {np.__version__}"
    )
    if not quick:
        print("without AVX-512:", without_avx512())
        (BOOK / "benchmark.json").write_text(json.dumps({"rows": rows, "most": MOST}, indent=1) + "\n", "utf-8")
        picture.write(rows, BOOK / "benchmark.svg")


if __name__ == "__main__":
    main()
