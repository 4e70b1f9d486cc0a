"""Sensitive steps ask for the password again and for the code of who has an application, or for a passkey instead."""

from flask import request

from portal.accounts.blueprint import person
from portal.accounts.webauthn import raw_id, site
from tenants.accounts.attempts import note_code, refuse_guessing_codes
from tenants.accounts.factor_models import FactorKind
from tenants.accounts.factors import factors_of, show_code
from tenants.accounts.models import UserAccount
from tenants.accounts.passkeys import prove_by_passkey
from tenants.accounts.passwords import matches
from tenants.db import REGISTRY, ScopedSession, transaction
from tenants.errors import DomainError, InvalidError

PASSKEY_FIELD = "passkey"
WRONG_CODE = "Код не подходит. Введите тот, что на экране сейчас."
WRONG_PASSKEY = "Ключ не подошёл. Попробуйте ещё раз или введите пароль."
WRONG_PASSWORD = "Текущий пароль не подходит."  # noqa: S105 - a sentence about a password


def own(registry: ScopedSession) -> UserAccount:
    """Return the account of the person behind the browser, to be changed."""
    return registry.get_one(UserAccount, person().account.id)


def has_codes() -> bool:
    """Return whether the person has an application with codes."""
    return FactorKind.TOTP in _kinds()


def has_passkeys() -> bool:
    """Return whether the person has a passkey."""
    return FactorKind.PASSKEY in _kinds()


def _kinds() -> set[FactorKind]:
    with transaction(REGISTRY.reading()) as registry:
        return {one.kind for one in factors_of(registry, person().account.id)}


def prove(password: str, code: str | None = None, *, field: str = "password") -> None:
    """Check the password, and the code unless it is None. A wrong one counts, whatever becomes of the step.

    A passkey that the form brings along (`passkey`) stands for both, and then neither is read.

    Raises:
        InvalidError: the password, the code or the passkey is wrong; names its field.
        TooManyError: five wrong ones within a quarter of an hour.

    """
    if answer := request.form.get(PASSKEY_FIELD, ""):
        _prove_by_passkey(answer, field)
        return
    with transaction(REGISTRY) as registry:
        account = own(registry)
        refuse_guessing_codes(registry, account.id)
        fits = matches(account.password_hash, password)
        if not fits:
            note_code(registry, account.id, succeeded=False)
        shown = not fits or code is None or show_code(registry, account, 0, code)
    if not fits:
        raise InvalidError(WRONG_PASSWORD, field=field)
    if not shown:
        raise InvalidError(WRONG_CODE, field="code")


def _prove_by_passkey(answer: str, field: str) -> None:
    with transaction(REGISTRY) as registry:
        account = own(registry)
        refuse_guessing_codes(registry, account.id)
        fits = prove_by_passkey(registry, account, person().sign_in_id, site(), answer=answer, raw=raw_id(answer))
    if not fits:
        raise InvalidError(WRONG_PASSKEY, field=field)


def proved(password: str) -> str:
    """Return why the password was not taken, or nothing."""
    try:
        prove(password)
    except DomainError as error:
        return str(error)
    return ""
