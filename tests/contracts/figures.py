"""Figures that a contract states: `make contracts` shows these lines."""

import sys


def figure(name: str, value: object) -> None:
    """State one figure."""
    sys.stdout.write(f"\nfigure {name}={value}\n")
