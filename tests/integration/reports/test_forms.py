"""Forms as editions: loaded, bound to figures, published; cells by hand and by formula beside computed ones."""

import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reports import months
from reports.editions.definition import Cell, Source
from reports.editions.loading import read_edition
from reports.forms import bind_cell, definition_of, keep_edition, load_edition, template_bytes
from tenants.db import transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError
from tenants.submissions import entries, queries
from tenants.submissions.editions import publish_edition
from tenants.submissions.entries import Adjustment
from tenants.submissions.models import EditionStatus, Face
from tenants.submissions.windows import open_windows
from tests.factories import people
from tests.factories.months import OCTOBER, open_month, start
from tests.factories.tree import Tree, actor_of

TEMPLATE = Path(__file__).parents[2] / "unit/reports/rosstat/circles.xml"

SHORT_FORM = """
code = "short"
title = "Короткая форма"
version = "1"
kind = "monthly"
periodicity = "month"

[[section]]
code = "1"
name = "Раздел"

[[section.column]]
code = "3"
name = "Всего"

[[section.row]]
code = "1"
name = "Наставников"
figure = "mentors"

[[section.row]]
code = "2"
name = "Предприятий-партнёров"

[[section.row]]
code = "3"
name = "Наставников на предприятие"
additive = false
"""
MENTORS, FIRMS, RATIO = (("1", row, "3") for row in "123")


def short_form(tree):
    """Publish a form with a computed, a manual and a formula cell, and open October."""
    definition = read_edition("form.toml", SHORT_FORM.encode()).with_cell(
        Cell("1", "3", "3", Source.FORMULA, formula="{[1][1][3]} / {[1][2][3]}")
    )
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        keep_edition(session, actor, definition)
        return open_windows(session, actor, OCTOBER)[0]


def cells_of(place, submission):
    with transaction(actor_of(place).scope.reading()) as session:
        return queries.cells_of(session, submission.id)


def test_cells_by_hand_and_by_formula_stand_beside_computed_ones(tree: Tree):
    for _ in range(3):
        people.make_participant(tree.school, role="mentor", form="teacher_teacher")
    submission, actor = start(tree.school, short_form(tree)), actor_of(tree.school)
    empty = cells_of(tree.school, submission)
    assert {key: cell.value for key, cell in empty.items()} == {MENTORS: 3, FIRMS: None, RATIO: None}
    assert (empty[FIRMS].face, empty[MENTORS].face) == (Face.MANUAL, Face.COMPUTED)
    with pytest.raises(InvalidError, match="не заполнено ячеек – 2"), transaction(actor.scope) as session:
        months.send_month(session, actor, submission.id)

    with transaction(actor.scope) as session:
        entries.set_manual(session, actor, submission.id, FIRMS, Decimal(2))
        filled = months.recompute(session, actor, submission.id)

    cells = cells_of(tree.school, submission)
    assert cells[RATIO].value == Decimal("1.5")
    assert filled.changed == (RATIO,)
    assert (filled.cell_count, filled.filled_count) == (3, 3)
    with transaction(actor.scope) as session:
        assert months.send_month(session, actor, submission.id).n == 1


def test_a_formula_follows_an_adjustment(tree: Tree):
    submission, actor = start(tree.school, short_form(tree)), actor_of(tree.school)
    with transaction(actor.scope) as session:
        entries.set_manual(session, actor, submission.id, FIRMS, Decimal(4))
        entries.adjust(session, actor, submission.id, MENTORS, Adjustment(Decimal(6), "не внесены"))
        months.recompute(session, actor, submission.id)

    assert cells_of(tree.school, submission)[RATIO].value == Decimal("1.5")


def test_a_template_is_loaded_as_a_draft_bound_and_published(tree: Tree):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        edition = load_edition(session, actor, "circles.xml", TEMPLATE.read_bytes(), publish=False)
        cell = next(cell for cell in definition_of(session, edition.id).cells if cell.source is Source.MANUAL)
        bound = Cell(cell.section, cell.row, cell.column, Source.FIGURE, figure="mentees", filters={"sex": "female"})
        version = edition.row_version
        bind_cell(session, actor, edition.id, bound, version=version)
    with pytest.raises(ConflictError), transaction(actor.scope) as session:
        bind_cell(session, actor, edition.id, bound, version=version)
    with transaction(actor.scope) as session:
        publish_edition(session, actor, edition.id)

    with transaction(actor_of(tree.school).scope.reading()) as session:
        found = next(one for one in queries.editions(session) if one.id == edition.id)
        assert found.status is EditionStatus.PUBLISHED
        assert template_bytes(found.template) == TEMPLATE.read_bytes()
        assert definition_of(session, edition.id).cell(bound.key) == bound


@pytest.mark.parametrize(
    ("figure", "filters"), [("no_such_figure", {}), ("pairs", {"sex": "male"}), ("meetings", {"role": "mentor"})]
)
def test_a_cell_is_not_bound_to_what_does_not_exist(tree: Tree, figure, filters):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        edition = load_edition(session, actor, "form.toml", SHORT_FORM.encode(), publish=False)

    wrong = Cell("1", "2", "3", Source.FIGURE, figure=figure, filters=filters)
    with pytest.raises(InvalidError), transaction(actor.scope) as session:
        bind_cell(session, actor, edition.id, wrong, version=edition.row_version)


def test_only_the_region_keeps_forms(tree: Tree):
    actor = actor_of(tree.district)

    with pytest.raises(ForbiddenError), transaction(actor.scope) as session:
        load_edition(session, actor, "form.toml", SHORT_FORM.encode())


def test_two_who_recompute_at_once_leave_one_set_of_cells(tree: Tree):
    window = open_month(tree)
    submission, actor = start(tree.school, window), actor_of(tree.school)
    for _ in range(20):
        people.make_participant(tree.school, role="mentee", started_on=date(2026, 10, 1))
    failures = []

    def recompute():
        try:
            with transaction(actor.scope) as session:
                months.recompute(session, actor, submission.id)
        except Exception as error:  # noqa: BLE001 - the test wants to see any of them
            failures.append(error)

    threads = [threading.Thread(target=recompute) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    cells = cells_of(tree.school, submission)
    assert failures == []
    assert (len(cells), cells["1", "6", "3"].value) == (84, 20)
