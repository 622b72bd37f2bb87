"""Measured comparisons with other programs. No tests: what is printed depends on the machine."""
