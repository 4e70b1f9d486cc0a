"""What an organization must have and by when: required documents, days of the year; whom to ask; the logo's number."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from tenants.errors import InvalidError
from tenants.organizations.models import OrganizationKind
from tenants.organizations.queries import REPORTING_KINDS
from tenants.periods import SchoolYear
from tenants.settings.models import SettingKind
from tenants.settings.values import Setting

MOST_DOCUMENTS = 20
MOST_WAVES = 4
_LONGEST_TITLE = 150
_SEPTEMBER = 9
_COMMON_YEAR = 2026


@dataclass(frozen=True)
class RequiredDocument:
    """One document of the region's list."""

    code: str
    """Stays when the title changes, so that marks of schools stay too."""
    title: str
    kinds: frozenset[OrganizationKind]
    """Organizations that must have it."""


_EVERYBODY = frozenset(REPORTING_KINDS)
_USUAL = (
    RequiredDocument("introduction_order", "Приказ о внедрении наставничества", _EVERYBODY),
    RequiredDocument("regulation", "Положение о наставничестве", _EVERYBODY),
    RequiredDocument("roadmap", "Дорожная карта на учебный год", _EVERYBODY),
    RequiredDocument("programme", "Программа наставничества", _EVERYBODY),
    RequiredDocument("pairs_order", "Приказ о закреплении наставников", _EVERYBODY),
    RequiredDocument("consents", "Согласия на обработку персональных данных", _EVERYBODY),
)


@dataclass(frozen=True)
class Documents(Setting):
    """The list of documents, in order."""

    kind: ClassVar = SettingKind.DOCUMENTS

    items: tuple[RequiredDocument, ...] = _USUAL

    def plain(self) -> dict[str, Any]:
        """Return the list."""
        return {"items": [{"code": one.code, "title": one.title, "kinds": sorted(one.kinds)} for one in self.items]}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the list."""
        return cls(
            tuple(
                RequiredDocument(one["code"], one["title"], frozenset(map(OrganizationKind, one["kinds"])))
                for one in plain["items"]
            )
        )

    def check(self) -> None:
        """Look whether every document has a name and somebody who must have it."""
        if len(self.items) > MOST_DOCUMENTS:
            raise InvalidError(f"В перечне не больше {MOST_DOCUMENTS} документов.")
        if len({one.code for one in self.items}) < len(self.items):
            raise InvalidError("Один документ записан дважды.")
        for at, one in enumerate(self.items):
            if not 1 <= len(one.title) <= _LONGEST_TITLE:
                raise InvalidError(f"От 1 до {_LONGEST_TITLE} знаков.", field=f"title_{at}")
            if not one.kinds:
                raise InvalidError("Отметьте, кому нужен документ.", field=f"title_{at}")

    def of_kind(self, kind: OrganizationKind | str) -> tuple[RequiredDocument, ...]:
        """Return the documents that a kind of organization must have."""
        return tuple(one for one in self.items if OrganizationKind(kind) in one.kinds)


@dataclass(frozen=True, order=True)
class YearDay:
    """A day of every school year."""

    month: int
    day: int

    @classmethod
    def parse(cls, text: str, field: str) -> "YearDay":
        """Read «01.10».

        Raises:
            InvalidError: there is no such day; 29 February is none either.

        """
        found = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.?", text.strip())
        day, month = map(int, found.groups()) if found else (0, 0)
        try:
            date(_COMMON_YEAR, month, day)
        except ValueError as error:
            raise InvalidError("Укажите день и месяц. Пример: 01.10.", field=field) from error
        return cls(month, day)

    @property
    def text(self) -> str:
        """Return "01.10"."""
        return f"{self.day:02d}.{self.month:02d}"

    def in_year(self, year: SchoolYear) -> date:
        """Return the date of a school year."""
        return date(year.begins + (self.month < _SEPTEMBER), self.month, self.day)


@dataclass(frozen=True)
class Wave:
    """A wave of surveys."""

    title: str
    opens: YearDay
    closes: YearDay


@dataclass(frozen=True)
class Deadlines(Setting):
    """Days of the school year that hold for every organization of the region."""

    kind: ClassVar = SettingKind.DEADLINES

    roadmap: YearDay | None = None
    """Until when a roadmap is to be sent for approval; None: the region set no day."""
    waves: tuple[Wave, ...] = ()

    def plain(self) -> dict[str, Any]:
        """Return days as дд.мм."""
        waves = [{"title": one.title, "opens": one.opens.text, "closes": one.closes.text} for one in self.waves]
        return {"roadmap": self.roadmap.text if self.roadmap else "", "waves": waves}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the days."""
        waves = tuple(
            Wave(one["title"], YearDay.parse(one["opens"], ""), YearDay.parse(one["closes"], ""))
            for one in plain["waves"]
        )
        return cls(YearDay.parse(plain["roadmap"], "roadmap") if plain["roadmap"] else None, waves)

    def check(self) -> None:
        """Look whether each wave ends after it begins, inside one school year."""
        if len(self.waves) > MOST_WAVES:
            raise InvalidError(f"Волн опроса не больше {MOST_WAVES}.")
        year = SchoolYear(2026)
        for at, one in enumerate(self.waves):
            if not 1 <= len(one.title) <= _LONGEST_TITLE:
                raise InvalidError("Назовите волну опроса.", field=f"wave_{at}")
            if one.closes.in_year(year) < one.opens.in_year(year):
                raise InvalidError("Окончание раньше начала.", field=f"closes_{at}")


@dataclass(frozen=True)
class Support(Setting):
    """Whom people of the region ask; shown on pages of errors. A contact of an office, not of a pupil or mentor."""

    kind: ClassVar = SettingKind.SUPPORT

    name: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""

    def plain(self) -> dict[str, Any]:
        """Return the contact."""
        return {"name": self.name, "phone": self.phone, "email": self.email, "hours": self.hours}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the contact."""
        return cls(plain["name"], plain["phone"], plain["email"], plain["hours"])

    def check(self) -> None:
        """Look whether the contact can be reached."""
        if not (self.phone or self.email):
            raise InvalidError("Укажите телефон или почту.", field="phone")
        if self.email and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]+\.[^@\s]{2,}", self.email):
            raise InvalidError("Похоже, это не адрес. Пример: help@example.org.", field="email")

    @property
    def line(self) -> str:
        """Return «Служба поддержки, +7 …, help@…, будни 9–18»; empty where the region named nobody."""
        return ", ".join(part for part in (self.name, self.phone, self.email, self.hours) if part)


@dataclass(frozen=True)
class Logo(Setting):
    """Which picture is the region's; 0: none."""

    kind: ClassVar = SettingKind.LOGO

    logo_id: int = 0

    def plain(self) -> dict[str, Any]:
        """Return the number of the picture."""
        return {"logo_id": self.logo_id}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the number."""
        return cls(plain["logo_id"])
