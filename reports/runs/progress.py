"""The five steps of a run in words, and what the checks said: plain values that stand in the run's row."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from reports.runs.models import STEPS, Definition, Format, ReportRun, RunState

_TITLES: dict[Definition, tuple[str, ...]] = {
    Definition.REGIONAL_SUMMARY: (
        "Период и редакция",
        "Принятые отчёты",
        "Проверки",
        "Таблицы и графики",
        "Файлы",
    ),
    Definition.FEDERAL: (
        "Период и форма",
        "Показатели",
        "Контроль формы",
        "Файлы",
        "Проверка по шаблону",
    ),
}
_DOING: dict[Definition, tuple[str, ...]] = {
    Definition.REGIONAL_SUMMARY: (
        "Смотрим период и редакцию",
        "Складываем принятые отчёты",
        "Проверяем",
        "Рисуем таблицы и графики",
        "Набираем файлы",
    ),
    Definition.FEDERAL: (
        "Смотрим период и форму",
        "Считаем показатели",
        "Проверяем контроли формы",
        "Пишем файлы",
        "Проверяем по шаблону Росстата",
    ),
}


class Verdict(StrEnum):
    """What one check came to; the values are the states that pages show."""

    OK = "ok"
    WARN = "warn"
    QUESTION = "question"
    ERROR = "error"


@dataclass(frozen=True)
class Check:
    """One line of the protocol."""

    verdict: Verdict
    title: str
    """«Неполный свод», «Вопрос», «Верно»."""
    text: str
    where: str = ""


@dataclass(frozen=True)
class StepView:
    """One of the five steps as the page draws it."""

    state: str
    """done, now, wait or failed."""
    title: str
    note: str
    done: int = 0
    total: int = 0


def note_of(step: int, words: str, done: int, total: int) -> dict[str, Any]:
    """Return what is remembered of a step."""
    return {"step": step, "note": words, "done": done, "total": total}


def checks_of(run: ReportRun) -> list[Check]:
    """Return the protocol of a run."""
    return [Check(**line | {"verdict": Verdict(line["verdict"])}) for line in run.protocol]


def protocol_of(checks: list[Check]) -> list[dict[str, Any]]:
    """Return the checks as the plain values that a run keeps."""
    return [asdict(check) | {"verdict": check.verdict.value} for check in checks]


def steps_of(run: ReportRun) -> list[StepView]:
    """Return the five steps of a run."""
    notes = {item["step"]: item for item in run.progress}
    found = []
    for number, title in enumerate(_TITLES[run.definition], 1):
        known = notes.get(number, {})
        state = _state(run, number)
        note = known.get("note") or ("ждёт" if state == "wait" else "")
        if number == STEPS and state == "done" and not known.get("note"):
            note = formats_title(run)
        found.append(StepView(state, title, note, known.get("done", 0), known.get("total", 0)))
    return found


def title_of(run: ReportRun) -> str:
    """Return how the run stands, in words and numbers: «Шаг 4 из 5. Рисуем таблицы и графики: 2 из 3»."""
    if run.state is RunState.READY:
        return "Готово: 5 шагов из 5"
    if run.state is RunState.FAILED:
        return f"Остановились на шаге {run.step} из {STEPS}"
    if run.state is RunState.PENDING:
        return "Поставлено в очередь, начнём, как только освободится обработчик"
    now = next((item for item in run.progress if item["step"] == run.step), {"done": 0, "total": 0})
    counted = f": {now['done']} из {now['total']}" if now["total"] else ""
    return f"Шаг {run.step} из {STEPS}. {_DOING[run.definition][run.step - 1]}{counted}"


def formats_title(run: ReportRun) -> str:
    """Return "PDF и XLSX"."""
    return " и ".join(Format(item).value.upper() for item in run.formats)


def _state(run: ReportRun, number: int) -> str:
    if run.state is RunState.READY or number < run.step:
        return "done"
    if number > run.step or run.state is RunState.PENDING:
        return "wait"
    return "failed" if run.state is RunState.FAILED else "now"
