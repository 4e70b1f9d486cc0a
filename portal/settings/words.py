"""How values of settings read: rows of a card and one line."""

from collections.abc import Callable, Mapping
from typing import Any

from portal.formats import counted
from portal.settings.day_lines import day_lines
from tenants.mentorships.catalogue import CATEGORY_LABELS, MENTORING_FORMS
from tenants.organizations.queries import REPORTING_KINDS
from tenants.settings.calendar import Calendar, DaysOff, Shift
from tenants.settings.mentoring import Categories, Forms, RoleModels
from tenants.settings.models import SettingKind
from tenants.settings.papers import Deadlines, Documents, Logo, RequiredDocument, Support
from tenants.settings.values import Setting

Rows = list[tuple[str, str]]
_LAST_DAY = 31


def _number(day: int) -> str:
    return "последний день месяца" if day == _LAST_DAY else f"{day}-е число"


def _calendar(value: Calendar) -> Rows:
    due = "следующего месяца" if value.due_day < value.cut_day else "того же месяца"
    return [
        ("Данные на", _number(value.cut_day)),
        ("Сдать не позже", f"{_number(value.due_day)} {due}"),
        ("Сдача открывается", _number(value.open_day)),
        ("Нерабочий день", "срок не переносится" if value.shift is Shift.NONE else f"переносится {value.shift.label}"),
    ]


def _days_off(value: DaysOff) -> Rows:
    working = ", ".join(f"{day:%d.%m}" for day in value.working)
    return [*day_lines(value.off), *([("Рабочие выходные", working)] if working else [])]


def _forms(value: Forms) -> Rows:
    return [
        (
            value.labels.get(form.code, form.label),
            "не применяется" if form.code in value.off else _was(value, form.code),
        )
        for form in MENTORING_FORMS
    ]


def _was(value: Forms, code: str) -> str:
    label = next(form.label for form in MENTORING_FORMS if form.code == code)
    return f"применяется; в каталоге «{label}»" if code in value.labels else "применяется"


def _models(value: RoleModels) -> Rows:
    return [(form.label, "; ".join(one.label for one in value.of(form))) for form in MENTORING_FORMS]


def _categories(value: Categories) -> Rows:
    sides = (("Наставники", value.off_mentors), ("Наставляемые", value.off_mentees))
    return [(side, ", ".join(word for one, word in CATEGORY_LABELS.items() if one not in off)) for side, off in sides]


def kinds_words(document: RequiredDocument) -> str:
    """Return for whom a document is, «всем» or the kinds."""
    if document.kinds >= set(REPORTING_KINDS):
        return "всем"
    return ", ".join(kind.label for kind in REPORTING_KINDS if kind in document.kinds)


def _documents(value: Documents) -> Rows:
    return [(one.title, kinds_words(one)) for one in value.items]


def _deadlines(value: Deadlines) -> Rows:
    roadmap = f"до {value.roadmap.text}" if value.roadmap else "срок не назначен"
    waves = [(f"Опрос «{one.title}»", f"{one.opens.text}–{one.closes.text}") for one in value.waves]
    return [("Дорожную карту отправить", roadmap), *waves]


def _support(value: Support) -> Rows:
    return [("Кто отвечает", value.name), ("Телефон", value.phone), ("Почта", value.email), ("Часы", value.hours)]


def _logo(value: Logo) -> Rows:
    return [("Картинка", f"№ {value.logo_id}" if value.logo_id else "нет")]


_ROWS: Mapping[SettingKind, Callable[[Any], Rows]] = {
    SettingKind.CALENDAR: _calendar,
    SettingKind.DAYS_OFF: _days_off,
    SettingKind.FORMS: _forms,
    SettingKind.ROLE_MODELS: _models,
    SettingKind.CATEGORIES: _categories,
    SettingKind.DOCUMENTS: _documents,
    SettingKind.DEADLINES: _deadlines,
    SettingKind.SUPPORT: _support,
    SettingKind.LOGO: _logo,
}


def rows_of(value: Setting) -> Rows:
    """Return a value as names and words of a card."""
    return _ROWS[value.kind](value)


def line_of(value: Setting) -> str:
    """Return a value in a line of a list."""
    match value:
        case Calendar():
            return f"данные на {_number(value.cut_day)}, срок – {_number(value.due_day)}, {value.shift.label}"
        case DaysOff():
            return f"{value.year} год: {counted(len(value.off), 'нерабочий день', 'нерабочих дня', 'нерабочих дней')}"
        case Forms():
            return f"применяются {len(MENTORING_FORMS) - len(value.off)} из {len(MENTORING_FORMS)}"
        case RoleModels():
            count = sum(len(value.of(form)) for form in MENTORING_FORMS)
            return counted(count, "модель", "модели", "моделей")
        case _:
            return _other_line(value)


def _other_line(value: Setting) -> str:
    match value:
        case Categories():
            both = len(CATEGORY_LABELS)
            return f"наставники {both - len(value.off_mentors)}, наставляемые {both - len(value.off_mentees)} из {both}"
        case Documents():
            return counted(len(value.items), "документ", "документа", "документов")
        case Support():
            return value.line or "не указана"
        case Logo():
            return "есть" if value.logo_id else "нет"
        case _:
            return "; ".join(f"{name}: {words}" for name, words in rows_of(value))
