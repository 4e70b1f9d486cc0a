"""Send letters: through the mail server of SMTP_URL, or into a folder (the demonstration shows them there)."""

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import structlog

from portal.config import Settings
from portal.notices.letters import WRITERS, Words
from portal.staff.letters import invitation_letter
from tenants import clock
from tenants.accounts.invitations import LETTER
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError
from tenants.notices import commands

WRITERS[LETTER] = invitation_letter
_TIMEOUT_SECONDS = 20
_log = structlog.get_logger("portal.letters")


def send_letter(letter_id: int) -> None:
    """Send one letter by the number of its row; one that is sent, dropped or held by another worker is left alone."""
    held = commands.claim_letter(letter_id)
    if held is None:
        return
    settings = Settings.from_environment()
    try:
        with transaction(REGISTRY.reading()) as session:
            words = WRITERS[held.kind](session, held.subject_id)
        if words is not None:
            _carrier(settings)(message(settings, held.to_email, words, f"{held.letter_id}.{held.kind}"))
    except (OSError, smtplib.SMTPException, DomainError, KeyError) as error:
        commands.postpone_letter(held, type(error).__name__)
        _log.warning("letter_postponed", letter=held.letter_id, kind=held.kind, error=type(error).__name__)
        return
    commands.finish_letter(held, sent=words is not None)


def message(settings: Settings, to_email: str, words: Words, name: str) -> EmailMessage:
    """Return the letter as a plain text message in Russian.

    Raises:
        DomainError: a link is to be sent and PORTAL_ADDRESS does not say where the portal is; an address taken from
            the request could be a forger's.

    """
    if words.link and not settings.address:
        raise DomainError("Не задана переменная окружения PORTAL_ADDRESS.")
    made = EmailMessage()
    made["Subject"] = words.subject
    made["From"] = settings.mail_from
    made["To"] = to_email
    made["Date"] = formatdate(clock.now().timestamp())
    made["Message-ID"] = make_msgid(name, domain=urlsplit(settings.address).hostname or "portal.invalid")
    made["Auto-Submitted"] = "auto-generated"
    link = settings.address.rstrip("/") + words.link if words.link else ""
    parts = [words.text, link, words.after, "Это письмо отправил портал наставничества. Отвечать на него не нужно."]
    made.set_content("\n\n".join(part for part in parts if part) + "\n", cte="quoted-printable")
    return made


def _carrier(settings: Settings) -> Callable[[EmailMessage], None]:
    where = urlsplit(settings.smtp_url)
    if where.scheme == "folder":
        folder = Path(unquote(where.path))
        return lambda made: _keep(folder, made)
    if where.scheme in ("smtp", "smtps") and where.hostname:
        return lambda made: _post(settings.smtp_url, made)
    raise DomainError("SMTP_URL: smtp://имя:пароль@сервер:587, smtps://… или folder:/папка.")


def _post(url: str, made: EmailMessage) -> None:
    where = urlsplit(url)
    tls = parse_qs(where.query).get("tls", ["auto"])[0]
    context = ssl.create_default_context()
    host, secure = where.hostname or "", where.scheme == "smtps"
    if secure:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, where.port or 465, timeout=_TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, where.port or 587, timeout=_TIMEOUT_SECONDS)
    with server:
        server.ehlo()
        # A password never crosses an open line; a relay on this machine may do without both.
        if not secure and (server.has_extn("starttls") or tls == "always" or where.username):
            server.starttls(context=context)
            server.ehlo()
        if where.username:
            server.login(unquote(where.username), unquote(where.password or ""))
        server.send_message(made)


def _keep(folder: Path, made: EmailMessage) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = made["Message-ID"].strip("<>").partition("@")[0]
    draft = folder / f"{name}.new"
    draft.write_bytes(made.as_bytes())
    draft.replace(folder / f"{name}.eml")
