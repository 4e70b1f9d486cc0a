"""Questions about openings, and the people of an organization as numbers."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.db import find
from tenants.mentorships.catalogue import Category
from tenants.openings.commands import LONGEST_FOR_A_LIST
from tenants.openings.models import NameOpening, NameOpeningEvent, OpeningEventKind
from tenants.openings.states import OpeningState, ends_at, state_of
from tenants.organizations.models import Organization
from tenants.participants.consents import ConsentState, state_on
from tenants.participants.models import Consent, ConsentKind, EndReason, Participant, ParticipantRole, Participation
from tenants.periods import SchoolYear

PAGE_SIZE = 50
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Opening:
    """An opening with what happened to it."""

    row: NameOpening
    state: OpeningState
    events: tuple[NameOpeningEvent, ...]
    """The oldest first."""

    @property
    def count(self) -> int:
        """Return how many people are opened."""
        return len(self.row.participant_ids)

    @property
    def ends_at(self) -> datetime:
        """Return when names close by themselves; of a list that waits, when the request lapses."""
        return ends_at(self.row, self.events)


def opening_of(session: Session, opening_id: int, now: datetime) -> Opening:
    """Return an opening of the scope."""
    return _told(session, [find(session, NameOpening, opening_id)], now)[0]


@dataclass(frozen=True)
class Openings:
    """Openings of a scope, the newest first."""

    running: Sequence[Opening]
    """All that are open or wait for approval."""
    past: Sequence[Opening]
    """A page of the others."""
    page: int
    """From 1; the last one where a later page was asked for."""
    found: int
    """How many are past."""

    @property
    def pages(self) -> int:
        """Return how many pages those of the past fill."""
        return max(1, -(-self.found // PAGE_SIZE))


def openings_page(session: Session, now: datetime, page: int = 1, *, organization_id: int | None = None) -> Openings:
    """Return what runs and a page of what is past, in the scope or in one organization of it."""
    whose = [] if organization_id is None else [NameOpening.organization_id == organization_id]
    running = running_openings(session, now, *whose)
    past = [*whose, NameOpening.id.not_in([one.row.id for one in running])]
    found = session.scalar(select(func.count()).select_from(NameOpening).where(*past)) or 0
    shown = min(max(page, 1), max(1, -(-found // PAGE_SIZE)))
    query = select(NameOpening).where(*past).order_by(NameOpening.asked_at.desc(), NameOpening.id.desc())
    rows = session.scalars(query.limit(PAGE_SIZE).offset((shown - 1) * PAGE_SIZE)).all() if found else ()
    return Openings(running, _told(session, rows, now), shown, found)


def running_openings(session: Session, now: datetime, *whose: ColumnElement[bool]) -> list[Opening]:
    """Return the openings of the scope that are open now or wait for approval, the newest first.

    `whose` narrows the scope. One statement where there are none. Terms of hours keep the list short.
    """
    approved = select(NameOpeningEvent.opening_id).where(
        NameOpeningEvent.kind == OpeningEventKind.APPROVED, NameOpeningEvent.at > now - LONGEST_FOR_A_LIST
    )
    query = select(NameOpening).where(or_(NameOpening.until > now, NameOpening.id.in_(approved)))
    query = query.where(*whose).order_by(NameOpening.asked_at.desc(), NameOpening.id.desc())
    return [one for one in _told(session, session.scalars(query).all(), now) if one.state.alive]


@dataclass(frozen=True)
class Requests:
    """How many requests for lists concern an actor."""

    to_decide: int = 0
    """They wait, and the actor may decide (`policy.may_decide`)."""
    approved: int = 0
    """The actor's own that are open now."""
    refused: int = 0
    """The actor's own, refused in the last day."""


def requests_of(actor: Actor, now: datetime) -> Select[int, int, int]:
    """Return the statement whose one row is the `Requests` of an actor; a home page joins it to its other counts."""
    opening, event, here = NameOpening, NameOpeningEvent, actor.organization.id
    said = select(event.id).where(event.opening_id == opening.id)
    term = func.make_interval(0, 0, 0, 0, 0, opening.term_minutes)
    open_now = said.where(event.kind == OpeningEventKind.APPROVED, event.at + term > now).exists()
    closed = said.where(event.kind.in_([OpeningEventKind.ENDED, OpeningEventKind.REFUSED])).exists()
    refused = said.where(event.kind == OpeningEventKind.REFUSED, event.at > now - _DAY).exists()
    in_tree = opening.place_id.in_([opening.region_id, opening.district_id])
    waits = and_(opening.until > now, in_tree, opening.user_id.not_in({actor.user_id, *actor.accounts}), ~said.exists())
    near = or_(opening.place_id == here, opening.region_id == here)
    own = and_(opening.user_id == actor.user_id, opening.place_id == here)
    return select(
        func.count().filter(waits, near).label("to_decide"),
        func.count().filter(own, in_tree, open_now, ~closed).label("approved"),
        func.count().filter(own, refused).label("refused"),
    ).where(opening.needs_approval, opening.until > now - LONGEST_FOR_A_LIST)


