"""«Откуда число»: rule, time, why it changed, the list behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask import request
from sqlalchemy.orm import Session

from portal.submissions import members
from portal.submissions.members import MemberLine
from portal.submissions.month_page import address
from reports.differences import Change
from reports.lineage import Lineage, lineage
from reports.months import Sheet
from tenants.periods import Month
from tenants.submissions.models import Place


@dataclass(frozen=True)
class Origin:
    """What the drawer shows of one number."""

    lineage: Lineage
    change: Change | None
    """None where there is no month before, or nothing changed."""
    terms: Sequence[tuple[str, Decimal, str | None]]
    """The reasons as the waterfall draws them: words, share, address of their list."""
    month: Month
    before: Decimal | None
    lines: Sequence[MemberLine]
    counted: str
    shown: str
    """Which reason the list is limited to; empty for the whole set."""
    page: int
    pages: int
    list_link: tuple[str, str] | None
    url: str

    @property
    def flows_from(self) -> date:
        """Return the first day of the movement that the month counts."""
        return self.lineage.flows_after + timedelta(days=1)


def origin(
    session: Session, shown: Sheet, place: Place, change: Change | None, *, named: bool, endpoint_url: str = ""
) -> Origin:
    """Gather the origin of a cell for the request: `?term=` limits the list to one reason, `?page=` turns its leaf."""
    found = lineage(session, shown, place)
    url = endpoint_url or address(shown.submission.id, place)
    wanted = next(
        (term for term in (change.terms if change else ()) if term.cause == request.args.get("term") and term.ids), None
    )
    ids = wanted.ids if wanted else found.member_ids
    pages = max(1, -(-len(ids) // members.PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    kind = found.record_kind
    return Origin(
        lineage=found,
        change=change,
        terms=[
            (_first_upper(term.label), term.amount, f"{url}?term={term.cause}" if term.ids else None)
            for term in (change.terms if change else ())
        ],
        month=Month.of(shown.submission.period_start),
        before=shown.previous.get(place),
        lines=members.member_lines(session, kind, ids, page=page, named=named) if kind else (),
        counted=members.counted_members(kind, len(ids), found.unit) if kind else "",
        shown=wanted.label if wanted else "",
        page=page,
        pages=pages,
        list_link=members.list_link(kind) if named else None,
        url=url,
    )


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
