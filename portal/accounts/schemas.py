"""What is typed on the pages of accounts."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema


class SignInForm(Schema):
    """Address and password."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    email = fields.String(
        required=True,
        validate=validate.Length(3, 200, error="Укажите адрес почты."),
        metadata={"label": "Адрес почты"},
        error_messages={"required": "Укажите адрес почты."},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(1, 200, error="Введите пароль."),
        metadata={"label": "Пароль"},
        error_messages={"required": "Введите пароль."},
    )


class PasswordForm(Schema):
    """The old password and the new one, twice."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    old = fields.String(
        required=True,
        validate=validate.Length(1, 200, error="Введите текущий пароль."),
        metadata={"label": "Текущий пароль"},
    )
    password = fields.String(
        required=True,
        validate=validate.Length(12, 200, error="От 12 до 200 знаков."),
        metadata={"label": "Новый пароль"},
    )
    again = fields.String(required=True, metadata={"label": "Новый пароль ещё раз"})

    @validates_schema(skip_on_field_errors=True)
    def _twice_the_same(self, data: dict[str, Any], **_: object) -> None:
        if data["password"] != data["again"]:
            raise ValidationError("Пароли не совпадают.", "again")
