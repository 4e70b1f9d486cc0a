"""The doctor: is the database right, are the roles weak enough, does the queue answer, can files be written."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile

import redis
from sqlalchemy import text

from migrations import apply
from portal.config import Settings
from portal.operations.queue import connection
from tenants.db import REGISTRY, connect, transaction
from tenants.errors import DomainError


@dataclass(frozen=True)
class Check:
    """One answer of the doctor."""

    name: str
    ok: bool
    said: str


def report(settings: Settings, *, as_json: bool) -> int:
    """Print the checks; exit code 1 when one of them fails."""
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    checks = [_try("база", _database), _try("схема", lambda: _schema(settings)), _try("роли", _roles)]
    checks += [_try("очередь", lambda: _queue(settings)), _try("папка данных", lambda: _folder(settings))]
    if as_json:
        sys.stdout.write(json.dumps([asdict(check) for check in checks], ensure_ascii=False) + "\n")
    else:
        for check in checks:
            sys.stdout.write(f"{'исправно' if check.ok else 'ОШИБКА '}  {check.name}: {check.said}\n")
    return 0 if all(check.ok for check in checks) else 1


def _try(name: str, check: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, said=check())
    except DomainError as error:
        return Check(name, ok=False, said=str(error))
    except Exception as error:  # noqa: BLE001 - the doctor's answer is that it failed, and how
        return Check(name, ok=False, said=f"нет ответа ({type(error).__name__})")


def _database() -> str:
    with transaction(REGISTRY.reading()) as session:
        return str(session.scalar(text("show server_version")))


def _schema(settings: Settings) -> str:
    if not settings.database_admin_url:
        return "не проверена: не задана DATABASE_ADMIN_URL"
    if apply.pending(settings.database_admin_url):
        raise DomainError("не последняя; выполните portal migrate")
    return str(apply.newest())


def _roles() -> str:
    with transaction(REGISTRY.reading()) as session:
        powerful = session.scalar(
            text("select rolsuper or rolbypassrls or rolinherit from pg_roles where rolname = session_user")
        )
    if powerful:
        raise DomainError("вход DATABASE_URL может обойти защиту строк")
    return "вход без лишних прав"


def _queue(settings: Settings) -> str:
    if not settings.redis_url:
        raise DomainError("не задана REDIS_URL")
    try:
        connection(settings.redis_url).ping()
    except redis.RedisError as error:
        raise DomainError("Redis не отвечает; задания ждут в базе") from error
    return "отвечает"


def _folder(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=settings.data_dir) as probe:
        probe.write(b"ok")
    return str(settings.data_dir)
