"""A fresh region for a test: tenancy itself keeps tests apart, so nothing is ever cleaned up."""

import itertools
import os
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.accounts.commands import grant_role
from tenants.accounts.factor_models import SignInRule
from tenants.accounts.models import Role, UserAccount
from tenants.accounts.passwords import hash_password
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, insert, transaction
from tenants.organizations.commands import create_organization, create_region
from tenants.organizations.models import Organization, OrganizationKind

PASSWORD = "верный пароль для проверок"
_serial = itertools.count(1)


@dataclass(frozen=True)
class Tree:
    """Two districts with two schools each, and a college directly under the region."""

    region: Organization
    district: Organization
    school: Organization
    sister: Organization
    """The other school of the same district."""
    other_district: Organization
    other_school: Organization
    college: Organization

    @property
    def all(self) -> tuple[Organization, ...]:
        return (
            self.region,
            self.district,
            self.school,
            self.sister,
            self.other_district,
            self.other_school,
            self.college,
        )


def unique(word: str) -> str:
    return f"{word}-{os.getpid()}-{next(_serial)}"


def ask_no_factor(session: Session, region: Organization) -> None:
    """Most tests are not about signing in: the password is enough for every role."""
    insert(session, SignInRule(region_id=region.id, idle_minutes=30, longest_hours=12, factor_roles=[]))


def make_tree(time_zone: str = "Europe/Moscow") -> Tree:
    with transaction(REGISTRY) as session:

        def below(parent: Organization, kind: OrganizationKind, name: str) -> Organization:
            values = {"code": unique(kind.value[:6]), "name": f"{name}, полное имя", "name_short": name}
            return create_organization(session, parent, kind, values)

        region = create_region(
            session, code=unique("region"), name="Центр наставничества", name_short="РЦН", time_zone=time_zone
        )
        ask_no_factor(session, region)
        near = below(region, OrganizationKind.DISTRICT, "Ближний район")
        far = below(region, OrganizationKind.DISTRICT, "Дальний район")
        return Tree(
            region,
            near,
            below(near, OrganizationKind.SCHOOL, "Школа № 1"),
            below(near, OrganizationKind.SCHOOL, "Школа № 2"),
            far,
            below(far, OrganizationKind.SCHOOL, "Школа № 3"),
            below(region, OrganizationKind.COLLEGE, "Колледж"),
        )


ROLE_OF_KIND = {OrganizationKind.REGION: Role.REGION_ADMIN, OrganizationKind.DISTRICT: Role.DISTRICT_REVIEWER}


def actor_of(place: Organization, role: Role | None = None) -> Actor:
    """An actor without an account: for commands and queries."""
    role = role or ROLE_OF_KIND.get(place.kind, Role.CURATOR)
    return Actor(1_000_000 + place.id, f"Сотрудник {place.name_short}", role, workplace(place))


@cache
def _password_hash() -> str:
    """Hashing is slow on purpose; one hash serves every account of a run."""
    return hash_password(PASSWORD)


def make_account(*roles: tuple[Organization, Role]) -> str:
    """Create an account with these roles and return its address; the password is PASSWORD."""
    email = f"{unique('person')}@example.org"
    with transaction(REGISTRY) as session:
        account = insert(
            session,
            UserAccount(
                email=email,
                last_name="Проверкина",
                first_name="Вера",
                middle_name="Ильинична",
                password_hash=_password_hash(),
            ),
        )
        for place, role in roles:
            grant_role(session, account, place, role)
    return email
