"""Accept an invitation: a new account, or one more role for the account the address has. In the registry's scope."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from tenants import clock
from tenants.accounts import events
from tenants.accounts.commands import NewAccount, create_account
from tenants.accounts.deputy_invitations import take_up
from tenants.accounts.events import Who
from tenants.accounts.invitations import Offer, offer_of
from tenants.accounts.models import Membership, UserAccount
from tenants.accounts.people import presume_same
from tenants.accounts.staff import hold_role
from tenants.errors import ForbiddenError, NotFoundError


@dataclass(frozen=True)
class Newcomer:
    """What somebody without an account says about themselves."""

    last_name: str
    first_name: str
    middle_name: str
    phone: str
    password: str


def accept_as_new(session: Session, token: str, newcomer: Newcomer) -> Membership:
    """Make an account for the invited address and give it the role; a deputy's may begin on a later day.

    Raises:
        NotFoundError: the link is dead, or the address has an account by now.
        ForbiddenError: the name is the inviter's own, so the two count as one person.
        InvalidError: the password is weak.
        WrongStateError, ForbiddenError: a deputy is not to be had (deputy_invitations.take_up).

    """
    offer = _locked(session, token)
    if offer.account_id is not None:
        raise NotFoundError
    names = (newcomer.last_name, newcomer.first_name, newcomer.middle_name)
    new = NewAccount(offer.invitation.email, *names, newcomer.password)
    account = create_account(session, new, must_change_password=False)
    account.phone = newcomer.phone.strip()
    presume_same(session, account, offer.place.region_id)
    return _take(session, offer, account)


def accept_as_known(session: Session, token: str, account_id: int) -> Membership:
    """Give the role to the account of the invited address, whose owner has signed in.

    Raises:
        NotFoundError: the link is dead, or was sent to another address.
        ForbiddenError: the account is the inviter's own, or of the same person.
        WrongStateError, ForbiddenError: a deputy is not to be had (deputy_invitations.take_up).

    """
    offer = _locked(session, token)
    if offer.account_id is None or offer.account_id != account_id:
        raise NotFoundError
    return _take(session, offer, session.get_one(UserAccount, account_id))


def _locked(session: Session, token: str) -> Offer:
    offer = offer_of(session, token, lock=True)
    if offer is None:
        raise NotFoundError
    return offer


def _refuse_own(session: Session, invited_by: int | None, account: UserAccount) -> None:
    """Whoever invited may have become the owner of the invited address since."""
    inviter = None if invited_by is None else session.get_one(UserAccount, invited_by)
    if inviter is not None and inviter.person == account.person:
        raise ForbiddenError("Самому себе роль назначить нельзя: попросите другого администратора пригласить Вас.")


def _take(session: Session, offer: Offer, account: UserAccount) -> Membership:
    invitation = offer.invitation
    _refuse_own(session, invitation.invited_by, account)
    invitation.accepted_at, invitation.accepted_by = clock.now(), account.id
    event, told = "membership.granted", dict[str, object](role=invitation.role.value)
    if invitation.deputy_of_id is None:
        made = hold_role(session, account, offer.place, invitation.role)
    else:
        event = "deputy.appointed"
        made, told = take_up(session, offer, account)
    events.record(
        session,
        Who(account.id, account.name_short),
        event,
        on_user_id=account.id,
        place=offer.place,
        invitation=invitation.id,
        invited_by=invitation.invited_by,
        **told,
    )
    return made
