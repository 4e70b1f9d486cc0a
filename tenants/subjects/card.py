"""The card of a subject: everything held about one person, by the catalogue, without data of other people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, any_, func, literal, or_, select
from sqlalchemy import Enum as EnumType
from sqlalchemy.orm import Session

from tenants.accounts.actor import Workplace
from tenants.accounts.looking import EXPORT
from tenants.accounts.models import AccessLog, UserAccount
from tenants.db import REGISTRY, find, transaction
from tenants.errors import InvalidError
from tenants.history import actor_names
from tenants.mentorships.catalogue import CATEGORY_LABELS, mentoring_form
from tenants.mentorships.models import MentorshipMember
from tenants.participants.models import Participant
from tenants.participants.persons import Name, Person, names_of
from tenants.subjects.catalogue import CATALOGUE, HOLDINGS, Holding, Link
from tenants.subjects.masking import without_others
from tenants.subjects.rows import Held, held_about, model_of
from tenants.subjects.terms import Term, terms_on

EXPORTS = ("participants.download", "mentorships.download", "consents.download")
"""Files with the names of a whole list: each that was made while the person stood there holds the name."""
_MOST_VIEWS = 500


@dataclass(frozen=True)
class Field:
    """One value: a stable key, its Russian label, its text; empty text where nothing is known."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class Section:
    """What one table holds, with its purpose and term."""

    key: str
    title: str
    purpose: str
    readers: str
    term: str
    rows: tuple[tuple[Field, ...], ...]


@dataclass(frozen=True)
class SubjectCard:
    """A card as it stands."""

    participant_id: int
    number: int
    name: str
    """Empty once the name is destroyed."""
    sections: tuple[Section, ...]

    @property
    def row_count(self) -> int:
        """Return how many records there are."""
        return sum(len(section.rows) for section in self.sections)


View = tuple[AccessLog, UserAccount | None]
"""Who looked or took a file; the account is None where it is gone."""


def card_of(session: Session, participant_id: int, place: Workplace, views: Sequence[View], today: date) -> SubjectCard:
    """Return the card. `session` has the full scope of the organization; `views` are what `views_of` has read before.

    Raises:
        NotFoundError: there is no such participant here.

    """
    participant = find(session, Participant, participant_id)
    held = held_about(session, participant_id)
    others = _others(session, held)
    words = _Words(place.time_zone, others, _staff(session, held))
    terms = {kind: _term_words(term) for kind, term in terms_on(session, today).items()}
    name = session.scalars(select(Person).where(Person.participant_id == participant_id)).one_or_none()
    sections = []
    for holding in CATALOGUE:
        rows = held.rows.get(holding.table)
        shown = (
            [words.view(entry, account, place) for entry, account in views]
            if rows is None
            else [words.row(holding, row) for row in rows]
        )
        sections.append(
            Section(holding.table, holding.title, holding.purpose, holding.readers, terms[holding.term], tuple(shown))
        )
    return SubjectCard(participant_id, participant.number, name.name.full if name else "", tuple(sections))


def views_of(place: Workplace, participant_id: int) -> list[View]:
    """Return who opened the person's own pages, here or from above, and who took files with the name, newest first.

    Reads the registry in a transaction of its own: ask before another one stands beside that of the request.
    """
    own = literal(f"participant_id={participant_id}") == any_(func.string_to_array(AccessLog.subject, ","))
    among = literal(participant_id) == any_(AccessLog.subject_ids)
    whole = AccessLog.endpoint.in_(EXPORTS) & (AccessLog.action == EXPORT)
    query = (
        select(AccessLog, UserAccount)
        .outerjoin(UserAccount, UserAccount.id == AccessLog.user_id)
        .where(AccessLog.organization_id == place.id, or_(own, among, whole))
        .order_by(AccessLog.id.desc())
        .limit(_MOST_VIEWS)
    )
    with transaction(REGISTRY.reading()) as registry:
        return [(entry, account) for entry, account in registry.execute(query)]


PAGES: Mapping[str, str] = {
    "participants.person": "карточка участника",
    "participants.history": "история карточки",
    "participants.edit": "правка карточки",
    "participants.add_part": "участие: добавление",
    "participants.edit_part": "участие: правка",
    "participants.end_part": "участие: завершение",
    "participants.give_consent": "согласие: внесение",
    "participants.withdraw_consent": "согласие: отзыв",
    "participants.undo_withdrawal": "согласие: отмена отзыва",
    "participants.consent_scan": "скан согласия",
    "consents.download": "выгрузка реестра согласий в XLSX",
    "consents.blank": "печать бланка согласия",
    "consents.blanks": "печать бланков согласий",
    "openings.show": "имя, открытое вышестоящей организации",
    "participants.download": "выгрузка списка участников в XLSX",
    "mentorships.download": "выгрузка списка пар в XLSX",
    "subjects.card": "сведения о субъекте",
    "subjects.card_file": "выгрузка сведений о субъекте",
    "subjects.add_request": "обращение: внесение",
    "subjects.prolong_notice": "уведомление о продлении срока",
}
"""What the pages of the log are called; a page without a line here stands by its own word."""


def _who(account: UserAccount | None, entry: AccessLog, place: Workplace) -> str:
    name = account.name_short if account else entry.viewer_name or "–"
    return name if entry.place_id in (None, place.id) else f"{name}, {entry.place_name}"


def _term_words(term: Term) -> str:
    if not (term.months or term.days):
        return term.since
    return f"{term.days} дней с {term.since}" if term.days else f"{term.months} мес. с {term.since}"


