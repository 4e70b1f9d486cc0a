"""Which page for whom: one table. An endpoint without an entry stops the start, a test asks every cell of it."""

from dataclasses import dataclass, replace
from enum import Enum

from flask import Flask

from tenants.accounts.models import Role
from tenants.accounts.queries import Stage


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
    half: frozenset[Stage] = frozenset()
    """Halves of a sign-in in which the page works already; every other page waits for the second factor."""
    quiet: str = ""
    """Why a POST leaves no event in the journal: it changes nothing (a search). Empty: it must leave exactly one."""


CURATOR, DIRECTOR, KEEPER = Role.CURATOR, Role.DIRECTOR, Role.KEEPER
HEAD, REGION, ANALYST, AUDITOR = Role.DISTRICT_HEAD, Role.REGION_ADMIN, Role.REGION_ANALYST, Role.AUDITOR
SCHOOL = frozenset({CURATOR, DIRECTOR})
DISTRICT = frozenset({Role.DISTRICT_REVIEWER, HEAD})
REVIEWERS = DISTRICT | {REGION}
ABOVE = REVIEWERS | {ANALYST, AUDITOR}
ALL = frozenset(Role) - {KEEPER}
"""Whoever works in a living organization. A keeper of an archived one reaches what names the role, and nothing else."""
ADMINISTRATORS = frozenset({DIRECTOR, HEAD, REGION})


def _to(*roles: Role | frozenset[Role], names: bool = False, quiet: str = "") -> Rule:
    who = frozenset(role for item in roles for role in (item if isinstance(item, frozenset) else {item}))
    return Rule(who, names, quiet=quiet)


_PUBLIC = Rule(Everyone.PUBLIC)
_SIGNED_IN = Rule(Everyone.SIGNED_IN)
_CODE = Rule(Everyone.SIGNED_IN, half=frozenset({Stage.CODE}))
_SET_UP = Rule(Everyone.SIGNED_IN, half=frozenset({Stage.SET_UP}))
_QUIET_CHALLENGE = "asks for a challenge; the answer leaves the event"

