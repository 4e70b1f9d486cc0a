"""What a region has in use on a day, for records that begin then; older records are never asked again."""

from datetime import date

from sqlalchemy.orm import Session

from tenants.accounts.actor import Actor
from tenants.errors import InvalidError
from tenants.mentorships.catalogue import Category, MentoringForm, RoleModel, mentoring_form
from tenants.participants.models import ParticipantRole
from tenants.settings.queries import Rules, rules_on


def rules_for(session: Session, actor: Actor, day: date) -> Rules:
    """Return the rules of the actor's region on a day; a transaction asks the database once for each day."""
    known: dict[date, Rules] = session.info.setdefault("rules", {})
    if day not in known:
        known[day] = rules_on(session, actor.organization.region_id, day)
    return known[day]


def need_form(session: Session, actor: Actor, code: str, day: date) -> MentoringForm:
    """Return a form that takes records from a day on.

    Raises:
        InvalidError: the region does not use it on that day.

    """
    form = mentoring_form(code)
    if form.code in rules_for(session, actor, day).forms.off:
        raise InvalidError(f"На {day:%d.%m.%Y} эта форма в регионе не применяется.", field="mentoring_form")
    return form


def usable_category(
    session: Session, actor: Actor, form: MentoringForm, role: ParticipantRole, usual: Category, day: date
) -> Category:
    """Return the usual category of a side, or the first one in use where the region does without the usual one."""
    possible = rules_for(session, actor, day).categories.of(form, role)
    return usual if usual in possible or not possible else min(possible)


def need_category(session: Session, actor: Actor, role: ParticipantRole, category: Category, day: date) -> None:
    """Let a category pass that is in use on a side on a day.

    Raises:
        InvalidError: the region does not use it.

    """
    if category in rules_for(session, actor, day).categories.off(role):
        raise InvalidError(f"На {day:%d.%m.%Y} эта категория в регионе не применяется.", field="category")


def role_models_for(session: Session, actor: Actor, form: MentoringForm, day: date) -> tuple[RoleModel, ...]:
    """Return the role models to choose from for a pair that begins on a day."""
    return rules_for(session, actor, day).role_models.of(form)


def need_role_model(
    session: Session, actor: Actor, form: MentoringForm, chosen: str, day: date, *, former: str = ""
) -> str:
    """Return the code of a chosen role model, named by code or by its words; the one a pair has may always stay.

    Raises:
        InvalidError: the region has no such model for this form on that day.

    """
    wanted = chosen.strip().casefold()
    known = [*role_models_for(session, actor, form, day), *(one for one in form.role_models if one.code == former)]
    if former:
        known.append(RoleModel(former, former))
    found = next((one for one in known if wanted in (one.code.casefold(), one.label.casefold())), None)
    if found is None:
        raise InvalidError("Такой ролевой модели у этой формы наставничества нет.", field="role_model")
    return found.code
