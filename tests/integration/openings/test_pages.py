"""Opening a name over HTTP, its trace at the school, and no name on any other page above."""

import re
import secrets
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.access import ABOVE, ACCESS
from portal.app import Portal
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import ConsentKind
from tenants.submissions.models import MemberSet, RevisionCell
from tests.conftest import Database, Seat
from tests.contracts.specimens import make_records, specimens_of
from tests.contracts.test_access import ROLE_PLACES, tenant_routes
from tests.factories.months import open_month, send, start
from tests.factories.openings import REASON, make_opening
from tests.factories.people import MENTEE, make_consent, make_mentorship, make_participant
from tests.factories.tree import PASSWORD, Tree, actor_of, make_account

SignIn = Callable[[Role, Organization], Seat]
NOON = datetime(2026, 11, 21, 9, tzinfo=UTC)
TYPED = {"ground": "appeal", "reason": REASON, "hours": "2"}


@pytest.fixture(autouse=True)
def _november() -> None:
    clock.travel(NOON)


def ask_for(seat: Seat, place: Organization, reach: str, subjects: str, **more: str) -> str:
    """Ask through both steps and return the address of the opening."""
    data = TYPED | {"reach": reach, "subjects": subjects} | more
    path = f"openings/people/{place.id}/ask"
    asked = seat.post(path, data=data)
    assert asked.status_code == 200, asked.text
    assert "Проверьте, что открываете" in asked.text
    done = seat.post(path, data=data | {"confirmed": "1", "request_key": secrets.token_urlsafe(16)})
    assert done.status_code == 303, done.text
    return str(done.location)


def signed_in(app: Portal, email: str, place: Organization) -> Seat:
    client = app.test_client()
    assert client.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return Seat(client, place)


def test_a_name_is_opened_seen_and_gone(app: Portal, as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга Ивановна", role=MENTEE, sex="female")
    make_consent(tree.school, one)
    email = make_account((tree.district, Role.DISTRICT_REVIEWER))
    district, curator = signed_in(app, email, tree.district), as_role(Role.CURATOR, tree.school)
    people = district.get(f"openings/people/{tree.school.id}").text
    assert "Участник №\N{NO-BREAK SPACE}1 · ж · 14\N{NO-BREAK SPACE}лет · ученик" in people
    assert "Ромашкина" not in people

    shown = ask_for(district, tree.school, "person", str(one.id))
    page = district.get(shown).text

    assert "Ромашкина Ольга Ивановна" in page
    assert "Открыто по основанию «обращение гражданина»" in page
    home = curator.get().text
    assert "Ближний район открыл имена: 1\N{NO-BREAK SPACE}человек" in home
    assert REASON in home
    trace = curator.get("names-seen/").text
    assert "Проверкина В.И." in trace
    assert "Открытые имена" in trace
    clock.travel(NOON + timedelta(hours=2, minutes=10))
    later = signed_in(app, email, tree.district).get(shown)
    assert later.status_code == 200
    assert "Имена закрыты." in later.text
    assert "Ромашкина" not in later.text
    home_later = as_role(Role.CURATOR, tree.school).get()
    assert home_later.status_code == 200
    assert "открыл имена" not in home_later.text


def test_nothing_is_open_before_the_second_step(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, role=MENTEE)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)

    asked = district.post(
        f"openings/people/{tree.school.id}/ask", data=TYPED | {"reach": "person", "subjects": str(one.id)}
    )

    assert "останется в журнале просмотров." in asked.text
    assert "Имена никто не открывал" in district.get("openings/").text


@pytest.mark.parametrize("typed", [{"reason": "надо"}, {"hours": "100"}, {"ground": ""}, {"hours": "два"}])
def test_what_is_wrong_stands_at_its_field(as_role: SignIn, tree: Tree, typed: dict[str, str]) -> None:
    one = make_participant(tree.school, role=MENTEE)
    data = TYPED | {"reach": "person", "subjects": str(one.id), "confirmed": "1"} | typed

    answer = as_role(Role.DISTRICT_REVIEWER, tree.district).post(f"openings/people/{tree.school.id}/ask", data=data)

    assert answer.status_code == 422
    assert "field-error" in answer.text


def test_a_list_waits_and_a_colleague_approves(as_role: SignIn, tree: Tree) -> None:
    people = [make_participant(tree.school, name=f"Васильков{end} Пётр", role=MENTEE) for end in ("", "ский")]
    asker, head = (
        as_role(Role.DISTRICT_REVIEWER, tree.district),
        as_role(Role.DISTRICT_HEAD, tree.district),
    )
    shown = ask_for(asker, tree.school, "list", ",".join(str(one.id) for one in people))
    assert "Васильков" not in asker.get(shown).text
    assert asker.post(f"{shown}/approve").status_code == 403

    assert head.post(f"{shown}/approve").status_code == 303

    assert "Васильковский Пётр" in asker.get(shown).text
    assert "Васильков" not in head.get(shown).text


