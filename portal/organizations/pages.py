"""What the pages of the register show."""

from typing import Any

from flask import request, url_for

from portal.context import actor, db
from tenants.organizations import listing, policy, queries
from tenants.organizations.listing import Wanted
from tenants.organizations.models import OrganizationKind

_LONGEST = 100


def wanted() -> Wanted:
    """Return what the address asks of the register; what it does not understand asks for nothing."""
    kind, sort = request.args.get("kind", ""), request.args.get("sort", "")
    return Wanted(
        text=request.args.get("q", "").strip()[:_LONGEST].replace("\0", ""),
        kind=OrganizationKind(kind) if kind in set(OrganizationKind) else None,
        parent_id=_id(request.args.get("parent", "")),
        without_responsible=request.args.get("only") == "nobody",
        archived=request.args.get("only") == "archive",
        sort=sort if sort.removeprefix("-") in listing.SORTS else "parent",
    )


def _id(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len(str(2**31)) else None


def kept(asked: Wanted) -> dict[str, Any]:
    """Return the parts of the address that stand for what is asked, without the page."""
    only = "nobody" if asked.without_responsible else "archive" if asked.archived else ""
    parts = {
        "q": asked.text,
        "kind": asked.kind.value if asked.kind else "",
        "parent": asked.parent_id or "",
        "only": only,
        "sort": "" if asked.sort == "parent" else asked.sort,
    }
    return {name: value for name, value in parts.items() if value}


def register_context(asked: Wanted, page: int) -> dict[str, object]:
    """Return everything the page of the register shows."""
    own = actor().organization
    args = kept(asked)
    districts = [] if actor().role.of_district else queries.districts(db())
    return {
        "found": listing.register_page(db(), asked, page=page),
        "asked": asked,
        "args": args,
        "page": page,
        "tabs": _tabs(args, asked),
        "kinds": [(kind.value, kind.label) for kind in listing.kinds_present(db())],
        "parents": [(own.id, "Подведомственные региону"), *((one.id, one.name_short) for one in districts)]
        if districts
        else [],
        "may_create": bool(policy.kinds_to_create(actor())),
        "may_load": policy.may_load_register(actor()),
    }


def _tabs(args: dict[str, Any], asked: Wanted) -> list[dict[str, object]]:
    counts = listing.register_counts(db())
    others = {name: value for name, value in args.items() if name != "only"}
    plain = not (asked.archived or asked.without_responsible)
    return [
        {
            "text": text,
            "count": count,
            "current": current,
            "url": url_for("organizations.register", **(others | ({"only": only} if only else {}))),
        }
        for text, count, only, current in (
            ("Все", counts.all, "", plain),
            ("Без ответственного", counts.without_responsible, "nobody", asked.without_responsible),
            ("В архиве", counts.archived, "archive", asked.archived),
        )
    ]
