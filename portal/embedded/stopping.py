"""The wish to stop, which a signal handler may express at any moment."""

from contextlib import suppress
from queue import Empty, SimpleQueue


class Stop:
    """Set once, by a handler of signals too.

    `threading.Event` will not do: its `set` takes the lock that its own `wait` holds for moments, and a handler runs in
    the middle of the very wait it interrupts. `SimpleQueue.put` is made for that.
    """

    def __init__(self) -> None:
        self._wished = False
        self._bell: SimpleQueue[None] = SimpleQueue()

    def set(self) -> None:
        """Wish to stop."""
        self._wished = True
        self._bell.put(None)

    def is_set(self) -> bool:
        """Return whether somebody wishes to stop."""
        return self._wished

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until somebody wishes to stop; return whether somebody does."""
        if not self._wished:
            with suppress(Empty):
                self._bell.get(timeout=seconds)
        return self._wished
