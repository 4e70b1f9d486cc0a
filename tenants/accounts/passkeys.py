"""Passkeys as second factors (WebAuthn). The challenge stands in the sign-in's row and is taken out with the answer."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tenants import clock
from tenants.accounts.attempts import note_code
from tenants.accounts.events import Who, record
from tenants.accounts.factor_models import FactorKind, SecondFactor
from tenants.accounts.factors import CHANGED_LETTER, ISSUER, confirm_sign_in, factors_of
from tenants.accounts.keys import keyed_hash
from tenants.accounts.models import SignIn, UserAccount
from tenants.db import insert
from tenants.notices.commands import request_letter

_HOLDS = timedelta(minutes=5)


@dataclass(frozen=True)
class Site:
    """Whose passkeys these are: the host's name and the origin that the browser signs."""

    host: str
    origin: str


def registration_options(session: Session, account: UserAccount, sign_in_id: int, site: Site) -> str:
    """Return, as JSON, what the browser needs to make a passkey."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=ISSUER,
        user_id=keyed_hash("passkey user", str(account.id).encode()),
        user_name=account.email,
        user_display_name=account.name_short,
        challenge=_new_challenge(session, sign_in_id),
        exclude_credentials=_known(session, account.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options)


def register(session: Session, account: UserAccount, sign_in_id: int, site: Site, *, answer: str, name: str) -> bool:
    """Keep a new passkey and count the sign-in as confirmed; False when the browser's answer does not hold."""
    challenge = _take_challenge(session, sign_in_id)
    if challenge is None:
        return False
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
        )
    except (WebAuthnException, ValueError, KeyError):
        return False
    now = clock.now()
    insert(
        session,
        SecondFactor(
            user_id=account.id,
            kind=FactorKind.PASSKEY,
            name=name[:60],
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            confirmed_at=now,
            last_used_at=now,
        ),
    )
    confirm_sign_in(session, account, sign_in_id)
    record(session, Who(account.id, account.name_short), "factor.added", on_user_id=account.id, kind="passkey")
    request_letter(session, CHANGED_LETTER, account.email, account.id)
    return True


def authentication_options(session: Session, user_id: int, sign_in_id: int, site: Site, *, alone: bool = False) -> str:
    """Return, as JSON, what the browser needs to show one of the person's passkeys.

    `alone` where the key stands for the password too: then the key asks for its PIN, a finger or the face.
    """
    verification = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_new_challenge(session, sign_in_id),
        allow_credentials=_known(session, user_id),
        user_verification=verification,
    )
    return options_to_json(options)


def prove_by_passkey(
    session: Session, account: UserAccount, sign_in_id: int, site: Site, *, answer: str, raw: str
) -> bool:
    """Take a passkey instead of password and code: only one that has checked whose hand holds it."""
    challenge = _take_challenge(session, sign_in_id)
    fits = challenge is not None and _verify(session, account.id, site, challenge, (answer, raw), alone=True)
    note_code(session, account.id, succeeded=fits)
    return fits


def show_passkey(session: Session, account: UserAccount, sign_in_id: int, site: Site, *, answer: str, raw: str) -> bool:
    """Confirm a sign-in by one of the person's passkeys; `raw` is the key's id as the browser wrote it."""
    challenge = _take_challenge(session, sign_in_id)
    fits = challenge is not None and _verify(session, account.id, site, challenge, (answer, raw))
    note_code(session, account.id, succeeded=fits)
    if fits:
        confirm_sign_in(session, account, sign_in_id)
        record(session, Who(account.id, account.name_short), "sign_in.confirmed", on_user_id=account.id, way="passkey")
    return fits


def _verify(
    session: Session, user_id: int, site: Site, challenge: bytes, shown: tuple[str, str], *, alone: bool = False
) -> bool:
    try:
        wanted = base64url_to_bytes(shown[1])
        key = next(one for one in factors_of(session, user_id) if one.credential_id == wanted)
        used = verify_authentication_response(
            credential=shown[0],
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key or b"",
            credential_current_sign_count=key.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, KeyError, StopIteration):
        return False
    key.sign_count, key.last_used_at = used.new_sign_count, clock.now()
    return True


def _known(session: Session, user_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(one.credential_id) for one in factors_of(session, user_id) if one.credential_id
    ]


def _new_challenge(session: Session, sign_in_id: int) -> bytes:
    opened = session.get_one(SignIn, sign_in_id)
    opened.challenge, opened.challenge_until = secrets.token_bytes(32), clock.now() + _HOLDS
    return opened.challenge


def _take_challenge(session: Session, sign_in_id: int) -> bytes | None:
    opened = session.get_one(SignIn, sign_in_id, with_for_update=True)
    challenge, until = opened.challenge, opened.challenge_until
    opened.challenge = opened.challenge_until = None
    return challenge if until is not None and until > clock.now() else None
