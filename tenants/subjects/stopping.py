"""A request to stop the processing leads to withdrawals of consents; both know of each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.participants.consent_models import ConsentWithdrawal
from tenants.participants.models import Consent, ConsentKind
from tenants.subjects.models import RequestKind, SubjectRequest


@dataclass(frozen=True)
class Ended:
    """A withdrawal that answers a request."""

    kind: ConsentKind
    withdrawn_on: date
    destroy_due_on: date | None


def open_stop(session: Session, participant_id: int) -> SubjectRequest | None:
    """Return the person's request to stop that waits for an answer, the most pressing one."""
    query = select(SubjectRequest).where(
        SubjectRequest.participant_id == participant_id,
        SubjectRequest.kind == RequestKind.STOP,
        SubjectRequest.done_on.is_(None),
    )
    return session.scalars(query.order_by(SubjectRequest.due_on, SubjectRequest.id).limit(1)).one_or_none()


def ended_by(session: Session, request_ids: Collection[int]) -> Mapping[int, Sequence[Ended]]:
    """Return what was withdrawn in answer to requests, by request, in the order of writing; none undone."""
    rows = session.execute(
        select(
            ConsentWithdrawal.request_id, Consent.kind, ConsentWithdrawal.withdrawn_on, ConsentWithdrawal.destroy_due_on
        )
        .join(Consent, Consent.id == ConsentWithdrawal.consent_id)
        .where(ConsentWithdrawal.request_id.in_(request_ids), ConsentWithdrawal.undone_at.is_(None))
        .order_by(ConsentWithdrawal.id)
    )
    found: dict[int, list[Ended]] = {}
    for request_id, kind, withdrawn_on, due_on in rows:
        found.setdefault(request_id or 0, []).append(Ended(kind, withdrawn_on, due_on))
    return found


def standing_of(session: Session, participant_ids: Collection[int], today: date) -> Mapping[int, Sequence[Consent]]:
    """Return the consents that could be withdrawn, by person: the newest of each purpose that has not run out.

    The one to keep records comes first: without it nothing else is allowed either.
    """
    rows = session.scalars(
        select(Consent)
        .where(
            Consent.participant_id.in_(participant_ids),
            Consent.withdrawn_on.is_(None),
            or_(Consent.valid_until.is_(None), Consent.valid_until >= today),
        )
        .order_by(Consent.given_on.desc(), Consent.id.desc())
    )
    found: dict[int, dict[ConsentKind, Consent]] = {}
    for row in rows:
        found.setdefault(row.participant_id, {}).setdefault(row.kind, row)
    order = list(ConsentKind)
    return {who: sorted(kinds.values(), key=lambda one: order.index(one.kind)) for who, kinds in found.items()}


def outcome(ended: Sequence[Ended], standing: Sequence[Consent]) -> str:
    """Return the words that an answer begins with: what was withdrawn, what goes, what stays."""
    if not ended:
        return ""
    said = [f"Отозвано {one.withdrawn_on:%d.%m.%Y}: согласие {one.kind.label}." for one in ended]
    said += [f"Данные уничтожаются до {one.destroy_due_on:%d.%m.%Y}." for one in ended if one.destroy_due_on]
    said += [f"Действует: согласие {one.kind.label}." for one in standing]
    return " ".join(said)
