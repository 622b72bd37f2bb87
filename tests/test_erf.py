"""The error function, held to mpmath at forty digits."""

import mpmath
import numpy as np
import pytest
from scipy import special

from gmm.erf import NEAR, TAIL, erf, erfc, erfcx

pytestmark = pytest.mark.filterwarnings("error")
SEAMS = [step(seam, side) for seam in (NEAR, TAIL) for step in (lambda s, to: s, np.nextafter) for side in (0, 9)]
POINTS = np.concatenate([np.linspace(-6, 6, 2401), np.linspace(6, 26.5, 821), SEAMS, [1e-300, -1e-9, 1e-9]])


def worst(function, exact):
    """Return the largest error, as a share of the right value."""
    with mpmath.workdps(40):
        right = [exact(mpmath.mpf(float(x))) for x in POINTS]
        shares = [abs((mpmath.mpf(float(got)) - r) / r) if r else abs(got) for got, r in zip(function(POINTS), right)]
        return float(max(shares))


def test_erf_is_right_to_the_last_digits():
    assert worst(erf, mpmath.erf) < 5e-16


def test_erfc_is_right_to_the_last_digits_of_its_tail():
    assert worst(erfc, mpmath.erfc) < 1e-15


def test_the_ends_of_the_line_and_what_is_no_number():
    np.testing.assert_array_equal(erf([0, np.inf, -np.inf, np.nan, 1e308, -1e308]), [0, 1, -1, np.nan, 1, -1])
    np.testing.assert_array_equal(erfc([0, np.inf, -np.inf, np.nan, 28, 1e308]), [1, 0, 2, np.nan, 0, 0])
    assert np.signbit(erf(-0.0)) and erf(5e-324) == 5e-324


def test_a_number_gives_a_number_and_an_array_its_shape():
    assert np.ndim(erf(0.3)) == np.ndim(erfc(3)) == 0
    assert erf(np.zeros((2, 3))).shape == (2, 3) and erfc([[0.1], [5.0]]).shape == (2, 1)


def test_erfcx_is_scipys():
    x = np.concatenate([np.linspace(0, 3, 301), np.logspace(0.5, 8, 50)])
    np.testing.assert_allclose(erfcx(x), special.erfcx(x), rtol=4e-15)
    assert erfcx(np.inf) == 0 and erfcx(0.0) == 1
