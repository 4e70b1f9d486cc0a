"""What is typed on the pages of staff."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from portal.participants.fields import FILL_IN, RecordForm, day
from tenants.accounts.models import Role


def _role() -> fields.Enum[Role]:
    return fields.Enum(
        Role,
        by_value=True,
        required=True,
        metadata={"label": "Роль"},
        error_messages={"required": "Выберите роль.", "unknown": "Выберите роль из списка."},
    )


class InvitationForm(RecordForm):
    """Whom to invite and as what."""

    email = fields.String(
        required=True,
        validate=validate.Length(3, 200, error="Укажите адрес почты."),
        metadata={"label": "Адрес почты"},
        error_messages={"required": "Укажите адрес почты."},
    )
    role = _role()


class RoleForm(RecordForm):
    """Another role."""

    role = _role()


class DismissForm(RecordForm):
    """From which day on somebody works there no more."""

    from_day = day("Первый день без доступа", required=True)


class DeputyForm(RecordForm):
    """Who stands in, a colleague or somebody to be invited, from when until when, and why."""

    user_id = fields.Integer(
        load_default=None, metadata={"label": "Заместитель"}, error_messages={"invalid": "Выберите сотрудника."}
    )
    email = fields.String(
        load_default="",
        validate=validate.Length(0, 200, error="Не длиннее 200 знаков."),
        metadata={"label": "Почта заместителя"},
    )
    since = day("Первый день", required=True)
    until = day("Последний день", required=True)
    reason = fields.String(
        required=True,
        validate=validate.Length(1, 300, error="От 1 до 300 знаков."),
        metadata={"label": "Причина"},
        error_messages={"required": "Напишите причину, например «отпуск»."},
    )
    suspends = fields.Boolean(load_default=False, metadata={"label": "На это время закрыть доступ самому сотруднику"})

    @validates_schema(skip_on_field_errors=True)
    def _one_person(self, data: dict[str, Any], **_: object) -> None:
        if data["user_id"] is None and not data["email"]:
            raise ValidationError("Укажите, кто замещает.", "user_id")
        if data["user_id"] is not None and data["email"]:
            raise ValidationError("Укажите что-то одно: сотрудника из списка или почту.", "email")


class BulkForm(RecordForm):
    """Lines of code and address."""

    rows = fields.String(
        required=True,
        validate=validate.Length(1, 200_000, error="Вставьте список."),
        metadata={"label": "Список: код организации и почта, по строке на приглашение"},
        error_messages={"required": "Вставьте список."},
    )


class JoinForm(RecordForm):
    """Addresses of two accounts."""

    email = fields.String(required=True, metadata={"label": "Почта первой учётной записи"})
    other = fields.String(required=True, metadata={"label": "Почта второй учётной записи"})


def _name(label: str, autocomplete: str, *, required: bool = True) -> fields.String:
    lengths = validate.Length(1 if required else 0, 80, error="От 1 до 80 знаков." if required else "Не длиннее 80.")
    about = {"label": label, "autocomplete": autocomplete}
    if required:
        return fields.String(required=True, validate=lengths, metadata=about, error_messages=FILL_IN)
    return fields.String(load_default="", validate=lengths, metadata=about)


class NewcomerForm(RecordForm):
    """Who accepts an invitation, and the password chosen."""

    last_name = _name("Фамилия", "family-name")
    first_name = _name("Имя", "given-name")
    middle_name = _name("Отчество", "additional-name", required=False)
    phone = fields.String(
        load_default="",
        validate=validate.Length(0, 40, error="Не длиннее 40 знаков."),
        metadata={"label": "Рабочий телефон", "autocomplete": "tel"},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(12, 200, error="От 12 до 200 знаков."),
        metadata={"label": "Пароль", "autocomplete": "new-password"},
        error_messages={"required": "Придумайте пароль."},
    )
    again = fields.String(
        required=True,
        metadata={"label": "Пароль ещё раз", "autocomplete": "new-password"},
        error_messages={"required": "Повторите пароль."},
    )

    @validates_schema(skip_on_field_errors=True)
    def _twice_the_same(self, data: dict[str, Any], **_: object) -> None:
        if data["password"] != data["again"]:
            raise ValidationError("Пароли не совпадают.", "again")
