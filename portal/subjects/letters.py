"""The letter to whoever signs an act of destruction: number, count, day; never a name."""

from collections.abc import Mapping

from portal.formats import counted
from portal.notices.letters import Words, Writer
from tenants.db import ScopedSession
from tenants.subjects.telling import LETTER, waiting_act


def act_waits(session: ScopedSession, job_id: int) -> Words | None:
    """Tell that an act waits; None once somebody signed or returned it."""
    act = waiting_act(session, job_id)
    if act is None:
        return None
    return Words(
        subject=f"Утвердите акт об уничтожении данных – {act.place_name}",
        text=f"Список № {act.number} передан Вам на утверждение:"
        f" {counted(act.people, 'участник', 'участника', 'участников')}, ближайший срок – до"
        f" {act.due_on:%d.%m.%Y}.\n\nЗакон даёт на уничтожение 30 дней: после отзыва согласия или"
        " окончания срока хранения. Проверьте список и утвердите его или верните с причиной:",
        link=f"/o/{act.code}/subjects/acts/{act.act_id}",
    )


LETTERS: Mapping[str, Writer] = {LETTER: act_waits}
