"""What this book asks of Sphinx beyond its extensions: one extension, of parts that do one thing each.

`CONTRIBUTING.md` says of each part why it is there, and when it can go.
"""

from . import (
    citations,
    editions,
    find,
    folding,
    gather,
    icons,
    pieces,
    policy,
    practice,
    previews,
    proofread,
    python,
    reading,
    reference,
    repository,
    teach,
    typeset,
    unbroken,
    widgets,
)

PARTS = (
    citations,
    editions,
    find,
    folding,
    gather,
    icons,
    pieces,
    policy,
    practice,
    previews,
    proofread,
    python,
    reading,
    reference,
    repository,
    teach,
    typeset,
    unbroken,
    widgets,
)


def setup(app):
    """Register every part with Sphinx, after the extensions that they build on."""
    for part in PARTS:
        part.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": False}  # `find` must see all pages in one process
