"""Numbers of rows: taking them off a text, comparing them, seeing which row stands under which."""

from __future__ import annotations

import re

TYPED = re.compile(r"\s*((?:\d{1,3}\.){1,5}\d{0,3}|\d{1,3}\)|\d{1,3}(?=\s*[-–—]\s)|[IVXІХ]{1,6}(?=[.)]))[.)]?\s*(?=\D)")
ENTRY = re.compile(r"\s*(?:[-–—•●▪◦‣∙·➢✓*]+\s*|\d{1,2}[.)]\s*(?=\D)|[а-яa-z]\)\s*)")
LIST_MARK = re.compile(r"[-–—•●▪◦‣∙·➢✓*]|\d{1,3}[.)]|[а-яa-z][.)]|[IVX]+[.)]")


PART = re.compile(
    r"\W*(?:(?:этап|раздел|блок|модул|направлени|задач)\w*\s*(?:№\s*)?(?:\d{1,2}|[IVXІХ]{1,5})\b"
    r"|(?:\d{1,2}|[IVXІХ]{1,5})(?:\s*[-–]?\s*(?:й|ый|ой|ий))?[.)]?\s*этап\b)",
    re.IGNORECASE,
)


def names_a_part(text: str) -> bool:
    """Tell whether a line counts a part of the plan: «Этап 2. …», «Раздел III», «1-й этап»."""
    return bool(PART.match(text))


def is_roman(number: str | None) -> bool:
    """Tell whether a number is written in Roman figures."""
    return bool(number) and not str(number)[0].isdigit()


def clean_number(text: str) -> str | None:
    """Return a number without its closing dot; None where the cell holds none."""
    plain = " ".join(text.split()).rstrip(" .)")
    if not re.fullmatch(r"\d{1,3}(?:\.\s?\d{1,3}){0,4}|[IVXІХ]{1,6}|(?:этап|раздел|п\.?)\s*\d+", plain, re.IGNORECASE):
        return None
    return plain.replace(" ", "") if plain[0].isdigit() else plain


def split_number(text: str) -> tuple[str | None, str]:
    """Return the number typed in front of a text, if there is one, and the rest."""
    found = TYPED.match(text)
    if not found or not text[found.end() :].strip():
        return None, text
    if re.match(r"\d{1,2}\.\d{1,2}\.\d{2,4}", text.strip()):
        return None, text
    return found[1].rstrip(".)"), text[found.end() :].strip()


def strip_mark(text: str) -> str:
    """Return a list entry without its typed mark and without the sign that closes it."""
    return strip_end(ENTRY.sub("", text, count=1))


def strip_end(text: str) -> str:
    """Return a list entry without the sign that closes it; the dot of «и др.» and «т.д.» stays."""
    bare = text.strip().rstrip(" ;,")
    return bare if re.search(r"\b(?:др|пр|т\.\s?[дп])\.$", bare) else bare.rstrip(" ;.,")


def is_entry(text: str) -> bool:
    """Tell whether a line begins with a typed list mark."""
    return bool(ENTRY.match(text)) and not re.match(r"\s*\d{1,2}\.\d", text)


def depth(number: str | None) -> int:
    """Return how deep a number lies: 1 for «3» and «II», 2 for «3.1», 0 for none."""
    return 0 if number is None else number.count(".") + 1


def under(number: str | None, parent: str | None) -> bool:
    """Tell whether «6.1.2» stands under «6.1»."""
    return bool(number and parent) and str(number).startswith(f"{parent}.")


def mend(number: str | None, before: list[str]) -> str | None:
    """Give «1.1» after «1.9» its lost zero back: a spreadsheet keeps 1.10 as a number."""
    if number is None or number not in before or not before:
        return number
    last = re.fullmatch(r"((?:\d+\.)+)(\d+)", before[-1])
    now = re.fullmatch(r"((?:\d+\.)+)(\d+)", number)
    if last and now and last[1] == now[1] and int(last[2]) + 1 == int(now[2]) * 10:
        return f"{number}0"
    return number
