"""Staff of a split organization goes with the roles it holds, or stays; nobody is given what they do not hold."""

import re
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.operations.worker import run_waiting
from tenants import clock
from tenants.accounts.models import Membership, Role
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tenants.reorganizations.models import Placement, Reorganization
from tests.factories import people
from tests.factories.people import MENTEE
from tests.factories.reorganizations import merging, plan, splitting
from tests.factories.staff import account_of, membership_of, rename
from tests.factories.tree import Tree, actor_of, make_account, unique

DAY = date(2026, 11, 28)
BEFORE = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def _a_day_in_november() -> None:
    clock.travel(datetime(2026, 11, 20, 9, tzinfo=UTC))


def hired(tree: Tree, name: str, *roles: Role, place=None) -> str:
    email = make_account(*((place or tree.school, role) for role in roles))
    rename(email, name)
    return email


def held_by(email: str) -> set[tuple[int, Role, date | None]]:
    """Every role of a person: where, which, until when."""
    with transaction(REGISTRY.reading()) as session:
        rows = session.scalars(select(Membership).where(Membership.user_id == account_of(email).id)).all()
        return {(one.organization_id, one.role, one.until) for one in rows}


def split(tree: Tree, staff: dict[str, Placement]) -> Reorganization:
    """Split the school on the day, one pupil going, and carry it out."""
    goes = people.make_participant(tree.school, role=MENTEE)
    people.make_participant(tree.school, role=MENTEE)
    chosen = {account_of(email).id: placement for email, placement in staff.items()}
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    row = plan(tree, splitting(tree.school, DAY), chosen=[goes.id], staff=chosen)
    run_waiting()
    return row


def test_each_goes_with_the__or_stays(tree: Tree):
    director, curator = hired(tree, "Директорова", Role.DIRECTOR), hired(tree, "Кураторова", Role.CURATOR)
    other = hired(tree, "Вторая", Role.CURATOR)

    row = split(tree, {director: Placement.STAYS, curator: Placement.GOES})

    assert held_by(director) == {(tree.school.id, Role.DIRECTOR, None)}
    assert held_by(curator) == {(tree.school.id, Role.CURATOR, BEFORE), (row.receiver, Role.CURATOR, None)}
    assert held_by(other) == {(tree.school.id, Role.CURATOR, None)}


def test_who_holds_two_roles_keeps_both(tree: Tree):
    goes = hired(tree, "Двойная", Role.DIRECTOR, Role.CURATOR)

    row = split(tree, {goes: Placement.GOES})

    assert held_by(goes) == {
        (tree.school.id, Role.DIRECTOR, BEFORE),
        (tree.school.id, Role.CURATOR, BEFORE),
        (row.receiver, Role.DIRECTOR, None),
        (row.receiver, Role.CURATOR, None),
    }


def test_who_works_in_both_keeps_the_role_in_each(tree: Tree):
    both = hired(tree, "Общая", Role.CURATOR)

    row = split(tree, {both: Placement.BOTH})

    assert held_by(both) == {(tree.school.id, Role.CURATOR, None), (row.receiver, Role.CURATOR, None)}


def deputy_of(principal: str, deputy: str, *, until: date) -> None:
    with transaction(REGISTRY) as session:
        held = session.get_one(Membership, membership_of(principal, Role.DIRECTOR))
        session.add(
            Membership(
                user_id=account_of(deputy).id,
                region_id=held.region_id,
                organization_id=held.organization_id,
                role=held.role,
                since=date(2026, 11, 20),
                until=until,
                deputy_of_id=held.id,
                suspends=True,
                reason="отпуск",
            )
        )


def labels_at(place_id: int, email: str) -> set[str]:
    with transaction(REGISTRY.reading()) as session:
        account = account_of(email)
        return {one.role_label for one in workplaces_of(session, account) if one.organization.id == place_id}


