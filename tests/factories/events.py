"""What the registry has kept of steps on accounts and roles, the newest first."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from tenants.accounts.events import AccountEvent


def events_of_organization(session: Session, organization_id: int) -> list[AccountEvent]:
    return _newest(session, AccountEvent.organization_id == organization_id)


def events_of_account(session: Session, user_id: int) -> list[AccountEvent]:
    return _newest(session, AccountEvent.on_user_id == user_id)


def _newest(session: Session, whose: ColumnElement[bool]) -> list[AccountEvent]:
    return list(session.scalars(select(AccountEvent).where(whose).order_by(AccountEvent.id.desc())))
