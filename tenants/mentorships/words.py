"""How pairs, meetings and programmes read: labels of fields, used by conflicts and by the history of a record."""

from tenants.history import Words, day_word, label_word, text_word
from tenants.mentorships.catalogue import MENTORING_FORMS
from tenants.mentorships.models import MeetingKind, MentorshipKind, Outcome
from tenants.participants.words import form_word

_ROLE_MODELS = {model.code: model.label for form in MENTORING_FORMS for model in form.role_models}


def role_model_word(code: str | None) -> str:
    """Return the label of a role model; a code that left the catalogue stands for itself."""
    return _ROLE_MODELS.get(code or "", code or "")


MENTORSHIP_WORDS: Words = {
    "kind": ("Вид", label_word(MentorshipKind)),
    "mentoring_form": ("Форма наставничества", form_word),
    "role_model": ("Ролевая модель", role_model_word),
    "programme_id": ("Программа", lambda value: f"№ {value}" if value else ""),
    "order_number": ("Номер приказа", text_word),
    "order_on": ("Дата приказа", day_word),
    "started_on": ("Начало", day_word),
    "ended_on": ("Окончание", day_word),
    "outcome": ("Итог", label_word(Outcome)),
}
MEETING_WORDS: Words = {
    "held_on": ("Дата", day_word),
    "kind": ("Вид встречи", label_word(MeetingKind)),
    "minutes": ("Минут", text_word),
    "topic": ("Тема", text_word),
    "cancelled_at": ("Отменена", lambda value: "да" if value else ""),
}
PROGRAMME_WORDS: Words = {
    "title": ("Название", text_word),
    "mentoring_form": ("Форма наставничества", form_word),
    "started_on": ("Начало", day_word),
    "ended_on": ("Окончание", day_word),
}
MEMBER_WORDS: Words = {
    "joined_on": ("В паре с", day_word),
    "left_on": ("Вышел", day_word),
}
