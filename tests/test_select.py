import re
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import entr
from scipy.stats import chi2

import gmm
from gmm import Mixture, datasets
from gmm.engine.recorded import as_recorded
from gmm.select import (
    RatioTest,
    _chi_squared_tail,
    _counts,
    _pooled,
    _recorder,
    bootstrap_ratio,
    entropy,
    fit_range,
    goodness_of_fit,
)

pytestmark = pytest.mark.filterwarnings("error")
WAITING = datasets.faithful().waiting
CRABS = datasets.crabs()
PAIR = Mixture([0.3, 0.7], [0.0, 2.5], [1.0, 0.5])


@pytest.fixture(scope="module")
def waits():
    return fit_range(WAITING, 4)


# --- entropy -----------------------------------------------------------------


def test_entropy_is_that_of_scipy():
    x, _ = PAIR.sample(500, 1)
    assert entropy(x, PAIR) == pytest.approx(entr(gmm.e_step(x, PAIR)).sum(), rel=1e-12)


def test_entropy_is_the_gap_between_the_log_likelihood_and_the_expected_one_of_labelled_data():
    x, _ = PAIR.sample(500, 1)
    expected = (gmm.e_step(x, PAIR) * np.log(PAIR.component_pdf(x))).sum()
    assert entropy(x, PAIR) == pytest.approx(gmm.log_likelihood(x, PAIR) - expected, rel=1e-10)


def test_entropy_is_nothing_for_the_decided_and_log_k_for_the_undecided():
    far = Mixture([0.5, 0.5], [-1e6, 1e6], [1.0, 1.0])
    alike = Mixture(np.full(3, 1 / 3), np.zeros(3), np.ones(3))
    assert entropy([-1e6, 1e6 + 1], far) == 0
    assert entropy([-3.0, 0.0, 8.0], alike) == pytest.approx(3 * np.log(3), rel=1e-14)


def test_entropy_counts_an_observation_as_often_as_its_weight_says():
    x, weights = np.array([0.0, 1.2, 2.0]), np.array([2, 0, 3])
    assert entropy(x, PAIR, sample_weight=weights) == pytest.approx(entropy(np.repeat(x, weights), PAIR), rel=1e-12)


def test_entropy_of_many_adds_up_and_needs_no_table_of_responsibilities():
    x, _ = PAIR.sample(1_000_000, 1)
    halves = entropy(x[:300_001], PAIR) + entropy(x[300_001:], PAIR)
    tracemalloc.start()
    whole = entropy(x, PAIR)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert whole == pytest.approx(halves, rel=1e-12)
    # A copy of x takes 8 MB, and the table would take 16 MB more.
    assert peak < 14e6


# --- a range of fits ---------------------------------------------------------


def test_a_range_holds_the_fits_one_by_one(waits):
    assert len(waits) == 4
    for k, found in enumerate(waits, 1):
        assert found.mixture == gmm.fit(WAITING, k).mixture


def test_a_whole_number_stands_for_the_range_up_to_it():
    chosen = fit_range(WAITING, (3, 1))
    assert [found.mixture.n_components for found in chosen] == [3, 1]
    assert [found.mixture.n_components for found in fit_range(WAITING, 2)] == [1, 2]


def test_the_criteria_follow_from_the_log_likelihood(waits):
    for i, found in enumerate(waits):
        height, p = gmm.log_likelihood(WAITING, found.mixture), 3 * (i + 1) - 1
        assert waits.aic[i] == pytest.approx(-2 * height + 2 * p, rel=1e-12)
        assert waits.bic[i] == pytest.approx(-2 * height + p * np.log(272), rel=1e-12)


def test_icl_is_the_price_of_the_labelled_likelihood(waits):
    for found, icl, p in zip(waits, waits.icl, (2, 5, 8, 11)):
        pi, mu, var = found.mixture
        log_joint = np.log(pi) + gmm.normal_log_pdf(WAITING[:, np.newaxis], mu, var)
        labelled = (gmm.e_step(WAITING, found.mixture) * log_joint).sum()
        assert icl == pytest.approx(-2 * labelled + p * np.log(272), rel=1e-10)


def test_icl_is_bic_for_one_component_and_never_less(waits):
    assert waits.icl[0] == waits.bic[0]
    assert (waits.icl[1:] > waits.bic[1:]).all()


@pytest.mark.parametrize("criterion", ["aic", "bic", "icl"])
def test_the_best_has_the_smallest_criterion(waits, criterion):
    assert waits.best(criterion) is waits.fits[getattr(waits, criterion).argmin()]
    assert waits.best(criterion).mixture.n_components == 2


