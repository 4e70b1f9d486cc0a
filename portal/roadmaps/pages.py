"""What the pages of plans show: measures grouped by stage, each with its state in a word."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.formats import counted
from tenants.roadmaps.conformity import Conformity, Deviation, DeviationKind, PlanRow, measure_key
from tenants.roadmaps.models import Measure, RoadmapStatus, VersionMeasure
from tenants.roadmaps.phrases import PeriodKind
from tenants.roadmaps.plans import MeasureLine, Plan
from tenants.roadmaps.template_models import TemplateMeasure
from tenants.roadmaps.wording import dates, describe, sign

_SOON = timedelta(days=7)


@dataclass(frozen=True)
class Chip:
    """A period: the original words, what was read, and how it is drawn."""

    phrase: str
    text: str
    kind: str


def chip(row: PlanRow) -> Chip:
    """Return the period of a measure."""
    if row.asks:
        return Chip(row.period_raw, describe(row) if row.period_end or row.recurrence else "выберите срок", "question")
    return Chip(row.period_raw, describe(row), sign(row))


@dataclass(frozen=True)
class Face:
    """The state of a measure: a kind and a word of components/state.html."""

    kind: str
    word: str
    loud: bool = False


def face(line: MeasureLine, today: date, *, in_force: bool) -> Face:
    """Return how a measure stands today."""
    if line.measure.asks:
        return Face("question", "вопрос")
    if line.done:
        last = max(row.done_on for row in line.executions)
        return Face("ok", f"выполнено {last:%d.%m}")
    if not in_force:
        return Face("none", "ждёт утверждения")
    if late := line.overdue(today):
        if line.recurring:
            return Face("late", f"пропущено: {late}", loud=True)
        days = (today - line.due[0]).days
        return Face("late", f"просрочено на {counted(days, 'день', 'дня', 'дней')}", loud=True)
    return _ahead(line, today)


def _ahead(line: MeasureLine, today: date) -> Face:
    day = next((day for day in line.open_days() if day is not None), None)
    if line.measure.period_kind is PeriodKind.RELATIVE and day is None:
        return Face("stopped", "ждёт события")
    if day is None:
        return Face("none", "без даты")
    count = f", {len(line.executions)} из {len(line.due)}" if line.recurring else ""
    if day - today <= _SOON:
        return Face("soon", f"срок {day:%d.%m}{count}")
    return Face("none", f"до {day:%d.%m}{count}")


@dataclass(frozen=True)
class StageGroup:
    """A stage and its measures, in the order of the plan."""

    number: str
    title: str
    lines: tuple[MeasureLine, ...]

    @property
    def heading(self) -> str:
        """Return "1. Подготовка условий"."""
        return f"{self.number}. {self.title}" if self.number else self.title or "Без этапа"


def groups(lines: Sequence[MeasureLine]) -> list[StageGroup]:
    """Return neighbouring measures of the same stage together."""
    found: list[StageGroup] = []
    for line in lines:
        last = found[-1] if found else None
        if last and last.title == line.measure.stage_title:
            found[-1] = StageGroup(last.number, last.title, (*last.lines, line))
        else:
            found.append(StageGroup(line.measure.stage_number, line.measure.stage_title, (line,)))
    return found


@dataclass(frozen=True)
class Totals:
    """How far a plan has come."""

    measures: int
    stages: int
    questions: int
    done: int
    overdue: int


def totals(plan: Plan, today: date) -> Totals:
    """Return the counts of a plan's heading."""
    return Totals(
        len(plan.lines),
        len({line.measure.stage_title for line in plan.lines}),
        len(plan.questions),
        sum(line.done for line in plan.lines),
        sum(line.overdue(today) > 0 for line in plan.lines),
    )


STATUS_FACES = {
    RoadmapStatus.DRAFT: Face("draft", "черновик"),
    RoadmapStatus.SENT: Face("sent", "на согласовании"),
    RoadmapStatus.RETURNED: Face("returned", "возвращена", loud=True),
    RoadmapStatus.APPROVED: Face("ok", "утверждена"),
}
NO_PLAN = Face("late", "нет карты", loud=True)


