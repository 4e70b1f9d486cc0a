"""Steps of a month as the people on both sides take them: each is one transaction of the portal's own commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from portal.demonstration.cast import Cast
from portal.demonstration.words import words
from reports import months
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.errors import NotFoundError
from tenants.periods import Month
from tenants.submissions import commands, entries, queries, review
from tenants.submissions.entries import Adjustment
from tenants.submissions.models import Place, Status
from tenants.submissions.review import Return

MEETINGS = "12"
TOTAL = "3"


@dataclass(frozen=True)
class Change:
    """Meetings that the journal of a school lacks, by column of the form."""

    column: str
    more: int


def window_of(session: Session, month: Month) -> int:
    """Return the window of the monthly form.

    Raises:
        NotFoundError: the month is not opened.

    """
    found = queries.window_of_month(session, month)
    if found is None:
        raise NotFoundError(f"Сдача за {month.title} не открыта.")
    return found.window.id


def begin(cast: Cast, code: str, month: Month) -> int:
    """Begin a month, or find it begun; returns its id."""
    actor = cast.curator(code)
    with transaction(actor.scope) as session:
        return months.start_month(session, actor, window_of(session, month)).id


def adjust(cast: Cast, code: str, month: Month, changes: Sequence[Change], reason: str) -> None:
    """Report more meetings than are written down: in the columns and in the total that controls compare with them."""
    actor, submission_id = cast.curator(code), begin(cast, code, month)
    with transaction(actor.scope) as session:
        cells = queries.cells_of(session, submission_id)
        more = {change.column: change.more for change in changes}
        more[TOTAL] = sum(more.values())
        for column, count in more.items():
            cell = cells["1", MEETINGS, column]
            value = (cell.computed or Decimal(0)) + count
            entries.adjust(session, actor, submission_id, cell.place, Adjustment(value, reason))
        months.recount_findings(session, actor, submission_id)


def hand_in(cast: Cast, code: str, month: Month, rng: Random) -> int:
    """Fill a month, answer every question of the controls and send it; returns the number of the revision."""
    actor, submission_id = cast.curator(code), begin(cast, code, month)
    with transaction(actor.scope) as session:
        months.recompute(session, actor, submission_id)
        explain(session, actor, submission_id, rng)
        return months.send_month(session, actor, submission_id).n


def explain(session: Session, actor: Actor, submission_id: int, rng: Random) -> int:
    """Answer the open questions of a draft; returns how many there were."""
    asked = [one for one in months.check_month(session, submission_id) if one.level == "query" and not one.explanation]
    for finding in asked:
        entries.explain(
            session,
            actor,
            submission_id,
            control_id=finding.control_id,
            condition_key=finding.condition_key,
            cells=finding.cells,
            text=rng.choice(words("words", "explanations")),
        )
    months.recount_findings(session, actor, submission_id)
    return len(asked)


def take(cast: Cast, code: str, month: Month) -> None:
    """Let the reviewer take a month."""
    actor = cast.reviewer(code)
    with transaction(actor.scope) as session:
        review.take_into_review(session, actor, _sent(session, cast, code, month)[0])


def accept(cast: Cast, code: str, month: Month) -> None:
    """Let the reviewer accept what was sent last."""
    actor = cast.reviewer(code)
    with transaction(actor.scope) as session:
        submission_id, revision_n = _sent(session, cast, code, month)
        review.accept_submission(session, actor, submission_id, revision_n=revision_n)


def send_back(cast: Cast, code: str, month: Month, text: str, answer_by: date) -> None:
    """Let the reviewer return a month with a remark at the meetings."""
    actor = cast.reviewer(code)
    place: Place = ("1", MEETINGS, TOTAL)
    why = Return(remarks=((place, text),), answer_by=answer_by)
    with transaction(actor.scope) as session:
        submission_id, revision_n = _sent(session, cast, code, month)
        review.return_submission(session, actor, submission_id, revision_n=revision_n, why=why)


def answer(cast: Cast, code: str, month: Month, text: str) -> None:
    """Let the school answer the remarks of a returned month."""
    actor, submission_id = cast.curator(code), begin(cast, code, month)
    with transaction(actor.scope) as session:
        for said in queries.remarks_of(session, submission_id):
            if said.answer is None:
                entries.answer_remark(session, actor, said.remark.id, text)


def correct(cast: Cast, code: str, month: Month, reason: str) -> None:
    """Let the school open its accepted month for a new revision."""
    actor, submission_id = cast.curator(code), begin(cast, code, month)
    with transaction(actor.scope) as session:
        commands.correct_submission(session, actor, submission_id, reason=reason)


def status_of(cast: Cast, code: str, month: Month) -> Status | None:
    """Return where a month stands; None while it is not begun."""
    with transaction(cast.admin.scope.reading()) as session:
        found = queries.submission_in(session, window_of(session, month), cast.places[code].id)
        return None if found is None else found[1].status


def _sent(session: Session, cast: Cast, code: str, month: Month) -> tuple[int, int]:
    found = queries.submission_in(session, window_of(session, month), cast.places[code].id)
    if found is None:
        raise NotFoundError
    return found[0].id, found[1].revision_n
