"""Words of the pages about opened names: people as numbers, how an opening stands, what an entry of the log says."""

from datetime import timedelta

from portal import formats
from portal.submissions.words import Word
from tenants.accounts import looking
from tenants.accounts.models import AccessLog, Role
from tenants.mentorships.catalogue import CATEGORY_LABELS, Category
from tenants.openings.models import NameOpening, OpeningEventKind, Reach
from tenants.openings.queries import Opening
from tenants.openings.states import OpeningState

_NBSP = "\N{NO-BREAK SPACE}"
_SEXES = {"female": "ж", "male": "м"}
_STATES = {
    OpeningState.WAITING: Word("sent", "ждёт второго сотрудника"),
    OpeningState.OPEN: Word("soon", "открыто"),
    OpeningState.OVER: Word("none", "срок прошёл"),
    OpeningState.ENDED: Word("stopped", "закрыто раньше срока"),
    OpeningState.REFUSED: Word("stopped", "отказано"),
    OpeningState.MOVED: Word("stopped", "школа перешла в другой район"),
}
EVENTS = {
    OpeningEventKind.APPROVED: "согласовано",
    OpeningEventKind.REFUSED: "отказано",
    OpeningEventKind.ENDED: "закрыто раньше срока",
}
_PAGES = {
    "openings.show": "открытые имена",
    "overview.silent": "пары без встреч",
    "participants.people": "список участников",
    "participants.person": "карточка участника",
    "participants.history": "история карточки",
    "participants.download": "список участников, XLSX",
    "consents.register": "согласия",
    "consents.download": "согласия, XLSX",
    "consents.mark": "отметка согласий",
    "consents.blank": "бланк согласия",
    "consents.blanks": "бланки согласий",
    "subjects.overview": "хранение и уничтожение",
    "subjects.act": "акт об уничтожении",
    "subjects.card": "сведения об участнике",
    "subjects.card_file": "сведения об участнике, файл",
    "subjects.prolong_notice": "уведомление о продлении срока",
    "subjects.request_list": "обращения о данных",
    "mentorships.pairs": "список пар",
    "mentorships.pair": "карточка пары",
    "mentorships.history": "история пары",
    "mentorships.download": "список пар, XLSX",
    "submissions.cell": "записи за числом отчёта",
    "submissions.matrix_xlsx": "кто сдал отчёты, XLSX",
    "submissions.totals_xlsx": "свод, XLSX",
    "reports.download": "готовый отчёт",
    "roadmaps.document": "документ дорожной карты",
}
_SLICES = {"participants": "правка участника", "mentorships": "правка пары", "submissions": "отчёт за месяц"}
_ACTIONS = {looking.VIEW: "просмотр", looking.EXPORT: "файл"}


def number_words(number: int, sex: str, age: int | None, category: Category | None) -> str:
    """Return «Участник № 14 · ж · 15 лет · ученик»: how a person is called above the school."""
    parts = [f"Участник №{_NBSP}{number}", _SEXES.get(sex, ""), age_words(age)]
    parts.append(CATEGORY_LABELS[category] if category else "")
    return " · ".join(part for part in parts if part)


def age_words(age: int | None) -> str:
    """Return «15 лет»; empty where the birth date is not known."""
    return "" if age is None else formats.counted(age, "год", "года", "лет")


def reach_words(row: NameOpening) -> str:
    """Return whose names are opened, without a name: «участник № 14», «список: 12 человек»."""
    count = people_words(len(row.participant_ids))
    return {
        Reach.PERSON: f"участник №{_NBSP}{row.subject_number}",
        Reach.PAIR: f"пара №{_NBSP}{row.subject_number}: {count}",
        Reach.LIST: f"список: {count}",
        Reach.ORGANIZATION: f"все участники: {count}",
    }[row.reach]


def closed_words(count: int) -> str:
    """Return why some names of an opening do not stand in its list."""
    return f"Не показано: {people_words(count)}. Согласие отозвано, имя закрыто."


def people_words(count: int) -> str:
    """Return «3 человека»."""
    return formats.counted(count, "человек", "человека", "человек")


def state_word(opening: Opening) -> Word:
    """Return how an opening stands."""
    return _STATES[opening.state]


def term_words(opening: Opening) -> str:
    """Return «до 26.11.2026, 18:00» in the reader's zone; of a list that waits «на 2 часа с минуты согласия»."""
    if opening.state is OpeningState.WAITING:
        return f"на {hours_words(opening.row.term)} с минуты согласия"
    return f"до {formats.moment(opening.ends_at)}"


def hours_words(term: timedelta) -> str:
    """Return «24 часа»."""
    return formats.counted(max(1, round(term / timedelta(hours=1))), "час", "часа", "часов")


def wait_words(opening: Opening) -> str:
    """Return «запрос ждёт до 26.11.2026, 18:00»; empty where nothing waits."""
    return f"запрос ждёт до {formats.moment(opening.ends_at)}" if opening.state is OpeningState.WAITING else ""


def home_line(opening: Opening) -> str:
    """Return «РЦН открыл имена: 3 человека, до 26.11 18:00. Обращение гражданина: …»."""
    row = opening.row
    verb = "открыл имена" if opening.state is OpeningState.OPEN else "запросил имена"
    whose = people_words(opening.count)
    return f"{row.place_name} {verb}: {whose}, {term_words(opening)}. {ground_words(row)}"


def ground_words(row: NameOpening) -> str:
    """Return «Обращение гражданина: …»."""
    label = row.ground.label
    return f"{label[:1].upper()}{label[1:]}: {row.reason}"


def page_words(entry: AccessLog) -> str:
    """Return what was looked at; a page without words of its own is told by its slice."""
    known = _PAGES.get(entry.endpoint) or _SLICES.get(entry.endpoint.partition(".")[0])
    return known or _ACTIONS.get(entry.action, entry.action)


def role_words(entry: AccessLog) -> str:
    """Return the Russian name of the viewer's role; empty in entries from before it was kept."""
    return Role(entry.role).label if entry.role in {one.value for one in Role} else ""
