"""Draws a sent month for its reviewer: what changed, the questions, the remarks, the events."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.context import actor, db
from portal.forms import Form
from portal.submissions import words
from portal.submissions.blueprint import Chosen, choose_of, windows_by_month
from portal.submissions.origin import origin
from portal.submissions.schemas import NoteForm, ReopenForm, ReturnForm
from reports import differences
from reports.month_views.review import ChangedCell, Waiting, cells_for_review, waiting_months
from reports.month_views.sheets import Begun, begun_around, months_on_time, read_sheet
from reports.month_views.totals import history_of
from reports.months import Sheet
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization
from tenants.periods import Month
from tenants.submissions import policy, queries
from tenants.submissions.models import EventKind, Face, Place, Status, SubmissionEvent
from tenants.submissions.remarks import RemarkDraft

WHOLE: Place = ("", "", "")


@dataclass(frozen=True)
class Reviewed:
    """A frozen month before its reviewer."""

    shown: Sheet
    place: Organization
    cells: list[ChangedCell]
    notes: dict[Place, RemarkDraft]
    queue: list[Waiting]
    chosen: Chosen
    on_time: int
    """How many months in a row before this one were handed in on time."""
    may_review: bool

    @property
    def id(self) -> int:
        """Return the submission's id."""
        return self.shown.submission.id

    @property
    def month(self) -> Month:
        """Return the period."""
        return Month.of(self.shown.submission.period_start)

    @property
    def waits(self) -> bool:
        """Return whether the actor has to decide."""
        return self.may_review and self.shown.state.status in (Status.SENT, Status.IN_REVIEW)


def reviewed(submission_id: int, revision_n: int | None = None) -> Reviewed:
    """Return a month as it was sent last, or in an earlier revision.

    Raises:
        NotFoundError: it is out of reach, or nothing has been sent yet.

    """
    windows = windows_by_month(db())
    place, begun = begun_around(db(), submission_id, windows)
    one = next((one for one in begun.values() if one.submission.id == submission_id), None)
    if place is None or one is None:
        raise NotFoundError
    if not one.state.revision_n:
        raise NotFoundError("Школа ещё ничего не отправила за этот месяц.")
    history = history_of(db(), place.id, one.opened.edition.code, one.month)
    before = begun.get(one.month.previous)
    shown = read_sheet(db(), one, before, history, place.kind.value, revision_n=revision_n or one.state.revision_n)
    may_review = policy.may_review(actor(), one.submission)
    queue, notes = _own_work(one) if may_review else ([], {})
    changes = differences.changes_in(shown.revision) if shown.revision else {}
    return Reviewed(
        shown,
        place,
        cells_for_review(shown, changes, history, set(notes)),
        notes,
        queue,
        choose_of(windows, str(one.month)),
        months_on_time(begun, one.month),
        may_review=may_review,
    )


def _own_work(one: Begun) -> tuple[list[Waiting], dict[Place, RemarkDraft]]:
    """Return the queue a month stands in, empty where it waits no more, and what the reviewer has noted on it."""
    queue = []
    if one.state.status in (Status.SENT, Status.IN_REVIEW):
        queue = waiting_months(db(), one.submission.window_id, actor().organization.id)
    if any(line.submission_id == one.submission.id and not line.note_count for line in queue):
        return queue, {}
    return queue, {note.place: note for note in queries.noted_remarks(db(), one.submission.id)}


def review_page(found: Reviewed, form: Form | None = None, *, note_at: Place | None = None) -> ResponseReturnValue:
    """Draw a month for review."""
    shown, show = found.shown, request.args.get("show", "")
    changed = [cell for cell in found.cells if cell.changed]
    quiet = [cell for cell in changed if cell.usual]
    rows = found.cells if show == "all" else changed if show == "quiet" else [one for one in changed if not one.usual]
    at = next((n for n, one in enumerate(found.queue) if one.submission_id == found.id), None)
    events = queries.events_of(db(), found.id, organization_id=found.place.id)
    page = render_template(
        "submissions/review.html",
        found=found,
        shown=shown,
        standing=shown.state,
        rows=rows,
        changed=len(changed),
        total=len(found.cells),
        quiet=len(quiet) if not show else 0,
        show=show,
        position=None if at is None else at + 1,
        before=found.queue[at - 1] if at else None,
        after=found.queue[at + 1] if at is not None and at + 1 < len(found.queue) else None,
        word=words.state_word(shown.submission, shown.state),
        late=_late_words(found),
        remarks=_sent_remarks(found),
        events=_event_lines(events),
        on_time=found.on_time,
        brief=_brief(found),
        return_form=form if form and isinstance(form.schema, ReturnForm) else Form(ReturnForm),
        note_form=form if form and isinstance(form.schema, NoteForm) else Form(NoteForm),
        reopen_form=form if form and isinstance(form.schema, ReopenForm) else Form(ReopenForm),
        note_at=note_at or _asked_place(),
        title_of=lambda place: words.cell_title(shown.definition, place, shown.kind),
        column_title=words.column_title,
        number_text=words.number_text,
        period_nav=found.chosen.nav("submissions.matrix"),
    )
    return page, 422 if form is not None and form.errors else 200


