"""The text of a letter, made when it is sent: subject first says what to do, one link, no personal data.

A kind of letter is a function from the subject's id to its words; None means that there is nothing to say any more.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tenants.db import ScopedSession


@dataclass(frozen=True)
class Words:
    """What a letter says; `link` is a path of the portal, or empty."""

    subject: str
    text: str
    """Paragraphs divided by empty lines; the link follows them on a line of its own."""
    link: str = ""
    after: str = ""
    """A paragraph after the link: how long it holds, what to do when the letter was not expected."""


Writer = Callable[[ScopedSession, int], Words | None]

WRITERS: dict[str, Writer] = {}
"""One line a kind of letter."""
