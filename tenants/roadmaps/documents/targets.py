"""Tables of targets: an indicator in each row, a year in each column."""

from __future__ import annotations

import re

from tenants.roadmaps.documents.model import Table
from tenants.roadmaps.documents.outline import clean_number
from tenants.roadmaps.documents.reading import Target

YEAR = re.compile(r"\D{0,12}(20\d\d)\D{0,10}")
INDICATOR = re.compile(r"показател|индикатор", re.IGNORECASE)
DEEPEST = 3000


def targets_in(table: Table) -> tuple[int, list[Target]]:
    """Return the row of the header and the targets; -1 and nothing where the table holds none."""
    for index, row in enumerate(table.rows[:DEEPEST]):
        years = {place: found[1] for place, cell in enumerate(row) if (found := YEAR.fullmatch(cell.plain))}
        names = [place for place, cell in enumerate(row) if INDICATOR.search(cell.plain)]
        if len(years) > 1 and names:
            return index, _targets(table, index + 1, names[0], years)
    return -1, []


def _targets(table: Table, begin: int, name: int, years: dict[int, str]) -> list[Target]:
    targets = []
    for row in table.rows[begin:]:
        values = {year: _value(row[place].plain) for place, year in years.items()}
        title = row[name].text
        counts = [place for place in years if row[place].plain == str(place + 1)]
        if title and any(value is not None for value in values.values()) and len(counts) < len(years):
            targets.append(_target(title, clean_number(row[0].plain) if name else None, values))
    return targets


def _value(text: str) -> float | int | str | None:
    plain = text.replace(",", ".").replace("%", "").replace("\u00a0", "").strip()
    try:
        number = float(plain)
    except ValueError:
        return text or None
    return int(number) if number == int(number) else number


def _target(text: str, code: str | None, values: dict[str, float | int | str | None]) -> Target:
    title, formula = _without_formula(" ".join(text.split()))
    method = re.search(r"\(\s*(опросн\w*)\s*\)", title, re.IGNORECASE)
    title = title.replace(method[0], "").strip() if method else title
    unit = re.search(r",\s*(%|процент\w*|ед\.?|чел\.?|человек|единиц\w*|шт\.?)\s*$", title)
    title = title[: unit.start()] if unit else title
    return Target(
        title.strip(" ,"), values, code, unit[1] if unit else None,
        method[1].lower() if method else None, formula,
    )  # fmt: skip


def _without_formula(text: str) -> tuple[str, str | None]:
    """Take the bracket that defines the share off a title."""
    begin = text.lower().find("(отношени")
    if begin < 0:
        return text, None
    open_brackets = 0
    for place in range(begin, len(text)):
        open_brackets += (text[place] == "(") - (text[place] == ")")
        if open_brackets == 0:
            return f"{text[:begin]}{text[place + 1 :]}".strip(), text[begin + 1 : place].strip()
    return text, None
