"""`portal roadmap template`: publish the shipped template for a region."""

import argparse
import sys

from portal.config import Settings
from tenants.accounts.actor import system_actor
from tenants.accounts.models import Role
from tenants.accounts.queries import workplace
from tenants.db import REGISTRY, connect, transaction
from tenants.errors import DomainError
from tenants.organizations.models import OrganizationKind
from tenants.organizations.queries import organization_by_code
from tenants.roadmaps.templates import rows_of, seed_template


def add(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action to `portal roadmap`."""
    template = actions.add_parser("template", help="опубликовать типовую карту, которая идёт с порталом")
    template.add_argument("--region", required=True, metavar="КОД", help="код региона")
    template.set_defaults(run=publish)


def publish(arguments: argparse.Namespace) -> None:
    """Publish the shipped template; doing it again changes nothing."""
    settings = Settings.from_environment().need("database_url")
    connect(settings.database_url, role_prefix=settings.role_prefix, pool_size=1)
    with transaction(REGISTRY.reading()) as session:
        region = organization_by_code(session, arguments.region)
        if region.kind is not OrganizationKind.REGION:
            raise DomainError(f"«{region.name_short}» не регион.")
        actor = system_actor(workplace(region), Role.REGION_ADMIN)
    with transaction(actor.scope) as session:
        template = seed_template(session, actor)
        count = len(rows_of(session, template.id))
        sys.stdout.write(f"Действует «{template.title}»: мероприятий {count}.\n")
