"""The journal as people read it, and the promise that every event of the program has its words."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.journal import pages
from portal.journal.words import EVENTS, GROUPS
from tenants import clock, journal
from tenants.accounts import events
from tenants.accounts.events import Who
from tenants.accounts.models import Role
from tenants.db import REGISTRY, transaction
from tenants.participants.commands import Card, NewPerson, add_person, card_version, edit_person, person_of
from tenants.participants.models import ParticipantRole, Participation
from tenants.participants.participations import NewPart, edit_participation
from tenants.participants.persons import Name
from tests.factories.people import PUPILS_FORM, SEPTEMBER, make_participant
from tests.factories.staff import rename, seat_of
from tests.factories.tree import Tree, actor_of, make_account, make_tree

EVENT_LINE = re.compile(r'<div><span class="b">([^<]+)</span>')
ROOT = Path(__file__).parents[3]
PART = NewPart(ParticipantRole.MENTEE, PUPILS_FORM, SEPTEMBER)


def recorded(folder: str) -> set[str]:
    """Every event that a package writes: words in a call of `record`, and those its function puts into a name."""
    found = set()
    for path in (ROOT / folder).rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and _is_record(node)]
            named = {one.id for call in calls for one in call.args if isinstance(one, ast.Name)}
            given = [one for call in calls for one in call.args]
            given += [
                node.value
                for node in ast.walk(function)
                if isinstance(node, ast.Assign) and any(getattr(goal, "id", "") in named for goal in node.targets)
            ]
            words = (node.value for one in given for node in ast.walk(one) if isinstance(node, ast.Constant))
            found |= {word for word in words if EVENT.fullmatch(str(word))}
    return found


EVENT = re.compile(r"[a-z_]+\.[a-z_]+")


def _is_record(call: ast.Call) -> bool:
    return getattr(call.func, "attr", getattr(call.func, "id", "")) == "record"


def test_every_event_of_the_program_has_its_words():
    used = recorded("tenants") | recorded("reports") | recorded("portal")

    assert len(used) > 60
    assert used - EVENTS.keys() == set()


def test_every_noun_of_the_records_belongs_to_one_group():
    nouns = [noun for _, _, of_group in GROUPS for noun in of_group]
    of_records = {event.partition(".")[0] for event in recorded("tenants") | recorded("reports")}

    assert len(nouns) == len(set(nouns))
    assert set(nouns) >= {noun for noun in of_records if noun in {e.partition(".")[0] for e in EVENTS}} - ACCOUNTS


ACCOUNTS = {
    "account",
    "deputy",
    "factor",
    "identity",
    "invitation",
    "membership",
    "person",
    "recovery_codes",
    "sign_in",
    "sign_in_rule",
}
"""Nouns of the registry's events: they make the group «Доступ»."""


def added(place):
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return add_person(session, actor, NewPerson(Card(Name("Журнальная", "Анна"), SEPTEMBER.replace(2012)), PART))


