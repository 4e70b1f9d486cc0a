"""Rules of signing in, second factors, recovery codes, links by letter, accounts at a provider."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import Base, text_enum


class SignInRule(Base):
    """How people of one region sign in, from `valid_from` until `valid_until`; None is the rule in force."""

    __tablename__ = "sign_in_rule"
    __table_args__ = (ForeignKeyConstraint(["region_id", "region_id"], ["organization.region_id", "organization.id"]),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    region_id: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(default=clock.now)
    valid_until: Mapped[datetime | None]
    idle_minutes: Mapped[int]
    longest_hours: Mapped[int]
    factor_roles: Mapped[list[Any]]
    """Values of Role; their holders need a second factor."""


class FactorKind(StrEnum):
    """What proves a person besides the password."""

    TOTP = "totp"
    PASSKEY = "passkey"


class SecondFactor(Base):
    """An application with codes (one a person) or a passkey (several); counts only once `confirmed_at` is set."""

    __tablename__ = "second_factor"
    __table_args__ = (UniqueConstraint("credential_id", name="uq_second_factor_credential_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", name="second_factor_user_id_fkey"), index=True)
    kind: Mapped[FactorKind] = mapped_column(text_enum(FactorKind))
    name: Mapped[str]
    secret: Mapped[bytes | None]
    """The key of the codes, encrypted; None for a passkey."""
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The newest half minute whose code was taken: that code and older ones are refused."""
    credential_id: Mapped[bytes | None]
    public_key: Mapped[bytes | None]
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of ten codes for a lost telephone; a keyed hash."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", name="recovery_code_user_id_fkey"), index=True)
    code_sha256: Mapped[bytes]
    used_at: Mapped[datetime | None]


class LinkPurpose(StrEnum):
    """What a link of a letter is for."""

    RESET = "reset"
    EMAIL = "email"
    EMAIL_UNDO = "email_undo"
    GUESSED = "guessed"
    """Carries no link: the owner of the address is told that somebody guesses."""


class SecretLink(Base):
    """A link that one letter carries; its token is derived from the nonce and lies nowhere."""

    __tablename__ = "secret_link"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    purpose: Mapped[LinkPurpose] = mapped_column(text_enum(LinkPurpose))
    email: Mapped[str]
    """Reset: as typed, known or not. Change of address: the new one; its undoing: the old one."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", name="secret_link_user_id_fkey"))
    nonce: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ExternalIdentity(Base):
    """Who a person is at the provider of OIDC; lets that person in without the password."""

    __tablename__ = "external_identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", name="uq_external_identity_subject"),
        UniqueConstraint("user_id", "issuer", name="uq_external_identity_user"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    """The provider's own name for the person; never shown, never in the journal."""
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", name="external_identity_user_id_fkey"))
    linked_at: Mapped[datetime] = mapped_column(default=clock.now)
