"""The school's required documents, and the region's logo as a picture."""

from datetime import date

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.participants.formpage import FormPage, Input, carried_out, typed_values
from portal.participants.formpage import show as show_form
from portal.settings.blueprint import region_id, settings, today
from portal.settings.schemas import PaperForm
from tenants.accounts.actor import Workplace
from tenants.errors import NotFoundError
from tenants.organizations.models import Organization
from tenants.periods import SchoolYear
from tenants.settings.documents import Paper, mark_document, papers_of, unmark_document
from tenants.settings.logos import MEDIA_TYPE, logo_on
from tenants.settings.papers import Deadlines
from tenants.settings.queries import setting_on

_YEAR_SECONDS = 365 * 24 * 3600


@settings.get("/papers")
def papers() -> ResponseReturnValue:
    """List the documents that the organization must have."""
    return render_template("settings/papers.html", papers=own_papers())


@settings.get("/papers/missing")
def missing() -> ResponseReturnValue:
    """Return the part of the school's home that says what is not marked."""
    return render_template("settings/missing.html", papers=own_papers())


@settings.route("/papers/<document>", methods=["GET", "POST"])
def mark_paper(document: str) -> ResponseReturnValue:
    """Say that a document is there."""
    paper = _paper(document)
    known = paper.mark
    begin = {"dated_on": known.dated_on, "number": known.number, "version": known.version} if known else {}
    form = Form.submitted(PaperForm) if request.method == "POST" else Form(PaperForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: mark_document(db(), actor(), document, **form.values)):
        flash("Документ отмечен.", "success")
        return redirect(url_for(".papers"), 303)
    rows = ((Input("dated_on", "date", width="s"), Input("number", hint="Как на документе", width="m")),)
    back = url_for(".papers")
    hidden = {"version": form.typed.get("version", 0)}
    page = FormPage(paper.document.title, rows, "Отметить", back, [("Документы", back)], hidden=hidden)
    return show_form(page, form)


@settings.post("/papers/<document>/unmark")
def unmark_paper(document: str) -> ResponseReturnValue:
    """Say that a document is not there after all."""
    version = request.form.get("version", "")
    unmark_document(db(), actor(), document, version=int(version) if version.isascii() and version.isdigit() else 0)
    flash("Отметка снята.", "success")
    return redirect(url_for(".papers"), 303)


@settings.get("/logo.png")
def logo() -> Response:
    """Return the region's logo; its address carries its mark, so browsers may keep it."""
    found = logo_on(db(), region_id(), actor().organization.time_zone)
    if found is None:
        raise NotFoundError
    answer = Response(found.content, mimetype=MEDIA_TYPE)
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR_SECONDS}, immutable"
    return answer


def own_papers() -> list[Paper]:
    """Return the documents of the actor's organization."""
    return papers_of(db(), actor().organization, today())


def _paper(code: str) -> Paper:
    found = next((one for one in own_papers() if one.document.code == code), None)
    if found is None:
        raise NotFoundError
    return found


@settings.app_context_processor
def _papers() -> dict[str, object]:
    return {"papers_of_place": _papers_of_place, "roadmap_due": _roadmap_due}


def _roadmap_due(begins: int) -> date | None:
    """Return until when a roadmap of a school year is to be sent; None where the region set no day."""
    found = setting_on(db(), region_id(), Deadlines, today()).roadmap
    return found.in_year(SchoolYear(begins)) if found else None


def _papers_of_place(place: Organization | Workplace) -> list[Paper]:
    return papers_of(db(), place, today()) if place.kind.reports else []
