"""The one clock. `PORTAL_NOW` (an ISO instant) moves it: it is "now" when the process starts, then time runs on.

A demonstration of several processes that must agree keeps a fixed distance instead: `PORTAL_CLOCK_SHIFT` (seconds).
"""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def _shift_from(environment: Mapping[str, str]) -> timedelta:
    if seconds := environment.get("PORTAL_CLOCK_SHIFT"):
        return timedelta(seconds=float(seconds))
    if moment := environment.get("PORTAL_NOW"):
        return datetime.fromisoformat(moment) - datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock
    return timedelta(0)


_shift = _shift_from(os.environ)


def now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC) + _shift  # noqa: TID251 - the one place that reads the clock


def today(zone: str = "Europe/Moscow") -> date:
    """Return the date in an organization's zone (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def shift() -> timedelta:
    """Return how far the clock is moved; zero outside tests and demonstrations."""
    return _shift


def travel(to: datetime | None) -> None:
    """Move the clock so that it shows `to` now and runs on; None brings it back. For tests and demonstrations."""
    global _shift  # noqa: PLW0603 - the shift is the state of the one clock
    _shift = timedelta(0) if to is None else to - datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock
