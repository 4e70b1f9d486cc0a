"""Why a number changed: the difference of two sets, each term told by what happened to the records; sums exactly."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from reports.editions.definition import Cell, Source
from reports.figures import FIGURES, Ending, Figure, Life, Nature, Span
from reports.filling import Members, compute
from reports.forms import definition_of
from tenants.organizations.queries import organization_in_reach
from tenants.submissions import queries
from tenants.submissions.models import (
    Face,
    MemberSet,
    Place,
    Revision,
    RevisionCell,
    Submission,
    SubmissionCell,
    SubmissionWindow,
)
from tenants.submissions.windows import find_window

AnyCell: TypeAlias = SubmissionCell | RevisionCell


class Cause(StrEnum):
    """What happened to records, or to the number itself."""

    NEW = "new"
    QUALIFIED = "qualified"
    COMPLETED = "completed"
    LEFT = "left"
    TRANSFERRED = "transferred"
    DISQUALIFIED = "disqualified"
    CORRECTED = "corrected"
    """The past was corrected: a record that should have counted then, or should not have."""
    THIS_PERIOD = "this_period"
    LAST_PERIOD = "last_period"
    NEW_PAIRS = "new_pairs"
    OLD_PAIRS = "old_pairs"
    RECORDED = "recorded"
    REMOVED = "removed"
    ADJUSTED = "adjusted"
    MANUAL = "manual"
    FORMULA = "formula"


_LABELS = {
    Cause.NEW: "новые",
    Cause.QUALIFIED: "стали отвечать правилу",
    Cause.COMPLETED: "завершены",
    Cause.LEFT: "прекращены",
    Cause.TRANSFERRED: "переданы",
    Cause.DISQUALIFIED: "перестали отвечать правилу",
    Cause.CORRECTED: "исправление прошлого",
    Cause.THIS_PERIOD: "в этом месяце",
    Cause.LAST_PERIOD: "в прошлом месяце",
    Cause.NEW_PAIRS: "у новых пар",
    Cause.OLD_PAIRS: "у прежних пар",
    Cause.RECORDED: "внесены записи",
    Cause.REMOVED: "убраны записи",
    Cause.ADJUSTED: "поправка",
    Cause.MANUAL: "введено вручную",
    Cause.FORMULA: "по формуле",
}
_PEOPLE_LABELS = {
    Cause.NEW: "вошли",
    Cause.COMPLETED: "завершили",
    Cause.LEFT: "выбыли",
    Cause.TRANSFERRED: "перешли",
}
_FIGURE_LABELS = {("mentors_trained", Cause.QUALIFIED): "обучены"}


@dataclass(frozen=True)
class Term:
    """One reason, with its share of the difference; never zero unless records came and went in equal number."""

    cause: Cause
    label: str
    amount: Decimal
    ids: tuple[int, ...] = ()
    """Records behind it; empty for a term read from a frozen revision."""


@dataclass(frozen=True)
class Change:
    """A number then and now; `terms` sum exactly to the difference. None stands for no number."""

    place: Place
    before: Decimal | None
    after: Decimal | None
    terms: tuple[Term, ...]

    @property
    def amount(self) -> Decimal:
        """Return by how much the number changed."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True)
class Number:
    """A number with the set behind it; what the set does not explain was written by people or by a formula."""

    value: Decimal | None
    weights: Mapping[int, Decimal]
    rest: Cause = Cause.ADJUSTED
    """What the part beyond the set is called."""

    @property
    def beyond(self) -> Decimal:
        """Return the part of the value that the set does not explain."""
        return (self.value or Decimal(0)) - sum(self.weights.values(), Decimal(0))


Classify: TypeAlias = Callable[[int, bool], Cause]
"""Takes a record id and whether it was added; names the cause."""


def difference(
    place: Place, before: Number, after: Number, classify: Classify, label: Callable[[Cause], str] = _LABELS.__getitem__
) -> Change:
    """Split the difference of two numbers into terms that sum exactly to it."""
    amounts: dict[Cause, Decimal] = {}
    ids: dict[Cause, list[int]] = {}
    for record_id in sorted(before.weights.keys() | after.weights.keys()):
        amount = after.weights.get(record_id, Decimal(0)) - before.weights.get(record_id, Decimal(0))
        added = record_id in after.weights
        if added and record_id in before.weights and not amount:
            continue
        cause = classify(record_id, added)
        amounts[cause] = amounts.get(cause, Decimal(0)) + amount
        ids.setdefault(cause, []).append(record_id)
    for number, sign in ((after, 1), (before, -1)):
        if number.beyond:
            amounts[number.rest] = amounts.get(number.rest, Decimal(0)) + sign * number.beyond
    terms = tuple(
        Term(cause, label(cause), amounts[cause], tuple(ids.get(cause, ())))
        for cause in Cause
        if cause in amounts and (amounts[cause] or cause in ids)
    )
    return Change(place, before.value, after.value, terms)


