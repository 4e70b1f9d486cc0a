"""A school moves to another district on a date: every period is summed by the tree of that period."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select, text

from portal.operations import schedule
from portal.operations.worker import JobFailedError, run_waiting
from reports import rollup
from tenants import clock
from tenants.db import REGISTRY, find, transaction
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.jobs.models import Job
from tenants.journal import JournalEntry
from tenants.organizations.models import Organization, OrganizationParent
from tenants.participants.models import Participation
from tenants.periods import Month
from tenants.reorganizations import carrying, commands
from tenants.reorganizations.commands import JOB, Change
from tenants.reorganizations.models import Kind, State
from tenants.submissions.models import Submission
from tests.factories import people
from tests.factories.months import accept, hand_in, open_month, send, start
from tests.factories.reorganizations import move, now, plan, reread
from tests.factories.tree import Tree, actor_of

MENTORS = ("1", "4", "3")
SEPTEMBER, OCTOBER, NOVEMBER = Month(2026, 9), Month(2026, 10), Month(2026, 11)


def totals_of(place, window):
    with transaction(actor_of(place).scope.reading()) as session:
        return rollup.totals(session, window.id, place.id)


def mentors_in(place, window):
    found = totals_of(place, window).sums.get(MENTORS)
    return None if found is None else int(found.value)


@pytest.fixture
def months_of_two(tree: Tree):
    """September, October and November of the moving school (one mentor) and its sister (two)."""
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    for place, count in ((tree.school, 1), (tree.sister, 2)):
        for _ in range(count):
            people.make_participant(place, role="mentor", form="teacher_teacher")
    windows = [open_month(tree, month) for month in (SEPTEMBER, OCTOBER, NOVEMBER)]
    for window in windows:
        for place in (tree.school, tree.sister):
            hand_in(tree, place, window)
    run_waiting()
    return windows


def assert_the_region_adds_up(tree: Tree, window) -> None:
    region = totals_of(tree.region, window)
    districts = [totals_of(one, window).sums for one in (tree.district, tree.other_district)]
    assert region.sums
    for place, total in region.sums.items():
        assert total.value == sum(branch.sums.get(place, 0) for branch in region.branches)
        assert total.value == sum(sums[place].value for sums in districts if place in sums)


@pytest.mark.parametrize(
    ("day", "old", "new"),
    [
        (date(2026, 9, 1), [2, 2, 2], [1, 1, 1]),
        (date(2026, 10, 26), [3, 3, 2], [None, None, 1]),
        (date(2026, 10, 25), [3, 2, 2], [None, 1, 1]),
        (date(2026, 11, 28), [3, 3, 3], [None, None, None]),
    ],
)
def test_a_move_counts_from_its_day_on_in_every_sum(tree: Tree, months_of_two, day, old, new):
    moved = move(tree, tree.school, tree.other_district, day)

    assert (moved.parent_id, moved.district_id) == (tree.other_district.id, tree.other_district.id)
    assert [mentors_in(tree.district, window) for window in months_of_two] == old
    assert [mentors_in(tree.other_district, window) for window in months_of_two] == new
    for window in months_of_two:
        assert mentors_in(tree.region, window) == 3
        assert_the_region_adds_up(tree, window)


@pytest.mark.usefixtures("months_of_two")
def test_the_old_district_loses_the_records_and_the_new_one_sees_them(tree: Tree):
    submission_ids = []
    with transaction(actor_of(tree.school).scope.reading()) as session:
        submission_ids += session.scalars(select(Submission.id)).all()

    move(tree, tree.school, tree.other_district, date(2026, 11, 27))

    with transaction(actor_of(tree.district).scope.reading()) as session:
        with pytest.raises(NotFoundError):
            find(session, Submission, submission_ids[0])
        assert (
            session.scalar(text("select count(*) from submission where organization_id = :id"), {"id": tree.school.id})
            == 0
        )
    with transaction(actor_of(tree.other_district).scope.reading()) as session:
        assert len([find(session, Submission, one) for one in submission_ids]) == 3
        assert session.scalars(select(Participation.id)).all()


@pytest.mark.usefixtures("months_of_two")
def test_every_table_of_the_school_follows_it(tree: Tree, database):
    with psycopg.connect(database.admin_url) as connection:
        tables = [
            name
            for (name,) in connection.execute(
                "select table_name from information_schema.columns where table_schema = 'public'"
                " and column_name = 'district_id' and table_name <> 'organization'"
            )
        ]

        def rows(district: int) -> dict[str, int]:
            counts = {
                table: connection.execute(
                    f'select count(*) from "{table}" where organization_id = %s and district_id = %s',
                    [tree.school.id, district],
                ).fetchone()[0]
                for table in tables
            }
            connection.commit()
            return counts

        before = rows(tree.district.id)
        move(tree, tree.school, tree.other_district, date(2026, 11, 27))
        after, left = rows(tree.other_district.id), rows(tree.district.id)

    assert sum(before.values()) > 500
    assert set(left.values()) == {0}
    grown = {table: after[table] - count for table, count in before.items() if after[table] != count}
    assert grown.keys() <= {"journal", "job"}


def test_a_month_on_its_way_is_reviewed_and_counted_by_the_new_district(tree: Tree):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    window = open_month(tree, NOVEMBER)
    submission = start(tree.school, window)
    revision = send(tree.school, submission)

    moved = move(tree, tree.school, tree.other_district, date(2026, 11, 20))

    with pytest.raises(NotFoundError):
        accept(tree.district, submission, revision)
    accept(tree.other_district, submission, revision)
    run_waiting()
    assert moved.district_id == tree.other_district.id
    assert mentors_in(tree.other_district, window) == 1
    assert mentors_in(tree.district, window) is None


@pytest.mark.usefixtures("months_of_two")
def test_a_future_move_is_carried_out_once_by_two_schedules(tree: Tree):
    row = plan(tree, Change(Kind.MOVE, [tree.school.id], date(2026, 12, 1), receiver=tree.other_district.id))
    schedule.tick()
    run_waiting()
    assert now(tree.school).parent_id == tree.district.id

    # Midnight in Moscow, where the school stands; still 30 November in UTC.
    clock.travel(datetime(2026, 11, 30, 21, 1, tzinfo=UTC))
    schedule.tick()
    schedule.tick()
    run_waiting()
    schedule.tick()
    run_waiting()

    assert now(tree.school).parent_id == tree.other_district.id
    assert reread(tree, row).state is State.DONE
    with transaction(REGISTRY) as session:
        jobs = session.scalars(select(Job).where(Job.kind == JOB, Job.subject_id == row.id)).all()
        parents = session.scalars(
            select(OrganizationParent).where(OrganizationParent.organization_id == tree.school.id)
        ).all()
    assert len(jobs) == 1
    assert [(one.parent_id, one.valid_to) for one in sorted(parents, key=lambda p: p.valid_from)] == [
        (tree.district.id, date(2026, 12, 1)),
        (tree.other_district.id, None),
    ]
    with transaction(actor_of(now(tree.school)).scope.reading()) as session:
        events = session.scalars(select(JournalEntry.event).where(JournalEntry.event == "organization.moved")).all()
    assert events == ["organization.moved"]


def test_a_worker_killed_in_the_middle_of_a_move_leaves_it_to_the_next(tree: Tree, months_of_two, monkeypatch):
    row = plan(tree, Change(Kind.MOVE, [tree.school.id], date(2026, 10, 1), receiver=tree.other_district.id))

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "rebook", die)
        with pytest.raises(JobFailedError):
            run_waiting()
    assert now(tree.school).parent_id == tree.other_district.id
    assert reread(tree, row).state is State.RUNNING

    clock.travel(clock.now() + timedelta(minutes=5))
    run_waiting()

    assert reread(tree, row).state is State.DONE
    assert [mentors_in(tree.other_district, window) for window in months_of_two] == [None, 1, 1]
    assert [mentors_in(tree.district, window) for window in months_of_two] == [3, 2, 2]
    with transaction(REGISTRY) as session:
        query = select(OrganizationParent).where(OrganizationParent.organization_id == tree.school.id)
        assert len(session.scalars(query).all()) == 2


def test_a_move_is_undone_until_its_day(tree: Tree):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    actor = actor_of(tree.region)
    row = plan(tree, Change(Kind.MOVE, [tree.school.id], date(2026, 12, 1), receiver=tree.other_district.id))

    with transaction(actor.scope) as session:
        commands.cancel_reorganization(session, actor, row.id)
    clock.travel(datetime(2026, 12, 2, 9, tzinfo=UTC))
    schedule.tick()
    run_waiting()

    assert now(tree.school).parent_id == tree.district.id
    assert reread(tree, row).state is State.CANCELLED


def test_what_is_carried_out_is_not_undone(tree: Tree):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    actor = actor_of(tree.region)
    row = plan(tree, Change(Kind.MOVE, [tree.school.id], date(2026, 11, 28), receiver=tree.other_district.id))
    run_waiting()

    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        commands.cancel_reorganization(session, actor, row.id)


@pytest.mark.parametrize(
    ("to", "day", "words"),
    [
        ("district", date(2026, 11, 28), "уже подчиняется"),
        ("other_district", date(2026, 8, 31), "Учебный год начался"),
        ("other_district", date(2028, 1, 1), "дальше года"),
        ("sister", date(2026, 11, 28), "отделу образования"),
    ],
)
def test_a_move_that_does_not_fit_is_refused(tree: Tree, to, day, words):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    actor = actor_of(tree.region)

    with transaction(actor.scope) as session, pytest.raises(InvalidError, match=words):
        commands.draft_reorganization(
            session, actor, Change(Kind.MOVE, [tree.school.id], day, receiver=getattr(tree, to).id)
        )


def test_a_district_plans_nothing(tree: Tree):
    actor = actor_of(tree.district)
    change = Change(Kind.MOVE, [tree.school.id], date(2026, 11, 28), receiver=tree.other_district.id)

    with transaction(actor.scope) as session, pytest.raises(ForbiddenError):
        commands.draft_reorganization(session, actor, change)


def test_a_college_moves_from_the_region_into_a_district(tree: Tree):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    window = open_month(tree, OCTOBER)
    hand_in(tree, tree.college, window)
    run_waiting()

    moved = move(tree, tree.college, tree.district, date(2026, 10, 1))

    assert isinstance(moved, Organization)
    assert moved.district_id == tree.district.id
    assert totals_of(tree.district, window).sums[MENTORS].organization_count == 1
    assert_the_region_adds_up(tree, window)
