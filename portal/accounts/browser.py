"""The person behind a browser, for Flask-Login: the cookie holds a random token, the row of the sign-in decides."""

from flask import g, request, session
from flask_login import LoginManager, UserMixin

from portal.access import ACCESS, Rule
from tenants.accounts import commands as accounts
from tenants.accounts import looking
from tenants.accounts.actor import Actor
from tenants.accounts.queries import SignedIn, Stage, signed_in
from tenants.db import REGISTRY, ScopedSession, transaction

CHOSEN_ROLES = "roles"
"""Under this key the session keeps the role chosen for each organization code."""
_TOUCH_AFTER_SECONDS = 60

login_manager = LoginManager()
# The sign-in is checked against its row at every request, which is stronger than a hash of the browser's name.
login_manager.session_protection = None


class Browser(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """What Flask-Login keeps: a token for the cookie and, after loading, the living sign-in."""

    def __init__(self, token: str, person: SignedIn | None = None) -> None:
        self.token = token
        self.person = person

    def get_id(self) -> str:
        """Return what stands in the cookie."""
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def load(token: str) -> Browser | None:
    """Find the living sign-in of a token; a page with names is logged in the same transaction, before it is made."""
    rule = ACCESS.get(request.endpoint or "")
    with transaction(REGISTRY) as registry:
        person = signed_in(registry, token)
        if person is None:
            return None
        if person.idle_since > _TOUCH_AFTER_SECONDS:
            accounts.touch(registry, person.sign_in_id)
        if rule and rule.names and person.stage is Stage.WHOLE:
            _note_view(registry, person, rule)
    return Browser(token, person)


def workplaces_at(person: SignedIn, code: str | None) -> list[Actor]:
    """Return the roles a person has in an organization, the one chosen last first."""
    preferred = session.get(CHOSEN_ROLES, {}).get(code)
    places = [place for place in person.workplaces if place.organization.code == code]
    return sorted(places, key=lambda place: place.role != preferred)


def _note_view(registry: ScopedSession, person: SignedIn, rule: Rule) -> None:
    """Write a view of names down; above the viewer's limit the page is not made (portal.tenancy)."""
    allowed = [
        p for p in workplaces_at(person, g.get("code")) if isinstance(rule.who, frozenset) and p.role in rule.who
    ]
    if allowed:
        given = request.view_args or {}
        subject = ",".join(f"{name}={value}" for name, value in given.items())
        ids = [given["participant_id"]] if "participant_id" in given else []
        g.above_limit = not looking.note(
            registry, allowed[0], looking.Look(request.endpoint or "", subject, subject_ids=ids)
        )
