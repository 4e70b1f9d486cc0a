"""People, pairs and meetings of a school, written as plain rows so that a test may choose every date."""

import itertools
from datetime import date

from sqlalchemy import func, select

from tenants.db import insert, transaction
from tenants.mentorships.catalogue import MENTORING_FORMS
from tenants.mentorships.models import (
    Meeting,
    MeetingKind,
    Mentorship,
    MentorshipKind,
    MentorshipMember,
    Outcome,
    Programme,
)
from tenants.organizations.models import Organization
from tenants.participants.models import Consent, EndReason, Participant, ParticipantRole, Participation
from tenants.participants.persons import Name, Person, identity_hint, identity_key
from tests.factories.tree import actor_of

SEPTEMBER = date(2026, 9, 1)
PUPILS_FORM, TEACHERS_FORM = "student_student", "teacher_teacher"
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
_serial = itertools.count(1)
_LETTERS = "абвгдежзиклмнопрстуфхц"


def any_name() -> Name:
    """A name nobody else has."""
    number, word = next(_serial), ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        word += _LETTERS[rest]
    return Name(f"Тестов{word}", "Иван", "Петрович")


def make_participant(
    place: Organization,
    *,
    name: str | Name | None = None,
    born_on: date | None = date(2012, 3, 14),
    experience_since: date | None = None,
    sex: str = "",
    role: ParticipantRole | str | None = None,
    form: str = PUPILS_FORM,
    started_on: date = SEPTEMBER,
    **participation: object,
) -> Participant:
    """A person with a name; with `role` also a participation (further fields of it by keyword)."""
    who = Name.parse(name) if isinstance(name, str) else name or any_name()
    with transaction(actor_of(place).scope) as session:
        number = (session.scalar(select(func.max(Participant.number))) or 0) + 1
        participant = insert(
            session,
            Participant(
                number=number,
                sex=sex,
                born_on=born_on,
                experience_since=experience_since,
                identity_key=identity_key(who, born_on),
                identity_hint=identity_hint(who, born_on),
            ),
        )
        session.add(
            Person(
                participant_id=participant.id,
                last_name=who.last,
                first_name=who.first,
                middle_name=who.middle,
                name_key=who.key,
            )
        )
    if role:
        make_participation(place, participant, role=role, form=form, started_on=started_on, **participation)
    return participant


def make_participation(
    place: Organization,
    participant: Participant,
    *,
    role: ParticipantRole | str = MENTEE,
    form: str = PUPILS_FORM,
    started_on: date = SEPTEMBER,
    ended_on: date | None = None,
    end_reason: EndReason | str | None = None,
    category: str | None = None,
    class_name: str = "",
    trained_on: date | None = None,
) -> Participation:
    """A part in a form; an `ended_on` without a reason means completed."""
    side = ParticipantRole(role)
    reason = EndReason(end_reason) if end_reason else EndReason.COMPLETED if ended_on else None
    with transaction(actor_of(place).scope) as session:
        return insert(
            session,
            Participation(
                participant_id=participant.id,
                role=side,
                mentoring_form=form,
                category=_category(form, side) if category is None else category,
                class_name=class_name,
                started_on=started_on,
                ended_on=ended_on,
                end_reason=reason,
                trained_on=trained_on,
            ),
        )


def make_consent(
    place: Organization, participant: Participant, *, given_on: date = SEPTEMBER, **more: object
) -> Consent:
    with transaction(actor_of(place).scope) as session:
        return insert(session, Consent(participant_id=participant.id, given_on=given_on, **more))


def make_programme(
    place: Organization,
    *,
    form: str = PUPILS_FORM,
    started_on: date = SEPTEMBER,
    ended_on: date | None = None,
    title: str = "Программа сопровождения",
) -> Programme:
    with transaction(actor_of(place).scope) as session:
        return insert(session, Programme(title=title, mentoring_form=form, started_on=started_on, ended_on=ended_on))


def make_mentorship(
    place: Organization,
    *,
    form: str = PUPILS_FORM,
    mentors: tuple[Participant, ...] | None = None,
    mentees: tuple[Participant, ...] | None = None,
    kind: MentorshipKind | str | None = None,
    started_on: date = SEPTEMBER,
    ended_on: date | None = None,
    outcome: Outcome | str | None = None,
    programme: Programme | None = None,
    **more: object,
) -> Mentorship:
    """A pair (a group, where there are more members). People who are not given are made, with their participations.

    Members join and leave with the mentorship.
    """
    if mentors is None:
        mentors = (make_participant(place, role=MENTOR, form=form, started_on=started_on),)
    if mentees is None:
        mentees = (make_participant(place, role=MENTEE, form=form, started_on=started_on),)
    group = len(mentors) + len(mentees) > 2
    with transaction(actor_of(place).scope) as session:
        number = (session.scalar(select(func.max(Mentorship.number))) or 0) + 1
        mentorship = insert(
            session,
            Mentorship(
                number=number,
                kind=MentorshipKind(kind or ("group" if group else "pair")),
                mentoring_form=form,
                programme_id=programme.id if programme else None,
                started_on=started_on,
                ended_on=ended_on,
                outcome=Outcome(outcome) if outcome else Outcome.COMPLETED if ended_on else None,
                **more,
            ),
        )
        for people, role in ((mentors, MENTOR), (mentees, MENTEE)):
            for person in people:
                session.add(
                    MentorshipMember(
                        mentorship_id=mentorship.id,
                        participant_id=person.id,
                        role=role,
                        joined_on=started_on,
                        left_on=ended_on,
                    )
                )
    return mentorship


def make_meeting(
    place: Organization,
    mentorship: Mentorship,
    *,
    held_on: date = date(2026, 10, 12),
    kind: MeetingKind | str = MeetingKind.WORK,
    **more: object,
) -> Meeting:
    with transaction(actor_of(place).scope) as session:
        return insert(session, Meeting(mentorship_id=mentorship.id, held_on=held_on, kind=MeetingKind(kind), **more))


def _category(form: str, role: ParticipantRole) -> str:
    found = next((one for one in MENTORING_FORMS if one.code == form), None)
    if found is None:
        return ""
    categories = found.mentor_categories if role is MENTOR else found.mentee_categories
    return min(category.value for category in categories)
