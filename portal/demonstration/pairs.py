"""Who mentors whom in an organization over two school years, drawn from a seed: pairs and groups with their people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from portal.demonstration.people import Human, Stay, any_human
from portal.demonstration.words import likely
from tenants.mentorships.catalogue import Category, MentoringForm, forms_of
from tenants.organizations.models import OrganizationKind

AS_OF = date(2026, 11, 20)
"""The last day that is written down."""
YEARS = (2025, 2026)
_NOW = YEARS[-1]
_PAIRS = {
    "student_student": 18, "teacher_teacher": 11, "head_teacher": 2, "student_pupil": 4, "employer_pupil": 5,
    "partner_teacher": 1, "employer_student": 16,
}  # fmt: skip
_GROUPS = {"student_student": 4, "teacher_teacher": 1, "student_pupil": 1, "employer_student": 2}
_USUAL = {
    ("employer_pupil", "mentor"): (Category.EMPLOYER, Category.GRADUATE, Category.PARENT),
    ("employer_student", "mentor"): (Category.EMPLOYER, Category.EMPLOYER, Category.GRADUATE),
    ("partner_teacher", "mentor"): (Category.PARTNER, Category.EMPLOYER),
}
_TEACHERS = ("teacher_teacher", "head_teacher", "partner_teacher")
_MENTOR, _MENTEE = "mentor", "mentee"
_AGAIN = {_MENTOR: 0.5, _MENTEE: 0.12}
_FRESH = date(2026, 11, 9)
"""Pairs from this day on may still wait for their order."""
_SATURDAY = 5
_SILENCE = timedelta(days=37)
_LONG_ENOUGH = 40
"""Days after which somebody may leave a group."""


@dataclass(eq=False)
class Member:
    """A person in a pair or group, in it as long as the stay says."""

    human: Human
    side: str
    stay: Stay


@dataclass(eq=False)
class Pair:
    """A pair or a group; `end` is the first day that is not counted."""

    form: MentoringForm
    year: int
    start: date
    end: date | None
    outcome: str | None
    members: list[Member] = field(default_factory=list)
    group: bool = False
    quiet_from: date | None = None
    """Open, but no meeting is written down from this day on."""
    ordered: bool = True


@dataclass
class _Pool:
    """People of one side of a form who were there before."""

    humans: list[Human] = field(default_factory=list)

    def take(self, rng: Random, chance: float, start: date, part: tuple[str, str]) -> Human | None:
        """Return somebody from before who is free on a day, or None."""
        if not self.humans or rng.random() >= chance:
            return None
        human = rng.choice(self.humans)
        busy = any(stay.end is None or stay.end > start for stay in human.stays.get(part, []))
        return None if busy or human.leaves_before(school_year(start)) else human


def draw_pairs(rng: Random, kind: OrganizationKind, scale: float) -> list[Pair]:
    """Return the pairs and groups of both school years in the order in which they began."""
    pools: dict[tuple[str, str], _Pool] = {}
    pairs: list[Pair] = []
    for year in YEARS:
        for form in forms_of(kind):
            pairs += _of_form(rng, kind, form, (year, scale), pools)
    _make_silent(rng, pairs)
    return sorted(pairs, key=lambda pair: pair.start)


def school_year(day: date) -> int:
    """Return the calendar year in which the school year of a day began."""
    return day.year if day.month >= 9 else day.year - 1


def _of_form(
    rng: Random,
    kind: OrganizationKind,
    form: MentoringForm,
    size: tuple[int, float],
    pools: dict[tuple[str, str], _Pool],
) -> list[Pair]:
    year, scale = size
    pairs = []
    weight = 0.87 if year == _NOW else 1.0
    for group, wanted in ((False, _PAIRS.get(form.code, 0)), (True, _GROUPS.get(form.code, 0))):
        for _ in range(_whole(rng, wanted * scale * weight)):
            pair = _begin(rng, form, year, group=group)
            if pair is not None:
                _fill(rng, kind, pair, pools)
                pairs.append(pair)
    return pairs


def _begin(rng: Random, form: MentoringForm, year: int, *, group: bool) -> Pair | None:
    start = _start(rng, year)
    if start > AS_OF:
        return None
    end, outcome = _end(rng, form.code, year, start)
    return Pair(form, year, start, end, outcome, group=group, ordered=start < _FRESH or not likely(rng, 0.3))


def _start(rng: Random, year: int) -> date:
    chance = rng.random()
    if chance < 0.56:
        first, days = date(year, 9, 3), 17
    elif chance < 0.78:
        first, days = date(year, 9, 26), 29
    elif chance < 0.94 or year == _NOW:
        first, days = date(year, 10, 26), 26
    else:
        first, days = date(year, 12, 1), 70
    return _workday(first + timedelta(days=rng.randrange(days)))


def _end(rng: Random, form: str, year: int, start: date) -> tuple[date | None, str | None]:
    chance = rng.random()
    if year == _NOW:
        early = start + timedelta(days=rng.randint(14, 60))
        return (_workday(early), "stopped") if chance < 0.04 and early < AS_OF else (None, None)
    stays = 0.45 if form in _TEACHERS else 0.12
    if chance < stays:
        end = _workday(date(year + 1, 9, 20) + timedelta(days=rng.randrange(200)))
        return (end, "completed") if end <= AS_OF else (None, None)
    if chance < stays + 0.1:
        return _workday(max(start, date(year, 12, 1)) + timedelta(days=rng.randint(10, 120))), "stopped"
    return _workday(date(year + 1, 5, 12) + timedelta(days=rng.randrange(40))), "completed"


def _fill(rng: Random, kind: OrganizationKind, pair: Pair, pools: dict[tuple[str, str], _Pool]) -> None:
    mentees = rng.randint(3, 5) if pair.group else 1
    for side, count in ((_MENTOR, 1), (_MENTEE, mentees)):
        for _ in range(count):
            _join(rng, kind, pair, side, pools)


def _join(rng: Random, kind: OrganizationKind, pair: Pair, side: str, pools: dict[tuple[str, str], _Pool]) -> None:
    part = (side, pair.form.code)
    pool = pools.setdefault(part, _Pool())
    human = _second_pair(rng, pair, pool, part) or pool.take(rng, _AGAIN[side], pair.start, part)
    if human is None or any(member.human is human for member in pair.members):
        human = any_human(rng, _category(rng, pair.form, side, kind), side, pair.form.code, kind, pair.year)
        pool.humans.append(human)
    stay = _stay(rng, pair, side)
    human.stays.setdefault(part, []).append(stay)
    pair.members.append(Member(human, side, stay))


def _second_pair(rng: Random, pair: Pair, pool: _Pool, part: tuple[str, str]) -> Human | None:
    """Return a mentor who already leads a pair of this year: heads lead several, groups have leaders of pairs."""
    chance = 0.9 if pair.form.code == "head_teacher" else 0.75 if pair.group else 0.06
    if part[0] != _MENTOR or rng.random() >= chance:
        return None
    leading = [
        human
        for human in pool.humans[-12:]
        if any(stay.end is None or stay.end > pair.start for stay in human.stays.get(part, []))
    ]
    return rng.choice(leading) if leading else None


def _stay(rng: Random, pair: Pair, side: str) -> Stay:
    reason = {"completed": "completed", "stopped": "left"}.get(pair.outcome or "")
    days = ((pair.end or AS_OF) - pair.start).days
    if pair.group and side == _MENTEE and days > _LONG_ENOUGH and likely(rng, 0.08):
        return Stay(pair.start, _workday(pair.start + timedelta(days=rng.randint(20, days - 5))), "left")
    return Stay(pair.start, pair.end, reason)


def _category(rng: Random, form: MentoringForm, side: str, kind: OrganizationKind) -> Category:
    usual = _USUAL.get((form.code, side))
    if usual:
        return rng.choice(usual)
    possible = form.mentor_categories if side == _MENTOR else form.mentee_categories
    own = Category.STUDENT if kind is OrganizationKind.COLLEGE else Category.PUPIL
    return own if own in possible else min(possible)


def _make_silent(rng: Random, pairs: Sequence[Pair]) -> None:
    open_long = [pair for pair in pairs if pair.end is None and (AS_OF - pair.start).days > 60]
    for pair in rng.sample(open_long, len(open_long) // 12):
        pair.quiet_from = AS_OF - _SILENCE


def _whole(rng: Random, value: float) -> int:
    return int(value) + (rng.random() < value - int(value))


def _workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= _SATURDAY else day
