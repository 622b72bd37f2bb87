"""The error function, its complement and its scaled complement, which NumPy does not have.

Cody (1969), *Mathematics of Computation* 23, 631–637: three rational
approximations, near 0, in the middle, and in the tail, where
exp(−x²) is taken as a product whose first factor is exact.
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["erf", "erfc", "erfcx"]

# Where one approximation gives way to the next.
NEAR, TAIL = 0.46875, 4.0
# Numerators and denominators, from the highest power to the lowest.
CENTRE = (
    [
        1.85777706184603153e-1,
        3.16112374387056560e0,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ],
    [1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3],
)
MIDDLE = (
    [
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594e0,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3,
    ],
    [
        1.0,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3,
    ],
)
FAR = (
    [
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
    ],
    [
        1.0,
        2.56852019228982242e0,
        1.87295284992346047e0,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3,
    ],
)
ROOT = 5.6418958354775628695e-1  # 1/√π


@overload
def erf(x: float) -> float: ...


@overload
def erf(x: ArrayLike) -> np.ndarray: ...


def erf(x: ArrayLike) -> float | np.ndarray:
    """Return the error function, 2/√π ∫₀ˣ exp(−t²) dt.

    Parameters
    ----------
    x : array_like
        Real numbers of any size.

    Returns
    -------
    ndarray or float
        Numbers from −1 to 1, of the shape of `x`, right to some 1e-16 of their size.

    Examples
    --------
    >>> print(round(erf(0.5), 12))
    0.520499877813
    """
    x = np.asarray(x, dtype=float)
    size = np.abs(x)
    return np.where(size <= NEAR, _centre(x), np.copysign(1 - _upper(np.maximum(size, NEAR)), x))[()]


@overload
def erfc(x: float) -> float: ...


@overload
def erfc(x: ArrayLike) -> np.ndarray: ...


def erfc(x: ArrayLike) -> float | np.ndarray:
    """Return 1 − erf(x), with all its digits where it is tiny.

    Parameters
    ----------
    x : array_like
        Real numbers of any size.

    Returns
    -------
    ndarray or float
        Numbers from 0 to 2, of the shape of `x`, right to some 1e-15 of their
        size. Beyond 26.5 they are below the smallest normal float, and beyond 27.3 they are 0.

    Examples
    --------
    >>> print(f"{erfc(10.0):.10e}")
    2.0884875838e-45
    """
    x = np.asarray(x, dtype=float)
    upper = _upper(np.maximum(np.abs(x), NEAR))
    return np.where(np.abs(x) <= NEAR, 1 - _centre(x), np.where(x < 0, 2 - upper, upper))[()]


def erfcx(x: ArrayLike) -> float | np.ndarray:
    """Return exp(x²) erfc(x) of numbers from 0 on, which does not vanish where erfc does.

    Parameters
    ----------
    x : array_like
        Numbers ≥ 0, infinity among them.

    Returns
    -------
    ndarray or float
        Numbers from 0 to 1, of the shape of `x`, right to some 1e-15 of their size.

    Examples
    --------
    >>> print(f"{erfcx(100.0):.10f}")
    0.0056416138
    """
    x = np.asarray(x, dtype=float)
    near = np.minimum(x, NEAR)
    return np.where(x <= NEAR, np.exp(near * near) * (1 - _centre(near)), _scaled(np.maximum(x, NEAR)))[()]


def _centre(x):
    """Return erf near 0."""
    x = np.clip(x, -NEAR, NEAR)
    with np.errstate(under="ignore"):
        square = x * x
    return x * (np.polyval(CENTRE[0], square) / np.polyval(CENTRE[1], square))


def _upper(x):
    """Return erfc of numbers from `NEAR` on."""
    with np.errstate(under="ignore"):
        # x² would lose half its digits in the exponent; cut to sixteenths its square is exact.
        cut = np.floor(np.minimum(x, 30.0) * 16) / 16
        rest = (np.minimum(x, 30.0) - cut) * (np.minimum(x, 30.0) + cut)
        return np.exp(-cut * cut) * np.exp(-rest) * _scaled(x)


def _scaled(x):
    """Return exp(x²) erfc(x) of numbers from `NEAR` on."""
    with np.errstate(under="ignore", over="ignore", invalid="ignore", divide="ignore"):
        middle = np.polyval(MIDDLE[0], np.minimum(x, TAIL)) / np.polyval(MIDDLE[1], np.minimum(x, TAIL))
        inverse = 1 / np.maximum(x, TAIL) ** 2
        far = (ROOT - inverse * np.polyval(FAR[0], inverse) / np.polyval(FAR[1], inverse)) / x
        return np.where(x <= TAIL, middle, far)
