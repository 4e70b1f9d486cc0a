"""Opened names in raw SQL, as the level roles: to one person, from one place, for hours, and never a contact."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import Level, ScopedSession, transaction
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, TooManyError, WrongStateError
from tenants.openings import commands
from tenants.openings.commands import approve_opening, end_opening, open_names, refuse_opening
from tenants.openings.models import NameOpening, Reach
from tenants.openings.names import opened_names
from tenants.openings.queries import opening_of
from tenants.openings.states import OpeningState
from tenants.participants.models import ConsentKind
from tests.conftest import Database
from tests.factories.openings import REASON, make_opening
from tests.factories.people import MENTEE, make_consent, make_mentorship, make_participant
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import withdrawn

NOON = datetime(2026, 11, 21, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(NOON)


def colleague_of(actor: Actor) -> Actor:
    return Actor(actor.user_id + 500_000, "Второй сотрудник", actor.role, actor.organization)


def seen_by(actor: Actor) -> list[str]:
    """Return the last names that a plain statement gives at the actor's level."""
    with transaction(actor.scope.reading()) as session:
        return [row.last_name for row in session.execute(text("select last_name from person order by 1"))]


@contextmanager
def reading(actor: Actor) -> Iterator[ScopedSession]:
    with transaction(actor.scope.reading()) as session:
        yield session


def state_of(actor: Actor, opening: NameOpening) -> OpeningState:
    with reading(actor) as session:
        return opening_of(session, opening.id, clock.now()).state


def test_one_name_is_open_to_who_asked_and_to_nobody_else(tree: Tree) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга", role=MENTEE)
    make_participant(tree.school, name="Лютикова Анна", role=MENTEE)
    district, region = actor_of(tree.district), actor_of(tree.region)
    assert seen_by(district) == []

    make_opening(district, tree.school, [one.id])

    assert seen_by(district) == ["Ромашкина"]
    assert seen_by(colleague_of(district)) == []
    assert seen_by(region) == []
    assert seen_by(actor_of(tree.other_district)) == []
    # The same person at work in another place.
    assert seen_by(Actor(district.user_id, "", region.role, region.organization)) == []


def test_it_ends_by_itself_in_the_same_second(tree: Tree) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга", role=MENTEE)
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id], hours=2)

    clock.travel(opening.until - timedelta(seconds=30))
    assert seen_by(district) == ["Ромашкина"]
    clock.travel(opening.until)
    assert seen_by(district) == []


def test_neither_contacts_nor_the_birth_date_are_granted(tree: Tree) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга", role=MENTEE)
    district = actor_of(tree.district)
    make_opening(district, tree.school, [one.id], contacts=True)

    for question in (
        "select phone from person",
        "select email from person",
        "select representative from person",
        "select * from person",
        "select born_on from participant",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), reading(district) as session:
            session.execute(text(question))


@pytest.mark.parametrize("asked", [True, False])
def test_contacts_are_read_only_where_they_were_asked_for(tree: Tree, database: Database, *, asked: bool) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга", role=MENTEE)
    with psycopg.connect(database.admin_url) as connection:
        connection.execute("update person set phone = '+7 900 000-00-01' where participant_id = %s", [one.id])
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id], contacts=asked)

    with reading(district) as session:
        (found,) = opened_names(session, district, opening)

    assert found.name.full == "Ромашкина Ольга"
    assert (found.contacts.phone if found.contacts else None) == ("+7 900 000-00-01" if asked else None)


def test_a_list_waits_for_a_second_person(tree: Tree) -> None:
    people = [make_participant(tree.school, role=MENTEE) for _ in range(3)]
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id for one in people])
    assert (seen_by(district), state_of(district, opening)) == ([], OpeningState.WAITING)

    with pytest.raises(ForbiddenError), transaction(district.scope) as session:
        approve_opening(session, district, opening.id)
    with transaction(colleague_of(district).scope) as session:
        approve_opening(session, colleague_of(district), opening.id)

    assert len(seen_by(district)) == 3
    assert seen_by(colleague_of(district)) == []
    make_participant(tree.school, role=MENTEE)  # who joins later is not opened
    assert len(seen_by(district)) == 3


