"""What waits for whoever works above the school: plans to approve and requests for names, counted in one statement."""

from flask import url_for
from sqlalchemy import select, true

from portal import formats
from portal.context import actor, db
from portal.overview.words import Link, Todo
from tenants import clock
from tenants.openings import policy
from tenants.openings.queries import Requests, requests_of
from tenants.roadmaps.queries import QueueCounts, queue_counts, queue_query


def queues_of_actor() -> tuple[QueueCounts, Requests]:
    """Return the plans in the actor's queue and the requests for names; who never opens names has none of these."""
    if not policy.may_ask(actor()):
        return queue_counts(db()), Requests()
    requests = requests_of(actor(), clock.now()).subquery()
    plans = queue_query(actor().organization.id).subquery()
    # The first has one row always, the second one a status or none at all.
    rows = db().execute(select(requests, plans.c.status, plans.c.count).outerjoin_from(requests, plans, true())).all()
    asked = Requests(rows[0].to_decide, rows[0].approved, rows[0].refused)
    return QueueCounts.of({row[3]: row[4] for row in rows if row[3] is not None}), asked


def requests_for_names(found: Requests, *, narrow: bool = False) -> list[Todo]:
    """Return the lines: what waits for the actor's consent, what of the actor's own was decided.

    `narrow` puts the sentence into the text and a single word before it, as the card of a month shows its lines.
    """
    waits = formats.plural(found.to_decide, "Ждёт", "Ждут", "Ждут")
    lines = [
        ("sent", "решить", f"{waits} Вашего согласия", found.to_decide, "Решить"),
        ("soon", "открыто", "Имена открыты по Вашему запросу", found.approved, "Имена"),
        ("none", "отказано", "Отказано в Вашем запросе", found.refused, "Почему"),
    ]
    address = url_for("openings.above")
    return [
        Todo(kind, word, f"{said}: {_openings(count)}", Link(link, address))
        if narrow
        else Todo(kind, said, _openings(count), Link(link, address))
        for kind, word, said, count, link in lines
        if count
    ]


def _openings(count: int) -> str:
    return f"{formats.counted(count, 'открытие', 'открытия', 'открытий')} имён"
