"""`portal demo seed` and `portal demo month`."""

import argparse
import json
import os
import sys
from dataclasses import asdict

from portal.config import Settings
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


def _seed(arguments: argparse.Namespace) -> int:
    if not 0 < arguments.factor <= 10:  # noqa: PLR2004 - more than ten large regions do not fit on a machine
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
