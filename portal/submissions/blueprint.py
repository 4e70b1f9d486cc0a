"""The blueprint of the months, and the month an address asks for; `routes` gathers the views of all its files."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from portal.context import actor
from tenants import clock
from tenants.errors import NotFoundError
from tenants.periods import Month
from tenants.submissions import queries
from tenants.submissions.queries import OpenWindow

submissions = Blueprint("submissions", __name__, url_prefix="/o/<code>/submissions", template_folder="templates")

_WINDOWS_SHOWN = 60


@dataclass(frozen=True)
class Chosen:
    """The month of a page: its window, and the windows beside it for the switcher."""

    month: Month
    opened: OpenWindow | None
    """None where nothing has been opened at all."""
    previous: Month | None
    next: Month | None
    windows: Mapping[Month, OpenWindow]
    """All windows of the form that the page may speak of."""

    def nav(self, endpoint: str, **arguments: object) -> dict[str, object]:
        """Return the switcher of the header; `arguments` are kept in its addresses."""

        def link(month: Month | None) -> dict[str, str] | None:
            if month is None:
                return None
            url = url_for(endpoint, month=str(month), **arguments)  # type: ignore[arg-type]  # values of an address
            return {"url": url, "label": f"{month.name.capitalize()} {month.year}"}

        label = f"{self.month.name.capitalize()} {self.month.year}"
        return {"label": label, "previous": link(self.previous), "next": link(self.next)}

    @property
    def window(self) -> OpenWindow:
        """Return the window.

        Raises:
            NotFoundError: no month has been opened yet.

        """
        if self.opened is None:
            raise NotFoundError("Сдача за месяц ещё не открыта.")
        return self.opened


def windows_by_month(session: Session) -> dict[Month, OpenWindow]:
    """Return the windows of the monthly form, the newest first."""
    return {Month.of(one.window.period_start): one for one in queries.windows(session, limit=_WINDOWS_SHOWN)}


def choose_month(session: Session, text: str | None) -> Chosen:
    """Return the month of an address, or the newest one that has begun.

    Raises:
        InvalidError: the address names no month.
        NotFoundError: that month has not been opened.

    """
    return choose_of(windows_by_month(session), text)


def choose_of(windows: Mapping[Month, OpenWindow], text: str | None) -> Chosen:
    """Return the same from windows that have been read."""
    today = clock.today(actor().organization.time_zone)
    begun = [month for month, one in windows.items() if one.window.opens_on <= today]
    month = Month.parse(text) if text else max(begun, default=max(windows, default=Month.of(today)))
    if text and month not in windows:
        raise NotFoundError(f"Сдача за {month.title} не открыта.")
    return Chosen(
        month,
        windows.get(month),
        max((one for one in windows if one < month), default=None),
        min((one for one in windows if one > month), default=None),
        windows,
    )
