"""The reviewer's pages: the queue, the comparison with the template, remarks, decision; and the versions of a plan."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.roadmaps.blueprint import asked_year, roadmaps
from portal.roadmaps.review_page import queue_page, review_page, version_page
from portal.roadmaps.schemas import OrderForm, RemarkForm, ReturnForm
from tenants.db import find
from tenants.errors import InvalidError
from tenants.roadmaps import reviews
from tenants.roadmaps.models import Roadmap


@roadmaps.get("/queue")
def queue() -> ResponseReturnValue:
    """List the plans that wait, and how all others stand."""
    return queue_page(asked_year(), Form(OrderForm))


@roadmaps.post("/queue/approve")
def approve_clean() -> ResponseReturnValue:
    """Approve the marked plans that have nothing amiss, by one order."""
    year, form, seen = asked_year(), Form.submitted(OrderForm), _marked()
    if not seen:
        form.refuse(InvalidError("Отметьте хотя бы один план."))
    if form.ok:
        try:
            batch = reviews.approve_clean(db(), actor(), seen, _order(form))
            flash(_batch_words(batch), "success" if not batch.skipped else "warning")
        except InvalidError as error:
            form.refuse(error)
    return redirect(url_for(".queue", year=year), 303) if form.ok else (queue_page(year, form), 422)


def _marked() -> dict[int, int]:
    """Return the marked plans with the version that was seen of each."""
    pairs = (value.partition(":") for value in request.form.getlist("seen"))
    return {int(plan): int(version) for plan, _, version in pairs if plan.isdigit() and version.isdigit()}


def _order(form: Form) -> reviews.Order:
    return reviews.Order(form.values["order_number"], form.values["order_on"])


def _batch_words(batch: reviews.Batch) -> str:
    words = f"Утверждено планов: {len(batch.approved)}."
    return words + (f" Требуют просмотра: {len(batch.skipped)}." if batch.skipped else "")


@roadmaps.get("/<int:roadmap_id>/review")
def review(roadmap_id: int) -> ResponseReturnValue:
    """Show the version sent beside the template, by exception."""
    return review_page(roadmap_id, {})


@roadmaps.post("/<int:roadmap_id>/take")
def take(roadmap_id: int) -> ResponseReturnValue:
    """Begin the review."""
    reviews.take_roadmap(db(), actor(), roadmap_id)
    flash("План взят на проверку: его не отзовут, пока Вы не решите.", "success")
    return redirect(url_for(".review", roadmap_id=roadmap_id), 303)


@roadmaps.post("/<int:roadmap_id>/remark")
def remark(roadmap_id: int) -> ResponseReturnValue:
    """Pin a remark, change it, or withdraw it by an empty text."""
    form = Form.submitted(RemarkForm)
    if not form.ok:
        return review_page(roadmap_id, {"remark": form})
    pin = reviews.Pin(form.values["measure_id"], form.values["template_measure_id"], form.values["stage_title"])
    reviews.pin_remark(db(), actor(), roadmap_id, pin, form.values["text"], version_n=form.values["version_n"])
    view = request.args.get("view", "deviations")
    return redirect(url_for(".review", roadmap_id=roadmap_id, view=view, _anchor=request.form.get("place")), 303)


@roadmaps.post("/<int:roadmap_id>/return")
def return_(roadmap_id: int) -> ResponseReturnValue:
    """Return the version with its remarks."""
    form = Form.submitted(ReturnForm)
    if form.ok:
        try:
            reviews.return_roadmap(
                db(), actor(), roadmap_id, version_n=form.values["version_n"], reason=form.values["reason"]
            )
        except InvalidError as error:
            form.refuse(error)
    if not form.ok:
        return review_page(roadmap_id, {"return": form})
    flash("План возвращён. Организация видит замечания.", "success")
    return redirect(_next_in_queue(roadmap_id), 303)


@roadmaps.post("/<int:roadmap_id>/approve")
def approve(roadmap_id: int) -> ResponseReturnValue:
    """Approve the version that was seen."""
    form = Form.submitted(OrderForm)
    if form.ok:
        try:
            reviews.approve_roadmap(db(), actor(), roadmap_id, _order(form), version_n=form.values["version_n"])
        except InvalidError as error:
            form.refuse(error)
    if not form.ok:
        return review_page(roadmap_id, {"order": form})
    flash("План утверждён. Дата и номер приказа встали в гриф утверждения.", "success")
    return redirect(_next_in_queue(roadmap_id), 303)


def _next_in_queue(roadmap_id: int) -> str:
    return url_for(".queue", year=find(db(), Roadmap, roadmap_id).school_year)


@roadmaps.get("/<int:roadmap_id>/versions/<int:number>")
def version(roadmap_id: int, number: int) -> ResponseReturnValue:
    """Show what a version changed against the one before it."""
    return version_page(roadmap_id, number)
