"""Accounts: create, give a role, note what was seen. All of it in the registry's scope."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts.models import Membership, Role, SignIn, UserAccount
from tenants.accounts.passwords import hash_password
from tenants.db import insert
from tenants.errors import InvalidError
from tenants.organizations.models import Organization, OrganizationKind

ROLES_OF_KIND = {
    OrganizationKind.REGION: (Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR),
    OrganizationKind.DISTRICT: (Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD),
}
"""Which roles a kind of organization has; every other kind has a curator, a director and, in the archive, keepers."""


@dataclass(frozen=True)
class NewAccount:
    """What an account is made of."""

    email: str
    last_name: str
    first_name: str
    middle_name: str
    password: str


def create_account(session: Session, new: NewAccount, *, must_change_password: bool = True) -> UserAccount:
    """Create an account that belongs nowhere yet.

    Raises:
        InvalidError: the address is taken, or the password is weak.

    """
    email = new.email.strip().lower()
    if "@" not in email:
        raise InvalidError("Укажите адрес электронной почты, например ivanova@school12.ru.", field="email")
    if session.scalar(select(UserAccount.id).where(UserAccount.email == email)):
        raise InvalidError("Учётная запись с таким адресом уже есть.", field="email")
    return insert(
        session,
        UserAccount(
            email=email,
            last_name=new.last_name.strip(),
            first_name=new.first_name.strip(),
            middle_name=new.middle_name.strip(),
            password_hash=hash_password(new.password, known=(email, new.last_name, new.first_name, new.middle_name)),
            must_change_password=must_change_password,
        ),
    )


def grant_role(session: Session, account: UserAccount, place: Organization, role: Role) -> Membership:
    """Give a person a role in an organization from now on.

    Raises:
        InvalidError: organizations of this kind have no such role.

    """
    if role not in ROLES_OF_KIND.get(place.kind, (Role.CURATOR, Role.DIRECTOR, Role.KEEPER)):
        raise InvalidError(f"Роль «{role.label}» не подходит организации «{place.name_short}».", field="role")
    return insert(
        session,
        Membership(
            user_id=account.id,
            region_id=place.region_id,
            organization_id=place.id,
            role=role,
            since=clock.today(place.time_zone),
        ),
    )


def touch(session: Session, sign_in_id: int) -> None:
    """Move the idle limit of a sign-in."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=clock.now()))
