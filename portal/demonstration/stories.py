"""Single stories of the small region: a transfer, a consent withdrawn, a pair written down twice, a late correction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demonstration import steps
from portal.demonstration.cast import Cast, Step, moment
from portal.demonstration.pairs import Pair
from portal.demonstration.people import Human
from portal.demonstration.steps import Change
from portal.demonstration.words import words
from reports import months
from tenants.accounts.actor import Actor
from tenants.db import transaction
from tenants.mentorships.commands import Terms, create_mentorship
from tenants.participants.commands import Card, NewPerson, add_person, person_of
from tenants.participants.consents import NewConsent, consents_of, give_consent
from tenants.participants.models import EndReason, Giver, ParticipantRole, Participation
from tenants.participants.participations import NewPart, edit_participation, end_participation
from tenants.participants.withdrawal import Withdrawal, withdraw_consent
from tenants.periods import Month
from tenants.submissions import entries, queries

_FORM = "student_student"
_OLD_SCHOOL, _NEW_SCHOOL = "sosh4", "sosh12"
LEFT, CAME = date(2026, 10, 30), date(2026, 11, 2)
WITHDRAWN = date(2026, 10, 14)
_OCTOBER = (date(2026, 10, 5), date(2026, 10, 25))
_TRAINED, _PARTNER = "5", "9"
_LATE_START = date(2026, 10, 22)


@dataclass
class Picks:
    """Pairs that stories happen to, chosen while the region was drawn."""

    pairs: dict[str, Pair] = field(default_factory=dict)
    people: dict[Human, int] = field(default_factory=dict)

    def mentee(self, story: str) -> int:
        """Return the participant whom a story is about."""
        pair = self.pairs[story]
        return self.people[next(member.human for member in pair.members if member.side == "mentee")]


def prepare(code: str, pairs: list[Pair], picks: Picks) -> None:
    """Choose the pairs of an organization's stories, so that no meeting is written down after their end."""
    if code == _OLD_SCHOOL:
        _pick(picks, "transfer", _fitting(pairs, date(2026, 9, 1), date(2026, 10, 1)), LEFT)
    if code == _NEW_SCHOOL:
        _pick(picks, "withdrawal", _fitting(pairs, date(2026, 9, 1), date(2026, 10, 1)), WITHDRAWN)
        _pick(picks, "twice", _fitting(pairs, *_OCTOBER), date(2026, 10, 1))
        _pick(picks, "late", _fitting(pairs, date(2026, 10, 26), date(2026, 11, 13)), None)


def _fitting(pairs: Iterable[Pair], first: date, last: date) -> list[Pair]:
    """Return open pairs of pupils that began between two days and whose people are in nothing else."""
    return [
        pair
        for pair in pairs
        if pair.form.code == _FORM
        and not pair.group
        and pair.end is None
        and first <= pair.start <= last
        and all(len(stays) == 1 for member in pair.members for stays in member.human.stays.values())
    ]


def _pick(picks: Picks, story: str, pairs: list[Pair], quiet_from: date | None) -> None:
    pair = next((one for one in pairs if one not in picks.pairs.values()), None)
    if pair is not None:
        pair.quiet_from = quiet_from
        picks.pairs[story] = pair


def script(cast: Cast, picks: Picks) -> list[Step]:
    """Return when which story happened."""
    acts = {
        "withdrawal": Step(moment(WITHDRAWN, 12), partial(_withdraw, cast, picks)),
        "transfer": Step(moment(CAME, 13), partial(_transfer, cast, picks)),
        "twice": Step(moment(date(2026, 11, 10), 15), partial(_written_twice, cast, picks)),
        "late": Step(moment(date(2026, 11, 17), 16), partial(_begun_earlier, cast, picks)),
    }
    return [step for story, step in acts.items() if story in picks.pairs]


