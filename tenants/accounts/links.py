"""Links that letters carry: the token is made when the letter is written and lies in no row; one use, a short life."""

import base64
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.factor_models import LinkPurpose, SecretLink
from tenants.accounts.keys import keyed_hash
from tenants.db import insert
from tenants.errors import NotFoundError

_MAC_BYTES = 24
_GONE = "Ссылка больше не действует: её уже использовали или срок вышел. Запросите новую."


def make_link(
    session: Session, purpose: LinkPurpose, email: str, *, holds: timedelta, user_id: int | None = None
) -> SecretLink:
    """Write a link down; its letter is asked for by the caller."""
    now = clock.now()
    link = SecretLink(
        purpose=purpose,
        email=email,
        user_id=user_id,
        nonce=secrets.token_bytes(16),
        created_at=now,
        expires_at=now + holds,
    )
    return insert(session, link)


def token_of(link: SecretLink) -> str:
    """Return what stands in the address of the link: the number of its row and 192 bits that nobody else can make."""
    mac = keyed_hash("link", f"{link.id} {link.purpose.value} {link.email} ".encode() + link.nonce)[:_MAC_BYTES]
    return f"{link.id}-{base64.urlsafe_b64encode(mac).decode()}"


def link_of(session: Session, purpose: LinkPurpose, token: str, *, lock: bool = False) -> SecretLink:
    """Return the living link of a token; reading it uses nothing up.

    Raises:
        NotFoundError: made up, used, or too old; which of them is not told.

    """
    number, _, _ = token.partition("-")
    query = select(SecretLink).where(
        SecretLink.id == (int(number) if number.isdecimal() and len(number) < 18 else 0),  # noqa: PLR2004 - what a bigint holds
        SecretLink.purpose == purpose,
        SecretLink.used_at.is_(None),
        SecretLink.expires_at > clock.now(),
    )
    link = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if link is None or not hmac.compare_digest(token_of(link).encode(), token.encode()):
        raise NotFoundError(_GONE)
    return link


def void_links(session: Session, purpose: LinkPurpose, *which: ColumnElement[bool]) -> None:
    """Make the unused links of a purpose useless, as a part of a step."""
    unused = (SecretLink.purpose == purpose, SecretLink.used_at.is_(None), *which)
    session.execute(update(SecretLink).where(*unused).values(used_at=clock.now()))


def asked_since(session: Session, purpose: LinkPurpose, email: str, since: datetime) -> int:
    """Return how many links of a purpose were asked for with an address."""
    query = select(func.count()).where(
        SecretLink.purpose == purpose, SecretLink.email == email, SecretLink.created_at > since
    )
    return session.scalar(query) or 0
