"""A block copied from Excel: cells, columns, days."""

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import InvalidError
from tenants.participants.blocks import ALWAYS, LABELS, MOST_ROWS, parse_day, parse_form, parse_role, read_block
from tenants.participants.models import ParticipantRole

ROW = {
    "name": "Агафонова Мила Романовна",
    "role": "наставляемый",
    "mentoring_form": "Ученик – ученик",
    "born_on": "03.02.2014",
    "class_name": "6 «В»",
    "consent_on": "12.10.2026",
}
HEADINGS = {
    "name": "ФИО",
    "role": "Роль",
    "mentoring_form": "Форма наставничества",
    "born_on": "Дата рождения",
    "class_name": "Класс/должность",
    "consent_on": "Дата согласия",
}
cells = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)


@given(st.permutations(list(ROW)), st.booleans())
def test_columns_are_known_by_their_headings_in_any_order(order: list[str], numbered: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    head = ["№"] * numbered + [HEADINGS[name] for name in order]
    line = ["1"] * numbered + [ROW[name] for name in order]

    assert read_block("\t".join(head) + "\n" + "\t".join(line)).rows == (ROW,)


@given(st.permutations([name for name in ROW if name != "mentoring_form"]))
def test_columns_without_headings_are_known_by_what_stands_in_them(order: list[str]) -> None:
    block = read_block("\t".join(ROW[name] for name in order))

    assert block.rows == ({name: value for name, value in ROW.items() if name != "mentoring_form"},)


def test_a_name_in_three_cells_becomes_one() -> None:
    block = read_block("Фамилия\tИмя\tОтчество\tРоль\nОрлов\tЛев\t\tнаставник\nКотова\tАнна\tИльинична\tнаставник")

    assert [row["name"] for row in block.rows] == ["Орлов Лев", "Котова Анна Ильинична"]


def test_three_cells_of_a_name_are_known_without_headings() -> None:
    assert read_block("Орлов\tЛев\tИльич\tнаставник\t01.02.2010").rows[0]["name"] == "Орлов Лев Ильич"


def test_empty_rows_the_number_and_unknown_columns_are_left_out() -> None:
    block = read_block("№\tФИО\tРоль\tЛюбимый цвет\n1\tОрлов Лев\tнаставник\tсиний\n\t\t\t\n")

    assert block.rows == ({"name": "Орлов Лев", "role": "наставник"},)
    assert (block.left_over, block.columns) == (1, ALWAYS)


def test_a_column_beyond_the_usual_six_is_shown_where_it_is_filled() -> None:
    assert read_block("ФИО\tРоль\tТелефон\nОрлов Лев\tнаставник\t+7 900").columns == (*ALWAYS, "phone")


def test_rows_beyond_the_limit_are_counted() -> None:
    block = read_block("ФИО\tРоль\n" + "Орлов Лев\tнаставник\n" * (MOST_ROWS + 3))

    assert (len(block.rows), block.cut_off) == (MOST_ROWS, 3)


@given(st.lists(st.lists(cells, max_size=12), max_size=8), st.sampled_from("\t;"))
def test_no_text_breaks_the_reader(rows: list[list[str]], delimiter: str) -> None:
    block = read_block("\n".join(delimiter.join(row) for row in rows))

    assert set(block.columns) <= set(LABELS)
    assert all(set(row) <= set(LABELS) and all(row.values()) for row in block.rows)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_is_read_in_every_usual_spelling(day: date) -> None:
    for text in (
        f"{day:%d.%m.%Y}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d.%m.%Y} г.",
    ):
        assert parse_day(text) == day


@given(st.integers(1990, 2030), st.integers(1, 12))
def test_a_day_too_many_names_how_many_the_month_has(year: int, month: int) -> None:
    last = calendar.monthrange(year, month)[1]

    with pytest.raises(InvalidError, match=f"{last} дней"):
        parse_day(f"{last + 1}.{month:02d}.{year}")


@given(st.text(st.characters(blacklist_categories=["Cs", "Nd"]), max_size=20))
def test_any_text_without_digits_is_no_day(text: str) -> None:
    with pytest.raises(InvalidError, match="нужно"):
        parse_day(text)


@pytest.mark.parametrize("text", ["Ученик – ученик", "ученик-ученик", "УЧЕНИК — УЧЕНИК", "уч–уч", "Студент – студент"])
def test_a_form_is_known_whatever_its_dash(text: str) -> None:
    assert parse_form(text) == "student_student"


@pytest.mark.parametrize(
    ("text", "role"),
    [("Наставник", ParticipantRole.MENTOR), ("наставляемая", ParticipantRole.MENTEE), ("ментор", None), ("", None)],
)
def test_a_role_is_one_of_two_words(text: str, role: ParticipantRole | None) -> None:
    assert parse_role(text) is role
