"""Put a release together: `python -m kit.release` → _build/release, zips of what was built, checksums, what changed.

    python -m kit.release site     _build/lms/gaussian-mixture.zip only, site and decks for a learning system

What is for teachers alone, the notes of the decks and the keys, goes into a zip of its own. A zip has no times in it:
the same files make the same bytes, and the same checksum.
"""

import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import gmm
from tools.contents import ROOT, pages

BUILD = ROOT / "_build"
RELEASE, LMS = BUILD / "release", BUILD / "lms"
NAME = "gaussian-mixture"
MADE = {"html": "make book", "slides": "make slides", "student": "make student"}
TEACHERS = {"speaker": "make slides", "key": "make key"}
NO_TIME = (1980, 1, 1, 0, 0, 0)
FRONT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The Gaussian Mixture</title></head>
<body><h1>The Gaussian Mixture</h1>
<ul><li><a href="html/index.html">The book</a></li>
<li><a href="slides/index.html">The slides</a></li></ul></body></html>
"""


def zipped(target, folders, texts=()):
    """Write folders of the build, and texts, into a zip.

    Parameters
    ----------
    target : Path
    folders : iterable of Path
    texts : iterable of (str, str)
        Names and contents of files beside the folders.

    Raises
    ------
    FileNotFoundError
        If a folder is not there; the message says what makes it.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in folders:
            if not folder.exists():
                raise FileNotFoundError(f"{folder.name} is not built. Make it first: {(MADE | TEACHERS)[folder.name]}")
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                put(archive, str(path.relative_to(folder.parent)), path.read_bytes())
        for name, text in texts:
            put(archive, name, text.encode())
    return target


def put(archive, name, data):
    """Put bytes into a zip, without the time."""
    entry = zipfile.ZipInfo(name, NO_TIME)
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
    archive.writestr(entry, data)


def site(target):
    """Write the site and the decks into one zip, which works wherever it is unpacked."""
    return zipped(target, [BUILD / "html", BUILD / "slides"], [("index.html", FRONT)])


def last_release():
    """Return the tag of the last release, or nothing."""
    told = subprocess.run(["git", "describe", "--tags", "--abbrev=0"], cwd=ROOT, capture_output=True, text=True)
    return told.stdout.strip()


def sources(text):
    """Return the cells of a notebook by their ids."""
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(text)["cells"]} if text else {}


def page_at(ref, name):
    """Return a page's notebook as it was, or nothing."""
    command = ["git", "show", f"{ref}:book/{name}.ipynb"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return told.stdout if told.returncode == 0 else ""


def difference(before, after):
    """Return what has changed between two states of a page, in words; nothing if nothing has."""
    old, new = sources(before), sources(after)
    if not old:
        return "new"
    counts = {
        "changed": sum(old[key] != new[key] for key in old.keys() & new.keys()),
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
    }
    return ", ".join(f"{count} cells {word}" for word, count in counts.items() if count)


def changes(ref):
    """Return the list of what changed on each page since a release."""
    lines = [f"# What changed, page by page, since {ref or 'nothing: this is the first release'}", ""]
    for name in pages():
        after = (ROOT / "book" / f"{name}.ipynb").read_text("utf-8")
        if told := difference(page_at(ref, name) if ref else "", after):
            lines.append(f"- {name}: {told}")
    return "\n".join([*lines, ""])


def checksums(folder):
    """Return the checksums of the files of a folder, as sha256sum reads them."""
    files = sorted(path for path in folder.iterdir() if path.name != "SHA256SUMS")
    return "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files)


def release():
    """Write the release, and return its folder."""
    shutil.rmtree(RELEASE, ignore_errors=True)
    RELEASE.mkdir(parents=True)
    of = f"{NAME}-{{}}-{gmm.__version__}.zip".format
    for folder in MADE:
        zipped(RELEASE / of(folder), [BUILD / folder])
    zipped(RELEASE / of("teachers"), [BUILD / folder for folder in TEACHERS])
    for path in (BUILD / "html" / "_sources").glob("*.whl"):
        shutil.copy(path, RELEASE)
    texts = [("index.html", FRONT), *((path.name, path.read_text("utf-8")) for path in notices())]
    zipped(RELEASE / of("offline"), [BUILD / folder for folder in MADE], texts)
    (RELEASE / "CHANGES.md").write_text(changes(last_release()), "utf-8")
    (RELEASE / "SHA256SUMS").write_text(checksums(RELEASE), "utf-8")
    return RELEASE


def notices():
    """Return the files that say who may do what, and how to cite."""
    return [ROOT / name for name in ("CITATION.cff", "LICENSE", "LICENSE-TEXT")]


def main(*wanted):
    """Write a release or the zip for a learning system, and list the sizes."""
    try:
        made = [site(LMS / f"{NAME}.zip")] if "site" in wanted else sorted(release().iterdir())
    except FileNotFoundError as error:
        sys.exit(str(error))
    for path in made:
        print(f"{path.stat().st_size / 1e6:8.2f} MB  {Path(path).relative_to(ROOT)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
