"""Organizations: create them in the tree, keep their cards."""

import re
from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import insert
from tenants.errors import ConflictError, Difference, ForbiddenError, InvalidError, NotFoundError
from tenants.organizations import codes, policy
from tenants.organizations.models import Calendar, Organization, OrganizationKind, OrganizationParent
from tenants.organizations.queries import next_id

CARD_LABELS = {
    "name": "Полное наименование",
    "name_short": "Краткое наименование",
    "inn": "ИНН",
    "kpp": "КПП",
    "ogrn": "ОГРН",
    "okpo": "ОКПО",
    "oktmo": "ОКТМО",
    "address": "Почтовый адрес",
    "site": "Сайт",
    "head_post": "Должность руководителя",
    "head_name": "Руководитель",
    "responsible_post": "Должность ответственного",
    "responsible_name": "Ответственный за данные",
    "responsible_phone": "Телефон ответственного",
    "responsible_email": "Почта ответственного",
    "time_zone": "Часовой пояс",
}
"""Every field of a card with its label; the title pages of forms are filled from these."""

_PARENT_KINDS = {
    OrganizationKind.DISTRICT: (OrganizationKind.REGION,),
    OrganizationKind.COLLEGE: (OrganizationKind.REGION, OrganizationKind.DISTRICT),
}
_ANY_PARENT = (OrganizationKind.DISTRICT, OrganizationKind.REGION)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")


def create_region(session: Session, *, code: str, name: str, name_short: str, time_zone: str) -> Organization:
    """Create the root of a tree. Runs in the registry's scope."""
    region_id = next_id(session)
    return insert(
        session,
        Organization(
            id=region_id,
            region_id=region_id,
            district_id=region_id,
            code=_free_code(session, code),
            kind=OrganizationKind.REGION,
            name=name,
            name_short=name_short,
            time_zone=time_zone,
        ),
    )


def create_organization(
    session: Session,
    parent: Organization,
    kind: OrganizationKind,
    values: Mapping[str, str],
    *,
    since: date | None = None,
) -> Organization:
    """Hang a new organization under its reviewer. Runs in the registry's scope.

    `values` holds `code` and the fields of the card.

    Raises:
        InvalidError: the parent does not fit, the code is taken, or a field of the card is wrong.

    """
    if parent.kind not in _PARENT_KINDS.get(kind, _ANY_PARENT):
        raise InvalidError(f"«{kind.label}» не может подчиняться организации «{parent.name_short}».", field="parent")
    organization_id = next_id(session)
    district_id = organization_id if kind is OrganizationKind.DISTRICT else parent.id
    card = codes.checked_card({name: value for name, value in values.items() if name in CARD_LABELS})
    organization = insert(
        session,
        Organization(
            id=organization_id,
            region_id=parent.region_id,
            district_id=district_id,
            parent_id=parent.id,
            code=_free_code(session, values.get("code", "")),
            kind=kind,
            **({"time_zone": parent.time_zone} | card),
        ),
    )
    insert(
        session,
        OrganizationParent(
            region_id=parent.region_id,
            organization_id=organization_id,
            parent_id=parent.id,
            valid_from=since or clock.today(parent.time_zone),
        ),
    )
    return organization


def edit_card(
    session: Session, actor: Actor, organization_id: int, values: Mapping[str, str], *, version: int
) -> Organization:
    """Save the card of an organization; `version` is the one the editor saw.

    Raises:
        NotFoundError: it is out of reach.
        ForbiddenError: the actor does not keep this card.
        ConflictError: somebody saved the card meanwhile.
        InvalidError: a code is wrong.

    """
    organization = session.scalars(
        select(Organization).where(Organization.id == organization_id).with_for_update()
    ).one_or_none()
    if organization is None:
        raise NotFoundError
    if not policy.may_edit_card(actor, organization):
        raise ForbiddenError("Карточку правят куратор, директор, отдел образования для себя и региональный центр.")
    card = codes.checked_card({name: value for name, value in values.items() if name in CARD_LABELS})
    if organization.version != version:
        raise ConflictError(
            "Карточку уже изменили. Ваши данные на месте.",
            _differences(organization, card),
            version=organization.version,
        )
    changed = sorted(name for name, value in card.items() if (getattr(organization, name) or "") != (value or ""))
    for name, value in card.items():
        setattr(organization, name, value)
    journal.record(session, actor, "organization.edited", None, organization_id=organization_id, fields=changed)
    return organization


def set_calendar(
    session: Session, actor: Actor, *, valid_from: date, cut_day: int, due_day: int, open_day: int
) -> Calendar:
    """Set the region's reporting days from a date on."""
    if not policy.may_set_calendar(actor):
        raise ForbiddenError("Сроки отчёта устанавливает региональный центр.")
    calendar = insert(session, Calendar(valid_from=valid_from, cut_day=cut_day, due_day=due_day, open_day=open_day))
    journal.record(session, actor, "calendar.set", calendar, valid_from=valid_from.isoformat(), due_day=due_day)
    return calendar


def _differences(organization: Organization, card: Mapping[str, str | None]) -> tuple[Difference, ...]:
    return tuple(
        Difference(CARD_LABELS[name], getattr(organization, name) or "", value or "", name)
        for name, value in card.items()
        if (getattr(organization, name) or "") != (value or "")
    )


def _free_code(session: Session, code: str) -> str:
    if not _CODE.fullmatch(code):
        raise InvalidError("Код организации: латинские буквы, цифры и дефис, от 2 до 40 знаков.", field="code")
    if session.scalar(select(Organization.id).where(Organization.code == code)):
        raise InvalidError(f"Код «{code}» уже занят.", field="code")
    return code
