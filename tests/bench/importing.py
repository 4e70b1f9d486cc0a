"""The register of a region from one XLSX: with its full row report and taken over, beside reading the file alone.

Every round has a region and a file of its own. Measured is what the two steps on the screen do, each in its own
transaction: read in a child process, keep, check every row, write the report; then check again under the lock, write
the organizations, their places in the tree and the event.
"""

import io
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from python_calamine import CalamineWorkbook

from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, transaction
from tenants.organizations import intakes
from tenants.organizations.commands import create_region
from tests.bench.ground import Ground
from tests.bench.telling import figure
from tests.factories.registers import region_workbook

ROWS = 1600


def measure(ground: Ground, *, clients: int, rounds: int) -> dict[str, object]:  # noqa: ARG001 - the shape of all measurements
    """Return milliseconds and ratios; the first round warms up and is not counted."""
    found = [_round(f"import-{time.time_ns()}") for _ in range(max(rounds, 5) + 1)][1:]
    checks = [one["check"] / one["read"] for one in found]
    loads = [(one["check"] + one["load"]) / one["read"] for one in found]
    result = {name: median(one[name] for one in found) for name in ("read", "check", "load")}
    figure("register_rows", ROWS, 0)
    for name, value in result.items():
        figure(f"register_{name}_ms", value, 1)
    for name, ratios in (("check", checks), ("import", loads)):
        figure(f"register_{name}_ratio", median(ratios), 1)
        figure(f"register_{name}_ratio_least", min(ratios), 1)
        figure(f"register_{name}_ratio_most", max(ratios), 1)
    return {"rows": ROWS, **result, "check_ratio": median(checks), "import_ratio": median(loads)}


def _round(code: str) -> dict[str, float]:
    content = region_workbook(ROWS, code, seed=time.time_ns())
    actor = _region(code)
    read, rows = _timed(lambda: CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())
    check, intake = _timed(lambda: _check(actor, content))
    load, done = _timed(lambda: _load(actor, intake.id))
    if len(rows) != ROWS + 1 or done.intake.created_count != ROWS:
        raise RuntimeError(f"загружено {done.intake.created_count} из {ROWS}")
    return {"read": read, "check": check, "load": load}


def _region(code: str) -> Actor:
    with transaction(REGISTRY) as session:
        place = create_region(session, code=code, name="Регион", name_short="Регион", time_zone="Europe/Moscow")
        return system_actor(workplace(place), Role.REGION_ADMIN)


def _check(actor: Actor, content: bytes) -> Any:
    with transaction(actor.scope) as session:
        return intakes.keep_register(session, actor, name="register.xlsx", content=content)


def _load(actor: Actor, intake_id: int) -> Any:
    with transaction(actor.scope) as session:
        return intakes.load_register(session, actor, intake_id)


def _timed(step: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = step()
    return (time.perf_counter() - begun) * 1000, found
