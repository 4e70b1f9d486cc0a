"""A file of people: CSV is read here, a workbook by a child process that may use neither much memory nor much time."""

from tenants.errors import InvalidError
from tenants.files.workbook import UNREADABLE, is_workbook, read_workbook

MOST_BYTES = 5 * 1024 * 1024
_ENCODINGS = ("utf-8-sig", "cp1251")
_MOST_ROWS, _MOST_COLUMNS = 2000, 40
_FIELD = "file"


def read_sheet(name: str, content: bytes) -> list[list[str]]:
    """Return the cells of the first sheet that has any, as text; days as дд.мм.гггг.

    Raises:
        InvalidError: one sentence for whatever is wrong with the file.

    """
    if not content:
        raise InvalidError("Файл пустой.", field=_FIELD)
    if len(content) > MOST_BYTES:
        raise InvalidError("Файл больше 5 МБ. Разделите список на части.", field=_FIELD)
    if is_workbook(content):
        return [row for _, row in read_workbook(content, rows=_MOST_ROWS, columns=_MOST_COLUMNS)]
    if not name.lower().endswith((".csv", ".txt", ".tsv")):
        raise InvalidError("Загрузите таблицу в виде XLSX или CSV.", field=_FIELD)
    return _csv(content)


def as_text(cells: list[list[str]]) -> str:
    """Return cells as a block with tabs, as if they had been copied."""
    return "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in cells)


def _csv(content: bytes) -> list[list[str]]:
    from_text = _decoded(content)
    if "\0" in from_text:
        raise InvalidError(UNREADABLE, field=_FIELD)
    # Comma is the last guess: in Russian tables it is the sign in numbers, the semicolon parts the cells.
    delimiter = next((sign for sign in "\t;," if sign in from_text), ";")
    return [line.split(delimiter) if '"' not in line else _quoted(line, delimiter) for line in from_text.splitlines()]


def _quoted(line: str, delimiter: str) -> list[str]:
    cells, quoted = [""], False
    for sign in line:
        if sign == '"':
            quoted = not quoted
        elif sign == delimiter and not quoted:
            cells.append("")
        else:
            cells[-1] += sign
    return cells


def _decoded(content: bytes) -> str:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidError(UNREADABLE, field=_FIELD)
