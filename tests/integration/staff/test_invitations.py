"""Invitations from the page to the accepted role, over HTTP and with real letters."""

import re
from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts import events, invitations
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, transaction
from tests.factories.events import events_of_organization
from tests.factories.staff import NEWCOMER, account_of, invitation_to, links_to, membership_of, unite
from tests.factories.tree import PASSWORD, make_account, unique
from tests.integration.accounts.people import Letterbox, code_now, enrol


def address():
    return f"{unique('new')}@example.org"


def invite(seat, place, role, to):
    return seat.post(f"staff/{place.id}/invite", data={"email": to, "role": role.value})


def invite_as(browser, own, place, role, to):
    """Invite in a browser that has signed in itself."""
    sent = browser.post(f"/o/{own.code}/staff/{place.id}/invite", data={"email": to, "role": role.value})
    assert sent.status_code == 303


def sign_in(app, email, password=PASSWORD):
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": password}).status_code == 303
    return browser


def test_an_invited_person_chooses_a_password_and_sees_the_home_page(app, as_role, tree, letters):
    director, to = as_role(Role.DIRECTOR, tree.school), address()

    assert invite(director, tree.school, Role.CURATOR, to).status_code == 303
    (link,) = links_to(letters, to)
    page = app.test_client().get(link).get_data(as_text=True)
    done = app.test_client().post(link, data=NEWCOMER)
    home = sign_in(app, to, NEWCOMER["password"]).get(f"/o/{tree.school.code}/")

    assert "Школа № 1" in page
    assert "куратор" in page
    assert "Проверкина В.И." in page
    assert done.status_code == 303
    assert home.status_code == 200


def test_the_letter_names_organization_and_role_and_its_link_stands_in_no_row(as_role, tree, letters):
    to = address()
    invite(as_role(Role.DISTRICT_HEAD, tree.district), tree.school, Role.DIRECTOR, to)
    (link,) = links_to(letters, to)

    token = link.rpartition("/")[2]
    row = invitation_to(to)

    assert token == invitations.token_of(row)
    assert token.partition(".")[2] not in repr(vars(row))


def test_a_scanner_that_opens_the_link_uses_nothing_up(app, as_role, tree, letters):
    to = address()
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, to)
    (link,) = links_to(letters, to)

    for _ in range(5):
        assert app.test_client().get(link).status_code == 200
        assert app.test_client().head(link).status_code == 200

    assert app.test_client().post(link, data=NEWCOMER).status_code == 303


def kill(how, app, seat, link, to):
    if how == "used":
        app.test_client().post(link, data=NEWCOMER)
    elif how == "old":
        clock.travel(clock.now() + timedelta(hours=72, minutes=1))
    else:
        seat.post(f"staff/invitations/{invitation_to(to).id}/{how}")


def test_used_old_taken_back_replaced_and_unknown_links_get_one_answer(app, as_role, tree, letters):
    seat, pages = as_role(Role.DIRECTOR, tree.school), {app.test_client().get("/invitation/7f.abc").status_code}
    texts = set()
    for how in ("used", "take-back", "resend", "old"):
        to = address()
        invite(seat, tree.school, Role.CURATOR, to)
        link = links_to(letters, to)[0]
        kill(how, app, seat, link, to)
        for answer in (app.test_client().get(link), app.test_client().post(link, data=NEWCOMER)):
            pages.add(answer.status_code)
            text = answer.get_data(as_text=True)
            texts.add("Ссылка не действует" in text and "Попросите новое приглашение" in text and to not in text)

    assert pages == {404}
    assert texts == {True}


def test_a_new_link_works_after_the_old_one_died(app, as_role, tree, letters):
    seat, to = as_role(Role.DIRECTOR, tree.school), address()
    invite(seat, tree.school, Role.CURATOR, to)
    (first,) = links_to(letters, to)
    seat.post(f"staff/invitations/{invitation_to(to).id}/resend")

    second = links_to(letters, to)[-1]

    assert second != first
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().post(second, data=NEWCOMER).status_code == 303


def test_the_link_of_somebody_dismissed_meanwhile_is_dead(app, as_role, tree, letters):
    region, to = as_role(Role.REGION_ADMIN, tree.region), address()
    head = make_account((tree.district, Role.DISTRICT_HEAD))
    make_account((tree.district, Role.DISTRICT_HEAD))
    browser = sign_in(app, head)
    browser.post(
        f"/o/{tree.district.code}/staff/{tree.school.id}/invite", data={"email": to, "role": Role.DIRECTOR.value}
    )
    (link,) = links_to(letters, to)
    today = clock.today().strftime("%d.%m.%Y")
    fired = region.post(f"staff/members/{membership_of(head, Role.DISTRICT_HEAD)}/dismiss", data={"from_day": today})

    assert fired.status_code == 303
    assert app.test_client().post(link, data=NEWCOMER).status_code == 404


