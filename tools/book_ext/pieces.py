"""Put the pieces of a printed output together as they came.

A cell may print in several pieces, cut anywhere, also within a line. MyST-NB
ends every piece with a new line when it merges them, so that a row of a table
breaks, or loses the blanks at its end, at one build and not at the next.
"""

from myst_nb.core import render
from myst_nb.core.utils import coalesce_streams
from nbformat import from_dict


def joined(outputs):
    """Return the outputs with one stream of each name, its text what was printed."""
    streams, kept = {}, []
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name in streams:
            streams[name]["text"] += output["text"]
            continue
        kept.append(from_dict(output))
        if name:
            streams[name] = kept[-1]
    return kept


def setup(app):
    """Register with Sphinx: MyST-NB finds nothing left to merge, and does the rest as ever."""
    render.coalesce_streams = lambda outputs: coalesce_streams(joined(outputs))
