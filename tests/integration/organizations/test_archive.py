"""The archive: what would follow is shown first; an organization leaves lists on its day, earlier periods keep it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role, UserAccount
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tenants.errors import WrongStateError
from tenants.journal import JournalEntry
from tenants.organizations import commands
from tenants.organizations.models import Organization
from tenants.organizations.queries import districts, reporting_organizations
from tenants.submissions.expected import expected_organizations
from tenants.submissions.models import Edition
from tests.factories import months, people
from tests.factories.tree import actor_of, make_account


@pytest.fixture
def region(as_role, tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def today():
    return clock.today("Europe/Moscow")


def said(day):
    return f"{day:%d.%m.%Y}"


def archive(seat, place, day, **more):
    form = {"version": "1", "archived_on": said(day), "reason": "Ликвидирована, приказ № 48"}
    return seat.post(f"organizations/{place.id}/archive", data=form | more)


def stored(place):
    with transaction(REGISTRY.reading()) as session:
        return session.get_one(Organization, (place.region_id, place.id))


def names_on(tree, day):
    with transaction(actor_of(tree.region).scope.reading()) as session:
        return {place.name_short for place in reporting_organizations(session, on=day)}


def test_an_archived_organization_leaves_the_lists_on_its_day_and_not_before(region, tree):
    day = today() + timedelta(days=10)

    answer = archive(region, tree.school, day)
    before = region.get("organizations/").get_data(as_text=True)

    assert answer.status_code == 303
    assert (stored(tree.school).archived_on, stored(tree.school).archive_reason) == (day, "Ликвидирована, приказ № 48")
    assert "Школа № 1" in before
    assert "Школа № 1" in names_on(tree, day - timedelta(days=1))
    assert "Школа № 1" not in names_on(tree, day)


def test_the_register_shows_the_archive_apart(region, tree):
    archive(region, tree.school, today())
    region.get("organizations/")  # The first page after the step tells of it.

    living = region.get("organizations/").get_data(as_text=True)
    gone = region.get("organizations/?only=archive").get_data(as_text=True)

    assert "Школа № 1" not in living
    assert "Ликвидирована, приказ № 48" in gone
    assert "Школа № 2" not in gone


def test_its_people_work_until_the_day_and_not_after(region, tree):
    email = make_account((tree.school, Role.CURATOR))
    archive(region, tree.school, today() + timedelta(days=1))

    def places():
        with transaction(REGISTRY.reading()) as session:
            account = session.scalars(select(UserAccount).where(UserAccount.email == email)).one()
            return [actor.organization.id for actor in workplaces_of(session, account)]

    now = places()
    clock.travel(clock.now() + timedelta(days=2))

    assert now == [tree.school.id]
    assert places() == []


def test_the_month_cut_before_the_day_still_awaits_it(region, tree):
    months.open_month(tree)
    day = today()
    archive(region, tree.school, day)

    with transaction(actor_of(tree.region).scope.reading()) as session:
        edition = session.scalars(select(Edition)).first()
        earlier = {one.organization_id for one in expected_organizations(session, edition, day - timedelta(days=1))}
        later = {one.organization_id for one in expected_organizations(session, edition, day)}

    assert tree.school.id in earlier
    assert tree.school.id not in later
    assert tree.sister.id in later


def test_the_effects_are_counted_before_the_step(region, tree):
    make_account((tree.school, Role.CURATOR), (tree.sister, Role.CURATOR))
    people.make_participant(tree.school, role="mentee")
    people.make_participant(tree.school, role="mentee")

    page = region.get(f"organizations/{tree.school.id}/archive").get_data(as_text=True)

    assert "1\xa0сотрудник потеряет вход" in page
    assert "2\xa0участника" in page
    assert stored(tree.school).archived_on is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reason": ""}, "Заполните это поле"),
        ({"reason": "да"}, "Напишите причину"),
        ({"archived_on": "01.09.2020"}, "Дата уже прошла"),
        ({"archived_on": "завтра"}, "25.11.2026"),
    ],
)
def test_an_archive_without_a_day_or_a_reason_is_refused(region, tree, change, words):
    answer = archive(region, tree.school, today(), **change)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert stored(tree.school).archived_on is None


def test_a_district_with_living_schools_stays(region, tree):
    refused = archive(region, tree.other_district, today())
    archive(region, tree.other_school, today())
    done = archive(region, tree.other_district, today())

    assert refused.status_code == 422
    assert "Под этой организацией" in refused.get_data(as_text=True)
    assert done.status_code == 303
    with transaction(actor_of(tree.region).scope.reading()) as session:
        assert [place.id for place in districts(session)] == [tree.district.id]
        assert tree.other_district.id in {place.id for place in districts(session, archived=True)}


def test_it_comes_back_as_it_was_and_a_second_click_changes_nothing(region, tree):
    archive(region, tree.school, today())

    first = region.post(f"organizations/{tree.school.id}/restore")
    second = region.post(f"organizations/{tree.school.id}/restore")

    assert (first.status_code, second.status_code) == (303, 303)
    assert (stored(tree.school).archived_on, stored(tree.school).archive_reason) == (None, "")
    assert "Школа № 1" in names_on(tree, today())
    with transaction(actor_of(tree.region).scope.reading()) as session:
        events = [one.event for one in session.scalars(select(JournalEntry).order_by(JournalEntry.id))]
    assert events == ["organization.archived", "organization.restored"]


def test_a_school_does_not_come_back_under_an_archived_district(region, tree):
    archive(region, tree.other_school, today())
    archive(region, tree.other_district, today())
    actor = actor_of(tree.region)

    with pytest.raises(WrongStateError, match="Дальний район"), transaction(actor.scope) as session:
        commands.restore_organization(session, actor, tree.other_school.id)


def test_an_organization_that_was_merged_does_not_come_back(region, tree):
    archive(region, tree.school, today())
    with transaction(REGISTRY) as session:
        session.get_one(Organization, (tree.region.id, tree.school.id)).successor_id = tree.sister.id
    actor = actor_of(tree.region)

    with pytest.raises(WrongStateError, match="объединена"), transaction(actor.scope) as session:
        commands.restore_organization(session, actor, tree.school.id)


def test_a_card_saved_meanwhile_stops_the_step(region, tree):
    region.post(
        f"organizations/{tree.school.id}/edit",
        data={"version": "1", "name": "Школа", "name_short": "Школа № 1", "time_zone": "Europe/Moscow"},
    )

    answer = archive(region, tree.school, today())

    assert answer.status_code == 409
    assert stored(tree.school).archived_on is None


def test_nobody_but_the_region_archives(as_role, tree):
    for role, place in ((Role.DISTRICT_HEAD, tree.district), (Role.CURATOR, tree.school)):
        assert archive(as_role(role, place), tree.school, date(2030, 1, 1)).status_code == 403
    foreign = as_role(Role.REGION_ADMIN, tree.region)
    assert archive(foreign, tree.region, date(2030, 1, 1)).status_code == 404
