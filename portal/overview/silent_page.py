"""Pairs that have not met for long, with names: a part of the school's home page that is asked for by itself."""

from dataclasses import dataclass

from flask import url_for

from portal.context import actor, db
from portal.overview import words
from portal.overview.addresses import may_open
from tenants import clock
from tenants.mentorships.queries import Member, SilentPair, members_of, pairs_summary, silent_pairs
from tenants.participants.models import ParticipantRole

_SHOWN = 5
_NAMED = 2


@dataclass(frozen=True)
class SilentLine:
    """One pair or group."""

    mentors: str
    mentees: str
    text: str
    add_url: str
    """Empty for a role that does not write meetings down."""
    url: str


def silent_page() -> dict[str, object]:
    """Return the pairs that have been silent longest; three statements."""
    today = clock.today(actor().organization.time_zone)
    found = silent_pairs(db(), today, _SHOWN)
    members = members_of(db(), [pair.mentorship_id for pair in found])
    return {
        "silent": [_line(pair, members.get(pair.mentorship_id, [])) for pair in found],
        "silent_count": pairs_summary(db(), today).silent if len(found) == _SHOWN else len(found),
        "pairs_url": url_for("mentorships.pairs", tab="silent"),
    }


def _line(pair: SilentPair, members: list[Member]) -> SilentLine:
    if pair.last_on:
        text = f"последняя {words.day_words(pair.last_on)}, {words.days(pair.days)} назад"
    else:
        text = f"ни одной с {words.day_words(pair.started_on)}, {words.days(pair.days)}"
    return SilentLine(
        _names(members, ParticipantRole.MENTOR) or f"Пара № {pair.number}",
        _names(members, ParticipantRole.MENTEE),
        text,
        url_for("mentorships.add_meeting", mentorship_id=pair.mentorship_id)
        if may_open("mentorships.add_meeting")
        else "",
        url_for("mentorships.pair", mentorship_id=pair.mentorship_id),
    )


def _names(members: list[Member], role: ParticipantRole) -> str:
    names = [member.name.short for member in members if member.role is role]
    rest = f" и ещё {len(names) - _NAMED}" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
