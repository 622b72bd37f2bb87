"""The pictures of Matplotlib, for a page: SVG, shown at the end of a cell or where `plt.show()` stands."""

import io

from matplotlib import pyplot
from matplotlib.backends.backend_svg import FigureCanvasSVG as FigureCanvas
from matplotlib.backends.backend_svg import FigureManagerSVG as FigureManager

import shell

__all__ = ["FigureCanvas", "FigureManager", "show"]


def show(*given, **named):
    """Show every picture that is open, and close it."""
    for number in pyplot.get_fignums():
        text = io.StringIO()
        pyplot.figure(number).savefig(
            text,
            format="svg",
            bbox_inches="tight",
            metadata={"Date": None, "Creator": None},
        )
        shell.display(Svg(text.getvalue()))
    pyplot.close("all")


class Svg:
    """A picture."""

    def __init__(self, text):
        self.text = text

    def _repr_mimebundle_(self):
        return {"image/svg+xml": self.text[self.text.index("<svg") :]}
