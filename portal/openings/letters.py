"""Letters about names: a limit of views or files was passed; a request for a list was decided."""

from collections.abc import Mapping

from sqlalchemy import select

from portal.notices.letters import Words, Writer
from tenants.accounts import looking
from tenants.db import ScopedSession
from tenants.openings.telling import APPROVED_LETTER, REFUSED_LETTER
from tenants.organizations.models import Organization


def extraction_stopped(session: ScopedSession, event_id: int) -> Words | None:
    """Tell where it happened, never who was looked at; None where the event is gone."""
    place = looking.event_place(session, event_id)
    if place is None:
        return None
    return Words(
        subject=f"Остановлена массовая выгрузка: {place.name_short}",
        text="Сотрудник открыл за час больше карточек или файлов, чем нужно для работы. Портал остановил только его:"
        " остальные работают, через час сможет работать и он.\n\nПосмотрите в журнале, что он открывал, и позвоните"
        " в организацию.",
        link=f"/o/{place.region_code}/openings/log",
    )


def request_approved(session: ScopedSession, place_id: int) -> Words | None:
    """Tell who asked that the names are open; whose they are stands on the page alone."""
    return _decided(
        session,
        place_id,
        "Согласовано: имена открыты",
        "Ваш запрос согласован. Срок пошёл с минуты согласия, потом имена закроются сами."
        " Каждый просмотр попадёт в журнал.",
    )


def request_refused(session: ScopedSession, place_id: int) -> Words | None:
    """Tell who asked that the names stay closed; the reason stands on the page alone."""
    return _decided(
        session,
        place_id,
        "Отказано в открытии имён",
        "В Вашем запросе отказано, имена остались закрыты. Причина – на странице запроса.",
    )


def _decided(session: ScopedSession, place_id: int, subject: str, text: str) -> Words | None:
    code = session.scalar(select(Organization.code).where(Organization.id == place_id))
    return None if code is None else Words(subject, text, f"/o/{code}/openings/")


LETTERS: Mapping[str, Writer] = {
    looking.STOPPED: extraction_stopped,
    APPROVED_LETTER: request_approved,
    REFUSED_LETTER: request_refused,
}
