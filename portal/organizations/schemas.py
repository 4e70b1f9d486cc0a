"""What is typed on an organization's card."""

from marshmallow import EXCLUDE, Schema, fields, validate

from tenants.organizations.commands import CARD_LABELS


def _text(name: str, longest: int) -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Length(0, longest, error=f"Не длиннее {longest} знаков."),
        metadata={"label": CARD_LABELS[name]},
    )


def _required(name: str, longest: int) -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, longest, error=f"От 1 до {longest} знаков."),
        metadata={"label": CARD_LABELS[name]},
        error_messages={"required": "Заполните это поле."},
    )


class CardForm(Schema):
    """The card; the codes are checked by the domain, which knows their check digits."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    version = fields.Integer(required=True, metadata={"label": "Версия"})
    name = _required("name", 500)
    name_short = _required("name_short", 120)
    inn = _text("inn", 20)
    kpp = _text("kpp", 20)
    ogrn = _text("ogrn", 20)
    okpo = _text("okpo", 20)
    oktmo = _text("oktmo", 20)
    address = _text("address", 300)
    site = _text("site", 200)
    head_post = _text("head_post", 150)
    head_name = _text("head_name", 150)
    responsible_post = _text("responsible_post", 150)
    responsible_name = _text("responsible_name", 150)
    responsible_phone = _text("responsible_phone", 40)
    responsible_email = _text("responsible_email", 200)
    time_zone = _required("time_zone", 60)
