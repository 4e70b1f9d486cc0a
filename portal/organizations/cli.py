"""`portal region create`, `portal organizations load`."""

import argparse
import json
import sys

from portal.config import Settings
from portal.organizations import loading
from portal.organizations.sheets import changes_words, mend_words
from tenants.db import REGISTRY, connect, transaction
from tenants.organizations.commands import create_region


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of organizations."""
    region = groups.add_parser("region", help="регион").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    create = region.add_parser("create", help="создать регион")
    create.add_argument("--code", required=True, help="код в адресах, латиницей")
    create.add_argument("--name", required=True, help="полное наименование регионального центра")
    create.add_argument("--short", help="краткое наименование")
    create.add_argument("--time-zone", default="Europe/Moscow", help="часовой пояс, например Asia/Yekaterinburg")
    create.set_defaults(run=_create_region)
    register_ = groups.add_parser("organizations", help="организации").add_subparsers(required=True, metavar="ДЕЙСТВИЕ")
    load = register_.add_parser("load", help="загрузить организации из XLSX")
    load.add_argument("file", metavar="FILE.xlsx", help="таблица: код, вид, наименования, код подчинения, реквизиты")
    load.add_argument("--region", required=True, help="код региона")
    load.add_argument("--check", action="store_true", help="показать, что стало бы с каждой строкой")
    load.add_argument("--json", action="store_true", help="отчёт по строкам в виде JSON")
    load.set_defaults(run=_load)


def _connect() -> None:
    settings = Settings.from_environment().need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)


def _create_region(arguments: argparse.Namespace) -> int:
    _connect()
    with transaction(REGISTRY) as session:
        region = create_region(
            session,
            code=arguments.code,
            name=arguments.name,
            name_short=arguments.short or arguments.name,
            time_zone=arguments.time_zone,
        )
        sys.stdout.write(f"Создан регион «{region.name_short}», код {region.code}.\n")
    return 0


def _load(arguments: argparse.Namespace) -> int:
    _connect()
    result = loading.load(arguments.file, region_code=arguments.region, check=arguments.check)
    if arguments.json:
        sys.stdout.write(json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
        return 1 if result.refused else 0
    for row in result.rows if arguments.check else ():
        sys.stdout.write(f"строка {row.number}: {row.state.label}, {row.name}{changes_words(row)}\n")
    for row in result.refused:
        sys.stderr.write(f"строка {row.number}: {mend_words(row)}\n")
    words = ("Новых", "изменятся") if arguments.check else ("Создано", "обновлено")
    sys.stdout.write(
        f"{words[0]} {result.created}, {words[1]} {result.changed}, без изменений {result.same},"
        f" с ошибками {len(result.refused)}.\n"
    )
    return 1 if result.refused else 0
