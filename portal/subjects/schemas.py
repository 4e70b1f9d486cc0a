"""Forms of the slice: a request, its answer, a term, a return."""

from marshmallow import fields, validate

from portal.participants.fields import FILL_IN, Choice, RecordForm, day, options_of, text
from tenants.subjects.models import Prolonging, RequestKind
from tenants.subjects.terms import TERMS

KIND_OPTIONS = options_of(RequestKind)
PROLONGING_OPTIONS = options_of(Prolonging)
TERM_OPTIONS = [(term.kind, term.label) for term in TERMS.values() if term.settable]


class RequestForm(RecordForm):
    """A request of a person about the own data."""

    kind = Choice(KIND_OPTIONS, label="О чём просят", required=True)
    received_on = day("Получено", required=True)
    note = text("Запись", 500)


class ProlongForm(RecordForm):
    """Why an answer takes longer."""

    reason = Choice(PROLONGING_OPTIONS, label="Почему нужен больший срок", required=True)
    words = text("Причина своими словами", 500)


class AnswerForm(RecordForm):
    """The answer to a request."""

    done_on = day("День ответа", required=True)
    note = text("Что ответили", 500)


class TermForm(RecordForm):
    """A region's term of keeping."""

    kind = Choice(TERM_OPTIONS, label="Вид записей", required=True)
    months = fields.Integer(
        required=True,
        error_messages={**FILL_IN, "invalid": "Целое число месяцев."},
        metadata={"label": "Срок, месяцев"},
    )
    valid_from = day("Действует с", required=True)
    ground = fields.String(
        required=True,
        error_messages=FILL_IN,
        validate=validate.Length(3, 500, error="От 3 до 500 знаков."),
        metadata={"label": "Основание"},
    )


class ReturnForm(RecordForm):
    """Why a list is returned."""

    reason = text("Почему возвращаете", 500, required=True)
