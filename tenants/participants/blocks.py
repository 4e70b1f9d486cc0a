"""A block of cells copied from Excel: split into cells, its columns told by heading or by content."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from tenants.errors import InvalidError
from tenants.mentorships.catalogue import MENTORING_FORMS
from tenants.participants.models import ParticipantRole
from tenants.participants.persons import name_key, squeezed

MOST_ROWS = 500
MOST_COLUMNS = 40
_LONGEST_CELL = 500
_WORDS = re.compile(r"[^\w]+")
_DAY = re.compile(r"(\d{1,2})[./\-](\d{1,2})[./\-](\d{4})(?: ?г\.?)?(?: 0?0:00(?::00)?)?")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_IN_MONTH = (
    "январе", "феврале", "марте", "апреле", "мае", "июне",
    "июле", "августе", "сентябре", "октябре", "ноябре", "декабре",
)  # fmt: skip
_SCHOOL_CLASS = re.compile(r"\d{1,2}\s*[«\"]?[а-яё]?[»\"]?(?:\s*класс)?")
_DECEMBER = 12

COLUMNS: dict[str, tuple[str, ...]] = {
    "number": ("№", "n", "номер", "пп", "№ пп", "№ п п", "п п"),
    "name": (
        "фио",
        "ф и о",
        "фамилия имя отчество",
        "фамилия имя",
        "фамилия и имя",
        "участник",
        "наставник",
        "наставляемый",
    ),
    "last_name": ("фамилия",),
    "first_name": ("имя",),
    "middle_name": ("отчество",),
    "role": ("роль", "кто", "роль в паре"),
    "mentoring_form": ("форма", "форма наставничества"),
    "born_on": ("дата рождения", "рождение", "день рождения", "др", "д р", "родился"),
    "class_name": (
        "класс",
        "должность",
        "класс должность",
        "класс или должность",
        "группа",
        "место работы учебы",
        "курс",
    ),
    "consent_on": ("согласие", "дата согласия", "согласие от", "согласие дата"),
    "started_on": ("участвует с", "дата вхождения", "дата вхождения в программу", "начало", "дата начала", "вошел"),
    "category": ("категория", "кто это"),
    "phone": ("телефон", "контакты", "контактный телефон", "тел", "контактные данные"),
    "representative": ("родитель", "представитель", "родители", "законный представитель", "родитель или представитель"),
    "experience_since": ("стаж с", "педагогический стаж с", "начало стажа"),
    "trained_on": ("обучен", "дата обучения", "обучение", "обучен наставничеству"),
}
"""Columns that are known, with what their headings may say."""
LABELS: dict[str, str] = {
    "name": "Фамилия, имя, отчество",
    "role": "Роль",
    "mentoring_form": "Форма",
    "born_on": "Дата рождения",
    "class_name": "Класс, должность",
    "consent_on": "Согласие",
    "started_on": "Участвует с",
    "category": "Категория",
    "phone": "Телефон",
    "representative": "Родитель или представитель",
    "experience_since": "Стаж с",
    "trained_on": "Обучен",
}
"""Columns of the table on the page: the first six always, the others where the block has them."""
ALWAYS = tuple(LABELS)[:6]
_BY_ORDER = ("name", "role", "mentoring_form", "born_on", "class_name", "consent_on")
_PARTS = ("last_name", "first_name", "middle_name")


@dataclass(frozen=True)
class Block:
    """What was recognised: rows of typed text by column, and the columns in the table's order."""

    rows: tuple[dict[str, str], ...]
    columns: tuple[str, ...]
    left_over: int
    """Columns that nobody recognised."""
    cut_off: int
    """Rows beyond the limit."""


def read_block(text: str) -> Block:
    """Read text copied from a table: tabs between cells, or the semicolons of a CSV file. Never raises."""
    return read_cells(split_cells(text))


def split_cells(text: str) -> list[list[str]]:
    """Return rows of cells; Excel puts quotes around a cell that holds a line break."""
    text = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    delimiter = next((sign for sign in "\t;" if sign in text), "\t")
    try:
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error:
        return [line.split(delimiter) for line in text.split("\n")]


def read_cells(cells: Sequence[Sequence[str]]) -> Block:
    """Find the columns of a table and return its rows; empty rows are dropped."""
    rows = [[squeezed(cell)[:_LONGEST_CELL] for cell in row[:MOST_COLUMNS]] for row in cells]
    rows = [row for row in rows if any(row)]
    if not rows:
        return Block((), ALWAYS, 0, 0)
    width = max(len(row) for row in rows)
    rows = [row + [""] * (width - len(row)) for row in rows]
    head, columns = _columns(rows)
    body = rows[head:]
    typed = tuple(_typed(row, columns) for row in body[:MOST_ROWS])
    shown = tuple(name for name in LABELS if name in ALWAYS or any(row.get(name) for row in typed))
    left_over = sum(1 for at, name in enumerate(columns) if not name and any(row[at] for row in body))
    return Block(typed, shown, left_over, max(0, len(body) - MOST_ROWS))


