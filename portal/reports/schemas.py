"""What is typed on the pages of reports and forms."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from reports.editions.parts import Source
from reports.runs.periods import read_period
from tenants.errors import InvalidError


class _Page(Schema):
    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE


def _choose(words: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return {"required": words, "invalid": words, "null": words}


class SummaryForm(_Page):
    """A summary of a month."""

    month = fields.String(
        required=True,
        validate=validate.Regexp(r"\d{4}-\d{2}", error="Выберите месяц."),
        metadata={"label": "Месяц"},
        error_messages=_choose("Выберите месяц."),
    )
    bounds = fields.String(load_default="", metadata={"label": "В нынешних границах районов"})


class FederalForm(_Page):
    """A federal form of an organization for a period."""

    edition = fields.Integer(required=True, metadata={"label": "Форма"}, error_messages=_choose("Выберите форму."))
    organization = fields.Integer(
        required=True, metadata={"label": "По кому"}, error_messages=_choose("Выберите организацию.")
    )
    period = fields.String(
        required=True, metadata={"label": "Период"}, error_messages=_choose("Укажите период: 2026 или 2026-Q3.")
    )

    @validates_schema(skip_on_field_errors=True)
    def _period_is_read(self, data: dict[str, Any], **_: object) -> None:
        try:
            read_period(data["period"])
        except InvalidError as error:
            raise ValidationError(str(error), "period") from error


class UploadForm(_Page):
    """A template to be loaded."""

    file = fields.Raw(metadata={"label": "Шаблон формы, XML"})


class BindingForm(_Page):
    """Where one cell comes from."""

    version = fields.Integer(required=True, metadata={"label": "Версия"})
    source = fields.Enum(
        Source,
        by_value=True,
        required=True,
        metadata={"label": "Откуда значение"},
        error_messages=_choose("Выберите, откуда значение.") | {"unknown": "Выберите, откуда значение."},
    )
    figure = fields.String(load_default="", metadata={"label": "Показатель"})
    constant = fields.String(load_default="", metadata={"label": "Постоянное значение"})
    mentoring_form = fields.String(load_default="", metadata={"label": "Форма наставничества"})
    category = fields.String(load_default="", metadata={"label": "Категория"})
    role = fields.String(load_default="", metadata={"label": "Роль"})
    sex = fields.String(load_default="", metadata={"label": "Пол"})
    kind = fields.String(load_default="", metadata={"label": "Вид"})
