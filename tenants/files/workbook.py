"""A workbook from anybody: read by a child process that may use neither much memory nor much time."""

import json
import subprocess
import sys

from tenants.errors import InvalidError

UNREADABLE = "Файл не читается как таблица. Сохраните его в Excel как XLSX или CSV и загрузите ещё раз."
_SECONDS = 15
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FIELD = "file"


def is_workbook(content: bytes) -> bool:
    """Return whether the bytes begin like a workbook of Excel, new or old."""
    return content.startswith((_ZIP, _OLE))


def read_workbook(content: bytes, *, rows: int, columns: int) -> list[tuple[int, list[str]]]:
    """Return the filled rows of the first sheet that has any, each with its number in the table.

    Cells are text, days are дд.мм.гггг. At most `rows` rows of at most `columns` cells are read.

    Raises:
        InvalidError: one sentence for whatever is wrong with the file.

    """
    try:
        answer = subprocess.run(  # noqa: S603 - our own program; its arguments are two numbers
            [sys.executable, "-m", "tenants.files.workbook_child", str(rows), str(columns)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InvalidError("Файл читается слишком долго. Оставьте в нём один лист со списком.", field=_FIELD) from error
    try:
        found = json.loads(answer.stdout)
    except ValueError as error:
        raise InvalidError(UNREADABLE, field=_FIELD) from error
    if "error" in found:
        raise InvalidError(str(found["error"]), field=_FIELD)
    return [(number, row) for number, row in enumerate(found["rows"], start=found["first"]) if row]
