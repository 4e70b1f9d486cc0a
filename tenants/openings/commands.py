"""Ask for names, approve, refuse, end early. No row is ever changed: what happens is added beside the opening."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert, lock_key, owner_of
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, TooManyError, WrongStateError
from tenants.mentorships.models import Mentorship, MentorshipMember
from tenants.openings import policy
from tenants.openings.models import Ground, NameOpening, NameOpeningEvent, OpeningEventKind, Reach
from tenants.openings.states import OpeningState, state_of
from tenants.openings.telling import tell_who_asked
from tenants.organizations.queries import organization_in_reach
from tenants.participants.models import EndReason, Participant, Participation

LONGEST_FOR_ONE = timedelta(hours=72)
LONGEST_FOR_A_LIST = timedelta(hours=24)
LONGEST_WAIT = timedelta(hours=72)
"""How long a list may wait for its approval: over a weekend. The table holds the three limits too."""
APPROVE_LISTS = True
"""A list needs a second person; the table allows a single name without one."""
ASKED_A_DAY = 30
"""Openings of one person in a day: names one by one must not become a list without approval."""
SHORTEST_REASON = 20
_FEWEST_WORDS = 3


@dataclass(frozen=True)
class Asked:
    """What a reviewer asks for. `participant_ids` are looked up for a pair and for the whole organization."""

    reach: Reach
    ground: Ground
    reason: str
    hours: int
    contacts: bool = False
    participant_ids: Sequence[int] = ()
    mentorship_id: int | None = None


@dataclass(frozen=True)
class Subjects:
    """Whose names are asked for: ids, and the number of the person or pair (None for lists)."""

    participant_ids: list[int]
    number: int | None


def open_names(session: Session, actor: Actor, organization_id: int, asked: Asked) -> NameOpening:
    """Open names of an organization below to the actor; a list waits for the approval of a second person.

    Raises:
        InvalidError: the reason says nothing, or the term is too long.
        NotFoundError: a person is out of reach or of another organization.
        TooManyError: the actor has asked too often today.

    """
    if not policy.may_ask(actor):
        raise ForbiddenError("Открыть имена может специалист отдела образования или администратор региона.")
    place = organization_in_reach(session, organization_id)
    if not place.kind.reports:
        raise NotFoundError
    reason = checked_reason(asked.reason)
    term = checked_term(asked.reach, asked.hours)
    subjects = subjects_of(session, organization_id, asked)
    _refuse_too_many(session, actor)
    now, waits = clock.now(), asked.reach is not Reach.PERSON and APPROVE_LISTS
    opening = insert(
        session,
        NameOpening(
            region_id=place.region_id,
            district_id=place.district_id,
            organization_id=place.id,
            user_id=actor.user_id,
            user_name=actor.name,
            place_id=actor.organization.id,
            place_name=actor.organization.name_short,
            reach=asked.reach,
            subject_number=subjects.number,
            participant_ids=subjects.participant_ids,
            ground=asked.ground,
            reason=reason,
            contacts=asked.contacts,
            needs_approval=waits,
            term_minutes=term // timedelta(minutes=1),
            asked_at=now,
            until=now + (LONGEST_WAIT if waits else term),
        ),
    )
    journal.record(session, actor, "name_opening.asked", opening, organization_id=place.id)
    return opening


def subjects_of(session: Session, organization_id: int, asked: Asked) -> Subjects:
    """Return whose names are asked for, all of them in one organization.

    Raises:
        NotFoundError: one of them is not there.

    """
    if asked.reach is Reach.PAIR:
        return _members(session, organization_id, asked.mentorship_id or 0)
    query = select(Participant.id, Participant.number).where(Participant.organization_id == organization_id)
    if asked.reach is Reach.ORGANIZATION:
        here = select(Participation.participant_id).where(
            Participation.organization_id == organization_id,
            Participation.end_reason.is_distinct_from(EndReason.MISTAKE.value),
        )
        query = query.where(Participant.id.in_(here))
    else:
        query = query.where(Participant.id.in_(set(asked.participant_ids)))
    rows = session.execute(query.order_by(Participant.id)).all()
    if not rows or (asked.reach is not Reach.ORGANIZATION and len(rows) != len(set(asked.participant_ids))):
        raise NotFoundError("Таких участников в этой организации нет.")
    if asked.reach is Reach.PERSON and len(rows) != 1:
        raise InvalidError("Выберите одного участника или откройте список.", field="participants")
    return Subjects([row.id for row in rows], rows[0].number if asked.reach is Reach.PERSON else None)


def approve_opening(session: Session, actor: Actor, opening_id: int) -> NameOpening:
    """Let a list be opened: a second person of the same place, or the region."""
    opening = _to_decide(session, actor, opening_id)
    _add(session, actor, opening, OpeningEventKind.APPROVED)
    return opening


def refuse_opening(session: Session, actor: Actor, opening_id: int, reason: str) -> NameOpening:
    """Do not let a list be opened, with a reason."""
    opening = _to_decide(session, actor, opening_id)
    _add(session, actor, opening, OpeningEventKind.REFUSED, checked_reason(reason))
    return opening


def end_opening(session: Session, actor: Actor, opening_id: int, reason: str) -> NameOpening:
    """End an opening before its term. The school may: it answers for the data of its people (152-ФЗ, статья 6).

    Raises:
        WrongStateError: it has ended already.

    """
    opening, state = _locked(session, opening_id)
    if not policy.may_end(actor, opening):
        raise ForbiddenError("Закрыть имена может школа, тот, кто их открыл, или администратор региона.")
    if not state.alive:
        raise WrongStateError("Имена уже закрыты.")
    _add(session, actor, opening, OpeningEventKind.ENDED, checked_reason(reason))
    return opening


def checked_reason(typed: str) -> str:
    """Return the reason with single spaces.

    Raises:
        InvalidError: it is shorter than twenty signs, has fewer than three different words, or repeats one sign.

    """
    reason = re.sub(r"\s+", " ", typed.replace("\0", "")).strip()
    words = {word for word in re.findall(r"[^\W\d_]{2,}", reason.lower()) if len(set(word)) > 1}
    if len(reason) < SHORTEST_REASON or len(words) < _FEWEST_WORDS:
        raise InvalidError(
            f"Напишите, что случилось и зачем нужны имена: не короче {SHORTEST_REASON} знаков, словами.", field="reason"
        )
    return reason


def checked_term(reach: Reach, hours: int) -> timedelta:
    """Return for how long names are opened.

    Raises:
        InvalidError: longer than is allowed for one person or for a list.

    """
    longest, term = LONGEST_FOR_ONE if reach is Reach.PERSON else LONGEST_FOR_A_LIST, timedelta(hours=hours)
    if not timedelta() < term <= longest:
        allowed = longest // timedelta(hours=1)
        raise InvalidError(f"Срок – от 1 до {allowed} часов.", field="hours")
    return term


def _members(session: Session, organization_id: int, mentorship_id: int) -> Subjects:
    pair = session.scalars(
        select(Mentorship).where(Mentorship.id == mentorship_id, Mentorship.organization_id == organization_id)
    ).one_or_none()
    if pair is None:
        raise NotFoundError("Такой пары в этой организации нет.")
    query = select(MentorshipMember.participant_id).where(MentorshipMember.mentorship_id == pair.id).distinct()
    ids = sorted(session.scalars(query))
    if not ids:
        raise NotFoundError("В этой паре никого нет.")
    return Subjects(ids, pair.number)


def _refuse_too_many(session: Session, actor: Actor) -> None:
    # Two clicks at once must not both be the last one allowed.
    lock_key(session, f"openings:{actor.user_id}")
    since = clock.now() - timedelta(days=1)
    query: Any = select(func.count()).select_from(NameOpening)
    asked = session.scalar(query.where(NameOpening.user_id == actor.user_id, NameOpening.asked_at > since)) or 0
    if asked >= ASKED_A_DAY:
        raise TooManyError(f"За сутки можно открыть имена {ASKED_A_DAY} раз. Повторите завтра.")


def _locked(session: Session, opening_id: int) -> tuple[NameOpening, OpeningState]:
    # The row is the school's and is never updated, so it cannot be locked by a reviewer.
    lock_key(session, f"name_opening:{opening_id}")
    opening = find(session, NameOpening, opening_id)
    events = session.scalars(select(NameOpeningEvent).where(NameOpeningEvent.opening_id == opening_id)).all()
    return opening, state_of(opening, events, clock.now())


def _to_decide(session: Session, actor: Actor, opening_id: int) -> NameOpening:
    opening, state = _locked(session, opening_id)
    if not policy.may_decide(actor, opening):
        raise ForbiddenError("Согласует второй сотрудник того же отдела или администратор региона.")
    if state is not OpeningState.WAITING:
        raise WrongStateError("Решение по этому запросу уже не нужно.")
    return opening


def _add(
    session: Session, actor: Actor, opening: NameOpening, kind: OpeningEventKind, reason: str = ""
) -> NameOpeningEvent:
    added = insert(
        session,
        NameOpeningEvent(
            **owner_of(opening),
            opening_id=opening.id,
            kind=kind,
            user_id=actor.user_id,
            user_name=actor.name,
            place_id=actor.organization.id,
            place_name=actor.organization.name_short,
            reason=reason,
        ),
    )
    journal.record(session, actor, f"name_opening.{kind.value}", opening, organization_id=opening.organization_id)
    tell_who_asked(session, opening, kind)
    return added
