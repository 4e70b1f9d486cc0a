"""What a measurement says: one line a figure, for people and for the collector alike."""

import sys


def figure(name: str, value: float, digits: int = 2) -> None:
    """Print one figure."""
    say(f"figure {name}={value:.{digits}f}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
