"""The steps of a plan that no other test takes over HTTP: each is carried out and leaves its event."""

import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.journal import JournalEntry
from tenants.roadmaps.models import MeasureExecution, RoadmapImport, RoadmapStatus, RoadmapTemplate
from tenants.roadmaps.templates import rows_of
from tests.factories.roadmaps import ASKING, YEAR, make_document, make_roadmap, measures_of
from tests.factories.tree import Tree, actor_of

WAITING = (
    {
        "stage_title": "Этап",
        "title": "Дело",
        "responsible": "Куратор",
        "period_raw": "в течение месяца после издания приказа",
    },
)


@pytest.fixture(autouse=True)
def _in_november():
    clock.travel(datetime(2026, 11, 20, 9, tzinfo=UTC))


def events_of(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return set(session.scalars(select(JournalEntry.event)))


def newest(place, model):
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(model).order_by(model.id.desc()).limit(1)).one()


def test_an_event_of_a_plan_is_dated(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED, measures=WAITING)
    (measure,) = measures_of(roadmap, tree.school)

    answer = as_role(Role.CURATOR, tree.school).post(
        f"roadmaps/measures/{measure.id}/anchor", data={"happened_on": "05.09.2026"}
    )

    assert answer.status_code == 303
    assert "roadmap.event_dated" in events_of(tree.school)


def test_a_mark_of_execution_is_taken_back(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    measure = measures_of(roadmap, tree.school)[0]
    seat = as_role(Role.CURATOR, tree.school)
    assert seat.post(f"roadmaps/measures/{measure.id}/done", data={"done_on": "09.09.2026"}).status_code == 303

    answer = seat.post(f"roadmaps/executions/{newest(tree.school, MeasureExecution).id}/undo")

    assert answer.status_code == 303
    assert "measure.reopened" in events_of(tree.school)


@pytest.mark.parametrize(("step", "event"), [("replace", "roadmap.replaced"), ("drop", "roadmap_import.dropped")])
def test_a_second_document_replaces_the_plan_or_is_left(tree: Tree, as_role, step: str, event: str):
    seat = as_role(Role.CURATOR, tree.school)
    for number, rows in enumerate((ASKING, ASKING[:2])):
        file = (io.BytesIO(make_document(rows)), "план.docx")
        seat.post("roadmaps/upload", data={"document": file, "year": YEAR, "request_key": f"upload-{number}-{step}"})

    answer = seat.post(f"roadmaps/imports/{newest(tree.school, RoadmapImport).id}/{step}")

    assert answer.status_code == 303
    assert event in events_of(tree.school)


def test_a_plan_gets_another_title(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school)

    answer = as_role(Role.CURATOR, tree.school).post(
        f"roadmaps/{roadmap.id}/title", data={"title": "План наставничества", "version": roadmap.version}
    )

    assert answer.status_code == 303
    assert "roadmap.renamed" in events_of(tree.school)


def test_a_measure_leaves_a_template(tree: Tree, as_role):
    seat = as_role(Role.REGION_ADMIN, tree.region)
    file = (io.BytesIO(make_document(ASKING)), "типовая.docx")
    made = seat.post("roadmaps/templates", data={"title": "Своя карта", "document": file, "request_key": "template-1"})
    assert made.status_code == 303
    template_id = newest(tree.region, RoadmapTemplate).id
    with transaction(actor_of(tree.region).scope.reading()) as session:
        rows = rows_of(session, template_id)

    answer = seat.post(f"roadmaps/templates/{template_id}/measures/{rows[0].id}/remove")

    assert answer.status_code == 303
    assert "template_measure.removed" in events_of(tree.region)
