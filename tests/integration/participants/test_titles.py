"""What stands in a page's title goes into the browser's history and its tabs: no page puts a name there."""

import re
from collections.abc import Callable, Mapping

import pytest
from werkzeug.test import TestResponse

from portal.app import Portal
from tenants.accounts.models import Role
from tenants.organizations.models import Organization
from tests.conftest import Database, Seat
from tests.contracts.specimens import specimens_of
from tests.factories import months, subjects
from tests.factories.openings import make_opening
from tests.factories.people import MENTOR, make_meeting, make_mentorship, make_participant
from tests.factories.staff import seat_of
from tests.factories.tree import PASSWORD, Tree, make_account
from tests.integration.consents.doing import WITHDRAWN, canary

SignIn = Callable[[Role, Organization], Seat]
NAMES = (WITHDRAWN, "Ромашкин", "Тестов")
"""Last names of everybody in the school; the last one is how those of the factories begin."""
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@pytest.fixture
def ids(tree: Tree) -> Mapping[str, int]:
    """A school with a record of every kind about one person."""
    subjects.make_subject_records(tree.school)
    person, consent = canary(tree.school)
    mentor = make_participant(tree.school, name="Ромашкин Олег", role=MENTOR)
    pair = make_mentorship(tree.school, mentors=(mentor,), mentees=(person,))
    meeting = make_meeting(tree.school, pair)
    months.start(tree.school, months.open_month(tree, months.NOVEMBER))
    return {"participant": person.id, "consent": consent.id, "mentorship": pair.id, "meeting": meeting.id}


def pages(app: Portal, seat: Seat, database: Database, ids: Mapping[str, int]) -> dict[str, TestResponse]:
    """Every page of an organization that a link opens, by endpoint."""
    known = specimens_of(database.admin_url, seat.place, stranger=False)
    known.ids = {**known.ids, **ids}
    found = {}
    for rule in app.url_map.iter_rules():
        if "code" in rule.arguments and "GET" in (rule.methods or ()):
            with app.test_request_context():
                values = {"code": seat.place.code} | known.values(rule)
                path = app.url_map.bind("localhost").build(rule.endpoint, values)
            answer = seat.client.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found[rule.endpoint] = answer
    return found


def title_of(page: TestResponse) -> str:
    found = _TITLE.search(page.get_data(as_text=True))
    return found[1] if found else ""


def named(page: TestResponse) -> bool:
    return any(name in page.get_data(as_text=True) for name in NAMES)


@pytest.mark.parametrize("role", [Role.CURATOR, Role.DIRECTOR])
def test_no_title_of_a_school_names_a_participant(
    app: Portal, database: Database, as_role: SignIn, tree: Tree, ids: Mapping[str, int], role: Role
) -> None:
    found = pages(app, as_role(role, tree.school), database, ids)
    titles = {endpoint: title_of(page) for endpoint, page in found.items()}

    assert sum(named(page) for page in found.values()) > 10, "the pages themselves must show the names"
    assert {key: title for key, title in titles.items() if any(name in title for name in NAMES)} == {}
    assert titles["participants.person"].startswith("Участник № ")
    assert titles["participants.history"].startswith("История: участник № ")


def test_no_title_names_whom_an_opening_shows(app: Portal, tree: Tree, ids: Mapping[str, int]) -> None:
    email = make_account((tree.district, Role.DISTRICT_REVIEWER))
    opening = make_opening(seat_of(email, tree.district), tree.school, [ids["participant"]])
    browser = app.test_client()
    browser.post("/sign-in", data={"email": email, "password": PASSWORD})

    page = browser.get(f"/o/{tree.district.code}/openings/{opening.id}")

    assert named(page)
    assert WITHDRAWN not in title_of(page)


def test_the_heading_of_a_card_is_the_name(as_role: SignIn, tree: Tree, ids: Mapping[str, int]) -> None:
    seat = as_role(Role.CURATOR, tree.school)

    page = seat.get(f"participants/{ids['participant']}").get_data(as_text=True)

    assert f"<h1>{WITHDRAWN} Прохор Лукич</h1>" in page


def test_the_title_of_a_colleagues_page_names_nobody(as_role: SignIn, tree: Tree, database: Database) -> None:
    make_account((tree.school, Role.CURATOR))
    seat = as_role(Role.DIRECTOR, tree.school)
    member = specimens_of(database.admin_url, tree.school, stranger=False).ids["membership_id"]

    assert title_of(seat.get(f"staff/members/{member}")).startswith("Сотрудник – ")
