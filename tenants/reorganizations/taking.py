"""Begins in the receiver what the sources hold: people with their consents and parts, programmes, pairs with members.

Each batch is one transaction in the receiver's own scope, with a trace of every record: what has a trace is there.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor, Workplace, system_actor
from tenants.db import ScopedSession, TenantRow, insert, lock_key, transaction
from tenants.mentorships.leaving import open_members
from tenants.mentorships.models import Meeting, Mentorship, MentorshipMember, Programme
from tenants.participants.models import Consent, Participant, Participation
from tenants.participants.persons import Person
from tenants.reorganizations.models import RecordKind, Transfer

BATCH = 25
_OWN = frozenset({"region_id", "district_id", "organization_id", "id", "version", "recorded_at"})
AnyRow = TypeVar("AnyRow", bound=TenantRow)


@dataclass(frozen=True)
class Way:
    """From where to where people go, and from which day they belong there."""

    plan_id: int
    source: Workplace
    receiver: Workplace
    day: date
    chosen: frozenset[int] | None = None
    """Participants of the source that go; None: all."""

    @property
    def giver(self) -> Actor:
        """Return the portal at work in the source."""
        return system_actor(self.source)

    @property
    def taker(self) -> Actor:
        """Return the portal at work in the receiver."""
        return system_actor(self.receiver)


@dataclass(frozen=True)
class _PersonParts:
    """Everything about one person that goes over."""

    participant: Participant
    person: Person
    consents: Sequence[Consent]
    parts: Sequence[Participation]


@dataclass(frozen=True)
class _PairParts:
    """A pair that goes over, with who is in it and the meetings that fall after the change."""

    pair: Mentorship
    members: Sequence[MentorshipMember]
    meetings: Sequence[Meeting]


def take_over(way: Way, hold: Callable[[], None]) -> None:
    """Begin everything in the receiver; `hold` is called before each batch and raises once the lease is lost."""
    with transaction(way.giver.scope.reading()) as session:
        people = going_people(session, way.chosen)
        pairs = going_pairs(session, set(people))
        programmes = _going_programmes(session, way, pairs)
    for ids in batches(people):
        hold()
        _take_people(way, ids)
    hold()
    _take_programmes(way, programmes)
    for ids in batches(pairs):
        hold()
        _take_pairs(way, ids)


def batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Return the ids in runs that fit a transaction."""
    for at in range(0, len(ids), BATCH):
        yield ids[at : at + BATCH]


def going_people(session: Session, chosen: Collection[int] | None) -> list[int]:
    """Return who takes part now, or has only a card yet; those whose parts are over stay as history."""
    parts = select(Participation.participant_id)
    query = select(Participant.id).where(
        or_(Participant.id.in_(parts.where(Participation.ended_on.is_(None))), Participant.id.not_in(parts))
    )
    return [one for one in session.scalars(query.order_by(Participant.number)) if chosen is None or one in chosen]


def going_pairs(session: Session, people: Collection[int]) -> list[int]:
    """Return the open pairs and groups whose every member goes."""
    members: dict[int, list[int]] = {}
    rows = session.execute(
        select(Mentorship.id, MentorshipMember.participant_id)
        .join(MentorshipMember, MentorshipMember.mentorship_id == Mentorship.id)
        .where(Mentorship.ended_on.is_(None), MentorshipMember.left_on.is_(None))
        .order_by(Mentorship.number)
    )
    for pair, participant in rows:
        members.setdefault(pair, []).append(participant)
    return [pair for pair, ids in members.items() if set(ids) <= set(people)]


def taken(session: Session, way: Way, kind: RecordKind) -> dict[int, int]:
    """Return what has come already: record of the source → record of the receiver. Runs in the receiver's scope."""
    rows = session.execute(
        select(Transfer.from_record, Transfer.record_id).where(
            Transfer.reorganization == way.plan_id,
            Transfer.record_kind == kind,
            Transfer.from_organization == way.source.id,
        )
    ).all()
    return dict(rows)


