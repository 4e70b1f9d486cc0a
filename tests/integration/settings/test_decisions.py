"""A setting holds from its day on: planned, in force, corrected, taken back; by the region alone and one at a time."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy.exc import DBAPIError

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import insert, transaction
from tenants.errors import ConflictError, ForbiddenError, InvalidError, WrongStateError
from tenants.mentorships.catalogue import Category
from tenants.organizations.models import OrganizationKind
from tenants.settings.calendar import Calendar, DaysOff, Shift
from tenants.settings.commands import decide, take_back
from tenants.settings.mentoring import Categories, Forms, RoleModels
from tenants.settings.models import RegionSetting, SettingKind
from tenants.settings.papers import Deadlines, Documents, RequiredDocument, Support, Wave, YearDay
from tenants.settings.queries import setting_on
from tests.factories.settings import decided, decisions_of
from tests.factories.tree import actor_of

TODAY, NEXT_YEAR = date(2026, 11, 28), date(2027, 1, 1)
SCHOOLS = frozenset({OrganizationKind.SCHOOL})
VALUES = (
    Calendar(20, 5, 1, Shift.NEXT),
    Forms(frozenset({"head_teacher"}), {"student_student": "Равный – равному"}),
    RoleModels({"student_student": ("лидер – пассивный", "дежурный – новичок")}),
    Categories(off_mentors=frozenset({Category.PARENT})),
    Documents((RequiredDocument("order", "Приказ", SCHOOLS),)),
    Deadlines(YearDay(10, 1), (Wave("Входной опрос", YearDay(9, 15), YearDay(2, 1)),)),
    Support("Служба поддержки", "8 800 000-00-00", "help@example.org", "по будням"),
)


@pytest.fixture(autouse=True)
def _late_november() -> None:
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


def on(place, kind, day):
    with transaction(actor_of(place).scope.reading()) as session:
        return setting_on(session, place.region_id, kind, day)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.kind.value)
def test_a_value_holds_from_its_day_for_everybody_below_and_earlier_days_keep_the_former(tree, value):
    former = type(value)()
    decided(tree, value, NEXT_YEAR)

    for place in tree.all:
        assert on(place, type(value), date(2026, 12, 31)) == former
        assert on(place, type(value), NEXT_YEAR) == value


def test_a_planned_value_is_taken_back_before_its_day_and_stays_in_the_history(tree):
    row = decided(tree, Forms(frozenset({"head_teacher"})), NEXT_YEAR)
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        take_back(session, actor, SettingKind.FORMS, valid_from=NEXT_YEAR, version=row.id)

    assert on(tree.school, Forms, NEXT_YEAR) == Forms()
    assert [row.value is None for row in decisions_of(tree, SettingKind.FORMS)] == [True, False]


def test_what_is_in_force_is_not_taken_back(tree):
    row = decided(tree, Forms(frozenset({"head_teacher"})), TODAY)
    actor = actor_of(tree.region)

    with pytest.raises(WrongStateError), transaction(actor.scope) as session:
        take_back(session, actor, SettingKind.FORMS, valid_from=TODAY, version=row.id)


def test_a_correction_of_a_day_in_force_needs_a_reason_and_keeps_the_former_value(tree):
    decided(tree, Forms(frozenset({"head_teacher"})), date(2026, 9, 1))
    right = Forms(frozenset({"head_teacher", "partner_teacher"}))
    with pytest.raises(InvalidError) as refused:
        decided(tree, right, date(2026, 9, 1))
    decided(tree, right, date(2026, 9, 1), reason="Пропустили форму в приказе")

    assert refused.value.field == "reason"
    assert on(tree.school, Forms, date(2026, 9, 2)) == right
    assert [(row.revision, row.reason) for row in decisions_of(tree, SettingKind.FORMS)] == [
        (2, "Пропустили форму в приказе"),
        (1, ""),
    ]


def test_the_past_gets_no_new_day(tree):
    decided(tree, Forms(frozenset({"head_teacher"})), date(2026, 9, 1))

    with pytest.raises(InvalidError, match=r"01\.09\.2026") as refused:
        decided(tree, Forms(), date(2026, 10, 1), reason="Хотим задним числом")
    assert refused.value.field == "valid_from"


def test_rows_are_never_changed_in_the_database_itself(tree):
    row = decided(tree, Forms(frozenset({"head_teacher"})), TODAY)

    with pytest.raises(DBAPIError, match="permission denied"), transaction(actor_of(tree.region).scope) as session:
        session.get_one(RegionSetting, (row.region_id, row.id)).reason = "иначе"


@pytest.mark.parametrize(
    "value",
    [
        Calendar(cut_day=0),
        Calendar(25, 25, 28),
        Calendar(25, 27, 26, Shift.PREVIOUS),
        Forms(frozenset({"student_student"}), {"head_teacher": "Педагог – педагог"}),
        Categories(off_mentors=frozenset({Category.TEACHER})),
        RoleModels({"student_student": ("одна", "Одна")}),
        Documents((RequiredDocument("order", "Приказ", frozenset()),)),
        Deadlines(None, (Wave("Опрос", YearDay(2, 1), YearDay(9, 15)),)),
        Support(name="Кто-то"),
    ],
    ids=str,
)
def test_a_value_that_makes_no_sense_is_refused(tree, value):
    with pytest.raises(InvalidError):
        decided(tree, value, NEXT_YEAR)


@pytest.mark.parametrize("place", ["district", "school"])
def test_nobody_below_decides(tree, place):
    actor = actor_of(getattr(tree, place))
    with pytest.raises(ForbiddenError), transaction(actor.scope) as session:
        decide(session, actor, Forms(frozenset({"head_teacher"})), valid_from=NEXT_YEAR, version=0)


def test_what_a_school_would_slip_in_counts_for_nobody(tree):
    """Row security lets an organization write rows of its own; the rules are read from the region's rows alone."""
    with transaction(actor_of(tree.school).scope) as session:
        insert(session, RegionSetting(kind=SettingKind.FORMS, valid_from=TODAY, revision=1, value=VALUES[1].plain()))

    assert on(tree.school, Forms, TODAY) == Forms()


