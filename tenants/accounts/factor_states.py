"""How the staff of an organization confirm their sign-in, for whoever administers it. In the registry's scope."""

from collections.abc import Collection
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.accounts.factor_models import FactorKind, SecondFactor
from tenants.accounts.models import Membership
from tenants.accounts.rules import rules_in_force


class FactorState(StrEnum):
    """What a member of staff has besides the password; never more than the kind."""

    NONE = "none"
    CODES = "codes"
    PASSKEY = "passkey"
    BOTH = "both"
    MISSING = "missing"
    """The region asks for it in this role, and there is none yet."""

    @property
    def label(self) -> str:
        """Return it in Russian."""
        return _LABELS[self]


_LABELS = {
    FactorState.NONE: "нет",
    FactorState.CODES: "код из приложения",
    FactorState.PASSKEY: "ключ",
    FactorState.BOTH: "код и ключ",
    FactorState.MISSING: "требуется, не настроен",
}
_HAS = {
    frozenset({FactorKind.TOTP}): FactorState.CODES,
    frozenset({FactorKind.PASSKEY}): FactorState.PASSKEY,
    frozenset(FactorKind): FactorState.BOTH,
}


def factor_states(session: Session, region_id: int, held: Collection[Membership]) -> dict[int, FactorState]:
    """Return the state of everybody's second factor by membership. Two statements.

    Whether one is required follows from the role held here alone: what somebody is elsewhere is not told.
    """
    required = rules_in_force(session, region_id).factor_roles
    kinds: dict[int, set[FactorKind]] = {}
    rows = select(SecondFactor.user_id, SecondFactor.kind).where(
        SecondFactor.user_id.in_({one.user_id for one in held}), SecondFactor.confirmed_at.is_not(None)
    )
    for user_id, kind in session.execute(rows):
        kinds.setdefault(user_id, set()).add(kind)
    return {
        one.id: _HAS.get(frozenset(kinds.get(one.user_id, ())))
        or (FactorState.MISSING if one.role in required else FactorState.NONE)
        for one in held
    }
