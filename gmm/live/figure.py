"""LiveFigure: the widget around a specification, real sliders tied to a drawing that needs no kernel."""

from __future__ import annotations

from importlib.resources import files

import numpy as np

from gmm import check
from gmm.live.modules import module
from gmm.live.spec import STEP, FigureSpec
from gmm.live.still import Picture, with_still

with check.extra("a live figure", "live", "anywidget"):
    import anywidget
    import ipywidgets
    import traitlets

__all__ = ["LiveFigure"]

STILL = "A still picture: its sliders need JavaScript."


class Drawing(anywidget.AnyWidget):
    """The drawing: the printed functions, what to draw with them, and a trait per parameter."""

    _esm = module("js/figure.js")
    _css = files("gmm.live").joinpath("figure.css").read_text("utf-8")
    name = traitlets.Unicode().tag(sync=True)
    functions = traitlets.Dict().tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)


class LiveFigure(ipywidgets.VBox):
    """A drawing and its sliders, alive in JupyterLab and in the rendered page.

    Parameters
    ----------
    spec : FigureSpec
        What to draw, from :mod:`gmm.live.gallery` or of one's own.

    Attributes
    ----------
    spec : FigureSpec
    drawing : Drawing
    controls : list of ipywidgets.FloatSlider or ipywidgets.IntSlider
    links : list of ipywidgets.widgets.widget_link.Link
        From each control to the drawing.

    Examples
    --------
    >>> from gmm import live
    >>> live.normal()
    LiveFigure('normal': μ, σ²)
    """

    spec: FigureSpec
    drawing: Drawing
    controls: list[ipywidgets.FloatSlider | ipywidgets.IntSlider]
    links: list[ipywidgets.widgets.widget_link.Link]

    def __init__(self, spec: FigureSpec) -> None:
        self.spec = spec
        self.drawing = _drawing(spec.sliders)(name=spec.name, functions=spec.printed(), spec=spec.drawing())
        self.controls = [_control(key, slider) for key, slider in spec.sliders.items()]
        self.links = [
            ipywidgets.jslink((control, "value"), (self.drawing, key))
            for key, control in zip(spec.sliders, self.controls)
        ]
        super().__init__([self.drawing, *self._rows()])

    def _rows(self):
        """Return the sliders, those last that are folded away."""
        controls = dict(zip(self.spec.sliders, self.controls))
        folds = [_fold(title, [controls.pop(key) for key in keys]) for title, keys in self.spec.folded.items()]
        return [*controls.values(), *folds]

    def _repr_mimebundle_(self, **kwargs):
        spec = self.spec
        picture = Picture(spec.name, spec.alt, spec.panels, spec.functions, spec.scope(), spec.terms())
        printed = spec.still and (picture._replace(scope=spec.scope(spec.still)), f"Shown: {spec.told(spec.still)}.")
        return with_still(super()._repr_mimebundle_(**kwargs), picture, repr(self), STILL, printed)

    def __repr__(self) -> str:
        return repr(self.spec).replace("FigureSpec", "LiveFigure", 1)


def _drawing(sliders):
    """Return the drawing's class with one float trait for each parameter."""
    traits = {key: traitlets.Float(float(slider.value)).tag(sync=True) for key, slider in sliders.items()}
    return type("Drawing", (Drawing,), traits)


def _fold(title, controls):
    """Return controls folded away under a title."""
    return ipywidgets.Accordion([ipywidgets.VBox(controls)], titles=[title], selected_index=None)


def _control(key, slider):
    """Return the ipywidgets slider of a parameter."""
    shared = {"description": slider.label, "layout": {"width": "420px"}}
    if slider.unit:
        shared["tooltip"] = slider.unit
    if slider.role:
        shared["_dom_classes"] = [f"gmm-{slider.role}"]
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
