"""Many people at once: check pasted rows, find who is written down already, load the good ones."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import lock_key
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import CATEGORY_LABELS, forms_of, mentoring_form
from tenants.participants import policy
from tenants.participants.blocks import parse_day, parse_form, parse_role, plain
from tenants.participants.commands import Card, NewPerson, Twin, add_person, checked_card, twins_of
from tenants.participants.consents import NewConsent, consents_of, give_consent, usual_giver
from tenants.participants.models import ConsentKind, ParticipantRole, Participation
from tenants.participants.participations import (
    YOUNG,
    NewPart,
    add_participation,
    checked_part,
    default_category,
    edit_participation,
)
from tenants.participants.persons import Name
from tenants.settings.mentoring import Forms
from tenants.settings.queries import Rules
from tenants.settings.use import rules_for

Value = TypeVar("Value")
_DAYS = ("born_on", "consent_on", "started_on", "experience_since", "trained_on")


class RowState(StrEnum):
    """What will happen to a row."""

    NEW = "new"
    KNOWN = "known"
    """Written down already: the card may be completed, or the row left."""
    WRONG = "wrong"


@dataclass
class CheckedRow:
    """A row as typed, with what is wrong in which cell."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    person: NewPerson | None = None
    twin: Twin | None = None
    complete: bool = False
    """The curator wants the known card completed by this row."""

    @property
    def state(self) -> RowState:
        """Return what will happen to the row."""
        if self.errors or self.person is None:
            return RowState.WRONG
        return RowState.KNOWN if self.twin else RowState.NEW

    @property
    def goes(self) -> bool:
        """Return whether loading takes the row."""
        return self.state is RowState.NEW or (self.state is RowState.KNOWN and self.complete)


@dataclass(frozen=True)
class Loaded:
    """What loading did."""

    added: int
    completed: int
    left: tuple[CheckedRow, ...]
    """Rows that stay on the page: wrong ones, and known ones that nobody ticked."""


def check_rows(
    session: Session, actor: Actor, rows: Sequence[Mapping[str, str]], *, form: str = "", complete: Sequence[int] = ()
) -> list[CheckedRow]:
    """Check rows without writing: `form` stands in for an empty cell, `complete` are places of ticked rows."""
    rules = rules_for(session, actor, clock.today(actor.organization.time_zone))
    checked = [check_row(actor, row, form=form, rules=rules) for row in rows]
    for place in complete:
        if place < len(checked):
            checked[place].complete = True
    good = [row for row in checked if row.person]
    twins = twins_of(session, [row.person.card for row in good if row.person])
    seen: dict[tuple[str, date | None], int] = {}
    for place, row in enumerate(good):
        row.twin = twins.get(place)
    for place, row in enumerate(checked):
        if row.person is None:
            continue
        key = (row.person.card.name.key, row.person.card.born_on)
        if key in seen:
            row.errors["name"] = f"повтор строки {seen[key] + 1}"
        seen.setdefault(key, place)
    return checked


def load_rows(session: Session, actor: Actor, rows: Sequence[CheckedRow]) -> Loaded:
    """Write down the good rows; the others are handed back as they are."""
    policy.need_writer(actor)
    lock_key(session, f"people:{actor.organization.id}")
    # Somebody may have loaded the same block while this one waited.
    rows = _checked_again(session, rows)
    added = completed = 0
    left = []
    entry = journal.record(session, actor, "paste.loaded") if any(row.goes and row.person for row in rows) else None
    if entry is None:
        journal.nothing_changed()
    for row in rows:
        if not row.goes or row.person is None:
            left.append(row)
        elif row.twin is None:
            add_person(session, actor, row.person, namesake=True)
            added += 1
        else:
            complete_person(session, actor, row.twin.participant_id, row.person)
            completed += 1
    if entry is not None:
        entry.detail = {"added": added, "completed": completed}
    return Loaded(added, completed, tuple(left))


def complete_person(session: Session, actor: Actor, participant_id: int, new: NewPerson) -> None:
    """Add to a card what a row knows more: a part in another form, a new class or post, a consent."""
    # The consent goes first: a part is begun for nobody whose name is hidden.
    known = {row.given_on for row in consents_of(session, participant_id) if row.kind is ConsentKind.PROCESSING}
    if new.consent and new.consent.given_on not in known:
        give_consent(session, actor, participant_id, new.consent)
    same = session.scalars(
        select(Participation).where(
            Participation.participant_id == participant_id,
            Participation.role == new.part.role,
            Participation.mentoring_form == new.part.mentoring_form,
            Participation.ended_on.is_(None),
        )
    ).first()
    if same is None:
        add_participation(session, actor, participant_id, new.part)
    elif new.part.class_name and new.part.class_name != same.class_name:
        part = NewPart(
            same.role, same.mentoring_form, same.started_on, same.category, new.part.class_name, same.trained_on
        )
        edit_participation(session, actor, same.id, part, version=same.version)


