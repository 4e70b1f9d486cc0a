"""When the answer to a request is due: by its kind, and by the days off that the region has set."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.settings.calendar import DaysOff
from tenants.subjects.models import RequestKind, SubjectRequest
from tenants.subjects.requests import due_day
from tests.conftest import Seat
from tests.factories.people import MENTEE, make_participant
from tests.factories.settings import decided
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]


@pytest.mark.parametrize(
    ("kind", "received_on", "due_on"),
    [
        (RequestKind.COPY, date(2026, 11, 27), date(2026, 12, 11)),
        (RequestKind.STOP, date(2026, 11, 27), date(2026, 12, 11)),
        (RequestKind.CORRECTION, date(2026, 11, 27), date(2026, 12, 8)),
        (RequestKind.COPY, date(2026, 12, 28), date(2027, 1, 20)),
    ],
)
def test_a_request_is_due_by_its_kind(kind: RequestKind, received_on: date, due_on: date) -> None:
    assert due_day(kind, received_on, DaysOff.usual) == due_on


def test_a_working_saturday_is_a_working_day_and_a_day_off_of_the_region_is_none() -> None:
    def table(year: int) -> DaysOff:
        return DaysOff(year, {date(2026, 12, 1): "День республики"}, (date(2026, 12, 5),))

    # From the 30th of November: 2, 3, 4, Saturday the 5th, 7, 8, 9.
    assert due_day(RequestKind.CORRECTION, date(2026, 11, 30), table) == date(2026, 12, 9)


def test_a_request_written_down_falls_due_by_the_table_of_the_region(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    usual = DaysOff.usual(2026)
    decided(
        tree,
        DaysOff(2026, {**usual.off, date(2026, 12, 1): "День республики"}, (*usual.working, date(2026, 12, 12))),
        date(2026, 1, 1),
        reason="Закон региона № 5",
    )
    keeper = as_role(Role.CURATOR, tree.school)

    for kind in RequestKind:
        values = {"kind": kind.value, "received_on": "27.11.2026", "request_key": f"a-key-of-{kind.value}"}
        assert keeper.post(f"subjects/{one.id}/requests/add", data=values).status_code == 303

    with transaction(actor_of(tree.school).scope.reading()) as session:
        due = dict(session.execute(select(SubjectRequest.kind, SubjectRequest.due_on)).all())
    assert due == {
        RequestKind.COPY: date(2026, 12, 12),
        RequestKind.STOP: date(2026, 12, 12),
        RequestKind.CORRECTION: date(2026, 12, 9),
    }
    page = keeper.get("subjects/requests").get_data(as_text=True)
    assert "уточнение данных – 7 рабочих дней" in page
