"""The actor: who works, in which organization, with which right. Every command takes one."""

from dataclasses import dataclass
from datetime import date

from tenants.accounts.models import Role
from tenants.db import Level, Scope
from tenants.organizations.models import OrganizationKind


@dataclass(frozen=True)
class Workplace:
    """The organization an actor works for."""

    id: int
    region_id: int
    district_id: int
    code: str
    kind: OrganizationKind
    name_short: str
    parent_name: str
    time_zone: str
    archived_on: date | None = None
    """Its first day in the archive; from then on only its keepers work there."""


@dataclass(frozen=True)
class Actor:
    """A person at work for one organization, with the role held there."""

    user_id: int
    name: str
    """"Соколова Е.В.", a deputy's with "(и. о.)": staff names may be read upward."""
    role: Role
    organization: Workplace
    accounts: frozenset[int] = frozenset()
    """Every account of the same person, this one among them; empty where nobody signed in."""
    deputy: bool = False
    """Whether the role is held for somebody else, for a term."""

    @property
    def name_short(self) -> str:
        """Return the name as the header shows it."""
        return self.name

    @property
    def role_label(self) -> str:
        """Return the Russian name of the role."""
        return f"и. о. {self.role.label_of}" if self.deputy else self.role.label

    def is_person(self, user_id: int | None) -> bool:
        """Return whether an account is the actor's own or another one of the same person; None is nobody's."""
        return user_id is not None and (user_id == self.user_id or user_id in self.accounts)

    @property
    def scope(self) -> Scope:
        """Return what the actor reads: the organization, and everything below it for a district or region."""
        place = self.organization
        level = {OrganizationKind.REGION: Level.REGION, OrganizationKind.DISTRICT: Level.DISTRICT}.get(
            place.kind, Level.ORGANIZATION
        )
        return Scope(level, place.region_id, place.district_id, place.id, self.user_id, read_only=self.role.only_reads)

    def owns(self, row: object) -> bool:
        """Return whether a tenant row belongs to the actor's own organization."""
        return getattr(row, "organization_id", None) == self.organization.id


def system_actor(place: Workplace, role: Role = Role.CURATOR) -> Actor:
    """Return the actor of a scheduled job: no person, named as the portal."""
    return Actor(0, "Портал", role, place)
