"""How many people stand behind a sum: one person in two organizations is one, by the keyed hashes in the frozen sets.

The sum of a district or the region adds organizations, so a person who takes part in two of them is in it twice. Beside
it stands the number of people: the union of the accepted sets. No record of a person is read for it.
"""

import json
from datetime import date
from decimal import Decimal

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reports.editions.definition import EditionDefinition
from reports.editions.parts import Source
from reports.figures import FIGURES
from reports.forms import definition_of
from tenants.db import Level, lock_key, transaction
from tenants.jobs import commands as jobs
from tenants.jobs.commands import Claim
from tenants.submissions.models import Edition, Place, SubmissionWindow
from tenants.submissions.sums import Rollup
from tenants.submissions.windows import find_window

PEOPLE_JOB = "people_count"
PEOPLE = "participant"
"""Kind of the records that are people."""
_KEYS = ("section_code", "row_code", "column_code")


def count_people(claim: Claim) -> None:
    """Count the people behind the sums of a window: a job of the region, asked for after its sums changed."""
    if claim.scope.level is not Level.REGION:
        jobs.request_for_region(claim.scope, PEOPLE_JOB, claim.subject_id)
        return
    with transaction(claim.scope) as session:
        recount(session, claim.subject_id)


def recount(session: Session, window_id: int) -> int:
    """Write the numbers of people beside the sums of a window; returns how many sums got one."""
    window = find_window(session, window_id)
    lock_key(session, f"rollup:{window.region_id}:{window_id}")
    places = people_places(definition_of(session, window.edition_id))
    return len(session.execute(_RECOUNT, _parameters(window, places)).all())


def people_of(session: Session, node_id: int, code: str, period_start: date) -> dict[Place, Decimal]:
    """Return the people behind the sums of a node for a month by cell; a sum that is not counted yet is not there."""
    rows = session.scalars(
        select(Rollup)
        .join(Edition, Edition.id == Rollup.edition_id)
        .where(
            Edition.code == code,
            Rollup.period_start == period_start,
            Rollup.organization_id == node_id,
            Rollup.people_count.is_not(None),
        )
    )
    return {row.place: row.people_count for row in rows if row.people_count is not None}


def people_places(definition: EditionDefinition) -> list[Place]:
    """Return the cells that count people and may be added up."""
    return [
        cell.key
        for cell in definition.cells
        if cell.additive and cell.source is Source.FIGURE and FIGURES.figures[cell.figure].record_kind == PEOPLE
    ]


def _parameters(window: SubmissionWindow, places: list[Place]) -> dict[str, object]:
    return {
        "region_id": window.region_id,
        "edition_id": window.edition_id,
        "period_start": window.period_start,
        "people": json.dumps([dict(zip(_KEYS, place, strict=True)) for place in places]),
    }


# What a school changed by hand has no set: it is added as it stands. A person without a birth date has no key and is
# one person of the organization.
_RECOUNT = text("""
with people as (
  select * from jsonb_to_recordset(cast(:people as jsonb)) as a(section_code text, row_code text, column_code text)
), taken as (
  select f.period_district_id as node, f.organization_id, section_code, row_code, column_code, f.value,
    s.ids, s.identity_keys
  from fact f join people using (section_code, row_code, column_code)
  join revision r on r.region_id = f.region_id and r.organization_id = f.organization_id
    and r.submission_id = f.submission_id and r.n = f.revision_n
  join revision_cell c using (section_code, row_code, column_code)
  left join member_set s on s.region_id = c.region_id and s.organization_id = c.organization_id and s.id = c.member_set_id
  where f.region_id = :region_id and f.edition_id = :edition_id and f.period_start = :period_start
    and c.region_id = r.region_id and c.organization_id = r.organization_id and c.revision_id = r.id
), by_hand as (
  select coalesce(node, :region_id) as node, section_code, row_code, column_code,
    sum(value - coalesce(cardinality(ids), 0)) as rest
  from taken
  group by grouping sets ((node, section_code, row_code, column_code), (section_code, row_code, column_code))
  having not (grouping(node) = 0 and node = :region_id)
), counted as (
  select coalesce(node, :region_id) as node, section_code, row_code, column_code,
    count(distinct coalesce(member.key, decode(lpad(to_hex(organization_id), 8, '0') || lpad(to_hex(member.id), 16, '0'), 'hex')))
      as people
  from taken cross join lateral unnest(ids, identity_keys) as member(id, key)
  group by grouping sets ((node, section_code, row_code, column_code), (section_code, row_code, column_code))
  having not (grouping(node) = 0 and node = :region_id)
)
update rollup set people_count = rest + coalesce(people, 0)
from by_hand left join counted using (node, section_code, row_code, column_code)
where rollup.region_id = :region_id and rollup.edition_id = :edition_id and rollup.period_start = :period_start
  and rollup.organization_id = by_hand.node and rollup.section_code = by_hand.section_code
  and rollup.row_code = by_hand.row_code and rollup.column_code = by_hand.column_code
returning rollup.id
""")  # noqa: E501 - SQL keeps its own shape
