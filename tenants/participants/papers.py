"""The paper of a consent: who signed it and the scan, checked by its content and kept within the school."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants.db import ScopedSession, find, insert
from tenants.errors import InvalidError, NotFoundError, ScopeMissingError
from tenants.files import store
from tenants.files.models import StoredFile
from tenants.participants.consent_models import ConsentPaper, ConsentWithdrawal
from tenants.participants.models import Consent

LARGEST = 10 * 1024 * 1024
"""Bytes of a scan."""
_KINDS = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
}


@dataclass(frozen=True)
class Scan:
    """A scan as it was sent; its own name is not kept, since it may hold the name of a person."""

    content: bytes


def keep_paper(session: Session, consent: Consent, giver_name: str, giver_basis: str, scan: Scan | None) -> None:
    """Keep who signed and the scan; nothing where neither is known.

    Raises:
        InvalidError: the scan is empty, too large, or neither a PDF nor a picture.

    """
    name, basis = giver_name.strip(), giver_basis.strip()
    if not (name or basis or scan):
        return
    kept = _kept(session, consent, scan) if scan else None
    insert(
        session,
        ConsentPaper(
            consent_id=consent.id,
            participant_id=consent.participant_id,
            giver_name=name,
            giver_basis=basis,
            file_id=kept.id if kept else None,
        ),
    )


def _kept(session: Session, consent: Consent, scan: Scan) -> StoredFile:
    if not isinstance(session, ScopedSession):
        raise ScopeMissingError("a scan is kept in a session of a scope only")
    media_type, ending = _checked(scan)
    return store.keep(session, scan.content, name=f"soglasie-{consent.id}.{ending}", media_type=media_type)


def _checked(scan: Scan) -> tuple[str, str]:
    if not scan.content:
        raise InvalidError("Файл пустой. Выберите скан ещё раз.", field="scan")
    if len(scan.content) > LARGEST:
        raise InvalidError("Скан больше 10 МБ. Сохраните его с меньшим разрешением.", field="scan")
    for start, kind in _KINDS.items():
        if scan.content.startswith(start):
            return kind
    raise InvalidError("Подойдут PDF, JPEG или PNG.", field="scan")


def papers_of(session: Session, consent_ids: Collection[int]) -> dict[int, ConsentPaper]:
    """Return the papers by consent; those of a hidden person are not there."""
    rows = session.scalars(select(ConsentPaper).where(ConsentPaper.consent_id.in_(consent_ids)))
    return {row.consent_id: row for row in rows}


def scan_of(session: Session, participant_id: int, consent_id: int) -> StoredFile:
    """Return the scan of a person's consent.

    Raises:
        NotFoundError: there is none, it is another person's, or the name is hidden.

    """
    find(session, Consent, consent_id, participant_id=participant_id)
    paper = papers_of(session, [consent_id]).get(consent_id)
    if paper is None or paper.file_id is None:
        raise NotFoundError
    return store.file_of(session, paper.file_id)


def forget_destruction(session: Session, participant_id: int) -> None:
    """Take back the order to destroy: the person agreed again, or never withdrew."""
    session.execute(
        update(ConsentWithdrawal)
        .where(ConsentWithdrawal.participant_id == participant_id, ConsentWithdrawal.destroy_due_on.is_not(None))
        .values(destroy_due_on=None)
    )
