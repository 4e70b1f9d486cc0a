"""What would become of each row of an uploaded table: looked at before anything is written."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from dataclasses import fields as fields_of
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.organizations.codes import CARD_LABELS, doubt, read_card
from tenants.organizations.intake_sheet import KIND_WORDS, kind_of, plain
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.naming import CODE, free_code, proposals


class RowState(StrEnum):
    """What a row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    QUESTION = "question"
    WRONG = "wrong"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return _STATE_LABELS[self]

    @property
    def goes(self) -> bool:
        """Return whether loading writes the row."""
        return self in (RowState.NEW, RowState.CHANGED)


_STATE_LABELS = {
    RowState.NEW: "новая",
    RowState.CHANGED: "изменится",
    RowState.SAME: "без изменений",
    RowState.QUESTION: "вопрос",
    RowState.WRONG: "ошибка",
}


@dataclass(slots=True)
class Row:
    """One row of the table and its outcome."""

    number: int
    """As the table shows it."""
    state: RowState
    code: str
    name: str
    kind: str = ""
    parent: str = ""
    """Short name of the organization it hangs under."""
    organization_id: int | None = None
    version: int | None = None
    """Of the organization that would be changed, as the check saw it."""
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    """Field, was, will be."""
    errors: dict[str, str] = field(default_factory=dict)
    """By field: what to do."""
    question: str = ""
    doubt: str = ""

    def outcome(self) -> tuple[object, ...]:
        """Return what a person decided on: where it differs at the loading, the person looks again."""
        return (self.state, self.code, self.organization_id, self.version, tuple(map(tuple, self.changes)))


_ROW = tuple(one.name for one in fields_of(Row))


@dataclass(slots=True)
class Planned:
    """A row with what loading it needs."""

    row: Row
    card: dict[str, str | None]
    kind: OrganizationKind | None = None
    parent: "Place | Planned | None" = None


@dataclass(frozen=True, slots=True)
class Place:
    """An organization that stands in the register."""

    id: int
    parent_id: int | None
    code: str
    kind: OrganizationKind
    version: int
    archived_on: date | None
    card: Mapping[str, str | None]

    @property
    def name(self) -> str:
        """Return the short name."""
        return self.card["name_short"] or ""


class Register:
    """The region's organizations, to be found by code, by ИНН and КПП, by name."""

    def __init__(self, region_id: int, places: Iterable[Place]) -> None:
        self.by_id = {place.id: place for place in places}
        self.region = self.by_id[region_id]
        self.by_code = {place.code: place for place in self.by_id.values()}
        self.by_inn: dict[str, list[Place]] = {}
        self.by_name: dict[str, list[Place]] = {}
        for place in self.by_id.values():
            if inn := place.card["inn"]:
                self.by_inn.setdefault(inn, []).append(place)
            for name in {plain(place.card["name"] or ""), plain(place.name)}:
                self.by_name.setdefault(name, []).append(place)


_CARD = tuple(CARD_LABELS)
_PARENTS = (OrganizationKind.REGION, OrganizationKind.DISTRICT)


def register_of(session: Session, region_id: int) -> Register:
    """Read the whole register of a region. One statement."""
    columns = Organization.__table__.c
    rows = session.execute(
        select(
            columns.id, columns.parent_id, columns.code, columns.kind, columns.version, columns.archived_on,
            *(columns[name] for name in _CARD),
        ).where(columns.region_id == region_id)
    )  # fmt: skip
    return Register(
        region_id,
        [
            Place(id_, parent_id, code, kind, version, archived_on, dict(zip(_CARD, card, strict=True)))
            for id_, parent_id, code, kind, version, archived_on, *card in rows
        ],
    )


def wanted_codes(register: Register, cells: Sequence[tuple[int, list[str]]], fields: Sequence[str]) -> list[str]:
    """Return the codes that these rows name or may be given: those of other regions are taken."""
    found: set[str] = set()
    for _, typed in _typed(cells, fields):
        code = typed.get("code", "").lower()
        if code:
            found.add(code)
        else:
            found.update(proposals(typed.get("name_short", ""), _parent_code(register, typed.get("parent", ""))))
    return sorted(found - register.by_code.keys())


def _parent_code(register: Register, word: str) -> str:
    place = register.by_code.get(word.lower()) or next(iter(register.by_name.get(plain(word), ())), register.region)
    return place.code


