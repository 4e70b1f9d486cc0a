"""The process that reads one workbook: its bytes on stdin, rows or one sentence as JSON on stdout.

Arguments: the most rows and the most columns that are read.
"""

import io
import json
import resource
import sys
import zipfile
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineWorkbook

_MEMORY = 290 * 1024 * 1024
_PROCESSOR_SECONDS = 8
_UNPACKED = 60 * 1024 * 1024
_UNREADABLE = "Файл не читается как таблица: он повреждён или закрыт паролем. Сохраните его как XLSX без пароля."
_MACROS = "В файле макросы. Сохраните его как обычную книгу XLSX."
_TOO_BIG = "Таблица слишком велика. Оставьте в файле один лист со списком."
_EMPTY = "В файле нет строк со списком."


def main() -> int:
    """Read under limits; whatever fails becomes one sentence."""
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    found = answer(sys.stdin.buffer.read(), rows=int(sys.argv[1]), columns=int(sys.argv[2]))
    json.dump(found, sys.stdout, ensure_ascii=False, separators=(",", ":"))
    return 0


def answer(content: bytes, *, rows: int, columns: int) -> dict[str, Any]:
    """Return `rows` and the number of the first one, or `error` with a sentence."""
    try:
        if refusal := _refusal(content):
            return {"error": refusal}
        first, found = _rows(content, rows, columns)
    except MemoryError:
        return {"error": _TOO_BIG}
    except BaseException as error:  # noqa: BLE001 - a hostile file can raise anything, even a panic of the reader
        sys.stderr.write(f"{type(error).__name__}\n")
        return {"error": _UNREADABLE}
    return {"first": first, "rows": found} if found else {"error": _EMPTY}


def _refusal(content: bytes) -> str:
    if not content.startswith(b"PK"):
        return ""
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        if any(item.filename.lower().endswith("vbaproject.bin") for item in box.infolist()):
            return _MACROS
        # What the archive says of itself; the limit of memory holds where it lies.
        return _TOO_BIG if sum(item.file_size for item in box.infolist()) > _UNPACKED else ""


def _rows(content: bytes, most: int, columns: int) -> tuple[int, list[list[str]]]:
    """Return the rows of the first sheet that has any; an empty one between them stays, so that numbers agree."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        found: list[list[str]] = []
        filled = 0
        for row in sheet.iter_rows():
            cells = [_word(cell) for cell in row[:columns]]
            found.append(cells if any(cells) else [])
            filled += bool(found[-1])
            if filled >= most:
                break
        if filled:
            return (sheet.start or (0, 0))[0] + 1, found
    return 1, []


def _word(cell: object) -> str:
    if isinstance(cell, str):
        # The database keeps no zero signs, and Excel can write them.
        return cell.replace("\0", "").strip()
    if isinstance(cell, datetime | date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


if __name__ == "__main__":
    sys.exit(main())
