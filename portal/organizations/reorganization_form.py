"""The form of a move, a merger or a split: what it offers, how many lines it has, what a filled one means."""

from collections.abc import Mapping
from typing import Any

from portal.context import actor, db
from portal.forms import Form
from portal.organizations.reorganization_schemas import SOURCES, ChangeForm, MergeForm, MoveForm, SplitForm
from tenants.errors import InvalidError
from tenants.organizations.queries import districts, reporting_organizations
from tenants.reorganizations.commands import Change
from tenants.reorganizations.models import Kind, Placement

FORMS: Mapping[Kind, type[ChangeForm]] = {Kind.MOVE: MoveForm, Kind.MERGE: MergeForm, Kind.SPLIT: SplitForm}
_TIED = " · "
_STEP = 3
"""So many lines for organizations a merger begins with, and so many come with each «ещё»."""


def places() -> list[tuple[str, str]]:
    """Return (what is typed, where it stands) of every organization that may be reorganized."""
    above = {place.id: place.name_short for place in districts(db())}
    return [
        (f"{place.name_short}{_TIED}{place.code}", above.get(place.district_id, "подведомственная региону"))
        for place in reporting_organizations(db())
    ]


def parents() -> list[tuple[int, str]]:
    """Return under whom an organization may stand."""
    own = actor().organization
    return [*((place.id, place.name_short) for place in districts(db())), (own.id, f"{own.name_short} (напрямую)")]


def empty_form(kind: Kind, source: str) -> Form:
    """Return a form that has not been filled; `source` is an organization it was opened from, or empty."""
    return Form(FORMS[kind], {SOURCES[0] if kind is Kind.MERGE else "source": source})


def with_more_lines(typed: Mapping[str, Any]) -> tuple[Form, str]:
    """Return the form of a merger as it was filled so far, with further lines and a key of its own; and the first new.

    The first new line is empty where there are twenty already.
    """
    shown = len(source_lines(Form(MergeForm, typed)))
    new = SOURCES[shown : shown + _STEP]
    return Form(MergeForm, {**typed, **dict.fromkeys(new, "")}), next(iter(new), "")


def source_lines(form: Form) -> tuple[str, ...]:
    """Return the fields for organizations that the form shows, without gaps."""
    last = max((at for at, name in enumerate(SOURCES, 1) if name in form.typed), default=0)
    return SOURCES[: max(last, _STEP)]


def change_of(kind: Kind, form: Form) -> Change:
    """Return the change that a filled form describes.

    Raises:
        InvalidError: an organization is not in the list, or stands there twice.

    """
    values = form.values
    known = {place.code: place.id for place in reporting_organizations(db())}
    receiver = values.get("receiver")
    if kind is Kind.MERGE:
        receiver = _place(known, values, "receiver") if receiver else None
    card = {"code": values.get("code_new"), **{name: values.get(name) for name in ("name", "name_short", "parent_id")}}
    return Change(
        kind,
        _sources(kind, known, values),
        values["takes_effect_on"],
        receiver=receiver,
        card=None if receiver else card,
        order_number=values["order_number"],
        order_on=values["order_on"],
        reason=values["reason"],
    )


def placements_of(typed: Mapping[str, str]) -> dict[int, Placement]:
    """Return where the staff of a split is to work, by account: `staff-12=goes`."""
    found: dict[int, Placement] = {}
    for name, value in typed.items():
        word, _, account = name.partition("-")
        if word == "staff" and account.isdecimal() and value in set(Placement):
            found[int(account)] = Placement(value)
    return found


def refuse(form: Form, error: InvalidError) -> None:
    """Show an error at its field: what concerns all organizations of a merger stands at the first."""
    first = error.field == "sources" and SOURCES[0] in form.schema.fields
    form.refuse(InvalidError(str(error), field=SOURCES[0]) if first else error)


def _sources(kind: Kind, known: Mapping[str, int], values: Mapping[str, Any]) -> list[int]:
    found: list[int] = []
    for name in SOURCES if kind is Kind.MERGE else ("source",):
        if not values.get(name):
            continue
        place = _place(known, values, name)
        if place in found:
            raise InvalidError("Эта организация уже выбрана выше.", field=name)
        found.append(place)
    if not found:
        raise InvalidError("Выберите организации, которые объединяются.", field=SOURCES[0])
    return found


def _place(known: Mapping[str, int], values: Mapping[str, str], name: str) -> int:
    code = values[name].rpartition(_TIED)[2].strip()
    if code not in known:
        raise InvalidError("Такой организации нет. Выберите её из подсказки или введите код.", field=name)
    return known[code]
