"""Editions as rows: write a draft, publish it for good."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert
from tenants.errors import ConflictError, ForbiddenError, WrongStateError
from tenants.submissions import policy
from tenants.submissions.models import Edition, EditionStatus


@dataclass(frozen=True)
class EditionContent:
    """An edition as it is to be stored; `definition` is plain JSON."""

    code: str
    version: str
    title: str
    kind: str
    periodicity: str
    kinds: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    definition: Mapping[str, Any]
    sha256: str
    template: str | None = None


def save_edition(session: Session, actor: Actor, content: EditionContent) -> Edition:
    """Write an edition as a draft; the same content again changes nothing, a draft of the same version is replaced.

    Raises:
        WrongStateError: this version is published and differs.

    """
    if not policy.may_load_edition(actor):
        raise ForbiddenError("Формы загружает региональный центр.")
    values = vars(content) | {"definition": dict(content.definition), "kinds": list(content.kinds)}
    known = session.scalars(
        select(Edition).where(Edition.code == content.code, Edition.version == content.version).with_for_update()
    ).one_or_none()
    if known is None:
        edition = insert(session, Edition(**values))
        journal.record(session, actor, "edition.loaded", edition, code=content.code, version=content.version)
        return edition
    if known.sha256 == content.sha256:
        return known
    if known.status is EditionStatus.PUBLISHED:
        raise WrongStateError(
            f"Редакция {content.version} формы «{content.code}» опубликована и отличается. Укажите новую редакцию."
        )
    _replace(known, values)
    journal.record(session, actor, "edition.loaded", known, code=content.code, version=content.version)
    return known


def change_edition(
    session: Session, actor: Actor, edition_id: int, content: EditionContent, *, version: int
) -> Edition:
    """Save a draft that was changed on screen; `version` is the `row_version` the editor saw."""
    edition = _own_draft(session, actor, edition_id)
    if edition.row_version != version:
        raise ConflictError("Пока Вы правили форму, её изменил другой сотрудник. Ваши данные на месте.")
    _replace(edition, vars(content) | {"definition": dict(content.definition), "kinds": list(content.kinds)})
    journal.record(session, actor, "edition.changed", edition)
    return edition


def publish_edition(session: Session, actor: Actor, edition_id: int) -> Edition:
    """Publish a draft: from now on it is never edited."""
    edition = find(session, Edition, edition_id, lock=True)
    if edition.status is EditionStatus.PUBLISHED:
        journal.nothing_changed()
        return edition
    edition = _own_draft(session, actor, edition_id)
    edition.status = EditionStatus.PUBLISHED
    edition.published_at = clock.now()
    edition.row_version += 1
    journal.record(session, actor, "edition.published", edition, code=edition.code, version=edition.version)
    return edition


def _own_draft(session: Session, actor: Actor, edition_id: int) -> Edition:
    if not policy.may_load_edition(actor):
        raise ForbiddenError("Формы ведёт региональный центр.")
    edition = find(session, Edition, edition_id, lock=True)
    if edition.status is EditionStatus.PUBLISHED:
        raise WrongStateError("Опубликованную форму не правят. Заведите новую редакцию.")
    return edition


def _replace(edition: Edition, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(edition, name, value)
    edition.row_version += 1
