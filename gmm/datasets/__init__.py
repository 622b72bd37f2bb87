"""Three small real data sets, with their sources. The values are published measurements."""

from __future__ import annotations

from importlib.resources import files
from typing import NamedTuple

import numpy as np

__all__ = ["Crabs", "Faithful", "Galaxies", "crabs", "faithful", "galaxies"]


class Faithful(NamedTuple):
    """272 eruptions of the Old Faithful geyser, October 1980.

    Attributes
    ----------
    eruptions : ndarray, shape (272,)
        How long each eruption took, in minutes.
    waiting : ndarray, shape (272,)
        The wait until the next one, in minutes.
    """

    eruptions: np.ndarray
    waiting: np.ndarray


class Galaxies(NamedTuple):
    """82 galaxies in the Corona Borealis region.

    Attributes
    ----------
    velocity : ndarray, shape (82,)
        In 1000 km/s.
    """

    velocity: np.ndarray


class Crabs(NamedTuple):
    """Weldon's 1000 shore crabs from Naples, in 29 classes.

    Attributes
    ----------
    ratio : ndarray, shape (29,)
        Forehead breadth over body length, the midpoints of the classes.
    count : ndarray, shape (29,)
        Crabs in each class.
    """

    ratio: np.ndarray
    count: np.ndarray  # type: ignore[assignment]  # where a tuple has a method


def faithful() -> Faithful:
    """Return the eruptions of Old Faithful.

    Returns
    -------
    Faithful
        ``eruptions`` and ``waiting``, shape (272,), in minutes.

    Notes
    -----
    October 1980, written down by volunteers, with nothing between midnight and
    6 a.m.; supplied by R. Hutchinson, the park's geologist. Weisberg (2005),
    *Applied Linear Regression*, 3rd ed., problem 1.4, in the form of 272 rows of
    Härdle (1991), *Smoothing Techniques*. These are not the 299 waits of August
    1985 of Azzalini & Bowman (1990), *Applied Statistics* 39, 357–365.

    Examples
    --------
    >>> print(faithful().waiting[:3])
    [79. 54. 74.]
    """
    return Faithful(*_columns("faithful.csv"))


def galaxies() -> Galaxies:
    """Return the velocities of galaxies in the Corona Borealis region.

    Returns
    -------
    Galaxies
        ``velocity``, shape (82,), in 1000 km/s.

    Notes
    -----
    Postman, Huchra & Geller (1986), *Astronomical Journal* 92, 1238–1247;
    Roeder (1990), *JASA* 85, 617–624. Observation 78 is 26.960; some copies
    carry the misprint 26.690.

    Examples
    --------
    >>> print(galaxies().velocity[77])
    26.96
    """
    return Galaxies(*_columns("galaxies.csv"))


def crabs() -> Crabs:
    """Return Weldon's crabs, among the first data to which a mixture was fitted.

    Returns
    -------
    Crabs
        ``ratio`` (class midpoints, no unit) and ``count``, shape (29,).

    Notes
    -----
    Weldon (1893); Pearson (1894), *Phil. Trans. R. Soc. A* 185, 71–110.
    Classes are 0.004 wide. The last, open class (1 crab) stands at 0.6935, as
    in Pearson.

    Examples
    --------
    >>> print(crabs().count.sum())
    1000.0
    """
    return Crabs(*_columns("crabs.csv"))


def _columns(name):
    """Return the columns of a CSV file with one header line."""
    with files(__package__).joinpath(name).open() as lines:
        return np.loadtxt(lines, delimiter=",", skiprows=1, unpack=True, ndmin=2)
