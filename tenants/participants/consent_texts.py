"""What a consent says: editions of an owner, the nearest holds; the portal's sample where there is none."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.db import insert, lock_key
from tenants.errors import ForbiddenError, InvalidError, NotFoundError
from tenants.participants.models import ConsentKind, ConsentText

_SAMPLE = Path(__file__).with_name("consent_texts.toml")
_LARGEST_ID = 2**63 - 1
_PUBLISHERS = (Role.CURATOR, Role.DIRECTOR, Role.REGION_ADMIN)


@dataclass(frozen=True)
class TextParts:
    """What of the nine items of 152-ФЗ, статья 9, часть 4 is the same for everybody."""

    goal: str
    data: str
    actions: str
    processor: str
    term: str


@dataclass(frozen=True)
class CurrentText:
    """The text that holds for a purpose on a day."""

    kind: ConsentKind
    parts: TextParts
    edition: ConsentText | None
    """None for the portal's sample."""
    own: bool = False
    """Published by the acting organization itself."""


@cache
def sample(kind: ConsentKind) -> TextParts:
    """Return the portal's sample text."""
    with _SAMPLE.open("rb") as file:
        return TextParts(**tomllib.load(file)[kind.value])


def editions(session: Session) -> Sequence[ConsentText]:
    """Return every edition in reach (of the organization and those above), by purpose, newest first."""
    found = session.scalars(
        select(ConsentText).order_by(ConsentText.valid_from.desc(), ConsentText.edition.desc(), ConsentText.id)
    ).all()
    order = list(ConsentKind)
    return sorted(found, key=lambda row: order.index(row.kind))


def need_edition(session: Session, text_id: int, kind: ConsentKind) -> None:
    """Let an edition pass that may have been signed here for a purpose.

    Raises:
        NotFoundError: there is none in reach; the key of the table reaches through the whole region.
        InvalidError: it is the text of another purpose.

    """
    # What was found once is not asked again: a whole class is marked with one edition.
    key = (session.info["scope"].region_id, text_id)
    row = session.get(ConsentText, key) if 0 < text_id <= _LARGEST_ID else None
    if row is None:
        raise NotFoundError("Такой редакции текста у Вас нет. Обновите страницу и выберите из списка.")
    if row.kind is not kind:
        text = f"Это редакция согласия {row.kind.label}. Выберите редакцию для той же цели."
        raise InvalidError(text, field="text_id")


def current_texts(session: Session, day: date) -> dict[ConsentKind, CurrentText]:
    """Return the text of every purpose on a day: the school's own before the district's before the region's."""
    scope = session.info["scope"]
    nearness = [scope.organization_id, scope.district_id, scope.region_id]
    found: dict[ConsentKind, ConsentText] = {}
    for row in editions(session):
        best = found.get(row.kind)
        if row.valid_from <= day and (best is None or _nearer(row, best, nearness)):
            found[row.kind] = row
    return {kind: _current(kind, found.get(kind), scope.organization_id) for kind in ConsentKind}


def publish_text(session: Session, actor: Actor, kind: ConsentKind, valid_from: date, parts: TextParts) -> ConsentText:
    """Publish the next edition of the acting organization's text.

    Raises:
        ForbiddenError: the actor may not.
        InvalidError: it would hold from a day before today or before the previous edition.

    """
    if not may_publish(actor):
        raise ForbiddenError("Тексты согласий публикует региональный центр или сама организация.")
    if valid_from < clock.today(actor.organization.time_zone):
        raise InvalidError("Редакция действует с сегодняшнего дня или позже.", field="valid_from")
    lock_key(session, f"consent-text:{actor.organization.id}:{kind.value}")
    own = (ConsentText.organization_id == actor.organization.id, ConsentText.kind == kind)
    last = session.scalars(select(ConsentText).where(*own).order_by(ConsentText.edition.desc()).limit(1)).first()
    if last is not None and valid_from < last.valid_from:
        text = f"Прежняя редакция действует с {last.valid_from:%d.%m.%Y}, новая не раньше."
        raise InvalidError(text, field="valid_from")
    number = last.edition + 1 if last else 1
    row = insert(session, ConsentText(kind=kind, edition=number, valid_from=valid_from, **vars(parts)))
    journal.record(session, actor, "consent_text.published", row, kind=kind.value, edition=row.edition)
    return row


def may_publish(actor: Actor) -> bool:
    """Return whether the actor publishes texts for the acting organization."""
    return actor.role in _PUBLISHERS


def _nearer(row: ConsentText, best: ConsentText, nearness: list[int]) -> bool:
    """Return whether an edition goes before one that was found earlier; of one owner the newest came first."""
    return nearness.index(row.organization_id) < nearness.index(best.organization_id)


def _current(kind: ConsentKind, row: ConsentText | None, own: int) -> CurrentText:
    if row is None:
        return CurrentText(kind, sample(kind), None)
    parts = TextParts(row.goal, row.data, row.actions, row.processor, row.term)
    return CurrentText(kind, parts, row, row.organization_id == own)
