"""Decide a setting from a day on, correct it, take a planned one back."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import insert, lock_key
from tenants.errors import ConflictError, ForbiddenError, InvalidError, WrongStateError
from tenants.periods import SchoolYear
from tenants.settings import policy
from tenants.settings.calendar import DaysOff
from tenants.settings.models import RegionSetting, SettingKind
from tenants.settings.queries import VALUES, days_off_of, decisions, row_on, standing, value_of, version_of
from tenants.settings.values import Setting

_AHEAD = timedelta(days=2 * 366)
_LONGEST_REASON = 500
_SHORTEST_REASON = 5
_YEARS_AHEAD = 2


def decide(
    session: Session, actor: Actor, value: Setting, *, valid_from: date, version: int, reason: str = ""
) -> RegionSetting:
    """Let a value hold from a day on. The former decision about that day, if any, stays as a former revision.

    `version` is `version_of` what the editor saw. A day on which something is in force already needs a reason.

    Raises:
        ConflictError: somebody decided about this kind meanwhile.
        InvalidError: the value makes no sense, or the day does not fit.

    """
    rows = _held(session, actor, value.kind, version)
    value.check()
    same_day = [row for row in rows if row.valid_from == valid_from]
    began = valid_from <= clock.today(actor.organization.time_zone)
    corrects = began and (bool(standing(same_day)) or value.kind is SettingKind.DAYS_OFF)
    _check_day(actor, value, valid_from, rows, corrects=corrects)
    _refuse_same(value, valid_from, rows)
    row = _row(actor, value.kind, valid_from, rows)
    row.value, row.reason = value.plain(), _checked_reason(reason, needed=corrects)
    insert(session, row)
    step = "corrected" if corrects else "changed" if began else "planned"
    _record(session, actor, f"setting.{step}", row, rows)
    return row


def take_back(session: Session, actor: Actor, kind: SettingKind, *, valid_from: date, version: int) -> RegionSetting:
    """Take a planned value back before its day.

    Raises:
        ConflictError: somebody decided about this kind meanwhile.
        WrongStateError: nothing is planned from that day, or it is in force already.

    """
    rows = _held(session, actor, kind, version)
    if not standing([row for row in rows if row.valid_from == valid_from]):
        raise WrongStateError("С этого дня ничего не запланировано.")
    if valid_from <= clock.today(actor.organization.time_zone):
        raise WrongStateError("Значение уже действует. Его не отменяют: назначьте другое или исправьте с причиной.")
    row = insert(session, _row(actor, kind, valid_from, rows))
    _record(session, actor, "setting.taken_back", row, rows)
    return row


def _held(session: Session, actor: Actor, kind: SettingKind, version: int) -> Sequence[RegionSetting]:
    """Return the decisions about a kind, with nobody else deciding until the end of the transaction."""
    if not policy.may_set(actor):
        raise ForbiddenError("Настройки региона меняет администратор регионального центра.")
    lock_key(session, f"settings:{actor.organization.id}:{kind.value}")
    rows = decisions(session, actor.organization.id, kind)
    if version_of(rows) != version:
        last = max(rows, key=lambda row: row.id)
        raise ConflictError(
            "Пока Вы правили, настройку изменил другой сотрудник. Ваши данные на месте.",
            version=last.id,
            who=last.actor_name,
        )
    return rows


def _row(actor: Actor, kind: SettingKind, valid_from: date, rows: Sequence[RegionSetting]) -> RegionSetting:
    revision = max((row.revision for row in rows if row.valid_from == valid_from), default=0) + 1
    return RegionSetting(
        kind=kind,
        valid_from=valid_from,
        revision=revision,
        decided_by=actor.user_id or None,
        actor_name=actor.name,
    )


def _check_day(
    actor: Actor, value: Setting, valid_from: date, rows: Sequence[RegionSetting], *, corrects: bool
) -> None:
    today = clock.today(actor.organization.time_zone)
    if isinstance(value, DaysOff):
        _check_year(value, valid_from, today)
        return
    if value.kind is SettingKind.CALENDAR and valid_from.day != 1:
        raise InvalidError("Сроки отчёта меняются с первого числа месяца.", field="valid_from")
    if valid_from > today + _AHEAD:
        raise InvalidError("Проверьте год: дальше двух лет не планируют.", field="valid_from")
    # The first decision of a region may say how it has been since the school year began.
    earliest = today if rows else SchoolYear.of(today).first
    if valid_from < earliest and not corrects:
        raise InvalidError(_too_early(rows, today), field="valid_from")


def _too_early(rows: Sequence[RegionSetting], today: date) -> str:
    text = f"Новое значение действует с {today:%d.%m.%Y} или позже."
    now = row_on(rows, today)
    return text + (
        f" Чтобы исправить действующее, укажите его день – {now.valid_from:%d.%m.%Y} – и причину." if now else ""
    )


def _check_year(value: DaysOff, valid_from: date, today: date) -> None:
    if valid_from != date(value.year, 1, 1):
        raise InvalidError("Таблица действует весь свой год, с 1 января.", field="valid_from")
    if not today.year <= value.year <= today.year + _YEARS_AHEAD:
        raise InvalidError(f"Можно править {today.year}–{today.year + _YEARS_AHEAD} годы.", field="year")


def _refuse_same(value: Setting, valid_from: date, rows: Sequence[RegionSetting]) -> None:
    if isinstance(value, DaysOff):
        stands: Setting = days_off_of(rows, value.year)
    else:
        row = row_on(rows, valid_from)
        stands = value_of(row) if row else VALUES[value.kind]()
    if stands.plain() == value.plain():
        raise InvalidError("С этого дня и так действует именно это. Менять нечего.")


def _checked_reason(reason: str, *, needed: bool) -> str:
    text = " ".join(reason.split())
    if needed and len(text) < _SHORTEST_REASON:
        raise InvalidError("Этот день уже действует. Напишите, почему исправляете.", field="reason")
    if len(text) > _LONGEST_REASON:
        raise InvalidError(f"Не длиннее {_LONGEST_REASON} знаков.", field="reason")
    return text


def _record(session: Session, actor: Actor, event: str, row: RegionSetting, rows: Sequence[RegionSetting]) -> None:
    """Journal a decision; the contact of the support names a person of an office and is told by its day only."""
    before = row_on(rows, row.valid_from)
    told: dict[str, object] = {"kind": row.kind.value, "valid_from": row.valid_from.isoformat(), "reason": row.reason}
    if row.kind is not SettingKind.SUPPORT:
        told |= {"before": before and before.value, "after": row.value}
    journal.record(session, actor, event, row, **told)
