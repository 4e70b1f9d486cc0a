"""The screens: deciding, two administrators, files, documents of a school, the contact on a page of an error."""

import io
from datetime import UTC, date, datetime

import pytest
from PIL import Image
from sqlalchemy import select

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.journal import JournalEntry
from tenants.settings.calendar import Calendar, Shift
from tenants.settings.mentoring import Forms
from tenants.settings.models import SettingKind
from tenants.settings.papers import Documents, RequiredDocument, Support
from tests.factories.months import OCTOBER, open_month
from tests.factories.settings import decided, decisions_of
from tests.factories.tree import actor_of

CALENDAR = {
    "version": "0",
    "cut_day": "25",
    "due_day": "25",
    "open_day": "1",
    "shift": "next",
    "valid_from": "01.12.2026",
}


@pytest.fixture(autouse=True)
def _late_november() -> None:
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


@pytest.fixture
def region(as_role, tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def text(answer):
    return answer.get_data(as_text=True)


def png():
    target = io.BytesIO()
    Image.new("RGB", (400, 100), "navy").save(target, "PNG")
    return target.getvalue()


def test_the_region_decides_and_sees_what_a_school_will_see(region):
    answer = region.post("settings/calendar/edit", data=CALENDAR)
    page = text(region.get("settings/calendar"))

    assert answer.status_code == 303
    assert "С 01.12.2026" in page
    assert "25.04 – воскресенье, срок 26.04" in page  # April 2027 under the planned rule
    assert "01.12.2026" in text(region.get("settings/"))


def test_two_administrators_get_the_page_with_both_values_and_the_choice_is_saved(tree, as_role, region):
    second = as_role(Role.REGION_ADMIN, tree.region)
    region.post("settings/calendar/edit", data=CALENDAR)
    mine = CALENDAR | {"due_day": "27"}

    answer = second.post("settings/calendar/edit", data=mine)
    version = str(decisions_of(tree, SettingKind.CALENDAR)[0].id)
    again = second.post("settings/calendar/edit", data=mine | {"version": version})

    assert answer.status_code == 409
    assert "Записать Ваше" in text(answer)
    assert f'name="version" value="{version}"' in text(answer)
    assert again.status_code == 303
    assert [row.value["due_day"] for row in decisions_of(tree, SettingKind.CALENDAR)] == [27, 25]


@pytest.mark.parametrize(
    ("kind", "typed", "field"),
    [
        ("calendar", CALENDAR | {"valid_from": "15.12.2026"}, "valid_from"),
        ("calendar", CALENDAR | {"cut_day": "40"}, "cut_day"),
        ("calendar", CALENDAR | {"shift": "sideways"}, "shift"),
        ("days_off", {"version": "0", "year": "2026", "off": "вчера", "reason": "Закон региона"}, "off"),
        ("forms", {"version": "0", "valid_from": "01.01.2027"}, "on_student_student"),
        ("categories", {"version": "0", "valid_from": "01.01.2027"}, "mentor_pupil"),
        ("deadlines", {"version": "0", "valid_from": "01.01.2027", "roadmap": "31.02"}, "roadmap"),
        ("support", {"version": "0", "valid_from": "01.01.2027", "email": "нет"}, "email"),
        ("documents", {"version": "0", "valid_from": "01.01.2027", "title_0": "Приказ"}, "title_0"),
        ("logo", {"version": "0", "valid_from": "01.01.2027"}, "picture"),
    ],
)
def test_what_makes_no_sense_is_named_at_its_field(region, kind, typed, field):
    answer = region.post(f"settings/{kind}/edit", data=typed)

    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


@pytest.mark.parametrize("kind", list(SettingKind))
def test_every_setting_and_its_form_open(region, kind):
    assert region.get(f"settings/{kind.value}").status_code == 200
    assert region.get(f"settings/{kind.value}/edit").status_code == 200
    assert region.get("settings/no-such-thing").status_code == 404


def test_the_days_off_of_a_year_are_edited_as_lines(tree, region):
    typed = {"version": "0", "year": "2027", "off": "01.01–08.01 Каникулы\n12.06 День России", "working": "20.02"}
    answer = region.post("settings/days_off/edit?year=2027", data=typed)

    assert answer.status_code == 303
    assert decisions_of(tree, SettingKind.DAYS_OFF)[0].value["working"] == ["2027-02-20"]
    assert "01.01–08.01" in text(region.get("settings/days_off?year=2027"))
    assert "День защитника Отечества" in text(region.get("settings/days_off?year=2026"))


def test_a_planned_value_is_taken_back_on_the_page(tree, region):
    region.post("settings/calendar/edit", data=CALENDAR)
    version = str(decisions_of(tree, SettingKind.CALENDAR)[0].id)
    answer = region.post("settings/calendar/take-back", data={"day": "2026-12-01", "version": version})

    assert answer.status_code == 303
    assert "отменено до начала" in text(region.get("settings/calendar"))
    assert region.post("settings/calendar/take-back", data={"day": "вчера", "version": ""}).status_code == 422


def test_a_window_is_moved_on_a_confirmed_step(tree, region):
    window = open_month(tree, OCTOBER.next)
    refused = region.post(f"settings/windows/{window.id}/move", data={"due_on": "30.11.2026"})
    moved = region.post(
        f"settings/windows/{window.id}/move", data={"due_on": "30.11.2026", "reason": "Срок был в выходной"}
    )

    assert refused.status_code == 422
    assert moved.status_code == 303
    assert "срок 30.11.2026" in text(region.get("settings/calendar"))


def test_a_school_and_a_district_neither_open_nor_change_the_settings_and_read_the_rules(tree, as_role):
    for role, place in ((Role.CURATOR, tree.school), (Role.DISTRICT_REVIEWER, tree.district)):
        seat = as_role(role, place)
        assert seat.get("settings/").status_code == 403
        assert seat.post("settings/calendar/edit", data=CALENDAR).status_code == 403
        assert "Сроки ближайших отчётов" in text(seat.get("settings/rules"))


def test_the_logo_stands_in_the_header_of_everybody_in_the_region(tree, region, as_role):
    typed = {"version": "0", "valid_from": "28.11.2026", "picture": (io.BytesIO(png()), "logo.png")}
    answer = region.post("settings/logo/edit", data=typed, content_type="multipart/form-data")
    curator = as_role(Role.CURATOR, tree.school)
    picture = curator.get("settings/logo.png")

    assert answer.status_code == 303
    assert 'class="region-logo"' in text(curator.get(""))
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.data)).size == (400, 100)


