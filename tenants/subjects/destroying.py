"""Carry a signed act out: the log first, then person by person, then the contents on the disk, then the papers.

Every step may be done twice and by two at once. A worker that is killed leaves whole people behind, never half ones,
and the next attempt goes on with those that are left; only when nobody is left does the act say that it is done.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import Scope, find, transaction
from tenants.errors import WrongStateError
from tenants.files.models import StoredFile
from tenants.files.store import forget, keep, sweep_unnamed
from tenants.organizations.models import Organization
from tenants.participants.models import Participant
from tenants.subjects import erasing, log
from tenants.subjects.access import full_scope
from tenants.subjects.commands import subjects_of
from tenants.subjects.facts import ActFacts, facts_of
from tenants.subjects.models import Destruction, DestructionState, DestructionSubject


@dataclass(frozen=True)
class Paper:
    """One document of an act, made by the portal's edge: a column of the act, its file's name, type and content."""

    column: str
    name: str
    media_type: str
    content: bytes


Papers = Callable[[ActFacts], list[Paper]]


def carry_out(scope: Scope, destruction_id: int, papers: Papers) -> None:
    """Destroy what a confirmed act names and close it with its papers; a closed act is left as it is.

    Raises:
        WrongStateError: the act is not signed.

    """
    whole = full_scope(scope)
    with transaction(whole.reading()) as session:
        act = find(session, Destruction, destruction_id)
        if act.state is DestructionState.DONE:
            return
        waiting = [one.id for one in subjects_of(session, act.id) if one.erased_at is None]
        line = _line(session, act)
    _need_signed(act)
    if not act.replay_of:
        log.append(line)
    for subject_id in waiting:
        with transaction(whole) as session:
            _erase_one(session, scope, destruction_id, subject_id)
    with transaction(whole.reading()) as session:
        contents = {digest for one in subjects_of(session, destruction_id) for digest in one.content_hashes}
        remove_contents(session, whole.organization_id, contents)
        sweep_unnamed(session)
    _close(whole, destruction_id, papers)


def remove_contents(session: Session, organization_id: int, digests: set[str]) -> None:
    """Take contents off the disk that no row of the organization names."""
    named = set(session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(digests))))
    for digest in digests - named:
        forget(organization_id, digest)


def _need_signed(act: Destruction) -> None:
    if act.state is not DestructionState.CONFIRMED:
        raise WrongStateError(f"Акт № {act.number} не подписан.")


def _erase_one(session: Session, scope: Scope, destruction_id: int, subject_id: int) -> None:
    act = find(session, Destruction, destruction_id, lock=True)
    subject = find(session, DestructionSubject, subject_id, lock=True)
    if subject.erased_at is not None:
        return
    _need_signed(act)
    counts, contents = erasing.erase(session, subject.participant_id)
    subject.erased_at, subject.counts, subject.content_hashes = clock.now(), counts, contents
    journal.record(
        session,
        signer(session, scope, act),
        "subject.destroyed",
        find(session, Participant, subject.participant_id),
        act=act.number,
        reason=subject.reason.value,
        rows=counts,
    )


def signer(session: Session, scope: Scope, act: Destruction) -> Actor:
    """Return who destroys: the one who signed."""
    place = session.scalars(select(Organization).where(Organization.id == scope.organization_id)).one()
    return Actor(act.confirmed_by or 0, act.confirmed_by_name, Role.DIRECTOR, workplace(place))


def _close(scope: Scope, destruction_id: int, papers: Papers) -> None:
    """Make the papers, which takes seconds, and close the act with them; without papers it is not done."""
    finished_at = clock.now()
    with transaction(scope.reading()) as session:
        act = find(session, Destruction, destruction_id)
        made = papers(facts_of(session, scope, act, finished_at))
    with transaction(scope) as session:
        act = find(session, Destruction, destruction_id, lock=True)
        if act.state is DestructionState.DONE:
            return
        kept = {
            paper.column: keep(session, paper.content, name=paper.name, media_type=paper.media_type) for paper in made
        }
        for column, file in kept.items():
            setattr(act, column, file.id)
        act.state, act.done_at = DestructionState.DONE, finished_at
        event = "destruction.replayed" if act.replay_of else "destruction.carried_out"
        journal.record(session, signer(session, scope, act), event, act, number=act.number)


def _line(session: Session, act: Destruction) -> log.Line:
    """Return the log's line of an act."""
    subjects = {one.participant_id: one.reason for one in subjects_of(session, act.id)}
    query = select(Participant.id, Participant.recorded_at).where(Participant.id.in_(subjects))
    people = session.execute(query.order_by(Participant.id)).all()
    return log.Line(
        act=act.id,
        number=act.number,
        region=act.region_id,
        organization=act.organization_id,
        on=act.confirmed_at.isoformat() if act.confirmed_at else "",
        proposed_by=act.proposed_by or 0,
        confirmed_by=act.confirmed_by or 0,
        subjects=tuple((one, at.astimezone(UTC).isoformat()) for one, at in people),
        reasons=tuple(subjects[one].value for one, _ in people),
    )
