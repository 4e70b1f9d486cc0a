"""The list of people: search, filters, order, pages of fifty; four statements for a page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, any_, case, func, literal, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on
from sqlalchemy.orm import Session, aliased

from tenants.mentorships.models import Mentorship, MentorshipKind, MentorshipMember
from tenants.participants.ages import outgrown
from tenants.participants.consents import EXPIRES_SOON, ConsentState, state_on, usual_giver
from tenants.participants.models import (
    Consent,
    ConsentKind,
    EndReason,
    Giver,
    Participant,
    ParticipantRole,
    Participation,
)
from tenants.participants.persons import HiddenName, Name, Person, name_key, shown_name

PAGE_SIZE = 50
SORTS = ("name", "born", "class", "consent")


@dataclass(frozen=True)
class PeopleFilter:
    """What a list shows; every part may be empty."""

    text: str = ""
    tab: str = ""
    """no_consent, expiring, no_pair, with_pair, ended; empty: everybody who takes part."""
    role: str = ""
    form: str = ""
    sort: str = "name"
    """A word of SORTS, with a minus for the other direction."""
    page: int = 1


@dataclass(frozen=True)
class Tie:
    """A pair or group that a person is in, and the person opposite (None for a group)."""

    mentorship_id: int
    number: int
    kind: MentorshipKind
    opposite: Name | None


@dataclass
class ListedPerson:
    """One line of the list."""

    id: int
    number: int
    name: Name
    born_on: date | None
    phone: str
    roles: tuple[ParticipantRole, ...]
    forms: tuple[str, ...]
    class_name: str
    open: bool
    ended_on: date | None
    consent: ConsentState
    given_on: date | None
    valid_until: date | None
    withdrawn_on: date | None
    by_representative: bool
    """A representative has to sign, or has signed."""
    ties: list[Tie] = field(default_factory=list)

    @property
    def hidden(self) -> bool:
        """Return whether the name is hidden."""
        return isinstance(self.name, HiddenName)


@dataclass(frozen=True)
class PeopleSummary:
    """How many people there are in each part of the list."""

    open: int
    mentors: int
    mentees: int
    both: int
    no_consent: int
    expiring: int
    no_pair: int
    ended: int


def people_page(session: Session, today: date, wanted: PeopleFilter) -> tuple[list[ListedPerson], int]:
    """Return a page of the list and how many lines the whole list has."""
    facts = _facts(today)
    query = select(facts, func.count().over().label("found")).where(*_conditions(facts, today, wanted))
    query = _ordered(query, facts, wanted.sort).limit(PAGE_SIZE).offset((max(wanted.page, 1) - 1) * PAGE_SIZE)
    rows = session.execute(query).all()
    people = [_listed(row, today) for row in rows]
    ties = ties_of(session, today, [person.id for person in people])
    for person in people:
        person.ties = ties.get(person.id, [])
    return people, rows[0].found if rows else 0


def all_people(session: Session, today: date, wanted: PeopleFilter) -> list[ListedPerson]:
    """Return the whole list, for a file."""
    facts = _facts(today)
    query = _ordered(select(facts).where(*_conditions(facts, today, wanted)), facts, wanted.sort)
    people = [_listed(row, today) for row in session.execute(query)]
    ties = ties_of(session, today, [person.id for person in people])
    for person in people:
        person.ties = ties.get(person.id, [])
    return people


def people_summary(session: Session, today: date) -> PeopleSummary:
    """Return the counts of the list's parts."""
    facts = _facts(today)
    opened = facts.c.open
    row = session.execute(
        select(
            func.count().filter(opened),
            func.count().filter(opened, facts.c.mentor),
            func.count().filter(opened, facts.c.mentee),
            func.count().filter(opened, facts.c.mentor, facts.c.mentee),
            func.count().filter(opened, ~_consented(facts, today)),
            func.count().filter(opened, _expiring(facts, today)),
            func.count().filter(opened, facts.c.pairs == 0),
            func.count().filter(~opened),
        ).select_from(facts)
    ).one()
    return PeopleSummary(*row)


