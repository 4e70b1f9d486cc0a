"""The doctor: is the database right, are the roles weak enough, does the queue answer, can files be written."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from tempfile import TemporaryFile

import redis
from sqlalchemy import select, text

from migrations import apply
from portal.config import Settings
from portal.database_login import faults_of_login
from portal.operations import sealing
from portal.operations.queue import connection
from tenants.accounts.view_sweep import refused_sweeps
from tenants.db import REGISTRY, Level, Scope, connect, transaction
from tenants.errors import DomainError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.roadmaps import events
from tenants.subjects import log, replay
from tenants.submissions import states


@dataclass(frozen=True)
class Check:
    """One answer of the doctor."""

    name: str
    ok: bool
    said: str


def report(settings: Settings, *, as_json: bool, records: bool = False) -> int:
    """Print the checks; exit code 1 when one of them fails.

    With `records` the states of all months and plans are rebuilt from their events and the seals of all journals are
    checked: minutes for a large region.
    """
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    checks = [_try("база", _database), _try("схема", lambda: _schema(settings)), _try("роли", _roles)]
    checks += [_try("очередь", lambda: _queue(settings)), _try("папка данных", lambda: _folder(settings))]
    checks += [_try("уничтожение", _destruction), _try("просмотры", _views)]
    if records:
        checks += [_try("состояния", _states), _try("журналы", lambda: _journals(settings))]
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
        faults = faults_of_login(session)
    if faults:
        raise DomainError(f"вход DATABASE_URL может обойти защиту строк: {'; '.join(faults)}")
    return "вход без лишних прав"


def _queue(settings: Settings) -> str:
    if not settings.redis_url:
        raise DomainError("не задана REDIS_URL")
    try:
        connection(settings.redis_url).ping()
    except redis.RedisError as error:
        raise DomainError("Redis не отвечает; задания ждут в базе") from error
    return "отвечает"


def _destruction() -> str:
    lines = log.lines_of()
    if people := replay.revived(lines):
        raise DomainError(
            f"восстановленная копия вернула данные участников: {people}; выполните portal data replay-destruction"
        )
    return f"актов в журнале {len(lines)}, никто не вернулся"


def _views() -> str:
    with transaction(REGISTRY.reading()) as session:
        refused = refused_sweeps(session)
    if refused:
        codes = ", ".join(place.code for place in refused)
        raise DomainError(f"цепь журнала просмотров нарушена, старые записи не удалены: {codes}; portal audit verify")
    return "журналы просмотров очищаются в срок"


def _states() -> str:
    wrong = 0
    for scope in _scopes(OrganizationKind.REGION):
        with transaction(scope) as session:
            wrong += len(states.deviations(session)) + len(events.check_states(session))
    if wrong:
        raise DomainError(f"не сходятся с событиями: {wrong}")
    return "сходятся с событиями"


def _journals(settings: Settings) -> str:
    verdict = sealing.verify(settings.data_dir)
    if verdict.broken:
        raise DomainError(f"нарушено: {len(verdict.broken)}; подробности: portal audit verify")
    return "печати целы"


def _scopes(*kinds: OrganizationKind) -> list[Scope]:
    with transaction(REGISTRY.reading()) as session:
        places = session.scalars(select(Organization).where(Organization.kind.in_(kinds))).all()
    level = Level.REGION if kinds == (OrganizationKind.REGION,) else Level.ORGANIZATION
    return [Scope(level, place.region_id, place.district_id, place.id, read_only=True) for place in places]


def _folder(settings: Settings) -> str:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=settings.data_dir) as probe:
        probe.write(b"ok")
    return str(settings.data_dir)
