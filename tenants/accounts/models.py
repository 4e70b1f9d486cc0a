"""Accounts, their memberships in organizations, and their sign-ins."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, text_enum


class Role(StrEnum):
    """What a person may do in an organization; the access table is written in these words."""

    CURATOR = "curator"
    DIRECTOR = "director"
    KEEPER = "keeper"
    """Keeps the data of an archived organization until they are destroyed; never works in a living one."""
    DISTRICT_REVIEWER = "district_reviewer"
    DISTRICT_HEAD = "district_head"
    REGION_ADMIN = "region_admin"
    REGION_ANALYST = "region_analyst"
    AUDITOR = "auditor"
    """Reads everything above the schools, the journals and who looked; never a name."""

    @property
    def label(self) -> str:
        """Return the Russian name of the role."""
        return _LABELS[self]

    @property
    def label_of(self) -> str:
        """Return the name as it follows "и. о.": "директора"."""
        return _LABELS_OF[self]

    @property
    def of_district(self) -> bool:
        """Return whether the role belongs to a district department."""
        return self in (Role.DISTRICT_REVIEWER, Role.DISTRICT_HEAD)

    @property
    def of_region(self) -> bool:
        """Return whether the role belongs to a regional center."""
        return self in (Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR)

    @property
    def only_reads(self) -> bool:
        """Return whether the role never writes."""
        return self in (Role.REGION_ANALYST, Role.AUDITOR)


_LABELS = {
    Role.CURATOR: "куратор",
    Role.DIRECTOR: "директор",
    Role.KEEPER: "хранитель данных",
    Role.DISTRICT_REVIEWER: "специалист отдела образования",
    Role.DISTRICT_HEAD: "начальник отдела образования",
    Role.REGION_ADMIN: "администратор региона",
    Role.REGION_ANALYST: "аналитик региона",
    Role.AUDITOR: "аудитор",
}

_LABELS_OF = {
    Role.CURATOR: "куратора",
    Role.DIRECTOR: "директора",
    Role.KEEPER: "хранителя данных",
    Role.DISTRICT_REVIEWER: "специалиста отдела образования",
    Role.DISTRICT_HEAD: "начальника отдела образования",
    Role.REGION_ADMIN: "администратора региона",
    Role.REGION_ANALYST: "аналитика региона",
    Role.AUDITOR: "аудитора",
}


class UserAccount(Base):
    """One person who signs in."""

    __tablename__ = "user_account"
    __table_args__ = (UniqueConstraint("email", name="uq_user_account_email"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    email: Mapped[str]
    """Lower case."""
    last_name: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    disabled_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", name="fk_user_account_person"))
    """The first account of the same person; None where the account stands for itself."""

    @property
    def person(self) -> int:
        """Return what all accounts of one person have in common."""
        return self.person_id or self.id

    @property
    def name_short(self) -> str:
        """Return "Соколова Е.В."."""
        initials = "".join(f"{part[0]}." for part in (self.first_name, self.middle_name) if part)
        return f"{self.last_name} {initials}".strip()


class Membership(Base):
    """A role of a person in an organization, from `since` until `until` (included); a deputy's names whose it is."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("user_id", "organization_id", "role", "since", name="uq_membership"),
        ForeignKeyConstraint(["region_id", "organization_id"], ["organization.region_id", "organization.id"]),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", name="membership_user_id_fkey"))
    region_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer, index=True)
    role: Mapped[Role] = mapped_column(text_enum(Role))
    since: Mapped[date]
    until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    """Out from this moment, whatever `until` says."""
    deputy_of_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", name="fk_membership_deputy_of"))
    """The membership this one stands in for; it lasts ninety days at most."""
    suspends: Mapped[bool] = mapped_column(default=False)
    """While this deputy stands in, the membership it stands in for rests."""
    reason: Mapped[str] = mapped_column(default="")


class SignIn(Base):
    """One open browser; the cookie holds a random token, the row only its hash, so that it can be ended from here."""

    __tablename__ = "sign_in"
    __table_args__ = (UniqueConstraint("token_sha256", name="uq_sign_in_token"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    token_sha256: Mapped[bytes]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", name="sign_in_user_id_fkey"), index=True)
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="")
    factor_at: Mapped[datetime | None]
    """When a second factor was shown; the password alone opens half the door where the person has one."""
    factor_outside: Mapped[bool] = mapped_column(default=False)
    """It was shown to a provider that the portal trusts in this: then the rules ask for no own one."""
    device_sha256: Mapped[bytes | None]
    """Hash of the browser's own long-lived mark: a browser not seen before is told by letter."""
    challenge: Mapped[bytes | None]
    """What a passkey is to sign now; taken out with the answer."""
    challenge_until: Mapped[datetime | None]


class SignInAttempt(Base):
    """A try to sign in; keyed hashes only."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    email_hash: Mapped[bytes]
    network_hash: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    succeeded: Mapped[bool]


class AccessLog(Base):
    """Who looked at names or took a file; committed before the page is sent, never changed.

    The database chains the entries of one organization by hashes (app.chain_access) and numbers them in that order.
    """

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int] = mapped_column(BigInteger)
    viewer_name: Mapped[str] = mapped_column(default="")
    """Of a member of staff: these may be read upward."""
    role: Mapped[str] = mapped_column(default="")
    place_id: Mapped[int | None] = mapped_column(Integer)
    """Where the viewer works."""
    place_name: Mapped[str] = mapped_column(default="")
    region_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer)
    """Whose people or sums were looked at."""
    action: Mapped[str] = mapped_column(default="view")
    """view or export."""
    endpoint: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    """Arguments of the address: numbers, never names."""
    subject_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    """Participants, where the view was of some and not of a list."""
    row_count: Mapped[int | None] = mapped_column(Integer)
    """Rows of an export; None where the file is no list."""
    opening_id: Mapped[int | None] = mapped_column(BigInteger)
    previous_sha256: Mapped[bytes] = mapped_column(server_default=FetchedValue())
    sha256: Mapped[bytes] = mapped_column(server_default=FetchedValue())


class AccessAnchor(Base):
    """The newest entry swept from the log of an organization: its chain goes on from there."""

    __tablename__ = "access_anchor"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_id", "organization_id"],
            ["organization.region_id", "organization.id"],
            name="fk_access_anchor_organization",
        ),
    )

    organization_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    region_id: Mapped[int] = mapped_column(Integer)
    last_id: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[bytes]
    swept_at: Mapped[datetime] = mapped_column(default=clock.now)
