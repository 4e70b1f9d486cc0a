"""`portal windows open`, `portal edition load`."""

import argparse
import sys
from pathlib import Path

from sqlalchemy import select

from portal.config import Settings
from reports.editions.loading import MAX_BYTES
from reports.forms import load_edition, load_seeds
from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, connect, transaction
from tenants.errors import InvalidError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.periods import Month
from tenants.submissions.windows import open_windows_due


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of months and forms."""
    windows = groups.add_parser("windows", help="сдача отчётов").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    opening = windows.add_parser("open", help="открыть сдачу за месяц")
    opening.add_argument("--month", required=True, help="месяц, например 2026-10")
    opening.add_argument("--region", help="код региона; без него – во всех регионах")
    opening.set_defaults(run=_open_windows)
    edition = groups.add_parser("edition", help="формы отчётов").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    load = edition.add_parser("load", help="загрузить форму из файла TOML, JSON или XML (шаблон Росстата)")
    load.add_argument("file", metavar="FILE", nargs="?", help="описание формы; без него – формы из поставки")
    load.add_argument("--region", help="код региона; без него – единственный регион")
    load.add_argument("--draft", action="store_true", help="оставить черновиком: показатели привяжут на экране")
    load.set_defaults(run=_load_edition)


def _connect() -> None:
    settings = Settings.from_environment().need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=2)


def _open_windows(arguments: argparse.Namespace) -> int:
    month = Month.parse(arguments.month)
    _connect()
    if arguments.region:
        _administrator_of(arguments.region)
    opened = open_windows_due(arguments.region, month)
    sys.stdout.write(f"За {month.title} открыто окон сдачи: {opened}.\n")
    return 0


def _load_edition(arguments: argparse.Namespace) -> int:
    file = _read(Path(arguments.file)) if arguments.file else None
    _connect()
    actor = _administrator_of(arguments.region)
    with transaction(actor.scope) as session:
        loaded = (
            [load_edition(session, actor, *file, publish=not arguments.draft)] if file else load_seeds(session, actor)
        )
        lines = [f"Форма «{one.title}», код {one.code}, редакция {one.version}: {one.status.label}." for one in loaded]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _read(path: Path) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            return path.name, file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InvalidError(f"Файл {path} не читается.") from error


def _administrator_of(code: str | None) -> Actor:
    """Return the portal itself as the administrator of a region."""
    query = select(Organization).where(Organization.kind == OrganizationKind.REGION)
    with transaction(REGISTRY.reading()) as session:
        found = session.scalars(query.where(Organization.code == code) if code else query).all()
        if not found:
            raise InvalidError(f"Региона «{code}» нет." if code else "Регионов пока нет: portal region create.")
        if len(found) > 1:
            raise InvalidError("Регионов несколько: укажите --region КОД.")
        return system_actor(workplace(found[0]), Role.REGION_ADMIN)
