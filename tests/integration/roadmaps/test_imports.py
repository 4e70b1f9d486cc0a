"""Documents become plans; what cannot be read leaves one sentence, one journal entry, and nothing else."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tenants.accounts.models import Role
from tenants.db import transaction
from tenants.errors import ForbiddenError, WrongStateError
from tenants.files.models import StoredFile
from tenants.journal import JournalEntry
from tenants.roadmaps import commands, imports, measures, plans
from tenants.roadmaps.models import ImportState, RoadmapImport, RoadmapStatus
from tenants.roadmaps.phrases import PeriodKind
from tests.factories.roadmaps import ASKING, YEAR, make_document, make_roadmap, measures_of
from tests.factories.tree import Tree, actor_of

SAMPLES = Path(os.environ.get("PORTAL_SAMPLES", "")) / "roadmaps"
NAMES = ("babino-2022.docx", "kirov-music-college-2021.docx", "kirov-music-college-2021.pdf", "school26-2025.docx",
         "school26-2025.odt", "sechenovo-2020.docx", "sechenovo-2020.xlsx", "tashtagol-2021.docx")  # fmt: skip


def upload(place, content, name="план.docx", year=YEAR):
    actor = actor_of(place)
    with transaction(actor.scope) as session:
        return imports.upload_document(session, actor, content, name=name, school_year=year)


def zipped(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def xxe():
    text = make_document(ASKING)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(text)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                head = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                content = head + content.partition(b"?>")[2]
            target.writestr(name, content)
    return out.getvalue()


def macro():
    out = io.BytesIO(make_document(ASKING))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"\x00" * 100)
    return out.getvalue()


BAD = {
    "empty": lambda: b"",
    "not a document": lambda: b"just some words",
    "broken": lambda: make_document(ASKING)[:2000],
    "encrypted": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4000,
    "oversized": lambda: b"PK" + b"\x00" * (imports.MOST_BYTES + 1),
    "bomb": lambda: zipped(**{"word__document.xml": b"<a/>" + b" " * 150_000_000}),
    "xxe": xxe,
    "macro": macro,
    "no plan": lambda: make_document((), title="Поздравление с праздником"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_leaves_one_sentence_and_a_journal_entry(tree: Tree, kind: str):
    done = upload(tree.school, BAD[kind]())

    assert done.import_id is None
    assert done.refusal
    assert done.refusal[0].isupper()
    assert done.refusal.rstrip().endswith(".")
    assert "Traceback" not in done.refusal
    with transaction(actor_of(tree.school).scope.reading()) as session:
        assert session.scalar(select(func.count()).select_from(StoredFile)) == 0
        assert session.scalar(select(func.count()).select_from(RoadmapImport)) == 0
        events = session.scalars(select(JournalEntry.event)).all()
    assert events == ["roadmap_import.refused"]


def test_a_document_fills_the_empty_plan_and_keeps_the_original_words(tree: Tree):
    done = upload(tree.school, make_document(ASKING))

    with transaction(actor_of(tree.school).scope.reading()) as session:
        plan = plans.plan_of(session, tree.school.id, YEAR)
        row = session.scalars(select(RoadmapImport)).one()
    rows = [line.measure for line in plan.lines]
    assert done.import_id == row.id
    assert [one.number for one in rows] == ["1.1", "1.2", "2.1", "2.2"]
    assert rows[0].period_raw == "до 10 сентября 2026 г."
    assert rows[1].period_kind is PeriodKind.RELATIVE
    assert [one.asks for one in rows] == [False, False, True, False]
    assert row.state is ImportState.USED


def test_a_second_document_asks_before_it_replaces_the_plan(tree: Tree):
    upload(tree.school, make_document(ASKING))
    second = upload(tree.school, make_document(ASKING[:2]))
    roadmap = plan_of(tree.school)
    assert len(measures_of(roadmap, tree.school)) == 4

    actor = actor_of(tree.school)
    with transaction(actor.scope) as session:
        imports.replace_plan(session, actor, second.import_id)
    assert [row.number for row in measures_of(roadmap, tree.school)] == ["1.1"]
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        imports.replace_plan(session, actor, second.import_id)


def plan_of(place):
    with transaction(actor_of(place).scope.reading()) as session:
        return plans.plan_of(session, place.id, YEAR).roadmap


def test_a_question_is_answered_by_a_choice_or_by_typed_dates(tree: Tree):
    upload(tree.school, make_document(ASKING))
    roadmap = plan_of(tree.school)
    asked = next(row for row in measures_of(roadmap, tree.school) if row.asks)
    actor = actor_of(tree.school)

    with transaction(actor.scope) as session:
        measures.answer_question(session, actor, asked.id, measures.Answer("month|2027-05-01|2027-05-31|"))

    row = next(row for row in measures_of(roadmap, tree.school) if row.id == asked.id)
    assert (row.period_end.isoformat(), row.question_answer) == ("2027-05-31", "01.05–31.05.2027")
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        measures.answer_question(session, actor, asked.id, measures.Answer("none"))


def test_nobody_uploads_into_a_plan_that_lies_with_the_reviewer(tree: Tree):
    make_roadmap(tree.school, RoadmapStatus.SENT)

    actor = actor_of(tree.school)
    with transaction(actor.scope) as session, pytest.raises(WrongStateError):
        imports.upload_document(session, actor, make_document(ASKING), name="план.docx", school_year=YEAR)


def test_a_reviewer_uploads_no_plan(tree: Tree):
    actor = actor_of(tree.district, Role.DISTRICT_REVIEWER)

    with transaction(actor.scope) as session, pytest.raises(ForbiddenError):
        imports.upload_document(session, actor, make_document(ASKING), name="план.docx", school_year=YEAR)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="PORTAL_SAMPLES names no folder with roadmaps")
@pytest.mark.parametrize("name", NAMES)
def test_every_sample_becomes_a_plan_that_can_be_sent_once_its_questions_are_answered(tree: Tree, name: str):
    done = upload(tree.school, (SAMPLES / name).read_bytes(), name)
    assert done.import_id, done.refusal
    roadmap = plan_of(tree.school)
    actor = actor_of(tree.school)

    for row in measures_of(roadmap, tree.school):
        if row.asks:
            with transaction(actor.scope) as session:
                measures.answer_question(session, actor, row.id, measures.Answer("none"))
    with transaction(actor.scope) as session:
        version = commands.send_roadmap(session, actor, roadmap.id)

    assert version.measure_count >= 12
