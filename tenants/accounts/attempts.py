"""Guessing is slowed down: tries are counted by keyed hashes, and the owner of an address is told."""

import hashlib
import hmac
import math
import os
from datetime import timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.factor_models import LinkPurpose
from tenants.accounts.links import asked_since, make_link
from tenants.accounts.models import SignIn, SignInAttempt, UserAccount
from tenants.accounts.sign_ins import token_hash
from tenants.db import lock_key
from tenants.errors import TooManyError
from tenants.notices.commands import request_letter

WINDOW = timedelta(minutes=15)
FREE_TRIES = 5
TRIES_OF_A_NETWORK = 100
TRIES_OF_AN_ADDRESS = 10
"""Wrong passwords in a day from wherever; each further one doubles the wait in places the owner never was at."""
_HOST_BITS = 64
"""A provider gives one customer a whole /64 of the sixth version."""
_DEAD_LINKS_OF_A_NETWORK = 30
_LINK = "invitation-link"
_TOLD_AGAIN_AFTER = timedelta(days=1)
GUESSED_LETTER = "sign_in.guessed"


def note_attempt(session: Session, email: str, network: str, *, succeeded: bool) -> None:
    """Remember a try to sign in; the fifth wrong one within a quarter of an hour is told to the address by letter."""
    session.add(SignInAttempt(email_hash=hashed(email), network_hash=hashed(network), succeeded=succeeded))
    session.flush()
    if succeeded or _failed(session, email_hash=hashed(email)) < FREE_TRIES:
        return
    # Whether the address is known is asked when the letter is written, so that an unknown one takes as long.
    address = email.strip().lower()[:200]
    if asked_since(session, LinkPurpose.GUESSED, address, clock.now() - _TOLD_AGAIN_AFTER) == 0:
        link = make_link(session, LinkPurpose.GUESSED, address, holds=_TOLD_AGAIN_AFTER)
        request_letter(session, GUESSED_LETTER, address, link.id)


def refuse_guessing(session: Session, email: str, network: str, *, device: str = "") -> None:
    """Stop a guesser; nobody waits for longer than a quarter of an hour. The password is checked in this transaction.

    The owner is not locked out: a browser or a network from which the address has signed in before waits for its own
    wrong passwords only, and a new password by letter makes a network known.

    Raises:
        TooManyError: five wrong passwords for this address from this network, a hundred from the network, or so many
            for the address from anywhere that a strange place has to wait.

    """
    # Held until the try is noted: those that arrive at the same instant are counted one after the other.
    lock_key(session, f"guess:{hashed(email).hex()}")
    of_both = _failed(session, email_hash=hashed(email), network_hash=hashed(network))
    if of_both >= FREE_TRIES or _failed(session, network_hash=hashed(network)) >= TRIES_OF_A_NETWORK:
        raise TooManyError("Слишком много попыток входа. Повторите через 15 минут.")
    wait = _wait(session, email)
    if wait > timedelta() and not _known(session, email, network, device):
        raise TooManyError(
            "С разных мест слишком много попыток входа с этим адресом."
            f" Повторите через {math.ceil(wait / timedelta(minutes=1))} мин."
            " Если ждать некогда, задайте новый пароль: «Забыли пароль?» на странице входа."
        )


def network_of(address: str) -> str:
    """Return the network that an address is counted under: itself, or its /64 in the sixth version."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((int(found), _HOST_BITS), strict=False))


def _wait(session: Session, email: str) -> timedelta:
    """Return how long a strange place waits for this address: 1 s, 2 s, 4 s … after each wrong password of the day."""
    now = clock.now()
    wrong = select(func.count(), func.max(SignInAttempt.at)).where(
        SignInAttempt.email_hash == hashed(email),
        SignInAttempt.succeeded.is_(False),
        SignInAttempt.at > now - timedelta(days=1),
    )
    count, newest = session.execute(wrong).one()
    if count < TRIES_OF_AN_ADDRESS:
        return timedelta()
    doubled = timedelta(seconds=2 ** min(count - TRIES_OF_AN_ADDRESS, 10))
    return newest + min(doubled, WINDOW) - now


def _known(session: Session, email: str, network: str, device: str) -> bool:
    """Return whether the address has signed in from this network lately, or in this browser."""
    of_network = exists().where(
        SignInAttempt.email_hash == hashed(email),
        SignInAttempt.network_hash == hashed(network),
        SignInAttempt.succeeded,
    )
    of_browser = exists().where(
        UserAccount.email == email.strip().lower(),
        SignIn.user_id == UserAccount.id,
        SignIn.device_sha256 == token_hash(device),
    )
    return bool(session.scalar(select(or_(of_network, of_browser))))


def note_code(session: Session, user_id: int, *, succeeded: bool) -> None:
    """Remember a try to show a second factor."""
    session.add(SignInAttempt(email_hash=hashed(f"factor {user_id}"), network_hash=b"", succeeded=succeeded))


def refuse_guessing_codes(session: Session, user_id: int) -> None:
    """Stop a guesser of codes, whatever the network: only who knows the password comes this far.

    The code is checked in this transaction: until its end the next guess waits.

    Raises:
        TooManyError: five wrong codes within a quarter of an hour.

    """
    lock_key(session, f"guess-code:{user_id}")
    if _failed(session, email_hash=hashed(f"factor {user_id}")) >= FREE_TRIES:
        raise TooManyError("Пять неверных кодов подряд. Повторите через 15 минут.")


def refuse_searching(session: Session, network: str) -> None:
    """Stop a network that tries one link of an invitation after the other.

    Raises:
        TooManyError: thirty dead links within a quarter of an hour.

    """
    tried = select(func.count()).where(
        SignInAttempt.at > clock.now() - WINDOW,
        SignInAttempt.email_hash == hashed(_LINK),
        SignInAttempt.network_hash == hashed(network),
    )
    if (session.scalar(tried) or 0) >= _DEAD_LINKS_OF_A_NETWORK:
        raise TooManyError("Слишком много неверных ссылок. Повторите через 15 минут.")


def note_dead_link(session: Session, network: str) -> None:
    """Remember that a network tried a link that leads nowhere."""
    # A school's mail scanner opens old links too: counted as links only, never against its passwords.
    session.add(SignInAttempt(email_hash=hashed(_LINK), network_hash=hashed(network), succeeded=True))


def hashed(value: str) -> bytes:
    """Return the keyed hash under which an address or a network is counted."""
    key = os.environ.get("SECRET_KEY", "").encode()
    return hmac.new(key, value.strip().lower().encode(), hashlib.sha256).digest()


def _failed(session: Session, **hashes: bytes) -> int:
    recent = select(func.count(SignInAttempt.id)).where(
        SignInAttempt.at > clock.now() - WINDOW, SignInAttempt.succeeded.is_(False)
    )
    return session.scalar(recent.filter_by(**hashes)) or 0
