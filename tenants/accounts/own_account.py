"""What a person does with the own account: a new password, a reset by letter, another address. In the registry's scope.

A reset does no look-up when it is asked for: one link and one letter are written for any address, and whether it is
known is found out when the letter is written.
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.events import Who, record
from tenants.accounts.factor_models import ExternalIdentity, LinkPurpose, SecretLink
from tenants.accounts.factors import drop_factors_since
from tenants.accounts.links import asked_since, link_of, make_link, void_links
from tenants.accounts.models import UserAccount
from tenants.accounts.passwords import hash_password, matches
from tenants.accounts.sign_ins import end_all
from tenants.db import lock_key
from tenants.errors import InvalidError, NotFoundError, WrongStateError
from tenants.notices.commands import request_letter

RESET_LETTER, RESET_DONE_LETTER = "password.reset", "password.replaced"
EMAIL_LETTER, EMAIL_UNDO_LETTER = "email.confirm", "email.changed"
RESET_HOLDS, EMAIL_HOLDS, UNDO_HOLDS = timedelta(minutes=30), timedelta(hours=24), timedelta(hours=72)
_LINKS_AN_HOUR = 3
_NO_PASSWORD = "!"  # noqa: S105 - what stands in place of a hash
"""No password fits."""


def change_password(session: Session, account: UserAccount, *, new: str, keep_id: int) -> None:
    """Replace one's own password, once the caller has had the person proved; every other browser is signed out.

    Raises:
        InvalidError: the new password is the old one, or weak.

    """
    if matches(account.password_hash, new):
        raise InvalidError("Новый пароль совпадает с текущим.", field="password")
    _replace_password(session, account, new)
    end_all(session, account.id, but=keep_id)
    record(session, _who(account), "account.password_changed", on_user_id=account.id)
    request_letter(session, RESET_DONE_LETTER, account.email, account.id)


def ask_reset(session: Session, email: str) -> None:
    """Ask for a letter with a link to a new password; the same work whether anybody has this address or not."""
    address = email.strip().lower()[:200]
    asked = asked_since(session, LinkPurpose.RESET, address, clock.now() - timedelta(hours=1))
    if asked < _LINKS_AN_HOUR:
        link = make_link(session, LinkPurpose.RESET, address, holds=RESET_HOLDS)
        request_letter(session, RESET_LETTER, address, link.id)


def reset_password(session: Session, token: str, new: str) -> str:
    """Replace the password by the link of a letter, and return the address that signs in with it.

    Every sign-in ends, and every other link to a new password.

    Raises:
        NotFoundError: the link does not hold.
        InvalidError: the password is weak; the link holds on.

    """
    # Two links of one address used at once wait for each other here; the second one then finds itself void.
    lock_key(session, f"reset:{link_of(session, LinkPurpose.RESET, token).email}")
    account = account_with(session, link_of(session, LinkPurpose.RESET, token, lock=True).email)
    if account is None:
        raise NotFoundError
    _replace_password(session, account, new)
    end_all(session, account.id)
    record(session, _who(account), "account.password_reset", on_user_id=account.id)
    request_letter(session, RESET_DONE_LETTER, account.email, account.id)
    return account.email


def ask_email_change(session: Session, account: UserAccount, email: str) -> None:
    """Send a link to the new address; nothing changes until it is followed.

    A taken address is not told apart here: its owner gets no letter, the asker the same answer.

    Raises:
        InvalidError: this is no address, or it is the one that stands.

    """
    address = email.strip().lower()
    if "@" not in address[1:] or address == account.email:
        raise InvalidError("Укажите другой адрес почты, например ivanova@school12.ru.", field="email")
    link = make_link(session, LinkPurpose.EMAIL, address, holds=EMAIL_HOLDS, user_id=account.id)
    request_letter(session, EMAIL_LETTER, address, link.id)
    record(session, _who(account), "account.email_change_asked", on_user_id=account.id)


def confirm_email(session: Session, token: str) -> None:
    """Put the new address into force; the old one is told and may take it back for three days.

    Raises:
        NotFoundError: the link does not hold, or the address has been taken meanwhile.

    """
    link, account = _link_and_account(session, LinkPurpose.EMAIL, token)
    if account_with(session, link.email, also_disabled=True) is not None:
        raise NotFoundError("Этот адрес уже занят другой учётной записью.")
    undo = make_link(session, LinkPurpose.EMAIL_UNDO, account.email, holds=UNDO_HOLDS, user_id=account.id)
    request_letter(session, EMAIL_UNDO_LETTER, account.email, undo.id)
    account.email, link.used_at = link.email, clock.now()
    record(session, _who(account), "account.email_changed", on_user_id=account.id)


def undo_email(session: Session, token: str) -> None:
    """Bring the old address back («это не я»): every sign-in ends, and the password, which somebody else knows.

    A letter with a link to a new password goes to the address that is back. What the other one has asked for meanwhile
    is void: links to further addresses, and links that undo a later change. An older change can still be undone.
    Accounts at a provider are unlinked, since nobody knows whose they are; their owner links them again. Second factors
    that were added since a day before the change, and all recovery codes, go as well.

    Raises:
        NotFoundError: the link does not hold.
        WrongStateError: another account has the address by now.

    """
    link, account = _link_and_account(session, LinkPurpose.EMAIL_UNDO, token)
    holder = account_with(session, link.email, also_disabled=True)
    if holder is not None and holder.id != account.id:
        raise WrongStateError(
            "Прежний адрес уже занят другой учётной записью, вернуть его нельзя. Напишите администратору:"
            " он закроет доступ тому, кто сменил адрес."
        )
    account.email, link.used_at = link.email, clock.now()
    account.password_hash = _NO_PASSWORD
    void_links(session, LinkPurpose.EMAIL, SecretLink.user_id == account.id)
    void_links(session, LinkPurpose.EMAIL_UNDO, SecretLink.user_id == account.id, SecretLink.id > link.id)
    end_all(session, account.id)
    unlinking = delete(ExternalIdentity).where(ExternalIdentity.user_id == account.id)
    unlinked = len(session.execute(unlinking.returning(ExternalIdentity.id)).all())
    dropped = drop_factors_since(session, account.id, link.created_at - EMAIL_HOLDS)
    who = _who(account)
    record(session, who, "account.email_restored", on_user_id=account.id, unlinked=unlinked, factors=dropped)
    reset = make_link(session, LinkPurpose.RESET, account.email, holds=RESET_HOLDS)
    request_letter(session, RESET_LETTER, account.email, reset.id)


def account_with(session: Session, email: str, *, also_disabled: bool = False) -> UserAccount | None:
    """Return the account of an address; None where nobody may sign in with it."""
    query = select(UserAccount).where(UserAccount.email == email)
    return session.scalars(query if also_disabled else query.where(UserAccount.disabled_at.is_(None))).one_or_none()


def _link_and_account(session: Session, purpose: LinkPurpose, token: str) -> tuple[SecretLink, UserAccount]:
    link = link_of(session, purpose, token, lock=True)
    account = session.get(UserAccount, link.user_id, with_for_update=True)
    if account is None:
        raise NotFoundError
    return link, account


def _replace_password(session: Session, account: UserAccount, new: str) -> None:
    """Whoever reads an older letter must not replace the new password again."""
    known = (account.email, account.last_name, account.first_name, account.middle_name)
    account.password_hash, account.must_change_password = hash_password(new, known=known), False
    void_links(session, LinkPurpose.RESET, SecretLink.email == account.email)


def _who(account: UserAccount) -> Who:
    return Who(account.id, account.name_short)
