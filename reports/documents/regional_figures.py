"""The figures of the regional summary: plain values, frozen in the run, from which every document of it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from reports.editions.codec import decode, encode_fields
from tenants.periods import Month

PAIRS, GROUPS, MENTORS, MENTEES, MEETINGS = "pairs", "groups", "mentors", "mentees", "meetings"
COMPLETED, LEFT_EARLY = "completed", "left_early"


@dataclass(frozen=True)
class LevelWords:
    """How the parts and the whole of a summary are called."""

    part: str
    whole: str
    by_parts: str
    of_whole: str
    adds: str
    """What the whole is the sum of."""


_WORDS = {
    "region": LevelWords("Район", "Регион", "по районам", "региона", "районов и организаций, подведомственных региону"),
    "district": LevelWords("Организация", "Район", "по организациям", "района", "организаций района"),
}


@dataclass(frozen=True)
class Amount:
    """A sum of accepted reports and the same sum a month before; None where nothing was accepted."""

    now: Decimal | None = None
    before: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        """Return the difference; None where one of the sums is missing."""
        return None if self.now is None or self.before is None else self.now - self.before


@dataclass(frozen=True)
class Line:
    """One row of the month's form, summed over the region."""

    code: str
    name: str
    figure: str = ""
    """Name of the figure behind the row; empty for a row that is entered by hand."""
    unit: str = ""
    indent: int = 0
    total: Amount = Amount()
    by_form: tuple[Decimal | None, ...] = ()
    """In the order of `RegionalFigures.form_names`."""
    people: Decimal | None = None
    """Distinct people behind a sum of people; None for other rows, and while they are not counted."""


@dataclass(frozen=True)
class Roadmaps:
    """How the plans of a branch stand."""

    expected: int = 0
    approved: int = 0
    measures: int = 0
    done: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class Branch:
    """A district, or the organizations directly under the region."""

    id: int
    """Id of the node: the district's, or the region's for what stands directly under it."""
    name: str
    expected: int
    accepted: int
    accepted_before: int = 0
    amounts: tuple[Amount, ...] = ()
    """In the order of `RegionalFigures.lines`."""
    roadmaps: Roadmaps | None = None
    direct: bool = False
    """Whether this is the line of the organizations directly under the region."""

    @property
    def mention(self) -> str:
        """Return the name as it stands inside a sentence."""
        return self.name[:1].lower() + self.name[1:] if self.direct else self.name

    @property
    def complete(self) -> bool:
        """Return whether every organization's report is in the sums."""
        return self.accepted >= self.expected


@dataclass(frozen=True)
class Place:
    """One organization: whether its report is in, and what it said."""

    id: int
    name: str
    branch_id: int
    state: str
    """How its month stands, in Russian: «принято», «на проверке», «не сдано»…"""
    accepted: bool = False
    amounts: tuple[Decimal | None, ...] = ()
    """In the order of `RegionalFigures.lines`; empty where the report is not in."""


@dataclass(frozen=True)
class RegionalFigures:
    """Everything a regional summary says. Equal figures have equal fingerprints: neither run nor moment stands here."""

    region: str
    region_full: str
    head_post: str
    head_name: str
    month: str
    """As "2026-10"."""
    edition: str
    """Title of the month's form."""
    edition_version: str
    form_names: tuple[str, ...]
    """Headings of the columns of `Line.by_form`."""
    lines: tuple[Line, ...]
    branches: tuple[Branch, ...]
    """By name, the organizations directly under the region last."""
    places: tuple[Place, ...]
    """Branch by branch, then by name."""
    expected_before: int = 0
    accepted_before: int = 0
    before_exists: bool = False
    """Whether anything was accepted for the month before."""
    level: str = "region"
    """Kind of the organization the summary speaks of: region or district."""
    roadmaps_year: str = ""
    """"2026/2027 учебный год", or empty where roadmaps are not part of the summary."""
    bounds: str = ""
    """"today" where the month is summed by today's tree, else by its own."""

    @property
    def bounds_words(self) -> str:
        """Return by which tree the summary counts; empty where it is the month's own."""
        return "в нынешних границах: организации отнесены к районам, которым подчинены сейчас" if self.bounds else ""

    @property
    def words(self) -> "LevelWords":
        """Return how the parts and the whole are called."""
        return _WORDS[self.level]

    @property
    def expected(self) -> int:
        """Return how many organizations should have reported."""
        return sum(branch.expected for branch in self.branches)

    @property
    def accepted(self) -> int:
        """Return how many accepted reports the sums hold."""
        return sum(branch.accepted for branch in self.branches)

    @property
    def missing(self) -> tuple[Place, ...]:
        """Return the organizations whose reports are not in the sums."""
        return tuple(place for place in self.places if not place.accepted)

    @property
    def period(self) -> Month:
        """Return the month."""
        return Month.parse(self.month)

    def index(self, figure: str) -> int | None:
        """Return the position of a figure among the lines; None where the form does not ask for it."""
        return next((at for at, line in enumerate(self.lines) if line.figure == figure), None)

    def total(self, figure: str) -> Amount:
        """Return the region's sum of a figure; empty where the form does not ask for it."""
        at = self.index(figure)
        return Amount() if at is None else self.lines[at].total

    def amount(self, branch: Branch, figure: str) -> Amount:
        """Return a branch's sum of a figure."""
        at = self.index(figure)
        return branch.amounts[at] if at is not None and at < len(branch.amounts) else Amount()

    def roadmaps(self) -> Roadmaps | None:
        """Return how the plans of the region stand; None where roadmaps are not part of the summary."""
        known = [branch.roadmaps for branch in self.branches if branch.roadmaps]
        if not known:
            return None
        return Roadmaps(
            sum(item.expected for item in known),
            sum(item.approved for item in known),
            sum(item.measures for item in known),
            sum(item.done for item in known),
            sum(item.overdue for item in known),
        )

    def to_json(self) -> dict[str, object]:
        """Return plain values that `from_json` reads back to equal figures."""
        return encode_fields(self)

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> "RegionalFigures":
        """Read what `to_json` gives."""
        return decode(cls, data, "Сводный отчёт")
