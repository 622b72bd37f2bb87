"""LiveFigure: real sliders, tied to a drawing that needs no kernel."""

from importlib.resources import files
from typing import NamedTuple

import anywidget
import ipywidgets
import numpy as np
import traitlets

from gmm.formulas.javascript import javascript
from gmm.formulas.names import arguments, identifier
from gmm.formulas.numeric import evaluate
from gmm.live.still import Picture, with_still

__all__ = ["LiveFigure", "Slider"]

STILL = "A still picture: its sliders need JavaScript."
STEP = "step"  # the parameter that counts EM's half steps


def script(name):
    """Return a module of the page: what all of them share, and the file with the name."""
    return "".join(files("gmm.live").joinpath(part).read_text("utf-8") for part in ("drawing.js", name))


class Slider(NamedTuple):
    """One parameter that the reader moves."""

    label: str  # what stands beside the slider, in Unicode: μ₁
    value: float  # where it starts
    low: float
    high: float
    step: float = 0.05
    unit: str = ""  # what a screen reader says after the value: minutes


class Drawing(anywidget.AnyWidget):
    """The drawing: the printed functions, what to draw with them, and a trait per parameter."""

    _esm = script("figure.js")
    _css = files("gmm.live").joinpath("figure.css").read_text("utf-8")
    name = traitlets.Unicode().tag(sync=True)
    functions = traitlets.Dict().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)


class LiveFigure(ipywidgets.VBox):
    """A drawing and its sliders, alive in JupyterLab and in the rendered page.

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
        From :func:`gmm.live.gallery.panel`: the axes, from top to bottom, and
        their layers.
    formula : list of (str, str)
        The formula above the picture, in pieces: whose colour each has, and
        its text, with values as in `readouts`.
    readouts : list of str
        Sentences with ``{name:digits}`` where a parameter or a function's
        value goes. With ``{name:4e}`` a value that four digits would make
        zero is written as 1.2·10⁻⁹.
    pointed : str, optional
        What is said of the observation that the reader points at, in the form
        of `readouts`; n is its number.
    data : array_like, shape (N,), optional
        The observations that the functions sum over.
    alt : str
        What the picture shows, for those who cannot see it.
    stepping : dict, optional
        ``K``, ``theta`` (the parameters' names) and ``start`` (where one comes
        from a function instead of a slider): the drawing then runs EM, half a
        step for each unit of the parameter ``step``.

    Raises
    ------
    ValueError
        If a function needs something that is neither slider, data nor the
        panel's own variable.

    Examples
    --------
    >>> from gmm import live
    >>> live.normal()
    LiveFigure('normal': μ, σ²)
    """

    def __init__(
        self, name, *, sliders, functions, panels, alt, formula=(), readouts=(), pointed=None, data=None, stepping=None
    ):
        self.figure_name, self.sliders, self.alt = name, sliders, alt
        known = {*sliders, *(panel["variable"] for panel in panels), *(stepping or {}).get("theta", ())}
        if data is not None:
            data = np.asarray(data, dtype=float)
            known |= {"xs", "N", "x"}
        if any("drag" in layer for panel in panels for layer in panel["layers"]):
            known |= {"x", "y"}
        if stepping:
            known |= {"gammas", "mus", "k"}
        self._functions, self._data = functions, data
        needed = {label: arguments(expression) for label, expression in functions.items()}
        _check(needed, known)
        spec = {
            "alt": alt,
            "params": list(sliders),
            "bounds": {key: {"min": s.low, "max": s.high, "step": s.step} for key, s in sliders.items()},
            "panels": panels,
            "formula": list(formula),
            "readouts": list(readouts),
            "pointed": pointed,
            "data": None if data is None else data.tolist(),
            "stepping": stepping,
        }
        printed = {label: javascript(needed[label], expression) for label, expression in functions.items()}
        self.drawing = _drawing(sliders)(name=name, functions=printed, spec=spec)
        self.controls = [_control(key, slider) for key, slider in sliders.items()]
        self.links = [
            ipywidgets.jslink((control, "value"), (self.drawing, key)) for key, control in zip(sliders, self.controls)
        ]
        rows = [control if key != STEP else self._player(control) for key, control in zip(sliders, self.controls)]
        super().__init__([self.drawing, *rows])

    def _player(self, steps):
        """Return the slider of the steps with a play button beside it."""
        player = ipywidgets.Play(min=steps.min, max=steps.max, value=steps.value, interval=700)
        self.links.append(ipywidgets.jslink((player, "value"), (steps, "value")))
        # The drawing pauses the player when a step is taken by hand, and where EM stops.
        self.links.append(ipywidgets.jslink((player, "playing"), (self.drawing, "playing")))
        return ipywidgets.HBox([player, steps])

    def scope(self):
        """Return what the functions may ask for at the start.

        Returns
        -------
        dict of str to float or ndarray
            The starting values of the parameters, and the data, by name in code.
        """
        values = {key: slider.value for key, slider in self.sliders.items()}
        if self._data is not None:
            values |= {"xs": self._data, "N": self._data.size}
        stepping = self.drawing.spec["stepping"]
        for key, source in ((stepping or {}).get("start") or {}).items():
            values[key] = self.call(source, values) if isinstance(source, str) and source in self._functions else source
        return values

    def call(self, label, scope):
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
        return evaluate(self._functions[label], scope)

    def _repr_mimebundle_(self, **kwargs):
        panels = self.drawing.spec["panels"]
        picture = Picture(self.figure_name, self.alt, panels, self._functions, self.scope())
        return with_still(super()._repr_mimebundle_(**kwargs), picture, repr(self), STILL)

    def __repr__(self):
        return f"LiveFigure({self.figure_name!r}: {', '.join(s.label for s in self.sliders.values())})"


def _check(needed, known):
    """Refuse a function that needs what the figure does not have."""
    for label, symbols in needed.items():
        missing = sorted({identifier(symbol) for symbol in symbols} - known)
        if missing:
            raise ValueError(f"functions[{label!r}] needs {', '.join(missing)}. Add a slider for it, or data.")


def _drawing(sliders):
    """Return the drawing's class with one float trait for each parameter."""
    traits = {key: traitlets.Float(float(slider.value)).tag(sync=True) for key, slider in sliders.items()}
    return type("Drawing", (Drawing,), traits)


def _control(key, slider):
    """Return the ipywidgets slider of a parameter."""
    shared = {"description": slider.label, "layout": {"width": "420px"}}
    if slider.unit:
        shared["tooltip"] = slider.unit
    if key == STEP:
        return ipywidgets.IntSlider(value=slider.value, min=slider.low, max=slider.high, **shared)
    digits = max(0, -int(np.floor(np.log10(slider.step) + 1e-9)))
    return ipywidgets.FloatSlider(
        value=slider.value,
        min=slider.low,
        max=slider.high,
        step=slider.step,
        readout_format=f".{digits}f",
        **shared,
    )
