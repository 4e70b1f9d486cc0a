"""Steps with a table of organizations, as the tests of this folder take them."""

import io
from contextlib import contextmanager

from sqlalchemy import Engine, event, select

from tenants.db import REGISTRY, transaction
from tenants.journal import JournalEntry
from tenants.organizations import intake_rows, intakes
from tenants.organizations.models import Organization
from tests.factories.tree import actor_of

FULL = ("Код", "Вид", "Код подчинения", "Краткое наименование", "ИНН", "КПП")
INN, OTHER_INN = "7707083893", "5001007329"


@contextmanager
def statements():
    asked = []

    def note(*heard):
        asked.append(heard[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def keep(tree, content):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        return intakes.keep_register(session, actor, name="list.xlsx", content=content)


def load(tree, intake):
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        return intakes.load_register(session, actor, intake.id)


def rows_of(tree, content):
    return {row.number: row for row in intake_rows.as_rows(keep(tree, content).report)}


def stored(code):
    with transaction(REGISTRY.reading()) as session:
        return session.scalars(select(Organization).where(Organization.code == code)).one_or_none()


def events(tree):
    with transaction(actor_of(tree.region).scope.reading()) as session:
        return list(session.scalars(select(JournalEntry).order_by(JournalEntry.id)))


def upload(seat, content, name="list.xlsx"):
    return seat.post("organizations/import", data={"file": (io.BytesIO(content), name)})


def number_in(answer):
    return int(answer.location.rstrip("/").split("/import/")[1].split("/")[0])
