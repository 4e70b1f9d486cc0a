"""People: write a person down, correct the card, find the one who is written down already."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import find, insert, lock_key
from tenants.errors import InvalidError, WrongStateError
from tenants.history import Words, conflict, differences, state_of, text_word
from tenants.mentorships.catalogue import mentoring_form
from tenants.participants import policy
from tenants.participants.consents import NewConsent, give_consent
from tenants.participants.models import Participant
from tenants.participants.participations import YOUNG, NewPart, add_participation, default_category
from tenants.participants.persons import Name, Person, identity_hint, identity_key
from tenants.participants.words import PARTICIPANT_WORDS, PERSON_WORDS

_OLDEST = 110
_YOUNGEST = 3
CARD_WORDS: Words = {
    "name": ("Фамилия, имя, отчество", text_word),
    **{name: PERSON_WORDS[name] for name in ("phone", "email", "representative", "genitive")},
    **PARTICIPANT_WORDS,
}
"""The fields of the card as its form has them: the name in one."""


@dataclass(frozen=True)
class Card:
    """What stands on a person's card; everything but the name may be missing."""

    name: Name
    born_on: date | None = None
    sex: str = ""
    experience_since: date | None = None
    phone: str = ""
    email: str = ""
    representative: str = ""
    genitive: str = ""
    """The name in the genitive where the rule declines it wrongly."""


@dataclass(frozen=True)
class NewPerson:
    """A person with a first part in mentoring and, where it is there, the consent."""

    card: Card
    part: NewPart
    consent: NewConsent | None = None


@dataclass(frozen=True)
class Twin:
    """Somebody who is written down already under this name."""

    participant_id: int
    number: int
    certain: bool
    """The birth date agrees too; else one of the two has none."""


def add_person(session: Session, actor: Actor, new: NewPerson, *, namesake: bool = False) -> Participant:
    """Write a person down. `namesake`: the curator knows that the one of the same name is somebody else.

    Raises:
        InvalidError: a value does not fit, or the person is written down already (with the number of the card).

    """
    policy.need_writer(actor)
    card = checked_card(actor, new.card)
    _need_birth_date(actor, card, new.part)
    # Two people who add the same person at once: the second waits and then finds the first.
    lock_key(session, f"people:{actor.organization.id}")
    twin = twins_of(session, [card]).get(0)
    if twin and (twin.certain or not namesake):
        raise InvalidError(f"Такой человек уже записан под номером {twin.number}.", field="name")
    participant = insert(
        session,
        Participant(
            number=(session.scalar(select(func.max(Participant.number))) or 0) + 1,
            sex=card.sex,
            born_on=card.born_on,
            experience_since=card.experience_since,
            identity_key=identity_key(card.name, card.born_on),
            identity_hint=identity_hint(card.name, card.born_on),
        ),
    )
    insert(session, Person(participant_id=participant.id, **_person_columns(card)))
    journal.record(session, actor, "participant.added", participant, number=participant.number)
    add_participation(session, actor, participant.id, new.part)
    if new.consent:
        give_consent(session, actor, participant.id, new.consent)
    return participant


def edit_person(session: Session, actor: Actor, participant_id: int, card: Card, *, version: int) -> Participant:
    """Correct a card; `version` is `card_version` of what the editor saw.

    Raises:
        ConflictError: somebody saved it meanwhile.
        InvalidError: a value does not fit, or this name and birth date belong to another card.

    """
    policy.need_writer(actor)
    participant, person = person_of(session, participant_id, lock=True)
    card = checked_card(actor, card)
    columns = _person_columns(card)
    values = {"born_on": card.born_on, "sex": card.sex, "experience_since": card.experience_since}
    stands = state_of(participant) | state_of(person) | {"name": person.name.full}
    if card_version(participant, person) != version:
        found = differences(stands, {**columns, **values, "name": card.name.full}, CARD_WORDS)
        raise conflict(session, participant, found, card_version(participant, person))
    twin = twins_of(session, [card], apart_from=participant_id).get(0)
    if twin and twin.certain:
        raise InvalidError(f"Такой человек уже записан под номером {twin.number}.", field="name")
    identified = person.name != card.name or participant.born_on != card.born_on
    for name, value in columns.items():
        setattr(person, name, value)
    for name, value in values.items():
        setattr(participant, name, value)
    if identified:
        # What the school said about a namesake holds as long as name and birth date do.
        participant.identity_key = identity_key(card.name, card.born_on)
        participant.identity_hint = identity_hint(card.name, card.born_on)
    journal.record(session, actor, "participant.edited", participant)
    return participant


