import matplotlib as mpl

mpl.use("Agg")

import subprocess
import sys
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb

import gmm
from gmm import Mixture, datasets, plot

pytestmark = pytest.mark.filterwarnings("error")

TWO = Mixture([0.25, 0.75], [0.0, 4.0], [1.0, 4.0])
WAITING = datasets.faithful().waiting


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def drawn(ax, label):
    """Return the points of the line with this label."""
    (line,) = [line for line in ax.get_lines() if line.get_label() == label]
    return line.get_data()


DRAWINGS = {
    "curve": lambda **options: plot.curve(np.sin, 0, 1, **options),
    "histogram": lambda **options: plot.histogram(WAITING, **options),
    "mixture": lambda **options: plot.mixture(TWO, -3, 10, **options),
    "memberships": lambda **options: plot.memberships(WAITING[:5], np.full((5, 2), 0.5), **options),
    "fit": lambda **options: plot.fit(gmm.fit(WAITING), WAITING, **options),
    "trace": lambda **options: plot.trace([-3.0, -2.0, -1.5], **options),
    "surface": lambda **options: plot.surface(
        WAITING, Mixture([0.5] * 2, [55, 80], [36, 36]), [54, 55], [79, 80], **options
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_made_on_the_axes_given_and_returns_them(name, ax):
    _, other = plt.subplots()  # the current axes
    assert DRAWINGS[name](ax=ax) is ax
    assert ax.has_data() and not other.has_data()
    plt.close(other.figure)


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_takes_the_current_axes_when_none_are_given(name, ax):
    plt.sca(ax)
    assert DRAWINGS[name]() is ax


@pytest.mark.parametrize("name", [name for name in DRAWINGS if name != "memberships"])
def test_both_axes_have_a_label_and_there_is_no_title(name, ax):
    DRAWINGS[name](ax=ax)
    assert ax.get_xlabel() and ax.get_ylabel() and not ax.get_title()


def test_curve_is_the_function(ax):
    plot.curve(np.cos, -1, 2, ax=ax, xlabel="angle", ylabel="height (m)", label="cosine", color="red")
    x, y = drawn(ax, "cosine")
    assert x[0] == -1 and x[-1] == 2 and x.size >= 200
    np.testing.assert_array_equal(y, np.cos(x))
    assert ax.get_xlim() == (-1, 2)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("angle", "height (m)")
    assert ax.get_lines()[0].get_color() == "red"


def heights(ax, places):
    """Return how high the outline of the one histogram is at places between its edges."""
    (outline,) = ax.patches
    corners = outline.get_path().vertices
    tops = [(a, b, y) for (a, y), (b, z) in pairwise(corners) if y == z > 0]
    return [max(y for a, b, y in tops if min(a, b) < place < max(a, b)) for place in places]


def test_histogram_has_the_area_one_and_counts_the_data(ax):
    edges = [40, 55, 70, 100]
    plot.histogram(WAITING, bins=edges, ax=ax, xlabel="minutes")
    shares = np.diff(edges) * heights(ax, [50, 60, 90])
    assert shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares, np.histogram(WAITING, edges)[0] / 272)
    assert ax.get_xlabel() == "minutes"
    assert ax.get_legend_handles_labels()[1] == ["data"]


def test_histogram_counts_by_weight(ax):
    plot.histogram([0.5, 1.5], bins=[0, 1, 2], weights=[3, 1], ax=ax)
    assert heights(ax, [0.5, 1.5]) == [0.75, 0.25]


def test_mixture_shows_the_components_and_their_sum(ax):
    plot.mixture(TWO, -3, 12, ax=ax, label="density")
    x, f = drawn(ax, "density")
    np.testing.assert_array_equal(f, TWO.pdf(x))
    parts = [drawn(ax, f"π{j} N(x | μ{j}, σ{j}²)")[1] for j in "₁₂"]
    np.testing.assert_array_equal(np.transpose(parts), TWO.component_pdf(x))
    np.testing.assert_allclose(np.sum(parts, axis=0), f, rtol=1e-12)
    assert np.trapezoid(f, x) == pytest.approx(1, abs=1e-3)
    assert ax.get_ylim()[0] == 0
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["π₁ N(x | μ₁, σ₁²)", "π₂ N(x | μ₂, σ₂²)", "density"]


def test_components_keep_their_colours_and_there_are_enough(ax):
    seven = Mixture(np.full(7, 1 / 7), np.arange(7), np.ones(7))
    plot.mixture(seven, -3, 9, ax=ax)
    colours = [line.get_color() for line in ax.get_lines()]
    assert colours[:5] == list(plot.COMPONENTS) and colours[5:7] == list(plot.COMPONENTS[:2])
    assert colours[7] == plot.INK
    assert len({*plot.COMPONENTS, plot.INK, plot.DATA}) == 7


def test_memberships_colour_a_point_by_its_responsibilities(ax):
    gamma = [[1, 0], [0, 1], [0.5, 0.5]]
    plot.memberships([1, 2, 3], gamma, ax=ax, height=[0, 1, 2], xlabel="minutes")
    (dots,) = ax.collections
    np.testing.assert_array_equal(dots.get_offsets(), [[1, 0], [2, 1], [3, 2]])
    colours = dots.get_facecolors()[:, :3]
    assert [to_hex(colour) for colour in colours[:2]] == list(plot.COMPONENTS[:2])
    first, second = (np.array(to_rgb(colour)) for colour in plot.COMPONENTS[:2])
    np.testing.assert_allclose(colours[2], (first + second) / 2)
    assert ax.get_xlabel() == "minutes"
    plot.memberships([1, 2, 3], gamma, ax=ax)
    np.testing.assert_array_equal(ax.collections[1].get_offsets(), [[1, 0], [2, 0], [3, 0]])


def test_trace_shows_one_point_per_iteration(ax):
    climb = gmm.fit(WAITING).log_likelihoods
    plot.trace(climb, ax=ax, label="EM")
    x, y = drawn(ax, "EM")
    np.testing.assert_array_equal(x, np.arange(climb.size))
    np.testing.assert_array_equal(y, climb)
    assert "nats" in ax.get_ylabel()


def test_surface_contours_the_log_likelihood_of_two_means(ax):
    at = Mixture([0.36, 0.64], [55, 80], [34, 34])
    first, second = np.linspace(50, 60, 11), np.linspace(75, 85, 11)
    plot.surface(WAITING, at, first, second, depth=50, levels=6, ax=ax, units="minutes")
    (contours,) = ax.collections
    top = max(gmm.log_likelihood(WAITING, Mixture(at.weights, [a, b], at.variances)) for a in first for b in second)
    np.testing.assert_allclose(contours.levels, np.linspace(top - 50, top, 6))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("μ₁ (minutes)", "μ₂ (minutes)")
    # The horizontal axis is μ₁: along a contour the log-likelihood is the contour's level.
    a, b = contours.get_paths()[2].vertices[0]
    height = gmm.log_likelihood(WAITING, Mixture(at.weights, [a, b], at.variances))
    assert height == pytest.approx(contours.levels[2], abs=2)


def test_importing_the_module_sets_no_style_and_needs_no_ipython():
    code = """
import sys
sys.modules["IPython"] = sys.modules["matplotlib_inline"] = None
import matplotlib
before = dict(matplotlib.rcParams)
import gmm.plot
assert dict(matplotlib.rcParams) == before
gmm.plot.use()
assert matplotlib.rcParams["axes.spines.top"] is False
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_use_sets_the_style_of_the_book():
    with mpl.rc_context():
        plot.use()
        check_style()


def check_style():
    assert mpl.rcParams["svg.hashsalt"] == "gmm" and mpl.rcParams["axes.spines.top"] is False
    assert [f"#{c.lstrip('#')}" for c in mpl.rcParams["axes.prop_cycle"].by_key()["color"]] == list(plot.COMPONENTS)


@pytest.mark.parametrize("k", [2, 6, 9])
def test_memberships_of_more_components_than_colours_are_drawn(k, ax):
    points = plot.memberships(np.arange(k), np.eye(k), ax=ax).collections[0]
    colours = [to_hex(colour) for colour in points.get_facecolors()]
    assert colours == [to_hex(plot.COMPONENTS[j % len(plot.COMPONENTS)]) for j in range(k)]


def test_a_fit_is_drawn_over_its_data(ax):
    result = gmm.fit(WAITING)
    plot.fit(result, WAITING, bins=20, xlabel="wait (minutes)", ax=ax)
    x, y = drawn(ax, "f(x)")
    np.testing.assert_allclose(y, result.mixture.pdf(x))
    assert x[0] < WAITING.min() and x[-1] > WAITING.max() and ax.get_xlabel() == "wait (minutes)"
    assert "data" in ax.get_legend_handles_labels()[1]
