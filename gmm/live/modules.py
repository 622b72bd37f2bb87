"""Joins an ES module and all that it imports into one expression.

The scripts beside this file import each other as modules do. A widget in JupyterLab is one text, though, and a page
that is opened from a disk may load no module: so they are joined, when they are wanted, in the order of their
imports. Each becomes a function of its own, so that no name of one meets those of another.

A module is written by these rules, and what breaks one is an error: ``import { a, b } from "./other.js";`` stands at
the beginning; ``export`` stands before a function, a class or a constant, or passes names on as in
``export { a } from "./other.js";``; and a module whose last statement is ``export default {…};`` exports nothing else.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import NamedTuple

__all__ = ["expression", "module"]

NAMES = r'\{\s*(\w+(?:,\s*\w+)*),?\s*\} from "(\.{1,2}/[\w./-]+\.js)";\n'
IMPORT, AGAIN = re.compile(rf"^import {NAMES}", re.M), re.compile(rf"^export {NAMES}", re.M)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.M)
DEFAULT = re.compile(r"^export default (?=\{\n(?:(?: .*)?\n)*\};\n\Z)", re.M)
LEFT = re.compile(r"^\s*(?:import|export)\b.*|\bimport\s*\(.*|\bimport\.meta\b.*", re.M)


class Part(NamedTuple):
    """A module, without the statements that join it to others."""

    needs: dict[str, list[str]]  # the names that it imports, by path
    offers: dict[str, str]  # how a name that it exports stands in an object
    code: str


def expression(entry: str, made: Mapping[str, str] | None = None) -> str:
    """Return a JavaScript expression whose value is what a module exports.

    Parameters
    ----------
    entry : str
        Its path in this folder, as in ``js/figure.js``.
    made : dict of str to str, optional
        The text of modules that are in no file, by their paths.

    Returns
    -------
    str
        The value is the default, and where there is none an object with what is exported by name.

    Raises
    ------
    ValueError
        If a module breaks a rule, imports a name that is not there, or imports itself by way of others.
    """
    parts: dict[str, Part] = {}
    _collect(entry, made or {}, parts, ())
    wanted = {path: {name for part in parts.values() for name in part.needs.get(path, ())} for path in parts}
    wanted[entry] = set(parts[entry].offers)
    for path, names in wanted.items():
        if missing := sorted(names - set(parts[path].offers)):
            raise ValueError(f"{path} has no {', '.join(missing)}. Export what others import.")
    *before, last = (_function(part, sorted(wanted[path])) for path, part in parts.items())
    lines = (f"const {_name(path)} = {code};" for path, code in zip(parts, before))
    return "\n".join(['(() => {\n"use strict";', *lines, f"return {last};\n}})()"])


def module(entry: str, made: Mapping[str, str] | None = None) -> str:
    """Return the same as an ES module that imports nothing: what anywidget takes."""
    return f"export default {expression(entry, made)};\n"


def _collect(path, made, parts, above):
    """Read a module after those that it imports."""
    if path in above:
        raise ValueError(f"{' imports '.join([*above, path])}. Put what both need into a third module.")
    if path in parts:
        return
    part = _parsed(path, made[path] if path in made else files("gmm.live").joinpath(path).read_text("utf-8"))
    for other in part.needs:
        _collect(other, made, parts, (*above, path))
    parts[path] = part


def _parsed(path, text):
    """Return a module's code, with what it needs and offers."""
    needs: dict[str, list[str]] = {}
    offers: dict[str, str] = {}

    def named(found):
        listed = re.split(r",\s*", found[1])
        other = posixpath.normpath(posixpath.join(posixpath.dirname(path), found[2]))
        needs.setdefault(other, []).extend(listed)
        return listed, _name(other)

    def imported(found):
        listed, other = named(found)
        return f"const {{ {', '.join(listed)} }} = {other};\n"

    def passed(found):
        listed, other = named(found)
        offers.update({name: f"{name}: {other}.{name}" for name in listed})
        return ""

    def exported(found):
        offers[found[1]] = found[1]
        return ""

    code = EXPORT.sub(exported, AGAIN.sub(passed, IMPORT.sub(imported, text)))
    code, default = DEFAULT.subn("return ", code)
    if left := LEFT.search(code):
        raise ValueError(f"{path}: {left[0].strip()!r} is not understood. The rules stand in gmm/live/modules.py.")
    if default and offers:
        raise ValueError(f"{path} exports a default and {', '.join(offers)}. Export either.")
    return Part(needs, offers, code)


def _function(part, names):
    """Return a module as a function that is called at once."""
    last = f"return {{ {', '.join(part.offers[name] for name in names)} }};\n" if names else ""
    return f"(() => {{\n{part.code}{last}}})()"


def _name(path):
    """Return the variable that holds what a module exports."""
    return re.sub(r"\W", "_", path.removesuffix(".js"))
