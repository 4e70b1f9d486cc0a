"""Sweeping the log of views when its term has passed: only what its chain still vouches for, and nothing otherwise.

The anchor moves with the sweep and the chain is checked from there, so what the sweep does not look at nobody will look
at again. Everything here runs in the registry's scope.
"""

from datetime import datetime

from sqlalchemy import delete, func, literal_column, or_, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts import events, looking
from tenants.accounts.events import AccountEvent, Who
from tenants.accounts.models import AccessAnchor, AccessLog
from tenants.organizations.models import Organization

BROKEN = "access_log.broken"
_FIRST = b"\0" * 32


class BrokenChainError(Exception):
    """What was about to be swept does not fit the chain; the transaction must be rolled back."""

    def __init__(self, entry_id: int) -> None:
        super().__init__(f"entry {entry_id} does not fit the chain")
        self.entry_id = entry_id
        """The first entry that does not fit: it, or what stood before it, was changed or removed."""


def sweep(session: Session, region_id: int, organization_id: int, *, before: datetime) -> int:
    """Delete the entries of one organization from before an instant, up to the first that stays; how many went.

    The chain goes on from the newest of them. What the deletion itself returns is checked, so nothing can change
    between the check and the deletion. The end of a log of which nothing stays has no witness in the chain.

    Raises:
        BrokenChainError: one of them, or the first that stays, does not fit; the caller rolls back.

    """
    mine = AccessLog.organization_id == organization_id
    stays = select(func.min(AccessLog.id)).where(mine, AccessLog.at >= before).scalar_subquery()
    old = delete(AccessLog).where(mine, AccessLog.at < before, or_(stays.is_(None), AccessLog.id < stays))
    digest = func.app.access_digest(literal_column("access_log")).label("computed")
    gone = session.execute(old.returning(AccessLog.id, AccessLog.previous_sha256, AccessLog.sha256, digest)).all()
    if not gone:
        return 0
    anchor = session.get(AccessAnchor, organization_id)
    last = anchor.sha256 if anchor else _FIRST
    for entry in sorted(gone):
        if entry.previous_sha256 != last or entry.computed != entry.sha256:
            raise BrokenChainError(entry.id)
        last = entry.sha256
    first = session.execute(select(AccessLog.id, AccessLog.previous_sha256).where(mine).order_by(AccessLog.id).limit(1))
    for entry_id, previous in first:
        if previous != last:
            raise BrokenChainError(entry_id)
    anchor = AccessAnchor(organization_id=organization_id, region_id=region_id, last_id=max(gone).id, sha256=last)
    anchor.swept_at = clock.now()
    session.merge(anchor)
    return len(gone)


def tell_broken(session: Session, region_id: int, organization_id: int, entry_id: int) -> None:
    """Leave an event that a sweep was refused; the same break is told once."""
    told = select(AccountEvent.detail).where(
        AccountEvent.event == BROKEN, AccountEvent.organization_id == organization_id
    )
    if any(detail.get("entry") == entry_id for detail in session.scalars(told)):
        return
    place = session.get_one(Organization, (region_id, organization_id))
    events.record(session, Who(name="Портал"), BROKEN, place=place, entry=entry_id)


def refused_sweeps(session: Session) -> list[Organization]:
    """Return the organizations whose log was not swept because its chain was broken, and still is.

    Only chains that an event names are checked, so the answer costs little.
    """
    named = select(AccountEvent.organization_id).where(AccountEvent.event == BROKEN)
    places = session.scalars(select(Organization).where(Organization.id.in_(named)).order_by(Organization.id)).all()
    return [place for place in places if looking.broken_entries(session, place.id)]
