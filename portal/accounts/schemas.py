"""What is typed on the pages of accounts."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from tenants.accounts.models import Role

_TYPE_IT = "Введите текущий пароль."


class ProofForm(Schema):
    """What proves a person who has been signed in for a while: the password, or a passkey instead."""

    password = fields.String(
        load_default="", validate=validate.Length(0, 200, error=_TYPE_IT), metadata={"label": "Текущий пароль"}
    )
    passkey = fields.String(load_default="")
    """The browser's answer, as JSON."""

    @validates_schema(skip_on_field_errors=True)
    def _proves(self, data: dict[str, Any], **_: object) -> None:
        if not data["password"] and not data["passkey"]:
            raise ValidationError(_TYPE_IT, "password")


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


class AddressForm(Schema):
    """An address that a letter goes to."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    email = fields.String(
        required=True,
        validate=validate.Length(3, 200, error="Укажите адрес почты."),
        metadata={"label": "Адрес почты"},
        error_messages={"required": "Укажите адрес почты."},
    )


class EmailForm(AddressForm, ProofForm):
    """Another address, and what proves the person."""

    code = fields.String(load_default="", metadata={"label": "Код из приложения"})


class CodeForm(Schema):
    """The first code of an application."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    code = fields.String(
        required=True,
        validate=validate.Regexp(r"^[0-9]{3} ?[0-9]{3}$", error="Шесть цифр из приложения."),
        metadata={"label": "Код из приложения"},
        error_messages={"required": "Шесть цифр из приложения."},
    )


class ProvenCodeForm(CodeForm, ProofForm):
    """The same from somebody who has been signed in for a while: a stolen sign-in must not make factors."""


class OnlyPasswordForm(Schema):
    """The password once more, before a sensitive step."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    password = fields.String(required=True, metadata={"label": "Текущий пароль"})


class RulesForm(Schema):
    """How people of a region sign in."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    idle_minutes = fields.Integer(
        required=True, metadata={"label": "Выход после бездействия, минут"}, error_messages={"invalid": "Число минут."}
    )
    longest_hours = fields.Integer(
        required=True, metadata={"label": "Самый долгий вход, часов"}, error_messages={"invalid": "Число часов."}
    )
    factor_roles = fields.List(
        fields.String(validate=validate.OneOf([role.value for role in Role], error="Такой роли нет.")),
        load_default=list,
        metadata={"label": "Второй шаг обязателен"},
    )


class NewPasswordForm(Schema):
    """A new password, twice."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    password = fields.String(
        required=True,
        validate=validate.Length(12, 200, error="От 12 до 200 знаков."),
        metadata={
            "label": "Новый пароль",
            "hint": "От 12 знаков. Лучше всего три-четыре слова, не связанных между собой.",
        },
    )
    again = fields.String(required=True, metadata={"label": "Новый пароль ещё раз"})

    @validates_schema(skip_on_field_errors=True)
    def _twice_the_same(self, data: dict[str, Any], **_: object) -> None:
        if data["password"] != data["again"]:
            raise ValidationError("Пароли не совпадают.", "again")


class PasswordForm(NewPasswordForm):
    """The old password and the new one, twice."""

    class Meta(NewPasswordForm.Meta):
        """The old one is asked for first."""

        fields = ("old", "password", "again", "passkey")

    old = fields.String(
        load_default="", validate=validate.Length(0, 200, error=_TYPE_IT), metadata={"label": "Текущий пароль"}
    )
    passkey = fields.String(load_default="")
    """The browser's answer, as JSON, instead of the old password."""

    @validates_schema(skip_on_field_errors=True)
    def _proves(self, data: dict[str, Any], **_: object) -> None:
        if not data["old"] and not data["passkey"]:
            raise ValidationError(_TYPE_IT, "old")
