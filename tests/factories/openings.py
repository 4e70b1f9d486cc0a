"""Openings of names, through their commands."""

from collections.abc import Sequence

from sqlalchemy import select

from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.openings.commands import Asked, open_names
from tenants.openings.models import Ground, NameOpening, Reach
from tenants.organizations.models import Organization
from tenants.participants.models import Participant
from tests.factories.tree import actor_of

REASON = "Обращение родителя о встречах участника с наставником"


def make_opening(
    above: Organization | Actor,
    place: Organization,
    participant_ids: Sequence[int] = (),
    *,
    reach: Reach | None = None,
    hours: int = 2,
    contacts: bool = False,
    mentorship_id: int | None = None,
) -> NameOpening:
    """An opening asked for from above; without ids that of the first person of the place."""
    actor = above if isinstance(above, Actor) else actor_of(above)
    with transaction(actor.scope) as session:
        ids = list(participant_ids)
        if not ids and reach is None:
            first = select(Participant.id).where(Participant.organization_id == place.id).order_by(Participant.number)
            ids = [session.scalars(first.limit(1)).one()]
        whole = reach or (Reach.PERSON if len(ids) == 1 else Reach.LIST)
        asked = Asked(whole, Ground.APPEAL, REASON, hours, contacts, ids, mentorship_id)
        return open_names(session, actor, place.id, asked)
