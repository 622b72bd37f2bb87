"""The package as one uses it: mypy reads this file, and a test runs it, so that what is promised is what comes back."""

from collections.abc import Callable, Iterator
from typing import assert_type

import dask.array
import matplotlib.pyplot as plt
import numpy as np
import polars
import sympy
from matplotlib.axes import Axes

import gmm
from gmm import datasets, formulas, live, plot, select
from gmm.engine.information import ConfidenceIntervals, StandardErrors
from gmm.erf import erf, erfc
from gmm.formulas.javascript import javascript
from gmm.formulas.latex import latex
from gmm.formulas.numeric import numpy_function
from gmm.live import FigureSpec
from gmm.sklearn import GaussianMixture
from gmm.table import Table

X = datasets.faithful().waiting


def densities() -> None:
    mixture = gmm.Mixture([0.25, 0.75], means=(0.0, 4.0), variances=np.array([1.0, 4.0]))
    pi, mu, var = mixture
    assert_type((pi, mu, var), tuple[np.ndarray, np.ndarray, np.ndarray])
    assert_type(mixture.n_components, int)
    assert_type(mixture.mean + mixture.variance + mixture.std, float)
    # One point has one density, and an array of points an array.
    assert_type(mixture.pdf(0.0), float)
    assert_type(mixture.pdf([0.0, 1.0]), np.ndarray)
    highest: float = mixture.log_pdf(X).max()
    assert highest < 0
    assert_type(mixture.cdf(1) + mixture.sf(mixture.mean) + mixture.quantile(0.5), float)
    assert_type(mixture.quantile(np.linspace(0.1, 0.9, 9)), np.ndarray)
    assert_type(mixture.probability(-np.inf, 1.0), float)
    assert_type(mixture.probability(-np.inf, [1.0, 2.0]), np.ndarray)
    assert_type(mixture.component_pdf(0.0), np.ndarray)
    assert_type(mixture.assign(1.0), np.intp)
    assert_type(mixture.assign(X), np.ndarray)
    assert_type(gmm.normal_pdf(0, 0, 1), float)
    assert_type(gmm.normal_log_pdf(X, 70.0, 184.0), np.ndarray)
    assert_type(erf(0.5) + erfc(0.5), float)
    assert_type(erfc(X), np.ndarray)
    assert_type(mixture.sample(10, np.random.default_rng(1)), tuple[np.ndarray, np.ndarray])
    assert_type(gmm.Mixture.from_json(mixture.to_json()), gmm.Mixture)
    assert_type({mixture: "a name"}[mixture], str)


def fits() -> None:
    result = gmm.fit(X, 2, rng=1, n_starts=1, sample_weight=np.ones(X.size))
    assert_type(result, gmm.Fit)
    assert_type(result.path[0], gmm.Mixture)
    assert_type(result.log_likelihood + result.aic + result.bic, float)
    assert_type(result.converged, bool)
    assert_type(gmm.bound(X, 5.0, sample_weight=np.ones(X.size)), float)
    assert_type(result.certificate.on_floor, tuple[int, ...])
    assert_type(result.covariance, np.ndarray)
    assert_type(result.standard_errors, StandardErrors)
    assert_type(result.standard_errors.means, np.ndarray)
    assert_type(result.confidence_intervals(0.9), ConfidenceIntervals)
    assert_type(result.confidence_intervals(method="profile", x=X).weights, np.ndarray)
    assert_type(result.summary(), Table)
    assert_type(gmm.Fit.from_json(result.to_json()), gmm.Fit)
    start: gmm.Mixture | None = result.mixture
    partitioned: dask.array.Array = dask.array.from_array(X, chunks=100)
    assert_type(gmm.fit(X.tolist(), start=start), gmm.Fit)
    assert_type(gmm.fit(polars.Series(X), start=start), gmm.Fit)
    assert_type(gmm.fit(partitioned, start=start), gmm.Fit)
    assert_type(gmm.fit(blocks, start=start), gmm.Fit)


