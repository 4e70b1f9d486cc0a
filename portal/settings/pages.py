"""What the pages of settings are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request
from sqlalchemy import select

from portal.context import actor, db
from portal.forms import Form
from portal.participants.formpage import typed_values
from portal.settings.blueprint import region_id, today
from portal.settings.forms import KINDS
from portal.settings.words import line_of
from tenants.errors import NotFoundError
from tenants.mentorships.catalogue import MENTORING_FORMS
from tenants.organizations.models import OrganizationKind
from tenants.organizations.queries import REPORTING_KINDS
from tenants.periods import Month
from tenants.settings import policy
from tenants.settings.calendar import ReportingDays
from tenants.settings.models import RegionSetting, SettingKind
from tenants.settings.papers import Logo
from tenants.settings.queries import (
    VALUES,
    days_off_of,
    decisions,
    reporting_days_of,
    row_on,
    rules_on,
    standing,
    value_of,
    version_of,
)
from tenants.settings.values import Setting
from tenants.submissions.models import Edition, SubmissionWindow

_MONTHS_SHOWN = 6
_YEARS_AHEAD = 2


@dataclass(frozen=True)
class Line:
    """One setting in the list."""

    kind: SettingKind
    words: str
    since: date | None
    planned: RegionSetting | None
    planned_words: str


@dataclass(frozen=True)
class Shown:
    """One setting with everything that was and will be decided about it."""

    kind: SettingKind
    rows: Sequence[RegionSetting]
    value: Setting
    since: date | None
    """None: the region decided nothing, the usual value holds."""
    planned: Sequence[RegionSetting]
    version: int
    year: int


def may_set() -> bool:
    """Return whether the actor may change settings."""
    return policy.may_set(actor())


def all_lines() -> list[Line]:
    """Return every setting in the order of the list, in one statement for all kinds."""
    rows = db().scalars(
        select(RegionSetting)
        .where(RegionSetting.organization_id == region_id())
        .order_by(RegionSetting.valid_from.desc(), RegionSetting.revision.desc())
    )
    by_kind: dict[SettingKind, list[RegionSetting]] = {kind: [] for kind in KINDS}
    for row in rows:
        by_kind[row.kind].append(row)
    return [_line(kind, found) for kind, found in by_kind.items()]


def _line(kind: SettingKind, rows: Sequence[RegionSetting]) -> Line:
    value, since = _in_force(kind, rows, today().year)
    ahead = _planned(rows)
    return Line(kind, line_of(value), since, ahead[0] if ahead else None, line_of(value_of(ahead[0])) if ahead else "")


def _in_force(kind: SettingKind, rows: Sequence[RegionSetting], year: int) -> tuple[Setting, date | None]:
    if kind is SettingKind.DAYS_OFF:
        own = any(row.valid_from == date(year, 1, 1) for row in standing(rows))
        return days_off_of(rows, year), date(year, 1, 1) if own else None
    row = row_on(rows, today())
    return (VALUES[kind](), None) if row is None else (value_of(row), row.valid_from)


def _planned(rows: Sequence[RegionSetting]) -> list[RegionSetting]:
    """Return what is planned, the next one first."""
    return sorted((row for row in standing(rows) if row.valid_from > today()), key=lambda row: row.valid_from)


def shown(kind: SettingKind) -> Shown:
    """Return one setting; days off are of the year in the address."""
    rows = decisions(db(), region_id(), kind)
    year = asked_year()
    value, since = _in_force(kind, rows, year)
    return Shown(kind, rows, value, since, _planned(rows), version_of(rows), year)


def asked_year() -> int:
    """Return the year of the address; this one where it names none that may be looked at."""
    text = request.args.get("year", "")
    years = years_shown()
    return int(text) if text.isascii() and text.isdigit() and int(text) in years else today().year


def years_shown() -> range:
    """Return the years whose days off may be looked at."""
    return range(today().year - 1, today().year + _YEARS_AHEAD + 1)


def months_ahead() -> list[ReportingDays]:
    """Return the days of this month and the next ones, each under its own rules."""
    months = [Month.of(today())]
    while len(months) < _MONTHS_SHOWN:
        months.append(months[-1].next)
    return reporting_days_of(db(), region_id(), *months)


def forms_by_kind() -> list[tuple[OrganizationKind, list[str]]]:
    """Return what each kind of organization may choose from today, in the region's words."""
    forms = rules_on(db(), region_id(), today()).forms
    return [(kind, [forms.label(form, kind) for form in forms.of_kind(kind)]) for kind in REPORTING_KINDS]


