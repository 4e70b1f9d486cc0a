"""Whether the records of a school have moved on since its month was computed."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.history import RecordHistory
from tenants.mentorships.models import Meeting, Mentorship, MentorshipMember, Programme
from tenants.participants.models import Participant, Participation
from tenants.participants.persons import PersonHistory

_RECORDS = (Participant, Participation, Programme, Mentorship, MentorshipMember, Meeting)


def changed_since(session: Session, moment: datetime) -> bool:
    """Return whether a record that figures read was written, changed or deleted after a moment.

    A school's months are small, so its rows are asked directly; the question stops at the first that is newer.
    """
    newer = [select(model.id).where(model.recorded_at > moment).exists() for model in _RECORDS]
    # A corrected birth date is kept with the names, in the school's own history.
    changed = [select(model.id).where(model.recorded_at > moment).exists() for model in (RecordHistory, PersonHistory)]
    return bool(session.scalar(select(or_(*newer, *changed))))
