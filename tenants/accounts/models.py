"""Accounts, their memberships in organizations, and their sign-ins."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, text_enum


class Role(StrEnum):
    """What a person may do in an organization; the access table is written in these words."""

    CURATOR = "curator"
    DIRECTOR = "director"
    DISTRICT_REVIEWER = "district_reviewer"
    REGION_ADMIN = "region_admin"
    REGION_ANALYST = "region_analyst"

    @property
    def label(self) -> str:
        """Return the Russian name of the role."""
        return _LABELS[self]

    @property
    def only_reads(self) -> bool:
        """Return whether the role never writes."""
        return self is Role.REGION_ANALYST


_LABELS = {
    Role.CURATOR: "куратор",
    Role.DIRECTOR: "директор",
    Role.DISTRICT_REVIEWER: "специалист отдела образования",
    Role.REGION_ADMIN: "администратор региона",
    Role.REGION_ANALYST: "аналитик региона",
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

    @property
    def name_short(self) -> str:
        """Return "Соколова Е.В."."""
        initials = "".join(f"{part[0]}." for part in (self.first_name, self.middle_name) if part)
        return f"{self.last_name} {initials}".strip()


class Membership(Base):
    """A role of a person in an organization, from `since` until `until` (included)."""

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


class SignInAttempt(Base):
    """A try to sign in; keyed hashes only."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    email_hash: Mapped[bytes]
    network_hash: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    succeeded: Mapped[bool]


class AccessLog(Base):
    """Who opened a page with names; committed before the page is sent, never changed."""

    __tablename__ = "access_log"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    user_id: Mapped[int] = mapped_column(BigInteger)
    region_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer)
    endpoint: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