def _asked_place() -> Place | None:
    return parse_place(request.args["note"]) if "note" in request.args else None


def parse_place(text: str) -> Place:
    """Read «раздел.строка.графа»; empty text is the whole month.

    Raises:
        NotFoundError: it is neither.

    """
    if not text:
        return WHOLE
    parts = text.split(".")
    if len(parts) != len(WHOLE):
        raise NotFoundError("Такой ячейки в отчёте нет.")
    return parts[0], parts[1], parts[2]


def _late_words(found: Reviewed) -> str:
    state = found.shown.state
    if state.on_time or state.first_sent_at is None:
        return "вовремя"
    late = (state.first_sent_at.date() - state.due_at.date()).days
    return f"с опозданием {words.days(max(late, 1))}"


def _sent_remarks(found: Reviewed) -> dict[Place, list[queries.Said]]:
    remarks: dict[Place, list[queries.Said]] = {}
    if found.shown.state.returned_at is None:
        return remarks
    for said in queries.remarks_of(db(), found.id):
        remarks.setdefault(said.remark.place, []).append(said)
    return remarks


def _event_lines(events: Sequence[SubmissionEvent]) -> list[dict[str, str]]:
    lines = []
    for event in reversed(events):
        number = f" {event.revision_n}" if event.kind is EventKind.SENT else ""
        reason = f": {event.reason}" if event.reason else ""
        lines.append(
            {"text": f"{formats.short_moment(event.at)}. {event.kind.label}{number}{reason}", "who": event.actor_name}
        )
    return lines


def _brief(found: Reviewed) -> list[tuple[str, str, str]]:
    """Return kind, words and note of «Коротко»."""
    questions = found.shown.findings
    adjusted = [one for one in found.cells if one.cell.face is Face.ADJUSTED]
    manual = [one for one in found.cells if one.cell.face is Face.MANUAL]
    lines = [("ok", "Ошибок нет", "")]
    if questions:
        explained = all(one.explanation for one in questions)
        note = "с ответом школы" if len(questions) == 1 else "все с ответом школы"
        lines.append(("question", f"Вопросов {len(questions)}", note if explained else "есть без ответа"))
    if adjusted:
        cell = adjusted[0].cell
        note = f"{words.number_text(cell.value)} вместо {words.number_text(cell.computed)}"
        lines.append(("adjusted", f"Поправок {len(adjusted)}", note if len(adjusted) == 1 else ""))
    if manual:
        lines.append(("manual", f"Вручную {len(manual)}", f"из {len(found.cells)} ячеек"))
    return lines


def revision_drawer(found: Reviewed, place: Place) -> dict[str, object]:
    """Return «Откуда число» of a frozen cell: numbers of records, never names."""
    shown = found.shown
    if shown.revision is None or place not in shown.cells:
        raise NotFoundError("Такой ячейки в отчёте нет.")
    section, row, column = place
    url = url_for(".revision_cell", submission_id=found.id, section=section, row=row, column=column)
    change = next((one.change for one in found.cells if one.place == place), None)
    told = origin(db(), shown, place, change, named=False, endpoint_url=url)
    cell = shown.cells[place]
    return {
        "origin": told,
        "cell": cell,
        "title": words.cell_title(shown.definition, place, shown.kind),
        "value": words.number_text(cell.text_value if cell.value is None else cell.value),
        "opens": False, "by_hand": False, "adjustable": False,
        "questions": [one for one in shown.findings if one.cells[0] == place],
        "remarks": [], "narrow": [], "forms": {}, "place": place,
    }  # fmt: skip
