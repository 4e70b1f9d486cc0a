"""Russian period phrases read by a grammar into dates, recurrences and anchors; every doubt becomes a question."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from tenants.roadmaps.phrases.compose import UNREADABLE, Composer
from tenants.roadmaps.phrases.elements import ElementGrammar
from tenants.roadmaps.phrases.reading import PeriodKind, PeriodReading
from tenants.roadmaps.phrases.words import DASHES, DROPPED, Word, split_words
from tenants.roadmaps.phrases.years import DocumentYear

__all__ = ["LONGEST_PHRASE", "DocumentYear", "PeriodKind", "PeriodReading", "read"]

LONGEST_PHRASE = 600
TOO_LONG = "Запись слишком длинная для срока. Укажите срок отдельно."


def read(text: str, year: str | None = None) -> PeriodReading:
    """Read a period phrase; never raises, and the work grows linearly up to LONGEST_PHRASE characters.

    `year` is the calendar year ("2026") or the school year ("2026/2027") of the document, which a bare month takes.
    An empty phrase or a dash is kind NONE without a question; an unreadable one is NONE with a question.
    """
    if len(text) > LONGEST_PHRASE:
        if text[:LONGEST_PHRASE].strip() or text.strip():
            return PeriodReading(PeriodKind.NONE, question=TOO_LONG)
        return PeriodReading(PeriodKind.NONE)
    return _read(text, year)


@lru_cache(maxsize=2048)
def _read(text: str, year: str | None) -> PeriodReading:
    if all(sign.isspace() or sign in DASHES or sign in DROPPED or sign in ".…" for sign in text):
        return PeriodReading(PeriodKind.NONE)
    context = DocumentYear.parse(year)
    words = split_words(text)
    lines = [word for word in words if word.text != "\n"]
    reading = _composed(text, lines, context)
    if reading.question and len(lines) < len(words):
        apart = _composed(text, words, context)
        reading = reading if apart.question else apart
    return reading


def _composed(text: str, words: list[Word], context: DocumentYear) -> PeriodReading:
    grammar = ElementGrammar(words, context)
    grammar.text = text
    reading = Composer(grammar.elements(), context).reading()
    mended = next((word for word in words if word.mended), None)
    if mended and reading.question is None:
        written = text[mended.begin : mended.end]
        return replace(reading, question=f"Слово «{written}» прочитано как «{mended.mended}». Верно?")
    if reading.kind is PeriodKind.NONE and reading.question is None:
        return replace(reading, question=UNREADABLE)
    return reading
