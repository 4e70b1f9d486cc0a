"""People whose data fall due, and acts that name them."""

from datetime import date

from sqlalchemy import func, select, text

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, transaction
from tenants.jobs.models import Job
from tenants.organizations.models import Organization
from tenants.participants.commands import Card, card_version, edit_person, person_of
from tenants.participants.models import Participant
from tenants.participants.persons import Name
from tenants.subjects import commands, requests
from tenants.subjects.destroying import carry_out
from tenants.subjects.models import Destruction, RequestKind
from tests import canaries
from tests.factories.people import (
    MENTEE,
    MENTOR,
    any_name,
    make_consent,
    make_meeting,
    make_mentorship,
    make_participant,
    make_participation,
)
from tests.factories.tree import actor_of

TODAY = date(2026, 11, 28)
LONG_AGO, ENDED = date(2022, 9, 1), date(2023, 5, 31)
CURATOR_ID, DIRECTOR_ID = 71, 72


def curator(place: Organization) -> Actor:
    return Actor(CURATOR_ID, "Соколова Е.В.", Role.CURATOR, workplace(place))


def director(place: Organization) -> Actor:
    return Actor(DIRECTOR_ID, "Орлов П.С.", Role.DIRECTOR, workplace(place))


def make_outlived(place: Organization, *, name: str | None = None, partner: bool = False) -> Participant:
    """A pupil whose part ended in May 2023, with the name in every corner of the school's records."""
    name = name or any_name().full
    canaries.plant(name)
    gone = make_participant(place, name=name, born_on=date(2010, 3, 14), sex="male")
    make_participation(place, gone, role=MENTEE, started_on=LONG_AGO, ended_on=ENDED, class_name=f"7 «А», {name}")
    make_consent(place, gone, given_on=LONG_AGO, valid_until=ENDED, document=f"Папка 3, {name}")
    mentor = make_participant(
        place, role=MENTOR, born_on=date(2008, 1, 1), started_on=LONG_AGO, **({} if partner else {"ended_on": ENDED})
    )
    pair = make_mentorship(place, mentors=(mentor,), mentees=(gone,), started_on=LONG_AGO, ended_on=ENDED)
    surname = name.split(maxsplit=1)[0]
    meeting = make_meeting(place, pair, held_on=date(2022, 10, 12), topic=f"Разговор с {surname}ым о проекте")
    make_meeting(place, pair, held_on=date(2022, 11, 12), topic="Подготовка к олимпиаде")
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        participant, person = person_of(session, gone.id)
        full = Name.parse(name)
        card = Card(full, participant.born_on, "male", None, "+7 900 000-00-00", "", f"{surname}а Мария, мать")
        edit_person(session, actor, gone.id, card, version=card_version(participant, person))
    with transaction(actor.scope) as session:
        # One more former state of each: the database keeps what stood before.
        session.execute(text("update meeting set topic = topic || '.' where id = :id"), {"id": meeting.id})
        session.execute(
            text("update participation set class_name = class_name || ' кл.' where participant_id = :id"),
            {"id": gone.id},
        )
        session.execute(
            text("update consent set document = document || ', лист 2' where participant_id = :id"), {"id": gone.id}
        )
    return gone


def proposed(place: Organization, *people: Participant, today: date = TODAY) -> Destruction:
    with transaction(curator(place).scope) as session:
        return commands.propose(session, curator(place), [one.id for one in people], today)


def confirmed(place: Organization, *people: Participant, today: date = TODAY) -> Destruction:
    act = proposed(place, *people, today=today)
    with transaction(director(place).scope) as session:
        return commands.confirm(session, director(place), act.id)


def destroyed(place: Organization, *people: Participant, today: date = TODAY) -> Destruction:
    """Carry an act out as the job does, without its papers: setting them takes seconds and has tests of its own."""
    act = confirmed(place, *people, today=today)
    carry_out(director(place).scope, act.id, lambda _: [])
    with transaction(director(place).scope) as session:
        return session.get_one(Destruction, (act.region_id, act.id))


def act_of(place: Organization) -> Destruction:
    """The newest act of an organization."""
    with transaction(curator(place).scope.reading()) as session:
        return session.scalars(select(Destruction).order_by(Destruction.id.desc()).limit(1)).one()


def job_of(act: Destruction) -> int:
    """The number of the job that carries an act out."""
    with transaction(REGISTRY.reading()) as session:
        found = select(func.max(Job.id)).where(Job.kind == commands.JOB, Job.subject_id == act.id)
        return session.scalar(found) or 0


def make_subject_records(place: Organization) -> None:
    """One request and one proposed act, for contracts that ask with their ids."""
    gone = make_outlived(place)
    proposed(place, gone, today=clock.today())
    with transaction(curator(place).scope) as session:
        day = clock.today()
        requests.receive(session, curator(place), gone.id, kind=RequestKind.COPY, received_on=day, note="", today=day)
