"""The floor under the variances: where it stands, and whether it was asked for."""

from typing import NamedTuple

import numpy as np

from gmm.engine import settings

__all__ = ["Floor", "floor"]


class Floor(NamedTuple):
    """A floor under the variances."""

    variance: float  # in the unit of the source, squared
    chosen: bool  # whether no likelihood rises without end below it: the caller wants it, or the data are classes


def floor(source, min_variance=None):
    """Return the floor under the variances for what a source has seen.

    Parameters
    ----------
    source : Few or Many
        Where the observations come from.
    min_variance : float, optional
        The caller's own floor, in the unit of the data squared. Without it the
        floor is the square of a quarter of the smallest gap between two
        different observations that was seen: below, a component sits on one
        value, and the likelihood rises without end. Of recorded data it is so
        far below the narrowest class that nothing is gained there.

    Returns
    -------
    Floor

    Raises
    ------
    ValueError
        If the data range so far beyond it that no float holds both scales.
    """
    least = (settings.LEAST * source.resolution) ** 2
    if source.recorded is not None and min_variance is None:
        found = Floor((settings.SHARE_OF_CLASS * source.recorded.narrowest) ** 2, True)
    elif min_variance is None:
        # Where nearly all data are equal, even their own variance is less than that of the smallest gap.
        found = Floor(min(settings.SHARE_OF_RESOLUTION * source.resolution, source.spread / 2) ** 2, False)
    else:
        wanted = min_variance / source.unit.scale**2
        found = Floor(max(wanted, least), wanted > least)
    if source.high - source.low > settings.WIDEST * np.sqrt(found.variance):
        low, high = (source.unit.centre + source.unit.scale * z for z in (source.low, source.high))
        raise ValueError(
            f"x ranges from {low:.6g} to {high:.6g}, but some values are only "
            f"{source.unit.scale * source.resolution:.6g} apart: a float cannot hold both scales. "
            "Remove the outliers, set min_variance, or fit the logarithms."
        )
    return found
