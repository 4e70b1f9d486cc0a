"""What stands above a school over HTTP: who has handed in, district by district, sums, workbooks, in few questions."""

import io
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tests.conftest import Seat
from tests.factories.months import COMMON_FORMS, OCTOBER, hand_in, open_month, scatter_records
from tests.factories.people import make_mentorship
from tests.factories.tree import Tree
from tests.journeys.steps import (
    SignIn,
    begin,
    cell_path,
    counted,
    page,
    sent,
)


@pytest.fixture(autouse=True)
def _october() -> None:
    clock.travel(datetime(2026, 10, 21, 9, tzinfo=UTC))


@pytest.fixture
def school(tree: Tree) -> Organization:
    scatter_records(tree.school, 11, forms=COMMON_FORMS)
    return tree.school


@pytest.fixture
def curator(tree: Tree, school: Organization, as_role: SignIn) -> Seat:
    open_month(tree)
    return as_role(Role.CURATOR, school)


@pytest.fixture
def reviewer(tree: Tree, as_role: SignIn) -> Seat:
    return as_role(Role.DISTRICT_REVIEWER, tree.district)


def test_the_matrix_says_who_is_missing_and_by_how_many_days(tree: Tree, curator: Seat, as_role: SignIn) -> None:
    sent(curator)
    clock.travel(datetime(2026, 10, 28, 9, tzinfo=UTC))

    text = page(as_role(Role.DISTRICT_REVIEWER, tree.district), "submissions/matrix/2026-10").replace("\xa0", " ")

    assert "Сдали 1 из 2" in text
    assert "нет, опаздывает 3 дня" in text
    assert "прошёл 3 дня назад" in text


def test_the_region_sees_districts_and_drills_down_to_a_school(tree: Tree, curator: Seat, as_role: SignIn) -> None:
    sent(curator)
    region = as_role(Role.REGION_ADMIN, tree.region)

    districts = page(region, "submissions/matrix/2026-10")
    schools = page(region, f"submissions/matrix/2026-10?branch={tree.district.id}")
    found = page(region, "submissions/matrix/2026-10?branch=all&q=колледж")

    assert all(name in districts for name in ("Ближний район", "Дальний район", "Подведомственные региону"))
    assert "Школа № 2" in schools
    assert "Школа № 3" not in schools
    assert "Колледж" in found
    assert "Школа № 1" not in found


def test_lists_are_handed_out_as_workbooks(tree: Tree, school: Organization, reviewer: Seat) -> None:
    hand_in(tree, school, open_month(tree))
    run_waiting()

    books = [
        load_workbook(io.BytesIO(reviewer.get(f"submissions/{name}/2026-10/xlsx").get_data()))
        for name in ("matrix", "totals")
    ]

    matrix, totals = (list(book.worksheets[0].values) for book in books)
    assert [row[0] for row in matrix[1:]] == ["Школа № 2", "Школа № 1"]
    assert totals[1][:5] == ("Ближний район", 1, 2, "01", "Программ наставничества")


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.DISTRICT_REVIEWER, "submissions/matrix/2026-10"),
        (Role.REGION_ADMIN, "submissions/matrix/2026-10"),
        (Role.REGION_ADMIN, "submissions/matrix/2026-10?branch=all"),
        (Role.REGION_ANALYST, "submissions/totals/2026-10"),
        (Role.DISTRICT_REVIEWER, "submissions/totals/2026-10"),
        (Role.DISTRICT_REVIEWER, "submissions/clean/2026-10"),
    ],
)
def test_a_list_asks_at_most_eight_questions(tree: Tree, curator: Seat, as_role: SignIn, role: Role, path: str) -> None:
    sent(curator)
    seat = as_role(role, tree.district if role is Role.DISTRICT_REVIEWER else tree.region)
    page(seat, path)

    with counted() as statements:
        page(seat, path)

    assert len(statements) <= 8, "\n\n".join(statements)


def test_a_review_asks_at_most_eight_questions(curator: Seat, reviewer: Seat) -> None:
    submission = sent(curator)
    path = f"submissions/{submission.id}/review"
    page(reviewer, path)

    with counted() as statements:
        page(reviewer, path)

    assert len(statements) <= 8, "\n\n".join(statements)


def test_the_origin_of_a_number_is_told_in_few_questions(tree: Tree, school: Organization, as_role: SignIn) -> None:
    hand_in(tree, school, open_month(tree, OCTOBER.previous))
    make_mentorship(school, order_on=date(2026, 10, 1), started_on=date(2026, 10, 1))
    open_month(tree)
    curator = as_role(Role.CURATOR, school)
    path = cell_path(begin(curator), ("1", "2", "3"))
    curator.get(path, headers={"HX-Request": "true"})

    with counted() as statements:
        answer = curator.get(path, headers={"HX-Request": "true"})

    assert "Откуда число" in answer.text
    assert len(statements) <= 15, "\n\n".join(statements)
