"""What `gmm.live` asks of ipywidgets, anywidget and traitlets, for a page: models, which its own script shows.

A notebook sends the state of its widgets to a front end and goes on talking to it. Here the state is
all: `book/page/page.js` shows it as it shows what the book stores.
"""

import itertools
import types
from importlib.resources import files

STATE, VIEW = (
    "application/vnd.jupyter.widget-state+json",
    "application/vnd.jupyter.widget-view+json",
)
REFERENCE = "IPY_MODEL_"
SHARED = files("gmm").joinpath("live", "figure.css").read_text("utf-8")  # which every page has
numbers = itertools.count()


class Trait:
    """A value that the front end sees."""

    def __init__(self, default=None):
        self.default = default

    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, widget, owner):
        return self if widget is None else widget.state[self.name]

    def __set__(self, widget, value):
        widget.state[self.name] = value

    def tag(self, **options):
        """Take what a trait is tagged with, which is always that it is sent."""
        return self


class Unicode(Trait):
    """A text."""


class Dict(Trait):
    """A dictionary."""


class List(Trait):
    """A list."""


class Bool(Trait):
    """Yes or no."""


class Float(Trait):
    """A number."""


class Widget:
    """A model: its state, and a number by which others refer to it."""

    model = ""

    def __init__(self, **state):
        self.key = f"page{next(numbers)}"
        self.state = self.defaults() | state

    def defaults(self):
        """Return the values of the traits that the class names."""
        traits = {name: value for kind in reversed(type(self).__mro__) for name, value in vars(kind).items()}
        return {name: trait.default for name, trait in traits.items() if isinstance(trait, Trait)}

    def models(self):
        """Return the records of the widget and of all that it holds or is tied to."""
        shown = {name: refer(value) for name, value in self.state.items()}
        records = {self.key: {"model_name": self.model, "state": shown}}
        for child in self.state.get("children", ()):
            records |= child.models()
        for tie in ties:
            if tie.state["source"][0] is self:
                records |= {
                    tie.key: {
                        "model_name": tie.model,
                        "state": {k: refer(v) for k, v in tie.state.items()},
                    }
                }
        return records

    def _repr_mimebundle_(self, **options):
        return {STATE: self.models(), VIEW: {"model_id": self.key}}


def refer(value):
    """Return a value with references in the place of widgets."""
    if isinstance(value, Widget):
        return REFERENCE + value.key
    return [refer(part) for part in value] if isinstance(value, (list, tuple)) else value


class AnyWidget(Widget):
    """A widget with a module of its own."""

    model = "AnyModel"

    def defaults(self):
        """Return the traits, and the module."""
        return {
            **super().defaults(),
            "_esm": self._esm,
            "_css": self._css.removeprefix(SHARED),
        }


class Box(Widget):
    """A widget that holds others."""

    def __init__(self, children, **state):
        super().__init__(children=list(children), **state)


class VBox(Box):
    """One below the other."""

    model = "VBoxModel"


class Accordion(Box):
    """Each folded away under a title."""

    model = "AccordionModel"


class FloatSlider(Widget):
    """A slider."""

    model = "FloatSliderModel"


class IntSlider(Widget):
    """A slider of whole numbers."""

    model = "IntSliderModel"


class Link(Widget):
    """Two values that are one."""

    model = "LinkModel"


ties = []


def jslink(source, target):
    """Tie two values."""
    ties.append(Link(source=source, target=target))
    return ties[-1]


def __getattr__(name):
    raise AttributeError(f"a page has no {name}: it shows the live figures of gmm. The notebook has all of ipywidgets")


class Picture:
    """What a still picture would be drawn from."""

    def __init__(self, *given, **named):
        pass

    def _replace(self, **changed):
        return self


# In the place of gmm.live.still: nobody sees the still picture of a figure that a page has just made.
still = types.ModuleType("gmm.live.still")
still.Picture = Picture
still.with_still = lambda shown, picture, text, *told: {**shown, "text/plain": text}
