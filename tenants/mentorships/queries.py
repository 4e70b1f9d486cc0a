"""Questions about pairs and groups: the list, silence, one card."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from tenants.mentorships.models import Meeting, Mentorship, MentorshipKind, MentorshipMember, Outcome
from tenants.participants.models import Participant, ParticipantRole, Participation
from tenants.participants.persons import Name, Person, name_key, shown_name

PAGE_SIZE = 50
SILENT_AFTER = timedelta(days=30)


@dataclass(frozen=True)
class PairsFilter:
    """What a list shows; every part may be empty."""

    text: str = ""
    """Part of a member's name, the number, or the number of the order."""
    tab: str = ""
    """silent, no_order, ended; empty: everything that is open."""
    kind: str = ""
    form: str = ""
    sort: str = "number"
    """number, started, last or meetings, with a minus for the other direction."""
    page: int = 1


@dataclass(frozen=True)
class Member:
    """Who stands in a pair or group."""

    participant_id: int
    name: Name
    role: ParticipantRole
    joined_on: date
    left_on: date | None


@dataclass
class ListedPair:
    """One line of the list."""

    id: int
    number: int
    kind: MentorshipKind
    mentoring_form: str
    role_model: str
    order_number: str
    order_on: date | None
    started_on: date
    ended_on: date | None
    outcome: Outcome | None
    meetings: int
    last_on: date | None
    silent_days: int | None
    """Days without a meeting where they are more than thirty; None else."""
    members: list[Member] = field(default_factory=list)

    def side(self, role: ParticipantRole) -> list[Member]:
        """Return the members of a side."""
        return [member for member in self.members if member.role is role]

    @property
    def mentors(self) -> list[Member]:
        """Return the mentors."""
        return self.side(ParticipantRole.MENTOR)

    @property
    def mentees(self) -> list[Member]:
        """Return the mentees."""
        return self.side(ParticipantRole.MENTEE)


@dataclass(frozen=True)
class PairsSummary:
    """How many there are in each part of the list."""

    pairs: int
    groups: int
    silent: int
    no_order: int
    ended: int

    @property
    def open(self) -> int:
        """Return how many pairs and groups are open."""
        return self.pairs + self.groups


@dataclass(frozen=True)
class SilentPair:
    """An open pair or group that has not met for long."""

    mentorship_id: int
    number: int
    kind: MentorshipKind
    started_on: date
    last_on: date | None
    """Last meeting; None where there was none at all."""
    days: int


def pairs_page(session: Session, today: date, wanted: PairsFilter) -> tuple[list[ListedPair], int]:
    """Return a page of the list and how many lines the whole list has."""
    facts = _facts()
    query = select(facts, func.count().over().label("found")).where(*_conditions(facts, today, wanted))
    query = _ordered(query, facts, wanted.sort).limit(PAGE_SIZE).offset((max(wanted.page, 1) - 1) * PAGE_SIZE)
    rows = session.execute(query).all()
    return _with_members(session, [_listed(row, today) for row in rows]), rows[0].found if rows else 0


def all_pairs(session: Session, today: date, wanted: PairsFilter) -> list[ListedPair]:
    """Return the whole list, for a file."""
    facts = _facts()
    rows = session.execute(_ordered(select(facts).where(*_conditions(facts, today, wanted)), facts, wanted.sort))
    return _with_members(session, [_listed(row, today) for row in rows])


def listed_pair(session: Session, today: date, mentorship_id: int) -> ListedPair | None:
    """Return one pair or group with everybody who ever was in it."""
    facts = _facts()
    row = session.execute(select(facts).where(facts.c.id == mentorship_id)).one_or_none()
    if row is None:
        return None
    pair = _listed(row, today)
    pair.members = members_of(session, [mentorship_id], everybody=True).get(mentorship_id, [])
    return pair


