"""The letter to who asked for a list: approved, or refused. The decision is in the row; the letter only hurries."""

from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.accounts.models import UserAccount
from tenants.db import REGISTRY, after_commit, transaction
from tenants.notices.commands import request_letter
from tenants.openings.models import NameOpening, OpeningEventKind

APPROVED_LETTER, REFUSED_LETTER = "name_opening.approved", "name_opening.refused"
"""Their subject is the place of work in which the list was asked for."""
_KINDS = {OpeningEventKind.APPROVED: APPROVED_LETTER, OpeningEventKind.REFUSED: REFUSED_LETTER}


def tell_who_asked(session: Session, opening: NameOpening, kind: OpeningEventKind) -> None:
    """Have a letter written once the decision stands; letters are the registry's, hence a transaction of their own."""
    if kind in _KINDS:
        after_commit(session, partial(_request, _KINDS[kind], opening.user_id, opening.place_id))


def _request(kind: str, user_id: int, place_id: int) -> None:
    with transaction(REGISTRY) as session:
        query = select(UserAccount.email).where(UserAccount.id == user_id, UserAccount.disabled_at.is_(None))
        email = session.scalar(query)
        if email is not None:
            request_letter(session, kind, email, place_id)
