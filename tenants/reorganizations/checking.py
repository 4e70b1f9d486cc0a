"""What a merger or split must fulfil before it is planned."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.db import REGISTRY, transaction
from tenants.errors import InvalidError
from tenants.organizations.models import Organization, OrganizationKind
from tenants.organizations.queries import organization_in_reach
from tenants.submissions.models import Submission, SubmissionState, SubmissionWindow

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
MOST_MERGED = 20


def check_merge(places: Sequence[Organization], receiver: Organization | None, day: date) -> None:
    """Look whether organizations may be merged; the receiver may be one of them.

    Raises:
        InvalidError: fewer than two, of different kinds, closed, or the day has passed.

    """
    everybody = {place.id: place for place in (*places, *([receiver] if receiver else []))}
    if len(everybody) < 2:  # noqa: PLR2004 - a merger takes two
        raise InvalidError("Для объединения нужны хотя бы две организации.", field="sources")
    if len(places) > MOST_MERGED:
        raise InvalidError(f"За один раз объединяют не больше {MOST_MERGED} организаций.", field="sources")
    _check_alike(list(everybody.values()), "sources")
    _check_ahead(day, places[0].time_zone)


def check_split(places: Sequence[Organization], receiver: Organization | None, day: date) -> None:
    """Look whether an organization may be split; its people go to a new one.

    Raises:
        InvalidError: it is closed, not one, or the day has passed.

    """
    if len(places) != 1 or receiver is not None:
        raise InvalidError("Разделяют одну организацию, а выделяется из неё новая.", field="source")
    _check_alike(places, "source")
    _check_ahead(day, places[0].time_zone)


def check_new(session: Session, card: Mapping[str, object]) -> None:
    """Look whether a new organization may have this card.

    Raises:
        InvalidError: the code is wrong or taken, a name is missing, or the parent does not fit.

    """
    code = str(card.get("code") or "")
    if not _CODE.fullmatch(code):
        raise InvalidError("Код организации: латинские буквы, цифры и дефис, от 2 до 40 знаков.", field="code_new")
    with transaction(REGISTRY.reading()) as registry:
        if registry.scalar(select(Organization.id).where(Organization.code == code)):
            raise InvalidError(f"Код «{code}» уже занят.", field="code_new")
    for name, label in (("name", "полное наименование"), ("name_short", "краткое наименование")):
        if not str(card.get(name) or "").strip():
            raise InvalidError(f"Укажите {label}.", field=name)
    if (parent_id := card.get("parent_id")) is not None:
        parent = organization_in_reach(session, int(str(parent_id)))
        if parent.kind not in (OrganizationKind.DISTRICT, OrganizationKind.REGION):
            raise InvalidError("Подчинить можно отделу образования или региональному центру.", field="parent_id")


def refuse_accepted(session: Session, sources: Sequence[int], day: date) -> None:
    """Let a day pass after which nothing has been accepted: else the month would be counted there and at the successor.

    Raises:
        InvalidError: a month with a later cut is accepted; the sentence names the first possible day.

    """
    last = session.scalars(
        select(SubmissionWindow.cut_on)
        .join(Submission, Submission.window_id == SubmissionWindow.id)
        .join(SubmissionState, SubmissionState.submission_id == Submission.id)
        .where(
            Submission.organization_id.in_(sources),
            SubmissionWindow.cut_on >= day,
            SubmissionState.accepted_revision_n.is_not(None),
        )
        .order_by(SubmissionWindow.cut_on.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        raise InvalidError(
            f"Отчёт со срезом {last:%d.%m.%Y} уже принят. Укажите дату позже этого дня.", field="takes_effect_on"
        )


def _check_alike(places: Sequence[Organization], field: str) -> None:
    if any(not place.kind.reports or place.archived_on is not None for place in places):
        raise InvalidError("Выбирают действующие школы, колледжи и другие организации.", field=field)
    if len({place.kind for place in places}) > 1:
        raise InvalidError("Объединяют организации одного вида.", field=field)


def _check_ahead(day: date, zone: str) -> None:
    if day < clock.today(zone):
        raise InvalidError("Эта дата прошла. Укажите сегодняшний день или будущий.", field="takes_effect_on")
