"""What is typed about settings. Every input has a name of its own, so that a page of a conflict can send it again."""

from typing import Any

from marshmallow import Schema, fields

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, text
from tenants.mentorships.catalogue import CATEGORY_LABELS, MENTORING_FORMS
from tenants.organizations.queries import REPORTING_KINDS
from tenants.settings.calendar import Shift
from tenants.settings.papers import MOST_DOCUMENTS, MOST_WAVES

SHIFTS = [(one.value, one.label) for one in Shift]
YES = "да"
_WORDS_OF_YES = {"1", "true", "on", YES, True}
_WORDS_OF_NO = {"0", "false", "off", "нет", "", False}


def flag(label: str) -> fields.Boolean:
    """Return a box to tick; a conflict page sends its words back."""
    return fields.Boolean(
        truthy=_WORDS_OF_YES,
        falsy=_WORDS_OF_NO,
        load_default=False,
        metadata={"label": label},
    )


def _number(label: str) -> fields.Integer:
    return fields.Integer(
        required=True, metadata={"label": label}, error_messages=FILL_IN | {"invalid": "Нужно число от 1 до 31."}
    )


class DecisionForm(RecordForm):
    """What every decision about a setting has besides its value."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    valid_from = day("Действует с", required=True)
    reason = text("Причина исправления", 500)


class CalendarForm(DecisionForm):
    """Reporting days."""

    cut_day = _number("Данные на число")
    due_day = _number("Сдать не позже числа")
    open_day = _number("Сдача открывается числа")
    shift = Choice(SHIFTS, label="Если срок выпал на нерабочий день", required=True)


class DaysOffForm(DecisionForm):
    """The days off of a year, a line for each day or row of days."""

    valid_from = day("Действует с")
    year = fields.Integer(required=True, metadata={"label": "Год"}, error_messages=FILL_IN)
    off = text("Нерабочие дни", 20_000)
    working = text("Рабочие выходные", 5_000)


class SupportForm(DecisionForm):
    """Whom to ask."""

    name = text("Кто отвечает", 120)
    phone = text("Телефон", 60)
    email = text("Почта", 120)
    hours = text("Часы работы", 120)


class LogoForm(DecisionForm):
    """The logo; the file comes beside the form."""

    picture = fields.Raw(load_default=None, metadata={"label": "Файл с логотипом"})
    remove = flag("Убрать логотип")


class MoveForm(RecordForm):
    """A due day that is moved."""

    due_on = day("Новый срок", required=True)
    reason = text("Почему", 500, required=True)


class PaperForm(RecordForm):
    """A document that is there."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    dated_on = day("Дата документа", required=True)
    number = text("Номер", 80)


def _form(name: str, inputs: dict[str, fields.Field[Any]]) -> type[Schema]:
    return type(name, (DecisionForm,), inputs)


def _forms() -> dict[str, fields.Field[Any]]:
    inputs: dict[str, fields.Field[Any]] = {}
    for form in MENTORING_FORMS:
        inputs[f"on_{form.code}"] = flag(form.label)
        inputs[f"label_{form.code}"] = text(f"Название: {form.label}", 80)
    return inputs


def _documents() -> dict[str, fields.Field[Any]]:
    inputs: dict[str, fields.Field[Any]] = {}
    for at in range(MOST_DOCUMENTS):
        inputs[f"code_{at}"] = text(f"Код {at + 1}", 80)
        inputs[f"title_{at}"] = text(f"Документ {at + 1}", 150)
        inputs |= {f"{kind.value}_{at}": flag(f"Документ {at + 1}: {kind.label}") for kind in REPORTING_KINDS}
    return inputs


def _deadlines() -> dict[str, fields.Field[Any]]:
    inputs: dict[str, fields.Field[Any]] = {"roadmap": text("Дорожную карту отправить до", 10)}
    for at in range(MOST_WAVES):
        inputs[f"wave_{at}"] = text(f"Волна {at + 1}", 150)
        inputs[f"opens_{at}"] = text(f"Волна {at + 1}: начало", 10)
        inputs[f"closes_{at}"] = text(f"Волна {at + 1}: окончание", 10)
    return inputs


FormsForm = _form("FormsForm", _forms())
RoleModelsForm = _form("RoleModelsForm", {f"models_{form.code}": text(form.label, 3000) for form in MENTORING_FORMS})
CategoriesForm = _form(
    "CategoriesForm",
    {f"{side}_{one.value}": flag(label) for side in ("mentor", "mentee") for one, label in CATEGORY_LABELS.items()},
)
DocumentsForm = _form("DocumentsForm", _documents())
DeadlinesForm = _form("DeadlinesForm", _deadlines())
