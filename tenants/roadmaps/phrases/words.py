"""Words of a period phrase: one pass over the text, each word with its dictionary forms and its place."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache

import pymorphy3

from tenants.roadmaps.phrases import lexicon

LONGEST_WORD = 40
LONGEST_NUMBER = 4
DASHES = frozenset("-‐‑‒–—―−﹘﹣-")
DROPPED = frozenset("«»„“”\"'`’\u00ad\u200b\u200c\u200d\ufeff*_")
SEPARATORS = frozenset(",;:/\\()+&[].")
LATIN_NUMERALS = frozenset("ivxlIVXLІі")
MINIMUM_FOR_TYPO = 5


@dataclass(frozen=True)
class Word:
    """A number, a word or a mark, with its place in the text as written."""

    text: str
    """Lower-case, е for ё, look-alike letters mended; for a mark the mark itself, every dash as "-"."""
    begin: int
    end: int
    number: int | None = None
    digits: int = 0
    """How many digits were written; 0 for numbers in words and Roman ones."""
    ordinal: bool = False
    roman: bool = False
    lemmas: frozenset[str] = frozenset()
    mended: str | None = None
    """The word it was taken for, where the spelling was off."""
    glued: bool = False
    """Nothing stood between this and what came before."""

    def among(self, *forms: str) -> bool:
        """Tell whether one of the dictionary forms or the word itself is meant."""
        return self.text in forms or not self.lemmas.isdisjoint(forms)

    def value(self, table: dict[str, int]) -> int | None:
        """Return what the table has for this word."""
        return next((table[form] for form in (self.text, *sorted(self.lemmas)) if form in table), None)

    def name(self, table: dict[str, str]) -> str | None:
        """Return what the table has for this word."""
        return next((table[form] for form in (self.text, *sorted(self.lemmas)) if form in table), None)

    @property
    def month(self) -> int | None:
        """Return the number of the month named, if it is one."""
        return lexicon.MONTHS_SHORT.get(self.text) or self.value(lexicon.MONTHS)

    @property
    def unit(self) -> str | None:
        """Return the unit of time named, if it is one."""
        return self.name(lexicon.UNITS)

    @property
    def weekday(self) -> str | None:
        """Return the weekday named, if it is one."""
        return self.name(lexicon.WEEKDAYS)


@cache
def _analyzer() -> pymorphy3.MorphAnalyzer:
    """Load the dictionary once per process (about 15 MB)."""
    return pymorphy3.MorphAnalyzer()


def _russian(word: str) -> bool:
    """Tell whether the dictionary knows the letters; it fails on letters that have no name in Unicode."""
    return all("а" <= letter <= "я" for letter in word)


@lru_cache(maxsize=8192)
def lemmas_of(word: str) -> frozenset[str]:
    """Return the dictionary forms a word can have, lower-case with е for ё."""
    if len(word) > LONGEST_WORD or not _russian(word):
        return frozenset()
    return frozenset(parse.normal_form.replace("ё", "е") for parse in _analyzer().parse(word))


def stands_in_dictionary(word: str) -> bool:
    """Tell whether a word is a known form, not a guess from its ending."""
    return _russian(word) and bool(_analyzer().word_is_known(word))


@cache
def _spellings() -> dict[str, str]:
    """Return the calendar's words in every form, for words spelled with one slip."""
    nouns = [*lexicon.MONTHS, "квартал", "полугодие", "понедельник", "пятница", "четверг", "четверть", "каникулы"]
    words = {
        form.word.replace("ё", "е"): form.word.replace("ё", "е")
        for noun in nouns
        for parse in _analyzer().parse(noun)[:1]
        for form in parse.lexeme
    }
    adverbs = [word for word in lexicon.EVERY if word.endswith("о")]
    return words | {word: word for word in [*adverbs, "постоянно", "течение", "протяжении", "период", "учебного"]}


@lru_cache(maxsize=2048)
def _mend(word: str) -> str | None:
    """Return the calendar's word that is one slip away, if there is exactly one such month, unit or adverb."""
    if not MINIMUM_FOR_TYPO <= len(word) <= LONGEST_WORD or not _russian(word) or _analyzer().word_is_known(word):
        return None
    near = [known for known in _spellings() if abs(len(known) - len(word)) <= 1 and _one_slip(word, known)]
    meanings = {frozenset(lemmas_of(known)) for known in near}
    return near[0] if len(meanings) == 1 else None


def _one_slip(word: str, known: str) -> bool:
    """Tell whether one letter is missing, added, changed, or two neighbours are swapped."""
    head = 0
    while head < min(len(word), len(known)) and word[head] == known[head]:
        head += 1
    rest, other = word[head:], known[head:]
    if rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]:
        return True
    return len(rest) > 1 and rest[1] + rest[0] + rest[2:] == other


def split_words(text: str) -> list[Word]:
    """Split a phrase into numbers, words and marks, in one pass."""
    words: list[Word] = []
    place = 0
    while place < len(text):
        sign = text[place]
        if sign in DROPPED or (sign.isspace() and sign not in "\n\v\r"):
            place += 1
            continue
        end = _end_of_word(text, place)
        glued = bool(words) and words[-1].end == place
        words.append(_word(text, place, end, glued=glued))
        place = end
    return _join_ordinals(_without_idle_marks(_join_broken(words)))


