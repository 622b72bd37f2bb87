from importlib.resources import files

import numpy as np
import pytest

from gmm import datasets

pytestmark = pytest.mark.filterwarnings("error")


def test_the_sets_have_the_published_sizes():
    assert datasets.faithful().eruptions.shape == datasets.faithful().waiting.shape == (272,)
    assert datasets.galaxies().velocity.shape == (82,)
    assert datasets.crabs().ratio.shape == datasets.crabs().count.shape == (29,)


def test_old_faithful_has_the_moments_that_are_known():
    eruptions, waiting = datasets.faithful()
    # Summary of R's data set `faithful`: minimum, median, mean, maximum.
    summary = [eruptions.min(), np.median(eruptions), eruptions.mean().round(3), eruptions.max()]
    assert summary == [1.6, 4.0, 3.488, 5.1]
    assert [waiting.min(), np.median(waiting), waiting.mean().round(1), waiting.max()] == [43, 76, 70.9, 96]
    assert np.corrcoef(eruptions, waiting)[0, 1] == pytest.approx(0.9008112, abs=1e-7)


def test_galaxies_are_in_order_and_free_of_the_known_misprint():
    velocity = datasets.galaxies().velocity
    assert (np.diff(velocity) >= 0).all()
    assert velocity[77] == 26.960 and 26.690 not in velocity
    assert [velocity.min(), np.median(velocity), velocity.max()] == [9.172, 20.8335, 34.279]


def test_crabs_are_a_thousand_in_classes_of_equal_width():
    ratio, count = datasets.crabs()
    assert count.sum() == 1000 and (count == count.round()).all() and (count >= 0).all()
    np.testing.assert_allclose(np.diff(ratio), 0.004, rtol=1e-9)
    assert ratio[-1] == 0.6935 and count[-1] == 1
    # The mean of any mixture at its maximum of likelihood is the mean of the data.
    assert ratio @ count / 1000 == pytest.approx(0.4327439957 * 0.6317407668 + 0.5672560043 * 0.6545791909, abs=1e-9)


@pytest.mark.parametrize("name", ["faithful", "galaxies", "crabs"])
def test_columns_are_float_arrays_of_their_own(name):
    first, second = getattr(datasets, name)(), getattr(datasets, name)()
    for one, other in zip(first, second):
        assert one.dtype == np.float64 and one.ndim == 1 and np.isfinite(one).all()
        one[0] = -1
        assert other[0] != -1


@pytest.mark.parametrize("name", ["faithful", "galaxies", "crabs"])
def test_columns_are_named_as_in_the_file(name):
    header = files(datasets).joinpath(f"{name}.csv").read_text("utf-8").splitlines()[0]
    assert tuple(header.split(",")) == getattr(datasets, name)()._fields
