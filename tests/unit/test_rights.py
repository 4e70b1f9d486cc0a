"""Who names whom, as a table, and that no chain of namings leads up."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tenants.accounts.rights import Standing, Where, nameable, roles_of, where
from tenants.organizations.models import OrganizationKind


@dataclass(frozen=True)
class Place:
    id: int
    region_id: int
    district_id: int
    kind: OrganizationKind
    archived_on: date | None = None


REGION = Place(1, 1, 1, OrganizationKind.REGION)
DISTRICT = Place(10, 1, 10, OrganizationKind.DISTRICT)
OTHER_DISTRICT = Place(20, 1, 20, OrganizationKind.DISTRICT)
SCHOOL = Place(11, 1, 10, OrganizationKind.SCHOOL)
SISTER = Place(12, 1, 10, OrganizationKind.SCHOOL)
FAR_SCHOOL = Place(21, 1, 20, OrganizationKind.SCHOOL)
COLLEGE = Place(30, 1, 1, OrganizationKind.COLLEGE)
ABROAD = Place(99, 99, 99, OrganizationKind.REGION)
ABROAD_SCHOOL = Place(98, 99, 99, OrganizationKind.SCHOOL)
PLACES = (REGION, DISTRICT, OTHER_DISTRICT, SCHOOL, SISTER, FAR_SCHOOL, COLLEGE, ABROAD, ABROAD_SCHOOL)
SCHOOL_ROLES = {Role.DIRECTOR, Role.CURATOR}
DISTRICT_ROLES = {Role.DISTRICT_HEAD, Role.DISTRICT_REVIEWER}
EXPECTED = {
    (Role.REGION_ADMIN, REGION): {
        REGION: {Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR},
        DISTRICT: DISTRICT_ROLES,
        OTHER_DISTRICT: DISTRICT_ROLES,
        SCHOOL: SCHOOL_ROLES,
        SISTER: SCHOOL_ROLES,
        FAR_SCHOOL: SCHOOL_ROLES,
        COLLEGE: SCHOOL_ROLES,
    },
    (Role.DISTRICT_HEAD, DISTRICT): {
        DISTRICT: {Role.DISTRICT_REVIEWER},
        SCHOOL: SCHOOL_ROLES,
        SISTER: SCHOOL_ROLES,
    },
    (Role.DIRECTOR, SCHOOL): {SCHOOL: {Role.CURATOR}},
    (Role.DIRECTOR, COLLEGE): {COLLEGE: {Role.CURATOR}},
}
SEATS = [Standing(role, place) for place in PLACES for role in roles_of(place.kind)]


@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: f"{seat.role}@{seat.place.id}")
def test_a_seat_names_exactly_the_roles_of_the_table(seat):
    expected = EXPECTED.get((seat.role, seat.place), {})
    for place in PLACES:
        known = seat.place.region_id == 1 and seat.place in {REGION, DISTRICT, SCHOOL, COLLEGE}
        found = nameable(seat, place)
        if known:
            assert found == expected.get(place, set()), place
        elif place.region_id != seat.place.region_id:
            assert found == set(), place


def named_by(seat):
    return {Standing(role, place) for place in PLACES for role in nameable(seat, place)}


@pytest.mark.parametrize("deputy", [False, True])
@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: f"{seat.role}@{seat.place.id}")
def test_no_chain_of_namings_reaches_more_than_the_first_could_name(seat, deputy):
    first = named_by(replace(seat, deputy=deputy))
    reached, waiting = set(first), list(first)
    while waiting:
        for found in named_by(waiting.pop()) - reached:
            reached.add(found)
            waiting.append(found)

    assert reached == first


def test_a_deputy_hands_on_everything_but_the_role_held_for_another():
    acting = Standing(Role.REGION_ADMIN, REGION, deputy=True)

    assert nameable(acting, REGION) == {Role.REGION_ANALYST, Role.AUDITOR}
    assert nameable(acting, SCHOOL) == SCHOOL_ROLES


@pytest.mark.parametrize("seat", [Standing(Role.REGION_ADMIN, REGION), Standing(Role.DISTRICT_HEAD, DISTRICT)])
def test_an_archive_has_keepers_and_nobody_else(seat):
    gone, going = (replace(SCHOOL, archived_on=clock.today() + timedelta(days)) for days in (0, 1))

    assert nameable(seat, gone) == {Role.KEEPER}
    assert nameable(seat, going) == SCHOOL_ROLES | {Role.KEEPER}


def test_in_an_archive_nobody_names_from_inside_or_from_elsewhere():
    gone = replace(SCHOOL, archived_on=clock.today())

    for role, place in ((Role.KEEPER, gone), (Role.DIRECTOR, gone), (Role.DISTRICT_HEAD, OTHER_DISTRICT)):
        assert nameable(Standing(role, place), gone) == set()
    assert nameable(Standing(Role.REGION_ADMIN, REGION), replace(DISTRICT, archived_on=clock.today())) == set()


def test_nobody_reaches_sideways_or_up():
    below = {(DISTRICT, SCHOOL), (DISTRICT, SISTER), (OTHER_DISTRICT, FAR_SCHOOL)}
    for own, place in product(PLACES, PLACES):
        found = where(own, place)
        if own is place:
            assert found is Where.OWN
        elif own is REGION and place.region_id == 1:
            assert found is (Where.DISTRICT if place.kind is OrganizationKind.DISTRICT else Where.SCHOOL)
        elif own is ABROAD and place is ABROAD_SCHOOL:
            assert found is Where.SCHOOL
        else:
            assert (found is Where.SCHOOL) == ((own, place) in below)
            assert found in (None, Where.SCHOOL)
