"""What holds on a day, what is planned, what held before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.periods import Month
from tenants.settings.calendar import Calendar, DaysOff, ReportingDays, reporting_days
from tenants.settings.mentoring import Categories, Forms, RoleModels
from tenants.settings.models import RegionSetting, SettingKind
from tenants.settings.papers import Deadlines, Documents, Logo, Support
from tenants.settings.values import Setting

VALUES: Mapping[SettingKind, type[Setting]] = {
    one.kind: one for one in (Calendar, DaysOff, Forms, RoleModels, Categories, Documents, Deadlines, Logo, Support)
}
"""The value class of every kind."""

AnySetting = TypeVar("AnySetting", bound=Setting)


def decisions(session: Session, region_id: int, kind: SettingKind) -> Sequence[RegionSetting]:
    """Return every decision about a kind: the latest day first, and of one day the last revision first."""
    return session.scalars(
        select(RegionSetting)
        .where(RegionSetting.organization_id == region_id, RegionSetting.kind == kind)
        .order_by(RegionSetting.valid_from.desc(), RegionSetting.revision.desc())
    ).all()


def version_of(rows: Sequence[RegionSetting]) -> int:
    """Return what an editor saw: the number of the last decision about a kind, 0 before the first."""
    return max((row.id for row in rows), default=0)


def standing(rows: Sequence[RegionSetting]) -> list[RegionSetting]:
    """Return the decision that counts for each day, the latest day first; days that were taken back are left out."""
    last: dict[date, RegionSetting] = {}
    for row in rows:
        last.setdefault(row.valid_from, row)
    return [row for row in last.values() if row.value is not None]


def value_of(row: RegionSetting) -> Setting:
    """Return the value of a decision that was not taken back."""
    return VALUES[row.kind].read(row.value or {})


def row_on(rows: Sequence[RegionSetting], day: date) -> RegionSetting | None:
    """Return the decision in force on a day; None where the default is."""
    return next((row for row in standing(rows) if row.valid_from <= day), None)


def setting_on(session: Session, region_id: int, kind: type[AnySetting], day: date) -> AnySetting:
    """Return the value in force on a day, or the default where the region set none by then."""
    row = row_on(decisions(session, region_id, kind.kind), day)
    return kind() if row is None else kind.read(row.value or {})


def days_off_of(rows: Sequence[RegionSetting], year: int) -> DaysOff:
    """Return the table of a year: the region's, else the usual one. A table holds for its own year only."""
    found = next((row for row in standing(rows) if row.valid_from == date(year, 1, 1)), None)
    return _usual(year) if found is None else DaysOff.read(found.value or {})


@cache
def _usual(year: int) -> DaysOff:
    return DaysOff.usual(year)


def reporting_days_of(session: Session, region_id: int, *months: Month) -> list[ReportingDays]:
    """Return the days of months, each under the rules in force on its first day."""
    calendars = decisions(session, region_id, SettingKind.CALENDAR)
    tables = decisions(session, region_id, SettingKind.DAYS_OFF)
    found = []
    for month in months:
        row = row_on(calendars, month.first)
        calendar = Calendar() if row is None else Calendar.read(row.value or {})
        found.append(reporting_days(calendar, month, lambda year: days_off_of(tables, year)))
    return found


@dataclass(frozen=True)
class Rules:
    """What people and pairs are recorded by on a day."""

    forms: Forms
    role_models: RoleModels
    categories: Categories


def rules_on(session: Session, region_id: int, day: date) -> Rules:
    """Return forms, role models and categories in force on a day, in one statement."""
    kinds = (SettingKind.FORMS, SettingKind.ROLE_MODELS, SettingKind.CATEGORIES)
    rows = session.scalars(
        select(RegionSetting)
        .where(
            RegionSetting.organization_id == region_id,
            RegionSetting.kind.in_(kinds),
            RegionSetting.valid_from <= day,
        )
        .order_by(RegionSetting.valid_from.desc(), RegionSetting.revision.desc())
    ).all()
    forms, models, categories = (row_on([row for row in rows if row.kind is kind], day) for kind in kinds)
    return Rules(
        Forms.read(forms.value or {}) if forms else Forms(),
        RoleModels.read(models.value or {}) if models else RoleModels(),
        Categories.read(categories.value or {}) if categories else Categories(),
    )
