"""Passwords: argon2id, at least twelve characters, not the obvious ones."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from tenants.errors import InvalidError

MIN_LENGTH = 12
_HASHER = PasswordHasher()
_DUMMY = _HASHER.hash("no account has this password")
_OBVIOUS = frozenset(
    {"123456789012", "qwertyuiop12", "password1234", "пароль123456", "йцукенгшщзхъ", "111111111111", "qwerty123456"}
)


def hash_password(password: str) -> str:
    """Return the hash to be stored.

    Raises:
        InvalidError: too short, too uniform or well known.

    """
    if len(password) < MIN_LENGTH:
        raise InvalidError(f"Пароль короче {MIN_LENGTH} знаков.", field="password")
    if password.casefold() in _OBVIOUS or len(set(password)) < 5:  # noqa: PLR2004 - fewer signs are a pattern
        raise InvalidError("Такой пароль легко угадать. Придумайте другой.", field="password")
    return _HASHER.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Return whether the password is right; takes as long for an unknown account (None) as for a known one."""
    try:
        _HASHER.verify(password_hash or _DUMMY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return password_hash is not None
