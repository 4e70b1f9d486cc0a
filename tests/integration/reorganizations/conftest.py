"""A database of its own for each module, and an October that has been handed in."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from portal.app import Portal
from portal.operations.worker import run_waiting
from tenants import clock
from tests.conftest import Database, own_database
from tests.factories import people
from tests.factories.months import OCTOBER, hand_in, open_month
from tests.factories.tree import Tree


@pytest.fixture(scope="module")
def database(app: Portal) -> Iterator[Database]:
    """The schedule goes through every region, and a plan's jobs through all that wait."""
    assert app
    with own_database() as found:
        yield found


@pytest.fixture
def october(tree: Tree) -> Tree:
    """October as handed in: 1 mentor and 2 in the near district, 4 in the far one, 8 directly under the region."""
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    window = open_month(tree, OCTOBER)
    for place, count in ((tree.school, 1), (tree.sister, 2), (tree.other_school, 4), (tree.college, 8)):
        for _ in range(count):
            people.make_participant(place, role="mentor", form="teacher_teacher")
        hand_in(tree, place, window)
    run_waiting()
    return tree
