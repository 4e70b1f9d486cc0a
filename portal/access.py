"""Which page for whom: one table. An endpoint without an entry stops the start, a test asks every cell of it."""

from dataclasses import dataclass
from enum import Enum

from flask import Flask

from tenants.accounts.models import Role


class Everyone(Enum):
    """Pages that belong to no organization."""

    PUBLIC = "public"
    """Without sign-in."""
    SIGNED_IN = "signed_in"
    """Any person who has signed in."""


@dataclass(frozen=True)
class Rule:
    """Who may open an endpoint."""

    who: frozenset[Role] | Everyone
    names: bool = False
    """True where the page shows names of pupils or mentors: the view is logged before the page is sent."""


CURATOR, DIRECTOR = Role.CURATOR, Role.DIRECTOR
DISTRICT, REGION, ANALYST = Role.DISTRICT_REVIEWER, Role.REGION_ADMIN, Role.REGION_ANALYST
SCHOOL = frozenset({CURATOR, DIRECTOR})
REVIEWERS = frozenset({DISTRICT, REGION})
ABOVE = frozenset({DISTRICT, REGION, ANALYST})
ALL = frozenset(Role)


def _to(*roles: Role | frozenset[Role], names: bool = False) -> Rule:
    who = frozenset(role for item in roles for role in (item if isinstance(item, frozenset) else {item}))
    return Rule(who, names)


_PUBLIC = Rule(Everyone.PUBLIC)
_SIGNED_IN = Rule(Everyone.SIGNED_IN)

