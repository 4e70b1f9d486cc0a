"""Who keeps the data of people in an archived organization, as its card tells it."""

from dataclasses import dataclass

from portal.context import actor
from tenants.accounts import rights
from tenants.accounts.models import Role
from tenants.accounts.staff import keepers_of
from tenants.db import REGISTRY, transaction
from tenants.organizations.models import Organization

_ENOUGH = 2
"""One keeper draws a list of destruction up, another signs it."""


@dataclass(frozen=True)
class Keeping:
    """Who keeps the data, and whether the actor may name keepers."""

    names: list[str]
    may_name: bool

    @property
    def sentence(self) -> str:
        """Return who keeps the data now and what is missing."""
        if not self.names:
            return (
                "Данные участников никто не хранит: некому ответить на обращение, внести отзыв и подписать акт об"
                " уничтожении. Нужны два хранителя."
            )
        said = f"Данные участников хранит: {', '.join(self.names)}."
        return said if len(self.names) >= _ENOUGH else f"{said} Акт об уничтожении утверждает второй хранитель."

    @property
    def enough(self) -> bool:
        """Return whether nothing is missing."""
        return len(self.names) >= _ENOUGH


def keeping_of(place: Organization) -> Keeping | None:
    """Return who keeps the data of an organization that is in the archive or on its way there; None of others."""
    if place.archived_on is None or not place.kind.reports:
        return None
    with transaction(REGISTRY.reading()) as registry:
        names = keepers_of(registry, place.id)
    return Keeping(names, Role.KEEPER in rights.nameable(rights.standing_of(actor()), place))
