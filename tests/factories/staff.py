"""Letters that arrive in a folder, invitations, and people with several accounts."""

import email
import email.policy
import re
from pathlib import Path

from sqlalchemy import select

from portal.operations.worker import send_waiting
from tenants.accounts import invitations
from tenants.accounts.actor import Actor
from tenants.accounts.invitations import Invitation
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import workplaces_of
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization

NEWCOMER = {
    "last_name": "Новикова",
    "first_name": "Анна",
    "middle_name": "Петровна",
    "phone": "+7 900 000-00-01",
    "password": "очень длинная фраза 7",
    "again": "очень длинная фраза 7",
}


def links_to(folder: Path, address: str) -> list[str]:
    """Send what waits and return the paths of the links sent to an address, the oldest first."""
    send_waiting()
    found = []
    for path in sorted(folder.glob("*.eml"), key=lambda one: int(one.name.partition(".")[0])):
        letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if letter["To"] == address:
            body = letter.get_body().get_content()
            found.append(re.search(r"https://portal\.example(/invitation/\S+)", body)[1])
    return found


def make_invitation(place: Organization, role: Role, address: str) -> int:
    """Invite past any inviter, as the command line does."""
    with transaction(REGISTRY) as session:
        return invitations.invite_first(session, place, role, address).id


def account_of(address: str) -> UserAccount:
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(UserAccount).where(UserAccount.email == address)).one()


def membership_of(address: str, role: Role) -> int:
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(
            select(Membership.id)
            .join(UserAccount, UserAccount.id == Membership.user_id)
            .where(UserAccount.email == address, Membership.role == role)
            .order_by(Membership.id.desc())
        ).first()


def invitation_to(address: str) -> Invitation:
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(Invitation).where(Invitation.email == address)).one()


def rename(address: str, last_name: str) -> int:
    """Give an account a surname of its own and return its number."""
    with transaction(REGISTRY) as session:
        account = session.scalars(select(UserAccount).where(UserAccount.email == address)).one()
        account.last_name = last_name
        return account.id


def unite(one: int, other: int) -> None:
    """Make two accounts one person, as a presumption at the making of the second does."""
    with transaction(REGISTRY) as session:
        session.get_one(UserAccount, other).person_id = one


def seat_of(address: str, place: Organization) -> Actor:
    """Return the actor that a sign-in of this account makes for an organization."""
    with transaction(REGISTRY.reading()) as session:
        account = session.scalars(select(UserAccount).where(UserAccount.email == address)).one()
        return next(seat for seat in workplaces_of(session, account) if seat.organization.id == place.id)
