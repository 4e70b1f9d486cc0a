"""Who sent a thing never approves it: from another seat, as a deputy, from a second account."""

from datetime import timedelta

import pytest

from reports import months
from tenants import clock
from tenants.accounts import accepting, deputies, people
from tenants.accounts.deputies import Deputizing
from tenants.accounts.deputy_invitations import invite_deputy
from tenants.accounts.invitations import token_of
from tenants.accounts.models import Role, UserAccount
from tenants.db import REGISTRY, insert, transaction
from tenants.errors import ForbiddenError
from tenants.roadmaps import commands, reviews
from tenants.roadmaps.models import RoadmapStatus
from tenants.roadmaps.reviews import Order
from tests.factories.months import accept, explain_everything, open_month, start
from tests.factories.roadmaps import MEASURES, YEAR, add
from tests.factories.staff import account_of, membership_of, rename, seat_of, unite
from tests.factories.tree import PASSWORD, make_account
from tests.journeys.steps import counted


def sent_by(address, place, tree):
    """Send the month of a school or college as somebody, and return its submission."""
    submission = start(place, open_month(tree))
    explain_everything(place, submission)
    seat = seat_of(address, place)
    with transaction(seat.scope) as session:
        months.send_month(session, seat, submission.id)
    return submission


def test_a_curator_of_a_college_does_not_accept_its_month_as_the_regions_administrator(app, tree):
    both = make_account((tree.college, Role.CURATOR), (tree.region, Role.REGION_ADMIN))
    submission = sent_by(both, tree.college, tree)
    browser = app.test_client()
    browser.post("/sign-in", data={"email": both, "password": PASSWORD})

    answer = browser.post(f"/o/{tree.region.code}/submissions/{submission.id}/accept", data={"revision_n": "1"})

    assert answer.status_code == 403
    assert "Отчёт, который Вы отправили сами, принимает другой сотрудник." in answer.get_data(as_text=True)
    accept(seat_of(make_account((tree.region, Role.REGION_ADMIN)), tree.region), submission)


def test_a_second_account_of_the_same_person_does_not_accept_either(tree):
    first, second = make_account((tree.school, Role.CURATOR)), make_account((tree.district, Role.DISTRICT_REVIEWER))
    submission = sent_by(first, tree.school, tree)
    unite(account_of(first).id, account_of(second).id)

    with pytest.raises(ForbiddenError, match="принимает другой сотрудник"):
        accept(seat_of(second, tree.district), submission)


def test_a_deputy_does_not_accept_what_they_sent_from_their_school(tree):
    person = make_account((tree.school, Role.CURATOR), (tree.district, Role.DISTRICT_REVIEWER))
    head = make_account((tree.district, Role.DISTRICT_HEAD))
    rename(person, "Соколова")
    submission = sent_by(person, tree.school, tree)
    today = clock.today()
    with transaction(REGISTRY) as session:
        terms = Deputizing(today, today + timedelta(days=5), "отпуск")
        held = membership_of(head, Role.DISTRICT_HEAD)
        deputies.appoint(session, seat_of(head, tree.district), held, account_of(person).id, terms)
    seats = seat_of(person, tree.district)

    assert seats.deputy
    with pytest.raises(ForbiddenError, match="принимает другой сотрудник"):
        accept(seats, submission)


def test_a_deputy_invited_from_a_school_does_not_accept_what_they_sent_there(tree):
    person, head = make_account((tree.school, Role.CURATOR)), make_account((tree.district, Role.DISTRICT_HEAD))
    rename(person, "Соколова")
    submission = sent_by(person, tree.school, tree)
    held, today = membership_of(head, Role.DISTRICT_HEAD), clock.today()
    with transaction(REGISTRY) as session:
        terms = Deputizing(today, today + timedelta(days=5), "отпуск")
        asked = invite_deputy(session, seat_of(head, tree.district), held, person, terms)
        accepting.accept_as_known(session, token_of(asked), account_of(person).id)
    seat = seat_of(person, tree.district)

    assert (seat.role, seat.deputy) == (Role.DISTRICT_HEAD, True)
    with pytest.raises(ForbiddenError, match="принимает другой сотрудник"):
        accept(seat, submission)


