"""One page for every short form about people and pairs: rows of fields, a fold for the rest, one button."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.forms import Form
from tenants.errors import InvalidError


@dataclass(frozen=True)
class Input:
    """One field of the page, in the words of the macro `field`."""

    name: str
    type: str = "text"
    options: Sequence[tuple[Any, str]] = ()
    hint: str = ""
    width: str = ""
    empty: str | None = ""


@dataclass(frozen=True)
class FormPage:
    """What a page with one form shows."""

    title: str
    rows: Sequence[Sequence[Input]]
    submit: str
    back: str
    crumbs: Sequence[tuple[str, str]] = ()
    sub: str = ""
    note: str = ""
    """What will follow, above the button."""
    more: Sequence[Sequence[Input]] = ()
    """Folded, opened where it holds an error."""
    more_title: str = "Ещё о человеке"
    hidden: Mapping[str, object] = field(default_factory=dict)
    upload: bool = False
    """True where a file goes with the form."""


def show(page: FormPage, form: Form, template: str = "participants/form.html", **about: object) -> ResponseReturnValue:
    """Return the page; 422 where the form has errors. A template that extends the usual one may show more."""
    folded = [entry.name for row in page.more for entry in row]
    order = [entry.name for row in page.rows for entry in row] + folded
    form.errors = dict(sorted(form.errors.items(), key=lambda item: order.index(item[0]) if item[0] in order else -1))
    opened = any(form.errors.get(name) for name in folded)
    html = render_template(template, page=page, form=form, opened=opened, **about)
    return html, 422 if form.errors else 200


def carried_out(form: Form, command: Callable[[], object]) -> bool:
    """Run a command whose refusals belong to fields of the form; False where it was refused or the form is wrong."""
    if not form.ok:
        return False
    try:
        command()
    except InvalidError as error:
        form.refuse(error)
        return False
    return True


def typed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as they are typed: days in Russian, enumerations by code."""
    return {name: f"{value:%d.%m.%Y}" if isinstance(value, date) else _plain(value) for name, value in values.items()}


def _plain(value: object) -> object:
    return "" if value is None else getattr(value, "value", value)
