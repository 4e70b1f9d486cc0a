"""How the frozen figures of two runs differ: what changed, by how much, and who changed it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.documents.federal import FederalFigures
from reports.documents.regional_figures import RegionalFigures
from reports.documents.words import ORGANIZATION, counted, signed
from reports.runs.models import Definition, ReportRun

_MENTIONED = 3


@dataclass(frozen=True)
class Change:
    """One number that differs between two runs."""

    label: str
    before: Decimal | None
    after: Decimal | None
    reason: str = ""
    """Who changed it, in words; empty where nobody can be named."""

    @property
    def delta(self) -> Decimal | None:
        """Return the difference; None where one side has no value."""
        return None if self.before is None or self.after is None else self.after - self.before


def differences(before: ReportRun, after: ReportRun) -> list[Change]:
    """Return what differs between two runs of one report, in the order of the form."""
    if before.figures is None or after.figures is None:
        return []
    compare = _regional if after.definition is Definition.REGIONAL_SUMMARY else _federal
    return compare(before.figures, after.figures)


def changes_in_words(number: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return "к запуску 7: наставляемых +23, пар +12" for the title page; empty where nothing differs."""
    found = [change for change in _regional(before, after) if change.delta]
    if not found:
        return ""
    words = [f"{_lower(change.label)} {signed(change.delta)}" for change in found[:_MENTIONED]]
    rest = len(found) - _MENTIONED
    return f"к запуску {number}: {', '.join(words)}" + (f" и ещё {rest}" if rest > 0 else "")


def _regional(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = RegionalFigures.from_json(before), RegionalFigures.from_json(after)
    changes = []
    if old.accepted != new.accepted:
        changes.append(Change("Организаций в своде", Decimal(old.accepted), Decimal(new.accepted), _joined(old, new)))
    known = {line.code: line for line in old.lines}
    for at, line in enumerate(new.lines):
        former = known[line.code].total.now if line.code in known else None
        if former != line.total.now:
            changes.append(Change(line.name, former, line.total.now, _movers(old, new, line.code, at)))
    return changes


def _joined(old: RegionalFigures, new: RegionalFigures) -> str:
    before = {place.id for place in old.places if place.accepted}
    now = {place.id for place in new.places if place.accepted}
    parts = []
    if came := len(now - before):
        parts.append(f"приняли ещё {came}")
    if left := len(before - now):
        parts.append(f"убыло {left}")
    return ", ".join(parts)


def _movers(old: RegionalFigures, new: RegionalFigures, code: str, at: int) -> str:
    position = next((i for i, line in enumerate(old.lines) if line.code == code), None)
    before = {place.id: place.amounts[position] for place in old.places if place.amounts and position is not None}
    now = {place.id: place.amounts[at] for place in new.places if place.amounts}
    corrected = sum(1 for place, value in now.items() if place in before and before[place] != value)
    came = len(now.keys() - before.keys())
    parts = [f"уточнили {counted(corrected, ORGANIZATION)}"] if corrected else []
    return ", ".join([*parts, *([f"приняли ещё {came}"] if came else [])])


def _federal(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    old, new = FederalFigures.from_json(before), FederalFigures.from_json(after)
    known = {cell.key: cell for cell in old.cells}
    return [
        Change(cell.place, _number(known[cell.key].value) if cell.key in known else None, _number(cell.value))
        for cell in new.cells
        if cell.key not in known or known[cell.key].value != cell.value
    ]


def _number(value: str) -> Decimal | None:
    try:
        return Decimal(value)
    except ArithmeticError:
        return None


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
