"""Pages of plans: who may open them, what they show, how many questions they ask the database."""

import io
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from tenants import clock
from tenants.accounts.models import Role
from tenants.db import engine_for, transaction
from tenants.roadmaps import commands, measures, plans, reviews
from tenants.roadmaps.models import RoadmapStatus
from tests.factories.roadmaps import (
    ASKING,
    YEAR,
    make_document,
    make_roadmap,
    make_template,
    measures_of,
    reviewer_of,
    state_of,
)
from tests.factories.tree import Tree, actor_of


@pytest.fixture(autouse=True)
def _in_november():
    clock.travel(datetime(2026, 11, 20, 9, tzinfo=UTC))


@pytest.fixture
def statements(tree: Tree):
    """Count the statements of the domain on this process's engine, between two looks."""
    seen: list[str] = []
    engine = engine_for(tree.region.region_id)

    def listen(*arguments):
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", listen)
    yield seen
    event.remove(engine, "before_cursor_execute", listen)


def of_roadmaps(seen):
    """Statements that read plans, templates, or the tree beside them; sign-in and scope are the frame's."""
    ours = r"\b(roadmap\w*|measure\w*|template_measure|version_measure|remark_answer)\b"
    return [text for text in seen if re.search(rf"from {ours}|join {ours}", text, re.IGNORECASE)]


def text_of(response):
    return re.sub(r"\s+", " ", response.get_data(as_text=True))


def test_a_plan_is_uploaded_asked_about_sent_and_approved_over_http(tree: Tree, as_role):
    make_template(tree)
    school, district = as_role(Role.CURATOR, tree.school), as_role(Role.DISTRICT_REVIEWER, tree.district)
    file = (io.BytesIO(make_document(ASKING)), "план.docx")

    answer = school.post("roadmaps/upload", data={"document": file, "year": YEAR, "request_key": "first-upload"})
    page = text_of(school.get(answer.location))
    assert "Вопрос 1 из 1" in page
    assert "до 30 октября 2026 г. или май 2027 г." in page
    assert 'value="month|2027-05-01|2027-05-31|"' in page
    assert "checked" not in page.partition("Вопрос 1")[2].partition("</fieldset>")[0]

    asked = re.search(r"/measures/(\d+)/answer", page)[1]
    answer = school.post(f"roadmaps/measures/{asked}/answer", data={"choice": "month|2027-05-01|2027-05-31|"})
    assert answer.status_code == 303
    with transaction(actor_of(tree.school).scope.reading()) as session:
        roadmap = plans.plan_of(session, tree.school.id, YEAR).roadmap
    assert school.post(f"roadmaps/{roadmap.id}/send").status_code == 303
    assert tree.school.name_short in text_of(district.get("roadmaps/queue"))

    order = {"version_n": 1, "order_on": "18.11.2026", "order_number": "412-од"}
    assert district.post(f"roadmaps/{roadmap.id}/approve", data=order).status_code == 303
    assert "приказом от 18.11.2026 № 412-од" in text_of(school.get("roadmaps/"))


def test_a_refused_upload_answers_with_one_sentence_and_keeps_its_journal_entry(tree: Tree, as_role):
    school = as_role(Role.CURATOR, tree.school)

    answer = school.post("roadmaps/upload", data={"document": (io.BytesIO(b"no plan"), "план.docx")})
    page = text_of(school.get(answer.location))

    assert answer.status_code == 303
    assert page.count("note-err") == 1


