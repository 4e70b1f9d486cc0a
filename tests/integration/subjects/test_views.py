"""Who looked: the card of a subject tells every view and every file that held the name."""

from collections.abc import Callable
from datetime import date

from flask.testing import FlaskClient

from portal.app import Portal
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.subjects.access import subject_scope
from tenants.subjects.card import card_of, views_of
from tests.conftest import Seat
from tests.factories.openings import make_opening
from tests.factories.people import MENTEE, make_consent, make_participant
from tests.factories.staff import seat_of
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account

SignIn = Callable[[Role, Organization], Seat]


def signed_in(app: Portal, address: str) -> FlaskClient:
    client = app.test_client()
    assert client.post("/sign-in", data={"email": address, "password": PASSWORD}).status_code == 303
    return client


def views(place: Organization, participant_id: int) -> list[tuple[str, str]]:
    """Who and what page, the newest first."""
    actor = actor_of(place)
    seen = views_of(actor.organization, participant_id)
    with transaction(subject_scope(actor).reading()) as session:
        card = card_of(session, participant_id, actor.organization, seen, date(2026, 11, 28))
    (section,) = (one for one in card.sections if one.key == "access_log")
    return [(who.text, page.text) for _, who, page in section.rows]


def test_a_view_through_an_opening_stands_on_the_card(app: Portal, tree: Tree) -> None:
    one, other = make_participant(tree.school, role=MENTEE), make_participant(tree.school, role=MENTEE)
    address = make_account((tree.district, Role.DISTRICT_REVIEWER))
    opening = make_opening(seat_of(address, tree.district), tree.school, [one.id])

    page = signed_in(app, address).get(f"/o/{tree.district.code}/openings/{opening.id}")

    assert page.status_code == 200
    assert views(tree.school, one.id) == [("Проверкина В.И., Ближний район", "имя, открытое вышестоящей организации")]
    assert views(tree.school, other.id) == []


def test_every_file_with_the_name_stands_on_the_card(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    other = make_participant(tree.school, role=MENTEE)
    make_consent(tree.school, one)
    keeper = as_role(Role.CURATOR, tree.school)

    assert keeper.get("consents/consents.xlsx").status_code == 200
    assert keeper.post("consents/blanks/processing.pdf", data={"people": one.id}).status_code == 200

    told = {page for _, page in views(tree.school, one.id)}
    assert {"выгрузка реестра согласий в XLSX", "печать бланков согласий"} <= told
    assert [page for _, page in views(tree.school, other.id)] == ["выгрузка реестра согласий в XLSX"]
