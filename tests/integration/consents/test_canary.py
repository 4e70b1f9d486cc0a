"""After a withdrawal no page and no export of the school, its district and its region holds the name any more."""

import html
import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from urllib.parse import parse_qs

import pytest
from sqlalchemy import text
from werkzeug.exceptions import HTTPException

from portal.access import ACCESS
from portal.app import Portal
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import Consent
from tests.conftest import Database, Seat
from tests.contracts.figures import figure
from tests.contracts.specimens import make_records, specimens_of
from tests.documents import words_of
from tests.factories import months
from tests.factories.people import MENTOR, make_meeting, make_mentorship, make_participant
from tests.factories.tree import Tree, actor_of
from tests.integration.consents.doing import WITHDRAWN, canary, withdrawn

SignIn = Callable[[Role, Organization], Seat]
World = tuple[Tree, dict[str, int], Consent]
SEATS = (
    (Role.CURATOR, "school"),
    (Role.DIRECTOR, "school"),
    (Role.DISTRICT_REVIEWER, "district"),
    (Role.REGION_ADMIN, "region"),
)
_LINK = re.compile(r'(?:href|hx-get)="(/o/[^"#]*)')
_OF_A_KIND = 3
"""Addresses of one endpoint with the same arguments of search that a crawl asks: a form has hundreds of equal cells."""
_CARD_OF_SUBJECT = re.compile(r"/subjects/\d+$")
"""The answer to the person's own request (152-ФЗ, статья 14) says everything that is still held, the name too."""


def said(answer: object) -> str:
    """Everything a person could read in an answer: a page, a workbook, a PDF."""
    body: bytes = answer.get_data()  # type: ignore[attr-defined]  # werkzeug's test response
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    return words_of(body) if body.startswith(b"%PDF-") else html.unescape(body.decode(errors="replace"))


def ask(seat: Seat, paths: Sequence[str]) -> dict[str, str]:
    """What each address says to whoever sits there; nothing where it is refused."""
    return {path: said(answer) if (answer := seat.client.get(path)).status_code < 300 else "" for path in paths}


def crawl(app: Portal, seat: Seat, first: Sequence[str]) -> dict[str, str]:
    """The given pages and those in reach of their links, a few of each kind, until there are no more kinds."""
    found: dict[str, str] = {}
    asked, waiting = Counter(map(partial(kind_of, app), first)), deque(first)
    while waiting:
        path = waiting.popleft()
        found |= ask(seat, [path])
        for link in map(html.unescape, _LINK.findall(found[path])):
            kind = kind_of(app, link)
            if link not in found and link not in waiting and asked[kind] < _OF_A_KIND:
                asked[kind] += 1
                waiting.append(link)
    return found


def kind_of(app: Portal, path: str) -> tuple[str, ...]:
    """The endpoint of an address and the names of what is searched for; the address itself where there is none."""
    where, _, query = path.partition("?")
    try:
        endpoint, _ = app.url_map.bind("localhost").match(where)
    except HTTPException:
        return (path,)
    return (endpoint, *sorted(parse_qs(query)))


def addresses(app: Portal, seat: Seat, role: Role, ids: Mapping[str, int], database: Database) -> list[str]:
    """Every GET page that the table gives a role, asked with the records of the withdrawn person where they fit."""
    known = specimens_of(database.admin_url, seat.place, stranger=False)
    known.ids = {**known.ids, **ids}
    with app.test_request_context():
        built = app.url_map.bind("localhost")
        return [
            built.build(rule.endpoint, {"code": seat.place.code} | known.values(rule))
            for rule in app.url_map.iter_rules()
            if "code" in rule.arguments and "GET" in (rule.methods or ()) and _may(role, rule.endpoint)
        ]


def _may(role: Role, endpoint: str) -> bool:
    who = ACCESS[endpoint].who
    return not isinstance(who, frozenset) or role in who


@pytest.fixture
def world(tree: Tree) -> World:
    person, consent = canary(tree.school, class_name="7 «К»")
    mentor = make_participant(tree.school, role=MENTOR)
    pair = make_mentorship(tree.school, mentors=(mentor,), mentees=(person,), order_on=None)
    meeting = make_meeting(tree.school, pair)
    make_records(tree)
    window = months.open_month(tree, months.NOVEMBER)
    months.start(tree.school, window)
    ids = {"participant": person.id, "consent": consent.id, "mentorship": pair.id, "meeting": meeting.id}
    return tree, ids, consent


def hits(pages: dict[str, str]) -> list[str]:
    return sorted(path for path, words in pages.items() if WITHDRAWN in words and not _CARD_OF_SUBJECT.search(path))


def test_no_page_and_no_export_holds_a_withdrawn_name(
    app: Portal, database: Database, as_role: SignIn, world: World
) -> None:
    tree, ids, consent = world
    seats = [as_role(role, getattr(tree, place)) for role, place in SEATS]
    asked = [addresses(app, seat, role, ids, database) for seat, (role, _) in zip(seats, SEATS, strict=True)]
    # The director sees what the curator sees: one of them proves that the search finds the name.
    before = [hits(ask(seat, paths)) for seat, paths in zip(seats, asked, strict=True) if seat is not seats[1]]

    withdrawn(tree.school, consent)
    after = [crawl(app, seat, paths) for seat, paths in zip(seats, asked, strict=True)]

    assert len(before[0]) > 10, "the crawl must find the name while it may be shown"
    assert before[1:] == [[], []]
    figure("withdrawn_name_pages_before", sum(map(len, before)))
    figure("withdrawn_name_pages_asked", sum(map(len, after)))
    figure("withdrawn_name_hits", sum(len(hits(pages)) for pages in after))
    assert [hits(pages) for pages in after] == [[], [], [], []]


def test_a_search_for_a_withdrawn_name_finds_nobody(as_role: SignIn, tree: Tree) -> None:
    person, consent = canary(tree.school)
    make_mentorship(tree.school, mentees=(person,))
    seat = as_role(Role.CURATOR, tree.school)
    withdrawn(tree.school, consent)

    for path in ("participants/?tab=ended", "mentorships/?tab=ended"):
        page = seat.post(path, data={"q": WITHDRAWN}).get_data(as_text=True)
        assert "Участник" not in page.partition("<tbody>")[2]


def test_what_was_sent_stays_and_the_draft_follows_the_rule(tree: Tree) -> None:
    """The sent month is frozen; the draft of the month of the withdrawal counts the mentee as one who left."""
    _, consent = canary(tree.school)
    october = months.open_month(tree)
    sent = months.start(tree.school, october)
    months.send(tree.school, sent)
    cells = text("select count(*), sum(value), max(revision_id) from revision_cell where organization_id = :place")

    def frozen() -> tuple[object, ...]:
        with transaction(actor_of(tree.school).scope) as session:
            return tuple(session.execute(cells, {"place": tree.school.id}).one())

    before = frozen()
    withdrawn(tree.school, consent)

    assert frozen() == before
    with transaction(actor_of(tree.school).scope) as session:
        counted = session.execute(text("select count(*) from participation where end_reason = 'consent_withdrawn'"))
        assert counted.scalar() == 1
