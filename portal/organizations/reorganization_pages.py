"""What the pages of moves, mergers and splits show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, any_, literal, or_, select
from sqlalchemy.orm import Session

from portal.context import actor, db
from portal.formats import day
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import mentoring_form
from tenants.organizations.models import Organization
from tenants.periods import Month
from tenants.reorganizations.models import Kind, Placement, RecordKind, Reorganization, State, Transfer
from tenants.reorganizations.preview import Effects, PersonLine, Preview
from tenants.reorganizations.staff import StaffLine

FACES = {
    State.DRAFT: "draft",
    State.PLANNED: "sent",
    State.RUNNING: "auto",
    State.DONE: "ok",
    State.CANCELLED: "stopped",
}
PLACEMENTS = tuple(Placement)
_NAMED = 3
"""So many sources a title names; of more it names two and counts the rest."""


@dataclass(frozen=True)
class PlanRow:
    """A plan in the list."""

    plan: Reorganization
    title: str
    face: str


def plan_rows(session: Session) -> list[PlanRow]:
    """Return every plan, the newest day first."""
    rows = session.scalars(
        select(Reorganization).order_by(Reorganization.takes_effect_on.desc(), Reorganization.id.desc())
    ).all()
    names = _names({one for row in rows for one in (*row.sources, row.receiver)})
    return [PlanRow(row, title_of(row, names), FACES[row.state]) for row in rows]


def title_of(plan: Reorganization, names: Mapping[int, str]) -> str:
    """Return the change in words: who, what, whereto."""
    sources = [names.get(one, "организация") for one in plan.sources]
    if len(sources) > _NAMED:
        sources = [sources[0], f"{sources[1]} и ещё {len(sources) - 2}"]
    receiver = names.get(plan.receiver) or str((plan.card or {}).get("name_short", "новая организация"))
    if plan.kind is Kind.MOVE:
        return f"{sources[0]} → {receiver}"
    if plan.kind is Kind.SPLIT:
        return f"{sources[0]} → {sources[0]} и {receiver}"
    return f"{' + '.join(sources)} → {receiver}"


def title_of_plan(plan: Reorganization) -> str:
    """Return the same, with the names looked up."""
    return title_of(plan, _names({*plan.sources, plan.receiver}))


def _names(ids: set[int]) -> dict[int, str]:
    """Return short names of organizations of the actor's region: a school may read where it goes."""
    with transaction(REGISTRY.reading()) as registry:
        rows = registry.execute(
            select(Organization.id, Organization.name_short).where(
                Organization.id.in_(ids), Organization.region_id == actor().organization.region_id
            )
        ).all()
    return dict(rows)


@dataclass(frozen=True)
class EffectRow:
    """What happens to one kind of record: the rule for all, and what each source holds of it."""

    name: str
    rule: str
    values: tuple[str, ...]


def effect_rows(found: Preview) -> list[EffectRow]:
    """Return what happens to each kind of record, one value a source."""
    givers, kind = found.givers, found.plan.kind
    here = "остаются в организации"
    carried_on = {Kind.MERGE: "продолжаются у преемника", Kind.SPLIT: "переходят те, по которым работают пары"}
    staff = {
        Kind.MOVE: "доступ не меняется",
        Kind.MERGE: "с этого дня работают у преемника",
        Kind.SPLIT: "роли остаются за каждым там, где он работает",
    }
    kept = "принятые остаются за организацией"
    past = "прошедшие остаются там, где прошли"
    rows = [
        ("Участники", here if kind is Kind.MOVE else "", [_people(found, one) for one in givers]),
        ("Пары и группы", here if kind is Kind.MOVE else "", [_pairs(found, one) for one in givers]),
        ("Программы", carried_on.get(kind, here), [str(len(one.programmes) or "нет") for one in givers]),
        ("Встречи", here if kind is Kind.MOVE else past, [str(one.meeting_count or "нет") for one in givers]),
        ("Дорожные карты", "", [_roadmaps(one) for one in givers]),
        (
            "Отчёты за месяцы",
            kept,
            [f"принято: {one.accepted_months}" for one in givers],
        ),
        ("Не сданы или на проверке", "", [_open(one) for one in givers]),
        ("Сотрудники", staff[kind], [_staff(found, one) for one in givers]),
        ("Задания в очереди", "будут выполнены", [str(one.jobs or "нет") for one in givers]),
    ]
    return [EffectRow(name, rule, tuple(values)) for name, rule, values in rows]


def whole_words(found: Preview) -> str:
    """Return how many go over from all organizations together; empty where only one gives."""
    if not found.givers[1:]:
        return ""
    people = sum(len(found.going(one)) for one in found.givers)
    pairs = sum(len(found.going_pairs(one)) for one in found.givers)
    return f"Переходят участников: {people}, пар и групп: {pairs}."


def _people(found: Preview, one: Effects) -> str:
    if found.plan.kind is Kind.MOVE:
        return str(len(one.people) or "нет")
    going = len(found.going(one))
    return f"переходят: {going}" + (f", остаются: {len(one.people) - going}" if going < len(one.people) else "")