def _typed(cells: Sequence[tuple[int, list[str]]], fields: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    places = [(at, name) for at, name in enumerate(fields) if name]
    for number, row in cells:
        width = len(row)
        yield number, {name: row[at] for at, name in places if at < width and row[at]}


class Check:
    """One look at a table against the register."""

    def __init__(self, register: Register, taken: Container[str], answers: Container[int]) -> None:
        self._register, self._taken, self._answers = register, taken, answers
        self._codes: dict[str, Planned] = {}
        self._districts: dict[str, Planned] = {}
        self._claimed: dict[int, int] = {}
        self._inns: dict[tuple[str, str], Planned] = {}

    def rows(self, cells: Sequence[tuple[int, list[str]]], fields: Sequence[str]) -> list[Planned]:
        """Return every row with its outcome, in the order of the table."""
        typed = [(number, row, kind_of(row.get("kind", ""))) for number, row in _typed(cells, fields)]
        # Districts first: their schools find them whatever the order of the table.
        typed.sort(key=lambda one: one[2] is not OrganizationKind.DISTRICT)
        planned = [self._plan(number, row, kind) for number, row, kind in typed if row]
        return sorted(planned, key=lambda one: one.row.number)

    def _plan(self, number: int, typed: dict[str, str], kind: OrganizationKind | None) -> Planned:
        card = read_card({name: value for name, value in typed.items() if name in CARD_LABELS})
        code = typed.get("code", "").lower()
        row = Row(number, RowState.WRONG, code, typed.get("name_short") or typed.get("name", ""), errors=card.faults)
        planned = Planned(row, card.values, kind)
        self._need_kind(planned, typed.get("kind", ""))
        self._find_parent(planned, typed.get("parent", ""))
        known = self._known(planned)
        if known is None:
            self._as_new(planned)
        else:
            self._as_known(planned, known, has_parent="parent" in typed)
        if row.errors:
            row.state, row.question = RowState.WRONG, ""
        elif row.question and number not in self._answers:
            row.state = RowState.QUESTION
        self._remember(planned)
        return planned

    def _need_kind(self, planned: Planned, word: str) -> None:
        if planned.kind is None:
            known = ", ".join(words[0] for words in KIND_WORDS.values())
            said = f"Вид «{word}» неизвестен" if word else "Укажите вид"
            planned.row.errors["kind"] = f"{said}. Допустимы: {known}."
        else:
            planned.row.kind = planned.kind.label

    def _find_parent(self, planned: Planned, word: str) -> None:
        if planned.kind is OrganizationKind.DISTRICT or not word:
            planned.parent = self._register.region
        else:
            planned.parent = self._parent_named(word)
            if planned.parent is None:
                planned.row.errors["parent"] = (
                    f"Подчинения «{word}» нет ни в реестре, ни в этой таблице. Укажите код или точное название района."
                )
        if isinstance(planned.parent, Planned):
            planned.row.parent = planned.parent.row.name
            if not planned.parent.row.state.goes:
                planned.row.errors["parent"] = (
                    f"Сначала исправьте строку {planned.parent.row.number}: в ней район этой организации."
                )
        elif planned.parent is not None:
            planned.row.parent = planned.parent.name

    def _parent_named(self, word: str) -> "Place | Planned | None":
        name = plain(word)
        found: Place | Planned | None = self._register.by_code.get(word.lower()) or self._districts.get(word.lower())
        if found is None:
            places = [one for one in self._register.by_name.get(name, ()) if one.kind in _PARENTS]
            found = places[0] if len(places) == 1 else self._districts.get(name)
        return found if isinstance(found, Planned) or (found and found.kind in _PARENTS) else None

    def _known(self, planned: Planned) -> Place | None:
        """Match by the code alone where the row names one, else by ИНН and КПП, else by name and parent."""
        row, card = planned.row, planned.card
        if row.code:
            return self._register.by_code.get(row.code)
        inn, kpp = card.get("inn"), card.get("kpp")
        if inn and kpp:
            twins = [one for one in self._register.by_inn.get(inn, ()) if one.card["kpp"] == kpp]
            if twins:
                return twins[0] if len(twins) == 1 and row.number not in self._answers else None
        parent_id = planned.parent.id if isinstance(planned.parent, Place) else None
        named = [
            one
            for name in (card.get("name"), card.get("name_short"))
            for one in self._register.by_name.get(plain(name or ""), ())
            if one.parent_id == parent_id and one.kind is planned.kind
        ]
        return named[0] if named and all(one is named[0] for one in named) else None

    def _as_new(self, planned: Planned) -> None:
        row, card = planned.row, planned.card
        row.state = RowState.NEW
        if not card.get("name_short"):
            row.errors.setdefault("name_short", "Укажите краткое наименование.")
        card.setdefault("name", card.get("name_short"))
        if isinstance(planned.parent, Place):
            self._fit_parent(planned, planned.parent)
        self._give_code(planned)
        row.doubt = doubt(card)
        self._ask_about_twins(planned, None)

    def _fit_parent(self, planned: Planned, parent: Place) -> None:
        if parent.archived_on is not None:
            planned.row.errors["parent"] = f"«{parent.name}» в архиве с {parent.archived_on:%d.%m.%Y}."

    def _give_code(self, planned: Planned) -> None:
        row = planned.row
        if not row.code:
            parent = planned.parent.row.code if isinstance(planned.parent, Planned) else None
            parent = parent or (planned.parent.code if isinstance(planned.parent, Place) else "")
            row.code = free_code(row.name, parent, _Taken(self._register.by_code, self._taken, self._codes))
        if not CODE.fullmatch(row.code):
            row.errors["code"] = "Код: латинские буквы, цифры и дефис, от 2 до 40 знаков."
        elif row.code in self._taken:
            row.errors["code"] = f"Код «{row.code}» уже занят в другом регионе. Выберите другой."

    def _as_known(self, planned: Planned, place: Place, *, has_parent: bool) -> None:
        row = planned.row
        row.organization_id, row.version, row.code = place.id, place.version, place.code
        row.name = row.name or place.name
        self._refuse_moves(planned, place, has_parent=has_parent)
        row.changes = [
            (name, place.card[name] or "", value)
            for name, value in planned.card.items()
            if value is not None and value != place.card[name]
        ]
        row.state = RowState.CHANGED if row.changes else RowState.SAME
        if any(name in ("inn", "kpp") for name, *_ in row.changes):
            merged = {**place.card, **{name: value for name, value in planned.card.items() if value}}
            row.doubt = doubt(merged)
            self._ask_about_twins(planned, place)

    def _refuse_moves(self, planned: Planned, place: Place, *, has_parent: bool) -> None:
        row = planned.row
        if place.archived_on is not None:
            row.errors["code"] = (
                f"Организация в архиве с {place.archived_on:%d.%m.%Y}. Верните её из архива или уберите строку."
            )
        if planned.kind not in (None, place.kind):
            row.errors["kind"] = f"В реестре это «{place.kind.label}». Вид загрузкой не меняется."
        parent_id = planned.parent.id if isinstance(planned.parent, Place) else None
        if has_parent and "parent" not in row.errors and parent_id != place.parent_id:
            now = self._register.by_id[place.parent_id].name if place.parent_id else ""
            row.errors["parent"] = (
                f"Сейчас организация подчинена «{now}». Перевод в другой район — отдельный шаг с датой, загрузка его не"
                " делает: верните прежнее подчинение."
            )

    def _ask_about_twins(self, planned: Planned, itself: Place | None) -> None:
        """Never take the codes of another organization over in silence: branches share an ИНН, typing errors too."""
        inn, kpp = planned.card.get("inn"), planned.card.get("kpp")
        if not inn:
            return
        for one in self._register.by_inn.get(inn, ()):
            if one is not itself and (not kpp or one.card["kpp"] in (None, kpp)):
                planned.row.question = (
                    f"Такой же ИНН у «{one.name}», код {one.code}. Если это она, впишите её код в строку; если филиал"
                    " или другая организация, подтвердите."
                )
                return
        twin = self._inns.get((inn, kpp or ""))
        if twin is not None and itself is None:
            planned.row.question = (
                f"Такие же ИНН и КПП в строке {twin.row.number}, «{twin.row.name}». Если это филиал или другая"
                " организация, подтвердите."
            )

    def _remember(self, planned: Planned) -> None:
        row = planned.row
        before = self._codes.get(row.code) if row.code else None
        if before is not None:
            row.state, row.question = RowState.WRONG, ""
            row.errors["code"] = f"Эта же организация уже в строке {before.row.number}. Оставьте одну из строк."
            return
        if row.code:
            self._codes[row.code] = planned
        if inn := planned.card.get("inn"):
            self._inns.setdefault((inn, planned.card.get("kpp") or ""), planned)
        if planned.kind is OrganizationKind.DISTRICT and row.organization_id is None:
            for word in (row.code, plain(row.name), plain(planned.card.get("name") or "")):
                self._districts.setdefault(word, planned)


class _Taken:
    """Codes that are taken: in the register, elsewhere, in this table."""

    def __init__(self, *places: Container[str]) -> None:
        self._places = places

    def __contains__(self, code: object) -> bool:
        return any(code in place for place in self._places)


def as_json(planned: Sequence[Planned]) -> list[dict[str, Any]]:
    """Return the report as plain values."""
    return as_plain([one.row for one in planned])


def as_plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return rows as plain values; what is empty is left out."""
    return [{name: value for name in _ROW if (value := getattr(row, name)) or name == "number"} for row in rows]


def as_rows(report: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Return the rows of a kept report."""
    return [Row(**{"code": "", "name": "", **one, "state": RowState(one["state"])}) for one in report]


def counts(rows: Iterable[Row]) -> dict[RowState, int]:
    """Return how many rows stand at each outcome; an outcome of none is 0."""
    found = dict.fromkeys(RowState, 0)
    for row in rows:
        found[row.state] += 1
    return found
