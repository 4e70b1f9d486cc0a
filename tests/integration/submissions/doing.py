"""One step of a month as the person at a place, and the state it leads to."""

from tenants.db import transaction
from tenants.submissions import queries
from tests.factories.tree import actor_of


def do(place, step, *arguments, actor=None, **more):
    """Run one step as the person at a place."""
    actor = actor or actor_of(place)
    with transaction(actor.scope) as session:
        return step(session, actor, *arguments, **more)


def state_of(place, submission):
    with transaction(actor_of(place).scope.reading()) as session:
        return queries.submission_with_state(session, submission.id)[1]
