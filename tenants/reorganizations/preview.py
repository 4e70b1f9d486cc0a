"""Every effect of a change before it is carried out, counted from the region's scope: numbers of people, no names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants.db import REGISTRY, transaction
from tenants.jobs.models import Job, JobState
from tenants.mentorships.models import Meeting, Mentorship, MentorshipKind, MentorshipMember, Programme
from tenants.organizations.models import Organization
from tenants.organizations.queries import organization_in_reach
from tenants.participants.models import Participant, ParticipantRole, Participation
from tenants.reorganizations.models import Kind, Placement, Reorganization, ReorganizationChoice
from tenants.reorganizations.staff import StaffLine, staff_of
from tenants.roadmaps.models import Roadmap, RoadmapState
from tenants.submissions.models import Status, Submission, SubmissionState, SubmissionWindow


@dataclass(frozen=True)
class PersonLine:
    """One person as the region may see them."""

    id: int
    number: int
    parts: tuple[tuple[ParticipantRole, str, str], ...]
    """Role, form and class of every open part."""

    @property
    def class_name(self) -> str:
        """Return the class or post of the first part that has one."""
        return next((class_name for *_, class_name in self.parts if class_name), "")


@dataclass(frozen=True)
class MonthLine:
    """A month of an organization and where it stands."""

    period_start: date
    cut_on: date
    status: Status
    accepted: bool


@dataclass(frozen=True)
class Effects:
    """What one organization holds on the day of asking."""

    place: Organization
    people: tuple[PersonLine, ...]
    pairs: tuple[tuple[int, int, frozenset[int]], ...]
    """Id, number and members of every open pair and group."""
    group_count: int
    meeting_count: int
    programmes: tuple[str, ...]
    roadmaps: tuple[tuple[int, str], ...]
    """School year and state of each."""
    months: tuple[MonthLine, ...]
    staff: tuple[StaffLine, ...]
    """Who works there into the day of the change."""
    jobs: int
    """Waiting or running."""

    @property
    def accepted_months(self) -> int:
        """Return how many months count in sums; they stay with this organization."""
        return sum(1 for month in self.months if month.accepted)

    @property
    def open_months(self) -> tuple[MonthLine, ...]:
        """Return the months that are not accepted, the newest first."""
        return tuple(month for month in self.months if not month.accepted)


@dataclass(frozen=True)
class Preview:
    """The effects of a plan."""

    plan: Reorganization
    sources: tuple[Effects, ...]
    receiver: Organization | None
    """None while it does not exist."""
    receives: Effects | None
    """What the receiver of a merger holds itself; None for a move and for a new organization."""
    parent: Organization | None
    """Under whom a new organization will stand."""
    chosen: frozenset[int] | None = None
    """Participants that go with a split; None: all."""
    windows: tuple[tuple[date, date], ...] = field(default=())
    """Period and cut of the windows whose cut lies on or after the day."""
    placements: Mapping[int, Placement] = field(default_factory=dict)
    """Where staff works after a split, by account; who is not there stays."""

    def placement(self, line: StaffLine) -> Placement:
        """Return where a member of staff works after a split."""
        return self.placements.get(line.user_id, Placement.STAYS)

    def going(self, source: Effects) -> tuple[PersonLine, ...]:
        """Return the people of a source that go over."""
        return tuple(one for one in source.people if self.chosen is None or one.id in self.chosen)

    def going_pairs(self, source: Effects) -> tuple[int, ...]:
        """Return the numbers of the pairs that go over whole."""
        ids = {one.id for one in self.going(source)}
        return tuple(number for _, number, members in source.pairs if members <= ids)

    def torn_pairs(self, source: Effects) -> tuple[int, ...]:
        """Return the numbers of the pairs of which only a part goes."""
        ids = {one.id for one in self.going(source)}
        return tuple(number for _, number, members in source.pairs if members & ids and not members <= ids)

    @property
    def givers(self) -> tuple[Effects, ...]:
        """Return the sources whose people leave: the receiver of a merger may be one of the sources."""
        return tuple(one for one in self.sources if one.place.id != self.plan.receiver)


def preview(session: Session, plan: Reorganization, choice: ReorganizationChoice | None) -> Preview:
    """Return what a plan would do today; `choice` is who goes with a split. Runs in the region's scope."""
    day = plan.takes_effect_on
    sources = tuple(effects_of(session, organization_in_reach(session, one), day) for one in plan.sources)
    receiver = session.scalars(select(Organization).where(Organization.id == plan.receiver)).one_or_none()
    receives = None
    if receiver is not None and receiver.kind.reports:
        receives = next((one for one in sources if one.place.id == receiver.id), None) or effects_of(
            session, receiver, day
        )
    return Preview(
        plan,
        sources,
        receiver,
        receives,
        organization_in_reach(session, plan.card["parent_id"]) if plan.card else None,
        frozenset(choice.participants if choice else ()) if plan.kind is Kind.SPLIT else None,
        tuple(
            (start, cut)
            for start, cut in session.execute(
                select(SubmissionWindow.period_start, SubmissionWindow.cut_on)
                .where(SubmissionWindow.cut_on >= plan.takes_effect_on)
                .order_by(SubmissionWindow.period_start)
            )
        ),
        choice.placements if choice else {},
    )


