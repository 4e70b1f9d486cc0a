"""The roadmap of one school: a Word document becomes measures that the district approves."""

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from portal.demonstration.cast import Cast
from portal.demonstration.document import NAME, roadmap_document
from portal.demonstration.plans import YEAR, plan_of, roadmap_of
from tenants.accounts.actor import Actor
from tenants.db import ScopedSession, transaction
from tenants.errors import DomainError
from tenants.roadmaps import commands, imports, measures, questions, reviews
from tenants.roadmaps.events import state_of
from tenants.roadmaps.models import Measure, Roadmap, RoadmapStatus

SCHOOL = "tihiy-plyos"
ORDER = reviews.Order("58-од", date(2026, 11, 20))
_REMARK = "Осенние каникулы уже прошли. Поставьте день, когда обучение было или будет."
_TRAINING = "2.4"
_TRAINED_ON = date(2026, 11, 27)
_ANSWER = "Перенесли на 27 ноября: занятие проведёт педагог-психолог."


def read_plan(cast: Cast, out: Path) -> str:
    """Upload the document for the school."""
    actor, content = cast.curator(SCHOOL), roadmap_document()
    (out / NAME).write_bytes(content)
    with transaction(actor.scope) as session:
        if plan_of(session, actor.organization.id) is None:
            uploaded = imports.upload_document(session, actor, content, name=NAME, school_year=YEAR)
            if uploaded.refusal:
                raise DomainError(uploaded.refusal)
        roadmap = roadmap_of(session, actor.organization.id)
        found = commands.measures_of(session, roadmap.id)
        return f"мероприятий {len(found)}, вопросов {sum(1 for measure in found if measure.asks)}"


def answer_and_send(cast: Cast, out: Path) -> str:
    """Answer each question by the first reading that is offered, and send."""
    del out
    actor = cast.curator(SCHOOL)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, actor.organization.id)
        if state_of(session, roadmap.id).status is not RoadmapStatus.DRAFT:
            return "уже отправлена"
        asked = [measure for measure in commands.measures_of(session, roadmap.id) if measure.asks]
        for measure in asked:
            choice = questions.choices(measure.period_raw, YEAR)[0]
            measures.answer_question(session, actor, measure.id, measures.Answer(choice.key))
        version = commands.send_roadmap(session, actor, roadmap.id)
        return f"ответов {len(asked)}, версия {version.n}"


def send_back(cast: Cast, out: Path) -> str:
    """Pin a remark to the training of mentors and return the plan."""
    del out
    actor = cast.reviewer(SCHOOL)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, cast.places[SCHOOL].id)
        state = state_of(session, roadmap.id)
        if state.status is not RoadmapStatus.SENT or state.version_n > 1:
            return "уже возвращена"
        pin = reviews.Pin(measure_id=_training(session, roadmap).id)
        reviews.pin_remark(session, actor, roadmap.id, pin, _REMARK, version_n=1)
        reviews.return_roadmap(session, actor, roadmap.id, version_n=1)
        return f"замечаний {len(reviews.current_remarks(session, roadmap.id, 1))}"


def correct_and_approve(cast: Cast, out: Path) -> str:
    """Mend the measure, answer, send again; the district approves with number and date of its order."""
    del out
    actor, judge = cast.curator(SCHOOL), cast.reviewer(SCHOOL)
    with transaction(actor.scope) as session:
        roadmap = roadmap_of(session, actor.organization.id)
        if state_of(session, roadmap.id).status is RoadmapStatus.RETURNED:
            _correct(session, actor, roadmap)
    with transaction(judge.scope) as session:
        state = state_of(session, roadmap.id)
        if state.status is RoadmapStatus.SENT:
            reviews.approve_roadmap(session, judge, roadmap.id, ORDER, version_n=state.version_n)
        return f"версия {state.version_n}, приказ № {ORDER.number}"


def _correct(session: ScopedSession, actor: Actor, roadmap: Roadmap) -> None:
    measure = _training(session, roadmap)
    values = {"period_start": None, "period_end": _TRAINED_ON}
    measures.edit_measure(session, actor, measure.id, values, version=measure.version)
    for remark in reviews.current_remarks(session, roadmap.id, 1):
        reviews.answer_remark(session, actor, remark.id, _ANSWER)
    commands.send_roadmap(session, actor, roadmap.id)


def _training(session: Session, roadmap: Roadmap) -> Measure:
    return next(one for one in commands.measures_of(session, roadmap.id) if one.number == _TRAINING)