def deviation_face(deviation: Deviation, *, loud: bool = True) -> Face:
    """Return how a deviation is drawn."""
    if deviation.kind is DeviationKind.LATE:
        return Face("late", deviation.word, loud)
    return Face("error" if deviation.kind.grave else "warn", deviation.word, loud)


@dataclass(frozen=True)
class ReviewRow:
    """A line of the comparison: the template's measure, the plan's, what is amiss, and the plan's former words."""

    template: TemplateMeasure | None
    plan: VersionMeasure | None
    before: VersionMeasure | None
    deviations: tuple[Deviation, ...]
    is_new: bool
    removed: bool = False

    @property
    def measure_id(self) -> int | None:
        """Return the measure behind the row; None where the plan lacks it."""
        return self.plan.measure_id if self.plan else None


@dataclass(frozen=True)
class ReviewStage:
    """A stage of the comparison."""

    number: str
    title: str
    rows: tuple[ReviewRow, ...]
    deviations: tuple[Deviation, ...]

    @property
    def heading(self) -> str:
        """Return "3. Формирование базы наставников"."""
        return f"{self.number}. {self.title}" if self.number else self.title or "Без этапа"

    @property
    def of_stage(self) -> tuple[Deviation, ...]:
        """Return the deviations of the stage as a whole."""
        return tuple(one for one in self.deviations if one.kind is DeviationKind.MISSING_STAGE)

    @property
    def face(self) -> Face:
        """Return the worst of the stage, for the strip."""
        if not self.deviations:
            return Face("ok", "есть")
        worst = min(self.deviations, key=lambda one: not one.kind.grave)
        return deviation_face(worst, loud=False)


def review_stages(
    version: Sequence[VersionMeasure],
    before: Sequence[VersionMeasure],
    template: Sequence[TemplateMeasure],
    conformity: Conformity,
) -> list[ReviewStage]:
    """Lay a version beside the template and beside the version before it."""
    former = {row.measure_id: row for row in before}
    here = {row.measure_id for row in version}
    by_measure: dict[int | None, list[Deviation]] = {}
    for one in conformity.deviations:
        by_measure.setdefault(one.measure_id, []).append(one)
    rows: dict[str, list[ReviewRow]] = {title: [] for _, title in conformity.stages}
    for row in version:
        old = former.get(row.measure_id)
        rows.setdefault(conformity.stage_of[measure_key(row)], []).append(
            ReviewRow(
                conformity.pairs.get(row.measure_id),
                row,
                old,
                tuple(by_measure.get(row.measure_id, ())),
                is_new=bool(before) and (old is None or bool(changed_fields(old, row))),
            )
        )
    absent = {one.template_measure_id: one for one in by_measure.get(None, ()) if one.template_measure_id}
    for model in template:
        if model.id in absent:
            own = rows.setdefault(model.stage_title, [])
            own.insert(_place_of(model, own), ReviewRow(model, None, None, (absent[model.id],), is_new=False))
    for old in before:
        if old.measure_id not in here:
            title = old.stage_title if old.stage_title in rows else next(iter(rows), old.stage_title)
            rows.setdefault(title, []).append(ReviewRow(None, None, old, (), is_new=True, removed=True))
    numbers = {title: number for number, title in conformity.stages}
    return [
        ReviewStage(numbers.get(title, ""), title, tuple(found), conformity.of_stage(title))
        for title, found in rows.items()
    ]


def _place_of(model: TemplateMeasure, rows: Sequence[ReviewRow]) -> int:
    """Return where an absent measure of the template belongs: before the first row that comes later there."""
    later = (place for place, row in enumerate(rows) if row.template and row.template.position > model.position)
    return next(later, len(rows))


_COMPARED = ("number", "title", "stage_title", "responsible", "result", "details")


def changed_fields(before: PlanRow, after: PlanRow) -> dict[str, tuple[str, str]]:
    """Return what differs between two states of a measure: field → (was, is); the period as words."""
    found = {
        name: (getattr(before, name), getattr(after, name))
        for name in _COMPARED
        if getattr(before, name) != getattr(after, name)
    }
    if (was := period_words(before)) != (now := period_words(after)):
        found["period"] = (was, now)
    return found


def period_words(row: PlanRow | Measure) -> str:
    """Return the dates, or the description where there are none."""
    return dates(row.period_start, row.period_end) if row.period_end and not row.recurrence else describe(row)
