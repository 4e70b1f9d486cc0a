"""`portal audit verify`: are the journals what they were when they were sealed."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from portal.config import Settings
from portal.operations import sealing
from tenants.db import connect
from tenants.errors import DomainError


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of the audit."""
    audit = groups.add_parser("audit", help="журналы").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    verify = audit.add_parser("verify", help="проверить цепи журналов; код 1, если что-то не сходится")
    verify.add_argument("--organization", action="append", default=[], metavar="КОД", help="только эти организации")
    verify.add_argument(
        "--heads",
        action="append",
        default=[],
        type=Path,
        metavar="ФАЙЛ",
        help=f"{sealing.HEADS} другой машины или хранимый отдельно; можно несколько раз",
    )
    verify.add_argument("--json", action="store_true", help="ответ в JSON")
    verify.set_defaults(run=_verify)


def _verify(arguments: argparse.Namespace) -> int:
    settings = Settings.from_environment().need("database_url")
    if absent := next((path for path in arguments.heads if not path.is_file()), None):
        raise DomainError(f"Файла {absent} нет. Укажите, где лежит {sealing.HEADS}.")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    verdict = sealing.verify(settings.data_dir, arguments.organization, arguments.heads)
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False) + "\n")
    else:
        for sentence in verdict.broken:
            sys.stdout.write(f"НАРУШЕНО  {sentence}\n")
        for name in ("organizations", "entries", "seals"):
            sys.stdout.write(f"figure audit_{name}={getattr(verdict, name)}\n")
        sys.stdout.write(f"figure audit_broken={len(verdict.broken)}\n")
    return 1 if verdict.broken else 0
