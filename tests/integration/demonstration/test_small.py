"""The small region: believable, consistent, the same for the same seed; its month ends in checked documents."""

import dataclasses
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from lxml import etree
from psycopg import sql
from sqlalchemy import select, text

from portal.app import create_app
from portal.demonstration.federal import CODE
from portal.demonstration.history import FIRST, NOW
from portal.demonstration.month import SCHOOL, tell_month
from portal.demonstration.seeding import Wish, seed_region
from reports import months
from reports.editions.loading import read_seed
from reports.forms import keep_edition
from reports.rosstat import check_report
from tenants import clock
from tenants.db import connect, transaction
from tenants.organizations.codes import checked_card
from tenants.organizations.models import Organization
from tenants.participants.models import Participant, Participation
from tenants.participants.persons import Person
from tenants.submissions import queries
from tenants.submissions.models import Edition, Status, SubmissionWindow
from tenants.submissions.states import deviations
from tenants.submissions.windows import open_windows
from tests.integration.demonstration.conftest import Demo, seed_into, small_region
from tests.integration.reports.test_filling import BY_HAND

pytestmark = pytest.mark.usefixtures("reconnected")


@pytest.fixture(scope="module")
def demo(reconnected: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    assert reconnected is None
    folder = tmp_path_factory.mktemp("demo")
    before = os.environ["PORTAL_DATA_DIR"]
    os.environ["PORTAL_DATA_DIR"] = str(folder)
    found = small_region("demo", folder)
    # Taken at once: other tests go on with this region.
    yield dataclasses.replace(found, fingerprints=fingerprints(found.settings.database_admin_url))
    os.environ["PORTAL_DATA_DIR"] = before


@pytest.fixture
def connected(demo: Demo) -> Demo:
    connect(demo.settings.database_url)
    clock.travel(NOON)
    return demo


NOON = clock.datetime(2026, 11, 21, 9, 0, tzinfo=clock.UTC)


def test_the_same_seed_gives_the_same_region(demo: Demo, tmp_path: Path) -> None:
    twin = seed_into("twin", tmp_path, Wish())

    first, second = demo.fingerprints, fingerprints(twin.settings.database_admin_url)

    assert len(first) > 30
    assert {name for name in first if first[name] != second[name]} == set()


COLUMNS = """
select table_name, array_agg(column_name::text order by ordinal_position) from information_schema.columns
where table_schema = 'public' and data_type <> 'timestamp with time zone'
  and column_name not in ('password_hash', 'nonce', 'before', 'detail', 'sha256', 'previous_sha256')
group by 1 order by 1
"""


def fingerprints(admin_url: str) -> dict[str, str]:
    """Hash each table without instants, which run with the clock (former states hold some), and secrets."""
    with psycopg.connect(admin_url) as connection:
        tables = connection.execute(COLUMNS).fetchall()
        return {table: connection.execute(hash_of(table, names)).fetchone()[0] for table, names in tables}


def hash_of(table: str, names: list[str]) -> sql.Composed:
    query = sql.SQL(
        "select md5(coalesce(string_agg(one, ',' order by one), '')) from (select md5(row({})::text) as one from {}) x"
    )
    return query.format(sql.SQL(", ").join(map(sql.Identifier, names)), sql.Identifier(table))


def test_a_second_seeding_finds_the_region_and_is_quick(connected: Demo) -> None:
    begun = time.monotonic()

    again = seed_region(connected.settings, Wish())

    assert (again.new, again.rows, again.organizations) == (False, 0, connected.seeded.organizations)
    assert time.monotonic() - begun < 1


def test_every_login_opens_the_portal(connected: Demo) -> None:
    logins = json.loads((connected.settings.data_dir / "logins.json").read_text("utf-8"))
    client_of = create_app(connected.settings)
    client_of.config.update(WTF_CSRF_ENABLED=False)

    answers = {
        one["email"]: client_of.test_client()
        .post("/sign-in", data=one, environ_base={"REMOTE_ADDR": f"10.0.0.{n}"})
        .status_code
        for n, one in enumerate(logins, start=1)
    }

    assert len(answers) == connected.seeded.users
    assert set(answers.values()) == {303}
    assert len({one["role"] for one in logins[:7]}) == 7


def test_the_files_of_logins_are_for_their_owner_only(connected: Demo) -> None:
    assert (connected.settings.data_dir / "logins.json").stat().st_mode & 0o077 == 0


def test_cards_have_codes_with_valid_check_digits(connected: Demo) -> None:
    for place in connected.cast.places.values():
        card = {name: getattr(place, name) for name in ("inn", "kpp", "ogrn", "okpo", "oktmo", "responsible_email")}
        assert all(card.values())
        assert checked_card(card) == card


def test_a_curator_sees_the_own_people_and_a_district_no_name(connected: Demo) -> None:
    cast = connected.cast
    seen = {}
    for code in cast.reporting:
        with transaction(cast.curator(code).scope.reading()) as session:
            owners = set(session.execute(text("select distinct organization_id from participant")).scalars())
            seen[code] = session.execute(text("select count(*) from person")).scalar_one()
            assert owners == {cast.places[code].id}
    with psycopg.connect(connected.settings.database_admin_url) as connection:
        shown = connection.execute("select count(*) from person where hidden_at is null").fetchone()[0]
    assert sum(seen.values()) == shown
    # The other district has one name open for a while: test_offices looks at that.
    with transaction(cast.reviewer("ozera1").scope.reading()) as session:
        assert session.execute(text("select count(*) from person")).scalar_one() == 0


def test_ages_fit_classes(connected: Demo) -> None:
    with transaction(connected.cast.curator("sosh12").scope.reading()) as session:
        rows = session.execute(
            select(Participation.class_name, Participation.started_on, Participant.born_on)
            .join(Participant, Participant.id == Participation.participant_id)
            .where(Participation.category == "pupil")
        ).all()
    assert len(rows) > 40
    for class_name, started_on, born_on in rows:
        grade = int(class_name.split(" ")[0])
        assert 1 <= grade <= 11
        assert grade + 5 <= (started_on - born_on).days / 365.25 <= grade + 8


def test_every_computed_cell_of_a_fresh_fill_equals_a_count_by_hand(connected: Demo) -> None:
    cast, checked = connected.cast, 0
    for window_id in windows_of_another_form(connected):
        for code in cast.reporting:
            actor = cast.curator(code)
            with transaction(actor.scope) as session:
                submission = months.start_month(session, actor, window_id)
                cells = queries.cells_of(session, submission.id)
                sets = queries.sets_of(session, cells.values())
                window = session.get_one(SubmissionWindow, (submission.region_id, window_id))
                expected = counted_by_hand(session, cast.places[code], window)
            assert {place: int(cell.value) for place, cell in cells.items()} == expected, (code, window.period_start)
            assert all(sets[cell.member_set_id].size == cell.value for cell in cells.values())
            checked += len(cells)
    assert checked == 7 * (10 * 84 + 72 + 72)


def windows_of_another_form(demo: Demo) -> list[int]:
    """Open every month for a second form with the same cells, so that filled months need not be touched."""
    definition = dataclasses.replace(read_seed("monthly_2026.toml"), code="again")
    actor = demo.cast.admin
    with transaction(actor.scope) as session:
        edition = keep_edition(session, actor, definition)
        month = FIRST
        while month <= NOW:
            open_windows(session, actor, month)
            month = month.next
        return list(session.scalars(select(SubmissionWindow.id).where(SubmissionWindow.edition_id == edition.id)))


def counted_by_hand(session, place: Organization, window: SubmissionWindow) -> dict[tuple[str, str, str], int]:
    cells = read_seed("monthly_2026.toml").cells_for(place.kind.value)
    one = "select '{row}' as r, '{column}' as c, ({count}) as n"
    union = " union all ".join(
        one.format(row=cell.row, column=cell.column, count=BY_HAND[cell.row].format(form=form_condition(cell.filters)))
        for cell in cells
    )
    rows = session.execute(text(union), {"cut": window.cut_on, "after": window.cut_after})
    return {("1", row, column): count for row, column, count in rows}


def form_condition(filters) -> str:
    return f"mentoring_form = '{filters['mentoring_form']}'" if filters else "true"


def test_states_are_what_their_events_say(connected: Demo) -> None:
    with transaction(connected.cast.admin.scope.reading()) as session:
        assert deviations(session) == []
        states = session.execute(
            text(
                "select s.period_start, t.status, t.on_time from submission s"
                " join submission_state t on t.submission_id = s.id"
            )
        ).all()
    assert {status for _, status, _ in states} >= {"accepted", "returned", "draft"}
    assert any(on_time is False for _, _, on_time in states)


SUMS_APART = """
with whole as (select * from rollup where organization_id = region_id),
parts as (
  select edition_id, period_start, section_code, row_code, column_code, sum(value) as value
  from (
    select edition_id, period_start, section_code, row_code, column_code, value
    from rollup where organization_id <> region_id
    union all
    select edition_id, period_start, section_code, row_code, column_code, value
    from fact where period_district_id = region_id
  ) x
  group by 1, 2, 3, 4, 5
)
select count(*), count(*) filter (where whole.value is distinct from parts.value)
from whole full join parts using (edition_id, period_start, section_code, row_code, column_code)
"""


def test_sums_of_the_region_are_those_of_its_districts_and_of_what_is_directly_under_it(connected: Demo) -> None:
    with psycopg.connect(connected.settings.database_admin_url) as connection:
        sums = connection.execute(SUMS_APART).fetchone()
    assert sums[0] > 400
    assert sums[1] == 0


def test_a_transferred_pupil_is_one_person_in_two_schools(connected: Demo) -> None:
    cast = connected.cast
    with transaction(cast.curator("sosh4").scope.reading()) as session:
        key, name = session.execute(
            select(Participant.identity_key, Person.name_key)
            .join(Participation, Participation.participant_id == Participant.id)
            .join(Person, Person.participant_id == Participant.id)
            .where(Participation.end_reason == "transferred")
        ).one()
    with transaction(cast.curator("sosh12").scope.reading()) as session:
        found = (
            session.execute(
                select(Person.name_key)
                .join(Participant, Participant.id == Person.participant_id)
                .where(Participant.identity_key == key)
            )
            .scalars()
            .all()
        )
    assert found == [name]


def test_the_month_ends_in_checked_documents_and_is_told_only_once(connected: Demo) -> None:
    told = tell_month(connected.settings)

    assert told.new
    assert {Path(path).suffix for path in told.files} == {".docx", ".pdf", ".xlsx", ".xml"}
    out = connected.settings.data_dir / "out"
    report = (out / f"forma-{CODE}-{SCHOOL}-2026.xml").read_bytes()
    with transaction(connected.cast.admin.scope.reading()) as session:
        template = session.scalars(select(Edition.template).where(Edition.code == CODE)).one()
    assert check_report(template.encode(), report) == []
    assert int(etree.fromstring(report).xpath("//section[@code='2']/row[@code='01']/col[@code='3']/text()")[0]) > 0
    assert (out / f"svod-{NOW}.pdf").read_bytes().startswith(b"%PDF")
    assert status_of_school(connected) is Status.ACCEPTED

    begun = time.monotonic()
    again = tell_month(connected.settings)

    assert (again.new, again.lines, again.files) == (False, told.lines, told.files)
    assert time.monotonic() - begun < 1


def status_of_school(demo: Demo) -> Status:
    with transaction(demo.cast.admin.scope.reading()) as session:
        window = queries.window_of_month(session, NOW)
        found = queries.submission_in(session, window.window.id, demo.cast.places[SCHOOL].id)
        return found[1].status
