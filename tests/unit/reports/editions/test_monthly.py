"""The shipped monthly form: twelve rows by the forms of mentoring of each kind, with its controls."""

from decimal import Decimal

import pytest

from reports.controls import check
from reports.editions.definition import CellKey, CellValue, EditionDefinition, EditionKind, Level, Periodicity, Source
from reports.editions.loading import SEEDS, read_seed
from tenants.mentorships.catalogue import MENTORING_FORMS, forms_of

TOTAL = "3"
KINDS = ("school", "college", "supplementary", "preschool")


@pytest.fixture(scope="module")
def monthly() -> EditionDefinition:
    return read_seed("monthly_2026.toml")


@pytest.fixture
def month(monthly: EditionDefinition) -> dict[CellKey, CellValue]:
    """A believable month of a school; «Всего» of people is less than the sum over the forms."""
    table = {
        "1": (14, 5, 5, 1, 1, 2, 0),
        "2": (41, 18, 11, 2, 4, 5, 1),
        "3": (6, 4, 1, 0, 1, 0, 0),
        "4": (37, 16, 11, 1, 4, 5, 1),
        "5": (28, 12, 9, 1, 2, 3, 1),
        "6": (62, 36, 12, 2, 6, 5, 1),
        "7": (47, 36, 0, 0, 6, 5, 0),
        "8": (9, 0, 7, 2, 0, 0, 0),
        "9": (9, 4, 2, 0, 1, 2, 0),
        "10": (3, 2, 1, 0, 0, 0, 0),
        "11": (0, 0, 0, 0, 0, 0, 0),
        "12": (120, 60, 20, 6, 18, 14, 2),
    }
    columns = [column.code for column in monthly.sections[0].columns_for("school")]
    return {
        ("1", row, column): Decimal(number)
        for row, line in table.items()
        for column, number in zip(columns, line, strict=True)
    }


@pytest.fixture
def before(month: dict[CellKey, CellValue]) -> dict[CellKey, CellValue]:
    """The month before: stocks that the movement of `month` leads from."""
    return month | {("1", "2", TOTAL): Decimal(35), ("1", "6", TOTAL): Decimal(56), ("1", "12", TOTAL): Decimal(114)}


def found(
    monthly: EditionDefinition, month: dict[CellKey, CellValue], before: dict[CellKey, CellValue] | None = None
) -> list[tuple[Level, str]]:
    return [(item.level, item.message) for item in check(monthly, month, before, kind="school")]


def test_every_shipped_seed_is_a_valid_edition() -> None:
    for name in SEEDS:
        definition = read_seed(name)
        assert EditionDefinition.from_json(definition.to_json()) == definition


def test_the_form_is_monthly_with_twelve_rows(monthly: EditionDefinition) -> None:
    (section,) = monthly.sections

    assert (monthly.kind, monthly.periodicity, monthly.period_type) == (EditionKind.MONTHLY, Periodicity.MONTH, 12)
    assert [row.number for row in section.rows] == [f"{number:02}" for number in range(1, 13)]
    assert section.rows[4].name == "из них обучено"
    assert (section.rows[4].parent, section.rows[4].indent) == ("4", 1)


@pytest.mark.parametrize(("kind", "count"), [("school", 84), ("college", 72), ("supplementary", 72), ("preschool", 48)])
def test_each_kind_has_its_number_of_cells(monthly: EditionDefinition, kind: str, count: int) -> None:
    assert len(monthly.cells_for(kind)) == count


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_the_total_and_the_forms_that_the_kind_may_record(monthly: EditionDefinition, kind: str) -> None:
    forms = {
        cell.filters.get("mentoring_form") for cell in monthly.cells_for(kind) if cell.filters or cell.column == TOTAL
    }

    assert forms == {None} | {form.code for form in forms_of(kind)}
    assert next(iter(monthly.sections[0].columns_for(kind))).code == TOTAL


def test_every_form_of_the_catalogue_is_reported_by_somebody(monthly: EditionDefinition) -> None:
    reported = {cell.filters["mentoring_form"] for cell in monthly.cells if cell.filters}

    assert reported == {form.code for form in MENTORING_FORMS}


