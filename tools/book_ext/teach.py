"""Put into the page for teachers what is made from the chapters and the bank: ``{teaching} mistakes`` and the like."""

from sphinx.util.docutils import SphinxDirective

from tools import teaching


class TeachingDirective(SphinxDirective):
    """A part of `tools/teaching.py`."""

    required_arguments = 1

    def run(self):
        """Return the part, read as if it stood in this place, and read it again when anything has changed."""
        self.env.note_reread()
        try:
            source = teaching.part(self.arguments[0])
        except KeyError as error:
            raise self.error(error.args[0]) from error
        return self.parse_text_to_nodes(source)


def setup(app):
    """Register with Sphinx."""
    app.add_directive("teaching", TeachingDirective)
