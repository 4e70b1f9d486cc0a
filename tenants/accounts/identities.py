"""Accounts at a provider of OIDC: link, unlink, sign in by one. All of it in the registry's scope.

A provider never makes an account here: it vouches for a person whom the portal knows already.
"""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.accounts.events import Who, record
from tenants.accounts.factor_models import ExternalIdentity
from tenants.accounts.models import UserAccount
from tenants.accounts.own_account import account_with
from tenants.accounts.queries import workplaces_of
from tenants.accounts.sign_ins import OUTSIDE, Opened, open_for
from tenants.db import insert, lock_key
from tenants.errors import NotFoundError, WrongStateError
from tenants.notices.commands import request_letter

IDENTITY_LETTER = "identity.changed"


@dataclass(frozen=True)
class Vouched:
    """What a provider says of a person, as far as the portal is to believe it."""

    issuer: str
    subject: str
    email: str = ""
    """Verified, and only where the portal trusts the provider in this; lower case."""
    factor: bool = False
    """A second factor was shown there, and the portal trusts the provider in this."""


def identities_of(session: Session, user_id: int, issuer: str) -> list[ExternalIdentity]:
    """Return a person's links at a provider: one or none."""
    mine = select(ExternalIdentity).where(ExternalIdentity.user_id == user_id, ExternalIdentity.issuer == issuer)
    return list(session.scalars(mine))


def link(session: Session, account: UserAccount, vouched: Vouched, *, way: str) -> None:
    """Let a subject of a provider in as this person, and tell the person by letter.

    Raises:
        WrongStateError: the subject, or the person, has another link at this provider.

    """
    # Two browsers may link at once: the second one waits and gets the sentence.
    lock_key(session, f"external_identity:{vouched.issuer}")
    taken = select(ExternalIdentity.id).where(
        ExternalIdentity.issuer == vouched.issuer,
        or_(ExternalIdentity.subject == vouched.subject, ExternalIdentity.user_id == account.id),
    )
    if session.scalars(taken).first() is not None:
        raise WrongStateError("Эта учётная запись уже привязана. Сначала удалите прежнюю привязку.")
    insert(session, ExternalIdentity(issuer=vouched.issuer, subject=vouched.subject, user_id=account.id))
    record(session, _who(account), "identity.linked", on_user_id=account.id, way=way)
    request_letter(session, IDENTITY_LETTER, account.email, account.id)


def unlink(session: Session, account: UserAccount, identity_id: int) -> None:
    """Take a link out of use; the password was asked for by the caller.

    Raises:
        NotFoundError: it is somebody else's.

    """
    found = session.get(ExternalIdentity, identity_id)
    if found is None or found.user_id != account.id:
        raise NotFoundError
    session.delete(found)
    record(session, _who(account), "identity.unlinked", on_user_id=account.id)
    request_letter(session, IDENTITY_LETTER, account.email, account.id)


def sign_in_vouched(
    session: Session, vouched: Vouched, *, browser: str, device: str, in_place_of: str = ""
) -> Opened | None:
    """Open a sign-in of whom a provider vouches for; None for a stranger and for who works nowhere any more."""
    account = _linked(session, vouched) or _by_email(session, vouched)
    if account is None or account.disabled_at or not workplaces_of(session, account):
        return None
    if not identities_of(session, account.id, vouched.issuer):
        link(session, account, vouched, way="email")
    return open_for(
        session,
        account,
        browser=browser,
        device=device,
        factor=vouched.factor,
        way=OUTSIDE,
        in_place_of=in_place_of,
    )


def _linked(session: Session, vouched: Vouched) -> UserAccount | None:
    return session.scalars(
        select(UserAccount)
        .join(ExternalIdentity, ExternalIdentity.user_id == UserAccount.id)
        .where(ExternalIdentity.issuer == vouched.issuer, ExternalIdentity.subject == vouched.subject)
    ).one_or_none()


def _by_email(session: Session, vouched: Vouched) -> UserAccount | None:
    """Find by a verified address. Who is linked already is found by the link alone: addresses are given away again."""
    account = account_with(session, vouched.email) if vouched.email else None
    known = account is not None and identities_of(session, account.id, vouched.issuer)
    return None if known else account


def _who(account: UserAccount) -> Who:
    return Who(account.id, account.name_short)
