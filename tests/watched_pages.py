"""Faults that any page may have and no single test looks for: they raise in an application under test.

A view that passes a name of the layout takes it away from the layout: the line of sections, the region's logo. A method
that a template forgot to call, or took for a value, shows itself as an object of Python.
"""

import re
from typing import Any

from flask import Flask, Response, request

_OBJECT = re.compile(rb"(?:&lt;|<)(?:built-in method|bound method|function|generator object|class &#39;)|object at 0x")
_FLASK = frozenset({"g", "request", "session"})


class TakenNameError(RuntimeError):
    """A view passes a name that the layout uses."""


class ShownObjectError(RuntimeError):
    """A page shows an object of Python instead of words."""


def watch_pages(app: Flask) -> None:
    """Look at every page that the application makes."""
    fill = app.update_template_context

    def checked(context: dict[str, Any]) -> None:
        of_layout: dict[str, Any] = {}
        fill(of_layout)
        if taken := (of_layout.keys() & context.keys()) - _FLASK:
            raise TakenNameError(request.endpoint, taken)
        context.update(of_layout)

    app.update_template_context = checked  # type: ignore[method-assign]  # an application under test

    @app.after_request
    def _look(response: Response) -> Response:
        if response.mimetype == "text/html" and not response.is_streamed and _OBJECT.search(response.get_data()):
            raise ShownObjectError(request.endpoint)
        return response
