"""Values of settings with the day each holds from, the region's logo, and the documents a school has."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, tenant_keys, text_enum


class SettingKind(StrEnum):
    """What a region may set; every kind has a value class of its own."""

    CALENDAR = "calendar"
    DAYS_OFF = "days_off"
    FORMS = "forms"
    ROLE_MODELS = "role_models"
    CATEGORIES = "categories"
    DOCUMENTS = "documents"
    DEADLINES = "deadlines"
    LOGO = "logo"
    SUPPORT = "support"

    @property
    def label(self) -> str:
        """Return the Russian name of the setting."""
        return _LABELS[self]


_LABELS = {
    SettingKind.CALENDAR: "Сроки отчёта",
    SettingKind.DAYS_OFF: "Нерабочие дни",
    SettingKind.FORMS: "Формы наставничества",
    SettingKind.ROLE_MODELS: "Ролевые модели",
    SettingKind.CATEGORIES: "Категории участников",
    SettingKind.DOCUMENTS: "Обязательные документы",
    SettingKind.DEADLINES: "Сроки года",
    SettingKind.LOGO: "Логотип",
    SettingKind.SUPPORT: "Поддержка",
}


class RegionSetting(PublishedModel):
    """One decision of the region: the value of a kind from a day on. Rows are never changed.

    Of several rows of one day the one with the highest revision counts; a row without a value takes the day back.
    """

    __tablename__ = "region_setting"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "kind", "valid_from", "revision", name="uq_region_setting_revision"
        )
    )

    kind: Mapped[SettingKind] = mapped_column(text_enum(SettingKind))
    valid_from: Mapped[date]
    revision: Mapped[int]
    """Counts the decisions about one day, from 1."""
    value: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What the value class of the kind reads; None: the planned value was taken back."""
    reason: Mapped[str] = mapped_column(default="")
    """Why a value in force was corrected."""
    decided_at: Mapped[datetime] = mapped_column(default=clock.now)
    decided_by: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str] = mapped_column(default="")


class RegionLogo(PublishedModel):
    """A picture that the portal encoded itself, PNG without metadata; rows are never changed."""

    __tablename__ = "region_logo"

    sha256: Mapped[str]
    width: Mapped[int]
    """Pixels, as `height`."""
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class DocumentMark(Versioned, TenantModel):
    """A required document that an organization has, by the code of the region's list."""

    __tablename__ = "document_mark"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "document", name="uq_document_mark_document")
    )

    document: Mapped[str]
    number: Mapped[str] = mapped_column(default="")
    dated_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
