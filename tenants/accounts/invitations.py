"""Invitations by a link in a letter: used once, three days, down the tree. All of it in the registry's scope.

The link's token is made from the row's number, its nonce and the secret key, so neither the row nor the letter's row
holds it. Whoever invites never learns whether the address had an account before.
"""

import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Integer, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants import clock, journal
from tenants.accounts import events, rights
from tenants.accounts.actor import Actor
from tenants.accounts.events import Who
from tenants.accounts.models import Membership, Role, UserAccount
from tenants.accounts.queries import holds_today, workplaces_of
from tenants.db import Base, insert, text_enum
from tenants.errors import ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.notices.commands import request_letter
from tenants.organizations.models import Organization
from tenants.organizations.tree import living_on

LETTER = "invitation"
TERM = timedelta(hours=72)
_NONCE_BYTES = 16
_ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_LONGEST_ADDRESS = 200
Told = tuple[str, Mapping[str, object]]


class InvitationState(StrEnum):
    """Where an invitation stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"


class Invitation(Base):
    """A role offered to an address, until `expires_at`; a deputy's names the membership it is to stand in for."""

    __tablename__ = "invitation"
    __table_args__ = (
        ForeignKeyConstraint(
            ["region_id", "organization_id"],
            ["organization.region_id", "organization.id"],
            name="fk_invitation_organization",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    region_id: Mapped[int] = mapped_column(Integer)
    organization_id: Mapped[int] = mapped_column(Integer)
    email: Mapped[str] = mapped_column(info={"personal": True})
    """Lower case."""
    role: Mapped[Role] = mapped_column(text_enum(Role))
    invited_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", name="invitation_invited_by_fkey"))
    """None where the command line invited the first administrator."""
    inviter_name: Mapped[str] = mapped_column(default="")
    nonce: Mapped[bytes]
    sent_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    accepted_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", name="invitation_accepted_by_fkey"))
    taken_back_at: Mapped[datetime | None]
    deputy_of_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id", name="fk_invitation_deputy_of"))
    since: Mapped[date | None]
    """First day of a deputy; the day of the acceptance where that comes later."""
    until: Mapped[date | None]
    """Last day of a deputy."""
    suspends: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    """Why there is a deputy; a word of staff."""

    @property
    def role_label(self) -> str:
        """Return the Russian name of the role, a deputy's with «и. о.»."""
        return f"и. о. {self.role.label_of}" if self.deputy_of_id else self.role.label

    @property
    def state(self) -> InvitationState:
        """Return where it stands now."""
        if self.accepted_at is not None:
            return InvitationState.ACCEPTED
        if self.taken_back_at is not None:
            return InvitationState.TAKEN_BACK
        return InvitationState.SENT if clock.now() < self.expires_at else InvitationState.EXPIRED


def checked_address(email: str) -> str:
    """Return an address in lower case.

    Raises:
        InvalidError: it cannot be an address.

    """
    address = email.strip().lower()
    if not _ADDRESS.fullmatch(address) or len(address) > _LONGEST_ADDRESS:
        raise InvalidError("Укажите адрес почты, например ivanova@school12.ru.", field="email")
    return address


def invite(session: Session, actor: Actor, organization_id: int, role: Role, email: str) -> Invitation:
    """Offer a role to an address; asking again sends a new link and the old one is dead.

    Raises:
        NotFoundError: the organization is out of reach.
        ForbiddenError: the actor may not name this role there, or invites an account of their own.
        InvalidError: no address, or that person holds the role already.

    """
    place = place_in_reach(session, actor, organization_id)
    if role not in rights.nameable(rights.standing_of(actor), place):
        raise ForbiddenError(f"Назначить роль «{role.label}» в организации «{place.name_short}» Вы не можете.")
    address = checked_address(email)
    refuse_self(session, actor, address)
    return send(session, Who(actor.user_id, actor.name), place, Proposal(role, address))


def invite_first(session: Session, place: Organization, role: Role, email: str) -> Invitation:
    """Invite without an inviter: the command line names the first administrator."""
    if role not in rights.roles_of(place.kind):
        raise InvalidError(f"Роль «{role.label}» не подходит организации «{place.name_short}».", field="role")
    return send(session, Who(None, "Портал"), place, Proposal(role, checked_address(email)))


def resend(session: Session, actor: Actor, invitation_id: int) -> Invitation:
    """Send a new link; the one sent before stops working."""
    invitation, place = _of_actor(session, actor, invitation_id)
    if invitation.until is not None and invitation.until < clock.today(place.time_zone):
        raise WrongStateError("Срок замещения уже прошёл. Отзовите приглашение и назначьте заместителя заново.")
    _refuse_held(session, place.id, invitation.role, invitation.email)
    return _post(session, Who(actor.user_id, actor.name), place, invitation, "invitation.sent_again")


def may_lead(actor: Actor, invitation: Invitation, place: Organization, held: Membership | None) -> bool:
    """Return whether the actor sends an invitation again and takes it back; `held` is what a deputy's stands in for."""
    if held is not None:
        return rights.may_invite_deputy(actor, held, place)
    return invitation.role in rights.nameable(rights.standing_of(actor), place)


def take_back(session: Session, actor: Actor, invitation_id: int) -> Invitation:
    """Take an invitation back; taking it back twice changes nothing."""
    invitation, place = _of_actor(session, actor, invitation_id, open_only=False)
    if invitation.taken_back_at is not None:
        journal.nothing_changed()
        return invitation
    if invitation.accepted_at is not None:
        raise WrongStateError("Приглашение уже принято. Завершите роль сотрудника на странице организации.")
    invitation.taken_back_at = clock.now()
    events.record(
        session,
        Who(actor.user_id, actor.name),
        "invitation.taken_back",
        place=place,
        invitation=invitation.id,
        role=invitation.role.value,
    )
    return invitation


def waiting(session: Session, organization_id: int) -> Sequence[Invitation]:
    """Return the invitations that were neither accepted nor taken back, expired ones among them, the newest first."""
    return session.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == organization_id,
            Invitation.accepted_at.is_(None),
            Invitation.taken_back_at.is_(None),
        )
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
    ).all()


