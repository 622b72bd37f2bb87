"""Build the site: execute the chapters, as many at a time as there are cores, then make the pages.

    python -m tools.build            → _build/html; a warning fails it, and the site that was there stays
    python -m tools.build --draft    → _build/draft/html, whatever it warns of

What a chapter has computed is kept in a cache. The warnings are told at the
end, by chapter and cell.
"""

import logging
import os
import shutil
import sys

from jupyter_book.sphinx import build_sphinx
from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

from tools import parts, readers
from tools.contents import BOOK, ROOT, TOC, pages

BUILD = ROOT / "_build"
CACHE = BUILD / ".jupyter_cache"
TIMEOUT = 600  # seconds for a cell
QUIET = logging.getLogger("execution")
QUIET.setLevel(logging.ERROR)


def execute(names):
    """Execute the notebooks that the cache does not have; one that fails is left to the build, which says why."""
    cache = get_cache(CACHE)
    paths = [str(BOOK / f"{name}.ipynb") for name in names]
    for path in paths:
        cache.add_nb_to_project(path)
    waiting = cache.list_unexecuted(filter_uris=paths)
    if waiting:
        print(f"Executing {len(waiting)} of {len(names)} notebooks, {os.cpu_count()} at a time", flush=True)
        load_executor("local-parallel", cache, logger=QUIET).run_and_cache(filter_uris=paths, timeout=TIMEOUT)


def python_parts():
    """Return the folder with what runs Python in the pages, or nothing, and say why."""
    try:
        return str(parts.fetch())
    except parts.MissingError as error:
        print(f"The pages get no button that runs their cells: {error}. With a network: make parts", flush=True)
        return ""


def make(folder, *, strict):
    """Make the pages and the reader's notebooks in a folder, and tell whether that went well."""
    print("Making the pages", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    result = build_sphinx(
        BOOK,
        folder / "html",
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides={
            "external_toc_path": str(TOC),
            "latex_individualpages": False,
            "nb_execution_cache_path": str(CACHE),
            "nitpicky": True,
            "python_parts": python_parts(),
        },
        freshenv=True,
        warningiserror=strict,
        keep_going=True,
        really_quiet=True,
    )
    if result == 0:
        readers.write(folder / "html")
    return result == 0


def report(folder, names):
    """Print what the build warned of, and which chapters it left out."""
    absent = sorted({path.stem for path in BOOK.glob("*.ipynb")} - set(names))
    if absent:
        print(f"\nNot in this edition, for _toc.yml does not name them: {', '.join(absent)}.")
    warnings = folder / "warnings.txt"
    if warnings.exists() and (text := warnings.read_text("utf-8")):
        print(f"\nWarnings, by chapter:\n\n{text}")


def main(*options):
    """Build the site or a draft."""
    strict = "--draft" not in options
    folder = BUILD / ("next" if strict else "draft")
    names = pages()
    execute(names)
    good = make(folder, strict=strict)
    report(folder, names)
    if not good:
        sys.exit("\nThe site was not built." + ("\nWhat _build/html holds is the last good one, if any." * strict))
    if strict:
        shutil.rmtree(BUILD / "html", ignore_errors=True)
        (folder / "html").rename(BUILD / "html")
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