def test_the_page_says_from_when_the_term_of_a_list_runs(app: Portal, as_role: SignIn, tree: Tree) -> None:
    people = [make_participant(tree.school, name=f"Васильков{end} Пётр", role=MENTEE) for end in ("", "ский")]
    email, admin = make_account((tree.district, Role.DISTRICT_REVIEWER)), make_account((tree.region, Role.REGION_ADMIN))
    asker, director = signed_in(app, email, tree.district), as_role(Role.DIRECTOR, tree.school)
    data = TYPED | {"reach": "list", "subjects": ",".join(str(one.id) for one in people), "hours": "24"}
    asked = asker.post(f"openings/people/{tree.school.id}/ask", data=data).text
    assert "24\N{NO-BREAK SPACE}часа с минуты согласия" in asked
    assert "Запрос ждёт до 24.11.2026, 12:0" in asked
    shown = ask_for(asker, tree.school, "list", data["subjects"], hours="24")
    for page in (asker.get(shown).text, asker.get("openings/").text, director.get("names-seen/").text):
        assert "на 24\N{NO-BREAK SPACE}часа с минуты согласия" in page
    assert "запросил имена: 2\N{NO-BREAK SPACE}человека, на 24\N{NO-BREAK SPACE}часа с минуты" in director.get().text

    clock.travel(NOON + timedelta(days=2))
    number = shown.rsplit("/", 1)[1]
    assert signed_in(app, admin, tree.region).post(f"openings/{number}/approve").status_code == 303

    asker = signed_in(app, email, tree.district)
    for page in (asker.get(shown).text, asker.get("openings/").text):
        assert "24.11.2026, 12:0" in page
    assert "Васильковский Пётр" in asker.get(shown).text
    assert "имена: 2\N{NO-BREAK SPACE}человека, до 24.11.2026, 12:0" in as_role(Role.DIRECTOR, tree.school).get().text


def test_a_colleague_is_told_of_a_request_and_refuses(as_role: SignIn, tree: Tree) -> None:
    people = [make_participant(tree.school, name=f"Васильков{end} Пётр", role=MENTEE) for end in ("", "ский")]
    asker, head = as_role(Role.DISTRICT_REVIEWER, tree.district), as_role(Role.DISTRICT_HEAD, tree.district)
    shown = ask_for(asker, tree.school, "list", ",".join(str(one.id) for one in people))
    open_month(tree)
    assert "Вашего согласия" not in asker.get().text
    assert "Ждёт Вашего согласия" in head.get().text
    number = shown.rsplit("/", 1)[1]

    assert head.post(f"openings/{number}/refuse", data={"reason": ""}).status_code == 422
    refused = head.post(f"openings/{number}/refuse", data={"reason": "Для проверки хватит номеров участников"})

    assert refused.status_code == 303
    assert "Вашего согласия" not in head.get().text
    assert "Для проверки хватит номеров" in asker.get(shown).text
    assert "Васильков" not in asker.get(shown).text


def test_names_behind_a_sent_number_are_asked_for_together(as_role: SignIn, tree: Tree) -> None:
    make_mentorship(tree.school, order_on=date(2026, 9, 1), order_number="1")
    month = start(tree.school, open_month(tree))
    send(tree.school, month)
    number = month.id
    seat = as_role(Role.DISTRICT_HEAD, tree.district)
    with transaction(actor_of(tree.district).scope.reading()) as session:
        cells = select(RevisionCell.section_code, RevisionCell.row_code, RevisionCell.column_code)
        at = cells.join(MemberSet, MemberSet.id == RevisionCell.member_set_id)
        here = at.where(MemberSet.organization_id == tree.school.id, MemberSet.record_kind == "participant")
        place = "/".join(session.execute(here.limit(1)).one())

    told = seat.get(f"submissions/{number}/review/{place}")
    asked = seat.get(f"openings/people/{tree.school.id}/ask?cell={number}/{place}")

    assert told.status_code == 200
    assert f"cell={number}/{place}" in told.text.replace("%2F", "/")
    assert "Участник №" in told.text
    assert 'name="reach" value="list"' in asked.text
    assert seat.get(f"openings/people/{tree.sister.id}/ask?cell={number}/{place}").status_code == 404