def _going_programmes(session: Session, way: Way, pairs: Sequence[int]) -> list[Programme]:
    query = select(Programme).where(or_(Programme.ended_on.is_(None), Programme.ended_on > way.day))
    if way.chosen is not None:
        query = query.where(Programme.id.in_(select(Mentorship.programme_id).where(Mentorship.id.in_(pairs))))
    return list(session.scalars(query.order_by(Programme.id)))


def _take_people(way: Way, ids: Sequence[int]) -> None:
    with transaction(way.giver.scope.reading()) as session:
        bundles = list(_bundles(session, ids))
    with _receiving(way) as session:
        lock_key(session, f"people:{way.receiver.id}")
        known = taken(session, way, RecordKind.PARTICIPANT)
        new = [bundle for bundle in bundles if bundle.participant.id not in known]
        numbers = set(session.scalars(select(Participant.number)))
        for bundle in new:
            _take_person(session, way, bundle, numbers)
        _tell(session, way, people=len(new))


def _bundles(session: Session, ids: Sequence[int]) -> Iterator[_PersonParts]:
    consents = _by_person(session, Consent, ids, Consent.withdrawn_on.is_(None))
    parts = _by_person(session, Participation, ids, Participation.ended_on.is_(None))
    rows = session.execute(
        select(Participant, Person)
        .join(Person, Person.participant_id == Participant.id)
        .where(Participant.id.in_(ids))
        .order_by(Participant.number)
    )
    for participant, person in rows:
        yield _PersonParts(participant, person, consents.get(participant.id, []), parts.get(participant.id, []))


def _by_person(session: Session, model: Any, ids: Sequence[int], condition: Any) -> dict[int, list[Any]]:  # noqa: ANN401 - a model with participant_id
    found: dict[int, list[Any]] = {}
    for row in session.scalars(select(model).where(model.participant_id.in_(ids), condition).order_by(model.id)):
        found.setdefault(row.participant_id, []).append(row)
    return found


def _take_person(session: ScopedSession, way: Way, bundle: _PersonParts, numbers: set[int]) -> None:
    """Write a person down; one who is there already under the same identity gets the parts and consents only."""
    participant_id = _same_person(session, bundle.participant.identity_key)
    if participant_id is None:
        number = _free_number(numbers, bundle.participant.number)
        participant_id = insert(session, _like(bundle.participant, number=number)).id
        insert(session, _like(bundle.person, participant_id=participant_id))
    for consent in bundle.consents:
        insert(session, _like(consent, participant_id=participant_id))
    for part in bundle.parts:
        if not _takes_part(session, participant_id, part):
            day = max(part.started_on, way.day)
            insert(session, _like(part, participant_id=participant_id, started_on=day))
    _trace(session, way, RecordKind.PARTICIPANT, bundle.participant, participant_id)


def _same_person(session: Session, identity_key: bytes | None) -> int | None:
    if identity_key is None:
        return None
    same = select(Participant.id).where(Participant.identity_key == identity_key).order_by(Participant.id).limit(1)
    return session.scalars(same).one_or_none()


def _takes_part(session: Session, participant_id: int, part: Participation) -> bool:
    same = select(Participation.id).where(
        Participation.participant_id == participant_id,
        Participation.role == part.role,
        Participation.mentoring_form == part.mentoring_form,
        Participation.ended_on.is_(None),
    )
    return session.scalars(same.limit(1)).first() is not None


def _take_programmes(way: Way, programmes: Sequence[Programme]) -> None:
    with _receiving(way) as session:
        known = taken(session, way, RecordKind.PROGRAMME)
        new = [one for one in programmes if one.id not in known]
        for programme in new:
            same = session.scalars(
                select(Programme.id)
                .where(
                    Programme.title == programme.title,
                    Programme.mentoring_form == programme.mentoring_form,
                    Programme.ended_on.is_(None),
                )
                .limit(1)
            ).one_or_none()
            begun = max(programme.started_on, way.day)
            record_id = same or insert(session, _like(programme, started_on=begun)).id
            _trace(session, way, RecordKind.PROGRAMME, programme, record_id)
        _tell(session, way, programmes=len(new))


