"""Views of names and files taken: written down before the page is sent, stopped above a person's limit."""

from collections.abc import Sequence

from flask import Response, g, request

from tenants.accounts import looking
from tenants.accounts.actor import Actor
from tenants.accounts.looking import Look
from tenants.db import REGISTRY, transaction
from tenants.errors import TooManyError

_OK = 200


def count_rows(count: int) -> None:
    """Say how many rows the file of this answer holds; the view says it, since only it knows."""
    g.file_rows = count


def tell_people(participant_ids: Sequence[int]) -> None:
    """Say whom the file of this answer names, where it is of some people and not of a list."""
    g.file_people = participant_ids


def note_names(viewer: Actor, *, organization_id: int, opening_id: int, participant_ids: Sequence[int]) -> None:
    """Write down that names are about to be shown to somebody above their school.

    Raises:
        TooManyError: the viewer has passed the limit; nothing may be shown.

    """
    look = Look(
        request.endpoint or "",
        f"opening_id={opening_id}",
        participant_ids,
        opening_id=opening_id,
        organization_id=organization_id,
    )
    with transaction(REGISTRY) as registry:
        g.above_limit = not looking.note(registry, viewer, look)
    refuse_above_limit()


def refuse_above_limit() -> None:
    """Stop a page whose view went above the limit; the entry for the region has been committed by then.

    Raises:
        TooManyError: the limit is passed.

    """
    if g.get("above_limit"):
        raise TooManyError(
            "За час открыто слишком много карточек или файлов. Подождите; если это нужно для работы, скажите"
            " региональному центру: он уже видит остановку."
        )


def note_file(viewer: Actor, response: Response) -> None:
    """Write a file down after its rows have been read and before its bytes are sent.

    Raises:
        TooManyError: the viewer has taken too many files.

    """
    disposition = response.headers.get("Content-Disposition", "")
    if response.status_code != _OK or not disposition.startswith("attachment"):
        return
    subject = ",".join(f"{name}={value}" for name, value in (request.view_args or {}).items())
    people = g.get("file_people", ())
    look = Look(request.endpoint or "", subject, people, row_count=g.get("file_rows"), action=looking.EXPORT)
    with transaction(REGISTRY) as registry:
        g.above_limit = not looking.note(registry, viewer, look)
    if g.above_limit:
        response.close()
    refuse_above_limit()