def test_a_double_click_starts_one_plan(tree: Tree, as_role):
    template = make_template(tree)
    school = as_role(Role.CURATOR, tree.school)
    data = {"template_id": template, "year": YEAR, "request_key": "the-same-click"}

    first, second = school.post("roadmaps/start", data=data), school.post("roadmaps/start", data=data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert len(plans.plan_of(session, tree.school.id, YEAR).lines) == 25


def test_a_double_click_adds_one_measure(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school)
    school = as_role(Role.CURATOR, tree.school)
    data = {"title": "Итоговая встреча", "stage_title": "Итоги", "request_key": "one-and-the-same"}

    for _ in range(2):
        assert school.post(f"roadmaps/{roadmap.id}/add", data=data).status_code == 303

    assert [row.title for row in measures_of(roadmap, tree.school)].count("Итоговая встреча") == 1


def test_a_foreign_plan_is_not_found_for_every_way_to_reach_it(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    row = measures_of(roadmap, tree.school)[0]
    sister, stranger = as_role(Role.CURATOR, tree.sister), as_role(Role.DISTRICT_REVIEWER, tree.other_district)

    for path in (f"roadmaps/{roadmap.id}", f"roadmaps/{roadmap.id}/sheet", f"roadmaps/{roadmap.id}/versions/1"):
        assert sister.get(path).status_code == 404, path
        assert stranger.get(path).status_code == 404, path
    for path in (f"{roadmap.id}/send", f"{roadmap.id}/recall", f"measures/{row.id}/remove", f"measures/{row.id}/move"):
        assert sister.post(f"roadmaps/{path}").status_code == 404, path
    assert stranger.get(f"roadmaps/{roadmap.id}/review").status_code == 404
    assert stranger.post(f"roadmaps/{roadmap.id}/take").status_code == 404
    order = {"version_n": 1, "order_on": "18.11.2026", "order_number": "1"}
    assert stranger.post(f"roadmaps/{roadmap.id}/approve", data=order).status_code == 404


def test_a_school_does_not_reach_the_reviewers_pages_and_a_reviewer_not_the_schools(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    school, district = as_role(Role.DIRECTOR, tree.school), as_role(Role.DISTRICT_REVIEWER, tree.district)

    for path in ("queue", f"{roadmap.id}/review", "templates"):
        assert school.get(f"roadmaps/{path}").status_code == 403
    order = {"version_n": 1, "order_on": "18.11.2026", "order_number": "1"}
    assert school.post(f"roadmaps/{roadmap.id}/approve", data=order).status_code == 403
    assert district.post(f"roadmaps/{roadmap.id}/send").status_code == 403
    assert district.get("roadmaps/").status_code == 403
    assert state_of(roadmap, tree.school).status is RoadmapStatus.SENT


def test_the_region_reads_a_schools_plan_and_decides_nothing_there(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    region, analyst = as_role(Role.REGION_ADMIN, tree.region), as_role(Role.REGION_ANALYST, tree.region)

    for seat in (region, analyst):
        page = seat.get(f"roadmaps/{roadmap.id}/review")
        assert page.status_code == 200
        assert "Утвердить" not in page.get_data(as_text=True)
    order = {"version_n": 1, "order_on": "18.11.2026", "order_number": "1"}
    assert region.post(f"roadmaps/{roadmap.id}/approve", data=order).status_code == 403
    assert analyst.post(f"roadmaps/{roadmap.id}/approve", data=order).status_code == 403


def test_an_approval_without_the_order_comes_back_with_the_fields_named(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)

    for data in ({"version_n": 1}, {"version_n": 1, "order_on": "31.02.2026", "order_number": "1"},
                 {"version_n": 1, "order_on": "25.12.2026", "order_number": "1"}):  # fmt: skip
        answer = district.post(f"roadmaps/{roadmap.id}/approve", data=data)
        assert answer.status_code == 422
        assert "Исправьте" in text_of(answer)
    assert state_of(roadmap, tree.school).status is RoadmapStatus.SENT


def test_the_marked_plans_without_deviations_are_approved_by_one_order(tree: Tree, as_role):
    template = make_template(tree)
    sent = []
    for place in (tree.school, tree.sister):
        actor = actor_of(place)
        with transaction(actor.scope) as session:
            sent.append(commands.start_from_template(session, actor, template, YEAR))
        with transaction(actor.scope) as session:
            commands.send_roadmap(session, actor, sent[-1].id)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)
    assert text_of(district.get("roadmaps/queue")).count("без отклонений") >= 2
    assert district.post("roadmaps/queue/approve", data={"order_on": "18.11.2026"}).status_code == 422

    order = {"order_on": "18.11.2026", "order_number": "5-од", "seen": [f"{roadmap.id}:1" for roadmap in sent]}
    answer = district.post(f"roadmaps/queue/approve?year={YEAR}", data=order)

    assert answer.status_code == 303
    assert "Утверждено планов: 2." in text_of(district.get(answer.location))


def test_a_plan_taken_on_review_is_not_recalled(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.SENT)
    district, school = as_role(Role.DISTRICT_REVIEWER, tree.district), as_role(Role.CURATOR, tree.school)
    assert "Взять на проверку" in text_of(district.get(f"roadmaps/{roadmap.id}/review"))
    assert district.post(f"roadmaps/{roadmap.id}/take").status_code == 303

    assert school.post(f"roadmaps/{roadmap.id}/recall").status_code == 409


def test_a_stale_version_is_refused_with_409_and_a_stale_measure_offers_the_choice(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    school = as_role(Role.CURATOR, tree.school)
    data = {"version": row.version, "title": "Первый", "period_end": "10.09.2026"}
    assert school.post(f"roadmaps/measures/{row.id}/edit", data=data).status_code == 303

    stale = school.post(f"roadmaps/measures/{row.id}/edit", data=data | {"title": "Второй"})

    assert stale.status_code == 409
    assert "Первый" in text_of(stale)
    assert "Второй" in text_of(stale)
    assert measures_of(roadmap, tree.school)[0].title == "Первый"


def test_the_second_version_shows_what_it_changed(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.RETURNED)
    actor = actor_of(tree.school)
    row = measures_of(roadmap, tree.school)[0]
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, row.id, {"responsible": "Завуч"}, version=row.version)
        commands.send_roadmap(session, actor, roadmap.id)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)

    page = text_of(district.get(f"roadmaps/{roadmap.id}/versions/2"))
    review = text_of(district.get(f"roadmaps/{roadmap.id}/review?view=new"))

    assert "Директор</del>" in page
    assert "Завуч</ins>" in page
    assert "Новое с версии 1" in review
    assert "Приказ о наставничестве" in review
    assert "Положение о наставничестве" not in review


def test_deviations_stand_beside_the_template_with_remarks_under_their_rows(tree: Tree, as_role):
    template = make_template(tree)
    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        roadmap = commands.start_from_template(session, actor, template, YEAR)
    rows = {row.number: row for row in measures_of(roadmap, tree.school)}
    with transaction(actor.scope) as session:
        measures.edit_measure(session, actor, rows["3.1"].id, {"responsible": ""}, version=1)
        measures.remove_measure(session, actor, rows["5.2"].id)
        commands.send_roadmap(session, actor, roadmap.id)
    district = as_role(Role.DISTRICT_REVIEWER, tree.district)
    data = {"version_n": 1, "measure_id": rows["3.1"].id, "text": "Укажите ответственного", "place": "m1"}
    assert district.post(f"roadmaps/{roadmap.id}/remark", data=data).status_code == 303

    page = text_of(district.get(f"roadmaps/{roadmap.id}/review"))

    assert "нет ответственного" in page
    assert "Приказ о закреплении наставнических пар и групп" in page
    assert "Ваше замечание: «Укажите ответственного»" in page
    assert "Вернуть с 1 замечанием" in page
    assert "2 отклонения" in page


def test_the_pages_ask_the_database_at_most_five_questions(tree: Tree, as_role, statements):
    make_template(tree)
    roadmap = make_roadmap(tree.school, RoadmapStatus.RETURNED)
    make_roadmap(tree.sister, RoadmapStatus.SENT)
    with transaction(reviewer_of(tree.school).scope.reading()) as session:
        assert reviews.current_remarks(session, roadmap.id) == []
    school, district = as_role(Role.CURATOR, tree.school), as_role(Role.DISTRICT_REVIEWER, tree.district)

    for seat, path in (
        (school, "roadmaps/"),
        (district, "roadmaps/queue"),
        (district, f"roadmaps/{roadmap.id}/review"),
        (district, f"roadmaps/{roadmap.id}/versions/1"),
        (district, "roadmaps/templates"),
    ):
        statements.clear()
        assert seat.get(path).status_code == 200
        assert len(of_roadmaps(statements)) <= 5, (path, of_roadmaps(statements))


def test_a_template_is_written_published_and_followed(tree: Tree, as_role):
    region = as_role(Role.REGION_ADMIN, tree.region)
    answer = region.post("roadmaps/templates", data={"title": "Карта региона", "request_key": "new-template"})
    place = answer.location
    row = {"title": "Приказ", "stage_title": "Подготовка", "stage_number": "1", "period": "до 20 сентября",
           "responsible": "Директор", "result": "Приказ", "required": "1", "request_key": "a-measure-1"}  # fmt: skip
    assert region.post(f"{place}/measures", data=row).status_code == 303
    bad = region.post(f"{place}/measures", data=row | {"period": "31 ноября", "request_key": "another-measure"})
    assert bad.status_code == 422
    assert region.post(f"{place}/publish").status_code == 303

    school = as_role(Role.CURATOR, tree.school)
    assert "Карта региона" in text_of(school.get("roadmaps/"))
    template_id = int(place.rsplit("/", 1)[-1])
    assert (
        as_role(Role.DISTRICT_REVIEWER, tree.district).post(f"roadmaps/templates/{template_id}/publish").status_code
        == 403
    )
    school.post("roadmaps/start", data={"template_id": template_id, "year": YEAR})
    assert "до 20.09.2026" in text_of(school.get("roadmaps/"))


def test_a_template_begins_from_a_document_and_from_a_plan(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school)
    region = as_role(Role.REGION_ADMIN, tree.region)
    file = (io.BytesIO(make_document(ASKING)), "карта.docx")

    from_file = region.post("roadmaps/templates", data={"title": "Из файла", "document": file})
    from_plan = region.post("roadmaps/templates", data={"title": "Из плана", "plan_id": roadmap.id})

    assert "до 10 сентября" in text_of(region.get(from_file.location))
    assert "Положение о наставничестве" in text_of(region.get(from_plan.location))


def test_the_sheet_of_a_plan_being_changed_claims_no_approval(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)
    school = as_role(Role.CURATOR, tree.school)
    assert school.post(f"roadmaps/{roadmap.id}/revise").status_code == 303

    assert "УТВЕРЖДЕНА" not in text_of(school.get(f"roadmaps/{roadmap.id}/sheet"))


def test_the_sheet_for_printing_carries_the_approval_block(tree: Tree, as_role):
    roadmap = make_roadmap(tree.school, RoadmapStatus.APPROVED)

    page = text_of(as_role(Role.DIRECTOR, tree.school).get(f"roadmaps/{roadmap.id}/sheet"))

    assert "УТВЕРЖДЕНА<br>приказом от 01.09.2026 № 17-од" in page
