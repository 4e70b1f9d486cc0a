"""Keys of creating requests: the second arrival of a click gets the answer of the first."""

from datetime import datetime

from sqlalchemy import BigInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants import clock
from tenants.db import TenantModel, tenant_keys


class RequestKey(TenantModel):
    """One creating request; `location` is where its answer led."""

    __tablename__ = "request_key"
    __table_args__ = tenant_keys(
        UniqueConstraint("region_id", "organization_id", "user_id", "key", name="uq_request_key")
    )

    user_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
    endpoint: Mapped[str]
    location: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
