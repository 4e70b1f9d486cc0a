"""Meetings and members of one pair or group."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.context import actor, db
from portal.forms import Form
from portal.mentorships import pages
from portal.mentorships.blueprint import mentorships
from portal.mentorships.routes import found_pair, pair_page
from portal.mentorships.schemas import MEETING_KINDS, LeaveForm, MeetingForm, MemberForm
from portal.participants.blueprint import today
from portal.participants.fields import options_of
from portal.participants.formpage import Input, carried_out, show, typed_values
from tenants.db import find
from tenants.errors import NotFoundError
from tenants.history import state_of
from tenants.mentorships import commands, meetings
from tenants.mentorships.models import Meeting, MeetingKind
from tenants.participants.models import ParticipantRole

_ROWS = (
    (Input("held_on", "date", width="s"), Input("minutes", "number", width="s")),
    (Input("kind", "radio", MEETING_KINDS),),
    (Input("topic", hint="Одной строкой, без фамилий"),),
)


@mentorships.route("/<int:mentorship_id>/meetings/add", methods=["GET", "POST"])
def add_meeting(mentorship_id: int) -> ResponseReturnValue:
    """Write down a meeting: today and a working one unless said otherwise."""
    begin = {"held_on": today(), "kind": MeetingKind.WORK}
    form = Form.submitted(MeetingForm) if request.method == "POST" else Form(MeetingForm, typed_values(begin))
    if request.method == "POST" and carried_out(form, lambda: _add(mentorship_id, form.values)):
        flash(f"Встреча {form.values['held_on']:%d.%m.%Y} записана.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    return show(pair_page(mentorship_id, "Встреча", _ROWS, "Записать встречу"), form)


@mentorships.route("/<int:mentorship_id>/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
def edit_meeting(mentorship_id: int, meeting_id: int) -> ResponseReturnValue:
    """Correct a meeting."""
    begin = typed_values(state_of(find(db(), Meeting, meeting_id, mentorship_id=mentorship_id)))
    form = Form.submitted(MeetingForm) if request.method == "POST" else Form(MeetingForm, begin)
    if request.method == "POST" and carried_out(form, lambda: _edit(meeting_id, form.values)):
        flash("Встреча исправлена.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    hidden = {"version": form.typed.get("version", "")}
    return show(pair_page(mentorship_id, "Правка встречи", _ROWS, "Сохранить встречу", hidden=hidden), form)


@mentorships.post("/<int:mentorship_id>/meetings/<int:meeting_id>/cancel")
def cancel_meeting(mentorship_id: int, meeting_id: int) -> ResponseReturnValue:
    """Strike a meeting out."""
    find(db(), Meeting, meeting_id, mentorship_id=mentorship_id)
    row = meetings.cancel_meeting(db(), actor(), meeting_id)
    flash(f"Встреча {row.held_on:%d.%m.%Y} отменена и не считается. Её можно вернуть.", "success")
    return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)


@mentorships.post("/<int:mentorship_id>/meetings/<int:meeting_id>/restore")
def restore_meeting(mentorship_id: int, meeting_id: int) -> ResponseReturnValue:
    """Take a cancelling back."""
    find(db(), Meeting, meeting_id, mentorship_id=mentorship_id)
    row = meetings.restore_meeting(db(), actor(), meeting_id)
    flash(f"Встреча {row.held_on:%d.%m.%Y} снова считается.", "success")
    return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)


@mentorships.route("/<int:mentorship_id>/members/add", methods=["GET", "POST"])
def add_member(mentorship_id: int) -> ResponseReturnValue:
    """Take one more person in."""
    begin = typed_values({"joined_on": today(), "role": ParticipantRole.MENTEE})
    form = Form.submitted(MemberForm) if request.method == "POST" else Form(MemberForm, begin)
    if request.method == "POST" and carried_out(form, lambda: _join(mentorship_id, form)):
        flash("Участник добавлен.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    return show(pair_page(mentorship_id, "Новый участник группы", _member_rows(mentorship_id), "Добавить"), form)


@mentorships.route("/<int:mentorship_id>/members/<int:participant_id>/remove", methods=["GET", "POST"])
def remove_member(mentorship_id: int, participant_id: int) -> ResponseReturnValue:
    """Let a person leave a group."""
    if participant_id not in {member.participant_id for member in found_pair(mentorship_id).members}:
        raise NotFoundError
    begin = typed_values({"left_on": today()})
    form = Form.submitted(LeaveForm) if request.method == "POST" else Form(LeaveForm, begin)
    if request.method == "POST" and carried_out(form, lambda: _leave(mentorship_id, participant_id, form.values)):
        flash("Участник вышел из группы.", "success")
        return redirect(url_for(".pair", mentorship_id=mentorship_id), 303)
    rows = ((Input("left_on", "date", hint="С этого дня не в группе", width="s"),),)
    return show(pair_page(mentorship_id, "Выход из группы", rows, "Записать выход"), form)


def _member_rows(mentorship_id: int) -> tuple[tuple[Input, ...], ...]:
    found = found_pair(mentorship_id)
    inside = {member.participant_id for member in found.members if member.left_on is None}
    people = [
        (key, f"{label} ({role.label})")
        for role, options in pages.choices(db(), found.mentoring_form).items()
        for key, label in options
        if key not in inside
    ]
    return (
        (Input("role", "radio", options_of(ParticipantRole)),),
        (Input("participant_id", "select", people, hint="Те, кто участвует в этой форме", empty="выберите"),),
        (Input("joined_on", "date", width="s"),),
    )


def _note(values: dict[str, Any]) -> meetings.MeetingNote:
    return meetings.MeetingNote(values["held_on"], MeetingKind(values["kind"]), values["minutes"], values["topic"])


def _add(mentorship_id: int, values: dict[str, Any]) -> None:
    meetings.add_meeting(db(), actor(), mentorship_id, _note(values))


def _edit(meeting_id: int, values: dict[str, Any]) -> None:
    meetings.edit_meeting(db(), actor(), meeting_id, _note(values), version=values["version"])


def _join(mentorship_id: int, form: Form) -> None:
    values = form.values
    commands.add_member(
        db(),
        actor(),
        mentorship_id,
        participant_id=values["participant_id"],
        role=ParticipantRole(values["role"]),
        joined_on=values["joined_on"],
    )


def _leave(mentorship_id: int, participant_id: int, values: dict[str, Any]) -> None:
    commands.remove_member(db(), actor(), mentorship_id, participant_id=participant_id, left_on=values["left_on"])
