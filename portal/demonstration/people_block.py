"""Thirty people of a school as they are copied from a table: names, birth dates, sides, forms, classes, consents."""

from datetime import date
from random import Random

from portal.demonstration.people import any_human
from portal.demonstration.words import seeded
from tenants.mentorships.catalogue import Category, mentoring_form
from tenants.organizations.models import OrganizationKind
from tenants.participants.models import ParticipantRole

_HEADINGS = ("ФИО", "Дата рождения", "Роль", "Форма", "Класс, должность", "Дата согласия", "Стаж с", "Обучен")
_MENTOR, _MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
_ROWS = (
    (Category.PUPIL, _MENTOR, "student_student", 11),
    (Category.PUPIL, _MENTEE, "student_student", 12),
    (Category.TEACHER, _MENTOR, "teacher_teacher", 3),
    (Category.TEACHER, _MENTEE, "teacher_teacher", 4),
)
CONSENT = date(2026, 11, 9)
_YEAR = 2026


def people_block(seed: int) -> str:
    """Return the block with tabs between cells, as a spreadsheet gives it."""
    rng = seeded(f"{seed}:block")
    lines = ["\t".join(_HEADINGS)]
    for category, side, form, count in _ROWS:
        lines += [_line(rng, category, side, form) for _ in range(count)]
    return "\n".join(lines)


def _line(rng: Random, category: Category, side: ParticipantRole, form: str) -> str:
    human = any_human(rng, category, side.value, form, OrganizationKind.SCHOOL, _YEAR)
    since = f"{human.experience_since:%d.%m.%Y}" if human.experience_since else ""
    cells = (
        human.name.full,
        f"{human.born_on:%d.%m.%Y}",
        side.label,
        mentoring_form(form).label,
        human.class_in(_YEAR),
        f"{CONSENT:%d.%m.%Y}",
        since,
        "06.11.2026" if side is _MENTOR else "",
    )
    return "\t".join(cells)
