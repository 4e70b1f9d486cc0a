"""Which forms, role models and categories of the catalogue a region uses, and how it names them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from tenants.errors import InvalidError
from tenants.mentorships.catalogue import (
    CATEGORY_LABELS,
    MENTORING_FORMS,
    Category,
    MentoringForm,
    RoleModel,
    forms_of,
)
from tenants.organizations.models import OrganizationKind
from tenants.participants.models import ParticipantRole
from tenants.settings.models import SettingKind
from tenants.settings.values import Setting

_LONGEST_LABEL = 80
_MOST_MODELS = 30


@dataclass(frozen=True)
class Forms(Setting):
    """Forms of mentoring in use. What the region did not name is in use under its usual name."""

    kind: ClassVar = SettingKind.FORMS

    off: frozenset[str] = frozenset()
    """Codes of forms that take no new records."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Codes with the region's own names."""

    def plain(self) -> dict[str, Any]:
        """Return codes and names."""
        return {"off": sorted(self.off), "labels": dict(sorted(self.labels.items()))}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the forms."""
        return cls(frozenset(plain["off"]), plain["labels"])

    def check(self) -> None:
        """Look whether something is left to use and names can be told apart."""
        if all(form.code in self.off for form in MENTORING_FORMS):
            raise InvalidError("Оставьте хотя бы одну форму.", field=f"on_{MENTORING_FORMS[0].code}")
        seen: dict[str, str] = {}
        for form in MENTORING_FORMS:
            label = self.labels.get(form.code, form.label)
            if len(label) > _LONGEST_LABEL:
                raise InvalidError(f"Не длиннее {_LONGEST_LABEL} знаков.", field=f"label_{form.code}")
            if seen.setdefault(label.casefold(), form.code) != form.code:
                raise InvalidError(f"«{label}» уже есть. Назовите иначе.", field=f"label_{form.code}")

    def label(self, form: MentoringForm, kind: OrganizationKind | str) -> str:
        """Return the region's name of a form, or the catalogue's in the words of a kind of organization."""
        return self.labels.get(form.code) or form.label_for(kind)

    def of_kind(self, kind: OrganizationKind | str) -> tuple[MentoringForm, ...]:
        """Return the forms in use that a kind of organization may record, in catalogue order."""
        return tuple(form for form in forms_of(kind) if form.code not in self.off)


@dataclass(frozen=True)
class RoleModels(Setting):
    """Role models by form. A form that the region did not touch keeps those of the catalogue."""

    kind: ClassVar = SettingKind.ROLE_MODELS

    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Code of a form with its models as the region words them, in order."""

    def plain(self) -> dict[str, Any]:
        """Return the labels by form."""
        return {"labels": {code: list(labels) for code, labels in sorted(self.labels.items())}}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the models."""
        return cls({code: tuple(labels) for code, labels in plain["labels"].items()})

    def check(self) -> None:
        """Look whether every list can be chosen from."""
        for code, labels in self.labels.items():
            if len(labels) > _MOST_MODELS:
                raise InvalidError(f"Не больше {_MOST_MODELS} моделей у одной формы.", field=f"models_{code}")
            if long := next((label for label in labels if len(label) > _LONGEST_LABEL), None):
                raise InvalidError(f"«{long[:30]}…» длиннее {_LONGEST_LABEL} знаков.", field=f"models_{code}")
            if len({label.casefold() for label in labels}) < len(labels):
                raise InvalidError("Одна и та же модель записана дважды.", field=f"models_{code}")

    def of(self, form: MentoringForm) -> tuple[RoleModel, ...]:
        """Return the models of a form: those of the catalogue keep their codes, the region's own are their words."""
        if form.code not in self.labels:
            return form.role_models
        known = {model.label.casefold(): model.code for model in form.role_models}
        return tuple(RoleModel(known.get(label.casefold(), label), label) for label in self.labels[form.code])


@dataclass(frozen=True)
class Categories(Setting):
    """Categories of participants in use on each side."""

    kind: ClassVar = SettingKind.CATEGORIES

    off_mentors: frozenset[Category] = frozenset()
    off_mentees: frozenset[Category] = frozenset()

    def plain(self) -> dict[str, Any]:
        """Return the codes that are not in use."""
        return {"off_mentors": sorted(self.off_mentors), "off_mentees": sorted(self.off_mentees)}

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """Return the categories."""
        return cls(frozenset(map(Category, plain["off_mentors"])), frozenset(map(Category, plain["off_mentees"])))

    def check(self) -> None:
        """Look whether every form of the catalogue keeps somebody on both sides."""
        for form in MENTORING_FORMS:
            for role, word, name in _SIDES:
                if not self.of(form, role):
                    lost = min(_possible(form, role), key=list(CATEGORY_LABELS).index)
                    raise InvalidError(
                        f"У формы «{form.label}» не останется {word}. Оставьте категорию «{CATEGORY_LABELS[lost]}».",
                        field=f"{name}_{lost.value}",
                    )

    def off(self, role: ParticipantRole) -> frozenset[Category]:
        """Return what is not in use on a side."""
        return self.off_mentors if role is ParticipantRole.MENTOR else self.off_mentees

    def of(self, form: MentoringForm, role: ParticipantRole) -> frozenset[Category]:
        """Return who may newly stand on a side of a form."""
        return _possible(form, role) - self.off(role)


_SIDES = ((ParticipantRole.MENTOR, "наставников", "mentor"), (ParticipantRole.MENTEE, "наставляемых", "mentee"))


def _possible(form: MentoringForm, role: ParticipantRole) -> frozenset[Category]:
    return form.mentor_categories if role is ParticipantRole.MENTOR else form.mentee_categories