def check_row(actor: Actor, typed: Mapping[str, str], *, form: str = "", rules: Rules | None = None) -> CheckedRow:
    """Check one row by itself; `rules` are the region's of the day, without them the catalogue is."""
    row = CheckedRow({name: value for name, value in typed.items() if value})
    row.person = _person(actor, row, _form(actor, row, form, rules.forms if rules else Forms()))
    if row.errors:
        row.person = None
    return row


def _person(actor: Actor, row: CheckedRow, code: str | None) -> NewPerson | None:
    name = _read(row, "name", Name.parse)
    if name is None:
        row.errors.setdefault("name", "нужно имя")
    role = _role(row)
    days = {column: _read(row, column, parse_day) for column in _DAYS}
    category = _category(row)
    if row.errors or name is None or role is None or code is None:
        return None
    today = clock.today(actor.organization.time_zone)
    part = NewPart(
        role,
        code,
        days["started_on"] or min(today, days["consent_on"] or today),
        category,
        row.typed.get("class_name", ""),
        days["trained_on"],
    )
    card = Card(
        name,
        days["born_on"],
        experience_since=days["experience_since"],
        phone=row.typed.get("phone", ""),
        representative=row.typed.get("representative", ""),
    )
    _check_together(actor, row, card, part)
    return NewPerson(card, part, _consent(row, today, days["consent_on"], days["born_on"]))


def _check_together(actor: Actor, row: CheckedRow, card: Card, part: NewPart) -> None:
    for check in (lambda: checked_card(actor, card), lambda: checked_part(actor, part)):
        try:
            check()
        except InvalidError as error:
            row.errors.setdefault(error.field or "name", _for_cell(error))
    category = part.category or default_category(
        mentoring_form(part.mentoring_form), part.role, actor.organization.kind
    )
    if card.born_on is None and category in YOUNG:
        row.errors.setdefault("born_on", "нужна дата рождения")


def _consent(row: CheckedRow, today: date, given_on: date | None, born_on: date | None) -> NewConsent | None:
    if given_on is None:
        return None
    if given_on > today:
        row.errors.setdefault("consent_on", "этот день не наступил")
    if born_on is not None and given_on < born_on:
        row.errors.setdefault("consent_on", "раньше рождения")
    return NewConsent(given_on, given_by=usual_giver(born_on, given_on))


def _role(row: CheckedRow) -> ParticipantRole | None:
    role = parse_role(row.typed.get("role", ""))
    if role is None:
        row.errors["role"] = "наставник или наставляемый?"
    return role


def _form(actor: Actor, row: CheckedRow, form: str, used: Forms) -> str | None:
    typed = row.typed.get("mentoring_form", "")
    renamed = next((code for code, label in used.labels.items() if plain(label) == plain(typed)), None)
    code = renamed or parse_form(typed) if typed else form or None
    if code is None:
        row.errors["mentoring_form"] = "такой формы нет" if typed else "выберите форму"
    elif code not in {one.code for one in forms_of(actor.organization.kind)}:
        row.errors["mentoring_form"] = "в Вашей организации её нет"
    elif code in used.off:
        row.errors["mentoring_form"] = "в регионе сейчас не применяется"
    return code


def _category(row: CheckedRow) -> str:
    typed = plain(row.typed.get("category", ""))
    if not typed:
        return ""
    found = next((code for code, label in CATEGORY_LABELS.items() if plain(label).startswith(typed)), None)
    if found is None:
        row.errors["category"] = "такой категории нет"
    return found or ""


def _read(row: CheckedRow, column: str, read: Callable[[str], Value]) -> Value | None:
    typed = row.typed.get(column, "")
    if not typed:
        return None
    try:
        return read(typed)
    except InvalidError as error:
        row.errors[column] = _for_cell(error)
        return None


def _for_cell(error: InvalidError) -> str:
    text = str(error).partition(". ")[0].rstrip(".")
    return text[0].lower() + text[1:]


def _checked_again(session: Session, rows: Sequence[CheckedRow]) -> list[CheckedRow]:
    good = [row for row in rows if row.person and not row.errors]
    twins = twins_of(session, [row.person.card for row in good if row.person])
    for place, row in enumerate(good):
        row.twin = twins.get(place)
    return list(rows)
