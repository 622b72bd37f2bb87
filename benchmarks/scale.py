"""A data set that no worker can hold, on several processes, one of which is killed: ``python -m benchmarks.scale``."""

import os
import resource
import signal
import sys
import tempfile
import time
from pathlib import Path

import dask
import dask.array as da
import distributed
import numpy as np

from gmm import Mixture, fit
from gmm.unit import move

TRUE = Mixture([0.5, 0.3, 0.2], [0.0, 2.0, 5.0], [1.0, 0.3, 2.0])
# Of a worker, in MB. A worker that goes above it is stopped and begun anew.
LIMIT = 400
SIZE = 1_000_000


def chunk(number, size):
    """Draw one chunk, the same whenever it is asked for."""
    rng = np.random.default_rng(number)
    counts = rng.multinomial(size, TRUE.weights)
    x = rng.standard_normal(size)
    x *= np.repeat(np.sqrt(TRUE.variances), counts)
    x += np.repeat(TRUE.means, counts)
    return x


def drawn(number, size, once):
    """Draw a chunk; while the file `once` is there, chunk 50 takes its worker down with it."""
    if number == 50 and Path(once).exists():
        Path(once).unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return chunk(number, size)


def array(n_chunks, size, once):
    """Return the data as a Dask array."""
    parts = [dask.delayed(drawn)(number, size, once) for number in range(n_chunks)]
    return da.concatenate([da.from_delayed(part, (size,), dtype=float) for part in parts])


def peak():
    """Return the most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def difference(one, other):
    """Return the largest difference of parameters, in standard deviations."""
    return move(*(_rising(result.mixture) for result in (one, other)))


def _rising(mixture):
    """Return weights, means and variances in the order of the means."""
    order = np.argsort(mixture.means)
    return [array[order] for array in mixture]


def main(n_chunks=100, size=SIZE):
    """Fit on two workers, kill one of them in mid-run, fit the same blocks one by one and in memory, and compare."""
    print(f"{n_chunks * size:.0e} observations, {8 * n_chunks * size / 1e6:.0f} MB; a worker may hold {LIMIT} MB")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, memory_limit=f"{LIMIT}MB", dashboard_address=":0", silence_logs=50
    )
    with cluster, distributed.Client(cluster) as client, tempfile.TemporaryDirectory() as folder:
        once = Path(folder) / "once"
        for title in ("two workers", "the same, one killed"):
            if "killed" in title:
                once.touch()
            began, before = time.perf_counter(), set(client.run(os.getpid).values())
            result = fit(array(n_chunks, size, str(once)), 3)
            seconds = time.perf_counter() - began
            client.wait_for_workers(2)
            killed = len(before - set(client.run(os.getpid).values()))
            peaks = ", ".join(f"{value:.0f}" for value in client.run(peak).values())
            tell(title, result, seconds, f"workers' peaks {peaks} MB, {killed} killed")
            assert killed == ("killed" in title) and not once.exists()
    began = time.perf_counter()
    blocks = fit(lambda: (chunk(number, size) for number in range(n_chunks)), 3)
    tell("blocks, one process", blocks, time.perf_counter() - began, f"peak {peak():.0f} MB")
    x = np.concatenate([chunk(number, size) for number in range(n_chunks)])
    began = time.perf_counter()
    in_memory = fit(x, 3)
    tell("in memory", in_memory, time.perf_counter() - began, f"peak {peak():.0f} MB")
    for title, other in (("two workers", result), ("blocks", blocks)):
        relative = abs(other.log_likelihood / in_memory.log_likelihood - 1)
        print(f"{title} and memory differ by {difference(other, in_memory):.1e} sd, log-likelihood {relative:.1e}")


def tell(title, result, seconds, memory):
    """Print a row of the table."""
    passes, nodes = result.certificate.passes, result.certificate.nodes
    print(f"{title:22} {passes} passes, {nodes:5} nodes, {seconds:6.1f} s, {memory}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
