"""Taking a table of organizations in: keep it, say what each column fills, look at the rows, load them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import undefer

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, insert, lock_key
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.files import store
from tenants.organizations import intake_rows, policy
from tenants.organizations.intake_models import IntakeState, RegisterImport
from tenants.organizations.intake_rows import Check, Planned, Register, RowState
from tenants.organizations.intake_sheet import LABELS, Sheet, lacking_of, read_register
from tenants.organizations.intake_writing import write
from tenants.organizations.queries import taken_elsewhere

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TOLD = 200
"""A list of changed organizations beyond this says nothing more to a person; the report of the table keeps them all."""


@dataclass(frozen=True)
class Outcome:
    """What a loading did."""

    intake: RegisterImport
    loaded: bool
    """False where the register moved meanwhile: nothing was written, the table was checked again."""


def keep_register(session: ScopedSession, actor: Actor, *, name: str, content: bytes) -> RegisterImport:
    """Keep an uploaded table, read it, and check its rows where every column is understood.

    Raises:
        InvalidError: one sentence for whatever is wrong with the file.

    """
    _need_right(actor)
    return keep_sheet(session, actor, read_register(content), name=name, content=content)


def keep_sheet(session: ScopedSession, actor: Actor, sheet: Sheet, *, name: str, content: bytes) -> RegisterImport:
    """Keep a table that was read already, with the file it came from."""
    _need_right(actor)
    kept = store.keep(session, content, name=name, media_type=_XLSX)
    clear = not sheet.unknown and not sheet.lacking
    intake = insert(
        session,
        RegisterImport(
            file_id=kept.id,
            state=IntakeState.CHECKED if clear else IntakeState.MAPPING,
            headings=list(sheet.headings),
            fields=list(sheet.fields),
            cells=[list(row) for row in sheet.cells],
            created_by=actor.user_id or None,
        ),
    )
    if clear:
        _look(session, actor, intake)
    journal.record(session, actor, "register_import.uploaded", intake, rows=len(sheet.cells))
    return intake


def check_sheet(session: ScopedSession, actor: Actor, sheet: Sheet) -> list[Planned]:
    """Return what each row of a table would do; nothing is written."""
    register = intake_rows.register_of(session, actor.organization.region_id)
    return _plan(register, sheet.cells, sheet.fields, ())


def name_columns(session: ScopedSession, actor: Actor, intake_id: int, fields: Sequence[str]) -> RegisterImport:
    """Say what each column fills, in the order of the headings; empty leaves a column out.

    Raises:
        InvalidError: a field is named twice, or one is lacking without which nothing can be loaded.

    """
    intake = _open(session, actor, intake_id)
    if intake.state is not IntakeState.MAPPING:
        _need_checked(intake)
    chosen = [name if name in LABELS else "" for name in fields]
    twice = next((name for name in chosen if name and chosen.count(name) > 1), None)
    if twice:
        raise InvalidError(f"«{LABELS[twice]}» выбрано для двух столбцов. Оставьте один.", field="fields")
    if lacking := lacking_of(chosen):
        raise InvalidError(f"Укажите столбец: {', '.join(lacking)}. Без него загрузить нельзя.", field="fields")
    if len(chosen) != len(intake.headings):
        raise InvalidError("Столбцов в таблице другое число. Загрузите файл ещё раз.", field="fields")
    intake.fields, intake.state = chosen, IntakeState.CHECKED
    _look(session, actor, intake)
    journal.record(session, actor, "register_import.mapped", intake)
    return intake


def answer_rows(session: ScopedSession, actor: Actor, intake_id: int, numbers: Sequence[int]) -> RegisterImport:
    """Say of rows with a question that each is an organization of its own."""
    intake = _open(session, actor, intake_id)
    _need_checked(intake)
    asked = {one["number"] for one in intake.report if one["state"] == RowState.QUESTION.value}
    fresh = sorted(asked.intersection(numbers))
    if not fresh:
        journal.nothing_changed()
        return intake
    intake.answers = sorted({*intake.answers, *fresh})
    _look(session, actor, intake)
    journal.record(session, actor, "register_import.answered", intake, rows=fresh)
    return intake


def check_again(session: ScopedSession, actor: Actor, intake_id: int) -> RegisterImport:
    """Check the rows against the register of this moment."""
    intake = _open(session, actor, intake_id)
    _need_checked(intake)
    before = intake.report
    planned = _look(session, actor, intake)
    intake.moved = _moved(before, planned)
    journal.record(session, actor, "register_import.rechecked", intake, moved=len(intake.moved))
    return intake


def load_register(session: ScopedSession, actor: Actor, intake_id: int) -> Outcome:
    """Write the new and the changed rows; the others stay in the table. Loading again changes nothing.

    The rows are checked once more under a lock. Where any would now do something else than the person saw, nothing is
    written: the report shows the new outcome and which rows moved.
    """
    intake = _open(session, actor, intake_id, lock=True)
    if intake.state is IntakeState.LOADED:
        journal.nothing_changed()
        return Outcome(intake, loaded=True)
    _need_checked(intake)
    lock_key(session, f"register-{actor.organization.region_id}")
    before = intake.report
    register = intake_rows.register_of(session, actor.organization.region_id)
    planned = _plan(register, intake.cells, intake.fields, intake.answers)
    if moved := _moved(before, planned):
        intake.report, intake.moved = intake_rows.as_json(planned), moved
        journal.record(session, actor, "register_import.rechecked", intake, moved=len(moved))
        return Outcome(intake, loaded=False)
    _write(session, actor, intake, register, planned)
    return Outcome(intake, loaded=True)


def drop_register(session: ScopedSession, actor: Actor, intake_id: int) -> RegisterImport:
    """Leave a table unloaded."""
    intake = _open(session, actor, intake_id)
    if intake.state is IntakeState.LOADED:
        raise WrongStateError("Таблица уже загружена.")
    intake.state = IntakeState.DROPPED
    journal.record(session, actor, "register_import.dropped", intake)
    return intake


def _write(
    session: ScopedSession, actor: Actor, intake: RegisterImport, register: Register, planned: list[Planned]
) -> None:
    done = write(session, register, planned, today=clock.today(actor.organization.time_zone))
    intake.state, intake.loaded_at, intake.moved = IntakeState.LOADED, clock.now(), []
    intake.created_count, intake.changed_count = done.created, done.changed
    left = intake_rows.counts(one.row for one in planned)
    told = [one.row for one in planned if one.row.state is RowState.CHANGED][:_TOLD]
    journal.record(
        session,
        actor,
        "register.loaded",
        intake,
        created=done.created,
        changed=done.changed,
        same=left[RowState.SAME],
        refused=left[RowState.WRONG] + left[RowState.QUESTION],
        before={row.code: {name: was for name, was, _ in row.changes} for row in told},
        after={row.code: {name: will for name, _, will in row.changes} for row in told},
    )


def _look(session: ScopedSession, actor: Actor, intake: RegisterImport) -> list[Planned]:
    register = intake_rows.register_of(session, actor.organization.region_id)
    planned = _plan(register, intake.cells, intake.fields, intake.answers)
    intake.report, intake.moved = intake_rows.as_json(planned), []
    return planned


def _plan(
    register: Register, cells: Sequence[tuple[int, list[str]]], fields: Sequence[str], answers: Sequence[int]
) -> list[Planned]:
    taken = taken_elsewhere(intake_rows.wanted_codes(register, cells, fields))
    return Check(register, taken, frozenset(answers)).rows(cells, fields)


def _moved(before: list[dict[str, object]], planned: list[Planned]) -> list[int]:
    """Return the numbers of the rows that would now do something else."""
    seen = {row.number: row.outcome() for row in intake_rows.as_rows(before)}
    return [one.row.number for one in planned if seen.get(one.row.number) != one.row.outcome()]


def _open(session: ScopedSession, actor: Actor, intake_id: int, *, lock: bool = False) -> RegisterImport:
    _need_right(actor)
    query = select(RegisterImport).where(RegisterImport.id == intake_id).options(undefer(RegisterImport.cells))
    found = session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFoundError
    return found


def _need_right(actor: Actor) -> None:
    if not policy.may_load_register(actor):
        raise ForbiddenError("Список организаций загружает региональный центр.")


def _need_checked(intake: RegisterImport) -> None:
    if intake.state is IntakeState.MAPPING:
        raise WrongStateError("Сначала укажите, что в каких столбцах.")
    if intake.state is not IntakeState.CHECKED:
        raise WrongStateError(f"Эта таблица уже {intake.state.label}. Загрузите файл ещё раз.")
