"""The questions of the book, a module for each chapter with a list of them."""

__all__: list[str] = []
