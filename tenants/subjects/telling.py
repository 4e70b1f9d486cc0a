"""Whoever may sign is told by letter that an act waits; the letter is written when it is sent and names nobody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import works_today
from tenants.accounts.rights import in_archive
from tenants.db import REGISTRY, Level, Scope, find, transaction
from tenants.jobs.commands import Claim
from tenants.jobs.models import Job
from tenants.notices.commands import request_letter
from tenants.notices.models import Letter
from tenants.organizations.models import Organization
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject
from tenants.subjects.tasks import last_day

LETTER = "destruction_waits"


@dataclass(frozen=True)
class WaitingAct:
    """What the letter tells of an act."""

    place_name: str
    code: str
    act_id: int
    number: int
    people: int
    due_on: date


def tell_signers(held: Claim) -> None:
    """Ask for a letter to everybody who may sign the act; a second run asks for none again."""
    with transaction(held.scope.reading()) as session:
        act = find(session, Destruction, held.subject_id)
        if act.state is not DestructionState.PROPOSED:
            return
        proposed_by = act.proposed_by or 0
    with transaction(REGISTRY) as registry:
        place = registry.get_one(Organization, (held.scope.region_id, held.scope.organization_id))
        for address in _signers(registry, place, proposed_by):
            if not _told(registry, address, held.job_id):
                request_letter(registry, LETTER, address, held.job_id)


def waiting_act(session: Session, job_id: int) -> WaitingAct | None:
    """Return what a letter tells, by the job that asked for it; None once the act is signed or returned."""
    job = session.get(Job, job_id)
    if job is None:
        return None
    place = session.get_one(Organization, (job.region_id, job.organization_id))
    scope = Scope(Level.ORGANIZATION, job.region_id, job.district_id, job.organization_id)
    with transaction(scope.reading()) as own:
        act = find(own, Destruction, job.subject_id)
        if act.state is not DestructionState.PROPOSED:
            return None
        listed = select(func.count(), last_day()).where(DestructionSubject.destruction_id == act.id)
        people, due_on = own.execute(listed).one()
        return WaitingAct(place.name_short, place.code, act.id, act.number, people, due_on)


def _signers(session: Session, place: Organization, proposed_by: int) -> Sequence[str]:
    """Return the addresses of those who may sign: never of the person who drew the list up, under any account."""
    role = Role.KEEPER if in_archive(place) else Role.DIRECTOR
    return session.scalars(
        select(UserAccount.email)
        .join(Membership, Membership.user_id == UserAccount.id)
        .where(
            Membership.organization_id == place.id,
            Membership.role == role,
            works_today(Membership),
            UserAccount.disabled_at.is_(None),
            ~_same_person(proposed_by),
        )
        .distinct()
        .order_by(UserAccount.email)
    ).all()


def _same_person(user_id: int) -> ColumnElement[bool]:
    own = aliased(UserAccount)
    person = func.coalesce(own.person_id, own.id)
    return exists().where(own.id == user_id, person == func.coalesce(UserAccount.person_id, UserAccount.id))


def _told(session: Session, address: str, job_id: int) -> bool:
    asked = select(Letter.id).where(Letter.kind == LETTER, Letter.subject_id == job_id, Letter.to_email == address)
    return session.scalar(asked.limit(1)) is not None
