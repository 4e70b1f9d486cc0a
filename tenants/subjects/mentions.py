"""Where free words of an organization still name a person whose data are to go: a curator mends those by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from tenants.free_words import FREE_WORDS
from tenants.participants.persons import Name
from tenants.subjects.catalogue import HOLDINGS
from tenants.subjects.masking import forms
from tenants.subjects.rows import model_of

LABELS: Mapping[str, str] = {
    "explanation": "ответы на вопросы проверки",
    "file": "названия файлов",
    "measure": "мероприятия дорожной карты",
    "measure_execution": "отметки об исполнении",
    "programme": "названия программ",
    "remark_answer": "ответы на замечания к карте",
    "revision_cell": "сданные отчёты: пояснения к числам",
    "roadmap_remark": "замечания к дорожной карте",
    "submission_cell": "отчёт за месяц: пояснения к числам",
    "submission_event": "причины возврата отчётов",
    "submission_remark": "замечания к отчёту",
    "submission_remark_answer": "ответы на замечания к отчёту",
    "version_measure": "утверждённые версии дорожной карты",
}


@dataclass(frozen=True)
class Mention:
    """How many rows of one table name a person in free words."""

    table: str
    label: str
    count: int


def mentions(session: Session, people: Sequence[Name]) -> list[Mention]:
    """Return the tables whose free words hold a surname of these people, without those that destruction empties."""
    if not people:
        return []
    surnames = "|".join(sorted({forms(name.last) for name in people}))
    found = []
    for table, columns in FREE_WORDS.items():
        if table in HOLDINGS:
            continue
        model = model_of(table)
        texts = (cast(getattr(model, column), Text) for column in sorted(columns))
        words = func.app.ru_key(func.concat_ws(" ", *texts))
        named = select(func.count()).select_from(model).where(words.op("~")(rf"\m({surnames})\M"))
        count = session.scalar(named)
        if count:
            found.append(Mention(table, LABELS.get(table, table), count))
    return found
