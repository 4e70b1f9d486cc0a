"""`portal demo month`: one month of the main job, from a roadmap in Word to the region's report and a federal form."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from portal.config import Settings
from portal.demonstration import month_people, month_plan, month_reports, month_submissions
from portal.demonstration.cast import Cast, clock_put_back, load_cast, moment
from portal.demonstration.history import NOW
from portal.demonstration.seeding import REGION
from tenants import clock, journal
from tenants.db import connect, transaction
from tenants.errors import DomainError, NotFoundError
from tenants.journal import JournalEntry
from tenants.periods import Month

MARK = "demonstration.month_done"
SCHOOL = "tihiy-plyos"
"""The school whose month is told from its beginning."""
_MORNING = datetime(2026, 11, 21, 6, 35, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One line of the table: what was done, how much, how long it took."""

    title: str
    result: str
    seconds: float


@dataclass(frozen=True)
class Told:
    """The month as it is told."""

    month: str
    new: bool
    lines: tuple[Line, ...]
    files: tuple[str, ...]
    seconds: float


Act = tuple[str, Callable[[Cast, Path], str]]
ACTS: tuple[Act, ...] = (
    ("Дорожная карта из Word прочитана", month_plan.read_plan),
    ("Вопросы о сроках сняты, карта отправлена", month_plan.answer_and_send),
    ("Отдел вернул карту с замечанием", month_plan.send_back),
    ("Школа исправила, отдел утвердил приказом", month_plan.correct_and_approve),
    ("Участники вставлены из таблицы", month_people.paste_people),
    ("Пары, группы и встречи записаны", month_people.pair_people),
    ("Отчёты школ собраны, проверены, отправлены", month_submissions.hand_in_all),
    ("Отдел принял, один отчёт вернул", month_submissions.review_all),
    ("Школа исправила, отдел принял", month_submissions.correct_returned),
    ("Свод региона", month_submissions.add_up),
    ("Сводный отчёт региона: PDF и XLSX", month_reports.regional),
    ("Федеральная форма школы: XML и XLSX", month_reports.federal),
)
"""What happens in the month, in its order; each act may be run twice."""


def tell_month(settings: Settings) -> Told:
    """Let the month happen, or say what it did where it has happened already.

    Raises:
        DomainError: the small region is not there.

    """
    settings.need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=4)
    out = settings.data_dir / "out"
    cast = _cast()
    known = out / "month.json"
    if _happened(cast) and known.exists():
        return _read(known)
    out.mkdir(parents=True, exist_ok=True)
    with _in_november():
        told = _tell(cast, out)
    known.write_text(json.dumps(asdict(told), ensure_ascii=False, indent=1), encoding="utf-8")
    return told


def _cast() -> Cast:
    try:
        with _in_november():
            cast = load_cast(REGION)
    except NotFoundError as error:
        raise DomainError("Региона «demo» ещё нет. Создайте его: portal demo seed.") from error
    if SCHOOL not in cast.places:
        raise DomainError("Месяц показывают на малом регионе: portal demo seed --size small.")
    return cast


def _tell(cast: Cast, out: Path) -> Told:
    begun = time.monotonic()
    lines = []
    for title, act in ACTS:
        started = time.monotonic()
        result = act(cast, out)
        lines.append(Line(title, result, round(time.monotonic() - started, 2)))
    actor = cast.admin
    with transaction(actor.scope) as session:
        journal.record(session, actor, MARK, None)
    files = tuple(str(path) for path in sorted(out.iterdir()) if path.suffix in (".pdf", ".xlsx", ".xml", ".docx"))
    return Told(NOW.title, True, tuple(lines), files, round(time.monotonic() - begun, 1))


def _happened(cast: Cast) -> bool:
    with transaction(cast.admin.scope.reading()) as session:
        return session.scalars(select(JournalEntry.id).where(JournalEntry.event == MARK).limit(1)).first() is not None


def _read(path: Path) -> Told:
    found = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(Line(**line) for line in found["lines"])
    return Told(found["month"], False, lines, tuple(found["files"]), found["seconds"])


@contextmanager
def _in_november() -> Iterator[None]:
    """Stay in the demonstration's month: a clock that shows another one is moved for as long as it takes."""
    if Month.of(clock.today()) == NOW and clock.now() > moment(_MORNING.date(), 0):
        yield
        return
    with clock_put_back():
        clock.travel(_MORNING)
        yield
