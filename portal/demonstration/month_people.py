"""Thirty people pasted from a table become pairs and a group that meet."""

from datetime import date
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.demonstration.cast import Cast
from portal.demonstration.people_block import people_block
from portal.demonstration.seeding import SEED
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.errors import DomainError
from tenants.mentorships.catalogue import mentoring_form
from tenants.mentorships.commands import Terms, create_mentorship
from tenants.mentorships.meetings import MeetingNote, add_meeting
from tenants.mentorships.models import Meeting, MeetingKind, Mentorship
from tenants.participants.blocks import read_block
from tenants.participants.models import ParticipantRole, Participation
from tenants.participants.pasting import check_rows, load_rows

SCHOOL = "tihiy-plyos"
_ORDER, _ORDERED_ON = "31-н", date(2026, 11, 9)
_STARTED = date(2026, 11, 9)
_FORMS = ("student_student", "teacher_teacher")
_MEETINGS = (
    (date(2026, 11, 11), MeetingKind.ACQUAINTANCE, 40, "знакомство, о чём договоримся"),
    (date(2026, 11, 16), MeetingKind.TRIAL, 45, "первое общее дело"),
    (date(2026, 11, 19), MeetingKind.PLANNING, 45, "план до Нового года"),
)


def paste_people(cast: Cast, out: Path) -> str:
    """Read the block, check every row, load the good ones."""
    del out
    actor = cast.curator(SCHOOL)
    block = read_block(people_block(SEED))
    with transaction(actor.scope) as session:
        rows = check_rows(session, actor, block.rows)
        wrong = [row for row in rows if row.errors]
        if wrong:
            raise DomainError(f"Строка не читается: {wrong[0].typed.get('name')}: {wrong[0].errors}")
        loaded = load_rows(session, actor, rows)
    return f"человек {loaded.added}" if loaded.added else "уже записаны"


def pair_people(cast: Cast, out: Path) -> str:
    """Make pairs of those who came, the last mentor of a form leads a group, and write their meetings down."""
    del out
    actor = cast.curator(SCHOOL)
    with transaction(actor.scope) as session:
        made = session.scalars(select(Mentorship).where(Mentorship.order_number == _ORDER)).all()
        if not made:
            made = [one for form in _FORMS for one in _pairs_of(session, actor, form)]
            for mentorship in made:
                _meet(session, actor, mentorship.id)
        ids = [mentorship.id for mentorship in made]
        meetings = session.scalar(select(func.count()).select_from(Meeting).where(Meeting.mentorship_id.in_(ids)))
        groups = sum(1 for mentorship in made if mentorship.kind.value == "group")
    return f"пар {len(made) - groups}, групп {groups}, встреч {meetings}"


def _pairs_of(session: Session, actor: Actor, form: str) -> list[Mentorship]:
    mentors, mentees = (_newcomers(session, form, role) for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE))
    models = mentoring_form(form).role_models
    made = []
    for number, mentor in enumerate(mentors):
        led = mentees[number:] if number == len(mentors) - 1 else mentees[number : number + 1]
        model = models[number % len(models)].code
        terms = Terms(form, _STARTED, model, order_number=_ORDER, order_on=_ORDERED_ON)
        made.append(create_mentorship(session, actor, terms, mentors=[mentor], mentees=led))
    return made


def _newcomers(session: Session, form: str, role: ParticipantRole) -> list[int]:
    return list(
        session.scalars(
            select(Participation.participant_id)
            .where(
                Participation.mentoring_form == form,
                Participation.role == role,
                Participation.started_on == _STARTED,
                Participation.ended_on.is_(None),
            )
            .order_by(Participation.id)
        )
    )


def _meet(session: Session, actor: Actor, mentorship_id: int) -> None:
    for day, kind, minutes, topic in _MEETINGS:
        add_meeting(session, actor, mentorship_id, MeetingNote(day, kind, minutes, topic))
