"""How a plan differs from a template: every kind of deviation, tied to its measure or stage. No database."""

from datetime import date

import pytest

from tenants.roadmaps.conformity import DeviationKind, compare, likeness
from tenants.roadmaps.dating import day_of, due_days, span_from
from tenants.roadmaps.models import Measure
from tenants.roadmaps.phrases import PeriodKind
from tenants.roadmaps.questions import choices
from tenants.roadmaps.template_models import TemplateMeasure
from tenants.roadmaps.wording import repetition

YEAR = 2026


def planned(key=1, **values):
    known = {"stage_number": "1", "stage_title": "Подготовка условий", "number": f"1.{key}", "result": "Приказ",
             "title": "Приказ о наставничестве", "period_raw": "", "period_kind": PeriodKind.DEADLINE,
             "period_start": None, "period_end": date(2026, 9, 10), "recurrence": None, "responsible": "Директор",
             "template_measure_id": None}  # fmt: skip
    return Measure(id=key, position=key, **known | values)


def model(key=101, **values):
    known = {"stage_number": "1", "stage_title": "Подготовка условий", "number": "1.1", "result": "Приказ",
             "title": "Приказ о наставничестве", "period_kind": PeriodKind.DEADLINE, "start_day": None,
             "end_day": "09-10", "due_day": None, "recurrence": None, "responsible": "Директор",
             "required": True}  # fmt: skip
    return TemplateMeasure(id=key, position=key, **known | values)


def kinds(plan, template=None):
    return [one.kind for one in compare(plan, [model()] if template is None else template, YEAR).deviations]


def test_a_plan_that_follows_the_template_has_no_deviation():
    assert kinds([planned()]) == []


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"period_end": date(2026, 9, 22)}, DeviationKind.LATE),
        ({"responsible": " "}, DeviationKind.NO_RESPONSIBLE),
        ({"period_end": date(2025, 9, 10)}, DeviationKind.WRONG_YEAR),
        ({"period_end": None, "period_kind": PeriodKind.NONE}, DeviationKind.NO_PERIOD),
        ({"result": ""}, DeviationKind.NO_RESULT),
    ],
)
def test_a_slip_of_a_measure_is_tied_to_it(values, kind):
    [found] = compare([planned(**values)], [model()], YEAR).deviations

    assert (found.kind, found.measure_id, found.template_measure_id) == (kind, 1, 101)
    assert found.sentence.endswith(".")


def test_lateness_is_counted_in_days_from_the_limit():
    late = planned(period_end=date(2026, 9, 22))

    [found] = compare([late], [model()], YEAR).deviations
    assert found.word == "позже на 12 дней"
    assert compare([late], [model(due_day="09-22")], YEAR).deviations == ()


def test_work_in_the_summer_before_belongs_to_the_school_year():
    assert kinds([planned(period_end=date(2026, 8, 20))]) == []


def test_a_missing_stage_is_one_deviation_and_does_not_repeat_its_measures():
    other = model(102, stage_number="7", stage_title="Завершение программы", title="Итоговая встреча")

    [found] = compare([planned()], [model(), other], YEAR).deviations

    assert (found.kind, found.stage, found.measure_id) == (DeviationKind.MISSING_STAGE, "Завершение программы", None)


def test_only_a_required_measure_is_missed():
    second = {"title": "Положение и перечень программ", "number": "1.2"}

    assert kinds([planned()], [model(), model(102, **second)]) == [DeviationKind.MISSING_MEASURE]
    assert kinds([planned()], [model(), model(102, required=False, **second)]) == []


def test_a_number_twice_is_named_once():
    found = compare([planned(), planned(2, number="1.1.", title="Совсем другое дело")], [model()], YEAR).deviations

    assert [(one.kind, one.measure_id) for one in found] == [(DeviationKind.DUPLICATE_NUMBER, 2)]


def test_stages_agree_by_their_words_and_neighbours_are_not_confused():
    plan = [
        planned(stage_title="Формирование базы наставников"),
        planned(2, stage_title="Формирование базы наставляемых"),
    ]
    template = [
        model(101, stage_title="База наставляемых", required=False),
        model(102, stage_title="База наставников", required=False),
    ]

    found = compare(plan, template, YEAR)

    assert (found.stage_of[1], found.stage_of[2]) == ("База наставников", "База наставляемых")


def test_endings_of_words_do_not_matter():
    assert likeness("Сбор запросов обучающихся", "Сбора запроса обучающегося") == 1.0
    assert likeness("Сбор запросов", "Приказ директора") == 0.0


def test_without_a_template_only_the_plan_itself_is_checked():
    assert kinds([planned(responsible="")], []) == [DeviationKind.NO_RESPONSIBLE]


@pytest.mark.parametrize(
    ("phrase", "last"),
    [
        ("в течение месяца после издания приказа", "2026-10-05"),
        ("в течение двух недель с даты приказа", "2026-09-19"),
        ("в десятидневный срок после приказа", "2026-09-15"),
        ("не позднее 10 рабочих дней после приказа", "2026-09-18"),
        ("в течение первого-второго месяца", "2026-11-04"),
    ],
)
def test_a_length_is_counted_from_the_event(phrase, last):
    assert span_from(phrase, date(2026, 9, 5))[1].isoformat() == last


def test_a_phrase_without_a_length_gives_no_days():
    assert span_from("после приказа", date(2026, 9, 5)) is None


@pytest.mark.parametrize(
    ("recurrence", "count", "first", "words"),
    [
        ("monthly:25", 12, "2026-09-25", "25-го, каждый месяц"),
        ("quarterly", 4, "2026-09-30", "каждый квартал"),
        ("yearly:05", 1, "2027-05-31", "каждый год, май"),
        ("yearly:03-15", 1, "2027-03-15", "каждый год, до 15 марта"),
        ("monthly:last-tue", 12, "2026-09-29", "последний вт, каждый месяц"),
        ("half_yearly", 2, "2026-12-31", "каждое полугодие"),
    ],
)
def test_due_days_of_a_recurrence_lie_in_the_school_year(recurrence, count, first, words):
    found = due_days(recurrence, YEAR)

    assert (len(found), found[0].isoformat(), repetition(recurrence)) == (count, first, words)


@pytest.mark.parametrize("recurrence", [None, "weekly", "school_term", "yearly*3"])
def test_a_recurrence_without_a_day_has_no_due_days(recurrence):
    assert due_days(recurrence, YEAR) == ()


def test_a_day_of_a_template_falls_into_its_half_of_the_school_year():
    assert (day_of(YEAR, "09-10"), day_of(YEAR, "01-25")) == (date(2026, 9, 10), date(2027, 1, 25))
    assert day_of(YEAR, "02-29") == date(2027, 2, 28)


def test_a_question_offers_both_alternatives_and_the_way_out():
    found = [choice.text for choice in choices("до 30 октября 2026 г. или май 2027 г.", YEAR)]

    assert found == ["до 30.10.2026", "01.05–31.05.2027", "срока в календаре нет"]
