"""Name a folded cell by its title.

MyST-NB labels every one "Toggle hidden content", and a screen reader reads
the label instead of the title.
"""

from html import escape

from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput


def visit(self, node):
    """Open the fold: what `visit_HideCellInput` writes, without the label."""
    classes = " ".join(node["classes"])
    self.body.append(f'<details class="admonition hide {classes}">\n<summary>\n')
    for state in ("collapsed", "expanded"):
        title = node["prompt_show" if state == "collapsed" else "prompt_hide"]
        self.body.append(f'<p class="{state} admonition-title">{escape(title)}</p>\n')
    self.body.append("</summary>\n")


def setup(app):
    """Register with Sphinx, after MyST-NB."""
    app.add_node(HideCodeCellNode, override=True, html=(visit, depart_HideCellInput))
