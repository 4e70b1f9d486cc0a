"""One Chromium and one served portal for the tests of a file."""

import threading
from collections.abc import Iterable, Iterator
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

from portal.app import Portal
from tests.browser.needs import CHROMIUM
from tests.browser.windows import Windows


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield browser
        browser.close()


class Remembering:
    """The portal with its static files said by heart, word for word: every window begins with an empty cache."""

    def __init__(self, app: Portal) -> None:
        self._app = app
        self._answers: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Ask the portal, for a static file once."""
        if not environ["PATH_INFO"].startswith("/static/") or "HTTP_IF_NONE_MATCH" in environ:
            return self._app(environ, start_response)
        address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
        if address not in self._answers:
            found, status, headers = run_wsgi_app(self._app, environ, buffered=True)
            self._answers[address] = (status, list(headers), b"".join(found))
        status, headers, body = self._answers[address]
        start_response(status, headers)
        return [body]


class Handler(WSGIRequestHandler):
    """Keeps a connection open for the next request, as the portal's own server does."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the portal logs its own requests."""


@pytest.fixture(scope="module")
def address(app: Portal) -> Iterator[str]:
    """Where the portal is served for this file."""
    server = make_server("127.0.0.1", 0, Remembering(app), threaded=True, request_handler=Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def windows(chromium: Browser, address: str) -> Iterator[Windows]:
    """The windows of a test, closed after it."""
    opened = Windows(chromium, address)
    yield opened
    opened.close()
