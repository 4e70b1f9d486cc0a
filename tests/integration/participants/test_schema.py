"""What the database itself promises about people."""

from datetime import date

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tenants.db import transaction
from tenants.history import RecordHistory
from tenants.mentorships.models import Meeting, Mentorship
from tenants.participants.models import Consent, Participant, Participation
from tenants.participants.persons import PersonHistory, names_of
from tests.factories.people import MENTEE, make_consent, make_meeting, make_mentorship, make_participant, make_programme
from tests.factories.tree import Tree, actor_of


def test_a_pair_of_the_factory_has_two_members_and_a_meeting(tree: Tree) -> None:
    mentorship = make_mentorship(tree.school, programme=make_programme(tree.school))
    make_meeting(tree.school, mentorship)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert len(session.scalars(select(Participation)).all()) == 2
        assert session.scalars(select(Meeting.mentorship_id)).all() == [mentorship.id]


def test_the_district_reads_no_name_even_in_raw_sql(tree: Tree) -> None:
    make_participant(tree.school)

    for query in ("select * from person", "select * from person_history"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction(actor_of(tree.district).scope.reading()) as session,
        ):
            session.execute(text(query))


@pytest.mark.parametrize("column", ["born_on", "experience_since"])
def test_the_birth_date_is_not_granted_above_the_school(tree: Tree, column: str) -> None:
    make_participant(tree.school)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(actor_of(tree.region).scope.reading()) as session,
    ):
        session.execute(text(f"select {column} from participant"))


def test_where_a_consent_lies_is_not_granted_above_the_school(tree: Tree) -> None:
    make_consent(tree.school, make_participant(tree.school), document="дело № 3")

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction(actor_of(tree.district).scope.reading()) as session,
    ):
        session.execute(text("select document from consent"))
    with transaction(actor_of(tree.district).scope.reading()) as session:
        assert session.execute(select(Consent.given_on)).all() == [(date(2026, 9, 1),)]


def test_a_sister_school_sees_neither_people_nor_pairs(tree: Tree) -> None:
    make_mentorship(tree.school)

    with transaction(actor_of(tree.sister).scope.reading()) as session:
        assert session.scalars(select(Participant)).all() == []
        assert session.scalars(select(Mentorship)).all() == []
        assert session.execute(text("select count(*) from person")).scalar() == 0


def test_names_stay_empty_above_the_school(tree: Tree) -> None:
    participant = make_participant(tree.school, name="Иванова Анна Петровна")

    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert names_of(session, [participant.id])[participant.id].short == "Иванова А.П."
    with transaction(actor_of(tree.district).scope.reading()) as session:
        assert names_of(session, [participant.id]) == {}


def test_a_former_state_of_a_person_is_kept_apart_from_the_counted_records(tree: Tree) -> None:
    participant = make_participant(tree.school, role=MENTEE)

    with transaction(actor_of(tree.school).scope) as session:
        session.scalars(select(Participant)).one().sex = "female"
        session.scalars(select(Participation)).one().class_name = "7 «Б»"
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert [row.record_id for row in session.scalars(select(PersonHistory))] == [participant.id]
        assert [row.table_name for row in session.scalars(select(RecordHistory))] == ["participation"]


def test_a_change_bumps_the_version(tree: Tree) -> None:
    make_participant(tree.school, role=MENTEE)

    with transaction(actor_of(tree.school).scope) as session:
        session.scalars(select(Participation)).one().class_name = "7 «Б»"
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalars(select(Participation.version)).one() == 2


def test_a_child_cannot_hang_under_another_schools_parent(tree: Tree, database) -> None:
    participant = make_participant(tree.school)

    with psycopg.connect(database.admin_url) as connection, pytest.raises(psycopg.errors.ForeignKeyViolation):
        connection.execute(
            "insert into consent (region_id, district_id, organization_id, participant_id, given_on)"
            " values (%s, %s, %s, %s, %s)",
            [tree.region.id, tree.sister.district_id, tree.sister.id, participant.id, date(2026, 9, 1)],
        )
