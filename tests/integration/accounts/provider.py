"""A provider of OIDC as a process of its own, and what a person does there."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

_STARTS_SECONDS = 30


@dataclass(frozen=True)
class Provider:
    """Where a provider listens; its own address is its issuer."""

    address: str

    def knows(self, subject: str, **claims: object) -> str:
        """Have the provider say this of a subject."""
        requests.put(f"{self.address}/users/{subject}", json=claims, timeout=10).raise_for_status()
        return subject

    def answers(self, location: str, subject: str, **more: str) -> str:
        """Sign in at the page that the portal sent the browser to; the path at the portal that it comes back to."""
        answer = requests.post(location, data={"sub": subject} | more, allow_redirects=False, timeout=10)
        back = urlsplit(answer.headers["Location"])
        assert (back.scheme, back.netloc) == ("https", "portal.example")
        return f"{back.path}?{back.query}"


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
    return port


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Start one and stop it."""
    port = free_port()
    provider = Provider(f"http://127.0.0.1:{port}")
    command = [sys.executable, "-m", "tests.integration.accounts.provider_process", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(provider, process)
        yield provider
    finally:
        process.terminate()
        process.wait(10)


def _wait(provider: Provider, process: subprocess.Popen) -> None:
    until = time.monotonic() + _STARTS_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(provider.address, timeout=1)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the provider did not start")
