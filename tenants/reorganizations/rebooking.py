"""After a move: months whose cut lies on or after its day belong to the new parent, and their sums are made anew."""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants import journal
from tenants.accounts.actor import Workplace, system_actor
from tenants.db import Scope, transaction
from tenants.jobs import commands as jobs
from tenants.journal import JournalEntry
from tenants.reorganizations.models import Reorganization
from tenants.submissions.commands import parent_on
from tenants.submissions.models import Submission, SubmissionWindow
from tenants.submissions.review import ROLLUP_JOB
from tenants.submissions.sums import Fact, Rollup

MOVED = "organization.moved"


def rebook(scope: Scope, place: Workplace, plan: Reorganization) -> None:
    """Book the organization's months under its new parent: the months in its own scope, their sums in the region's."""
    actor = system_actor(place)
    with transaction(actor.scope) as session:
        touched = _after(session, plan.takes_effect_on)
        moved = session.execute(
            update(Submission)
            .where(Submission.window_id.in_(touched), Submission.period_district_id != plan.receiver)
            .values(period_district_id=plan.receiver)
            .returning(Submission.id),
            execution_options={"synchronize_session": False},
        ).all()
        if moved or not _told(session, plan.id):
            before = parent_on(session, place.id, plan.takes_effect_on - timedelta(days=1))
            months = {
                "months": len(moved),
                "before": {"parent_id": before},
                "after": {"parent_id": plan.receiver},
            }
            on = plan.takes_effect_on.isoformat()
            journal.record(session, actor, MOVED, None, reorganization=plan.id, on=on, **months)
    with transaction(scope) as session:
        starts = select(SubmissionWindow.period_start, SubmissionWindow.edition_id).where(
            SubmissionWindow.cut_on >= plan.takes_effect_on
        )
        for period_start, edition_id in session.execute(starts).all():
            session.execute(
                update(Fact)
                .where(
                    Fact.organization_id == place.id,
                    Fact.edition_id == edition_id,
                    Fact.period_start == period_start,
                )
                .values(period_district_id=plan.receiver),
                execution_options={"synchronize_session": False},
            )


def ask_for_sums(scope: Scope, day: date) -> None:
    """Ask for the sums of every window whose tree the change concerns, where there are any."""
    with transaction(scope.reading()) as session:
        summed = session.scalars(
            select(SubmissionWindow.id)
            .where(
                SubmissionWindow.cut_on >= day,
                select(Rollup.id)
                .where(
                    Rollup.edition_id == SubmissionWindow.edition_id,
                    Rollup.period_start == SubmissionWindow.period_start,
                )
                .exists(),
            )
            .order_by(SubmissionWindow.id)
        ).all()
    for window_id in summed:
        jobs.request_for_region(scope, ROLLUP_JOB, window_id)


def _after(session: Session, day: date) -> list[int]:
    return list(session.scalars(select(SubmissionWindow.id).where(SubmissionWindow.cut_on >= day)))


def _told(session: Session, plan_id: int) -> bool:
    same = JournalEntry.detail["reorganization"].as_integer() == plan_id
    return (
        session.scalars(select(JournalEntry.id).where(JournalEntry.event == MOVED, same).limit(1)).first() is not None
    )
