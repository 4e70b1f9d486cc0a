"""Names and contacts: the only module that reads or writes them. Row security shows them to the owning school alone."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock
from tenants.db import TenantModel, Versioned, child_of, tenant_keys
from tenants.errors import InvalidError, NotFoundError
from tenants.participants import identity
from tenants.participants.models import Participant

_SPACES = re.compile(r"\s+")
_NAME = re.compile(r"[^\W\d_]+(?:[-'’ʼ. ]+[^\W\d_]+)*\.?")
_TAILS = frozenset({"оглы", "кызы", "улы", "гызы", "заде"})
_LONGEST = 100


class Person(Versioned, TenantModel):
    """Name and contacts of one participant."""

    __tablename__ = "person"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "participant_id", name="uq_person_participant"),
        child_of("participant", "participant_id", name="fk_person_participant"),
        Index("ix_person_name_key", "region_id", "organization_id", text('name_key COLLATE "C"')),
    )

    participant_id: Mapped[int] = mapped_column(BigInteger)
    last_name: Mapped[str] = mapped_column(info={"personal": True})
    first_name: Mapped[str] = mapped_column(info={"personal": True})
    middle_name: Mapped[str] = mapped_column(default="", info={"personal": True})
    name_key: Mapped[str] = mapped_column(info={"personal": True})
    """The whole name in small letters, ё as е: for search and order."""
    phone: Mapped[str] = mapped_column(default="", info={"personal": True})
    email: Mapped[str] = mapped_column(default="", info={"personal": True})
    representative: Mapped[str] = mapped_column(default="", info={"personal": True})
    """Who stands for a minor, and how to reach them."""
    genitive: Mapped[str] = mapped_column(default="", info={"personal": True})
    """The name in the genitive as the school wrote it; empty: declined by rule."""
    hidden_at: Mapped[datetime | None]
    """Since when the name is hidden; row security shows such a row to nobody without subject access."""
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)

    @property
    def name(self) -> "Name":
        """Return the name as a value."""
        return Name(self.last_name, self.first_name, self.middle_name)


class PersonHistory(TenantModel):
    """What a personal record was before one change of it; as private as the names themselves."""

    __tablename__ = "person_history"
    __table_args__ = tenant_keys(
        Index("ix_person_history_record", "region_id", "organization_id", "table_name", "record_id")
    )

    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    table_name: Mapped[str]
    record_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(info={"personal": True})


@dataclass(frozen=True)
class Name:
    """Last, first and middle name; the middle name may be empty."""

    last: str
    first: str
    middle: str = ""

    @classmethod
    def parse(cls, typed: str) -> "Name":
        """Split «Иванова Анна Петровна»; the third and later words are the middle name (оглы, кызы).

        Raises:
            InvalidError: fewer than two words, or signs that no name has.

        """
        words = squeezed(typed).split(" ")
        if len(words) < 2:  # noqa: PLR2004 - a last and a first name
            raise InvalidError("Нужны фамилия и имя. Пример: Иванова Анна Петровна.", field="name")
        return cls(words[0], words[1], " ".join(words[2:])).checked()

    def checked(self) -> "Name":
        """Return itself with single spaces.

        Raises:
            InvalidError: a part is missing, too long, or is not a name.

        """
        clean = Name(squeezed(self.last), squeezed(self.first), squeezed(self.middle))
        if not (clean.last and clean.first):
            raise InvalidError("Нужны фамилия и имя. Пример: Иванова Анна Петровна.", field="name")
        for part in (clean.last, clean.first, clean.middle):
            if len(part) > _LONGEST or (part and not _NAME.fullmatch(part)):
                raise InvalidError("В имени бывают только буквы, дефис, пробел и апостроф.", field="name")
        return clean

    @property
    def full(self) -> str:
        """Return «Иванова Анна Петровна»."""
        return " ".join(part for part in (self.last, self.first, self.middle) if part)

    @property
    def short(self) -> str:
        """Return «Иванова А.П.»."""
        middle = [word for word in self.middle.split(" ") if word.lower() not in _TAILS][:1]
        return f"{self.last} " + "".join(f"{part[0]}." for part in (self.first, *middle) if part)

    @property
    def key(self) -> str:
        """Return the whole name in small letters, ё as е."""
        return name_key(self.full)


@dataclass(frozen=True)
class HiddenName(Name):
    """What stands for a name whose consent was withdrawn; `last` is «Участник № 14»."""

    @property
    def full(self) -> str:
        """Return «Участник № 14 · имя скрыто: согласие отозвано»."""
        return f"{self.last} · имя скрыто: согласие отозвано"

    @property
    def short(self) -> str:
        """Return «Участник № 14»."""
        return self.last


def shown_name(number: int, last: str | None, first: str | None, middle: str | None) -> Name:
    """Return the name of a row that was joined from outside; without one it is hidden, and the number stands for it."""
    if last is None:
        return HiddenName(f"Участник №\N{NO-BREAK SPACE}{number}", "")
    return Name(last, first or "", middle or "")


def squeezed(typed: str) -> str:
    """Return the text with single spaces and nothing invisible at its ends."""
    return _SPACES.sub(" ", typed.replace("\0", "").replace("\N{ZERO WIDTH SPACE}", "")).strip()


def name_key(typed: str) -> str:
    """Return small letters with single spaces, ё as е."""
    return squeezed(typed).lower().replace("ё", "е")


def identity_key(name: Name, born_on: date | None) -> bytes | None:
    """Return the keyed hash that counts a person once across organizations; None without a birth date."""
    return identity.identity_key(name.last, name.first, name.middle, born_on)


def identity_hint(name: Name, born_on: date | None) -> bytes | None:
    """Return the keyed hash without the middle name: equal ones make a question; None without a birth date."""
    return identity.identity_hint(name.last, name.first, born_on)


def names_of(session: Session, participant_ids: Collection[int]) -> dict[int, Name]:
    """Return the names by participant id, hidden ones as such. Empty above the school: names never leave it."""
    if not participant_ids or session.info["scope"].level != "organization":
        return {}
    rows = session.execute(
        select(Participant.id, Participant.number, Person.last_name, Person.first_name, Person.middle_name)
        .outerjoin(Person, Person.participant_id == Participant.id)
        .where(Participant.id.in_(participant_ids))
    )
    return {participant_id: shown_name(number, *parts) for participant_id, number, *parts in rows}


def name_of(session: Session, participant_id: int) -> Name:
    """Return the name of one person; hidden, it is the number.

    Raises:
        NotFoundError: there is no such person in this organization.

    """
    found = names_of(session, [participant_id])
    if participant_id not in found:
        raise NotFoundError
    return found[participant_id]


def name_is_hidden(session: Session, participant_id: int) -> bool:
    """Return whether the consent of a person was withdrawn and the name is hidden. Asked in the school's scope only."""
    return session.scalars(select(Person.id).where(Person.participant_id == participant_id)).first() is None
