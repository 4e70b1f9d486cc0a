"""Sign-ins as rows: open, confirm, list, end. All of it in the registry's scope."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.events import Who, record
from tenants.accounts.models import SignIn, UserAccount
from tenants.accounts.passwords import matches
from tenants.accounts.queries import has_factor, rules_for
from tenants.db import insert
from tenants.errors import NotFoundError
from tenants.notices.commands import request_letter

NEW_BROWSER_LETTER = "sign_in.new_browser"
OUTSIDE = "oidc"
"""The way of a sign-in that a provider vouches for."""


@dataclass(frozen=True)
class Opened:
    """A fresh sign-in: the secret for the cookie, and whose it is."""

    token: str
    user_id: int


def sign_in(
    session: Session, email: str, password: str, *, browser: str = "", device: str = "", in_place_of: str = ""
) -> Opened | None:
    """Open a sign-in; None when address or password is wrong.

    `device` is the browser's own long-lived mark, `in_place_of` the token it had until now: that one ends.
    """
    account = session.scalars(select(UserAccount).where(UserAccount.email == email.strip().lower())).one_or_none()
    fits = matches(account.password_hash if account and not account.disabled_at else None, password)
    if account is None or not fits:
        return None
    return open_for(session, account, browser=browser, device=device, in_place_of=in_place_of)


def open_for(
    session: Session,
    account: UserAccount,
    *,
    browser: str,
    device: str,
    factor: bool = False,
    way: str = "password",
    in_place_of: str = "",
) -> Opened:
    """Open a sign-in of a person who was proved already; `factor` says that a second factor was shown as well."""
    if in_place_of:
        _end(session, SignIn.token_sha256 == token_hash(in_place_of))
    token, now = secrets.token_urlsafe(32), clock.now()
    opened = insert(
        session,
        SignIn(
            token_sha256=token_hash(token),
            user_id=account.id,
            started_at=now,
            seen_at=now,
            expires_at=now + rules_for(session, account).longest,
            browser=browser[:200],
            device_sha256=token_hash(device),
            factor_at=now if factor else None,
            factor_outside=factor and way == OUTSIDE,
        ),
    )
    record(session, Who(account.id, account.name_short), "sign_in.opened", on_user_id=account.id, way=way)
    if factor or not session.scalar(select(has_factor(SignIn.user_id)).where(SignIn.id == opened.id)):
        tell_of_new_browser(session, opened, account)
    return Opened(token, account.id)


def tell_of_new_browser(session: Session, opened: SignIn, account: UserAccount) -> None:
    """Ask for a letter where the account was used before, and never from this browser."""
    others = (SignIn.user_id == account.id, SignIn.id != opened.id)
    used_before = session.scalar(select(exists().where(*others)))
    known = session.scalar(select(exists().where(*others, SignIn.device_sha256 == opened.device_sha256)))
    if used_before and not known:
        request_letter(session, NEW_BROWSER_LETTER, account.email, opened.id)


def sign_out(session: Session, who: Who, token: str) -> None:
    """End the sign-in of this browser."""
    _end(session, SignIn.token_sha256 == token_hash(token))
    record(session, who, "sign_in.ended", on_user_id=who.user_id)


def end_sign_in(session: Session, who: Who, sign_in_id: int) -> None:
    """End one of one's own sign-ins.

    Raises:
        NotFoundError: it is somebody else's or has ended.

    """
    if not _end(session, SignIn.id == sign_in_id, SignIn.user_id == who.user_id):
        raise NotFoundError
    record(session, who, "sign_in.ended", on_user_id=who.user_id, sign_in=sign_in_id)


def end_others(session: Session, who: Who, keep_id: int) -> int:
    """End every sign-in of a person but this one; the number that were open."""
    ended = _end(session, SignIn.user_id == who.user_id, SignIn.id != keep_id)
    record(session, who, "sign_in.others_ended", on_user_id=who.user_id, count=ended)
    return ended


def end_all(session: Session, user_id: int, *, but: int = 0) -> int:
    """End the sign-ins of a person as a part of another step: the password was replaced, a factor was reset."""
    return _end(session, SignIn.user_id == user_id, SignIn.id != but)


@dataclass(frozen=True)
class Device:
    """One open sign-in, as its owner sees it."""

    id: int
    browser: str
    started_at: datetime
    seen_at: datetime


def open_sign_ins(session: Session, user_id: int) -> list[Device]:
    """Return the sign-ins that are open, the one seen last first."""
    account = session.get_one(UserAccount, user_id)
    rules, now = rules_for(session, account), clock.now()
    rows = session.scalars(
        select(SignIn)
        .where(
            SignIn.user_id == user_id,
            SignIn.ended_at.is_(None),
            SignIn.expires_at > now,
            SignIn.seen_at > now - rules.idle,
            SignIn.started_at > now - rules.longest,
        )
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
    )
    return [Device(row.id, row.browser, row.started_at, row.seen_at) for row in rows]


def owner_of_token(session: Session, token: str) -> int | None:
    """Return whose cookie this is or was, also after its end; None for a made-up one."""
    return session.scalar(select(SignIn.user_id).where(SignIn.token_sha256 == token_hash(token)))


def token_hash(token: str) -> bytes:
    """Return what of a token stands in its row."""
    return hashlib.sha256(token.encode()).digest()


def _end(session: Session, *which: ColumnElement[bool]) -> int:
    ending = update(SignIn).where(SignIn.ended_at.is_(None), *which).values(ended_at=clock.now())
    return len(session.execute(ending.returning(SignIn.id)).all())
