"""A document becomes a plan: a guarded process reads it, it is kept only when readable, its measures fill the plan."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, find, insert
from tenants.errors import ForbiddenError, WrongStateError
from tenants.files import store
from tenants.periods import SchoolYear
from tenants.roadmaps import policy
from tenants.roadmaps.commands import measures_of, open_for_change, start_plan
from tenants.roadmaps.documents import DocumentError, read_safely
from tenants.roadmaps.measures import put_reading
from tenants.roadmaps.models import ImportState, Measure, Roadmap, RoadmapImport
from tenants.roadmaps.phrases import PeriodKind, PeriodReading

MOST_BYTES = 20 * 1024 * 1024
_MEDIA_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pdf": "application/pdf",
}
_NO_PLAN = "В файле не нашлось таблицы с мероприятиями. Проверьте, тот ли это файл."
_TITLE_LENGTH, _NUMBER_LENGTH, _PLAN_TITLE_LENGTH = 4000, 40, 600


@dataclass(frozen=True)
class Uploaded:
    """What came of an upload: an import, or the one sentence that says why nothing was kept."""

    import_id: int | None
    refusal: str = ""


def upload_document(session: ScopedSession, actor: Actor, content: bytes, *, name: str, school_year: int) -> Uploaded:
    """Read a document and, where the plan of that year is still empty, fill it at once.

    A document that cannot be read leaves an entry in the journal and nothing else: the refusal is returned and not
    raised, so that the entry is committed.
    """
    if not policy.may_start(actor):
        raise ForbiddenError("Дорожную карту составляют куратор или директор.")
    try:
        reading = read_bytes(content, name, school_year)
    except DocumentError as error:
        journal.record(
            session, actor, "roadmap_import.refused", None, kind=_suffix(name), size=len(content), reason=str(error)
        )
        return Uploaded(None, str(error))
    roadmap = start_plan(session, actor, school_year)
    open_for_change(session, actor, roadmap)
    media_type = _MEDIA_TYPES.get(_suffix(name), "application/octet-stream")
    kept = store.keep(session, content, name=name, media_type=media_type)
    row = insert(
        session,
        RoadmapImport(
            roadmap_id=roadmap.id,
            file_id=kept.id,
            school_year=school_year,
            reading=reading,
            created_by=actor.user_id or None,
        ),
    )
    journal.record(session, actor, "roadmap_import.read", roadmap, kind=_suffix(name), items=len(reading["items"]))
    if not measures_of(session, roadmap.id):
        _fill(session, roadmap, row)
    return Uploaded(row.id)


def read_bytes(content: bytes, name: str, school_year: int) -> dict[str, Any]:
    """Return the reading of an uploaded document that has measures.

    Raises:
        DocumentError: it cannot be read, is too big or empty, or holds no plan.

    """
    if len(content) > MOST_BYTES:
        raise DocumentError("Файл больше 20 МБ. Сохраните план отдельным документом и загрузите его.")
    if not content:
        raise DocumentError("Файл пустой. Выберите другой.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / f"document{_suffix(name)}"
        place.write_bytes(content)
        reading = read_safely(place, str(SchoolYear(school_year)), name=name)
    if not reading["items"]:
        raise DocumentError(reading.get("message") or _NO_PLAN)
    return reading


def _suffix(name: str) -> str:
    return Path(name).suffix.lower()[:8]


def replace_plan(session: ScopedSession, actor: Actor, import_id: int) -> Roadmap:
    """Put the measures of a document in the place of those the plan has now; the old ones stay as removed."""
    row = find(session, RoadmapImport, import_id)
    roadmap = find(session, Roadmap, row.roadmap_id or 0)
    open_for_change(session, actor, roadmap)
    if row.state is not ImportState.READ:
        raise WrongStateError("Этот документ уже перенесён или отложен.")
    for measure in measures_of(session, roadmap.id):
        measure.removed_at = clock.now()
    _fill(session, roadmap, row)
    journal.record(session, actor, "roadmap.replaced", roadmap, import_id=row.id)
    return roadmap


def drop_import(session: ScopedSession, actor: Actor, import_id: int) -> None:
    """Leave the plan as it is and put a document aside."""
    row = find(session, RoadmapImport, import_id)
    if not policy.may_edit(actor, row):
        raise ForbiddenError
    if row.state is not ImportState.READ:
        raise WrongStateError("Этот документ уже перенесён или отложен.")
    row.state = ImportState.DROPPED
    journal.record(session, actor, "roadmap_import.dropped", row)


def _fill(session: ScopedSession, roadmap: Roadmap, row: RoadmapImport) -> None:
    numbers = {_text(stage.get("title")): _text(stage.get("number")) for stage in row.reading.get("stages") or ()}
    for place, item in enumerate(row.reading["items"], start=1):
        session.add(_measure(roadmap.id, place, item, numbers))
    roadmap.source_file_id = row.file_id
    roadmap.title = _text(row.reading.get("title"))[:_PLAN_TITLE_LENGTH] or roadmap.title
    row.state = ImportState.USED


def _measure(roadmap_id: int, place: int, item: Mapping[str, Any], numbers: Mapping[str, str]) -> Measure:
    stage = _text(item.get("stage"))
    measure = Measure(
        roadmap_id=roadmap_id,
        position=place,
        stage_title=stage,
        stage_number=numbers.get(stage, ""),
        group_title=_text(item.get("group")),
        number=_text(item.get("number"))[:_NUMBER_LENGTH],
        title=_text(item.get("title"))[:_TITLE_LENGTH] or "Без названия",
        period_raw=_text(item.get("period_raw")),
        responsible=_text(item.get("responsible_raw")),
        result="\n".join(part for part in (_text(item.get("result_raw")), _text(item.get("documents_raw"))) if part),
        details=_text(item.get("details_raw")),
    )
    put_reading(measure, _reading(item))
    return measure


def _reading(item: Mapping[str, Any]) -> PeriodReading:
    period = item.get("period") or {}
    return PeriodReading(
        PeriodKind(period.get("kind") or "none"),
        period.get("start"),
        period.get("end"),
        period.get("recurrence"),
        period.get("anchor"),
        item.get("question"),
    )


def _text(value: object) -> str:
    return str(value).replace("\0", "").strip() if value is not None else ""
