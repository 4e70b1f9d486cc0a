"""What the papers of an act tell: the act itself and the extract of the journal (приказ Роскомнадзора № 179)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.db import Scope
from tenants.journal import JournalEntry
from tenants.organizations.models import Organization
from tenants.subjects.catalogue import HOLDINGS
from tenants.subjects.commands import subjects_of
from tenants.subjects.models import Destruction, DestructionSubject

INFORMATION_SYSTEM = "Портал наставничества"
_NO_ADDRESS = "адрес не указан в карточке организации"
_EVENTS = {
    "destruction.drawn_up": "список составлен",
    "destruction.proposed": "список передан на утверждение",
    "destruction.confirmed": "акт утверждён",
    "destruction.replay_begun": "повтор по журналу уничтожения",
    "subject.destroyed": "данные уничтожены",
}


@dataclass(frozen=True)
class ActFacts:
    """What the papers of an act tell; plain values."""

    number: int
    operator: str
    operator_address: str
    processor: str
    processor_address: str
    proposed_by: str
    proposed_by_post: str
    confirmed_by: str
    confirmed_by_post: str
    confirmed_on: str
    finished_on: str
    replay: bool
    subjects: tuple[Mapping[str, str], ...]
    """number, reason, ground, categories, erased (instant in the organization's zone)."""
    events: tuple[Mapping[str, str], ...]
    """id, at, who, event, subject, categories, reason, system: the extract of the journal."""


def facts_of(session: Session, scope: Scope, act: Destruction, finished_at: datetime) -> ActFacts:
    """Return what the papers of an act tell."""
    places = {place.id: place for place in session.scalars(select(Organization))}
    operator, processor = places[scope.organization_id], places[scope.region_id]
    zone = operator.time_zone

    def told(subject: DestructionSubject) -> Mapping[str, str]:
        return {
            "number": str(subject.number),
            "reason": subject.reason.label,
            "ground": subject.reason.ground,
            "categories": categories_of(subject.counts),
            "erased": clock_text(subject.erased_at, zone),
        }

    subjects = subjects_of(session, act.id)
    return ActFacts(
        number=act.number,
        operator=operator.name,
        operator_address=operator.address or _NO_ADDRESS,
        processor=processor.name,
        processor_address=processor.address or _NO_ADDRESS,
        proposed_by=act.proposed_by_name,
        proposed_by_post=act.proposed_by_post,
        confirmed_by=act.confirmed_by_name,
        confirmed_by_post=act.confirmed_by_post,
        confirmed_on=clock_text(act.confirmed_at, zone),
        finished_on=clock_text(finished_at, zone),
        replay=bool(act.replay_of),
        subjects=tuple(told(one) for one in subjects),
        events=tuple(_events(session, act, subjects, zone)),
    )


def _events(
    session: Session, act: Destruction, subjects: Sequence[DestructionSubject], zone: str
) -> list[Mapping[str, str]]:
    by_participant = {one.participant_id: one for one in subjects}
    query = select(JournalEntry).where(
        JournalEntry.event.in_(_EVENTS),
        (JournalEntry.subject_id == act.id) & (JournalEntry.subject_kind == "destruction")
        | (JournalEntry.subject_kind == "subject") & JournalEntry.subject_id.in_(by_participant),
    )
    found: list[Mapping[str, str]] = []
    for entry in session.scalars(query.order_by(JournalEntry.id)):
        of_person = entry.subject_kind == "subject"
        if of_person and entry.detail.get("act") != act.number:
            continue
        subject = by_participant.get(entry.subject_id or 0) if of_person else None
        found.append(
            {
                "id": str(entry.id),
                "at": clock_text(entry.at, zone),
                "who": entry.actor_name,
                "event": _EVENTS[entry.event],
                "subject": f"участник № {subject.number}" if subject else f"акт № {act.number}",
                "categories": categories_of(subject.counts) if subject else "",
                "reason": subject.reason.label if subject else "",
                "system": INFORMATION_SYSTEM,
            }
        )
    return found


def categories_of(counts: Mapping[str, object]) -> str:
    """Return which categories of data went, by the tables that lost rows."""
    return "; ".join(holding.category for table, holding in HOLDINGS.items() if table in counts and holding.category)


def clock_text(at: datetime | None, zone: str) -> str:
    """Return «28.11.2026, 14:40» in the organization's zone; empty for None."""
    return "" if at is None else f"{at.astimezone(ZoneInfo(zone)):%d.%m.%Y, %H:%M}"
