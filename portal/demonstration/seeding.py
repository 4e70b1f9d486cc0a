"""`portal demo seed`: the region once, and a word about it the second time."""

import json
import os
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from portal.config import Settings
from portal.demonstration import copying
from portal.demonstration.cast import load_cast
from portal.demonstration.history import MARK, play_history
from portal.demonstration.mass_year import write_year
from portal.demonstration.places import Plan, large_region, small_region
from portal.demonstration.records import Place, write_place
from portal.demonstration.registry import Registry, Staffer, staff_of_large, staff_of_small, write_registry
from portal.demonstration.stories import Picks, prepare
from portal.demonstration.wiping import wipe
from tenants.accounts.models import Role
from tenants.accounts.passwords import hash_password
from tenants.db import connect

REGION = "demo"
SEED = 2026
CHUNK_ROWS = 60_000
_CALM = 0.8
"""The large region meets less often: 1.2 million meetings a year."""
_SYLLABLES = ("ba", "do", "ki", "lu", "ma", "ne", "po", "ra", "su", "ta", "ve", "zi")
_ROLE_ORDER = (
    Role.CURATOR,
    Role.DIRECTOR,
    Role.DISTRICT_REVIEWER,
    Role.DISTRICT_HEAD,
    Role.REGION_ADMIN,
    Role.REGION_ANALYST,
)
_BOTH = "куратор и отдел образования"


@dataclass(frozen=True)
class Seeded:
    """What `demo seed` did."""

    new: bool
    organizations: int
    users: int
    rows: int
    seconds: float
    steps: int = 0
    """Steps that people took in the history."""


@dataclass(frozen=True)
class Wish:
    """Which region is wanted."""

    size: str = "small"
    seed: int = SEED
    factor: float = 1.0


def seed_region(settings: Settings, wish: Wish) -> Seeded:
    """Make the region «demo», unless it stands; what an interrupted seeding left behind is made anew."""
    settings.need("database_url", "database_admin_url")
    begun = time.monotonic()
    with copying.seeding(settings.database_admin_url) as connection:
        found = _standing(connection)
        if found is not None and found.complete:
            return Seeded(new=False, organizations=found.organizations, users=found.users, rows=0, seconds=0.0)
        if found is not None:
            wipe(connection, found.region_id)
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=2)
    made = _make_small(settings, wish) if wish.size == "small" else _make_large(settings, wish)
    return Seeded(new=True, **made, seconds=round(time.monotonic() - begun, 1))


def _make_small(settings: Settings, wish: Wish) -> dict[str, int]:
    plans, picks = small_region(wish.seed), Picks()
    staff = staff_of_small(plans, wish.seed)
    password = _new_password()
    with copying.seeding(settings.database_admin_url) as connection:
        registry = write_registry(connection, plans, staff, hash_password(password))
        rows = write_records(connection, registry, wish, picks)
    _write_logins(settings.data_dir, plans, staff, password)
    steps = play_history(load_cast(REGION), plans, picks, wish.seed)
    return {"organizations": len(plans), "users": len(staff), "rows": rows, "steps": steps}


def _make_large(settings: Settings, wish: Wish) -> dict[str, int]:
    plans = large_region(wish.seed, wish.factor)
    staff = staff_of_large(plans, wish.seed)
    password = _new_password()
    with copying.seeding(settings.database_admin_url) as connection:
        copying.trust_rows(connection)
        registry = write_registry(connection, plans, staff, hash_password(password))
        rows = write_records(connection, registry, wish, None)
    _write_logins(settings.data_dir, plans, staff, password)
    months = write_year(settings.database_admin_url, registry, wish.seed)
    return {"organizations": len(plans), "users": len(staff), "rows": rows, "steps": months}


def write_records(connection: copying.Connection, registry: Registry, wish: Wish, picks: Picks | None) -> int:
    """Write people, pairs and meetings of every organization; returns how many rows."""
    batch = copying.start(connection)
    written = 0
    for plan in registry.plans.values():
        if not plan.kind.reports:
            continue
        calm = 1.0 if wish.size == "small" else _CALM
        place = Place(registry.owner(plan.code), plan.code, plan.kind, plan.scale, registry.curator(plan.code), calm)
        if picks is None:
            write_place(batch, place, wish.seed)
        else:
            picks.people |= write_place(batch, place, wish.seed, partial(prepare, picks=picks)).participants
        if batch.size > CHUNK_ROWS:
            written += copying.write(connection, batch)
    written += copying.write(connection, batch)
    copying.finish(connection, batch)
    return written


@dataclass(frozen=True)
class _Standing:
    """The region as it was found."""

    region_id: int
    complete: bool
    organizations: int
    users: int


def _standing(connection: copying.Connection) -> _Standing | None:
    row = connection.execute(
        "select r.id, exists (select from journal j where j.region_id = r.id and j.event = %s), "
        "(select count(*) from organization o where o.region_id = r.id), "
        "(select count(distinct m.user_id) from membership m where m.region_id = r.id) "
        "from organization r where r.code = %s and r.kind = 'region'",
        (MARK, REGION),
    ).fetchone()
    return None if row is None else _Standing(int(str(row[0])), bool(row[1]), int(str(row[2])), int(str(row[3])))


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
