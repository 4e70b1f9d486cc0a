"""All pages of accounts; importing this registers them."""

from portal.accounts import (
    device_routes,
    email_routes,
    factor_routes,
    oidc_routes,
    passkey_routes,
    password_routes,
    routes,
)
from portal.accounts.blueprint import accounts
from portal.accounts.rules_routes import security as sign_in_rules

__all__ = [
    "accounts",
    "device_routes",
    "email_routes",
    "factor_routes",
    "oidc_routes",
    "passkey_routes",
    "password_routes",
    "routes",
    "sign_in_rules",
]
