"""Roadmaps of 2026/27: from the region's template, sent, returned, approved, carried out; two are still missing."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demonstration.cast import Cast, Step, moment
from tenants import clock
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.errors import NotFoundError
from tenants.roadmaps import commands, executions, measures, reviews, templates
from tenants.roadmaps.dating import due_days
from tenants.roadmaps.models import Measure, Roadmap
from tenants.roadmaps.template_models import RoadmapTemplate

YEAR = 2026
_LAST = date(2026, 11, 20)
APPROVED = ("sosh12", "sosh4", "raduga", "kedrovsk3", "kamyshinka", "lestehnikum")
_RETURNED, _SENT, _DRAFT = "gimnaziya8", ("ozera1", "kedrovsk6"), "licey-impuls"
_NOTES = ("Протокол от {on:%d.%m.%Y}.", "Записано в журнале куратора.", "Приказ и материалы у заместителя директора.")


@dataclass(frozen=True)
class Remark:
    """What the reviewer says about a measure, named by its number in the template."""

    number: str
    text: str


_REMARKS = (
    Remark("4.2", "Обучение наставников назначено позже, чем начинают пары. Перенесите его на октябрь."),
    Remark("6.4", "Назовите, кто готовит справку: куратор или психолог."),
)


def script(cast: Cast, rng: Random) -> list[Step]:
    """Return the steps of all plans."""
    found = [Step(moment(date(2026, 8, 25), 11), partial(_publish_template, cast.admin))]
    for number, code in enumerate(APPROVED):
        sent = date(2026, 9, 3) + timedelta(days=number)
        decided = sent + timedelta(days=rng.randint(2, 6))
        order = reviews.Order(f"{41 + number}-од", decided)
        found += [
            Step(moment(sent, 10), partial(_start, cast, code)),
            Step(moment(sent, 16), partial(_send, cast, code)),
            Step(moment(decided, 12), partial(_approve, cast, code, order)),
            Step(moment(_LAST, 18), partial(_carry_out, cast, code, rng)),
        ]
    found += [
        Step(moment(date(2026, 10, 2), 10), partial(_start, cast, _RETURNED)),
        Step(moment(date(2026, 10, 2), 11), partial(_loosen, cast, _RETURNED, "4.2", date(2026, 12, 18))),
        Step(moment(date(2026, 10, 5), 9), partial(_send, cast, _RETURNED)),
        Step(moment(date(2026, 10, 9), 15), partial(_return, cast, _RETURNED)),
        Step(moment(date(2026, 10, 20), 15), partial(_start, cast, _DRAFT)),
    ]
    for number, code in enumerate(_SENT):
        day = date(2026, 11, 17) + timedelta(days=number)
        found += [
            Step(moment(day, 10), partial(_start, cast, code)),
            Step(moment(day, 10, 30), partial(_loosen, cast, code, "5.2", date(2026, 11, 28 + number))),
            Step(moment(day, 11), partial(_drop, cast, code, "6.4" if number else "2.3")),
            Step(moment(day, 12), partial(_send, cast, code)),
        ]
    return found


def roadmap_of(session: Session, organization_id: int) -> Roadmap:
    """Return the plan of an organization for the year."""
    found = plan_of(session, organization_id)
    if found is None:
        raise NotFoundError
    return found


def plan_of(session: Session, organization_id: int) -> Roadmap | None:
    """Return the plan of an organization for the year; None while there is none."""
    return session.scalars(
        select(Roadmap).where(Roadmap.organization_id == organization_id, Roadmap.school_year == YEAR)
    ).one_or_none()


def _publish_template(actor: Actor) -> None:
    with transaction(actor.scope) as session:
        templates.seed_template(session, actor)


def _start(cast: Cast, code: str) -> None:
    actor = cast.curator(code)
    with transaction(actor.scope) as session:
        template = session.scalars(select(RoadmapTemplate)).one()
        commands.start_from_template(session, actor, template.id, YEAR)


def _send(cast: Cast, code: str) -> None:
    actor = cast.curator(code)
    with transaction(actor.scope) as session:
        commands.send_roadmap(session, actor, roadmap_of(session, actor.organization.id).id)


def _approve(cast: Cast, code: str, order: reviews.Order) -> None:
    actor = cast.reviewer(code)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, cast.places[code].id)
        reviews.approve_roadmap(session, actor, roadmap.id, order, version_n=1)


def _return(cast: Cast, code: str) -> None:
    actor = cast.reviewer(code)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, cast.places[code].id)
        for remark in _REMARKS:
            pin = reviews.Pin(measure_id=_measure(session, roadmap, remark.number).id)
            reviews.pin_remark(session, actor, roadmap.id, pin, remark.text, version_n=1)
        reviews.return_roadmap(session, actor, roadmap.id, version_n=1, reason="Уточните сроки и ответственных.")


def _loosen(cast: Cast, code: str, number: str, end: date) -> None:
    """Put a measure later than the template does."""
    actor = cast.curator(code)
    with transaction(actor.scope) as session:
        measure = _measure(session, roadmap_of(session, actor.organization.id), number)
        values = {"period_start": measure.period_start, "period_end": end}
        measures.edit_measure(session, actor, measure.id, values, version=measure.version)


def _drop(cast: Cast, code: str, number: str) -> None:
    """Take out a measure that the template requires."""
    actor = cast.curator(code)
    with transaction(actor.scope) as session:
        measures.remove_measure(
            session, actor, _measure(session, roadmap_of(session, actor.organization.id), number).id
        )


def _carry_out(cast: Cast, code: str, rng: Random) -> None:
    """Mark most of what was due as done, on its day or shortly before."""
    actor = cast.curator(code)
    today = clock.today(actor.organization.time_zone)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, actor.organization.id)
        for measure in commands.measures_of(session, roadmap.id):
            for occurrence, due in _due(measure):
                if due > today or rng.random() < 0.15:
                    continue
                on = max(date(YEAR, 9, 1), due - timedelta(days=rng.randint(0, 4)))
                note = rng.choice(_NOTES).format(on=on)
                executions.mark_done(session, actor, measure.id, executions.Done(on, note, occurrence_on=occurrence))


def _due(measure: Measure) -> list[tuple[date | None, date]]:
    days = due_days(measure.recurrence, YEAR, measure.period_start)
    if days:
        return [(day, day) for day in days]
    return [(None, measure.period_end)] if measure.period_end else []


def _measure(session: Session, roadmap: Roadmap, number: str) -> Measure:
    return next(one for one in commands.measures_of(session, roadmap.id) if one.number == number)
