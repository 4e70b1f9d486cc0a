"""Words the demonstration is made of, read once from `data/`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from random import Random
from typing import Any

_FEMALE_ENDINGS = (("ский", "ская"), ("цкий", "цкая"), ("ный", "ная"), ("вой", "вая"))
_POSSESSIVE = ("ов", "ев", "ёв", "ин", "ын")


@dataclass(frozen=True)
class FullName:
    """Who somebody is; `sex` is female or male."""

    last: str
    first: str
    middle: str
    sex: str

    @property
    def full(self) -> str:
        """Return «Ладыгина Вера Олеговна»."""
        return f"{self.last} {self.first} {self.middle}"


@cache
def table(name: str) -> dict[str, Any]:
    """Return one file of `data/`."""
    return tomllib.loads(resources.files("portal.demonstration").joinpath("data", f"{name}.toml").read_text("utf-8"))


def seeded(key: str) -> Random:
    """Return a source of chance that is the same for the same key."""
    return Random(key)  # noqa: S311 - a believable region, not a secret


def likely(rng: Random, share: float) -> bool:
    """Return True in this share of cases."""
    return rng.random() < share


def words(*path: str) -> list[str]:
    """Return a list of work.toml."""
    found: Any = table("work")
    for step in path:
        found = found[step]
    return list(found)


def any_name(rng: Random, sex: str = "", last: str = "") -> FullName:
    """Return an invented name; `last` is a surname in its male form, for a parent."""
    sex = sex or rng.choice(("female", "male"))
    surname = last or rng.choice(_names().surnames)
    father = _names().middles[rng.randrange(len(_names().middles))]
    if sex == "female":
        return FullName(female_surname(surname), rng.choice(_names().women), father[1], sex)
    return FullName(surname, rng.choice(_names().men), father[0], sex)


def female_surname(surname: str) -> str:
    """Return the surname as a woman bears it."""
    for male, female in _FEMALE_ENDINGS:
        if surname.endswith(male):
            return surname.removesuffix(male) + female
    return f"{surname}а" if surname.endswith(_POSSESSIVE) else surname


def male_surname(surname: str) -> str:
    """Return a surname as it stands in the list."""
    return next((one for one in _names().surnames if surname in (one, female_surname(one))), surname)


def phone(rng: Random) -> str:
    """Return a number of an area code that nobody has."""
    digits = f"{rng.randrange(10_000_000):07d}"
    return f"+7 (000) {digits[:3]}-{digits[3:5]}-{digits[5:]}"


@dataclass(frozen=True)
class _Names:
    surnames: list[str]
    men: list[str]
    middles: list[tuple[str, str]]
    women: list[str]


@cache
def _names() -> _Names:
    found = table("names")
    men: dict[str, list[str]] = found["male"]
    return _Names(
        found["surnames"],
        list(men),
        [(middle[0], middle[1]) for middle in men.values()],
        found["female"]["names"],
    )
