"""What two organizations cannot both keep, and the rule by which it is settled."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.accounts import rights
from tenants.accounts.actor import system_actor
from tenants.accounts.queries import workplace
from tenants.db import transaction
from tenants.organizations.models import Organization
from tenants.participants.models import Participant
from tenants.participants.persons import Person
from tenants.periods import Month
from tenants.reorganizations.models import Kind, Placement
from tenants.reorganizations.preview import Effects, Preview

_SHOWN = 8
_INVITE = "Отметьте, кто переходит, или пригласите сотрудников, когда организация будет создана."


@dataclass(frozen=True)
class Conflict:
    """One thing that meets itself, in Russian, with the rule that will be applied."""

    what: str
    where: str
    rule: str
    stops: bool = False
    """The plan cannot be set on its day like this."""


def conflicts(session: Session, found: Preview) -> list[Conflict]:
    """Return everything that a plan runs into, what stops it first. Runs in the region's scope."""
    if found.plan.kind is Kind.MOVE:
        return []
    all_ = [
        *_accepted_later(found),
        *_unsent(found),
        *_same_people(session, found),
        *_namesakes(found),
        *_numbers(found),
        *_torn(found),
        *_staffing(found),
        *_drafts(found),
        *_roadmaps(found),
    ]
    return sorted(all_, key=lambda one: not one.stops)


def _accepted_later(found: Preview) -> Iterator[Conflict]:
    for source in found.givers if found.plan.kind is Kind.MERGE else ():
        late = [one for one in source.months if one.accepted and one.cut_on >= found.plan.takes_effect_on]
        if late:
            last = max(one.cut_on for one in late)
            yield Conflict(
                "Отчёт за более поздний месяц уже принят",
                f"{source.place.name_short}: срез {last:%d.%m.%Y}",
                "Укажите дату позже этого среза, иначе месяц посчитается дважды.",
                stops=True,
            )


def _unsent(found: Preview) -> Iterator[Conflict]:
    for source in found.givers if found.plan.kind is Kind.MERGE else ():
        names = [_month(one.period_start) for one in source.open_months if one.cut_on < found.plan.takes_effect_on]
        if names:
            yield Conflict(
                "Прошлый месяц не принят",
                f"{source.place.name_short}: {_few(names)}",
                "Сдайте его до даты: после неё организация закрыта, и месяц останется в истории несданным.",
            )


def _same_people(session: Session, found: Preview) -> Iterator[Conflict]:
    """Find one identity in several organizations; neither sees the other's card, the region sees numbers."""
    places = {one.place.id: one.place.name_short for one in _meeting(found)}
    rows = session.execute(
        select(Participant.identity_key, Participant.organization_id, Participant.number, Participant.id)
        .where(Participant.organization_id.in_(places), Participant.identity_key.is_not(None))
        .order_by(Participant.organization_id, Participant.number)
    ).all()
    going = {one.id for source in found.sources for one in found.going(source)}
    met: dict[bytes, list[tuple[int, int, int]]] = {}
    for key, place, number, participant in rows:
        met.setdefault(key or b"", []).append((place, number, participant))
    same = [
        all_
        for all_ in met.values()
        if len({place for place, *_ in all_}) > 1 and any(participant in going for *_, participant in all_)
    ]
    if same:
        lines = [" и ".join(f"№ {number} ({places[place]})" for place, number, _ in all_) for all_ in same]
        yield Conflict(
            f"Один и тот же человек в двух организациях: {len(same)}",
            _few(lines),
            "Останется одна карточка; участия и согласия сложатся, одинаковые участия станут одним.",
        )


def _namesakes(found: Preview) -> Iterator[Conflict]:
    """Count equal names without a birth date: each school's names are read in its own scope, only the count leaves."""
    counts: Counter[str] = Counter()
    for one in _meeting(found):
        counts.update(_names_without_birth_date(one.place))
    double = sum(1 for count in counts.values() if count > 1)
    if double:
        yield Conflict(
            f"Однофамильцы без даты рождения: {double}",
            "ФИО совпадает, а даты рождения в карточке нет",
            "Карточки останутся разными. Куратор проверит и, если человек один, закончит лишнее участие.",
        )