def _others(session: Session, held: Held) -> dict[int, Name]:
    """Return the people of the same pairs and groups: number → name."""
    rows = session.execute(
        select(Participant.id, Participant.number)
        .join(MentorshipMember, MentorshipMember.participant_id == Participant.id)
        .where(MentorshipMember.mentorship_id.in_(held.mentorship_ids), Participant.id != held.participant_id)
    ).all()
    known = names_of(session, {participant_id for participant_id, _ in rows})
    return {number: known[participant_id] for participant_id, number in rows if participant_id in known}


def _staff(session: Session, held: Held) -> dict[int, str]:
    histories = (*held.rows.get("person_history", ()), *held.rows.get("record_history", ()))
    return actor_names(session, {row.user_id for row in histories if row.user_id})


@dataclass(frozen=True)
class _Words:
    """How values read in one organization."""

    zone: str
    others: Mapping[int, Name]
    staff: Mapping[int, str]

    def row(self, holding: Holding, row: Any) -> tuple[Field, ...]:  # noqa: ANN401 - a row of any table
        """Return the fields of one record; a history says who changed it."""
        if holding.link is not Link.HISTORY:
            return tuple(
                Field(name, label, self.word(name, getattr(row, name))) for name, label in holding.columns.items()
            )
        fields = [
            Field(name, label, self.former(row.table_name, row.before))
            if name == "before"
            else Field(name, label, self.word(name, getattr(row, name)))
            for name, label in holding.columns.items()
        ]
        fields.append(Field("user", "Кто", self.staff.get(row.user_id or 0, "Портал")))
        return tuple(fields)

    def view(self, entry: AccessLog, account: UserAccount | None, place: Workplace) -> tuple[Field, ...]:
        """Return the fields of one view."""
        labels = HOLDINGS["access_log"].columns
        return (
            Field("at", labels["at"], self.word("at", entry.at)),
            Field("user_id", labels["user_id"], _who(account, entry, place)),
            Field("endpoint", labels["endpoint"], PAGES.get(entry.endpoint, entry.endpoint)),
        )

    def word(self, key: str, value: object) -> str:
        """Return a value as a person reads it."""
        if value is None or value == "":
            return ""
        if isinstance(value, Enum):
            return str(getattr(value, "label", value.value))
        if isinstance(value, datetime):
            return f"{value.astimezone(ZoneInfo(self.zone)):%d.%m.%Y, %H:%M}"
        if isinstance(value, date):
            return f"{value:%d.%m.%Y}"
        return _coded(key, without_others(str(value), self.others))

    def former(self, table: str, before: Mapping[str, Any]) -> str:
        """Return what a record was, in the words of its own table."""
        said = [
            f"{label}: {self.word(name, _typed(table, name, before[name]))}"
            for name, label in HOLDINGS[table].columns.items()
            if name not in {"recorded_at", "number"} and before.get(name) not in (None, "")
        ]
        return "; ".join(said)


def _typed(table: str, name: str, value: object) -> object:
    """Return a date or a member of an enumeration for the plain text that a history keeps."""
    kind = model_of(table).__table__.columns[name].type
    if isinstance(kind, EnumType) and kind.enum_class is not None:
        return kind.enum_class(value)
    return date.fromisoformat(str(value)) if isinstance(kind, Date) else value


EVENTS: Mapping[str, str] = {
    "participant.added": "участник записан",
    "participant.edited": "карточка исправлена",
    "participation.added": "участие добавлено",
    "participation.edited": "участие исправлено",
    "participation.ended": "участие завершено",
    "consent.given": "согласие внесено",
    "consent.withdrawn": "согласие отозвано",
    "consent.caught_up": "согласие прекращено: его цель отозвана",
    "mentorship.created": "пара создана",
    "mentorship.edited": "пара исправлена",
    "mentorship.ended": "пара завершена",
    "mentorship.joined": "вошёл в группу",
    "mentorship.left": "вышел из группы",
    "meeting.added": "встреча записана",
    "meeting.edited": "встреча исправлена",
    "meeting.cancelled": "встреча отменена",
    "subject.card_made": "сведения выгружены",
    "subject.destroyed": "данные уничтожены",
    "subject_request.received": "обращение внесено",
    "subject_request.prolonged": "срок ответа продлён",
    "subject_request.answered": "на обращение отвечено",
}
"""What the events of a person's records are called; others stand by their own word."""

_CODES: Mapping[str, Mapping[str, str]] = {
    "sex": {"female": "женский", "male": "мужской"},
    "category": {code.value: label for code, label in CATEGORY_LABELS.items()},
    "event": EVENTS,
    "operation": {"update": "изменение", "delete": "удаление"},
    "table_name": {holding.table: holding.title for holding in CATALOGUE},
    "record_kind": {"participant": "люди", "mentorship": "пары и группы", "meeting": "встречи"},
}


def _coded(key: str, value: str) -> str:
    if key == "mentoring_form":
        try:
            return mentoring_form(value).label
        except InvalidError:
            return value
    return _CODES.get(key, {}).get(value, value)


def as_json(card: SubjectCard, about: Mapping[str, str]) -> dict[str, Any]:
    """Return the card with stable keys (tables and columns) beside the Russian labels."""
    return {
        "about": dict(about),
        "subject": {"number": card.number, "name": card.name},
        "holdings": [_section(section) for section in card.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    rows: Sequence[Sequence[Field]] = section.rows
    return {
        "table": section.key,
        "label": section.title,
        "purpose": section.purpose,
        "readers": section.readers,
        "term": section.term,
        "columns": HOLDINGS[section.key].columns,
        "rows": [{field.key: field.text for field in row} for row in rows],
    }
