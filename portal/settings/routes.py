"""The list of settings, one setting with its history, editing, taking back; the rules as everybody reads them."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.participants.formpage import carried_out
from portal.settings import face, pages, words
from portal.settings.blueprint import settings
from portal.settings.forms import KINDS
from portal.settings.schemas import MoveForm
from tenants.db import after_commit
from tenants.errors import ConflictError, InvalidError, explain_conflict
from tenants.settings import commands
from tenants.settings.models import SettingKind
from tenants.settings.queries import decisions, value_of
from tenants.submissions.moving import move_due_day
from tenants.submissions.windows import find_window

_HIDDEN = ("version", "year")


@settings.get("/")
def index() -> ResponseReturnValue:
    """List the settings with what holds and what is planned."""
    return render_template("settings/index.html", lines=pages.all_lines())


@settings.get("/rules")
def rules() -> ResponseReturnValue:
    """Show what everybody of the region works by."""
    return render_template(
        "settings/rules.html",
        found=pages.rules_rows(),
        months=pages.months_ahead(),
        forms=pages.own_forms(),
        words=words,
    )


@settings.get("/<kind>")
def show(kind: str) -> ResponseReturnValue:
    """Show one setting: present, planned, former values, and what it means for a school."""
    return _shown(pages.kind_of(kind))


@settings.route("/<kind>/edit", methods=["GET", "POST"])
def edit(kind: str) -> ResponseReturnValue:
    """Decide about a setting."""
    chosen = pages.kind_of(kind)
    posted = request.method == "POST"
    form = Form.submitted(KINDS[chosen].schema) if posted else pages.begin(chosen)
    if posted and carried_out(form, lambda: _decided(chosen, form)):
        flash("Сохранено.", "success")
        return redirect(url_for(".show", kind=kind), 303)
    page = render_template("settings/edit.html", kind=chosen, form=form, correcting=_correcting(form, chosen))
    return page, 422 if form.errors else 200


@settings.post("/<kind>/take-back")
def take_back(kind: str) -> ResponseReturnValue:
    """Take a planned value back."""
    chosen = pages.kind_of(kind)
    try:
        day, version = date.fromisoformat(request.form.get("day", "")), int(request.form.get("version", ""))
    except ValueError as error:
        raise InvalidError("Не указано, что отменить. Вернитесь и повторите.") from error
    commands.take_back(db(), actor(), chosen, valid_from=day, version=version)
    _forget_face()
    flash(f"Запланированное с {day:%d.%m.%Y} отменено.", "success")
    return redirect(url_for(".show", kind=kind), 303)


@settings.post("/windows/<int:window_id>/move")
def move_window(window_id: int) -> ResponseReturnValue:
    """Move the due day of an open window."""
    find_window(db(), window_id)
    form = Form.submitted(MoveForm)
    values = form.values
    if carried_out(form, lambda: move_due_day(db(), actor(), window_id, **values)):
        flash(f"Новый срок сдачи – {values['due_on']:%d.%m.%Y}.", "success")
        return redirect(url_for(".show", kind=SettingKind.CALENDAR.value), 303)
    return _shown(SettingKind.CALENDAR, moved=(window_id, form)), 422


def _shown(kind: SettingKind, moved: tuple[int, Form] | None = None) -> str:
    found = pages.shown(kind)
    calendar = kind in (SettingKind.CALENDAR, SettingKind.DAYS_OFF)
    return render_template(
        "settings/show.html",
        found=found,
        words=words,
        value_of=value_of,
        pages=pages,
        months=pages.months_ahead() if calendar else [],
        windows=pages.open_windows_of(MoveForm) if kind is SettingKind.CALENDAR else [],
        moved=moved,
        may_set=pages.may_set(),
    )


def _decided(kind: SettingKind, form: Form) -> None:
    """Carry a decision out; a conflict shows both values, input by input."""
    typed = form.values
    value = KINDS[kind].read(typed)
    day = date(value.year, 1, 1) if kind is SettingKind.DAYS_OFF else typed["valid_from"]
    try:
        commands.decide(db(), actor(), value, valid_from=day, version=typed["version"], reason=typed["reason"])
    except ConflictError as error:
        last = max(decisions(db(), actor().organization.region_id, kind), key=lambda row: row.id)
        theirs = pages.as_typed(value_of(last)) if last.value is not None else {}
        mine = {name: text for name, text in pages.as_typed(value).items() if name in theirs and name not in _HIDDEN}
        labels = {name: field.metadata["label"] for name, field in form.schema.fields.items()}
        explained = explain_conflict(mine, theirs, labels, version=error.version)
        explained.who = error.who
        raise explained from error
    _forget_face()


def _forget_face() -> None:
    region_id = actor().organization.region_id
    after_commit(db(), lambda: face.forget(region_id))


def _correcting(form: Form, kind: SettingKind) -> bool:
    """Return whether the page asks for a reason."""
    asked = request.args.get("correct") == "1" or bool(form.typed.get("reason")) or "reason" in form.errors
    return asked or kind is SettingKind.DAYS_OFF
