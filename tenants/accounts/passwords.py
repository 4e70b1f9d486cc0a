"""Passwords: argon2id, at least twelve characters, not to be guessed in a thousand years of patience or ten tries."""

from collections.abc import Collection
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from tenants.errors import InvalidError

MIN_LENGTH = 12
_STRONG = 3
_MOST_READ = 72
"""Signs of a password that the strength is judged by; more are not needed to be strong."""
_HASHER = PasswordHasher()
_DUMMY = _HASHER.hash("no account has this password")
_WORDS = Path(__file__).with_name("common_passwords.txt")
_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_ALWAYS_KNOWN = ("наставник", "наставничество", "портал", "nastavnik")
_WARNINGS = {
    "Straight rows of keys are easy to guess.": "Клавиши подряд угадать легко.",
    "Short keyboard patterns are easy to guess.": "Узоры на клавиатуре угадать легко.",
    'Repeats like "aaa" are easy to guess.': "Повторы вроде «ааа» угадать легко.",
    'Repeats like "abcabcabc" are only slightly harder to guess than "abc".': "Повторы вроде «абвабв» угадать легко.",
    'Sequences like "abc" or "6543" are easy to guess.': "Последовательности вроде «абв» или «6543» угадать легко.",
    "Recent years are easy to guess.": "Недавние годы угадать легко.",
    "Dates are often easy to guess.": "Даты угадать легко.",
    "This is a top-10 common password.": "Это один из самых частых паролей.",
    "This is a top-100 common password.": "Это один из самых частых паролей.",
    "This is a very common password.": "Это очень частый пароль.",
    "This is similar to a commonly used password.": "Это похоже на частый пароль.",
    "A word by itself is easy to guess.": "Одно слово угадать легко.",
    "Names and surnames by themselves are easy to guess.": "Имена и фамилии угадать легко.",
    "Common names and surnames are easy to guess.": "Имена и фамилии угадать легко.",
}
_WEAK = "Такой пароль легко угадать."
_ADVICE = "Возьмите три-четыре слова, не связанных между собой и с Вами."


def hash_password(password: str, *, known: Collection[str] = ()) -> str:
    """Return the hash to be stored; `known` are words a guesser tries first: the person's address and names.

    Raises:
        InvalidError: too short, or easy to guess; the sentence says why and what would be better.

    """
    if len(password) < MIN_LENGTH:
        raise InvalidError(f"Пароль короче {MIN_LENGTH} знаков.", field="password")
    found = zxcvbn(password[:_MOST_READ], user_inputs=[*_told(known), *_common()])
    if found["score"] < _STRONG:
        warning = _WARNINGS.get(found["feedback"]["warning"], _WEAK)
        raise InvalidError(f"{warning} {_ADVICE}", field="password")
    return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right; takes as long for an unknown account (None) as for a known one."""
    try:
        _HASHER.verify(password_hash or _DUMMY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None


def _told(known: Collection[str]) -> list[str]:
    words = {part for value in known for part in (value, *value.replace("@", ".").split("."))}
    return [typed for word in (*sorted(words), *_ALWAYS_KNOWN) if word for typed in _both_layouts(word.lower())]


def _both_layouts(word: str) -> tuple[str, ...]:
    """Return the word, and what comes out when it is typed with the other layout left on."""
    latin = word.translate(str.maketrans(_RUSSIAN, _LATIN))
    return (word,) if latin == word else (word, latin)


@cache
def _common() -> tuple[str, ...]:
    words = _WORDS.read_text(encoding="utf-8").split()
    return tuple(dict.fromkeys(typed for word in words for typed in _both_layouts(word)))
