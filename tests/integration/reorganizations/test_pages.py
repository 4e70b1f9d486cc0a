"""The administrator's pages: the form, every effect before the day, undo, the result, and what cards say of it."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from portal.operations.worker import JobFailedError, run_waiting
from tenants import clock
from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.jobs.commands import MAX_ATTEMPTS
from tenants.periods import Month
from tenants.reorganizations import leaving
from tenants.reorganizations.models import Reorganization, State
from tests.factories import people, roadmaps
from tests.factories.months import hand_in, open_month, start
from tests.factories.people import MENTEE, MENTOR
from tests.factories.reorganizations import merging, move, now, plan, receiver_of, reread
from tests.factories.tree import Tree, actor_of, make_account, unique

DAY = "28.11.2026"


@pytest.fixture(autouse=True)
def _a_day_in_november() -> None:
    clock.travel(datetime(2026, 11, 28, 9, tzinfo=UTC))


@pytest.fixture
def admin(as_role, tree: Tree):
    return as_role(Role.REGION_ADMIN, tree.region)


def typed(place) -> str:
    return f"{place.name_short} · {place.code}"


def drafted(admin, kind: str, **values: object) -> int:
    response = admin.post(f"organizations/changes/new/{kind}", data={"takes_effect_on": DAY, **values})
    assert response.status_code == 303, response.get_data(as_text=True)
    return int(response.location.rsplit("/", 1)[1])


def planned(admin, tree: Tree, number: int):
    with transaction(actor_of(tree.region).scope.reading()) as session:
        version = session.get_one(Reorganization, (tree.region.id, number)).version
    return admin.post(f"organizations/changes/{number}/plan", data={"version": version})


def page(seat, path: str) -> str:
    response = seat.get(path)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.get_data(as_text=True)))


def test_a_move_goes_from_the_form_over_the_preview_to_the_card(admin, as_role, tree: Tree):
    open_month(tree, Month(2026, 11))
    open_month(tree, Month(2026, 12))
    number = drafted(
        admin, "move", source=typed(tree.school), receiver=tree.other_district.id, order_number="15", order_on=DAY
    )

    before = page(admin, f"organizations/changes/{number}")
    assert "Школа № 1 → Дальний район" in before
    assert "войдут месяцы со срезом с этой даты: декабрь 2026" in before
    assert "ноябрь" not in before
    assert planned(admin, tree, number).status_code == 303
    run_waiting()

    assert "выполнено" in page(admin, f"organizations/changes/{number}")
    for role, place in ((Role.CURATOR, tree.school), (Role.DISTRICT_REVIEWER, tree.other_district)):
        card = page(as_role(role, now(place)), f"organizations/{tree.school.id}")
        assert "С 28.11.2026 подчиняется организации «Дальний район» (приказ № 15)" in card
    assert as_role(Role.DISTRICT_REVIEWER, tree.district).get(f"organizations/{tree.school.id}").status_code == 404


def test_the_preview_of_a_merger_names_every_effect_and_conflict(admin, tree: Tree):
    for place in (tree.school, tree.sister):
        people.make_participant(place, name="Орлова Анна Львовна", role=MENTOR)
        people.make_mentorship(place, programme=people.make_programme(place, title=f"Путь {place.id}"))
        people.make_participant(place, name="Тихая Ольга Ивановна", born_on=None, role=MENTOR)
        roadmaps.make_roadmap(place)
    make_account((tree.school, Role.CURATOR))
    hand_in(tree, tree.school, open_month(tree, Month(2026, 9)))
    start(tree.sister, open_month(tree, Month(2026, 10)))
    start(tree.school, open_month(tree, Month(2026, 12)))
    number = drafted(
        admin,
        "merge",
        source_1=typed(tree.school),
        source_2=tree.sister.code,
        code_new=unique("new"),
        name="Объединённая",
        name_short="Школа № 10",
    )

    words_shown = page(admin, f"organizations/changes/{number}")

    for words in (
        "Школа № 1 + Школа № 2 → Школа № 10",
        "переходят: 4",
        "Один и тот же человек в двух организациях: 1",
        "№ 1 (Школа № 1) и № 1 (Школа № 2)",
        "Однофамильцы без даты рождения: 1",
        "Совпадают номера участников: 4",
        "Совпадают номера пар и групп: 1",
        "Прошлый месяц не принят",
        "Школа № 2: октябрь 2026",
        "Начатый отчёт за месяц, который сдаст преемник",
        "Дорожных карт на 2026/2027: 2",
        "Сотрудники с этого дня работают у преемника",
        "Проверкина В.И., куратор",
        "Отчёты за месяцы принятые остаются за организацией принято: 1",
    ):
        assert words in words_shown, words
    assert "Орлова" not in words_shown
    assert "Тихая" not in words_shown


def test_people_of_a_split_are_chosen_by_number_and_carried_over(admin, tree: Tree):
    goes = people.make_participant(tree.school, name="Орлова Анна Львовна", role=MENTEE, class_name="5 «Б»")
    people.make_participant(tree.school, role=MENTEE, class_name="6 «А»")
    number = drafted(
        admin, "split", source=typed(tree.school), code_new=unique("new"), name="Новая", name_short="Школа № 20"
    )
    assert planned(admin, tree, number).status_code == 422

    assert admin.post(f"organizations/changes/{number}/people", data={"participants": [goes.id]}).status_code == 303
    words_shown = page(admin, f"organizations/changes/{number}")
    assert "переходят: 1, остаются: 1" in words_shown
    assert "Орлова" not in words_shown
    assert planned(admin, tree, number).status_code == 303
    run_waiting()

    with transaction(actor_of(tree.region).scope.reading()) as session:
        row = session.get_one(Reorganization, (tree.region.id, number))
    assert row.outcome["participant"] == 1
    assert "Школа № 20" in page(admin, f"organizations/{row.receiver}")


@pytest.mark.parametrize("chosen", ["nobody", "everybody"])
def test_a_split_of_nobody_or_everybody_is_refused(admin, tree: Tree, chosen):
    one = people.make_participant(tree.school, role=MENTEE)
    number = drafted(admin, "split", source=tree.school.code, code_new=unique("n"), name="Н", name_short="Н")

    ids = [one.id] if chosen == "everybody" else []
    response = admin.post(f"organizations/changes/{number}/people", data={"participants": ids})

    assert response.status_code == 422
    assert "Отме" in response.get_data(as_text=True)


def test_an_undone_plan_changes_nothing(admin, tree: Tree):
    row = plan(tree, merging([tree.school, tree.sister], date(2026, 12, 1)))

    assert admin.post(f"organizations/changes/{row.id}/cancel").status_code == 303

    assert reread(tree, row).state is State.CANCELLED
    assert "отменено" in page(admin, "organizations/changes/")
    assert "объединение" not in page(admin, f"organizations/{tree.school.id}")


def test_a_plan_whose_job_failed_goes_on_when_it_is_repeated(admin, tree: Tree, monkeypatch):
    people.make_mentorship(tree.school)
    row = plan(tree, merging([tree.school, tree.sister], date(2026, 11, 28)))

    def die(*_: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(leaving, "leave", die)
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(JobFailedError):
                run_waiting()
            clock.travel(clock.now() + timedelta(minutes=5))
    # Other tests may have left jobs that have come due meanwhile; this plan's is given up.
    run_waiting()
    assert reread(tree, row).state is State.RUNNING
    assert "Выполняется" in page(admin, f"organizations/changes/{row.id}")

    assert admin.post(f"organizations/changes/{row.id}/repeat").status_code == 303
    run_waiting()

    assert reread(tree, row).state is State.DONE
    assert reread(tree, row).outcome["participant"] == 2


def test_the_cards_of_people_and_pairs_keep_the_former_number(as_role, tree: Tree):
    people.make_mentorship(tree.sister)
    people.make_mentorship(tree.school)
    plan(tree, merging([tree.school], date(2026, 11, 28), receiver=tree.sister))
    run_waiting()
    curator = as_role(Role.CURATOR, tree.sister)
    with transaction(actor_of(tree.sister).scope.reading()) as session:
        person = session.scalar(text("select max(id) from participant"))
        pair = session.scalar(text("select max(id) from mentorship"))

    assert "было № 2 в организации «Школа № 1»" in page(curator, f"participants/{person}")
    assert "было № 1 в организации «Школа № 1»" in page(curator, f"mentorships/{pair}")


def test_the_staff_of_a_merged_school_signs_in_at_the_successor(app, tree: Tree):
    email = make_account((tree.school, Role.CURATOR))
    client = app.test_client()
    client.post("/sign-in", data={"email": email, "password": "верный пароль для проверок"})
    assert client.get(f"/o/{tree.school.code}/participants/").status_code == 200

    row = plan(tree, merging([tree.school, tree.sister], date(2026, 11, 28)))
    run_waiting()

    assert client.get(f"/o/{tree.school.code}/participants/").status_code == 404
    assert client.get(f"/o/{receiver_of(row).code}/participants/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("move", {"source": "нет такой"}, "Такой организации нет"),
        ("move", {"takes_effect_on": "31.02.2026"}, "Пример"),
        ("merge", {"code_new": "Ш", "name": "Н", "name_short": "Н"}, "латинские буквы"),
    ],
)
def test_a_form_says_what_is_wrong_at_its_field(admin, tree: Tree, kind, values, words):
    given = {
        ("source_1" if kind == "merge" else "source"): typed(tree.school),
        "source_2": typed(tree.sister),
        "takes_effect_on": DAY,
        **({"receiver": tree.other_district.id} if kind == "move" else {}),
    }

    response = admin.post(f"organizations/changes/new/{kind}", data=given | values)

    assert response.status_code == 422
    assert words in response.get_data(as_text=True)


def test_a_moved_school_is_told_apart_from_a_stranger(as_role, tree: Tree):
    move(tree, tree.school, tree.other_district, date(2026, 11, 28))

    assert as_role(Role.REGION_ANALYST, tree.region).get("organizations/changes/").status_code == 200
    assert as_role(Role.DISTRICT_REVIEWER, tree.district).get("organizations/changes/").status_code == 403