def effects_of(session: Session, place: Organization, day: date) -> Effects:
    """Return what an organization holds, and who works there into a day."""
    pairs = _pairs(session, place.id)
    staff, jobs = _registry(place, day)
    return Effects(
        place=place,
        people=tuple(people_of(session, place.id)),
        pairs=tuple((pair.id, pair.number, frozenset(members)) for pair, members in pairs),
        group_count=sum(1 for pair, _ in pairs if pair.kind is MentorshipKind.GROUP),
        meeting_count=session.scalar(
            select(func.count())
            .select_from(Meeting)
            .where(Meeting.organization_id == place.id, Meeting.cancelled_at.is_(None))
        )
        or 0,
        programmes=tuple(
            session.scalars(
                select(Programme.title)
                .where(Programme.organization_id == place.id, Programme.ended_on.is_(None))
                .order_by(Programme.title, Programme.id)
            )
        ),
        roadmaps=_roadmaps(session, place.id),
        months=_months(session, place.id),
        staff=staff,
        jobs=jobs,
    )


def people_of(session: Session, organization_id: int) -> list[PersonLine]:
    """Return who takes part now, by number."""
    rows = session.execute(
        select(
            Participant.id,
            Participant.number,
            Participation.role,
            Participation.mentoring_form,
            Participation.class_name,
        )
        .join(
            Participation,
            (Participation.region_id == Participant.region_id)
            & (Participation.organization_id == Participant.organization_id)
            & (Participation.participant_id == Participant.id),
        )
        .where(Participant.organization_id == organization_id, Participation.ended_on.is_(None))
        .order_by(Participant.number, Participation.id)
    )
    found: dict[int, PersonLine] = {}
    for participant, number, role, form, class_name in rows:
        known = found.get(participant, PersonLine(participant, number, ()))
        found[participant] = PersonLine(participant, number, (*known.parts, (role, form, class_name)))
    return list(found.values())


def _pairs(session: Session, organization_id: int) -> list[tuple[Mentorship, set[int]]]:
    rows = session.execute(
        select(Mentorship, MentorshipMember.participant_id)
        .join(
            MentorshipMember,
            (MentorshipMember.region_id == Mentorship.region_id)
            & (MentorshipMember.organization_id == Mentorship.organization_id)
            & (MentorshipMember.mentorship_id == Mentorship.id),
        )
        .where(
            Mentorship.organization_id == organization_id,
            Mentorship.ended_on.is_(None),
            MentorshipMember.left_on.is_(None),
        )
        .order_by(Mentorship.number)
    )
    found: dict[int, tuple[Mentorship, set[int]]] = {}
    for pair, participant in rows:
        found.setdefault(pair.id, (pair, set()))[1].add(participant)
    return list(found.values())


def _roadmaps(session: Session, organization_id: int) -> tuple[tuple[int, str], ...]:
    rows = session.execute(
        select(Roadmap.school_year, RoadmapState.status)
        .join(
            RoadmapState,
            (RoadmapState.organization_id == Roadmap.organization_id) & (RoadmapState.roadmap_id == Roadmap.id),
        )
        .where(Roadmap.organization_id == organization_id)
        .order_by(Roadmap.school_year.desc())
    )
    return tuple((year, status.label) for year, status in rows)


def _months(session: Session, organization_id: int) -> tuple[MonthLine, ...]:
    rows = session.execute(
        select(
            Submission.period_start,
            SubmissionWindow.cut_on,
            SubmissionState.status,
            SubmissionState.accepted_revision_n,
        )
        .join(SubmissionWindow, SubmissionWindow.id == Submission.window_id)
        .join(
            SubmissionState,
            (SubmissionState.organization_id == Submission.organization_id)
            & (SubmissionState.submission_id == Submission.id),
        )
        .where(Submission.organization_id == organization_id)
        .order_by(Submission.period_start.desc())
    )
    return tuple(MonthLine(start, cut, status, accepted is not None) for start, cut, status, accepted in rows)


def _registry(place: Organization, day: date) -> tuple[tuple[StaffLine, ...], int]:
    with transaction(REGISTRY.reading()) as registry:
        jobs = registry.scalar(
            select(func.count())
            .select_from(Job)
            .where(Job.organization_id == place.id, Job.state.in_((JobState.PENDING, JobState.RUNNING)))
        )
        return staff_of(registry, place, day), jobs or 0
