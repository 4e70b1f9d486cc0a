"""Accounts: create, sign in and out, change the password. All of it in the registry's scope."""

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.models import AccessLog, Membership, Role, SignIn, SignInAttempt, UserAccount
from tenants.accounts.passwords import hash_password, matches
from tenants.db import insert
from tenants.errors import ForbiddenError, InvalidError, TooManyError, WrongStateError
from tenants.organizations.models import Organization, OrganizationKind

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
_WINDOW = timedelta(minutes=15)
_FREE_TRIES = 5
_TRIES_OF_A_NETWORK = 100
_REFUSED = "Адрес или пароль не подходят."

ROLES_OF_KIND = {
    OrganizationKind.REGION: (Role.REGION_ADMIN, Role.REGION_ANALYST),
    OrganizationKind.DISTRICT: (Role.DISTRICT_REVIEWER,),
}
"""Which roles a kind of organization has; every other kind has a curator and a director."""


@dataclass(frozen=True)
class NewAccount:
    """What an account is made of."""

    email: str
    last_name: str
    first_name: str
    middle_name: str
    password: str


def create_account(session: Session, new: NewAccount, *, must_change_password: bool = True) -> UserAccount:
    """Create an account that belongs nowhere yet.

    Raises:
        InvalidError: the address is taken, or the password is weak.

    """
    email = new.email.strip().lower()
    if "@" not in email:
        raise InvalidError("Укажите адрес электронной почты, например ivanova@school12.ru.", field="email")
    if session.scalar(select(UserAccount.id).where(UserAccount.email == email)):
        raise InvalidError("Учётная запись с таким адресом уже есть.", field="email")
    return insert(
        session,
        UserAccount(
            email=email,
            last_name=new.last_name.strip(),
            first_name=new.first_name.strip(),
            middle_name=new.middle_name.strip(),
            password_hash=hash_password(new.password),
            must_change_password=must_change_password,
        ),
    )


def grant_role(session: Session, account: UserAccount, place: Organization, role: Role) -> Membership:
    """Give a person a role in an organization from now on.

    Raises:
        InvalidError: organizations of this kind have no such role.

    """
    if role not in ROLES_OF_KIND.get(place.kind, (Role.CURATOR, Role.DIRECTOR)):
        raise InvalidError(f"Роль «{role.label}» не подходит организации «{place.name_short}».", field="role")
    return insert(
        session,
        Membership(
            user_id=account.id,
            region_id=place.region_id,
            organization_id=place.id,
            role=role,
            since=clock.today(place.time_zone),
        ),
    )


def note_attempt(session: Session, email: str, network: str, *, succeeded: bool) -> None:
    """Remember a try to sign in, by keyed hashes."""
    session.add(SignInAttempt(email_hash=_hashed(email), network_hash=_hashed(network), succeeded=succeeded))


def refuse_guessing(session: Session, email: str, network: str) -> None:
    """Stop a guesser; the owner of the account is not locked out for longer than a quarter of an hour.

    Raises:
        TooManyError: five wrong passwords for this address from this network, or a hundred from the network.

    """
    recent = select(func.count()).where(SignInAttempt.at > clock.now() - _WINDOW, SignInAttempt.succeeded.is_(False))
    network_hash = _hashed(network)
    of_network = session.scalar(recent.where(SignInAttempt.network_hash == network_hash)) or 0
    of_both = (
        session.scalar(
            recent.where(SignInAttempt.email_hash == _hashed(email), SignInAttempt.network_hash == network_hash)
        )
        or 0
    )
    if of_both >= _FREE_TRIES or of_network >= _TRIES_OF_A_NETWORK:
        raise TooManyError("Слишком много попыток входа. Повторите через 15 минут.")


def sign_in(session: Session, email: str, password: str, *, browser: str = "") -> str | None:
    """Open a sign-in and return the secret token for the browser's cookie; None when address or password is wrong."""
    account = session.scalars(select(UserAccount).where(UserAccount.email == email.strip().lower())).one_or_none()
    fits = matches(account.password_hash if account and not account.disabled_at else None, password)
    if account is None or not fits:
        return None
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_sha256=_token_hash(token),
            user_id=account.id,
            expires_at=clock.now() + LONGEST,
            browser=browser[:200],
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End one sign-in."""
    session.execute(update(SignIn).where(SignIn.token_sha256 == _token_hash(token)).values(ended_at=clock.now()))


def change_password(session: Session, account: UserAccount, *, old: str, new: str, keep_token: str) -> None:
    """Replace one's own password; every other browser is signed out.

    Raises:
        ForbiddenError: the old password is wrong.
        WrongStateError: the new password is the old one.

    """
    if not matches(account.password_hash, old):
        raise ForbiddenError("Текущий пароль не подходит.")
    if old == new:
        raise WrongStateError("Новый пароль совпадает с текущим.")
    account.password_hash, account.must_change_password = hash_password(new), False
    others = update(SignIn).where(SignIn.user_id == account.id, SignIn.token_sha256 != _token_hash(keep_token))
    session.execute(others.values(ended_at=clock.now()))


def touch(session: Session, sign_in_id: int) -> None:
    """Move the idle limit of a sign-in."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))


def note_view(session: Session, user_id: int, place: tuple[int, int], endpoint: str, subject: str = "") -> None:
    """Write down that a person opens a page with names; `place` is (region id, organization id)."""
    session.add(
        AccessLog(user_id=user_id, region_id=place[0], organization_id=place[1], endpoint=endpoint, subject=subject)
    )


def _token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _hashed(value: str) -> bytes:
    key = os.environ.get("SECRET_KEY", "").encode()
    return hmac.new(key, value.strip().lower().encode(), hashlib.sha256).digest()
