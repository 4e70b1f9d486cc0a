"""Rows of one organization: its people with names, parts and consents, its programmes, pairs, members and meetings."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from portal.demonstration.copying import Batch
from portal.demonstration.meetings import days_of
from portal.demonstration.pairs import AS_OF, YEARS, Pair, draw_pairs, school_year
from portal.demonstration.people import Human, Stay
from portal.demonstration.words import likely, seeded, words
from tenants.mentorships.catalogue import Category
from tenants.organizations.models import OrganizationKind
from tenants.participants.persons import Name, identity_hint, identity_key

Owner = tuple[int, int, int]
_ADULT_AGE = 18
_EMPLOYEES = (Category.TEACHER, Category.HEAD)
_PAUSE = timedelta(days=45)
"""A person who comes back sooner than this never left."""
_PROGRAMMES = {"student_student": 5, "teacher_teacher": 5, "employer_pupil": 2, "employer_student": 3}
_MENTOR = "mentor"


@dataclass(frozen=True)
class Place:
    """An organization whose records are to be written."""

    owner: Owner
    """Ids of region, district and organization."""
    code: str
    kind: OrganizationKind
    scale: float
    user_id: int
    """Who writes meetings down."""
    calm: float = 1.0
    """Share of the usual number of meetings."""


@dataclass
class Written:
    """What was written for an organization, for those who go on with it."""

    participants: dict[Human, int] = field(default_factory=dict)
    mentorships: dict[Pair, int] = field(default_factory=dict)


def write_place(
    batch: Batch, place: Place, seed: int, prepare: Callable[[str, list[Pair]], None] | None = None
) -> Written:
    """Add all rows of an organization to a batch; the same seed gives the same rows.

    `prepare` may look at the pairs that were drawn, and change them, before they are written.
    """
    rng = seeded(f"{seed}:{place.code}")
    pairs = draw_pairs(rng, place.kind, place.scale)
    if prepare is not None:
        prepare(place.code, pairs)
    written = Written()
    for human in _by_arrival(pairs):
        written.participants[human] = _write_person(batch, place, human, len(written.participants) + 1, rng)
    programmes = _write_programmes(batch, place, pairs, rng)
    for number, pair in enumerate(pairs, start=1):
        written.mentorships[pair] = _write_pair(batch, place, pair, (number, programmes), written, rng)
    return written


def noted(day: date, rng: Random, days: int = 3) -> datetime:
    """Return when something of a day was written down: within a few days, never after the last day."""
    late = min(day + timedelta(days=rng.randint(0, days)), AS_OF)
    return datetime.combine(max(late, day), time(rng.randint(6, 14), rng.randint(0, 59)), UTC)


def _by_arrival(pairs: Sequence[Pair]) -> list[Human]:
    seen: dict[Human, None] = {}
    for pair in pairs:
        for member in pair.members:
            seen.setdefault(member.human)
    return list(seen)


def _write_person(batch: Batch, place: Place, human: Human, number: int, rng: Random) -> int:
    first = min(stay.start for stays in human.stays.values() for stay in stays)
    at = noted(first, rng)
    name = Name(human.name.last, human.name.first, human.name.middle)
    participant = batch.add(
        "participant",
        place.owner,
        number,
        human.name.sex,
        human.born_on,
        human.experience_since,
        identity_key(name, human.born_on),
        identity_hint(name, human.born_on),
        at,
    )
    batch.add(
        "person",
        place.owner,
        participant,
        name.last,
        name.first,
        name.middle,
        name.key,
        human.phone,
        "",
        human.representative,
        at,
    )
    _write_consents(batch, place.owner, human, (participant, first, at), rng)
    for (side, form), stays in human.stays.items():
        for stay in merged(stays):
            _write_part(batch, place.owner, human, (participant, side, form, stay), rng)
    return participant


def merged(stays: Sequence[Stay]) -> list[Stay]:
    """Return the parts that overlapping or adjoining stays make."""
    parts: list[Stay] = []
    for stay in sorted(stays, key=lambda one: (one.start, one.end or date.max)):
        last = parts[-1] if parts else None
        if last is not None and (last.end is None or stay.start <= last.end + _PAUSE):
            later = last if last.end is None or (stay.end is not None and stay.end <= last.end) else stay
            parts[-1] = Stay(last.start, later.end, later.reason)
        else:
            parts.append(stay)
    return parts


def _write_part(batch: Batch, owner: Owner, human: Human, part: tuple[int, str, str, Stay], rng: Random) -> None:
    participant, side, form, stay = part
    trained = stay.start + timedelta(days=rng.randint(-40, 35)) if side == _MENTOR and likely(rng, 0.8) else None
    batch.add(
        "participation",
        owner,
        participant,
        side,
        form,
        human.category.value,
        human.class_in(school_year(stay.start)),
        stay.start,
        stay.end,
        stay.reason,
        trained if trained is not None and trained <= AS_OF else None,
        noted(stay.start, rng),
    )


def _write_consents(batch: Batch, owner: Owner, human: Human, whose: tuple[int, date, datetime], rng: Random) -> None:
    participant, first, at = whose
    if likely(rng, 0.025):
        return
    given = first - timedelta(days=rng.randint(0, 9))
    minor = (given - human.born_on).days < _ADULT_AGE * 365.25
    chance = rng.random()
    until = AS_OF + timedelta(days=rng.randint(6, 28)) if chance < 0.04 else date(2027, 8, 31) if chance < 0.4 else None
    batch.add(
        "consent",
        owner,
        participant,
        "processing",
        given,
        "representative" if minor else "self",
        f"папка {rng.randint(1, 6)}, лист {rng.randint(1, 90)}",
        until,
        at,
    )
    if human.category in _EMPLOYEES and any(side == _MENTOR for side, _ in human.stays):
        batch.add("consent", owner, participant, "duties", given, "self", "допсоглашение", None, at)


def _write_programmes(
    batch: Batch, place: Place, pairs: Sequence[Pair], rng: Random
) -> dict[tuple[str, int], list[tuple[int, date, date | None]]]:
    found: dict[tuple[str, int], list[tuple[int, date, date | None]]] = defaultdict(list)
    for form in dict.fromkeys(pair.form.code for pair in pairs):
        titles = words("programmes", form)
        count = min(len(titles), max(1, round(_PROGRAMMES.get(form, 1) * min(place.scale, 1.0))))
        for year in YEARS:
            if not any(pair.form.code == form and pair.year == year for pair in pairs):
                continue
            for title in rng.sample(titles, count):
                start = date(year, 9, 1)
                # Teachers' programmes last longer than a school year, pupils' ones end in June.
                end = date(year + 1, 6, 30) if likely(rng, 0.8) else date(year + 1, 12, 31)
                kept = end if end <= AS_OF else None
                named = f"{title}, {year}/{(year + 1) % 100}"
                row = batch.add("programme", place.owner, named, form, start, kept, noted(start, rng))
                found[form, year].append((row, start, kept))
    return found


def _write_pair(
    batch: Batch,
    place: Place,
    pair: Pair,
    numbering: tuple[int, dict[tuple[str, int], list[tuple[int, date, date | None]]]],
    written: Written,
    rng: Random,
) -> int:
    number, programmes = numbering
    order = f"{pair.start.month}{number % 7}-н" if pair.ordered else ""
    chosen = rng.choice(programmes[pair.form.code, pair.year])[0] if likely(rng, 0.85) else None
    at = noted(pair.start, rng)
    mentorship = batch.add(
        "mentorship",
        place.owner,
        number,
        "group" if pair.group else "pair",
        pair.form.code,
        rng.choice(pair.form.role_models).code,
        chosen,
        order,
        pair.start - timedelta(days=rng.randint(0, 4)) if order else None,
        pair.start,
        pair.end,
        pair.outcome,
        at,
    )
    for member in pair.members:
        person = written.participants[member.human]
        left = member.stay.end or pair.end
        batch.add("mentorship_member", place.owner, mentorship, person, member.side, pair.start, left, at)
    _write_meetings(batch, place, pair, mentorship, rng)
    return mentorship


def _write_meetings(batch: Batch, place: Place, pair: Pair, mentorship: int, rng: Random) -> None:
    topics = words("topics", pair.form.code)
    for day, kind in days_of(pair, rng, place.calm):
        cancelled = likely(rng, 0.015)
        at = noted(day, rng, 2)
        batch.add(
            "meeting",
            place.owner,
            mentorship,
            day,
            kind,
            rng.choice((30, 40, 45, 45, 60, 90)),
            rng.choice(topics) if likely(rng, 0.6) else "",
            at if cancelled else None,
            at,
            place.user_id,
        )
