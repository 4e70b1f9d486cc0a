"""The portal with one page more: it opens the scoped transaction and runs one row-secured SELECT. For gunicorn."""

from flask.typing import ResponseReturnValue
from sqlalchemy import select

from portal.access import ACCESS, ALL, Rule
from portal.app import Portal, create_app
from portal.context import db
from tenants.participants.models import Participation

PROBE = "/o/<code>/bench-probe"


def make() -> Portal:
    """Build the portal and add the probe; the product itself has no such page."""
    # The start checks the table against the pages, and this page is added after it.
    ACCESS.pop("bench_probe", None)
    app = create_app()
    ACCESS["bench_probe"] = Rule(ALL)
    app.add_url_rule(PROBE, "bench_probe", probe)
    return app


def probe() -> ResponseReturnValue:
    found = db().scalars(select(Participation.id).limit(1)).first()
    return {"found": found is not None}
