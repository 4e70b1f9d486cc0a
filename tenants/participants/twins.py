"""One person in several organizations: the region finds equal keys, each school is asked, the answer sets its own key.

The region compares keyed hashes and nothing else; a school learns only that *some* organization keeps somebody of the
same name and birth date. Equal keys count once at once; «другой человек» parts them, «тот же» joins a key that lacked
a middle name on one side.
"""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import REGISTRY, Level, Scope, find, insert, transaction
from tenants.errors import WrongStateError
from tenants.jobs import commands as jobs
from tenants.jobs.commands import Claim
from tenants.jobs.models import Job
from tenants.organizations.models import Organization, OrganizationKind
from tenants.participants import policy
from tenants.participants.identity import apart_key
from tenants.participants.models import Participant
from tenants.participants.twin_models import TwinAnswer, TwinQuestion, TwinWord

TWINS_JOB = "find_twins"
_EVERY = timedelta(hours=20)


@dataclass(frozen=True)
class OpenQuestion:
    """A question as the school sees it, with the answer that stands."""

    question: TwinQuestion
    participant: Participant
    answer: TwinAnswer | None


def ask_schools(session: Session) -> int:
    """Put a question to every school whose active participant is met elsewhere in the region; returns how many are new.

    Runs in the region's scope. Asking again changes nothing.
    """
    at, today = clock.now(), clock.today()
    scope = session.info["scope"]
    made = session.execute(_ASK, {"region_id": scope.region_id, "at": at, "today": today}).all()
    return len(made)


def find_twins(claim: Claim) -> None:
    """Ask the schools of a region: a job of the region."""
    with transaction(claim.scope) as session:
        if claim.scope.level is Level.REGION:
            ask_schools(session)


def ask_daily() -> int:
    """Ask for the daily comparison of every region that has not had one today; returns how many jobs are new."""
    with transaction(REGISTRY.reading()) as session:
        recent = select(Job.organization_id).where(Job.kind == TWINS_JOB, Job.created_at > clock.now() - _EVERY)
        regions = session.scalars(
            select(Organization).where(
                Organization.kind == OrganizationKind.REGION,
                Organization.archived_on.is_(None),
                Organization.id.not_in(recent),
            )
        ).all()
    return sum(jobs.request_for_region(_scope_of(place), TWINS_JOB, place.id) is not None for place in regions)


def questions(session: Session, *, answered: bool = False) -> list[OpenQuestion]:
    """Return the school's questions, the oldest first: those that wait, or with `answered` those that do not."""
    newest = (
        select(TwinAnswer.question_id, func.max(TwinAnswer.id).label("answer_id"))
        .group_by(TwinAnswer.question_id)
        .subquery()
    )
    rows = session.execute(
        select(TwinQuestion, Participant, TwinAnswer)
        .join(Participant, Participant.id == TwinQuestion.participant_id)
        .outerjoin(newest, newest.c.question_id == TwinQuestion.id)
        .outerjoin(TwinAnswer, TwinAnswer.id == newest.c.answer_id)
        .where(
            TwinAnswer.id.is_not(None) if answered else TwinAnswer.id.is_(None) & TwinQuestion.match_key.is_not(None)
        )
        .order_by(TwinQuestion.id)
    ).all()
    return [OpenQuestion(question, participant, answer) for question, participant, answer in rows]


def open_question_count(session: Session) -> int:
    """Return how many questions of the school wait for an answer."""
    waits = TwinQuestion.id.not_in(select(TwinAnswer.question_id)) & TwinQuestion.match_key.is_not(None)
    return session.scalar(select(func.count(TwinQuestion.id)).where(waits)) or 0


def answer_question(session: Session, actor: Actor, question_id: int, word: TwinWord) -> TwinAnswer:
    """Say who the participant is; the participant's key follows the answer, and a later answer replaces an earlier one.

    Raises:
        NotFoundError: the question belongs to somebody else.
        ForbiddenError: the actor does not keep people here.
        WrongStateError: the person's data are destroyed.

    """
    policy.need_writer(actor)
    question = find(session, TwinQuestion, question_id)
    if question.match_key is None:
        raise WrongStateError("Данные этого участника уничтожены, отвечать больше не нужно.")
    participant = find(session, Participant, question.participant_id, lock=True)
    answer = insert(session, TwinAnswer(question_id=question.id, answer=word, user_id=actor.user_id or None))
    if word is TwinWord.OTHER:
        # Of an uncertain pair nothing was joined: only a key that agrees wholly has to be parted.
        key = apart_key(question.match_key, actor.organization.id, participant.id)
        participant.identity_key = key if question.certain else participant.identity_key
    else:
        participant.identity_key = question.match_key
    journal.record(session, actor, "twin_question.answered", question, answer=word.value, number=participant.number)
    return answer


def _scope_of(place: Organization) -> Scope:
    return Scope(Level.REGION, place.region_id, place.id, place.id)


# Who takes part today; what was recorded by mistake takes part nowhere. A key without a middle name is a hint itself.
_ASK = text("""
with active as (
  select p.region_id, p.district_id, p.organization_id, p.id, p.identity_key, p.identity_hint
  from participant p
  where p.region_id = :region_id and p.identity_key is not null and exists (
    select 1 from participation q where q.region_id = p.region_id and q.organization_id = p.organization_id
      and q.participant_id = p.id and q.started_on <= :today and (q.ended_on is null or q.ended_on > :today)
      and q.end_reason is distinct from 'mistake')
), same as (
  select identity_key as key from active group by identity_key having count(distinct organization_id) > 1
), alike as (
  select identity_hint as key from active where identity_hint is not null group by identity_hint
  having count(distinct organization_id) > 1 and count(distinct identity_key) > 1
    and bool_or(identity_key = identity_hint)
), asked as (
  select a.region_id, a.district_id, a.organization_id, a.id, s.key, true as certain
  from active a join same s on s.key = a.identity_key
  union all
  select a.region_id, a.district_id, a.organization_id, a.id, k.key, false
  from active a join alike k on k.key = a.identity_hint where a.identity_key not in (select key from same)
)
insert into twin_question (region_id, district_id, organization_id, participant_id, match_key, certain, asked_at)
select region_id, district_id, organization_id, id, key, certain, :at from asked
on conflict on constraint uq_twin_question do nothing
returning id
""")