def token_of(invitation: Invitation) -> str:
    """Return the secret part of the link that is good now."""
    return f"{invitation.id:x}.{_mac(invitation.id, invitation.nonce)}"


@dataclass(frozen=True)
class Offer:
    """What a good link offers."""

    invitation: Invitation
    place: Organization
    account_id: int | None
    """The account that the address has; only the holder of the link may learn of it."""


def offer_of(session: Session, token: str, *, lock: bool = False) -> Offer | None:
    """Return what a link offers; reading uses nothing.

    None when it is unknown, used, expired, taken back or replaced, when whoever invited may not name the role now, or
    when whom a deputy was to stand in for has left: a dismissed person, or one whose account is closed, leaves no open
    door behind.
    """
    head, _, mac = token.partition(".")
    number = int(head, 16) if re.fullmatch(r"[0-9a-f]{1,12}", head) else 0
    query = (
        select(Invitation, Organization, UserAccount.id)
        .join(Organization, Organization.id == Invitation.organization_id)
        .outerjoin(UserAccount, UserAccount.email == Invitation.email)
        .where(Invitation.id == number, or_(living_on(clock.today()), Invitation.role == Role.KEEPER))
    )
    row = session.execute(query.with_for_update(of=Invitation) if lock else query).one_or_none()
    # An unknown number costs the same work as a known one.
    fits = hmac.compare_digest(_mac(number, row[0].nonce if row else b""), mac)
    if row is None or not fits or row[0].state is not InvitationState.SENT or not _stands(session, row[0], row[1]):
        return None
    return Offer(*row)


def _stands(session: Session, invitation: Invitation, place: Organization) -> bool:
    if invitation.invited_by is None:
        return True
    held = _stood_in_for(session, invitation)
    if held is not None and (held.ended_at or (held.until and held.until < clock.today(place.time_zone))):
        return False
    inviter = session.get_one(UserAccount, invitation.invited_by)
    if inviter.disabled_at is not None:
        return False
    seats = workplaces_of(session, inviter)
    return any(may_lead(seat, invitation, place, held) for seat in seats)


def _stood_in_for(session: Session, invitation: Invitation) -> Membership | None:
    return session.get_one(Membership, invitation.deputy_of_id) if invitation.deputy_of_id else None


def place_in_reach(session: Session, actor: Actor, organization_id: int) -> Organization:
    """Return an organization of the actor's own subtree; which roles an archived one still has, `nameable` says.

    Raises:
        NotFoundError: it does not exist, or stands elsewhere in the tree.

    """
    place = session.scalars(select(Organization).where(Organization.id == organization_id)).one_or_none()
    if place is None or rights.where(actor.organization, place) is None:
        raise NotFoundError
    return place


