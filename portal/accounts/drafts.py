"""A form that arrives after the sign-in has ended is kept by the browser itself, sealed and bound to its person.

Nothing of it is stored here: the page of the sign-in carries it on to the page that sends it again.
"""

import json
import zlib
from dataclasses import dataclass

from flask import request, session

from tenants.accounts.keys import seal, unseal
from tenants.accounts.sign_ins import owner_of_token
from tenants.db import REGISTRY, transaction

_PURPOSE = "draft"
_HOLDS_SECONDS = 12 * 3600
_MOST_BYTES = 256 * 1024
_NEVER = frozenset({"csrf_token", "password", "old", "again"})
TOKEN_KEY = "_user_id"  # noqa: S105 - the name of a place, no secret
"""Under this key Flask-Login keeps what `Browser.get_id` returns."""


@dataclass(frozen=True)
class Draft:
    """A form to be sent again."""

    user_id: int
    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool
    """True where files were attached: they cannot be kept and have to be chosen again."""


def keep_draft() -> str:
    """Return the current form sealed for the page of the sign-in; empty when it is too large or nobody's."""
    token = session.get(TOKEN_KEY)
    if request.method != "POST" or not token or not request.path.startswith("/o/"):
        return ""
    with transaction(REGISTRY.reading()) as registry:
        owner = owner_of_token(registry, token)
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _NEVER]
    content = json.dumps([owner, request.full_path.rstrip("?"), fields, bool(request.files)]).encode()
    if owner is None or len(content) > _MOST_BYTES:
        return ""
    return seal(_PURPOSE, zlib.compress(content)).decode()


def open_draft(sealed: str) -> Draft | None:
    """Return a kept form; None when it was changed or is older than half a day."""
    content = unseal(_PURPOSE, sealed.encode(), seconds=_HOLDS_SECONDS) if sealed.isascii() and sealed else None
    if content is None:
        return None
    owner, path, fields, files = json.loads(zlib.decompress(content))
    return Draft(owner, path, tuple((name, value) for name, value in fields), files)
