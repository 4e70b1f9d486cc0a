"""A list as a workbook."""

import io
from datetime import date

import pytest
from openpyxl import load_workbook

from reports.documents.xlsx import sheet_name, table_workbook

ABOUT = {"Организация": "Школа № 1", "Составлен": "21.11.2026"}


def opened(*rows: list, title: str = "Участники"):
    return load_workbook(io.BytesIO(table_workbook(title, ["ФИО", "Дата", "Встреч"], rows, about=ABOUT)))


@pytest.mark.parametrize("typed", ["=1+1", "+79001112233", "-5", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1"])
def test_what_a_person_typed_never_runs_as_a_formula(typed: str) -> None:
    cell = opened([typed, None, None])["Участники"]["A2"]

    assert (cell.data_type, cell.value) == ("s", typed)


def test_dates_are_dates_and_numbers_numbers() -> None:
    sheet = opened(["Иванова А.П.", date(2026, 11, 21), 3])["Участники"]

    assert sheet["B2"].value.date() == date(2026, 11, 21)
    assert sheet["C2"].value == 3


def test_the_heading_is_frozen_filtered_and_the_second_sheet_says_whence() -> None:
    book = opened(["Иванова А.П.", None, 3])

    assert book["Участники"].freeze_panes == "B2"
    assert book["Участники"].auto_filter.ref == "A1:C2"
    assert [cell.value for cell in book["О файле"]["B"]] == [None, None, "Школа № 1", "21.11.2026"]


def test_an_empty_list_has_its_heading() -> None:
    assert [cell.value for cell in opened()["Участники"][1]] == ["ФИО", "Дата", "Встреч"]


@pytest.mark.parametrize("title", ["Пары: [2026/27]?", "о" * 50, "'", ""])
def test_any_title_becomes_a_name_that_excel_accepts(title: str) -> None:
    name = sheet_name(title)

    assert 1 <= len(name) <= 31
    assert not set("[]:*?/\\") & set(name)
