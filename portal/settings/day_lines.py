"""Days off as lines of text: «01.01–08.01 Новогодние каникулы», «12.06 День России»."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from tenants.errors import InvalidError

_LINE = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.\d{4})?(?:\s*[-–—]\s*(\d{1,2})\.(\d{1,2})(?:\.\d{4})?)?[\s,:–—-]*(.*)")
_LONGEST_RUN = 40


def day_lines(days: Mapping[date, str]) -> list[tuple[str, str]]:
    """Return rows of equal days as «01.01–06.01» with their name, in order."""
    rows: list[tuple[date, date, str]] = []
    for day, name in sorted(days.items()):
        if rows and rows[-1][2] == name and rows[-1][1] + timedelta(days=1) == day:
            rows[-1] = (rows[-1][0], day, name)
        else:
            rows.append((day, day, name))
    return [(f"{a:%d.%m}" if a == b else f"{a:%d.%m}–{b:%d.%m}", name) for a, b, name in rows]


def read_days(text: str, year: int, field: str) -> dict[date, str]:
    """Return the days of a text; a day without a name is «нерабочий день».

    Raises:
        InvalidError: a line names no day; the sentence quotes it.

    """
    found: dict[date, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        found.update(_days_of(line, year, field))
    return found


def _days_of(line: str, year: int, field: str) -> Iterator[tuple[date, str]]:
    read = _LINE.fullmatch(line)
    try:
        if read is None:
            raise ValueError(line)  # noqa: TRY301 - one sentence for every line that cannot be read
        first = date(year, int(read[2]), int(read[1]))
        last = date(year, int(read[4]), int(read[3])) if read[3] else first
        if not 0 <= (last - first).days <= _LONGEST_RUN:
            raise ValueError(line)  # noqa: TRY301 - the same
    except ValueError as error:
        raise InvalidError(f"Не получилось прочитать «{line[:40]}». Пример: 01.05 День труда.", field=field) from error
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number), read[5].strip() or "нерабочий день"
