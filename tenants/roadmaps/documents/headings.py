"""What a heading of a column says: the first word that names a column decides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

TELLING = 2
"""Weight from which a word of a heading decides by itself."""


class Role(Enum):
    """What a column holds."""

    NUMBER = auto()
    STAGE = auto()
    MEASURE = auto()
    DETAILS = auto()
    PERIOD = auto()
    BEGIN = auto()
    END = auto()
    SLOT = auto()
    """A month, quarter or half-year as a column: a mark in it says when."""
    RESPONSIBLE = auto()
    RESULT = auto()
    DOCUMENTS = auto()
    OTHER = auto()
    UNKNOWN = auto()


STEMS: tuple[tuple[Role, int, tuple[str, ...]], ...] = (
    (Role.MEASURE, 4, ("важно", "необходимо", "сделать", "делаем")),
    (Role.PERIOD, 3, (
        "срок", "период", "дата", "даты", "длительн", "продолжительн", "когда", "время", "месяц", "график", "календарн",
        "дедлайн",
    )),
    (Role.RESPONSIBLE, 3, ("ответств", "отв", "исполнител", "соисполнител", "кто", "координатор")),
    (Role.RESULT, 3, (
        "результат", "продукт", "итог", "эффект", "выход", "получ", "достиг", "артефакт", "провер", "пойм",
    )),
    (Role.DOCUMENTS, 3, ("документ", "подтвержд", "отчетност", "отчетн")),
    (Role.OTHER, 3, (
        "участник", "аудитор", "категори", "место", "места", "примечан", "отметк", "коммент", "финанс", "источник",
        "стоимост", "сумм", "расход", "бюджет", "объем", "количеств", "класс", "форма", "формы", "цель", "цели",
        "ссылк", "уровень", "фио", "должност", "контакт", "критери",
        "единиц", "ресурс", "группа", "охват", "партнер", "фамилия", "телефон", "оценка",
    )),
    (Role.STAGE, 2, ("этап", "стади", "фаза")),
    (Role.MEASURE, 3, ("мероприят", "действи")),
    (Role.MEASURE, 2, (
        "содержан", "деятельност", "работ", "шаг", "событи", "меры", "активност", "дело", "дела", "поручен",
    )),
    (Role.RESULT, 1, ("показател", "индикатор")),
    (Role.MEASURE, 1, ("направлен", "задач", "раздел", "блок", "модул", "тема", "тематик", "вопрос")),
    (Role.MEASURE, 0, ("наименован", "назван")),
)  # fmt: skip
PERSONAL = ("фио", "фамилия", "должност")
GROUPING = ("направлен", "задач", "раздел", "блок", "модул")
NUMBER_HEADING = re.compile(
    r"(?:№+|n\s*[nп°]?|nn|no|номер|п\s*[/.\\]?\s*п)[\s.:№n]*(?:п\s*[/.\\]?\s*п\.?)?", re.IGNORECASE
)


@dataclass(frozen=True)
class Heading:
    """What one heading says."""

    role: Role
    weight: int = 0
    text: str = ""


def heading(text: str) -> Heading:
    """Return what a heading means: the first word that names a column decides."""
    plain = " ".join(text.lower().replace("ё", "е").split())
    rest = NUMBER_HEADING.sub("", plain, count=1) if NUMBER_HEADING.match(plain) else plain
    words = re.findall(r"[а-яa-z-]+", rest)
    if rest != plain and not any(
        _stem(word) for word in words if not word.startswith(("этап", "мероприят", "пункт", "раздел"))
    ):
        glued = re.search(r"\bи\b", rest)
        return _first(words, text) if glued and words else Heading(Role.NUMBER, 4, text)
    return _first(words, text)


def _first(words: Sequence[str], text: str) -> Heading:
    """Return the first word that tells by itself; weak words count where there is none."""
    weak: list[Heading] = []
    for place, word in enumerate(words):
        found = _stem(word)
        if found is None:
            continue
        role, weight = found
        if weight < TELLING or (role is Role.STAGE and any("важно" in later for later in words)):
            weak.append(Heading(role, weight, text))
        elif not _qualifies(word, words[place:]):
            return Heading(role, weight, text)
    return max(weak, key=lambda item: item.weight, default=Heading(Role.UNKNOWN, 0, text))


def _qualifies(word: str, rest: Sequence[str]) -> bool:
    """Tell whether a word only says in what shape the next one is given: «форма отчёта», «ФИО ответственного»."""
    if word.startswith("форм"):
        return any(_is(later, Role.DOCUMENTS, Role.RESULT) for later in rest)
    return word.startswith(PERSONAL) and any(_is(later, Role.RESPONSIBLE) for later in rest)


def _is(word: str, *roles: Role) -> bool:
    found = _stem(word)
    return found is not None and found[0] in roles


def _stem(word: str) -> tuple[Role, int] | None:
    return next(((role, weight) for role, weight, stems in STEMS if word.startswith(stems)), None)


def clean_heading(text: str) -> str:
    """Return a heading on one line, without a footnote mark glued to its last word."""
    return re.sub(r"(?<=[а-яё)])\d{1,2}$|\*+$", "", " ".join(text.split()), flags=re.IGNORECASE).strip()
