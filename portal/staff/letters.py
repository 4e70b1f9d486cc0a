"""The letter of an invitation."""

from zoneinfo import ZoneInfo

from portal.notices.letters import Words
from tenants.accounts.invitations import Invitation, InvitationState, token_of
from tenants.db import ScopedSession
from tenants.organizations.models import Organization


def _term(invitation: Invitation) -> str:
    if invitation.since is None or invitation.until is None:
        return ""
    return f"Срок: с {invitation.since:%d.%m.%Y} по {invitation.until:%d.%m.%Y}\n"


def invitation_letter(session: ScopedSession, invitation_id: int) -> Words | None:
    """Return the words with the link that is good now; None once it was accepted, taken back or has expired."""
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.state is not InvitationState.SENT:
        return None
    place = session.get_one(Organization, (invitation.region_id, invitation.organization_id))
    until = invitation.expires_at.astimezone(ZoneInfo(place.time_zone))
    return Words(
        subject=f"Примите приглашение в портал наставничества – {place.name_short}",
        text=f"Здравствуйте!\n\nВас приглашают работать в портале наставничества.\n\n"
        f"Организация: {place.name_short}\nРоль: {invitation.role_label}\n{_term(invitation)}\n"
        "Чтобы принять приглашение, откройте ссылку:",
        link=f"/invitation/{token_of(invitation)}",
        after=f"Ссылка действует до {until:%d.%m.%Y, %H:%M} по времени организации и только один раз. "
        "Если Вы не ждали этого письма, ничего не делайте: без Вас учётная запись не появится.",
    )
