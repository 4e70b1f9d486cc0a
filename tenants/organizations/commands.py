"""Organizations: create them in the tree, keep their cards."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock, journal
from tenants.accounts.actor import Actor
from tenants.db import insert
from tenants.errors import ConflictError, Difference, ForbiddenError, InvalidError, NotFoundError, WrongStateError
from tenants.organizations import codes, policy
from tenants.organizations.codes import CARD_LABELS
from tenants.organizations.models import Organization, OrganizationKind, OrganizationParent
from tenants.organizations.naming import CODE
from tenants.organizations.queries import next_id, taken_elsewhere
from tenants.organizations.tree import living_on

_PARENT_KINDS = {
    OrganizationKind.DISTRICT: (OrganizationKind.REGION,),
    OrganizationKind.COLLEGE: (OrganizationKind.REGION, OrganizationKind.DISTRICT),
}
_SHORTEST_REASON = 3
_ANY_PARENT = (OrganizationKind.DISTRICT, OrganizationKind.REGION)


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
    reserved_id: int | None = None,
) -> Organization:
    """Hang a new organization under its reviewer. Runs in the registry's scope, or within `found_organization`.

    `values` holds `code` and the fields of the card. `reserved_id` was asked for before; such an organization is
    awaited from `since` on only.

    Raises:
        InvalidError: the parent does not fit, the code is taken, or a field of the card is wrong.

    """
    if parent.kind not in _PARENT_KINDS.get(kind, _ANY_PARENT):
        raise InvalidError(f"«{kind.label}» не может подчиняться организации «{parent.name_short}».", field="parent")
    organization_id = reserved_id or next_id(session)
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
            opened_on=since if reserved_id else None,
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


def found_organization(
    session: Session, actor: Actor, kind: OrganizationKind, parent_id: int, values: Mapping[str, str]
) -> Organization:
    """Create an organization below the actor; `values` as in `create_organization`.

    Raises:
        NotFoundError: the parent is out of reach.
        ForbiddenError: the actor founds no such organizations there.
        InvalidError: the parent does not fit, the code is taken, or a field of the card is wrong.

    """
    parent = session.scalars(select(Organization).where(Organization.id == parent_id)).one_or_none()
    if parent is None:
        raise NotFoundError
    if not policy.may_create(actor, kind, parent):
        raise ForbiddenError("Заводит организации региональный центр, а отдел образования — школы своего района.")
    if parent.archived_on is not None:
        raise InvalidError(
            f"«{parent.name_short}» в архиве с {parent.archived_on:%d.%m.%Y}. Выберите другое.", field="parent"
        )
    if taken_elsewhere([values.get("code", "")]):
        raise InvalidError(f"Код «{values['code']}» уже занят. Добавьте к нему район или номер.", field="code")
    organization = create_organization(session, parent, kind, values)
    journal.record(session, actor, "organization.founded", None, organization_id=organization.id)
    return organization


def archive_organization(
    session: Session, actor: Actor, organization_id: int, *, on: date, reason: str, version: int
) -> Organization:
    """Put an organization into the archive from a day on; earlier periods keep it.

    Raises:
        NotFoundError: it is out of reach.
        ForbiddenError: the actor does not keep the register.
        ConflictError: somebody saved the card meanwhile.
        InvalidError: the day has passed, the reason is empty, or organizations below it still live on that day.

    """
    organization = _locked_for_archive(session, actor, organization_id)
    if organization.archived_on is not None:
        raise WrongStateError(f"Организация уже в архиве с {organization.archived_on:%d.%m.%Y}.")
    if organization.version != version:
        raise ConflictError("Карточку изменили, пока Вы смотрели. Откройте страницу заново и проверьте последствия.")
    if on < clock.today(organization.time_zone):
        raise InvalidError("Дата уже прошла. Укажите сегодняшнюю или более позднюю.", field="archived_on")
    if len(reason.strip()) < _SHORTEST_REASON:
        raise InvalidError("Напишите причину: её увидят в реестре и в журнале.", field="reason")
    living = select(func.count()).where(Organization.parent_id == organization_id, living_on(on))
    if below := session.scalar(living.select_from(Organization)):
        raise InvalidError(
            f"Под этой организацией на {on:%d.%m.%Y} работают другие, их {below}. Сначала переведите их или уберите в"
            " архив.",
            field="archived_on",
        )
    organization.archived_on, organization.archive_reason = on, reason.strip()
    journal.record(session, actor, "organization.archived", None, organization_id=organization_id)
    return organization


def restore_organization(session: Session, actor: Actor, organization_id: int) -> Organization:
    """Take an organization back from the archive; a second click changes nothing.

    Raises:
        WrongStateError: the organization above it is in the archive, or it was merged into another.

    """
    organization = _locked_for_archive(session, actor, organization_id)
    if organization.archived_on is None:
        journal.nothing_changed()
        return organization
    if organization.successor_id is not None:
        raise WrongStateError("Организация объединена с другой: её участники и пары уже там, из архива её не вернуть.")
    above = session.scalars(select(Organization).where(Organization.id == organization.parent_id)).one()
    if above.archived_on is not None:
        raise WrongStateError(f"Сначала верните из архива «{above.name_short}».")
    organization.archived_on, organization.archive_reason = None, ""
    journal.record(session, actor, "organization.restored", None, organization_id=organization_id)
    return organization


def _locked_for_archive(session: Session, actor: Actor, organization_id: int) -> Organization:
    found = session.scalars(
        select(Organization).where(Organization.id == organization_id).with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFoundError
    if found.id == actor.organization.id:
        raise WrongStateError("Свою организацию в архив не переводят.")
    if not policy.may_archive(actor, found):
        raise ForbiddenError("В архив и обратно организации переводит региональный центр.")
    return found


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


def _differences(organization: Organization, card: Mapping[str, str | None]) -> tuple[Difference, ...]:
    return tuple(
        Difference(CARD_LABELS[name], getattr(organization, name) or "", value or "", name)
        for name, value in card.items()
        if (getattr(organization, name) or "") != (value or "")
    )


def _free_code(session: Session, code: str) -> str:
    if not CODE.fullmatch(code):
        raise InvalidError("Код организации: латинские буквы, цифры и дефис, от 2 до 40 знаков.", field="code")
    if session.scalar(select(Organization.id).where(Organization.code == code)):
        raise InvalidError(f"Код «{code}» уже занят.", field="code")
    return code
