"""Organizations of the demonstration: the twelve of the small region, and a large one put together from syllables."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from portal.demonstration.codes import any_inn, any_ogrn, any_okpo
from portal.demonstration.words import any_name, likely, phone, seeded, table
from tenants.organizations.models import OrganizationKind

DISTRICTS, ORGANIZATIONS, COLLEGES = 70, 1600, 40
MONTHS = 12
"""Months of history of the large region."""
_HEADS = {OrganizationKind.REGION: "директор", OrganizationKind.DISTRICT: "начальник отдела"}
_EVERY_FOURTH = 4


@dataclass(frozen=True)
class Plan:
    """One organization to be made; `parent` is the code of its reviewer, empty for the region."""

    code: str
    kind: OrganizationKind
    name: str
    name_short: str
    city: str
    parent: str = ""
    scale: float = 0.0
    """How much mentoring there is: 1 is about forty pairs and six groups."""
    months: Sequence[str] = ()
    """How each month of the history went: ok, late, missing, back (returned and corrected), returned, fixed."""
    card: dict[str, str] = field(default_factory=dict)
    """Codes, head, responsible person."""


def small_region(seed: int) -> list[Plan]:
    """Return the region, three districts, twelve organizations; parents first."""
    found = table("places")
    region = found["region"]
    plans = [Plan(kind=OrganizationKind.REGION, **region)]
    cities = {"": region["city"]}
    for district in found["district"]:
        plans.append(Plan(kind=OrganizationKind.DISTRICT, parent=region["code"], **district))
        cities[district["code"]] = district["city"]
    for one in found["organization"]:
        kind = OrganizationKind(one["kind"])
        rest = {name: value for name, value in one.items() if name not in ("kind", "district")}
        plans.append(Plan(kind=kind, parent=one["district"] or region["code"], city=cities[one["district"]], **rest))
    return [with_card(plan, seed) for plan in plans]


def large_region(seed: int, factor: float) -> list[Plan]:
    """Return a region of 70 districts and 1,600 organizations; a factor makes it smaller or larger, parents first."""
    rng = seeded(f"{seed}:places")
    region = table("places")["region"]
    plans = [Plan(kind=OrganizationKind.REGION, **region)]
    districts = _districts(rng, max(2, round(DISTRICTS * min(factor, 1.0))), region["code"])
    colleges = max(1, round(COLLEGES * factor))
    schools = max(len(districts), round(ORGANIZATIONS * factor) - colleges)
    plans += districts
    for number in range(schools):
        plans.append(_school(rng, districts[number % len(districts)], number, number // len(districts) + 1))
    for number in range(colleges):
        plans.append(
            Plan(
                f"college-{number + 1}",
                OrganizationKind.COLLEGE,
                f"Профессиональный колледж № {number + 1} Северолесской области",
                f"Колледж № {number + 1}",
                region["city"],
                parent=region["code"],
                scale=_scale(rng) * 1.6,
                months=_months(rng),
            )
        )
    return [with_card(plan, seed) for plan in plans]


def with_card(plan: Plan, seed: int) -> Plan:
    """Return the plan with codes that have valid check digits, a head and a responsible person."""
    rng = seeded(f"{seed}:card:{plan.code}")
    head, responsible = any_name(rng), any_name(rng, "female")
    code = any_inn(rng)
    card = {
        "inn": code,
        "kpp": f"{code[:4]}01001",
        "ogrn": any_ogrn(rng),
        "okpo": any_okpo(rng),
        "oktmo": f"99{rng.randrange(10**6):06d}",
        "address": f"{plan.city}, ул. Лесная, д. {rng.randrange(1, 90)}",
        "site": f"https://{plan.code}.example",
        "head_post": _HEADS.get(plan.kind, "директор"),
        "head_name": head.full,
        "responsible_post": "методист" if plan.kind in _HEADS else "заместитель директора",
        "responsible_name": responsible.full,
        "responsible_phone": phone(rng),
        "responsible_email": f"info@{plan.code}.example",
    }
    return Plan(**{**vars(plan), "card": card})


def _districts(rng: Random, count: int, region: str) -> list[Plan]:
    words = table("places")["large"]
    chosen = rng.sample([(root, place) for root in words["roots"] for place in range(len(words["tails"]))], count)
    return [
        Plan(
            f"district-{number + 1}",
            OrganizationKind.DISTRICT,
            f"Отдел образования округа «{root}{words['tails'][tail]}»",
            f"{root}{words['tails'][tail]} район",
            f"г. {root}{words['town_tails'][tail]}",
            parent=region,
        )
        for number, (root, tail) in enumerate(chosen)
    ]


def _school(rng: Random, district: Plan, number: int, within: int) -> Plan:
    kind, name, short = _kinds(within)
    # The first school is the one that benchmarks fill: two hundred mentorships.
    scale = 4.6 if number == 0 else _scale(rng) * (0.35 if kind is OrganizationKind.PRESCHOOL else 1)
    return Plan(
        f"school-{number + 1}",
        kind,
        f"Муниципальное учреждение «{name} № {within}», {district.city}",
        f"{short} № {within}, {district.city}",
        district.city,
        parent=district.code,
        scale=scale,
        months=_months(rng),
    )


def _kinds(within: int) -> tuple[OrganizationKind, str, str]:
    if within % 11 == 0:
        return OrganizationKind.SUPPLEMENTARY, "Дом творчества", "ДТ"
    if within % 9 == 0:
        return OrganizationKind.PRESCHOOL, "Детский сад", "ДС"
    if within % _EVERY_FOURTH == 0:
        return OrganizationKind.SCHOOL, "Гимназия", "Гимназия"
    return OrganizationKind.SCHOOL, "Средняя школа", "СОШ"


def _scale(rng: Random) -> float:
    return min(3.0, rng.lognormvariate(-0.35, 0.5))


def _months(rng: Random) -> list[str]:
    tidy = likely(rng, 0.8)
    weights = (96, 2, 1, 1) if tidy else (74, 12, 8, 6)
    return rng.choices(("ok", "late", "missing", "back"), weights, k=MONTHS)
