"""The tree, its calendar and the people who work in the portal, by COPY."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from portal.demonstration.copying import Connection, Row, copy_rows
from portal.demonstration.places import Plan
from portal.demonstration.words import any_name, phone, seeded
from tenants.accounts.models import Role
from tenants.organizations.models import OrganizationKind
from tenants.settings.calendar import Calendar

FOUNDED = datetime(2025, 8, 20, 9, tzinfo=UTC)
SINCE = date(2025, 8, 20)
_CUT_DAY, _DUE_DAY, _OPEN_DAY = 25, 25, 1
_ORGANIZATION = (
    "id", "region_id", "district_id", "parent_id", "code", "kind", "name", "name_short", "created_at",
)  # fmt: skip
_CARD = (
    "inn", "kpp", "ogrn", "okpo", "oktmo", "address", "site", "head_post", "head_name", "responsible_post",
    "responsible_name", "responsible_phone", "responsible_email",
)  # fmt: skip


@dataclass(frozen=True)
class Staffer:
    """Somebody who signs in, with a role in one organization or in two."""

    email: str
    name: tuple[str, str, str]
    roles: tuple[tuple[str, Role], ...]
    """Code of the organization and the role in it."""


@dataclass(frozen=True)
class Registry:
    """What stands after the tree was written."""

    plans: dict[str, Plan]
    ids: dict[str, int]
    users: dict[str, int]
    """By address."""
    staff: tuple[Staffer, ...]

    def owner(self, code: str) -> tuple[int, int, int]:
        """Return the ids of region, district and organization that rows of an organization carry."""
        plan = self.plans[code]
        region = next(self.ids[one.code] for one in self.plans.values() if not one.parent)
        own = self.ids[code]
        if plan.kind in (OrganizationKind.REGION, OrganizationKind.DISTRICT):
            return region, own, own
        return region, self.ids[plan.parent], own

    def curator(self, code: str) -> int:
        """Return the user who keeps the records of an organization."""
        return self.users[f"curator@{code}.example"]


def write_registry(
    connection: Connection, plans: Sequence[Plan], staff: Sequence[Staffer], password_hash: str
) -> Registry:
    """Write organizations with their calendar and the accounts with their memberships."""
    ids = dict(zip((plan.code for plan in plans), _numbers(connection, "organization", len(plans)), strict=True))
    users = dict(zip((one.email for one in staff), _numbers(connection, "user_account", len(staff)), strict=True))
    registry = Registry({plan.code: plan for plan in plans}, ids, users, tuple(staff))
    copy_rows(connection, "organization", (*_ORGANIZATION, *_CARD), _organizations(registry))
    parents: list[Row] = [
        (registry.owner(plan.code)[0], ids[plan.code], ids[plan.parent], date(2020, 9, 1))
        for plan in plans
        if plan.parent
    ]
    copy_rows(connection, "organization_parent", ("region_id", "organization_id", "parent_id", "valid_from"), parents)
    copy_rows(
        connection,
        "user_account",
        ("id", "email", "last_name", "first_name", "middle_name", "phone", "password_hash", "created_at"),
        _accounts(staff, users, password_hash),
    )
    memberships: list[Row] = [
        (users[one.email], registry.owner(code)[0], ids[code], role.value, SINCE)
        for one in staff
        for code, role in one.roles
    ]
    copy_rows(connection, "membership", ("user_id", "region_id", "organization_id", "role", "since"), memberships)
    # One shows the demonstration to others: nobody has to fetch a telephone. A region of its own asks by default.
    regions: list[Row] = [(ids[plan.code], FOUNDED, 30, 12, "[]") for plan in plans if not plan.parent]
    columns = ("region_id", "valid_from", "idle_minutes", "longest_hours", "factor_roles")
    copy_rows(connection, "sign_in_rule", columns, regions)
    _write_calendar(connection, registry, plans[0].code)
    return registry


def staff_of_small(plans: Sequence[Plan], seed: int) -> list[Staffer]:
    """Return who works in the small region; one methodist has rights in a school and in its district."""
    staff = [one for plan in plans for one in _staff_of(plan, seed)]
    both = (("sosh4", Role.CURATOR), ("zarechny", Role.DISTRICT_REVIEWER))
    return [*staff, Staffer("metodist@zarechny.example", _name(seed, "metodist"), both)]


def staff_of_large(plans: Sequence[Plan], seed: int) -> list[Staffer]:
    """Return who works in the large region: about 3.7 people an organization."""
    staff: list[Staffer] = []
    for number, plan in enumerate(plans):
        own = _staff_of(plan, seed)
        staff += own
        more = {OrganizationKind.REGION: 18, OrganizationKind.DISTRICT: 3}.get(plan.kind, 1 + (number % 5 < 3))
        code, role = own[0].roles[0]
        for extra in range(2, more + 2):
            email = own[0].email.replace("@", f"{extra}@")
            staff.append(Staffer(email, _name(seed, email), ((code, role),)))
    return staff


def _staff_of(plan: Plan, seed: int) -> list[Staffer]:
    domain = f"{plan.code}.example"
    responsible = _split(plan.card["responsible_name"])
    if plan.kind is OrganizationKind.REGION:
        analyst = Staffer(f"analyst@{domain}", _name(seed, "analyst"), ((plan.code, Role.REGION_ANALYST),))
        return [Staffer(f"admin@{domain}", responsible, ((plan.code, Role.REGION_ADMIN),)), analyst]
    if plan.kind is OrganizationKind.DISTRICT:
        head = Staffer(f"nachalnik@{domain}", _split(plan.card["head_name"]), ((plan.code, Role.DISTRICT_HEAD),))
        return [Staffer(f"otdel@{domain}", responsible, ((plan.code, Role.DISTRICT_REVIEWER),)), head]
    director = Staffer(f"director@{domain}", _split(plan.card["head_name"]), ((plan.code, Role.DIRECTOR),))
    return [Staffer(f"curator@{domain}", responsible, ((plan.code, Role.CURATOR),)), director]


def _split(name: str) -> tuple[str, str, str]:
    last, first, middle = name.split(" ", 2)
    return last, first, middle


def _name(seed: int, key: str) -> tuple[str, str, str]:
    return _split(any_name(seeded(f"{seed}:staff:{key}")).full)


def _organizations(registry: Registry) -> Iterator[Row]:
    for plan in registry.plans.values():
        region, district, own = registry.owner(plan.code)
        parent = registry.ids[plan.parent] if plan.parent else None
        card = [plan.card[name] for name in _CARD]
        yield (own, region, district, parent, plan.code, plan.kind.value, plan.name, plan.name_short, FOUNDED, *card)


def _accounts(staff: Sequence[Staffer], users: dict[str, int], password_hash: str) -> Iterator[Row]:
    for one in staff:
        yield (users[one.email], one.email, *one.name, phone(seeded(one.email)), password_hash, FOUNDED)


def _write_calendar(connection: Connection, registry: Registry, region_code: str) -> None:
    columns = (
        "region_id",
        "district_id",
        "organization_id",
        "kind",
        "valid_from",
        "revision",
        "value",
        "decided_at",
        "actor_name",
    )
    calendar = Calendar(_CUT_DAY, _DUE_DAY, _OPEN_DAY)
    row: Row = (
        *registry.owner(region_code),
        calendar.kind.value,
        date(2025, 1, 1),
        1,
        json.dumps(calendar.plain()),
        FOUNDED,
        "Портал",
    )
    copy_rows(connection, "region_setting", columns, [row])


def _numbers(connection: Connection, table: str, count: int) -> list[int]:
    rows = connection.execute(
        "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)", (table, count)
    ).fetchall()
    return [int(str(row[0])) for row in rows]
