"""`portal users create` and `portal users invite`."""

import argparse
import getpass
import os
import sys

from portal.accounts.invite_cli import register_invite
from portal.config import Settings
from tenants.accounts.commands import NewAccount, create_account, grant_role
from tenants.accounts.models import Role
from tenants.accounts.people import presume_same
from tenants.db import REGISTRY, connect, transaction
from tenants.errors import DomainError
from tenants.organizations.queries import organization_by_code

_NAME_PARTS = (2, 3)


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of accounts."""
    users = groups.add_parser("users", help="учётные записи").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    create = users.add_parser("create", help="создать учётную запись; пароль из PORTAL_PASSWORD или с клавиатуры")
    create.add_argument("--email", required=True, help="адрес почты, он же имя входа")
    create.add_argument("--name", required=True, help="«Фамилия Имя Отчество»")
    create.add_argument("--organization", required=True, help="код организации")
    create.add_argument("--role", required=True, choices=[role.value for role in Role], help="роль")
    create.set_defaults(run=_create)
    register_invite(users)


def _create(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment().need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    parts = arguments.name.split(maxsplit=2)
    if len(parts) not in _NAME_PARTS:
        raise DomainError("Имя указано неверно. Пример: «Соколова Елена Викторовна».")
    password = os.environ.get("PORTAL_PASSWORD") or getpass.getpass("Пароль: ")
    with transaction(REGISTRY) as session:
        place = organization_by_code(session, arguments.organization)
        new = NewAccount(arguments.email, parts[0], parts[1], parts[2] if parts[2:] else "", password)
        account = create_account(session, new)
        presume_same(session, account, place.region_id)
        grant_role(session, account, place, Role(arguments.role))
    sys.stdout.write(f"Создана учётная запись для «{place.name_short}».\n")
    return 0
