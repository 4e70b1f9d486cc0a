"""Organizations are merged and split on a day: nobody is lost, nothing is doubled, past sums stand."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import func, select

from portal.operations import schedule
from portal.operations.worker import JobFailedError, run_waiting
from reports import rollup
from tenants import clock
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError
from tenants.mentorships.models import Meeting, Mentorship, MentorshipMember, Outcome, Programme
from tenants.organizations.models import Organization
from tenants.participants.models import Consent, EndReason, Participant, Participation
from tenants.participants.persons import Person
from tenants.periods import Month
from tenants.reorganizations import commands, leaving, taking
from tenants.reorganizations.models import RecordKind, State, Transfer
from tests.factories import people
from tests.factories.months import hand_in, open_month
from tests.factories.people import MENTEE, MENTOR
from tests.factories.reorganizations import merging, now, plan, receiver_of, reread, splitting
from tests.factories.tree import Tree, actor_of, make_account

DAY = date(2026, 11, 28)
OCTOBER = Month(2026, 10)
BORN = date(2012, 3, 14)


@pytest.fixture(autouse=True)
def _a_day_in_november() -> None:
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


def rows(place, model, *conditions):
    with transaction(actor_of(now(place)).scope.reading()) as session:
        return session.scalars(select(model).where(*conditions).order_by(model.id)).all()


def fill(place, *, pairs: int = 2, programme: str = "Первые шаги"):
    """Pairs of one programme, each with a meeting, a consent, and a person whose part is over."""
    one = people.make_programme(place, title=programme)
    made = []
    for number in range(pairs):
        mentor = people.make_participant(place, role=MENTOR, class_name="10 «А»", trained_on=date(2026, 9, 20))
        mentee = people.make_participant(place, role=MENTEE, class_name="5 «Б»")
        people.make_consent(place, mentee, document=f"папка {number}")
        pair = people.make_mentorship(
            place, mentors=(mentor,), mentees=(mentee,), programme=one, order_number="7", order_on=date(2026, 9, 3)
        )
        people.make_meeting(place, pair)
        made.append((pair, mentor, mentee))
    people.make_participant(place, role=MENTEE, ended_on=date(2026, 10, 1))
    return made


def end_state(place: Organization) -> dict[str, int]:
    """How many records of each kind stand open in an organization."""
    with transaction(actor_of(now(place)).scope.reading()) as session:

        def count(model, *conditions) -> int:
            return session.scalar(select(func.count()).select_from(model).where(*conditions))

        return {
            "people": count(Participant),
            "names": count(Person),
            "consents": count(Consent),
            "parts": count(Participation, Participation.ended_on.is_(None)),
            "pairs": count(Mentorship, Mentorship.ended_on.is_(None)),
            "members": count(MentorshipMember, MentorshipMember.left_on.is_(None)),
            "meetings": count(Meeting, Meeting.cancelled_at.is_(None)),
            "programmes": count(Programme, Programme.ended_on.is_(None)),
            "traces": count(Transfer),
        }


def test_two_schools_become_a_new_one(tree: Tree):
    fill(tree.school)
    fill(tree.sister, programme="Вторые шаги")

    row = plan(tree, merging([tree.school, tree.sister], DAY))
    run_waiting()

    united = receiver_of(row)
    assert reread(tree, row).state is State.DONE
    assert reread(tree, row).outcome == {"participant": 8, "mentorship": 4, "programme": 2, "meeting": 0}
    assert end_state(united) == {
        "people": 8, "names": 8, "consents": 4, "parts": 8, "pairs": 4, "members": 8, "meetings": 0, "programmes": 2,
        "traces": 14,
    }  # fmt: skip
    for place in (tree.school, tree.sister):
        assert end_state(place) == {
            "people": 5, "names": 5, "consents": 2, "parts": 0, "pairs": 0, "members": 0, "meetings": 2,
            "programmes": 0, "traces": 0,
        }  # fmt: skip
        assert (now(place).archived_on, now(place).successor_id) == (DAY, united.id)
        assert now(place).archive_reason == "объединение, преемник – Школа № 10"
    assert (united.opened_on, united.parent_id) == (DAY, tree.district.id)


def test_people_arrive_with_names_consents_parts_and_pairs(tree: Tree):
    (pair, mentor, mentee), *_ = fill(tree.school, pairs=1)

    row = plan(tree, merging([tree.school], DAY, receiver=tree.sister))
    run_waiting()

    old, new = rows(tree.school, Person), rows(tree.sister, Person)
    assert {one.name for one in new} == {one.name for one in old if one.participant_id in (mentor.id, mentee.id)}
    part = next(one for one in rows(tree.sister, Participation) if one.role is MENTOR)
    assert (part.started_on, part.class_name, part.trained_on) == (DAY, "10 «А»", date(2026, 9, 20))
    left = next(one for one in rows(tree.school, Participation) if one.participant_id == mentor.id)
    assert (left.ended_on, left.end_reason) == (DAY, EndReason.TRANSFERRED)
    consent = rows(tree.sister, Consent)[0]
    assert (consent.given_on, consent.document) == (people.SEPTEMBER, "папка 0")
    came = rows(tree.sister, Mentorship)[0]
    assert (came.order_number, came.started_on, came.outcome) == ("7", DAY, None)
    assert [one.title for one in rows(tree.sister, Programme)] == ["Первые шаги"]
    gone = rows(tree.school, Mentorship)[0]
    assert (gone.ended_on, gone.outcome) == (DAY, Outcome.TRANSFERRED)
    trace = rows(tree.sister, Transfer, Transfer.record_kind == RecordKind.MENTORSHIP)[0]
    assert (trace.from_organization, trace.from_record, trace.from_number) == (tree.school.id, pair.id, pair.number)
    assert reread(tree, row).outcome["participant"] == 2


def test_one_person_of_both_schools_stays_one(tree: Tree):
    people.make_participant(tree.school, name="Орлова Анна Львовна", born_on=BORN, role=MENTOR)
    here = people.make_participant(tree.sister, name="Орлова Анна Львовна", born_on=BORN, role=MENTOR)
    people.make_consent(tree.sister, here)

    plan(tree, merging([tree.school], DAY, receiver=tree.sister))
    run_waiting()

    assert [one.id for one in rows(tree.sister, Participant)] == [here.id]
    assert len(rows(tree.sister, Participation, Participation.ended_on.is_(None))) == 1
    assert rows(tree.sister, Transfer)[0].record_id == here.id


def test_a_taken_number_gives_way_and_the_old_one_is_kept(tree: Tree):
    people.make_mentorship(tree.school)
    people.make_mentorship(tree.sister)

    plan(tree, merging([tree.school], DAY, receiver=tree.sister))
    run_waiting()

    assert [one.number for one in rows(tree.sister, Participant)] == [1, 2, 3, 4]
    assert [one.number for one in rows(tree.sister, Mentorship)] == [1, 2]
    traces = rows(tree.sister, Transfer, Transfer.record_kind == RecordKind.PARTICIPANT)
    assert [one.from_number for one in traces] == [1, 2]


def test_meetings_of_the_new_days_move_and_earlier_ones_stay(tree: Tree):
    pair = people.make_mentorship(tree.school)
    people.make_meeting(tree.school, pair, held_on=date(2026, 11, 27))
    people.make_meeting(tree.school, pair, held_on=DAY)

    plan(tree, merging([tree.school], DAY, receiver=tree.sister))
    run_waiting()

    standing = [one.held_on for one in rows(tree.school, Meeting, Meeting.cancelled_at.is_(None))]
    assert standing == [date(2026, 11, 27)]
    assert [one.held_on for one in rows(tree.sister, Meeting)] == [DAY]


def test_chosen_people_go_and_a_pair_torn_apart_ends(tree: Tree):
    (whole, *going), (torn, torn_mentor, torn_mentee), (_, *staying) = fill(tree.school, pairs=3)

    row = plan(tree, splitting(tree.school, DAY), chosen=[one.id for one in going] + [torn_mentor.id])
    run_waiting()

    new = receiver_of(row)
    assert len(rows(new, Participant)) == 3
    assert [one.from_record for one in rows(new, Transfer, Transfer.record_kind == RecordKind.MENTORSHIP)] == [whole.id]
    pairs = {one.id: one for one in rows(tree.school, Mentorship)}
    assert pairs[torn.id].outcome is Outcome.TRANSFERRED
    still = {one.participant_id for one in rows(tree.school, Participation, Participation.ended_on.is_(None))}
    assert still == {torn_mentee.id, *(one.id for one in staying)}
    assert now(tree.school).archived_on is None
    assert [one.ended_on for one in rows(tree.school, Programme)] == [None]


def test_past_months_of_every_node_are_the_same_before_and_after(tree: Tree):
    fill(tree.school)
    fill(tree.sister)
    window = open_month(tree, OCTOBER)
    for place in (tree.school, tree.sister, tree.other_school):
        hand_in(tree, place, window)
    run_waiting()

    def sums():
        found = {}
        for node in (tree.region, tree.district, tree.other_district):
            with transaction(actor_of(node).scope.reading()) as session:
                whole = rollup.totals(session, window.id, node.id)
                found[node.id] = (whole.sums, whole.organization_count, whole.expected_count)
        return found

    before = sums()
    plan(tree, merging([tree.school, tree.sister], DAY))
    run_waiting()
    with transaction(actor_of(tree.region).scope) as session:
        rollup.recompute(session, window.id)

    assert sums() == before
    assert before[tree.region.id][2] == 4


def test_no_table_loses_a_row(tree: Tree, database):
    """Count every tenant table of the catalogue before and after: rows may only be added."""
    fill(tree.school)
    fill(tree.sister)
    window = open_month(tree, OCTOBER)
    hand_in(tree, tree.school, window)
    run_waiting()

    def counts() -> dict[str, int]:
        with psycopg.connect(database.admin_url) as connection:
            tables = connection.execute(
                "select table_name from information_schema.columns where table_schema = 'public'"
                " and column_name = 'organization_id'"
            ).fetchall()
            return {
                name: connection.execute(
                    f'select count(*) from "{name}" where region_id = %s', [tree.region.id]
                ).fetchone()[0]
                for (name,) in tables
            }

    before = counts()
    row = plan(tree, merging([tree.school, tree.sister], DAY))
    run_waiting()
    after = counts()

    assert {name for name in before if after[name] < before[name]} == set()
    assert len(before) > 30
    came = reread(tree, row).outcome
    assert after["participant"] - before["participant"] == came["participant"] == 8
    assert after["mentorship"] - before["mentorship"] == came["mentorship"] == 4
    assert after["submission"] == before["submission"]
    assert after["meeting"] == before["meeting"]


@pytest.mark.parametrize(
    ("module", "step", "survived"),
    [
        (taking, "_take_programmes", 1),
        (taking, "_take_pairs", 0),
        (leaving, "_end_parts", 1),
        (leaving, "_end_rest", 0),
    ],
)
def test_a_worker_killed_anywhere_ends_in_the_same_state(tree: Tree, monkeypatch, module, step, survived):
    fill(tree.school)
    fill(tree.sister)
    row = plan(tree, merging([tree.school, tree.sister], DAY))
    original, calls = getattr(module, step), []

    def die(*arguments: object) -> None:
        if len(calls) == survived:
            raise RuntimeError("killed")
        calls.append(arguments)
        original(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(module, step, die)
        with pytest.raises(JobFailedError):
            run_waiting()
    assert reread(tree, row).state is State.RUNNING
    clock.travel(clock.now() + timedelta(minutes=5))
    run_waiting()

    assert reread(tree, row).state is State.DONE
    assert reread(tree, row).outcome == {"participant": 8, "mentorship": 4, "programme": 2, "meeting": 0}
    found = end_state(receiver_of(row))
    assert (found["people"], found["pairs"], found["parts"], found["programmes"]) == (8, 4, 8, 1)
    assert [end_state(place)["parts"] for place in (tree.school, tree.sister)] == [0, 0]


def test_staff_works_for_the_successor_from_the_day_on(tree: Tree):
    email = make_account((tree.school, Role.CURATOR), (tree.sister, Role.CURATOR))
    clock.travel(datetime(2026, 11, 30, 21, 5, tzinfo=UTC))
    day = date(2026, 12, 1)

    row = plan(tree, merging([tree.school, tree.sister], day))
    run_waiting()

    with transaction(REGISTRY.reading()) as session:
        user = session.scalars(select(UserAccount).where(UserAccount.email == email)).one()
        held = session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    assert {(one.organization_id, one.role, one.until) for one in held} == {
        (tree.school.id, Role.CURATOR, date(2026, 11, 30)),
        (tree.sister.id, Role.CURATOR, date(2026, 11, 30)),
        (row.receiver, Role.CURATOR, None),
    }
    assert next(one.since for one in held if one.organization_id == row.receiver) == day


def test_a_merger_is_undone_until_its_day_and_leaves_nothing(tree: Tree):
    fill(tree.school)
    before = end_state(tree.school)
    row = plan(tree, merging([tree.school, tree.sister], date(2026, 12, 1)))
    actor = actor_of(tree.region)

    with transaction(actor.scope) as session:
        commands.cancel_reorganization(session, actor, row.id)
    clock.travel(datetime(2026, 12, 2, 9, tzinfo=UTC))
    schedule.tick()
    run_waiting()

    assert end_state(tree.school) == before
    with transaction(REGISTRY.reading()) as session:
        assert session.scalars(select(Organization).where(Organization.id == row.receiver)).one_or_none() is None


def test_a_day_before_the_cut_of_an_accepted_month_is_refused(tree: Tree):
    window = open_month(tree, Month(2026, 12))
    hand_in(tree, tree.school, window)

    with pytest.raises(InvalidError, match="уже принят"):
        plan(tree, merging([tree.school, tree.sister], DAY))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda tree: merging([tree.school], DAY), "хотя бы две"),
        (lambda tree: merging([tree.school, tree.college], DAY), "одного вида"),
        (lambda tree: merging([tree.school, tree.sister], date(2026, 11, 27)), "прошла"),
        (lambda tree: merging([tree.school, tree.district], DAY), "действующие школы"),
    ],
)
def test_a_merger_that_does_not_fit_is_refused(tree: Tree, change, words):
    actor = actor_of(tree.region)

    with transaction(actor.scope) as session, pytest.raises(InvalidError, match=words):
        commands.draft_reorganization(session, actor, change(tree))


def test_a_taken_code_is_refused(tree: Tree):
    actor = actor_of(tree.region)
    change = merging([tree.school, tree.sister], DAY)
    change.card["code"] = tree.college.code

    with transaction(actor.scope) as session, pytest.raises(InvalidError, match="занят"):
        commands.draft_reorganization(session, actor, change)
