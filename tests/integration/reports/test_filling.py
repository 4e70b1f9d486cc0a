# ruff: noqa: E501 - SQL keeps its own shape
"""Every computed cell equals a count written by hand, and stands on a stored set of that size."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event, text

from reports import filling, months
from reports.editions.definition import Source
from reports.forms import definition_of
from tenants import clock, db
from tenants.db import transaction
from tenants.errors import NotFoundError, WrongStateError
from tenants.submissions import entries, queries
from tenants.submissions.entries import Adjustment
from tenants.submissions.models import Face
from tests.factories import people
from tests.factories.months import NOVEMBER, OCTOBER, open_month, scatter_records, send, start
from tests.factories.tree import Tree, actor_of

AFTER, CUT = date(2026, 9, 25), date(2026, 10, 25)

# Written apart from the product: plain SQL over the tables, one sentence for each row of the form.
ACTIVE = "started_on <= :cut and coalesce(ended_on, 'infinity') > :cut"
PART = "coalesce(end_reason, '') <> 'mistake'"
BY_HAND = {
    "1": f"select count(*) from programme where {ACTIVE} and {{form}}",
    "2": f"select count(*) from mentorship where kind = 'pair' and order_on <= :cut and {ACTIVE} and coalesce(outcome, '') <> 'mistake' and {{form}}",
    "3": f"select count(*) from mentorship where kind = 'group' and order_on <= :cut and {ACTIVE} and coalesce(outcome, '') <> 'mistake' and {{form}}",
    "4": f"select count(distinct participant_id) from participation where role = 'mentor' and {ACTIVE} and {PART} and {{form}}",
    "5": f"select count(distinct participant_id) from participation where role = 'mentor' and {ACTIVE} and {PART} and trained_on <= :cut and {{form}}",
    "6": f"select count(distinct participant_id) from participation where role = 'mentee' and {ACTIVE} and {PART} and {{form}}",
    "7": f"select count(distinct participant_id) from participation p where role = 'mentee' and {ACTIVE} and {PART} and {{form}}"
    " and exists (select from participant x where x.id = p.participant_id and extract(year from age(cast(:cut as date), x.born_on)) between 10 and 19)",
    "8": f"select count(distinct participant_id) from participation p where role = 'mentee' and {ACTIVE} and {PART} and {{form}}"
    " and exists (select from participant x where x.id = p.participant_id and x.experience_since <= :cut"
    " and extract(year from age(cast(:cut as date), x.experience_since)) < 3)",
    "9": f"select count(distinct participant_id) from participation where role = 'mentee' and {PART} and started_on > :after and started_on <= :cut and {{form}}",
    "10": "select count(distinct participant_id) from participation where role = 'mentee' and end_reason = 'completed' and ended_on > :after and ended_on <= :cut and {form}",
    "11": "select count(distinct participant_id) from participation where role = 'mentee' and end_reason in ('left', 'transferred', 'consent_withdrawn')"
    " and ended_on > :after and ended_on <= :cut and {form}",
    "12": "select count(*) from meeting m where cancelled_at is null and held_on > :after and held_on <= :cut"
    " and exists (select from mentorship x where x.id = m.mentorship_id and coalesce(x.outcome, '') <> 'mistake' and {form})",
}  # fmt: skip


def counted_by_hand(place, row, form):
    condition = "mentoring_form = :form" if form else "true"
    with transaction(actor_of(place).scope.reading()) as session:
        found = session.execute(
            text(BY_HAND[row].format(form=condition)), {"cut": CUT, "after": AFTER} | ({"form": form} if form else {})
        )
        return found.scalar_one()


def read_draft(place, submission):
    with transaction(actor_of(place).scope.reading()) as session:
        cells = queries.cells_of(session, submission.id)
        return cells, queries.sets_of(session, cells.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_computed_cell_equals_a_count_by_hand(tree: Tree, seed):
    window = open_month(tree)
    for place in (tree.school, tree.sister, tree.college):
        scatter_records(place, seed * 10 + place.id % 7)
    for place in (tree.school, tree.college):
        submission = start(place, window)
        cells, _ = read_draft(place, submission)
        with transaction(actor_of(place).scope.reading()) as session:
            definition = definition_of(session, submission.edition_id)
        expected = {
            cell.key: counted_by_hand(place, cell.row, cell.filters.get("mentoring_form"))
            for cell in definition.cells_for(place.kind.value)
        }

        assert {key: cell.value for key, cell in cells.items()} == expected
        assert sum(expected.values()) > 100


def test_every_number_is_the_size_of_its_stored_set(tree: Tree):
    window = open_month(tree)
    scatter_records(tree.school, 4)

    cells, sets = read_draft(tree.school, start(tree.school, window))

    assert {cell.value for cell in cells.values()} != {Decimal(0)}
    for cell in cells.values():
        members = sets[cell.member_set_id]
        assert members.size == cell.value == cell.computed
        assert members.ids == sorted(set(members.ids))
        assert (members.identity_keys is not None) is (members.record_kind == "participant")


def test_equal_sets_are_stored_once(tree: Tree):
    window = open_month(tree)

    cells, sets = read_draft(tree.school, start(tree.school, window))

    assert len(cells) == 84
    assert len(sets) == 4


def test_a_kind_of_organization_fills_its_own_columns_only(tree: Tree):
    window = open_month(tree)

    school, _ = read_draft(tree.school, start(tree.school, window))
    college, _ = read_draft(tree.college, start(tree.college, window))

    assert {column for _, _, column in school} == {"3", "4", "5", "6", "7", "8", "9"}
    assert {column for _, _, column in college} == {"3", "4", "5", "6", "9", "10"}


def test_filling_again_changes_nothing_and_a_new_record_changes_its_cells(tree: Tree):
    window = open_month(tree)
    submission = start(tree.school, window)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        assert months.recompute(session, actor, submission.id).changed == ()

    people.make_participant(tree.school, role="mentor", form="teacher_teacher", started_on=date(2026, 10, 1))
    with transaction(actor.scope) as session:
        changed = months.recompute(session, actor, submission.id).changed

    assert set(changed) == {("1", "4", "3"), ("1", "4", "5")}


def test_a_participation_ended_on_the_day_of_the_cut_no_longer_counts(tree: Tree):
    window = open_month(tree)
    for ended_on in (CUT, CUT + timedelta(days=1)):
        people.make_participant(tree.school, role="mentee", started_on=date(2026, 9, 1), ended_on=ended_on)

    cells, _ = read_draft(tree.school, start(tree.school, window))

    assert cells["1", "6", "3"].value == 1
    assert cells["1", "10", "3"].value == 1


def test_people_without_consent_are_counted(tree: Tree):
    window = open_month(tree)
    people.make_participant(tree.school, role="mentee", form="student_student")

    cells, _ = read_draft(tree.school, start(tree.school, window))

    assert cells["1", "6", "4"].value == 1


def test_stock_and_movement_lead_from_one_month_to_the_next(tree: Tree):
    october, november = open_month(tree, OCTOBER), None
    scatter_records(tree.school, 11, around=date(2026, 11, 25))
    november = open_month(tree, NOVEMBER)
    before, _ = read_draft(tree.school, start(tree.school, october))
    now, sets = read_draft(tree.school, start(tree.school, november))
    members = {key: set(sets[cell.member_set_id].ids) for key, cell in now.items()}
    form = "4"
    stood = set(read_draft(tree.school, start(tree.school, october))[1][before["1", "6", form].member_set_id].ids)

    came, went = members["1", "9", form], members["1", "10", form] | members["1", "11", form]

    assert stood | came >= members["1", "6", form]
    assert members["1", "6", form] >= (stood | came) - went


def test_adjustments_and_numbers_by_hand_survive_a_refill(tree: Tree):
    window = open_month(tree)
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    submission, actor = start(tree.school, window), actor_of(tree.school)
    with transaction(actor.scope) as session:
        entries.adjust(session, actor, submission.id, ("1", "4", "5"), Adjustment(Decimal(3), "двое ещё не внесены"))
        entries.set_manual(session, actor, submission.id, ("1", "12", "9"), Decimal(4))
    people.make_participant(tree.school, role="mentor", form="teacher_teacher")

    with transaction(actor.scope) as session:
        months.recompute(session, actor, submission.id)

    cells, _ = read_draft(tree.school, submission)
    assert (cells["1", "4", "5"].face, cells["1", "4", "5"].value, cells["1", "4", "5"].computed) == (
        Face.ADJUSTED,
        3,
        2,
    )
    assert (cells["1", "12", "9"].face, cells["1", "12", "9"].value) == (Face.MANUAL, 4)
    assert cells["1", "4", "3"].value == 2


def test_an_adjustment_ends_with_its_last_day(tree: Tree):
    window = open_month(tree)
    submission, actor = start(tree.school, window), actor_of(tree.school)
    today = clock.today(actor.organization.time_zone)
    with transaction(actor.scope) as session:
        entries.adjust(session, actor, submission.id, ("1", "4", "5"), Adjustment(Decimal(3), "не внесены", today))
        assert months.recompute(session, actor, submission.id).lapsed == ()

    clock.travel(clock.now() + timedelta(days=1))
    with transaction(actor.scope) as session:
        filled = months.recompute(session, actor, submission.id)

    cell = read_draft(tree.school, submission)[0]["1", "4", "5"]
    assert filled.lapsed == (("1", "4", "5"),)
    assert (cell.face, cell.value, cell.adjustment_reason, cell.adjusted_until) == (Face.COMPUTED, 0, "", None)


def test_a_sent_month_is_not_filled(tree: Tree):
    window = open_month(tree)
    submission = start(tree.school, window)
    send(tree.school, submission)

    with pytest.raises(WrongStateError), transaction(actor_of(tree.school).scope) as session:
        filling.fill(session, submission.id)


def test_a_sister_school_cannot_fill_the_month(tree: Tree):
    submission = start(tree.school, open_month(tree))

    with pytest.raises(NotFoundError), transaction(actor_of(tree.sister).scope) as session:
        filling.fill(session, submission.id)


def test_filling_takes_two_statements(tree: Tree):
    submission, actor = start(tree.school, open_month(tree)), actor_of(tree.school)
    statements = []
    engine = db.engine_for(0)

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    with transaction(actor.scope) as session:
        event.listen(engine, "before_cursor_execute", note)
        try:
            filling.fill(session, submission.id)
        finally:
            event.remove(engine, "before_cursor_execute", note)

    assert len(statements) == 2, statements


def test_the_definition_has_a_source_for_every_cell(tree: Tree):
    window = open_month(tree)
    with transaction(actor_of(tree.school).scope.reading()) as session:
        definition = definition_of(session, window.edition_id)

    assert {cell.source for cell in definition.cells} == {Source.FIGURE}
