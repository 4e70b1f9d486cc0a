"""Invented people of an organization: pupils of a class, students, teachers with experience, people from outside."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from portal.demonstration.words import FullName, any_name, female_surname, likely, male_surname, phone, words
from tenants.mentorships.catalogue import Category
from tenants.organizations.models import OrganizationKind

LAST_CLASS = 11
_ADULT_POSTS = {
    OrganizationKind.SUPPLEMENTARY: "supplementary_posts",
    OrganizationKind.COLLEGE: "college_posts",
}
_NOVICE_SHARE = 0.7
_LETTERS = "АБВ"


@dataclass(frozen=True)
class Stay:
    """Time in one pair or group; `end` is the first day out, None while it runs."""

    start: date
    end: date | None
    reason: str | None


@dataclass(eq=False)
class Human:
    """One person; a school meets the same one again in the next year."""

    name: FullName
    category: Category
    born_on: date
    experience_since: date | None = None
    first_class_in: int = 0
    """Year in which a pupil came into the first class."""
    place: str = ""
    """Class letter, study group, post, company."""
    representative: str = ""
    phone: str = ""
    stays: dict[tuple[str, str], list[Stay]] = field(default_factory=dict)
    """By side and form."""

    def class_in(self, year: int) -> str:
        """Return class, group, post or company as it is written down in a school year."""
        if not self.first_class_in:
            return self.place
        return f"{min(year - self.first_class_in + 1, LAST_CLASS)} «{self.place}»"

    def leaves_before(self, year: int) -> bool:
        """Return whether a pupil has left the school by a school year."""
        return bool(self.first_class_in) and year - self.first_class_in + 1 > LAST_CLASS


def any_human(rng: Random, category: Category, side: str, form: str, kind: OrganizationKind, year: int) -> Human:
    """Return a new person of a category who takes part from a school year on."""
    makers = {
        Category.PUPIL: _pupil,
        Category.STUDENT: _student,
        Category.TEACHER: _teacher,
        Category.HEAD: _head,
    }
    return makers.get(category, _outsider)(rng, category, (side, form), kind, year)


def _pupil(rng: Random, category: Category, part: tuple[str, str], kind: OrganizationKind, year: int) -> Human:
    low, high = _classes(part)
    grade = rng.randint(low, high)
    first = year - grade + 1
    born = date(first - 7, 2, 1) + timedelta(days=rng.randrange(365))
    name = any_name(rng)
    mother = any_name(rng, "female", male_surname(name.last))
    human = Human(name, category, born, first_class_in=first, place=rng.choice(_LETTERS))
    if kind is OrganizationKind.SUPPLEMENTARY:
        human.first_class_in, human.place = 0, rng.choice(words("circles"))
    human.representative = f"{female_surname(mother.last)} {mother.first} {mother.middle}, {phone(rng)}"[:200]
    return human


def _classes(part: tuple[str, str]) -> tuple[int, int]:
    side, form = part
    if form == "student_student":
        return (8, 11) if side == "mentor" else (3, 8)
    return (7, 11)


def _student(rng: Random, category: Category, part: tuple[str, str], kind: OrganizationKind, year: int) -> Human:
    age = rng.randint(17, 19) if part[0] == "mentor" else rng.randint(15, 17)
    born = date(year - age - 1, 9, 1) + timedelta(days=rng.randrange(365))
    place = rng.choice(words("student_groups"))
    human = Human(
        any_name(rng), category, born, place=place if kind is OrganizationKind.COLLEGE else "колледж, студент"
    )
    human.phone = phone(rng)
    return human


def _teacher(rng: Random, category: Category, part: tuple[str, str], kind: OrganizationKind, year: int) -> Human:
    novice = part[0] == "mentee" and likely(rng, _NOVICE_SHARE)
    years = rng.randint(0, 2) if novice else rng.randint(4 if part[0] == "mentee" else 9, 34)
    since = date(year - years, 9, 1)
    if likely(rng, 0.2):
        since = date(year - years, rng.choice((1, 8, 9)), rng.randint(1, 28))
    born = date(since.year - rng.randint(22, 25), rng.randint(1, 12), rng.randint(1, 28))
    name = any_name(rng, "female" if likely(rng, 0.85) else "male")
    posts = words(_ADULT_POSTS.get(kind, "teacher_posts"))
    place = "воспитатель" if kind is OrganizationKind.PRESCHOOL else rng.choice(posts)
    return Human(name, category, born, experience_since=since, place=place, phone=phone(rng))


def _head(rng: Random, category: Category, part: tuple[str, str], kind: OrganizationKind, year: int) -> Human:
    human = _teacher(rng, category, ("mentor", part[1]), kind, year)
    human.place = rng.choice(words("head_posts"))
    return human


def _outsider(rng: Random, category: Category, part: tuple[str, str], kind: OrganizationKind, year: int) -> Human:
    del part, kind
    born = date(year - rng.randint(28, 58), rng.randint(1, 12), rng.randint(1, 28))
    place = "" if category in (Category.PARENT, Category.GRADUATE) else rng.choice(words("companies"))
    return Human(any_name(rng), category, born, place=place, phone=phone(rng))
