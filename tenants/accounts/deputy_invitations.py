"""A deputy who does not work here yet: invited by letter like staff, for a term. All of it in the registry's scope.

The term begins on the stated day, or on the day of the acceptance where that comes later, and ends on the stated one.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts import deputies, rights
from tenants.accounts.actor import Actor
from tenants.accounts.deputies import Deputizing
from tenants.accounts.events import Who
from tenants.accounts.invitations import Invitation, Offer, Proposal, checked_address, place_in_reach, refuse_self, send
from tenants.accounts.models import Membership, UserAccount
from tenants.accounts.queries import holds_today
from tenants.errors import ForbiddenError, InvalidError, WrongStateError


def invite_deputy(session: Session, actor: Actor, membership_id: int, email: str, deputizing: Deputizing) -> Invitation:
    """Offer to an address to stand in for somebody until a day; asking again sends a new link and the new days.

    Raises:
        NotFoundError: a role of an organization out of reach.
        ForbiddenError: the actor names no deputy for this role or invites nobody there, or invites an own account.
        InvalidError: the term, the reason or the address does not fit.
        WrongStateError: there is a deputy, or another address has been asked.

    """
    held = deputies.locked(session, membership_id)
    place = place_in_reach(session, actor, held.organization_id)
    if not rights.may_invite_deputy(actor, held, place):
        raise ForbiddenError("Приглашает заместителя по почте тот, кто приглашает сотрудников этой организации.")
    deputies.refuse_ended(held, place)
    deputies.refuse_bad_term(deputizing, place)
    address = checked_address(email)
    if address == session.get_one(UserAccount, held.user_id).email:
        raise InvalidError("Это адрес самого сотрудника. Укажите адрес заместителя.", field="email")
    refuse_self(session, actor, address)
    deputies.refuse_taken(session, held)
    _refuse_another(session, held, address)
    offered = Proposal(
        held.role,
        address,
        held.id,
        deputizing.since,
        deputizing.until,
        deputizing.suspends,
        deputizing.reason.strip(),
    )
    told = ("deputy.invited", deputies.told(held, deputizing))
    return send(session, Who(actor.user_id, actor.name), place, offered, told=told)


def take_up(session: Session, offer: Offer, account: UserAccount) -> tuple[Membership, dict[str, object]]:
    """Put the invited person in place for what is left of the term; the membership, and what its event tells.

    Raises:
        ForbiddenError: it is the person who is to be stood in for, maybe with another account.
        WrongStateError: that role is over, the person holds it already, or somebody else stands in.

    """
    invitation, place = offer.invitation, offer.place
    held = deputies.locked(session, invitation.deputy_of_id or 0)
    deputies.refuse_ended(held, place)
    if deputies.same_person(session, held, account):
        raise ForbiddenError("Заместителем не может быть тот, кого замещают, и с другой учётной записи тоже.")
    if _holds(session, held, account):
        raise WrongStateError("Эта роль у Вас уже есть, замещение не нужно.")
    deputies.refuse_taken(session, held)
    today = clock.today(place.time_zone)
    since, until = invitation.since or today, invitation.until or today
    deputizing = Deputizing(max(since, today), until, invitation.reason, invitation.suspends)
    made = deputies.put_in_place(session, held, account.id, deputizing)
    return made, deputies.told(held, deputizing)


def _holds(session: Session, held: Membership, account: UserAccount) -> bool:
    same = select(Membership.id).where(
        Membership.user_id == account.id,
        Membership.organization_id == held.organization_id,
        Membership.role == held.role,
        holds_today(Membership),
    )
    return session.scalar(same.limit(1)) is not None


def _refuse_another(session: Session, held: Membership, address: str) -> None:
    """Two people who accept the same absence would both be right: only one is asked at a time."""
    asked = select(Invitation.id).where(
        Invitation.deputy_of_id == held.id,
        Invitation.email != address,
        Invitation.accepted_at.is_(None),
        Invitation.taken_back_at.is_(None),
        Invitation.expires_at > clock.now(),
    )
    if session.scalar(asked.limit(1)) is not None:
        raise WrongStateError("Приглашение заместителю уже отправлено. Отзовите его, чтобы пригласить другого.")