def test_the_best_passes_over_a_spurious_maximum_and_one_that_did_not_converge(waits):
    marked = replace(waits.fits[1], certificate=replace(waits.fits[1].certificate, spurious=(0,)))
    stopped = replace(waits.fits[2], converged=False)
    doubtful = replace(waits, fits=(waits.fits[0], marked, stopped, waits.fits[3]))
    assert doubtful.best("icl") is waits.fits[3] and doubtful.best("bic") is waits.fits[3]
    assert "spurious: component 0" in repr(doubtful)
    with pytest.raises(ValueError, match="none of the fits ended at a proper maximum"):
        replace(waits, fits=(marked, stopped), entropies=waits.entropies[1:3]).best()


def test_a_component_on_one_value_is_told_and_passed_over():
    x = np.concatenate([np.linspace(0, 10, 50), np.full(12, 20.0)])
    with pytest.warns(gmm.ConvergenceWarning, match="n_components=2: component 1 collapsed"):
        found = fit_range(x, 2)
    assert repr(found).endswith("component 1 on the floor")
    assert found.bic.argmin() == 1 and found.best() is found.fits[0]


def test_the_table_shows_what_the_fits_hold(waits):
    lines = [re.split(r" {2,}", line.strip()) for line in repr(waits).splitlines()]
    assert lines[0] == ["K", "log L", "AIC", "BIC", "ICL", "smallest σ", "smallest N_k", "end"]
    for found, icl, line in zip(waits, waits.icl, lines[1:]):
        sums = gmm.e_step(WAITING, found.mixture).sum(axis=0)
        numbers = [found.log_likelihood, found.aic, found.bic, icl, found.mixture.variances.min() ** 0.5, sums.min()]
        assert int(line[0]) == found.mixture.n_components
        assert np.allclose(np.array(line[1:7], float), numbers, rtol=1e-3, atol=0.05)
        assert line[7] == "maximum"


def test_the_table_of_a_notebook_has_the_same_cells(waits):
    rows = [
        re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row)
        for row in waits._repr_html_().replace("N<sub>k</sub>", "N_k").split("</tr>")
    ]
    assert rows[:-1] == [re.split(r" {2,}", line.strip()) for line in repr(waits).splitlines()]


def test_counted_observations_give_the_table_of_repeated_ones():
    counted = fit_range(CRABS.ratio, 2, sample_weight=CRABS.count)
    assert repr(counted) == repr(fit_range(np.repeat(CRABS.ratio, CRABS.count.astype(int)), 2))


def test_options_reach_the_fits():
    alike = fit_range(WAITING, 2, equal_variances=True)
    assert [found.n_parameters for found in alike] == [2, 4]


def test_a_warning_points_to_the_caller_and_says_how_many_components():
    with pytest.warns(gmm.ConvergenceWarning, match="n_components=2: stopped at max_iter=3") as caught:
        stopped = fit_range(WAITING, (2,), max_iter=3)
    assert caught[0].filename == __file__
    assert repr(stopped).endswith("no maximum: unfinished")
    with pytest.warns(gmm.ConvergenceWarning, match="n_components=2: component 1 collapsed") as caught:
        bootstrap_ratio([0.0, 1.0, 5.0], 1, rng=1, n_samples=1)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("arguments", "options", "error", "said"),
    [
        ((0,), {}, ValueError, "n_components must be at least 1"),
        ((2.0,), {}, TypeError, "n_components must be a whole number"),
        (([],), {}, ValueError, "n_components is empty"),
        ((["2"],), {}, TypeError, "n_components must be a whole number"),
        ((2,), {"start": PAIR}, ValueError, "Pass start to gmm.fit"),
    ],
)
def test_a_range_refuses_what_it_cannot_fit(arguments, options, error, said):
    with pytest.raises(error, match=said):
        fit_range(WAITING, *arguments, **options)


def test_another_criterion_is_refused(waits):
    with pytest.raises(ValueError, match="criterion must be 'aic', 'bic' or 'icl', but is 'hqic'"):
        waits.best("hqic")


# --- the bootstrap of the likelihood ratio -----------------------------------


def test_the_ratio_is_twice_the_gain():
    found = bootstrap_ratio(WAITING, 1, rng=1, n_samples=9)
    one, two = (gmm.log_likelihood(WAITING, gmm.fit(WAITING, k).mixture) for k in (1, 2))
    assert found.ratio == pytest.approx(2 * (two - one), rel=1e-12)