ACCESS: dict[str, Rule] = {
    # The frame
    "static": _PUBLIC,
    "health": _PUBLIC,
    "start": _PUBLIC,
    # Accounts
    "accounts.sign_in": _PUBLIC,
    "accounts.preferences": _PUBLIC,
    "accounts.sign_out": _SIGNED_IN,
    "accounts.choose": _SIGNED_IN,
    "accounts.password": _SIGNED_IN,
    # Overview
    "overview.home": _to(ALL),
    "overview.changes": _to(SCHOOL),
    "overview.silent": _to(SCHOOL, names=True),
    # Organizations
    "organizations.card": _to(ALL),
    "organizations.register": _to(ABOVE),
    "organizations.edit": _to(CURATOR, DIRECTOR, DISTRICT, REGION),
    # Participants
    "participants.people": _to(SCHOOL, names=True),
    "participants.person": _to(SCHOOL, names=True),
    "participants.history": _to(SCHOOL, names=True),
    "participants.download": _to(SCHOOL, names=True),
    "participants.sample": _to(SCHOOL),
    "participants.add": _to(CURATOR),
    "participants.edit": _to(CURATOR, names=True),
    "participants.add_part": _to(CURATOR, names=True),
    "participants.edit_part": _to(CURATOR, names=True),
    "participants.end_part": _to(CURATOR, names=True),
    "participants.give_consent": _to(CURATOR, names=True),
    "participants.withdraw_consent": _to(CURATOR, names=True),
    "participants.paste": _to(CURATOR, names=True),
    "participants.paste_load": _to(CURATOR, names=True),
    "participants.paste_errors": _to(CURATOR, names=True),
    # Mentorships
    "mentorships.pairs": _to(SCHOOL, names=True),
    "mentorships.pair": _to(SCHOOL, names=True),
    "mentorships.history": _to(SCHOOL, names=True),
    "mentorships.download": _to(SCHOOL, names=True),
    "mentorships.programmes": _to(SCHOOL),
    "mentorships.add": _to(CURATOR, names=True),
    "mentorships.edit": _to(CURATOR, names=True),
    "mentorships.end": _to(CURATOR, names=True),
    "mentorships.add_member": _to(CURATOR, names=True),
    "mentorships.remove_member": _to(CURATOR, names=True),
    "mentorships.add_meeting": _to(CURATOR, names=True),
    "mentorships.edit_meeting": _to(CURATOR, names=True),
    "mentorships.cancel_meeting": _to(CURATOR),
    "mentorships.restore_meeting": _to(CURATOR),
    "mentorships.add_programme": _to(CURATOR),
    "mentorships.edit_programme": _to(CURATOR),
    # Roadmaps
    "roadmaps.plan": _to(SCHOOL),
    "roadmaps.show": _to(ALL),
    "roadmaps.sheet": _to(ALL),
    "roadmaps.version": _to(ALL),
    "roadmaps.document": _to(ALL),
    "roadmaps.start": _to(SCHOOL),
    "roadmaps.upload": _to(SCHOOL),
    "roadmaps.reading": _to(SCHOOL),
    "roadmaps.replace": _to(SCHOOL),
    "roadmaps.drop": _to(SCHOOL),
    "roadmaps.title": _to(SCHOOL),
    "roadmaps.send": _to(SCHOOL),
    "roadmaps.recall": _to(SCHOOL),
    "roadmaps.revise": _to(SCHOOL),
    "roadmaps.add": _to(SCHOOL),
    "roadmaps.edit": _to(SCHOOL),
    "roadmaps.remove": _to(SCHOOL),
    "roadmaps.restore": _to(SCHOOL),
    "roadmaps.move": _to(SCHOOL),
    "roadmaps.answer": _to(SCHOOL),
    "roadmaps.anchor": _to(SCHOOL),
    "roadmaps.done": _to(SCHOOL),
    "roadmaps.undo": _to(SCHOOL),
    "roadmaps.reply": _to(SCHOOL),
    "roadmaps.queue": _to(ABOVE),
    "roadmaps.review": _to(ABOVE),
    "roadmaps.approve_clean": _to(REVIEWERS),
    "roadmaps.take": _to(REVIEWERS),
    "roadmaps.remark": _to(REVIEWERS),
    "roadmaps.return_": _to(REVIEWERS),
    "roadmaps.approve": _to(REVIEWERS),
    "roadmaps.template_list": _to(ABOVE),
    "roadmaps.template": _to(ABOVE),
    "roadmaps.template_create": _to(REVIEWERS),
    "roadmaps.template_save": _to(REVIEWERS),
    "roadmaps.template_remove": _to(REVIEWERS),
    "roadmaps.template_publish": _to(REVIEWERS),
    # Submissions
    "submissions.month": _to(SCHOOL),
    "submissions.start": _to(SCHOOL),
    "submissions.recompute": _to(SCHOOL),
    "submissions.cell": _to(SCHOOL, names=True),
    "submissions.adjust": _to(SCHOOL, names=True),
    "submissions.restore": _to(SCHOOL),
    "submissions.enter": _to(SCHOOL),
    "submissions.explain": _to(SCHOOL, names=True),
    "submissions.answer": _to(SCHOOL, names=True),
    "submissions.check": _to(SCHOOL),
    "submissions.send": _to(SCHOOL),
    "submissions.withdraw": _to(SCHOOL),
    "submissions.correct": _to(SCHOOL),
    "submissions.matrix": _to(ABOVE),
    "submissions.matrix_xlsx": _to(ABOVE),
    "submissions.queue": _to(REVIEWERS),
    "submissions.review": _to(ABOVE),
    "submissions.revision_cell": _to(ABOVE),
    "submissions.take": _to(REVIEWERS),
    "submissions.accept": _to(REVIEWERS),
    "submissions.return": _to(REVIEWERS),
    "submissions.note": _to(REVIEWERS),
    "submissions.drop_note": _to(REVIEWERS),
    "submissions.reopen": _to(REVIEWERS),
    "submissions.clean": _to(REVIEWERS),
    "submissions.totals": _to(ABOVE),
    "submissions.totals_xlsx": _to(ABOVE),
    # Reports
    "reports.runs": _to(ABOVE),
    "reports.run": _to(ABOVE),
    "reports.progress": _to(ABOVE),
    "reports.download": _to(ABOVE),
    "reports.ask": _to(REVIEWERS),
    "reports.repeat": _to(REVIEWERS),
    "reports.stop": _to(REVIEWERS),
    "reports.fill": _to(REGION),
    "reports.ask_federal": _to(REGION),
    "reports.editions": _to(REGION, ANALYST),
    "reports.edition": _to(REGION, ANALYST),
    "reports.load": _to(REGION),
    "reports.bind": _to(REGION),
    "reports.publish": _to(REGION),
    "reports.revise": _to(REGION),
}


def check_table(app: Flask) -> None:
    """Stop the start when an endpoint has no entry, or an entry no endpoint."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    missing, dead = endpoints - ACCESS.keys(), ACCESS.keys() - endpoints
    if missing or dead:
        raise RuntimeError(f"access table: without an entry {sorted(missing)}, without an endpoint {sorted(dead)}")
