"""How records about people read: labels of fields, used by conflicts and by the history of a record."""

from tenants.errors import InvalidError
from tenants.history import Words, day_word, label_word, text_word
from tenants.mentorships.catalogue import CATEGORY_LABELS, Category, mentoring_form
from tenants.participants.models import ConsentKind, EndReason, Giver, ParticipantRole

SEX_LABELS = {"female": "женский", "male": "мужской", "": ""}


def form_word(code: str | None) -> str:
    """Return the label of a form of mentoring; a code that left the catalogue stands for itself."""
    try:
        return mentoring_form(code or "").label
    except InvalidError:
        return code or ""


def category_word(code: str | None) -> str:
    """Return the label of a category."""
    return CATEGORY_LABELS[Category(code)] if code else ""


PERSON_WORDS: Words = {
    "last_name": ("Фамилия", text_word),
    "first_name": ("Имя", text_word),
    "middle_name": ("Отчество", text_word),
    "phone": ("Телефон", text_word),
    "email": ("Почта", text_word),
    "representative": ("Родитель или представитель", text_word),
    "genitive": ("Имя в родительном падеже", text_word),
}
PARTICIPANT_WORDS: Words = {
    "born_on": ("Дата рождения", day_word),
    "sex": ("Пол", lambda value: SEX_LABELS.get(value or "", "")),
    "experience_since": ("Педагогический стаж с", day_word),
}
PARTICIPATION_WORDS: Words = {
    "role": ("Роль", label_word(ParticipantRole)),
    "mentoring_form": ("Форма наставничества", form_word),
    "category": ("Категория", category_word),
    "class_name": ("Класс или должность", text_word),
    "started_on": ("Участвует с", day_word),
    "trained_on": ("Обучен", day_word),
    "ended_on": ("Участие окончено", day_word),
    "end_reason": ("Причина", label_word(EndReason)),
}
CONSENT_WORDS: Words = {
    "kind": ("Согласие", label_word(ConsentKind)),
    "given_on": ("Подписано", day_word),
    "given_by": ("Кто подписал", label_word(Giver)),
    "document": ("Номер или место хранения", text_word),
    "valid_until": ("Действует по", day_word),
    "withdrawn_on": ("Отозвано", day_word),
}
