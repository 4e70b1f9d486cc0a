"""Steps of a month over HTTP that several journeys share."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event, select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.submissions import queries
from tenants.submissions.models import Place, Status, Submission, SubmissionCell
from tests.conftest import Seat
from tests.factories.tree import actor_of

SignIn = Callable[[Role, Organization], Seat]
PAIRS: Place = ("1", "2", "3")
JOINED, JOINED_PUPILS = ("1", "9", "3"), ("1", "9", "4")
MONTH = "submissions/month/2026-10"


def page(seat: Seat, path: str, status: int = 200) -> str:
    answer = seat.get(path)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, text[-3000:]
    return html.unescape(text)


def month_of(place: Organization) -> tuple[Submission, Status, int]:
    with transaction(actor_of(place).scope.reading()) as session:
        submission = session.scalars(select(Submission).order_by(Submission.id.desc())).first()
        assert submission is not None
        _, state = queries.submission_with_state(session, submission.id)
        return submission, state.status, state.revision_n


def cell_of(place: Organization, where: Place) -> SubmissionCell:
    with transaction(actor_of(place).scope.reading()) as session:
        found = queries.cell_at(session, month_of(place)[0].id, where)
        assert found is not None
        return found


def cell_path(submission: Submission, where: Place, step: str = "") -> str:
    return f"submissions/{submission.id}/cells/{'/'.join(where)}" + (f"/{step}" if step else "")


def raise_by_one(seat: Seat, where: Place, reason: str = "Двое пришли 24 числа, записи ещё не внесены") -> None:
    cell = cell_of(seat.place, where)
    assert cell.computed is not None
    data = {"value": str(cell.computed + 1), "reason": reason, "until": "30.11.2026", "version": cell.version}
    assert seat.post(cell_path(month_of(seat.place)[0], where, "adjust"), data=data).status_code == 303


def answers(seat: Seat) -> dict[str, str]:
    text = page(seat, f"submissions/{month_of(seat.place)[0].id}/check")
    return dict.fromkeys(re.findall(r'name="(answer-[^"]+)"', text), "Проверено по журналу наставника")


def begin(seat: Seat) -> Submission:
    assert seat.post(f"{MONTH}/start").status_code == 303
    return month_of(seat.place)[0]


def sent(seat: Seat) -> Submission:
    submission = begin(seat)
    assert seat.post(f"submissions/{submission.id}/send", data=answers(seat)).status_code == 303
    return submission


@contextmanager
def counted() -> Iterator[list[str]]:
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(Engine, "before_cursor_execute", note)
