"""Filling: the figures of one organization and period become cells, each with the set of records behind it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from reports.controls import fill_formulas
from reports.editions.definition import Cell, CellKey, CellValue, EditionDefinition, Source
from reports.figures import FIGURES, Figure, Span, family_select
from reports.forms import definition_by_hash
from tenants import clock
from tenants.errors import NotFoundError, WrongStateError
from tenants.organizations.models import Organization
from tenants.submissions.models import (
    Edition,
    Face,
    MemberSet,
    Submission,
    SubmissionCell,
    SubmissionState,
    SubmissionWindow,
)

Filters: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Members:
    """The set behind a number: sorted ids and, for people, the keys beside them."""

    record_kind: str
    ids: tuple[int, ...]
    identity_keys: tuple[bytes | None, ...] | None = None

    @property
    def sha256(self) -> str:
        """Return the name of the set: equal sets have one."""
        keys = "" if self.identity_keys is None else ",".join(key.hex() if key else "" for key in self.identity_keys)
        return hashlib.sha256(f"{self.record_kind}\n{','.join(map(str, self.ids))}\n{keys}".encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """Return the set as the statement that stores it reads it."""
        keys = None
        if self.identity_keys is not None:
            keys = [None if key is None else bytes(key).hex() for key in self.identity_keys]
        return {
            "sha256": self.sha256,
            "record_kind": self.record_kind,
            "ids": self.ids,
            "weights": None,
            "identity_keys": keys,
        }


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

    submission: Submission
    state: SubmissionState
    definition: EditionDefinition
    span: Span
    kind: str
    today: date


@dataclass(frozen=True)
class _Stored:
    """A cell as it stands."""

    face: Face
    computed: Decimal | None
    value: Decimal | None
    text_value: str | None
    until: date | None
    sha256: str | None
    kept: bool = True
    """False for a cell that is not stored yet."""


@dataclass
class _Plan:
    """What is to be written."""

    cells: list[dict[str, Any]] = field(default_factory=list)
    sets: dict[str, Members] = field(default_factory=dict)
    changed: list[CellKey] = field(default_factory=list)
    lapsed: list[CellKey] = field(default_factory=list)
    values: dict[CellKey, CellValue] = field(default_factory=dict)


def fill(session: Session, submission_id: int) -> Filled:
    """Compute every cell of a month from the records and store value and set; running it again changes nothing.

    Adjustments and numbers by hand stay, except adjustments whose last day is over. Where the reviewer opened single
    cells, only these are filled. Runs in the school's own scope: ages are known there alone.

    Raises:
        NotFoundError: there is no such month in the scope.
        WrongStateError: the month is not with the school.

    """
    month = _month(session, submission_id)
    cells = month.definition.cells_for(month.kind)
    found = compute(session, cells, month.span)
    stored = _stored(session, submission_id)
    plan = _planned(month, cells, found, stored)
    filled = sum(1 for key in plan.values if plan.values[key] is not None)
    _write(session, month, plan, filled)
    return Filled(submission_id, len(plan.values), filled, tuple(plan.changed), tuple(plan.lapsed))


def compute(session: Session, cells: Iterable[Cell], span: Span) -> dict[CellKey, Members]:
    """Return the set of every cell that is bound to a figure: one statement a family of figures."""
    bound = [cell for cell in cells if cell.source is Source.FIGURE]
    wanted: dict[str, dict[str, tuple[Figure, set[Filters]]]] = {}
    for cell in bound:
        figure = FIGURES[cell.figure]
        family = wanted.setdefault(figure.family.name, {})
        family.setdefault(figure.name, (figure, set()))[1].add(_filters(cell))
    sets: dict[tuple[str, Filters], Members] = {}
    for family in wanted.values():
        sets |= _family_sets(session, tuple(family.values()), span)
    return {cell.key: sets[cell.figure, _filters(cell)] for cell in bound}


def _filters(cell: Cell) -> Filters:
    return tuple(sorted(cell.filters.items()))


def _family_sets(
    session: Session, wanted: Sequence[tuple[Figure, set[Filters]]], span: Span
) -> dict[tuple[str, Filters], Members]:
    figures = tuple(figure for figure, _ in wanted)
    keys = tuple(sorted({name for _, combinations in wanted for filters in combinations for name, _ in filters}))
    rows = session.execute(family_select(figures, span, keys)).all()
    people = figures[0].record_kind == "participant"
    first_flag = 2 + len(keys)
    found: dict[tuple[str, Filters], Members] = {}
    for offset, (figure, combinations) in enumerate(wanted, start=first_flag):
        counted = [row for row in rows if row[offset]]
        for filters in combinations:
            places = [(2 + keys.index(name), value) for name, value in filters]
            members = {row[0]: row[1] for row in counted if all(row[place] == value for place, value in places)}
            ids = tuple(sorted(members))
            identity = tuple(members[number] for number in ids) if people else None
            found[figure.name, filters] = Members(figure.record_kind, ids, identity)
    return found


def _month(session: Session, submission_id: int) -> _Month:
    row = session.execute(
        select(
            Submission,
            SubmissionState,
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
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFoundError
    submission, state, cut_after, cut_on, sha256, kind, zone = row
    if not state.status.with_school:
        raise WrongStateError("Отчёт отправлен, числа в нём не пересчитываются.")
    definition = definition_by_hash(session, submission.edition_id, sha256)
    return _Month(submission, state, definition, Span(cut_after, cut_on), kind.value, clock.today(zone))


def _stored(session: Session, submission_id: int) -> dict[CellKey, _Stored]:
    rows = session.execute(
        select(
            SubmissionCell.section_code,
            SubmissionCell.row_code,
            SubmissionCell.column_code,
            SubmissionCell.face,
            SubmissionCell.computed,
            SubmissionCell.value,
            SubmissionCell.text_value,
            SubmissionCell.adjusted_until,
            MemberSet.sha256,
        )
        .outerjoin(MemberSet, MemberSet.id == SubmissionCell.member_set_id)
        .where(SubmissionCell.submission_id == submission_id)
    )
    return {(row[0], row[1], row[2]): _Stored(*row[3:]) for row in rows}


def _planned(
    month: _Month, cells: Sequence[Cell], found: Mapping[CellKey, Members], stored: Mapping[CellKey, _Stored]
) -> _Plan:
    plan = _Plan()
    # Instances of multiplied rows are entered by hand and known only from what is stored.
    plan.values = {
        key: cell.text_value if cell.value is None else cell.value
        for key, cell in stored.items()
        if key not in {cell.key for cell in cells}
    }
    computed: dict[CellKey, Decimal | None] = {key: Decimal(len(members.ids)) for key, members in found.items()}
    formulas = [cell for cell in cells if cell.source is Source.FORMULA]
    for cell in cells:
        if cell.source in (Source.FIGURE, Source.MANUAL):
            _plan_cell(month, plan, cell, computed.get(cell.key), found.get(cell.key), stored.get(cell.key))
    if formulas:
        results = fill_formulas(month.definition, plan.values, kind=month.kind)
        for cell in formulas:
            _plan_cell(month, plan, cell, results[cell.key], None, stored.get(cell.key))
    return plan


def _plan_cell(
    month: _Month,
    plan: _Plan,
    cell: Cell,
    computed: Decimal | None,
    members: Members | None,
    stands: _Stored | None,
) -> None:
    key, open_cells = cell.key, month.state.open_cells
    if stands is not None and open_cells is not None and list(key) not in open_cells:
        plan.values[key] = stands.text_value if stands.value is None else stands.value
        return
    stands = stands or _unfilled(cell)
    lapsed = stands.until is not None and stands.until < month.today
    face = Face.COMPUTED if lapsed else stands.face
    value = computed if face is Face.COMPUTED else stands.value
    name = None if members is None else members.sha256
    plan.values[key] = stands.text_value if value is None else value
    if lapsed:
        plan.lapsed.append(key)
    if stands.value != value or not stands.kept:
        plan.changed.append(key)
    if stands.kept and not lapsed and (stands.computed, stands.value, stands.sha256) == (computed, value, name):
        return
    if members is not None and stands.sha256 != name:
        plan.sets[members.sha256] = members
    plan.cells.append(
        {
            "section_code": key[0],
            "row_code": key[1],
            "column_code": key[2],
            "face": face.value,
            "computed": computed,
            "value": value,
            "sha256": name,
        }
    )


def _unfilled(cell: Cell) -> _Stored:
    face = Face.MANUAL if cell.source is Source.MANUAL else Face.COMPUTED
    return _Stored(face, None, None, None, None, None, kept=False)


_WRITE = text("""
with wanted as (
  select * from jsonb_to_recordset(cast(:sets as jsonb))
    as s(sha256 text, record_kind text, ids bigint[], weights numeric[], identity_keys text[])
), known as (
  select id, sha256 from member_set
  where region_id = :region_id and organization_id = :organization_id and sha256 = any (:names)
), fresh as (
  insert into member_set (region_id, district_id, organization_id, sha256, record_kind, ids, weights, identity_keys, created_at)
  select :region_id, :district_id, :organization_id, sha256, record_kind, ids, weights,
    case when identity_keys is not null then
      (select coalesce(array_agg(decode(k, 'hex') order by n), '{}') from unnest(identity_keys) with ordinality as u(k, n)) end, :at
  from wanted where not exists (select from known where known.sha256 = wanted.sha256) order by sha256
  on conflict (region_id, organization_id, sha256) do update set record_kind = excluded.record_kind
  returning id, sha256
), sets as (
  select * from known union all select * from fresh
), cells as (
  select c.*, sets.id as member_set_id
  from jsonb_to_recordset(cast(:cells as jsonb))
    as c(section_code text, row_code text, column_code text, face text, computed numeric, value numeric, sha256 text)
  left join sets using (sha256)
), written as (
  insert into submission_cell (region_id, district_id, organization_id, submission_id, section_code, row_code, column_code,
    face, computed, value, member_set_id, adjustment_reason)
  -- An adjusted cell stands already and keeps its reason; the new row only has to pass the check before it is turned away.
  select :region_id, :district_id, :organization_id, :submission_id, section_code, row_code, column_code,
    face, computed, value, member_set_id, case face when 'adjusted' then 'kept' else '' end from cells
  on conflict (region_id, organization_id, submission_id, section_code, row_code, column_code) do update
    set face = excluded.face, computed = excluded.computed, value = excluded.value, member_set_id = excluded.member_set_id,
      adjustment_reason = case when excluded.face = 'computed' then '' else submission_cell.adjustment_reason end,
      adjusted_until = case when excluded.face = 'computed' then null else submission_cell.adjusted_until end
)
update submission set computed_at = :at, cell_count = :cell_count, filled_count = :filled_count, complete = :complete
where region_id = :region_id and organization_id = :organization_id and id = :submission_id
""")  # noqa: E501 - SQL keeps its own shape


def _write(session: Session, month: _Month, plan: _Plan, filled: int) -> None:
    submission = month.submission
    names = sorted({cell["sha256"] for cell in plan.cells if cell["sha256"]})
    session.execute(
        _WRITE,
        {
            "region_id": submission.region_id,
            "district_id": submission.district_id,
            "organization_id": submission.organization_id,
            "submission_id": submission.id,
            "sets": json.dumps([members.to_json() for members in plan.sets.values()]),
            "names": names,
            "cells": json.dumps(plan.cells, default=str),
            "at": clock.now(),
            "cell_count": len(plan.values),
            "filled_count": filled,
            "complete": filled == len(plan.values),
        },
    )
    session.refresh(submission)
