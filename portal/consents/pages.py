"""What the register of consents is drawn from."""

from typing import Any

from flask import request, url_for

from portal.participants.blueprint import today
from portal.participants.schemas import CONSENT_KINDS
from portal.submissions.words import Word
from tenants.participants.consent_register import PAGE_SIZE, Register, RegisterFilter, RegisterLine
from tenants.participants.consents import ConsentState
from tenants.participants.models import ConsentKind

TABS = (
    ("", "Все"),
    (ConsentState.MISSING.value, "Нет"),
    (ConsentState.OK.value, "Действуют"),
    (ConsentState.EXPIRING.value, "Истекают"),
    (ConsentState.EXPIRED.value, "Истекли"),
    (ConsentState.OUTGROWN.value, "Нужна подпись"),
    ("age", "14 и 18 лет"),
    (ConsentState.WITHDRAWN.value, "Отозваны"),
)
_MOST_PAGES = 10_000
KINDS = [*CONSENT_KINDS, ("all", "все цели")]


def wanted_register() -> RegisterFilter:
    """Return the filter of the address; the searched name comes by POST, since addresses are kept in logs."""
    asked, kind = request.args, request.args.get("kind", ConsentKind.PROCESSING.value)
    page = asked.get("page", "1")
    known = {code for code, _ in KINDS}
    return RegisterFilter(
        kind="" if kind == "all" else kind if kind in known else ConsentKind.PROCESSING.value,
        tab=asked.get("tab", ""),
        class_name=asked.get("class_name", "")[:100],
        text=request.form.get("q", "").strip()[:100],
        page=min(int(page), _MOST_PAGES) if page.isascii() and page.isdigit() else 1,
    )


def link_args(wanted: RegisterFilter, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of an address
    """Return the parts of an address that differ from the first page of consents to keep records."""
    parts = {"kind": wanted.kind or "all", "tab": wanted.tab, "class_name": wanted.class_name} | changes
    return {name: value for name, value in parts.items() if value and (name, value) != ("kind", "processing")}


def tabs(wanted: RegisterFilter, found: Register) -> list[dict[str, object]]:
    """Return the parts of the register with their counts; an empty one is shown only where it stands open."""
    return [
        {
            "text": text,
            "url": url_for("consents.register", **link_args(wanted, tab=tab)),
            "current": wanted.tab == tab,
            "count": found.counts.get(tab, 0),
        }
        for tab, text in TABS
        if found.counts.get(tab) or wanted.tab == tab or tab in ("", ConsentState.MISSING.value)
    ]


def pages_of(found: int) -> int:
    """Return how many pages the register has."""
    return max(1, -(-found // PAGE_SIZE))


def face(line: RegisterLine) -> Word:
    """Return how the state of a line reads."""
    row = line.consent
    if row is None:
        return Word("error", "нет", loud=line.open)
    until = f"{row.valid_until:%d.%m.%Y}" if row.valid_until else ""
    return {
        ConsentState.OK: Word("ok", f"действует до {until}" if until else "действует"),
        ConsentState.EXPIRING: Word("soon", f"истекает {until}", loud=True),
        ConsentState.EXPIRED: Word("error", f"истекло {until}", loud=True),
        ConsentState.WITHDRAWN: Word("stopped", f"отозвано {row.withdrawn_on:%d.%m.%Y}" if row.withdrawn_on else ""),
        ConsentState.OUTGROWN: Word("error", "нужна новая подпись", loud=True),
        ConsentState.MISSING: Word("error", "нет", loud=True),
    }[line.state]


def task_word(line: RegisterLine) -> str:
    """Return «14 лет 12.12.2026: подписывает и ребёнок»; empty where no birthday asks anything."""
    if line.task is None or line.task_on is None:
        return ""
    head, _, what = line.task.label.partition(": ")
    come = "" if line.task_on <= today() else "будет "
    return f"{come}{head} {line.task_on:%d.%m.%Y}: {what}"
