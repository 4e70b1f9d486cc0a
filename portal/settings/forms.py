"""Between what is typed and the value of a setting, for every kind."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import Schema

from portal.context import db
from portal.settings import schemas
from portal.settings.day_lines import day_lines, read_days
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import CATEGORY_LABELS, MENTORING_FORMS, mentoring_form
from tenants.organizations.queries import REPORTING_KINDS
from tenants.settings.calendar import Calendar, DaysOff, Shift
from tenants.settings.logos import MOST_BYTES, keep_logo
from tenants.settings.mentoring import Categories, Forms, RoleModels
from tenants.settings.models import SettingKind
from tenants.settings.papers import (
    MOST_DOCUMENTS,
    MOST_WAVES,
    Deadlines,
    Documents,
    Logo,
    RequiredDocument,
    Support,
    Wave,
    YearDay,
)

Values = Mapping[str, Any]


@dataclass(frozen=True)
class KindForm:
    """How one kind is edited."""

    schema: type[Schema]
    read: Callable[[Values], Any]
    """Return the value; may raise InvalidError with the name of a field."""
    typed: Callable[[Any], dict[str, Any]]


def _yes(value: object) -> str:
    return "1" if value else ""


def _read_calendar(values: Values) -> Calendar:
    return Calendar(values["cut_day"], values["due_day"], values["open_day"], Shift(values["shift"]))


def _read_days_off(values: Values) -> DaysOff:
    year = values["year"]
    working = read_days(values["working"], year, "working")
    return DaysOff(year, read_days(values["off"], year, "off"), tuple(sorted(working)))


def _typed_days_off(value: DaysOff) -> dict[str, Any]:
    off = "\n".join(f"{days} {name}" for days, name in day_lines(value.off))
    return {"year": value.year, "off": off, "working": "\n".join(f"{day:%d.%m}" for day in value.working)}


def _read_forms(values: Values) -> Forms:
    off = frozenset(form.code for form in MENTORING_FORMS if not values[f"on_{form.code}"])
    typed = {form.code: " ".join(values[f"label_{form.code}"].split()) for form in MENTORING_FORMS}
    return Forms(off, {code: label for code, label in typed.items() if label and label != mentoring_form(code).label})


def _typed_forms(value: Forms) -> dict[str, Any]:
    typed: dict[str, Any] = {f"on_{form.code}": _yes(form.code not in value.off) for form in MENTORING_FORMS}
    typed |= {f"label_{form.code}": value.labels.get(form.code, "") for form in MENTORING_FORMS}
    return typed


def _read_models(values: Values) -> RoleModels:
    found = {}
    for form in MENTORING_FORMS:
        lines = tuple(" ".join(line.split()) for line in values[f"models_{form.code}"].splitlines() if line.strip())
        if lines != tuple(model.label for model in form.role_models):
            found[form.code] = lines
    return RoleModels(found)


def _typed_models(value: RoleModels) -> dict[str, Any]:
    return {f"models_{form.code}": "\n".join(one.label for one in value.of(form)) for form in MENTORING_FORMS}


def _read_categories(values: Values) -> Categories:
    mentors, mentees = (
        frozenset(one for one in CATEGORY_LABELS if not values[f"{side}_{one.value}"]) for side in ("mentor", "mentee")
    )
    return Categories(mentors, mentees)


def _typed_categories(value: Categories) -> dict[str, Any]:
    sides = {"mentor": value.off_mentors, "mentee": value.off_mentees}
    return {f"{side}_{one.value}": _yes(one not in off) for side, off in sides.items() for one in CATEGORY_LABELS}


def _read_documents(values: Values) -> Documents:
    items = []
    for at in range(MOST_DOCUMENTS):
        if title := " ".join(values[f"title_{at}"].split()):
            kinds = frozenset(kind for kind in REPORTING_KINDS if values[f"{kind.value}_{at}"])
            items.append(RequiredDocument(values[f"code_{at}"] or f"own-{secrets.token_hex(5)}", title, kinds))
    return Documents(tuple(items))


def _typed_documents(value: Documents) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for at, one in enumerate(value.items):
        typed |= {f"code_{at}": one.code, f"title_{at}": one.title}
        typed |= {f"{kind.value}_{at}": _yes(kind in one.kinds) for kind in REPORTING_KINDS}
    return typed


def _read_deadlines(values: Values) -> Deadlines:
    roadmap = YearDay.parse(values["roadmap"], "roadmap") if values["roadmap"] else None
    waves = []
    for at in range(MOST_WAVES):
        title, opens, closes = (values[f"{name}_{at}"].strip() for name in ("wave", "opens", "closes"))
        if title or opens or closes:
            waves.append(Wave(title, YearDay.parse(opens, f"opens_{at}"), YearDay.parse(closes, f"closes_{at}")))
    return Deadlines(roadmap, tuple(waves))


def _typed_deadlines(value: Deadlines) -> dict[str, Any]:
    typed: dict[str, Any] = {"roadmap": value.roadmap.text if value.roadmap else ""}
    for at, one in enumerate(value.waves):
        typed |= {f"wave_{at}": one.title, f"opens_{at}": one.opens.text, f"closes_{at}": one.closes.text}
    return typed


def _read_support(values: Values) -> Support:
    return Support(*(values[name].strip() for name in ("name", "phone", "email", "hours")))


def _read_logo(values: Values) -> Logo:
    if values["remove"]:
        return Logo()
    upload = request.files.get("picture")
    if upload is None or not upload.filename:
        raise InvalidError("Выберите файл с логотипом.", field="picture")
    return keep_logo(db(), upload.stream.read(MOST_BYTES + 1))


KINDS: Mapping[SettingKind, KindForm] = {
    SettingKind.CALENDAR: KindForm(schemas.CalendarForm, _read_calendar, Calendar.plain),
    SettingKind.DAYS_OFF: KindForm(schemas.DaysOffForm, _read_days_off, _typed_days_off),
    SettingKind.FORMS: KindForm(schemas.FormsForm, _read_forms, _typed_forms),
    SettingKind.ROLE_MODELS: KindForm(schemas.RoleModelsForm, _read_models, _typed_models),
    SettingKind.CATEGORIES: KindForm(schemas.CategoriesForm, _read_categories, _typed_categories),
    SettingKind.DOCUMENTS: KindForm(schemas.DocumentsForm, _read_documents, _typed_documents),
    SettingKind.DEADLINES: KindForm(schemas.DeadlinesForm, _read_deadlines, _typed_deadlines),
    SettingKind.SUPPORT: KindForm(schemas.SupportForm, _read_support, Support.plain),
    SettingKind.LOGO: KindForm(schemas.LogoForm, _read_logo, lambda _: {}),
}
"""One line a kind, in the order of the list."""