def person_of(session: Session, participant_id: int, *, lock: bool = False) -> tuple[Participant, Person]:
    """Return the two halves of a card.

    Raises:
        NotFoundError: there is none in this organization.
        WrongStateError: the name is hidden, and the card is closed with it.

    """
    participant = find(session, Participant, participant_id, lock=lock)
    person = shown_person(session, participant_id)
    if person is None:
        raise WrongStateError("Согласие отозвано, карточка закрыта. Её откроет новое согласие.")
    return participant, person


def shown_person(session: Session, participant_id: int) -> Person | None:
    """Return the name and contacts of a person; None where they are hidden."""
    return session.scalars(select(Person).where(Person.participant_id == participant_id)).one_or_none()


def card_version(participant: Participant, person: Person) -> int:
    """Return one version for both halves: each only grows, so equal sums mean that nothing was saved between."""
    return participant.version + person.version


def twins_of(session: Session, cards: Sequence[Card], *, apart_from: int = 0) -> dict[int, Twin]:
    """Return who is written down already, by the place of the card in the sequence; one statement for all."""
    if not cards:
        return {}
    keys = {key for card in cards if (key := identity_key(card.name, card.born_on))}
    # A hidden name is still found by its key, so that nobody is written down twice.
    rows = session.execute(
        select(Person.name_key, Participant.id, Participant.number, Participant.born_on, Participant.identity_key)
        .select_from(Participant)
        .outerjoin(Person, Person.participant_id == Participant.id)
        .where(
            or_(Person.name_key.in_({card.name.key for card in cards}), Participant.identity_key.in_(keys)),
            Participant.id != apart_from,
        )
        .order_by(Participant.id)
    ).all()
    found: dict[int, Twin] = {}
    for place, card in enumerate(cards):
        same_name = [row for row in rows if row.name_key == card.name.key]
        certain = next((row for row in same_name if card.born_on is not None and row.born_on == card.born_on), None)
        doubtful = next((row for row in same_name if card.born_on is None or row.born_on is None), None)
        key = identity_key(card.name, card.born_on)
        certain = certain or next((row for row in rows if row.name_key is None and key == row.identity_key), None)
        if row := certain or doubtful:
            found[place] = Twin(row.id, row.number, certain=certain is not None)
    return found


def checked_card(actor: Actor, card: Card) -> Card:
    """Return the card with a clean name.

    Raises:
        InvalidError: the name or a date cannot be right.

    """
    today = clock.today(actor.organization.time_zone)
    if card.born_on is not None and not _YOUNGEST <= today.year - card.born_on.year <= _OLDEST:
        raise InvalidError("Проверьте год рождения.", field="born_on")
    if card.experience_since is not None:
        if card.experience_since > today:
            raise InvalidError("Этот день ещё не наступил.", field="experience_since")
        if card.born_on is not None and card.experience_since <= card.born_on:
            raise InvalidError("Стаж начинается раньше рождения.", field="experience_since")
    return Card(
        card.name.checked(),
        card.born_on,
        card.sex,
        card.experience_since,
        card.phone.strip(),
        card.email.strip(),
        card.representative.strip(),
        card.genitive.strip(),
    )


def _need_birth_date(actor: Actor, card: Card, part: NewPart) -> None:
    """Pupils and students are counted by age, and found again by name and birth date."""
    form = mentoring_form(part.mentoring_form)
    category = part.category or default_category(form, part.role, actor.organization.kind)
    if card.born_on is None and category in YOUNG:
        raise InvalidError("Для учеников и студентов нужна дата рождения: их считают по возрасту.", field="born_on")


def _person_columns(card: Card) -> Mapping[str, Any]:
    return {
        "last_name": card.name.last,
        "first_name": card.name.first,
        "middle_name": card.name.middle,
        "name_key": card.name.key,
        "phone": card.phone,
        "email": card.email,
        "representative": card.representative,
        "genitive": card.genitive,
    }
