"""A table of organizations as a file: what is read of it, and the one sentence for a hostile one."""

import io
import zipfile

import pytest

from tenants.errors import InvalidError
from tenants.organizations.intake_sheet import MOST_BYTES, kind_of, read_register, sheet_of
from tenants.organizations.models import OrganizationKind
from tests.factories.registers import region_workbook, workbook

BOOK = workbook(("s-1", "школа", "СОШ № 1"))
SHEET = "xl/worksheets/sheet1.xml"


def changed(**parts: bytes) -> bytes:
    """The workbook with some of its parts replaced or added; `__` stands for a slash, `_` for a dot."""
    names = {name.replace("__", "/").replace("_", "."): content for name, content in parts.items()}
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(BOOK)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            if item.filename not in names:
                new.writestr(item.filename, old.read(item.filename))
        for name, content in names.items():
            new.writestr(name, content)
    return target.getvalue()


def sheet(rows: str, head: str = "") -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>'
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}{body}'.encode()


def cell(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


XXE = sheet(
    f'<row r="1">{cell("A1", "Вид")}{cell("B1", "Краткое наименование")}</row>'
    f'<row r="2">{cell("A2", "школа")}{cell("B2", "&secret;")}</row>',
    '<!DOCTYPE worksheet [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
)
FAR = sheet(f'<row r="1">{cell("A1", "Вид")}</row><row r="1048576">{cell("XFD1048576", "школа")}</row>')


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "пустой"),
        (b"PK\x03\x04" + b"0" * MOST_BYTES, "больше 10 МБ"),
        ("Код;Вид".encode(), "сохраните список как XLSX"),
        (b"PK\x03\x04 torn", "не читается"),
        (changed(xl__vbaProject_bin=b"macro"), "макросы"),
        (changed(xl__bomb_xml=b"0" * (80 * 1024 * 1024)), "слишком велика"),
        (changed(xl__worksheets__sheet1_xml=FAR), "не читается|слишком велика|под заголовками пусто"),
        (workbook(), "под заголовками пусто"),
    ],
)
def test_each_bad_file_gets_one_sentence(content: bytes, sentence: str):
    with pytest.raises(InvalidError, match=sentence) as refusal:
        read_register(content)
    assert refusal.value.field == "file"


def test_an_entity_of_the_file_reads_nothing_of_this_machine():
    try:
        found = str(read_register(changed(xl__worksheets__sheet1_xml=XXE)).cells)
    except InvalidError as refusal:
        found = str(refusal)

    assert "root:" not in found


def test_a_whole_region_is_read_with_the_numbers_of_its_rows():
    found = read_register(region_workbook(300, "t"))

    assert (found.unknown, found.lacking) == ([], [])
    assert [number for number, _ in found.cells] == list(range(2, 302))


def test_headings_are_known_by_their_synonyms_and_a_second_of_one_meaning_is_asked():
    found = sheet_of(
        [(3, ["Тип организации", "Сокращённое наименование", "Муниципальный район", "Район", "ИНН "]), (4, ["школа"])]
    )

    assert found.fields == ("kind", "name_short", "parent", "", "inn")
    assert found.unknown == ["Район"]


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("СОШ", OrganizationKind.SCHOOL),
        ("Детский  сад", OrganizationKind.PRESCHOOL),
        ("СПО", OrganizationKind.COLLEGE),
        ("региональный центр", None),
        ("", None),
    ],
)
def test_a_kind_may_be_written_in_many_words(word: str, kind: OrganizationKind | None):
    assert kind_of(word) is kind