def test_the_link_of_an_account_disabled_meanwhile_is_dead(app, tree, letters):
    head, to = make_account((tree.district, Role.DISTRICT_HEAD)), address()
    invite_as(sign_in(app, head), tree.district, tree.school, Role.DIRECTOR, to)
    (link,) = links_to(letters, to)
    assert app.test_client().get(link).status_code == 200

    with transaction(REGISTRY) as session:
        session.get_one(UserAccount, account_of(head).id).disabled_at = clock.now()

    assert app.test_client().get(link).status_code == 404
    assert app.test_client().post(link, data=NEWCOMER).status_code == 404


def test_nobody_takes_an_own_invitation_by_moving_the_own_address_there(app, tree, letters):
    head, second = make_account((tree.district, Role.DISTRICT_HEAD)), address()
    browser = sign_in(app, head)
    invite_as(browser, tree.district, tree.school, Role.DIRECTOR, second)
    (link,) = links_to(letters, second)
    browser.post("/email", data={"email": second, "password": PASSWORD})
    assert browser.post(Letterbox(letters).link(second)).status_code == 303

    taken = browser.post(link)

    assert taken.status_code == 403
    assert "Самому себе роль назначить нельзя" in taken.get_data(as_text=True)
    assert browser.get(f"/o/{tree.school.code}/").status_code == 404


def test_nobody_takes_an_own_invitation_by_a_second_account(app, tree, letters):
    head, second = make_account((tree.district, Role.DISTRICT_HEAD)), make_account((tree.sister, Role.CURATOR))
    browser, other = sign_in(app, head), sign_in(app, second)
    invite_as(browser, tree.district, tree.school, Role.DIRECTOR, second)
    (link,) = links_to(letters, second)
    unite(account_of(head).id, account_of(second).id)

    assert other.post(link).status_code == 403
    assert other.get(f"/o/{tree.school.code}/").status_code == 404


def test_nobody_makes_a_second_account_of_their_own_name_by_an_own_invitation(app, tree, letters):
    head, to = make_account((tree.district, Role.DISTRICT_HEAD)), address()
    invite_as(sign_in(app, head), tree.district, tree.school, Role.DIRECTOR, to)
    (link,) = links_to(letters, to)
    owner = account_of(head)
    name = {part: getattr(owner, part) for part in ("last_name", "first_name", "middle_name")}

    assert app.test_client().post(link, data=NEWCOMER | name).status_code == 403
    assert app.test_client().post(link, data=NEWCOMER).status_code == 303


def test_a_person_with_an_account_signs_in_and_gets_one_more_role(app, as_role, tree, letters):
    known = make_account((tree.sister, Role.CURATOR))
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, known)
    (link,) = links_to(letters, known)
    stranger, owner = sign_in(app, make_account((tree.other_school, Role.CURATOR))), sign_in(app, known)

    asked = app.test_client().post(link, data=NEWCOMER)
    refused = stranger.post(link)
    taken = owner.post(link)

    assert (asked.status_code, refused.status_code, taken.status_code) == (200, 200, 303)
    assert owner.get(f"/o/{tree.school.code}/").status_code == 200
    assert owner.get(f"/o/{tree.sister.code}/").status_code == 200
    assert stranger.get(f"/o/{tree.school.code}/").status_code == 404


def test_half_a_sign_in_takes_no_role(app, as_role, tree):
    known = make_account((tree.sister, Role.CURATOR))
    enrol(sign_in(app, known))
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, known)

    refused = sign_in(app, known).post(f"/invitation/{invitations.token_of(invitation_to(known))}")

    assert refused.status_code == 200
    assert "Войти и принять" in refused.get_data(as_text=True)
    with transaction(REGISTRY.reading()) as session:
        assert events_of_organization(session, tree.school.id)[0].event == "invitation.sent"


def way_on(answer):
    return re.search(r'<a class="btn btn-primary" href="([^"]+)"', answer.get_data(as_text=True))[1]


def test_the_way_through_the_sign_in_carries_no_token_in_its_address(app, as_role, tree, letters):
    known = make_account((tree.sister, Role.CURATOR))
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, known)
    (link,) = links_to(letters, known)
    browser = app.test_client()

    onward = browser.get(way_on(browser.get(link)))
    entered = browser.post(onward.location, data={"email": known, "password": PASSWORD})
    back = browser.get(entered.location)

    assert "?next=/invitation/" in onward.location
    assert link.rpartition("/")[2] not in onward.location + entered.location
    assert back.location == link
    assert "Принять приглашение" in browser.get(back.location).get_data(as_text=True)
    assert browser.post(link).status_code == 303
    assert browser.get("/invitation/").status_code == 404


