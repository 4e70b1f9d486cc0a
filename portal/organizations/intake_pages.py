"""What the pages of an uploaded table show."""

from collections.abc import Sequence
from typing import Any

from flask import request, url_for

from portal.context import actor, db
from portal.organizations.sheets import mend_words
from tenants.organizations import intake_queries, intake_rows, policy
from tenants.organizations.intake_models import IntakeState, RegisterImport
from tenants.organizations.intake_rows import Row, RowState
from tenants.organizations.intake_sheet import LABELS

PAGE_SIZE = 50
_EXAMPLES = 3
_TABS = (
    (RowState.WRONG, "Ошибки"),
    (RowState.QUESTION, "Вопросы"),
    (RowState.NEW, "Новые"),
    (RowState.CHANGED, "Изменятся"),
    (RowState.SAME, "Без изменений"),
)
_FACES = {
    RowState.NEW: "new",
    RowState.CHANGED: "adjusted",
    RowState.SAME: "none",
    RowState.QUESTION: "question",
    RowState.WRONG: "error",
}


def columns_of(intake: RegisterImport, chosen: Sequence[str]) -> list[dict[str, object]]:
    """Return each column with its heading, the field chosen for it, and what stands in its first rows."""
    found = []
    for at, heading in enumerate(intake.headings):
        values = [row[at] for _, row in intake.cells if at < len(row) and row[at]]
        field = chosen[at] if at < len(chosen) else ""
        found.append({"heading": heading, "field": field, "examples": values[:_EXAMPLES]})
    return found


def report_context(intake: RegisterImport) -> dict[str, object]:
    """Return everything the row report shows: one filter, one page of it."""
    rows = intake_rows.as_rows(intake.report)
    open_ = intake.state is IntakeState.CHECKED
    # Between a check and the loading somebody may save a card: the page says so before the button is pressed.
    moved = intake_queries.moved_since(db(), rows) if open_ else []
    counts = intake_rows.counts(rows)
    state = _wanted_state(counts)
    shown = [row for row in rows if state is None or row.state is state]
    page = max(1, request.args.get("page", 1, type=int))
    return {
        "intake": intake,
        "open": open_ and policy.may_load_register(actor()),
        "counts": {state.value: count for state, count in counts.items()},
        "goes": counts[RowState.NEW] + counts[RowState.CHANGED],
        "total": len(rows),
        "tabs": _tabs(intake, counts, state, len(rows)),
        "state": state.value if state else "",
        "lines": [_line(row) for row in shown[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]],
        "page": page,
        "pages": max(1, -(-len(shown) // PAGE_SIZE)),
        "moved": moved,
        "moved_before": list(intake.moved),
    }


def _wanted_state(counts: dict[RowState, int]) -> RowState | None:
    asked = request.args.get("state", "")
    if asked in set(RowState):
        return RowState(asked)
    if asked == "all":
        return None
    # What needs a person comes first.
    return next((state for state in (RowState.WRONG, RowState.QUESTION) if counts[state]), None)


def _tabs(
    intake: RegisterImport, counts: dict[RowState, int], chosen: RowState | None, total: int
) -> list[dict[str, Any]]:
    def tab(text: str, count: int, state: str, *, current: bool) -> dict[str, Any]:
        url = url_for("organizations.check", register_import_id=intake.id, state=state)
        return {"text": text, "count": count, "url": url, "current": current}

    some = [tab(text, counts[state], state.value, current=state is chosen) for state, text in _TABS if counts[state]]
    return [tab("Все", total, "all", current=chosen is None), *some]


def _line(row: Row) -> dict[str, object]:
    return {
        "row": row,
        "face": _FACES[row.state],
        "changes": [(LABELS[name], was, will) for name, was, will in row.changes],
        "mend": mend_words(row) if row.errors else "",
    }