@pytest.mark.parametrize("kind", ["merge", "split"])
def test_a_deputy_goes_as_a_deputy_and_never_for_good(tree: Tree, kind):
    director, curator = hired(tree, "Директорова", Role.DIRECTOR), hired(tree, "Кураторова", Role.CURATOR)
    deputy_of(director, curator, until=date(2026, 12, 10))

    if kind == "split":
        row = split(tree, {director: Placement.GOES, curator: Placement.GOES})
    else:
        clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
        row = plan(tree, merging([tree.school, tree.sister], DAY))
        run_waiting()

    assert labels_at(row.receiver, curator) == {"куратор", "и. о. директора"}
    assert labels_at(row.receiver, director) == set(), "the deputy stands in, as before"
    clock.travel(datetime(2026, 12, 11, 9, tzinfo=UTC))
    assert labels_at(row.receiver, curator) == {"куратор"}
    assert labels_at(row.receiver, director) == {"директор"}


def test_a_deputy_ends_where_the_one_stood_in_for_has_gone(tree: Tree):
    director, curator = hired(tree, "Директорова", Role.DIRECTOR), hired(tree, "Кураторова", Role.CURATOR)
    deputy_of(director, curator, until=date(2026, 12, 10))

    row = split(tree, {director: Placement.GOES})

    assert labels_at(tree.school.id, curator) == {"куратор"}
    assert labels_at(row.receiver, curator) == set()
    assert labels_at(row.receiver, director) == {"директор"}


def test_a_deputy_who_goes_alone_leaves_the_role_behind(tree: Tree):
    director, curator = hired(tree, "Директорова", Role.DIRECTOR), hired(tree, "Кураторова", Role.CURATOR)
    deputy_of(director, curator, until=date(2026, 12, 10))

    row = split(tree, {curator: Placement.GOES})

    assert labels_at(row.receiver, curator) == {"куратор"}
    assert labels_at(tree.school.id, director) == {"директор"}


@pytest.mark.parametrize("kind", ["merge", "split"])
def test_the_dismissed_of_the_same_day_get_nothing(tree: Tree, kind):
    clock.travel(datetime(2026, 11, 28, 8, tzinfo=UTC))
    gone = hired(tree, "Уволенная", Role.CURATOR)
    with transaction(REGISTRY) as session:
        held = session.get_one(Membership, membership_of(gone, Role.CURATOR))
        held.since, held.until, held.ended_at = DAY, DAY, clock.now()

    if kind == "split":
        split(tree, {gone: Placement.GOES})
    else:
        plan(tree, merging([tree.school, tree.sister], DAY))
        run_waiting()

    assert held_by(gone) == {(tree.school.id, Role.CURATOR, DAY)}


def words(response) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_the_preview_names_who_goes_with_which_role(as_role, tree: Tree):
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))
    admin = as_role(Role.REGION_ADMIN, tree.region)
    director = hired(tree, "Директорова", Role.DIRECTOR, Role.CURATOR)
    curator = hired(tree, "Кураторова", Role.CURATOR)
    stranger = hired(tree, "Чужая", Role.CURATOR, place=tree.sister)
    goes = people.make_participant(tree.school, role=MENTEE)
    people.make_participant(tree.school, role=MENTEE)
    new = {"code_new": unique("n"), "name": "Новая", "name_short": "Школа № 20", "takes_effect_on": "28.11.2026"}
    draft = admin.post("organizations/changes/new/split", data={"source": tree.school.code} | new)
    path = f"organizations/changes/{draft.location.rsplit('/', 1)[1]}"
    before = words(admin.get(path))
    assert "В новой организации никто не работает" in before
    assert "Директорова В.И., куратор, директор – остаётся" in before

    chosen = {
        f"staff-{account_of(director).id}": "goes",
        f"staff-{account_of(curator).id}": "both",
        f"staff-{account_of(stranger).id}": "goes",
    }
    assert admin.post(f"{path}/people", data={"participants": [goes.id], **chosen}).status_code == 303

    page = words(admin.get(path))
    assert "Директорова В.И., куратор, директор – переходит" in page
    assert "Кураторова В.И., куратор – в обеих" in page
    assert "В «Школа № 1» не останется директора" in page
    assert "никто не работает" not in page
    assert "Чужая" not in page
    with transaction(actor_of(tree.region).scope.reading()) as session:
        number = int(path.rsplit("/", 1)[1])
        version = session.get_one(Reorganization, (tree.region.id, number)).version
    assert admin.post(f"{path}/plan", data={"version": version}).status_code == 303
    run_waiting()
    assert held_by(stranger) == {(tree.sister.id, Role.CURATOR, None)}
    assert {role for place, role, _ in held_by(director) if place != tree.school.id} == {Role.DIRECTOR, Role.CURATOR}