def _join_broken(words: list[Word]) -> list[Word]:
    """Join a word of the calendar that a narrow column broke: «сен-» and «тябрь»."""
    joined: list[Word] = []
    index = 0
    while index < len(words):
        word, size = words[index], 1
        rest = [after for after in words[index + 1 : index + 4] if after.text != "\n"][:2]
        if len(rest) == 2 and rest[0].text == "-" and rest[0].glued and word.text + rest[1].text in _spellings():
            size = words.index(rest[1], index) - index + 1
            word = _letters(word.text + rest[1].text, word.begin, rest[1].end, glued=word.glued)
        joined.append(word)
        index += size
    return joined


def _without_idle_marks(words: list[Word]) -> list[Word]:
    """Drop the dots that close abbreviations and sentences, not those of dates; and the comma of «не позднее, чем»."""
    kept = []
    for index, word in enumerate(words):
        if word.text == "," and index + 1 < len(words) and words[index + 1].text == "чем":
            continue
        if word.text == ".":
            before = words[index - 1] if index else word
            after = words[index + 1] if index + 1 < len(words) else word
            if not (before.digits and after.digits):
                continue
        kept.append(word)
    return kept


def _end_of_word(text: str, place: int) -> int:
    sign = text[place]
    test = str.isdecimal if sign.isdecimal() else str.isalpha if sign.isalpha() else None
    end = place + 1
    while test and end < len(text) and (test(text[end]) or text[end] in "\u00ad\u200b"):
        end += 1
    return end


def _word(text: str, begin: int, end: int, *, glued: bool) -> Word:
    written = "".join(sign for sign in text[begin:end] if sign not in DROPPED)
    plain = unicodedata.normalize("NFKC", written)
    if plain.isdecimal():
        size = len(plain)
        value = int(plain) if size <= LONGEST_NUMBER else None
        return Word(plain[: LONGEST_NUMBER + 1], begin, end, number=value, digits=size, glued=glued)
    if not plain.isalpha():
        mark = "-" if written in DASHES or plain in DASHES else "\n" if plain.isspace() else plain
        return Word(mark, begin, end, glued=glued)
    return _letters(plain, begin, end, glued=glued)


def _letters(plain: str, begin: int, end: int, *, glued: bool) -> Word:
    roman = _roman(plain)
    if roman:
        return Word(plain.lower(), begin, end, number=roman, ordinal=True, roman=True, glued=glued)
    low = plain.lower().replace("ё", "е")
    if not low.isascii():
        low = low.translate(lexicon.LOOK_ALIKES)
    low = lexicon.ONE_WORD.get(low, low)
    mended = None if low in lexicon.ONE_WORD.values() else _mend(low)
    known = mended or low
    lemmas = lemmas_of(known) | {lexicon.ABBREVIATIONS.get(known, known)} - {known}
    bare = Word(known, begin, end, lemmas=lemmas, mended=mended, glued=glued)
    ordinal = bare.value(lexicon.ORDINALS)
    number = ordinal or bare.value(lexicon.CARDINALS)
    return Word(
        known, begin, end, number=number, ordinal=bool(ordinal), lemmas=lemmas, mended=mended, glued=glued
    )  # fmt: skip


def _roman(plain: str) -> int | None:
    """Return the value of a Roman number in capitals; «У», «Х» and «І» pass for V, X and I beside a Latin letter."""
    if not any(sign in LATIN_NUMERALS for sign in plain) and plain != "Х":
        return None
    return lexicon.ROMAN.get(plain.upper().translate(str.maketrans("УХІ", "VXI")))


CARDINAL_ENDINGS = frozenset(("х", "ти", "и", "ми"))
ORDINAL_ENDINGS = CARDINAL_ENDINGS | {
    "го", "ого", "его", "й", "ый", "ой", "ий", "я", "ая", "е", "ое", "ее", "му", "ому", "ом", "м", "ю", "ых",
}  # fmt: skip


def _join_ordinals(words: list[Word]) -> list[Word]:
    """Join «25-го», «1-я», «2-х» and «двадцать пятое» into one number."""
    joined: list[Word] = []
    index = 0
    while index < len(words):
        word, size = words[index], 1
        if word.digits and _is_ending(words, index):
            last = words[index + 2]
            word, size = (
                Word(
                    word.text, word.begin, last.end,
                    number=word.number, digits=word.digits, ordinal=last.text not in CARDINAL_ENDINGS, glued=word.glued,
                ),
                3,
            )  # fmt: skip
        elif joined and _continues(joined[-1], word):
            tens = joined.pop()
            word = Word(
                word.text, tens.begin, word.end,
                number=(tens.number or 0) + (word.number or 0), ordinal=word.ordinal, lemmas=word.lemmas,
            )  # fmt: skip
        joined.append(word)
        index += size
    return joined


def _is_ending(words: list[Word], index: int) -> bool:
    following = words[index + 1 : index + 3]
    return (
        len(following) == 2
        and following[0].text == "-"
        and following[0].glued
        and following[1].glued
        and following[1].text in ORDINAL_ENDINGS
    )


def _continues(tens: Word, word: Word) -> bool:
    return (
        tens.number in (20, 30)
        and not tens.digits
        and not tens.ordinal
        and not word.digits
        and not word.roman
        and word.number is not None
        and word.number < 10
    )
