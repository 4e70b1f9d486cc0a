"""Which months a change of records on a day reaches: drafts are counted anew, what was sent stays as it was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from tenants.db import ScopedSession
from tenants.periods import Month
from tenants.submissions.models import Edition, Submission, SubmissionState, SubmissionWindow


@dataclass(frozen=True)
class MonthReached:
    """One month of the acting school."""

    submission_id: int
    month: Month
    draft: bool
    """Still with the school: its numbers follow the records."""
    frozen: bool
    """One revision at least was sent: it stays for good."""
    changes: bool
    """A draft whose cut lies on the day or after it."""


def months_reached(session: ScopedSession, day: date) -> Sequence[MonthReached]:
    """Return the acting school's months with what a change on a day does to them, oldest first."""
    rows = session.execute(
        select(Submission.id, SubmissionWindow.period_start, SubmissionWindow.cut_on, SubmissionState)
        .join(SubmissionWindow, SubmissionWindow.id == Submission.window_id)
        .join(Edition, Edition.id == SubmissionWindow.edition_id)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(Submission.organization_id == session.scope.organization_id, Edition.code == "monthly")
        .order_by(SubmissionWindow.period_start)
    )
    return [
        MonthReached(
            key,
            Month.of(start),
            draft=state.status.with_school,
            frozen=bool(state.revision_n),
            changes=state.status.with_school and cut_on >= day,
        )
        for key, start, cut_on, state in rows
    ]