def test_of_two_administrators_at_once_the_second_is_told(tree):
    actor, outcomes, ready = actor_of(tree.region), [], threading.Barrier(2)

    def work(code):
        ready.wait()
        try:
            with transaction(actor.scope) as session:
                decide(session, actor, Forms(frozenset({code})), valid_from=NEXT_YEAR, version=0)
            outcomes.append("saved")
        except ConflictError:
            outcomes.append("told")

    threads = [threading.Thread(target=work, args=[code]) for code in ("head_teacher", "partner_teacher")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["saved", "told"]
    assert len(decisions_of(tree, SettingKind.FORMS)) == 1


def test_the_analyst_only_reads(as_role, tree):
    analyst, auditor = as_role(Role.REGION_ANALYST, tree.region), as_role(Role.AUDITOR, tree.region)

    for seat in (analyst, auditor):
        assert seat.get("settings/").status_code == 200
        assert "Изменить" not in seat.get("settings/forms").get_data(as_text=True)
        assert seat.get("settings/forms/edit").status_code == 403


def test_a_table_of_a_year_is_edited_with_a_reason_and_the_other_years_keep_theirs(tree):
    usual = DaysOff.usual(2026)
    more = DaysOff(2026, dict(usual.off) | {date(2026, 12, 25): "День региона"}, usual.working)
    with pytest.raises(InvalidError) as refused:
        decided(tree, more, date(2026, 1, 1))
    decided(tree, more, date(2026, 1, 1), reason="Закон региона № 5")

    assert refused.value.field == "reason"
    assert [row.valid_from for row in decisions_of(tree, SettingKind.DAYS_OFF)] == [date(2026, 1, 1)]
    with pytest.raises(InvalidError):
        decided(tree, DaysOff(2025, {}), date(2025, 1, 1), reason="Прошлый год")
