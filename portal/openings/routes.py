"""Above the school: people as numbers, names opened for hours, the log."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from portal import looks
from portal.context import actor, db
from portal.forms import Form
from portal.openings import asking, school_routes
from portal.openings.blueprint import openings, today, traces
from portal.openings.log import asked_page, log_context
from portal.openings.schemas import AskForm, ReasonForm
from tenants import clock, journal
from tenants.accounts import looking
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError, NotFoundError
from tenants.mentorships.catalogue import CATEGORY_LABELS, forms_of
from tenants.openings import commands, policy, queries
from tenants.openings.names import OpenedName, opened_names
from tenants.openings.queries import PAGE_SIZE, Opening, PeopleFilter
from tenants.openings.states import OpeningState
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_in_reach
from tenants.participants.models import ParticipantRole

__all__ = ["openings", "school_routes", "traces"]


@openings.get("/")
def above() -> ResponseReturnValue:
    """List the openings below the actor, those that wait first, and who passed a limit."""
    with transaction(REGISTRY.reading()) as registry:
        stopped = looking.stopped_lately(registry, actor().organization.region_id) if _is_region() else []
    found = queries.openings_page(db(), clock.now(), asked_page())
    places = queries.places_of(db(), {one.row.organization_id for one in (*found.running, *found.past)})
    return render_template("openings/above.html", found=found, places=places, stopped=stopped)


@openings.get("/log")
def log() -> ResponseReturnValue:
    """Show who looked at names and took files in the actor's tree; no name of a participant stands there."""
    context = log_context(below=True)
    places = queries.places_of(db(), {entry.organization_id for entry in context["entries"]})
    return render_template("openings/log.html", places=places, **context)


@openings.get("/people/<int:organization_id>")
def people(organization_id: int) -> ResponseReturnValue:
    """List the people of an organization as numbers."""
    place = _reporting(organization_id)
    wanted = _wanted(request.args)
    rows, found = queries.numbered_people(db(), place, today(), wanted)
    return render_template(
        "openings/people.html",
        place=place,
        people=rows,
        wanted=wanted,
        found=found,
        pages=max(1, -(-found // PAGE_SIZE)),
        roles=[(role.value, role.label) for role in ParticipantRole],
        forms={form.code: form.label_for(place.kind) for form in forms_of(place.kind)},
        categories=CATEGORY_LABELS,
        age_day=asking.school_year_words(),
    )


@openings.route("/people/<int:organization_id>/ask", methods=["GET", "POST"])
def ask(organization_id: int) -> ResponseReturnValue:
    """Ask for names: the form, the question once more, and the opening."""
    place = _reporting(organization_id)
    if request.method == "GET":
        whose = asking.whose_of_address(place)
        return asking.ask_page(place, asking.blank_form(whose), whose, confirm=False)
    form = Form.submitted(AskForm)
    whose = asking.whose_of_form(form)
    ready = asking.checked(form, whose)
    made = asking.opened(place, form, whose) if ready and form.values["confirmed"] else None
    if made is None:
        journal.nothing_changed()
        return asking.ask_page(place, form, whose, confirm=form.ok)
    return redirect(url_for(".show", opening_id=made), 303)


@openings.get("/<int:opening_id>")
def show(opening_id: int) -> ResponseReturnValue:
    """Show an opening; the names only to whom they are open, after the view has been written down."""
    found = queries.opening_of(db(), opening_id, clock.now())
    return _show(found, Form(ReasonForm))


@openings.post("/<int:opening_id>/approve")
def approve(opening_id: int) -> ResponseReturnValue:
    """Let a colleague's list be opened."""
    commands.approve_opening(db(), actor(), opening_id)
    flash("Список открыт тому, кто его запросил. Школа это видит.", "success")
    return redirect(url_for(".above"), 303)


@openings.post("/<int:opening_id>/refuse")
def refuse(opening_id: int) -> ResponseReturnValue:
    """Do not let it be opened."""
    return _with_reason(opening_id, commands.refuse_opening, "Отказ записан. Имена остались закрыты.")


@openings.post("/<int:opening_id>/end")
def end(opening_id: int) -> ResponseReturnValue:
    """Close the names before the term; the school may do it too."""
    return _with_reason(opening_id, commands.end_opening, "Имена закрыты.")


def _with_reason(opening_id: int, command: school_routes.Step, said: str) -> ResponseReturnValue:
    form = Form.submitted(ReasonForm)
    try:
        if form.ok:
            command(db(), actor(), opening_id, form.values["reason"])
            flash(said, "success")
            return redirect(url_for("traces.seen" if _is_school() else ".above"), 303)
    except InvalidError as error:
        form.refuse(error)
    journal.nothing_changed()
    found = queries.opening_of(db(), opening_id, clock.now())
    if _is_school():
        return school_routes.seen_page(form, opening_id)
    return _show(found, form)


def _show(found: Opening, form: Form) -> ResponseReturnValue:
    names = _names(found) if _may_look(found) else None
    page = render_template(
        "openings/show.html",
        opening=found,
        place=organization_in_reach(db(), found.row.organization_id),
        names=names,
        closed=0 if names is None else found.count - len(names),
        form=form,
    )
    return page, 422 if form.errors else 200


def _may_look(found: Opening) -> bool:
    """Return whether the names are open now, and to this actor."""
    return found.state is OpeningState.OPEN and policy.may_look(actor(), found.row)


def _names(found: Opening) -> list[OpenedName]:
    """Return the names and write down that they are shown; who took a consent back is not among them."""
    names = opened_names(db(), actor(), found.row)
    looks.note_names(
        actor(),
        organization_id=found.row.organization_id,
        opening_id=found.row.id,
        participant_ids=[one.participant_id for one in names],
    )
    return names


def _reporting(organization_id: int) -> Organization:
    place = organization_in_reach(db(), organization_id)
    if not place.kind.reports:
        raise NotFoundError
    return place


def _wanted(given: MultiDict[str, str]) -> PeopleFilter:
    return PeopleFilter(given.get("role", ""), ended=given.get("ended") == "1", page=asked_page())


def _is_region() -> bool:
    return actor().organization.id == actor().organization.region_id


def _is_school() -> bool:
    return actor().organization.kind.reports
