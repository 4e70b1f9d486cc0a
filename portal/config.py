"""Settings of a process, read once from its environment; secrets come from nowhere else."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tenants.errors import DomainError


@dataclass(frozen=True)
class OidcSettings:
    """The provider of OIDC through which people may sign in."""

    issuer: str
    """Exactly as the provider's own description names it."""
    client_id: str
    client_secret: str = field(repr=False)
    label: str
    """What follows «Войти через»."""
    trust_email: bool
    """An address that the provider has verified finds the account."""
    trust_factor: bool
    """A second factor shown to the provider stands for the portal's own."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "OidcSettings | None":
        """Read the settings; None while OIDC_ISSUER is not set: then the way is off."""
        if not environment.get("OIDC_ISSUER"):
            return None
        return cls(
            issuer=environment["OIDC_ISSUER"],
            client_id=environment.get("OIDC_CLIENT_ID", ""),
            client_secret=environment.get("OIDC_CLIENT_SECRET", ""),
            label=environment.get("OIDC_LABEL", "") or "учётную запись организации",
            trust_email=environment.get("OIDC_TRUST_EMAIL", "") == "1",
            trust_factor=environment.get("OIDC_TRUST_FACTOR", "") == "1",
        )


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
    address: str
    """Where people find the portal, https://…: links in letters begin with it, whatever a request claims."""
    smtp_url: str
    """smtp://name:password@server:587, smtps://…, or folder:/path; empty while no letters can be sent."""
    mail_from: str
    oidc: OidcSettings | None = None
    """None while people sign in by password only."""

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
            address=environment.get("PORTAL_ADDRESS", ""),
            smtp_url=environment.get("SMTP_URL", ""),
            mail_from=environment.get("MAIL_FROM", "Портал наставничества <portal@localhost>"),
            oidc=OidcSettings.from_environment(environment),
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
