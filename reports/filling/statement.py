"""One statement that computes every bound cell of a month inside the database and stores value and set.

The conditions are those of the figures, compiled once for a form and a kind of organization; the sets never travel to
the program and back. Text is made of this module's own names and numbers; everything else is a parameter.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.dialects.postgresql.psycopg import dialect

from reports.editions.definition import EditionDefinition, Source
from reports.figures import Figure, family_select
from reports.filling.sets import Filters, by_family, filters_of, keys_of

_SHARED = frozenset({"after", "on", "region_id", "organization_id"})
_DIALECT = dialect()  # type: ignore[no-untyped-call] # SQLAlchemy leaves it untyped


@dataclass(frozen=True)
class FillStatement:
    """The statement of one form and kind of organization, with the parameters that never change."""

    sql: str
    parameters: dict[str, Any]


def fill_statement(definition: EditionDefinition, kind: str) -> FillStatement:
    """Return the statement; formulas are not in it, they need the values of the other cells."""
    cells = [cell for cell in definition.cells_for(kind) if cell.source in (Source.FIGURE, Source.MANUAL)]
    parts = _Parts([], [], {}, {})
    for family in by_family(cell for cell in cells if cell.source is Source.FIGURE):
        _add_family(parts, family)
    form = [
        {
            "section_code": cell.section,
            "row_code": cell.row,
            "column_code": cell.column,
            "slot": parts.slots.get((cell.figure, filters_of(cell))),
        }
        for cell in cells
    ]
    slots = (
        " union all ".join(parts.slot_selects)
        or "select null::int, null::text, null::bigint[], null::bytea[] where false"
    )
    ctes = "".join(f"{cte},\n" for cte in parts.ctes)
    sql = f"with {ctes}slots (slot, record_kind, ids, identity_keys) as ({slots}),\n{_STORE}"
    return FillStatement(sql, parts.parameters | {"form": json.dumps(form)})


@dataclass(frozen=True)
class _Parts:
    """What the statement is put together from."""

    ctes: list[str]
    slot_selects: list[str]
    parameters: dict[str, Any]
    slots: dict[tuple[str, Filters], int]


def _add_family(parts: _Parts, wanted: Sequence[tuple[Figure, list[Filters]]]) -> None:
    figures, keys = tuple(figure for figure, _ in wanted), keys_of(wanted)
    family = figures[0].family
    people = family.record_kind == "participant"
    parts.ctes.append(f"{family.name}_rows as materialized ({_compiled(parts, family.name, figures, keys)})")
    conditions: dict[int, str] = {}
    for figure, combinations in wanted:
        for filters in combinations:
            slot = len(parts.slots) + 1
            parts.slots[figure.name, filters] = slot
            conditions[slot] = " and ".join([figure.name, *_equalities(parts, slot, filters)])
    source = f"{family.name}_rows"
    if people:
        # A person in two forms of mentoring is one member of the set.
        flags = ", ".join(f"bool_or({condition}) as m{slot}" for slot, condition in conditions.items())
        grouped = "group by record_id, identity_key"
        source = f"(select record_id, identity_key, {flags} from {source} {grouped}) as one"  # noqa: S608 - the same
        conditions = {slot: f"m{slot}" for slot in conditions}
    arrays = ", ".join(
        f"array_agg(record_id order by record_id) filter (where {condition}) as i{slot}"
        + (f", array_agg(identity_key order by record_id) filter (where {condition}) as k{slot}" if people else "")
        for slot, condition in conditions.items()
    )
    parts.ctes.append(f"{family.name}_sets as (select {arrays} from {source})")  # noqa: S608 - own names and numbers only
    values = ", ".join(f"({slot}, i{slot}, {f'k{slot}' if people else 'null::bytea[]'})" for slot in conditions)
    empty = "coalesce(v.keys, '{}')" if people else "v.keys"
    parts.slot_selects.append(
        f"select v.slot, '{family.record_kind}', coalesce(v.ids, '{{}}'), {empty}"  # noqa: S608 - own names and numbers only
        f" from {family.name}_sets, lateral (values {values}) as v (slot, ids, keys)"
    )


def _equalities(parts: _Parts, slot: int, filters: Filters) -> list[str]:
    found = []
    for name, value in filters:
        parameter = f"key_{slot}_{name}"
        parts.parameters[parameter] = value
        found.append(f"{name} = %({parameter})s")
    return found


def _compiled(parts: _Parts, prefix: str, figures: tuple[Figure, ...], keys: tuple[str, ...]) -> str:
    """Return the SQL of a family, its parameters renamed so that those of two families do not meet."""
    compiled = family_select(figures, None, keys).compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    sql = str(compiled)
    for name, value in compiled.params.items():
        if name not in _SHARED:
            sql = sql.replace(f"%({name})s", f"%({prefix}_{name})s")
            parts.parameters[f"{prefix}_{name}"] = value
    return sql


# `moved` holds what has to be written: new cells, changed ones, and adjustments whose last day is over.
_STORE = """
named as (
  select slot, record_kind, ids, identity_keys, encode(sha256(convert_to(concat(record_kind, E'\\n',
    array_to_string(ids, ','), E'\\n', array_to_string(identity_keys, ',', '-')), 'UTF8')), 'hex') as sha256
  from slots
), known as (
  select id, sha256 from member_set where region_id = %(region_id)s and organization_id = %(organization_id)s
    and sha256 in (select sha256 from named)
), fresh as (
  insert into member_set (region_id, district_id, organization_id, sha256, record_kind, ids, identity_keys, created_at)
  select distinct on (sha256) %(region_id)s, %(district_id)s, %(organization_id)s, sha256, record_kind, ids, identity_keys,
    %(at)s::timestamptz
  from named where not exists (select from known where known.sha256 = named.sha256) order by sha256
  on conflict (region_id, organization_id, sha256) do update set record_kind = excluded.record_kind
  returning id, sha256
), sets as (
  select * from known union all select * from fresh
), wanted as (
  select f.section_code, f.row_code, f.column_code, f.slot, cardinality(n.ids)::numeric as computed, s.id as member_set_id
  from jsonb_to_recordset(%(form)s::jsonb) as f(section_code text, row_code text, column_code text, slot int)
  left join named n using (slot) left join sets s using (sha256)
), stands as (
  select * from submission_cell
  where region_id = %(region_id)s and organization_id = %(organization_id)s and submission_id = %(submission_id)s
), weighed as (
  select section_code, row_code, column_code, w.computed, w.member_set_id, c.id is null as is_new, c.value as was,
    c.computed as was_computed, c.member_set_id as was_set, c.text_value, coalesce(c.adjusted_until < %(today)s, false) as lapsed,
    case when c.id is null then case when w.slot is null then 'manual' else 'computed' end
         when c.adjusted_until < %(today)s then 'computed' else c.face end as face,
    c.value as stands_value
  from wanted w left join stands c using (section_code, row_code, column_code)
  where c.id is null or %(open_cells)s::jsonb is null
    or %(open_cells)s::jsonb @> jsonb_build_array(jsonb_build_array(section_code, row_code, column_code))
), moved as (
  select *, case when face = 'computed' then computed else stands_value end as value from weighed
), written as (
  insert into submission_cell (region_id, district_id, organization_id, submission_id, section_code, row_code, column_code,
    face, computed, value, member_set_id, adjustment_reason)
  -- An adjusted cell stands already and keeps its reason; the new row only has to pass the check before it is turned away.
  select %(region_id)s, %(district_id)s, %(organization_id)s, %(submission_id)s, section_code, row_code, column_code,
    face, computed, value, member_set_id, case face when 'adjusted' then 'kept' else '' end
  from moved where is_new or lapsed or (was_computed, was_set, was) is distinct from (computed, member_set_id, value)
  on conflict (region_id, organization_id, submission_id, section_code, row_code, column_code) do update
    set face = excluded.face, computed = excluded.computed, value = excluded.value, member_set_id = excluded.member_set_id,
      adjustment_reason = case when excluded.face = 'computed' then '' else submission_cell.adjustment_reason end,
      adjusted_until = case when excluded.face = 'computed' then null else submission_cell.adjusted_until end
), counted as (
  select count(*) as cells, count(*) filter (where coalesce(m.value, s.value) is not null or s.text_value is not null
    or m.text_value is not null) as filled
  from stands s full join moved m using (section_code, row_code, column_code)
), marked as (
  update submission set computed_at = %(at)s, cell_count = counted.cells, filled_count = counted.filled,
    complete = counted.cells = counted.filled
  from counted where region_id = %(region_id)s and organization_id = %(organization_id)s and id = %(submission_id)s
)
select section_code, row_code, column_code, lapsed, counted.cells, counted.filled
from counted left join moved on is_new or lapsed or was is distinct from moved.value
"""  # noqa: E501 - SQL keeps its own shape
