"""How a plan differs from a template: every deviation hangs on a measure or a stage and is one Russian sentence.

Rows are paired by the template's own link, else by the words of their titles; word endings are cut, so that «сбор
запросов» and «сбора запросов» agree. Pure: no database.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from tenants.periods import SchoolYear
from tenants.roadmaps.dating import day_of
from tenants.roadmaps.models import Measure, VersionMeasure
from tenants.roadmaps.phrases import PeriodKind
from tenants.roadmaps.template_models import TemplateMeasure

PlanRow = Measure | VersionMeasure
ALIKE = 0.5
"""Least likeness (Dice, 0 to 1) at which two titles name the same thing."""
_ALIKE_ELSEWHERE = 0.7
_SUMMER_BEFORE = timedelta(days=92)
"""Work for a school year may begin in the summer before it."""
_WORD = re.compile(r"[а-яёa-z]+|\d+", re.IGNORECASE)
_ENDING = re.compile(
    r"(иями|ями|ами|иях|ях|ах|ием|ого|его|ому|ему|ыми|ими|ов|ев|ей|ем|ом|ий|ый|ой|ая|яя|ое|ее|ые|ие|ых|их"
    r"|ую|юю|ою|ею|ия|ья|ию|ью|ии|а|я|о|е|у|ю|ы|и|ь|й)$"
)
_SHORTEST = 3
_STEM = 8
_EMPTY_WORDS = frozenset({"для", "или", "при", "над", "под", "что", "как", "его", "так", "том", "числе"})
_TIMELESS = (PeriodKind.CONTINUOUS, PeriodKind.RELATIVE, PeriodKind.ON_SCHEDULE)


class DeviationKind(StrEnum):
    """What may be amiss with a plan."""

    MISSING_STAGE = "missing_stage"
    MISSING_MEASURE = "missing_measure"
    LATE = "late"
    NO_RESPONSIBLE = "no_responsible"
    WRONG_YEAR = "wrong_year"
    NO_PERIOD = "no_period"
    NO_RESULT = "no_result"
    DUPLICATE_NUMBER = "duplicate_number"

    @property
    def grave(self) -> bool:
        """Return whether it is drawn as an error; the others are warnings."""
        return self in (self.MISSING_STAGE, self.MISSING_MEASURE, self.LATE, self.NO_RESPONSIBLE)


@dataclass(frozen=True)
class Deviation:
    """One difference; `word` is its short name, `sentence` the whole."""

    kind: DeviationKind
    word: str
    sentence: str
    stage: str
    """Title of the template's stage, or of the plan's where the template has none like it."""
    measure_id: int | None = None
    template_measure_id: int | None = None


@dataclass(frozen=True)
class Conformity:
    """A plan laid beside a template."""

    stages: tuple[tuple[str, str], ...]
    """(number, title) of the stages to show, in order: the template's, then those only the plan has."""
    pairs: dict[int, TemplateMeasure]
    """Measure id → the template's row it answers."""
    stage_of: dict[int, str]
    """Measure id → title of the stage in `stages` it belongs to."""
    deviations: tuple[Deviation, ...] = field(default=())

    def of_stage(self, title: str) -> tuple[Deviation, ...]:
        """Return the deviations of a stage."""
        return tuple(deviation for deviation in self.deviations if deviation.stage == title)


def compare(plan: Sequence[PlanRow], template: Sequence[TemplateMeasure], school_year: int) -> Conformity:
    """Lay a plan beside a template; an empty template leaves the checks of the plan alone."""
    stages = _stages(template)
    of_plan = _match_stages([title for _, title in _stages(plan)], [title for _, title in stages])
    pairs = _pair(plan, template, of_plan)
    stage_of = {
        measure_key(row): pairs[measure_key(row)].stage_title
        if measure_key(row) in pairs
        else of_plan.get(row.stage_title, row.stage_title)
        for row in plan
    }
    own = [stage for stage in _stages(plan) if stage[1] in set(stage_of.values()) - {title for _, title in stages}]
    found = [
        *_missing(plan, template, stages, stage_of, pairs),
        *(deviation for row in plan for deviation in _of_row(row, stage_of, pairs, school_year)),
        *_duplicates(plan, stage_of),
    ]
    order = {title: place for place, (_, title) in enumerate([*stages, *own])}
    place_of = {measure_key(row): place for place, row in enumerate(plan)}
    found.sort(key=lambda one: (order.get(one.stage, len(order)), place_of.get(one.measure_id or 0, len(place_of))))
    return Conformity((*stages, *own), pairs, stage_of, tuple(found))


def measure_key(row: PlanRow) -> int:
    """Return the id of the measure behind a row of a plan or of a frozen version."""
    return row.measure_id if isinstance(row, VersionMeasure) else row.id


def _stages(rows: Iterable[PlanRow | TemplateMeasure]) -> list[tuple[str, str]]:
    seen: dict[str, str] = {}
    for row in rows:
        seen.setdefault(row.stage_title, row.stage_number)
    return [(number, title) for title, number in seen.items()]


@lru_cache(maxsize=8192)
def stems(text: str) -> frozenset[str]:
    """Return the words of a title without their endings."""
    words = (word.lower().replace("ё", "е") for word in _WORD.findall(text))
    return frozenset(_stem(word) for word in words if len(word) >= _SHORTEST and word not in _EMPTY_WORDS)


def _stem(word: str) -> str:
    cut = _ENDING.sub("", word.removesuffix("ся"))
    return (cut if len(cut) >= _SHORTEST else word)[:_STEM]