def test_every_cell_is_computed_and_only_the_total_has_no_filter(monthly: EditionDefinition) -> None:
    assert {cell.source for cell in monthly.cells} == {Source.FIGURE}
    assert all(bool(cell.filters) == (cell.column != TOTAL) for cell in monthly.cells)
    assert all(cell.additive for cell in monthly.cells)
    assert [cell.figure for cell in monthly.cells if cell.column == TOTAL] == [
        "programmes", "pairs", "groups", "mentors", "mentors_trained", "mentees", "mentees_aged_10_19",
        "mentees_novice_teachers", "joined", "completed", "left_early", "meetings",
    ]  # fmt: skip


def test_a_college_speaks_of_students(monthly: EditionDefinition) -> None:
    names = [column.name_for("college") for column in monthly.sections[0].columns_for("college")]

    assert names[1] == "Студент –\nстудент"
    assert "Ученик –\nученик" not in names


def test_a_sound_month_has_no_findings(
    monthly: EditionDefinition, month: dict[CellKey, CellValue], before: dict[CellKey, CellValue]
) -> None:
    assert found(monthly, month) == []
    assert found(monthly, month, before) == []


@pytest.mark.parametrize(
    ("place", "number", "message"),
    [
        (("5", "9"), 2, "Стр. 05: обученных (2) больше, чем наставников (1)"),
        (("7", "5"), 13, "Стр. 07: наставляемых 10–19 лет (13) больше, чем всех наставляемых (12)"),
        (("8", "6"), 3, "Стр. 08: наставляемых со стажем до 3 лет (3) больше, чем всех наставляемых (2)"),
        (("2", "3"), 40, "Стр. 02: всего 40, а по формам вместе 41"),
        (("12", "4"), 61, "Стр. 12: всего 120, а по формам вместе 121"),
        (("4", "3"), 39, "Стр. 04: всего 39, а по формам вместе только 38"),
        (("4", "4"), 38, "Стр. 04: по форме «Ученик – ученик» (38) больше, чем всего (37)"),
        (("4", "9"), 0, "Стр. 04: пары или группы есть, а наставников нет"),
        (("6", "9"), 0, "Стр. 06: пары или группы есть, а наставляемых нет"),
    ],
)
def test_each_error_is_told_in_words(
    monthly: EditionDefinition,
    month: dict[CellKey, CellValue],
    place: tuple[str, str],
    number: int,
    message: str,
) -> None:
    findings = found(monthly, month | {("1", *place): Decimal(number)})

    assert (Level.ERROR, message) in findings


@pytest.mark.parametrize(
    ("changes", "messages"),
    [
        ({("2", "3"): 36}, ["Стр. 02: пар 41, по движению 42"]),
        ({("6", "3"): 50}, ["Стр. 06: наставляемых 62, по движению 56"]),
        ({("12", "3"): 82}, ["Стр. 12: Проведено встреч – на 46 % больше, чем месяц назад"]),
        ({("12", "3"): 200}, ["Стр. 12: Проведено встреч – на 40 % меньше, чем месяц назад"]),
        ({("3", "3"): 4}, []),
        ({("3", "3"): 3}, ["Стр. 03: Наставнических групп – на 100 % больше, чем месяц назад"]),
        ({("1", "3"): 11}, []),
        ({("1", "3"): 0}, []),
    ],
)
def test_the_month_before_raises_queries(
    monthly: EditionDefinition,
    month: dict[CellKey, CellValue],
    before: dict[CellKey, CellValue],
    changes: dict[tuple[str, str], int],
    messages: list[str],
) -> None:
    earlier = before | {("1", *place): Decimal(number) for place, number in changes.items()}

    assert found(monthly, month, earlier) == [(Level.QUERY, message) for message in messages]


def test_the_first_cell_of_a_finding_is_the_one_to_look_at(
    monthly: EditionDefinition, month: dict[CellKey, CellValue]
) -> None:
    findings = check(monthly, month | {("1", "5", "9"): Decimal(2)}, kind="school")

    assert findings[0].cells == (("1", "5", "9"), ("1", "4", "9"))