def test_the_term_of_a_list_runs_from_the_approval(tree: Tree) -> None:
    people = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    district, region = actor_of(tree.district), actor_of(tree.region)
    opening = make_opening(district, tree.school, [one.id for one in people], hours=24)

    clock.travel(NOON + timedelta(days=2))
    with transaction(region.scope) as session:
        approve_opening(session, region, opening.id)

    for after, seen, state in (
        (timedelta(hours=23, minutes=59), 2, OpeningState.OPEN),
        (timedelta(hours=24, minutes=1), 0, OpeningState.OVER),
    ):
        clock.travel(NOON + timedelta(days=2) + after)
        assert (len(seen_by(district)), state_of(district, opening)) == (seen, state)


def test_a_request_that_nobody_approves_lapses_by_itself(tree: Tree) -> None:
    people = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    district, region = actor_of(tree.district), actor_of(tree.region)
    opening = make_opening(district, tree.school, [one.id for one in people], hours=24)

    clock.travel(NOON + timedelta(hours=71, minutes=59))
    assert state_of(district, opening) is OpeningState.WAITING
    clock.travel(NOON + timedelta(hours=72, minutes=1))
    assert state_of(district, opening) is OpeningState.OVER
    with pytest.raises(WrongStateError), transaction(region.scope) as session:
        approve_opening(session, region, opening.id)


@pytest.mark.parametrize("shift", ["-1 hour", "1 hour"])
def test_an_approval_bears_the_hour_in_which_it_was_said(tree: Tree, shift: str) -> None:
    """A later hour would lengthen the term, an earlier one revive a request that has lapsed."""
    people = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    region = actor_of(tree.region)
    opening = make_opening(tree.district, tree.school, [one.id for one in people])
    insert = text(
        "insert into name_opening_event (region_id, district_id, organization_id, opening_id, kind, at, user_id,"
        " user_name, place_id, place_name) select region_id, district_id, organization_id, id, 'approved',"
        " app.now() + cast(:shift as interval), :user, '', :place, '' from name_opening where id = :id"
    )
    said = {"id": opening.id, "user": region.user_id, "place": tree.region.id}

    with pytest.raises(ProgrammingError, match="row-level security"), transaction(region.scope) as session:
        session.execute(insert, said | {"shift": shift})
    with transaction(region.scope) as session:
        session.execute(insert, said | {"shift": "0"})


def test_the_region_may_approve_for_a_district_and_another_district_may_not(tree: Tree) -> None:
    people = [make_participant(tree.school, role=MENTEE) for _ in range(2)]
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id for one in people])
    stranger = actor_of(tree.other_district)
    with pytest.raises(NotFoundError), transaction(stranger.scope) as session:
        approve_opening(session, stranger, opening.id)

    region = actor_of(tree.region)
    with transaction(region.scope) as session:
        approve_opening(session, region, opening.id)

    assert len(seen_by(district)) == 2


def test_a_refused_list_stays_closed(tree: Tree) -> None:
    make_participant(tree.school, role=MENTEE)
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, reach=Reach.ORGANIZATION)

    second = colleague_of(district)
    with transaction(second.scope) as session:
        refuse_opening(session, second, opening.id, "Достаточно номеров участников, имена не нужны")
    with pytest.raises(WrongStateError), transaction(second.scope) as session:
        approve_opening(session, second, opening.id)

    assert (seen_by(district), state_of(district, opening)) == ([], OpeningState.REFUSED)


def test_the_school_ends_it_early(tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    district, curator = actor_of(tree.district), actor_of(tree.school)
    opening = make_opening(district, tree.school, [one.id])

    with transaction(curator.scope) as session:
        end_opening(session, curator, opening.id, "Обращение уже рассмотрено школой на месте")

    assert (seen_by(district), state_of(curator, opening)) == ([], OpeningState.ENDED)
    sister = actor_of(tree.sister)
    with pytest.raises(NotFoundError), transaction(sister.scope) as session:
        end_opening(session, sister, opening.id, "Обращение уже рассмотрено школой на месте")


def test_a_moved_school_takes_its_names_with_it(tree: Tree, database: Database) -> None:
    one = make_participant(tree.school, role=MENTEE)
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id])
    assert len(seen_by(district)) == 1

    with psycopg.connect(database.admin_url) as connection:
        connection.execute(
            "update organization set district_id = %s, parent_id = %s where id = %s",
            [tree.other_district.id, tree.other_district.id, tree.school.id],
        )

    assert seen_by(district) == []
    assert seen_by(actor_of(tree.other_district)) == []
    assert state_of(actor_of(tree.region), opening) is OpeningState.MOVED


def test_people_of_another_organization_are_not_found(tree: Tree) -> None:
    stranger = make_participant(tree.other_school, role=MENTEE)
    sister = make_participant(tree.sister, role=MENTEE)

    for place, person in ((tree.other_school, stranger), (tree.school, stranger), (tree.school, sister)):
        with pytest.raises(NotFoundError):
            make_opening(tree.district, place, [person.id])


