"""P3: how many SQL statements a page asks, counted on the connection, with those of the sign-in apart."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.app import Portal
from tenants.db import engine_for
from tests.bench.app import make
from tests.bench.ground import Ground
from tests.bench.places import Page, pages, path_of, probe_of
from tests.bench.telling import figure


def measure(ground: Ground, *, clients: int, rounds: int) -> dict[str, object]:
    """Return the number of statements of each page; `own` leaves out those that every page asks to know its reader."""
    del clients, rounds
    app, found = make(), {}
    app.config.update(WTF_CSRF_ENABLED=False)
    for page in pages():
        path = path_of(app, page)
        if path is None:
            continue
        total, probe = (counted(app, page, ground.password(), one) for one in (path, probe_of(page)))
        found[page.name] = {"total": total, "own": total - probe + 1}
        figure(f"p3_{page.name}_statements", total, 0)
    most = max(one["total"] for one in found.values())
    figure("p3_most_statements", most, 0)
    return {"most": most, "pages": found}


def counted(app: Portal, page: Page, password: str, path: str) -> int:
    """Open a page twice and count the second time: the first one fills what a process remembers."""
    client = app.test_client()
    client.post("/sign-in", data={"email": page.email, "password": password})
    client.get(path)
    with listened() as statements:
        answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return len(statements)


@contextmanager
def listened() -> Iterator[list[str]]:
    """Collect the statements of this process; the opening message of a transaction is none of them."""
    found: list[str] = []

    def hear(*arguments: object) -> None:
        found.append(str(arguments[2]))

    engine = engine_for(0)
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", hear)
