"""Birthdays at 14 and 18: leap days, the thirty days before, the zone of the school, and the states that follow."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tenants import clock
from tenants.participants.ages import AgeTask, age_task, birthday, born_by, outgrown
from tenants.participants.consents import ConsentState, state_of_consent, usual_giver
from tenants.participants.models import Consent, Giver

BORN = date(2012, 12, 20)
FOURTEEN = date(2026, 12, 20)


@pytest.mark.parametrize(
    ("born_on", "age", "day"),
    [
        (date(2012, 2, 29), 14, date(2026, 3, 1)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(2012, 2, 28), 14, date(2026, 2, 28)),
        (date(2012, 12, 31), 18, date(2030, 12, 31)),
    ],
)
def test_a_leap_day_comes_on_the_first_of_march(born_on: date, age: int, day: date) -> None:
    assert birthday(born_on, age) == day


@pytest.mark.parametrize("age", [14, 18])
def test_who_is_of_age_is_told_by_the_birth_date_as_by_the_birthday(age: int) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(3 * 366)]

    for day in days:
        last = born_by(day, age)
        assert birthday(last, age) <= day < birthday(last + timedelta(days=1), age), day


@pytest.mark.parametrize(
    ("before", "task"),
    [(31, None), (30, AgeTask.CHILD_SIGNS), (0, AgeTask.CHILD_SIGNS), (-400, AgeTask.CHILD_SIGNS)],
)
def test_the_task_stands_from_thirty_days_before_until_it_is_done(before: int, task: AgeTask | None) -> None:
    day = FOURTEEN - timedelta(days=before)

    assert age_task(BORN, day, by_representative=True, child_signed=False) is task
    assert age_task(BORN, day, by_representative=True, child_signed=True) is None
    assert age_task(BORN, day, by_representative=False, child_signed=False) is None
    assert age_task(None, day, by_representative=True, child_signed=False) is None


def test_at_eighteen_the_signature_of_the_child_is_not_enough() -> None:
    day = birthday(BORN, 18)

    assert age_task(BORN, day - timedelta(days=30), by_representative=True, child_signed=True) is AgeTask.OWN_CONSENT
    assert not outgrown(BORN, day - timedelta(days=1), by_representative=True)
    assert outgrown(BORN, day, by_representative=True)
    assert not outgrown(BORN, day, by_representative=False)


def test_a_birthday_begins_at_midnight_of_the_school() -> None:
    """At 20:30 in Moscow it is the next day in Vladivostok already."""
    clock.travel(datetime(2030, 12, 19, 17, 30, tzinfo=UTC))

    states = {zone: usual_giver(BORN, clock.today(zone)) for zone in ("Europe/Moscow", "Asia/Vladivostok")}

    assert states == {"Europe/Moscow": Giver.REPRESENTATIVE, "Asia/Vladivostok": Giver.SELF}


@pytest.mark.parametrize(
    ("giver", "until", "withdrawn", "state"),
    [
        (Giver.REPRESENTATIVE, None, None, ConsentState.OUTGROWN),
        (Giver.SELF, None, None, ConsentState.OK),
        (Giver.REPRESENTATIVE, date(2030, 1, 1), None, ConsentState.EXPIRED),
        (Giver.REPRESENTATIVE, None, date(2030, 1, 1), ConsentState.WITHDRAWN),
    ],
)
def test_the_state_on_the_eighteenth_birthday(
    giver: Giver, until: date | None, withdrawn: date | None, state: ConsentState
) -> None:
    row = Consent(given_on=date(2026, 9, 1), given_by=giver, valid_until=until, withdrawn_on=withdrawn)

    assert state_of_consent(row, BORN, birthday(BORN, 18)) is state