def changes_of(session: Session, submission_id: int, places: Sequence[Place] | None = None) -> dict[Place, Change]:
    """Return why the numbers of a draft differ from the period before; `places` limits the question.

    Runs in the school's own scope: only there are the records complete. Empty where there is no period before.
    """
    submission, _ = queries.submission_with_state(session, submission_id)
    before = queries.previous_submission(session, submission)
    if before is None:
        return {}
    window, window_before = (find_window(session, one.window_id) for one in (submission, before))
    cells = [cell for cell in _cells(session, submission) if places is None or cell.key in places]
    then = Side(span_of(window_before), queries.reported_cells(session, before.id))
    return changes_between(session, cells, then, Side(span_of(window), queries.cells_of(session, submission_id)))


@dataclass(frozen=True)
class Side:
    """A month as one side of a comparison."""

    span: Span
    stored: Mapping[Place, AnyCell]


def span_of(window: SubmissionWindow) -> Span:
    """Return the days a window counts."""
    return Span(window.cut_after, window.cut_on)


def changes_between(session: Session, cells: Iterable[Cell], before: Side, after: Side) -> dict[Place, Change]:
    """Return why the numbers of two months differ in these cells, for a page that has read both already.

    Runs in the school's own scope.
    """
    cells = [cell for cell in cells if cell.source is not Source.CLOSED]
    sides = [[side.stored[cell.key] for cell in cells if cell.key in side.stored] for side in (before, after)]
    sets = queries.sets_of(session, [*sides[0], *sides[1]])
    then, now = (
        {cell.key: _number(cell, side.stored.get(cell.key), sets) for cell in cells} for side in (before, after)
    )
    moved = [cell for cell in cells if then[cell.key] != now[cell.key]]
    if not moved:
        return {}
    spans = before.span, after.span
    told = _Told(compute(session, moved, spans[0]), _lives(session, moved, then, now), spans)
    return {
        cell.key: difference(cell.key, then[cell.key], now[cell.key], told.classifier(cell), _labeller(cell))
        for cell in moved
    }


def frozen_changes(session: Session, submission_id: int) -> dict[str, Any]:
    """Return the changes of a draft as plain values, to be frozen with the revision that is being sent."""
    return {
        "cells": [
            {
                "place": list(change.place),
                "before": _plain(change.before),
                "after": _plain(change.after),
                "terms": [[term.cause.value, term.label, _plain(term.amount)] for term in change.terms],
            }
            for change in changes_of(session, submission_id).values()
        ]
    }


def changes_in(revision: Revision) -> dict[Place, Change]:
    """Return the changes that were frozen with a revision; any scope that sees the revision may read them."""
    return {change.place: change for change in (_thawed(stored) for stored in revision.changes.get("cells", ()))}


def between_revisions(session: Session, submission_id: int, earlier: int, later: int) -> dict[Place, Change]:
    """Return what a new revision changed; terms say whether records were added or removed, not what befell them."""
    submission, _ = queries.submission_with_state(session, submission_id)
    cells = [cell for cell in _cells(session, submission) if cell.source is not Source.CLOSED]
    then, now = (
        _numbers(session, cells, queries.revision_cells(session, queries.revision_of(session, submission_id, n).id))
        for n in (earlier, later)
    )
    return {
        cell.key: difference(
            cell.key, then[cell.key], now[cell.key], lambda _, added: Cause.RECORDED if added else Cause.REMOVED
        )
        for cell in cells
        if then[cell.key] != now[cell.key]
    }