ACCESS: dict[str, Rule] = {
    # The frame
    "static": _PUBLIC,
    "health": _PUBLIC,
    "start": _PUBLIC,
    # Accounts
    "accounts.sign_in": _PUBLIC,
    "accounts.oidc_begin": _PUBLIC,
    "accounts.oidc_return": _PUBLIC,
    "accounts.link_identity": replace(_SIGNED_IN, quiet="leads to the provider; its answer leaves the event"),
    "accounts.unlink_identity": _SIGNED_IN,
    "accounts.preferences": replace(_PUBLIC, quiet="the look lives in the browser's own cookies"),
    "accounts.ask_reset": replace(_PUBLIC, quiet="asks for a letter, known address or not; the reset leaves the event"),
    "accounts.reset": _PUBLIC,
    "accounts.confirm_email": _PUBLIC,
    "accounts.undo_email": _PUBLIC,
    "accounts.sign_out": replace(_SIGNED_IN, half=frozenset(Stage)),
    "accounts.kept": replace(_SIGNED_IN, quiet="shows a form that was not sent yet; sending it leaves the event"),
    "accounts.choose": replace(_SIGNED_IN, quiet="the chosen role lives in the browser's own cookie"),
    "accounts.password": replace(_SIGNED_IN, half=frozenset({Stage.PASSWORD})),
    "accounts.email": _SIGNED_IN,
    "accounts.devices": _SIGNED_IN,
    "accounts.end_device": _SIGNED_IN,
    "accounts.end_other_devices": _SIGNED_IN,
    "accounts.code": _CODE,
    "accounts.passkey_options": replace(_CODE, quiet=_QUIET_CHALLENGE),
    "accounts.show_passkey": _CODE,
    "accounts.proof_options": replace(_SIGNED_IN, half=frozenset({Stage.PASSWORD}), quiet=_QUIET_CHALLENGE),
    "accounts.factor_list": _SIGNED_IN,
    "accounts.remove_factor": _SIGNED_IN,
    "accounts.new_codes": _SIGNED_IN,
    "accounts.add_totp": _SET_UP,
    "accounts.new_passkey_options": replace(_SET_UP, quiet=_QUIET_CHALLENGE),
    "accounts.add_passkey": _SET_UP,
    # Rules of signing in
    "security.rules": _to(DIRECTOR, HEAD, REGION),
    "security.set_rules": _to(REGION),
    "security.reset_factor": _to(DIRECTOR, HEAD, REGION),
    # Overview
    "overview.home": _to(ALL, KEEPER),
    "overview.changes": _to(SCHOOL),
    "overview.tasks": _to(SCHOOL),
    "overview.silent": _to(SCHOOL, names=True),
    # Organizations
    "organizations.card": _to(ALL),
    "organizations.register": _to(ABOVE),
    "organizations.edit": _to(CURATOR, DIRECTOR, DISTRICT, REGION),
    "organizations.register_xlsx": _to(ABOVE),
    "organizations.export": _to(ABOVE),
    "organizations.create": _to(DISTRICT, REGION),
    "organizations.archive": _to(REGION),
    "organizations.restore": _to(REGION),
    "organizations.sample": _to(REGION),
    "organizations.upload": _to(REGION),
    "organizations.columns": _to(REGION),
    "organizations.check": _to(REGION),
    "organizations.check_again": _to(REGION),
    "organizations.answer": _to(REGION),
    "organizations.load": _to(REGION),
    "organizations.drop": _to(REGION),
    "organizations.refused": _to(REGION),
    # Journal
    "journal.entries": _to(ALL),
    "journal.find": _to(ALL, quiet="a searched name travels by POST"),
    # Moves, mergers and splits
    "reorganizations.listing": _to(REGION, ANALYST, AUDITOR),
    "reorganizations.show": _to(REGION, ANALYST, AUDITOR),
    "reorganizations.begin": _to(REGION),
    "reorganizations.choose": _to(REGION),
    "reorganizations.plan": _to(REGION),
    "reorganizations.cancel": _to(REGION),
    "reorganizations.repeat": _to(REGION),
    # Settings
    "settings.index": _to(REGION, ANALYST, AUDITOR),
    "settings.show": _to(REGION, ANALYST, AUDITOR),
    "settings.edit": _to(REGION),
    "settings.take_back": _to(REGION),
    "settings.move_window": _to(REGION),
    "settings.rules": _to(ALL),
    "settings.logo": _to(ALL, KEEPER),
    "settings.papers": _to(SCHOOL),
    "settings.missing": _to(SCHOOL),
    "settings.mark_paper": _to(SCHOOL),
    "settings.unmark_paper": _to(SCHOOL),
    # Staff
    "invitation.accept": _PUBLIC,
    "invitation.waiting": _SIGNED_IN,
    "staff.show": _to(ALL),
    "staff.handover": _to(SCHOOL, REVIEWERS),
    "staff.invite": _to(ADMINISTRATORS),
    "staff.resend": _to(ADMINISTRATORS),
    "staff.take_back": _to(ADMINISTRATORS),
    "staff.member": _to(SCHOOL, REVIEWERS),
    "staff.change_role": _to(ADMINISTRATORS),
    "staff.dismiss": _to(ADMINISTRATORS),
    "staff.deputy": _to(SCHOOL, REVIEWERS),
    "staff.bulk": _to(HEAD, REGION, quiet="looks at a list before anything is sent"),
    "staff.bulk_send": _to(HEAD, REGION),
    "staff.people": _to(REGION),
    "staff.join": _to(REGION),
    "staff.part": _to(REGION),
    # Participants
    "participants.people": _to(SCHOOL, names=True, quiet="a searched name travels by POST"),
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
    "participants.withdraw_consent": _to(CURATOR, KEEPER, names=True),
    "participants.undo_withdrawal": _to(CURATOR, KEEPER),
    "participants.consent_scan": _to(SCHOOL, names=True),
    "participants.paste": _to(CURATOR, names=True, quiet="looks at a table before anything is written"),
    "participants.paste_load": _to(CURATOR, names=True),
    "participants.twins": _to(SCHOOL, names=True),
    "participants.answer_twin": _to(CURATOR),
    "participants.paste_errors": _to(CURATOR, names=True, quiet="returns the typed rows as a workbook"),
    # Names opened for hours, and who looked
    "openings.above": _to(ABOVE),
    "openings.log": _to(ABOVE),
    "openings.people": _to(ABOVE),
    "openings.ask": _to(REVIEWERS),
    "openings.show": _to(ABOVE),
    "openings.approve": _to(REVIEWERS),
    "openings.refuse": _to(REVIEWERS),
    "openings.end": _to(SCHOOL, REVIEWERS),
    "traces.seen": _to(SCHOOL),
    # Consents
    "consents.register": _to(SCHOOL, names=True, quiet="a searched name travels by POST"),
    "consents.download": _to(SCHOOL, names=True),
    "consents.mark": _to(CURATOR, names=True),
    "consents.texts": _to(SCHOOL, REGION),
    "consents.edit_text": _to(SCHOOL, REGION),
    "consents.blank": _to(SCHOOL, names=True),
    "consents.blanks": _to(SCHOOL, names=True, quiet="prints blanks and changes nothing"),
    # Mentorships
    "mentorships.pairs": _to(SCHOOL, names=True, quiet="a searched name travels by POST"),
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
    # Subjects of personal data
    "subjects.overview": _to(SCHOOL, KEEPER, names=True, quiet="a searched name travels by POST"),
    "subjects.propose": _to(CURATOR, KEEPER),
    "subjects.act": _to(SCHOOL, KEEPER, names=True),
    "subjects.confirm": _to(DIRECTOR, KEEPER),
    "subjects.send_back": _to(DIRECTOR, KEEPER),
    "subjects.act_file": _to(SCHOOL, KEEPER),
    "subjects.card": _to(SCHOOL, KEEPER, names=True),
    "subjects.card_file": _to(SCHOOL, KEEPER, names=True),
    "subjects.request_list": _to(SCHOOL, KEEPER, names=True),
    "subjects.add_request": _to(CURATOR, KEEPER),
    "subjects.answer_request": _to(CURATOR, KEEPER),
    "subjects.prolong_request": _to(CURATOR, KEEPER),
    "subjects.prolong_notice": _to(SCHOOL, KEEPER, names=True),
    "retention.terms": _to(ALL, KEEPER),
    "retention.set_": _to(REGION),
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
    "reports.editions": _to(REGION, ANALYST, AUDITOR),
    "reports.edition": _to(REGION, ANALYST, AUDITOR),
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
