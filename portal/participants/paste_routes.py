"""Many people at once: paste or upload, look, correct, load."""

import re
from collections.abc import Sequence

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.context import actor, db
from portal.formats import counted
from portal.participants.blueprint import form_options, participants
from portal.participants.downloads import refused_file, sample_file
from portal.participants.routes import people_context
from tenants.errors import InvalidError
from tenants.participants.blocks import ALWAYS, LABELS, Block, read_block, read_cells
from tenants.participants.pasting import CheckedRow, RowState, check_rows, load_rows
from tenants.participants.policy import need_writer
from tenants.participants.sheets import read_sheet

_CELL = re.compile(r"rows-(\d{1,4})-(\w+)")
_TYPES = {
    "born_on": "date",
    "consent_on": "date",
    "started_on": "date",
    "experience_since": "date",
    "trained_on": "date",
}
_ROLES = ("наставник", "наставляемый")


@participants.route("/paste", methods=["GET", "POST"])
def paste() -> ResponseReturnValue:
    """Show the place to paste into; after a paste or an upload, what was understood."""
    need_writer(actor())
    if request.method == "GET":
        return _page()
    try:
        block = _read()
    except InvalidError as error:
        return _page(refusal=str(error))
    if not block.rows:
        return _page(refusal="Строк не видно. Скопируйте в Excel строки вместе с заголовком и вставьте сюда.")
    rows = check_rows(db(), actor(), block.rows, form=request.form.get("form", ""))
    return _page(rows, block.columns, notes=_notes(block))


@participants.post("/paste/load")
def paste_load() -> ResponseReturnValue:
    """Load the good rows; the others stay on the page."""
    columns, rows = _grid()
    loaded = load_rows(db(), actor(), rows)
    if loaded.added or loaded.completed:
        flash(_result(loaded.added, loaded.completed), "success")
    else:
        flash("Готовых строк нет. Исправьте отмеченные ячейки.", "warning")
    wrong = [row for row in loaded.left if row.state is RowState.WRONG]
    if not wrong and (loaded.added or loaded.completed):
        return redirect(url_for(".people"), 303)
    answer = make_response(_page(list(loaded.left), columns))
    # A second arrival of the same click is led to the list: the location of this answer is remembered for it.
    answer.headers["Location"] = url_for(".people")
    return answer


@participants.post("/paste/errors.xlsx")
def paste_errors() -> Response:
    """Return the rows that cannot be loaded as a workbook that says what to mend."""
    columns, rows = _grid()
    wrong = [row for row in rows if row.state is RowState.WRONG]
    return refused_file([row.typed for row in wrong], [row.errors for row in wrong], columns)


@participants.get("/sample.xlsx")
def sample() -> Response:
    """Return the empty table whose columns the paste understands."""
    return sample_file()


def _read() -> Block:
    upload = request.files.get("file")
    if upload and upload.filename:
        return read_cells(read_sheet(upload.filename, upload.read()))
    return read_block(request.form.get("block", ""))


def _grid() -> tuple[tuple[str, ...], list[CheckedRow]]:
    """Return the columns and the rows of the submitted table, checked anew."""
    cells: dict[int, dict[str, str]] = {}
    for key, value in request.form.items():
        if (found := _CELL.fullmatch(key)) and found[2] in LABELS and value.strip():
            cells.setdefault(int(found[1]), {})[found[2]] = value.strip()
    ticked = {int(place) for place in request.form.getlist("complete") if place.isascii() and place.isdigit()}
    places = sorted(cells)
    complete = [at for at, place in enumerate(places) if place in ticked]
    form = request.form.get("form", "")
    rows = check_rows(db(), actor(), [cells[place] for place in places], form=form, complete=complete)
    return tuple(name for name in LABELS if name in ALWAYS or any(name in row for row in cells.values())), rows


def _page(
    rows: Sequence[CheckedRow] = (), columns: Sequence[str] = ALWAYS, *, refusal: str = "", notes: Sequence[str] = ()
) -> ResponseReturnValue:
    ready = sum(row.goes for row in rows)
    known = sum(row.state is RowState.KNOWN for row in rows)
    wrong = sum(row.state is RowState.WRONG for row in rows)
    html = render_template(
        "participants/paste.html",
        **people_context(),
        columns=[_column(name) for name in columns],
        rows=[_drawn(row, at, columns) for at, row in enumerate(rows)],
        counts={"all": len(rows), "ready": ready, "known": known, "wrong": wrong},
        notes=[*notes, f"Столбцы узнаны: {', '.join(LABELS[name].lower() for name in columns)}"] if rows else notes,
        refusal=refusal,
        forms=form_options(),
        chosen=request.form.get("form", ""),
    )
    return html, 422 if refusal else 200


def _column(name: str) -> dict[str, object]:
    options = {"role": _ROLES, "mentoring_form": [label for _, label in form_options()]}
    return {"name": name, "label": LABELS[name], "type": _TYPES.get(name, "text"), "options": options.get(name)}


def _drawn(row: CheckedRow, at: int, columns: Sequence[str]) -> dict[str, object]:
    links = Markup("")
    state = ("ok", "новая")
    if row.state is RowState.KNOWN and row.twin:
        state = ("question", "уже записан" if row.twin.certain else "похож на записанного")
        url = url_for("participants.person", participant_id=row.twin.participant_id)
        checked = Markup(" checked") if row.complete else ""
        links = Markup(
            ' <label class="check"><input class="form-check-input" type="checkbox" name="complete" value="{}"{}> '
            'дополнить</label> <a href="{}">карточка №&nbsp;{}</a>'
        ).format(at, checked, url, row.twin.number)
    if row.state is RowState.WRONG:
        hidden = [text for name, text in row.errors.items() if name not in columns]
        state = ("error", "; ".join(hidden) or _verdict(row))
    doubt = ["name", "born_on"] if row.state is RowState.KNOWN else []
    return {"cells": row.typed, "errors": row.errors, "doubt": doubt, "state": state, "links": links}


def _verdict(row: CheckedRow) -> str:
    if "role" in row.errors:
        return "выберите роль"
    return "исправьте дату" if set(row.errors) <= _TYPES.keys() else "исправьте"


def _notes(block: Block) -> list[str]:
    notes = []
    if block.left_over:
        notes.append(f"Не узнаны и пропущены: {counted(block.left_over, 'столбец', 'столбца', 'столбцов')}")
    if block.cut_off:
        notes.append(f"Взяты первые {len(block.rows)} строк, остальные {block.cut_off} вставьте следом")
    return notes


def _result(added: int, completed: int) -> str:
    parts = []
    if added:
        parts.append(f"Записано: {counted(added, 'человек', 'человека', 'человек')}")
    if completed:
        parts.append(f"дополнено: {counted(completed, 'карточка', 'карточки', 'карточек')}")
    return ", ".join(parts).capitalize() + "."
