"""Six months of the small region, made by the portal's own steps at the moments when they happened."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from random import Random

from portal.demonstration import offices, plans, steps, stories
from portal.demonstration.cast import Cast, Step, moment, play
from portal.demonstration.federal import load_federal
from portal.demonstration.places import Plan
from portal.demonstration.steps import Change
from portal.demonstration.stories import Picks
from portal.demonstration.words import seeded, words
from portal.operations.worker import run_waiting
from reports.forms import load_seeds
from tenants import journal
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.periods import Month
from tenants.submissions.windows import open_windows

FIRST, LAST = Month(2026, 5), Month(2026, 10)
NOW = Month(2026, 11)
MARK = "demonstration.seeded"
"""Entry of the journal that says: the history is complete."""
_CUT = 25
_ADJUSTED = {("sosh12", 6), ("sosh12", 10), ("licey-impuls", 9)}
_LATE_DAYS = (2, 3, 4)
_ANSWER = "Проверили по журналу встреч, числа верны: добавили пояснение и дополнили записи."


def play_history(cast: Cast, organizations: list[Plan], picks: Picks, seed: int) -> int:
    """Let everything happen that happened until the demonstration begins; returns how many steps."""
    rng = seeded(f"{seed}:history")
    script = [
        Step(moment(date(2026, 4, 20), 10), partial(_load_forms, cast.admin)),
        Step(moment(date(2026, 9, 21), 11), partial(load_federal, cast.admin)),
        *plans.script(cast, rng),
        *stories.script(cast, picks),
        *offices.script(cast),
        *_open_november(cast, rng),
    ]
    month = FIRST
    while month <= LAST:
        script.append(Step(moment(month.first, 6), partial(open_window, cast.admin, month)))
        place_in_year = month.month - FIRST.month
        for one in organizations:
            if one.months:
                script += _month(cast, one.code, month, one.months[place_in_year], rng)
        # What was accepted is added up by the same job as on any other day.
        script.append(Step(moment(month.next.day(12), 23), run_waiting))
        month = month.next
    script.append(Step(moment(date(2026, 11, 20), 19, 30), run_waiting))
    script.append(Step(moment(date(2026, 11, 21), 8, 45), partial(_mark, cast.admin)))
    return play(script)


def _load_forms(actor: Actor) -> None:
    with transaction(actor.scope) as session:
        load_seeds(session, actor)


def open_window(actor: Actor, month: Month) -> None:
    """Open a month as the administrator of the region does."""
    with transaction(actor.scope) as session:
        open_windows(session, actor, month)


def _mark(actor: Actor) -> None:
    with transaction(actor.scope) as session:
        journal.record(session, actor, MARK, None)


def _month(cast: Cast, code: str, month: Month, course: str, rng: Random) -> list[Step]:
    if course == "missing":
        return []
    cut = month.day(_CUT)
    sent = cut + timedelta(days=rng.choice(_LATE_DAYS)) if course == "late" else cut
    hour = rng.randint(10, 18)
    found = [Step(moment(sent - timedelta(days=2), 9), partial(steps.begin, cast, code, month))]
    if (code, month.month) in _ADJUSTED:
        change = partial(steps.adjust, cast, code, month, [Change("4", 2), Change("5", 1)], _reason(rng))
        found.append(Step(moment(sent, hour - 1), change))
    found.append(Step(moment(sent, hour), partial(steps.hand_in, cast, code, month, rng)))
    return [*found, *_REVIEWS.get(course, _accepted)(cast, code, month, sent, rng)]


def _accepted(cast: Cast, code: str, month: Month, sent: date, rng: Random) -> list[Step]:
    day = sent + timedelta(days=rng.randint(1, 3))
    hour = rng.randint(9, 17)
    return [
        Step(moment(day, hour), partial(steps.take, cast, code, month)),
        Step(moment(day, hour, rng.randint(5, 55)), partial(steps.accept, cast, code, month)),
    ]


def _returned(cast: Cast, code: str, month: Month, sent: date, rng: Random) -> list[Step]:
    day = sent + timedelta(days=rng.randint(1, 2))
    text = rng.choice(words("words", "returns"))
    return [
        Step(moment(day, 10), partial(steps.take, cast, code, month)),
        Step(moment(day, 10, 40), partial(steps.send_back, cast, code, month, text, day + timedelta(days=5))),
    ]


def _sent_back(cast: Cast, code: str, month: Month, sent: date, rng: Random) -> list[Step]:
    again = sent + timedelta(days=4)
    return [
        *_returned(cast, code, month, sent, rng),
        Step(moment(again, 11), partial(steps.answer, cast, code, month, _ANSWER)),
        Step(moment(again, 11, 20), partial(steps.hand_in, cast, code, month, rng)),
        *_accepted(cast, code, month, again, rng),
    ]


def _corrected(cast: Cast, code: str, month: Month, sent: date, rng: Random) -> list[Step]:
    later = sent + timedelta(days=10)
    reason = rng.choice(words("words", "corrections"))
    return [
        *_accepted(cast, code, month, sent, rng),
        Step(moment(later, 12), partial(steps.correct, cast, code, month, reason)),
        Step(moment(later, 12, 10), partial(steps.adjust, cast, code, month, [Change("4", 2)], _reason(rng))),
        Step(moment(later, 12, 30), partial(steps.hand_in, cast, code, month, rng)),
        *_accepted(cast, code, month, later, rng),
    ]


_REVIEWS: dict[str, Callable[[Cast, str, Month, date, Random], list[Step]]] = {
    "back": _sent_back,
    "returned": _returned,
    "fixed": _corrected,
}


def _open_november(cast: Cast, rng: Random) -> list[Step]:
    """November is under way: drafts, one of them with an error, one sent, one in review, others not begun."""
    month = NOW
    return [
        Step(moment(date(2026, 11, 1), 6), partial(open_window, cast.admin, month)),
        Step(moment(date(2026, 11, 18), 15), partial(steps.begin, cast, "kedrovsk3", month)),
        Step(moment(date(2026, 11, 18), 16), partial(steps.begin, cast, "lestehnikum", month)),
        Step(moment(date(2026, 11, 19), 14, 10), partial(stories.november_draft, cast, month)),
        Step(moment(date(2026, 11, 20), 15), partial(steps.hand_in, cast, "raduga", month, rng)),
        Step(moment(date(2026, 11, 20), 16), partial(steps.hand_in, cast, "ozera1", month, rng)),
        Step(moment(date(2026, 11, 20), 17), partial(steps.take, cast, "ozera1", month)),
    ]


def _reason(rng: Random) -> str:
    return rng.choice(words("words", "adjustment_reasons"))
