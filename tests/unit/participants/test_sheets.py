"""Files of people: what is read, and the one sentence for each file that is not."""

import io
import zipfile
from datetime import date

import pytest

from reports.documents.xlsx import table_workbook
from tenants.errors import InvalidError
from tenants.participants.blocks import read_cells
from tenants.participants.sheets import MOST_BYTES, read_sheet

BOOK = table_workbook("Список", ["ФИО", "Роль", "Дата рождения"], [["Орлов Лев", "наставник", date(2010, 2, 1)]])


def archive(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as box:
        for name, content in files.items():
            box.writestr(name.replace("__", "/").replace("_", "."), content)
    return target.getvalue()


def with_macros() -> bytes:
    target = io.BytesIO(BOOK)
    with zipfile.ZipFile(target, "a") as box:
        box.writestr("xl/vbaProject.bin", b"macro")
    return target.getvalue()


def test_a_workbook_is_read_with_its_days() -> None:
    assert read_cells(read_sheet("list.xlsx", BOOK)).rows == (
        {"name": "Орлов Лев", "role": "наставник", "born_on": "01.02.2010"},
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
@pytest.mark.parametrize("sign", [";", "\t", ","])
def test_a_csv_is_read_in_either_encoding(encoding: str, sign: str) -> None:
    text = f'ФИО{sign}Роль\r\n"Орлов Лев"{sign}наставник\r\n'

    assert read_sheet("list.csv", text.encode(encoding)) == [["ФИО", "Роль"], ["Орлов Лев", "наставник"]]


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", b"", "пустой"),
        ("a.csv", b"\xd0" * (MOST_BYTES + 1), "больше 5 МБ"),
        ("a.exe", b"MZ program", "XLSX или CSV"),
        ("a.xlsx", b"PK\x03\x04 torn", "не читается"),
        ("a.xlsx", archive(word__document_xml=b"<a/>"), "не читается"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "не читается"),
        ("a.xlsm", with_macros(), "макросы"),
        ("a.xlsx", archive(xl__workbook_xml=b"0" * (80 * 1024 * 1024)), "слишком велика"),
        ("a.csv", b"\x00\x01\x02", "не читается"),
        ("a.xlsx", table_workbook("Пусто", [], []), "нет строк"),
    ],
)
def test_each_bad_file_gets_one_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidError, match=sentence) as refusal:
        read_sheet(name, content)
    assert refusal.value.field == "file"
