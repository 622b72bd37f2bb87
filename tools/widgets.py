"""Let a page carry no more widget state than its own script reads.

A notebook's state repeats the module and the style of the live figures for
each figure. A page keeps the module once, without its comments, and its style is a file of the site,
which the still pictures take their colours from, too. What book/page/page.js
never reads, the layout and style models of ipywidgets, is left out.
"""

import json
import re
from importlib.resources import files

from myst_nb.core.render import sanitize_script_content
from myst_nb.sphinx_ import NbMetadataCollector

COMMENT = re.compile(r"^\s*(?://.*|/\*\*(?:.|\n)*?\*/)\n", re.M)  # on lines of its own
SCRIPT = "ipywidgets_state"  # the name under which MyST-NB keeps it
STYLE = files("gmm.live").joinpath("figure.css").read_text("utf-8")
REFERENCE = "IPY_MODEL_"


def shorten(state):
    """Return the models that a page needs, each text in the first of them that has it.

    The others hold a reference to that model in its place, as widgets refer
    to each other: ``IPY_MODEL_`` and its id.
    """
    shown = {
        key: model for key, model in state.items() if not model["model_name"].endswith(("LayoutModel", "StyleModel"))
    }
    owners, short = {}, {}
    for key, model in shown.items():
        values = dict(model["state"])
        if values.get("_css", "").startswith(STYLE):
            values["_css"] = values["_css"].removeprefix(STYLE)
            if not values["_css"]:
                del values["_css"]
        for name in {"_esm", "_css"} & values.keys():
            text = values[name]
            owner = owners.setdefault((name, text), key)
            if owner != key:
                values[name] = REFERENCE + owner
            elif name == "_esm":
                values[name] = COMMENT.sub("", text)
        short[key] = {**model, "state": values}
    return short


def shorten_page(app, doctree):
    """Shorten the state that MyST-NB has collected from the notebook just read."""
    name = app.env.docname
    scripts = NbMetadataCollector.get_js_files(app.env, name)
    if SCRIPT not in scripts:
        return
    address, options = scripts[SCRIPT]
    widgets = json.loads(options["body"])
    widgets["state"] = shorten(widgets["state"])
    body = sanitize_script_content(json.dumps(widgets, ensure_ascii=False, separators=(",", ":")))
    NbMetadataCollector.add_js_file(app.env, name, SCRIPT, address, {**options, "body": body})


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-read", shorten_page)
    return {"parallel_read_safe": True}