def test_the_p_value_is_the_rank_of_the_data_among_the_samples():
    smaller, larger = (replace(gmm.fit(WAITING, 1), log_likelihood=height) for height in (-10.0, -8.0))
    found = RatioTest(smaller, larger, np.array([1.0, 4.0, 7.0]))
    assert found.ratio == 4 and found.p_value == 3 / 4
    assert repr(found) == "RatioTest(1 against 2: ratio 4.0000, p = 0.75 by 3 samples)"
    assert "2 of them unsettled" in repr(replace(found, n_unsettled=2))


def test_the_waits_have_two_components_and_no_third():
    assert bootstrap_ratio(WAITING, 1, rng=1, n_samples=19).p_value == 1 / 20
    assert bootstrap_ratio(WAITING, 2, rng=1, n_samples=19).p_value > 0.2


def test_samples_are_drawn_from_the_smaller_mixture_rounded_and_fitted_as_the_data_are():
    found = bootstrap_ratio(WAITING, 2, rng=5, n_samples=3, equal_variances=True)
    rng = np.random.default_rng(5)
    for ratio in found.simulated:
        sample, _ = gmm.fit(WAITING, 2, equal_variances=True).mixture.sample(272, rng)
        two, three = (gmm.fit(np.round(sample), k, equal_variances=True).log_likelihood for k in (2, 3))
        assert ratio == pytest.approx(2 * (three - two), abs=1e-6)


def test_the_ratios_of_one_against_two_are_the_same_for_any_normal():
    x = np.random.default_rng(2).normal(size=80)
    here, there = (bootstrap_ratio(data, 1, rng=3, n_samples=9) for data in (x, 60 * x + 1000))
    assert np.allclose(here.simulated, there.simulated, atol=1e-5)
    assert (here.simulated > 0.1).any()
    assert here.p_value == there.p_value


def test_counts_are_observations():
    counted = bootstrap_ratio([1.0, 2.0, 4.0, 7.0], 1, sample_weight=[5, 4, 3, 8], rng=1, n_samples=5)
    repeated = bootstrap_ratio(np.repeat([1.0, 2.0, 4.0, 7.0], [5, 4, 3, 8]), 1, rng=1, n_samples=5)
    assert counted.ratio == pytest.approx(repeated.ratio, rel=1e-9)
    assert np.allclose(counted.simulated, repeated.simulated, atol=1e-6)


def test_samples_stand_on_the_floor_of_the_data():
    floor = gmm.fit(WAITING, 2).certificate.min_variance
    found = bootstrap_ratio(WAITING, 2, rng=1, n_samples=1)
    sample, _ = found.smaller.mixture.sample(272, 1)
    expected = [gmm.fit(np.round(sample), k, min_variance=floor).log_likelihood for k in (2, 3)]
    assert floor == pytest.approx(1 / 16, rel=1e-9)
    assert found.simulated[0] == pytest.approx(2 * (expected[1] - expected[0]), abs=1e-9)


def test_weights_that_are_no_counts_are_refused():
    with pytest.raises(ValueError, match=r"sample_weight\[1\] is 0.5. Pass whole numbers"):
        bootstrap_ratio([1.0, 2.0, 4.0], 1, sample_weight=[1, 0.5, 2], rng=1)


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"n_components": 0}, ValueError, "n_components must be at least 1"),
        ({"n_samples": 0}, ValueError, "n_samples must be at least 1"),
        ({"rng": "seed"}, TypeError, "rng must be"),
    ],
)
def test_the_bootstrap_refuses_what_it_cannot_do(options, error, said):
    with pytest.raises(error, match=said):
        bootstrap_ratio(WAITING, **{"n_components": 1, "rng": 1} | options)


def blocks(x, size=50):
    """Return a stream of the observations: a function that yields them in blocks, as often as it is called."""
    return lambda: (x[i : i + size] for i in range(0, len(x), size))


def test_a_stream_gets_the_table_of_its_observations():
    whole, streamed = fit_range(WAITING, range(1, 4), rng=1), fit_range(blocks(WAITING), range(1, 4), rng=1)
    assert [len(end.mixture.weights) for end in (streamed.best(), whole.best())] == [2, 2]
    for criterion in ("aic", "bic", "icl"):
        np.testing.assert_allclose(getattr(streamed, criterion), getattr(whole, criterion), rtol=1e-9)


def test_the_entropy_of_a_stream_is_that_of_its_observations():
    mixture = gmm.fit(WAITING, 2).mixture
    assert entropy(blocks(WAITING), mixture) == pytest.approx(entropy(WAITING, mixture), rel=1e-13)


