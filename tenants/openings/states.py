"""How an opening stands: folded from its term and its events, as the policy of `person` reads them."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from tenants.openings.models import NameOpening, NameOpeningEvent, OpeningEventKind


class OpeningState(StrEnum):
    """How an opening stands at a moment."""

    WAITING = "waiting"
    OPEN = "open"
    OVER = "over"
    """Its term has run out, or nobody approved it in time."""
    ENDED = "ended"
    REFUSED = "refused"
    MOVED = "moved"
    """The school has gone to another district, and the names went with it."""

    @property
    def alive(self) -> bool:
        """Return whether somebody sees names or may come to see them."""
        return self in (OpeningState.WAITING, OpeningState.OPEN)


def state_of(opening: NameOpening, events: Iterable[NameOpeningEvent], now: datetime) -> OpeningState:
    """Return how an opening stands at a moment."""
    found = list(events)
    kinds = {event.kind for event in found}
    for kind, state in (
        (OpeningEventKind.ENDED, OpeningState.ENDED),
        (OpeningEventKind.REFUSED, OpeningState.REFUSED),
    ):
        if kind in kinds:
            return state
    if ends_at(opening, found) <= now:
        return OpeningState.OVER
    if opening.place_id not in (opening.region_id, opening.district_id):
        return OpeningState.MOVED
    return OpeningState.WAITING if opening.needs_approval and _approval(opening, found) is None else OpeningState.OPEN


def ends_at(opening: NameOpening, events: Iterable[NameOpeningEvent]) -> datetime:
    """Return when names close by themselves; of a list that waits, when the request lapses."""
    approval = _approval(opening, events) if opening.needs_approval else None
    return opening.until if approval is None else approval.at + opening.term


def _approval(opening: NameOpening, events: Iterable[NameOpeningEvent]) -> NameOpeningEvent | None:
    found = (
        event
        for event in events
        if event.kind is OpeningEventKind.APPROVED
        and event.user_id != opening.user_id
        and event.place_id in (opening.place_id, opening.region_id)
        and event.at < opening.until
    )
    return next(found, None)
