"""What is typed about consents."""

from marshmallow import fields

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, text
from portal.participants.schemas import CONSENT_KINDS


class MarkForm(RecordForm):
    """The same consent of several people."""

    kind = Choice(CONSENT_KINDS, label="Цель", required=True)
    given_on = day("Подписаны", required=True)
    document = text("Где хранятся", 200)
    text_id = fields.Integer(load_default=None, metadata={"label": "Редакция"}, error_messages=FILL_IN)
    children_signed = fields.Boolean(load_default=False, metadata={"label": "с 14 лет подписали и дети"})
    people = fields.List(fields.Integer(), load_default=list, metadata={"label": "Участники"})


class TextForm(RecordForm):
    """One edition of the text of a consent."""

    valid_from = day("Действует с", required=True)
    goal = text("Цель", 2000, required=True)
    data = text("Перечень данных", 4000, required=True)
    actions = text("Действия и способы", 4000, required=True)
    processor = text("Кто обрабатывает по поручению: наименование и адрес", 2000)
    term = text("Срок и способ отзыва", 2000, required=True)
