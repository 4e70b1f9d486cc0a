"""No condition of a figure is idle: without it the answer on dense random records is another."""

from datetime import date

import pytest
from sqlalchemy import and_, select
from sqlalchemy.sql.elements import BooleanClauseList

from reports.figures import FIGURES, Span
from reports.figures.definition import Days
from tenants.db import transaction
from tests.factories.months import COMMON_FORMS, scatter_records
from tests.factories.tree import actor_of, make_tree

SPAN = Span(date(2026, 9, 25), date(2026, 10, 25))


@pytest.fixture(scope="module")
def schools(database):
    """Several schools full of records: one by itself may lack the rare case that a condition is there for."""
    assert database
    tree = make_tree()
    places = (tree.school, tree.sister, tree.other_school)
    for seed, place in enumerate(places):
        scatter_records(place, seed, people=150, forms=COMMON_FORMS)
    return places


def answer(places, rows, conditions):
    found = set()
    for place in places:
        with transaction(actor_of(place).scope.reading()) as session:
            found |= set(session.scalars(rows.joined(select(rows.record_id)).where(and_(*conditions))))
    return found


@pytest.mark.parametrize("name", sorted(FIGURES.figures))
def test_every_condition_of_a_figure_changes_its_answer(schools, name):
    figure = FIGURES[name]
    rows = figure.family.rows(None)
    condition = figure.condition(rows, Days.of(SPAN))
    assert isinstance(condition, BooleanClauseList)
    parts = list(condition.clauses)
    whole = answer(schools, rows, parts)

    survivors = [
        str(parts[dropped])
        for dropped in range(len(parts))
        if answer(schools, rows, parts[:dropped] + parts[dropped + 1 :]) == whole
    ]

    assert whole
    assert len(parts) >= 2
    assert survivors == []
