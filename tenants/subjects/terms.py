"""How long each kind of record is kept: defaults with their ground, and the region's own terms from a date on."""

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.db import insert, lock_key
from tenants.errors import ForbiddenError, InvalidError
from tenants.subjects.models import RetentionTerm

_LEAST_MONTHS, _MOST_MONTHS = 12, 900


@dataclass(frozen=True)
class Term:
    """A term of keeping one kind of record."""

    kind: str
    label: str
    since: str
    """From which day it runs, in words."""
    months: int
    ground: str
    days: int = 0
    """Instead of months, where the law counts days."""
    settable: bool = False
    valid_from: date | None = None
    """First day of the region's own term; None for the default."""

    def end(self, since: date) -> date:
        """Return the first day on which the record should be gone."""
        return since + timedelta(days=self.days) if self.days else add_months(since, self.months)


_FILES = "номенклатура дел: 3–5 лет после завершения; 152-ФЗ, статья 5, часть 7"
_ACCOUNT = "152-ФЗ, статья 5, часть 7: дольше не нужно"

TERMS: Mapping[str, Term] = {
    term.kind: term
    for term in (
        Term(
            "card",
            "Карточка, имя, контакты, прежние значения",
            "окончания последнего участия",
            36,
            _FILES,
            settable=True,
        ),
        Term("notes", "Темы встреч и класс, где стоит имя", "вместе с карточкой", 0, _FILES),
        Term("consent", "Согласия: реквизиты и скан", "прекращения согласия", 36, _FILES, settable=True),
        Term("file", "Файлы при записях участника", "вместе с карточкой", 0, _FILES),
        Term("withdrawn", "Данные после отзыва согласия", "отзыва", 0, "152-ФЗ, статья 21, часть 5", days=30),
        Term("purpose", "Запись по ошибке", "исправления", 0, "152-ФЗ, статья 21, часть 4", days=30),
        Term("request", "Обращения участников", "вместе с карточкой", 0, "152-ФЗ, статья 14"),
        Term(
            "access_log",
            "Журнал просмотров имён",
            "просмотра",
            36,
            "приказ ФСТЭК России от 18.02.2013 № 21, меры РСБ",
            settable=True,
        ),
        Term("act", "Акты об уничтожении и выгрузки", "уничтожения", 36, "приказ Роскомнадзора от 28.10.2022 № 179"),
        Term("sign_in", "Завершённые входы сотрудников", "окончания входа", 12, _ACCOUNT),
        Term("sign_in_attempt", "Попытки входа (только хеши)", "попытки", 0, _ACCOUNT, days=30),
        Term("secret_link", "Ссылки из писем о пароле и адресе", "окончания срока ссылки", 0, _ACCOUNT, days=30),
        Term("invitation", "Приглашения сотрудников", "ответа или окончания срока", 0, _ACCOUNT, days=30),
        Term("letter", "Отправленные письма", "отправки", 6, _ACCOUNT),
        Term("request_key", "Ключи повторных запросов", "запроса", 0, _ACCOUNT, days=30),
        Term(
            "figures",
            "Номер, участия и числа отчётов",
            "не ограничен: без имени",
            0,
            "152-ФЗ, статья 5, часть 7: обезличено",
        ),
        Term("journal", "Журнал событий", "не ограничен: без имён", 0, "приказ ФСТЭК России от 18.02.2013 № 21"),
    )
}


def add_months(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def terms_on(session: Session, day: date) -> dict[str, Term]:
    """Return the terms in force on a day: the region's where it has set one, else the default."""
    found = dict(TERMS)
    rows = session.scalars(
        select(RetentionTerm).where(RetentionTerm.valid_from <= day).order_by(RetentionTerm.valid_from)
    )
    for row in rows:
        default = TERMS.get(row.kind)
        if default is not None and default.settable:
            found[row.kind] = Term(
                row.kind, default.label, default.since, row.months, row.ground, settable=True, valid_from=row.valid_from
            )
    return found


def coming_terms(session: Session, day: date) -> list[RetentionTerm]:
    """Return what the region has set for later than a day, the nearest first."""
    query = select(RetentionTerm).where(RetentionTerm.valid_from > day).order_by(RetentionTerm.valid_from)
    return list(session.scalars(query))


def set_term(
    session: Session, actor: Actor, kind: str, *, months: int, valid_from: date, ground: str, today: date
) -> RetentionTerm:
    """Set a region's term from a day on; the same day again replaces what was set for it.

    Raises:
        ForbiddenError: the actor is no administrator of the region.
        InvalidError: the kind has no term of the region's, or a value does not fit.

    """
    if actor.role is not Role.REGION_ADMIN:
        raise ForbiddenError("Сроки хранения задаёт региональный центр.")
    default = TERMS.get(kind)
    if default is None or not default.settable:
        raise InvalidError("Этот срок задан законом или порталом и не меняется.", field="kind")
    if not _LEAST_MONTHS <= months <= _MOST_MONTHS:
        raise InvalidError(f"Срок – от {_LEAST_MONTHS} месяцев.", field="months")
    if valid_from < today:
        raise InvalidError("Срок можно задать с сегодняшнего дня или позже.", field="valid_from")
    lock_key(session, f"retention:{actor.organization.region_id}")
    query = select(RetentionTerm).where(RetentionTerm.kind == kind, RetentionTerm.valid_from == valid_from)
    row = session.scalars(query).one_or_none()
    if row is None:
        row = RetentionTerm(kind=kind, valid_from=valid_from, months=months, ground=ground, set_by_name=actor.name)
        insert(session, row)
    else:
        row.months, row.ground, row.set_by_name = months, ground, actor.name
    journal.record(session, actor, "retention_term.set", row, kind=kind, months=months)
    return row
