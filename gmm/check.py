"""Guards on what a caller passes: one condition, one sentence, each."""

import numpy as np

__all__ = ["data", "finite", "whole_number"]


def finite(value, name):
    """Return `value` as a float64 array of finite real numbers.

    Parameters
    ----------
    value : array_like
        Numbers of any shape: a scalar, a list, an array, a pandas series.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray of float64
        An array of the same shape.

    Raises
    ------
    TypeError
        If `value` holds text, complex numbers, dates or other objects.
    ValueError
        If `value` is ragged or masked, or holds a NaN or an infinity.
    """
    if np.ma.is_masked(value):
        masked = int(np.ma.getmaskarray(value).sum())
        raise ValueError(f"{name} has {masked} masked values. Pass {name}.compressed() instead.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} has rows of different lengths: {_shown(value)}. Give every row the same length."
        ) from None
    _refuse_what_is_no_number(array, name)
    try:
        with np.errstate(over="ignore"):
            array = array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(
            f"{name} must hold real numbers, but is {_shown(value)}. Convert it to float first."
        ) from None
    bad = ~np.isfinite(array)
    if bad.any():
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}[{', '.join(map(str, place))}]" if place else name
        raise ValueError(f"{name} must be finite, but {where} is {array[place]}. Remove or replace it.")
    return array


def data(x, sample_weight=None):
    """Return the observations and their weights, ready to fit.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.

    Returns
    -------
    x, sample_weight : ndarray of float64, shape (N,)
        Observations of weight zero are left out.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a finite, non-empty, one-dimensional array of
        real numbers, if their lengths differ, or if the weights are negative
        or all zero.
    """
    x = finite(x, "x")
    if x.ndim != 1:
        raise ValueError(
            f"x must be one-dimensional, but has shape {x.shape}. Pass one column, for instance x[:, 0]."
        )
    if x.size == 0:
        raise ValueError("x is empty. Pass at least one observation.")
    if sample_weight is None:
        return x, np.ones_like(x)
    weight = finite(sample_weight, "sample_weight")
    if weight.shape != x.shape:
        raise ValueError(
            f"sample_weight has shape {weight.shape}, but x has shape {x.shape}. Give one weight per observation."
        )
    if weight.min() < 0:
        n = int(weight.argmin())
        raise ValueError(
            f"sample_weight must not be negative, but sample_weight[{n}] is {weight[n]}. "
            "Use 0 to leave an observation out."
        )
    if not weight.any():
        raise ValueError("sample_weight is zero everywhere. Give at least one observation a positive weight.")
    return x[weight > 0], weight[weight > 0]


def whole_number(value, name, least):
    """Return `value` as an int that is at least `least`.

    Raises
    ------
    TypeError
        If `value` is not an integer.
    ValueError
        If it is smaller than `least`.
    """
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be a whole number, but is {_shown(value)}. Pass an int, for instance {least}.")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, but is {value}. Pass {least} or more.")
    return int(value)


def _refuse_what_is_no_number(array, name):
    """Raise a TypeError for text, complex numbers and dates; numbers and booleans pass."""
    if array.dtype.kind in "US" or (array.dtype.kind == "O" and any(isinstance(v, (str, bytes)) for v in array.flat)):
        raise TypeError(f"{name} must hold numbers, but holds text: {_shown(array)}. Convert it with float first.")
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers, but is complex: {_shown(array)}. Pass its real part.")
    if array.dtype.kind in "mMV":
        raise TypeError(f"{name} must hold numbers, but has dtype {array.dtype}. Convert it to numbers first.")


def _shown(value):
    """Return `value` in at most some sixty characters."""
    text = " ".join(repr(value.tolist() if isinstance(value, np.ndarray) else value).split())
    return text if len(text) <= 60 else text[:57] + "..."
