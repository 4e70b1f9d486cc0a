"""The catalogue of forms of mentoring: who mentors whom, in which kind of organization, by which role models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tenants.errors import InvalidError
from tenants.organizations.models import OrganizationKind


class Category(StrEnum):
    """Who a participant is, as far as the forms of mentoring ask."""

    PUPIL = "pupil"
    STUDENT = "student"
    TEACHER = "teacher"
    HEAD = "head"
    PARENT = "parent"
    GRADUATE = "graduate"
    EMPLOYER = "employer"
    PARTNER = "partner"


CATEGORY_LABELS: Mapping[Category, str] = {
    Category.PUPIL: "ученик",
    Category.STUDENT: "студент",
    Category.TEACHER: "педагог",
    Category.HEAD: "руководитель организации",
    Category.PARENT: "родитель",
    Category.GRADUATE: "выпускник",
    Category.EMPLOYER: "работодатель, сотрудник предприятия",
    Category.PARTNER: "социальный партнёр",
}


class Model(StrEnum):
    """The two models of mentoring that a form can belong to."""

    PUPILS = "pupils"
    """Целевая модель наставничества обучающихся. Source: распоряжение Минпросвещения 25.12.2019 № Р-145."""
    TEACHERS = "teachers"
    """Наставничество педагогических работников. Source: письмо 21.12.2021 № АЗ-1128/08."""


@dataclass(frozen=True)
class RoleModel:
    """One way in which the two sides of a form meet; the code is unique within its form."""

    code: str
    label: str


@dataclass(frozen=True)
class MentoringForm:
    """One form of mentoring."""

    code: str
    label: str
    short_label: str
    """For narrow places, a few letters a side: «уч–уч»."""
    model: Model
    kinds: frozenset[OrganizationKind]
    """Organizations that may record this form; the monthly edition has a column for each of them."""
    mentor_categories: frozenset[Category]
    mentee_categories: frozenset[Category]
    role_models: tuple[RoleModel, ...]
    labels_by_kind: Mapping[OrganizationKind, tuple[str, str]] = field(default_factory=dict)
    """Label and short label where a kind of organization speaks otherwise: students of a college are no pupils."""

    def label_for(self, kind: OrganizationKind | str) -> str:
        """Return the label in the words of a kind of organization."""
        return self.labels_by_kind.get(OrganizationKind(kind), (self.label, self.short_label))[0]

    def short_label_for(self, kind: OrganizationKind | str) -> str:
        """Return the short label in the words of a kind of organization."""
        return self.labels_by_kind.get(OrganizationKind(kind), (self.label, self.short_label))[1]

    def role_model(self, code: str) -> RoleModel:
        """Return one role model of this form.

        Raises:
            InvalidError: the form has no such role model.

        """
        found = next((model for model in self.role_models if model.code == code), None)
        if found is None:
            raise InvalidError("Такой ролевой модели у этой формы наставничества нет.", field="role_model")
        return found


_SCHOOL, _COLLEGE = OrganizationKind.SCHOOL, OrganizationKind.COLLEGE
_SUPPLEMENTARY, _PRESCHOOL = OrganizationKind.SUPPLEMENTARY, OrganizationKind.PRESCHOOL
_EVERYWHERE = frozenset({_SCHOOL, _COLLEGE, _SUPPLEMENTARY, _PRESCHOOL})

_EMPLOYER_ROLES = (
    RoleModel("active_passive", "активный профессионал – равнодушный потребитель"),
    RoleModel("successful_choosing", "успешный профессионал – выбирающий профессию"),
    RoleModel("colleague_young", "коллега – молодой коллега"),
    RoleModel("employer_future", "работодатель – будущий сотрудник"),
)

MENTORING_FORMS: tuple[MentoringForm, ...] = (
    MentoringForm(
        code="student_student",
        label="Ученик – ученик",
        short_label="уч–уч",
        model=Model.PUPILS,
        kinds=frozenset({_SCHOOL, _COLLEGE, _SUPPLEMENTARY}),
        mentor_categories=frozenset({Category.PUPIL, Category.STUDENT}),
        mentee_categories=frozenset({Category.PUPIL, Category.STUDENT}),
        role_models=(
            RoleModel("achieving_lagging", "успевающий – неуспевающий"),
            RoleModel("leader_passive", "лидер – пассивный"),
            RoleModel("equal_equal", "равный – равному"),
            RoleModel("adapted_newcomer", "адаптированный – неадаптированный"),
        ),
        labels_by_kind={_COLLEGE: ("Студент – студент", "студ–студ")},
    ),
    MentoringForm(
        code="teacher_teacher",
        label="Педагог – педагог",
        short_label="пед–пед",
        model=Model.TEACHERS,
        kinds=_EVERYWHERE,
        mentor_categories=frozenset({Category.TEACHER}),
        mentee_categories=frozenset({Category.TEACHER}),
        role_models=(
            RoleModel("experienced_novice", "опытный педагог – молодой специалист"),
            RoleModel("class_teacher_novice", "опытный классный руководитель – молодой специалист"),
            RoleModel("leader_struggling", "лидер педагогического сообщества – педагог, испытывающий проблемы"),
            RoleModel("innovator_conservative", "педагог-новатор – консервативный педагог"),
            RoleModel("subject_experienced_novice", "опытный предметник – неопытный предметник"),
        ),
    ),
    MentoringForm(
        code="head_teacher",
        label="Руководитель – педагог",
        short_label="рук–пед",
        model=Model.TEACHERS,
        kinds=_EVERYWHERE,
        mentor_categories=frozenset({Category.HEAD}),
        mentee_categories=frozenset({Category.TEACHER}),
        role_models=(
            RoleModel("head_novice", "руководитель – молодой специалист"),
            RoleModel("head_reserve", "руководитель – педагог кадрового резерва"),
            RoleModel("head_newcomer", "руководитель – педагог на новом месте работы"),
        ),
    ),
    MentoringForm(
        code="student_pupil",
        label="Студент – ученик",
        short_label="студ–уч",
        model=Model.PUPILS,
        kinds=frozenset({_SCHOOL, _SUPPLEMENTARY}),
        mentor_categories=frozenset({Category.STUDENT}),
        mentee_categories=frozenset({Category.PUPIL}),
        role_models=(
            RoleModel("achieving_lagging", "успевающий – неуспевающий"),
            RoleModel("leader_indifferent", "лидер – равнодушный"),
            RoleModel("equal_other", "равный – другому"),
            RoleModel("curator_author", "куратор – автор проекта"),
        ),
    ),
    MentoringForm(
        code="employer_pupil",
        label="Работодатель – ученик",
        short_label="раб–уч",
        model=Model.PUPILS,
        kinds=frozenset({_SCHOOL, _SUPPLEMENTARY}),
        mentor_categories=frozenset({Category.EMPLOYER, Category.GRADUATE, Category.PARENT}),
        mentee_categories=frozenset({Category.PUPIL}),
        role_models=_EMPLOYER_ROLES,
    ),
    MentoringForm(
        code="partner_teacher",
        label="Партнёр – педагог",
        short_label="парт–пед",
        model=Model.TEACHERS,
        kinds=frozenset({_SCHOOL, _COLLEGE, _PRESCHOOL}),
        mentor_categories=frozenset({Category.PARTNER, Category.EMPLOYER}),
        mentee_categories=frozenset({Category.TEACHER}),
        role_models=(
            RoleModel("partner_teacher", "социальный партнёр – педагог"),
            RoleModel("lecturer_novice", "педагог вуза или колледжа – молодой педагог"),
        ),
    ),
    MentoringForm(
        code="employer_student",
        label="Работодатель – студент",
        short_label="раб–студ",
        model=Model.PUPILS,
        kinds=frozenset({_COLLEGE}),
        mentor_categories=frozenset({Category.EMPLOYER, Category.GRADUATE}),
        mentee_categories=frozenset({Category.STUDENT}),
        role_models=_EMPLOYER_ROLES,
    ),
)
"""All forms, in the order of columns and lists."""

_BY_CODE = {form.code: form for form in MENTORING_FORMS}


def mentoring_form(code: str) -> MentoringForm:
    """Return a form by its code.

    Raises:
        InvalidError: no form has this code.

    """
    if code not in _BY_CODE:
        raise InvalidError("Такой формы наставничества нет.", field="mentoring_form")
    return _BY_CODE[code]


def forms_of(kind: OrganizationKind | str) -> tuple[MentoringForm, ...]:
    """Return the forms that a kind of organization may record, in catalogue order."""
    return tuple(form for form in MENTORING_FORMS if OrganizationKind(kind) in form.kinds)
