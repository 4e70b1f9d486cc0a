"""Second factors: codes of an application, recovery codes, and what removes them. All of it in the registry's scope."""

import hmac
import secrets
from datetime import datetime

import pyotp
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.attempts import note_code
from tenants.accounts.events import Who, record
from tenants.accounts.factor_models import FactorKind, RecoveryCode, SecondFactor
from tenants.accounts.keys import keyed_hash, seal, unseal
from tenants.accounts.models import SignIn, UserAccount
from tenants.accounts.sign_ins import tell_of_new_browser
from tenants.db import insert, lock_key
from tenants.errors import InvalidError, NotFoundError, WrongStateError
from tenants.notices.commands import request_letter

ISSUER = "Портал наставничества"
CHANGED_LETTER = "factor.changed"
RESET_LETTER = "factor.reset"
HAS_CODES = "Приложение с кодами уже настроено. Чтобы сменить телефон, сначала удалите прежнее."
_SECONDS = 30
_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def factors_of(session: Session, user_id: int) -> list[SecondFactor]:
    """Return the factors in use, codes first, then passkeys by age."""
    query = select(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return list(session.scalars(query.order_by(SecondFactor.kind.desc(), SecondFactor.id)))


def new_key() -> str:
    """Return a key for an application with codes; it stands nowhere until `add_totp`."""
    return pyotp.random_base32()


def address_of_key(account: UserAccount, key: str) -> str:
    """Return the otpauth:// address that a QR code shows."""
    return pyotp.TOTP(key, interval=_SECONDS).provisioning_uri(name=account.email, issuer_name=ISSUER)


def add_totp(session: Session, account: UserAccount, sign_in_id: int, key: str, code: str) -> bool:
    """Put an application into use when its first code is right, and count the sign-in as confirmed.

    The password was asked for by the caller.

    Raises:
        WrongStateError: the person has an application already.

    """
    lock_key(session, f"totp:{account.id}")
    if session.scalars(_totp(account.id)).first() is not None:
        raise WrongStateError(HAS_CODES)
    sealed, now = seal("totp", key.encode()), clock.now()
    factor = SecondFactor(user_id=account.id, kind=FactorKind.TOTP, name="Приложение с кодами", secret=sealed)
    if not _takes(factor, code):
        note_code(session, account.id, succeeded=False)
        return False
    factor.confirmed_at = factor.last_used_at = now
    insert(session, factor)
    confirm_sign_in(session, account, sign_in_id)
    record(session, Who(account.id, account.name_short), "factor.added", on_user_id=account.id, kind="totp")
    request_letter(session, CHANGED_LETTER, account.email, account.id)
    return True


def show_code(session: Session, account: UserAccount, sign_in_id: int, code: str) -> bool:
    """Take a code of the application, or a recovery code; False when neither fits or it was used before."""
    plain = code.replace(" ", "").replace("-", "").lower()
    totp = session.scalars(_totp(account.id).with_for_update()).first()
    way = "totp" if totp is not None and _takes(totp, plain) else ""
    if not way and _use_recovery(session, account.id, plain):
        way = "recovery"
    note_code(session, account.id, succeeded=bool(way))
    if not way:
        return False
    if sign_in_id:
        confirm_sign_in(session, account, sign_in_id)
        record(session, Who(account.id, account.name_short), "sign_in.confirmed", on_user_id=account.id, way=way)
    return True


def confirm_sign_in(session: Session, account: UserAccount, sign_in_id: int) -> None:
    """Count a sign-in as confirmed by a second factor."""
    opened = session.get_one(SignIn, sign_in_id)
    if opened.factor_at is None:
        tell_of_new_browser(session, opened, account)
    opened.factor_at = clock.now()


def renew_recovery_codes(session: Session, account: UserAccount) -> list[str]:
    """Replace all recovery codes as a step of its own; see new_recovery_codes."""
    record(session, Who(account.id, account.name_short), "recovery_codes.renewed", on_user_id=account.id)
    return new_recovery_codes(session, account)


def new_recovery_codes(session: Session, account: UserAccount) -> list[str]:
    """Replace all recovery codes, as a part of a step, and return the new ones, which can be read only now."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == account.id))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(10)) for _ in range(_CODES)]
    session.add_all(RecoveryCode(user_id=account.id, code_sha256=_code_hash(account.id, code)) for code in codes)
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(session: Session, user_id: int) -> int:
    """Return how many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(unused) or 0


def remove_factor(session: Session, account: UserAccount, factor_id: int, *, required: bool) -> None:
    """Take a factor out of use; the password was asked for by the caller.

    Raises:
        NotFoundError: it is somebody else's.
        InvalidError: the rules ask for a factor and this is the last.

    """
    mine = factors_of(session, account.id)
    factor = next((one for one in mine if one.id == factor_id), None)
    if factor is None:
        raise NotFoundError
    if len(mine) == 1 and required:
        raise InvalidError("Для Вашей роли второй шаг обязателен. Сначала добавьте другой способ.", field="password")
    session.delete(factor)
    if len(mine) == 1:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == account.id))
    before = {"kind": factor.kind.value, "name": factor.name}
    record(session, Who(account.id, account.name_short), "factor.removed", on_user_id=account.id, before=before)
    request_letter(session, CHANGED_LETTER, account.email, account.id)


def drop_factors(session: Session, user_id: int) -> int:
    """Remove every factor and recovery code as a part of another step; the number of factors."""
    dropped = session.execute(
        delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.id)
    ).all()
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return len(dropped)


def drop_factors_since(session: Session, user_id: int, since: datetime) -> int:
    """Remove what somebody else may have added, as a part of another step; the number of factors.

    All recovery codes go too: a set tells nobody when it was made, and its owner makes another.
    """
    added = delete(SecondFactor).where(SecondFactor.user_id == user_id, SecondFactor.created_at >= since)
    dropped = session.execute(added.returning(SecondFactor.id)).all()
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return len(dropped)


def _takes(factor: SecondFactor, code: str) -> bool:
    """Return whether a code is right and newer than the newest one taken; the step before and after now count too."""
    now = int(clock.now().timestamp()) // _SECONDS
    totp = pyotp.TOTP(_key(factor), interval=_SECONDS)
    for step in (now - 1, now, now + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())
        if fits and step > (factor.last_step or 0):
            factor.last_step, factor.last_used_at = step, clock.now()
            return True
    return False


def _use_recovery(session: Session, user_id: int, plain: str) -> bool:
    mine = (RecoveryCode.user_id == user_id, RecoveryCode.code_sha256 == _code_hash(user_id, plain))
    using = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=clock.now())
    return bool(session.execute(using.returning(RecoveryCode.id)).first())


def _code_hash(user_id: int, plain: str) -> bytes:
    return keyed_hash("recovery code", f"{user_id} {plain}".encode())


def _key(factor: SecondFactor) -> str:
    key = unseal("totp", factor.secret or b"")
    if key is None:
        raise InvalidError("Ключ приложения прочитать нельзя: обратитесь к администратору, он сбросит второй шаг.")
    return key.decode()


def _totp(user_id: int) -> Select[SecondFactor]:
    return select(SecondFactor).where(
        SecondFactor.user_id == user_id, SecondFactor.kind == FactorKind.TOTP, SecondFactor.confirmed_at.is_not(None)
    )
