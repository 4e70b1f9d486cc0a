"""Plans of moves, mergers and splits, made and carried out as the region's administrator does it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from portal.operations.worker import run_waiting
from tenants.db import REGISTRY, find, transaction
from tenants.organizations.commands import create_organization
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import organization_in_reach
from tenants.reorganizations import commands
from tenants.reorganizations.commands import Change
from tenants.reorganizations.models import Kind, Placement, Reorganization
from tests.factories.tree import Tree, actor_of, unique


def plan(
    tree: Tree, change: Change, chosen: Collection[int] = (), staff: Mapping[int, Placement] | None = None
) -> Reorganization:
    """Draft a change and set it on its day; `staff` by account, who is not named stays."""
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        row = commands.draft_reorganization(session, actor, change)
        if chosen:
            commands.choose_people(session, actor, row.id, chosen, staff or {})
    with transaction(actor.scope) as session:
        return commands.plan_reorganization(session, actor, row.id, version=row.version)


def move(tree: Tree, place: Organization, to: Organization, day: date) -> Organization:
    """Move an organization on a day that has come, and do all the work that follows; returns it as it stands then."""
    plan(tree, Change(Kind.MOVE, [place.id], day, receiver=to.id, order_number="15"))
    run_waiting()
    return now(place)


def merging(sources: Sequence[Organization], day: date, receiver: Organization | None = None) -> Change:
    """Merge into an organization that stands, or into a new one."""
    card = None if receiver else {"code": unique("united"), "name": "Объединённая школа", "name_short": "Школа № 10"}
    ids = [place.id for place in sources]
    return Change(Kind.MERGE, ids, day, receiver=receiver.id if receiver else None, card=card)


def splitting(source: Organization, day: date) -> Change:
    """Split a new school off."""
    card = {"code": unique("part"), "name": "Новая школа", "name_short": "Школа № 20"}
    return Change(Kind.SPLIT, [source.id], day, card=card)


def now(place: Organization) -> Organization:
    """Return an organization as it stands now."""
    with transaction(REGISTRY.reading()) as session:
        return organization_in_reach(session, place.id)


def receiver_of(row: Reorganization) -> Organization:
    """Return who received, once it exists."""
    with transaction(REGISTRY.reading()) as session:
        return organization_in_reach(session, row.receiver)


def reread(tree: Tree, row: Reorganization) -> Reorganization:
    """Return a plan as it stands now."""
    with transaction(actor_of(tree.region).scope.reading()) as session:
        return find(session, Reorganization, row.id)


def more_schools(district: Organization, count: int) -> list[Organization]:
    """Return further schools of a district: «Школа № 101», «Школа № 102», …"""
    with transaction(REGISTRY) as session:
        return [
            create_organization(
                session,
                district,
                OrganizationKind.SCHOOL,
                {"code": unique("more"), "name": f"Школа № {number}, полное имя", "name_short": f"Школа № {number}"},
            )
            for number in range(101, 101 + count)
        ]
