"""Who works where: change of role, dismissal, the last administrator, what nobody may do to themselves."""

from datetime import timedelta

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tests.factories.staff import account_of, invitation_to, membership_of
from tests.factories.tree import PASSWORD, make_account


def day(shift=0):
    return (clock.today() + timedelta(days=shift)).strftime("%d.%m.%Y")


def sign_in(app, email):
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
    return browser


def test_somebody_dismissed_is_out_on_the_next_request(app, as_role, tree):
    director, email = as_role(Role.DIRECTOR, tree.school), make_account((tree.school, Role.CURATOR))
    browser = sign_in(app, email)
    before = browser.get(f"/o/{tree.school.code}/").status_code

    director.post(f"staff/members/{membership_of(email, Role.CURATOR)}/dismiss", data={"from_day": day()})

    assert before == 200
    assert browser.get(f"/o/{tree.school.code}/").status_code == 404
    assert browser.post(f"/o/{tree.school.code}/participants/add", data={}).status_code == 404


def test_a_dismissal_in_the_future_leaves_the_last_days(app, as_role, tree):
    director, email = as_role(Role.DIRECTOR, tree.school), make_account((tree.school, Role.CURATOR))
    director.post(f"staff/members/{membership_of(email, Role.CURATOR)}/dismiss", data={"from_day": day(3)})

    assert sign_in(app, email).get(f"/o/{tree.school.code}/").status_code == 200
    clock.travel(clock.now() + timedelta(days=3))
    assert sign_in(app, email).get(f"/o/{tree.school.code}/").status_code == 404


def test_the_last_director_stays_until_another_one_has_come(as_role, tree):
    head, only = as_role(Role.DISTRICT_HEAD, tree.district), make_account((tree.school, Role.DIRECTOR))
    path = f"staff/members/{membership_of(only, Role.DIRECTOR)}/dismiss"

    refused = head.post(path, data={"from_day": day()})
    make_account((tree.school, Role.DIRECTOR))
    done = head.post(path, data={"from_day": day()})

    assert refused.status_code == 409
    assert "Это последний директор" in refused.get_data(as_text=True)
    assert "Сначала пригласите нового" in refused.get_data(as_text=True)
    assert done.status_code == 303


def test_a_role_is_changed_from_today(app, as_role, tree):
    head, email = as_role(Role.DISTRICT_HEAD, tree.district), make_account((tree.school, Role.CURATOR))
    answer = head.post(f"staff/members/{membership_of(email, Role.CURATOR)}/role", data={"role": "director"})

    home = sign_in(app, email).get(f"/o/{tree.school.code}/").get_data(as_text=True)

    assert answer.status_code == 303
    assert "директор" in home


@pytest.mark.parametrize(
    ("role", "place", "target", "wanted", "status"),
    [
        (Role.DIRECTOR, "school", "school", Role.DIRECTOR, 403),
        (Role.DIRECTOR, "school", "sister", Role.CURATOR, 404),
        (Role.DIRECTOR, "school", "district", Role.DISTRICT_REVIEWER, 404),
        (Role.DISTRICT_HEAD, "district", "district", Role.DISTRICT_HEAD, 403),
        (Role.DISTRICT_HEAD, "district", "other_school", Role.CURATOR, 404),
        (Role.DISTRICT_HEAD, "district", "region", Role.REGION_ADMIN, 404),
        (Role.DISTRICT_HEAD, "district", "school", Role.REGION_ADMIN, 403),
        (Role.REGION_ADMIN, "region", "school", Role.REGION_ADMIN, 403),
        (Role.CURATOR, "school", "school", Role.CURATOR, 403),
        (Role.DISTRICT_REVIEWER, "district", "school", Role.CURATOR, 403),
        (Role.REGION_ANALYST, "region", "region", Role.REGION_ANALYST, 403),
    ],
)
def test_nobody_invites_beyond_the_table(as_role, tree, role, place, target, wanted, status):
    at = getattr(tree, target)
    answer = as_role(role, getattr(tree, place)).post(
        f"staff/{at.id}/invite", data={"email": "anybody@example.org", "role": wanted.value}
    )

    assert answer.status_code == status


