import numpy as np
import pytest

from gmm import fit
from gmm.engine.floor import floor
from gmm.engine.sources import Few

SPACED = np.array([0.0, 1.0, 3.0, 6.0, 7.0, 9.0, 12.0])


def test_the_floor_is_a_quarter_of_the_smallest_gap():
    source = Few(SPACED.copy())
    found, chosen = floor(source, None)
    assert found == pytest.approx((source.resolution / 4) ** 2, rel=1e-12) and not chosen
    assert fit(SPACED, 1).certificate.min_variance == pytest.approx(1 / 16, rel=1e-12)


def test_where_nearly_all_agree_it_is_half_their_deviation():
    source = Few(np.append(np.zeros(999), 1.0))
    found, _ = floor(source, None)
    assert found == pytest.approx((source.spread / 2) ** 2, rel=1e-12)
    assert found < (source.resolution / 4) ** 2


def test_of_recorded_data_it_is_a_tenth_of_the_narrowest_class():
    result = fit(np.round(SPACED), 1, width=0.5)
    assert result.certificate.min_variance == pytest.approx(0.05**2, rel=1e-12)


def test_a_floor_that_was_chosen_is_kept_unless_it_is_nearly_nothing():
    source = Few(SPACED.copy())
    scale = source.unit.scale
    assert floor(source, 4.0) == (pytest.approx(4 / scale**2), True)
    least, chosen = floor(source, 0.0)
    assert least == pytest.approx((1e-8 * source.resolution) ** 2) and not chosen


def test_a_range_that_no_float_holds_beside_the_floor_is_refused():
    spaced = np.array([-1e60, 0.0, 1.0, 2.0, 3.0, 5.0, 1e60])
    with pytest.raises(ValueError, match=r"x ranges from -1e\+60 to 1e\+60, but some values are only 1 apart"):
        floor(Few(spaced.copy()), None)
    floor(Few(spaced * np.array([1e-20, 1, 1, 1, 1, 1, 1e-20])), None)
