"""Guards on what a caller passes: one condition, one sentence, each."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, overload

import numpy as np

__all__ = [
    "broadcast",
    "data",
    "edges",
    "extra",
    "finite",
    "generator",
    "level",
    "real",
    "responsibilities",
    "tolerance",
    "varies",
    "whole_number",
]

# What the package index calls this package; `gmm` is somebody else's there.
DISTRIBUTION = "gaussian-mixture-book"
# How far a row of responsibilities may be from summing to one.
GAMMA_TOLERANCE = 1e-6
# How fine floats must be against the range of whole numbers that become floats.
FINEST = 1e-6
# The sum of the sample weights stays this far within the range of a float, so
# that products with them do, too.
SMALLEST_TOTAL, LARGEST_TOTAL = 1e-200, 1e200


@contextmanager
def extra(what: str, name: str, package: str) -> Iterator[None]:
    """Raise, where an import inside fails, which part of the distribution is not installed.

    Parameters
    ----------
    what : str
        What needs it.
    name : str
        The extra that installs it.
    package : str
        What is missing.

    Raises
    ------
    ImportError
        With the command that installs it.
    """
    try:
        yield
    except ImportError:
        raise ImportError(
            f"{what} needs {package}, which is not installed. Install it with: pip install '{DISTRIBUTION}[{name}]'"
        ) from None


def finite(value: object, name: str, own: bool = True) -> np.ndarray:
    """Return `value` as a float64 array of finite real numbers.

    Parameters
    ----------
    value : array_like
        Numbers of any shape: a scalar, a list, an array, a pandas series.
    name : str
        The argument's name, for the message.
    own : bool
        Whether an array of its own is wanted, which may be changed.

    Returns
    -------
    ndarray of float64
        An array of the same shape.

    Raises
    ------
    TypeError
        If `value` holds text, complex numbers, dates or other objects.
    ValueError
        If `value` is ragged or masked, or holds a NaN, an infinity or a
        number beyond the range of a float.
    """
    if np.ma.is_masked(value):
        raise ValueError(f"{name} is masked at {np.ma.count_masked(value)} places. Pass {name}.compressed() instead.")
    try:
        array = np.asarray(value)
    except TypeError:
        raise _no_number(value, name) from None
    except ValueError:
        raise ValueError(f"{name} has rows of different lengths: {_shown(value)}. Give them the same length.") from None
    _refuse_what_is_no_number(array, name)
    _refuse_what_a_float_rounds_away(array, name)
    try:
        with np.errstate(over="ignore"):
            array = array.astype(np.float64, copy=own)
    except OverflowError:
        raise ValueError(f"{name} holds a number too large for a float: {_shown(value)}. Rescale it.") from None
    except (TypeError, ValueError):
        raise _no_number(value, name) from None
    # A NaN or an infinity shows in the extremes; only then is it looked for.
    if array.size and not (np.isfinite(array.min()) and np.isfinite(array.max())):
        bad = ~np.isfinite(array)
        place = tuple(int(i) for i in np.argwhere(bad)[0])
        where = f"{name}[{', '.join(map(str, place))}]" if place else name
        raise ValueError(f"{name} must be finite, but {where} is {array[place]}. Remove or replace it.")
    return array


def broadcast(**arrays: np.ndarray) -> None:
    """Raise a ValueError unless the named arrays have shapes that broadcast."""
    try:
        np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"Shapes do not broadcast: {shapes}. Give equal shapes, or a new axis to one.") from None


@overload
def data(
    x: object, sample_weight: object = None, *, ones: Literal[True] = True, own: bool = True
) -> tuple[np.ndarray, np.ndarray]: ...


@overload
def data(
    x: object, sample_weight: object = None, *, ones: bool, own: bool = True
) -> tuple[np.ndarray, np.ndarray | None]: ...


def data(
    x: object, sample_weight: object = None, *, ones: bool = True, own: bool = True
) -> tuple[np.ndarray, np.ndarray | None]:
    """Return the observations and their weights, ready to fit.

    Parameters
    ----------
    x : array_like, shape (N,)
        Observations. A scalar counts as one.
    sample_weight : array_like, shape (N,), optional
        How often each observation counts; 1 each when left out.
    ones : bool
        Whether weights that are left out come back as ones, or as None.
    own : bool
        Whether they are wanted as arrays of their own, which may be changed.

    Returns
    -------
    x, sample_weight : ndarray of float64, shape (N,)
        Without `own` they may be what was passed.

    Raises
    ------
    TypeError, ValueError
        If one of them is not a finite, non-empty, one-dimensional array of
        real numbers, if their lengths differ, or if the weights are negative,
        all zero, or beyond what can be summed.
    """
    table = hasattr(x, "iloc")
    x = np.atleast_1d(finite(x, "x", own))
    if x.ndim != 1:
        column = "x.iloc[:, 0]" if table else "x[:, 0]"
        raise ValueError(f"x must be one-dimensional, but has shape {x.shape}. Pass one column, for instance {column}.")
    if x.size == 0:
        raise ValueError("x is empty. Pass at least one observation.")
    if sample_weight is None:
        return x, np.ones_like(x) if ones else None
    weight = np.atleast_1d(finite(sample_weight, "sample_weight", own))
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
    with np.errstate(over="ignore"):
        total = weight.sum()
    if not SMALLEST_TOTAL < total < LARGEST_TOTAL:
        raise ValueError(f"sample_weight sums to {total:.6g}, beyond safe arithmetic. Divide it by its largest value.")
    return x, weight


def edges(value: object) -> np.ndarray:
    """Return the edges of classes.

    Parameters
    ----------
    value : array_like, shape (C + 1,)
        Rising numbers; the first may be −∞ and the last ∞.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    TypeError, ValueError
        If they do not rise, are fewer than three, or are infinite elsewhere.
    """
    found = np.atleast_1d(real(value, "edges"))
    if found.ndim != 1 or found.size < 3:
        raise ValueError(
            f"edges must be at least three numbers, but have shape {found.shape}. "
            "Pass where each class begins and where the last one ends."
        )
    if not np.isfinite(found[1:-1]).all() or np.isfinite(found).sum() < 2:
        raise ValueError(
            f"edges must be finite but for the first and the last, and two of them at least, but are {_shown(found)}. "
            "Pass numbers."
        )
    if not (np.diff(found) > 0).all():
        n = int((~(np.diff(found) > 0)).argmax())
        raise ValueError(
            f"edges must rise, but edges[{n}] is {found[n]} and edges[{n + 1}] is {found[n + 1]}. "
            "Sort them, and give each once."
        )
    return found


def real(value: object, name: str) -> np.ndarray:
    """Return `value` as a float64 array of real numbers, infinities among them.

    Parameters
    ----------
    value : array_like
        Numbers of any shape.
    name : str
        The argument's name, for the message.

    Returns
    -------
    ndarray of float64

    Raises
    ------
    TypeError, ValueError
        As :func:`finite`, but that infinities pass.
    """
    array = np.asarray(value)
    if array.dtype.kind == "f" and np.isinf(array).any():
        finite(np.where(np.isinf(array), 0.0, array), name)
        return array.astype(np.float64)
    return finite(value, name)


def responsibilities(gamma: object, x: np.ndarray) -> np.ndarray:
    """Return `gamma` as an array with one distribution for each observation in `x`.

    Raises
    ------
    TypeError, ValueError
        If it is not finite and real, if its shape is not (N, K), or if a row
        is negative somewhere or does not sum to 1.
    """
    gamma = finite(gamma, "gamma")
    if gamma.ndim != 2 or len(gamma) != x.size:
        raise ValueError(
            f"gamma has shape {gamma.shape}, but x has {x.size} values. "
            "Give one row per observation and one column per component."
        )
    with np.errstate(over="ignore"):
        wrong = (gamma < 0).any(axis=1) | (np.abs(gamma.sum(axis=1) - 1) > GAMMA_TOLERANCE)
    if wrong.any():
        n = int(wrong.argmax())
        raise ValueError(
            f"gamma must have rows of non-negative numbers that sum to 1, but gamma[{n}] is {_shown(gamma[n])}. "
            "Divide each row by its sum."
        )
    return gamma


def level(value: object, name: str) -> float:
    """Return `value`, which has to be a number between 0 and 1.

    Parameters
    ----------
    value : float
        What was passed.
    name : str
        The argument's name, for the message.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If it is no single finite number, or not between 0 and 1.
    """
    share = tolerance(value, name)
    if not 0 < share < 1:
        raise ValueError(f"{name} must be between 0 and 1, but is {share}. Pass for instance 0.95.")
    return share


def tolerance(value: object, name: str) -> float:
    """Return `value` as a float that is not negative.

    Raises
    ------
    TypeError, ValueError
        If it is not one finite real number, or negative.
    """
    number = finite(value, name)
    if number.ndim:
        raise ValueError(f"{name} must be one number, but has shape {number.shape}. Pass for instance 1e-8.")
    if number < 0:
        raise ValueError(f"{name} must not be negative, but is {number}. Pass 0 or more.")
    return float(number)


def generator(rng: np.random.Generator | int | None) -> np.random.Generator:
    """Return the `numpy.random.Generator` that `rng` is, or that it seeds.

    Raises
    ------
    TypeError
        If it is neither a generator nor a seed.
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        raise TypeError(
            f"rng must be a numpy.random.Generator or a seed, but is {_shown(rng)}. "
            "Pass a whole number ≥ 0, or numpy.random.default_rng(1)."
        ) from None


