"""Fill one month: find it, compute and store in one statement, then the formulas."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reports.controls import fill_formulas
from reports.editions.definition import Cell, CellKey, CellValue, EditionDefinition, Source
from reports.filling.statement import FillStatement, fill_statement
from reports.forms import definition_by_hash
from tenants import clock
from tenants.errors import NotFoundError, WrongStateError
from tenants.organizations.models import Organization
from tenants.submissions import queries
from tenants.submissions.models import (
    Edition,
    Face,
    Submission,
    SubmissionCell,
    SubmissionState,
    SubmissionWindow,
)


@dataclass(frozen=True)
class Filled:
    """What a filling did."""

    submission_id: int
    cell_count: int
    filled_count: int
    changed: tuple[CellKey, ...]
    """Cells whose reported value is another than before; all of them on the first filling."""
    lapsed: tuple[CellKey, ...] = ()
    """Cells whose adjustment had a last day that is over: they show the records again."""


@dataclass(frozen=True)
class _Month:
    """The month to be filled, as one statement finds it."""

    owner: Mapping[str, int]
    submission_id: int
    definition: EditionDefinition
    sha256: str
    kind: str
    open_cells: list[list[str]] | None
    after: date
    on: date
    today: date


def fill(session: Session, submission_id: int) -> Filled:
    """Compute every cell of a month from the records and store value and set; running it again changes nothing.

    Adjustments and numbers by hand stay, except adjustments whose last day is over. Where the reviewer opened single
    cells, only these are filled. Runs in the school's own scope: ages are known there alone.

    Raises:
        NotFoundError: there is no such month in the scope.
        WrongStateError: the month is not with the school.

    """
    month = _month(session, submission_id)
    statement = _statement(month.sha256, month.kind, month.definition)
    rows = session.connection().exec_driver_sql(statement.sql, statement.parameters | _parameters(month)).all()
    changed = [(row[0], row[1], row[2]) for row in rows if row[0] is not None]
    lapsed = tuple((row[0], row[1], row[2]) for row in rows if row[3])
    _forget(session, submission_id)
    filled = Filled(submission_id, rows[0][4], rows[0][5], tuple(sorted(changed)), lapsed)
    formulas = [cell for cell in month.definition.cells_for(month.kind) if cell.source is Source.FORMULA]
    return _with_formulas(session, month, formulas, filled) if formulas else filled


class _Compiled:
    """Statements of this process, by form and kind of organization."""

    statements: dict[tuple[str, str], FillStatement] = {}  # noqa: RUF012 - the one memory of the process
    most = 64


def _statement(sha256: str, kind: str, definition: EditionDefinition) -> FillStatement:
    found = _Compiled.statements.get((sha256, kind))
    if found is None:
        found = fill_statement(definition, kind)
        _Compiled.statements[sha256, kind] = found
        if len(_Compiled.statements) > _Compiled.most:
            del _Compiled.statements[next(iter(_Compiled.statements))]
    return found


def _month(session: Session, submission_id: int) -> _Month:
    # A question of the session, so that what was entered in this transaction is sent before the statement runs.
    row = session.execute(
        select(
            Submission.region_id,
            Submission.district_id,
            Submission.organization_id,
            Submission.edition_id,
            SubmissionState.status,
            SubmissionState.open_cells,
            SubmissionWindow.cut_after,
            SubmissionWindow.cut_on,
            Edition.sha256,
            Organization.kind,
            Organization.time_zone,
        )
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .join(SubmissionWindow, SubmissionWindow.id == Submission.window_id)
        .join(Edition, Edition.id == Submission.edition_id)
        .join(
            Organization,
            (Organization.region_id == Submission.region_id) & (Organization.id == Submission.organization_id),
        )
        .where(Submission.id == submission_id)
        .with_for_update(of=SubmissionState)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    region_id, district_id, organization_id, edition_id, status, open_cells, after, on, sha256, kind, zone = row
    if not status.with_school:
        raise WrongStateError("Отчёт отправлен, числа в нём не пересчитываются.")
    return _Month(
        owner={"region_id": region_id, "district_id": district_id, "organization_id": organization_id},
        submission_id=submission_id,
        definition=definition_by_hash(session, edition_id, sha256),
        sha256=sha256,
        kind=kind.value,
        open_cells=open_cells,
        after=after,
        on=on,
        today=clock.today(zone),
    )


def _parameters(month: _Month) -> dict[str, Any]:
    return {
        **month.owner,
        "submission_id": month.submission_id,
        "after": month.after,
        "on": month.on,
        "today": month.today,
        "at": clock.now(),
        "open_cells": None if month.open_cells is None else json.dumps(month.open_cells),
    }


def _forget(session: Session, submission_id: int) -> None:
    """Let what the session holds of this month be read anew: the statement went past it."""
    for held in list(session.identity_map.values()):
        if (isinstance(held, Submission) and held.id == submission_id) or (
            isinstance(held, SubmissionCell) and held.submission_id == submission_id
        ):
            session.expire(held)


def _with_formulas(session: Session, month: _Month, formulas: Sequence[Cell], filled: Filled) -> Filled:
    """Compute the cells that are made of other cells, and count once more."""
    stored = queries.cells_of(session, month.submission_id)
    values: dict[CellKey, CellValue] = {key: queries.value_of(cell) for key, cell in stored.items()}
    computed = fill_formulas(month.definition, values, kind=month.kind)
    changed = set(filled.changed)
    for cell in formulas:
        known = stored.get(cell.key)
        if known is not None and month.open_cells is not None and list(cell.key) not in month.open_cells:
            continue
        if known is None:
            known = _new_cell(month, cell)
            session.add(known)
            stored[cell.key] = known
            changed.add(cell.key)
        before = known.value
        _set_formula(known, computed[cell.key], month.today)
        if known.value != before:
            changed.add(cell.key)
    filled_count = sum(1 for cell in stored.values() if queries.value_of(cell) is not None)
    session.execute(_COUNT, {**month.owner, "id": month.submission_id, "cells": len(stored), "filled": filled_count})
    _forget(session, month.submission_id)
    return Filled(month.submission_id, len(stored), filled_count, tuple(sorted(changed)), filled.lapsed)


_COUNT = text("""
update submission set cell_count = :cells, filled_count = :filled, complete = (:cells = :filled)
where region_id = :region_id and organization_id = :organization_id and id = :id
""")


def _new_cell(month: _Month, cell: Cell) -> SubmissionCell:
    return SubmissionCell(
        **month.owner,
        submission_id=month.submission_id,
        section_code=cell.section,
        row_code=cell.row,
        column_code=cell.column,
        face=Face.COMPUTED,
    )


def _set_formula(cell: SubmissionCell, computed: Decimal | None, today: date) -> None:
    if cell.adjusted_until is not None and cell.adjusted_until < today:
        cell.face, cell.adjustment_reason, cell.adjusted_until = Face.COMPUTED, "", None
    if cell.computed != computed:
        cell.computed = computed
    if cell.face is Face.COMPUTED and cell.value != computed:
        cell.value = computed
