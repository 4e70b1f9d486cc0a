"""`portal demo seed` and `portal demo month`."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict

from portal.config import Settings
from portal.demonstration.month import Told, tell_month
from portal.demonstration.seeding import SEED, Wish, seed_region
from tenants.errors import DomainError


def register_actions(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions that fill the demonstration."""
    seed = actions.add_parser("seed", help="создать регион «demo» для показа; второй раз только скажет, что он есть")
    seed.add_argument("--size", choices=("small", "region"), default="small", help="small – 12 организаций")
    seed.add_argument("--seed", type=int, default=SEED, help="число, от которого зависят все данные")
    seed.add_argument("--factor", type=float, default=1.0, help="размер большого региона: 0.1, 1 или 5")
    seed.add_argument("--json", action="store_true", help="ответить в JSON")
    seed.set_defaults(run=_seed)
    month = actions.add_parser(
        "month", help="провести месяц от дорожной карты до сводного отчёта; повторно – показать его"
    )
    month.add_argument("--json", action="store_true", help="ответить в JSON")
    month.set_defaults(run=_month)


def _seed(arguments: argparse.Namespace) -> int:
    if not 0 < arguments.factor <= 10:
        raise DomainError("Размер региона: число больше 0 и не больше 10.")
    if not os.environ.get("IDENTITY_KEY"):
        raise DomainError("Не задана переменная окружения IDENTITY_KEY (не короче 16 знаков).")
    done = seed_region(Settings.from_environment(), Wish(arguments.size, arguments.seed, arguments.factor))
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(done), ensure_ascii=False) + "\n")
        return 0
    word = "создан" if done.new else "уже есть"
    counts = f"организаций {done.organizations}, сотрудников {done.users}"
    rows = f", записей {done.rows}" if done.new else ""
    sys.stdout.write(f"Регион «demo» {word}: {counts}{rows}.\n")
    return 0


def _month(arguments: argparse.Namespace) -> int:
    told = tell_month(Settings.from_environment())
    if arguments.json:
        sys.stdout.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
        return 0
    sys.stdout.write("".join(f"{line}\n" for line in _table(told)))
    return 0


def _table(told: Told) -> Iterator[str]:
    yield f"{told.month[:1].upper()}{told.month[1:]}" + ("" if told.new else " уже проведён:")
    titles = max(len(line.title) for line in told.lines)
    results = max(len(line.result) for line in told.lines)
    for line in told.lines:
        seconds = f"{line.seconds:.1f}".replace(".", ",")
        yield f"  {line.title:<{titles}}  {line.result:<{results}}  {seconds:>5} с"
    yield f"  {'Всего':<{titles}}  {'':<{results}}  {told.seconds:>5.1f} с".replace(".", ",")
    yield "Файлы:"
    yield from (f"  {path}" for path in told.files)
