"""Which function does a job of which kind. A function takes the claim, may run twice, and publishes once."""

from collections.abc import Callable

from tenants.jobs.commands import Claim

JOBS: dict[str, Callable[[Claim], None]] = {}
"""Filled below, one line a kind."""
