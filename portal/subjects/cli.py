"""`portal data …`: what falls due, carrying acts out, and replaying the log of destruction after a restore."""

import argparse
import sys
from pathlib import Path

from portal.config import Settings
from portal.operations import worker
from portal.subjects.papers import papers_of
from tenants.accounts.view_sweep import refused_sweeps
from tenants.db import REGISTRY, transaction
from tenants.errors import DomainError
from tenants.subjects import log, sweeping
from tenants.subjects.catalogue import CATALOGUE
from tenants.subjects.replay import replay, revived


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of personal data."""
    data = groups.add_parser("data", help="персональные данные: перечень, сроки, уничтожение")
    actions = data.add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    again = actions.add_parser(
        "replay-destruction", help="после восстановления из копии: уничтожить снова то, что вернулось"
    )
    again.add_argument("--log", type=Path, help="журнал уничтожения, по умолчанию PORTAL_DATA_DIR/destruction.log")
    again.set_defaults(run=_replay)
    listed = actions.add_parser("catalogue", help="показать перечень таблиц с данными об участнике")
    listed.set_defaults(run=_catalogue)
    swept = actions.add_parser(
        "sweep", help="удалить входы, попытки, ссылки, письма и ключи, чей срок истёк, и файлы без записи"
    )
    swept.set_defaults(run=_sweep)


def _replay(arguments: argparse.Namespace) -> int:
    _connect()
    if arguments.log is not None and not arguments.log.is_file():
        raise DomainError(f"Файла {arguments.log} нет.")
    lines = log.lines_of(arguments.log)
    done = replay(lines, papers_of)
    left = revived(lines)
    sys.stdout.write(
        f"Актов в журнале: {done.acts}. Вернулось участников: {done.returned}, уничтожено снова: {done.destroyed}."
        f" Актов неизвестных организаций: {done.unknown}.\nfigure revived={left}\n"
    )
    return 1 if left else 0


def _catalogue(_: argparse.Namespace) -> int:
    for holding in CATALOGUE:
        sys.stdout.write(f"{holding.table}: {holding.title}. {holding.purpose}. Видят: {holding.readers}\n")
    return 0


def _sweep(_: argparse.Namespace) -> int:
    _connect()
    for table, count in (sweeping.sweep_registry() | sweeping.sweep_regions()).items():
        sys.stdout.write(f"{table}: удалено {count}\n")
    with transaction(REGISTRY.reading()) as session:
        refused = refused_sweeps(session)
    for place in refused:
        sys.stdout.write(
            f"{place.code}: журнал просмотров не тронут, его цепь нарушена; подробности: portal audit verify\n"
        )
    return 1 if refused else 0


def _connect() -> None:
    worker.prepare(Settings.from_environment().need("database_url"))
