"""What heads and administrators of the small region did besides the months: rules, staff, names, a planned merger."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.demonstration.cast import Cast, Step, moment
from tenants.accounts import accepting, deputies, invitations
from tenants.accounts.actor import Actor
from tenants.accounts.deputies import Deputizing
from tenants.accounts.models import Membership, Role
from tenants.db import REGISTRY, transaction
from tenants.openings.commands import Asked, open_names
from tenants.openings.models import Ground, Reach
from tenants.participants.consents import NewConsent, consents_of, give_consent, usual_giver
from tenants.participants.models import ConsentKind, Participant, ParticipantRole, Participation
from tenants.participants.withdrawal import Withdrawal, withdraw_consent
from tenants.reorganizations.commands import Change, draft_reorganization, plan_reorganization
from tenants.reorganizations.models import Kind
from tenants.settings.calendar import Calendar, DaysOff, Shift
from tenants.settings.commands import decide
from tenants.settings.papers import Deadlines, Support, YearDay
from tenants.settings.queries import decisions, version_of
from tenants.settings.values import Setting

SCHOOL, OTHER_SCHOOL = "sosh12", "gimnaziya8"
DISTRICT, AWAY = "zarechny", "kedrovy"
"""A district at work, and one whose head is away."""
HELPED, HELPER = "raduga", "sosh4"
"""An organization that took on the curator of another one too."""
MERGED, HEIR = "bobrovka", "kedrovsk3"
MERGER_ON = date(2027, 1, 11)
DAY_OFF = date(2026, 12, 25)
"""The due day of December: with the region's own holiday it moves to the next working day."""
_CONSENTS_ON, _WITHDRAWN_ON = date(2026, 11, 10), date(2026, 11, 19)
_LISTED = 3
_WAITS = "Сверка списка к церемонии награждения наставников района"
_IN_FORCE = "Родитель просит уточнить, с кем и когда проходят встречи"


def script(cast: Cast) -> list[Step]:
    """Return what happened when, up to the morning on which the demonstration begins."""
    acts: list[tuple[date, int, int, Callable[[Cast], object]]] = [
        (date(2026, 11, 2), 10, 0, _set_rules),
        (date(2026, 11, 9), 11, 0, _invite_in_vain),
        (_CONSENTS_ON, 12, 0, _take_consents),
        (date(2026, 11, 13), 16, 0, _appoint_deputy),
        (date(2026, 11, 17), 9, 30, _take_on),
        (date(2026, 11, 18), 11, 0, _plan_merger),
        (_WITHDRAWN_ON, 13, 0, _withdraw_publication),
        (date(2026, 11, 20), 17, 40, _invite),
        # As late as can be: what was asked for, and what is open, lasts three days at most.
        (date(2026, 11, 21), 8, 35, _ask_for_names),
    ]
    return [Step(moment(day, hour, minute), partial(act, cast)) for day, hour, minute, act in acts]


def _set_rules(cast: Cast) -> None:
    actor = cast.admin
    usual = DaysOff.usual(DAY_OFF.year)
    days_off = DaysOff(usual.year, {**usual.off, DAY_OFF: "День Северолесской области"}, usual.working)
    wanted: list[tuple[Setting, date, str]] = [
        (days_off, date(2026, 1, 1), "Областной закон о праздничном дне"),
        (Calendar(shift=Shift.NEXT), date(2026, 12, 1), ""),
        (Deadlines(roadmap=YearDay(10, 15)), date(2026, 9, 1), ""),
        (Deadlines(roadmap=YearDay(10, 1)), date(2027, 9, 1), ""),
        (
            Support("Методист центра", "+7 (000) 210-40-12", "help@demo.example", "будни с 9 до 18"),
            date(2026, 11, 2),
            "",
        ),
    ]
    for value, valid_from, reason in wanted:
        with transaction(actor.scope) as session:
            version = version_of(decisions(session, actor.organization.id, value.kind))
            decide(session, actor, value, valid_from=valid_from, version=version, reason=reason)


def _invite_in_vain(cast: Cast) -> None:
    """Invite somebody who never opened the letter: the link is dead after three days."""
    actor = cast.actors[SCHOOL, Role.DIRECTOR]
    with transaction(REGISTRY) as session:
        invitations.invite(session, actor, actor.organization.id, Role.CURATOR, f"pedagog@{SCHOOL}.example")


