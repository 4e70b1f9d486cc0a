"""Words of a month's state, deadline and numbers, the same on every screen."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal import formats
from reports.editions.definition import Column, EditionDefinition
from reports.month_views.matrix import MatrixLine, Standing
from tenants import clock
from tenants.roadmaps.models import RoadmapStatus
from tenants.roadmaps.queries import Standing as PlanStanding
from tenants.submissions.models import Place, Submission, SubmissionState, SubmissionWindow


@dataclass(frozen=True)
class Word:
    """A state as the component `state` draws it."""

    kind: str
    text: str
    loud: bool = False


def standing_word(line: MatrixLine) -> Word:
    """Return how a month stands, with its date or how far it has come."""
    if line.submission is None or line.state is None:
        return _late(line) or Word("none", "не начато")
    if line.standing is Standing.DRAFT:
        return _late(line) or Word("draft", f"черновик, {draft_word(line.submission)}")
    return state_word(line.submission, line.state)


def state_word(submission: Submission, state: SubmissionState) -> Word:
    """Return the word of a month that somebody has begun."""
    if state.accepted_revision_n is not None and state.status.with_school:
        return Word("ok", "принято, исправляется")
    words = {
        "draft": lambda: Word("draft", f"черновик, {draft_word(submission)}"),
        "returned": lambda: Word("returned", f"возвращено {formats.short_day(state.returned_at)}", loud=True),
        "sent": lambda: Word("sent", "ждёт проверки"),
        "in_review": lambda: Word("sent", "на проверке"),
        "accepted": lambda: Word("ok", "принято"),
    }
    return words[state.status.value]()


def draft_word(submission: Submission) -> str:
    """Return what a draft still lacks."""
    if submission.filled_count < submission.cell_count or not submission.cell_count:
        return f"{submission.filled_count} из {submission.cell_count}"
    if submission.error_count:
        return formats.counted(submission.error_count, "ошибка", "ошибки", "ошибок")
    if submission.query_count:
        return formats.counted(submission.query_count, "вопрос", "вопроса", "вопросов")
    return "заполнен"


def _late(line: MatrixLine) -> Word | None:
    if not line.days_late:
        return None
    return Word("late", f"нет, опаздывает {days(line.days_late)}", loud=True)


def days(count: int) -> str:
    """Return "2 дня"."""
    return formats.counted(count, "день", "дня", "дней")


def plan_word(standing: PlanStanding | None) -> Word:
    """Return how an organization's roadmap stands."""
    if standing is None:
        return Word("none", "не начата")
    if standing.status is RoadmapStatus.RETURNED:
        return Word("returned", f"возвращена {formats.short_day(standing.decided_at)}", loud=True)
    if standing.status is RoadmapStatus.SENT:
        return Word("sent", "на согласовании")
    if standing.in_force:
        return Word("ok", "утверждена" if standing.status is RoadmapStatus.APPROVED else "утверждена, правится")
    return Word("draft", "черновик")


def time_left(window: SubmissionWindow, zone: str) -> str:
    """Return "осталось 4 дня" with the due day, or that the day is over."""
    today = clock.today(zone)
    left = (window.due_on - today).days
    if window.closed_at is not None:
        return "сдача закрыта"
    if left > 0:
        return f"{formats.plural(left, 'остался', 'осталось', 'осталось')} {days(left)}"
    return "сегодня последний день" if left == 0 else f"прошёл {days(-left)} назад"


def deadline(window: SubmissionWindow, zone: str) -> str:
    """Return the same as a line of its own: «Осталось 4 дня, до 25.11, 23:59», «Срок прошёл 25.10, 3 дня назад»."""
    left = (window.due_on - clock.today(zone)).days
    if window.closed_at is None and left < 0:
        return f"Срок прошёл {window.due_on:%d.%m}, {days(-left)} назад"
    words = time_left(window, zone)
    return f"{words[:1].upper()}{words[1:]}, до {due_text(window)}"


def due_text(window: SubmissionWindow) -> str:
    """Return "25.11, 23:59"."""
    return f"{window.due_on:%d.%m}, 23:59"


def ago(moment: object, now: object) -> str:
    """Return "3 мин назад", "2 ч назад" or "5 дн. назад" for two instants."""
    passed: timedelta = now - moment  # type: ignore[operator]  # two aware instants
    minutes = int(passed.total_seconds() // 60)
    if minutes < 1:
        return "только что"
    hours, most_minutes, most_hours = minutes // 60, 60, 48
    if minutes < most_minutes:
        return f"{minutes} мин назад"
    return f"{hours} ч назад" if hours < most_hours else f"{passed.days} дн. назад"


def column_title(column: Column, kind: str | None = None) -> str:
    """Return the heading of a column in one line and in lower case: «ученик – ученик»."""
    words = " ".join(column.name_for(kind).split())
    return words[:1].lower() + words[1:]


def cell_title(definition: EditionDefinition, place: Place, kind: str | None = None) -> str:
    """Return "Строка 02 · наставнических пар · всего"."""
    section = definition.section(place[0])
    code = place[1].split("#")[0]
    row = next(one for one in section.rows if one.code == code)
    column = next(one for one in section.columns if one.code == place[2])
    return f"Строка {row.number} · {row.name[:1].lower()}{row.name[1:]} · {column_title(column, kind)}"


def number_text(value: Decimal | str | None) -> str:
    """Return a cell's content for reading."""
    return value if isinstance(value, str) else formats.number(value, _places(value))


def typed_number(value: Decimal | str | None) -> str:
    """Return a cell's content as a person types it."""
    return "" if value is None else str(value).replace(".", ",")


def _places(value: Decimal | None) -> int:
    exponent = 0 if value is None else value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def sent_number(period_start: date, submission_id: int, revision_n: int) -> str:
    """Return the number a sending is called by: «2026-11-0043/2»."""
    return f"{period_start:%Y-%m}-{submission_id:04d}" + (f"/{revision_n}" if revision_n > 1 else "")
