"""Letters about accounts: no names, no address of a network, one link at most."""

from collections.abc import Mapping

from portal.accounts.words import browser_words
from portal.notices.letters import Words, Writer
from tenants.accounts.attempts import GUESSED_LETTER
from tenants.accounts.factor_models import SecretLink
from tenants.accounts.factors import CHANGED_LETTER, RESET_LETTER
from tenants.accounts.identities import IDENTITY_LETTER
from tenants.accounts.links import token_of
from tenants.accounts.models import SignIn, UserAccount
from tenants.accounts.own_account import (
    EMAIL_LETTER,
    EMAIL_UNDO_LETTER,
    RESET_DONE_LETTER,
    account_with,
)
from tenants.accounts.own_account import RESET_LETTER as PASSWORD_LETTER
from tenants.accounts.sign_ins import NEW_BROWSER_LETTER
from tenants.clock import now
from tenants.db import ScopedSession

_NOT_ME = "Если это были не Вы, задайте новый пароль: «Забыли пароль?» на странице входа. Все входы закроются."


def _reset(session: ScopedSession, link_id: int) -> Words | None:
    link = _living(session, link_id)
    if link is None or account_with(session, link.email) is None:
        return None
    return Words(
        "Задайте новый пароль",
        "На портале попросили сменить пароль для этого адреса.",
        f"/reset/{token_of(link)}",
        "Ссылка действует 30 минут и один раз. Если просили не Вы, ничего делать не нужно: пароль остался прежним.",
    )


def _replaced(session: ScopedSession, user_id: int) -> Words | None:
    return _plain(session, user_id, "Пароль изменён", "Пароль Вашей учётной записи на портале изменён.")


def _new_email(session: ScopedSession, link_id: int) -> Words | None:
    link = _living(session, link_id)
    if link is None or account_with(session, link.email, also_disabled=True) is not None:
        return None
    return Words(
        "Подтвердите новый адрес",
        "Этот адрес указали для входа на портал. Чтобы он начал действовать, откройте ссылку.",
        f"/email/{token_of(link)}",
        "Ссылка действует сутки. Если адрес указали не Вы, ничего делать не нужно.",
    )


def _email_changed(session: ScopedSession, link_id: int) -> Words | None:
    link = _living(session, link_id)
    if link is None:
        return None
    return Words(
        "Адрес для входа изменён",
        "Вход на портал переведён на другой адрес. Если это сделали не Вы, верните прежний по ссылке.",
        f"/email-back/{token_of(link)}",
        "Ссылка действует 72 часа. Если адрес сменили Вы, ничего делать не нужно.",
    )


def _guessed(session: ScopedSession, link_id: int) -> Words | None:
    link = session.get(SecretLink, link_id)
    if link is None or account_with(session, link.email) is None:
        return None
    text = "К Вашей учётной записи несколько раз подряд подбирали пароль. Войти не удалось, попытки замедлены."
    return Words(
        "Кто-то подбирает пароль", text, after="Если это были Вы, подождите 15 минут или задайте новый пароль."
    )


def _new_browser(session: ScopedSession, sign_in_id: int) -> Words | None:
    opened = session.get(SignIn, sign_in_id)
    if opened is None:
        return None
    text = f"В Вашу учётную запись вошли с нового устройства: {browser_words(opened.browser)}."
    return Words("Новый вход на портал", text, "/devices", _NOT_ME)


def _factor_changed(session: ScopedSession, user_id: int) -> Words | None:
    text = "Способы второго шага входа в Вашу учётную запись изменились: добавлен или удалён один из них."
    return _plain(session, user_id, "Изменился второй шаг входа", text, "/factors")


def _identity_changed(session: ScopedSession, user_id: int) -> Words | None:
    text = "В Вашей учётной записи изменился вход через внешнюю учётную запись: привязка добавлена или удалена."
    return _plain(session, user_id, "Изменился способ входа", text, "/devices")


def _factor_reset(session: ScopedSession, user_id: int) -> Words | None:
    text = "Администратор сбросил второй шаг входа в Вашу учётную запись. При следующем входе настройте его заново."
    return _plain(session, user_id, "Второй шаг входа сброшен", text)


def _plain(session: ScopedSession, user_id: int, subject: str, text: str, link: str = "") -> Words | None:
    account = session.get(UserAccount, user_id)
    return None if account is None else Words(subject, text, link, _NOT_ME)


def _living(session: ScopedSession, link_id: int) -> SecretLink | None:
    link = session.get(SecretLink, link_id)
    return link if link is not None and link.used_at is None and link.expires_at > now() else None


LETTERS: Mapping[str, Writer] = {
    PASSWORD_LETTER: _reset,
    RESET_DONE_LETTER: _replaced,
    EMAIL_LETTER: _new_email,
    EMAIL_UNDO_LETTER: _email_changed,
    GUESSED_LETTER: _guessed,
    NEW_BROWSER_LETTER: _new_browser,
    CHANGED_LETTER: _factor_changed,
    IDENTITY_LETTER: _identity_changed,
    RESET_LETTER: _factor_reset,
}
"""Every letter of accounts; the worker adds them to its writers."""
