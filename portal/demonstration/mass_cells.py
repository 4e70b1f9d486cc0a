"""Cells of a whole region's month in a few statements: sets, drafts, revisions and facts, equal to what filling gives.

The figures are written once more in SQL, over all organizations at once: filling them one by one would take the
better part of an hour. A test compares both for a sample of organizations.
"""

from collections.abc import Iterable

from portal.demonstration.copying import Connection, Row, copy_rows
from portal.demonstration.mass import Window
from reports.editions.definition import EditionDefinition
from reports.figures import FIGURES
from tenants.organizations.models import OrganizationKind

_FORM = "mentoring_form"


def prepare_places(connection: Connection, definition: EditionDefinition) -> None:
    """Write down which cells each kind of organization has, and which figure stands in each."""
    connection.execute(
        "create temporary table demo_place (kind text, section_code text, row_code text, column_code text, "
        "figure text, form text, record_kind text) on commit drop"
    )
    columns = ("kind", "section_code", "row_code", "column_code", "figure", "form", "record_kind")
    copy_rows(connection, "demo_place", columns, _places(definition))


def write_cells(connection: Connection, region_id: int, window: Window) -> None:
    """Write the cells of all submissions of a window, with their sets, frozen revisions and facts."""
    values = {
        "region": region_id,
        "window": window.id,
        "after": window.cut_after,
        "cut": window.cut_on,
    }
    for statement in (_HITS, _SETS, _CELLS, _KEEP_SETS, _DRAFTS, _REVISIONS, _FACTS, _COUNTS, _DROP):
        connection.execute(statement, values if "%(" in statement else None)


def _places(definition: EditionDefinition) -> Iterable[Row]:
    for kind in OrganizationKind:
        if not kind.reports:
            continue
        for cell in definition.cells_for(kind.value):
            form = cell.filters.get(_FORM, "")
            yield (kind.value, *cell.key, cell.figure, form, FIGURES[cell.figure].record_kind)


_ACTIVE = "{0}.started_on <= %(cut)s and ({0}.ended_on is null or {0}.ended_on > %(cut)s)"
_FLOW = "{0} > %(after)s and {0} <= %(cut)s"

_HITS = f"""
create temporary table demo_hit on commit drop as
select p.organization_id, f.figure, p.mentoring_form as form, p.participant_id as id, x.identity_key as key
from participation p
join participant x on x.region_id = p.region_id and x.organization_id = p.organization_id and x.id = p.participant_id
cross join lateral (select
  p.role = 'mentor' and p.end_reason is distinct from 'mistake' and {_ACTIVE.format("p")} as mentors,
  p.role = 'mentee' and p.end_reason is distinct from 'mistake' and {_ACTIVE.format("p")} as mentees
) s
cross join lateral (values
  ('mentors', mentors),
  ('mentors_trained', mentors and p.trained_on <= %(cut)s),
  ('mentees', mentees),
  ('mentees_aged_10_19', mentees and extract(year from age(%(cut)s::date, x.born_on)) between 10 and 19),
  ('mentees_novice_teachers', mentees and x.experience_since <= %(cut)s
     and x.experience_since > (%(cut)s::date - interval '3 years')),
  ('joined', p.role = 'mentee' and p.end_reason is distinct from 'mistake' and {_FLOW.format("p.started_on")}),
  ('completed', p.role = 'mentee' and p.end_reason = 'completed' and {_FLOW.format("p.ended_on")}),
  ('left_early', p.role = 'mentee' and p.end_reason in ('left', 'transferred', 'consent_withdrawn')
     and {_FLOW.format("p.ended_on")})
) f(figure, holds)
where p.region_id = %(region)s and f.holds
union all
select m.organization_id, case m.kind when 'pair' then 'pairs' else 'groups' end, m.mentoring_form, m.id, null
from mentorship m
where m.region_id = %(region)s and m.order_on <= %(cut)s and {_ACTIVE.format("m")}
  and m.outcome is distinct from 'mistake'
union all
select p.organization_id, 'programmes', p.mentoring_form, p.id, null
from programme p
where p.region_id = %(region)s and {_ACTIVE.format("p")}
union all
select e.organization_id, 'meetings', m.mentoring_form, e.id, null
from meeting e
join mentorship m on m.region_id = e.region_id and m.organization_id = e.organization_id and m.id = e.mentorship_id
where e.region_id = %(region)s and {_FLOW.format("e.held_on")} and e.cancelled_at is null
  and m.outcome is distinct from 'mistake'
"""  # noqa: S608 - put together from the words above only

