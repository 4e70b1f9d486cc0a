"""Deputies: a role for a term, marked everywhere, over by itself."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tests.factories.staff import account_of, membership_of, rename, seat_of
from tests.factories.tree import PASSWORD, make_account


def day(shift=0):
    return (clock.today() + timedelta(days=shift)).strftime("%d.%m.%Y")


def sign_in(app, email):
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return browser


@pytest.fixture
def pair(tree):
    """A head of a district and a reviewer who may stand in."""
    head, reviewer = (
        make_account((tree.district, Role.DISTRICT_HEAD)),
        make_account((tree.district, Role.DISTRICT_REVIEWER)),
    )
    rename(reviewer, "Соколова")
    return head, reviewer


def appoint(app, tree, pair, **changes):
    head, reviewer = pair
    terms = {"user_id": account_of(reviewer).id, "since": day(), "until": day(13), "reason": "отпуск"} | changes
    member = membership_of(head, Role.DISTRICT_HEAD)
    return sign_in(app, head).post(f"/o/{tree.district.code}/staff/members/{member}/deputy", data=terms)


def invites(app, tree, email):
    """Whether somebody may do what the head does: open the page that invites directors."""
    browser = sign_in(app, email)
    browser.post("/choose", data={"code": tree.district.code, "role": "district_head"})
    return browser.get(f"/o/{tree.district.code}/staff/{tree.school.id}/invite").status_code == 200


def test_a_deputy_has_the_role_until_the_last_day_and_not_longer(app, tree, pair):
    assert not invites(app, tree, pair[1])

    assert appoint(app, tree, pair).status_code == 303
    first = invites(app, tree, pair[1])
    clock.travel(clock.now() + timedelta(days=13))
    last = invites(app, tree, pair[1])
    clock.travel(clock.now() + timedelta(days=1))

    assert (first, last, invites(app, tree, pair[1])) == (True, True, False)


def test_a_deputy_is_marked_in_the_header_the_list_and_the_signature(app, tree, pair):
    appoint(app, tree, pair)
    browser = sign_in(app, pair[1])
    browser.post("/choose", data={"code": tree.district.code, "role": "district_head"})

    page = browser.get(f"/o/{tree.district.code}/staff/").get_data(as_text=True)
    seat = seat_of(pair[1], tree.district)

    assert "Соколова В.И. (и. о.)" in page
    assert "и. о. начальника отдела образования" in page
    assert "вместо: Проверкина В.И., отпуск" in page
    assert (seat.name, seat.role_label, seat.deputy) == (
        "Соколова В.И. (и. о.)",
        "и. о. начальника отдела образования",
        True,
    )


@pytest.mark.parametrize("suspends", [True, False])
def test_the_deputized_rests_only_where_it_was_chosen(app, tree, pair, suspends):
    appoint(app, tree, pair, **({"suspends": "1"} if suspends else {}))

    works = sign_in(app, pair[0]).get(f"/o/{tree.district.code}/").status_code == 200
    clock.travel(clock.now() + timedelta(days=14))

    assert works is not suspends
    assert sign_in(app, pair[0]).get(f"/o/{tree.district.code}/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"until": day(90)}, "until"),
        ({"since": day(5), "until": day(4)}, "until"),
        ({"since": day(-1)}, "since"),
        ({"reason": ""}, "reason"),
        ({"user_id": ""}, "user_id"),
    ],
)
def test_a_wrong_term_is_named_at_its_field(app, tree, pair, changes, field):
    answer = appoint(app, tree, pair, **changes)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_ninety_days_are_the_longest(app, tree, pair):
    assert appoint(app, tree, pair, until=day(89)).status_code == 303


def test_nobody_makes_themselves_a_deputy_nor_takes_a_stranger(app, tree, pair):
    stranger = account_of(make_account((tree.school, Role.CURATOR))).id
    head, reviewer = pair
    member = membership_of(head, Role.DISTRICT_HEAD)
    terms = {"user_id": account_of(reviewer).id, "since": day(), "until": day(3), "reason": "сам"}

    own = sign_in(app, reviewer).post(f"/o/{tree.district.code}/staff/members/{member}/deputy", data=terms)

    assert own.status_code == 403
    assert appoint(app, tree, pair, user_id=stranger).status_code == 404


def test_a_deputy_cannot_make_the_role_lasting(app, tree):
    admin, analyst = make_account((tree.region, Role.REGION_ADMIN)), make_account((tree.region, Role.REGION_ANALYST))
    rename(analyst, "Соколова")
    member = membership_of(admin, Role.REGION_ADMIN)
    terms = {"user_id": account_of(analyst).id, "since": day(), "until": day(3), "reason": "отпуск"}
    assert (
        sign_in(app, admin).post(f"/o/{tree.region.code}/staff/members/{member}/deputy", data=terms).status_code == 303
    )
    browser = sign_in(app, analyst)
    browser.post("/choose", data={"code": tree.region.code, "role": "region_admin"})

    lasting = browser.post(
        f"/o/{tree.region.code}/staff/{tree.region.id}/invite",
        data={"email": "second@example.org", "role": "region_admin"},
    )
    onward = browser.post(
        f"/o/{tree.region.code}/staff/members/{membership_of(analyst, Role.REGION_ADMIN)}/deputy", data=terms
    )
    below = browser.post(
        f"/o/{tree.region.code}/staff/{tree.college.id}/invite",
        data={"email": f"director-{tree.college.id}@example.org", "role": "director"},
    )

    assert (lasting.status_code, onward.status_code, below.status_code) == (403, 403, 303)


def test_a_deputy_is_ended_early_and_the_deputized_is_back(app, tree, pair, as_role):
    appoint(app, tree, pair, suspends="1")
    region = as_role(Role.REGION_ADMIN, tree.region)

    ended = region.post(f"staff/members/{membership_of(pair[1], Role.DISTRICT_HEAD)}/dismiss", data={"from_day": day()})

    assert ended.status_code == 303
    assert not invites(app, tree, pair[1])
    assert invites(app, tree, pair[0])
