"""A planned change of the tree, who goes with a split, and what a record was before it came."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Index, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import PublishedModel, TenantModel, Versioned, child_of, tenant_keys, text_enum


class Kind(StrEnum):
    """What happens to the organizations."""

    MOVE = "move"
    """One organization gets another reviewer."""
    MERGE = "merge"
    """All people go to the receiver, and the sources are closed."""
    SPLIT = "split"
    """Chosen people go to a new organization, and the source goes on."""

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return {"move": "перевод в другой район", "merge": "объединение", "split": "разделение"}[self.value]


class State(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    PLANNED = "planned"
    RUNNING = "running"
    """Its job has begun: it can only go on."""
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """Return the Russian word."""
        return _STATES[self]

    @property
    def may_be_undone(self) -> bool:
        """Return whether nothing has been carried out yet."""
        return self in (State.DRAFT, State.PLANNED)


_STATES = {
    State.DRAFT: "черновик",
    State.PLANNED: "запланировано",
    State.RUNNING: "выполняется",
    State.DONE: "выполнено",
    State.CANCELLED: "отменено",
}


class Reorganization(Versioned, PublishedModel):
    """One change of the tree. The row is the job: `carry_out` takes it from PLANNED to DONE."""

    __tablename__ = "reorganization"
    __table_args__ = tenant_keys(
        Index("ix_reorganization_state", "region_id", "organization_id", "state", "takes_effect_on")
    )

    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    state: Mapped[State] = mapped_column(text_enum(State), default=State.DRAFT)
    takes_effect_on: Mapped[date]
    """First day of the new state of things."""
    order_number: Mapped[str] = mapped_column(default="")
    order_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    sources: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Organizations that are moved, merged or split."""
    receiver: Mapped[int] = mapped_column(Integer)
    """New parent of a move, else who receives the people; reserved before that organization exists."""
    card: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Code, names, kind, parent of an organization that is to be created; None where the receiver stands already."""
    planned_at: Mapped[datetime | None]
    carried_out_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    """How many records of each kind went over."""
    author_name: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Placement(StrEnum):
    """Where a member of staff works after a split: with every role held, whichever it is."""

    STAYS = "stays"
    GOES = "goes"
    BOTH = "both"

    @property
    def label(self) -> str:
        """Return the Russian words."""
        return {"stays": "остаётся", "goes": "переходит", "both": "в обеих"}[self.value]


class ReorganizationChoice(TenantModel):
    """Who goes with a split; staff that is not named stays."""

    __tablename__ = "reorganization_choice"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "reorganization_id", name="uq_reorganization_choice"),
        child_of("reorganization", "reorganization_id", name="fk_reorganization_choice_reorganization"),
    )

    reorganization_id: Mapped[int] = mapped_column(BigInteger)
    participants: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    """Ids of participants of the source."""
    staff_going: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    """Accounts that work in the new organization from the day on, and no longer in the source."""
    staff_both: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    """Accounts that work in both."""

    @property
    def placements(self) -> dict[int, Placement]:
        """Return where the accounts work that do not simply stay."""
        return dict.fromkeys(self.staff_going, Placement.GOES) | dict.fromkeys(self.staff_both, Placement.BOTH)


class RecordKind(StrEnum):
    """Tables whose records go over."""

    PARTICIPANT = "participant"
    MENTORSHIP = "mentorship"
    PROGRAMME = "programme"
    MEETING = "meeting"

    @property
    def label(self) -> str:
        """Return the Russian word, plural."""
        return {
            "participant": "Участники",
            "mentorship": "Пары и группы",
            "programme": "Программы",
            "meeting": "Встречи",
        }[self.value]


class Transfer(TenantModel):
    """Where a record of this organization came from; one row a record and plan, so that a job may run twice."""

    __tablename__ = "transfer"
    __table_args__ = tenant_keys(
        UniqueConstraint(
            "region_id", "organization_id", "reorganization", "record_kind", "from_record", name="uq_transfer_record"
        ),
        Index("ix_transfer_record_id", "region_id", "organization_id", "record_kind", "record_id"),
    )

    reorganization: Mapped[int] = mapped_column(BigInteger)
    record_kind: Mapped[RecordKind] = mapped_column(text_enum(RecordKind))
    record_id: Mapped[int] = mapped_column(BigInteger)
    from_organization: Mapped[int] = mapped_column(Integer)
    from_record: Mapped[int] = mapped_column(BigInteger)
    from_number: Mapped[int | None]
    """The number it had there: «было № 12 в школе № 3»."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