def ties_of(session: Session, today: date, participant_ids: Collection[int]) -> dict[int, list[Tie]]:
    """Return the open pairs and groups of people, with the names opposite."""
    if not participant_ids:
        return {}
    other, person, opposite_number = aliased(MentorshipMember), aliased(Person), aliased(Participant)
    rows = session.execute(
        select(
            MentorshipMember.participant_id,
            Mentorship.id,
            Mentorship.number,
            Mentorship.kind,
            opposite_number.number,
            person.last_name,
            person.first_name,
            person.middle_name,
        )
        .join(Mentorship, Mentorship.id == MentorshipMember.mentorship_id)
        .outerjoin(
            other,
            and_(
                other.mentorship_id == Mentorship.id,
                other.role != MentorshipMember.role,
                or_(other.left_on.is_(None), other.left_on > today),
                Mentorship.kind == MentorshipKind.PAIR,
            ),
        )
        .outerjoin(opposite_number, opposite_number.id == other.participant_id)
        .outerjoin(person, person.participant_id == other.participant_id)
        .where(MentorshipMember.participant_id.in_(participant_ids), *open_membership(today))
        .order_by(Mentorship.number, other.id)
    )
    found: dict[int, list[Tie]] = {}
    for participant_id, mentorship_id, number, kind, who, *parts in rows:
        # A group has nobody opposite.
        opposite = shown_name(who, *parts) if who else None
        found.setdefault(participant_id, []).append(Tie(mentorship_id, number, kind, opposite))
    return found


