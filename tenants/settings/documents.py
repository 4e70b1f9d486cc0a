"""Which of the required documents an organization has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor, Workplace
from tenants.db import insert, lock_key
from tenants.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from tenants.organizations.models import Organization
from tenants.settings import policy
from tenants.settings.models import DocumentMark
from tenants.settings.papers import Documents, RequiredDocument
from tenants.settings.queries import setting_on

_EARLIEST = date(2000, 1, 1)
_LONGEST_NUMBER = 80


@dataclass(frozen=True)
class Paper:
    """A required document and the mark that it is there; None: it is missing."""

    document: RequiredDocument
    mark: DocumentMark | None


def papers_of(session: Session, place: Organization | Workplace, day: date) -> list[Paper]:
    """Return the documents that an organization must have on a day, in the region's order."""
    required = setting_on(session, place.region_id, Documents, day).of_kind(place.kind)
    marks = _marks(session, place.id)
    return [Paper(one, marks.get(one.code)) for one in required]


def mark_document(
    session: Session, actor: Actor, code: str, *, dated_on: date, number: str, version: int
) -> DocumentMark:
    """Say that a document is there; `version` is the mark's that the editor saw, 0 where there was none.

    Raises:
        NotFoundError: the region asks for no such document.
        ConflictError: somebody marked it meanwhile.
        InvalidError: the day has not come, or the number is too long.

    """
    mark = _held(session, actor, code, version)
    today = clock.today(actor.organization.time_zone)
    if not _EARLIEST <= dated_on <= today:
        raise InvalidError("Дата документа – не позже сегодняшнего дня.", field="dated_on")
    text = " ".join(number.split())
    if len(text) > _LONGEST_NUMBER:
        raise InvalidError(f"Не длиннее {_LONGEST_NUMBER} знаков.", field="number")
    if mark is None:
        mark = insert(session, DocumentMark(document=code, dated_on=dated_on, number=text))
    mark.dated_on, mark.number = dated_on, text
    journal.record(session, actor, "document.marked", mark, document=code)
    return mark


def unmark_document(session: Session, actor: Actor, code: str, *, version: int) -> None:
    """Say that a document is not there after all.

    Raises:
        NotFoundError: it was not marked.

    """
    mark = _held(session, actor, code, version)
    if mark is None:
        raise NotFoundError
    journal.record(session, actor, "document.unmarked", mark, document=code)
    session.delete(mark)


def _held(session: Session, actor: Actor, code: str, version: int) -> DocumentMark | None:
    if not policy.may_mark_documents(actor):
        raise ForbiddenError("Документы отмечают куратор и директор.")
    place = actor.organization
    day = clock.today(place.time_zone)
    if code not in {one.code for one in setting_on(session, place.region_id, Documents, day).of_kind(place.kind)}:
        raise NotFoundError
    lock_key(session, f"documents:{place.id}")
    mark = _marks(session, place.id).get(code)
    if (mark.version if mark else 0) != version:
        raise ConflictError("Пока Вы правили, отметку изменил другой сотрудник. Откройте документы заново.")
    return mark


def _marks(session: Session, organization_id: int) -> dict[str, DocumentMark]:
    rows: Sequence[DocumentMark] = session.scalars(
        select(DocumentMark).where(DocumentMark.organization_id == organization_id)
    ).all()
    return {row.document: row for row in rows}
