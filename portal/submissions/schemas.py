"""What is typed about a month: numbers, adjustments, answers, reasons, remarks."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

_LONGEST = 2000


class Number(fields.Field["Decimal | None"]):
    """A number as people type it: «1 200,5»; an empty one is None."""

    def _deserialize(self, value: object, *_: object, **__: object) -> Decimal | None:
        typed = "".join(str(value or "").split()).replace(",", ".")
        if not typed:
            return None
        try:
            return Decimal(typed)
        except InvalidOperation as error:
            raise ValidationError("Нужно число.") from error


class Seen(fields.Field["int | None"]):
    """The version the page was drawn with; a page without one leaves it empty."""

    def _deserialize(self, value: object, *_: object, **__: object) -> int | None:
        typed = str(value or "")
        if typed and not typed.isdecimal():
            raise ValidationError("Страница устарела, обновите её.")
        return int(typed) if typed else None


class Day(fields.Field["date | None"]):
    """A date typed дд.мм.гггг; an empty one is None."""

    def _deserialize(self, value: object, *_: object, **__: object) -> date | None:
        typed = str(value or "").strip()
        try:
            return datetime.strptime(typed, "%d.%m.%Y").date() if typed else None  # noqa: DTZ007 - a day has no zone
        except ValueError as error:
            raise ValidationError("Дата пишется так: 25.11.2026.") from error


def _text(label: str, *, missing: str = "", longest: int = _LONGEST) -> fields.String:
    if not missing:
        most = validate.Length(0, longest, error=f"Не длиннее {longest} знаков.")
        return fields.String(load_default="", validate=most, metadata={"label": label})
    limits = [validate.Length(1, error=missing), validate.Length(0, longest, error=f"Не длиннее {longest} знаков.")]
    return fields.String(
        required=True, validate=limits, metadata={"label": label}, error_messages={"required": missing}
    )


class _Form(Schema):
    class Meta:
        """Ignore the CSRF token, the request key and the submit button."""

        unknown = EXCLUDE


class AdjustForm(_Form):
    """Another number than the records hold."""

    version = fields.Integer(required=True, metadata={"label": "Версия"})
    value = Number(required=True, metadata={"label": "Правильное число"}, error_messages={"required": "Введите число."})
    reason = _text("Причина", missing="Напишите причину поправки.", longest=1000)
    until = Day(load_default=None, metadata={"label": "Действует до"})


class EntryForm(_Form):
    """A number by hand; `value` stays text where the cell takes text."""

    version = Seen(load_default=None, metadata={"label": "Версия"})
    value = Number(load_default=None, metadata={"label": "Число"})


class VersionForm(_Form):
    """A step with a cell."""

    version = Seen(load_default=None, metadata={"label": "Версия"})


class ExplainForm(_Form):
    """The answer to a question of the controls."""

    condition_key = fields.String(required=True, metadata={"label": "Вопрос"})
    text = _text("Ответ на вопрос", missing="Напишите ответ на вопрос.")


class AnswerForm(_Form):
    """The answer to a remark."""

    text = _text("Ответ на замечание", missing="Напишите ответ на замечание.")


class ReasonForm(_Form):
    """Why a step is taken."""

    reason = _text("Что и почему исправляете", missing="Напишите, что и почему исправляете.")


class NoteForm(_Form):
    """A remark pinned to a cell, written «раздел.строка.графа»."""

    place = fields.String(load_default="", metadata={"label": "Ячейка"})
    text = _text("Замечание", missing="Напишите замечание.")


class DecisionForm(_Form):
    """The revision a reviewer has seen."""

    revision_n = fields.Integer(required=True, metadata={"label": "Редакция"})


class ReturnForm(DecisionForm):
    """Why a month goes back."""

    reason = _text("Причина возврата")
    only_cells = fields.Boolean(load_default=False, metadata={"label": "Открыть только ячейки с замечаниями"})
    answer_by = Day(load_default=None, metadata={"label": "Ждём исправления до"})


class ReopenForm(_Form):
    """Why an accepted month is opened again."""

    reason = _text("Что нужно исправить", missing="Напишите, что нужно исправить.")
    answer_by = Day(load_default=None, metadata={"label": "Ждём исправления до"})
