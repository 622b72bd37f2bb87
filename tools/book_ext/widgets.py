"""Let a page carry no more widget state than its own script reads, and no code among it.

A notebook's state repeats the module and the style of the live figures for
each figure, and holds the functions that SymPy printed as text. Each module of a page and the functions of its
figures become scripts, without comments and spaces, so that nothing is compiled from text in the page. The module
of the figures is without the parts that no figure of the page has. Its style is
a file of the site, which the still pictures take their colours from, too. What book/page/page.js
never reads, the layout and style models of ipywidgets, is left out.

A live figure is taller than its still picture, by its legend, its sentences and its sliders. The page
keeps that room beside the picture from the first paint on, so that nothing jumps when they come.
"""

import json
import re
from html import escape
from importlib.resources import files
from pathlib import Path

from docutils import nodes
from myst_nb.core.render import sanitize_script_content
from myst_nb.sphinx_ import NbMetadataCollector
from rjsmin import jsmin

from gmm.live import own
from gmm.live.formula import markup
from gmm.live.modules import module

DEFAULT = "export default "
SCRIPT = "ipywidgets_state"  # the name under which MyST-NB keeps it
STYLE = files("gmm.live").joinpath("figure.css").read_text("utf-8")
REFERENCE = "IPY_MODEL_"
# What not every figure has (gmm/live/js/parts.js): by its module, and what in a specification asks for it.
PARTS = {
    "drops": ("drops", {"button", "drops", "intervals"}),
    "formula": ("Formula", {"formula"}),
    "maps": ("maps", {"contours", "orbit", "tint"}),
    "moves": ("Moves", {"moves"}),
    "stepper": ("Stepper", {"stepping"}),
}
BAR = ("|◀", "Start again"), ("◀", "Back"), ("▶", "Play")
LIVE = re.compile(r'\s*<div class="gmm-live" data-live="([^"]*)">')  # as gmm.live.still begins a picture


def shorten(state):
    """Return the models that a page needs, and the scripts that they refer to.

    A model has the number of its module in the place of the text, and that of
    its functions. A text of styles that an earlier model has, too, is a
    reference to that model, as widgets refer to each other: ``IPY_MODEL_`` and its id.
    """
    shown = {
        key: model for key, model in state.items() if not model["model_name"].endswith(("LayoutModel", "StyleModel"))
    }
    figures = script([model["state"]["spec"] for model in shown.values() if "spec" in model["state"]])
    styles, modules, functions, short = {}, {}, [], {}
    for key, model in shown.items():
        values = dict(model["state"])
        if values.get("_css", "").startswith(STYLE):
            values["_css"] = values["_css"].removeprefix(STYLE)
            if not values["_css"]:
                del values["_css"]
        if "_css" in values and (owner := styles.setdefault(values["_css"], key)) != key:
            values["_css"] = REFERENCE + owner
        if "_esm" in values:
            source = figures if "spec" in values else values["_esm"]
            values["_esm"] = modules.setdefault(source, len(modules))
        if "spec" in values:
            values["spec"] = {
                name: value for name, value in values["spec"].items() if name != "told"
            }  # for `room` alone
        if "functions" in values:
            functions.append(values["functions"])
            values["functions"] = len(functions) - 1
        short[key] = {**model, "state": values}
    scripts = [f"var gmmModules = [{','.join(map(_module, modules))}];"] if modules else []
    if functions:
        scripts.append(f"var gmmFunctions = [{','.join(map(_functions, functions))}];")
    return short, jsmin("\n".join(['"use strict";', *scripts]))


def script(specs):
    """Return the module that draws these figures, without the parts that none of them has."""
    named = {name for spec in specs for name, value in spec.items() if value}
    named |= {layer["kind"] for spec in specs for panel in spec.get("panels", ()) for layer in panel["layers"]}
    lines = (
        f'export {{ {part} }} from "./{file}.js";' if named & asked else f"export const {part} = null;"
        for file, (part, asked) in PARTS.items()
    )
    return module("js/figure.js", {"js/parts.js": "\n".join([*lines, ""])})


def _module(source):
    """Return what a module that imports nothing exports, as the expression that gmm.live.modules made of it."""
    if not (source.startswith(DEFAULT) and source.endswith(";\n")):
        raise ValueError(f"The module {source[:40]!r}… of a widget is not one of gmm.live.modules.module.")
    return source.removeprefix(DEFAULT).removesuffix(";\n")


def _functions(printed):
    """Return the functions of a figure, by their names, each with those of its arguments."""
    return f"{{{','.join(f'{json.dumps(name)}:{callable_of(one)}' for name, one in printed.items())}}}"


def callable_of(printed):
    """Return a function that SymPy printed as an object, which knows what it is called with."""
    return f"{{args:{json.dumps(printed['args'])},call({','.join(printed['args'])}){{{printed['body']}}}}}"