def _take_pairs(way: Way, ids: Sequence[int]) -> None:
    with transaction(way.giver.scope.reading()) as session:
        bundles = [
            _PairParts(pair, open_members(session, pair.id), _later_meetings(session, pair.id, way.day))
            for pair in session.scalars(select(Mentorship).where(Mentorship.id.in_(ids)).order_by(Mentorship.number))
        ]
    with _receiving(way) as session:
        lock_key(session, f"mentorships:{way.receiver.id}")
        known = taken(session, way, RecordKind.MENTORSHIP)
        people = taken(session, way, RecordKind.PARTICIPANT)
        programmes = taken(session, way, RecordKind.PROGRAMME)
        numbers = set(session.scalars(select(Mentorship.number)))
        new = [bundle for bundle in bundles if bundle.pair.id not in known]
        for bundle in new:
            programme_id = programmes.get(bundle.pair.programme_id or 0)
            _take_pair(session, way, bundle, numbers, (people, programme_id))
        _tell(session, way, pairs=len(new))


def _take_pair(
    session: ScopedSession,
    way: Way,
    bundle: _PairParts,
    numbers: set[int],
    places: tuple[Mapping[int, int], int | None],
) -> None:
    people, programme_id = places
    day = max(bundle.pair.started_on, way.day)
    number = _free_number(numbers, bundle.pair.number)
    pair = insert(session, _like(bundle.pair, number=number, programme_id=programme_id, started_on=day))
    members = {people[member.participant_id]: member for member in bundle.members}
    for participant_id, member in members.items():
        joined = max(member.joined_on, day)
        insert(session, _like(member, mentorship_id=pair.id, participant_id=participant_id, joined_on=joined))
    _trace(session, way, RecordKind.MENTORSHIP, bundle.pair, pair.id)
    for meeting in bundle.meetings:
        record_id = insert(session, _like(meeting, mentorship_id=pair.id)).id
        _trace(session, way, RecordKind.MEETING, meeting, record_id)


def _later_meetings(session: Session, pair_id: int, day: date) -> Sequence[Meeting]:
    """Return the meetings of the receiver's days; earlier ones stay where they were held."""
    return session.scalars(
        select(Meeting)
        .where(Meeting.mentorship_id == pair_id, Meeting.held_on >= day, Meeting.cancelled_at.is_(None))
        .order_by(Meeting.id)
    ).all()


def _receiving(way: Way) -> Any:  # noqa: ANN401 - the context manager of a transaction
    return transaction(way.taker.scope)


def _like(row: AnyRow, **changes: object) -> AnyRow:
    """Return a new row with the values of another; what ties it to the other organization comes from `changes`."""
    values = {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name not in _OWN and not column.foreign_keys and column.computed is None
    }
    return type(row)(**(values | changes))


def _free_number(numbers: set[int], wanted: int) -> int:
    """Return the number itself while nobody has it, else the next one after all."""
    number = wanted if wanted not in numbers else max(numbers) + 1
    numbers.add(number)
    return number


def _trace(session: Session, way: Way, kind: RecordKind, row: TenantRow, record_id: int) -> None:
    insert(
        session,
        Transfer(
            reorganization=way.plan_id,
            record_kind=kind,
            record_id=record_id,
            from_organization=way.source.id,
            from_record=row.id,
            from_number=getattr(row, "number", None),
        ),
    )


def _tell(session: ScopedSession, way: Way, **counts: int) -> None:
    if any(counts.values()):
        told = {"reorganization": way.plan_id, "from_organization": way.source.id, **counts}
        journal.record(session, way.taker, "records.taken", None, **told)
