"""`portal migrate`, apart from the other commands: every start of an installation waits for it, so it loads little."""

import argparse
import sys

from migrations import apply
from portal.config import Settings


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command that brings the schema up to date."""
    migrate = groups.add_parser("migrate", help="привести базу к последней схеме (DATABASE_ADMIN_URL)")
    migrate.add_argument("--to", default="head", help="шаг схемы; -1 – на шаг назад")
    migrate.set_defaults(run=_migrate)


def _migrate(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment().need("database_admin_url", "database_url")
    apply.migrate(settings.database_admin_url, settings.database_url, role_prefix=settings.role_prefix, to=arguments.to)
    sys.stdout.write(f"Схема базы: {apply.newest()}\n")
    return 0