def _told(session: Session, rows: Sequence[NameOpening], now: datetime) -> list[Opening]:
    events = _events(session, [row.id for row in rows])
    return [Opening(row, state_of(row, events.get(row.id, ()), now), events.get(row.id, ())) for row in rows]


def _events(session: Session, opening_ids: Collection[int]) -> Mapping[int, tuple[NameOpeningEvent, ...]]:
    if not opening_ids:
        return {}
    query = select(NameOpeningEvent).where(NameOpeningEvent.opening_id.in_(opening_ids)).order_by(NameOpeningEvent.id)
    found: dict[int, tuple[NameOpeningEvent, ...]] = {}
    for event in session.scalars(query):
        found[event.opening_id] = (*found.get(event.opening_id, ()), event)
    return found


def places_of(session: Session, organization_ids: Collection[int]) -> dict[int, str]:
    """Return the short names of organizations of the scope."""
    if not organization_ids:
        return {}
    rows = session.execute(
        select(Organization.id, Organization.name_short).where(Organization.id.in_(organization_ids))
    )
    return {row.id: row.name_short for row in rows}


@dataclass(frozen=True)
class PeopleFilter:
    """Which people of an organization are shown."""

    role: str = ""
    ended: bool = False
    page: int = 1


@dataclass(frozen=True)
class Numbered:
    """A participation as it is seen above the school: a number and what may be counted."""

    participant_id: int
    number: int
    sex: str
    age: int | None
    """Whole years on the last 1 September; None where the birth date is not known."""
    role: ParticipantRole
    mentoring_form: str
    category: Category | None
    started_on: date
    ended_on: date | None
    end_reason: EndReason | None
    consent: ConsentState


def numbered_people(
    session: Session, place: Organization, today: date, wanted: PeopleFilter
) -> tuple[list[Numbered], int]:
    """Return a page of the participations of an organization by number, and how many there are. One statement."""
    consents = (
        select(Consent.participant_id, Consent.given_on, Consent.valid_until, Consent.withdrawn_on)
        .where(Consent.kind == ConsentKind.PROCESSING, Consent.organization_id == place.id)
        .ext(distinct_on(Consent.participant_id))
        .order_by(Consent.participant_id, Consent.given_on.desc(), Consent.id.desc())
        .subquery()
    )
    query = (
        select(
            Participant.id,
            Participant.number,
            Participant.sex,
            Participant.age_cohort,
            Participation.role,
            Participation.mentoring_form,
            Participation.category,
            Participation.started_on,
            Participation.ended_on,
            Participation.end_reason,
            consents.c.given_on,
            consents.c.valid_until,
            consents.c.withdrawn_on,
            func.count().over().label("found"),
        )
        .join(Participation, Participation.participant_id == Participant.id)
        .outerjoin(consents, consents.c.participant_id == Participant.id)
        .where(Participant.organization_id == place.id, *_conditions(today, wanted))
        .order_by(Participant.number, Participation.id)
        .limit(PAGE_SIZE)
        .offset((max(wanted.page, 1) - 1) * PAGE_SIZE)
    )
    rows = session.execute(query).all()
    year = SchoolYear.of(today)
    people = [
        Numbered(
            row.id,
            row.number,
            row.sex,
            age_of(row.age_cohort, year),
            row.role,
            row.mentoring_form,
            category_of(row.category),
            row.started_on,
            row.ended_on,
            row.end_reason,
            state_on(today, row.given_on, row.valid_until, row.withdrawn_on),
        )
        for row in rows
    ]
    return people, rows[0].found if rows else 0


def numbers_of(session: Session, participant_ids: Collection[int]) -> list[int]:
    """Return the numbers of some people, in order."""
    return list(
        session.scalars(
            select(Participant.number).where(Participant.id.in_(participant_ids)).order_by(Participant.number)
        )
    )


def age_of(cohort: int | None, year: SchoolYear) -> int | None:
    """Return the whole years on the first day of a school year."""
    return None if cohort is None else year.begins - cohort


def category_of(code: str) -> Category | None:
    """Return the category of a participation; None for a code of the past."""
    return Category(code) if code in {one.value for one in Category} else None


def _conditions(today: date, wanted: PeopleFilter) -> list[ColumnElement[bool]]:
    opened = or_(Participation.ended_on.is_(None), Participation.ended_on > today)
    found = [Participation.end_reason.is_distinct_from(EndReason.MISTAKE.value)]
    found.append(~opened if wanted.ended else opened)
    if wanted.role in {one.value for one in ParticipantRole}:
        found.append(Participation.role == ParticipantRole(wanted.role))
    return found
