"""Every opening of the past can be turned to, in the school and above it; what runs now always stands first."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.openings.models import NameOpening
from tenants.openings.queries import PAGE_SIZE, openings_page
from tenants.organizations.models import Organization
from tests.conftest import Seat
from tests.factories.openings import make_opening
from tests.factories.people import MENTEE, make_participant
from tests.factories.tree import Tree, actor_of

SignIn = Callable[[Role, Organization], Seat]
MANY = 2 * PAGE_SIZE + 20
"""Of the past: more than two pages hold."""
FIRST = datetime(2026, 6, 1, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
_PAST = re.compile(r'<section[^>]*"past.*?</section>', re.DOTALL)
_NUMBER = re.compile(r'<td class="dim" data-l="№">(\d+)</td>')
_OPENED = re.compile(r'href="/o/[^"]*/openings/(\d+)"')


@pytest.fixture
def openings(tree: Tree) -> list[NameOpening]:
    """One that runs and many of the past, one a day; the newest first."""
    district = actor_of(tree.district)
    person = make_participant(tree.school, role=MENTEE)
    made = []
    for day in range(MANY):
        clock.travel(FIRST + timedelta(days=day))
        made.append(make_opening(district, tree.school, [person.id]))
    clock.travel(NOW)
    return [make_opening(district, tree.school, [person.id]), *reversed(made)]


def past_of(page: str, number: re.Pattern[str]) -> list[int]:
    """Numbers of the openings in the list of the past, as the page shows it."""
    found = _PAST.search(page)
    return [int(one) for one in number.findall(found[0])] if found else []


@pytest.mark.parametrize(
    ("role", "place", "path", "number"),
    [
        (Role.DIRECTOR, "school", "names-seen/?past=", _NUMBER),
        (Role.DISTRICT_REVIEWER, "district", "openings/?page=", _OPENED),
    ],
    ids=["school", "district"],
)
def test_every_opening_of_the_past_stands_on_one_page(
    as_role: SignIn, tree: Tree, openings: list[NameOpening], role: Role, place: str, path: str, number: re.Pattern[str]
) -> None:
    seat = as_role(role, getattr(tree, place))

    pages = [seat.get(f"{path}{n}").text for n in (1, 2, 3)]

    running, *past = [one.id for one in openings]
    assert [one for page in pages for one in past_of(page, number)] == past
    assert all(f">{running}<" in page or f"/openings/{running}" in page for page in pages), "what runs stands on each"
    assert all(f"всего {MANY}" in page for page in pages)


def test_a_page_that_never_was_shows_the_last_one(tree: Tree, openings: list[NameOpening]) -> None:
    with transaction(actor_of(tree.school).scope.reading()) as session:
        for asked, shown in ((0, 1), (3, 3), (4, 3), (10_000, 3)):
            found = openings_page(session, clock.now(), asked, organization_id=tree.school.id)
            assert (found.page, found.pages, found.found) == (shown, 3, len(openings) - 1)


def test_each_list_keeps_its_page_while_the_other_is_turned(
    as_role: SignIn, tree: Tree, openings: list[NameOpening]
) -> None:
    seat = as_role(Role.DIRECTOR, tree.school)
    assert openings
    for _ in range(51):
        seat.get("participants/")

    page = seat.get("names-seen/?past=2&page=2").text

    assert re.search(r'href="[^"]*/names-seen/\?(page=2&amp;past=3|past=3&amp;page=2)"', page)
    assert re.search(r'href="[^"]*/names-seen/\?(page=1&amp;past=2|past=2&amp;page=1)"', page)


def test_another_schools_openings_are_not_among_them(tree: Tree, openings: list[NameOpening]) -> None:
    assert openings
    with transaction(actor_of(tree.sister).scope.reading()) as session:
        found = openings_page(session, clock.now())

    assert (found.running, found.past, found.found) == ([], [], 0)
