"""After an act the name is nowhere: not in a table, not in a kept content however packed, not in a key of Valkey."""

import base64
import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import update

from portal.embedded import start_valkey
from portal.operations.queue import connection, hang_bell, queue
from portal.operations.worker import run_job
from reports.documents.pdf import render_pdf
from tenants import clock
from tenants.db import ScopedSession, transaction
from tenants.files import store
from tenants.files.models import StoredFile
from tenants.jobs.commands import LEASE, Bell
from tenants.notices.commands import LetterBell
from tenants.participants.consents import NewConsent, give_consent
from tenants.participants.models import Giver
from tenants.participants.papers import Scan
from tenants.participants.persons import Person
from tenants.subjects import erasing
from tenants.subjects.rows import Held
from tests.conftest import Database
from tests.contracts.figures import figure
from tests.factories.subjects import confirmed, curator, job_of, make_outlived
from tests.factories.tree import Tree
from tests.integration.subjects.dump import rows_with
from tests.integration.subjects.traces import files_with, keys_with

CANARY = "Уничтожаев"
DAY = 24 * 3600


@pytest.fixture
def bell(tmp_path: Path) -> Iterator[str]:
    """A Valkey of this test alone, rung by every job; its address."""
    server = start_valkey(tmp_path / "valkey")
    former = Bell.ring, LetterBell.ring
    hang_bell(server.url)
    yield server.url
    Bell.ring, LetterBell.ring = former
    server.stop()


@pytest.fixture(scope="module")
def scan() -> bytes:
    """A PDF that names the person: setting it takes seconds, so one serves all."""
    return render_pdf(f"<html lang=ru><title>Согласие</title><body><p>Я, {CANARY}а Мария, согласна</p></body></html>")


def work(url: str) -> None:
    """Do what has been rung, as the worker does."""
    worker = SimpleWorker([queue(url)], connection=connection(url), serializer=JSONSerializer)
    worker.work(burst=True, logging_level="CRITICAL")


def test_the_search_sees_through_what_contents_are_packed_in(tmp_path: Path, bell: str, scan: bytes) -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{CANARY}а Мария</w:t>")
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("письмо.docx", inner.getvalue())
    contents = {
        "plain": CANARY.encode(), "old": CANARY.encode("cp1251"), "wide": CANARY.encode("utf-16-le"),
        "zip": outer.getvalue(), "gz": gzip.compress(CANARY.encode()), "pdf": scan,
    }  # fmt: skip
    for name, content in {**contents, "empty": b"", "other": b"%PNG"}.items():
        (tmp_path / "data").mkdir(exist_ok=True)
        (tmp_path / "data" / name).write_bytes(content)
    with redis.Redis.from_url(bell) as server:
        error = zlib.compress(f"Failing row contains ({CANARY})".encode())
        server.hset("job", "exc_info", error)
        server.xadd("result", {"exc_string": base64.b64encode(error)})
        server.zadd("sorted", {CANARY: 1})
        server.set("other", "3")

    assert files_with(tmp_path / "data", CANARY) == sorted(contents)
    assert sorted(keys_with(bell, CANARY)) == ["job", "result", "sorted"]


def breaks_at_the_row(session: ScopedSession, held: Held, _: object) -> int:
    """A fault of the program whose answer from the database names the person: the failing row, the parameters."""
    mine = update(Person).where(Person.participant_id == held.participant_id)
    session.execute(mine.values(representative=f"{CANARY} " * 40))
    return 0


def test_nothing_of_the_name_is_left_after_the_act(
    database: Database, tree: Tree, bell: str, scan: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_outlived(tree.school, name=f"{CANARY} Иван Петрович")
    actor = curator(tree.school)
    with transaction(actor.scope) as session:
        new = NewConsent(
            date(2022, 9, 2), given_by=Giver.REPRESENTATIVE, giver_name=f"{CANARY}а Мария", scan=Scan(scan)
        )
        give_consent(session, actor, gone.id, new)
    # A form that was refused after its scan had been kept: the roll-back leaves the content without a row.
    refused = scan + b"%"
    with transaction(actor.scope) as session:
        unnamed = store.path_of(store.keep(session, refused, name="скан.pdf", media_type="application/pdf"))
        session.rollback()
    os.utime(unnamed, (unnamed.stat().st_mtime - DAY,) * 2)
    stood = files_with(tmp_path / "data", CANARY)

    with monkeypatch.context() as broken:
        broken.setattr(erasing, "_topics", breaks_at_the_row)
        act = confirmed(tree.school, gone)
        work(bell)
    clock.travel(clock.now() + 2 * LEASE)
    run_job(job_of(act))

    with redis.Redis.from_url(bell) as server:
        assert server.zcard("rq:failed:portal") == 1, "the fault must have reached the queue"
    hits = [rows_with(database.admin_url, CANARY), files_with(tmp_path / "data", CANARY), keys_with(bell, CANARY)]
    figure("canary_files_before", len(stood))
    figure("canary_hits_in_files_and_keys", len(hits[1]) + len(hits[2]))
    assert len(stood) == 2
    assert hits == [[], [], []]
    assert files_with(tmp_path / "data", "Орлов"), "the papers of the act must have been searched too"


def test_a_sweep_takes_only_what_is_old_and_has_no_row(tree: Tree) -> None:
    scope = curator(tree.school).scope
    named = store.path_of(store_content(tree, b"%PDF-1.7 named"))
    with transaction(scope) as session:
        young, old, again = (
            store.path_of(store.keep(session, words, name="скан.pdf", media_type="application/pdf"))
            for words in (b"%PDF-1.7 young", b"%PDF-1.7 old", b"%PDF-1.7 again")
        )
        session.rollback()
    for path in (named, old, again):
        os.utime(path, (path.stat().st_mtime - DAY,) * 2)
    with transaction(scope) as session:
        # Kept once more by a transaction that has not ended: the content on the disk is young again.
        store.keep(session, b"%PDF-1.7 again", name="скан.pdf", media_type="application/pdf")
        session.rollback()

    with transaction(scope) as session:
        assert store.sweep_unnamed(session) == 1

    assert [path.exists() for path in (named, young, old, again)] == [True, True, False, True]


def store_content(tree: Tree, content: bytes) -> StoredFile:
    with transaction(curator(tree.school).scope) as session:
        return store.keep(session, content, name="скан.pdf", media_type="application/pdf")