def test_the_bootstrap_refuses_a_stream_before_it_looks_at_it():
    with pytest.raises(ValueError, match="x must be an array: bootstrap_ratio draws samples"):
        bootstrap_ratio(lambda: pytest.fail("it was looked at"), 1, rng=1)


def test_samples_are_recorded_as_the_data_were():
    rng = np.random.default_rng(1)
    values = rng.normal(50, 20, 200)
    x = np.round(rng.normal(50, 20, 200) * 4) / 4 + 0.1
    for width in (None, 0.25):
        told = _recorder(x, np.ones(200), width, None)(values)
        assert np.abs(told - values).max() <= 0.125 + 1e-9
        np.testing.assert_allclose((told - 0.1) * 4, np.round((told - 0.1) * 4), atol=1e-9)
    same = _recorder(rng.normal(size=50), np.ones(50), None, None)(values)
    assert np.array_equal(same, values)
    inside = _recorder(x, np.ones(200), None, [0.0, 30.0, 60.0, 100.0])(np.array([-5.0, 10.0, 140.0]))
    assert inside.tolist() == [0.0, 10.0, 100.0]


# --- Pearson's X² --------------------------------------------------------------------


@pytest.mark.parametrize("degrees", range(1, 12))
def test_the_tail_of_chi_squared_is_that_of_scipy(degrees):
    for statistic in (-1.0, 0.0, 0.5, 3.0, 30.0):
        assert _chi_squared_tail(statistic, degrees) == pytest.approx(chi2.sf(statistic, degrees), rel=1e-12)


def test_classes_are_pooled_from_the_left_until_five_are_expected():
    assert _pooled(np.array([1.0, 2.0, 3.0, 9.0, 4.0, 1.0, 5.0])).tolist() == [0, 3, 4, 6]
    assert _pooled(np.array([1.0, 2.0, 3.0, 9.0, 4.0, 1.0, 4.9])).tolist() == [0, 3, 4]
    assert _pooled(np.array([9.0, 5.0, 4.0])).tolist() == [0, 1]
    assert _pooled(np.array([1.0, 1.0])).tolist() == [0]


def test_x_squared_is_the_sum_over_classes_of_width():
    ratio, count = CRABS
    result = gmm.fit(ratio, 2, sample_weight=count, width=0.004)
    found = goodness_of_fit(result, ratio, sample_weight=count)
    assert found.edges[0] == -np.inf and found.edges[-1] == np.inf and (found.expected >= 5).all()
    inner = found.edges[1:-1]
    steps = (inner - ratio.min()) / 0.004
    np.testing.assert_allclose(steps, np.round(steps - 0.5) + 0.5, atol=1e-6)
    observed = [count[(ratio > a) & (ratio < b)].sum() for a, b in zip(found.edges[:-1], found.edges[1:])]
    assert found.observed.tolist() == observed and sum(observed) == count.sum()
    expected = count.sum() * np.diff([0, *result.mixture.cdf(inner), 1])
    np.testing.assert_allclose(found.expected, expected, rtol=1e-9)
    assert found.statistic == pytest.approx(((observed - expected) ** 2 / expected).sum(), rel=1e-9)
    assert found.degrees_of_freedom == len(observed) - 1 - 5
    assert found.p_value == pytest.approx(chi2.sf(found.statistic, found.degrees_of_freedom), rel=1e-9)


def test_x_squared_takes_the_edges_of_the_fit():
    x = np.repeat([2.0, 7.0, 12.0, 17.0, 25.0], [10, 30, 40, 30, 20])
    edges = [0.0, 5.0, 10.0, 15.0, 20.0, 30.0]
    found = goodness_of_fit(gmm.fit(x, 1, edges=edges), x)
    assert found.edges.tolist() == [-np.inf, 5, 10, 15, 20, np.inf]
    assert found.observed.tolist() == [10, 30, 40, 30, 20] and found.degrees_of_freedom == 2
    with pytest.raises(ValueError, match=r"x has 5 classes .* too few for 5 parameters"):
        goodness_of_fit(gmm.fit(x, 2, edges=edges), x)
    with pytest.raises(ValueError, match="result knows of no classes"):
        goodness_of_fit(gmm.fit(WAITING, 1), WAITING)


def test_classes_reach_from_the_first_observation_to_the_last():
    x, recorded = as_recorded(np.array([3.0, 5.0, 5.0, 9.0]), 2.0, None)
    edges, counts = _counts(x, np.ones(4), recorded)
    assert edges.tolist() == [2, 4, 6, 8, 10] and counts.tolist() == [1, 2, 0, 1]