def test_the_school_closes_and_says_why(as_role: SignIn, tree: Tree) -> None:
    one = make_participant(tree.school, name="Ромашкина Ольга", role=MENTEE)
    district, director = as_role(Role.DISTRICT_REVIEWER, tree.district), as_role(Role.DIRECTOR, tree.school)
    shown = ask_for(district, tree.school, "person", str(one.id))
    path = re.search(r"openings/\d+", shown)
    assert path is not None

    assert director.post(f"{path[0]}/end", data={"reason": "хватит"}).status_code == 422
    assert director.post(f"{path[0]}/end", data={"reason": "Вопрос решён, имя больше не нужно"}).status_code == 303

    assert "Ромашкина" not in district.get(shown).text
    assert "Вопрос решён" in district.get(shown).text


@pytest.mark.parametrize("role", [Role.REGION_ANALYST, Role.AUDITOR])
def test_an_analyst_and_an_auditor_never_open(as_role: SignIn, tree: Tree, role: Role) -> None:
    one = make_participant(tree.school, role=MENTEE)
    seat = as_role(role, tree.region)

    assert seat.get(f"openings/people/{tree.school.id}/ask?participant={one.id}").status_code == 403
    page = seat.get(f"openings/people/{tree.school.id}").text
    assert "Участник №" in page
    assert "Открыть" not in page.replace("Открытые имена", "")


def test_a_name_that_was_taken_back_is_missed_in_the_list(app: Portal, tree: Tree) -> None:
    people = [make_participant(tree.school, name=f"{name} Ольга", role=MENTEE) for name in ("Ромашкина", "Ершова")]
    seat = signed_in(app, make_account((tree.district, Role.DISTRICT_REVIEWER)), tree.district)
    shown = [ask_for(seat, tree.school, "person", str(one.id)) for one in people]
    make_consent(tree.school, people[0], kind=ConsentKind.TRANSFER, withdrawn_on=date(2026, 10, 1))

    taken, other = (seat.get(path).text for path in shown)

    assert "Ромашкина" not in taken
    assert "Не показано: 1\N{NO-BREAK SPACE}человек. Согласие отозвано, имя закрыто." in taken
    assert "Ершова" in other
    assert "Не показано" not in other


def test_a_pair_is_asked_for_by_its_number(as_role: SignIn, tree: Tree) -> None:
    pair = make_mentorship(tree.school)
    page = as_role(Role.DISTRICT_REVIEWER, tree.district).get(
        f"openings/people/{tree.school.id}/ask?pair={pair.number}"
    )

    assert f"пара № {pair.number}: 2\N{NO-BREAK SPACE}человека" in page.text
    assert 'name="reach" value="pair"' in page.text


def crawled(app: Portal, browser: FlaskClient, database: Database, place: Organization, role: Role) -> dict[str, str]:
    """Return every page that a role may read in its place, by address."""
    specimens, found = specimens_of(database.admin_url, place, stranger=False), {}
    for route in tenant_routes(app):
        who = ACCESS[route.endpoint].who
        if "GET" not in (route.methods or ()) or not isinstance(who, frozenset) or role not in who:
            continue
        with app.test_request_context():
            values = {"code": place.code} | specimens.values(route)
            path = app.url_map.bind("localhost").build(route.endpoint, values, method="GET")
        answer = browser.get(path)
        found[path] = answer.get_data(as_text=False).decode(errors="replace")
    return found


def test_no_page_above_the_school_names_anybody(app: Portal, database: Database, tree: Tree) -> None:
    make_records(tree)
    canaries = {place.id: f"Канарейкин{end}" for place, end in ((tree.school, "а"), (tree.college, "ский"))}
    for place in (tree.school, tree.college):
        one = make_participant(place, name=f"{canaries[place.id]} Тест", role=MENTEE)
        # Open to an actor of the tree, and so to nobody who crawls.
        make_opening(actor_of(tree.region), place, [one.id])
    pages = 0
    for role in ABOVE:
        place = getattr(tree, ROLE_PLACES[role])
        browser = signed_in(app, make_account((place, role)), place).client
        found = crawled(app, browser, database, place, role)
        leaks = [path for path, page in found.items() if "Канарейкин" in page or "Тестов" in page]
        assert leaks == [], role
        pages += len(found)
    assert pages > 60


def test_with_an_opening_the_name_stands_on_its_own_page_alone(app: Portal, database: Database, tree: Tree) -> None:
    make_records(tree)
    one = make_participant(tree.school, name="Канарейкина Тест", role=MENTEE)
    seat = signed_in(app, make_account((tree.district, Role.DISTRICT_REVIEWER)), tree.district)
    browser = seat.client
    shown = ask_for(seat, tree.school, "person", str(one.id))

    found = crawled(app, browser, database, tree.district, Role.DISTRICT_REVIEWER)

    assert [path for path, page in found.items() if "Канарейкин" in page] == [shown]
