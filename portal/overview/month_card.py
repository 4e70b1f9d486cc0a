"""The newest month of a school as one card: how much time is left, how the draft stands, what to mend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal import formats
from portal.context import actor
from portal.overview import words
from portal.overview.addresses import cell_link, month_link
from portal.overview.words import Link, Todo
from portal.submissions.words import Word, ago
from reports.controls import Finding
from reports.overview.school import Draft, SchoolMonth
from tenants import clock
from tenants.submissions.models import Face, Status

_FACES = (
    (Face.COMPUTED, "past", "из учёта"),
    (Face.ADJUSTED, "adjusted", "с поправкой"),
    (Face.MANUAL, "manual", "введено вручную"),
)


@dataclass(frozen=True)
class MonthCard:
    """The newest month as the card shows it."""

    title: str
    big: str
    line: str
    state: Word
    link: Link
    to_do: bool
    """Whether the school has to act: then the link is the page's filled button."""
    meter: list[tuple[str, int, str]] = field(default_factory=list)
    total: int = 0
    computed: str = ""
    todo: list[Todo] = field(default_factory=list)
    note: str = ""


def month_card(month: SchoolMonth, draft: Draft | None, today: date) -> MonthCard:
    """Return the card of a month."""
    title = f"Отчёт за {month.month.name}"
    if not month.with_school:
        return _handed_in(title, month)
    late = today > month.window.due_on
    closed = month.window.closed_at is not None
    back = month.state is not None and month.state.status is Status.RETURNED
    answer_by = month.state.answer_by if month.state else None
    return MonthCard(
        title=title,
        big="Сдача закрыта" if closed else words.left(answer_by or month.window.due_on, today),
        line=words.until_words(answer_by or month.window.due_on),
        state=_state(month, back=back, late=late),
        link=month_link("Открыть" if closed else _verb(month, draft, back=back), month),
        to_do=not closed,
        meter=_meter(draft),
        total=draft.total if draft else 0,
        computed=_computed(month),
        todo=_findings(month, draft),
        note="Отправить можно, отметка об опоздании останется." if late and not back and not closed else "",
    )


def _handed_in(title: str, month: SchoolMonth) -> MonthCard:
    state = month.state
    if state is not None and state.status is Status.ACCEPTED:
        big = f"Принят {_day(state.accepted_at)}"
        word = Word("ok", f"принято, {state.reviewer_name}" if state.reviewer_name else "принято")
    else:
        big = f"Отправлен {_day(state.sent_at if state else None)}"
        reviewed = state is not None and state.status is Status.IN_REVIEW
        word = Word("sent", f"проверяет {state.reviewer_name}" if reviewed and state else "ждёт проверки")
    on_time = state is None or state.on_time is not False
    return MonthCard(
        title, big, "в срок" if on_time else "с опозданием", word, month_link("Открыть отчёт", month), to_do=False
    )


def _day(moment: datetime | None) -> str:
    return words.day_words(moment.astimezone(ZoneInfo(actor().organization.time_zone)).date()) if moment else ""


def _state(month: SchoolMonth, *, back: bool, late: bool) -> Word:
    if back:
        return Word("returned", "возвращён на доработку", loud=True)
    if month.state is not None and month.state.accepted_revision_n is not None:
        return Word("ok", "принят, исправляется")
    if late:
        return Word("late", "не сдан", loud=True)
    return Word("none", "не начат") if month.submission is None else Word("draft", "черновик, не отправлен")


def _verb(month: SchoolMonth, draft: Draft | None, *, back: bool) -> str:
    if month.submission is None:
        return "Начать"
    if back:
        return "Исправить"
    ready = draft is not None and not (draft.empty or draft.errors or draft.questions)
    return "Проверить и отправить" if ready else "Продолжить"


def _meter(draft: Draft | None) -> list[tuple[str, int, str]]:
    if draft is None:
        return []
    parts = [(kind, draft.faces.get(face, 0), text) for face, kind, text in _FACES]
    parts.append(("gap", draft.empty, "не заполнено"))
    return [part for part in parts if part[1]]


def _computed(month: SchoolMonth) -> str:
    at = month.submission.computed_at if month.submission else None
    return f"пересчитан {ago(at, clock.now())}" if at else ""


def _findings(month: SchoolMonth, draft: Draft | None) -> list[Todo]:
    if draft is None or month.submission is None:
        return []
    found = []
    if draft.errors:
        word = formats.counted(len(draft.errors), "ошибка", "ошибки", "ошибок")
        found.append(_finding("error", word, draft.errors, "Исправить", month.submission.id))
    if draft.questions:
        word = formats.counted(len(draft.questions), "вопрос", "вопроса", "вопросов")
        found.append(_finding("question", word, draft.questions, "Ответить", month.submission.id))
    if draft.empty:
        text = f"Не заполнено ячеек: {draft.empty}"
        found.append(Todo("warn", "пусто", text, month_link("Заполнить", month)))
    return found


def _finding(kind: str, word: str, found: Sequence[Finding], action: str, submission_id: int) -> Todo:
    shown = 2
    text = " · ".join(one.message.rstrip(".") for one in found[:shown])
    more = f" · ещё\N{NO-BREAK SPACE}{len(found) - shown}" if len(found) > shown else ""
    return Todo(kind, word, text + more, cell_link(action, submission_id, found[0].cells[0]))
