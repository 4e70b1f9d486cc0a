"""Hostile and unreadable files: one clear Russian sentence each, within bounds of memory and time."""

# ruff: noqa: E501 - each hostile file stands on one line, beside the word of its sentence

import io
import json
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import DictionaryObject, NameObject, TextStringObject
from reportlab.pdfgen.canvas import Canvas

from tenants.errors import DomainError
from tenants.roadmaps.documents import DocumentError, read_safely
from tests.unit.roadmaps.made import WRITERS, Made

PLAN = Made(["План на 2026 год"], [[["№", "Мероприятия", "Сроки"], ["1", "Сбор заявок", "октябрь"]]])
TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
WORD = TYPES.format(part="word/document.xml", kind="wordprocessingml.document")
SHEET = TYPES.format(part="xl/workbook.xml", kind="spreadsheetml.sheet")
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MEGABYTE = 1024 * 1024


def packed(parts: dict[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def made(form: str, tmp_path: Path) -> bytes:
    path = tmp_path / f"source.{form}"
    WRITERS[form](PLAN, path)
    return path.read_bytes()


def changed(data: bytes, name: str, content: bytes | str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts: dict[str, bytes | str] = {item: archive.read(item) for item in archive.namelist()}
    return packed(parts | {name: content})


def word(body: str, prolog: str = "") -> bytes:
    return packed(
        {
            "[Content_Types].xml": WORD,
            "word/document.xml": f"{prolog}<w:document {W}><w:body>{body}</w:body></w:document>",
        }
    )


def sheet(rows: str, merges: str = "") -> bytes:
    return packed(
        {
            "[Content_Types].xml": SHEET,
            "xl/workbook.xml": f'<workbook {S} xmlns:r="{RELATIONS}"><sheets><sheet name="A" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships xmlns="x"><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f"<worksheet {S}><sheetData>{rows}</sheetData>{merges}</worksheet>",
        }
    )


def locked_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def pages(count: int) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(count):
        writer.add_blank_page(200, 200)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def scripted_pdf() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    )
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def dense_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for row in range(400):
        canvas.drawString(1, row * 2, "x" * 400)
    canvas.save()
    return buffer.getvalue()


def lying_sizes(data: bytes) -> bytes:
    """Write a size of one byte into the central directory."""
    place = data.rfind(b"PK\x01\x02")
    return data[: place + 24] + struct.pack("<I", 1) + data[place + 28 :]


ENTITIES = "<!DOCTYPE x [" + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(12)) + "]>"
FILES: dict[str, tuple[Callable[[Path], bytes], str]] = {
    "empty": (lambda _: b"", "пустой"),
    "too large": (lambda _: b"PK\x03\x04" + b"\0" * (20 * MEGABYTE), "20 МБ"),
    "text": (lambda _: "просто текст".encode(), "не документ"),
    "program": (lambda _: b"MZ\x90\0" + b"\0" * 100, "программа"),
    "web page": (lambda _: b"<!DOCTYPE html><html><table><tr><td>1</td></tr></table></html>", "веб-страница"),
    "picture": (lambda _: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "картинка"),
    "old word": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "старого формата"),
    "locked office": (lambda _: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "паролем"),
    "rich text": (lambda _: b"{\\rtf1 }", "RTF"),
    "plain archive": (lambda _: packed({"a.txt": "x"}), "архив"),
    "spreadsheet of the other office": (lambda _: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "ODS"),
    "broken archive": (lambda _: b"PK\x03\x04" + b"\x99" * 500, "повреждён"),
    "half a document": (lambda path: made("docx", path)[:-900], "повреждён"),
    "broken markup": (lambda _: packed({"[Content_Types].xml": WORD, "word/document.xml": "<w:document"}), "повреждён"),
    "no body": (lambda _: packed({"[Content_Types].xml": WORD, "word/document.xml": f"<w:document {W}/>"}), "повреждён"),
    "macro in word": (lambda path: changed(made("docx", path), "word/vbaProject.bin", b"x"), "макрос"),
    "macro type": (lambda path: changed(made("xlsx", path), "[Content_Types].xml", SHEET.replace("openxmlformats-officedocument.spreadsheetml.sheet", "ms-excel.sheet.macroEnabled")), "макрос"),
    "macro in odt": (lambda path: changed(made("odt", path), "Basic/Standard/Module1.xml", "<x/>"), "макрос"),
    "locked odt": (lambda path: changed(made("odt", path), "META-INF/manifest.xml", "<m><encryption-data/></m>"), "паролем"),
    "foreign entity": (lambda _: word("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'), "DTD"),
    "many laughs": (lambda _: word("<w:p><w:r><w:t>&a11;</w:t></w:r></w:p>", ENTITIES), "DTD"),
    "entity in a side part": (lambda path: changed(made("xlsx", path), "xl/styles.xml", '<!DOCTYPE x SYSTEM "http://127.0.0.1/x"><x/>'), "DTD"),
    "entity in another encoding": (lambda path: changed(made("odt", path), "styles.xml", '<!DOCTYPE x [<!ENTITY y "z">]><x/>'.encode("utf-16")), "DTD"),
    "bomb by ratio": (lambda path: changed(made("docx", path), "word/theme/a.xml", b"<a>" + b" " * (90 * MEGABYTE) + b"</a>"), "большой объём"),
    "bomb by size": (lambda path: changed(made("docx", path), "word/media/a.bin", b"\0" * (101 * MEGABYTE)), "большой объём"),
    "bomb that lies about its size": (lambda _: lying_sizes(packed({"[Content_Types].xml": WORD, "word/document.xml": b" " * (60 * MEGABYTE)})), ""),
    "many entries": (lambda _: packed({f"{number}.xml": "<x/>" for number in range(2001)}), "большой объём"),
    "deep markup": (lambda _: word("<w:sdt>" * 5000 + "</w:sdt>" * 5000), ""),
    "giant span": (lambda _: word('<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'), "сложный"),
    "many rows": (lambda _: word("<w:tbl>" + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 25_000 + "</w:tbl>"), "сложный"),
    "last cell of a sheet": (lambda _: sheet('<row r="1048576"><c r="XFD1048576" t="str"><v>x</v></c></row>'), "сложный"),
    "overlapping merges": (lambda _: sheet("".join(f'<row r="{n}"><c r="A{n}" t="str"><v>x</v></c><c r="GA{n}" t="str"><v>y</v></c></row>' for n in range(1, 3000)), "<mergeCells>" + '<mergeCell ref="A1:GA3000"/>' * 1000 + "</mergeCells>"), "сложный"),
    "endless repeated cells": (lambda path: changed(made("odt", path), "content.xml", '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text><table:table><table:table-row><table:table-cell table:number-columns-repeated="999999999"><text:p>x</text:p></table:table-cell></table:table-row></table:table></office:text></office:body></office:document-content>'), "сложный"),
    "scan": (lambda _: pages(2), "нет текста"),
    "locked pdf": (lambda _: locked_pdf(), "паролем"),
    "long pdf": (lambda _: pages(200), "страниц"),
    "pdf with a program": (lambda _: scripted_pdf(), "программа"),
    "broken pdf": (lambda _: b"%PDF-1.7\n" + b"1 0 obj << /Type /Catalog" * 50, ""),
    "dense pdf": (lambda _: dense_pdf(), "сложный"),
}  # fmt: skip


RUNNER = """
import json, resource, sys, time
from pathlib import Path
from tenants.roadmaps.documents import DocumentError, read_safely
for name in sorted(Path(sys.argv[1]).iterdir()):
    began, sentence = time.monotonic(), None
    try:
        read_safely(name)
    except DocumentError as error:
        sentence = str(error)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"name": name.stem, "sentence": sentence, "seconds": time.monotonic() - began, "peak": peak}))
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Read every bad file from a small process: a large one would be counted in the peak of its children."""
    folder, work = tmp_path_factory.mktemp("bad"), tmp_path_factory.mktemp("work")
    for name, (make, _) in FILES.items():
        (folder / f"{name}.docx").write_bytes(make(work))
    output = subprocess.run(
        [sys.executable, "-c", RUNNER, str(folder)], capture_output=True, check=True, text=True
    ).stdout
    return {row["name"]: row for row in map(json.loads, output.splitlines())}


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_gets_one_clear_sentence(name: str, outcomes: dict[str, dict[str, Any]]) -> None:
    outcome = outcomes[name]

    assert outcome["sentence"], "the file was read"
    assert FILES[name][1] in outcome["sentence"]
    assert outcome["sentence"].endswith(".")
    assert "\n" not in outcome["sentence"]
    assert outcome["seconds"] < 10
    assert outcome["peak"] < 300 * 1024


def test_an_error_of_reading_is_an_error_of_the_domain() -> None:
    assert issubclass(DocumentError, DomainError)


@pytest.mark.parametrize("form", [form for form in WRITERS if form != "pdf"])
def test_the_name_of_a_file_does_not_decide_its_kind(form: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.exe"
    path.write_bytes(made(form, tmp_path))

    reading = read_safely(path, name="Дорожная карта.docx")

    assert [item["title"] for item in reading["items"]] == ["Сбор заявок"]
    assert reading["source"] == "Дорожная карта.docx"


def test_a_plan_that_multiplies_its_text_is_refused(tmp_path: Path) -> None:
    text = "длинный результат " * 1000
    first = f'<row r="2"><c r="A2" t="inlineStr"><is><t>Дело</t></is></c><c r="B2" t="inlineStr"><is><t>{text}</t></is></c></row>'
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>Дело {number}</t></is></c></row>'
        for number in range(3, 2900)
    )
    head = '<row r="1"><c r="A1" t="inlineStr"><is><t>Мероприятия</t></is></c><c r="B1" t="inlineStr"><is><t>Результат</t></is></c></row>'
    path = tmp_path / "plan.xlsx"
    path.write_bytes(sheet(head + first + rows, '<mergeCells><mergeCell ref="B2:B2899"/></mergeCells>'))

    with pytest.raises(DocumentError, match="сложный"):
        read_safely(path)
