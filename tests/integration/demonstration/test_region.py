"""The large region, made small: its facts are what filling gives, its sums are sums, its rows hang together."""

import dataclasses
import itertools
from datetime import date
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select

from portal.demonstration.history import MARK
from portal.demonstration.mass import NOW
from portal.demonstration.seeding import Wish, seed_region
from reports import months
from reports.editions.loading import read_seed
from reports.forms import keep_edition
from tenants import clock
from tenants.db import connect, transaction
from tenants.periods import Month
from tenants.submissions import queries
from tenants.submissions.models import Submission, SubmissionWindow
from tenants.submissions.states import deviations
from tenants.submissions.windows import open_windows
from tests.integration.demonstration.conftest import Demo, seed_into

pytestmark = pytest.mark.usefixtures("reconnected")
MONTHS = (Month(2025, 12), Month(2026, 6), Month(2026, 9), Month(2026, 10))
NOON = clock.datetime(2026, 11, 21, 9, 0, tzinfo=clock.UTC)


@pytest.fixture(scope="module")
def region(reconnected: None, tmp_path_factory: pytest.TempPathFactory) -> Demo:
    assert reconnected is None
    return seed_into("region", tmp_path_factory.mktemp("region"), Wish("region", factor=0.01))


@pytest.fixture
def connected(region: Demo) -> Demo:
    connect(region.settings.database_url)
    clock.travel(NOON)
    return region


def test_cells_are_those_that_filling_gives(connected: Demo) -> None:
    cast, compared = connected.cast, 0
    windows = windows_of_another_form(connected)
    for code, month in itertools.product(list(cast.reporting)[:6] + list(cast.reporting)[-1:], MONTHS):
        actor = cast.curator(code)
        with transaction(actor.scope) as session:
            written = session.scalars(select(Submission).where(Submission.period_start == month.first)).one_or_none()
            if written is None:
                continue
            fresh = months.start_month(session, actor, windows[month])
            theirs, ours = (described(session, one) for one in (written, fresh))
        assert theirs == ours, (code, month)
        compared += len(ours)
    assert compared > 1000


def windows_of_another_form(demo: Demo) -> dict[Month, int]:
    definition = dataclasses.replace(read_seed("monthly_2026.toml"), code="again", valid_from=date(2025, 1, 1))
    actor = demo.cast.admin
    with transaction(actor.scope) as session:
        edition = keep_edition(session, actor, definition)
        for month in MONTHS:
            open_windows(session, actor, month)
        rows = session.scalars(select(SubmissionWindow).where(SubmissionWindow.edition_id == edition.id))
        return {Month.of(row.period_start): row.id for row in rows}


def described(session, submission: Submission) -> dict:
    cells = queries.cells_of(session, submission.id)
    sets = queries.sets_of(session, cells.values())
    return {
        place: (cell.value, cell.computed, sets[cell.member_set_id].sha256, tuple(sets[cell.member_set_id].ids))
        for place, cell in cells.items()
    }


FACTS_APART = """
select count(*), count(*) filter (where f.value is distinct from c.value or c.value is null)
from fact f
left join revision r on r.submission_id = f.submission_id and r.n = f.revision_n
left join revision_cell c on c.revision_id = r.id
  and (c.section_code, c.row_code, c.column_code) = (f.section_code, f.row_code, f.column_code)
"""
SUMS_APART = """
with counted as (
  select edition_id, period_start, coalesce(period_district_id, region_id) as node, section_code, row_code, column_code,
    sum(value) as value, count(*)::int as n
  from fact
  group by region_id, edition_id, period_start, section_code, row_code, column_code,
    grouping sets ((period_district_id), ())
  having not (grouping(period_district_id) = 0 and period_district_id = region_id)
)
select count(*), count(*) filter (where (r.value, r.organization_count) is distinct from (c.value, c.n))
from rollup r
full join counted c on (c.edition_id, c.period_start, c.node, c.section_code, c.row_code, c.column_code)
  = (r.edition_id, r.period_start, r.organization_id, r.section_code, r.row_code, r.column_code)
"""


def test_a_fact_is_the_accepted_revision_and_a_sum_is_the_sum_of_facts(connected: Demo) -> None:
    with psycopg.connect(connected.settings.database_admin_url) as connection:
        facts = connection.execute(FACTS_APART).fetchone()
        sums = connection.execute(SUMS_APART).fetchone()
    assert facts[0] > 5000
    assert facts[1] == 0
    assert sums[0] > 1000
    assert sums[1] == 0


KEYS = """
select k.conname, k.conrelid::regclass::text, k.confrelid::regclass::text,
  (select array_agg(a.attname::text order by o) from unnest(k.conkey) with ordinality u(n, o)
   join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n),
  (select array_agg(a.attname::text order by o) from unnest(k.confkey) with ordinality u(n, o)
   join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n)
from pg_constraint k
where k.contype = 'f' and k.connamespace = 'public'::regnamespace
"""


def test_no_row_points_at_nothing(connected: Demo) -> None:
    """COPY leaves the keys unchecked for speed, so each is looked at here."""
    with psycopg.connect(connected.settings.database_admin_url) as connection:
        keys = connection.execute(KEYS).fetchall()
        orphans = {key[0]: connection.execute(orphans_of(*key[1:])).fetchone()[0] for key in keys}
    assert len(keys) > 40
    assert {name for name, count in orphans.items() if count} == set()


def orphans_of(table: str, parent: str, own: list[str], theirs: list[str]) -> sql.Composed:
    pairs = [(sql.Identifier(mine), sql.Identifier(other)) for mine, other in zip(own, theirs, strict=True)]
    filled = sql.SQL(" and ").join(sql.SQL("c.{} is not null").format(mine) for mine, _ in pairs)
    same = sql.SQL(" and ").join(sql.SQL("p.{} = c.{}").format(other, mine) for mine, other in pairs)
    query = sql.SQL("select count(*) from {} c where {} and not exists (select from {} p where {})")
    return query.format(sql.Identifier(table), filled, sql.Identifier(parent), same)


def test_what_an_interrupted_seeding_left_behind_is_made_anew(reconnected: None, tmp_path: Path) -> None:
    assert reconnected is None
    half = seed_into("half", tmp_path, Wish("region", factor=0.005))
    with psycopg.connect(half.settings.database_admin_url) as connection:
        connection.execute("delete from journal where event = %s", (MARK,))
        before = connection.execute("select count(*), max(id) from participant").fetchone()

    again = seed_region(half.settings, Wish("region", factor=0.005))

    with psycopg.connect(half.settings.database_admin_url) as connection:
        after = connection.execute("select count(*), min(id) from participant").fetchone()
        accounts = connection.execute("select count(*) from user_account").fetchone()[0]
    assert again.new
    assert after[0] == before[0]
    assert after[1] > before[1]
    assert accounts == again.users


def test_states_are_folds_and_the_year_is_whole(connected: Demo) -> None:
    with transaction(connected.cast.admin.scope.reading()) as session:
        assert deviations(session) == []
        periods = set(session.scalars(select(Submission.period_start)))
    assert len(periods) == 13
    assert max(periods) == NOW.first