def pairs_summary(session: Session, today: date) -> PairsSummary:
    """Return the counts of the list's parts."""
    facts = _facts()
    opened = _open(facts, today)
    row = session.execute(
        select(
            func.count().filter(opened, facts.c.kind == MentorshipKind.PAIR),
            func.count().filter(opened, facts.c.kind == MentorshipKind.GROUP),
            func.count().filter(opened, _silent(facts, today)),
            func.count().filter(opened, facts.c.order_number == ""),
            func.count().filter(~opened, facts.c.outcome.is_distinct_from(Outcome.MISTAKE.value)),
        ).select_from(facts)
    ).one()
    return PairsSummary(*row)


def silent_pairs(session: Session, today: date, limit: int) -> list[SilentPair]:
    """Return the open pairs and groups that have not met for more than thirty days, the longest silence first."""
    facts = _facts()
    rows = session.execute(
        select(facts)
        .where(_open(facts, today), _silent(facts, today))
        .order_by(func.coalesce(facts.c.last_on, facts.c.started_on), facts.c.id)
        .limit(limit)
    )
    return [
        SilentPair(
            row.id, row.number, row.kind, row.started_on, row.last_on, (today - (row.last_on or row.started_on)).days
        )
        for row in rows
    ]


def members_of(
    session: Session, mentorship_ids: Collection[int], *, everybody: bool = False
) -> dict[int, list[Member]]:
    """Return the members with names, mentors first: who is in an open one, who was in an ended one at its end."""
    if not mentorship_ids:
        return {}
    query = (
        select(MentorshipMember, Participant.number, Person.last_name, Person.first_name, Person.middle_name)
        .join(Participant, Participant.id == MentorshipMember.participant_id)
        .outerjoin(Person, Person.participant_id == MentorshipMember.participant_id)
        .join(Mentorship, Mentorship.id == MentorshipMember.mentorship_id)
        .where(MentorshipMember.mentorship_id.in_(mentorship_ids))
        .order_by(MentorshipMember.role.desc(), Person.name_key.collate("C"), MentorshipMember.id)
    )
    if not everybody:
        left, ended = MentorshipMember.left_on, Mentorship.ended_on
        query = query.where(or_(left.is_(None), and_(ended.is_not(None), left >= ended)))
    found: dict[int, list[Member]] = {}
    for row, number, *parts in session.execute(query):
        member = Member(row.participant_id, shown_name(number, *parts), row.role, row.joined_on, row.left_on)
        found.setdefault(row.mentorship_id, []).append(member)
    return found


def pairs_of(session: Session, today: date, participant_id: int) -> list[ListedPair]:
    """Return every pair and group that a person ever was in, open ones first."""
    facts = _facts()
    mine = exists().where(
        MentorshipMember.mentorship_id == facts.c.id, MentorshipMember.participant_id == participant_id
    )
    rows = session.execute(
        select(facts).where(mine).order_by(facts.c.ended_on.is_not(None), facts.c.started_on.desc(), facts.c.id)
    )
    return _with_members(session, [_listed(row, today) for row in rows])


def meetings_of(session: Session, mentorship_id: int) -> Sequence[Meeting]:
    """Return all meetings, newest first, cancelled ones too."""
    return session.scalars(
        select(Meeting)
        .where(Meeting.mentorship_id == mentorship_id)
        .order_by(Meeting.held_on.desc(), Meeting.id.desc())
    ).all()


def _facts() -> Subquery:
    """Return one row for each pair or group with its number of meetings and the last of them."""
    meetings = (
        select(Meeting.mentorship_id, func.count().label("n"), func.max(Meeting.held_on).label("last_on"))
        .where(Meeting.cancelled_at.is_(None))
        .group_by(Meeting.mentorship_id)
        .subquery()
    )
    return (
        select(
            Mentorship.id,
            Mentorship.number,
            Mentorship.kind,
            Mentorship.mentoring_form,
            Mentorship.role_model,
            Mentorship.order_number,
            Mentorship.order_on,
            Mentorship.started_on,
            Mentorship.ended_on,
            Mentorship.outcome,
            func.coalesce(meetings.c.n, 0).label("meetings"),
            meetings.c.last_on,
        )
        .outerjoin(meetings, meetings.c.mentorship_id == Mentorship.id)
        .subquery("facts")
    )