def refuse_self(session: Session, actor: Actor, email: str) -> None:
    """Let nobody give a role to themselves, from whatever account.

    Raises:
        ForbiddenError: the address belongs to the actor.

    """
    known = session.scalar(select(UserAccount.id).where(UserAccount.email == email))
    if actor.is_person(known):
        raise ForbiddenError("Самому себе роль назначить нельзя: попросите другого администратора.")


@dataclass(frozen=True)
class Proposal:
    """What is offered to whom; the rest is a deputy's."""

    role: Role
    email: str
    deputy_of_id: int | None = None
    since: date | None = None
    until: date | None = None
    suspends: bool = False
    reason: str = ""


def send(session: Session, who: Who, place: Organization, offered: Proposal, *, told: Told | None = None) -> Invitation:
    """Write an invitation down and ask for its letter, once rights were checked; an open one is sent again.

    `told` is the event of the first sending, its name and what it tells besides.

    Raises:
        InvalidError: that person holds the role already.

    """
    _refuse_held(session, place.id, offered.role, offered.email)
    known = session.scalars(
        select(Invitation)
        .where(
            Invitation.organization_id == place.id,
            Invitation.email == offered.email,
            Invitation.role == offered.role,
            Invitation.deputy_of_id == offered.deputy_of_id,
            Invitation.accepted_at.is_(None),
            Invitation.taken_back_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if known is None:
        made = Invitation(region_id=place.region_id, organization_id=place.id, **asdict(offered))
        return _post(session, who, place, made, *(told or ("invitation.sent", {})))
    for name, value in asdict(offered).items():
        setattr(known, name, value)
    return _post(session, who, place, known, "invitation.sent_again")


def _post(
    session: Session,
    who: Who,
    place: Organization,
    invitation: Invitation,
    event: str,
    detail: Mapping[str, object] = MappingProxyType({}),
) -> Invitation:
    invitation.nonce, invitation.sent_at = secrets.token_bytes(_NONCE_BYTES), clock.now()
    invitation.expires_at = _expiry(place, invitation)
    invitation.invited_by, invitation.inviter_name = who.user_id, who.name
    insert(session, invitation)
    request_letter(session, LETTER, invitation.email, invitation.id)
    told = {"invitation": invitation.id, "role": invitation.role.value} | dict(detail)
    events.record(session, who, event, on_user_id=None, place=place, **told)
    return invitation


def _expiry(place: Organization, invitation: Invitation) -> datetime:
    """Three days, and for a deputy not longer than the term to be worked."""
    longest = clock.now() + TERM
    if invitation.until is None:
        return longest
    over = datetime.combine(invitation.until + timedelta(days=1), time(), ZoneInfo(place.time_zone))
    return min(longest, over)


def _refuse_held(session: Session, organization_id: int, role: Role, email: str) -> None:
    # The staff page names its members anyway, so the answer tells nothing of other accounts.
    held = (
        select(Membership.id)
        .join(UserAccount, UserAccount.id == Membership.user_id)
        .where(
            UserAccount.email == email,
            Membership.organization_id == organization_id,
            Membership.role == role,
            Membership.deputy_of_id.is_(None),
            holds_today(Membership),
        )
    )
    if session.scalar(held.limit(1)) is not None:
        raise InvalidError(f"У этого сотрудника уже есть роль «{role.label}».", field="email")


def _of_actor(
    session: Session, actor: Actor, invitation_id: int, *, open_only: bool = True
) -> tuple[Invitation, Organization]:
    invitation = session.scalars(
        select(Invitation).where(Invitation.id == invitation_id).with_for_update()
    ).one_or_none()
    if invitation is None:
        raise NotFoundError
    place = place_in_reach(session, actor, invitation.organization_id)
    if not may_lead(actor, invitation, place, _stood_in_for(session, invitation)):
        raise ForbiddenError("Это приглашение ведёт тот, кто может назначить такую роль.")
    if open_only and (invitation.accepted_at or invitation.taken_back_at):
        raise WrongStateError("Приглашение уже принято или отозвано.")
    return invitation, place


def _mac(number: int, nonce: bytes) -> str:
    key = os.environ.get("SECRET_KEY", "").encode()
    return hmac.new(key, b"invitation:%d:" % number + nonce, hashlib.sha256).hexdigest()
