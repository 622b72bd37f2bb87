"""Runs the scripts of the pages without a browser."""

import json
import subprocess

from tests.formulas.test_javascript import node


def run(source, expression, **values):
    """Return the value of a JavaScript expression after a module's source, with these values by their names."""
    given = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in values.items())
    told = f"\nconsole.log(JSON.stringify({expression}, (_, value) => ArrayBuffer.isView(value) ? [...value] : value));"
    command = [node(), "--input-type=module", "--stack-size=900", "-"]
    done = subprocess.run(command, input=source + "\n" + given + told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
