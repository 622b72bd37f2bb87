"""Give the pages their links to a repository, when there is one.

The address is read from the environment variable `BOOK_REPOSITORY`, and from
nowhere else. While that is empty, no page has a link that needs it. Binder and
Colab open the reader's notebooks, which the workflow puts on a branch of their own.
"""

import os

BINDER = {
    "binderhub_url": "https://mybinder.org",
    "colab_url": "https://colab.research.google.com",
    "notebook_interface": "jupyterlab",
}


def link(app, config):
    """Switch on the buttons that need an address."""
    address = os.environ.get("BOOK_REPOSITORY", "").strip().rstrip("/")
    if not address:
        return
    provider = next((name for name in ("gitlab", "bitbucket") if name in address), "github")
    config.html_theme_options |= {
        "repository_url": address,
        "repository_provider": provider,
        "repository_branch": "notebooks",
        "path_to_docs": "",
        "use_repository_button": True,
        "use_issues_button": True,
        "launch_buttons": BINDER if f"{provider}.com/" in address else {},
    }


def setup(app):
    """Register with Sphinx."""
    app.connect("config-inited", link)
