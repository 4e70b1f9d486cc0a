"""What is held about a participant: every table and column, whose it is, why, who reads it, how long, how it goes.

One table in code. The card of a subject is drawn from it, destruction works through it, and a contract asks the
database's own catalogue whether a table or a personal column is missing here. A new table with `participant_id`, or a
new personal column, gets a line here with its migration.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Link(StrEnum):
    """How the rows of a table belong to a participant."""

    SELF = "self"
    """The participant itself."""
    PARTICIPANT = "participant_id"
    MENTORSHIP = "mentorship"
    """Pairs and groups that the participant is or was in."""
    OF_MENTORSHIP = "of_mentorship"
    """What hangs on such a pair or group."""
    HISTORY = "history"
    """Former states of the rows linked above; `record_id` names the row."""
    JOURNAL = "journal"
    """Events whose subject is one of the rows linked above."""
    MEMBERS = "members"
    """Sets of ids behind reported numbers."""
    VIEWS = "views"
    """The registry's log of who opened a page with names; the page's arguments name the participant."""


class Erase(StrEnum):
    """What destruction does to a column."""

    BLANK = "blank"
    """Empty text, or no value where the column may have none."""
    COARSEN = "coarsen"
    """The day of a birth or of a first lesson goes; what past figures asked of it stays answerable."""
    KEPT = "kept"
    """Says nothing of who it was once the name is gone; past figures ask for it."""
    WITH_ROW = "with_row"
    """The whole row is deleted."""
    NAMED = "named"
    """Free words: they go where they name the person, and everywhere once nobody of the pair is left."""


@dataclass(frozen=True)
class Holding:
    """One table that holds something about a participant."""

    table: str
    title: str
    link: Link
    purpose: str
    readers: str
    term: str
    """A kind of `tenants.subjects.terms.TERMS`."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Column → what it is called on the card, in the card's order."""
    erased: Mapping[str, Erase] = field(default_factory=dict)
    """Column → how its value goes; every column marked personal stands here."""
    files: tuple[str, ...] = ()
    """Columns that name a kept file, which goes with the person."""
    category: str = ""
    """How the act of destruction names these data; empty where nothing of the table goes."""


_COUNT = "Учёт участников и отчёты о наставничестве"
_SCHOOL = "куратор и директор организации"
_TREE = "организация; район и регион – под номером"

