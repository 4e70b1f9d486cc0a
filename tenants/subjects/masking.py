"""Names in free words: whether a text names a person, and the text without the names of others."""

import re
from collections.abc import Mapping
from functools import partial

from tenants.participants.persons import Name, name_key

_SHORTEST_STEM, _LONGEST_SHORT_STEM = 3, 4
"""A stem up to the longest short one begins too many other words: «ян» «января», «ким» «кимоно»."""
_ENDINGS = ("ая", "ий", "ой", "ый", "яя", "а", "я", "й", "ь")
_OF_ADJECTIVE = "ой|ый|ий|ого|его|ому|ему|ым|им|ом|ем|ая|яя|ую|юю|ой|ей|ою|ые|ие|ых|их|ыми|ими"
_OF_CONSONANT = "|а|у|ом|ем|е|ы|и|ов|ев|ам|ами|ах"
_CASES: Mapping[str, str] = {
    "ая": _OF_ADJECTIVE,
    "яя": _OF_ADJECTIVE,
    "ый": _OF_ADJECTIVE,
    "ий": _OF_ADJECTIVE,
    "а": "а|ы|и|е|у|ой|ою|ей|ею|ам|ами|ах",
    "я": "я|и|е|ю|ей|ею|ям|ями|ях",
    "й": "й|я|ю|ем|е|и|ев|ям|ями|ях",
    "ь": "ь|я|ю|ем|е|и|ей|ью|ям|ями|ях",
}
"""End of a short surname → what stands in its place in the other cases; ё is written as е."""
_POSSESSIVE = ("ов", "ев", "ин", "ын")
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"


def stem(surname: str) -> str:
    """Return the part of a surname that its cases share, small letters, ё as е."""
    word = name_key(surname)
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            return word.removesuffix(ending)
    return word


def is_short(surname: str) -> bool:
    """Return whether a surname is so short that only its own cases tell of it, not every word that begins like it."""
    return len(stem(surname)) <= _LONGEST_SHORT_STEM


def forms(surname: str) -> str:
    """Return a pattern of the whole word in every case, of small letters; it reads alike in Python and PostgreSQL."""
    if not is_short(surname):
        return rf"{re.escape(stem(surname))}\w*"
    word = name_key(surname)
    if word.endswith("ой") and len(word) - 2 >= _SHORTEST_STEM:
        return rf"{re.escape(word[:-2])}(?:{_OF_ADJECTIVE})"
    for ending, cases in _CASES.items():
        if word.endswith(ending):
            return rf"{re.escape(word.removesuffix(ending))}(?:{cases})"
    if word[-1:] not in _CONSONANTS:
        return re.escape(word)
    possessive = "|ым|ой|ою|ых|ыми" if word.endswith(_POSSESSIVE) and len(word) > _SHORTEST_STEM else ""
    return rf"{re.escape(word)}(?:{_OF_CONSONANT}{possessive})"


def names(text: str, name: Name) -> bool:
    """Return whether a text names the person by surname, in whatever case."""
    return re.search(rf"\b{forms(name.last)}\b", name_key(text)) is not None


def without_others(text: str, others: Mapping[int, Name]) -> str:
    """Return the text with the surnames of other people (by their numbers) told as numbers."""
    for number, name in others.items():
        pattern = forms(name.last).replace("е", "[её]")
        told = partial(_told, words=f"участник № {number}", short=is_short(name.last))
        text = re.sub(rf"\b{pattern}\b(\s+\w\.\s*(\w\.)?)?", told, text, flags=re.IGNORECASE)
    return text


def _told(found: re.Match[str], *, words: str, short: bool) -> str:
    # «Ли» is a surname and «ли» is not: a short one counts where it is written with a capital.
    return found[0] if short and not found[0][:1].isupper() else words
