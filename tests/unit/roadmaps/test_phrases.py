"""The grammar of period phrases, against our own table, the samples and hostile input."""

import csv
import os
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenants.roadmaps.phrases import LONGEST_PHRASE, PeriodKind, read

HERE = Path(__file__).parent
SAMPLES = os.environ.get("PORTAL_SAMPLES")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


OWN = rows(HERE / "phrases.tsv")
VOCABULARY = sorted({word for row in OWN for word in row["phrase"].split()})


@pytest.mark.parametrize("row", OWN, ids=[f"{row['phrase']} ({row['year'] or 'no year'})" for row in OWN])
def test_a_phrase_is_read_as_a_person_reads_it(row: dict[str, str]) -> None:
    reading = read(row["phrase"], row["year"] or None)

    assert (reading.kind.value, reading.start or "", reading.end or "", reading.recurrence or "") == (
        row["kind"],
        row["start"],
        row["end"],
        row["recurrence"],
    )
    assert (reading.anchor or "") == row["anchor"]
    assert bool(reading.question) == (row["asks"] == "asks")


def test_the_own_table_is_large_enough_to_mean_something() -> None:
    assert len({row["phrase"] for row in OWN}) >= 120


@pytest.mark.skipif(not SAMPLES, reason="PORTAL_SAMPLES names no folder of sample documents")
def test_sample_phrases_are_read_and_none_is_wrong_in_silence() -> None:
    samples = rows(Path(SAMPLES or "") / "dates" / "phrases.tsv")
    right = asked = wrong = 0
    for row in samples:
        reading = read(row["phrase"], row["year"] or None)
        expected = tuple(row[key] or None for key in ("kind", "start", "end", "recurrence"))
        same = expected == (reading.kind.value, reading.start, reading.end, reading.recurrence)
        right += same and reading.question is None
        asked += reading.question is not None
        wrong += not same and reading.question is None

    assert right / len(samples) >= 0.95
    assert asked / len(samples) <= 0.15
    assert wrong == 0


@pytest.mark.parametrize(
    "written", ["МАЙ 2026", "май\u00a02026", "мая\u202f2026", "«май» 2026 г.", "ма\u00adй 2026", "май\n2026 года"]
)
def test_the_way_of_writing_does_not_change_the_reading(written: str) -> None:
    reading = read(written)

    assert (reading.kind, reading.start, reading.end) == (PeriodKind.MONTH, "2026-05-01", "2026-05-31")


@pytest.mark.parametrize(
    ("written", "whole"),
    [
        ("декаб-\nрь 2025", "декабрь 2025"),
        ("в те-\nчение учеб-\nного года", "в течение учебного года"),
        ("еже-\nмесячно", "ежемесячно"),
        ("I полу-\nгодие 2026 года", "I полугодие 2026 года"),
        ("сентябрь 2025-\nмай 2026", "сентябрь 2025 - май 2026"),
        ("сентябрь-\nоктябрь", "сентябрь - октябрь"),
    ],
)
def test_a_word_broken_by_a_narrow_column_is_one_word(written: str, whole: str) -> None:
    assert read(written, "2025/2026") == read(whole, "2025/2026")
    assert read(whole, "2025/2026").question is None


@pytest.mark.parametrize("dash", list("-‐‑‒–—―−"))
def test_every_dash_is_a_dash(dash: str) -> None:
    assert read(f"май {dash} июнь 2026").end == "2026-06-30"


@pytest.mark.parametrize("empty", ["", " ", "-", "—", "…", "____", "\n", " " * 5000])
def test_nothing_is_nothing_and_no_question(empty: str) -> None:
    reading = read(empty)

    assert reading.kind is PeriodKind.NONE
    assert reading.question is None


@pytest.mark.parametrize(
    "hostile",
    [
        "9" * 10_000,
        "1." * 300,
        "01.01." * 100,
        "с 1 по " * 80,
        "конец начала " * 40,
        "(" * 600,
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15",
        "99.99.9999",
        "00.00.0000",
        "0 раз в 0 лет",
        "\x00\x01 мая \ud7ff",
        "𐹠 сентября ² раза",
        "э" * 599,
        "мая " * 10_000,
    ],
)
def test_hostile_words_become_a_question_and_not_an_error(hostile: str) -> None:
    reading = read(hostile, "2026")

    assert reading.question


@pytest.mark.parametrize(
    "words", ["до", "в течение всего", "по мере,", "ежегодно", "с", "каждый", "конец", "1 -", "не позднее"]
)
def test_the_same_words_over_and_over_are_read_quickly(words: str) -> None:
    began = time.process_time()
    read((f"{words} " * 600)[:LONGEST_PHRASE], "2026")

    assert time.process_time() - began < 2


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=LONGEST_PHRASE + 50),
    st.one_of(st.none(), st.text(max_size=20), st.sampled_from(["2026", "2025/2026"])),
)
def test_reading_never_raises_on_any_text(text: str, year: str | None) -> None:
    read(text, year)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(st.sampled_from(VOCABULARY), st.sampled_from(list(".,;-()/\n")), st.integers(0, 3000).map(str)),
        max_size=30,
    ),
    st.sampled_from([None, "2026", "2025/2026"]),
)
def test_any_heap_of_calendar_words_gives_lawful_dates(words: list[str], year: str | None) -> None:
    reading = read(" ".join(words), year)

    for start, end in reading.intervals:
        assert start is None or end is None or start <= end
    assert reading.kind is not PeriodKind.NONE or reading.start is None
    assert reading.as_json().keys() == {"kind", "start", "end", "recurrence", "anchor"}


@settings(max_examples=100, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_any_day_written_in_figures_is_that_day(day: date) -> None:
    assert read(f"{day:%d.%m.%Y} г.").intervals == ((day, day),)
    assert read(f"не позднее {day:%d.%m.%Y}").due == day


def test_the_work_grows_linearly_with_the_length() -> None:
    def cost(size: int) -> float:
        text = ("в течение месяца после работы, до 1 мая " * 20)[:size]
        read("январь", "2020")
        began = time.process_time()
        for number in range(20):
            read(text + str(number), "2026")
        return time.process_time() - began

    cost(300)

    assert cost(580) < 6 * cost(290) + 0.05


def test_a_list_tells_its_intervals_and_the_last_day_to_check() -> None:
    reading = read("март, июнь 2026 г.")

    assert reading.intervals == ((date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 6, 1), date(2026, 6, 30)))
    assert reading.due == date(2026, 6, 30)


def test_a_deadline_list_has_no_first_days() -> None:
    assert read("до 1 марта и до 1 июня 2026 г.").intervals == ((None, date(2026, 3, 1)), (None, date(2026, 6, 1)))
