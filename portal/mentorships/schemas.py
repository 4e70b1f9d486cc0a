"""What is typed about pairs, meetings and programmes; the rules of the domain are checked by the commands."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, pre_load, validate

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, options_of, text, version
from portal.participants.schemas import FORM_OPTIONS, ROLE_OPTIONS
from tenants.mentorships.meetings import LONGEST_MINUTES, LONGEST_TOPIC
from tenants.mentorships.models import MeetingKind, Outcome
from tenants.mentorships.programmes import LONGEST_TITLE

MEETING_KINDS = options_of(MeetingKind)
OUTCOMES = options_of(Outcome)
_CHOOSE = FILL_IN | {"required": "Выберите из списка."}


def _number(label: str) -> fields.Integer:
    return fields.Integer(load_default=None, metadata={"label": label}, error_messages=FILL_IN)


def _people(label: str) -> fields.List[int]:
    return fields.List(fields.Integer(), load_default=list, metadata={"label": label})


class TermsForm(RecordForm):
    """What is agreed about a pair apart from its people."""

    mentoring_form = Choice(FORM_OPTIONS, label="Форма наставничества", required=True)
    started_on = day("Начало", required=True)
    # The region words its own models, so the command decides which there are.
    role_model = text("Ролевая модель", 100)
    order_number = text("Номер приказа", 50)
    order_on = day("Дата приказа")
    programme_id = _number("Программа")

    @pre_load
    def _bare_number(self, data: Mapping[str, Any], **_: object) -> dict[str, Any]:
        """Take «№ 5» of a conflict page for 5."""
        typed = str(data.get("programme_id") or "").removeprefix("№ ")
        return {**data, "programme_id": typed} if typed else dict(data)


class PairForm(TermsForm):
    """A new pair or group."""

    mentors = _people("Наставник")
    mentees = _people("Наставляемые")


class TermsEditForm(TermsForm):
    """The terms of a known pair."""

    version = version()


class OutcomeForm(RecordForm):
    """The end of a pair."""

    version = version()
    outcome = Choice(OUTCOMES, label="Итог", required=True)
    ended_on = day("Завершена с", required=True)


class MemberForm(RecordForm):
    """One more member."""

    participant_id = fields.Integer(required=True, metadata={"label": "Участник"}, error_messages=_CHOOSE)
    role = Choice(ROLE_OPTIONS, label="Роль", required=True)
    joined_on = day("В группе с", required=True)


class LeaveForm(RecordForm):
    """A member who leaves."""

    left_on = day("Вышел с", required=True)


class MeetingForm(RecordForm):
    """A meeting; `version` 0 is a new one."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    held_on = day("Дата", required=True)
    kind = Choice(MEETING_KINDS, label="Вид встречи", required=True)
    minutes = fields.Integer(
        load_default=None,
        validate=validate.Range(1, LONGEST_MINUTES, error=f"От 1 до {LONGEST_MINUTES} минут."),
        metadata={"label": "Минут"},
        error_messages=FILL_IN | {"invalid": "Нужно число минут."},
    )
    topic = text("Тема", LONGEST_TOPIC)


class ProgrammeForm(RecordForm):
    """A programme; `version` 0 is a new one."""

    version = fields.Integer(load_default=0, metadata={"label": "Версия"})
    title = text("Название", LONGEST_TITLE, required=True)
    mentoring_form = Choice(FORM_OPTIONS, label="Форма наставничества", required=True)
    started_on = day("Начало", required=True)
    ended_on = day("Окончание")
