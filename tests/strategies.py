"""What the tests share: mixtures and data for Hypothesis to make, and an integral."""

import numpy as np
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from gmm import Mixture

# The same examples at every run and no clock, so that a failure is a change in the code.
settings.register_profile(
    "book",
    deadline=None,
    derandomize=True,
    max_examples=30,
    phases=[Phase.generate, Phase.shrink],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("book")

seeds = st.integers(0, 2**32 - 1)


@st.composite
def mixtures(draw, min_components=1, max_components=4, empty=True):
    """Mixtures with means in ±100 and standard deviations from 0.05 to 20, a weight of 0 among them."""
    n_components = draw(st.integers(min_components, max_components))
    several = {"min_size": n_components, "max_size": n_components}
    shares = draw(st.lists(st.integers(0 if empty else 1, 20), **several).filter(any))
    means = draw(st.lists(st.floats(-100, 100), **several))
    sigmas = draw(st.lists(st.floats(0.05, 20), **several))
    return Mixture(np.array(shares) / sum(shares), means, np.square(sigmas))


@st.composite
def samples(draw, min_size=20, max_size=60, n_components=None):
    """Data of two or three overlapping groups, and a start for EM that leaves no component without data."""
    rng = np.random.default_rng(draw(seeds))
    groups, n = rng.integers(2, 4), draw(st.integers(min_size, max_size))
    x = rng.normal(rng.uniform(-10, 10, groups)[rng.integers(groups, size=n)], rng.uniform(0.5, 3, groups).mean())
    n_components = n_components or draw(st.integers(1, 3))
    start = Mixture(
        rng.dirichlet(np.full(n_components, 5.0)),
        rng.choice(x, n_components, replace=False),
        x.var() * rng.uniform(0.1, 1.0, n_components),
    )
    return x, start


def points(mixture, n=41, reach=6.0):
    """Points from `reach` standard deviations below the lowest mean to as many above the highest."""
    sigma = np.sqrt(mixture.variances)
    return np.linspace((mixture.means - reach * sigma).min(), (mixture.means + reach * sigma).max(), n)


def integral(f, mixture, reach=12):
    """Return ∫ f over the line by Gauss–Legendre panels, each no wider than the components that live there."""
    steps = mixture.means + np.sqrt(mixture.variances) * np.arange(-reach, reach + 1)[:, np.newaxis]
    edges = np.unique(steps)
    nodes, shares = np.polynomial.legendre.leggauss(16)
    half, middle = np.diff(edges) / 2, (edges[1:] + edges[:-1]) / 2
    return float(half @ (f(middle[:, np.newaxis] + half[:, np.newaxis] * nodes) @ shares))
