"""What the schedule does, one line a task; each may run at any time and twice."""

from collections.abc import Callable

TASKS: dict[str, Callable[[], object]] = {}
"""Filled below, one line a task."""
