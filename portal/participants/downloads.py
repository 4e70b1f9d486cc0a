"""Lists of people as workbooks."""

import io
from collections.abc import Mapping, Sequence

from flask import Response, send_file

from portal import looks
from portal.context import actor
from portal.participants import pages
from portal.participants.blueprint import form_name, today
from reports.documents.xlsx import Cell, table_workbook
from tenants.mentorships.models import MentorshipKind
from tenants.participants.blocks import LABELS
from tenants.participants.queries import ListedPerson, Tie

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PEOPLE = (
    "№",
    "Фамилия",
    "Имя",
    "Отчество",
    "Роль",
    "Форма наставничества",
    "Класс, должность",
    "Дата рождения",
    "Телефон",
    "Пары и группы",
    "Согласие",
    "Согласие подписано",
    "Согласие действует по",
    "Не участвует с",
)


def workbook(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], name: str) -> Response:
    """Return a list as a file to download, with the organization and the day inside."""
    place = actor().organization
    about = {"Организация": place.name_short, "Составлен": f"{today():%d.%m.%Y}", "Составил": actor().name}
    content = table_workbook(title, columns, rows, about=about)
    looks.count_rows(len(rows))
    return send_file(io.BytesIO(content), XLSX, as_attachment=True, download_name=f"{name}-{today():%Y-%m-%d}.xlsx")


def people_file(people: Sequence[ListedPerson]) -> Response:
    """Return the list of people."""
    rows: list[Sequence[Cell]] = [
        (
            person.number,
            person.name.last,
            person.name.first,
            person.name.middle,
            pages.roles_word(person),
            "; ".join(form_name(code) for code in person.forms),
            person.class_name,
            person.born_on,
            person.phone,
            "; ".join(tie_word(tie) for tie in person.ties),
            pages.consent_face(person).word,
            person.given_on,
            person.valid_until,
            None if person.open else person.ended_on,
        )
        for person in people
    ]
    return workbook("Участники", _PEOPLE, rows, "uchastniki")


def tie_word(tie: Tie) -> str:
    """Return «пара № 5, Котова Е.А.» or «группа № 3»."""
    if tie.kind is MentorshipKind.GROUP or tie.opposite is None:
        return f"{tie.kind.label} № {tie.number}"
    return f"пара № {tie.number}, {tie.opposite.short}"


def sample_file() -> Response:
    """Return the empty table whose columns the paste understands."""
    rows: list[Sequence[Cell]] = [
        ("Иванова Анна Петровна", "наставляемый", "Ученик – ученик", "04.05.2013", "7 «А»", "12.10.2026"),
        ("Смирнов Олег Игоревич", "наставник", "Педагог – педагог", "21.02.1979", "учитель физики", ""),
    ]
    return workbook("Образец списка", [LABELS[name] for name in tuple(LABELS)[:6]], rows, "obrazec")


def refused_file(
    rows: Sequence[Mapping[str, str]], errors: Sequence[Mapping[str, str]], columns: Sequence[str]
) -> Response:
    """Return the rows that were not loaded, with a column «Что исправить»."""
    table: list[Sequence[Cell]] = [
        (
            *(typed.get(name, "") for name in columns),
            "; ".join(f"{LABELS.get(name, name)}: {text}" for name, text in wrong.items()),
        )
        for typed, wrong in zip(rows, errors, strict=True)
    ]
    return workbook("Исправить", [*(LABELS[name] for name in columns), "Что исправить"], table, "ispravit")
