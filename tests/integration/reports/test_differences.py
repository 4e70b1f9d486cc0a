"""Why a number changed, told by what happened to the records."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from reports import differences, months
from reports.differences import Cause
from reports.lineage import lineage
from tenants.db import transaction
from tenants.errors import NotFoundError
from tenants.submissions import commands, entries, queries
from tenants.submissions.entries import Adjustment
from tenants.submissions.models import Face
from tests.factories import people
from tests.factories.months import COMMON_FORMS, NOVEMBER, OCTOBER, hand_in, open_month, scatter_records, send, start
from tests.factories.tree import Tree, actor_of

SEPTEMBER_1, NOVEMBER_3, NOVEMBER_10 = date(2026, 9, 1), date(2026, 11, 3), date(2026, 11, 10)
PAIRS, MENTEES, TRAINED, TEENS, MEETINGS = (("1", row, "3") for row in ("2", "6", "5", "7", "12"))


def change_rows(place, statement, **values):
    with transaction(actor_of(place).scope) as session:
        session.execute(text(statement), values)


def changes(place, submission):
    with transaction(actor_of(place).scope.reading()) as session:
        return differences.changes_of(session, submission.id)


def told(change):
    return {term.cause: term.amount for term in change.terms}


def test_pairs_are_told_by_beginning_end_transfer_and_correction(tree: Tree):
    october = open_month(tree, OCTOBER)
    order = {"order_on": SEPTEMBER_1, "started_on": SEPTEMBER_1}
    stays, ends, passes, stops, wrong = (people.make_mentorship(tree.school, **order) for _ in range(5))
    ordered_later = people.make_mentorship(tree.school, started_on=SEPTEMBER_1)
    assert stays.id
    hand_in(tree, tree.school, october)
    for pair, outcome in ((ends, "completed"), (passes, "transferred"), (stops, "stopped")):
        change_rows(
            tree.school, "update mentorship set ended_on = :day, outcome = :outcome where id = :id",
            day=NOVEMBER_10, outcome=outcome, id=pair.id,
        )  # fmt: skip
    change_rows(
        tree.school, "update mentorship set ended_on = started_on, outcome = 'mistake' where id = :id", id=wrong.id
    )
    change_rows(
        tree.school, "update mentorship set order_on = :day where id = :id", day=NOVEMBER_3, id=ordered_later.id
    )
    for _ in range(3):
        people.make_mentorship(tree.school, order_on=NOVEMBER_3, started_on=NOVEMBER_3)
    people.make_mentorship(tree.school, **order)  # stood in October and was written down only now
    submission = start(tree.school, open_month(tree, NOVEMBER))

    change = changes(tree.school, submission)[PAIRS]

    assert (change.before, change.after) == (5, 6)
    assert told(change) == {
        Cause.NEW: 4, Cause.COMPLETED: -1, Cause.LEFT: -1, Cause.TRANSFERRED: -1, Cause.CORRECTED: 0,
    }  # fmt: skip
    corrected = next(term for term in change.terms if term.cause is Cause.CORRECTED)
    assert len(corrected.ids) == 2


def test_training_and_growing_up_are_told_apart_from_joining(tree: Tree):
    october = open_month(tree, OCTOBER)
    mentor = people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    people.make_participant(tree.school, role="mentee", born_on=date(2016, 11, 5))
    people.make_participant(tree.school, role="mentee", born_on=date(2006, 11, 5))
    hand_in(tree, tree.school, october)
    change_rows(
        tree.school,
        "update participation set trained_on = :day where participant_id = :id",
        day=NOVEMBER_3,
        id=mentor.id,
    )
    found = changes(tree.school, start(tree.school, open_month(tree, NOVEMBER)))

    assert told(found[TRAINED]) == {Cause.QUALIFIED: 1}
    assert [term.label for term in found[TRAINED].terms] == ["обучены"]
    assert told(found[TEENS]) == {Cause.QUALIFIED: 1, Cause.DISQUALIFIED: -1}
    assert MENTEES not in found


def test_meetings_are_told_by_the_age_of_their_pairs(tree: Tree):
    october = open_month(tree, OCTOBER)
    old = people.make_mentorship(tree.school, order_on=SEPTEMBER_1)
    for day in (1, 2, 3):
        people.make_meeting(tree.school, old, held_on=date(2026, 10, day))
    hand_in(tree, tree.school, october)
    new = people.make_mentorship(tree.school, order_on=NOVEMBER_3, started_on=NOVEMBER_3)
    for pair, count in ((old, 5), (new, 4)):
        for day in range(count):
            people.make_meeting(tree.school, pair, held_on=NOVEMBER_3 + timedelta(days=day))

    found = changes(tree.school, start(tree.school, open_month(tree, NOVEMBER)))

    assert told(found[MEETINGS]) == {Cause.OLD_PAIRS: 2, Cause.NEW_PAIRS: 4}


@pytest.mark.parametrize("seed", range(3))
def test_terms_sum_to_the_change_of_every_cell(tree: Tree, seed):
    october = open_month(tree, OCTOBER)
    scatter_records(tree.school, seed, around=date(2026, 11, 10), people=40, forms=COMMON_FORMS)
    start(tree.school, october)
    change_rows(tree.school, "update participation set started_on = started_on - 40 where id % 5 = 0")
    change_rows(tree.school, "update mentorship set ended_on = started_on, outcome = 'mistake' where id % 7 = 0")
    submission, actor = start(tree.school, open_month(tree, NOVEMBER)), actor_of(tree.school)
    with transaction(actor.scope) as session:
        entries.adjust(session, actor, submission.id, PAIRS, Adjustment(Decimal(77), "не внесены"))

    found = changes(tree.school, submission)

    assert len(found) > 15
    for change in found.values():
        assert sum(term.amount for term in change.terms) == change.amount
    assert Cause.ADJUSTED in told(found[PAIRS])


def test_the_reviewer_reads_what_was_frozen_and_sees_no_birth_dates(tree: Tree):
    hand_in(tree, tree.school, open_month(tree, OCTOBER))
    people.make_participant(tree.school, role="mentee", started_on=NOVEMBER_3)
    submission = start(tree.school, open_month(tree, NOVEMBER))
    send(tree.school, submission)
    change_rows(tree.school, "update participation set ended_on = started_on, end_reason = 'mistake'")

    with transaction(actor_of(tree.district).scope.reading()) as session:
        revision = queries.revision_of(session, submission.id)
        found = differences.changes_in(revision)

    assert told(found[MENTEES]) == {Cause.NEW: 1}
    assert (found[MENTEES].before, found[MENTEES].after) == (0, 1)


def test_two_revisions_are_compared_by_their_sets(tree: Tree):
    submission, actor = hand_in(tree, tree.school, open_month(tree, OCTOBER)), actor_of(tree.school)
    people.make_participant(tree.school, role="mentee")
    with transaction(actor.scope) as session:
        commands.correct_submission(session, actor, submission.id, reason="Забыли")
        months.recompute(session, actor, submission.id)
    send(tree.school, submission)

    with transaction(actor_of(tree.district).scope.reading()) as session:
        found = differences.between_revisions(session, submission.id, 1, 2)

    assert told(found[MENTEES]) == {Cause.RECORDED: 1}


def test_the_first_month_has_nothing_to_differ_from(tree: Tree):
    assert changes(tree.school, start(tree.school, open_month(tree, OCTOBER))) == {}


def test_lineage_leads_from_a_number_to_its_rule_and_records(tree: Tree):
    window = open_month(tree, OCTOBER)
    pairs = [people.make_mentorship(tree.school, order_on=SEPTEMBER_1) for _ in range(3)]
    submission, actor = start(tree.school, window), actor_of(tree.school)
    with transaction(actor.scope) as session:
        entries.adjust(
            session, actor, submission.id, PAIRS, Adjustment(Decimal(4), "одна не внесена", date(2099, 1, 1))
        )

    with transaction(actor.scope.reading()) as session:
        found = lineage(session, months.sheet(session, submission.id), PAIRS)

    assert (found.value, found.computed, found.face) == (4, 3, Face.ADJUSTED)
    assert list(found.member_ids) == sorted(pair.id for pair in pairs)
    assert (found.record_kind, found.rule, found.rule_edition) == (
        "mentorship",
        "пары с приказом, не завершённые на дату",
        1,
    )
    assert (found.row_number, found.row_name, found.column_name) == ("02", "Наставнических пар", "Всего")
    assert (found.reason, found.until, found.as_of) == ("одна не внесена", date(2099, 1, 1), date(2026, 10, 25))


def test_lineage_of_a_revision_stays_and_a_stranger_finds_none(tree: Tree):
    people.make_mentorship(tree.school, order_on=SEPTEMBER_1)
    submission = hand_in(tree, tree.school, open_month(tree, OCTOBER))
    change_rows(tree.school, "update mentorship set ended_on = started_on, outcome = 'mistake'")

    with transaction(actor_of(tree.district).scope.reading()) as session:
        found = lineage(session, months.sheet(session, submission.id, revision_n=1), PAIRS)
    with pytest.raises(NotFoundError), transaction(actor_of(tree.sister).scope.reading()) as session:
        lineage(session, months.sheet(session, submission.id, revision_n=1), PAIRS)

    assert (found.value, len(found.member_ids)) == (1, 1)
