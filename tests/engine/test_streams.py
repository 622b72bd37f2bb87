"""What is fitted block by block, or on several machines, is what is fitted in memory."""

import os
import sys

import dask
import dask.array as da
import distributed
import numpy as np
import pytest

import gmm
from benchmarks import scale
from gmm import Mixture, Nodes, fit
from gmm.engine import streams
from gmm.engine.graded import Graded
from gmm.engine.sources import Few

TRUE = scale.TRUE
X, _ = TRUE.sample(240_000, np.random.default_rng(1))


@pytest.fixture(scope="module", autouse=True)
def scheduler():
    with dask.config.set(scheduler="threads"):
        yield


@pytest.fixture(scope="module")
def in_memory():
    return fit(X, 3)


def blocks(x, n=12):
    """Return a function that gives the observations in n blocks."""
    return lambda: iter(np.array_split(x, n))


def chunks(x, n=12):
    return da.from_array(x, chunks=-(-len(x) // n))


def agree(one, other):
    """Tell whether two fits are the same to 1e-10 standard deviations, whatever the order of their components."""
    same_height = one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-12)
    return scale.difference(one, other) < 1e-10 and same_height


every_stream = pytest.mark.parametrize("stream", [blocks, chunks])


@every_stream
def test_a_stream_gives_what_memory_gives_in_two_passes(stream, in_memory):
    result = fit(stream(X), 3)
    assert agree(result, in_memory)
    assert result.converged
    assert result.certificate.passes == 2
    assert result.n_observations == X.size


@every_stream
def test_the_log_likelihood_of_a_stream_is_that_of_the_formula(stream):
    result = fit(stream(X), 3)
    assert result.log_likelihood == pytest.approx(gmm.log_likelihood(X, result.mixture), rel=1e-12)


def test_a_function_is_called_for_a_first_look_at_some_blocks_and_once_for_each_pass(in_memory):
    drawn = []

    def give():
        drawn.append(0)
        for block in np.array_split(X, 12):
            drawn[-1] += block.size
            yield block

    result = fit(give, 3)
    assert agree(result, in_memory)
    look, *passes = drawn
    assert look < X.size / 2 + 1
    assert passes == [X.size] * result.certificate.passes


@every_stream
@pytest.mark.parametrize("order", [np.sort, lambda x: np.sort(x)[::-1]], ids=["sorted", "reversed"])
def test_the_order_of_the_data_changes_nothing(stream, order, in_memory):
    result = fit(stream(order(X)), 3)
    assert agree(result, in_memory)
    # The unit comes from the first blocks: cells that it makes too wide elsewhere cost one more pass.
    assert result.certificate.passes <= 3


@every_stream
def test_a_cluster_far_outside_the_sample_is_found(stream):
    x = np.concatenate([X, np.random.default_rng(2).normal(1e6, 2.0, 300)])
    result = fit(stream(x), 4)
    assert agree(result, fit(x, 4))
    assert result.mixture.means.max() == pytest.approx(1e6, rel=1e-6)


def test_one_first_block_of_equal_values_is_no_obstacle():
    x = np.concatenate([np.zeros(150_000), X])
    assert agree(fit(lambda: iter(np.array_split(x, 30)), 3, min_variance=1e-4), fit(x, 3, min_variance=1e-4))


@every_stream
def test_a_start_and_equal_variances_are_heeded(stream):
    start = Mixture([0.3, 0.3, 0.4], [-1.0, 1.0, 6.0], [1.0, 1.0, 1.0])
    assert agree(fit(stream(X), start=start), fit(X, start=start))
    assert agree(fit(stream(X), 3, equal_variances=True), fit(X, 3, equal_variances=True))


@every_stream
def test_precision_survives_a_large_offset(stream):
    assert agree(fit(stream(X * 1e-3 + 1e5), 3), fit(X * 1e-3 + 1e5, 3))


def test_weights_count_as_they_do_in_memory():
    w = np.random.default_rng(3).integers(0, 4, X.size).astype(float)
    w[40_000:60_000] = 0  # a block of which nothing counts
    expected = fit(X, 3, sample_weight=w)
    assert agree(fit(lambda: zip(np.array_split(X, 12), np.array_split(w, 12)), 3), expected)
    assert agree(fit(chunks(X), 3, sample_weight=chunks(w)), expected)


def test_empty_blocks_and_blocks_of_other_types_are_taken_as_they_are():
    rounded = np.round(100 * X)
    mixed = [rounded[:100_000].astype(np.float32), [], rounded[100_000:].astype(int), np.empty(0)]
    assert agree(fit(lambda: iter(mixed), 3), fit(rounded, 3))


@every_stream
def test_what_is_small_is_fitted_in_memory(stream):
    x = X[:3000]
    assert isinstance(streams.open_stream(stream(x[:2000])), Few)
    for n in (2000, 3000):
        assert fit(stream(x[:n]), 3).mixture == fit(x[:n], 3).mixture


def test_chunks_of_unknown_size_are_fitted():
    x = chunks(X)
    assert agree(fit(x[x > 1], 2), fit(X[X > 1], 2))


def test_sums_of_parts_add_to_those_of_the_whole():
    parts = np.array_split(X, 5)
    whole, summed = Graded.of(X), Graded.of(parts[0])
    for part in parts[1:]:
        summed = summed + Graded.of(part)
    assert (summed.count, summed.low, summed.high) == (X.size, X.min(), X.max())
    for one, other in zip(summed.sums, whole.sums):
        np.testing.assert_allclose(one, other, atol=1e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@every_stream
def test_what_is_not_finite_is_named_with_its_block_and_place(stream, bad):
    x = X.copy()
    x[5 * 20_000 + 3] = bad
    with pytest.raises(ValueError, match=r"in block 5, x must be finite, but x\[3\] is .*Remove or replace it\."):
        fit(stream(x), 3)


@pytest.mark.parametrize(
    ("x", "options", "message"),
    [
        (lambda: iter([]), {}, "x is empty"),
        (lambda: iter([X, np.ones((2, 2))]), {}, "in block 1, x must be one-dimensional"),
        (lambda: iter([X, (X, -np.ones_like(X))]), {}, "in block 1, sample_weight must not be negative"),
        (lambda: iter([X, ["a"]]), {}, "in block 1, x must hold numbers"),
        (lambda: 3.0, {}, r"x\(\) must return an iterator of blocks, but returns float"),
        (blocks(X), {"sample_weight": np.ones_like(X)}, "sample_weight does not go with a function"),
        (lambda: X, {}, r"but block 0 is the single value .*\. Pass an array as x itself, or a function that yields"),
        (lambda: X.tolist(), {}, r"but block 0 is the single value"),
        (blocks(np.ones(200_000)), {}, "x holds one value only, 1.0"),
        (blocks(np.append(X, 1e300)), {}, "beyond the range of a float"),
        (chunks(X).reshape(2, -1), {}, "x must be one-dimensional"),
        (chunks(X), {"sample_weight": np.ones_like(X)}, "must be a Dask array"),
        (chunks(X), {"sample_weight": chunks(np.ones_like(X), 7)}, r"Pass sample_weight.rechunk\(x.chunks\)"),
    ],
)
def test_what_cannot_be_fitted_is_refused_with_a_remedy(x, options, message):
    with pytest.raises((TypeError, ValueError), match=message):
        fit(x, 2, **options)


def test_an_iterator_that_is_handed_out_twice_is_noticed():
    once = iter(np.array_split(X, 12))
    with pytest.raises(ValueError, match=r"fresh iterator|changed between two passes"):
        fit(lambda: once, 3)


def test_data_that_change_between_passes_are_noticed():
    shrinking = iter(range(1000))
    with pytest.raises(ValueError, match="changed between two passes"):
        fit(lambda: iter([X[next(shrinking) :]]), 3)


def test_without_dask_the_remedy_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(ImportError, match=r"x needs Dask.*: pip install 'gaussian-mixture-book\[dask\]'"):
        fit(chunks(X), 3)


def test_a_stream_is_never_held_as_a_whole():
    held = []

    class Block(np.ndarray):
        """An array that says when it goes."""

        def __del__(self):
            held.append(-1)

    def give():
        for n in range(12):
            block = X[n * 20_000 : (n + 1) * 20_000].copy().view(Block)
            held.append(1)
            yield block

    fit(give, 3)
    # The function's own block, the one at work, and a sample of the first look.
    assert np.cumsum(held).max() <= 8


@every_stream
def test_progress_shows_each_pass(stream, capsys, in_memory):
    assert agree(fit(stream(X), 3, progress=True), in_memory)
    told = capsys.readouterr().err
    assert "nodes: " in told
    assert "exact step: 100%" in told


# --- several processes -------------------------------------------------------


LIMIT = 200_000_000


@pytest.fixture
def cluster():
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit=LIMIT, dashboard_address=":0", silence_logs=50
        ) as cluster,
        distributed.Client(cluster) as client,
        dask.config.set(scheduler="distributed"),
    ):
        yield client


