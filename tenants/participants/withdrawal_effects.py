"""What would happen if a consent were withdrawn: counted before, changed by nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.mentorships.models import Meeting, Mentorship, MentorshipKind, MentorshipMember
from tenants.participants.consent_models import ConsentPaper
from tenants.participants.models import Consent, Participation
from tenants.participants.withdrawal import DESTROY_WITHIN, ended_together, is_last, touched_by


@dataclass(frozen=True)
class EndingPair:
    """An open pair or group that loses the person."""

    id: int
    number: int
    kind: MentorshipKind
    ends: bool
    """It loses its side and ends; else the others go on."""


@dataclass(frozen=True)
class Effects:
    """What a withdrawal on a day changes. Only the consents where one signed later keeps everything going."""

    last: bool
    consents: Sequence[Consent] = ()
    """Others to the same purpose that end with it, newest first."""
    parts: Sequence[Participation] = ()
    pairs: Sequence[EndingPair] = ()
    all_pairs: int = 0
    """Pairs and groups, ended ones too, whose cards no longer show the name."""
    meetings: int = 0
    """Meetings that stay counted."""
    scans: int = 0
    """Scans of consents that are closed."""
    destroy_due_on: date | None = None


def effects_of(session: Session, consent: Consent, day: date) -> Effects:
    """Return what withdrawing a consent on a day would change."""
    together = ended_together(session, consent, day)
    if not is_last(session, consent, day):
        return Effects(last=False, consents=together)
    who = consent.participant_id
    touched = touched_by(session, who)
    stays = {
        one.id: any(
            member.mentorship_id == one.id and member.participant_id != who and member.role is mine.role
            for member in touched.members
        )
        for one in touched.mentorships
        for mine in touched.members
        if mine.mentorship_id == one.id and mine.participant_id == who
    }
    mine = select(MentorshipMember.mentorship_id).where(MentorshipMember.participant_id == who)
    return Effects(
        last=True,
        consents=together,
        parts=touched.parts,
        pairs=[EndingPair(one.id, one.number, one.kind, not stays[one.id]) for one in touched.mentorships],
        all_pairs=_count(session, select(func.count(Mentorship.id)).where(Mentorship.id.in_(mine))),
        meetings=_count(
            session,
            select(func.count(Meeting.id)).where(Meeting.mentorship_id.in_(mine), Meeting.cancelled_at.is_(None)),
        ),
        scans=_count(
            session,
            select(func.count(ConsentPaper.file_id)).where(ConsentPaper.participant_id == who),
        ),
        destroy_due_on=day + DESTROY_WITHIN,
    )


def _count(session: Session, query: object) -> int:
    return int(session.scalar(query) or 0)  # type: ignore[call-overload]  # any select of one number
