"""What `pytest` needs to know wherever it starts."""

from pathlib import Path


def pytest_configure(config):
    """Have nbval overlook the random names of widgets and the last digits of pictures, without being asked to."""
    if getattr(config.option, "nbval", False) and not config.option.nbval_sanitize_with:
        config.option.nbval_sanitize_with = str(Path(__file__).parent / "tests" / "nbval.cfg")
