"""The page behind the link of an invitation: no sign-in needed to read it, and reading it uses nothing up."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal import formats
from portal.accounts.entering import INVITATION_KEY
from portal.context import signed_in
from portal.forms import Form
from portal.staff.schemas import NewcomerForm
from tenants import clock, journal
from tenants.accounts import accepting, invitations
from tenants.accounts.attempts import network_of, note_dead_link, refuse_searching
from tenants.accounts.invitations import Offer
from tenants.accounts.models import Membership
from tenants.accounts.queries import Stage
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError, NotFoundError

invitation = Blueprint("invitation", __name__, url_prefix="/invitation", template_folder="templates")

DEAD = "Ссылка не действует: она уже использована, отозвана или ей больше трёх суток. Попросите новое приглашение."


@invitation.get("/")
def waiting() -> ResponseReturnValue:
    """Go back to the invitation that waits in this browser for the end of a sign-in."""
    token = session.pop(INVITATION_KEY, "")
    if not token:
        raise NotFoundError
    return redirect(url_for(".accept", token=token), 303)


@invitation.route("/<token>", methods=["GET", "POST"])
def accept(token: str) -> ResponseReturnValue:
    """Show who invites where, and take the role."""
    offer = _offer(token)
    if offer.account_id is not None:
        return _as_known(token, offer)
    form = Form(NewcomerForm)
    if request.method == "POST":
        form = Form.submitted(NewcomerForm)
        if form.ok and (held := _made(token, form)):
            later = f" Замещение начнётся {formats.day(held.since)}." if _later(held, offer) else ""
            flash(f"Учётная запись создана. Войдите с адресом почты и паролем, который Вы придумали.{later}", "success")
            return redirect(url_for("accounts.sign_in"), 303)
    page = render_template("staff/accept.html", offer=offer, form=form)
    return page, 422 if form.errors else 200


def _as_known(token: str, offer: Offer) -> ResponseReturnValue:
    """Only who has signed in with the invited account may take the role: the second factor is asked there."""
    person = signed_in()
    other = person is not None and person.account.id != offer.account_id
    mine = person is not None and not other and person.stage is Stage.WHOLE
    if request.method == "POST" and person is not None and mine:
        try:
            with transaction(REGISTRY) as registry:
                held = accepting.accept_as_known(registry, token, person.account.id)
        except NotFoundError:
            raise NotFoundError(DEAD) from None
        if _later(held, offer):
            flash(
                f"Приглашение принято. {offer.place.name_short}: замещение начнётся {formats.day(held.since)}.",
                "success",
            )
            return redirect(url_for("start"), 303)
        flash(f"Теперь Вы работаете и здесь: {offer.place.name_short}.", "success")
        return redirect(url_for("overview.home", code=offer.place.code), 303)
    # Whoever has not signed in as the invited person is asked to; nothing has changed.
    journal.nothing_changed()
    if not mine:
        session[INVITATION_KEY] = token
    return render_template("staff/accept_known.html", offer=offer, mine=mine, other=other)


def _later(held: Membership, offer: Offer) -> bool:
    """Return whether the role begins on a day to come: until then there is no page to open."""
    return held.since > clock.today(offer.place.time_zone)


def _offer(token: str) -> Offer:
    network = network_of(request.remote_addr or "")
    with transaction(REGISTRY) as registry:
        refuse_searching(registry, network)
        offer = invitations.offer_of(registry, token)
        if offer is None:
            note_dead_link(registry, network)
    if offer is None:
        raise NotFoundError(DEAD)
    return offer


def _made(token: str, form: Form) -> Membership | None:
    values = {name: value for name, value in form.values.items() if name != "again"}
    try:
        with transaction(REGISTRY) as registry:
            return accepting.accept_as_new(registry, token, accepting.Newcomer(**values))
    except InvalidError as error:
        form.refuse(error)
        return None
    except NotFoundError:
        raise NotFoundError(DEAD) from None