def test_an_svg_is_refused_on_the_page(tree, region):
    svg = io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    typed = {"version": "0", "valid_from": "28.11.2026", "picture": (svg, "logo.png")}
    answer = region.post("settings/logo/edit", data=typed, content_type="multipart/form-data")

    assert answer.status_code == 422
    assert "SVG и другие форматы сохраните как PNG" in text(answer)
    assert decisions_of(tree, SettingKind.LOGO) == []


def test_the_support_stands_on_pages_of_errors_of_signed_in_people_only(app, tree, as_role):
    decided(tree, Support("Служба поддержки РЦН", "8 800 000-00-00"), date(2026, 11, 28))
    curator = as_role(Role.CURATOR, tree.school)

    assert "Служба поддержки РЦН, 8 800 000-00-00" in text(curator.get("participants/999999999"))
    assert "Служба поддержки РЦН" in text(curator.get("/o/nowhere/"))
    assert "Служба поддержки РЦН" not in text(app.test_client().get("/nothing"))


def test_a_school_marks_a_document_and_everybody_above_sees_it(tree, as_role, region):
    decided(
        tree,
        Documents(tuple(RequiredDocument(code, title, frozenset({tree.school.kind})) for code, title in PAPERS)),
        date(2026, 11, 28),
    )
    curator = as_role(Role.CURATOR, tree.school)
    late = curator.post("settings/papers/order", data={"version": "0", "dated_on": "01.12.2026"})
    marked = curator.post("settings/papers/order", data={"version": "0", "dated_on": "01.09.2026", "number": "12-о"})
    stale = curator.post("settings/papers/order", data={"version": "0", "dated_on": "02.09.2026"})

    assert (late.status_code, marked.status_code, stale.status_code) == (422, 303, 409)
    assert "Есть 1 из 2" in text(curator.get("settings/papers"))
    assert "Не отмечены: Положение" in text(curator.get("settings/papers/missing"))
    assert "Документы: 1 из 2" in text(region.get(f"organizations/{tree.school.id}"))
    assert "№ 12-о" in text(curator.get("organizations/card"))
    assert "Документы:" not in text(region.get(f"organizations/{tree.college.id}"))
    curator.post("settings/papers/regulation", data={"version": "0", "dated_on": "01.09.2026"})
    assert text(curator.get("settings/papers/missing")).strip() == ""
    assert curator.post("settings/papers/order/unmark", data={"version": "1"}).status_code == 303
    assert curator.get("settings/papers/no-such").status_code == 404


PAPERS = (("order", "Приказ"), ("regulation", "Положение"))


def test_each_step_leaves_one_event_with_before_and_after(tree, region):
    decided(tree, Calendar(shift=Shift.NEXT), date(2026, 12, 1))
    decided(tree, Forms(frozenset({"head_teacher"})), date(2026, 11, 28))
    from_page = region.post(
        "settings/support/edit", data={"version": "0", "valid_from": "28.11.2026", "phone": "8 800 000-00-01"}
    )

    told = events(tree)
    assert from_page.status_code == 303
    assert [entry.event for entry in told] == ["setting.planned", "setting.changed", "setting.changed"]
    assert told[0].detail["after"]["shift"] == "next"
    assert "8 800" not in str(told[2].detail)  # a contact is told by its day only


def events(tree):
    from_region = actor_of(tree.region).scope.reading()
    with transaction(from_region) as session:
        query = select(JournalEntry).where(JournalEntry.subject_kind == "setting").order_by(JournalEntry.id)
        return list(session.scalars(query))
