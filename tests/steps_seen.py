"""Which changing pages a run has carried out, and whether each left its event.

A page that changes something and leaves no event raises in an application under test (`portal.tenancy`); so a page that
was carried out once has proved its event. What remains is to carry out every one of them.
"""

import os
from pathlib import Path

from flask import Flask, Response, request

from portal.access import ACCESS, Everyone
from tenants import journal


def watch_steps(app: Flask, folder: Path) -> None:
    """Write down every changing request that was carried out, with how many events it left."""
    path = folder / f"steps-{os.getpid()}.txt"

    @app.before_request
    def _begin() -> None:
        request.environ["tests.events"] = journal.events_so_far()

    @app.after_request
    def _end(response: Response) -> Response:
        if request.method == "POST" and response.status_code < 400 and request.endpoint:
            count = journal.events_so_far() - request.environ["tests.events"]
            with path.open("a", encoding="ascii") as file:
                file.write(f"{request.endpoint} {count}\n")
        return response


def changing_pages(app: Flask) -> set[str]:
    """The endpoints inside an organization that change something, by the table of access."""
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    return {name for name in posts if not isinstance(ACCESS[name].who, Everyone) and not ACCESS[name].quiet}


def carried_out(folder: Path) -> set[str]:
    """The endpoints that some test carried out with an event."""
    lines = [line.split() for path in folder.glob("steps-*.txt") for line in path.read_text("ascii").splitlines()]
    return {endpoint for endpoint, count in lines if int(count)}
