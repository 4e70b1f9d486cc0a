"""The settings at work: due days of windows, instants in every zone, windows that stay and windows that are moved."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.errors import ForbiddenError, InvalidError
from tenants.organizations.models import Organization
from tenants.settings.calendar import Calendar, DaysOff, Shift
from tenants.submissions.models import SubmissionState, SubmissionWindow
from tenants.submissions.moving import move_due_day
from tenants.submissions.states import deviations
from tests.factories.months import OCTOBER, open_month, send, start
from tests.factories.settings import decided
from tests.factories.tree import actor_of

SEPTEMBER = date(2026, 9, 1)


@pytest.fixture
def shifting(tree):
    """A region whose due days move to the next working day since September."""
    clock.travel(datetime(2026, 10, 20, 9, tzinfo=UTC))
    decided(tree, Calendar(shift=Shift.NEXT), SEPTEMBER)
    return tree


def settle_in(place, zone):
    with transaction(REGISTRY) as session:
        session.get_one(Organization, (place.region_id, place.id)).time_zone = zone
    place.time_zone = zone


def state_of(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return session.scalars(select(SubmissionState)).one()


def move(tree, window, day, reason="Перенос по просьбе школ"):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        return move_due_day(session, actor, window.id, due_on=day, reason=reason)


def test_the_window_of_a_month_is_due_on_the_shifted_day_at_the_end_of_it_in_each_zone(shifting):
    settle_in(shifting.sister, "Asia/Kamchatka")
    window = open_month(shifting)
    for place in (shifting.school, shifting.sister):
        start(place, window)

    assert window.due_on == date(2026, 10, 26)
    local = [
        state_of(place).due_at.astimezone(ZoneInfo(place.time_zone)) for place in (shifting.school, shifting.sister)
    ]
    assert [f"{moment:%d.%m %H:%M}" for moment in local] == ["26.10 23:59"] * 2
    assert (local[0] - local[1]).total_seconds() == 9 * 3600


def test_a_month_sent_on_the_monday_after_a_sunday_is_on_time(shifting):
    submission = start(shifting.school, open_month(shifting))
    clock.travel(datetime(2026, 10, 26, 12, tzinfo=UTC))
    send(shifting.school, submission)

    assert state_of(shifting.school).on_time is True


def test_a_holiday_of_the_regions_own_table_moves_the_day_further(shifting):
    usual = DaysOff.usual(2026)
    table = DaysOff(2026, dict(usual.off) | {date(2026, 10, 26): "День региона"}, usual.working)
    decided(shifting, table, date(2026, 1, 1), reason="Закон региона")

    assert open_month(shifting).due_on == date(2026, 10, 27)


def test_a_new_rule_leaves_open_windows_and_older_months_alone(shifting):
    window = open_month(shifting)
    decided(shifting, Calendar(20, 20, 1, Shift.NONE), date(2026, 11, 1))
    november = open_month(shifting, OCTOBER.next)

    with transaction(actor_of(shifting.school).scope.reading()) as session:
        days = {row.period_start: (row.cut_on, row.due_on) for row in session.scalars(select(SubmissionWindow))}
    assert days[window.period_start] == (date(2026, 10, 25), date(2026, 10, 26))
    assert days[november.period_start] == (date(2026, 11, 20), date(2026, 11, 20))


def test_a_moved_window_tells_begun_and_sent_months_anew(shifting):
    settle_in(shifting.sister, "Asia/Vladivostok")
    window = open_month(shifting)
    submission = start(shifting.school, window)
    start(shifting.sister, window)
    clock.travel(datetime(2026, 10, 27, 12, tzinfo=UTC))
    send(shifting.school, submission)
    late = state_of(shifting.school).on_time
    move(shifting, window, date(2026, 10, 30))

    assert (late, state_of(shifting.school).on_time) == (False, True)
    assert state_of(shifting.sister).due_at == datetime(2026, 10, 30, 13, 59, 59, tzinfo=UTC)
    with transaction(actor_of(shifting.region).scope.reading()) as session:
        assert deviations(session) == []


@pytest.mark.parametrize(
    ("day", "reason", "field"),
    [
        (date(2026, 10, 19), "Раньше сегодняшнего", "due_on"),
        (date(2026, 10, 24), "Раньше среза", "due_on"),
        (date(2027, 3, 1), "Слишком далеко", "due_on"),
        (date(2026, 10, 30), "?", "reason"),
    ],
)
def test_a_window_is_not_moved_anywhere(shifting, day, reason, field):
    window = open_month(shifting)

    with pytest.raises(InvalidError) as refused:
        move(shifting, window, day, reason)
    assert refused.value.field == field


def test_a_district_moves_no_window(shifting):
    window, actor = open_month(shifting), actor_of(shifting.district)

    with pytest.raises(ForbiddenError), transaction(actor.scope) as session:
        move_due_day(session, actor, window.id, due_on=date(2026, 10, 30), reason="Сами решили")


def test_the_school_reads_the_shifted_day_and_the_reason_of_it(shifting, as_role):
    start(shifting.school, open_month(shifting))
    curator = as_role(Role.CURATOR, shifting.school)

    assert "до 26.10, 23:59" in curator.get("submissions/month/2026-10").get_data(as_text=True)
    assert "25.10 – воскресенье, срок 26.10" in curator.get("settings/rules").get_data(as_text=True)
