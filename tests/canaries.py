"""The canaries: whatever a run of the suite leaves behind is searched for the names of its participants.

Every participant that any test wrote down is a canary. Names may stand in `person` and what belongs to it; they may not
stand in logs (of the portal, PostgreSQL, Valkey), addresses, jobs, letters, the queue, the journal or any other table.
Where one does, the run fails and says where.
"""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from flask import Flask, Response, request
from psycopg import sql

_WORDS = re.compile(r"[А-Яа-яЁё-]{2,}")
_LEAST = 3
"""A name of fewer letters («Ли Ан») is a word of other sentences too."""
NAMES_LIVE_HERE = frozenset({"person", "person_history"})
"""Tables that hold names on purpose. A new one needs its reason here."""
CAPTURED = "captured.log"
WORKER, OWN = SEARCHED = ("worker", "own")
"""Words in the names of the databases that are searched: where the portal itself worked, whole."""


def watch_addresses(app: Flask, folder: Path) -> None:
    """Write down every address that a browser asks for or is sent to."""
    path = folder / f"addresses-{os.getpid()}.log"

    @app.after_request
    def _note(response: Response) -> Response:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{request.full_path}\t{request.referrer or ''}\t{response.headers.get('Location', '')}\n")
        return response


def plant(name: str) -> None:
    """Say that a test writes this name into free words of the school on purpose, to see them go."""
    last, first, *_ = name.split()
    with (Path(os.environ["TEST_FOLDER"]) / f"planted-{os.getpid()}.txt").open("a", encoding="utf-8") as file:
        file.write(f"{_last_word(last)} {first.lower()}\n")


def keep_captured(folder: Path, report: pytest.TestReport) -> None:
    """Keep what a test made the portal log."""
    with (folder / CAPTURED).open("a", encoding="utf-8") as file:
        for title, text in report.sections:
            if "stderr" in title or "log" in title:
                file.write(text)


class Search:
    """One search over everything that a run left behind."""

    def __init__(self, folder: Path, admin_url: str) -> None:
        self.folder, self.admin_url = folder, admin_url
        self.names: set[tuple[str, str]] = set()
        self.size = 0
        self.hits: list[str] = []

    def run(self) -> None:
        """Search the databases first: they say which names to look for elsewhere."""
        databases = list(self._databases())
        for database in databases:
            self._learn(database)
        everybody = set(self.names)
        self.names -= self._planted()
        for database in databases:
            self._search_database(database)
        # In logs, addresses, the queue and letters a planted name is as wrong as any other.
        self.names = everybody
        for path in self._files():
            self.look(str(path.relative_to(self.folder)), path.read_bytes().decode("utf-8", errors="ignore"))

    def _databases(self) -> Iterator[str]:
        with psycopg.connect(self._url("postgres")) as connection:
            pattern = rf"^portal_({'|'.join(SEARCHED)})_\d+_\d+$"
            rows = connection.execute("select datname from pg_database where datname ~ %s", [pattern]).fetchall()
        yield from (name for (name,) in rows)

    def _url(self, database: str) -> str:
        return self.admin_url.replace("%7Bdatabase%7D", database)

    def _learn(self, database: str) -> None:
        with psycopg.connect(self._url(database)) as connection:
            rows = connection.execute("select last_name, first_name from person").fetchall()
            staff = connection.execute("select last_name, first_name from user_account").fetchall()
        pairs = {(_last_word(last), first.lower().split(" ")[0]) for last, first in rows}
        # A member of staff may bear the name of a participant, and staff are named in many places.
        self.names |= {pair for pair in pairs if all(len(word) >= _LEAST for word in pair)} - {
            (_last_word(last), first.lower()) for last, first in staff
        }

    def _search_database(self, database: str) -> None:
        with psycopg.connect(self._url(database)) as connection:
            tables = connection.execute(
                "select table_name from information_schema.tables where table_schema = 'public'"
                " and table_type = 'BASE TABLE'"
            ).fetchall()
            for (table,) in tables:
                if table not in NAMES_LIVE_HERE:
                    query = sql.SQL("select t::text from {} t").format(sql.Identifier(table))
                    text = "\n".join(row for (row,) in connection.execute(query).fetchall())
                    self.look(f"{database}.{table}", text)

    def _planted(self) -> set[tuple[str, str]]:
        lines = (line for path in self.folder.glob("planted-*.txt") for line in path.read_text("utf-8").splitlines())
        return {(last, first) for last, first in (line.split(" ") for line in lines)}

    def _files(self) -> Iterator[Path]:
        yield from self.folder.glob("*.log")
        yield from (path for path in (self.folder / "valkey").rglob("*") if path.is_file())
        yield from (path for path in (self.folder / "pg").glob("*.log"))
        yield from (path for path in (self.folder / "letters").rglob("*") if path.is_file())

    def look(self, place: str, text: str) -> None:
        self.size += len(text)
        words = [(match.start(), match.end(), match.group().lower()) for match in _WORDS.finditer(text)]
        for (_, end, first), (start, _, second) in pairwise(words):
            if start - end <= 2 and {(first, second), (second, first)} & self.names:
                self.hits.append(place)


def _last_word(name: str) -> str:
    return name.lower().split(" ")[-1]
