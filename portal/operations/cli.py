"""Commands that run the portal: serve, worker, schedule, doctor."""

import argparse
import os
import sys

from portal.config import Settings
from portal.operations import doctor, schedule, worker

THREADS = 8
"""How many requests a process of the web server answers at once."""


def register(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands of operation."""
    serve = groups.add_parser("serve", help="запустить веб-сервер")
    serve.add_argument("--host", default="127.0.0.1", help="адрес, по умолчанию 127.0.0.1")
    serve.add_argument("--port", type=int, default=8000, help="порт, по умолчанию 8000")
    serve.add_argument("--workers", type=int, default=2, help="число процессов")
    serve.set_defaults(run=_serve)
    work = groups.add_parser("worker", help="запустить исполнителя заданий")
    work.add_argument("--burst", action="store_true", help="выполнить накопленное и завершиться")
    work.set_defaults(run=_work)
    plan = groups.add_parser("schedule", help="запустить расписание: окна сдачи, потерянные задания, печати журнала")
    plan.add_argument("--once", action="store_true", help="один проход")
    plan.set_defaults(run=_schedule)
    check = groups.add_parser("doctor", help="проверить базу, роли, очередь, папку данных")
    check.add_argument("--records", action="store_true", help="также сверить состояния с событиями и печати журналов")
    check.add_argument("--json", action="store_true", help="ответ в JSON")
    check.set_defaults(run=_doctor)


def _serve(arguments: argparse.Namespace) -> int:
    Settings.from_environment().need("database_url", "secret_key")
    command = ["gunicorn", "--worker-class", "gthread", "--threads", str(THREADS)]
    command += ["--workers", str(arguments.workers)]
    command += ["--bind", f"{arguments.host}:{arguments.port}", "--access-logfile", "/dev/null"]
    command += ["--preload", "--graceful-timeout", "20", "portal.wsgi:app"]
    os.execv(sys.executable, [sys.executable, "-m", *command])  # noqa: S606 - our own interpreter, our own words


def _work(arguments: argparse.Namespace) -> int:
    return worker.work(Settings.from_environment().need("database_url", "redis_url"), burst=arguments.burst)


def _schedule(arguments: argparse.Namespace) -> int:
    return schedule.run(Settings.from_environment().need("database_url", "redis_url"), once=arguments.once)


def _doctor(arguments: argparse.Namespace) -> int:
    return doctor.report(
        Settings.from_environment().need("database_url"), as_json=arguments.json, records=arguments.records
    )
