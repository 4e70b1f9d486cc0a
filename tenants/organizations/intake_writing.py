"""The rows of a checked table, written in a handful of statements whatever their number."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import CursorResult, text

from tenants import clock
from tenants.db import ScopedSession
from tenants.errors import ConflictError
from tenants.organizations.codes import CARD_LABELS
from tenants.organizations.intake_rows import Place, Planned, Register, RowState
from tenants.organizations.models import OrganizationKind

_CARD = tuple(CARD_LABELS)
_COLUMNS = ", ".join(_CARD)
_TYPED = ", ".join(f"{name} text" for name in _CARD)
_MOVED = "Реестр изменился во время загрузки. Ничего не записано. Проверьте таблицу ещё раз."

_NEW = text(f"""
    insert into organization (id, region_id, district_id, parent_id, code, kind, created_at, {_COLUMNS})
    select id, :region, district_id, parent_id, code, kind, :now, {_COLUMNS}
    from jsonb_to_recordset(cast(:rows as jsonb))
      as r(id int, district_id int, parent_id int, code text, kind text, {_TYPED})
    on conflict (code) do nothing
""")  # noqa: S608 - the names of the card's columns are the program's own
_PARENTS = text("""
    insert into organization_parent (region_id, organization_id, parent_id, valid_from)
    select :region, id, parent_id, :today from jsonb_to_recordset(cast(:rows as jsonb)) as r(id int, parent_id int)
""")
_CHANGED = text(f"""
    update organization o set version = o.version + 1, {", ".join(f"{name} = r.{name}" for name in _CARD)}
    from jsonb_to_recordset(cast(:rows as jsonb)) as r(id int, version int, {_TYPED})
    where o.region_id = :region and o.id = r.id and o.version = r.version
""")  # noqa: S608 - the names of the card's columns are the program's own
_IDS = text("select nextval('organization_id_seq') from generate_series(1, :count)")


@dataclass(frozen=True)
class Written:
    """How many organizations were written."""

    created: int
    changed: int


def write(session: ScopedSession, register: Register, planned: Sequence[Planned], *, today: date) -> Written:
    """Write the rows that go, in the region's own scope.

    Raises:
        ConflictError: somebody took a code or saved a card since the rows were checked.

    """
    new = [one for one in planned if one.row.state is RowState.NEW]
    changed = [one for one in planned if one.row.state is RowState.CHANGED]
    if new:
        _create(session, register, new, today)
    if changed:
        rows = [_changed(register, one) for one in changed]
        _all(session.execute(_CHANGED, {"region": register.region.id, "rows": _json(rows)}), len(rows))
    return Written(len(new), len(changed))


def _create(session: ScopedSession, register: Register, new: Sequence[Planned], today: date) -> None:
    region = register.region.id
    ids = session.scalars(_IDS, {"count": len(new)}).all()
    id_of = {one.row.number: id_ for one, id_ in zip(new, ids, strict=True)}
    rows: list[dict[str, object]] = []
    for one in new:
        id_, parent_id = id_of[one.row.number], _parent_id(one, id_of, region)
        place: dict[str, object] = {
            "id": id_,
            "parent_id": parent_id,
            "district_id": id_ if one.kind is OrganizationKind.DISTRICT else parent_id,
            "code": one.row.code,
            "kind": one.kind,
        }
        zone = one.card.get("time_zone") or _zone(one.parent) or register.region.card["time_zone"]
        rows.append({**one.card, "time_zone": zone, **place})
    sent = {"region": region, "rows": _json(rows)}
    _all(session.execute(_NEW, sent | {"now": clock.now()}), len(rows))
    session.execute(_PARENTS, sent | {"today": today})


def _parent_id(one: Planned, id_of: dict[int, int], region_id: int) -> int:
    if isinstance(one.parent, Planned):
        return id_of[one.parent.row.number]
    return one.parent.id if one.parent else region_id


def _zone(parent: Place | Planned | None) -> str | None:
    return parent.card.get("time_zone") if parent else None


def _changed(register: Register, one: Planned) -> dict[str, object]:
    place = register.by_id[one.row.organization_id or 0]
    written = {name: will for name, _, will in one.row.changes}
    return {**place.card, **written, "id": place.id, "version": one.row.version}


def _json(rows: Sequence[dict[str, object]]) -> str:
    return json.dumps(rows, ensure_ascii=False)


def _all(result: object, expected: int) -> None:
    if not isinstance(result, CursorResult) or result.rowcount != expected:
        raise ConflictError(_MOVED)
