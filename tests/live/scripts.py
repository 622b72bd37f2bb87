"""Runs the scripts of the pages without a browser."""

import json
import shutil
import subprocess
import tempfile
from functools import cache
from importlib.resources import files
from pathlib import Path

from gmm.live import own
from tests.formulas.test_javascript import node

# What is exported, the values and `ended`, which gives what a generator returns, are there by their names.
PROGRAM = """
const ended = (steps) => {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
};
const scope = Object.assign({ ended }, ...modules, given);
const result = new Function(...Object.keys(scope), `"use strict"; return ${expression};`)(...Object.values(scope));
console.log(JSON.stringify(result, (_, value) => ArrayBuffer.isView(value) ? [...value] : value));
"""


@cache
def folder():
    """Return a folder with the modules as they are, and those that Python makes."""
    there = tempfile.TemporaryDirectory()
    for room in ("js", "own"):
        shutil.copytree(str(files("gmm.live").joinpath(room)), Path(there.name, room))
    for path, text in own.made().items():
        Path(there.name, path).write_text(text, "utf-8")
    Path(there.name, "package.json").write_text('{"type": "module"}')
    return there


def run(paths, expression, **values):
    """Return the value of a JavaScript expression, with what these modules export and with these values."""
    modules = ", ".join(f"await import('./{path}')" for path in paths.split())
    given = f"const modules = [{modules}], given = {json.dumps(values)}, expression = {json.dumps(expression)};\n"
    return told(given + PROGRAM, "--stack-size=900")


def evaluated(expression):
    """Return the value of a JavaScript expression by itself."""
    return told(f"console.log(JSON.stringify({expression}));")


def told(program, *options):
    """Return what a program prints."""
    command = [node(), "--input-type=module", *options, "-"]
    done = subprocess.run(command, input=program, cwd=folder().name, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