def _pairs(found: Preview, one: Effects) -> str:
    groups = f", из них групп {one.group_count}" if one.group_count else ""
    if found.plan.kind is Kind.MOVE:
        return f"{len(one.pairs)}{groups}" if one.pairs else "нет"
    return f"переходят: {len(found.going_pairs(one))}{groups if found.plan.kind is Kind.MERGE else ''}"


def _roadmaps(one: Effects) -> str:
    return "; ".join(f"{year}/{year + 1} – {state}" for year, state in one.roadmaps) or "нет"


def _open(one: Effects) -> str:
    return "; ".join(f"{Month.of(line.period_start).title} – {line.status.label}" for line in one.open_months) or "нет"


def _staff(found: Preview, one: Effects) -> str:
    lines = [staff_words(line) for line in one.staff]
    if found.plan.kind is Kind.SPLIT:
        lines = [f"{staff_words(line)} – {found.placement(line).label}" for line in one.staff]
    return "; ".join(lines) or "нет"


def staff_words(line: StaffLine) -> str:
    """Return «Соколова Е.В., директор, куратор»."""
    return ", ".join((line.name, *line.roles))


def sum_words(found: Preview) -> str:
    """Return how the sums of periods change."""
    if found.plan.kind is not Kind.MOVE:
        return "Своды прошлых месяцев не меняются: принятые отчёты остаются за прежними организациями."
    names = [Month.of(start).title for start, _ in found.windows]
    if not names:
        return "Своды открытых месяцев не меняются: все срезы раньше этой даты."
    to = found.receiver.name_short if found.receiver else ""
    return f"Более ранние своды не меняются. В свод «{to}» войдут месяцы со срезом с этой даты: {', '.join(names)}"


def people_groups(found: Preview) -> list[tuple[str, list[tuple[PersonLine, str]]]]:
    """Return the people of a split organization by class or post, each with what they do, for the choice."""
    groups: dict[str, list[tuple[PersonLine, str]]] = {}
    for one in found.sources[0].people:
        groups.setdefault(one.class_name or "Без класса", []).append((one, parts_of(one)))
    return sorted(groups.items(), key=lambda item: (not item[0][:1].isdigit(), len(item[0]), item[0]))


def parts_of(line: PersonLine) -> str:
    """Return «наставник, ученик – ученик; …»."""
    return "; ".join(f"{role.label}, {_form(form)}" for role, form, _ in line.parts)


def _form(code: str) -> str:
    try:
        return mentoring_form(code).label.lower()
    except InvalidError:
        return code


def outcome_rows(plan: Reorganization) -> list[tuple[str, int]]:
    """Return how many records of each kind went over."""
    return [(kind.label, int(plan.outcome.get(kind.value, 0))) for kind in RecordKind]


def changes_of(place: Organization) -> list[str]:
    """Return the sentences of a card: what has happened to the organization's place in the tree and what will."""
    plans = db().scalars(_touching(place.id)).all()
    names = _names({one for plan in plans for one in (*plan.sources, plan.receiver)})
    return [_sentence(plan, place, names) for plan in plans]


def _touching(organization_id: int) -> Select[Reorganization]:
    touched = or_(literal(organization_id) == any_(Reorganization.sources), Reorganization.receiver == organization_id)
    return (
        select(Reorganization)
        .where(Reorganization.state.in_((State.PLANNED, State.RUNNING, State.DONE)), touched)
        .order_by(Reorganization.takes_effect_on.desc(), Reorganization.id.desc())
        .limit(5)
    )


def _sentence(plan: Reorganization, place: Organization, names: Mapping[int, str]) -> str:
    order = f" (приказ № {plan.order_number})" if plan.order_number else ""
    if plan.kind is Kind.MOVE and place.id in plan.sources:
        text = f"С {day(plan.takes_effect_on)} подчиняется организации «{names.get(plan.receiver, '')}»"
    elif plan.kind is Kind.MOVE:
        text = f"С {day(plan.takes_effect_on)} сюда переведена организация «{names.get(plan.sources[0], '')}»"
    else:
        text = f"С {day(plan.takes_effect_on)} {plan.kind.label}: {title_of(plan, names)}"
    return f"{text}{order}" + ("" if plan.state is State.DONE else ", запланировано")


def came_from(kind: str, record_id: int) -> str:
    """Return «было № 12 в «Школа № 3»» of a record that came with a merger or split; empty for one's own."""
    rows = (
        db()
        .scalars(
            select(Transfer)
            .where(Transfer.record_kind == RecordKind(kind), Transfer.record_id == record_id)
            .order_by(Transfer.id)
        )
        .all()
    )
    names = _names({row.from_organization for row in rows})
    return "; ".join(_was(row, names) for row in rows)


def _was(row: Transfer, names: Mapping[int, str]) -> str:
    number = f"было № {row.from_number}" if row.from_number is not None else "было"
    return f"{number} в организации «{names.get(row.from_organization, '')}»"


def numbers(lines: Sequence[PersonLine]) -> str:
    """Return «№ 1, 2, 5» of people."""
    return "№ " + ", ".join(str(line.number) for line in lines) if lines else ""
