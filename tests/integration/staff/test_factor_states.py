"""The page of staff shows whoever administers how each one confirms the sign-in, and leads to the reset."""

import re

import pytest
from sqlalchemy import delete

from tenants.accounts.factor_models import FactorKind, SecondFactor
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tests.factories.passkeys import give_passkey
from tests.factories.staff import account_of, membership_of, rename
from tests.factories.tree import PASSWORD, make_account
from tests.integration.accounts.people import enrol, entered, need_factor


def drop_codes(email: str) -> None:
    with transaction(REGISTRY) as session:
        session.execute(
            delete(SecondFactor).where(
                SecondFactor.user_id == account_of(email).id, SecondFactor.kind == FactorKind.TOTP
            )
        )


def row_of(seat, email, path="staff/"):
    page = seat.get(path).get_data(as_text=True)
    return re.sub(r"<[^>]+>", " ", next(row for row in page.split("<tr>") if email in row).partition("</tr>")[0])


@pytest.fixture
def curator(tree):
    return make_account((tree.school, Role.CURATOR))


def test_each_kind_is_told_and_what_the_rules_miss(app, as_role, tree, curator):
    director = as_role(Role.DIRECTOR, tree.school)
    told = [row_of(director, curator)]
    need_factor(tree, Role.CURATOR)
    told.append(row_of(director, curator))
    enrol(entered(app, curator))
    told.append(row_of(director, curator))
    give_passkey(curator)
    told.append(row_of(director, curator))
    drop_codes(curator)
    told.append(row_of(director, curator))

    words = ["нет", "требуется, не настроен", "код из приложения", "код и ключ", "ключ"]
    assert [word in row for word, row in zip(words, told, strict=True)] == [True] * 5
    assert "код" not in told[-1]


def test_an_application_that_was_only_begun_does_not_count(app, as_role, tree, curator):
    entered(app, curator).get("/factors/totp")

    assert "код из приложения" not in row_of(as_role(Role.DIRECTOR, tree.school), curator)


def test_those_above_see_it_in_their_tree_and_a_curator_does_not(app, as_role, tree, curator):
    enrol(entered(app, curator))
    path = f"staff/{tree.school.id}"

    shown = {
        role: "код из приложения" in row_of(as_role(role, place), curator, path)
        for role, place in (
            (Role.DISTRICT_HEAD, tree.district),
            (Role.REGION_ADMIN, tree.region),
            (Role.DISTRICT_REVIEWER, tree.district),
            (Role.AUDITOR, tree.region),
            (Role.CURATOR, tree.school),
        )
    }

    assert shown == {
        Role.DISTRICT_HEAD: True,
        Role.REGION_ADMIN: True,
        Role.DISTRICT_REVIEWER: False,
        Role.AUDITOR: False,
        Role.CURATOR: False,
    }
    assert as_role(Role.DISTRICT_HEAD, tree.other_district).get(path).status_code == 404


def test_what_somebody_must_do_for_a_role_elsewhere_is_not_told(as_role, tree):
    email = make_account((tree.school, Role.CURATOR), (tree.other_district, Role.DISTRICT_REVIEWER))
    need_factor(tree, Role.DISTRICT_REVIEWER)

    assert "требуется" not in row_of(as_role(Role.DIRECTOR, tree.school), email)


def test_the_page_of_a_member_leads_to_the_reset_and_back(app, as_role, tree, curator):
    director, browser = as_role(Role.DIRECTOR, tree.school), entered(app, curator)
    path = f"staff/members/{membership_of(curator, Role.CURATOR)}"
    before = director.get(path).get_data(as_text=True)
    enrol(browser)
    page = director.get(path).get_data(as_text=True)
    action, rest = re.search(r'action="(/o/[^"]+/security/people/\d+/reset)"(.*)', page, flags=re.DOTALL).groups()
    back = re.search(r'name="next" value="([^"]+)"', rest)[1]

    done = director.post(action, data={"next": back, "password": PASSWORD})

    assert "Сбросить второй шаг" not in before
    assert (done.status_code, done.location) == (303, f"/o/{tree.school.code}/staff/{tree.school.id}")
    assert "Второй шаг сброшен" in director.get(done.location).get_data(as_text=True)
    assert browser.get("/devices").status_code == 303


def test_the_reset_leads_to_no_other_site(app, as_role, tree, curator):
    director = as_role(Role.DIRECTOR, tree.school)
    enrol(entered(app, curator))

    done = director.post(
        f"security/people/{account_of(curator).id}/reset", data={"next": "//evil.example/", "password": PASSWORD}
    )

    assert done.location == "/"


def test_no_way_to_reset_who_is_somebody_above_as_well(app, as_role, tree):
    email = make_account((tree.school, Role.CURATOR), (tree.district, Role.DISTRICT_REVIEWER))
    enrol(entered(app, email))

    page = as_role(Role.DIRECTOR, tree.school).get(f"staff/members/{membership_of(email, Role.CURATOR)}")

    assert "код из приложения" in page.get_data(as_text=True)
    assert "Сбросить второй шаг" not in page.get_data(as_text=True)


def test_the_two_hundred_and_first_of_a_region_is_reset_like_the_first(app, as_role, tree):
    region, email = as_role(Role.REGION_ADMIN, tree.region), make_account((tree.school, Role.CURATOR))
    rename(email, "Яковлева")
    enrol(entered(app, email))
    for _ in range(200):
        give_passkey(make_account((tree.school, Role.CURATOR)))

    assert region.post(f"security/people/{account_of(email).id}/reset", data={"password": PASSWORD}).status_code == 303
