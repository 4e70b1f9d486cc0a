"""The keys by which one person is recognised in several organizations, made of what never leaves the school.

Both are HMACs under a key of the installation: who holds the database alone cannot try names against them. Writing
habits must not make two people of one: case, ё and е, hyphens and spaces, apostrophes, Latin letters that look like
Cyrillic ones. Slips of the pen (a wrong letter, a swapped date) stay two people: a sum may say too many, never too few.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from datetime import date

from tenants.errors import DomainError

_KEY_BYTES = 16
_LOOKALIKES = str.maketrans("aeopcxyktmbh", "аеорсхуктмвн")
_NO_LETTERS = re.compile(r"[^\w]|[\d_]")


def identity_name(*parts: str) -> str:
    """Return the letters of a name in one spelling: «Салтыкова-Щедрина» and «Салтыкова Щедрина» agree, ё and е too.

    The parts are joined without a mark, since a double name typed with a space falls into other parts.
    """
    return "".join(_letters(part) for part in parts)


def identity_key(last: str, first: str, middle: str, born_on: date | None) -> bytes | None:
    """Return the key that counts a person once across organizations; None without a birth date.

    Raises:
        DomainError: the process has no IDENTITY_KEY: a hash without a key could be guessed.

    """
    return _hashed(identity_name(last, first, middle), born_on)


def identity_hint(last: str, first: str, born_on: date | None) -> bytes | None:
    """Return the key without the middle name; None without a birth date.

    Equal hints make a question, never a sum. Of somebody without a middle name it equals the key itself.
    """
    return _hashed(identity_name(last, first), born_on)


def apart_key(key: bytes, organization_id: int, participant_id: int) -> bytes:
    """Return the key of a namesake born on the same day, whom the school knows to be somebody else."""
    return _mac(b"apart|%d|%d|" % (organization_id, participant_id) + key)


def _letters(part: str) -> str:
    plain = unicodedata.normalize("NFKC", part).casefold().replace("й", "\0")
    # Accents that a document put over a vowel fall away; й is a letter of its own.
    plain = "".join(sign for sign in unicodedata.normalize("NFD", plain) if not unicodedata.combining(sign))
    return _NO_LETTERS.sub("", plain.translate(_LOOKALIKES).replace("\0", "й"))


def _hashed(name: str, born_on: date | None) -> bytes | None:
    return None if born_on is None else _mac(f"{name}|{born_on.isoformat()}".encode())


def _mac(message: bytes) -> bytes:
    secret = os.environ.get("IDENTITY_KEY", "")
    if len(secret) < _KEY_BYTES:
        raise DomainError("Не задана переменная окружения IDENTITY_KEY (не короче 16 знаков).")
    return hmac.new(secret.encode(), message, hashlib.sha256).digest()