def varies(low: float, high: float) -> None:
    """Raise unless observations from `low` to `high` are more than one value.

    Parameters
    ----------
    low, high : float
        The smallest and the largest observation.

    Raises
    ------
    ValueError
        If they are equal.
    """
    if low == high:
        raise ValueError(f"x holds one value only, {low}, so no variance can be fitted. Pass data that vary.")


def whole_number(value: object, name: str, least: int) -> int:
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
    """Raise a TypeError for text, complex numbers, dates and None; numbers and booleans pass."""
    if array.dtype.kind in "UST" or _holds(array, (str, bytes)):
        raise TypeError(f"{name} must hold numbers, but holds text: {_shown(array)}. Convert it with float first.")
    if array.dtype.kind == "c":
        raise TypeError(f"{name} must hold real numbers, but is complex: {_shown(array)}. Pass its real part.")
    if array.dtype.kind in "mMV":
        raise TypeError(f"{name} must hold numbers, but has dtype {array.dtype}. Convert it to numbers first.")
    if _holds(array, type(None)):
        raise TypeError(f"{name} must hold numbers, but holds None: {_shown(array)}. Remove or replace it.")
    if array.ndim == 0 and _holds(array, Iterable):
        kind = type(array[()]).__name__
        raise TypeError(f"{name} must be an array or a list, but is of type {kind}. Put its numbers in a list first.")


def _refuse_what_a_float_rounds_away(array, name):
    """Raise a ValueError for whole numbers whose differences a float would lose."""
    if array.dtype.kind not in "iu" or array.size == 0:
        return
    low, high = int(array.min()), int(array.max())
    step = int(np.spacing(float(max(-low, high))))
    if step > 1 and low < high < low + step / FINEST:
        raise ValueError(
            f"{name} has whole numbers from {low} to {high}, where floats are {step} apart. "
            f"Subtract the smallest first: {name} - {name}.min()."
        )


def _no_number(value, name):
    """Return the error for what NumPy cannot turn into floats."""
    return TypeError(f"{name} must hold real numbers, but is {_shown(value)}. Convert it to float first.")


def _holds(array, kind):
    """Tell whether an array of objects holds one of this kind."""
    return array.dtype.kind == "O" and any(isinstance(value, kind) for value in array.flat)


def _shown(value):
    """Return `value` in at most eighty characters."""
    text = reprlib.repr(value.tolist() if isinstance(value, np.ndarray) else value)
    return text if len(text) <= 80 else text[:77] + "..."
