"""People leave pairs and groups; a mentorship that lost a side is over."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.mentorships.models import Mentorship, MentorshipMember, Outcome
from tenants.participants.models import ParticipantRole


def leave_mentorships(
    session: Session,
    actor: Actor,
    participant_id: int,
    role: ParticipantRole,
    form: str,
    *,
    on: date,
    outcome: Outcome,
) -> list[Mentorship]:
    """Take a person out of the open pairs and groups of a form, and end those that lost a side; returns the ended.

    A mistake leaves an empty interval behind, which counts nowhere.
    """
    rows = session.execute(
        select(MentorshipMember, Mentorship)
        .join(Mentorship, Mentorship.id == MentorshipMember.mentorship_id)
        .where(
            MentorshipMember.participant_id == participant_id,
            MentorshipMember.role == role,
            MentorshipMember.left_on.is_(None),
            Mentorship.mentoring_form == form,
            Mentorship.ended_on.is_(None),
        )
        .order_by(Mentorship.id)
        .with_for_update()
    ).all()
    ended = []
    for member, mentorship in rows:
        member.left_on = member.joined_on if outcome is Outcome.MISTAKE else max(on, member.joined_on)
        if not _stays(session, mentorship, member):
            close(session, mentorship, on=on, outcome=outcome)
            journal.record(session, actor, "mentorship.ended", mentorship, outcome=outcome.value, on=on.isoformat())
            ended.append(mentorship)
    return ended


def close(session: Session, mentorship: Mentorship, *, on: date, outcome: Outcome) -> None:
    """End a mentorship with everybody in it."""
    day = max(on, mentorship.started_on)
    mentorship.ended_on, mentorship.outcome = day, outcome
    for member in open_members(session, mentorship.id):
        member.left_on = max(day, member.joined_on)


def open_members(session: Session, mentorship_id: int) -> list[MentorshipMember]:
    """Return who is in a pair or group now, mentors first."""
    return list(
        session.scalars(
            select(MentorshipMember)
            .where(MentorshipMember.mentorship_id == mentorship_id, MentorshipMember.left_on.is_(None))
            .order_by(MentorshipMember.role.desc(), MentorshipMember.id)
        )
    )


def _stays(session: Session, mentorship: Mentorship, leaver: MentorshipMember) -> bool:
    """Return whether somebody stands on the leaver's side still."""
    return any(member.role is leaver.role and member.id != leaver.id for member in open_members(session, mentorship.id))