def test_a_pair_is_opened_with_all_its_people(tree: Tree) -> None:
    pair = make_mentorship(tree.college)
    region = actor_of(tree.region)
    opening = make_opening(region, tree.college, reach=Reach.PAIR, mentorship_id=pair.id)
    second = colleague_of(region)
    with transaction(second.scope) as session:
        approve_opening(session, second, opening.id)

    assert len(seen_by(region)) == 2
    assert opening.subject_number == pair.number


@pytest.mark.parametrize(
    ("reason", "hours"),
    [("нужно", 2), ("ааааааааааааааааааааааааа", 2), ("проверка проверка проверка", 2), (REASON, 0), (REASON, 73)],
)
def test_an_empty_reason_or_a_long_term_opens_nothing(tree: Tree, reason: str, hours: int) -> None:
    one = make_participant(tree.school, role=MENTEE)
    district = actor_of(tree.district)
    asked = commands.Asked(Reach.PERSON, commands.Ground.AUDIT, reason, hours, participant_ids=[one.id])

    with pytest.raises(InvalidError), transaction(district.scope) as session:
        open_names(session, district, tree.school.id, asked)


def test_a_list_may_not_be_open_for_three_days(tree: Tree) -> None:
    people = [make_participant(tree.school, role=MENTEE) for _ in range(2)]

    with pytest.raises(InvalidError, match="24"):
        make_opening(tree.district, tree.school, [one.id for one in people], hours=48)


def test_names_one_by_one_do_not_become_a_list(tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    for _ in range(commands.ASKED_A_DAY):
        make_opening(tree.district, tree.school, [one.id])

    with pytest.raises(TooManyError):
        make_opening(tree.district, tree.school, [one.id])


@pytest.mark.parametrize(
    "change", ["update name_opening set until = until + interval '1 hour'", "delete from name_opening"]
)
def test_an_opening_is_never_changed(tree: Tree, change: str) -> None:
    one = make_participant(tree.school, role=MENTEE)
    make_opening(tree.district, tree.school, [one.id])

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(actor_of(tree.district).scope) as session,
    ):
        session.execute(text(change))


def test_who_took_the_consent_to_a_transfer_back_is_named_no_more(tree: Tree) -> None:
    one = make_participant(tree.school, name="Ивина Роза", role=MENTEE)
    district = actor_of(tree.district)
    opening = make_opening(district, tree.school, [one.id])

    def named() -> list[str]:
        with reading(district) as session:
            return [found.name.first for found in opened_names(session, district, opening)]

    assert named() == ["Роза"]
    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, withdrawn_on=date(2026, 10, 1))
    assert named() == []
    assert seen_by(district) == []  # a plain statement finds no more than the page
    assert seen_by(actor_of(tree.school)) == ["Ивина"]
    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, given_on=date(2026, 10, 2))
    assert named() == ["Роза"]
    assert seen_by(district) == ["Ивина"]


def contacts_of(actor: Actor) -> list[str]:
    """Return the phones that a plain statement gives to the role of contacts."""
    with transaction(replace(actor.scope.reading(), level=Level.CONTACTS)) as session:
        return [row.phone for row in session.execute(text("select phone from person order by 1"))]


def test_contacts_go_with_the_name(tree: Tree) -> None:
    one = make_participant(tree.school, name="Ивина Роза", role=MENTEE)
    district = actor_of(tree.district)
    make_opening(district, tree.school, [one.id], contacts=True)
    processing = make_consent(tree.school, one)
    assert contacts_of(district) == [""]

    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, withdrawn_on=date(2026, 10, 1))
    assert contacts_of(district) == []
    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, given_on=date(2026, 10, 2))
    assert contacts_of(district) == [""]

    withdrawn(tree.school, processing)
    assert contacts_of(district) == []


def test_a_transfer_that_only_ran_out_closes_nothing(tree: Tree) -> None:
    """Only a withdrawal says no; whether a consent is needed at all is the region's rule."""
    one = make_participant(tree.school, name="Ивина Роза", role=MENTEE)
    district = actor_of(tree.district)
    make_opening(district, tree.school, [one.id])

    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, valid_until=date(2026, 10, 1))
    assert seen_by(district) == ["Ивина"]
    make_consent(tree.school, one, kind=ConsentKind.TRANSFER, withdrawn_on=date(2026, 10, 1))
    assert seen_by(district) == []
