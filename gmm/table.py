"""A small table that reads well as text and in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

__all__ = ["Table"]


class Table(NamedTuple):
    """A table of cells that are texts already.

    Attributes
    ----------
    headings : sequence of str
        Of the columns. An underscore stands before an index: ``N_k``.
    rows : sequence of sequence of str
        The cells, a row of text for each.
    notes : sequence of str
        Lines that stand above.

    Examples
    --------
    >>> Table(("k", "mean"), [("1", "54.61"), ("2", "80.09")], ["two components"])
    two components
    k   mean
    1  54.61
    2  80.09
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def __repr__(self) -> str:
        rows = [self.headings, *self.rows]
        widths = [max(map(len, column)) for column in zip(*rows)]
        # Numbers stand at the right; what is told in words stands last, at the left.
        words = [any(not _is_number(cell) for cell in column) for column in zip(*self.rows)]
        lines = (
            "  ".join(
                cell.ljust(width) if told else cell.rjust(width) for cell, width, told in zip(row, widths, words)
            ).rstrip()
            for row in rows
        )
        return "\n".join([*self.notes, *lines])

    def _repr_html_(self):
        notes = "".join(f"{escape(note)}<br>" for note in self.notes).removesuffix("<br>")
        caption = f"<caption>{notes}</caption>" if notes else ""
        head = "".join(f'<th scope="col">{_indexed(heading)}</th>' for heading in self.headings)
        body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in self.rows)
        table = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
        return f'<table class="dataframe">{caption}{table}</table>'


def _is_number(cell):
    try:
        float(cell.replace("−", "-").replace(",", ""))
    except ValueError:
        return False
    return True


def _indexed(heading):
    """Return a heading in HTML, with what follows an underscore as its index."""
    letter, _, index = heading.partition("_")
    return f"{escape(letter)}<sub>{escape(index)}</sub>" if index else escape(letter)