@dataclass(frozen=True)
class OpenWindow:
    """A window that is open, with the day that the rules of today would give it."""

    window: SubmissionWindow
    title: str
    by_rules: date
    form: Form

    @property
    def month(self) -> Month:
        """Return the month that is handed in."""
        return Month.of(self.window.period_start)


def open_windows_of(schema: type) -> list[OpenWindow]:
    """Return the open windows, the latest month first."""
    rows = (
        db()
        .execute(
            select(SubmissionWindow, Edition.title)
            .join(Edition, Edition.id == SubmissionWindow.edition_id)
            .where(
                SubmissionWindow.closed_at.is_(None), SubmissionWindow.period_start >= Month.of(today()).previous.first
            )
            .order_by(SubmissionWindow.period_start.desc(), Edition.title)
        )
        .all()
    )
    days = reporting_days_of(db(), region_id(), *(Month.of(window.period_start) for window, _ in rows))
    return [
        OpenWindow(window, title, one.due.day, Form(schema, typed_values({"due_on": one.due.day})))
        for (window, title), one in zip(rows, days, strict=True)
    ]


def begin(kind: SettingKind) -> Form:
    """Return the form of a setting as an editor begins with it: the value in force, from the next fitting day."""
    found = shown(kind)
    correct = request.args.get("correct") == "1" and found.since is not None
    chosen = _planned_value(found) or found.value
    day = found.since if correct else _next_day(kind)
    if (ahead := request.args.get("day")) and not correct:
        day = next((row.valid_from for row in found.planned if row.valid_from.isoformat() == ahead), day)
    values = typed_values(KINDS[kind].typed(chosen)) | {"version": found.version}
    return Form(KINDS[kind].schema, values | typed_values({"valid_from": day}))


def _planned_value(found: Shown) -> Setting | None:
    asked = request.args.get("day", "")
    return next((value_of(row) for row in found.planned if row.valid_from.isoformat() == asked), None)


def _next_day(kind: SettingKind) -> date:
    """Return the next day a value of a kind may begin on."""
    return Month.of(today()).next.first if kind is SettingKind.CALENDAR else today()


def as_typed(value: Setting) -> dict[str, str]:
    """Return a value as the inputs of its form hold it, for the page of a conflict."""
    return {name: str(text) for name, text in typed_values(KINDS[value.kind].typed(value)).items()}


def kind_of(text: str) -> SettingKind:
    """Return a kind of the address.

    Raises:
        NotFoundError: there is no such setting.

    """
    if text not in set(SettingKind):
        raise NotFoundError
    return SettingKind(text)


def logo_id(value: Setting) -> int:
    """Return the picture that a value names; 0 for none and for other kinds."""
    return value.logo_id if isinstance(value, Logo) else 0


def rules_rows() -> list[tuple[SettingKind, Setting]]:
    """Return what the actor works by today, as a school reads it."""
    kinds = (SettingKind.CALENDAR, SettingKind.DEADLINES, SettingKind.DOCUMENTS, SettingKind.SUPPORT)
    return [(kind, _in_force(kind, decisions(db(), region_id(), kind), today().year)[0]) for kind in kinds]


def own_forms() -> list[tuple[str, str]]:
    """Return the forms of the actor's kind of organization with their role models; all forms above the schools."""
    rules = rules_on(db(), region_id(), today())
    kind = actor().organization.kind
    forms = (
        rules.forms.of_kind(kind)
        if kind.reports
        else [one for one in MENTORING_FORMS if one.code not in rules.forms.off]
    )
    return [(rules.forms.label(form, kind), "; ".join(m.label for m in rules.role_models.of(form))) for form in forms]