def room(name, models):
    """Return HTML as high as the live figure: what figure.js and page.js will put there, unseen."""
    drawings = {key: model["state"] for key, model in models.items() if model["state"].get("name") == name}
    if len(drawings) != 1 or "panels" not in (spec := next(iter(drawings.values())).get("spec", {})):
        return ""
    drawing = REFERENCE + next(iter(drawings))
    boxes = [model["state"].get("children", []) for model in models.values()]
    controls = [child for children in boxes if drawing in children for child in children if child != drawing]
    parts = [_figure(spec), *(_control(child.removeprefix(REFERENCE), models) for child in controls)]
    tools = _box("gmm-steppers", _buttons("Reset", "Link to this state"))
    return f'<div class="gmm-room" aria-hidden="true">{_box("gmm-vbox", "".join(parts))}{tools}</div>'


def _figure(spec):
    """Return what stands above and below the drawing, and a box of the drawing's height."""
    legend = [layer["legend"] for panel in spec["panels"] for layer in panel["layers"] if layer.get("legend")]
    keys = "".join(f'<li><span class="gmm-swatch"></span>{escape(text)}</li>' for text in legend)
    parts = [
        markup(spec["formula"], lambda name: 0.0),
        f'<ul class="gmm-legend">{keys}</ul>' if keys else "",
        f'<div class="{" ".join(_canvas(spec["panels"]))}"></div>',
    ]
    if spec["stepping"]:
        start, back, play = (f'{sign}<span class="gmm-word"> {word}</span>' for sign, word in BAR)
        only = spec["stepping"].get("play")
        step = '<span class="gmm-button gmm-next">E-step: colour the data</span>'
        bar = _buttons(start, f"▶ {only}") if only else _buttons(start, back) + step + _buttons(play, "1×")
        parts.append(_box("gmm-steppers gmm-transport", bar))
        told = spec["stepping"].get("begin", "The starting values. The E-step comes next.")
        parts.append(f'<p class="gmm-status">{told}</p>')
    if spec["moves"]:
        parts.append(_box("gmm-steppers", _buttons(*(name for name, _ in spec["moves"]))))
    if spec["pointed"]:
        sentence = "Point at a brick to see its responsibilities."
        parts.append(_box("gmm-pointed", f'<span>{sentence}</span><span class="gmm-shares"></span>'))
    parts.append(_box("gmm-readout", "".join(f"<div>{escape(line)}</div>" for line in spec["told"])))
    return _box("gmm-figure", "".join(parts))


def _canvas(panels):
    """Return the classes that tell the height of the drawing, as `boxes` in js/plot.js finds it."""
    yield "gmm-canvas"
    if len(panels) > 1:
        yield "gmm-several"
    if len(panels) > 2:
        yield "gmm-three"
    if any(panel["x"] != panels[0]["x"] for panel in panels) and not any(panel["below"] for panel in panels):
        yield "gmm-beside"
    if any(panel["square"] for panel in panels):
        yield "gmm-map"


def _control(key, models):
    """Return a slider's row, or the summary of a fold."""
    state = models[key]["state"]
    if "titles" in state:
        return _box("gmm-fold", _box("gmm-summary", escape(state["titles"][0])))
    name = escape(state.get("description", ""))
    return _box(" ".join(["gmm-row", *state.get("_dom_classes", ())]), f'<span class="gmm-name">{name}</span>')


def _box(name, inner):
    return f'<div class="{name}">{inner}</div>'


def _buttons(*names):
    return "".join(f'<span class="gmm-button">{name}</span>' for name in names)


def shorten_page(app, doctree):
    """Shorten the state that MyST-NB has collected from the notebook just read, and keep room for its figures."""
    name = app.env.docname
    scripts = NbMetadataCollector.get_js_files(app.env, name)
    if SCRIPT not in scripts:
        return
    address, options = scripts[SCRIPT]
    widgets = json.loads(options["body"])
    for picture in doctree.findall(nodes.raw):
        if found := LIVE.match(picture.astext()):
            html = picture.astext()
            picture.children = [nodes.Text(found[0] + room(found[1], widgets["state"]) + html[found.end() :])]
    widgets["state"], code = shorten(widgets["state"])
    body = sanitize_script_content(json.dumps(widgets, ensure_ascii=False, separators=(",", ":")))
    NbMetadataCollector.add_js_file(app.env, name, SCRIPT, address, {**options, "body": body})
    # Before the script that runs them (tools/book_ext/policy.py makes a file of it).
    first = {"body": code, "defer": "defer", "priority": 400}
    NbMetadataCollector.add_js_file(app.env, name, "gmm_code", None, first)


def finish(app, exception):
    """Make the script that a reader loads small, and write the worker of the page for own numbers."""
    folder = Path(app.outdir, "_static")
    if exception or not (script := folder / "page.js").exists():
        return
    script.write_text(jsmin(script.read_text("utf-8")), "utf-8")
    (folder / "own-worker.js").write_text(jsmin(own.worker()), "utf-8")


def setup(app):
    """Register with Sphinx."""
    app.connect("doctree-read", shorten_page)
    app.connect("build-finished", finish)
