"""What is typed to open names, to decide about it, and to filter the log."""

from marshmallow import fields, validate

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, options_of, text
from tenants.openings.models import Ground, Reach

GROUNDS = options_of(Ground)
WHO = (("outside", "извне школы"), ("own", "сотрудники школы"))
ACTIONS = (("view", "просмотр"), ("export", "файл"))
_LONGEST = 72


class AskForm(RecordForm):
    """Whose names, why, for how long. `subjects` are numbers of records, divided by commas."""

    reach = Choice(options_of(Reach), label="Чьи имена", required=True)
    subjects = fields.String(load_default="", metadata={"label": "Участники"})
    ground = Choice(GROUNDS, label="Основание", required=True)
    reason = text("Что случилось и зачем нужны имена", 1000, required=True)
    hours = fields.Integer(
        required=True,
        validate=validate.Range(1, _LONGEST, error=f"От 1 до {_LONGEST} часов."),
        metadata={"label": "На сколько часов"},
        error_messages=FILL_IN,
    )
    contacts = fields.Boolean(load_default=False, metadata={"label": "Нужны и контакты: телефон, почта, представитель"})
    confirmed = fields.Boolean(load_default=False, metadata={"label": "Подтверждение"})


class ReasonForm(RecordForm):
    """Why an opening is ended or refused."""

    reason = text("Причина", 1000, required=True)


class LogForm(RecordForm):
    """Which entries of the log are shown; every part may be empty."""

    since = day("С какого дня")
    until = day("По какой день")
    who = Choice(WHO, label="Кто")
    action = Choice(ACTIONS, label="Что")