@pytest.mark.parametrize("who", ["sender", "writer"])
def test_a_plan_is_approved_neither_by_who_wrote_nor_by_who_sent_it(tree, who):
    writer, sender = make_account((tree.school, Role.CURATOR)), make_account((tree.school, Role.DIRECTOR))
    seat = seat_of(writer, tree.school)
    with transaction(seat.scope) as session:
        roadmap = commands.start_plan(session, seat, YEAR)
        add(session, seat, roadmap, MEASURES[0])
    seat = seat_of(sender, tree.school)
    with transaction(seat.scope) as session:
        commands.send_roadmap(session, seat, roadmap.id)
    reviewer = make_account((tree.district, Role.DISTRICT_REVIEWER))
    other = make_account((tree.district, Role.DISTRICT_REVIEWER))
    unite(account_of(sender if who == "sender" else writer).id, account_of(reviewer).id)
    order = Order("1", clock.today())

    seat = seat_of(reviewer, tree.district)
    with transaction(seat.scope) as session:
        with pytest.raises(ForbiddenError, match="сами составили или отправили"):
            reviews.approve_roadmap(session, seat, roadmap.id, order, version_n=1)
        batch = reviews.approve_clean(session, seat, {roadmap.id: 1}, order)
    assert batch.skipped == (roadmap.id,)
    seat = seat_of(other, tree.district)
    with transaction(seat.scope) as session:
        state = reviews.approve_roadmap(session, seat, roadmap.id, order, version_n=1)
    assert state.status is RoadmapStatus.APPROVED


def test_accounts_of_one_name_in_a_region_are_presumed_one_person_and_others_are_not(tree):
    known = make_account((tree.school, Role.CURATOR))
    made = []
    with transaction(REGISTRY) as session:
        for last_name in ("ПРОВЕРКИНА", "Непроверкина"):
            account = UserAccount(
                email=f"{last_name.lower()}-{tree.school.id}@example.org", last_name=last_name, first_name="Вера",
                middle_name="Ильинична", password_hash="-",
            )  # fmt: skip
            people.presume_same(session, insert(session, account), tree.region.id)
            made.append(account)

    assert [one.person_id for one in made] == [account_of(known).id, None]


def test_the_region_says_who_is_one_person_and_who_is_not_but_not_of_itself(as_role, tree, app):
    one, other = make_account((tree.school, Role.CURATOR)), make_account((tree.district, Role.DISTRICT_REVIEWER))
    region, own = as_role(Role.REGION_ADMIN, tree.region), make_account((tree.region, Role.REGION_ADMIN))

    joined = region.post("staff/people/join", data={"email": one, "other": other})
    together = seat_of(other, tree.district).accounts
    page = region.get("staff/people").get_data(as_text=True)
    parted = region.post(f"staff/people/{account_of(other).id}/part")
    browser = app.test_client()
    browser.post("/sign-in", data={"email": own, "password": PASSWORD})
    refused = browser.post(f"/o/{tree.region.code}/staff/people/join", data={"email": own, "other": one})

    assert (joined.status_code, parted.status_code, refused.status_code) == (303, 303, 403)
    assert together == {account_of(one).id, account_of(other).id}
    assert "Проверкина Вера Ильинична" in page
    assert seat_of(other, tree.district).accounts == {account_of(other).id}


def test_a_sign_in_asks_for_the_persons_accounts_without_another_statement(tree):
    email = make_account((tree.school, Role.CURATOR))

    with counted() as seen:
        seat = seat_of(email, tree.school)

    assert seat.accounts == {account_of(email).id}
    assert len(seen) == 2, "the account, then everything else"
