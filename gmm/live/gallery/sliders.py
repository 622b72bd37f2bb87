"""Sliders for two components, and axes that fit the data."""

import numpy as np

from gmm import formulas as F
from gmm.live.spec import Slider

__all__ = ["around", "axis", "by_symbol", "five_sliders", "unit_of", "with_unit"]


def by_symbol(mixture, *free):
    """Return the parameters of a mixture by symbol, but for those that are to stay free."""
    values = np.concatenate([*mixture]).tolist()
    return {symbol: value for symbol, value in zip(F.parameters(mixture.n_components), values) if symbol not in free}


def five_sliders(pi1=0.4, mu1=-1.0, var1=1.0, mu2=2.0, var2=1.5, *, means=(-4, 5), most=4.0):
    """Return sliders for π₁, the two means and the two variances."""
    return {
        "pi1": Slider("π₁", pi1, 0.0, 1.0, 0.01, role="component1"),
        "mu1": Slider("μ₁", mu1, *means, role="component1"),
        "var1": Slider("σ₁²", var1, 0.2, most, role="component1"),
        "mu2": Slider("μ₂", mu2, *means, role="component2"),
        "var2": Slider("σ₂²", var2, 0.2, most, role="component2"),
    }


def around(x, start, unit):
    """Return the five sliders for data of any scale, starting at a mixture."""
    pi, mu, var = (array.tolist() for array in start)
    low, high = float(np.floor(np.min(x))), float(np.ceil(np.max(x)))
    most = float(np.ceil(max(*var, np.var(x))))
    least = most / 200
    step = (high - low) / 500
    step = 10 ** np.floor(np.log10(step) + 0.5)
    spread = Slider("", 0, step * np.ceil(least / step), most, step, unit and f"square {unit}")
    return {
        "pi1": Slider("π₁", pi[0], 0.01, 0.99, 0.01, role="component1"),
        "mu1": Slider("μ₁", mu[0], low, high, step, unit, "component1"),
        "var1": spread._replace(label="σ₁²", value=var[0], role="component1"),
        "mu2": Slider("μ₂", mu[1], low, high, step, unit, "component2"),
        "var2": spread._replace(label="σ₂²", value=var[1], role="component2"),
    }


def axis(x):
    """Return where the axis begins and ends: a little beyond the data."""
    room = (np.max(x) - np.min(x)) / 10
    return (float(np.floor(np.min(x) - room)), float(np.ceil(np.max(x) + room)))


def unit_of(xlabel):
    """Return the unit that an axis is labelled with: ``wait (minutes)`` has minutes, ``x`` has none."""
    return xlabel.partition("(")[2].rstrip(")")


def with_unit(name, unit):
    """Return what labels an axis: the name, and its unit if it has one."""
    return f"{name} ({unit})" if unit else name