def _withdraw(cast: Cast, picks: Picks) -> None:
    actor, participant_id = cast.curator(_NEW_SCHOOL), picks.mentee("withdrawal")
    with transaction(actor.scope) as session:
        given = consents_of(session, participant_id)
        if not given:
            new = NewConsent(date(2026, 9, 2), given_by=Giver.REPRESENTATIVE)
            given = [give_consent(session, actor, participant_id, new)]
        withdraw_consent(session, actor, given[0].id, Withdrawal(WITHDRAWN))


def _transfer(cast: Cast, picks: Picks) -> None:
    """Let a pupil leave one school and come into the other: two cards, one identity key."""
    old, participant_id = cast.curator(_OLD_SCHOOL), picks.mentee("transfer")
    with transaction(old.scope) as session:
        part = _open_part(session, participant_id)
        end_participation(session, old, part.id, ended_on=LEFT, reason=EndReason.TRANSFERRED)
        participant, person = person_of(session, participant_id)
        card = Card(person.name, participant.born_on, participant.sex, None, "", "", person.representative)
        class_name = part.class_name
    new = cast.curator(_NEW_SCHOOL)
    with transaction(new.scope) as session:
        came = NewPart(ParticipantRole.MENTEE, _FORM, CAME, class_name=class_name)
        consent = NewConsent(CAME, given_by=Giver.REPRESENTATIVE)
        pupil = add_person(session, new, NewPerson(card, came, consent), namesake=True)
        terms = Terms(_FORM, CAME, "adapted_newcomer", order_number="11-н", order_on=CAME)
        create_mentorship(session, new, terms, mentors=[_free_mentor(session)], mentees=[pupil.id])


def _written_twice(cast: Cast, picks: Picks) -> None:
    actor = cast.curator(_NEW_SCHOOL)
    with transaction(actor.scope) as session:
        part = _open_part(session, picks.mentee("twice"))
        end_participation(session, actor, part.id, ended_on=part.started_on, reason=EndReason.MISTAKE)


def _begun_earlier(cast: Cast, picks: Picks) -> None:
    """Correct a start that was written down too late: October changes although it is accepted."""
    actor = cast.curator(_NEW_SCHOOL)
    with transaction(actor.scope) as session:
        part = _open_part(session, picks.mentee("late"))
        new = NewPart(part.role, part.mentoring_form, _LATE_START, part.category, part.class_name)
        edit_participation(session, actor, part.id, new, version=part.version)


def november_draft(cast: Cast, month: Month) -> None:
    """Leave the draft of November as a curator left it: adjusted meetings, one wrong number by hand, open questions."""
    actor, submission_id = cast.curator(_NEW_SCHOOL), steps.begin(cast, _NEW_SCHOOL, month)
    reason = words("words", "adjustment_reasons")[0]
    steps.adjust(cast, _NEW_SCHOOL, month, [Change("4", 3), Change("5", 2)], reason)
    with transaction(actor.scope) as session:
        _mistype(session, actor, submission_id)


def _mistype(session: Session, actor: Actor, submission_id: int) -> None:
    cells = queries.cells_of(session, submission_id)
    trained, mentors = cells["1", _TRAINED, _PARTNER], cells["1", "4", _PARTNER]
    wrong = (mentors.value or Decimal(0)) + 1
    if trained.computed:
        entries.adjust(session, actor, submission_id, trained.place, entries.Adjustment(wrong, "Обучены в октябре."))
    else:
        entries.set_manual(session, actor, submission_id, trained.place, wrong)
    months.recount_findings(session, actor, submission_id)


def _open_part(session: Session, participant_id: int) -> Participation:
    return session.scalars(
        select(Participation)
        .where(Participation.participant_id == participant_id, Participation.ended_on.is_(None))
        .order_by(Participation.id)
        .limit(1)
    ).one()


def _free_mentor(session: Session) -> int:
    return session.scalars(
        select(Participation.participant_id)
        .where(
            Participation.role == ParticipantRole.MENTOR,
            Participation.mentoring_form == _FORM,
            Participation.ended_on.is_(None),
            Participation.started_on <= CAME - timedelta(days=1),
        )
        .order_by(Participation.id)
        .limit(1)
    ).one()
