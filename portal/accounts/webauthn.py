"""What the routes of passkeys share: whose passkeys these are, and which key an answer speaks of."""

import json

from flask import current_app, request

from tenants.accounts.passkeys import Site


def raw_id(answer: str) -> str:
    """Return the key's id as the browser wrote it; empty where the answer is none."""
    try:
        return str(json.loads(answer)["rawId"])
    except (ValueError, KeyError, TypeError):
        return ""


def site() -> Site:
    """Return whose passkeys these are: the portal's own address, whatever the request claims."""
    address = current_app.config["SETTINGS"].address.rstrip("/") or request.host_url.rstrip("/")
    host = address.partition("://")[2].partition(":")[0].partition("/")[0]
    scheme, _, rest = address.partition("://")
    return Site(host, f"{scheme}://{rest.partition('/')[0]}")
