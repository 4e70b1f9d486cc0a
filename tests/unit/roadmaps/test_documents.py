"""Reading of documents: invented layouts in every format, the samples, and what only one format has."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from tenants.roadmaps.documents import read_safely
from tenants.roadmaps.documents.reader import read_document
from tenants.roadmaps.phrases import read
from tests.unit.roadmaps.further import plans
from tests.unit.roadmaps.layouts import LAYOUTS, NO_PLANS
from tests.unit.roadmaps.made import FONT, WRITERS, Made

SAMPLES = os.environ.get("PORTAL_SAMPLES")
FORMATS = [
    pytest.param(
        name, marks=pytest.mark.skipif(name == "pdf" and not FONT.exists(), reason="DejaVu Sans is not installed")
    )
    for name in WRITERS
]


FURTHER = plans()


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", FURTHER)
def test_a_further_plan_is_read_alike_in_every_format(name: str, form: str, tmp_path: Path) -> None:
    plan = FURTHER[name]
    path = tmp_path / f"plan.{form}"
    WRITERS[form](plan.made, path)

    items = read_document(path).items

    assert [
        (
            item.number,
            item.stage,
            " ".join(item.title.split()),
            item.period_raw,
            " ".join((item.responsible_raw or "").split()) or None,
            " ".join((item.result_raw or "").split()) or None,
        )
        for item in items
    ] == [
        (
            number,
            stage,
            " ".join(title.split()),
            period,
            " ".join((people or "").split()) or None,
            " ".join((result or "").split()) or None,
        )
        for number, stage, title, period, people, result in plan.items
    ]
    assert [item.period.intervals for item in items] == [
        read(period or "", plan.year).intervals for _, _, _, period, _, _ in plan.items
    ]


def test_the_year_and_the_school_can_stand_on_a_title_sheet(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    book = xlsxwriter.Workbook(str(path))
    cover = book.add_worksheet("Титул")
    cover.write_column(0, 0, ["МБОУ СОШ № 8", "", "Дорожная карта наставничества", "на 2025-2026 учебный год"])
    sheet = book.add_worksheet("Мероприятия")
    sheet.write(0, 0, "План мероприятий")
    sheet.write_row(2, 0, ["№", "Код", "Мероприятие", "Срок", "Ответственный"])
    sheet.write_row(3, 0, ["1", "А-1", "Собрать группу", "октябрь", "Директор"])
    sheet.set_column(1, 1, 10, None, {"hidden": True})
    book.close()

    reading = read_document(path)

    assert reading.year_or_period == "2025-2026 учебный год"
    assert [item.period.start for item in reading.items] == ["2025-10-01"]


@pytest.mark.parametrize(
    ("lines", "organisation"),
    [
        (
            ["Рассмотрено", "на педсовете № 1", "Утверждено", "приказом МБОУ СОШ № 2", "от 29.08.2025 № 155"],
            "МБОУ СОШ № 2",
        ),
        (["УТВЕРЖДАЮ", "Директор ГБПОУ «Речной колледж»", "«01» сентября 2025 г."], "ГБПОУ «Речной колледж»"),
    ],
)
def test_the_approval_names_the_school(lines: list[str], organisation: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    table = [["Мероприятие", "Срок"], ["Собрать группу", "октябрь 2025 г."]]
    WRITERS["docx"](Made([*lines, "План работы на 2025-2026 учебный год"], [table]), path)

    assert read_document(path).organisation == organisation


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_alike_in_every_format(name: str, form: str, tmp_path: Path) -> None:
    layout = LAYOUTS[name]
    path = tmp_path / f"plan.{form}"
    WRITERS[form](layout.made, path)

    found = [
        (
            item.number,
            item.stage,
            " ".join(item.title.split()),
            item.period_raw,
            item.period.start,
            item.period.end,
            item.period.recurrence,
            item.responsible_raw,
            item.result_raw,
        )
        for item in read_document(path, layout.year).items
    ]

    assert found == layout.items


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", NO_PLANS)
def test_a_document_without_a_plan_gives_no_measures_and_says_so(name: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / f"other.{form}"
    WRITERS[form](NO_PLANS[name], path)

    reading = read_document(path).as_json()

    assert reading["items"] == []
    assert "таблиц" in reading["message"]


def sample_files() -> list[Path]:
    folder = Path(SAMPLES or "/nonexistent") / "roadmaps"
    return sorted(path for path in folder.glob("*") if path.suffix in (".docx", ".odt", ".xlsx", ".pdf"))


@pytest.mark.skipif(not SAMPLES, reason="PORTAL_SAMPLES names no folder of sample documents")
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_a_sample_document_is_read_as_its_gold_reading(path: Path, tmp_path: Path) -> None:
    parsed = tmp_path / "parsed.json"
    parsed.write_text(json.dumps(read_safely(path), ensure_ascii=False), encoding="utf-8")

    output = subprocess.run(
        [sys.executable, str(path.parent / "score.py"), str(path.parent / "gold" / f"{path.stem}.json"), str(parsed)],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    figures = {row["figure"]: row["value"] for row in map(json.loads, output.splitlines())}

    assert figures["item_f1"] >= 0.95
    assert figures["period"] >= 0.95
    assert min(figures["stage"], figures["responsible"], figures["result"]) >= 0.9


@pytest.mark.skipif(not SAMPLES, reason="PORTAL_SAMPLES names no folder of sample documents")
@pytest.mark.parametrize("path", sample_files(), ids=lambda path: path.name)
def test_what_stands_around_the_table_of_a_sample_is_read_too(path: Path) -> None:
    gold: dict[str, Any] = json.loads((path.parent / "gold" / f"{path.stem}.json").read_text(encoding="utf-8"))

    found = read_document(path).as_json()

    for key in ("title", "organisation", "year_or_period", "approval", "columns"):
        assert found[key] == gold[key], key
    assert found.get("targets") == gold.get("targets")
    assert [stage["title"] for stage in found["stages"]] == [stage["title"] for stage in gold["stages"]]


def test_numbers_and_bullets_that_word_sets_by_itself_are_seen(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("План работы на 2026 год")
    table = document.add_table(1, 3)
    for cell, text in zip(table.rows[0].cells, ("№", "Мероприятие", "Срок"), strict=True):
        cell.text = text
    for text, period in (("Подписать соглашения", "март"), ("Провести занятия:", "апрель - май")):
        cells = table.add_row().cells
        cells[0].paragraphs[0].style = document.styles["List Number"]
        cells[1].text, cells[2].text = text, period
    cells[1].add_paragraph("в школе", style="List Bullet")
    document.save(str(tmp_path / "plan.docx"))

    items = read_document(tmp_path / "plan.docx").items

    assert [(item.number, item.title) for item in items] == [
        ("1", "Подписать соглашения"),
        ("2", "Провести занятия:\n• в школе"),
    ]


def test_true_dates_and_numbers_of_a_spreadsheet_read_as_they_show(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "plan.xlsx"))
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    sheet, hidden = book.add_worksheet("План 2026"), book.add_worksheet("Черновик")
    hidden.hide()
    for target in (sheet, hidden):
        for column, text in enumerate(("№", "Мероприятия", "Срок", "Ответственный")):
            target.write_string(4, column, text)
        for row in range(1, 12):
            target.write_number(4 + row, 0, 1 + row / 10 if row < 10 else 1 + row / 100)
            target.write_string(4 + row, 1, f"Встреча {row}")
            target.write_datetime(4 + row, 2, datetime(2026, 3, row, tzinfo=UTC).replace(tzinfo=None), day)
    book.close()

    items = read_document(tmp_path / "plan.xlsx").items

    assert [item.number for item in items] == [
        "1.1",
        "1.2",
        "1.3",
        "1.4",
        "1.5",
        "1.6",
        "1.7",
        "1.8",
        "1.9",
        "1.10",
        "1.11",
    ]
    assert (items[0].period_raw, items[0].period.start) == ("01.03.2026", "2026-03-01")


def pdf(path: Path, rows: list[list[str]], *, ruled: bool) -> None:
    if "DejaVu" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("DejaVu", str(FONT)))
    style = ParagraphStyle("cell", fontName="DejaVu", fontSize=9, leading=11)
    rules = [("GRID", (0, 0), (-1, -1), 0.5, colors.black)] if ruled else []
    cells = [[Paragraph(text, style) for text in row] for row in rows]
    table = Table(
        cells,
        colWidths=[30, 220, 110, 120],
        splitInRow=1,
        style=TableStyle([*rules, ("VALIGN", (0, 0), (-1, -1), "TOP")]),
    )
    SimpleDocTemplate(str(path), pagesize=A4).build([Paragraph("Дорожная карта на 2026 год", style), table])


@pytest.mark.skipif(not FONT.exists(), reason="DejaVu Sans is not installed")
def test_a_pdf_table_without_rules_is_read(tmp_path: Path) -> None:
    rows = [
        ["№", "Мероприятие", "Срок", "Ответственный"],
        ["1", "Утвердить состав совета наставников и план его заседаний на год", "до 20.01.2026", "Директор"],
        ["2", "Провести первое заседание", "февраль", "Председатель совета"],
    ]
    pdf(tmp_path / "plan.pdf", rows, ruled=False)

    items = read_document(tmp_path / "plan.pdf").items

    assert [(item.number, item.title, item.period_raw, item.responsible_raw) for item in items] == [
        ("1", rows[1][1], "до 20.01.2026", "Директор"),
        ("2", rows[2][1], "февраль", "Председатель совета"),
    ]


@pytest.mark.skipif(not FONT.exists(), reason="DejaVu Sans is not installed")
def test_rows_that_a_page_end_cut_are_one_row(tmp_path: Path) -> None:
    text = "Организация встречи с участием наставников, педагогов, родителей и партнёров школы; " * 9
    rows = [["№", "Мероприятие", "Срок", "Ответственный"]]
    rows += [
        [str(number), text.strip(), "в течение двух недель после издания приказа", "Куратор"] for number in range(1, 12)
    ]
    pdf(tmp_path / "plan.pdf", rows, ruled=True)

    items = read_document(tmp_path / "plan.pdf").items

    assert [item.number for item in items] == [str(number) for number in range(1, 12)]
    assert {" ".join(item.title.split()) for item in items} == {text.strip()}
    assert {item.period.anchor for item in items} == {"после издания приказа"}


def test_a_year_given_by_the_reader_goes_before_the_one_in_the_document(tmp_path: Path) -> None:
    made = Made(["План на 2026 год"], [[["№", "Мероприятия", "Сроки"], ["1", "Сбор заявок", "октябрь"]]])
    WRITERS["docx"](made, tmp_path / "plan.docx")

    reading = read_document(tmp_path / "plan.docx", "2030/2031")

    assert reading.items[0].period.start == "2030-10-01"
    assert "другой год" in (reading.message or "")


def test_a_document_without_any_year_asks_for_it(tmp_path: Path) -> None:
    made = Made(["План работы"], [[["№", "Мероприятия", "Сроки"], ["1", "Сбор заявок", "октябрь"]]])
    WRITERS["docx"](made, tmp_path / "plan.docx")

    reading = read_document(tmp_path / "plan.docx").as_json()

    assert reading["items"][0]["question"]
    assert "Год плана" in reading["message"]
