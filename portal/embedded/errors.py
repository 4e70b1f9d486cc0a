"""What the launcher says when a server does not start or does not stop."""

from pathlib import Path

from tenants.errors import DomainError

TAIL_BYTES = 2000


class ServerFailedError(DomainError):
    """An embedded server could not be started or stopped; the sentence names the folder or the log."""


def last_words(log: Path) -> str:
    """Return the last telling line of a server's log, or an empty string; errors win over later chatter."""
    if not log.exists():
        return ""
    lines = [line.strip() for line in log.read_bytes()[-TAIL_BYTES:].decode(errors="replace").splitlines()]
    telling = [line for line in lines if any(word in line for word in ("FATAL", "PANIC", "ERROR", "error:", "Fatal"))]
    return next(reversed(telling or lines), "")
