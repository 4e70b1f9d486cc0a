"""`portal users invite`: the first administrator, invited by nobody."""

import argparse
import sys

from portal.config import Settings
from portal.notices.sending import send_letter
from tenants.accounts import invitations
from tenants.accounts.models import Role
from tenants.db import REGISTRY, connect, transaction
from tenants.notices.commands import LetterBell
from tenants.organizations.queries import organization_by_code


def register_invite(users: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command to those of accounts."""
    invite = users.add_parser("invite", help="пригласить по почте; пароль человек придумает сам")
    invite.add_argument("--email", required=True, help="адрес почты, он же имя входа")
    invite.add_argument("--organization", required=True, help="код организации")
    invite.add_argument("--role", required=True, choices=[role.value for role in Role], help="роль")
    invite.set_defaults(run=_invite)


def _invite(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment().need("database_url", "secret_key")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    if settings.smtp_url:
        # No worker need run yet: the letter leaves here, and stays for the worker where the server is away.
        LetterBell.ring = staticmethod(send_letter)
    with transaction(REGISTRY) as session:
        place = organization_by_code(session, arguments.organization)
        invitation = invitations.invite_first(session, place, Role(arguments.role), arguments.email)
        link = f"{settings.address.rstrip('/')}/invitation/{invitations.token_of(invitation)}"
    sys.stdout.write(f"Приглашение в «{place.name_short}» создано, ссылка действует трое суток.\n")
    if settings.smtp_url.startswith("folder:"):
        sys.stdout.write(f"Письмо: {settings.smtp_url.removeprefix('folder:')}\n")
    elif settings.smtp_url:
        sys.stdout.write("Письмо отправлено на указанный адрес.\n")
    else:
        sys.stdout.write(f"Почта не настроена (SMTP_URL). Передайте ссылку сами: {link}\n")
    return 0
