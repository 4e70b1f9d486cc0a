"""Birthdays that change who signs: from fourteen the child too, from eighteen the person alone."""

from datetime import date, timedelta
from enum import StrEnum

CHILD_SIGNS_AT = 14
ADULT_AT = 18
AHEAD = timedelta(days=30)
"""So long before a birthday the school is told."""


class AgeTask(StrEnum):
    """What a birthday asks for."""

    CHILD_SIGNS = "child_signs"
    OWN_CONSENT = "own_consent"

    @property
    def label(self) -> str:
        """Return what is to be done."""
        return "14 лет: подписывает и ребёнок" if self is AgeTask.CHILD_SIGNS else "18 лет: нужно своё согласие"

    @property
    def age(self) -> int:
        """Return the age that asks for it."""
        return CHILD_SIGNS_AT if self is AgeTask.CHILD_SIGNS else ADULT_AT


def birthday(born_on: date, age: int) -> date:
    """Return the day an age is reached; who was born on 29 February reaches it on 1 March of a common year."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def born_by(day: date, age: int) -> date:
    """Return the last birth date with which an age is reached by a day: `birthday(born_on, age) <= day` for SQL."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:
        return date(day.year - age, 2, 28)


def age_task(born_on: date | None, day: date, *, by_representative: bool, child_signed: bool) -> AgeTask | None:
    """Return what a birthday of the next thirty days, or one that has passed, asks of a consent in force.

    `day` is today in the school's zone: a birthday begins at midnight there.
    """
    if born_on is None or not by_representative:
        return None
    if birthday(born_on, ADULT_AT) <= day + AHEAD:
        return AgeTask.OWN_CONSENT
    if not child_signed and birthday(born_on, CHILD_SIGNS_AT) <= day + AHEAD:
        return AgeTask.CHILD_SIGNS
    return None


def outgrown(born_on: date | None, day: date, *, by_representative: bool) -> bool:
    """Return whether a representative's consent has lost its force: the person is of age."""
    return born_on is not None and by_representative and birthday(born_on, ADULT_AT) <= day
