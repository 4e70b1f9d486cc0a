"""What the reviewer sees: the queue, one plan beside its template, a version beside its predecessor."""

from collections.abc import Mapping

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.roadmaps import pages
from portal.roadmaps.blueprint import year_nav
from portal.roadmaps.schemas import OrderForm, RemarkForm, ReturnForm
from tenants.roadmaps import policy, queues, reviewing
from tenants.roadmaps.comparison import compare_with_nearest, deviations_by_roadmap, published_templates
from tenants.roadmaps.models import RoadmapStatus
from tenants.roadmaps.plans import RemarkLine

VIEWS = ("deviations", "new", "all")


def queue_page(year: int, form: Form) -> str:
    """Render the queue: at most five statements, however many plans wait."""
    lines = queues.queue_lines(db(), year)
    waiting = [line for line in lines if line.status == "sent"]
    deviations = deviations_by_roadmap(db(), [line.roadmap.id for line in waiting if line.roadmap])
    of_region = actor().role.of_region
    return render_template(
        "roadmaps/queue.html",
        year=year,
        form=form,
        waiting=waiting,
        others=[line for line in lines if line.status != "sent"],
        deviations=deviations,
        faces={status.value: face for status, face in pages.STATUS_FACES.items()} | {"none": pages.NO_PLAN},
        districts=queues.district_lines(db(), year) if of_region else (),
        may_decide=not actor().role.only_reads,
        period_nav=year_nav(year, ".queue"),
    )


def review_page(roadmap_id: int, refused: Mapping[str, Form]) -> ResponseReturnValue:
    """Render one plan beside its template; `refused` holds forms that were not accepted."""
    found = reviewing.under_review(db(), roadmap_id)
    templates = published_templates(db())
    template, conformity = compare_with_nearest(found.rows, found.roadmap, templates)
    stages = pages.review_stages(found.rows, found.before, templates.get(template, []) if template else [], conformity)
    decides = found.state.status is RoadmapStatus.SENT and policy.may_review(actor(), found.roadmap)
    view = request.args.get("view", "deviations")
    html = render_template(
        "roadmaps/review.html",
        found=found,
        template=template,
        stages=stages,
        conformity=conformity,
        view=view if view in VIEWS else "deviations",
        new_count=sum(row.is_new for stage in stages for row in stage.rows),
        remarks=_pinned(found),
        settled=_settled(found),
        deviation_face=pages.deviation_face,
        period_words=pages.period_words,
        decides=decides,
        status=pages.STATUS_FACES[found.state.status],
        forms={"order": Form(OrderForm), "return": Form(ReturnForm), "remark": Form(RemarkForm)} | dict(refused),
        place=_place(found) if decides else None,
    )
    return html, 422 if refused else 200


def _pinned(found: reviewing.UnderReview) -> dict[str, list[RemarkLine]]:
    pinned: dict[str, list[RemarkLine]] = {}
    for line in found.remarks:
        if line.remark.version_n == found.state.version_n:
            row = line.remark
            key = f"m{row.measure_id}" if row.measure_id else f"t{row.template_measure_id}"
            if not row.measure_id and not row.template_measure_id:
                key = f"s{row.stage_title}"
            pinned.setdefault(key, []).append(line)
    return pinned


def _settled(found: reviewing.UnderReview) -> tuple[int, int] | None:
    """Return how many remarks to the former version were answered or acted on, and of how many; None without any."""
    former = [line for line in found.remarks if line.remark.version_n == found.state.version_n - 1]
    if not former:
        return None
    now = {row.measure_id: row for row in found.rows}
    before = {row.measure_id: row for row in found.before}
    changed = {key for key in before if key not in now or pages.changed_fields(before[key], now[key])}
    return sum(line.answer is not None or line.remark.measure_id in changed for line in former), len(former)


def _place(found: reviewing.UnderReview) -> dict[str, object]:
    """Return where the plan stands in the queue, and the next one."""
    waiting = [
        line.roadmap.id
        for line in queues.queue_lines(db(), found.roadmap.school_year)
        if line.status == "sent" and line.roadmap
    ]
    here = waiting.index(found.roadmap.id) if found.roadmap.id in waiting else 0
    after = waiting[here + 1 :] + waiting[:here]
    return {"number": here + 1, "total": len(waiting), "next": after[0] if after else None}


def version_page(roadmap_id: int, number: int) -> str:
    """Render the difference of a version against its predecessor."""
    found = reviewing.version_of(db(), roadmap_id, number)
    former = {row.measure_id: row for row in found.before}
    now = {row.measure_id for row in found.rows}
    changes = [
        (row, former.get(row.measure_id), pages.changed_fields(former[row.measure_id], row))
        for row in found.rows
        if row.measure_id in former
    ]
    return render_template(
        "roadmaps/version.html",
        found=found,
        added=[row for row in found.rows if row.measure_id not in former] if number > 1 else [],
        removed=[row for row in found.before if row.measure_id not in now],
        changed=[(row, fields) for row, _, fields in changes if fields],
        same=sum(not fields for _, _, fields in changes),
        labels={"number": "Номер", "title": "Мероприятие", "stage_title": "Этап", "responsible": "Ответственный",
                "result": "Вид документа", "details": "Подробнее", "period": "Срок"},
        period_words=pages.period_words,
        owns=actor().owns(found.roadmap),
    )  # fmt: skip
