"""What is typed about an organization: its card, a new one, the archive."""

from marshmallow import EXCLUDE, Schema, fields, validate

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, options_of, text, version
from tenants.organizations.codes import CARD_LABELS, LENGTHS
from tenants.organizations.models import OrganizationKind

_MOST_ID = 2**31 - 1


def _text(name: str) -> fields.String:
    return fields.String(load_default="", metadata={"label": CARD_LABELS[name]})


def _required(name: str) -> fields.String:
    longest = LENGTHS[name]
    return fields.String(
        required=True,
        validate=validate.Length(1, longest, error=f"От 1 до {longest} знаков."),
        metadata={"label": CARD_LABELS[name]},
        error_messages=FILL_IN,
    )


class _Card(Schema):
    """The fields of a card; codes and lengths are checked by the domain, which says what exactly is wrong."""

    class Meta:
        """Ignore the CSRF token and the submit button."""

        unknown = EXCLUDE

    name = _required("name")
    name_short = _required("name_short")
    inn = _text("inn")
    kpp = _text("kpp")
    ogrn = _text("ogrn")
    okpo = _text("okpo")
    oktmo = _text("oktmo")
    address = _text("address")
    site = _text("site")
    head_post = _text("head_post")
    head_name = _text("head_name")
    responsible_post = _text("responsible_post")
    responsible_name = _text("responsible_name")
    responsible_phone = _text("responsible_phone")
    responsible_email = _text("responsible_email")
    time_zone = _required("time_zone")
    same_inn = fields.Boolean(load_default=False, metadata={"label": "Это филиал или другая организация, сохранить"})


class CardForm(_Card):
    """The card of an organization that stands."""

    version = fields.Integer(required=True, metadata={"label": "Версия"})


class FoundForm(_Card):
    """A new organization."""

    kind = Choice(options_of(OrganizationKind), label="Вид", required=True)
    parent = fields.Integer(
        required=True,
        validate=validate.Range(1, _MOST_ID, error="Выберите из списка."),
        metadata={"label": "Подчинение"},
        error_messages=FILL_IN,
    )
    code = fields.String(load_default="", metadata={"label": "Код в адресе"})


class ArchiveForm(RecordForm):
    """From when an organization is in the archive, and why."""

    version = version()
    archived_on = day("Дата, с которой организация в архиве", required=True)
    reason = text("Причина", 300, required=True)


class UploadForm(Schema):
    """A table of organizations."""

    file = fields.Raw(required=True, metadata={"label": "Таблица организаций, XLSX"})