CATALOGUE: tuple[Holding, ...] = (
    Holding(
        "participant",
        "Карточка участника",
        Link.SELF,
        _COUNT,
        "организация; район и регион – номер и пол, без даты рождения",
        "card",
        {
            "number": "Номер",
            "sex": "Пол",
            "born_on": "Дата рождения",
            "experience_since": "Педагогический стаж с",
            "recorded_at": "Записан",
        },
        {
            "sex": Erase.KEPT,
            "born_on": Erase.COARSEN,
            "experience_since": Erase.COARSEN,
            "identity_key": Erase.BLANK,
        },
        category="дата рождения, первый день педагогического стажа, ключ сопоставления карточки",
    ),
    Holding(
        "person",
        "Имя и контакты",
        Link.PARTICIPANT,
        "Связь с участником и его представителем",
        _SCHOOL,
        "card",
        {
            "last_name": "Фамилия",
            "first_name": "Имя",
            "middle_name": "Отчество",
            "phone": "Телефон",
            "email": "Почта",
            "representative": "Родитель или представитель",
            "genitive": "Имя в родительном падеже",
        },
        dict.fromkeys(
            ("last_name", "first_name", "middle_name", "name_key", "genitive", "phone", "email", "representative"),
            Erase.WITH_ROW,
        ),
        category="фамилия, имя, отчество, телефон, почта, сведения о представителе",
    ),
    Holding(
        "participation",
        "Участие в наставничестве",
        Link.PARTICIPANT,
        _COUNT,
        _TREE,
        "figures",
        {
            "role": "Роль",
            "mentoring_form": "Форма наставничества",
            "category": "Категория",
            "class_name": "Класс, должность",
            "started_on": "Начало",
            "ended_on": "Окончание",
            "end_reason": "Причина окончания",
            "trained_on": "Обучен",
        },
        {"class_name": Erase.BLANK},
        category="класс, должность",
    ),
    Holding(
        "consent",
        "Согласия",
        Link.PARTICIPANT,
        "Основание обработки",
        "организация; район и регион – без реквизитов",
        "consent",
        {
            "kind": "Согласие",
            "given_on": "Подписано",
            "given_by": "Кто подписал",
            "document": "Где хранится",
            "valid_until": "Действует по",
            "withdrawn_on": "Отозвано",
        },
        {"document": Erase.BLANK},
        category="реквизиты согласий",
    ),
    Holding(
        "consent_paper",
        "Кто подписал согласие, скан",
        Link.PARTICIPANT,
        "Основание обработки",
        _SCHOOL,
        "consent",
        {"giver_name": "Подписал", "giver_basis": "Основание полномочий"},
        {"giver_name": Erase.WITH_ROW, "giver_basis": Erase.WITH_ROW},
        ("file_id",),
        category="имя представителя, сканы согласий",
    ),
    Holding(
        "consent_withdrawal",
        "Отзывы согласий",
        Link.PARTICIPANT,
        "Подтверждение отзыва",
        _SCHOOL,
        "consent",
        {"withdrawn_on": "Отозвано", "received": "Как получено", "destroy_due_on": "Уничтожить до"},
    ),
    Holding(
        "mentorship_member",
        "Место в паре или группе",
        Link.PARTICIPANT,
        _COUNT,
        _TREE,
        "figures",
        {"role": "Роль", "joined_on": "Вошёл", "left_on": "Вышел"},
    ),
    Holding(
        "mentorship",
        "Пары и группы",
        Link.MENTORSHIP,
        _COUNT,
        _TREE,
        "figures",
        {
            "number": "Номер",
            "kind": "Вид",
            "mentoring_form": "Форма наставничества",
            "order_number": "Приказ №",
            "order_on": "Приказ от",
            "started_on": "Начало",
            "ended_on": "Окончание",
            "outcome": "Итог",
        },
    ),
    Holding(
        "meeting",
        "Встречи",
        Link.OF_MENTORSHIP,
        "Учёт встреч",
        _TREE,
        "notes",
        {"held_on": "День", "kind": "Вид", "minutes": "Минут", "topic": "Тема", "cancelled_at": "Отменена"},
        {"topic": Erase.NAMED},
        category="темы встреч с именем",
    ),
    Holding(
        "subject_request",
        "Обращения о данных",
        Link.PARTICIPANT,
        "Ответ на обращение (152-ФЗ, статья 14)",
        _SCHOOL,
        "request",
        {
            "kind": "Обращение",
            "received_on": "Получено",
            "due_on": "Срок",
            "prolonged_from": "Срок до продления",
            "prolonged_on": "Продлено",
            "prolonged_for": "Причина продления",
            "prolonged_words": "Причина словами",
            "done_on": "Исполнено",
            "note": "Запись",
        },
        {"note": Erase.BLANK, "prolonged_words": Erase.BLANK},
        category="записи об обращениях",
    ),
    Holding(
        "twin_question",
        "Вопрос: учтён ли дважды",
        Link.PARTICIPANT,
        "Один человек в двух организациях считается в регионе один раз",
        "организация; другая организация видит только вопрос",
        "figures",
        {"asked_at": "Задан"},
        {"match_key": Erase.BLANK},
        category="ключ сопоставления с другими организациями",
    ),
    Holding(
        "destruction_subject",
        "Акты об уничтожении",
        Link.PARTICIPANT,
        "Подтверждение уничтожения",
        _TREE,
        "act",
        {"reason": "Основание", "due_on": "Срок", "erased_at": "Уничтожено"},
    ),
    Holding(
        "person_history",
        "Прежние значения карточки",
        Link.HISTORY,
        "Кто и что исправил",
        _SCHOOL,
        "card",
        {"recorded_at": "Изменено", "table_name": "Запись", "operation": "Действие", "before": "Было"},
        {"before": Erase.WITH_ROW},
        category="прежние значения карточки и согласий",
    ),
    Holding(
        "record_history",
        "Прежние состояния участий и пар",
        Link.HISTORY,
        "Объяснение изменений в числах",
        _TREE,
        "figures",
        {"recorded_at": "Изменено", "table_name": "Запись", "operation": "Действие"},
        {"before": Erase.NAMED},
    ),
    Holding(
        "journal",
        "Журнал событий",
        Link.JOURNAL,
        "Кто и что делал; имён в нём нет",
        "организация и те, кто над ней",
        "journal",
        {"at": "Когда", "actor_name": "Кто", "event": "Событие"},
    ),
    Holding(
        "member_set",
        "Наборы номеров за числами отчётов",
        Link.MEMBERS,
        "Происхождение чисел сданных отчётов",
        _TREE,
        "figures",
        {"record_kind": "Набор", "created_at": "Составлен"},
        # The set also holds the keys of its people: a region counts them once by these. KEYS_STAY says so in the act.
    ),
    Holding(
        "access_log",
        "Кто смотрел и выгружал",
        Link.VIEWS,
        "Контроль доступа к именам",
        "организация",
        "access_log",
        {"at": "Когда", "user_id": "Кто", "endpoint": "Страница"},
    ),
)

KEYS_STAY = (
    "в наборах за числами сданных отчётов сохраняется ключ сопоставления (хеш имени и даты рождения с секретным ключом"
    " портала): по нему регион считает человека один раз, имени в нём нет"
)
"""What an act says of the keys in frozen sets, so that nobody takes them for destroyed."""

HOLDINGS: Mapping[str, Holding] = {holding.table: holding for holding in CATALOGUE}


def categories() -> list[str]:
    """Return the categories of data that an act names."""
    return [holding.category for holding in CATALOGUE if holding.category]