def blocks() -> Iterator[np.ndarray]:
    yield from np.array_split(X, 3)


def steps() -> None:
    start = gmm.Mixture([0.5, 0.5], [55.0, 80.0], [36.0, 36.0])
    gamma = gmm.e_step(X, start)
    assert_type(gamma, np.ndarray)
    assert_type(gmm.m_step(X, gamma, equal_variances=True), gmm.Mixture)
    assert_type(gmm.log_likelihood(X, start), float)
    path = gmm.iterate(X, start, tol=0, max_iter=3)
    assert_type(path, gmm.Path)
    assert_type([step.mean for step in path.mixtures], list[float])
    assert_type(path.mixture, gmm.Mixture)
    taken = gmm.Statistics.of(X, start) + gmm.Statistics.of([60.0], start, [2.0])
    assert_type(gmm.Mixture(*taken.updated()), gmm.Mixture)
    nodes = gmm.Nodes.of(X, np.linspace(40.0, 100.0, 7))
    assert_type(nodes.weighted(), tuple[np.ndarray, np.ndarray])


def numbers_of_components() -> None:
    tried = select.fit_range(X, range(1, 3), equal_variances=True)
    assert_type(tried, select.Selection)
    assert_type(tried.best("icl"), gmm.Fit)
    assert_type([end.bic for end in tried], list[float])
    assert_type(len(tried), int)
    assert_type(select.fit_range(X, 1).icl, np.ndarray)
    assert_type(select.entropy(blocks, tried.best().mixture), float)
    test = select.bootstrap_ratio(X, 1, n_samples=1, rng=1)
    assert_type(test.ratio + test.p_value, float)


def pictures() -> None:
    _, ax = plt.subplots()
    result = gmm.fit(X)
    assert_type(plot.fit(result, X, bins=np.linspace(40, 100, 20), ax=ax), Axes)
    assert_type(plot.fit(gmm.iterate(X, result.mixture), X), Axes)
    assert_type(plot.curve(result.mixture.pdf, 40, 100, color="black"), Axes)
    assert_type(plot.memberships(X, gmm.e_step(X, result.mixture)), Axes)
    plt.close("all")


def expressions() -> None:
    assert_type(latex(formulas.normal), str)
    f: Callable = numpy_function([formulas.x, formulas.mu, formulas.var], formulas.normal)
    text: str = javascript([formulas.x], formulas.x**2)["body"]
    density: sympy.Expr = formulas.mixture(2)
    assert f(0.0, 0.0, 1.0) > 0 and text and density.free_symbols


def figures() -> None:
    spec = live.gallery.em(X.tolist(), gmm.Mixture([0.5, 0.5], [55.0, 80.0], [36.0, 36.0]))
    assert_type(spec, FigureSpec)
    assert_type(live.normal(), live.LiveFigure)
    assert_type(live.normal().spec, FigureSpec)


def estimators() -> None:
    model = GaussianMixture(2, random_state=1).fit(X)
    assert_type(model, GaussianMixture)
    assert_type(model.mixture_, gmm.Mixture)
    assert_type(model.predict(X), np.ndarray)
    assert_type(model.score(X) + model.lower_bound_, float)


def slips() -> None:
    """Hold what mypy has to find: a comment that ignores nothing is an error, too. This one is not run."""
    result = gmm.fit(X, 2.5)  # type: ignore[arg-type]
    result.confidence_intervals(method="bootstrap")  # type: ignore[arg-type]
    result.mixture.means = X  # type: ignore[misc]
    result.summery()  # type: ignore[attr-defined]
    gmm.fit(print)  # type: ignore[arg-type]
    gmm.m_step(X)  # type: ignore[call-arg]
    gmm.log_likelihood(X, result)  # type: ignore[arg-type]
    gmm.Mixture([1.0], [0.0], None)  # type: ignore[arg-type]
    select.fit_range(X, 3).best("hqc")  # type: ignore[arg-type]
    live.em(X)  # type: ignore[call-arg]
