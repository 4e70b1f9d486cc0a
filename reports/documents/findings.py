"""Findings of a month in words, made from the figures: what a reader should know before the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.documents.regional_figures import (
    COMPLETED,
    GROUPS,
    LEFT_EARLY,
    MEETINGS,
    MENTEES,
    PAIRS,
    Branch,
    RegionalFigures,
)
from reports.documents.words import NBSP, ORGANIZATION_OF, counted, listed, number, signed
from tenants.periods import Month

PERSON = ("человек", "человека", "человек")
REPORT_OF = ("отчёт", "отчёта", "отчётов")
MEASURE = ("мероприятие", "мероприятия", "мероприятий")
_LOCATIVE = {"й": "е", "ь": "е", "т": "те"}


@dataclass(frozen=True)
class Finding:
    """One sentence to remember and what stands behind it."""

    lead: str
    text: str


def find(figures: RegionalFigures) -> tuple[Finding, ...]:
    """Return the findings of a month, the most important first."""
    makers = (_completeness, _mentees, _meetings, _endings, _roadmaps)
    return tuple(finding for make in makers for finding in make(figures))


def in_month(month: Month) -> str:
    """Return "сентябре", as after «в» and «чем в»."""
    stem, last = month.name[:-1], month.name[-1]
    return stem + _LOCATIVE[last]


def to_month(month: Month) -> str:
    """Return "сентябрю", as after «к»."""
    stem, last = month.name[:-1], month.name[-1]
    return stem + {"й": "ю", "ь": "ю", "т": "ту"}[last]


def meetings_per_bond(figures: RegionalFigures, branch: Branch | None = None) -> Decimal | None:
    """Return how many meetings a pair or group held on average; None where there is no pair or group."""
    take = figures.total if branch is None else lambda name: figures.amount(branch, name)
    held, bonds = take(MEETINGS).now, [take(name).now for name in (PAIRS, GROUPS)]
    count = sum((bond for bond in bonds if bond is not None), Decimal(0))
    return None if held is None or not count else held / count


def mentees_title(figures: RegionalFigures) -> str:
    """Return the finding that stands over the chart of mentees."""
    known = [(figures.amount(branch, MENTEES).now, branch.mention) for branch in figures.branches]
    best = max(((value, name) for value, name in known if value is not None), default=None, key=lambda pair: pair[0])
    whole = figures.total(MENTEES).now
    if best is None or not whole:
        return f"Наставляемых {figures.words.by_parts}: принятых отчётов пока нет"
    share = best[0] * 100 / whole
    return f"Больше всего наставляемых: {best[1]}, {number(best[0])} из {number(whole)} ({number(share)}{NBSP}%)"


def meetings_title(figures: RegionalFigures) -> str:
    """Return the finding that stands over the chart of meetings."""
    mean, below = _below_mean(figures)
    if mean is None:
        return "Встреч на пару или группу: сравнивать пока нечего"
    if not below:
        return f"Встреч на пару или группу везде поровну: {number(mean, 1)} за месяц"
    return f"Встреч на пару или группу меньше среднего ({number(mean, 1)}): {listed([item.mention for item in below])}"


def _below_mean(figures: RegionalFigures) -> tuple[Decimal | None, list[Branch]]:
    mean = meetings_per_bond(figures)
    if mean is None:
        return None, []
    known = [(meetings_per_bond(figures, branch), branch) for branch in figures.branches]
    low = sorted(((value, branch.name, branch) for value, branch in known if value is not None and value < mean))
    return mean, [branch for _, _, branch in low]


def _completeness(figures: RegionalFigures) -> Iterator[Finding]:
    if not figures.accepted:
        yield Finding("Принятых отчётов за месяц нет.", "Суммы появятся, как только будут приняты первые отчёты.")
    elif figures.missing:
        count = len(figures.missing)
        branches = {place.branch_id for place in figures.missing}
        names = [branch.mention for branch in figures.branches if branch.id in branches]
        yield Finding(
            f"Свод неполный: принято {number(figures.accepted)} из {number(figures.expected)}.",
            f"Нет {counted(count, ORGANIZATION_OF)}: {listed(names, 4)}.",
        )
    else:
        yield Finding("Свод полный:", f"приняты отчёты всех {counted(figures.expected, ORGANIZATION_OF)}.")


def _mentees(figures: RegionalFigures) -> Iterator[Finding]:
    amount = figures.total(MENTEES)
    if amount.now is None:
        return
    if amount.change is None:
        yield Finding(f"Наставляемых {number(amount.now)}.", "Сравнить не с чем: за прошлый месяц отчётов нет.")
        return
    month = in_month(figures.period.previous)
    if not amount.change:
        yield Finding(f"Наставляемых столько же, сколько в {month}: {number(amount.now)}.", _comparability(figures))
        return
    how = "больше" if amount.change > 0 else "меньше"
    yield Finding(
        f"Наставляемых {number(amount.now)}, на {number(abs(amount.change))} {how}, чем в {month}.",
        f"{_movers(figures)} {_comparability(figures)}".strip(),
    )


def _movers(figures: RegionalFigures) -> str:
    changes = [(figures.amount(branch, MENTEES).change, branch.mention) for branch in figures.branches]
    known = [(change, name) for change, name in changes if change]
    if not known:
        return ""
    change, name = max(known, key=lambda pair: (abs(pair[0]), pair[1]))
    return f"Наибольшее изменение: {name}, {signed(change)}."


def _comparability(figures: RegionalFigures) -> str:
    now, before = figures.accepted, figures.accepted_before
    if now == before:
        return ""
    month = in_month(figures.period.previous)
    return f"В {month} в свод вошло {counted(before, REPORT_OF)}, сейчас {number(now)}."


def _meetings(figures: RegionalFigures) -> Iterator[Finding]:
    mean, below = _below_mean(figures)
    if mean is None:
        return
    if not below:
        yield Finding(f"На пару или группу пришлось {number(mean, 1)} встречи за месяц.", "Районы не отличаются.")
        return
    last = below[0]
    value = meetings_per_bond(figures, last)
    yield Finding(
        f"Встречаются реже среднего: {listed([item.mention for item in below])}.",
        f"Реже всего – {last.mention}: {number(value, 1)} встречи на пару или группу при среднем {number(mean, 1)}.",
    )


def _endings(figures: RegionalFigures) -> Iterator[Finding]:
    done, left = figures.total(COMPLETED).now, figures.total(LEFT_EARLY).now
    if not done and not left:
        return
    yield Finding(
        f"Завершили наставничество {counted(done or 0, PERSON)}.",
        f"Выбыли до срока {counted(left or 0, PERSON)}.",
    )


def _roadmaps(figures: RegionalFigures) -> Iterator[Finding]:
    maps = figures.roadmaps()
    if maps is None or not maps.expected:
        return
    lead = f"Дорожные карты утверждены у {maps.approved} из {counted(maps.expected, ORGANIZATION_OF)}."
    if not maps.measures:
        yield Finding(lead, "")
        return
    late = f", просрочено {counted(maps.overdue, MEASURE)}" if maps.overdue else ", просроченных нет"
    yield Finding(lead, f"Выполнено {maps.done} из {counted(maps.measures, MEASURE)}{late}.")
