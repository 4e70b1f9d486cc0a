"""What is typed about plans, measures, remarks and orders."""

from datetime import date, datetime

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from tenants.roadmaps.measures import LABELS


class Day(fields.Field["date | None"]):
    """A date typed дд.мм.гггг; an empty one is None where it may be."""

    def __init__(self, label: str, *, required: bool = False) -> None:
        messages: dict[str, str | list[object] | dict[object, object]] = {"required": "Укажите дату."}
        if required:
            super().__init__(required=True, metadata={"label": label}, error_messages=messages)
        else:
            super().__init__(load_default=None, metadata={"label": label})
        self.needed = required

    def _deserialize(self, value: object, *_: object, **__: object) -> date | None:
        typed = str(value or "").strip()
        if not typed and self.needed:
            raise ValidationError("Укажите дату.")
        try:
            return datetime.strptime(typed, "%d.%m.%Y").date() if typed else None  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            raise ValidationError("Дата пишется так: 25.11.2026.") from error


def _text(label: str, longest: int, *, required: bool = False) -> fields.String:
    least = "От 1 до" if required else "Не длиннее"
    limits = validate.Length(1 if required else 0, longest, error=f"{least} {longest} знаков.")
    if required:
        return fields.String(
            required=True,
            validate=limits,
            metadata={"label": label},
            error_messages={"required": "Заполните это поле."},
        )
    return fields.String(load_default="", validate=limits, metadata={"label": label})


class _Form(Schema):
    class Meta:
        """Ignore the CSRF token, the request key and the submit button."""

        unknown = EXCLUDE


class UploadForm(_Form):
    """A document; the file itself stands beside the form."""

    document = fields.Raw(load_default=None, metadata={"label": "Файл плана"})


class MeasureForm(_Form):
    """One measure; version 0 for a new one."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    stage_title = _text(LABELS["stage_title"], 600)
    number = _text(LABELS["number"], 40)
    title = _text(LABELS["title"], 4000, required=True)
    period_raw = _text(LABELS["period_raw"], 600)
    period_start = Day(LABELS["period_start"])
    period_end = Day(LABELS["period_end"])
    responsible = _text(LABELS["responsible"], 2000)
    result = _text(LABELS["result"], 2000)
    details = _text(LABELS["details"], 4000)


class AnswerForm(_Form):
    """An answer to a question of the reading."""

    choice = _text("Ответ", 200, required=True)
    start = Day("с")
    end = Day("по")


class AnchorForm(_Form):
    """When an event happened."""

    happened_on = Day("Дата события", required=True)


class DoneForm(_Form):
    """A mark of execution; the document stands beside the form."""

    done_on = Day("Когда выполнено", required=True)
    occurrence_on = fields.Date(allow_none=True, load_default=None, metadata={"label": "За какой срок"})
    note = _text("Пометка", 2000)
    document = fields.Raw(load_default=None, metadata={"label": "Документ"})


class TitleForm(_Form):
    """The title of a plan."""

    version = fields.Integer(required=True, metadata={"label": "Версия"})
    title = _text("Название плана", 600, required=True)


class RemarkForm(_Form):
    """A remark and what it is pinned to."""

    version_n = fields.Integer(required=True, metadata={"label": "Версия"})
    measure_id = fields.Integer(load_default=None, allow_none=True, metadata={"label": "Мероприятие"})
    template_measure_id = fields.Integer(load_default=None, allow_none=True, metadata={"label": "Строка типовой карты"})
    stage_title = _text("Этап", 600)
    text = _text("Замечание", 2000)


class ReturnForm(_Form):
    """The return of a version."""

    version_n = fields.Integer(required=True, metadata={"label": "Версия"})
    reason = _text("Причина возврата", 2000)


class OrderForm(_Form):
    """The order that approves."""

    version_n = fields.Integer(load_default=0, metadata={"label": "Версия"})
    order_on = Day("Приказ от", required=True)
    order_number = _text("Номер приказа", 60, required=True)


class ReplyForm(_Form):
    """The school's answer to a remark."""

    text = _text("Ответ", 2000, required=True)


class TemplateForm(_Form):
    """A new template."""

    title = _text("Название", 300, required=True)
    document = fields.Raw(load_default=None, metadata={"label": "Файл с картой"})


class TemplateMeasureForm(_Form):
    """One measure of a template; an empty id adds one."""

    measure_id = fields.Integer(load_default=None, allow_none=True, metadata={"label": "Строка"})
    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    stage_number = _text("Номер этапа", 20)
    stage_title = _text("Этап", 600, required=True)
    number = _text("Номер", 40)
    title = _text("Мероприятие", 2000, required=True)
    period = _text("Срок", 200)
    responsible = _text("Ответственный", 2000)
    result = _text("Вид документа", 2000)
    required = fields.Boolean(load_default=False, metadata={"label": "Обязательное для всех планов"})