def parse_day(text: str) -> date:
    """Read 03.02.2014, 3/2/2014 or 2014-02-03.

    Raises:
        InvalidError: it is no day; the sentence is short, for a cell.

    """
    found, iso = _DAY.fullmatch(text.strip()), _ISO_DAY.fullmatch(text.strip())
    if not (found or iso):
        raise InvalidError("нужно дд.мм.гггг")
    day, month, year = (int(part) for part in (found.groups() if found else reversed((iso or found).groups())))  # type: ignore[union-attr]  # one of the two has matched
    if not 1 <= month <= _DECEMBER:
        raise InvalidError("месяц от 1 до 12")
    try:
        return date(year, month, day)
    except ValueError as error:
        last = _days_in(year, month)
        raise InvalidError(f"в {_IN_MONTH[month - 1]} {last} дней" if last else "проверьте год") from error


def plain(text: str) -> str:
    """Return words in small letters with single spaces, without signs; ё as е."""
    return " ".join(_WORDS.sub(" ", name_key(text)).split())


def parse_role(text: str) -> ParticipantRole | None:
    """Read наставник, наставляемая; None where it is neither."""
    word = plain(text)
    if word in ("наставник", "наставница"):
        return ParticipantRole.MENTOR
    return ParticipantRole.MENTEE if word in ("наставляемый", "наставляемая") else None


def parse_form(text: str) -> str | None:
    """Read the label of a form of mentoring in any spelling of its dash; None where there is no such form."""
    wanted = plain(text)
    for form in MENTORING_FORMS:
        names = [
            form.code,
            form.label,
            form.short_label,
            *(name for pair in form.labels_by_kind.values() for name in pair),
        ]
        if wanted in [plain(name) for name in names]:
            return form.code
    return None


def _columns(rows: list[list[str]]) -> tuple[int, list[str]]:
    headings = [_named(cell) for cell in rows[0]]
    known = [name for name in headings if name]
    if len(known) >= min(2, len(rows[0])) and not any(_is_day(cell) for cell in rows[0]):
        return 1, _once(headings)
    return 0, _once(_by_content(rows))


def _named(cell: str) -> str:
    heading = plain(cell) or cell.strip()
    return next((name for name, words in COLUMNS.items() if heading in words), "")


def _once(names: list[str]) -> list[str]:
    return ["" if name in names[:at] else name for at, name in enumerate(names)]


def _by_content(rows: list[list[str]]) -> list[str]:
    """Tell columns by what stands in them; where that says nothing, by the order of the sample file."""
    width = len(rows[0])
    columns = [[row[at] for row in rows if row[at]] for at in range(width)]
    names = [_kind_of(cells) for cells in columns]
    days = [at for at, name in enumerate(names) if name == "day"]
    for place, at in enumerate(sorted(days, key=lambda at: min(_year(cell) for cell in columns[at] if _is_day(cell)))):
        names[at] = ("born_on", "consent_on")[place] if place < 2 else ""  # noqa: PLR2004 - two days are known
    single = [at for at, name in enumerate(names) if name == "word"]
    if "name" not in names and len(single) >= 2:  # noqa: PLR2004 - a last and a first name
        for at, part in zip(single[:3], _PARTS, strict=False):
            names[at] = part
    names = [("class_name" if name in ("word", "text", "class") else name) for name in names]
    if not {"name", "last_name"} & set(names):
        return [_BY_ORDER[at] if at < len(_BY_ORDER) else "" for at in range(width)]
    return names


def _kind_of(cells: list[str]) -> str:
    tests: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("day", _is_day),
        ("role", parse_role),
        ("mentoring_form", parse_form),
        ("number", str.isdigit),
        ("class", _SCHOOL_CLASS.fullmatch),
        ("name", _is_full_name),
        ("word", lambda cell: cell.isalpha() and cell[0].isupper()),
    )
    most = len(cells) / 2
    return next((name for name, test in tests if cells and sum(bool(test(cell)) for cell in cells) > most), "text")


def _is_full_name(cell: str) -> bool:
    words = cell.split(" ")
    return 2 <= len(words) <= 4 and all(word[0].isalpha() and word[0].isupper() for word in words[:2])  # noqa: PLR2004 - the words of a name


def _is_day(cell: str) -> bool:
    return bool(_DAY.fullmatch(cell) or _ISO_DAY.fullmatch(cell))


def _year(cell: str) -> int:
    return next(int(part) for part in re.findall(r"\d+", cell) if len(part) == 4)  # noqa: PLR2004 - the digits of a year


def _typed(row: list[str], columns: list[str]) -> dict[str, str]:
    typed = {name: row[at] for at, name in enumerate(columns) if name and row[at]}
    parts = [typed.pop(part, "") for part in _PARTS]
    if any(parts) and not typed.get("name"):
        typed["name"] = " ".join(part for part in parts if part)
    typed.pop("number", None)
    return typed


def _days_in(year: int, month: int) -> int:
    if not 1 <= year < date.max.year:
        return 0
    following = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1)
    return date.fromordinal(following.toordinal() - 1).day