@pytest.mark.sweep  # a quarter of a minute
def test_a_killed_worker_loses_nothing_of_more_than_a_worker_can_hold(cluster, tmp_path):
    once = tmp_path / "once"
    once.touch()
    before = set(cluster.run(os.getpid).values())
    n, size = 54, 500_000
    assert n * size * 8 > LIMIT
    result = fit(scale.array(n, size, str(once)), 3)
    cluster.wait_for_workers(2)
    assert len(before - set(cluster.run(os.getpid).values())) == 1, "one worker was killed"
    assert result.certificate.passes == 2
    assert result.n_observations == n * size
    assert agree(result, fit(lambda: (scale.chunk(number, size) for number in range(n)), 3))


def test_nodes_travel_between_processes_and_add(cluster):
    edges = np.linspace(-6, 12, 60)
    parts = np.array_split(X, 4)
    there = cluster.gather(cluster.map(Nodes.of, parts, edges=edges))
    x, w = sum(there[1:], there[0]).weighted()
    assert w @ np.cos(x) == pytest.approx(np.cos(X).sum(), abs=1e-9)


def test_a_function_that_does_not_tell_its_arguments_may_be_a_stream():
    assert streams.is_stream(max) and streams.is_stream(lambda: [])
    assert not streams.is_stream(lambda x: x) and not streams.is_stream([1.0])
