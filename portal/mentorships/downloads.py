"""The list of pairs as a workbook."""

from collections.abc import Sequence

from flask import Response

from portal.participants.blueprint import form_name
from portal.participants.downloads import workbook
from reports.documents.xlsx import Cell
from tenants.mentorships.queries import ListedPair
from tenants.mentorships.words import role_model_word

_COLUMNS = (
    "№",
    "Вид",
    "Наставники",
    "Наставляемые",
    "Форма наставничества",
    "Ролевая модель",
    "Приказ №",
    "Приказ от",
    "Начало",
    "Окончание",
    "Итог",
    "Встреч",
    "Последняя встреча",
)


def pairs_file(pairs: Sequence[ListedPair]) -> Response:
    """Return the list of pairs and groups."""
    rows: list[Sequence[Cell]] = [
        (
            pair.number,
            pair.kind.label,
            "; ".join(member.name.full for member in pair.mentors),
            "; ".join(member.name.full for member in pair.mentees),
            form_name(pair.mentoring_form),
            role_model_word(pair.role_model),
            pair.order_number,
            pair.order_on,
            pair.started_on,
            pair.ended_on,
            pair.outcome.label if pair.outcome else "",
            pair.meetings,
            pair.last_on,
        )
        for pair in pairs
    ]
    return workbook("Пары и группы", _COLUMNS, rows, "pary")
