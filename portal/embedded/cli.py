"""Commands of the embedded servers, and of the demonstration that runs on them."""

import argparse
import sys
from pathlib import Path

from portal.demonstration.cli import register_actions
from portal.embedded.postgres import postgres_status, start_postgres, stop_postgres
from portal.embedded.run import run_demo
from portal.embedded.valkey import start_valkey, stop_valkey, valkey_status


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `portal servers …` and `portal demo …`."""
    servers = groups.add_parser("servers", help="встроенные PostgreSQL и Valkey в каталоге").add_subparsers(
        required=True, metavar="ДЕЙСТВИЕ"
    )
    for name, run, words in (
        ("start", _start, "запустить; работают, пока их не остановят"),
        ("stop", _stop, "остановить"),
        ("status", _status, "показать, что запущено; код 1, если запущено не всё"),
    ):
        action = servers.add_parser(name, help=words)
        action.add_argument("--dir", type=Path, default=Path("var/demo"), help="каталог данных, по умолчанию var/demo")
        action.set_defaults(run=run)
    register_demo(groups.add_parser("demo", help="демонстрация").add_subparsers(required=True, metavar="ДЕЙСТВИЕ"))


def register_demo(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the actions of `portal demo`."""
    run = actions.add_parser("run", help="показать весь месяц: серверы, схема, данные, месяц, затем портал до Ctrl-C")
    run.add_argument("--once", action="store_true", help="закончить после месяца, портал не запускать")
    run.add_argument("--keep-servers", action="store_true", help="не останавливать PostgreSQL и Valkey в конце")
    run.set_defaults(run=lambda chosen: run_demo(chosen.once, keep_servers=chosen.keep_servers))
    register_actions(actions)


def _start(arguments: argparse.Namespace) -> int:
    postgres = start_postgres(arguments.dir / "postgres")
    postgres.release()
    valkey = start_valkey(arguments.dir / "valkey")
    valkey.release()
    return _status(arguments)


def _stop(arguments: argparse.Namespace) -> int:
    # The queue first: what it holds stands in the database anyway.
    stopped = {"Valkey": stop_valkey(arguments.dir / "valkey"), "PostgreSQL": stop_postgres(arguments.dir / "postgres")}
    for name, done in stopped.items():
        sys.stdout.write(f"{name}: {'остановлен' if done else 'не был запущен'}\n")
    return 0


def _status(arguments: argparse.Namespace) -> int:
    postgres, valkey = postgres_status(arguments.dir / "postgres"), valkey_status(arguments.dir / "valkey")
    for name, address in (
        ("PostgreSQL", postgres and postgres.admin_url),
        ("Valkey", valkey and valkey.url),
    ):
        sys.stdout.write(f"{name}: {address or 'не запущен'}\n")
    return 0 if postgres and valkey else 1
