"""Execute notebooks in place and store what a reader should find in them.

    python tools/notebooks.py              every chapter
    python tools/notebooks.py normal em    these only

Each runs in a fresh kernel, in its own folder. What differs between two runs
without meaning anything (times, widget models and their random names) is not
stored: executing twice leaves every byte as it was.
"""

import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

BOOK = Path(__file__).resolve().parent.parent / "book"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python", "pygments_lexer": "ipython3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
MODEL_ID = re.compile(r"\b[0-9a-f]{32}\b")


def execute(path):
    """Execute a notebook and return it, normalised."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.source.rstrip().endswith(";"):
            sys.exit(f"\nnbval does not heed the last semicolon. Assign the value, as in `ax = ...`:\n\n{cell.source}")
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name=KERNEL["name"],
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    return normalise(notebook, path.stem)


def normalise(notebook, name):
    """Drop what is different at every run."""
    notebook.nbformat_minor = 5
    notebook.metadata.pop("widgets", None)
    notebook.metadata |= {"kernelspec": KERNEL, "language_info": LANGUAGE}
    for index, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"{name}-{index}")
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)  # without its model it would show as an error
            if "text/html" in data:
                data["text/html"] = MODEL_ID.sub("WIDGET", data["text/html"])
            if "image/svg+xml" in data:  # one line, as a PNG has, for nobody reads it
                data["image/svg+xml"] = re.sub(r"\s+", " ", data["image/svg+xml"])
    return notebook


def main(names):
    """Execute the named notebooks, or all of them."""
    paths = [BOOK / f"{Path(name).stem}.ipynb" for name in names] or sorted(BOOK.glob("*.ipynb"))
    for path in paths:
        start = time.perf_counter()
        print(f"{path.name:<24}", end="", flush=True)
        nbformat.write(execute(path), path)
        print(f"{time.perf_counter() - start:6.1f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
