"""A year of months of the large region: who did what when, as rows for COPY; the states are folded from the events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from random import Random

from portal.demonstration.cast import moment
from portal.demonstration.copying import Connection, Row, Value, copy_rows, next_id
from portal.demonstration.places import Plan
from portal.demonstration.registry import Registry
from portal.demonstration.words import seeded, words
from tenants.periods import Month, end_of_day
from tenants.submissions.models import EventKind, SubmissionEvent
from tenants.submissions.states import Folded, fold

FIRST, LAST = Month(2025, 11), Month(2026, 10)
NOW = Month(2026, 11)
_ZONE = "Europe/Moscow"
_OWNER = ("region_id", "district_id", "organization_id")
_SUBMISSION = (
    *_OWNER, "id", "window_id", "edition_id", "period_start", "period_district_id", "started_at", "computed_at",
    "complete",
)  # fmt: skip
_EVENT = (*_OWNER, "submission_id", "n", "at", "user_id", "actor_name", "kind", "revision_n", "reason", "answer_by")
_STATE_FIELDS = tuple(field.name for field in fields(Folded) if field.name != "open_cells")
_REVISION = (
    *_OWNER, "id", "submission_id", "n", "at", "user_id", "author_name", "computed_at", "period_district_id",
)  # fmt: skip
_COURSES: dict[str, tuple[EventKind, ...]] = {
    "ok": (EventKind.SENT, EventKind.TAKEN, EventKind.ACCEPTED),
    "late": (EventKind.SENT, EventKind.TAKEN, EventKind.ACCEPTED),
    "back": (
        EventKind.SENT, EventKind.TAKEN, EventKind.RETURNED, EventKind.SENT, EventKind.TAKEN, EventKind.ACCEPTED,
    ),
    "draft": (),
    "sent": (EventKind.SENT,),
}  # fmt: skip
_BY_REVIEWER = (EventKind.TAKEN, EventKind.RETURNED, EventKind.ACCEPTED)


@dataclass(frozen=True)
class Window:
    """A window of the monthly form, as it was opened."""

    id: int
    edition_id: int
    cut_after: date
    cut_on: date
    due_on: date


@dataclass
class _Ids:
    submission: int
    revision: int


def write_month(connection: Connection, registry: Registry, window: Window, month: Month, seed: int) -> int:
    """Write submissions, events, states and revisions of a month, without their cells; returns how many months."""
    rng = seeded(f"{seed}:{month}")
    ids = _Ids(next_id(connection, "submission"), next_id(connection, "revision"))
    rows: dict[str, list[Row]] = {"submission": [], "submission_event": [], "submission_state": [], "revision": []}
    for number, plan in enumerate(one for one in registry.plans.values() if one.kind.reports):
        course = _course(plan, month, number, rng)
        if course in _COURSES:
            _write_course(rows, _People(registry, plan), window, (month, course, ids), rng)
    copy_rows(connection, "submission", _SUBMISSION, rows["submission"])
    copy_rows(connection, "submission_event", _EVENT, rows["submission_event"])
    copy_rows(connection, "submission_state", (*_OWNER, "submission_id", *_STATE_FIELDS), rows["submission_state"])
    copy_rows(connection, "revision", _REVISION, rows["revision"])
    for table, following in (("submission", ids.submission), ("revision", ids.revision)):
        connection.execute("select setval(pg_get_serial_sequence(%s, 'id'), %s, false)", (table, following))
    return len(rows["submission"])


def months_until(last: Month) -> Iterator[Month]:
    """Return the months of the history up to one of them."""
    month = FIRST
    while month <= last:
        yield month
        month = month.next


def _course(plan: Plan, month: Month, number: int, rng: Random) -> str:
    if month == NOW:
        # The first school's month is left for the benchmarks to fill.
        return "" if number == 0 else rng.choices(("draft", "sent", ""), (45, 20, 35))[0]
    return plan.months[(month.year - FIRST.year) * 12 + month.month - FIRST.month]


class _People:
    """Who sends and who reviews an organization's months."""

    def __init__(self, registry: Registry, plan: Plan) -> None:
        self.owner = registry.owner(plan.code)
        parent = registry.plans[plan.parent]
        self.sender = (registry.curator(plan.code), _short(plan))
        prefix = "otdel" if parent.parent else "admin"
        self.reviewer = (registry.users[f"{prefix}@{parent.code}.example"], _short(parent))


def _short(plan: Plan) -> str:
    last, first, middle = plan.card["responsible_name"].split(" ", 2)
    return f"{last} {first[0]}.{middle[0]}."


def _write_course(
    rows: dict[str, list[Row]], people: _People, window: Window, what: tuple[Month, str, _Ids], rng: Random
) -> None:
    month, course, ids = what
    opened = moment(month.day(18), rng.randint(8, 18), rng.randint(0, 59))
    events = list(_events(people, course, window.cut_on, opened, rng))
    computed = next((event.at for event in events if event.kind is EventKind.SENT), opened)
    submission, ids.submission = ids.submission, ids.submission + 1
    period_district = people.owner[1]
    rows["submission"].append(
        (*people.owner, submission, window.id, window.edition_id, month.first, period_district, opened, computed, True)
    )
    for event in events:
        rows["submission_event"].append(
            (
                *people.owner, submission, event.n, event.at, event.user_id, event.actor_name, event.kind.value,
                event.revision_n, event.reason, event.answer_by,
            )
        )  # fmt: skip
        if event.kind is EventKind.SENT:
            rows["revision"].append(
                (
                    *people.owner, ids.revision, submission, event.revision_n, event.at, event.user_id,
                    event.actor_name, event.at, period_district,
                )
            )  # fmt: skip
            ids.revision += 1
    folded = fold(end_of_day(window.due_on, _ZONE), events)
    rows["submission_state"].append((*people.owner, submission, *_columns(folded)))


def _columns(folded: Folded) -> Sequence[Value]:
    values: list[Value] = [getattr(folded, name) for name in _STATE_FIELDS]
    values[_STATE_FIELDS.index("status")] = folded.status.value
    return values


def _events(people: _People, course: str, cut: date, opened: datetime, rng: Random) -> Iterator[SubmissionEvent]:
    yield _event(1, opened, people.sender, EventKind.OPENED, 0)
    late = timedelta(days=rng.randint(1, 6) if course == "late" else 0)
    early = timedelta(days=5 if course == "sent" else 0)
    at = moment(cut + late - early, rng.randint(9, 20), rng.randint(0, 59))
    revision = 0
    for n, kind in enumerate(_COURSES[course], start=2):
        revision += kind is EventKind.SENT
        actor = people.reviewer if kind in _BY_REVIEWER else people.sender
        event = _event(n, at, actor, kind, revision)
        if kind is EventKind.RETURNED:
            event.reason = rng.choice(words("words", "returns"))
            event.answer_by = at.date() + timedelta(days=5)
        yield event
        at += timedelta(hours=rng.randint(2, 40))


def _event(n: int, at: datetime, actor: tuple[int, str], kind: EventKind, revision: int) -> SubmissionEvent:
    return SubmissionEvent(
        n=n, at=at, user_id=actor[0], actor_name=actor[1], kind=kind, revision_n=revision, reason="", cells=[],
        only_cells=False, answer_by=None,
    )  # fmt: skip
