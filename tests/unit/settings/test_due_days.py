"""A due day moves off days without work, never before the cut, and says why."""

from datetime import date

import pytest

from portal.settings.day_lines import day_lines, read_days
from tenants.errors import InvalidError
from tenants.periods import Month
from tenants.settings.calendar import Calendar, DaysOff, Shift, reporting_days


def due(calendar, month, table=DaysOff.usual):
    found = reporting_days(calendar, month, table).due
    return found.day, found.why


def test_a_sunday_moves_to_monday():
    assert due(Calendar(shift=Shift.NEXT), Month(2026, 10)) == (date(2026, 10, 26), "25.10 – воскресенье")


def test_a_sunday_stays_where_the_region_wants_no_shift():
    assert due(Calendar(), Month(2026, 10)) == (date(2026, 10, 25), "25.10 – воскресенье")


def test_a_working_day_says_nothing():
    assert due(Calendar(shift=Shift.NEXT), Month(2026, 11)) == (date(2026, 11, 25), "")


def test_the_january_holidays_are_passed_over_in_one_go():
    # 1 to 11 January 2026: holidays, a transferred day and a weekend.
    assert due(Calendar(31, 5, 1, Shift.NEXT), Month(2025, 12))[0] == date(2026, 1, 12)


def test_a_previous_working_day_is_taken_where_it_does_not_lie_before_the_cut():
    calendar = Calendar(20, 31, 1, Shift.PREVIOUS)
    # 31 October is a Saturday.
    assert due(calendar, Month(2026, 10))[0] == date(2026, 10, 30)
    assert due(Calendar(25, 25, 1, Shift.PREVIOUS), Month(2026, 10))[0] == date(2026, 10, 26)


def test_a_working_saturday_is_a_due_day_and_a_day_of_the_region_is_not():
    def table(year):
        return DaysOff(year, {date(2026, 10, 26): "День региона"}, (date(2026, 10, 25),))

    assert due(Calendar(shift=Shift.NEXT), Month(2026, 10), table) == (date(2026, 10, 25), "")
    assert due(Calendar(25, 26, 1, Shift.NEXT), Month(2026, 10), table) == (date(2026, 10, 27), "26.10 – День региона")


def test_the_usual_table_knows_transfers_and_working_weekends():
    table = DaysOff.usual(2027)

    assert table.why_free(date(2027, 11, 5)).startswith("Выходной (перенесено")
    assert table.working == (date(2027, 2, 20),)
    assert table.why_free(date(2027, 2, 20)) == ""
    table.check()


@pytest.mark.parametrize(
    "table",
    [
        DaysOff(2026, {date(2027, 1, 1): "чужой год"}),
        DaysOff(2026, {}, (date(2026, 10, 26),)),
        DaysOff(2026, {date(2026, 10, 24): "и так, и так"}, (date(2026, 10, 24),)),
    ],
    ids=["another year", "a Monday", "both"],
)
def test_a_table_that_contradicts_itself_is_refused(table):
    with pytest.raises(InvalidError):
        table.check()


def test_lines_of_days_are_read_back_as_they_were_written():
    table = DaysOff.usual(2026)
    text = "\n".join(f"{days} {name}" for days, name in day_lines(table.off))

    assert read_days(text, 2026, "off") == dict(table.off)
    assert read_days("1.5.2026 – 2.5.2026", 2026, "off") == {
        date(2026, 5, 1): "нерабочий день",
        date(2026, 5, 2): "нерабочий день",
    }


@pytest.mark.parametrize("line", ["вчера", "31.02 Нет такого", "08.01–01.01 Назад", "01.01–31.12 Весь год"])
def test_a_line_that_names_no_day_is_quoted(line):
    with pytest.raises(InvalidError, match=line[:8]):
        read_days(line, 2026, "off")
