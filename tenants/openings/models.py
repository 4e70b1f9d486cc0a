"""An opening of names and what happened to it. Neither row is ever changed; the policy of `person` reads both."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, Index, Integer, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, child_of, tenant_keys, text_enum


class Reach(StrEnum):
    """Whose names are opened."""

    PERSON = "person"
    PAIR = "pair"
    LIST = "list"
    ORGANIZATION = "organization"


class Ground(StrEnum):
    """Why a reviewer may need a name at all; the reason in words says what exactly."""

    APPEAL = "appeal"
    AUDIT = "audit"
    INCIDENT = "incident"
    AUTHORITY = "authority"
    AWARD = "award"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return _GROUNDS[self]


_GROUNDS = {
    Ground.APPEAL: "обращение гражданина",
    Ground.AUDIT: "проверка достоверности отчёта",
    Ground.INCIDENT: "происшествие с участником",
    Ground.AUTHORITY: "запрос уполномоченного органа",
    Ground.AWARD: "награждение или поощрение",
}


class OpeningEventKind(StrEnum):
    """What may happen to an opening before its term ends."""

    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"


class NameOpening(TenantModel):
    """Names of some people, opened to one person; belongs to the school whose people they are."""

    __tablename__ = "name_opening"
    __table_args__ = tenant_keys(
        Index("ix_name_opening_organization", "region_id", "organization_id", "until"),
        Index("ix_name_opening_user", "region_id", "user_id", "until"),
    )

    user_id: Mapped[int] = mapped_column(BigInteger)
    """Who may look, and nobody else."""
    user_name: Mapped[str]
    place_id: Mapped[int] = mapped_column(Integer)
    """District or region from which it was opened: working elsewhere the same person sees nothing."""
    place_name: Mapped[str]
    reach: Mapped[Reach] = mapped_column(text_enum(Reach))
    subject_number: Mapped[int | None]
    """Number of the participant or of the pair; None for lists."""
    participant_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """Fixed when it is asked for: who joins later is not opened."""
    ground: Mapped[Ground] = mapped_column(text_enum(Ground))
    reason: Mapped[str] = mapped_column(info={"personal": True})
    """Written by staff, who are told to name nobody; kept out of the journal all the same."""
    contacts: Mapped[bool] = mapped_column(default=False)
    needs_approval: Mapped[bool]
    term_minutes: Mapped[int]
    """How long names are open: from the request, of a list from its approval."""
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    until: Mapped[datetime]
    """End of what needs no approval; of a list the last moment in which it may be approved (`states.ends_at`)."""

    @property
    def term(self) -> timedelta:
        """Return how long names are open."""
        return timedelta(minutes=self.term_minutes)


class NameOpeningEvent(TenantModel):
    """An approval, a refusal, an early end."""

    __tablename__ = "name_opening_event"
    __table_args__ = tenant_keys(
        child_of("name_opening", "opening_id", name="fk_name_opening_event_opening"),
        Index("ix_name_opening_event_opening", "region_id", "organization_id", "opening_id"),
    )

    opening_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[OpeningEventKind] = mapped_column(text_enum(OpeningEventKind))
    at: Mapped[datetime] = mapped_column(server_default=func.app.now())
    """Written by the database alone (policy `said_now`): the term of a list runs from it."""
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_name: Mapped[str]
    place_id: Mapped[int] = mapped_column(Integer)
    place_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", info={"personal": True})
