"""The register of consents: one line for each person and purpose, with its state and what a birthday asks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Actor
from tenants.errors import InvalidError
from tenants.participants import policy
from tenants.participants.ages import AgeTask, age_task, birthday
from tenants.participants.consents import ConsentState, NewConsent, give_consent, state_of_consent, usual_giver
from tenants.participants.models import Consent, ConsentKind, EndReason, Giver, Participant, Participation
from tenants.participants.persons import HiddenName, Name, Person, name_key, shown_name

PAGE_SIZE = 50
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class RegisterFilter:
    """What the register shows; every part may be empty."""

    kind: str = ConsentKind.PROCESSING.value
    """A purpose; empty: every purpose that a consent was given for, and records for everybody."""
    tab: str = ""
    """A state, `age` for what birthdays ask, `gone` for who no longer takes part; empty: everybody who takes part."""
    class_name: str = ""
    text: str = ""
    page: int = 1


@dataclass(frozen=True)
class RegisterLine:
    """One person and one purpose."""

    participant_id: int
    number: int
    name: Name
    name_key: str
    born_on: date | None
    class_name: str
    open: bool
    kind: ConsentKind
    state: ConsentState
    consent: Consent | None
    task: AgeTask | None
    task_on: date | None
    """The birthday that asks."""

    @property
    def hidden(self) -> bool:
        """Return whether the name is hidden."""
        return isinstance(self.name, HiddenName)


@dataclass(frozen=True)
class Register:
    """A page of the register with the counts of its parts."""

    lines: Sequence[RegisterLine]
    found: int
    counts: Mapping[str, int]
    """By tab; the empty one is everybody who takes part."""
    classes: Sequence[str]


def register(session: Session, today: date, wanted: RegisterFilter, *, whole: bool = False) -> Register:
    """Return a page of the register, or the whole of it for a file. Two statements."""
    every = _lines(session, today, wanted.kind)
    words = name_key(wanted.text).split()
    counts = Counter(tab for line in every for tab in _tabs(line))
    found = [
        line
        for line in every
        if wanted.tab in _tabs(line)
        and (not wanted.class_name or line.class_name == wanted.class_name)
        and all(word in line.name_key for word in words)
    ]
    first = 0 if whole else (max(wanted.page, 1) - 1) * PAGE_SIZE
    classes = sorted({line.class_name for line in every if line.class_name and line.open})
    return Register(found if whole else found[first : first + PAGE_SIZE], len(found), counts, classes)


def age_tasks(session: Session, today: date) -> Counter[AgeTask]:
    """Return how many consents to keep records want another signature because of a birthday."""
    lines = _lines(session, today, ConsentKind.PROCESSING.value)
    return Counter(line.task for line in lines if line.task is not None and line.open)


def mark_received(
    session: Session, actor: Actor, participant_ids: Sequence[int], new: NewConsent, *, children_signed: bool
) -> int:
    """Write the same consent down for several people at once; who signs follows from each age on that day.

    Raises:
        InvalidError: nobody was ticked, too many were, or the day fits one of them not.

    """
    policy.need_writer(actor)
    ids = list(dict.fromkeys(participant_ids))
    if not ids:
        raise InvalidError("Отметьте участников в списке.")
    if len(ids) > MOST_AT_ONCE:
        raise InvalidError(f"За один раз отмечайте не больше {MOST_AT_ONCE} участников.")
    born = dict(session.execute(select(Participant.id, Participant.born_on).where(Participant.id.in_(ids))).all())
    journal.record(session, actor, "consent.marked", kind=new.kind.value, count=len(ids), on=new.given_on.isoformat())
    # In one order, so that two people who mark the same class wait for each other and do not block.
    for participant_id in sorted(ids):
        born_on = born.get(participant_id)
        giver = usual_giver(born_on, new.given_on)
        signed = children_signed and giver is Giver.REPRESENTATIVE and _may_sign(born_on, new.given_on)
        give_consent(session, actor, participant_id, replace(new, given_by=giver, child_signed=signed))
    return len(ids)


def _may_sign(born_on: date | None, day: date) -> bool:
    return born_on is not None and birthday(born_on, AgeTask.CHILD_SIGNS.age) <= day


def _tabs(line: RegisterLine) -> tuple[str, ...]:
    """Return the parts of the register that a line stands in."""
    gone = () if line.open else ("gone",)
    if not line.open:
        return (*gone, line.state.value) if line.state is ConsentState.WITHDRAWN else gone
    return ("", line.state.value, *(("age",) if line.task else ()))


def _lines(session: Session, today: date, kind: str) -> list[RegisterLine]:
    given: dict[tuple[int, ConsentKind], list[Consent]] = {}
    query = select(Consent).order_by(Consent.given_on.desc(), Consent.id.desc())
    for row in session.scalars(query.where(Consent.kind == ConsentKind(kind)) if kind else query):
        given.setdefault((row.participant_id, row.kind), []).append(row)
    wanted = [ConsentKind(kind)] if kind else list(ConsentKind)
    return [
        _line(person, one, given.get((person.id, one), []), today)
        for person in _people(session, today)
        for one in wanted
        if kind or one is ConsentKind.PROCESSING or (person.id, one) in given
    ]


def _people(session: Session, today: date) -> Sequence[Any]:
    """Return everybody who takes part or took part, by name, those who are hidden last."""
    opened = or_(Participation.ended_on.is_(None), Participation.ended_on > today)
    parts = (
        select(
            Participation.participant_id,
            func.bool_or(opened).label("open"),
            func.array_agg(aggregate_order_by(Participation.class_name, Participation.started_on.desc())).label(
                "classes"
            ),
        )
        .where(Participation.end_reason.is_distinct_from(EndReason.MISTAKE.value))
        .group_by(Participation.participant_id)
        .subquery()
    )
    return session.execute(
        select(
            Participant.id,
            Participant.number,
            Participant.born_on,
            Person.last_name,
            Person.first_name,
            Person.middle_name,
            Person.name_key,
            parts.c.open,
            parts.c.classes,
        )
        .join(parts, and_(parts.c.participant_id == Participant.id))
        .outerjoin(Person, Person.participant_id == Participant.id)
        .order_by(Person.name_key.collate("C").asc().nulls_last(), Participant.id)
    ).all()


def _rank(state: ConsentState) -> int:
    return 0 if state is ConsentState.OK else 1 if state.in_force else 2


def _line(person: Any, kind: ConsentKind, given: Sequence[Consent], today: date) -> RegisterLine:  # noqa: ANN401 - a row of _people
    # One in force speaks for the purpose, best one without a near end; else the newest, which stands first.
    states = [(state_of_consent(row, person.born_on, today), row) for row in given]
    state, row = min(states, key=lambda one: _rank(one[0]), default=(ConsentState.MISSING, None))
    task = None
    if row is not None and (state.in_force or state is ConsentState.OUTGROWN):
        by_representative = row.given_by is Giver.REPRESENTATIVE
        task = age_task(person.born_on, today, by_representative=by_representative, child_signed=row.child_signed)
    hidden = person.last_name is None
    return RegisterLine(
        person.id,
        person.number,
        shown_name(person.number, person.last_name, person.first_name, person.middle_name),
        person.name_key or "",
        None if hidden else person.born_on,
        person.classes[0],
        person.open,
        kind,
        state,
        row,
        task,
        birthday(person.born_on, task.age) if task and person.born_on else None,
    )
