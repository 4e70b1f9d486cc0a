"""November's submissions: filled, checked, adjusted, sent, reviewed, added up."""

from pathlib import Path

from sqlalchemy import select

from portal.demonstration import steps
from portal.demonstration.cast import Cast
from portal.demonstration.history import NOW
from portal.demonstration.steps import Change
from portal.demonstration.words import seeded, words
from portal.operations.worker import run_waiting
from reports.rollup import totals
from tenants import clock
from tenants.db import transaction
from tenants.submissions.models import Status, Submission

RETURNED, ADJUSTED = "kedrovsk6", "tihiy-plyos"
LEFT_OUT = ("sosh12", "bobrovka")
"""Left to those who look: a draft with an error, and a school that has not begun."""
_REMARK = "Встреч больше, чем дней в месяце у двух пар. Проверьте журнал встреч."
_ANSWER = "Проверили: две встречи были записаны дважды, число исправлено."
_ANSWER_DAYS = 3


def hand_in_all(cast: Cast, out: Path) -> str:
    """Fill, answer and send the months of everybody but those who are left to the visitor."""
    del out
    rng = seeded("november")
    sent = 0
    for code in cast.reporting:
        status = steps.status_of(cast, code, NOW)
        if code in LEFT_OUT or status not in (None, Status.DRAFT):
            continue
        steps.begin(cast, code, NOW)
        if code == ADJUSTED:
            steps.adjust(cast, code, NOW, [Change("4", 2)], words("words", "adjustment_reasons")[1])
        steps.hand_in(cast, code, NOW, rng)
        sent += 1
    with transaction(cast.admin.scope.reading()) as session:
        cells = session.scalars(select(Submission.cell_count).where(Submission.period_start == NOW.first)).all()
    return f"отправлено {sent}, ячеек {sum(cells)}"


def review_all(cast: Cast, out: Path) -> str:
    """Take what was sent; return one month, accept the others."""
    del out
    accepted = returned = 0
    for code in cast.reporting:
        if steps.status_of(cast, code, NOW) not in (Status.SENT, Status.IN_REVIEW):
            continue
        steps.take(cast, code, NOW)
        if code == RETURNED and not returned:
            until = clock.today().replace(day=clock.today().day + _ANSWER_DAYS)
            steps.send_back(cast, code, NOW, _REMARK, until)
            returned += 1
        else:
            steps.accept(cast, code, NOW)
            accepted += 1
    return f"принято {accepted}, возвращено {returned}"


def correct_returned(cast: Cast, out: Path) -> str:
    """Let the school mend the returned month and the district accept it."""
    del out
    if steps.status_of(cast, RETURNED, NOW) is not Status.RETURNED:
        return "уже исправлен"
    steps.answer(cast, RETURNED, NOW, _ANSWER)
    revision = steps.hand_in(cast, RETURNED, NOW, seeded("november again"))
    steps.take(cast, RETURNED, NOW)
    steps.accept(cast, RETURNED, NOW)
    return f"редакция {revision}"


def add_up(cast: Cast, out: Path) -> str:
    """Do the jobs that the acceptances asked for, and read the region's coverage."""
    del out
    run_waiting()
    actor = cast.admin
    with transaction(actor.scope.reading()) as session:
        found = totals(session, steps.window_of(session, NOW), actor.organization.id)
    pairs = found.sums["1", "2", "3"].value
    return f"{found.organization_count} из {found.expected_count}, пар {pairs:.0f}"
