"""The table of organizations: which heading fills which field, and the shape that the export writes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tenants.errors import InvalidError
from tenants.files.workbook import is_workbook, read_workbook
from tenants.organizations.codes import CARD_LABELS
from tenants.organizations.models import OrganizationKind

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS = 20_000, 60
LABELS = {"code": "Код", "kind": "Вид", "parent": "Код подчинения"} | CARD_LABELS
"""Every column that is read, by field; the export writes exactly these, in this order."""
REQUIRED = ("kind", "name_short")
_SYNONYMS = {
    "code": ("код организации", "идентификатор", "code"),
    "kind": ("вид организации", "тип", "тип организации", "категория организации"),
    "parent": ("подчинение", "район", "муниципалитет", "муниципальный район", "вышестоящая организация", "учредитель",
               "отдел образования", "муниципальное образование", "код района"),
    "name": ("полное название", "наименование", "наименование организации", "полное наименование организации",
             "наименование полное"),
    "name_short": ("краткое название", "сокращенное наименование", "сокращенное название", "название",
                   "краткое наименование организации", "наименование краткое", "школа", "организация"),
    "inn": ("инн организации",),
    "kpp": ("кпп организации",),
    "ogrn": ("огрн организации",),
    "okpo": ("код по окпо", "код окпо"),
    "oktmo": ("код по октмо", "код октмо"),
    "address": ("адрес", "юридический адрес", "адрес организации", "фактический адрес"),
    "site": ("адрес сайта", "официальный сайт", "сайт организации", "web-сайт", "интернет-сайт"),
    "head_post": ("руководитель должность",),
    "head_name": ("фио руководителя", "директор", "фио директора", "заведующий"),
    "responsible_post": ("ответственный должность",),
    "responsible_name": ("ответственный", "фио ответственного", "куратор", "фио куратора"),
    "responsible_phone": ("телефон", "контактный телефон", "тел"),
    "responsible_email": ("почта", "e-mail", "email", "электронная почта", "адрес электронной почты",
                          "e-mail ответственного"),
    "time_zone": ("часовая зона", "таймзона"),
}  # fmt: skip
KIND_WORDS = {
    OrganizationKind.DISTRICT: ("отдел образования", "муниципальный орган", "район", "управление образования", "моуо",
                                "муоо"),
    OrganizationKind.SCHOOL: ("школа", "сош", "общеобразовательная организация", "гимназия", "лицей", "оош",
                              "школа-интернат"),
    OrganizationKind.COLLEGE: ("колледж", "спо", "техникум", "профессиональная образовательная организация"),
    OrganizationKind.SUPPLEMENTARY: ("дополнительное образование", "удо", "организация дополнительного образования",
                                     "учреждение дополнительного образования"),
    OrganizationKind.PRESCHOOL: ("детский сад", "доу", "дошкольная организация",
                                 "дошкольная образовательная организация"),
}  # fmt: skip
"""How a kind may be written; the first is how the export writes it."""
_KIND_OF = {word: kind for kind, words in KIND_WORDS.items() for word in words}
_HEADING_ROWS = 15


def plain(text: str) -> str:
    """Return a name as it is compared: case, ё, quotes and spaces do not count."""
    return " ".join(re.sub(r"[«»\"“”„']", " ", text).lower().replace("ё", "е").split())


_FIELD_OF = {
    plain(word): field for field, label in LABELS.items() for word in (label, field, *_SYNONYMS.get(field, ()))
}


@dataclass(frozen=True)
class Sheet:
    """A table as it was read."""

    headings: tuple[str, ...]
    fields: tuple[str, ...]
    """The field that each heading names; empty where it is unknown."""
    cells: list[tuple[int, list[str]]]
    """Number of the row in the table, its cells."""

    @property
    def unknown(self) -> list[str]:
        """Return the headings that need a person's word."""
        return [word for word, field in zip(self.headings, self.fields, strict=True) if word and not field]

    @property
    def lacking(self) -> list[str]:
        """Return the labels of the columns without which nothing can be loaded."""
        return lacking_of(self.fields)


def lacking_of(fields: Sequence[str]) -> list[str]:
    """Return the labels of the columns without which nothing can be loaded."""
    return [LABELS[name] for name in REQUIRED if name not in fields]


def read_register(content: bytes) -> Sheet:
    """Read an uploaded workbook in a process of its own.

    Raises:
        InvalidError: one sentence for whatever is wrong with the file.

    """
    if not content:
        raise InvalidError("Файл пустой.", field="file")
    if len(content) > MOST_BYTES:
        raise InvalidError("Файл больше 10 МБ. Разделите список на части.", field="file")
    if not is_workbook(content):
        raise InvalidError("Нужна таблица Excel: сохраните список как XLSX и загрузите ещё раз.", field="file")
    return sheet_of(read_workbook(content, rows=MOST_ROWS + _HEADING_ROWS, columns=MOST_COLUMNS))


def sheet_of(rows: list[tuple[int, list[str]]]) -> Sheet:
    """Return the table whose heading is the row that names the most columns.

    Raises:
        InvalidError: there is a heading and nothing below it, or too much.

    """
    at = max(range(min(len(rows), _HEADING_ROWS)), key=lambda n: sum(plain(c) in _FIELD_OF for c in rows[n][1]))
    headings, cells = rows[at][1], rows[at + 1 :]
    if not cells:
        raise InvalidError("В таблице нет строк с организациями: под заголовками пусто.", field="file")
    if len(cells) > MOST_ROWS:
        raise InvalidError(f"В таблице больше {MOST_ROWS} строк. Разделите её на части.", field="file")
    fields: list[str] = []
    for word in headings:
        field = _FIELD_OF.get(plain(word), "")
        # The second column of one meaning is a person's to decide.
        fields.append("" if field in fields else field)
    return Sheet(tuple(headings), tuple(fields), cells)


def kind_of(word: str) -> OrganizationKind | None:
    """Return the kind that a cell names; None where no kind is written so. A region is never loaded."""
    return _KIND_OF.get(plain(word))


def kind_word(kind: OrganizationKind) -> str:
    """Return how the export writes a kind."""
    return KIND_WORDS[kind][0]