def likeness(one: str, other: str) -> float:
    """Return how alike two titles are, 0 to 1."""
    first, second = stems(one), stems(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _match_stages(plan: list[str], template: list[str]) -> dict[str, str]:
    scored = sorted(
        ((likeness(mine, theirs), mine, theirs) for mine in plan for theirs in template), key=lambda one: -one[0]
    )
    found: dict[str, str] = {}
    for score, mine, theirs in scored:
        if score >= ALIKE and mine not in found and theirs not in found.values():
            found[mine] = theirs
    return found


def _pair(
    plan: Sequence[PlanRow], template: Sequence[TemplateMeasure], stages: dict[str, str]
) -> dict[int, TemplateMeasure]:
    by_id = {row.id: row for row in template}
    pairs = {measure_key(row): by_id[row.template_measure_id] for row in plan if row.template_measure_id in by_id}
    taken = {row.id for row in pairs.values()}
    scored = sorted(
        (
            (likeness(mine.title, theirs.title), measure_key(mine), theirs, stages.get(mine.stage_title))
            for mine in plan
            for theirs in template
            if measure_key(mine) not in pairs and theirs.id not in taken
        ),
        # Of two equally alike the one in the same stage comes first.
        key=lambda one: (-one[0], one[3] != one[2].stage_title),
    )
    for score, key, theirs, stage in scored:
        least = ALIKE if stage == theirs.stage_title else _ALIKE_ELSEWHERE
        if score >= least and key not in pairs and theirs.id not in taken:
            pairs[key] = theirs
            taken.add(theirs.id)
    return pairs


def _missing(
    plan: Sequence[PlanRow],
    template: Sequence[TemplateMeasure],
    stages: list[tuple[str, str]],
    stage_of: dict[int, str],
    pairs: dict[int, TemplateMeasure],
) -> Iterator[Deviation]:
    present = {stage_of[measure_key(row)] for row in plan}
    absent = {title for _, title in stages if title not in present}
    for number, title in stages:
        if title in absent:
            name = f"{number}. {title}" if number else title
            yield Deviation(DeviationKind.MISSING_STAGE, "нет этапа", f"В плане нет этапа «{name}».", title)
    answered = {row.id for row in pairs.values()}
    for row in template:
        if row.required and row.id not in answered and row.stage_title not in absent:
            yield Deviation(
                DeviationKind.MISSING_MEASURE,
                "нет мероприятия",
                f"В плане нет обязательного мероприятия «{row.title}».",
                row.stage_title,
                template_measure_id=row.id,
            )


def _of_row(
    row: PlanRow, stage_of: dict[int, str], pairs: dict[int, TemplateMeasure], school_year: int
) -> Iterator[Deviation]:
    key = measure_key(row)
    model = pairs.get(key)
    name = row.number or f"«{row.title[:60]}»"

    def deviation(kind: DeviationKind, word: str, sentence: str) -> Deviation:
        return Deviation(kind, word, sentence, stage_of[key], key, model.id if model else None)

    if not row.responsible.strip():
        yield deviation(
            DeviationKind.NO_RESPONSIBLE, "нет ответственного", f"У мероприятия {name} не указан ответственный."
        )
    if _has_no_period(row):
        yield deviation(DeviationKind.NO_PERIOD, "нет срока", f"У мероприятия {name} не указан срок.")
    if (wrong := _wrong_day(row, school_year)) is not None:
        sentence = f"Срок мероприятия {name}, {wrong:%d.%m.%Y}, вне {SchoolYear(school_year)} учебного года."
        yield deviation(DeviationKind.WRONG_YEAR, "другой год", sentence)
    elif model and (late := _days_late(row, model, school_year)) > 0:
        days = f"{late} {_of_days(late)}"
        sentence = f"Срок мероприятия {name} позже срока типовой карты на {days}."
        yield deviation(DeviationKind.LATE, f"позже на {days}", sentence)
    if model and model.result and not row.result.strip():
        yield deviation(DeviationKind.NO_RESULT, "нет документа", f"У мероприятия {name} не указан вид документа.")


def _has_no_period(row: PlanRow) -> bool:
    dated = row.period_start or row.period_end or row.recurrence
    return not dated and row.period_kind not in _TIMELESS


def _wrong_day(row: PlanRow, school_year: int) -> date | None:
    year = SchoolYear(school_year)
    days = [day for day in (row.period_start, row.period_end) if day is not None]
    return next((day for day in days if not year.first - _SUMMER_BEFORE <= day <= year.last), None)


def _days_late(row: PlanRow, model: TemplateMeasure, school_year: int) -> int:
    limit = model.due_day or model.end_day
    if limit is None or row.period_end is None or row.recurrence:
        return 0
    return (row.period_end - day_of(school_year, limit)).days


def _of_days(count: int) -> str:
    if count % 10 == 1 and count % 100 != 11:  # noqa: PLR2004 - 11 дней, 21 день
        return "день"
    few = count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14)
    return "дня" if few else "дней"


def _duplicates(plan: Sequence[PlanRow], stage_of: dict[int, str]) -> Iterator[Deviation]:
    seen: set[str] = set()
    for row in plan:
        number = row.number.strip(" .")
        if number and number in seen:
            sentence = f"Номер {number} стоит у двух мероприятий."
            key = measure_key(row)
            yield Deviation(DeviationKind.DUPLICATE_NUMBER, "номер повторён", sentence, stage_of[key], key)
        seen.add(number)