def _names_without_birth_date(place: Organization) -> set[str]:
    own = system_actor(workplace(place)).scope.reading()
    with transaction(own) as session:
        return set(
            session.scalars(
                select(Person.name_key)
                .join(Participant, Participant.id == Person.participant_id)
                .where(Participant.identity_key.is_(None))
            )
        )


def _numbers(found: Preview) -> Iterator[Conflict]:
    for word, numbers in (
        ("участников", [[one.number for one in found.going(source)] for source in _meeting(found)]),
        ("пар и групп", [list(found.going_pairs(source)) for source in _meeting(found)]),
    ):
        counts = Counter(number for of_one in numbers for number in of_one)
        same = sorted(number for number, count in counts.items() if count > 1)
        if same and found.plan.kind is Kind.MERGE:
            yield Conflict(
                f"Совпадают номера {word}: {len(same)}",
                _few([f"№ {number}" for number in same]),
                "Первый сохранит номер, остальные получат следующий свободный. Прежний номер останется в карточке.",
            )


def _torn(found: Preview) -> Iterator[Conflict]:
    for source in found.givers:
        if torn := found.torn_pairs(source):
            yield Conflict(
                f"Из пары переходит только часть: {len(torn)}",
                _few([f"№ {number}" for number in torn]),
                "Перешедший выйдет из пары или группы; пара без одной из сторон завершится этим днём.",
            )


def _staffing(found: Preview) -> Iterator[Conflict]:
    """Say which of the two would be left without anybody, or without who names the others."""
    if found.plan.kind is not Kind.SPLIT:
        return
    new = str((found.plan.card or {}).get("name_short", ""))
    for source in found.sources:
        administrator = rights.administrator_of(source.place.kind)
        going = [one for one in source.staff if found.placement(one) is not Placement.STAYS]
        staying = [one for one in source.staff if found.placement(one) is not Placement.GOES]
        if not going:
            yield Conflict("В новой организации никто не работает", new, _INVITE)
        elif not any(one.administers for one in going):
            yield Conflict(f"В «{new}» не будет {administrator.label_of}", new, _INVITE)
        if len(staying) < len(source.staff) and not any(one.administers for one in staying):
            yield Conflict(
                f"В «{source.place.name_short}» не останется {administrator.label_of}",
                source.place.name_short,
                "Оставьте его в обеих или пригласите нового.",
            )


def _drafts(found: Preview) -> Iterator[Conflict]:
    counts: Counter[date] = Counter()
    for source in _meeting(found):
        counts.update(one.period_start for one in source.open_months if one.cut_on >= found.plan.takes_effect_on)
    names = [_month(start) for start in sorted(counts) if counts[start]]
    if names and found.plan.kind is Kind.MERGE:
        yield Conflict(
            "Начатый отчёт за месяц, который сдаст преемник",
            _few(names),
            "Преемник соберёт месяц из своего учёта. Черновики прежних организаций останутся в их истории.",
        )


def _roadmaps(found: Preview) -> Iterator[Conflict]:
    counts: Counter[int] = Counter()
    for source in _meeting(found):
        counts.update(year for year, _ in source.roadmaps)
    for year in sorted((year for year, count in counts.items() if count > 1), reverse=True):
        own = found.receives and any(year == one for one, _ in found.receives.roadmaps)
        yield Conflict(
            f"Дорожных карт на {year}/{year + 1}: {counts[year]}",
            _few([one.place.name_short for one in _meeting(found) if any(year == known for known, _ in one.roadmaps)]),
            "Действует карта преемника, остальные останутся в архиве."
            if own
            else "Карты останутся в архиве, преемник составит свою.",
        )


def _meeting(found: Preview) -> tuple[Effects, ...]:
    """Return the organizations whose records meet: the receiver of a merger first, since its numbers stay."""
    if found.plan.kind is Kind.SPLIT:
        return found.sources
    receives = () if found.receives is None else (found.receives,)
    return (*receives, *found.givers)


def _month(start: date) -> str:
    return Month.of(start).title


def _few(items: list[str]) -> str:
    more = len(items) - _SHOWN
    return "; ".join(items[:_SHOWN]) + (f" и ещё {more}" if more > 0 else "")
