"""What a reviewer looks at: the queue, and one month's changed cells beside what is usual for the school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from reports.differences import Change
from reports.editions.definition import EditionDefinition, Source
from reports.editions.parts import Column, Row, Section
from reports.months import Sheet
from tenants.organizations.models import Organization
from tenants.submissions.commands import OpenFinding
from tenants.submissions.models import (
    Face,
    Place,
    Revision,
    RevisionCell,
    Status,
    Submission,
    SubmissionState,
)
from tenants.submissions.remarks import RemarkDraft

_ENOUGH_MONTHS = 3
"""From how many known months on one may say what is usual."""


@dataclass(frozen=True)
class Waiting:
    """A month that waits for the reviewer's decision."""

    submission_id: int
    name: str
    revision_n: int
    status: Status
    on_time: bool
    sent_at: datetime
    question_count: int
    adjusted_count: int
    note_count: int

    @property
    def clean(self) -> bool:
        """Return whether nothing asks for a look: no question of the form, no adjustment, no note of the reviewer."""
        return not (self.question_count or self.adjusted_count or self.note_count)


def waiting_months(session: Session, window_id: int, reviewer_id: int) -> list[Waiting]:
    """Return what waits for a reviewer in a window, the first sent first."""
    adjusted = (
        select(func.count())
        .select_from(RevisionCell)
        .where(
            RevisionCell.organization_id == Revision.organization_id,
            RevisionCell.revision_id == Revision.id,
            RevisionCell.face != Face.COMPUTED,
        )
        .correlate(Revision)
        .scalar_subquery()
    )
    notes = (
        select(func.count())
        .select_from(RemarkDraft)
        .where(RemarkDraft.subject_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Submission.id,
            Organization.name_short,
            SubmissionState.revision_n,
            SubmissionState.status,
            SubmissionState.on_time,
            SubmissionState.sent_at,
            func.jsonb_array_length(Revision.findings),
            adjusted,
            notes,
        )
        .join(
            SubmissionState,
            and_(
                SubmissionState.organization_id == Submission.organization_id,
                SubmissionState.submission_id == Submission.id,
            ),
        )
        .join(
            Revision,
            and_(
                Revision.organization_id == Submission.organization_id,
                Revision.submission_id == Submission.id,
                Revision.n == SubmissionState.revision_n,
            ),
        )
        .join(Organization, Organization.id == Submission.organization_id)
        .where(
            Submission.window_id == window_id,
            Submission.district_id == reviewer_id,
            Submission.organization_id != reviewer_id,
            SubmissionState.status.in_((Status.SENT, Status.IN_REVIEW)),
        )
        .order_by(SubmissionState.sent_at, Submission.id)
    )
    return [Waiting(*row) for row in rows]


@dataclass(frozen=True)
class ChangedCell:
    """One cell of a sent month as the reviewer reads it."""

    place: Place
    row: Row
    column: Column
    first: bool
    """True for «Всего»."""
    cell: RevisionCell
    before: Decimal | None
    change: Change | None
    findings: tuple[OpenFinding, ...]
    usual: bool
    """Within what the school's own last months were, and nothing else speaks of it."""

    @property
    def value(self) -> Decimal | None:
        """Return what was reported."""
        return self.cell.value

    @property
    def amount(self) -> Decimal | None:
        """Return the difference; None where one of the two months has no number."""
        if self.value is None or self.before is None:
            return None
        return self.value - self.before

    @property
    def changed(self) -> bool:
        """Return whether the number differs from the month before, or something speaks of it."""
        return bool(self.value != self.before or self.findings or self.cell.face is not Face.COMPUTED)


def cells_for_review(
    shown: Sheet,
    changes: Mapping[Place, Change],
    history: Mapping[Place, Sequence[Decimal | None]],
    noted: set[Place],
) -> list[ChangedCell]:
    """Return all cells of a frozen month, row by row; `noted` are the places with a remark of the reviewer."""
    by_place: dict[Place, list[OpenFinding]] = {}
    for finding in shown.findings:
        by_place.setdefault(finding.cells[0], []).append(finding)
    found = []
    for section, row, column, first in _places(shown.definition, shown.kind):
        place = (section.code, row.code, column.code)
        cell = shown.cells.get(place)
        if not isinstance(cell, RevisionCell):
            continue
        own = tuple(by_place.get(place, ()))
        loud = bool(own) or place in noted or cell.face is not Face.COMPUTED
        usual = not loud and _is_usual(cell.value, history.get(place, ()))
        found.append(
            ChangedCell(place, row, column, first, cell, shown.previous.get(place), changes.get(place), own, usual)
        )
    return found


def _places(definition: EditionDefinition, kind: str) -> list[tuple[Section, Row, Column, bool]]:
    return [
        (section, row, column, at == 0)
        for section in definition.sections
        for row in section.rows
        for at, column in enumerate(section.columns_for(kind))
        if (cell := definition.cell((section.code, row.code, column.code))) is not None
        and cell.source is not Source.CLOSED
    ]


def _is_usual(value: Decimal | None, history: Sequence[Decimal | None]) -> bool:
    known = [one for one in history if one is not None]
    if value is None or len(known) < _ENOUGH_MONTHS:
        return False
    return min(known) <= value <= max(known)
