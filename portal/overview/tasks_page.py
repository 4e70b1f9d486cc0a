"""What the records of people ask of the school: acts, requests, birthdays, questions of who is kept twice."""

from datetime import date

from flask import url_for

from portal import formats
from portal.context import actor, db
from portal.overview.addresses import may_open
from portal.overview.words import Link, Todo, day_words
from tenants import clock
from tenants.participants.consent_register import age_tasks
from tenants.participants.twins import open_question_count
from tenants.subjects.tasks import acts_to_sign, list_to_look_at, requests_due


def tasks_page() -> dict[str, object]:
    """Return the context of the part: its lines, the most pressing first."""
    today = clock.today(actor().organization.time_zone)
    return {"tasks": [*_acts(today), *_requests(today), *_lists(), *_signatures(today), *_twins()]}


def _acts(today: date) -> list[Todo]:
    return [
        Todo(
            "late" if one.due_on < today else "soon",
            "1 акт",
            f"Акт № {one.act.number} об уничтожении данных ждёт Вашей подписи, уничтожить до {formats.day(one.due_on)}",
            Link("Открыть", url_for("subjects.act", destruction_id=one.act.id)),
        )
        for one in acts_to_sign(db(), actor())
    ]


def _requests(today: date) -> list[Todo]:
    found = requests_due(db(), actor(), today)
    if found is None:
        return []
    words, late = formats.counted(found.count, "обращение", "обращения", "обращений"), found.due_on < today
    text = f"{'Срок ответа прошёл' if late else 'Ответить до'} {day_words(found.due_on)}: запросы о своих данных"
    if found.prolonged:
        text += f", срок продлён: {found.prolonged}"
    return [Todo("late" if late else "soon", words, text, Link("Ответить", url_for("subjects.request_list")))]


def _lists() -> list[Todo]:
    found = list_to_look_at(db(), actor())
    if found is None:
        return []
    words = formats.counted(found.people, "участник", "участника", "участников")
    text = f"Составлен список на уничтожение от {formats.day(found.act.drawn_at)}: проверьте и передайте директору"
    return [Todo("soon", words, text, Link("Открыть", url_for("subjects.overview")))]


def _signatures(today: date) -> list[Todo]:
    link = Link("Открыть", url_for("consents.register", tab="age"))
    return [
        Todo("soon", formats.counted(count, "подпись", "подписи", "подписей"), f"Исполняется {task.label}", link)
        for task, count in sorted(age_tasks(db(), today).items(), key=lambda item: item[0].age)
    ]


def _twins() -> list[Todo]:
    if not may_open("participants.answer_twin") or not (count := open_question_count(db())):
        return []
    link = Link("Ответить", url_for("participants.twins"))
    words = formats.counted(count, "вопрос", "вопроса", "вопросов")
    return [Todo("question", words, "Тот же человек может быть учтён в другой организации", link)]