def entries_of(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return journal.newest(session, journal.Wanted(), limit=10)


def test_one_step_leaves_one_event_with_its_parts(tree: Tree):
    added(tree.school)

    ((entry, parts),) = entries_of(tree.school)
    assert entry.event == "participant.added"
    assert [part.event for part in parts] == ["participation.added"]
    made = {change["table"]: change for change in entry.detail["changes"]}
    assert made["participant"]["after"]["number"] == 1
    assert set(made["participant"]["personal"]) >= {"born_on"}
    assert "Журнальная" not in str(entry.detail)
    assert made["participation"]["id"] is not None


def test_an_event_says_what_was_and_what_is(tree: Tree):
    participant = make_participant(tree.school, role="mentee", class_name="7А")
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        part = session.scalars(select(Participation)).one()
        edit_participation(
            session,
            actor,
            part.id,
            NewPart(ParticipantRole.MENTEE, PUPILS_FORM, SEPTEMBER + timedelta(days=1), class_name="8А"),
            version=part.version,
        )

    ((entry, _),) = entries_of(tree.school)
    (change,) = (one for one in entry.detail["changes"] if one["table"] == "participation")
    assert (change["before"], change["after"]) == ({"started_on": "2026-09-01"}, {"started_on": "2026-09-02"})
    assert change["personal"] == ["class_name"]
    assert participant.id is not None


def test_a_changed_name_is_named_and_not_told(tree: Tree, as_role):
    person = added(tree.school)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        version = card_version(*person_of(session, person.id))
        card = Card(Name("Переименованная", "Анна"), SEPTEMBER.replace(2012))
        edit_person(session, actor, person.id, card, version=version)

    page = as_role(Role.DIRECTOR, tree.school).get("journal/").get_data(as_text=True)

    assert "Карточка участника изменена" in page
    assert "значение хранится у самой записи, в журнал не пишется" in page
    assert "Переименованная" not in page
    assert "Журнальная" not in page


def test_each_record_of_a_step_is_a_line_of_its_own(tree: Tree):
    """Values of two records side by side must not read as one; what the event says already is not said again."""
    actor = actor_of(tree.school)
    of_item = {"personal": [], "before": {}}
    with transaction(actor.scope) as session:
        journal.record(
            session,
            actor,
            "destruction.drawn_up",
            None,
            changes=[
                of_item | {"table": "destruction_item", "id": 1, "after": {"due_on": "2026-11-07", "number": 170}},
                of_item | {"table": "destruction_item", "id": 2, "after": {"due_on": "2026-11-13", "number": 111}},
                of_item | {"table": "submission_event", "id": 3, "after": {"kind": "accepted"}},
            ],
        )
    with transaction(actor.scope.reading()) as session:
        ((line, *_), _) = pages.lines(session, actor, pages.Wanted())

    assert [[f"{one.label}: {one.after}" for one in record] for record in line.records] == [
        ["номер: 170", "срок: 07.11.2026"],
        ["номер: 111", "срок: 13.11.2026"],
    ]


def test_a_part_that_repeats_the_event_is_not_told(tree: Tree):
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        for event in ("measure.done", "measure.done", "measure.edited", "measure.edited"):
            journal.record(session, actor, event, None)
    with transaction(actor.scope.reading()) as session:
        ((line,), _) = pages.lines(session, actor, pages.Wanted())

    assert (line.what, line.parts) == ("Мероприятие выполнено", ("Мероприятие изменено",))


def test_each_reads_the_journals_of_the_own_tree(tree: Tree, as_role):
    for place in (tree.school, tree.other_school, make_tree().school):
        added(place)
    counts = {
        name: as_role(role, getattr(tree, name)).get("journal/").get_data(as_text=True).count("Участник внесён")
        for name, role in (
            ("school", Role.CURATOR),
            ("sister", Role.DIRECTOR),
            ("district", Role.DISTRICT_HEAD),
            ("region", Role.AUDITOR),
        )
    }

    assert counts == {"school": 1, "sister": 0, "district": 1, "region": 2}


def test_the_page_filters_and_goes_on(tree: Tree, as_role):
    actor = actor_of(tree.school)
    for number in range(60):
        with transaction(actor.scope) as session:
            journal.record(session, actor, "programme.edited", None, number=number)
    seat = as_role(Role.CURATOR, tree.school)

    first = seat.get("journal/").get_data(as_text=True)
    older = first.split("Показать раньше")[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")

    assert first.count("Программа изменена") == 50
    assert seat.get(older).get_data(as_text=True).count("Программа изменена") == 10
    assert seat.get("journal/?group=accounts").get_data(as_text=True).count("Программа изменена") == 0


@pytest.fixture
def steps(tree):
    """Surname → (user id) of people who did something at the first school: a record, a role, and one next door."""
    made = {}
    for surname, place in (("Соколова", tree.school), ("Сорокин", tree.region), ("Соседова", tree.other_school)):
        email = make_account((place, Role.REGION_ADMIN if place is tree.region else Role.DIRECTOR))
        made[surname] = rename(email, surname)
        actor = seat_of(email, place)
        if place is tree.region:
            with transaction(REGISTRY) as session:
                who = Who(actor.user_id, actor.name)
                events.record(session, who, "membership.granted", on_user_id=5, place=tree.school)
        else:
            with transaction(actor.scope) as session:
                journal.record(session, actor, "programme.edited", None)
    return made


def found_by(seat, words, **more):
    """Search as the page does: the address that the search leads to, and its page."""
    led = seat.post("journal/find", data={"q": words} | more)
    assert led.status_code == 303
    return led.location, seat.get(led.location).get_data(as_text=True)


@pytest.mark.parametrize(
    ("words", "surname", "seen"),
    [
        ("соколова", "Соколова", "Программа изменена"),
        (" Соколова В.И. ", "Соколова", "Программа изменена"),
        ("сорок", "Сорокин", "Роль дана"),
    ],
)
def test_a_search_by_name_leads_to_a_filter_by_number(tree, as_role, steps, words, surname, seen):
    location, page = found_by(as_role(Role.CURATOR, tree.school), words, group="")

    assert location.endswith(f"?who={steps[surname]}")
    assert EVENT_LINE.findall(page) == [seen]
    assert f"Только: {surname} В.И." in page


def test_a_search_keeps_the_other_filters_and_takes_several_people(tree, as_role, steps):
    location, page = found_by(as_role(Role.AUDITOR, tree.region), "со", group="accounts")

    assert location.endswith("?group=accounts&who=" + ",".join(str(number) for number in sorted(steps.values())))
    assert EVENT_LINE.findall(page) == ["Роль дана"]


@pytest.mark.parametrize("words", ["Соседова", "Никтоева", "%", "___"])
@pytest.mark.usefixtures("steps")
def test_whoever_did_nothing_here_is_not_found(tree, as_role, words):
    location, page = found_by(as_role(Role.CURATOR, tree.school), words)

    assert location.endswith("?who=0")
    assert "Ничего не нашлось" in page
    assert "Показать всех" in page


def test_an_empty_search_shows_everybody_and_a_foreign_number_no_name(tree, as_role, steps):
    seat = as_role(Role.CURATOR, tree.school)

    assert found_by(seat, "  ")[0].endswith("/journal/")
    page = seat.get(f"journal/?who={steps['Соседова']}").get_data(as_text=True)
    assert "Соседова" not in page
    assert "Ничего не нашлось" in page


@pytest.mark.parametrize(
    "bad", ["group=nonsense", "before=вчера", "before=2026-11-28", "organization=999999999", "who=имя"]
)
def test_an_odd_address_is_not_found(tree: Tree, as_role, bad):
    assert as_role(Role.CURATOR, tree.school).get(f"journal/?{bad}").status_code == 404


def test_a_rolled_back_step_leaves_no_event(tree: Tree):
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        journal.record(session, actor, "programme.edited", None)
        session.rollback()

    assert entries_of(tree.school) == []


def test_a_decision_of_the_region_is_told_in_words_and_no_size_of_its_content(tree: Tree, as_role):
    admin = as_role(Role.REGION_ADMIN, tree.region)
    since = f"{clock.today() + timedelta(days=40):%d.%m.%Y}"
    decided = admin.post(
        "settings/support/edit", data={"version": "0", "valid_from": since, "phone": "8 800 000-00-01"}
    )
    assert decided.status_code == 303

    page = admin.get("journal/").get_data(as_text=True)

    assert "вид: Поддержка" in re.sub(r"<[^>]+>", "", page)
    assert not re.search(r"\d+ (items|bytes)", page)