def _take_on(cast: Cast) -> None:
    """Invite the curator of another organization, who accepts: one account, two places of work."""
    actor, helper = cast.actors[HELPED, Role.DIRECTOR], cast.curator(HELPER)
    with transaction(REGISTRY) as session:
        asked = invitations.invite(session, actor, actor.organization.id, Role.CURATOR, f"curator@{HELPER}.example")
        accepting.accept_as_known(session, invitations.token_of(asked), helper.user_id)


def _invite(cast: Cast) -> None:
    """Invite somebody whose answer is awaited."""
    actor = cast.actors[DISTRICT, Role.DISTRICT_HEAD]
    with transaction(REGISTRY) as session:
        address = f"specialist@{DISTRICT}.example"
        invitations.invite(session, actor, actor.organization.id, Role.DISTRICT_REVIEWER, address)


def _appoint_deputy(cast: Cast) -> None:
    head, reviewer = cast.actors[AWAY, Role.DISTRICT_HEAD], cast.actors[AWAY, Role.DISTRICT_REVIEWER]
    terms = Deputizing(date(2026, 11, 16), date(2026, 12, 4), "курсы повышения квалификации")
    with transaction(REGISTRY) as session:
        held = session.scalars(
            select(Membership.id).where(
                Membership.user_id == head.user_id,
                Membership.organization_id == head.organization.id,
                Membership.role == Role.DISTRICT_HEAD,
            )
        ).one()
        deputies.appoint(session, head, held, reviewer.user_id, terms)


def _take_consents(cast: Cast) -> None:
    """Let a few pupils of two schools agree to publication, and to their names being shown above the school."""
    for code, count in ((SCHOOL, _LISTED), (OTHER_SCHOOL, 1)):
        actor = cast.curator(code)
        with transaction(actor.scope) as session:
            for pupil in _pupils(session, count):
                for kind in (ConsentKind.PUBLICATION, ConsentKind.TRANSFER):
                    giver = usual_giver(pupil.born_on, _CONSENTS_ON)
                    new = NewConsent(_CONSENTS_ON, kind, giver, date(2027, 8, 31), document="папка 7")
                    give_consent(session, actor, pupil.id, new)


def _withdraw_publication(cast: Cast) -> None:
    actor = cast.curator(SCHOOL)
    with transaction(actor.scope) as session:
        last = _pupils(session, _LISTED)[-1]
        given = [one for one in consents_of(session, last.id) if one.kind is ConsentKind.PUBLICATION]
        withdraw_consent(session, actor, given[0].id, Withdrawal(_WITHDRAWN_ON))


def _ask_for_names(cast: Cast) -> None:
    """Ask for a list, which waits for a second person, and open one name, which does not."""
    actor = cast.reviewer(SCHOOL)
    for code, count, reach, ground, hours, reason in (
        (SCHOOL, _LISTED, Reach.LIST, Ground.AWARD, 24, _WAITS),
        (OTHER_SCHOOL, 1, Reach.PERSON, Ground.APPEAL, 72, _IN_FORCE),
    ):
        with transaction(cast.curator(code).scope.reading()) as session:
            ids = [one.id for one in _pupils(session, count)]
        with transaction(actor.scope) as session:
            open_names(session, actor, cast.places[code].id, Asked(reach, ground, reason, hours, participant_ids=ids))


def _plan_merger(cast: Cast) -> None:
    actor: Actor = cast.admin
    change = Change(
        Kind.MERGE,
        [cast.places[MERGED].id],
        MERGER_ON,
        receiver=cast.places[HEIR].id,
        order_number="214-р",
        order_on=date(2026, 11, 16),
        reason="Присоединение малокомплектной школы",
    )
    with transaction(actor.scope) as session:
        row = draft_reorganization(session, actor, change)
    with transaction(actor.scope) as session:
        plan_reorganization(session, actor, row.id, version=row.version)


def _pupils(session: Session, count: int) -> Sequence[Participant]:
    """Return the first pupils by number who take part now: nobody of them has withdrawn."""
    part = select(Participation.participant_id).where(
        Participation.role == ParticipantRole.MENTEE,
        Participation.category == "pupil",
        Participation.ended_on.is_(None),
    )
    query = select(Participant).where(Participant.id.in_(part)).order_by(Participant.number).limit(count)
    return session.scalars(query).all()
