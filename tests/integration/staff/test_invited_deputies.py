"""A deputy who works elsewhere or nowhere: invited by letter, in place for what is left of the term."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts.models import Membership, Role
from tenants.db import REGISTRY, transaction
from tests.factories.events import events_of_organization
from tests.factories.staff import (
    NEWCOMER,
    account_of,
    invitation_to,
    links_to,
    make_invitation,
    membership_of,
    rename,
    seat_of,
    unite,
)
from tests.factories.tree import PASSWORD, make_account, unique


def day(shift=0):
    return (clock.today() + timedelta(days=shift)).strftime("%d.%m.%Y")


def sign_in(app, email, password=PASSWORD):
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": password}).status_code == 303
    return browser


@pytest.fixture
def director(tree):
    return make_account((tree.school, Role.DIRECTOR))


def ask(app, tree, who, to, **changes):
    """What the director answers when the deputy is asked for by e-mail."""
    member = membership_of(who, Role.DIRECTOR)
    terms = {"email": to, "since": day(), "until": day(13), "reason": "отпуск"} | changes
    return sign_in(app, who).post(f"/o/{tree.school.code}/staff/members/{member}/deputy", data=terms)


def address():
    return f"{unique('deputy')}@example.org"


def accept(app, link, **changes):
    return app.test_client().post(link, data=NEWCOMER | changes)


def held_by(email):
    with transaction(REGISTRY.reading()) as session:
        return session.get(Membership, membership_of(email, Role.DIRECTOR))


def test_somebody_from_outside_accepts_by_letter_and_stands_in_until_the_last_day(app, tree, director, letters):
    to = address()
    assert ask(app, tree, director, to).status_code == 303
    (link,) = links_to(letters, to)

    page = app.test_client().get(link).get_data(as_text=True)
    assert accept(app, link).status_code == 303
    browser, seat, held = sign_in(app, to, NEWCOMER["password"]), seat_of(to, tree.school), held_by(to)
    first = browser.get(f"/o/{tree.school.code}/staff/{tree.school.id}/invite").status_code
    clock.travel(clock.now() + timedelta(days=14))
    after = sign_in(app, to, NEWCOMER["password"]).get(f"/o/{tree.school.code}/").status_code

    assert "и. о. директора" in page
    assert (seat.role, seat.deputy, held.deputy_of_id) == (
        Role.DIRECTOR,
        True,
        membership_of(director, Role.DIRECTOR),
    )
    assert (first, after) == (200, 404)
    assert app.test_client().get(link).status_code == 404


def test_the_term_starts_with_the_acceptance_where_that_comes_later(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to)
    stated = invitation_to(to)
    clock.travel(clock.now() + timedelta(days=2))
    accept(app, links_to(letters, to)[0])

    held = held_by(to)

    assert (held.since, held.until) == (stated.since + timedelta(days=2), stated.until)


def test_the_term_starts_on_the_stated_day_where_that_comes_later(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to, since=day(3))
    stated = invitation_to(to)
    accept(app, links_to(letters, to)[0])
    before = sign_in(app, to, NEWCOMER["password"]).get(f"/o/{tree.school.code}/").status_code
    clock.travel(clock.now() + timedelta(days=3))
    begun = sign_in(app, to, NEWCOMER["password"]).get(f"/o/{tree.school.code}/").status_code

    assert (held_by(to).since, before, begun) == (stated.since, 404, 200)


def test_a_person_with_an_account_is_told_when_it_begins(app, tree, director, letters):
    known = make_account((tree.other_school, Role.CURATOR))
    rename(known, "Соколова")
    ask(app, tree, director, known, since=day(3))
    browser = sign_in(app, known)

    answer = browser.post(links_to(letters, known)[0])
    told = browser.get(f"/o/{tree.other_school.code}/").get_data(as_text=True)

    assert (answer.status_code, answer.location) == (303, "/")
    assert "замещение начнётся" in told


@pytest.mark.parametrize(("hours", "status"), [(71, 303), (73, 404)])
def test_the_link_holds_three_days_and_works_once(app, tree, director, letters, hours, status):
    to = address()
    ask(app, tree, director, to)
    (link,) = links_to(letters, to)
    clock.travel(clock.now() + timedelta(hours=hours))

    assert accept(app, link).status_code == status
    assert accept(app, link).status_code == 404


def test_the_link_holds_no_longer_than_the_term(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to, until=day(1))
    (link,) = links_to(letters, to)
    clock.travel(clock.now() + timedelta(days=2))
    sent_again = sign_in(app, director).post(f"/o/{tree.school.code}/staff/invitations/{invitation_to(to).id}/resend")

    assert accept(app, link).status_code == 404
    assert sent_again.status_code == 409


@pytest.mark.parametrize("suspends", [True, False])
def test_the_director_rests_from_the_acceptance_and_not_before(app, tree, director, letters, suspends):
    to = address()
    ask(app, tree, director, to, **({"suspends": "1"} if suspends else {}))
    home = f"/o/{tree.school.code}/"
    asked = sign_in(app, director).get(home).status_code
    accept(app, links_to(letters, to)[0])

    assert asked == 200
    assert (sign_in(app, director).get(home).status_code == 200) is not suspends


def test_a_deputy_is_one_and_one_address_is_asked_at_a_time(app, tree, director, letters):
    first, second = address(), address()
    ask(app, tree, director, first)
    (link,) = links_to(letters, first)
    while_asked = ask(app, tree, director, second)
    sign_in(app, director).post(f"/o/{tree.school.code}/staff/invitations/{invitation_to(first).id}/take-back")
    asked = ask(app, tree, director, second)
    accept(app, links_to(letters, second)[0])
    while_in_place = ask(app, tree, director, first)

    assert (while_asked.status_code, asked.status_code, while_in_place.status_code) == (409, 303, 409)
    assert app.test_client().get(link).status_code == 404


def test_a_colleague_named_meanwhile_leaves_no_place_for_the_invited(app, tree, director, letters):
    colleague, to = make_account((tree.school, Role.CURATOR)), address()
    rename(colleague, "Соколова")
    ask(app, tree, director, to)
    (link,) = links_to(letters, to)
    assert ask(app, tree, director, "", user_id=account_of(colleague).id).status_code == 303

    refused = accept(app, link)

    assert refused.status_code == 409
    assert "Заместитель уже назначен" in refused.get_data(as_text=True)


@pytest.mark.parametrize("how", ["own", "second"])
def test_nobody_deputizes_for_themselves_with_whatever_account(app, tree, director, how):
    second = make_account((tree.other_school, Role.CURATOR))
    unite(account_of(director).id, account_of(second).id)

    answer = ask(app, tree, director, director if how == "own" else second)

    assert answer.status_code == (422 if how == "own" else 403)


def test_the_second_account_of_the_person_does_not_take_the_place_that_the_district_offers(
    app, tree, director, letters
):
    head, second = make_account((tree.district, Role.DISTRICT_HEAD)), make_account((tree.other_school, Role.CURATOR))
    unite(account_of(director).id, account_of(second).id)
    member = membership_of(director, Role.DIRECTOR)
    terms = {"email": second, "since": day(), "until": day(3), "reason": "отпуск"}
    asked = sign_in(app, head).post(f"/o/{tree.district.code}/staff/members/{member}/deputy", data=terms)

    refused = sign_in(app, second).post(links_to(letters, second)[0])

    assert (asked.status_code, refused.status_code) == (303, 403)
    assert held_by(director).deputy_of_id is None


def test_who_invites_no_staff_invites_no_deputy_either(app, tree):
    curator = make_account((tree.school, Role.CURATOR))
    member = membership_of(curator, Role.CURATOR)
    browser, path = sign_in(app, curator), f"/o/{tree.school.code}/staff/members/{member}"
    terms = {"email": address(), "since": day(), "until": day(3), "reason": "отпуск"}

    assert browser.post(f"{path}/deputy", data=terms).status_code == 403
    assert 'name="email"' not in browser.get(path).get_data(as_text=True)


def test_a_deputy_invites_no_deputy_for_the_role_held_for_another(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to)
    accept(app, links_to(letters, to)[0])
    member = membership_of(director, Role.DIRECTOR)
    terms = {"email": address(), "since": day(), "until": day(3), "reason": "отпуск"}

    onward = sign_in(app, to, NEWCOMER["password"]).post(
        f"/o/{tree.school.code}/staff/members/{member}/deputy", data=terms
    )

    assert onward.status_code == 403


def test_the_link_dies_with_the_role_that_it_is_for(app, tree, director, letters, as_role):
    to = address()
    ask(app, tree, director, to)
    make_account((tree.school, Role.DIRECTOR))
    head = as_role(Role.DISTRICT_HEAD, tree.district)
    head.post(f"staff/members/{membership_of(director, Role.DIRECTOR)}/dismiss", data={"from_day": day()})

    assert accept(app, links_to(letters, to)[0]).status_code == 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "не почта"}, "email"),
        ({"email": ""}, "email"),
        ({"until": day(90)}, "until"),
        ({"since": day(-1)}, "since"),
        ({"user_id": "7"}, "email"),
    ],
)
def test_what_is_wrong_is_named_at_its_field(app, tree, director, changes, field):
    answer = ask(app, tree, director, address(), **changes)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_the_same_address_may_be_offered_the_role_for_good_besides(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to)

    make_invitation(tree.school, Role.DIRECTOR, to)
    for_good = links_to(letters, to)[-1]

    assert accept(app, for_good).status_code == 303
    assert held_by(to).deputy_of_id is None


def test_the_director_sees_the_invitation_with_its_term_and_takes_it_back(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to)
    (link,), browser = links_to(letters, to), sign_in(app, director)
    page = browser.get(f"/o/{tree.school.code}/staff/").get_data(as_text=True)
    row = next(row for row in page.split("<tr>") if to in row)

    taken = browser.post(f"/o/{tree.school.code}/staff/invitations/{invitation_to(to).id}/take-back")

    assert "и. о. директора" in row
    assert f"по {day(13)}" in row
    assert "вместо: Проверкина В.И." in row
    assert taken.status_code == 303
    assert app.test_client().get(link).status_code == 404


def test_both_steps_stand_in_the_chain_with_the_days_and_without_the_address(app, tree, director, letters):
    to = address()
    ask(app, tree, director, to)
    accept(app, links_to(letters, to)[0])

    with transaction(REGISTRY.reading()) as session:
        found = events_of_organization(session, tree.school.id)

    assert [one.event for one in found] == ["deputy.appointed", "deputy.invited"]
    assert found[0].detail["invited_by"] == account_of(director).id
    assert found[0].detail["instead_of"] == account_of(director).id
    assert to not in repr([(one.detail, one.actor_name) for one in found])
