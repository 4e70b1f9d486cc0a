"""Requests for names on the home pages: who may decide is asked, who asked is told, and nobody else hears of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.app import Portal
from portal.operations.worker import send_waiting
from tenants import clock
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, transaction
from tenants.errors import ForbiddenError
from tenants.openings.commands import approve_opening, end_opening, refuse_opening
from tenants.openings.models import NameOpening, Reach
from tenants.organizations.models import Organization
from tests.conftest import Seat
from tests.factories.months import open_month
from tests.factories.openings import make_opening
from tests.factories.people import MENTEE, make_participant
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account, make_tree
from tests.integration.overview.test_home import counted

SignIn = Callable[[Role, Organization], Seat]
NOON = datetime(2026, 11, 21, 9, tzinfo=UTC)
ASKED = "Вашего согласия"
WHY = "Для этой проверки хватит номеров участников"


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(NOON)


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which letters arrive."""
    monkeypatch.setenv("SMTP_URL", f"folder:{tmp_path}")
    monkeypatch.setenv("PORTAL_ADDRESS", "https://portal.example")
    return tmp_path


def make_request(above: Organization | Actor, place: Organization) -> NameOpening:
    """A request for the names of everybody in a place: it waits for a second person."""
    make_participant(place, name="Васильков Пётр", role=MENTEE)
    return make_opening(above, place, reach=Reach.ORGANIZATION)


def actor_with(email: str, place: Organization) -> Actor:
    """The actor behind an account."""
    with transaction(REGISTRY.reading()) as session:
        user_id = session.scalars(select(UserAccount.id).where(UserAccount.email == email)).one()
    return replace(actor_of(place), user_id=user_id)


def signed_in(app: Portal, email: str, place: Organization) -> Seat:
    client = app.test_client()
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return Seat(client, place)


@pytest.mark.parametrize("with_month", [True, False])
def test_a_region_is_asked_for_its_consent(as_role: SignIn, tree: Tree, *, with_month: bool) -> None:
    if with_month:
        open_month(tree)
    admin = as_role(Role.REGION_ADMIN, tree.region)
    assert ASKED not in admin.get().text

    for place in (tree.school, tree.sister):
        make_request(tree.district, place)
    page = admin.get().text

    assert "Ждут Вашего согласия" in page
    assert "2\N{NO-BREAK SPACE}открытия имён" in page
    assert f'href="/o/{tree.region.code}/openings/"' in page.partition("Ждут Вашего согласия")[2]
    for role in (Role.REGION_ANALYST, Role.AUDITOR):
        assert ASKED not in as_role(role, tree.region).get().text
    assert ASKED not in as_role(Role.REGION_ADMIN, make_tree().region).get().text


def test_what_is_decided_ended_lapsed_or_one_s_own_waits_for_nobody(app: Portal, tree: Tree) -> None:
    email = make_account((tree.region, Role.REGION_ADMIN))
    admin, region, district = actor_with(email, tree.region), actor_of(tree.region), actor_of(tree.district)
    for command in (approve_opening, lambda *step: refuse_opening(*step, WHY), lambda *step: end_opening(*step, WHY)):
        opening = make_request(district, tree.school)
        with transaction(region.scope) as session:
            command(session, region, opening.id)
    make_request(admin, tree.college)
    make_opening(district, tree.school)  # one name waits for nobody
    assert ASKED not in signed_in(app, email, tree.region).get().text

    make_request(district, tree.sister)
    assert "1\N{NO-BREAK SPACE}открытие имён" in signed_in(app, email, tree.region).get().text
    clock.travel(NOON + timedelta(hours=73))
    assert ASKED not in signed_in(app, email, tree.region).get().text


def test_requests_are_counted_in_one_statement(as_role: SignIn, tree: Tree) -> None:
    open_month(tree)
    admin = as_role(Role.REGION_ADMIN, tree.region)
    for place in (tree.school, tree.sister, tree.college):
        make_request(tree.district if place.district_id == tree.district.id else tree.region, place)
    admin.get()

    with counted() as asked:
        assert "3\N{NO-BREAK SPACE}открытия имён" in admin.get().text

    assert len([one for one in asked if "name_opening" in one]) == 1


def test_a_second_account_of_the_same_person_approves_nothing(tree: Tree) -> None:
    district, region = actor_of(tree.district), actor_of(tree.region)
    opening = make_request(district, tree.school)
    same = replace(region, accounts=frozenset({region.user_id, district.user_id}))

    with pytest.raises(ForbiddenError), transaction(region.scope) as session:
        approve_opening(session, same, opening.id)


@pytest.mark.parametrize(
    ("decision", "subject", "line"),
    [
        ({"path": "approve"}, "Согласовано: имена открыты", "Имена открыты"),
        ({"path": "refuse", "data": {"reason": WHY}}, "Отказано в открытии имён", "Отказано"),
    ],
)
def test_who_asked_is_told_of_the_decision(
    app: Portal,
    as_role: SignIn,
    tree: Tree,
    post: Path,
    decision: dict,
    subject: str,
    line: str,
) -> None:
    email = make_account((tree.district, Role.DISTRICT_REVIEWER))
    opening = make_request(actor_with(email, tree.district), tree.school)
    assert line not in signed_in(app, email, tree.district).get().text
    answer = as_role(Role.REGION_ADMIN, tree.region).post(
        f"openings/{opening.id}/{decision['path']}", data=decision.get("data")
    )
    assert answer.status_code == 303

    send_waiting()
    letters = [text for path in post.glob("*.eml") if email in (text := words_of_letter(path))]

    assert len(letters) == 1
    assert subject in letters[0]
    assert f"https://portal.example/o/{tree.district.code}/openings/" in letters[0]
    assert [word for word in ("Васильков", "Проверкина", WHY) if word in letters[0]] == []
    assert line in signed_in(app, email, tree.district).get().text
    assert line not in as_role(Role.DISTRICT_HEAD, tree.district).get().text


def words_of_letter(path: Path) -> str:
    """A letter as its reader sees it: whom to, the subject, the text."""
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = letter.get_body()
    assert body is not None
    return f"{letter['To']} {letter['Subject']} {body.get_content()}"