def _open(facts: Subquery, today: date) -> ColumnElement[bool]:
    return and_(
        or_(facts.c.ended_on.is_(None), facts.c.ended_on > today),
        facts.c.outcome.is_distinct_from(Outcome.MISTAKE.value),
    )


def _silent(facts: Subquery, today: date) -> ColumnElement[bool]:
    return func.coalesce(facts.c.last_on, facts.c.started_on) < today - SILENT_AFTER


def _conditions(facts: Subquery, today: date, wanted: PairsFilter) -> list[ColumnElement[bool]]:
    opened = _open(facts, today)
    tabs: dict[str, tuple[ColumnElement[bool], ...]] = {
        "silent": (opened, _silent(facts, today)),
        "no_order": (opened, facts.c.order_number == ""),
        "ended": (~opened, facts.c.outcome.is_distinct_from(Outcome.MISTAKE.value)),
    }
    found = list(tabs.get(wanted.tab, (opened,)))
    if wanted.kind in ("pair", "group"):
        found.append(facts.c.kind == MentorshipKind(wanted.kind))
    if wanted.form:
        found.append(facts.c.mentoring_form == wanted.form)
    found += [_mentions(facts, word) for word in name_key(wanted.text).split()]
    return found


def _mentions(facts: Subquery, word: str) -> ColumnElement[bool]:
    named = exists().where(
        MentorshipMember.mentorship_id == facts.c.id,
        Person.participant_id == MentorshipMember.participant_id,
        Person.name_key.contains(word, autoescape=True),
    )
    ordered = func.lower(facts.c.order_number).contains(word, autoescape=True)
    numbered = facts.c.number == int(word) if word.isascii() and word.isdigit() and len(word) < 9 else None  # noqa: PLR2004 - longer digits overflow an integer
    return or_(named, ordered) if numbered is None else or_(named, ordered, numbered)


def _ordered(query: Select[Any], facts: Subquery, sort: str) -> Select[Any]:
    keys = {"started": facts.c.started_on, "last": facts.c.last_on, "meetings": facts.c.meetings}
    key = keys.get(sort.lstrip("-"), facts.c.number)
    return query.order_by(key.desc().nulls_last() if sort.startswith("-") else key.asc().nulls_first(), facts.c.id)


def _listed(row: Any, today: date) -> ListedPair:  # noqa: ANN401 - a row of _facts
    values = {
        name: getattr(row, name) for name in ListedPair.__dataclass_fields__ if name not in ("members", "silent_days")
    }
    days = (today - (row.last_on or row.started_on)).days
    silent = row.ended_on is None and days > SILENT_AFTER.days
    return ListedPair(**values, silent_days=days if silent else None)


def _with_members(session: Session, pairs: list[ListedPair]) -> list[ListedPair]:
    members = members_of(session, [pair.id for pair in pairs])
    for pair in pairs:
        pair.members = members.get(pair.id, [])
    return pairs


def parts_without_pair(session: Session, today: date, form: str, role: ParticipantRole) -> Sequence[int]:
    """Return who takes part on a side of a form and is in no open pair of it."""
    placed = exists().where(
        MentorshipMember.participant_id == Participation.participant_id,
        MentorshipMember.role == role,
        MentorshipMember.left_on.is_(None),
        Mentorship.id == MentorshipMember.mentorship_id,
        Mentorship.mentoring_form == form,
        Mentorship.ended_on.is_(None),
    )
    return session.scalars(
        select(Participation.participant_id)
        .where(
            Participation.mentoring_form == form,
            Participation.role == role,
            or_(Participation.ended_on.is_(None), Participation.ended_on > today),
            ~placed,
        )
        .order_by(Participation.participant_id)
    ).all()
