"""Decisions of a region about its settings, for tests."""

from datetime import date

from tenants.db import transaction
from tenants.settings.commands import decide
from tenants.settings.models import RegionSetting, SettingKind
from tenants.settings.queries import decisions, version_of
from tenants.settings.values import Setting
from tests.factories.tree import Tree, actor_of


def decided(tree: Tree, value: Setting, valid_from: date, *, reason: str = "") -> RegionSetting:
    """Let the tree's region decide, whatever it decided before."""
    actor = actor_of(tree.region)
    with transaction(actor.scope) as session:
        version = version_of(decisions(session, tree.region.id, value.kind))
        return decide(session, actor, value, valid_from=valid_from, version=version, reason=reason)


def decisions_of(tree: Tree, kind: SettingKind) -> list[RegionSetting]:
    """Every decision about a kind, as a school of the tree reads them."""
    with transaction(actor_of(tree.school).scope.reading()) as session:
        return list(decisions(session, tree.region.id, kind))
