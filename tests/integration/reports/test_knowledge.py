"""A figure may be asked what the records said at an instant."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from reports.figures import FIGURES, Span
from tenants import clock
from tenants.db import transaction
from tests.factories import people
from tests.factories.months import scatter_records
from tests.factories.tree import Tree, actor_of

AFTER, CUT = date(2026, 9, 25), date(2026, 10, 25)


def ids(place, name, known_at=None):
    with transaction(actor_of(place).scope.reading()) as session:
        rows = session.execute(FIGURES[name].select(Span(AFTER, CUT, known_at)))
        return {row.record_id for row in rows}


def change(place, statement):
    with transaction(actor_of(place).scope) as session:
        session.execute(text(statement))


def test_a_later_change_does_not_reach_back(tree: Tree):
    clock.travel(datetime(2026, 10, 20, tzinfo=UTC))
    pair = people.make_mentorship(tree.school, order_on=date(2026, 9, 1))
    known_at = clock.now()
    clock.travel(datetime(2026, 11, 20, tzinfo=UTC))
    change(tree.school, "update mentorship set ended_on = started_on, outcome = 'mistake'")
    people.make_mentorship(tree.school, order_on=date(2026, 9, 1))

    assert ids(tree.school, "pairs", known_at) == {pair.id}
    assert pair.id not in ids(tree.school, "pairs")
    assert ids(tree.school, "pairs", known_at - timedelta(days=1)) == set()


@pytest.mark.parametrize("seed", range(3))
def test_every_figure_answers_as_it_did_at_that_instant(tree: Tree, seed):
    rng = random.Random(seed)  # noqa: S311 - test data, no secret
    clock.travel(datetime(2026, 10, 26, tzinfo=UTC))
    scatter_records(tree.school, seed, people=40)
    answered = {name: ids(tree.school, name) for name in FIGURES.figures}
    known_at = clock.now()
    for day in (1, 2, 3):
        clock.travel(datetime(2026, 11, day, tzinfo=UTC))
        for table in ("participation", "mentorship", "programme", "meeting"):
            column = "held_on" if table == "meeting" else "started_on"
            change(
                tree.school,
                f"update {table} set {column} = {column} - {rng.randint(1, 40)} where id % 3 = {rng.randint(0, 2)}",
            )
        change(tree.school, f"delete from meeting where id % 5 = {day}")
        people.make_mentorship(tree.school, order_on=date(2026, 9, 1))

    assert {name: ids(tree.school, name, known_at) for name in FIGURES.figures} == answered
    assert {name: ids(tree.school, name) for name in FIGURES.figures} != answered


@pytest.mark.parametrize("name", sorted(FIGURES.figures))
def test_a_figure_counts_the_scope_only_and_names_its_rule(tree: Tree, name):
    scatter_records(tree.school, 1)
    scatter_records(tree.sister, 2, people=30)
    figure = FIGURES[name]

    with transaction(actor_of(tree.school).scope.reading()) as session:
        rows = session.execute(figure.select(Span(AFTER, CUT))).all()

    assert rows
    assert {(row.organization_id, row.record_kind, row.weight) for row in rows} == {
        (tree.school.id, figure.record_kind, 1)
    }
    assert figure.rule
    assert figure.edition >= 1
    assert figure.family.keys <= set(rows[0]._fields)
