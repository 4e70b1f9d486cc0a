"""On which days a pair met: often in term, rarely in summer, never on a weekend."""

from datetime import date, timedelta
from random import Random

from portal.demonstration.pairs import AS_OF, Pair

_PER_MONTH = {9: 3.6, 10: 3.6, 11: 4.6, 12: 3.0, 1: 2.6, 2: 3.4, 3: 3.6, 4: 3.6, 5: 2.8, 6: 1.1, 7: 0.5, 8: 0.7}
"""Mean number of meetings of a usual pair by month."""
_BEGINNING = ("acquaintance", "trial", "planning")
_SATURDAY = 5


def days_of(pair: Pair, rng: Random, calm: float = 1.0) -> list[tuple[date, str]]:
    """Return day and kind of the meetings of a pair, in their order."""
    zeal = rng.uniform(0.65, 1.35) * calm
    last = (pair.end or AS_OF + timedelta(days=1)) - timedelta(days=1)
    if pair.quiet_from is not None:
        last = min(last, pair.quiet_from - timedelta(days=1))
    days: list[date] = []
    day = pair.start + timedelta(days=rng.randint(0, 3))
    while day <= last:
        if day.weekday() >= _SATURDAY:
            day += timedelta(days=7 - day.weekday())
            continue
        days.append(day)
        gap = rng.expovariate(_PER_MONTH[day.month] * zeal / 30)
        day += timedelta(days=max(2, min(40, round(gap))))
    kinds = [*_BEGINNING[: len(days)], *("work" for _ in days[len(_BEGINNING) :])]
    if pair.outcome == "completed" and len(days) > len(_BEGINNING):
        kinds[-1] = "final"
    return list(zip(days, kinds, strict=True))
