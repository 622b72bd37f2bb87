"""A question as a widget of JupyterLab: the page's form and script, with the kernel's Python for code."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from gmm import check
from gmm.practice import code
from gmm.practice.form import pieces, script
from gmm.practice.question import Code, Question
from gmm.practice.words import plain

with check.extra("a question as a widget", "live", "anywidget"):
    import anywidget
    import traitlets

__all__ = ["Asked"]


class Asked(anywidget.AnyWidget):
    """One question, to be answered in the notebook.

    Parameters
    ----------
    question : Question
        From :func:`gmm.practice.find`.
    """

    _esm = script("widget.js")
    _css = files("gmm.practice").joinpath("practice.css").read_text("utf-8")
    html = traitlets.Unicode().tag(sync=True)

    def __init__(self, question: Question) -> None:
        self.question = question
        parts = pieces(question, functions=True)
        super().__init__(html="".join(part if isinstance(part, str) else _shown(part) for part in parts))
        self.on_msg(self._hear)

    def _hear(self, _, content, buffers):
        if isinstance(self.question, Code):
            self.send(code.verdict(self.question, content["source"]))

    def __repr__(self) -> str:
        return f"Asked({self.question.name!r})"


def _shown(text):
    """Return a text of a form as HTML, with its formulas in plain letters."""
    paragraphs = [escape(plain(part)) for part in text.source.split("\n\n")]
    return " ".join(paragraphs) if text.inline else "".join(f"<p>{part}</p>" for part in paragraphs)
