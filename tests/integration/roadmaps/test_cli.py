"""`portal roadmap template`."""

import pytest

from portal.cli import main
from tenants.db import connect, transaction
from tenants.roadmaps.templates import template_lines
from tests.factories.tree import Tree, actor_of


@pytest.fixture(autouse=True)
def _the_process_keeps_its_pool(database):
    yield
    connect(database.login_url)


def test_the_shipped_template_is_published_once_for_a_region(tree: Tree, capsys):
    for _ in range(2):
        assert main(["roadmap", "template", "--region", tree.region.code]) == 0

    assert "мероприятий 25" in capsys.readouterr().out
    with transaction(actor_of(tree.school).scope.reading()) as session:
        [line] = template_lines(session)
    assert line.measure_count == 25


def test_a_template_is_not_published_for_a_school(tree: Tree, capsys):
    assert main(["roadmap", "template", "--region", tree.school.code]) == 1

    assert "не регион" in capsys.readouterr().err
