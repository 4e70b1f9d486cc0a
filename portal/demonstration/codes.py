"""Codes of invented organizations, with check digits that hold."""

from collections.abc import Callable
from random import Random

from stdnum.ru import inn, ogrn

from tenants.errors import InvalidError
from tenants.organizations.codes import check_okpo

_REGION_CODE = "99"
"""No region of the country has this code, so no code made here belongs to anybody."""


def any_inn(rng: Random) -> str:
    """Return an ИНН of ten digits."""
    body = f"{_REGION_CODE}{rng.randrange(10**7):07d}"
    return _completed(body, inn.is_valid)


def any_ogrn(rng: Random) -> str:
    """Return an ОГРН of thirteen digits."""
    body = f"102{_REGION_CODE}{rng.randrange(10**7):07d}"
    return _completed(body, ogrn.is_valid)


def any_okpo(rng: Random) -> str:
    """Return an ОКПО of eight digits."""
    return _completed(f"{rng.randrange(10**6, 10**7):07d}", _is_okpo)


def _is_okpo(code: str) -> bool:
    try:
        return check_okpo(code) == code
    except InvalidError:
        return False


def _completed(body: str, fits: Callable[[str], bool]) -> str:
    return next(body + digit for digit in "0123456789" if fits(body + digit))
