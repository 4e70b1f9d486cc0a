"""A region in the middle of a month, with something to do for everybody."""

from datetime import date

from portal.operations.worker import run_waiting
from tenants.db import transaction
from tenants.mentorships.models import Mentorship
from tenants.organizations.models import Organization
from tenants.roadmaps.models import RoadmapStatus
from tenants.submissions import review
from tenants.submissions.review import Return
from tests.factories.months import NOVEMBER, OCTOBER, hand_in, open_month, send, start
from tests.factories.people import MENTEE, MENTOR, make_meeting, make_mentorship, make_participant
from tests.factories.roadmaps import make_roadmap
from tests.factories.tree import Tree, actor_of

REASON = "Сверьте число встреч"


def make_busy(tree: Tree) -> Tree:
    """October accepted of three and returned to one; November begun by one, sent by two; plans in three states."""
    reporting = (tree.school, tree.sister, tree.other_school, tree.college)
    for place in reporting:
        for _ in range(2):
            make_meeting(place, make_ordered(place, date(2026, 9, 1)), held_on=date(2026, 10, 12))
        # Five meetings after two in October: the controls ask why.
        late = make_ordered(place, date(2026, 10, 28))
        for day in range(5, 10):
            make_meeting(place, late, held_on=date(2026, 11, day))
    october, november = open_month(tree, OCTOBER), open_month(tree, NOVEMBER)
    for place in (tree.school, tree.other_school, tree.college):
        hand_in(tree, place, october)
    back = start(tree.sister, october)
    _return(tree.district, back.id, send(tree.sister, back))
    start(tree.school, november)
    for place in (tree.other_school, tree.college):
        send(place, start(place, november))
    make_roadmap(tree.school, RoadmapStatus.RETURNED)
    make_roadmap(tree.sister, RoadmapStatus.SENT)
    make_roadmap(tree.college, RoadmapStatus.SENT)
    run_waiting()
    return tree


def make_ordered(place: Organization, since: date) -> Mentorship:
    """A pair with its order: only such pairs are counted."""
    return make_mentorship(place, started_on=since, order_on=since, order_number="7-од")


def _return(reviewer: Organization, submission_id: int, revision_n: int) -> None:
    actor = actor_of(reviewer)
    with transaction(actor.scope) as session:
        review.return_submission(session, actor, submission_id, revision_n=revision_n, why=Return(reason=REASON))


def make_silent_pair(place: Organization) -> None:
    """A pair that met on 1 October for the last time."""
    mentor = make_participant(place, name="Журавлёва Инга Львовна", role=MENTOR)
    mentee = make_participant(place, name="Селиванов Марк Ильич", role=MENTEE)
    make_meeting(place, make_mentorship(place, mentors=(mentor,), mentees=(mentee,)), held_on=date(2026, 10, 1))