@dataclass(frozen=True)
class _Told:
    """What the records say today of the period before, and how the records lived."""

    earlier: Mapping[Place, Members]
    lives: Mapping[tuple[str, int], Sequence[Life]]
    spans: tuple[Span, Span]

    def classifier(self, cell: Cell) -> Classify:
        """Return how the records of one cell are told apart."""
        if cell.source is not Source.FIGURE:
            return lambda _, added: Cause.RECORDED if added else Cause.REMOVED
        figure = FIGURES[cell.figure]
        if figure.record_kind == "meeting":
            return lambda record_id, _: self._pair_age(figure, record_id)
        if figure.nature is Nature.FLOW:
            return lambda _, added: Cause.THIS_PERIOD if added else Cause.LAST_PERIOD
        should_have = frozenset(self.earlier[cell.key].ids)
        keys = dict(figure.pinned) | dict(cell.filters)
        return lambda record_id, added: self._stock(
            figure, keys, record_id, added=added, counted=record_id in should_have
        )

    def _pair_age(self, figure: Figure, record_id: int) -> Cause:
        began = [life.began_on for life in self.lives.get((figure.family.name, record_id), ())]
        return Cause.NEW_PAIRS if any(day > self.spans[0].on for day in began) else Cause.OLD_PAIRS

    def _stock(self, figure: Figure, keys: Mapping[str, str], record_id: int, *, added: bool, counted: bool) -> Cause:
        if added is counted:
            return Cause.CORRECTED
        lives = [
            life
            for life in self.lives.get((figure.family.name, record_id), ())
            if all(life.keys.get(name, value) == value for name, value in keys.items())
        ]
        if added:
            return Cause.NEW if any(self._passed(life.began_on) for life in lives) else Cause.QUALIFIED
        endings = [life.ending for life in lives if life.ending is not None and self._passed(life.ended_on)]
        return _CAUSES[endings[-1]] if endings else Cause.DISQUALIFIED

    def _passed(self, day: date | None) -> bool:
        before, now = self.spans
        return day is not None and before.on < day <= now.on


_CAUSES = {
    Ending.COMPLETED: Cause.COMPLETED,
    Ending.LEFT: Cause.LEFT,
    Ending.TRANSFERRED: Cause.TRANSFERRED,
}


def _cells(session: Session, submission: Submission) -> tuple[Cell, ...]:
    kind = organization_in_reach(session, submission.organization_id).kind.value
    return definition_of(session, submission.edition_id).cells_for(kind)


def _numbers(session: Session, cells: Iterable[Cell], stored: Mapping[Place, AnyCell]) -> dict[Place, Number]:
    sets = queries.sets_of(session, stored.values())
    return {cell.key: _number(cell, stored.get(cell.key), sets) for cell in cells}


def _number(cell: Cell, stored: AnyCell | None, sets: Mapping[int, MemberSet]) -> Number:
    if stored is None:
        return Number(None, {})
    rest = {Face.ADJUSTED: Cause.ADJUSTED, Face.MANUAL: Cause.MANUAL}.get(stored.face, Cause.FORMULA)
    members = sets.get(stored.member_set_id or 0)
    if members is None or cell.source is not Source.FIGURE:
        return Number(stored.value, {}, rest)
    weights = members.weights or [Decimal(1)] * len(members.ids)
    return Number(stored.value, dict(zip(members.ids, weights, strict=True)), rest)


def _lives(
    session: Session, cells: Iterable[Cell], then: Mapping[Place, Number], now: Mapping[Place, Number]
) -> dict[tuple[str, int], list[Life]]:
    asked: dict[str, set[int]] = {}
    families = {}
    for cell in cells:
        if cell.source is Source.FIGURE:
            family = FIGURES[cell.figure].family
            families[family.name] = family
            asked.setdefault(family.name, set()).update(then[cell.key].weights.keys() ^ now[cell.key].weights.keys())
    found: dict[tuple[str, int], list[Life]] = {}
    for name, ids in asked.items():
        lives = families[name].lives(session, sorted(ids)) if ids else []
        for life in sorted(lives, key=lambda life: (life.ended_on or date.max, life.began_on)):
            found.setdefault((name, life.record_id), []).append(life)
    return found


def _labeller(cell: Cell) -> Callable[[Cause], str]:
    people = cell.source is Source.FIGURE and FIGURES[cell.figure].record_kind == "participant"
    words = _LABELS | (_PEOPLE_LABELS if people else {})
    return lambda cause: _FIGURE_LABELS.get((cell.figure, cause), words[cause])


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _thawed(stored: Mapping[str, Any]) -> Change:
    section, row, column = stored["place"]
    before, after = (None if stored[name] is None else Decimal(stored[name]) for name in ("before", "after"))
    terms = tuple(Term(Cause(cause), label, Decimal(amount)) for cause, label, amount in stored["terms"])
    return Change((section, row, column), before, after, terms)
