"""What a live figure is, without a widget: its sliders, its formulas, and what is drawn with them."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from gmm.em import ConvergenceWarning, iterate
from gmm.formulas.javascript import javascript
from gmm.formulas.names import arguments, identifier, needed
from gmm.formulas.numeric import evaluate
from gmm.live.formula import filled, pieces
from gmm.mixture import Mixture

__all__ = ["STEP", "FigureSpec", "Slider"]

STEP = "step"  # the parameter that counts EM's half steps
FILLED = 0.4  # of a panel's height, at least, at the start: lower curves would look flat on an axis that stands still


class Slider(NamedTuple):
    """One parameter that the reader moves.

    Attributes
    ----------
    label : str
        What stands beside the slider, in Unicode: μ₁.
    value : float
        Where it starts.
    low, high, step : float
        How far it goes, and in which steps.
    unit : str
        What a screen reader says after the value: minutes.
    role : str
        Whose colour its row has, as a layer has it: ``component1``.
    """

    label: str
    value: float
    low: float
    high: float
    step: float = 0.05
    unit: str = ""
    role: str = ""

    @property
    def digits(self) -> int:
        """How many digits after the point a value has."""
        return max(0, -int(np.floor(np.log10(self.step) + 1e-9)))


@dataclass(repr=False, eq=False)
class FigureSpec:
    """The specification of a live figure.

    Parameters
    ----------
    name : str
        The page finds the figure's state by it: no two of a page have the same.
    sliders : dict of str to Slider
        The parameters, by their names in code (``pi1``, ``mu1``, ``var1``).
    functions : dict of str to sympy.Expr
        What the drawing computes. Each becomes JavaScript for the page and a
        NumPy function for the still picture.
    panels : list of dict
        From :func:`gmm.live.layers.panel`: the axes, from top to bottom, and
        their layers.
    alt : str
        What the picture shows, for those who cannot see it.
    formula : list of (str, str)
        The formula above the picture, in terms: whose colour each has, and
        its text, as :func:`gmm.live.formula.pieces` reads it. Numbers that are
        parameters can be changed there.
    readouts : list of str
        Sentences with ``{name:digits}`` where a parameter or a function's
        value goes. With ``{name:4e}`` a value that four digits would make
        zero is written as 1.2·10⁻⁹.
    pointed : str, optional
        What is said of the observation that the reader points at, in the form
        of `readouts`; n is its number.
    data : array_like, shape (N,), optional
        The observations that the functions sum over.
    stepping : dict, optional
        ``K``, ``theta`` (the parameters' names) and ``start`` (where one comes
        from a function instead of a slider): the drawing then runs EM, half a
        step for each unit of the parameter ``step``.
    moves : list of (str, dict), optional
        Buttons under the picture: what stands on each, and the parameters that
        it brings to the value of a function or of another parameter. One that
        would change nothing is off.
    folded : dict of str to list of str, optional
        The parameters whose sliders are folded away, for the picture or the
        formula has them too, by what stands on the fold.
    still : dict of str to float, optional
        The state that a printed page shows, where the start tells little: the
        parameters that differ.

    Raises
    ------
    ValueError
        If a function needs something that is neither slider, data nor the
        panel's own variable, or if a panel has no range or one that its start
        leaves empty.

    Examples
    --------
    >>> from gmm.live import gallery
    >>> figure = gallery.normal()
    >>> figure
    FigureSpec('normal': μ, σ²)
    >>> figure.printed()["sigma"]
    {'args': ['variance'], 'body': 'return Math.sqrt(variance);'}
    """

    name: str
    sliders: dict[str, Slider]
    functions: dict[str, sp.Expr]
    panels: list[dict]
    alt: str
    formula: Sequence[tuple[str, str]] = ()
    readouts: Sequence[str] = ()
    pointed: str | None = None
    data: ArrayLike | None = None
    stepping: dict | None = None
    moves: Sequence[tuple[str, Mapping[str, str]]] = ()
    folded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    still: Mapping[str, float] | None = None

    def __post_init__(self):
        if self.data is not None:
            self.data = np.asarray(self.data, dtype=float)
        if lost := sorted(set(self.still or ()) - set(self.sliders)):
            raise ValueError(f"still names {', '.join(lost)}, which no slider sets. Name sliders: {[*self.sliders]}.")
        known = self._known()
        for label, expression in self.functions.items():
            missing = sorted({identifier(symbol) for symbol in needed(expression)} - known)
            if missing:
                raise ValueError(f"functions[{label!r}] needs {', '.join(missing)}. Add a slider for it, or data.")
        scope = self.scope()
        for index, panel in enumerate(self.panels):
            self._check_range(f"panels[{index}]", panel, scope)

    def _check_range(self, name, panel, scope):
        """Raise unless a panel has a vertical range that its start fills well enough."""
        if panel["y"] is None:
            raise ValueError(f"{name} has no range: give y=(low, high), for its axis stands still.")
        low, high = panel["y"]
        if panel["trace"] or (low, high) == (0, 1):  # a share may be all that it can be
            return
        heights = np.concatenate([np.ravel(self._heights(layer, panel, scope)) for layer in panel["layers"]])
        heights = np.clip(heights[np.isfinite(heights)], low, high)
        share = np.ptp(heights) / (high - low) if heights.size else 0.0
        if share < FILLED:
            raise ValueError(
                f"{name} has y=({low:g}, {high:g}), of which the start fills {share:.0%}: "
                f"choose a range that it fills to {FILLED:.0%} or more."
            )

    def _heights(self, layer, panel, scope):
        """Return how high the parts of a layer stand at the start."""
        if layer["kind"] == "curve":
            tops = [self._value(mean, scope) for mean, _ in layer.get("near") or ()]
            places = np.array([*np.linspace(*panel["x"], 121), *tops], dtype=float)
            return self.call(layer["fn"], {**scope, panel["variable"]: places})
        if layer["kind"] == "bricks":
            return [0, layer["height"] * (max(layer["row"]) + 1)]
        if layer["kind"] == "intervals":
            return [1, self._value(layer["upto"], scope)]
        if layer["kind"] == "contours":
            return [y for line in layer["lines"] for _, y in line]
        if "y" not in layer or layer["kind"] == "zeros":  # they lie on a curve
            return []
        at = {**scope, panel["variable"]: self._value(layer["x"], scope)} if "x" in layer else scope
        return self._value(layer["y"], at)

    def _value(self, name, scope):
        """Return a number as it is, and else what has the name: a function's value or a parameter's."""
        if not isinstance(name, str):
            return name
        return self.call(name, scope) if name in self.functions else scope[name]

    def _known(self):
        """Return the names of all that a function may ask for."""
        known = {*self.sliders, *(panel["variable"] for panel in self.panels)}
        if self.data is not None:
            known |= {"xs", "N", "x"}
        if self.stepping:
            known |= {"gammas", "mus", "k", *self.stepping["theta"]}
        return known

    def printed(self) -> dict[str, dict]:
        """Return the functions as JavaScript.

        Returns
        -------
        dict of str to dict
            For each its arguments and its body, from :func:`gmm.formulas.javascript.javascript`.
        """
        return {label: javascript(arguments(expression), expression) for label, expression in self.functions.items()}

    def drawing(self) -> dict[str, Any]:
        """Return all else that figure.js needs, as what JSON can hold.

        Returns
        -------
        dict
        """
        return {
            "alt": self.alt,
            "params": list(self.sliders),
            "bounds": {
                key: {"min": s.low, "max": s.high, "step": s.step, "label": s.label, "digits": s.digits, "unit": s.unit}
                for key, s in self.sliders.items()
            },
            "panels": self.panels,
            "formula": self.terms(),
            "readouts": list(self.readouts),
            "told": self.sentences(),
            "pointed": self.pointed,
            "data": None if self.data is None else np.asarray(self.data).tolist(),
            "stepping": self.stepping,
            "moves": list(self.moves),
        }

    def sentences(self) -> list[str]:
        """Return the readouts of the start; what only the steps of EM tell is 0 in them."""
        scope = self.scope()
        known = {*scope, *(key for key, one in self.functions.items() if {*map(identifier, needed(one))} <= {*scope})}
        return [filled(text, lambda name: self._value(name, scope) if name in known else 0.0) for text in self.readouts]

    def terms(self) -> list[list]:
        """Return the formula as whose colour each term has, and its pieces."""
        return [[role, pieces(text)] for role, text in self.formula]

    def scope(self, changed: Mapping[str, float] | None = None) -> dict[str, Any]:
        """Return what the functions may ask for at the start, or in another state.

        Parameters
        ----------
        changed : dict of str to float, optional
            The parameters that are elsewhere than at the start.

        Returns
        -------
        dict of str to float or ndarray
            The values of the parameters, and the data, by name in code. After
            steps of EM, also the log-likelihoods so far as ``trace``, the
            responsibilities as ``gamma`` and the values of the start as ``start``.
        """
        values: dict[str, Any] = {key: slider.value for key, slider in self.sliders.items()} | dict(changed or {})
        if self.data is not None:
            values |= {"xs": self.data, "N": np.size(self.data)}
        for key, source in ((self.stepping or {}).get("start") or {}).items():
            values[key] = self.call(source, values) if source in self.functions else source
        return values | self._climbed(values) if self.stepping and values[STEP] else values

    def _climbed(self, values):
        """Return what EM has made of the data after half steps, as figure.js finds it."""
        theta, half_steps = self.stepping["theta"], int(values[STEP])
        start = Mixture(*np.reshape([values[name] for name in theta], (3, -1)))
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            path = iterate(self.data, start, tol=0, max_iter=half_steps // 2)
        now = path.mixtures[-1]
        before = now if half_steps % 2 or len(path.mixtures) < 2 else path.mixtures[-2]
        found = dict(zip(theta, np.concatenate([*now]).tolist()))
        return {
            **found,
            "start": {name: values[name] for name in theta},
            "trace": path.log_likelihoods.tolist(),
            "gamma": before.responsibilities(self.data),
        }

    def told(self, changed: Mapping[str, float]) -> str:
        """Return the parameters that are elsewhere than at the start, in words."""
        parts = []
        for key, value in changed.items():
            slider = self.sliders[key]
            text = f"{value:.{slider.digits}f}".replace("-", "−")
            parts.append(" ".join(filter(None, [slider.label, "=", text, slider.unit])))
        return ", ".join(parts)

    def call(self, label: str, scope: dict[str, Any]) -> float | np.ndarray:
        """Return the value of a function, by the NumPy that SymPy prints.

        Parameters
        ----------
        label : str
            One of the figure's functions.
        scope : dict
            Its arguments by name in code; more than it needs is no harm.

        Returns
        -------
        float or ndarray
            Of the shape of the arguments.

        Raises
        ------
        KeyError
            If there is no such function, or an argument is not in `scope`.
        """
        return evaluate(self.functions[label], scope)

    def __repr__(self) -> str:
        return f"FigureSpec({self.name!r}: {', '.join(slider.label for slider in self.sliders.values())})"