def open_membership(today: date) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an open place in an open pair or group."""
    return (
        or_(MentorshipMember.left_on.is_(None), MentorshipMember.left_on > today),
        or_(Mentorship.ended_on.is_(None), Mentorship.ended_on > today),
        Mentorship.outcome.is_distinct_from("mistake"),
    )


def _facts(today: date) -> Subquery:
    """Return one row for each person: name, sides, forms, consent, number of open pairs."""
    sides = tuple(ParticipantRole)
    opened = or_(Participation.ended_on.is_(None), Participation.ended_on > today)
    latest = aggregate_order_by(Participation.class_name, case((opened, 0), else_=1), Participation.started_on.desc())
    parts = (
        select(
            Participation.participant_id,
            func.bool_or(opened).label("open"),
            *(func.bool_or(and_(opened, Participation.role == role)).label(f"now_{role.value}") for role in sides),
            *(func.bool_or(Participation.role == role).label(f"ever_{role.value}") for role in sides),
            func.array_agg(Participation.mentoring_form.distinct()).label("forms"),
            func.array_agg(latest).label("classes"),
            func.max(Participation.ended_on).label("ended_on"),
        )
        .where(Participation.end_reason.is_distinct_from(EndReason.MISTAKE.value))
        .group_by(Participation.participant_id)
        .subquery()
    )
    consents = (
        select(Consent.participant_id, Consent.given_on, Consent.given_by, Consent.valid_until, Consent.withdrawn_on)
        .where(Consent.kind == ConsentKind.PROCESSING)
        .ext(distinct_on(Consent.participant_id))
        .order_by(Consent.participant_id, Consent.given_on.desc(), Consent.id.desc())
        .subquery()
    )
    pairs = (
        select(MentorshipMember.participant_id, func.count().label("n"))
        .join(Mentorship, Mentorship.id == MentorshipMember.mentorship_id)
        .where(*open_membership(today))
        .group_by(MentorshipMember.participant_id)
        .subquery()
    )
    return (
        select(
            Participant.id,
            Participant.number,
            Participant.born_on,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Person.name_key,
            Person.phone,
            parts.c.open,
            # Who has left is still known by the side taken once.
            *(
                case((parts.c.open, parts.c[f"now_{role.value}"]), else_=parts.c[f"ever_{role.value}"]).label(
                    role.value
                )
                for role in sides
            ),
            parts.c.forms,
            parts.c.classes,
            parts.c.ended_on,
            consents.c.given_on,
            consents.c.given_by,
            consents.c.valid_until,
            consents.c.withdrawn_on,
            func.coalesce(pairs.c.n, 0).label("pairs"),
        )
        .outerjoin(Person, Person.participant_id == Participant.id)
        .join(parts, parts.c.participant_id == Participant.id)
        .outerjoin(consents, consents.c.participant_id == Participant.id)
        .outerjoin(pairs, pairs.c.participant_id == Participant.id)
        .subquery("facts")
    )


def _consented(facts: Subquery, today: date) -> ColumnElement[bool]:
    column = facts.c
    return func.coalesce(
        and_(
            column.given_on.is_not(None),
            or_(column.withdrawn_on.is_(None), column.withdrawn_on > today),
            or_(column.valid_until.is_(None), column.valid_until >= today),
        ),
        literal(False),
    )


def _expiring(facts: Subquery, today: date) -> ColumnElement[bool]:
    soon = func.coalesce(facts.c.valid_until <= today + EXPIRES_SOON, literal(False))
    return and_(_consented(facts, today), soon)


def _conditions(facts: Subquery, today: date, wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    tabs: dict[str, tuple[ColumnElement[bool], ...]] = {
        "no_consent": (facts.c.open, ~_consented(facts, today)),
        "expiring": (facts.c.open, _expiring(facts, today)),
        "no_pair": (facts.c.open, facts.c.pairs == 0),
        "with_pair": (facts.c.open, facts.c.pairs > 0),
        "ended": (~facts.c.open,),
    }
    found = list(tabs.get(wanted.tab, (facts.c.open,)))
    if wanted.role in ("mentor", "mentee"):
        found.append(facts.c[wanted.role])
    if wanted.form:
        found.append(literal(wanted.form) == any_(facts.c.forms))
    found += [facts.c.name_key.contains(word, autoescape=True) for word in name_key(wanted.text).split()]
    return found


def _ordered(query: Select[Any], facts: Subquery, sort: str) -> Select[Any]:
    by_name = facts.c.name_key.collate("C")
    keys = {"name": by_name, "born": facts.c.born_on, "class": facts.c.classes[1], "consent": facts.c.valid_until}
    key = keys.get(sort.lstrip("-"), by_name)
    first = key.desc().nulls_last() if sort.startswith("-") else key.asc().nulls_last()
    return query.order_by(first, by_name, facts.c.id)


def _listed(row: Any, today: date) -> ListedPerson:  # noqa: ANN401 - a row of _facts
    sides = ((ParticipantRole.MENTOR, row.mentor), (ParticipantRole.MENTEE, row.mentee))
    giver = row.given_by or usual_giver(row.born_on, today)
    return ListedPerson(
        id=row.id,
        number=row.number,
        name=shown_name(row.number, row.last_name, row.first_name, row.middle_name),
        born_on=None if row.last_name is None else row.born_on,
        phone=row.phone or "",
        roles=tuple(role for role, takes in sides if takes),
        forms=tuple(row.forms),
        class_name=row.classes[0] if row.classes else "",
        open=row.open,
        ended_on=row.ended_on,
        consent=_state(row, today),
        given_on=row.given_on,
        valid_until=row.valid_until,
        withdrawn_on=row.withdrawn_on,
        by_representative=giver is Giver.REPRESENTATIVE,
    )


def _state(row: Any, today: date) -> ConsentState:  # noqa: ANN401 - a row of _facts
    found = state_on(today, row.given_on, row.valid_until, row.withdrawn_on)
    by_representative = row.given_by is Giver.REPRESENTATIVE
    old = found.in_force and outgrown(row.born_on, today, by_representative=by_representative)
    return ConsentState.OUTGROWN if old else found


def people_to_choose(session: Session, today: date, form: str) -> Sequence[tuple[int, Name, ParticipantRole, str]]:
    """Return who may enter a pair of a form: id, name, side, class or post, by name."""
    rows = session.execute(
        select(
            Participation.participant_id,
            Participation.role,
            Participation.class_name,
            Participant.number,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
        )
        .join(Participant, Participant.id == Participation.participant_id)
        .outerjoin(Person, Person.participant_id == Participation.participant_id)
        .where(
            Participation.mentoring_form == form,
            or_(Participation.ended_on.is_(None), Participation.ended_on > today),
            Participation.end_reason.is_distinct_from(EndReason.MISTAKE.value),
        )
        .order_by(Person.name_key.collate("C"), Participation.id)
    )
    return [(who, shown_name(number, *parts), role, post) for who, role, post, number, *parts in rows]
