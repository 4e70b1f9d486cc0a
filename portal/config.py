"""Settings of a process, read once from its environment; secrets come from nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenants.errors import DomainError


@dataclass(frozen=True)
class Settings:
    """What a process of the portal needs to know."""

    database_url: str
    database_admin_url: str
    redis_url: str
    secret_key: str
    data_dir: Path
    role_prefix: str
    secure_cookies: bool
    proxies: int
    """How many trusted proxies stand in front; addresses further out are claims."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Read the settings; what a command does not need may be missing and is asked for by `need`."""
        return cls(
            database_url=environment.get("DATABASE_URL", ""),
            database_admin_url=environment.get("DATABASE_ADMIN_URL", ""),
            redis_url=environment.get("REDIS_URL", ""),
            secret_key=environment.get("SECRET_KEY", ""),
            data_dir=Path(environment.get("PORTAL_DATA_DIR", "var")),
            role_prefix=environment.get("PORTAL_ROLE_PREFIX", ""),
            secure_cookies=environment.get("PORTAL_INSECURE_COOKIES", "") != "1",
            proxies=int(environment.get("PORTAL_PROXIES", "0")),
        )

    def need(self, *names: str) -> "Settings":
        """Return itself.

        Raises:
            DomainError: naming the variable of the environment that is missing.

        """
        for name in names:
            if not getattr(self, name):
                raise DomainError(f"Не задана переменная окружения {name.upper()}.")
        return self
