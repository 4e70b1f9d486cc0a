"""Periods of reports as people write them."""

import re
from collections.abc import Mapping
from datetime import date

from reports.editions.parts import Periodicity
from reports.month_views.matrix import Bounds
from tenants.errors import InvalidError
from tenants.periods import MONTHS, Month

BOUNDS = "bounds"
"""Parameter of a summary: by which tree it counts."""
_FORM = re.compile(r"(20\d\d)(?:-(?:Q([1-4])|H([12])|(0[1-9]|1[0-2])))?")


def read_period(text: str) -> date:
    """Return the first day of "2026", "2026-10", "2026-Q3" or "2026-H2".

    Raises:
        InvalidError: it is written in another way.

    """
    found = _FORM.fullmatch(text.strip())
    if not found:
        raise InvalidError("Период указан неверно. Примеры: 2026, 2026-10, 2026-Q3.", field="period")
    year, quarter, half, month = found.groups()
    number = (int(quarter) - 1) * 3 + 1 if quarter else (int(half) - 1) * 6 + 1 if half else int(month or 1)
    return date(int(year), number, 1)


def bounds_of(parameters: Mapping[str, str]) -> Bounds:
    """Return by which tree a summary was asked to count."""
    return Bounds.TODAY if parameters.get(BOUNDS) == Bounds.TODAY.value else Bounds.PERIOD


def written_period(periodicity: Periodicity, start: date) -> str:
    """Return what `read_period` reads back: "2026", "2026-Q3", "2026-10"."""
    if periodicity is Periodicity.YEAR:
        return str(start.year)
    if periodicity is Periodicity.QUARTER:
        return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
    if periodicity is Periodicity.HALF_YEAR:
        return f"{start.year}-H{(start.month - 1) // 6 + 1}"
    return str(Month.of(start))


def period_title(periodicity: Periodicity, start: date) -> str:
    """Return "2026 год", "3 квартал 2026 г.", "октябрь 2026 г."."""
    if periodicity is Periodicity.YEAR:
        return f"{start.year} год"
    if periodicity is Periodicity.QUARTER:
        return f"{(start.month - 1) // 3 + 1} квартал {start.year} г."
    if periodicity is Periodicity.HALF_YEAR:
        return f"{(start.month - 1) // 6 + 1} полугодие {start.year} г."
    return f"{MONTHS[start.month - 1]} {start.year} г."
