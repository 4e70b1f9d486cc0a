"""The page of a plan, with one drawer open beside it: editing, marking done, dating an event."""

from dataclasses import dataclass, replace

from flask import render_template, request, url_for

from portal.context import actor
from portal.forms import Form
from portal.roadmaps import pages
from portal.roadmaps.blueprint import year_nav
from portal.roadmaps.schemas import AnchorForm, DoneForm, MeasureForm, ReplyForm
from tenants import clock
from tenants.roadmaps import policy
from tenants.roadmaps.measures import LABELS
from tenants.roadmaps.models import RoadmapStatus
from tenants.roadmaps.plans import MeasureLine, Plan

FORMS = {"edit": MeasureForm, "done": DoneForm, "date": AnchorForm, "add": MeasureForm}


@dataclass(frozen=True)
class Drawer:
    """What stands beside the plan: `what` is a key of FORMS."""

    what: str
    form: Form
    line: MeasureLine | None = None


def plan_page(plan: Plan, drawer: Drawer | None) -> tuple[str, int]:
    """Render a plan; `drawer` carries a form that was refused, else the address says which one is open."""
    who = actor()
    today = clock.today(who.organization.time_zone)
    edits = policy.may_edit(who, plan.roadmap)
    shown = drawer or _asked_drawer(plan) if edits else None
    html = render_template(
        "roadmaps/plan.html",
        plan=plan,
        groups=pages.groups(plan.lines),
        totals=pages.totals(plan, today),
        status=pages.STATUS_FACES[plan.state.status],
        chip=pages.chip,
        face=lambda line: pages.face(line, today, in_force=plan.state.approved_version_n is not None),
        remarks_of=_remarks_by_measure(plan),
        edits=edits,
        open_for_change=edits and plan.state.status in (RoadmapStatus.DRAFT, RoadmapStatus.RETURNED),
        drawer=shown,
        reply=Form(ReplyForm),
        stage_titles=list(dict.fromkeys(line.measure.stage_title for line in plan.lines)),
        year_title=f"{plan.roadmap.school_year}/{plan.roadmap.school_year + 1}",
        period_nav=year_nav(plan.roadmap.school_year, ".plan") if edits else None,
        here=plan_url(plan),
    )
    return html, 422 if shown is not None and shown.form.errors else 200


def plan_url(plan: Plan, **more: object) -> str:
    """Return the address of a plan as its school opens it, or as those above do."""
    if actor().owns(plan.roadmap):
        return url_for(".plan", year=plan.roadmap.school_year, **more)  # type: ignore[arg-type]  # Flask names its own keywords
    return url_for(".show", roadmap_id=plan.roadmap.id)


def _remarks_by_measure(plan: Plan) -> dict[int | None, list[object]]:
    latest = [line for line in plan.remarks if line.remark.version_n == plan.state.version_n]
    found: dict[int | None, list[object]] = {}
    known = {line.measure.id for line in plan.lines}
    for line in latest:
        key = line.remark.measure_id if line.remark.measure_id in known else None
        found.setdefault(key, []).append(line)
    return found


def _asked_drawer(plan: Plan) -> Drawer | None:
    what, measure_id = request.args.get("do", ""), request.args.get("open", "")
    if what == "add":
        return Drawer("add", Form(MeasureForm, {"stage_title": request.args.get("stage", "")}))
    line = next((line for line in plan.lines if str(line.measure.id) == measure_id), None)
    if line is None or what not in FORMS:
        return None
    return Drawer(what, Form(FORMS[what], _typed(what, line)), line)


def _typed(what: str, line: MeasureLine) -> dict[str, object]:
    if what == "edit":
        values = {name: getattr(line.measure, name) for name in ("version", *LABELS)}
        return {name: _shown(value) for name, value in values.items()}
    if what == "date":
        return {"happened_on": _shown(line.measure.anchor_on)}
    today = clock.today(actor().organization.time_zone)
    first_open = next(iter(line.open_days()), None)
    known = {"done_on": _shown(today), "occurrence_on": first_open.isoformat() if first_open else ""}
    if line.executions and not line.recurring:
        row = line.executions[0]
        known |= {"done_on": _shown(row.done_on), "note": row.note}
    return dict(known)


def _shown(value: object) -> str:
    return f"{value:%d.%m.%Y}" if hasattr(value, "strftime") else "" if value is None else str(value)


def refused(plan: Plan, what: str, form: Form, measure_id: int | None) -> tuple[str, int]:
    """Render the plan again with a form that was refused."""
    line = next((line for line in plan.lines if line.measure.id == measure_id), None)
    return plan_page(plan, replace(Drawer(what, form), line=line))
