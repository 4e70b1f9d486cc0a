"""Rows as they were known at an instant: the present table, or the present table corrected by its history."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import cast, exists, select, union_all
from sqlalchemy.dialects.postgresql import TIMESTAMP, distinct_on

from tenants.db import TenantModel
from tenants.history import RecordHistory


@dataclass(frozen=True)
class Known:
    """A table or its former state: `source` stands in FROM, `columns` has the columns as attributes."""

    source: Any
    columns: Any


def as_known(model: type[TenantModel], names: tuple[str, ...], known_at: datetime | None) -> Known:
    """Return the named columns of a table as they stood at `known_at`; None means now.

    A row recorded later is left out. A row changed or deleted later is read from the first state kept after that
    instant: history keeps what stood before a change.
    """
    if known_at is None:
        return Known(model, model)
    table = model.__table__.c
    changed_later = exists().where(
        RecordHistory.region_id == table.region_id,
        RecordHistory.organization_id == table.organization_id,
        RecordHistory.table_name == model.__tablename__,
        RecordHistory.record_id == table.id,
        RecordHistory.recorded_at > known_at,
    )
    unchanged = select(*(getattr(model, name) for name in names)).where(table.recorded_at <= known_at, ~changed_later)
    first_after = (
        select(RecordHistory.before)
        .where(RecordHistory.table_name == model.__tablename__, RecordHistory.recorded_at > known_at)
        .ext(distinct_on(RecordHistory.record_id))
        .order_by(RecordHistory.record_id, RecordHistory.recorded_at, RecordHistory.id)
        .subquery()
    )
    before = first_after.c.before
    former = select(*(cast(before[name].astext, table[name].type).label(name) for name in names)).where(
        cast(before["recorded_at"].astext, TIMESTAMP(timezone=True)) <= known_at
    )
    found = union_all(unchanged, former).subquery(f"{model.__tablename__}_known")
    return Known(found, found.c)
