"""Windows: in which days an edition is handed in for a period."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor, system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, find, insert, lock_key, transaction
from tenants.errors import ForbiddenError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.tree import living_on
from tenants.periods import Month
from tenants.settings.queries import reporting_days_of
from tenants.submissions import policy
from tenants.submissions.models import Edition, EditionStatus, SubmissionWindow

MONTHLY = "month"
"""The periodicity of editions whose windows open every month."""


def open_windows(session: Session, actor: Actor, month: Month) -> list[SubmissionWindow]:
    """Open a window of the month for every published monthly edition in force; those that stand stay as they are.

    Returns the windows that are new.
    """
    if not policy.may_open_windows(actor):
        raise ForbiddenError("Сдачу месяца открывает региональный центр.")
    region_id = actor.organization.region_id
    lock_key(session, f"windows:{region_id}")
    standing = _standing(session, month)
    days = reporting_days_of(session, region_id, month)[0]
    opened = []
    for edition in _editions_in_force(session, month):
        if edition.code in standing:
            continue
        window = insert(
            session,
            SubmissionWindow(
                edition_id=edition.id,
                period_start=month.first,
                period_end=month.last,
                cut_after=days.cut.after,
                cut_on=days.cut.on,
                opens_on=days.opens_on,
                due_on=days.due.day,
            ),
        )
        journal.record(session, actor, "window.opened", window, edition=edition.code, month=str(month))
        opened.append(window)
    return opened


def close_window(session: Session, actor: Actor, window_id: int) -> SubmissionWindow:
    """Close a window: nobody starts or sends in it any more; what was accepted may still be corrected."""
    if not policy.may_open_windows(actor):
        raise ForbiddenError("Сдачу месяца закрывает региональный центр.")
    window = find_window(session, window_id, lock=True)
    if window.closed_at is None:
        window.closed_at = clock.now()
        journal.record(session, actor, "window.closed", window)
    return window


def find_window(session: Session, window_id: int, *, lock: bool = False) -> SubmissionWindow:
    """Return a window that the scope may read."""
    return find(session, SubmissionWindow, window_id, lock=lock)


def open_windows_due(region_code: str | None = None, month: Month | None = None) -> int:
    """Open this month's windows of every region whose opening day has come; running it again changes nothing.

    `month` opens that month whatever the day is. Returns how many windows are new.
    """
    with transaction(REGISTRY.reading()) as session:
        query = select(Organization).where(Organization.kind == OrganizationKind.REGION, living_on(clock.today()))
        if region_code is not None:
            query = query.where(Organization.code == region_code)
        places = [workplace(place) for place in session.scalars(query.order_by(Organization.id))]
    return sum(_open_region(system_actor(place, Role.REGION_ADMIN), month) for place in places)


def _open_region(actor: Actor, month: Month | None) -> int:
    today = clock.today(actor.organization.time_zone)
    chosen = month or Month.of(today)
    with transaction(actor.scope.reading()) as session:
        days = reporting_days_of(session, actor.organization.region_id, chosen)[0]
        if month is None and today < days.opens_on:
            return 0
        if not _missing(session, chosen):
            return 0
    with transaction(actor.scope) as session:
        return len(open_windows(session, actor, chosen))


def _missing(session: Session, month: Month) -> bool:
    standing = _standing(session, month)
    return any(edition.code not in standing for edition in _editions_in_force(session, month))


def _standing(session: Session, month: Month) -> set[str]:
    """Return the codes of editions that have their window: a newer version does not open a second one."""
    return set(
        session.scalars(
            select(Edition.code)
            .join(SubmissionWindow, SubmissionWindow.edition_id == Edition.id)
            .where(SubmissionWindow.period_start == month.first)
        )
    )


def _editions_in_force(session: Session, month: Month) -> list[Edition]:
    """Return one edition a code: of several versions in force the one that began last."""
    rows = session.scalars(
        select(Edition)
        .where(
            Edition.status == EditionStatus.PUBLISHED,
            Edition.periodicity == MONTHLY,
            or_(Edition.valid_from.is_(None), Edition.valid_from <= month.last),
            or_(Edition.valid_to.is_(None), Edition.valid_to >= month.first),
        )
        .order_by(Edition.code, Edition.valid_from.nulls_first(), Edition.id)
    ).all()
    return list({edition.code: edition for edition in rows}.values())
