"""A table of organizations: every row is looked at before anything is written, the good ones are loaded at once."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.organizations import commands
from tenants.organizations.intake_models import IntakeState, RegisterImport
from tenants.organizations.intake_rows import RowState
from tenants.organizations.models import OrganizationParent
from tests.factories.registers import region_workbook, workbook
from tests.factories.tree import actor_of, make_tree, unique
from tests.integration.organizations.tables import (
    FULL,
    INN,
    OTHER_INN,
    events,
    keep,
    load,
    number_in,
    rows_of,
    statements,
    stored,
    upload,
)


@pytest.fixture
def region(as_role, tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def test_a_table_is_looked_at_and_loaded_once_whatever_the_order_of_its_rows(region, tree):
    district, school = unique("d"), unique("s")
    content = workbook(
        (school, "школа", district, "СОШ № 5", INN, "770701001"),
        (district, "район", "", "Лесной район", None, None),
        (unique("x"), "школа", "нет-такого", "СОШ № 6", None, None),
        headings=FULL,
    )
    number = number_in(upload(region, content))
    page = region.get(f"organizations/import/{number}").get_data(as_text=True)
    before = stored(school)

    first = region.post(f"organizations/import/{number}/load")
    second = region.post(f"organizations/import/{number}/load")

    assert before is None
    assert "Подчинения «нет-такого» нет" in page
    assert "Загрузить 2" in page
    assert (first.status_code, second.status_code) == (303, 303)
    assert stored(school).district_id == stored(district).id
    assert stored(school).time_zone == tree.region.time_zone
    loaded = [entry for entry in events(tree) if entry.event == "register.loaded"]
    assert [(entry.detail["created"], entry.detail["refused"]) for entry in loaded] == [(2, 1)]


def test_every_new_organization_has_its_place_in_the_tree_of_today(tree):
    school = unique("s")
    load(tree, keep(tree, workbook((school, "школа", tree.district.code, "СОШ № 5", None, None), headings=FULL)))

    with transaction(REGISTRY.reading()) as session:
        parents = session.scalars(
            select(OrganizationParent.parent_id).where(OrganizationParent.organization_id == stored(school).id)
        ).all()
    assert parents == [tree.district.id]


def test_a_second_load_updates_instead_of_doubling_and_a_third_finds_nothing_to_do(tree):
    school = unique("s")
    load(tree, keep(tree, workbook((school, "школа", tree.district.code, "СОШ № 5", None, None), headings=FULL)))
    content = workbook((school, "школа", tree.district.code, "Гимназия № 5", INN, None), headings=FULL)

    changed = rows_of(tree, content)[2]
    load(tree, keep(tree, content))
    same = rows_of(tree, content)[2]

    assert (changed.state, same.state) == (RowState.CHANGED, RowState.SAME)
    assert [tuple(one) for one in changed.changes] == [
        ("name_short", "СОШ № 5", "Гимназия № 5"),
        ("inn", "", INN),
    ]
    assert (stored(school).name_short, stored(school).version) == ("Гимназия № 5", 2)


def test_an_empty_cell_wipes_nothing(tree):
    school = unique("s")
    load(tree, keep(tree, workbook((school, "школа", tree.district.code, "СОШ № 5", INN, None), headings=FULL)))

    assert rows_of(tree, workbook((school, "школа", "", "СОШ № 5", "", ""), headings=FULL))[2].state is RowState.SAME


def test_without_a_code_an_organization_is_known_by_its_inn_and_kpp_then_by_its_name(tree):
    inn_row = (unique("s"), "школа", tree.district.code, "СОШ № 5", INN, "770701001")
    load(tree, keep(tree, workbook(inn_row, headings=FULL)))

    rows = rows_of(
        tree,
        workbook(
            ("", "школа", tree.district.code, "СОШ № 5 имени Пушкина", INN, "770701001"),
            ("", "школа", "Ближний  район", "школа № 1", "", ""),
            ("", "школа", "Дальний район", "Школа № 1", "", ""),
            headings=FULL,
        ),
    )

    assert (rows[2].state, rows[2].code) == (RowState.CHANGED, inn_row[0])
    assert rows[3].organization_id == tree.school.id
    assert rows[4].state is RowState.NEW
    assert rows[4].code.startswith("shkola-1")


@pytest.mark.parametrize(
    ("row", "field", "words"),
    [
        (("a b", "школа", "", "СОШ", "", ""), "code", "латинские"),
        (("ok-1", "завод", "", "СОШ", "", ""), "kind", "неизвестен"),
        (("ok-1", "школа", "", "", "", ""), "name_short", "Укажите"),
        (("ok-1", "школа", "", "СОШ", "7707083894", ""), "inn", "ожидается 3"),
        (("ok-1", "школа", "", "СОШ", "77070838", ""), "inn", "не хватает 2 цифр"),
        (("ok-1", "региональный центр", "", "Центр", "", ""), "kind", "неизвестен"),
    ],
)
def test_a_wrong_row_says_which_field_and_what_to_do(tree, row, field, words):
    found = rows_of(tree, workbook(row, headings=FULL))[2]

    assert found.state is RowState.WRONG
    assert words in found.errors[field]


def test_a_table_neither_moves_an_organization_nor_changes_its_kind(tree):
    code = tree.school.code
    rows = rows_of(
        tree,
        workbook(
            (code, "колледж", "", "Школа № 1", "", ""),
            (tree.sister.code, "школа", tree.other_district.code, "Школа № 2", "", ""),
            headings=FULL,
        ),
    )

    assert "Вид загрузкой не меняется" in rows[2].errors["kind"]
    assert "отдельный шаг" in rows[3].errors["parent"]


def test_the_same_codes_as_another_organization_are_a_question_that_a_person_answers(region, tree):
    load(tree, keep(tree, workbook((unique("s"), "школа", "", "СОШ № 5", INN, "770701001"), headings=FULL)))
    branch, twin = unique("b"), unique("t")
    content = workbook(
        (branch, "школа", "", "СОШ № 5, филиал", INN, "770701001"),
        (twin, "школа", "", "СОШ № 7", OTHER_INN, ""),
        (unique("t"), "школа", "", "СОШ № 8", OTHER_INN, ""),
        (unique("k"), "школа", "", "СОШ № 5, другой КПП", INN, "770702001"),
        headings=FULL,
    )
    rows = rows_of(tree, content)
    number = number_in(upload(region, content))

    page = region.get(f"organizations/import/{number}?state=question").get_data(as_text=True)
    region.post(f"organizations/import/{number}/answer", data={"rows": ["2"]})
    region.post(f"organizations/import/{number}/load")

    assert [rows[n].state for n in (2, 3, 4, 5)] == [
        RowState.QUESTION,
        RowState.NEW,
        RowState.QUESTION,
        RowState.NEW,
    ]
    assert "Такой же ИНН у «СОШ № 5»" in page
    assert stored(branch).inn == INN
    assert stored(twin) is not None


def test_one_organization_in_two_rows_is_taken_once(tree):
    code = unique("s")
    rows = rows_of(
        tree, workbook((code, "школа", "", "СОШ", "", ""), (code, "школа", "", "СОШ 2", "", ""), headings=FULL)
    )

    assert (rows[2].state, rows[3].state) == (RowState.NEW, RowState.WRONG)
    assert "строке 2" in rows[3].errors["code"]


def test_a_row_waits_for_its_district_that_is_refused(tree):
    district = unique("d")
    content = workbook(
        (unique("s"), "школа", district, "СОШ", "", ""),
        (district, "район", "", "Лесной", "123", ""),
        headings=FULL,
    )
    assert "Сначала исправьте строку 3" in rows_of(tree, content)[2].errors["parent"]


def test_a_code_of_another_region_is_taken_and_tells_nothing_of_it(tree):
    foreign = make_tree()
    row = rows_of(tree, workbook((foreign.school.code, "школа", "", "СОШ", "", ""), headings=FULL))[2]

    assert row.organization_id is None
    assert "занят" in row.errors["code"]
    assert foreign.school.name_short not in row.errors["code"]


def test_what_was_saved_meanwhile_is_shown_and_never_overwritten(region, tree):
    content = workbook((tree.school.code, "школа", "", "Школа № 1 по таблице", "", ""), headings=FULL)
    number = number_in(upload(region, content))
    curator = actor_of(tree.school)
    with transaction(curator.scope) as session:
        card = {"name": "Полное", "name_short": "Школа № 1 по карточке"}
        commands.edit_card(session, curator, tree.school.id, card, version=1)

    page = region.get(f"organizations/import/{number}").get_data(as_text=True)
    region.post(f"organizations/import/{number}/load")
    between = stored(tree.school.code)
    after = region.get(f"organizations/import/{number}").get_data(as_text=True)
    region.post(f"organizations/import/{number}/load")

    assert "После проверки реестр изменился" in page
    assert "Загрузить 1" not in page
    assert between.name_short == "Школа № 1 по карточке"
    assert "При новой проверке иначе стали строки: 2" in after
    assert (stored(tree.school.code).name_short, stored(tree.school.code).version) == ("Школа № 1 по таблице", 3)


def test_an_unknown_heading_asks_what_its_column_means(region):
    code = unique("s")
    headings = ("Код", "Вид", "Как называют", "Заметки")
    answer = upload(region, workbook((code, "школа", "СОШ № 5", "звонить утром"), headings=headings))
    number = number_in(answer)
    page = region.get(f"organizations/import/{number}/columns").get_data(as_text=True)

    lacking = region.post(f"organizations/import/{number}/columns", data={"fields": ["code", "kind", "", ""]})
    twice = region.post(f"organizations/import/{number}/columns", data={"fields": ["code", "kind", "code", ""]})
    done = region.post(f"organizations/import/{number}/columns", data={"fields": ["code", "kind", "name_short", ""]})
    region.post(f"organizations/import/{number}/load")

    assert answer.location.endswith("/columns")
    assert "звонить утром" in page
    assert (lacking.status_code, twice.status_code, done.status_code) == (422, 422, 303)
    assert "Краткое наименование" in lacking.get_data(as_text=True)
    assert stored(code).name_short == "СОШ № 5"


def test_a_title_over_the_headings_is_passed_over(tree):
    content = workbook(("Код", "Вид", "Краткое наименование"), ("s-1", "школа", "СОШ"), headings=("Реестр", "", ""))

    assert rows_of(tree, content)[3].name == "СОШ"


def test_the_refused_rows_come_back_with_what_to_mend(region):
    content = workbook(
        (unique("s"), "школа", "", "СОШ № 5", "7707083894", ""),
        (unique("s"), "школа", "", "СОШ № 6", "", ""),
        headings=FULL,
    )
    number = number_in(upload(region, content))

    book = load_workbook(io.BytesIO(region.get(f"organizations/import/{number}/refused.xlsx").data)).worksheets[0]
    rows = list(book.iter_rows(values_only=True))

    assert rows[0] == (*FULL, "Что исправить")
    assert [row[3] for row in rows[1:]] == ["СОШ № 5"]
    assert "ожидается 3" in rows[1][-1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пустой"),
        (b"MZ program", "XLSX"),
        (b"PK\x03\x04 torn", "не читается"),
        (workbook(), "под заголовками пусто"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_leaves_nothing(region, tree, content, words):
    answer = upload(region, content)

    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    with transaction(actor_of(tree.region).scope.reading()) as session:
        assert session.scalar(select(func.count()).select_from(RegisterImport)) == 0


def test_what_is_exported_is_read_back_without_a_change(region, tree):
    load(tree, keep(tree, region_workbook(120, unique("t"))))

    content = region.get("organizations/export.xlsx").data
    rows = rows_of(tree, content).values()

    assert len(rows) == 120 + len(tree.all) - 1
    assert {row.state for row in rows} == {RowState.SAME}


def test_a_whole_region_is_loaded_in_few_statements_and_one_event(tree):
    intake = keep(tree, region_workbook(400, unique("t")))

    with statements() as asked:
        done = load(tree, intake)

    assert (done.intake.state, done.intake.created_count) == (IntakeState.LOADED, 400)
    assert len(asked) <= 14
    assert [entry.event for entry in events(tree)][-1] == "register.loaded"
