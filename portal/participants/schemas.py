"""What is typed about people; the rules of the domain are checked by the commands."""

from marshmallow import fields, validate

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, options_of, text, version
from tenants.mentorships.catalogue import CATEGORY_LABELS, MENTORING_FORMS
from tenants.participants.consent_models import Received
from tenants.participants.models import ConsentKind, EndReason, Giver, ParticipantRole
from tenants.participants.words import SEX_LABELS

FORM_OPTIONS = [(form.code, form.label) for form in MENTORING_FORMS]
CATEGORY_OPTIONS = [(code.value, label) for code, label in CATEGORY_LABELS.items()]
SEX_OPTIONS = [(code, label) for code, label in SEX_LABELS.items() if code]
ROLE_OPTIONS = options_of(ParticipantRole)
GIVER_OPTIONS = options_of(Giver)
RECEIVED_OPTIONS = options_of(Received)
CONSENT_KINDS = options_of(ConsentKind)
END_REASONS = options_of(EndReason, without=[EndReason.CONSENT_WITHDRAWN])


def _email() -> fields.String:
    return fields.String(
        load_default="",
        validate=validate.Regexp(r"[^@\s]+@[^@\s]+\.[^@\s]+", error="Похоже, это не адрес. Пример: anna@example.org."),
        metadata={"label": "Почта"},
    )


class CardFields(RecordForm):
    """The card of a person."""

    name = text("Фамилия, имя, отчество", 300, required=True)
    born_on = day("Дата рождения")
    sex = Choice(SEX_OPTIONS, label="Пол")
    experience_since = day("Педагогический стаж с")
    phone = text("Телефон", 40)
    email = _email()
    representative = text("Родитель или представитель", 200)
    genitive = text("Имя в родительном падеже", 300)


class PartFields(RecordForm):
    """A part in mentoring."""

    role = Choice(ROLE_OPTIONS, label="Роль", required=True)
    mentoring_form = Choice(FORM_OPTIONS, label="Форма наставничества", required=True)
    class_name = text("Класс или должность", 100)
    started_on = day("Участвует с", required=True)
    category = Choice(CATEGORY_OPTIONS, label="Категория")
    trained_on = day("Обучен наставничеству")


class PersonForm(CardFields, PartFields):
    """A new person: card, first part, consent."""

    consent_on = day("Согласие подписано")
    consent_until = day("Согласие действует по")
    consent_document = text("Где хранится согласие", 200)
    namesake = fields.Boolean(load_default=False, metadata={"label": "Это другой человек с таким же именем"})


class CardForm(CardFields):
    """The card of a known person."""

    version = version()


class PartForm(PartFields):
    """A part of a known person; without `version` a new one."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})


class EndForm(RecordForm):
    """The end of a part."""

    version = version()
    end_reason = Choice(END_REASONS, label="Причина", required=True)
    ended_on = day("Не участвует с", required=True)


class ConsentForm(RecordForm):
    """A consent; the scan itself stands beside the form."""

    kind = Choice(CONSENT_KINDS, label="На что согласие", required=True)
    given_on = day("Подписано", required=True)
    given_by = Choice(GIVER_OPTIONS, label="Кто подписал", required=True)
    valid_until = day("Действует по")
    document = text("Номер или место хранения", 200)
    giver_name = text("Имя представителя", 300)
    giver_basis = text("Основание полномочий", 300)
    child_signed = fields.Boolean(load_default=False, metadata={"label": "Подписал и сам ребёнок (с 14 лет)"})
    text_id = fields.Integer(load_default=None, metadata={"label": "Редакция текста"}, error_messages=FILL_IN)
    scan = fields.Raw(load_default=None, metadata={"label": "Скан согласия"})


class WithdrawForm(RecordForm):
    """The withdrawal of a consent."""

    version = version()
    withdrawn_on = day("Отозвано", required=True)
    received = Choice(RECEIVED_OPTIONS, label="Как получен отзыв")
