"""The browser, for the widget."""

from tests.pages.conftest import browser

__all__ = ["browser"]