_SETS = """
create temporary table demo_set on commit drop as
select organization_id, figure, form, array_agg(id order by id) as ids,
  case when figure not in ('pairs', 'groups', 'programmes', 'meetings') then array_agg(key order by id) end as keys
from (
  select distinct organization_id, figure, form, id, key from demo_hit
  union all
  select distinct organization_id, figure, '', id, key from demo_hit
) h
group by organization_id, figure, form
"""

_CELLS = """
create temporary table demo_cell on commit drop as
select s.region_id, s.district_id, s.organization_id, s.id as submission_id, p.section_code, p.row_code, p.column_code,
  p.record_kind, coalesce(f.ids, '{}') as ids,
  case when p.record_kind = 'participant' then coalesce(f.keys, '{}') end as keys,
  encode(sha256(convert_to(concat(p.record_kind, E'\\n', array_to_string(f.ids, ','), E'\\n',
    array_to_string(f.keys, ',', '-')), 'UTF8')), 'hex') as sha256
from submission s
join organization o on o.region_id = s.region_id and o.id = s.organization_id
join demo_place p on p.kind = o.kind
left join demo_set f on f.organization_id = s.organization_id and f.figure = p.figure and f.form = p.form
where s.region_id = %(region)s and s.window_id = %(window)s
"""

_KEEP_SETS = """
insert into member_set (region_id, district_id, organization_id, sha256, record_kind, ids, identity_keys, created_at)
select distinct on (c.organization_id, c.sha256)
  c.region_id, c.district_id, c.organization_id, c.sha256, c.record_kind, c.ids, c.keys, s.computed_at
from demo_cell c
join submission s on s.region_id = c.region_id and s.id = c.submission_id
order by c.organization_id, c.sha256, c.section_code, c.row_code::int, c.column_code::int
on conflict (region_id, organization_id, sha256) do nothing
"""

_DRAFTS = """
insert into submission_cell (region_id, district_id, organization_id, submission_id, section_code, row_code,
  column_code, face, computed, value, member_set_id)
select c.region_id, c.district_id, c.organization_id, c.submission_id, c.section_code, c.row_code, c.column_code,
  'computed', cardinality(c.ids), cardinality(c.ids), m.id
from demo_cell c
join member_set m on m.region_id = c.region_id and m.organization_id = c.organization_id and m.sha256 = c.sha256
order by c.submission_id, c.section_code, c.row_code::int, c.column_code::int
"""

_REVISIONS = """
insert into revision_cell (region_id, district_id, organization_id, revision_id, section_code, row_code, column_code,
  face, computed, value, member_set_id)
select r.region_id, r.district_id, r.organization_id, r.id, c.section_code, c.row_code, c.column_code,
  c.face, c.computed, c.value, c.member_set_id
from submission s
join revision r on r.region_id = s.region_id and r.organization_id = s.organization_id and r.submission_id = s.id
join submission_cell c on c.region_id = s.region_id and c.organization_id = s.organization_id and c.submission_id = s.id
where s.region_id = %(region)s and s.window_id = %(window)s
order by r.id, c.id
"""

_FACTS = """
insert into fact (region_id, district_id, organization_id, submission_id, edition_id, period_start, period_district_id,
  revision_n, section_code, row_code, column_code, value)
select s.region_id, s.district_id, s.organization_id, s.id, s.edition_id, s.period_start, s.period_district_id,
  st.accepted_revision_n, c.section_code, c.row_code, c.column_code, c.value
from submission s
join submission_state st on st.region_id = s.region_id and st.organization_id = s.organization_id
  and st.submission_id = s.id
join submission_cell c on c.region_id = s.region_id and c.organization_id = s.organization_id and c.submission_id = s.id
where s.region_id = %(region)s and s.window_id = %(window)s and st.accepted_revision_n is not null
order by s.organization_id, c.id
"""

_COUNTS = """
update submission s set cell_count = n.cells, filled_count = n.cells
from (select submission_id, count(*) as cells from demo_cell group by submission_id) n
where s.region_id = %(region)s and s.id = n.submission_id
"""

_DROP = "drop table demo_cell, demo_set, demo_hit"
