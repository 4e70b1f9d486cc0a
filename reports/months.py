"""A month from start to sending: collect, check, send, and the sheet that screens and documents show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from reports import differences
from reports.controls import check
from reports.editions.definition import CellKey, CellValue, EditionDefinition
from reports.editions.parts import Level, place
from reports.filling import Filled, fill
from reports.forms import definition_of
from tenants import journal
from tenants.accounts.actor import Actor
from tenants.errors import ConflictError, Difference, ForbiddenError
from tenants.organizations.queries import organization_in_reach
from tenants.submissions import commands, policy, queries
from tenants.submissions.commands import OpenFinding
from tenants.submissions.models import (
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionCell,
    SubmissionState,
    SubmissionWindow,
)
from tenants.submissions.remarks import Explanation
from tenants.submissions.states import locked


@dataclass(frozen=True)
class Sheet:
    """One month as it is shown: a draft, or a frozen revision."""

    submission: Submission
    state: SubmissionState
    window: SubmissionWindow
    definition: EditionDefinition
    kind: str
    """Kind of the organization: chooses columns and their names."""
    revision: Revision | None
    """None for the draft."""
    cells: Mapping[Place, SubmissionCell | RevisionCell]
    previous: Mapping[Place, Decimal | None]
    """Numbers of the period before; empty where there was none."""
    findings: tuple[OpenFinding, ...]
    """Of a draft as the controls say now; of a revision as they stood when it was sent (questions with answers)."""


def start_month(session: Session, actor: Actor, window_id: int) -> Submission:
    """Begin a month and fill it from the records; a month that was begun is returned as it stands."""
    submission = commands.start_submission(session, actor, window_id)
    if submission.computed_at is None:
        fill(session, submission.id)
        _count_findings(session, submission.id)
    return submission


def recompute(session: Session, actor: Actor, submission_id: int) -> Filled:
    """Fill a month from the records again and count what the controls say.

    Raises:
        WrongStateError: the month is not with the school.

    """
    submission, _ = locked(session, submission_id)
    if not policy.may_fill(actor, submission):
        raise ForbiddenError("Отчёт за месяц ведёт куратор или директор организации.")
    filled = fill(session, submission_id)
    _count_findings(session, submission_id)
    if filled.changed or filled.lapsed:
        counts = {"changed": len(filled.changed), "lapsed": len(filled.lapsed)}
        journal.record(session, actor, "submission.recomputed", submission, **counts)
    else:
        journal.nothing_changed()
    return filled


def check_month(session: Session, submission_id: int) -> tuple[OpenFinding, ...]:
    """Return what the controls say of the stored draft, errors first, each question with the school's answer."""
    submission, _ = queries.submission_with_state(session, submission_id)
    definition = definition_of(session, submission.edition_id)
    values = {key: queries.value_of(cell) for key, cell in queries.cells_of(session, submission_id).items()}
    return _findings(session, submission, definition, values)


def send_month(session: Session, actor: Actor, submission_id: int) -> Revision:
    """Fill once more, check, freeze and hand in what the curator has seen.

    Raises:
        ConflictError: records have changed since the numbers on screen were computed; it names the cells.
        InvalidError: a cell is empty, an error stands, or a question has no answer.
        WrongStateError: the month is not with the school.

    """
    submission, _ = locked(session, submission_id)
    if not policy.may_send(actor, submission):
        raise ForbiddenError("Отправить отчёт может куратор или директор организации.")
    seen = {key: cell.value for key, cell in queries.cells_of(session, submission_id).items()}
    filled = fill(session, submission_id)
    if filled.changed and submission.computed_at is not None and seen:
        raise ConflictError(
            "С последнего пересчёта записи изменились. Посмотрите новые числа и отправьте снова.",
            _moved(session, submission_id, seen, filled),
        )
    findings = check_month(session, submission_id)
    changes = differences.frozen_changes(session, submission_id)
    return commands.send_submission(session, actor, submission_id, findings=findings, changes=changes)