def test_somebody_signed_in_as_another_is_led_to_the_sign_in(app, as_role, tree, letters):
    known, other = make_account((tree.sister, Role.CURATOR)), make_account((tree.other_school, Role.CURATOR))
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, known)
    (link,) = links_to(letters, known)
    browser = sign_in(app, other)

    entered = browser.post(way_on(browser.get(link)), data={"email": known, "password": PASSWORD})

    assert browser.get(entered.location).location == link


def test_the_second_factor_is_not_passed_by_through_an_invitation(app, as_role, tree, letters):
    known = make_account((tree.sister, Role.CURATOR))
    key, _ = enrol(sign_in(app, known))
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, known)
    link = Letterbox(letters).link(known)
    clock.travel(clock.now() + timedelta(minutes=1))
    browser = sign_in(app, known)

    assert browser.post(link).status_code == 200
    code = browser.get(way_on(browser.get(link)))
    assert code.location.startswith("/sign-in/code")
    back = browser.post(code.location, data={"code": code_now(key)})
    assert browser.get(back.location).location == link
    assert browser.post(link).status_code == 303


def test_the_inviter_cannot_tell_a_known_address_from_a_new_one(as_role, tree):
    director, known, new = as_role(Role.DIRECTOR, tree.school), make_account((tree.sister, Role.CURATOR)), address()

    answers = [invite(director, tree.school, Role.CURATOR, to) for to in (known, new)]
    page = director.get("staff/").get_data(as_text=True)

    assert [(one.status_code, one.location) for one in answers] == [(303, answers[0].location)] * 2
    rows = [row for row in page.split("<tr>") if known in row or new in row]
    shape = [
        row.replace(to, "X").replace(f"/{invitation_to(to).id}/", "/N/").partition("csrf_token")[0]
        for row, to in zip(sorted(rows, key=lambda row: known not in row), (known, new), strict=True)
    ]
    assert shape[0] == shape[1]


def test_asking_for_dead_links_is_stopped_and_does_not_touch_passwords(app, tree):
    browser = app.test_client()
    network = {"REMOTE_ADDR": "198.51.100.7"}
    codes = {browser.get(f"/invitation/{n:x}.0", environ_base=network).status_code for n in range(30)}

    assert codes == {404}
    assert browser.get("/invitation/1.0", environ_base=network).status_code == 429
    email = make_account((tree.school, Role.CURATOR))
    signed = browser.post("/sign-in", data={"email": email, "password": PASSWORD}, environ_base=network)
    assert signed.status_code == 303


@pytest.mark.parametrize(
    ("field", "value"), [("password", "коротко"), ("again", "другая длинная фраза"), ("last_name", "")]
)
def test_a_wrong_form_is_explained_at_its_field_and_the_link_stays_good(app, as_role, tree, letters, field, value):
    to = address()
    invite(as_role(Role.DIRECTOR, tree.school), tree.school, Role.CURATOR, to)
    (link,) = links_to(letters, to)

    answer = app.test_client().post(link, data=NEWCOMER | {field: value})

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.get_data(as_text=True)
    assert app.test_client().post(link, data=NEWCOMER).status_code == 303


def test_a_list_is_looked_at_before_anything_is_sent(as_role, tree, letters):
    region, good, other = as_role(Role.REGION_ADMIN, tree.region), address(), address()
    rows = f"{tree.district.code}\t{good}\nnowhere-9 {other}\n{tree.college.code}; {other}\n{tree.school.code} не-почта"

    looked = region.post("staff/bulk", data={"rows": rows}).get_data(as_text=True)
    before = links_to(letters, good)
    sent = region.post("staff/bulk/send", data={"rows": rows})

    assert "Организации с таким кодом нет." in looked
    assert "Отправить 2" in looked
    assert before == []
    assert sent.status_code == 303
    assert (invitation_to(good).role, invitation_to(other).role) == (Role.DISTRICT_HEAD, Role.DIRECTOR)
    assert len(links_to(letters, good)) == 1


def test_every_step_stands_in_the_organizations_chain_without_the_address(app, as_role, tree, letters):
    director, to = as_role(Role.DIRECTOR, tree.school), address()
    invite(director, tree.school, Role.CURATOR, to)
    (link,) = links_to(letters, to)
    app.test_client().post(link, data=NEWCOMER)

    with transaction(REGISTRY.reading()) as session:
        found = events_of_organization(session, tree.school.id)
        broken = events.broken_entries(session)

    assert [one.event for one in found] == ["membership.granted", "invitation.sent"]
    assert to not in repr([(one.detail, one.actor_name) for one in found])
    assert broken == []