def test_nobody_raises_themselves_through_a_colleague_or_a_second_account(app, tree):
    email = make_account((tree.region, Role.REGION_ADMIN))
    second = make_account((tree.college, Role.CURATOR))
    with transaction(REGISTRY) as session:
        session.merge(account_of(second)).person_id = account_of(email).id
    browser = sign_in(app, email)

    answers = [
        browser.post(
            f"/o/{tree.region.code}/staff/{tree.district.id}/invite", data={"email": to, "role": "district_head"}
        )
        for to in (email, second)
    ]
    changed = browser.post(
        f"/o/{tree.region.code}/staff/members/{membership_of(second, Role.CURATOR)}/role", data={"role": "director"}
    )

    assert [one.status_code for one in answers] == [403, 403]
    assert "Самому себе" in answers[0].get_data(as_text=True)
    assert changed.status_code == 403


def test_a_foreign_membership_or_invitation_is_not_found(as_role, tree):
    director = as_role(Role.DIRECTOR, tree.school)
    email = make_account((tree.sister, Role.CURATOR))
    as_role(Role.DIRECTOR, tree.sister).post(
        f"staff/{tree.sister.id}/invite", data={"email": f"new-{email}", "role": "curator"}
    )
    member, invited = membership_of(email, Role.CURATOR), invitation_to(f"new-{email}").id

    answers = [
        director.get(f"staff/{tree.sister.id}"),
        director.get(f"staff/{tree.district.id}"),
        director.get(f"staff/members/{member}"),
        director.post(f"staff/members/{member}/dismiss", data={"from_day": day()}),
        director.post(f"staff/invitations/{invited}/take-back"),
        director.post(f"staff/invitations/{invited}/resend"),
    ]

    assert {one.status_code for one in answers} == {404}


def test_those_above_see_the_staff_below_and_whom_an_organization_lacks(as_role, tree):
    email = make_account((tree.school, Role.CURATOR))
    head, region = as_role(Role.DISTRICT_HEAD, tree.district), as_role(Role.REGION_ADMIN, tree.region)

    of_school = head.get(f"staff/{tree.school.id}").get_data(as_text=True)
    own = region.get("staff/").get_data(as_text=True)

    assert email in of_school
    assert "Некому управлять" in own
    assert "Дальний район" in own


def test_the_pages_say_the_last_sign_in_and_that_there_was_none(app, as_role, tree):
    director, email = as_role(Role.DIRECTOR, tree.school), make_account((tree.school, Role.CURATOR))
    page = director.get("staff/").get_data(as_text=True)
    member = director.get(f"staff/members/{membership_of(email, Role.CURATOR)}").get_data(as_text=True)

    for text in (page, member):
        assert "Последний вход" in text
        assert "входов не было" in text
    sign_in(app, email)
    assert "входов не было" not in director.get("staff/").get_data(as_text=True)


def test_a_region_without_people_of_one_name_is_told_so(as_role, tree):
    assert "Полных тёзок нет" in as_role(Role.REGION_ADMIN, tree.region).get("staff/people").get_data(as_text=True)


def test_somebody_dismissed_is_not_told_that_rights_are_still_to_come(app, as_role, tree):
    director, email = as_role(Role.DIRECTOR, tree.school), make_account((tree.school, Role.CURATOR))
    browser = sign_in(app, email)
    director.post(f"staff/members/{membership_of(email, Role.CURATOR)}/dismiss", data={"from_day": day()})

    page = browser.get("/choose").get_data(as_text=True)

    assert "Сейчас у Вас нет роли ни в одной организации" in page
    assert "ещё" not in page.partition("<h1>")[2].partition("<form")[0]
