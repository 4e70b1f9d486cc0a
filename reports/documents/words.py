"""Numbers and counted nouns as Russian documents write them."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

NBSP = "\N{NO-BREAK SPACE}"
DASH = "–"
_TEENS = range(11, 15)
_FEW = range(2, 5)

Noun = tuple[str, str, str]
"""Forms for 1, 2 and 5: ("пара", "пары", "пар")."""

ORGANIZATION: Noun = ("организация", "организации", "организаций")
ORGANIZATION_OF: Noun = ("организации", "организаций", "организаций")
"""After «из», «от», «нет»."""


def number(value: Decimal | int | None, digits: int = 0) -> str:
    """Return "12 345,6", rounded half up; a dash where there is no value, since empty is not zero."""
    if value is None:
        return DASH
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{abs(rounded) if rounded == 0 else rounded:,f}".replace(",", NBSP).replace(".", ",").replace("-", "−")


def exact(value: Decimal | int | None) -> str:
    """Return a number with all its digits and none besides."""
    if value is None:
        return DASH
    plain = Decimal(value).normalize()
    places = -int(plain.as_tuple().exponent) if plain.is_finite() else 0
    return number(plain, max(places, 0))


def signed(value: Decimal | int | None, digits: int = 0) -> str:
    """Return "+7", "−3" or "0"."""
    return ("+" if value is not None and value > 0 else "") + number(value, digits)


def plural(count: int, noun: Noun) -> str:
    """Return the form of a noun that agrees with a count."""
    rest, tens = abs(count) % 10, abs(count) % 100
    if rest == 1 and tens not in _TEENS:
        return noun[0]
    return noun[1] if rest in _FEW and tens not in _TEENS else noun[2]


def counted(count: Decimal | int, noun: Noun) -> str:
    """Return "5 пар" with a no-break space."""
    return f"{number(count)}{NBSP}{plural(int(count), noun)}"


def listed(words: Sequence[str], limit: int = 3) -> str:
    """Return "а, б и в"; what is over the limit is counted: "а, б и ещё 3"."""
    if len(words) > limit:
        return f"{', '.join(words[: limit - 1])} и{NBSP}ещё{NBSP}{len(words) - limit + 1}"
    return " и ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def coverage(accepted: int, expected: int) -> str:
    """Return "31 из 42, без 11 организаций", or "все 42" where nobody is missing."""
    if accepted >= expected:
        return f"{accepted} из {expected}"
    missing = expected - accepted
    return f"{accepted} из {expected}, без{NBSP}{missing} {plural(missing, ORGANIZATION_OF)}"
