"""Fields of the forms about people and pairs: a Russian day, and a choice by code or by its Russian words."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from tenants.errors import InvalidError
from tenants.participants.blocks import parse_day, plain

FILL_IN: dict[str, Any] = {
    "required": "Заполните это поле.",
    "null": "Заполните это поле.",
    "invalid": "Проверьте это поле.",
}


class RecordForm(Schema):
    """A form of one record: unknown fields are ignored, an empty field is a missing one."""

    class Meta:
        """Ignore the CSRF token, the key of the request and the submit button."""

        unknown = EXCLUDE

    @pre_load
    def _drop_empty(self, data: Mapping[str, Any], **_: object) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value not in ("", [])}


class Day(fields.Field[date]):
    """A day typed as дд.мм.гггг."""

    default_error_messages = FILL_IN

    def _deserialize(self, value: object, *_: object, **__: object) -> date:
        try:
            return parse_day(str(value))
        except InvalidError as error:
            text = str(error)
            raise ValidationError(f"{text[0].upper()}{text[1:]}. Пример: 25.11.2026.") from error


class Choice(fields.Field[str]):
    """One of several codes; the Russian words of a code are understood too, since a conflict page sends them back."""

    default_error_messages = FILL_IN

    def __init__(self, options: Iterable[tuple[str, str]], *, label: str, required: bool = False) -> None:
        metadata = {"label": label}
        if required:
            super().__init__(required=True, metadata=metadata)
        else:
            super().__init__(load_default="", metadata=metadata)
        self._options = tuple(options)

    def _deserialize(self, value: object, *_: object, **__: object) -> str:
        wanted = str(value)
        for code, words in self._options:
            if wanted == code or plain(wanted) == plain(words):
                return code
        raise ValidationError("Выберите из списка.")


def options_of(enum: type[StrEnum], *, without: Iterable[StrEnum] = ()) -> list[tuple[str, str]]:
    """Return codes with their labels, in order."""
    return [(one.value, str(getattr(one, "label", one))) for one in enum if one not in set(without)]


def text(label: str, longest: int, *, required: bool = False, **metadata: str) -> fields.String:
    """Return a line of text."""
    more: dict[str, Any] = {"required": True} if required else {"load_default": ""}
    return fields.String(
        validate=validate.Length(1 if required else 0, longest, error=f"Не длиннее {longest} знаков."),
        metadata={"label": label, **metadata},
        error_messages=FILL_IN,
        **more,
    )


def day(label: str, *, required: bool = False) -> Day:
    """Return a day."""
    more: dict[str, Any] = {"required": True} if required else {"load_default": None}
    return Day(metadata={"label": label}, **more)


def version() -> fields.Integer:
    """Return the hidden version of what the editor saw."""
    return fields.Integer(required=True, metadata={"label": "Версия"}, error_messages=FILL_IN)