def sheet(session: Session, submission_id: int, *, revision_n: int | None = None) -> Sheet:
    """Return a month for showing; `revision_n` chooses a frozen revision, None the draft.

    A reviewer shows revisions only: the draft may still move.
    """
    submission, state = queries.submission_with_state(session, submission_id)
    definition = definition_of(session, submission.edition_id)
    revision = None if revision_n is None else queries.revision_of(session, submission_id, revision_n)
    cells: Mapping[Place, SubmissionCell | RevisionCell]
    if revision is None:
        cells = queries.cells_of(session, submission_id)
        values = {key: queries.value_of(cell) for key, cell in cells.items()}
        findings = _findings(session, submission, definition, values)
    else:
        cells = queries.revision_cells(session, revision.id)
        findings = frozen_findings(revision)
    return Sheet(
        submission=submission,
        state=state,
        window=commands.window_of(session, submission),
        definition=definition,
        kind=organization_in_reach(session, submission.organization_id).kind.value,
        revision=revision,
        cells=cells,
        previous=previous_values(session, submission) or {},
        findings=findings,
    )


def previous_values(session: Session, submission: Submission) -> dict[CellKey, Decimal | None] | None:
    """Return the numbers of the period before by place; None where the organization had no month then."""
    before = queries.previous_submission(session, submission)
    if before is None:
        return None
    return {key: cell.value for key, cell in queries.reported_cells(session, before.id).items()}


def _findings(
    session: Session, submission: Submission, definition: EditionDefinition, values: Mapping[CellKey, CellValue]
) -> tuple[OpenFinding, ...]:
    return findings_of(
        definition,
        values,
        previous_values(session, submission),
        period=submission.period_start.month,
        kind=organization_in_reach(session, submission.organization_id).kind.value,
        answers=lambda: queries.explanations_of(session, submission.id),
    )


def findings_of(
    definition: EditionDefinition,
    values: Mapping[CellKey, CellValue],
    before: Mapping[CellKey, CellValue] | None,
    *,
    period: int,
    kind: str,
    answers: Callable[[], Mapping[str, Explanation]],
) -> tuple[OpenFinding, ...]:
    """Return what the controls say of numbers, errors first; `answers` is asked only where there is a question."""
    found = check(definition, values, None if before is None else dict(before), period=period, kind=kind)
    given = answers() if any(finding.level is Level.QUERY for finding in found) else {}
    return tuple(
        OpenFinding(
            control_id=finding.control_id,
            level=finding.level.value,
            message=finding.message,
            cells=finding.cells,
            condition_key=finding.condition_key,
            explanation=given[finding.condition_key].text if finding.condition_key in given else "",
        )
        for finding in sorted(found, key=lambda finding: finding.level is not Level.ERROR)
    )


def frozen_findings(revision: Revision) -> tuple[OpenFinding, ...]:
    """Return the questions as they stood when a revision was sent, with the school's answers."""
    return tuple(_thawed(stored) for stored in revision.findings)


def _count_findings(session: Session, submission_id: int) -> None:
    findings = check_month(session, submission_id)
    submission, _ = queries.submission_with_state(session, submission_id)
    submission.error_count = sum(1 for finding in findings if finding.level == Level.ERROR.value)
    submission.query_count = sum(
        1 for finding in findings if finding.level == Level.QUERY.value and not finding.explanation
    )


def recount_findings(session: Session, actor: Actor, submission_id: int) -> tuple[OpenFinding, ...]:
    """Count errors and open questions after a number or an answer was entered, and return all findings."""
    submission, _ = locked(session, submission_id)
    if not policy.may_fill(actor, submission):
        raise ForbiddenError("Отчёт за месяц ведёт куратор или директор организации.")
    _count_findings(session, submission_id)
    return check_month(session, submission_id)


def _moved(
    session: Session, submission_id: int, seen: Mapping[Place, Decimal | None], filled: Filled
) -> tuple[Difference, ...]:
    now = queries.cells_of(session, submission_id)
    return tuple(
        Difference(place(key).capitalize(), _shown(now[key].value), _shown(seen.get(key))) for key in filled.changed
    )


def _shown(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _thawed(stored: Mapping[str, object]) -> OpenFinding:
    plain = dict(stored)
    cells = plain.pop("cells", [])
    return OpenFinding(cells=tuple((s, r, c) for s, r, c in cells), **plain)  # type: ignore[arg-type,attr-defined] # frozen by to_json
