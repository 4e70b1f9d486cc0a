"""`portal demo seed`: the region once, and a word about it the second time."""

import json
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portal.config import Settings
from portal.demonstration import copying
from portal.demonstration.places import Plan, large_region, small_region
from portal.demonstration.records import Place, write_place
from portal.demonstration.registry import Registry, Staffer, staff_of_large, staff_of_small, write_registry
from tenants.accounts.models import Role
from tenants.accounts.passwords import hash_password
from tenants.db import connect

REGION = "demo"
SEED = 2026
CHUNK_ROWS = 60_000
_CALM = 0.8
"""The large region meets less often: 1.2 million meetings a year."""
_SYLLABLES = ("ba", "do", "ki", "lu", "ma", "ne", "po", "ra", "su", "ta", "ve", "zi")
_ROLE_ORDER = (Role.CURATOR, Role.DIRECTOR, Role.DISTRICT_REVIEWER, Role.REGION_ADMIN, Role.REGION_ANALYST)
_BOTH = "куратор и отдел образования"


@dataclass(frozen=True)
class Seeded:
    """What `demo seed` did."""

    new: bool
    organizations: int
    users: int
    rows: int
    seconds: float


@dataclass(frozen=True)
class Wish:
    """Which region is wanted."""

    size: str = "small"
    seed: int = SEED
    factor: float = 1.0


def seed_region(settings: Settings, wish: Wish) -> Seeded:
    """Make the region «demo», unless it stands."""
    settings.need("database_url", "database_admin_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=2)
    begun = time.monotonic()
    with copying.seeding(settings.database_admin_url) as connection:
        found = _standing(connection)
        if found is not None:
            return Seeded(False, *found, rows=0, seconds=time.monotonic() - begun)
        plans = small_region(wish.seed) if wish.size == "small" else large_region(wish.seed, wish.factor)
        staff = (staff_of_small if wish.size == "small" else staff_of_large)(plans, wish.seed)
        password = _new_password()
        if wish.size != "small":
            copying.trust_rows(connection)
        registry = write_registry(connection, plans, staff, hash_password(password))
        rows = write_records(connection, registry, wish)
    _write_logins(settings.data_dir, plans, staff, password)
    return Seeded(True, len(plans), len(staff), rows, time.monotonic() - begun)


def write_records(connection: copying.Connection, registry: Registry, wish: Wish) -> int:
    """Write people, pairs and meetings of every organization; returns how many rows."""
    batch = copying.start(connection)
    written = 0
    for plan in registry.plans.values():
        if not plan.kind.reports:
            continue
        calm = 1.0 if wish.size == "small" else _CALM
        place = Place(registry.owner(plan.code), plan.code, plan.kind, plan.scale, registry.curator(plan.code), calm)
        write_place(batch, place, wish.seed)
        if batch.size > CHUNK_ROWS:
            written += copying.write(connection, batch)
    written += copying.write(connection, batch)
    copying.finish(connection, batch)
    return written


def _standing(connection: copying.Connection) -> tuple[int, int] | None:
    row = connection.execute("select id from organization where code = %s and kind = 'region'", (REGION,)).fetchone()
    if row is None:
        return None
    counts = connection.execute(
        "select (select count(*) from organization where region_id = %s), "
        "(select count(distinct user_id) from membership where region_id = %s)",
        (row[0], row[0]),
    ).fetchone()
    return (int(str(counts[0])), int(str(counts[1]))) if counts else None


def _new_password() -> str:
    """Return a password that can be read aloud and typed."""
    parts = ["".join(secrets.choice(_SYLLABLES) for _ in range(3)) for _ in range(2)]
    return "-".join([*parts, f"{secrets.randbelow(9000) + 1000}"])


def _write_logins(folder: Path, plans: Sequence[Plan], staff: Sequence[Staffer], password: str) -> None:
    """Write all logins, one of each role first: readable by their owner only."""
    names = {plan.code: plan.name_short for plan in plans}
    lines = [
        {
            "role": _BOTH if len(one.roles) > 1 else one.roles[0][1].label,
            "organization": names[one.roles[0][0]],
            "email": one.email,
            "password": password,
        }
        for one in sorted(staff, key=_role_order)
    ]
    firsts = list({line["role"]: line for line in reversed(lines)}.values())[::-1]
    rest = [line for line in lines if line not in firsts]
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "logins.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([*firsts, *rest], file, ensure_ascii=False, indent=1)


def _role_order(one: Staffer) -> tuple[bool, int]:
    return len(one.roles) > 1, _ROLE_ORDER.index(one.roles[0][1])
