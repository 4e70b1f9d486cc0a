"""Programmes of mentoring: add, correct, end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import InvalidError
from tenants.history import refuse_stale
from tenants.mentorships.catalogue import mentoring_form
from tenants.mentorships.models import Programme
from tenants.mentorships.words import PROGRAMME_WORDS
from tenants.participants.policy import need_writer
from tenants.settings.use import need_form

LONGEST_TITLE = 300


@dataclass(frozen=True)
class ProgrammeTerms:
    """What stands on a programme; `ended_on` is the first day that is not counted, None while it runs."""

    title: str
    mentoring_form: str
    started_on: date
    ended_on: date | None = None


def add_programme(session: Session, actor: Actor, terms: ProgrammeTerms) -> Programme:
    """Write down a programme.

    Raises:
        InvalidError: a value does not fit.

    """
    need_writer(actor)
    values = _checked(actor, terms)
    need_form(session, actor, terms.mentoring_form, terms.started_on)
    row = insert(session, Programme(**values))
    journal.record(session, actor, "programme.added", row, form=row.mentoring_form)
    return row


def edit_programme(
    session: Session, actor: Actor, programme_id: int, terms: ProgrammeTerms, *, version: int
) -> Programme:
    """Correct or end a programme; `version` is the one the editor saw.

    Raises:
        ConflictError: somebody saved it meanwhile.
        InvalidError: a value does not fit.

    """
    need_writer(actor)
    row = find(session, Programme, programme_id, lock=True)
    values = _checked(actor, terms)
    refuse_stale(session, row, version, values, PROGRAMME_WORDS)
    for name, value in values.items():
        setattr(row, name, value)
    journal.record(session, actor, "programme.edited", row)
    return row


def programmes(session: Session, *, form: str = "", running_on: date | None = None) -> Sequence[Programme]:
    """Return programmes by title: all, or those of a form that run on a day."""
    query = select(Programme).order_by(Programme.ended_on.is_not(None), Programme.title, Programme.id)
    if form:
        query = query.where(Programme.mentoring_form == form)
    if running_on:
        query = query.where(or_(Programme.ended_on.is_(None), Programme.ended_on > running_on))
    return session.scalars(query).all()


def _checked(actor: Actor, terms: ProgrammeTerms) -> dict[str, object]:
    form = mentoring_form(terms.mentoring_form)
    if actor.organization.kind not in form.kinds:
        raise InvalidError("В Вашей организации этой формы наставничества нет.", field="mentoring_form")
    title = " ".join(terms.title.split())
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise InvalidError(f"От 1 до {LONGEST_TITLE} знаков.", field="title")
    if terms.ended_on is not None and terms.ended_on < terms.started_on:
        raise InvalidError("Окончание раньше начала.", field="ended_on")
    return {
        "title": title,
        "mentoring_form": form.code,
        "started_on": terms.started_on,
        "ended_on": terms.ended_on,
    }
